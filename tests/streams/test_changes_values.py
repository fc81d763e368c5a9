"""Dates, times and decimals as connectors encode them, and the business period that a value means."""

from __future__ import annotations

import base64
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.freshness import periods
from expectations.freshness.periods import Cadence
from streams.changes.envelope import Event, read
from streams.changes.periods import period_of
from streams.changes.schemas import Field, fields_of
from streams.changes.values import decimal_text, row_dict, rows_of, unavailable
from tests.streams.changes_province import ZONE, at, column, dataset, terms
from tests.streams.test_changes_envelope import body, genuine

DATE, MILLIS, MICROS, NANOS = (f"io.debezium.time.{n}" for n in ("Date", "Timestamp", "MicroTimestamp", "NanoTimestamp"))
ISO_DATE, ISO_TIMESTAMP, ZONED, YEAR = (f"io.debezium.time.{n}" for n in ("IsoDate", "IsoTimestamp", "ZonedTimestamp", "Year"))
CONNECT_DATE, CONNECT_MILLIS = (f"org.apache.kafka.connect.data.{n}" for n in ("Date", "Timestamp"))
DAY = 20_364  # 2025-10-03
NOON_MS = (DAY * 24 + 12) * 3_600_000
DAILY = {
    "days by schema": (DAY, DATE),
    "days of Connect": (DAY, CONNECT_DATE),
    "milliseconds": (NOON_MS, MILLIS),
    "milliseconds of Connect": (NOON_MS, CONNECT_MILLIS),
    "microseconds": (NOON_MS * 1_000, MICROS),
    "nanoseconds": (NOON_MS * 1_000_000, NANOS),
    "days by magnitude": (DAY, None),
    "yyyymmdd": (20_251_003, None),
    "milliseconds by magnitude": (NOON_MS, None),
    "microseconds by magnitude": (NOON_MS * 1_000, None),
    "nanoseconds by magnitude": (NOON_MS * 1_000_000, None),
    "digits as text": (str(NOON_MS), None),
    "a number with a fraction of zero": (float(DAY), DATE),
    "ISO text": ("2025-10-03", None),
    "ISO text of Debezium, by schema": ("2025-10-03Z", ISO_DATE),
    "ISO text of Debezium": ("2025-10-03Z", None),
    "text with a time": ("2025-10-03 23:59:59", None),
    "zone-less text of Debezium late in the day": ("2025-10-03T23:30:00.123Z", ISO_TIMESTAMP),
    "an instant that is the day before in UTC": ("2025-10-02T17:00:00Z", ZONED),
    "an instant with an offset": ("2025-10-02T18:30:00+01:00", None),
    "blanks around": ("  2025-10-03  ", None),
    "a schema's name that tells nothing of time": ("2025-10-03", "io.debezium.data.Enum"),
}


@pytest.mark.parametrize(("value", "encoding"), DAILY.values(), ids=DAILY)
def test_the_third_of_october_is_told_in_many_ways(value: object, encoding: str | None) -> None:
    day = period_of(value, column("ky", "date"), terms(Cadence.DAILY), ZONE, encoding)
    assert date.fromordinal(day) == date(2025, 10, 3)


def test_the_contract_s_encoding_counts_where_the_event_has_no_schema() -> None:
    ambiguous = "2025-10-03T23:30:00Z"
    asked: dict[str, Any] = {"terms": terms(Cadence.DAILY), "zone": ZONE}
    assert date.fromordinal(period_of(ambiguous, column("ky"), **asked)).day == 4
    assert date.fromordinal(period_of(ambiguous, column("ky", "timestamp", ISO_TIMESTAMP), **asked)).day == 3
    assert date.fromordinal(period_of(ambiguous, column("ky", "timestamp", ISO_TIMESTAMP), encoding=ZONED, **asked)).day == 4


