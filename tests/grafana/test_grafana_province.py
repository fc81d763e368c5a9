"""The Province dashboard as JSON: sound for Grafana, in step with the table of points, readable."""

from __future__ import annotations

import itertools
import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from grafana_foundation_sdk.cog import plugins, runtime
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from alerts.forms import period
from alerts.words import Language
from grafana.influxql import InfluxQuery, variant_config
from grafana.looks import COLOURS, FAIR, GOOD, PERIODS_VI, POOR, QUIET, SYMBOLS
from grafana.province import province, text, uid
from points.table import MEASUREMENTS, STATUS_CODES
from tests.grafana.scene import names

LANGUAGES: list[Language] = ["vi", "en"]


@pytest.fixture(params=LANGUAGES)
def made(request: pytest.FixtureRequest) -> dict[str, Any]:
    return province(names(request.param))


def queries(made: dict[str, Any]) -> Iterator[str]:
    yield from (target["query"] for panel in made["panels"] for target in panel["targets"])
    yield from (v["query"] for v in made["templating"]["list"] if v["type"] == "query")


def panel(made: dict[str, Any], start: str) -> dict[str, Any]:
    (found,) = (p for p in made["panels"] if p["title"].startswith(start))
    return dict(found)


def properties(of: dict[str, Any], column: str) -> dict[str, Any]:
    (found,) = (o for o in of["fieldConfig"]["overrides"] if o["matcher"] == {"id": "byName", "options": column})
    return {p["id"]: p["value"] for p in found["properties"]}


