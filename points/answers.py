"""What an answer of InfluxDB to a write means: the lines are at fault, or the request is too large, or it is an error.

Measured on 1.8.10 and 2.7.12. A type conflict, or a point older than the bucket keeps, is 400 "partial write: … dropped=1" on 1.8
and 422 on 2.7, the rest is stored; a conflict within one batch on a new field is 400 "field type conflict" on 1.8, nothing is
stored; an unparsable line is 400 "unable to parse …", on 2.7 nothing is stored, and on 1.8 beside a type conflict it is lost
without a word. So no answer with a fault says which lines are stored: only an answer without one does.
"""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

import msgspec

from points.store import StoreError, StoreMisconfigured, StoreUnavailable, shortened

LATER = frozenset({408, 425, 429})
ADVICE = {
    401: "it refuses the token: check NHIP_INFLUXDB_TOKEN (`user:password` with 1.8)",
    403: "the token may not do this: give it the right to write and read the bucket, or set another NHIP_INFLUXDB_TOKEN",
    404: "no such bucket, organisation or page: check NHIP_INFLUXDB_URL, NHIP_INFLUXDB_ORG and NHIP_INFLUXDB_BUCKET, or create the bucket",
}
_LINES_AT_FAULT = re.compile(r"partial write|unable to parse|field type conflict")
_NOT_FOUND = re.compile(r"(?:retention policy|database|bucket) not found")
_DROPPED = re.compile(r"dropped=(\d+)")
_PARSED_LINE = re.compile(r"unable to parse '.*': ", re.DOTALL)
_OLD_POINT = re.compile(r" - oldest point .*", re.DOTALL)


class Answer(msgspec.Struct, frozen=True):
    """An answer other than success: status, what it says, and the headers that matter."""

    status: int
    text: str
    retry_after: str | None = None
    date: str | None = None


class Fault(msgspec.Struct, frozen=True):
    """The request was taken, but for some of its lines, or for all; `reason` says why without the line itself."""

    reason: str
    all_lines: bool = False


def fault_of(answer: Answer, line_count: int, where: str) -> Fault:
    """The fault of a write of `line_count` lines to the server `where`; raise StoreError when no line is to blame."""
    if answer.status == 413:
        return Fault("larger than the server takes")
    if answer.status in {400, 422} and _LINES_AT_FAULT.search(answer.text):
        dropped = _DROPPED.search(answer.text)
        return Fault(reason_of(answer.text), all_lines=dropped is not None and int(dropped.group(1)) == line_count)
    raise error_of(answer, where)


def error_of(answer: Answer, where: str) -> StoreError:
    """The error that an answer is, whatever was asked."""
    said = shortened(answer.text)
    if answer.status in LATER or (answer.status >= 500 and not _NOT_FOUND.search(answer.text)):
        return StoreUnavailable(
            f"InfluxDB at {where} answers {answer.status} {said}: it is overloaded or starting", retry_after_seconds(answer)
        )
    advice = (
        ADVICE[404] if _NOT_FOUND.search(answer.text) else ADVICE.get(answer.status, "check that NHIP_INFLUXDB_URL is InfluxDB's address")
    )
    return StoreMisconfigured(f"InfluxDB at {where} answers {answer.status} {said}: {advice}")


def reason_of(text: str) -> str:
    """Why a line is refused, shortened. The server repeats parts of the line; they are left out, they may hold anything."""
    message = _OLD_POINT.sub("", _PARSED_LINE.sub("unable to parse: ", _message(text)))
    return shortened(_DROPPED.sub("", message))


def _message(text: str) -> str:
    """The sentence in an answer's JSON; 2.x calls it `message`, 1.8 `error`."""
    try:
        said = msgspec.json.decode(text, type=dict[str, object])
    except msgspec.DecodeError:
        return text
    return str(said.get("message") or said.get("error") or text)


def retry_after_seconds(answer: Answer) -> float | None:
    """How long the server asks to wait, in seconds; a date counts from the answer's own date. None when it does not say."""
    if answer.retry_after is None:
        return None
    try:
        if answer.retry_after.strip().isdigit():
            return float(answer.retry_after)
        wait = parsedate_to_datetime(answer.retry_after) - parsedate_to_datetime(answer.date or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, wait.total_seconds())
