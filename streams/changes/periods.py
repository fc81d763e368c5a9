"""Which business period a row belongs to, from the value of its period column."""

from __future__ import annotations

from datetime import MAXYEAR
from zoneinfo import ZoneInfo

from expectations.catalogue.units import Column
from expectations.freshness import periods
from expectations.freshness.periods import Cadence
from expectations.freshness.schedule import Terms
from streams.changes.moments import EARLIEST, TEMPORAL, CoarseError, epoch_ms, moment_of

MOST_CHARACTERS = 64  # `periods.parse` remembers what it was asked


def period_of(value: object, column: Column, terms: Terms, zone: ZoneInfo, encoding: str | None = None) -> int:
    """Return the period's ordinal, or epoch milliseconds when the dataset is continuous.

    `encoding` is the event's own semantic name where it has a schema; else the contract's is used, else the form of the value decides.
    An encoding says how numbers and instants are meant; text that names a period (`2024-12`) needs none, and means it beside any.
    Raises ValueError for what is no period and for anything before the year 2000: zero dates and epoch zeros are never data.
    """
    encoding = encoding_of(column, encoding)
    named = _named(value, terms, encoding)
    ordinal = _dated(value, terms, zone, encoding) if named is None else named
    if terms.cadence is not Cadence.CONTINUOUS:
        _refuse_ancient(ordinal, terms)
    return ordinal


def encoding_of(column: Column, encoding: str | None) -> str | None:
    """The encoding that a period column's value is read by; `encoding` is the event's own."""
    return encoding if encoding in TEMPORAL else column.encoding


def _named(value: object, terms: Terms, encoding: str | None) -> int | None:
    """Text that names a period (`2024-12`, `2025-Q3`, `tháng 12/2024`) as the catalogue writes it; None for every other value."""
    if not isinstance(value, str) or len(value) > MOST_CHARACTERS or terms.cadence is Cadence.CONTINUOUS:
        return None
    if encoding is not None and value.strip().isdigit():
        return None  # digits are the number that they are: "202509" in days is no month
    try:
        return periods.parse(terms.cadence, value, terms.month_starts_on)
    except ValueError:
        return None


def _dated(value: object, terms: Terms, zone: ZoneInfo, encoding: str | None) -> int:
    try:
        moment = moment_of(value, encoding, zone)
    except CoarseError as coarse:
        return _coarse(coarse, terms.cadence)
    if moment.date() < EARLIEST:
        raise ValueError("before the year 2000")
    if terms.cadence is Cadence.CONTINUOUS:
        return epoch_ms(moment, zone)
    return periods.ordinal(terms.cadence, moment.date(), terms.month_starts_on)


def _coarse(coarse: CoarseError, cadence: Cadence) -> int:
    """A number that names a year or a month: good for a cadence that is not finer."""
    if not EARLIEST.year <= coarse.year < MAXYEAR:
        raise ValueError("a year outside the calendar")
    if cadence is Cadence.YEARLY:
        return coarse.year
    if coarse.month is not None and cadence is Cadence.MONTHLY:
        return coarse.year * 12 + coarse.month - 1
    if coarse.month is not None and cadence is Cadence.QUARTERLY:
        return coarse.year * 4 + (coarse.month - 1) // 3
    if coarse.month is not None and cadence is Cadence.HALF_YEARLY:
        return coarse.year * 2 + (coarse.month - 1) // 6
    raise ValueError("a year or month where a shorter period is needed")


def _refuse_ancient(ordinal: int, terms: Terms) -> None:
    """Raise ValueError for a period that ended before the year 2000 or lies outside the calendar."""
    try:
        end = periods.end_day(terms.cadence, ordinal, terms.month_starts_on)
    except OverflowError:
        raise ValueError("outside the calendar") from None
    if end <= EARLIEST:
        raise ValueError("before the year 2000")
