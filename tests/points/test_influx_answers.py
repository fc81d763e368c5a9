"""What InfluxDB's answers mean: texts as 1.8.10 and 2.7.12 give them."""

from __future__ import annotations

import pytest

from points.answers import Answer, Fault, error_of, fault_of, reason_of, retry_after_seconds
from points.store import LONGEST_REASON, StoreMisconfigured, StoreUnavailable

CONFLICT = 'partial write: field type conflict: input field "x" on measurement "m" is type float, already exists as type integer dropped=1'
TOO_OLD = "partial write: dropped 1 points outside retention policy of duration 24h0m0s"

FAULTS: dict[str, tuple[int, str, Fault]] = {
    "1.8, conflict": (
        400,
        '{"error":"' + CONFLICT.replace('"', '\\"') + '"}',
        Fault('partial write: field type conflict: input field "x" on measurement "m" is type float, already exists as type integer'),
    ),
    "2.7, conflict": (
        422,
        '{"message":"failure writing points to database: ' + CONFLICT.replace('"', '\\"') + '"}',
        Fault("failure writing points to database: " + CONFLICT.removesuffix(" dropped=1")),
    ),
    "2.7, too old, the series left out": (
        422,
        '{"message":"' + TOO_OLD + ' - oldest point m,phone=0912345678 at 1970-01-01T00:00:01Z dropped dropped=1 for database: 79bf"}',
        Fault(TOO_OLD),
    ),
    "all lines dropped": (422, '{"message":"partial write: x dropped=3"}', Fault("partial write: x", all_lines=True)),
    "unparsable, the line left out": (
        400,
        '{"code":"invalid","message":"unable to parse \'volume,u=1 phone=0912345678\': invalid number"}',
        Fault("unable to parse: invalid number"),
    ),
    "several unparsable": (
        400,
        "{\"error\":\"partial write: unable to parse 'a b': one\\nunable to parse 'c d': two dropped=0\"}",
        Fault("partial write: unable to parse: two"),
    ),
    "1.8, conflict within a batch": (400, '{"error":"field type conflict"}', Fault("field type conflict")),
    "too large": (413, "", Fault("larger than the server takes")),
}


@pytest.mark.parametrize("name", FAULTS)
def test_lines_are_at_fault(name: str) -> None:
    status, text, fault = FAULTS[name]
    assert fault_of(Answer(status, text), 3, "db:8086") == fault


@pytest.mark.parametrize(("dropped", "all_lines"), [(1, False), (2, False), (3, True), (4, False)])
def test_all_lines_are_at_fault_only_when_the_server_dropped_them_all(dropped: int, all_lines: bool) -> None:
    assert fault_of(Answer(400, f"partial write: x dropped={dropped}"), 3, "db").all_lines is all_lines


LATER = {
    "timeout": (408, ""),
    "too many": (429, "{}"),
    "error": (500, '{"message":"engine: cache-max-memory-size exceeded"}'),
    "proxy": (502, "<html>Bad Gateway</html>"),
    "starting": (503, ""),
    "half a cluster": (500, '{"error":"partial write: timeout"}'),
}


@pytest.mark.parametrize("name", LATER)
def test_nothing_is_at_fault_but_the_moment(name: str) -> None:
    with pytest.raises(StoreUnavailable, match="db:8086"):
        fault_of(Answer(*LATER[name]), 3, "db:8086")


MEND = {
    "token": (401, '{"code":"unauthorized","message":"unauthorized access"}', "NHIP_INFLUXDB_TOKEN"),
    "right": (403, '{"code":"forbidden","message":"insufficient permissions for write"}', "right to write"),
    "bucket": (404, '{"code":"not found","message":"bucket \\"x\\" not found"}', "NHIP_INFLUXDB_BUCKET"),
    "policy on 1.8": (500, '{"error":"retention policy not found: x"}', "NHIP_INFLUXDB_BUCKET"),
    "another server": (405, "<html>", "NHIP_INFLUXDB_URL"),
    "redirect": (301, "", "NHIP_INFLUXDB_URL"),
    "400 that blames no line": (400, '{"message":"invalid precision"}', "NHIP_INFLUXDB_URL"),
    "404 that speaks of a partial write": (404, "partial write", "NHIP_INFLUXDB_BUCKET"),
}


@pytest.mark.parametrize("name", MEND)
def test_a_setting_must_be_mended_and_the_message_says_which(name: str) -> None:
    """Above all these must not be taken for lines at fault: that would throw every line away."""
    status, text, advice = MEND[name]
    with pytest.raises(StoreMisconfigured, match=advice):
        fault_of(Answer(status, text), 3, "db:8086")


DATE = "Fri, 03 Oct 2025 03:00:00 GMT"
WAITS: dict[str, tuple[str | None, str | None, float | None]] = {
    "not said": (None, DATE, None),
    "seconds": ("7", DATE, 7.0),
    "none": ("0", DATE, 0.0),
    "date, from the answer's own date": ("Fri, 03 Oct 2025 03:01:30 GMT", DATE, 90.0),
    "date in the past": ("Fri, 03 Oct 2025 02:00:00 GMT", DATE, 0.0),
    "date without a date to count from": ("Fri, 03 Oct 2025 03:01:30 GMT", None, None),
    "nonsense": ("soon", DATE, None),
}


@pytest.mark.parametrize("name", WAITS)
def test_how_long_the_server_asks_to_wait(name: str) -> None:
    after, date, seconds = WAITS[name]
    answer = Answer(503, "", after, date)
    assert retry_after_seconds(answer) == seconds
    error = error_of(answer, "db")
    assert isinstance(error, StoreUnavailable)
    assert error.retry_after_seconds == seconds


def test_a_reason_is_one_short_line() -> None:
    reason = reason_of("a\n" * 1000)
    assert len(reason) <= LONGEST_REASON
    assert "\n" not in reason
