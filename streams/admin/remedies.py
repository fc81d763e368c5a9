"""What each reason for quarantine means and what to do about it.

`docs/change-events.md` and `docs/declarations.md` say the same; tests compare them.
"""

from __future__ import annotations

import msgspec

from streams.changes.problems import Problem
from streams.declarations.admission import Problem as Refused

POINT_REFUSED = "point_refused"


class Remedy(msgspec.Struct, frozen=True):
    """What happened, and what to do about it."""

    happened: str
    mend: str


REMEDIES: dict[str, Remedy] = {
    Problem.OVERSIZED: Remedy(
        "larger than `NHIP_MAX_VALUE_BYTES` (1 MiB)", "leave large columns out (`column.exclude.list`) or raise the limit"
    ),
    Problem.WRONG_ENCODING: Remedy("not UTF-8: UTF-16, TCVN3, VNI …", "set the database connection's character set"),
    Problem.TOO_DEEP: Remedy("nested too deeply", "leave that column out"),
    Problem.UNDECODABLE: Remedy(
        "not a JSON object, an unknown operation, a row missing, another serialisation", "see `detail`; use JsonConverter"
    ),
    Problem.IMPLAUSIBLE_TIMESTAMP: Remedy(
        "neither broker nor source gives a possible time", "set the producer's clock, or `message.timestamp.type=LogAppendTime`"
    ),
    Problem.UNKNOWN_TOPIC: Remedy("no contract's pattern matches", "write a contract, or correct `topicPattern`"),
    Problem.UNKNOWN_UNIT: Remedy(
        "no code, a code of nobody, not in force in that period, or split among several units", "correct the row, or `codes.csv`"
    ),
    Problem.UNEXPECTED_UNIT: Remedy("the unit does not owe this dataset", "correct the row, or `units` in the contract"),
    Problem.MISSING_PERIOD: Remedy("the period column is missing, null or empty", "correct the row"),
    Problem.IMPLAUSIBLE_PERIOD: Remedy(
        "no period, or before the year 2000",
        "correct the row, or the column's `encoding` in the contract: `detail` says which one it was read by",
    ),
    Problem.FUTURE_PERIOD: Remedy(
        "begins later than the record was written",
        "correct the row: mostly a typing mistake in the year; or the column's `encoding` in the contract",
    ),
    Refused.MALFORMED: Remedy("not a declaration, or one with a part missing or too much", "see `detail`; declare with `nhip declare`"),
    Refused.FORGED: Remedy(
        "the signature is not that of whoever is said to declare, or the worker does not know the key",
        "check the secrets of the workers and of whoever declares; if both are right, somebody else wrote it",
    ),
    Refused.UNKNOWN_FEED: Remedy("the catalogue owes no such feed", "see `nhip status --all --json` for units and datasets"),
    Refused.NOT_PERMITTED: Remedy(
        "a unit declared for another, or what only the administrator grants", "let the unit itself, or the administrator, declare it"
    ),
    Refused.NOT_POSSIBLE: Remedy("the contract does not allow it, or it means no period", "see `detail`; declare anew"),
    Refused.MISDATED: Remedy("its last day has passed, or it was not made when it arrived", "set the clock, and declare anew"),
    POINT_REFUSED: Remedy(
        "InfluxDB refused a point for good, mostly because another program wrote a field of that name with another type",
        "see `detail`; give Nhịp a bucket of its own, or delete the conflicting measurement",
    ),
}
