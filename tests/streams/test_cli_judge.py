"""`nhip judge`: the worker's own router and observer over files of change events."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.cli import main
from streams.cli.event_files import read
from streams.cli.judge import judge_records
from tests.streams.changes_province import TAN_NINH, at, catalogue, dataset, envelope
from tests.streams.feeds_scene import FEED, NOW, monthly

COMMUNE, DATASET = "25486", "lao-dong-viec-lam"
TOPIC = "snv.lao_dong_viec_lam.public.tong_hop_thang"


def event(offset: int, period: str, *, at_ms: int, unit: str = COMMUNE, partition: int = 0) -> dict[str, Any]:
    """One line of an events file: a row of the example catalogue's monthly dataset."""
    row = {"id": offset, "ma_xa": unit, "ky": period, "nhom_tuoi": "15-24", "luc_luong": 10, "co_viec_lam": 9, "that_nghiep": 1}
    value = envelope(row, ts_ms=at_ms)
    return {"topic": TOPIC, "partition": partition, "offset": offset, "timestamp_ms": at_ms, "key": {"id": offset}, "value": value}


def year_2024() -> list[dict[str, Any]]:
    return [event(m, f"2024-{m:02d}", at_ms=at(f"2024-{m:02d}-20T08:00")) for m in range(1, 13)]


def judged(
    folder: Path, events: list[dict[str, Any]], now: str = "2025-10-15T08:00:00+07:00", form: tuple[str, ...] = ("--json",)
) -> Result:
    path = folder / "events.jsonl"
    path.write_text("\n".join(json.dumps(e, ensure_ascii=False) for e in events), encoding="utf-8")
    return CliRunner().invoke(main, ["judge", str(path), "--now", now, *form])


def line_of(result: Result, unit: str = COMMUNE) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    (found,) = [one for one in lines if (one["unit"], one["dataset"]) == (unit, DATASET)]
    return dict(found)


def test_a_commune_whose_data_stop_at_december_2024_is_stale(tmp_path: Path) -> None:
    assert line_of(judged(tmp_path, year_2024())) == {
        "unit": COMMUNE,
        "dataset": DATASET,
        "verdict": "stale",
        "reason": "silent",
        "data_through": "2024-12",
        "expected_through": "2025-09",
        "periods_behind": 9,
        "holes": [],
    }


def test_a_table_that_goes_into_a_pipe_has_every_feed_on_one_whole_line(tmp_path: Path) -> None:
    lines = [line.split() for line in judged(tmp_path, year_2024(), form=()).stdout.splitlines()]
    assert [COMMUNE, DATASET, "stale", "silent", "2024-12", "2025-09", "9"] in lines
    assert any("trong-trot-chan-nuoi-thuy-san" in line for line in lines)  # the longest name of all


def test_a_commune_of_which_nothing_was_heard_has_a_line_too(tmp_path: Path) -> None:
    """Silence is never health."""
    other = line_of(judged(tmp_path, year_2024()), unit="25459")
    assert (other["verdict"], other["reason"], other["data_through"]) == ("never", "never_heard", None)


def test_a_missing_month_is_a_hole_and_later_months_do_not_count(tmp_path: Path) -> None:
    told = line_of(judged(tmp_path, [e for e in year_2024() if e["offset"] != 6]))
    assert (told["data_through"], told["holes"], told["reason"]) == ("2024-05", ["2024-06"], "holes")


def test_what_happened_after_now_is_left_out(tmp_path: Path) -> None:
    told = line_of(judged(tmp_path, year_2024(), now="2024-07-01T00:00:00+07:00"))
    assert told["data_through"] == "2024-06"


def test_a_typo_in_the_future_makes_nobody_fresh(tmp_path: Path) -> None:
    typo = event(13, "2052-12", at_ms=at("2025-10-01T08:00"))
    assert line_of(judged(tmp_path, [*year_2024(), typo]))["data_through"] == "2024-12"


def test_a_local_time_is_the_provinces(tmp_path: Path) -> None:
    with_zone = line_of(judged(tmp_path, year_2024(), now="2025-10-15T08:00:00+07:00"))
    assert line_of(judged(tmp_path, year_2024(), now="2025-10-15T08:00:00")) == with_zone


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("not json", "events.jsonl:1:"),
        ('{"topic": "t"}', "partition"),
        ('{"topic": "t", "partition": "0", "offset": 1, "timestamp_ms": 1}', "partition"),
    ],
    ids=["no JSON", "a field is missing", "a field is of another type"],
)
def test_a_line_that_is_no_record_is_named_without_a_stack_trace(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(line)
    result = CliRunner().invoke(main, ["judge", str(path), "--now", "2025-10-15"])
    assert result.exit_code == 2
    assert says in result.output
    assert "Traceback" not in result.output


def test_an_instant_that_is_none_is_named(tmp_path: Path) -> None:
    result = judged(tmp_path, [], now="yesterday")
    assert (result.exit_code, "'yesterday' is not an instant" in result.output) == (2, True)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32), repeats=st.integers(0, 20))
def test_order_and_repetition_of_records_change_nothing(tmp_path_factory: pytest.TempPathFactory, seed: int, repeats: int) -> None:
    """Two partitions, some months missing, lines shuffled and repeated."""
    chance = random.Random(seed)
    rows = [
        {"topic": "shop1.public.bao-cao", "partition": n % 2, "offset": n, "timestamp_ms": NOW - 10_000 + n, "key": {"id": n}}
        | {"value": envelope({"id": n, "ma_xa": TAN_NINH, "ky": f"{2023 + n // 12}-{n % 12 + 1:02d}"})}
        for n in chance.sample(range(11, 33), 15)
    ]
    small = catalogue((monthly(), dataset()))
    shuffled = rows + chance.choices(rows, k=repeats)
    chance.shuffle(shuffled)
    folder = tmp_path_factory.mktemp("judge")
    verdicts = []
    for name, lines in (("straight", rows), ("shuffled", shuffled)):
        path = folder / name
        path.write_text("\n".join(map(json.dumps, lines)))
        verdicts.append(judge_records(small, read([path]), NOW)[0])
    assert verdicts[0] == verdicts[1]
    assert FEED in verdicts[0]
