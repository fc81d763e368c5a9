"""Colours, symbols and value mappings: one look for a status everywhere, readable on a wall screen and without colour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grafana_foundation_sdk.models import dashboard as models

from grafana.names import Names
from points.table import STATUS_CODES

SYMBOLS = {"fresh": "●", "due": "◐", "late": "▲", "stale": "■", "never": "✕", "unknown": "?", "suspended": "‖"}
"""The shapes of Nhịp's own page, as letters: who cannot tell the colours still sees the status."""

COLOURS = {
    "fresh": "#17653a",
    "due": "#1c558f",
    "late": "#f2a900",
    "stale": "#b3261e",
    "never": "#7c2f6a",
    "unknown": "#5b636d",
    "suspended": "#3c434c",
}
"""Grounds on which Grafana's own choice of white or black letters has a contrast of 4.5 : 1 or more."""

QUIET = "#2c333d"
GOOD, FAIR, POOR = "#1f8a4c", "#f2a900", "#d33a2f"
"""Arcs and bars, against a dark ground and a light one."""

# As readers of Vietnamese write periods; the patterns are JavaScript's. ISO forms stay as they are in English.
PERIODS_VI = {
    r"/^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2}).*$/": "$4 ngày $3/$2/$1",
    r"/^(\d{4})-(\d{2})-(\d{2})$/": "ngày $3/$2/$1",
    r"/^(\d{4})-W(\d{2})$/": "tuần $2/$1",
    r"/^(\d{4})-(\d{2})$/": "tháng $2/$1",
    r"/^(\d{4})-Q1$/": "quý I/$1",
    r"/^(\d{4})-Q2$/": "quý II/$1",
    r"/^(\d{4})-Q3$/": "quý III/$1",
    r"/^(\d{4})-Q4$/": "quý IV/$1",
    r"/^(\d{4})$/": "năm $1",
}


def status_text(names: Names, status: str) -> str:
    """Symbol and word of a status."""
    return f"{SYMBOLS[status]} {names.statuses[status]}"


def statuses(names: Names) -> list[models.ValueMapping]:
    """Status codes as coloured symbol and word."""
    shown = {
        str(code): models.ValueMappingResult(text=status_text(names, status), color=COLOURS[status], index=i)
        for i, (status, code) in enumerate(STATUS_CODES.items())
    }
    return [models.ValueMap(options=shown)]


def unit_link(names: Names) -> dict[str, Any]:
    """A link from a unit to its page, where it has one."""
    if names.page_url is None:
        return {}
    url = f"{names.page_url.rstrip('/')}/units/${{__value.raw:percentencode}}?lang={names.language}"
    return {"links": [{"title": names.say("Xem đơn vị", "Open the unit"), "url": url, "targetBlank": True}]}


def words(of: Mapping[str, str]) -> list[models.ValueMapping]:
    """Codes as names."""
    return [models.ValueMap(options={code: models.ValueMappingResult(text=of[code], index=i) for i, code in enumerate(sorted(of))})]


def periods(names: Names) -> list[models.ValueMapping]:
    """Period texts as readers write them, and a word where there is none."""
    nothing = models.DashboardSpecialValueMapOptions(
        match=models.SpecialValueMatch.NULL, result=models.ValueMappingResult(text=names.say("chưa có kỳ nào", "no period so far"), index=0)
    )
    written = PERIODS_VI if names.language == "vi" else {}
    patterns = [
        models.DashboardRegexMapOptions(pattern=pattern, result=models.ValueMappingResult(text=text, index=i))
        for i, (pattern, text) in enumerate(written.items(), start=1)
    ]
    return [models.SpecialValueMap(options=nothing), *(models.RegexMap(options=p) for p in patterns)]