@pytest.mark.parametrize(
    ("cadence", "value", "text"),
    [
        (Cadence.MONTHLY, "2024-12", "2024-12"),
        (Cadence.MONTHLY, "tháng 12/2024", "2024-12"),
        (Cadence.MONTHLY, 202_412, "2024-12"),
        (Cadence.MONTHLY, "202412", "2024-12"),
        (Cadence.MONTHLY, "2024-12-31", "2024-12"),
        (Cadence.WEEKLY, "2025-W40", "2025-W40"),
        (Cadence.WEEKLY, DAY, "2025-W40"),
        (Cadence.QUARTERLY, "2025-Q3", "2025-Q3"),
        (Cadence.QUARTERLY, 202_509, "2025-Q3"),
        (Cadence.YEARLY, 2025, "2025"),
        (Cadence.YEARLY, "2025", "2025"),
        (Cadence.YEARLY, 202_512, "2025"),
        (Cadence.YEARLY, DAY, "2025"),
    ],
)
def test_longer_periods_are_told_by_name_by_number_or_by_a_day_within(cadence: Cadence, value: object, text: str) -> None:
    assert periods.text(cadence, period_of(value, column("ky"), terms(cadence), ZONE)) == text


@pytest.mark.parametrize("encoding", [DATE, CONNECT_DATE, MILLIS, ISO_DATE, ZONED, YEAR])
@pytest.mark.parametrize(
    ("cadence", "value"),
    [(Cadence.MONTHLY, "2025-09"), (Cadence.QUARTERLY, "2025-Q3"), (Cadence.YEARLY, "năm 2025"), (Cadence.DAILY, "03/10/2025")],
)
def test_text_that_names_a_period_means_it_whatever_the_contract_says_of_numbers(cadence: Cadence, value: str, encoding: str) -> None:
    told = period_of(value, column("ky", "date", encoding), terms(cadence), ZONE)
    assert told == period_of(value, column("ky"), terms(cadence), ZONE)
    assert told == period_of(value, column("ky"), terms(cadence), ZONE, encoding)


@pytest.mark.parametrize("days", ["20364", 20_364])
def test_digits_are_the_number_that_the_contract_says(days: object) -> None:
    """20364 is the third of October in days, and no month."""
    told = period_of(days, column("ky", "date", DATE), terms(Cadence.MONTHLY), ZONE)
    assert periods.text(Cadence.MONTHLY, told) == "2025-10"
    month = period_of("202509", column("ky", "date", DATE), terms(Cadence.MONTHLY), ZONE)
    assert periods.text(Cadence.MONTHLY, month) != "2025-09"


@pytest.mark.parametrize(("day", "text"), [("2025-09-14", "2025-09"), ("2025-09-15", "2025-10"), ("2025-10-14", "2025-10")])
def test_an_administrative_month_begins_on_the_fifteenth(day: str, text: str) -> None:
    asked = terms(Cadence.MONTHLY, month_starts_on=15)
    assert periods.text(Cadence.MONTHLY, period_of(day, column("ky"), asked, ZONE)) == text
    assert periods.text(Cadence.MONTHLY, period_of(text, column("ky"), asked, ZONE)) == text


@pytest.mark.parametrize(
    ("value", "encoding"),
    [
        ("2025-10-03T07:30:00", None),
        ("2025-10-03T00:30:00Z", ZONED),
        ("2025-10-03T07:30:00Z", ISO_TIMESTAMP),
        (at("2025-10-03T07:30") + 7 * 3_600_000, MILLIS),
    ],
    ids=["local text", "instant", "zone-less text with Z", "zone-less number"],
)
def test_a_continuous_dataset_s_period_is_the_instant(value: object, encoding: str | None) -> None:
    assert period_of(value, column("luc", "timestamp"), terms(Cadence.CONTINUOUS), ZONE, encoding) == at("2025-10-03T07:30")


