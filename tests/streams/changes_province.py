"""A small province for the tests of change events: three communes, a department, datasets of several cadences."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from expectations.catalogue.codes import OldCode
from expectations.catalogue.draft import Draft
from expectations.catalogue.load import Catalogue
from expectations.catalogue.province import Contact, Province
from expectations.catalogue.units import Column, Dataset, Unit
from expectations.freshness.periods import Cadence
from expectations.freshness.schedule import Due, Span, Terms
from streams.offline import Fetched

__all__ = ["Fetched"]

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MERGER = date(2025, 7, 1)
TAN_NINH, BINH_MINH, TAN_BIEN, HEALTH = "25459", "25480", "25486", "so-y-te"


def at(text: str) -> int:
    """Milliseconds of a local time in the province."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC).timestamp() * 1000)


NOW = at("2025-10-03T07:30")


def unit(identity: str, kind: str = "commune", valid_from: date | None = None) -> Unit:
    return Unit(identity, kind, "Đơn vị", "Unit", "ĐV", valid_from, None, "a@b.vn", "", "", "")


def terms(cadence: Cadence, **changed: Any) -> Terms:
    return Terms(cadence=cadence, due=Due("after", 3, "day"), grace=Span(1, "day"), first_due=date(2024, 1, 1), **changed)


def column(name: str, logical: str = "string", encoding: str | None = None, *, personal: bool = False) -> Column:
    return Column(name, logical, encoding, personal)


COLUMNS = (
    column("ma_xa"),
    column("ky", "date"),
    column("lat_cat"),
    column("ngay", "date"),
    column("luc", "timestamp"),
    column("so_tien", "number"),
    column("ghi_chu"),
    column("cccd", personal=True),
)


def dataset(identity: str = "ho-tich", cadence: Cadence = Cadence.DAILY, **changed: Any) -> Dataset:
    given = {"min_rows", "slices", "month_starts_on"} & changed.keys()
    agreed = terms(cadence, **{name: changed.pop(name) for name in given})
    values: dict[str, Any] = {
        "id": identity,
        "name_vi": "Cơ sở dữ liệu",
        "name_en": "Dataset",
        "owner": HEALTH,
        "topics": rf"shop1\.public\.{identity}",
        "unit_column": "ma_xa",
        "fixed_unit": None,
        "period_column": "ky",
        "slice_column": None,
        "columns": {c.name: c for c in COLUMNS},
        "terms": agreed,
        "units": (TAN_NINH, BINH_MINH),
        "suspended": frozenset(),
        "suite": None,
        "version": "1.0.0",
        "blocking": frozenset(),
    }
    values |= changed
    if values["fixed_unit"]:
        values |= {"unit_column": None, "units": (values["fixed_unit"],)}
    return Dataset(personal=frozenset(c.name for c in values["columns"].values() if c.personal), **values)


def catalogue(datasets: Iterable[Dataset]) -> Catalogue:
    """The units, of which Tân Biên owes nothing, and old codes: one merged into Tân Ninh, one split."""
    units = {u.id: u for u in (*(unit(c, valid_from=MERGER) for c in (TAN_NINH, BINH_MINH, TAN_BIEN)), unit(HEALTH, "department"))}
    last = date(2025, 6, 30)
    old = [
        OldCode("25456", None, last, TAN_NINH, whole=True),
        OldCode(TAN_NINH, None, last, TAN_NINH, whole=True),
        OldCode("25999", None, last, TAN_NINH, whole=False),
        OldCode("25999", None, last, BINH_MINH, whole=False),
    ]
    province = Province("tinh", "Tỉnh", "Province", ZONE, "vi", 1, Contact("", "", "", ""))
    return Catalogue(Draft(province, units, old, [], {d.id: d for d in datasets}, []), province)


def envelope(after: object, op: str = "c", before: object = None, **source: object) -> dict[str, object]:
    """A Debezium envelope as PostgreSQL's connector writes it."""
    told = {"version": "3.6.3.Final", "connector": "postgresql", "name": "shop1", "ts_ms": NOW - 500, "snapshot": "false", "table": "t"}
    return {"before": before, "after": after, "source": told | source, "transaction": None, "op": op, "ts_ms": NOW - 100}


def encoded(value: object) -> bytes | None:
    return value if isinstance(value, bytes | None) else json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def records(
    *values: object, topic: str = "shop1.public.ho-tich", key: object = None, timestamp: int = NOW, first: int = 0
) -> list[Fetched]:
    """Consecutive records of partition 2."""
    return [Fetched(topic, 2, first + n, timestamp, encoded(key), encoded(v)) for n, v in enumerate(values)]
