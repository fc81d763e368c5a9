"""Why a record cannot be used. The names are the reasons shown by metrics, quarantine and documentation."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Problem(StrEnum):
    """A reason for quarantine; `docs/change-events.md` tells what to do about each."""

    OVERSIZED = "oversized"
    WRONG_ENCODING = "wrong_encoding"
    TOO_DEEP = "too_deep"
    UNDECODABLE = "undecodable"
    IMPLAUSIBLE_TIMESTAMP = "implausible_timestamp"
    UNKNOWN_TOPIC = "unknown_topic"
    UNKNOWN_UNIT = "unknown_unit"
    UNEXPECTED_UNIT = "unexpected_unit"
    MISSING_PERIOD = "missing_period"
    IMPLAUSIBLE_PERIOD = "implausible_period"
    FUTURE_PERIOD = "future_period"


class Defect(msgspec.Struct, frozen=True, gc=False):
    """A problem and its detail. The detail never carries a value of the record: it may be personal.

    `feed` is the one that the record was certainly meant for, when that is known: its unit is told why its rows do not count.
    """

    problem: Problem
    detail: str
    feed: str | None = None