NO_PERIOD = {
    "zero days": (Cadence.DAILY, 0, None),
    "zero by schema": (Cadence.DAILY, 0, DATE),
    "zero milliseconds": (Cadence.CONTINUOUS, 0, MILLIS),
    "MySQL's zero date": (Cadence.DAILY, "0000-00-00", None),
    "the year 1": (Cadence.DAILY, "0001-01-01", None),
    "the last day of 1999": (Cadence.DAILY, "1999-12-31", None),
    "the last day of 1999 in days": (Cadence.DAILY, 10_956, None),
    "the last month of 1999": (Cadence.MONTHLY, "1999-12", None),
    "the year 1999": (Cadence.YEARLY, 1999, None),
    "a negative number": (Cadence.DAILY, -1, None),
    "PostgreSQL's infinity": (Cadence.DAILY, 9_223_372_036_825_200_000, MICROS),
    "a number beyond the calendar": (Cadence.DAILY, 10**40, None),
    "days beyond the calendar": (Cadence.DAILY, 10**8, DATE),
    "the year 9999 and an offset": (Cadence.DAILY, "9999-12-31T23:59:59-12:00", None),
    "a number between units": (Cadence.DAILY, 1_759_449_600, None),
    "the month 13": (Cadence.MONTHLY, 202_413, None),
    "the day 32": (Cadence.DAILY, 20_251_032, None),
    "a month where a day is needed": (Cadence.DAILY, "2024-12", None),
    "a month's number where a day is needed": (Cadence.DAILY, 202_412, None),
    "a year where a month is needed": (Cadence.MONTHLY, 2025, None),
    "a fraction": (Cadence.DAILY, 20_364.5, None),
    "a truth": (Cadence.DAILY, True, None),
    "prose": (Cadence.DAILY, "hôm qua", None),
    "5,000 digits": (Cadence.DAILY, "9" * 5_000, None),
    "a list": (Cadence.DAILY, [2025], None),
}


@pytest.mark.parametrize(("cadence", "value", "encoding"), NO_PERIOD.values(), ids=NO_PERIOD)
def test_what_is_no_period_is_refused(cadence: Cadence, value: object, encoding: str | None) -> None:
    with pytest.raises(ValueError, match=r"."):
        period_of(value, column("ky"), terms(cadence), ZONE, encoding)


@pytest.mark.parametrize(
    ("cadence", "value"),
    [(Cadence.DAILY, "2000-01-01"), (Cadence.DAILY, 10_957), (Cadence.MONTHLY, "2000-01"), (Cadence.YEARLY, 2000)],
)
def test_the_year_2000_is_the_first_that_counts(cadence: Cadence, value: object) -> None:
    first = periods.first_day(cadence, period_of(value, column("ky"), terms(cadence), ZONE))
    assert first == date(2000, 1, 1)


@given(st.dates(date(2000, 1, 1), date(2199, 12, 31)))
def test_every_day_of_two_centuries_is_the_same_day_in_every_form(day: date) -> None:
    days = (day - date(1970, 1, 1)).days
    written = int(day.strftime("%Y%m%d"))
    forms: list[object] = [days, written, days * 86_400_000, days * 86_400_000_000, days * 86_400_000_000_000, day.isoformat()]
    found = {period_of(form, column("ky", "date"), terms(Cadence.DAILY), ZONE) for form in forms}
    assert found == {day.toordinal()}


@given(st.one_of(st.integers(), st.floats(), st.text(max_size=60), st.dates().map(str), st.datetimes().map(str)), st.sampled_from(Cadence))
def test_any_value_is_a_period_or_refused(value: object, cadence: Cadence) -> None:
    try:
        period = period_of(value, column("ky"), terms(cadence), ZONE)
    except ValueError:
        return
    first = date(2000, 1, 1).toordinal()
    assert cadence is Cadence.CONTINUOUS or periods.end_day(cadence, period).toordinal() > first


def fields_and_row(n: int) -> tuple[Any, bytes]:
    event = read(body(genuine()[n]["value"]))
    assert isinstance(event, Event)
    return fields_of(event.schema, flat=event.flat), bytes(event.after)


def test_postgresql_s_types_become_readable() -> None:
    fields, after = fields_and_row(21)
    row = row_dict(after, fields, dataset(columns={}))
    assert {n: row[n] for n in ("order_date", "t", "ts", "ts6", "tz", "amount", "bigdec", "note")} == {
        "order_date": "2026-11-22",
        "t": "13:14:15.123456",
        "ts": "2026-11-22T13:14:15.123000",
        "ts6": "2026-11-22T13:14:15.123456",
        "tz": "2026-11-22T06:14:15.123456Z",
        "amount": "12.50",
        "bigdec": "12345678901234567890.123456789",
        "note": "ghi chú",
    }


