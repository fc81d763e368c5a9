"""The province itself (province.yaml) and its exchanged working days (workdays.csv)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from expectations.catalogue.files import check_nfc, day_of, rows_of, yaml_of
from expectations.catalogue.mistakes import Page
from expectations.catalogue.odcs import model_of
from expectations.catalogue.units import SLUG


class Contact(msgspec.Struct, frozen=True):
    """Whom to ask: a name in both languages and how to reach it."""

    name_vi: str
    name_en: str
    email: str
    phone: str


class Province(msgspec.Struct, frozen=True):
    """The province: its slug, names, time zone, language of texts, on which day months start, and who operates the monitor."""

    id: str
    name_vi: str
    name_en: str
    timezone: ZoneInfo
    language: Literal["vi", "en"]
    month_starts_on: int
    operations: Contact


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Name(_Model):
    vi: str = Field(min_length=1)
    en: str = Field(min_length=1)


class _Operations(_Model):
    name: _Name
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    phone: str = ""


class _Province(_Model):
    id: str = Field(pattern=f"^{SLUG.pattern}$")
    name: _Name
    timezone: str
    language: Literal["vi", "en"] = "vi"
    month_starts_on: int = Field(1, alias="monthStartsOn", ge=1, le=28)
    operations: _Operations


def read_province(path: Path, page: Page) -> Province | None:
    """The province of province.yaml; None (and mistakes) when something of it is wrong."""
    value = yaml_of(path, page)
    said = None if value is None else model_of(_Province, value, page)
    zone = None if said is None else _zone(said.timezone, page)
    if said is None or zone is None:
        return None
    check_nfc(page, "name.vi", said.name.vi)
    asked = said.operations
    contact = Contact(asked.name.vi, asked.name.en, asked.email, asked.phone)
    return Province(said.id, said.name.vi, said.name.en, zone, said.language, said.month_starts_on, contact)


def read_workdays(path: Path, page: Page) -> dict[date, bool]:
    """Days that differ from the public calendar: True is worked, False is off. A day still to be checked (`check`) overrides nothing."""
    days: dict[date, bool] = {}
    seen: set[date] = set()
    for where, row in rows_of(path, page, ("date", "status", "reason")):
        day = day_of(page, f"{where}, date", row["date"])
        if day is None or day in seen:
            page.wrong(f"{where}, date", f"{row['date']!r} is empty or there twice", "one line a day")
        elif row["status"] not in ("work", "off", "check"):
            page.wrong(f"{where}, status", f"{row['status']!r} is not possible", "work, off, check")
        elif row["status"] != "check":
            days[day] = row["status"] == "work"
        seen |= {day} if day else set()
    return days


def _zone(name: str, page: Page) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        page.wrong("timezone", f"{name!r} is not a time zone", "a name of the IANA list, such as Asia/Ho_Chi_Minh")
        return None
