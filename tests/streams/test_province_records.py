"""What the simulator writes is what connectors write: ROUTE reads the same row from every form."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

import pytest
from msgspec.structs import replace

from expectations.catalogue.load import load
from expectations.catalogue.units import Column
from expectations.freshness import periods
from expectations.freshness.periods import Cadence
from expectations.freshness.schedule import Due, Schedule, Span, Terms
from streams.changes.moments import TEMPORAL
from streams.changes.periods import period_of
from streams.changes.route import Router, rows_of
from streams.changes.wire import Row
from streams.demo.play import Form
from streams.offline import Fetched
from streams.province import values
from streams.province.orderly import carrying
from streams.province.plan import Delivery, Feed, Op, needed
from streams.province.rows import Rows
from tests.streams.province_scene import FOLDER, whole_world

CATALOGUE = load(FOLDER)
FEEDS = whole_world().feeds
FORMS = get_args(Form)
DATASETS = list(CATALOGUE.datasets)
A_MINUTE = 60_000
NOW = int(datetime(2026, 2, 27, 17, 35, tzinfo=CATALOGUE.timezone).timestamp()) * 1000


def in_form(dataset: str, form: Form = "postgres") -> Feed:
    return replace(next(feed for feed in FEEDS if feed.dataset.id == dataset), form=form)


def delivery_of(feed: Feed, back: int = 0, op: Op = "c") -> Delivery:
    """One of the last periods that are over, the last but `back`; of a continuous feed an instant so many minutes ago."""
    if feed.calendar.continuous:
        return replace(carrying(feed, NOW - (back + 1) * A_MINUTE, NOW), op=op)
    over = [period for period in feed.owed if period.end <= feed.calendar.day_of(NOW)]
    return Delivery(NOW, over[-1 - back], range(needed(feed)), op)


def ordinal(feed: Feed, delivery: Delivery) -> int:
    """The period as the ledger counts it."""
    schedule = CATALOGUE.schedules[feed.dataset.id]
    return delivery.period.at_ms if schedule.continuous else schedule.ordinal_of(delivery.period.first)


def made(feed: Feed, delivery: Delivery, row: int = 0) -> dict[str, object]:
    maker = Rows(feed, 1)
    return maker.row(delivery, row, {maker.key: maker.number(delivery, row)})


def routed(feed: Feed, op: Op) -> tuple[dict[str, list[Row]], dict[str, int]]:
    """What ROUTE makes of one row in the feed's form."""
    record = next(Rows(feed, 1).write(delivery_of(feed, op=op), 0, NOW))
    result = Router(CATALOGUE, 1).route(feed.topic, [Fetched(feed.topic, 0, 0, NOW, record.key, record.value)])
    return {name: found for message in result.messages.values() for name, found in message.rows.items()}, dict(result.counts)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dataset", DATASETS)
def test_a_row_of_every_dataset_is_read_in_every_form(dataset: str, form: Form) -> None:
    feed = in_form(dataset, form)
    rows, counts = routed(feed, "c")
    assert counts == {"change": 1}
    (row,) = rows[feed.id]
    assert (row.op, row.period, row.heard_ms) == ("c", ordinal(feed, delivery_of(feed)), NOW)
    assert 0 < row.changed_ms < NOW


@pytest.mark.parametrize("form", FORMS)
def test_a_snapshot_read_does_not_tell_when_the_row_was_changed(form: Form) -> None:
    feed = in_form("ho-ngheo", form)
    rows, _ = routed(feed, "r")
    assert [(row.op, row.changed_ms) for row in rows[feed.id]] == [("r", 0)]


@pytest.mark.parametrize("form", FORMS)
def test_a_deleted_row_tells_its_unit_only_where_the_log_has_the_whole_row(form: Form) -> None:
    feed = in_form("ho-ngheo", form)
    rows, counts = routed(feed, "d")
    assert (list(rows), counts) == (([feed.id], {"change": 1}) if form == "mysql" else ([], {"delete_without_unit": 1}))


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_suite_sees_the_same_row_with_and_without_a_schema(dataset: str) -> None:
    seen = []
    for form in ("postgres", "schema"):
        feed = in_form(dataset, form)
        (row,) = routed(feed, "c")[0][feed.id]
        assert row.after is not None
        seen.append(rows_of(feed.dataset, row.after))
    assert seen[0] == seen[1]
    assert set(seen[0]) == set(CATALOGUE.datasets[dataset].columns)


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_column_has_a_value(dataset: str) -> None:
    feed = in_form(dataset)
    row = made(feed, delivery_of(feed))
    assert set(row) == set(feed.dataset.columns)
    assert None not in row.values()


