"""The table of troubles: the names that demo.yaml may use, what each does, where it fits, and what Nhịp shall say of it.

A trouble of the course decides the verdict, so a feed has one at most. A twist changes how an orderly unit's rows are written, and an
addition sends more beside them; a feed may have several of these, and its verdict stays.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from expectations.freshness.verdict import Reason, Status
from streams.demo import additions, courses
from streams.demo.course import last_ended
from streams.demo.moves import Delivery, Move
from streams.demo.stage import Feed, Stage

Course = Callable[[Feed, Stage, list[Delivery]], list[Delivery]]
Addition = Callable[[Feed, Stage, list[Delivery]], list[Move]]
Fits = Callable[[Feed, Stage], bool]

GOOD = frozenset({Status.FRESH})
BEHIND = frozenset({Status.LATE, Status.STALE})


def anywhere(_: Feed, __: Stage) -> bool:
    """Fit every feed."""
    return True


def due(periods: int, *, continuous: bool = True) -> Fits:
    """Fit a feed of which so many periods, counted from the first required one, are due by now."""

    def fits(feed: Feed, stage: Stage) -> bool:
        schedule = feed.schedule
        expected = schedule.expected_through(stage.now_ms)
        if schedule.continuous:
            return continuous and expected is not None
        return expected is not None and expected - schedule.first_required >= periods - 1

    return fits


def with_parts(feed: Feed, stage: Stage) -> bool:
    """Fit a feed whose periods need more than one row."""
    terms = feed.dataset.terms
    return due(2)(feed, stage) and (terms.min_rows > 1 or bool(terms.slices))


def stopped_long_ago(feed: Feed, stage: Stage) -> bool:
    """Fit a feed that is stale if it stopped on the day that the play names."""
    schedule, stopped_on = feed.schedule, stage.play.stopped_on
    expected = schedule.expected_through(stage.now_ms)
    if expected is None:
        return False
    if schedule.continuous:
        dates = schedule.age_dates(schedule.midnight_ms(stopped_on))
        return schedule.spans_late(dates.deadline_ms, stage.now_ms) > feed.dataset.terms.stale_after
    return expected - last_ended(schedule, stopped_on) >= feed.dataset.terms.stale_after


def whose_deletes_tell(feed: Feed, stage: Stage) -> bool:
    """Fit a feed whose deleted rows tell their unit: MySQL's do."""
    return feed.form == "mysql" and due(1, continuous=False)(feed, stage)


def by_unit(feed: Feed, _: Stage) -> bool:
    """Fit a feed whose rows carry their unit."""
    return feed.dataset.unit_column is not None


def with_old_codes(feed: Feed, stage: Stage) -> bool:
    """Fit a feed whose unit took over old codes."""
    return by_unit(feed, stage) and feed.unit in stage.old_codes


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


def _course(what: str, course: Course, fits: Fits, verdicts: frozenset[Status], *reasons: Reason, whole_unit: bool = False) -> Trouble:
    return Trouble(what, verdicts, frozenset(reasons), fits, course=course, whole_unit=whole_unit)


STALE, NEVER = frozenset({Status.STALE}), frozenset({Status.NEVER})
ALIVE_OR_NOT = (Reason.STUCK, Reason.SILENT)
MISDATED = (Reason.FUTURE_DATED, Reason.SILENT)

TROUBLES: dict[str, Trouble] = {
    "silent": _course(
        "delivered in time until `stoppedOn`; not a sign since", courses.silent, stopped_long_ago, STALE, Reason.SILENT, whole_unit=True
    ),
    "stuck": _course(
        "has data until `stoppedOn` and sends changes of these old rows every day",
        courses.stuck,
        stopped_long_ago,
        STALE,
        Reason.STUCK,
        whole_unit=True,
    ),
    "late": _course("the last period due has not come", courses.late, due(2), BEHIND, *ALIVE_OR_NOT),
    "hole": _course("one period is missing, later ones are there", courses.hole, due(4, continuous=False), BEHIND, Reason.HOLES),
    "partial": _course(
        "the last period due has come in part: 43 % of the slices, or one row", courses.partial, with_parts, BEHIND, Reason.PARTIAL
    ),
    "never": _course("nothing has ever come", courses.never, due(1), NEVER, Reason.NEVER_HEARD),
    "only_deletes": _course("only deletions have ever come", courses.only_deletes, whose_deletes_tell, NEVER, Reason.HEARD_NO_PERIOD),
    "future_typo": _course(
        "the last period due came as December 2052",
        courses.future_typo,
        due(2, continuous=False),
        BEHIND,
        Reason.FUTURE_DATED,
        Reason.SILENT,
    ),
    "zero_date": _course(
        "the last period due came with a date of zeros", courses.zero_date, due(2, continuous=False), BEHIND, *ALIVE_OR_NOT
    ),
    "reread": _course(
        "two periods are missing; all older rows were read again last night", courses.reread, due(3, continuous=False), BEHIND, Reason.STUCK
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
