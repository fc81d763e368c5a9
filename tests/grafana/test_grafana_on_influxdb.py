"""Every query of the dashboard on the real InfluxDB 2.7 and 1.8, asked as Grafana asks: by the datasource's own settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from grafana import asks, asks_of_tables
from grafana.datasource import datasource
from grafana.province import province
from grafana.queries import column, select, within
from points.influx import InfluxStore
from tests.grafana.scene import ALL, DAY_SECONDS, FEEDS, HOUR_MS, NOW_MS, names, points

pytestmark = pytest.mark.services
RANGE = (NOW_MS - 2 * HOUR_MS, NOW_MS + 1)
THIS_HOUR = (NOW_MS - 5 * 60_000, NOW_MS + HOUR_MS)
"""What a panel of the last 65 minutes asks for at the end of the hour that the tables' points lie at."""
Row = dict[str, Any]


class Asking:
    """Asks through a datasource, with the macros and variables that Grafana fills in before it sends."""

    def __init__(self, source: Mapping[str, Any]) -> None:
        self.source = source

    def series(self, query: str, variables: Mapping[str, str] = ALL, time: tuple[int, int] = RANGE) -> list[dict[str, Any]]:
        filled = query.replace("$timeFilter", f"time >= {time[0]}ms and time <= {time[1]}ms")
        filled = filled.replace("$__interval_ms", "60000").replace("$__interval", "1m")
        filled = re.sub(r"\$\{(\w+):regex\}", lambda found: variables[found[1]], filled)
        assert re.search(r"\$(?!/)", filled) is None, "a macro is left"
        told = self.source["jsonData"]
        address = f"{self.source['url']}/query?{urlencode({'db': told['dbName'], 'epoch': 'ms'})}"
        header = {told["httpHeaderName1"]: self.source["secureJsonData"]["httpHeaderValue1"]}
        answer = requests.request(told["httpMode"], address, data={"q": filled}, headers=header, timeout=30)
        assert answer.ok, answer.text
        (result,) = answer.json()["results"]
        assert "error" not in result, result["error"]
        return list(result.get("series", []))

    def rows(self, query: str, variables: Mapping[str, str] = ALL, time: tuple[int, int] = RANGE) -> list[Row]:
        """The rows as Grafana's table has them: tags beside columns."""
        found = self.series(query, variables, time)
        return [s.get("tags", {}) | dict(zip(s["columns"], v, strict=True)) for s in found for v in s["values"]]


@pytest.fixture(scope="module", params=["influxdb", "influxdb18"])
def asking(request: pytest.FixtureRequest) -> Asking:
    found = request.getfixturevalue(request.param)
    store = InfluxStore(found.url, found.org, found.bucket, found.token)
    assert store.write(list(points())) == []
    store.close()
    return Asking(datasource(found.url, found.bucket, found.token))


MADE = province(names())
TARGETS = {f"{p['id']}{t['refId']} {p['title']}": t["query"] for p in MADE["panels"] for t in p["targets"]}


@pytest.mark.parametrize("name", [n for n in TARGETS if "Sạch" not in n])
def test_every_panel_has_an_answer(asking: Asking, name: str) -> None:
    """With columns alike in every series: Grafana makes one table of them."""
    found = asking.series(TARGETS[name])
    assert found
    assert all(s["columns"] == found[0]["columns"] and s.get("tags", {}).keys() == found[0].get("tags", {}).keys() for s in found)


@pytest.mark.parametrize("name", TARGETS)
def test_every_panel_bears_that_there_is_nothing(asking: Asking, name: str) -> None:
    assert asking.rows(TARGETS[name], time=(0, 1)) == []


@pytest.mark.parametrize("name", TARGETS)
def test_every_panel_bears_a_choice_of_one_and_of_many(asking: Asking, name: str) -> None:
    asking.rows(TARGETS[name], {"department": "so\\-dat", "dataset": "dat", "unit": "(xa\\-1|xa\\-2)", "covered": "dat"})


