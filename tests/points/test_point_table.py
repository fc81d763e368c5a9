"""The table of measurements keeps its own rules, and the page about it says the same."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from expectations.freshness.verdict import Status
from points.measurement import Measurement
from points.table import FRESHNESS, MEASUREMENTS, STATUS_CODES, markdown

ROOT = Path(__file__).parents[2]
UNITS = {"_ms": {"ms", "ms since the epoch"}, "_seconds": {"s"}, "_ratio": {"ratio"}, "_bytes": {"bytes"}}
BY_NAME = pytest.mark.parametrize("measurement", MEASUREMENTS.values(), ids=lambda m: m.name)


def test_the_page_holds_the_table() -> None:
    page = (ROOT / "docs" / "points.md").read_text(encoding="utf-8")
    assert page.partition("## The table\n")[2] == markdown(), "run: python -m points.table, and put it at the end of docs/points.md"


def test_the_command_prints_the_table() -> None:
    done = subprocess.run([sys.executable, "-m", "points.table"], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.decode() == markdown()


def test_every_status_has_one_number_in_the_documented_order() -> None:
    assert set(STATUS_CODES) == {str(s) for s in Status}
    assert list(STATUS_CODES.values()) == list(range(len(STATUS_CODES)))
    assert STATUS_CODES["fresh"] == 0
    assert FRESHNESS.fields["status_code"].en.endswith("0 fresh, 1 due, 2 late, 3 stale, 4 never, 5 unknown, 6 suspended")


@BY_NAME
def test_names_need_no_escape_and_no_tag_is_also_a_field(measurement: Measurement) -> None:
    """InfluxDB 3 takes no table in which a tag and a field share a name; `time` is everywhere the time."""
    tags = [t.name for t in measurement.tags]
    for name in [measurement.name, *tags, *measurement.fields]:
        assert re.fullmatch(r"[a-z][a-z_]*", name)
        assert name != "time"
    assert len(set(tags)) == len(tags)
    assert not set(tags) & set(measurement.fields)


@BY_NAME
def test_a_name_that_ends_in_a_unit_has_it_and_every_number_has_one(measurement: Measurement) -> None:
    for field in measurement.fields.values():
        assert bool(field.unit) is (field.kind in {"int", "float"}), field.name
        for end, units in UNITS.items():
            assert not field.name.endswith(end) or field.unit in units, field.name


@BY_NAME
def test_everything_is_told_in_english_and_in_composed_vietnamese(measurement: Measurement) -> None:
    told = [(measurement.en, measurement.vi)]
    told += [(tag.en, tag.vi) for tag in measurement.tags]
    told += [(field.en, field.vi) for field in measurement.fields.values()]
    for en, vi in told:
        assert en
        assert vi
        assert unicodedata.is_normalized("NFC", vi)
        assert "|" not in en + vi
