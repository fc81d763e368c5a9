"""Every kind of trouble: what happens, whom it can befall, whether anybody is to be accused of it. `docs/province.md` shows the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Literal

import msgspec

from streams.province import declarations, troubles
from streams.province.plan import Declared, Delivery, Feed
from streams.province.troubles import Onset

Change = Callable[[Feed, list[Delivery], Onset, Random], list[Delivery]]
Declare = Callable[[Feed, Onset, Random], list[Declared]]
Fits = Callable[[Feed], bool]
Need = Literal["declarations", "heartbeats"]
"""What a kind asks of the monitor, beyond reading change events. Connectors that are gone for days ask that it misses heartbeats."""


class Kind(msgspec.Struct, frozen=True):
    """One kind. `accuses` says whether a fair observer must speak up; `needs` what a monitor must know to be fair."""

    what: str
    change: Change
    fits: Fits
    accuses: bool
    declare: Declare | None = None
    needs: Need | None = None


def anybody(_: Feed) -> bool:
    """Any feed."""
    return True


def by_period(feed: Feed) -> bool:
    """Datasets with periods."""
    return not feed.calendar.continuous


def by_day(feed: Feed) -> bool:
    """Feeds whose delays are days, not hours."""
    return feed.dataset.terms.due.unit != "hour"


def frequent(feed: Feed) -> bool:
    """Datasets with at least nine periods owed."""
    return len(feed.owed) > 8


def with_grace(feed: Feed) -> bool:
    """Datasets with periods and some grace."""
    return by_period(feed) and feed.dataset.terms.grace.count > 0


def several_rows(feed: Feed) -> bool:
    """Datasets that count rows."""
    return feed.dataset.terms.min_rows > 1 and not feed.dataset.terms.slices


def in_parts(feed: Feed) -> bool:
    """Datasets that count rows or slices."""
    return feed.dataset.terms.min_rows > 1 or len(feed.dataset.terms.slices) > 1


def with_nil_return(feed: Feed) -> bool:
    """Datasets in which a unit may have nothing to report."""
    return by_period(feed) and feed.dataset.terms.nil_return


def with_old_codes(feed: Feed) -> bool:
    """Units that took over whole communes whose codes are no longer used."""
    return bool(feed.old_codes)


def with_split_codes(feed: Feed) -> bool:
    """Units that took over a part of a commune."""
    return by_period(feed) and bool(feed.split_codes)


def _accused(what: str, change: Change, fits: Fits) -> Kind:
    return Kind(what, change, fits, accuses=True)


def _innocent(what: str, change: Change, fits: Fits, declare: Declare | None = None, needs: Need | None = None) -> Kind:
    return Kind(what, change, fits, accuses=False, declare=declare, needs=needs)


KINDS: Mapping[str, Kind] = {
    "split_codes": _accused("a period under the code of a commune that was split; corrected later", troubles.split_codes, with_split_codes),
    "partial": _accused("a period in part; the rest after its deadline", troubles.partial, in_parts),
    "duplicates": _accused("too few rows of a period, many times over", troubles.duplicates, several_rows),
    "backfill": _accused("nothing for a while, then the oldest first, over days", troubles.backfill, frequent),
    "slow_decay": _accused("each period later than the one before, until deadlines are missed", troubles.slow_decay, frequent),
    "silent": _accused("nothing at all; made good later, or never", troubles.silent, anybody),
    "stuck": _accused("no new period, but changes of old rows every day", troubles.stuck, anybody),
    "deletes_only": _accused("old rows are deleted every day, nothing else", troubles.deletes_only, anybody),
    "resnapshot": _accused("nothing new, and everything old read again at night", troubles.resnapshot, anybody),
    "never": _accused("nothing, ever", troubles.never, anybody),
    "late": _accused("one period after its deadline", troubles.late, by_period),
    "hole": _accused("one period is left out for good", troubles.hole, by_period),
    "future_dated": _accused("sent with a year 27 years ahead; corrected later", troubles.future_dated, anybody),
    "wrong_year": _accused("sent with the year before; corrected later", troubles.wrong_year, anybody),
    "next_period": _accused("sent as the period after it, which is not over; corrected later", troubles.next_period, by_period),
    "old_codes": _innocent("the code of a former commune that went into the unit whole", troubles.old_codes, with_old_codes),
    "in_grace": _innocent("one period when it is due already, within its grace", troubles.in_grace, with_grace),
    "early": _innocent("every period before it has ended", troubles.early, by_period),
    "resent": _innocent("the same records twice, hours or half a year later", troubles.resent, anybody),
    "out_of_order": _innocent("last rows first, timestamps that jump, older periods between", troubles.out_of_order, anybody),
    "clock_ahead": _innocent("timestamps of a broker whose clock is hours ahead", troubles.clock_ahead, anybody),
    "older_history": _innocent("the years before anything was asked for, loaded on some day", troubles.older_history, by_period),
    "nil_return": _innocent(
        "nothing to report, and declared so in time", troubles.hole, with_nil_return, declarations.nothing_to_report, "declarations"
    ),
    "extension": _innocent(
        "one period late, by an extension that was granted", troubles.late, with_grace, declarations.granted, "declarations"
    ),
}
"""Kinds that befall one feed, the choosiest first. `connector_down` and `our_outage` befall many (outages.py)."""


def table() -> str:
    """Render KINDS as the Markdown table of docs/province.md."""
    return "\n".join(
        f"| `{name}` | {kind.what} | {'yes' if kind.accuses else 'no'}{f' (needs {kind.needs})' if kind.needs else ''} |"
        for name, kind in KINDS.items()
    )