def test_feeds_are_counted_by_their_last_status(asking: Asking) -> None:
    (row,) = asking.rows(asks.COUNTS.text)
    del row["time"]
    assert row == {"fresh": 1, "due": 1, "late": 1, "stale": 1, "never": 1, "unknown": 1, "suspended": 1}


def test_a_status_that_no_feed_has_counts_0(asking: Asking) -> None:
    (row,) = asking.rows(asks.COUNTS.text, ALL | {"unit": "xa-1"})
    assert (row["fresh"], row["stale"], row["late"], row["suspended"]) == (1, 1, 0, 0)


def test_current_only_to_tells_the_overdue_with_the_evidence_of_the_same_point(asking: Asking) -> None:
    rows = {(r["unit"], r["dataset"]): r for r in asking.rows(asks.ONLY_TO.text)}
    assert set(rows) == {feed for feed, (status, *_) in FEEDS.items() if status in {"late", "stale", "never"}}
    stale, never = rows["xa-1", "ngheo"], rows["xa-2", "ngheo"]
    assert (stale["data_through"], stale["expected_through"], stale["periods_behind"], stale["lag_days"]) == ("2029-12", "2030-02", 3, 60)
    assert (never["data_through"], never["lag_days"], never["status_code"]) == (None, None, 4)


def test_alive_is_the_share_of_judged_feeds_that_are_fresh_or_due(asking: Asking) -> None:
    """Fresh and due of fresh, due, late, stale and never; unknown and suspended do not count."""
    (row,) = asking.rows(asks.ALIVE.text)
    assert row["song"] == pytest.approx(2 / 5)


def test_the_worst_units(asking: Asking) -> None:
    rows = {r["unit"]: (r["behind"], r["feeds"], r["lag_days"]) for r in asking.rows(asks.WORST_UNITS.text)}
    assert rows == {"xa-1": (1, 2, 60), "xa-2": (2, 2, 40)}


def test_the_punctuality_of_a_unit_is_that_of_its_feeds_together(asking: Asking) -> None:
    """Of the month, as of the last day; nothing of a unit of which no time was judged."""
    rows = {r["unit"]: r for r in asking.rows(asks.PUNCTUAL.text)}
    assert rows.keys() == {"xa-1", "xa-2"}
    one, other = rows["xa-1"], rows["xa-2"]
    assert (one["on_time"], one["mean_delay_days"], one["complete"], one["owed"]) == (pytest.approx(30 / 40), 7, 3, 4)
    assert (other["on_time"], other["mean_delay_days"]) == (0, 60)


def test_a_dimension_is_the_share_of_rows_with_a_value_that_meet_the_checks(asking: Asking) -> None:
    (dung,) = asking.rows(asks.dimension("dung").text)
    assert dung["dung"] == pytest.approx(1 - 10 / 100), "of 120 rows 20 have no value; 8 + 2 do not meet the check"
    (du,) = asking.rows(asks.dimension("du").text)
    assert du["du"] == 1


def test_a_dimension_of_which_nothing_could_be_asked_has_no_share(asking: Asking) -> None:
    """InfluxQL divides by 0 to 0, which would be shown as 100 %."""
    assert asking.rows(asks.dimension("sach").text) == []


def test_a_check_of_all_rows_together_is_no_share_of_rows(asking: Asking) -> None:
    """A mean that is out of bounds looked at 1,000 rows of which none failed by itself: it must not make the others look better."""
    (row,) = asking.rows(asks.dimension("dung").text, ALL | {"unit": "xa-1"})
    assert row["dung"] == pytest.approx(1 - 8 / 80)


def test_what_is_in_the_tables_now_by_dataset(asking: Asking) -> None:
    """Of eight values of the first unit two are wrong; a table that is not known any more does not count."""
    (row,) = asking.rows(asks_of_tables.BY_DATASET.text, time=THIS_HOUR)
    assert (row["dataset"], row["passed"]) == ("dat", pytest.approx(1 - 2 / (8 + 4 + 8)))


