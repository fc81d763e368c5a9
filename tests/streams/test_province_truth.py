"""The truth about a feed, by hand: from when it is to be accused, until when, and what its data reach."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from streams.province.calendar import Period
from streams.province.plan import ROW_GAP_MS, Course, Declared, Delivery, Feed
from streams.province.truth import Outage, Span, spans_of, without
from tests.streams.province_scene import DAY_MS, HOUR_MS, feed_of

MONTHLY, COUNTED, SLICED, CONTINUOUS, DAILY = (
    "nguoi-co-cong",
    "bao-tro-xa-hoi",
    "giai-ngan-dau-tu-cong",
    "ho-tich",
    "thu-tuc-hanh-chinh",
)
START, END = date(2025, 9, 1), date(2025, 12, 1)


def at(text: str, feed: Feed) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=feed.calendar.zone).timestamp()) * 1000


def months(feed: Feed, until: str = "2025-10") -> list[Delivery]:
    """Everything owed up to a month, each on the second day after it."""
    return [Delivery(at(f"{p.end}T08:00", feed) + DAY_MS, p, range(100)) for p in feed.owed if p.name <= until]


def period(feed: Feed, name: str) -> Period:
    return next(p for p in feed.owed if p.name == name)


def truth(feed: Feed, deliveries: list[Delivery], *declared: Declared) -> list[Span]:
    course = Course(sorted(deliveries, key=lambda d: d.at_ms), list(declared))
    return spans_of(feed, course, at(f"{START}T00:00", feed), at(f"{END}T00:00", feed))


SEPTEMBER_LATE = "2025-10-10T00:00"  # nguoi-co-cong: due on the 5th working day of October, the 7th; 2 working days of grace


def without_september(feed: Feed) -> list[Delivery]:
    return [d for d in months(feed) if d.period.name != "2025-09"]


def test_a_feed_that_delivers_in_time_is_not_to_be_accused() -> None:
    feed = feed_of(MONTHLY)
    assert truth(feed, months(feed)) == []


def test_a_missing_period_is_to_be_accused_from_its_deadline_until_it_comes() -> None:
    feed = feed_of(MONTHLY)
    late, came = at(SEPTEMBER_LATE, feed), at("2025-10-20T09:00", feed)
    (span,) = truth(feed, [*without_september(feed), Delivery(came, period(feed, "2025-09"), range(1))])
    assert span == Span(late, came, [(late, "2025-08")])


@pytest.mark.parametrize(("minutes", "spans"), [(-1, 0), (0, 0), (1, 1)], ids=["just before", "at", "after"])
def test_what_comes_by_the_deadline_is_not_late(minutes: int, spans: int) -> None:
    """Half open: at the deadline exactly it is late, unless it has come by then."""
    feed = feed_of(MONTHLY)
    came = at(SEPTEMBER_LATE, feed) + minutes * 60_000
    assert len(truth(feed, [*without_september(feed), Delivery(came, period(feed, "2025-09"), range(1))])) == spans


def test_later_periods_do_not_make_good_an_earlier_one() -> None:
    feed = feed_of(MONTHLY)
    late = at(SEPTEMBER_LATE, feed)
    assert truth(feed, without_september(feed)) == [Span(late, at(f"{END}T00:00", feed), [(late, "2025-08")])]


def test_two_periods_that_are_late_one_after_the_other_are_one_accusation() -> None:
    """While both are missing the data reach August; then September, which ends nothing."""
    feed = feed_of(MONTHLY)
    late, then, came = at(SEPTEMBER_LATE, feed), at("2025-11-12T08:00", feed), at("2025-11-20T08:00", feed)
    given = [d for d in months(feed) if d.period.name < "2025-09"]
    given += [Delivery(then, period(feed, "2025-09"), range(1)), Delivery(came, period(feed, "2025-10"), range(1))]
    assert truth(feed, given) == [Span(late, came, [(late, "2025-08"), (then, "2025-09")])]


@pytest.mark.parametrize(("rows", "spans"), [(2, 1), (3, 0)], ids=["one row too few", "just enough"])
def test_a_period_is_complete_with_its_least_number_of_rows(rows: int, spans: int) -> None:
    feed = feed_of(COUNTED)
    came = at("2025-10-02T08:00", feed)
    assert len(truth(feed, [*without_september(feed), Delivery(came, period(feed, "2025-09"), range(rows))])) == spans


def test_the_same_row_many_times_is_one_row() -> None:
    feed = feed_of(COUNTED)
    again = [Delivery(at("2025-10-02T08:00", feed) + n, period(feed, "2025-09"), range(2)) for n in range(9)]
    assert len(truth(feed, [*without_september(feed), *again])) == 1


@pytest.mark.parametrize(("slices", "spans"), [(86, 1), (87, 0)], ids=["one slice too few", "nine tenths of 96"])
def test_a_period_is_complete_with_the_quorum_of_its_slices(slices: int, spans: int) -> None:
    feed = feed_of(SLICED)
    came = at("2025-10-02T08:00", feed)
    assert len(truth(feed, [*without_september(feed), Delivery(came, period(feed, "2025-09"), range(slices))])) == spans


def test_a_period_is_complete_when_the_last_row_that_was_missing_came() -> None:
    feed = feed_of(COUNTED)
    came = at("2025-11-03T08:00", feed)
    (span,) = truth(feed, [*without_september(feed), Delivery(came, period(feed, "2025-09"), range(10))])
    assert span.until_ms == came + 2 * ROW_GAP_MS


@pytest.mark.parametrize(("op", "twist"), [("d", ""), ("c", "split_code")])
def test_deletes_and_rows_of_nobody_deliver_nothing(op: str, twist: str) -> None:
    feed = feed_of(MONTHLY)
    odd = Delivery(at("2025-10-02T08:00", feed), period(feed, "2025-09"), range(9), op, twist)  # type: ignore[arg-type]
    assert len(truth(feed, [*without_september(feed), odd])) == 1


def test_a_period_that_has_not_begun_is_not_delivered() -> None:
    feed = feed_of(MONTHLY)
    ahead = [Delivery(at("2025-09-02T08:00", feed), p, range(1)) for p in feed.owed if p.name == "2025-10"]
    given = [d for d in months(feed) if d.period.name <= "2025-09"]
    assert len(truth(feed, given + ahead)) == 1


def test_a_nil_return_in_time_is_as_good_as_a_delivery() -> None:
    feed = feed_of(COUNTED)
    declared = Declared("nil_return", "2025-09", at("2025-10-05T08:00", feed))
    assert truth(feed, without_september(feed), declared) == []
    assert len(truth(feed, without_september(feed))) == 1


def test_an_extension_moves_the_deadline_and_no_further() -> None:
    feed = feed_of(MONTHLY)
    until, came = at("2025-10-20T00:00", feed), at("2025-10-21T00:00", feed)
    declared = Declared("extension", "2025-09", at("2025-10-05T08:00", feed), until)
    (span,) = truth(feed, [*without_september(feed), Delivery(came, period(feed, "2025-09"), range(1))], declared)
    assert (span.from_ms, span.until_ms) == (until, came)


def test_a_feed_that_never_sent_anything_reaches_nothing() -> None:
    feed = feed_of(MONTHLY)
    start = at(f"{START}T00:00", feed)
    assert truth(feed, []) == [Span(start, at(f"{END}T00:00", feed), [(start, None)])]


def test_a_continuous_feed_is_late_when_its_newest_row_is_too_old() -> None:
    """Three working days and one of grace after Wednesday 3 September: late when the 9th is over, until a newer row comes."""
    feed = feed_of(CONTINUOUS)
    texts = ("2025-08-29T10:00", "2025-09-03T10:00", "2025-09-10T00:00", "2025-09-15T08:00")
    before, instant, late, came = (at(text, feed) for text in texts)
    instants = [before, instant, *(came + n * DAY_MS for n in range(90))]
    given = [Delivery(i + HOUR_MS, Period("", date(2025, 9, 3), date(2025, 9, 4), i), range(1)) for n, i in enumerate(instants)]
    assert truth(feed, given) == [Span(late, came + HOUR_MS, [(late, "2025-09-03T10:00+07:00")])]


def test_nobody_is_to_be_accused_while_the_monitor_cannot_read() -> None:
    """Before, between and after: what is left of a span, and what the data reach then."""
    span = Span(100, 200, [(100, "a"), (150, "b")])
    assert without([span], [Outage(90, 120)]) == [Span(120, 200, [(120, "a"), (150, "b")])]
    assert without([span], [Outage(140, 160)]) == [Span(100, 140, [(100, "a")]), Span(160, 200, [(160, "b")])]
    assert without([span], [Outage(100, 200)]) == []
    assert without([span], [Outage(50, 100), Outage(200, 300)]) == [span]