@pytest.mark.parametrize("dataset", DATASETS)
def test_no_two_rows_have_one_key_and_a_row_sent_again_has_the_same(dataset: str) -> None:
    """Keys tell rows apart where a period needs several; an update has the key of its insert."""
    makers = [Rows(feed, n) for n, feed in enumerate(FEEDS, 1) if feed.dataset.id == dataset]

    def keys(op: Op) -> list[bytes | None]:
        sent = [(maker, delivery_of(maker.feed, n, op)) for maker in makers for n in range(2)]
        return [next(maker.write(delivery, row, NOW)).key for maker, delivery in sent for row in delivery.rows]

    inserted = keys("c")
    assert len(set(inserted)) == len(inserted)
    assert keys("u") == inserted


def test_examples_line_up_into_plausible_rows() -> None:
    """The nth example of every column make a row: nobody employs more people than there are."""
    feed = in_form("lao-dong-viec-lam")
    rows = [made(feed, delivery_of(feed, n)) for n in range(20)]
    assert len({row["nhom_tuoi"] for row in rows}) > 1
    assert all(int(str(row["luc_luong"])) >= int(str(row["co_viec_lam"])) for row in rows)


def test_another_turn_begins_with_other_examples() -> None:
    feed = in_form("lao-dong-viec-lam")
    maker, delivery = Rows(feed, 1, turn=1), delivery_of(feed)
    assert maker.row(delivery, 0, {})["nhom_tuoi"] == made(feed, delivery, 1)["nhom_tuoi"] != made(feed, delivery)["nhom_tuoi"]


TERMS = {
    cadence: Terms(cadence=cadence, due=Due("after", 1, "day"), grace=Span(0, "day"), first_due=datetime(2024, 1, 1).date())  # noqa: DTZ001
    for cadence in Cadence
}


ENCODINGS = [None, *sorted(TEMPORAL - {"io.debezium.time.Year"})]
OF_A_DAY = {"io.debezium.time.Date", "io.debezium.time.IsoDate", "org.apache.kafka.connect.data.Date"}


def written(period: int, column: Column, schedule: Schedule) -> object:
    """A period as the period column holds it, of cadences that the simulator does not play as well."""
    if schedule.continuous:
        return values.temporal(values.local(period, CATALOGUE.timezone), column, CATALOGUE.timezone)
    return values.named(schedule.text(period), periods.first_day(schedule.terms.cadence, period), column, CATALOGUE.timezone)


@pytest.mark.parametrize(("cadence", "encoding"), [(c, e) for c in Cadence for e in ENCODINGS if c != "continuous" or e not in OF_A_DAY])
def test_a_period_is_written_as_route_reads_it(cadence: Cadence, encoding: str | None) -> None:
    schedule = Schedule(TERMS[cadence], CATALOGUE.workdays, CATALOGUE.timezone)
    period = NOW if schedule.continuous else periods.ordinal(cadence, schedule.day_of(NOW))
    for logical in ("timestamp",) if schedule.continuous else ("string", "date"):
        column = Column("ky", logical, encoding, personal=False)
        assert period_of(written(period, column, schedule), column, TERMS[cadence], CATALOGUE.timezone) == period


@pytest.mark.parametrize("cadence", [Cadence.DAILY, Cadence.MONTHLY, Cadence.QUARTERLY, Cadence.YEARLY])
def test_a_period_in_a_whole_number_is_read_as_it_was_meant(cadence: Cadence) -> None:
    schedule, column = Schedule(TERMS[cadence], CATALOGUE.workdays, CATALOGUE.timezone), Column("ky", "integer", None, personal=False)
    period = periods.ordinal(cadence, schedule.day_of(NOW))
    assert period_of(written(period, column, schedule), column, TERMS[cadence], CATALOGUE.timezone) == period
