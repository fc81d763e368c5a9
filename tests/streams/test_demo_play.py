"""demo.yaml: who is in which trouble, and what is said of a file that cannot be played."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bench.province import write_catalogue
from expectations.catalogue.load import Catalogue, load
from streams import settings
from streams.demo.casting import cast
from streams.demo.play import Play, PlayError, read_play
from streams.demo.stage import stage_of
from streams.demo.troubles import table
from tests.streams.demo_scene import NOW, example, stage, told


def played(folder: Path, text: str) -> Play:
    (folder / "demo.yaml").write_text(text, encoding="utf-8")
    return read_play(folder, example())


def cast_of(play: Play) -> dict[str, list[str]]:
    return cast(stage(play=play))


def test_a_province_without_a_demo_file_has_the_default_play(tmp_path: Path) -> None:
    assert read_play(tmp_path, example()) == Play()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("liveDays: 14\nliveDays: 7", "the key 'liveDays' is there twice"),
        ("liveDays: soon", "Expected `int`, got `str` - at `$.liveDays`"),
        ("liveDays: 2", "Expected `int` >= 3 - at `$.liveDays`"),
        ("stoppedAt: 2024-12-31", "Object contains unknown field `stoppedAt`"),
        ("forms: {ho-tich: avro}", "Invalid enum value 'avro' - at `$.forms[...]`"),
        ("forms: {ho-so: flat}", "forms: no dataset 'ho-so'; allowed: bao-tro-xa-hoi, "),
        ("- late", "Expected `object`, got `array`"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PlayError, match=r"^demo\.yaml: ") as error:
        played(tmp_path, text)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("troubles: {slow: ['25486/*']}", "unknown trouble 'slow'; allowed: silent, stuck, late, "),
        ("troubles: {late: ['25486/ho-so']}", "'25486/ho-so' is no feed; write UNIT/DATASET"),
        ("troubles: {silent: ['25486/*'], never: ['25486/ho-tich']}", "25486/ho-tich has the trouble 'silent' already"),
    ],
)
def test_a_trouble_that_cannot_be_given_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PlayError, match=r"^demo\.yaml: ") as error:
        cast_of(played(tmp_path, text))
    assert said in str(error.value)


def test_a_pattern_means_all_its_feeds_that_can_have_the_trouble(tmp_path: Path) -> None:
    """Holes are for periods: the continuous dataset of the unit is left alone."""
    found = cast_of(played(tmp_path, "troubles: {hole: ['25489/*']}"))
    owed = {f"{unit}/{dataset}" for unit, dataset in example().feeds() if unit == "25489"}
    assert set(found) < owed
    assert "25489/ho-tich" not in found
    assert "25489/bao-tro-xa-hoi" in found


def test_troubles_that_do_not_decide_the_verdict_may_come_together(tmp_path: Path) -> None:
    found = cast_of(played(tmp_path, "troubles: {late: ['25489/ton-giao'], deletes: ['25489/ton-giao'], malformed: ['25489/ton-giao']}"))
    assert found == {"25489/ton-giao": ["late", "deletes", "malformed"]}


def another(folder: Path, *changes: tuple[str, str]) -> Catalogue:
    """A province of thirty communes that owe one monthly dataset, its contract changed."""
    write_catalogue(folder, 30, "bench.bao_cao.public.bao_cao")
    contract = folder / "contracts" / "bao-cao.yaml"
    text = contract.read_text()
    for was, becomes in changes:
        assert was in text
        text = text.replace(was, becomes)
    contract.write_text(text)
    return load(folder)


@pytest.mark.parametrize("cadence", ["workingDaily", "weekly", "tenDaily", "halfYearly"])
def test_another_province_with_other_cadences_is_played(tmp_path: Path, cadence: str) -> None:
    """Its first units are in trouble, and Nhịp says of each feed what the table says."""
    other = another(
        tmp_path,
        ("value: monthly", f"value: {cadence}"),
        ("value: 25, unit: dayOfMonth", "value: 2, unit: workingDay"),
        ('"2026-01-15"', '"2024-01-15"'),
        ("char(7)", "char(10)"),
    )
    found = told(stage_of(tmp_path, other, Play(), 1, NOW), other)
    assert {"silent", "stuck", "late", "hole", "future_dated"} <= {name for names in found.scenario.cast.values() for name in names}
    assert found.wrong() == {}


def test_a_contract_that_cannot_be_played_is_named(tmp_path: Path) -> None:
    other = another(tmp_path, ("slaProperties:\n", "slaProperties:\n  - {property: usualShare, value: 0.5}\n"))
    with pytest.raises(PlayError) as error:
        stage_of(tmp_path, other, Play(), 1, NOW)
    assert str(error.value) == "demo.yaml: the catalogue cannot be played: bao-cao: usual_share: the simulator does not play it"


def test_the_documentation_has_the_table_of_troubles() -> None:
    text = (settings.HERE / "docs" / "demo.md").read_text(encoding="utf-8")
    assert table() in text


def test_the_documentation_has_every_key_of_the_file() -> None:
    text = (settings.HERE / "docs" / "demo.md").read_text(encoding="utf-8")
    assert [field.encode_name for field in msgspec.structs.fields(Play) if f"| `{field.encode_name}` |" not in text] == []