def test_checks_that_the_tables_do_not_meet_now(asking: Asking) -> None:
    rows = {(r["unit"], r["dataset"], r["check"]): r for r in asking.rows(asks_of_tables.FAILED.text, time=THIS_HOUR)}
    assert rows.keys() == {("xa-1", "dat", "du.null"), ("xa-1", "dat", "dung.mean")}
    null, mean = rows["xa-1", "dat", "du.null"], rows["xa-1", "dat", "dung.mean"]
    assert (null["dimension"], null["rows"], null["unexpected"], null["ratio"], null["observed"]) == ("du", 10, 2, 0.75, None)
    assert (mean["unexpected"], mean["ratio"], mean["observed"]) == (0, None, 3.5)


def test_a_table_is_unknown_for_a_reason_of_its_own_not_of_one_check(asking: Asking) -> None:
    rows = asking.rows(asks_of_tables.unknown(names().unknown_tables).text, time=THIS_HOUR)
    assert [(r["unit"], r["dataset"], r["why"]) for r in rows] == [("xa-1", "ngheo", "no_before")]


def test_a_department_limits_quality_to_its_datasets(asking: Asking) -> None:
    (covered,) = asking.series(asks.COVERED_DATASETS, ALL | {"department": "so\\-ngheo"})
    assert covered["values"] == [["dataset", "ngheo"]]
    (row,) = asking.rows(asks.dimension("dung").text, ALL | {"covered": "ngheo"})
    assert row["dung"] == pytest.approx(1 - 2 / 20)


def test_unread_records_by_worker(asking: Asking) -> None:
    rows = {r["worker"]: r["lag"] for r in asking.rows(asks.UNREAD.text)}
    assert rows == {"w-1": 500, "w-2": 7}


def test_troubles_of_all_workers_together(asking: Asking) -> None:
    (row,) = asking.rows(asks.troubles("quarantined").text)
    assert row["quarantined"] == 6


def test_messages_that_wait_and_hold_ups_are_those_of_the_worst_worker(asking: Asking) -> None:
    assert [r["aside"] for r in asking.rows(asks.ASIDE.text)] == [500]
    assert [r["loop_lag_ms"] for r in asking.rows(asks.LOOP_LAG.text)] == [1_000]


def test_memory_by_worker(asking: Asking) -> None:
    assert {r["worker"]: r["memory_bytes"] for r in asking.rows(asks.MEMORY.text)} == {"w-1": 500_000, "w-2": 7_000}


def test_throughput_is_records_a_second_of_each_stage_all_workers_together(asking: Asking) -> None:
    rows = {r["stage"]: r["records"] for r in asking.rows(asks.THROUGHPUT.text) if r["records"] is not None}
    assert rows == {"route": pytest.approx(20 / 60), "write_points": pytest.approx(10 / 60)}


def test_the_slowest_batch_and_the_slowest_write(asking: Asking) -> None:
    assert {r["stage"]: r["batch_max_ms"] for r in asking.rows(asks.SLOWEST.text)} == {"route": 500}
    assert {r["stage"]: r["sink_ms"] for r in asking.rows(asks.SINK.text)} == {"write_points": 12.5}


def test_what_was_set_aside_by_reason(asking: Asking) -> None:
    assert {r["reason"]: r["records"] for r in asking.rows(asks.REASONS.text)} == {"unknown_unit": 2, "future_period": 4}


@pytest.mark.parametrize(("low", "high"), [(0, 0), (3, 3), (6, 6), (0, 1), (2, 4), (0, 6)])
def test_within_is_1_inside_and_0_outside(asking: Asking, low: int, high: int) -> None:
    query = select({"n": within("status_code", low, high), "code": column("status_code")}, asks.BY_VERDICT, by=("unit",))
    found = {r["code"]: r["n"] for r in asking.rows(query.text)}
    assert found == {code: int(low <= code <= high) for code in range(7)}


def test_lag_is_shown_in_days(asking: Asking) -> None:
    (row,) = asking.rows(asks.ONLY_TO.text, ALL | {"unit": "xa-2", "dataset": "dat"})
    assert row["lag_days"] * DAY_SECONDS == 40 * DAY_SECONDS
