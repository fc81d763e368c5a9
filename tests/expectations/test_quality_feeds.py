"""A checkpoint's rows, of many feeds and windows, judged with the example province's own suites."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from expectations.catalogue.load import load
from expectations.quality.suite import CheckState
from streams.suites import Suites
from tests.expectations.quality_rows import calls_of

CATALOGUE = load(Path(__file__).parents[2] / "expectations" / "tay-ninh")
PENSION = "muc_tro_cap.not_be_null"
HOUSEHOLDS = "so_ho.be_between"


@pytest.fixture
def suites() -> Iterator[Suites]:
    made = Suites(CATALOGUE)
    yield made
    made.close()


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rows of each call to Great Expectations."""
    return calls_of(monkeypatch)


def pension(amount: str | None) -> bytes:
    """A row of bao-tro-xa-hoi."""
    return msgspec.json.encode({"ma_xa": "25459", "ky_bao_cao": "2025-10", "loai_doi_tuong": "khac", "muc_tro_cap": amount, "ho_ten": "X"})


def ethnic(households: object) -> bytes:
    """A row of dan-toc-thieu-so."""
    return msgspec.json.encode({"ma_xa": "25459", "nam": 2025, "dan_toc": "Hoa", "so_ho": households, "so_nguoi": 9_999})


async def test_suites_that_compile_ask_nobody_however_many_feeds_and_windows(suites: Suites, calls: list[int]) -> None:
    wanted = [
        ("25459/bao-tro-xa-hoi", 0, [pension("750000.00"), pension(None)]),
        ("25480/dan-toc-thieu-so", 0, [ethnic(3)]),
        ("25480/bao-tro-xa-hoi", 0, [pension(None)]),
        ("25459/bao-tro-xa-hoi", 3_600_000, [pension("500000.00")]),
    ]
    found = {(feed, start_ms): state for feed, start_ms, state in await suites.judge_many(wanted)}
    assert calls == []
    assert {key: state.rows for key, state in found.items()} == {(feed, start_ms): len(rows) for feed, start_ms, rows in wanted}
    assert [found[feed, start_ms].checks[PENSION].unexpected for feed, start_ms, _ in wanted if "tro" in feed] == [1, 1, 0]


async def test_nothing_to_judge_is_no_call(suites: Suites, calls: list[int]) -> None:
    assert await suites.judge_many([]) == []
    assert calls == []


async def test_rows_that_cannot_be_judged_are_logged_once_a_check_without_their_values(
    suites: Suites, caplog: pytest.LogCaptureFixture
) -> None:
    check = next(c.id for c in suites.checks["dan-toc-thieu-so"] if c.columns == ("so_ho",) and c.id.startswith(HOUSEHOLDS))
    caplog.set_level(logging.WARNING, logger="streams.suites")
    bad = ethnic("Nguyễn Văn A")
    wanted = [
        ("25459/dan-toc-thieu-so", 0, [bad]),
        ("25480/dan-toc-thieu-so", 0, [ethnic(1), bad, bad]),
        ("25480/dan-toc-thieu-so", 1, [bad]),
    ]
    found = await suites.judge_many(wanted)
    assert [state.checks[check] for *_, state in found] == [CheckState(errors=1), CheckState(1, 0, 0, 2), CheckState(errors=1)]
    told = [record.message for record in caplog.records if check in record.message]
    assert told == [f"check {check} could not judge 4 rows of 2 feeds; 3 of them are of 25480/dan-toc-thieu-so"]
    assert "Nguyễn" not in caplog.text
