"""The table of troubles: the names that demo.yaml may use, what each does, where it fits, and what Nhịp shall say of it.

A trouble of the course decides the verdict, so a feed has one at most. A twist changes how an orderly unit's rows are written, and an
addition sends more beside them; a feed may have several of these, and its verdict stays.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import msgspec

from expectations.freshness.terms import DAY_MS
from expectations.freshness.verdict import Reason, Status
from streams.demo import additions, courses
from streams.demo.stage import Stage
from streams.province import kinds
from streams.province.calendar import ONE_DAY
from streams.province.orderly import KEPT_DAYS
from streams.province.plan import Delivery, Feed

Course = Callable[[Feed, Stage, list[Delivery], Random], list[Delivery]]
Addition = Callable[[Stage, list[Delivery]], list[Delivery]]
Fits = Callable[[Feed, Stage], bool]

GOOD = frozenset({Status.FRESH})
BEHIND = frozenset({Status.LATE, Status.STALE})


def anywhere(_: Feed, __: Stage) -> bool:
    """Fit every feed."""
    return True


def due(periods: int, *, continuous: bool = True) -> Fits:
    """Fit a feed of which so many periods are due by now; if `continuous`, also one that is too old without its last rows."""

    def fits(feed: Feed, stage: Stage) -> bool:
        if feed.calendar.continuous:
            return continuous and _late_ms(feed, stage.world.start_ms - KEPT_DAYS // 2 * DAY_MS) <= stage.now_ms
        return len(stage.due(feed)) >= periods

    return fits


def with_parts(feed: Feed, stage: Stage) -> bool:
    """Fit a feed whose periods need more than one row."""
    return due(2)(feed, stage) and kinds.in_parts(feed)


def stopped_long_ago(feed: Feed, stage: Stage) -> bool:
    """Fit a feed that is stale if it stopped on the day that the play names."""
    stopped, stale_after = stage.play.stopped_on + ONE_DAY, feed.dataset.terms.stale_after
    if feed.calendar.continuous:
        stopped_ms = feed.calendar.midnight_ms(stopped)
        late_ms = _late_ms(feed, stopped_ms)
        return stage.now_ms - late_ms > stale_after * (late_ms - stopped_ms)
    return sum(period.end > stopped for period in stage.due(feed)) >= stale_after


def _late_ms(feed: Feed, instant_ms: int) -> int:
    """When a continuous feed is late that has data to an instant."""
    return max(feed.calendar.late_ms(instant_ms), feed.calendar.over_ms(feed.dataset.terms.first_due))


def whose_deletes_tell(feed: Feed, stage: Stage) -> bool:
    """Fit a feed whose deleted rows tell their unit: MySQL's do."""
    return feed.form == "mysql" and due(1, continuous=False)(feed, stage)


def by_unit(feed: Feed, _: Stage) -> bool:
    """Fit a feed whose rows carry their unit."""
    return feed.dataset.unit_column is not None


def with_old_codes(feed: Feed, _: Stage) -> bool:
    """Fit a feed whose unit took over old codes."""
    return kinds.with_old_codes(feed)


class Trouble(msgspec.Struct, frozen=True):
    """One kind of trouble. Exactly one of `course`, `addition` and `twist` says how it is made."""

    what: str
    verdicts: frozenset[Status] = GOOD
    reasons: frozenset[Reason] = frozenset({Reason.ON_TIME})
    fits: Fits = anywhere
    course: Course | None = None
    addition: Addition | None = None
    twist: str = ""
    whole_unit: bool = False
    """Without a demo.yaml this trouble befalls everything that one unit owes."""
    connected: bool = True
    """The connector went live with the others; what came before came in its own time if it did not."""


def _course(what: str, course: Course, fits: Fits, verdicts: frozenset[Status], *reasons: Reason) -> Trouble:
    return Trouble(what, verdicts, frozenset(reasons), fits, course=course)


STALE, NEVER = frozenset({Status.STALE}), frozenset({Status.NEVER})
ALIVE_OR_NOT = (Reason.STUCK, Reason.SILENT)

TROUBLES: dict[str, Trouble] = {
    "silent": Trouble(
        "delivered in time until `stoppedOn`; not a sign since",
        STALE,
        frozenset({Reason.SILENT}),
        stopped_long_ago,
        courses.silent,
        whole_unit=True,
        connected=False,
    ),
    "stuck": Trouble(
        "has data until `stoppedOn` and sends changes of these old rows every day",
        STALE,
        frozenset({Reason.STUCK}),
        stopped_long_ago,
        courses.stuck,
        whole_unit=True,
    ),
    "late": _course("the last period due has not come", courses.late, due(2), BEHIND, *ALIVE_OR_NOT),
    "hole": _course("one period is missing, later ones are there", courses.hole, due(4, continuous=False), BEHIND, Reason.HOLES),
    "partial": _course(
        "the last period due has come in part: 48 % of the slices that it needs, or one row",
        courses.partial,
        with_parts,
        BEHIND,
        Reason.PARTIAL,
    ),
    "never": _course("nothing has ever come", courses.never, due(1), NEVER, Reason.NEVER_HEARD),
    "only_deletes": _course("only deletions have ever come", courses.only_deletes, whose_deletes_tell, NEVER, Reason.HEARD_NO_PERIOD),
    "future_dated": _course(
        "the last period due came with a year 27 years ahead",
        courses.future_dated,
        due(2, continuous=False),
        BEHIND,
        Reason.FUTURE_DATED,
        Reason.SILENT,
    ),
    "zero_date": _course(
        "the last period due came with a date of zeros", courses.zero_date, due(2, continuous=False), BEHIND, *ALIVE_OR_NOT
    ),
    "resnapshot": _course(
        "two periods are missing; what came last before was read again last night",
        courses.resnapshot,
        due(3, continuous=False),
        BEHIND,
        Reason.STUCK,
    ),
    "bad_rows": Trouble("rows changed for the worse: nulls, impossible numbers, unknown codes", addition=additions.bad_rows),
    "old_codes": Trouble("rows carry the codes of the communes that were merged into the unit", fits=with_old_codes, twist="old_code"),
    "toast": Trouble("changes that leave out a large column (the marker for unchanged TOAST)", addition=additions.untouched_large_value),
    "decomposed": Trouble("all text has its diacritics apart from the letters (NFD)", twist="nfd"),
    "deletes": Trouble("the oldest rows are deleted, with tombstones", fits=due(1, continuous=False), addition=additions.deletes),
    "malformed": Trouble("records that nobody can read, on the feed's topic", addition=additions.malformed),
    "unknown_unit": Trouble("rows of a unit that nobody knows, on the feed's topic", fits=by_unit, addition=additions.unknown_unit),
    "transactions": Trouble("records of transactions between the rows", addition=additions.transactions),
    "heartbeats": Trouble("heartbeats of the feed's connector", addition=additions.heartbeats),
}


def table() -> str:
    """Render TROUBLES as the Markdown table of docs/demo.md."""
    lines = ["| trouble | what happens | how | verdict | reason |", "|---|---|---|---|---|"]
    for name, trouble in TROUBLES.items():
        how = "course" if trouble.course else "addition" if trouble.addition else "twist"
        lines.append(
            f"| `{name}` | {trouble.what} | {how} | {', '.join(sorted(trouble.verdicts))} | {', '.join(sorted(trouble.reasons))} |"
        )
    return "\n".join(lines)
