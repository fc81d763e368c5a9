"""The properties of `slaProperties`: one table of what may be said, which the reading (sla.py) and docs/catalogue.md follow."""

from __future__ import annotations

import msgspec

from expectations.freshness.periods import Cadence

SPANS = ("hour", "day", "workingDay", "workingHour")
OF_MONTH = {"dayOfMonth": 31, "workingDayOfMonth": 20, "workingDayBefore": 31}
DRIVERS = ("operational", "regulatory")


class Promise(msgspec.Struct, frozen=True):
    """One property: which values and units are allowed, what holds when it is not said, and what it means.

    `drivers` are those it may name; `dated` says that `valueExt` may tell from which day on it holds: then it may be there more than once.
    """

    values: str
    default: str
    meaning: str
    units: tuple[str, ...] = ()
    drivers: tuple[str, ...] = ()
    dated: bool = False


PROMISES = {
    "cadence": Promise(", ".join(Cadence), "needed", "How long a period is. `continuous` has no periods: its rows carry an instant."),
    "monthStartsOn": Promise(
        "1 to 28",
        "the province's",
        "First day of a month; 15 is the administrative month, named after the month in which it ends. "
        "Quarters, half-years and years follow their months.",
    ),
    "due": Promise(
        "1 to 31 (day of the month), 1 to 20 (working day of the month), 0 to 1000 (after the period's end)",
        "needed",
        "When a period is due: on the first such day after its end, on the last working day before it, or so long after its end. "
        "Days of a month need months (monthly, quarterly, halfYearly, yearly). "
        "With `continuous` it is the greatest age of the newest row. With `driver: regulatory` it is the law's last day.",
        (*OF_MONTH, *SPANS),
        drivers=DRIVERS,
        dated=True,
    ),
    "dueRoll": Promise("true, false", "true", "Whether a due day that is a day off moves to the next working day."),
    "grace": Promise("0 to 1000", "0 day", "How long after being due a missing period is not yet late.", SPANS, dated=True),
    "workingHours": Promise(
        "stretches of a day such as 07:30-11:30, 13:30-17:00", "the province's", "The hours that `workingHour` counts, on working days."
    ),
    "firstDue": Promise("YYYY-MM-DD in quotes", "needed", "The first day on which anything is due: periods due earlier are not required."),
    "staleAfter": Promise("1 to 100", "2 period", "From how many periods behind a feed is stale, not only late.", ("period",)),
    "silentAfter": Promise(
        "1 to 10000", "by cadence", "After how long without any sign of life the reason is `silent`, not `stuck`.", ("hour", "day")
    ),
    "minRows": Promise(
        "1 to 100000",
        "1",
        "How many different rows make a period complete. With `element`, a column: how many different values of that column.",
    ),
    "usualShare": Promise(
        "more than 0, to 1",
        "not asked",
        "Which share of the unit's usual number of rows makes a period complete. Small and irregular units are spared: docs/freshness.md.",
    ),
    "slices": Promise(
        "communes, departments, or ids separated by commas",
        "none",
        "Parts that a period must hold. `element` names the column that carries the part.",
    ),
    "sliceRatio": Promise("more than 0, to 1", "1", "Which share of the slices makes a period complete."),
    "nilReturn": Promise("true, false", "false", "Whether a unit may declare that it has nothing to report for a period."),
}


def table() -> str:
    """Render PROMISES as the Markdown table of docs/catalogue.md."""
    lines = ["| property | value | unit | when not said | meaning |", "|---|---|---|---|---|"]
    lines += [f"| `{n}` | {p.values} | {', '.join(p.units) or '–'} | {p.default} | {p.meaning} |" for n, p in PROMISES.items()]
    return "\n".join(lines)