def test_mysql_s_types_become_readable() -> None:
    fields, after = fields_and_row(12)
    row = row_dict(after, fields, dataset(columns={}))
    assert {n: row[n] for n in ("_date", "_datetime", "_datetime6", "_time", "_year", "pt", "_decimal", "_double", "_boolean")} == {
        "_date": "2023-03-23",
        "_datetime": "2023-03-23T14:30:05",
        "_datetime6": "2023-03-23T14:30:05.123456",
        "_time": "10:13:23",
        "_year": 2023,
        "pt": "1.1",
        "_decimal": "11111",
        "_double": 1.000011,
        "_boolean": 1,
    }


def test_without_a_schema_the_contract_tells_what_is_a_date() -> None:
    after = json.dumps({"ngay": DAY, "luc": NOON_MS, "so_tien": {"scale": 2, "value": "BOI="}, "khac": DAY}).encode()
    assert rows_of(dataset(), after) == {"ngay": "2025-10-03", "luc": "2025-10-03T12:00:00", "so_tien": "12.50", "khac": DAY}


@pytest.mark.parametrize("value", ["hôm qua", -(10**30), 10**30, True, [1], {"a": 1}, 1.5, None, "2025-13-45"])
def test_a_value_that_fits_no_type_is_left_to_the_suite(value: object) -> None:
    after = json.dumps({"ngay": value, "so_tien": value, "luc": value}).encode()
    assert rows_of(dataset(), after) == {"ngay": value, "so_tien": value, "luc": value}


@pytest.mark.parametrize(
    "mark", ["__debezium_unavailable_value", "X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==", ["__debezium_unavailable_value"]]
)
def test_a_column_that_was_not_sent_is_not_in_the_row(mark: object) -> None:
    assert unavailable(mark)
    assert rows_of(dataset(), json.dumps({"ghi_chu": mark, "ma_xa": "25459"}).encode()) == {"ma_xa": "25459"}


def test_metadata_of_flat_rows_are_no_columns() -> None:
    after = json.dumps({"id": 1, "__op": "u", "__deleted": "false", "__source_ts_ms": 5}).encode()
    assert rows_of(dataset(), after) == {"id": 1}


@pytest.mark.parametrize("after", [b"[1]", b"{", b'{"a":"\xff"}', b"null"])
def test_a_row_that_is_no_object_is_refused(after: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        rows_of(dataset(), after)


@pytest.mark.parametrize("n", [12, 21])
def test_reading_a_readable_row_again_changes_nothing(n: int) -> None:
    fields, after = fields_and_row(n)
    columns = {name: column(name, "timestamp" if "Timestamp" in field.name else "number", field.name) for name, field in fields.items()}
    once = row_dict(after, fields, dataset(columns=columns))
    assert rows_of(dataset(columns=columns), json.dumps(once).encode()) == once


@given(st.integers(-(10**40), 10**40), st.integers(-20, 40))
def test_a_decimal_is_written_without_losing_a_digit(unscaled: int, scale: int) -> None:
    data = unscaled.to_bytes(unscaled.bit_length() // 8 + 1, "big", signed=True)
    whole, _, fraction = decimal_text(base64.b64encode(data).decode(), scale).partition(".")
    assert int(whole + fraction) == unscaled * 10 ** max(0, -scale)
    assert len(fraction) == max(0, scale)


@pytest.mark.parametrize(("text", "scale"), [("không", 2), ("BOI=", 10**9), ("B", 0)])
def test_what_is_no_decimal_is_refused(text: str, scale: int) -> None:
    with pytest.raises(ValueError, match=r"."):
        decimal_text(text, scale)


def test_a_decimal_of_a_scale_that_is_no_number_is_left_as_it_is() -> None:
    decimal = Field("org.apache.kafka.connect.data.Decimal", {"scale": "hai"})
    assert row_dict(b'{"so_tien":"BOI="}', {"so_tien": decimal}, dataset()) == {"so_tien": "BOI="}
