"""What the scenario writes is what connectors write: ROUTE reads the same row from every form."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

import msgspec
import pytest

from expectations.catalogue.units import Column
from expectations.freshness import periods
from expectations.freshness.periods import Cadence
from expectations.freshness.schedule import Due, Schedule, Span, Terms
from streams.changes.moments import TEMPORAL
from streams.changes.periods import period_of
from streams.changes.route import Router, rows_of
from streams.changes.wire import Row
from streams.demo import values
from streams.demo.moves import Move, rows_wanted
from streams.demo.play import Form
from streams.demo.records import key_of, value_of
from streams.demo.rows import Rows
from streams.demo.scenario import Planned
from streams.demo.stage import Feed, feeds_of
from tests.streams.demo_scene import NOW, example, fetched, stage

FORMS = get_args(Form)
DATASETS = list(example().datasets)
A_MINUTE = 60_000


def feed_of(dataset: str, form: Form = "postgres") -> Feed:
    found = next(feed for feed in feeds_of(example(), stage().play) if feed.dataset.id == dataset)
    return msgspec.structs.replace(found, form=form)


def last_period(feed: Feed) -> int:
    """A period that has begun; of a continuous feed an instant."""
    return NOW - A_MINUTE if feed.schedule.continuous else feed.schedule.ordinal_of(feed.schedule.day_of(NOW)) - 1


def routed(feed: Feed, op: str) -> tuple[dict[str, list[Row]], dict[str, int]]:
    """What ROUTE makes of one row in the feed's form."""
    move = Move(NOW, feed, op, last_period(feed))
    rows = Rows(feed, stage())
    key = rows.key_of(move)
    planned = Planned(feed.topic, key_of(move, key), value_of(move, rows.row(move, feed.unit), key), NOW)
    result = Router(example(), 1).route(feed.topic, fetched([planned]))
    return {name: found for message in result.messages.values() for name, found in message.rows.items()}, dict(result.counts)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dataset", DATASETS)
def test_a_row_of_every_dataset_is_read_in_every_form(dataset: str, form: Form) -> None:
    feed = feed_of(dataset, form)
    rows, counts = routed(feed, "c")
    assert counts == {"change": 1}
    (row,) = rows[feed.id]
    assert (row.op, row.period, row.heard_ms) == ("c", last_period(feed), NOW)
    assert 0 < row.changed_ms < NOW


@pytest.mark.parametrize("form", FORMS)
def test_a_snapshot_read_does_not_tell_when_the_row_was_changed(form: Form) -> None:
    feed = feed_of("ho-ngheo", form)
    rows, _ = routed(feed, "r")
    assert [(row.op, row.changed_ms) for row in rows[feed.id]] == [("r", 0)]


@pytest.mark.parametrize("form", FORMS)
def test_a_deleted_row_tells_its_unit_only_where_the_log_has_the_whole_row(form: Form) -> None:
    feed = feed_of("ho-ngheo", form)
    rows, counts = routed(feed, "d")
    assert (list(rows), counts) == (([feed.id], {"change": 1}) if form == "mysql" else ([], {"delete_without_unit": 1}))


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_suite_sees_the_same_row_with_and_without_a_schema(dataset: str) -> None:
    seen = []
    for form in ("postgres", "schema"):
        feed = feed_of(dataset, form)
        (row,) = routed(feed, "c")[0][feed.id]
        assert row.after is not None
        seen.append(rows_of(feed.dataset, row.after))
    assert seen[0] == seen[1]
    assert set(seen[0]) == set(feed_of(dataset).dataset.columns)


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_column_has_a_value(dataset: str) -> None:
    feed = feed_of(dataset)
    row = Rows(feed, stage()).row(Move(NOW, feed, "c", last_period(feed)), feed.unit)
    assert set(row) == set(feed.dataset.columns)
    assert None not in row.values()


@pytest.mark.parametrize("dataset", DATASETS)
def test_no_two_rows_have_one_key_and_a_row_sent_again_has_the_same(dataset: str) -> None:
    """Keys tell rows apart where a period needs several; an update has the key of its insert."""
    feeds = [feed for feed in feeds_of(example(), stage().play) if feed.dataset.id == dataset]
    rows = Rows(feeds[0], stage())
    step = A_MINUTE if feeds[0].schedule.continuous else 1
    moves = [Move(NOW, feed, "c", last_period(feed) - n * step, row) for feed in feeds for n in range(5) for row in rows_wanted(feed)]
    keys = [key_of(move, rows.key_of(move)) for move in moves]
    assert len(set(keys)) == len(keys)
    assert key_of(moves[0], rows.key_of(msgspec.structs.replace(moves[0], op="u", at_ms=NOW + 1))) == keys[0]


def test_examples_line_up_into_plausible_rows() -> None:
    """The nth example of every column make a row: nobody employs more people than there are."""
    feed = feed_of("lao-dong-viec-lam")
    rows = Rows(feed, stage())
    made = [rows.row(Move(NOW, feed, "c", last_period(feed) - n), feed.unit) for n in range(20)]
    assert len({row["nhom_tuoi"] for row in made}) > 1
    assert all(msgspec.convert(row["luc_luong"], int) >= msgspec.convert(row["co_viec_lam"], int) for row in made)


TERMS = {
    cadence: Terms(cadence=cadence, due=Due("after", 1, "day"), grace=Span(0, "day"), first_due=datetime(2024, 1, 1).date())  # noqa: DTZ001
    for cadence in Cadence
}


ENCODINGS = [None, *sorted(TEMPORAL - {"io.debezium.time.Year"})]
OF_A_DAY = {"io.debezium.time.Date", "io.debezium.time.IsoDate", "org.apache.kafka.connect.data.Date"}


@pytest.mark.parametrize(("cadence", "encoding"), [(c, e) for c in Cadence for e in ENCODINGS if c != "continuous" or e not in OF_A_DAY])
def test_a_period_is_written_as_route_reads_it(cadence: Cadence, encoding: str | None) -> None:
    schedule = Schedule(TERMS[cadence], example().workdays, example().timezone)
    period = NOW if schedule.continuous else periods.ordinal(cadence, schedule.day_of(NOW))
    for logical in ("timestamp",) if schedule.continuous else ("string", "date"):
        column = Column("ky", logical, encoding, personal=False)
        assert period_of(values.of_period(period, column, schedule), column, TERMS[cadence], example().timezone) == period


@pytest.mark.parametrize("cadence", [Cadence.DAILY, Cadence.MONTHLY, Cadence.QUARTERLY, Cadence.YEARLY])
def test_a_period_in_a_whole_number_is_read_as_it_was_meant(cadence: Cadence) -> None:
    schedule, column = Schedule(TERMS[cadence], example().workdays, example().timezone), Column("ky", "integer", None, personal=False)
    period = periods.ordinal(cadence, schedule.day_of(NOW))
    assert period_of(values.of_period(period, column, schedule), column, TERMS[cadence], example().timezone) == period
