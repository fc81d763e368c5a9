"""The province itself (province.yaml)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from expectations.catalogue.files import check_nfc, yaml_of
from expectations.catalogue.form import EMAIL, model_of
from expectations.catalogue.mistakes import Page
from expectations.catalogue.sla import stretches
from expectations.catalogue.units import SLUG
from expectations.freshness.terms import OFFICE_HOURS, Minutes


class Contact(msgspec.Struct, frozen=True):
    """Whom to ask: a name in both languages and how to reach it."""

    name_vi: str
    name_en: str
    email: str
    phone: str


class Province(msgspec.Struct, frozen=True):
    """The province: its slug, names, time zone, language of texts, on which day months start, who operates the monitor, office hours."""

    id: str
    name_vi: str
    name_en: str
    timezone: ZoneInfo
    language: Literal["vi", "en"]
    month_starts_on: int
    operations: Contact
    working_hours: tuple[Minutes, ...] = OFFICE_HOURS


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Name(_Model):
    vi: str = Field(min_length=1)
    en: str = Field(min_length=1)


class _Operations(_Model):
    name: _Name
    email: str = Field(pattern=EMAIL)
    phone: str = ""


class _Province(_Model):
    id: str = Field(pattern=f"^{SLUG.pattern}$")
    name: _Name
    timezone: str
    language: Literal["vi", "en"] = "vi"
    month_starts_on: int = Field(1, alias="monthStartsOn", ge=1, le=28)
    operations: _Operations
    working_hours: str | None = Field(None, alias="workingHours")


def read_province(path: Path, page: Page) -> Province | None:
    """The province of province.yaml; None (and mistakes) when something of it is wrong."""
    value = yaml_of(path, page)
    said = None if value is None else model_of(_Province, value, page)
    raw = value if isinstance(value, dict) else {}  # looked at whatever else is wrong: all mistakes are told at once
    zone = _zone(raw["timezone"], page) if isinstance(raw.get("timezone"), str) else None
    hours = OFFICE_HOURS if not isinstance(raw.get("workingHours"), str) else stretches(raw["workingHours"])
    if hours is None:
        page.wrong("workingHours", "not working hours", "stretches of a day in order, such as 07:30-11:30, 13:30-17:00")
    if said is None or zone is None or hours is None:
        return None
    check_nfc(page, "name.vi", said.name.vi)
    asked = said.operations
    contact = Contact(asked.name.vi, asked.name.en, asked.email, asked.phone)
    return Province(said.id, said.name.vi, said.name.en, zone, said.language, said.month_starts_on, contact, hours)


def _zone(name: str, page: Page) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        page.wrong("timezone", f"{name!r} is not a time zone", "a name of the IANA list, such as Asia/Ho_Chi_Minh")
        return None