def shown(panel: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """How the values of a panel are shown: all of them, and those of single columns."""
    yield panel["fieldConfig"]["defaults"]
    yield from ({p["id"]: p["value"] for p in override["properties"]} for override in panel["fieldConfig"]["overrides"])


def test_every_query_names_only_what_the_table_has(made: dict[str, Any]) -> None:
    """Read from the JSON, so that nothing can be put beside the builder."""
    for query in queries(made):
        (measurement,) = (MEASUREMENTS[m] for m in re.findall(r'FROM "([^"]+)"', query))
        known = {*measurement.fields, *(t.name for t in measurement.tags), measurement.name, *re.findall(r' AS "([^"]+)"', query)}
        assert set(re.findall(r'"([^"]+)"', query)) <= known


def test_every_query_is_plain_influxql(made: dict[str, Any]) -> None:
    for query in queries(made):
        assert query.startswith(("SELECT ", "SHOW TAG VALUES "))
        assert re.search(r"\b(INTO|DROP|CREATE|DELETE)\b|;", query) is None


def test_every_variable_that_a_query_uses_can_be_chosen(made: dict[str, Any]) -> None:
    used = {name for query in queries(made) for name in re.findall(r"\$\{(\w+):regex\}", query)}
    assert used == {v["name"] for v in made["templating"]["list"]} == {"department", "dataset", "unit", "covered"}


def test_every_panel_is_limited_by_the_time_range(made: dict[str, Any]) -> None:
    assert all(target["query"].count("$timeFilter") == 1 for p in made["panels"] for target in p["targets"])


def test_panels_have_ids_of_their_own(made: dict[str, Any]) -> None:
    ids = [p["id"] for p in made["panels"]]
    assert len(set(ids)) == len(ids) == 18
    assert all(isinstance(i, int) and i > 0 for i in ids)


def test_where_no_contract_promises_rows_before_changes_no_panel_about_tables_stands_empty() -> None:
    made = province(msgspec.structs.replace(names(), tables=frozenset()))
    assert len(made["panels"]) == 15
    assert not any('FROM "quality_table"' in query for query in queries(made))
    test_panels_do_not_overlap_and_stay_on_the_grid(made)


def test_links_lead_to_the_other_language_and_to_the_page(made: dict[str, Any]) -> None:
    others, page = made["links"]
    assert (others["type"], others["tags"], others["includeVars"], others["keepTime"]) == ("dashboards", ["nhip"], True, True)
    assert set(others["tags"]) <= set(made["tags"])
    language = "en" if made["uid"].endswith("-en") else "vi"
    assert (page["type"], page["url"], page["targetBlank"]) == ("link", f"https://nhip.example/?lang={language}", True)


def test_without_a_public_address_nothing_links_to_the_page() -> None:
    made = province(msgspec.structs.replace(names(), page_url=None))
    assert [link["type"] for link in made["links"]] == ["dashboards"]
    assert '"links": [{' not in json.dumps(made["panels"])


def test_every_share_is_coloured_by_the_same_steps(made: dict[str, Any]) -> None:
    """Without steps of its own a bar would be green at 5 %: Grafana's own begin at 80, and a share ends at 1."""
    found = [told for p in made["panels"] for told in shown(p) if told.get("unit") == "percentunit"]
    assert len(found) == 4 + 3
    assert all([step["color"] for step in told["thresholds"]["steps"]] == [POOR, FAIR, GOOD] and told["max"] == 1 for told in found)


def test_panels_do_not_overlap_and_stay_on_the_grid(made: dict[str, Any]) -> None:
    cells = [
        (x, y)
        for p in made["panels"]
        for place in [p["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert {x for x, _ in cells} == set(range(24))
    assert {y for _, y in cells} == set(range(max(y for _, y in cells) + 1))


def test_the_targets_of_a_panel_have_letters_of_their_own(made: dict[str, Any]) -> None:
    for p in made["panels"]:
        letters = [t["refId"] for t in p["targets"]]
        assert len(set(letters)) == len(letters)


def test_the_sdk_reads_the_dashboard_back_unchanged(made: dict[str, Any]) -> None:
    """Every key is one that Grafana's schema has, at its place: what the SDK does not know it would lose."""
    plugins.register_default_plugins()
    runtime.register_dataquery_variant(variant_config())
    read = Dashboard.from_json(made)
    assert isinstance(read.panels[0].targets[0], InfluxQuery)  # type: ignore[index, union-attr]  # there are panels, and none is a row
    assert json.loads(json.dumps(read, cls=JSONEncoder)) == made


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_names_give_the_same_bytes(language: Language) -> None:
    first, second = (text(province(names(language))) for _ in range(2))
    assert first == second
    assert first.endswith("}\n")
    assert unicodedata.is_normalized("NFC", first)


def test_each_language_has_an_address_and_titles_of_its_own() -> None:
    vi, en = (province(names(language)) for language in LANGUAGES)
    assert (vi["uid"], en["uid"]) == (uid(names("vi")), uid(names("en"))) == ("nhip-province", "nhip-province-en")
    titles = {p["title"] for p in vi["panels"]} & {p["title"] for p in en["panels"]}
    assert titles == set()
    assert [p["targets"][0]["query"] for p in vi["panels"]] == [p["targets"][0]["query"] for p in en["panels"]]


def test_the_four_dimensions_are_in_their_order() -> None:
    gauges = [p["title"] for p in province(names())["panels"] if p["type"] == "gauge"]
    assert gauges == ["Đúng", "Đủ", "Sạch", "Sống"]


def test_every_status_has_a_colour_a_symbol_and_a_word() -> None:
    (mapping,) = panel(province(names()), "Đơn vị × CSDL")["fieldConfig"]["defaults"]["mappings"]
    shown = {code: (m["text"], m["color"]) for code, m in mapping["options"].items()}
    assert shown["3"] == ("■ quá hạn kéo dài", "#b3261e")
    assert set(shown) == {str(code) for code in STATUS_CODES.values()}
    assert len(set(shown.values())) == len(set(SYMBOLS.values())) == len(STATUS_CODES)


def test_codes_are_shown_as_names() -> None:
    made = province(names())
    unit = properties(panel(made, "Dữ liệu mới chỉ"), "unit")
    assert unit["mappings"][0]["options"]["xa-2"]["text"] == "Xã 2"
    assert unit["links"][0]["url"] == "https://nhip.example/units/${__value.raw:percentencode}?lang=vi"
    assert properties(panel(made, "Đơn vị × CSDL"), "ngheo")["displayName"] == "Hộ nghèo, hộ cận nghèo"


def test_a_name_with_a_comma_stays_one_choice() -> None:
    (dataset,) = (v for v in province(names())["templating"]["list"] if v["name"] == "dataset")
    assert dataset["query"] == r"Hộ nghèo\, hộ cận nghèo : ngheo,Đất đai : dat"


PERIOD_TEXTS = ["2025-10-03T07:30+07:00", "2025-10-03", "2025-W40", "2024-12", "2024-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2025"]


@pytest.mark.parametrize("written", PERIOD_TEXTS)
def test_a_period_is_shown_as_in_the_messages_to_units(written: str) -> None:
    """The patterns are JavaScript's; these work in Python too."""
    (shown,) = (
        re.sub(pattern.strip("/"), re.sub(r"\$(\d)", r"\\\1", form), written)
        for pattern, form in PERIODS_VI.items()
        if re.search(pattern.strip("/"), written)
    )
    assert shown == period(written, "vi")


def test_a_verdict_is_never_shown_older_than_three_hours() -> None:
    """A feed's point is repeated every hour; without this a monitor that stopped would show its last look for a week."""
    verdicts = [p for p in province(names())["panels"] if 'FROM "freshness"' in p["targets"][0]["query"]]
    assert len(verdicts) == 5
    assert {p["timeFrom"] for p in verdicts} == {"3h"}


def test_tables_are_shown_as_of_one_hour() -> None:
    """Their points lie at the full hour, one for each: more than an hour asked for would count a table twice."""
    tables = [p for p in province(names())["panels"] if 'FROM "quality_table"' in p["targets"][0]["query"]]
    assert len(tables) == 3
    assert {p["timeFrom"] for p in tables} == {"65m"}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ground", [*COLOURS.values(), QUIET])
def test_letters_on_a_status_can_be_read_across_a_room(ground: str) -> None:
    """Grafana writes black or white on a ground, whichever is nearer to readable."""
    assert max(contrast(ground, "#ffffff"), contrast(ground, "#000000")) >= 4.5


@pytest.mark.parametrize("arc", [POOR, FAIR, GOOD])
def test_arcs_stand_out_from_a_dark_ground(arc: str) -> None:
    assert contrast(arc, "#181b1f") >= 3


def test_neighbouring_statuses_differ_in_more_than_hue() -> None:
    """Late and stale, the pair that matters most, differ in lightness: also for who sees no red."""
    assert contrast(COLOURS["late"], COLOURS["stale"]) >= 3
    assert all(a != b for a, b in itertools.pairwise(COLOURS.values()))
