"""`nhip simulate`: files replayed under the example catalogue and a changed copy of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from streams.cli import main
from tests.streams.changes_province import at
from tests.streams.demo_scene import FOLDER
from tests.streams.test_cli_judge import COMMUNE, DATASET, event, year_2024

LATE_JUNE = "2024-06-28T09:00"
"""June ends on the 14th and is due on the 25th, a Tuesday; a working day of grace: late from the 27th on."""


def written(folder: Path) -> Path:
    """A year in time, but for June."""
    june = event(6, "2024-06", at_ms=at(LATE_JUNE))
    path = folder / "events.jsonl"
    path.write_text("\n".join(json.dumps(june if e["offset"] == 6 else e) for e in year_2024()), encoding="utf-8")
    return path


def changed(folder: Path, old: str = "", new: str = "") -> Path:
    """A copy of the example catalogue with some text of the dataset's contract replaced."""
    copy = folder / "changed"
    shutil.copytree(FOLDER, copy)
    contract = copy / "contracts" / f"{DATASET}.yaml"
    text = contract.read_text(encoding="utf-8")
    assert old in text
    contract.write_text(text.replace(old, new), encoding="utf-8")
    return copy


def longer_grace(folder: Path) -> Path:
    return changed(folder, "property: grace\n    value: 1", "property: grace\n    value: 3")


def simulate(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["simulate", *map(str, arguments)])


def lines_of(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_longer_grace_takes_back_the_one_alert_of_the_commune_that_reports(tmp_path: Path) -> None:
    """And it is the only dataset in which anything differs."""
    result = simulate(written(tmp_path), "--catalogue", longer_grace(tmp_path), "--json")
    told = lines_of(result)
    assert [line for line in told if line["unit"] == COMMUNE] == [
        {
            "unit": COMMUNE,
            "dataset": DATASET,
            "what": "alert",
            "at": "2024-06-27T00:00:00+07:00",
            "before": {"verdict": "late", "reason": "silent", "missing": "2024-06", "at": "2024-06-27T00:00:00+07:00"},
            "after": None,
        }
    ]
    assert {line["dataset"] for line in told} == {DATASET}
    assert result.stderr.splitlines()[-1] == f"0 verdicts and {len(told)} alerts differ"


def test_the_table_has_a_line_a_difference_and_ends_with_their_number(tmp_path: Path) -> None:
    lines = simulate(written(tmp_path), "--catalogue", longer_grace(tmp_path), "--from", "2024-06-01").stdout.splitlines()
    assert lines[0].split() == ["UNIT", "DATASET", "WHAT", "WHEN", "BEFORE", "AFTER"]
    assert lines[1].split()[:6] == [COMMUNE, DATASET, "alert", "2024-06-27T00:00:00+07:00", "late", "(silent),"]
    assert lines[1].split()[-1] == "-"
    assert lines[2:] == ["0 verdicts and 1 alerts differ"]


def test_a_verdict_at_the_last_instant_differs(tmp_path: Path) -> None:
    at_noon = simulate(written(tmp_path), "--catalogue", longer_grace(tmp_path), "--until", "2024-06-27T12:00", "--json")
    told = next(line for line in lines_of(at_noon) if (line["unit"], line["what"]) == (COMMUNE, "verdict"))
    assert (told["at"], told["before"]["verdict"], told["after"]["verdict"]) == ("2024-06-27T12:00:00+07:00", "late", "due")


def test_the_same_catalogue_gives_no_difference(tmp_path: Path) -> None:
    result = simulate(written(tmp_path), "--catalogue", changed(tmp_path))
    assert (result.exit_code, result.stdout) == (0, "0 verdicts and 0 alerts differ\n")


def test_a_calendar_of_before_an_announcement_moves_the_alerts_it_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day off announced on 20 June for the day of grace: before it was known, June was late a day earlier."""
    present = changed(tmp_path)
    days = (present / "workdays.csv").read_text(encoding="utf-8").splitlines()
    head, *rest = [f"{line}," for line in days]
    (present / "workdays.csv").write_text("\n".join([f"{head}known_on", *rest, "2024-06-26,off,storm,2024-06-20", ""]), encoding="utf-8")
    monkeypatch.setenv("NHIP_CATALOGUE", str(present))
    told = [line for line in lines_of(simulate(written(tmp_path), "--known-on", "2024-06-19", "--json")) if line["unit"] == COMMUNE]
    june = [(line["before"]["at"], line["after"]["at"]) for line in told if line["dataset"] == DATASET]
    assert june == [("2024-06-28T00:00:00+07:00", "2024-06-27T00:00:00+07:00")]


def test_mistakes_of_the_changed_catalogue_are_listed(tmp_path: Path) -> None:
    wrong = changed(tmp_path, "property: grace\n    value: 1", "property: grace\n    value: soon")
    result = simulate(written(tmp_path), "--catalogue", wrong)
    assert result.exit_code == 2
    assert f"the catalogue {wrong} has mistakes" in result.output
    assert f"contracts/{DATASET}.yaml" in result.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "nothing is changed: name a changed catalogue"),
        (["--known-on", "2024-06-19", "--tick", "often"], "--tick: 'often' is no span of time"),
        (["--known-on", "2024-06-19", "--tick", "0d"], "--tick: '0d' is no span of time"),
        (["--known-on", "2024-06-19", "--from", "noon"], "--from: 'noon' is not an instant"),
        (["--known-on", "2024-06-19", "--until", "2023-01-01"], "--until is before the first record"),
        (["--known-on", "2024-06-19", "--from", "2024-06-01", "--until", "2024-05-31"], "--until is before --from"),
        (["--known-on", "2024-06-19", "--until", "2025-01-01", "--tick", "1m"], "more than 100000 ticks"),
    ],
    ids=["no change", "no span", "an empty span", "no instant", "an end before all", "an end before the start", "too long"],
)
def test_a_mistake_in_the_options_is_told(tmp_path: Path, arguments: list[str], says: str) -> None:
    result = simulate(written(tmp_path), *arguments)
    assert (result.exit_code, says in result.output) == (2, True)


@pytest.mark.parametrize(
    ("text", "says"), [("", "there is no record to replay"), ("\nno record", "events.jsonl:2:")], ids=["an empty file", "no record"]
)
def test_files_that_cannot_be_replayed_are_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(text)
    result = simulate(path, "--known-on", "2024-06-19")
    assert (result.exit_code, says in result.output, "Traceback" in result.output) == (2, True, False)
