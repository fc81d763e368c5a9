"""A contract's rules in words: when data are due, with how much grace, and what makes a period complete."""

from __future__ import annotations

import math
from collections.abc import Mapping

import msgspec

from alerts.words import CADENCES, TIME
from expectations.catalogue.units import Dataset
from expectations.freshness.periods import Cadence
from expectations.freshness.terms import Due
from expectations.freshness.terms import Rule as Limits
from streams.board.frame import Site

_DUE: Mapping[str, tuple[str, str]] = {
    "dayOfMonth": ("ngày {count} đầu tiên sau khi hết kỳ", "the first day {count} of a month after the period's end"),
    "workingDayOfMonth": ("ngày làm việc thứ {count} sau khi hết kỳ", "working day {count} after the period's end"),
    "workingDayBefore": (
        "ngày làm việc cuối cùng trước ngày {count} đầu tiên sau khi hết kỳ",
        "the last working day before the first day {count} of a month after the period's end",
    ),
    "after": ("{count} {unit} sau khi hết kỳ", "{count} {unit} after the period's end"),
    "age": ("dữ liệu không cũ quá {count} {unit}", "data no older than {count} {unit}"),
}
_ROLL = ("gặp ngày nghỉ thì lùi sang ngày làm việc kế tiếp", "moved on to a working day")


class Rule(msgspec.Struct, frozen=True):
    """A name, what it is, and a smaller word on it."""

    name: str
    value: str
    note: str = ""


def rules(site: Site, dataset: Dataset, missing_since: str = "") -> list[Rule]:
    """Return the rules of a dataset in the order in which one would tell them.

    `missing_since` is the first day (ISO) of the limits to be told; the contract's first when it is empty.
    """
    t, terms, english = site.t, dataset.terms, site.forms.english
    limits = next((rule for rule in terms.changes if rule.valid_from.isoformat() == missing_since), terms.rules()[0])
    owner = site.catalogue.units.get(dataset.owner)
    starts = t["month_starts"].format(day=terms.month_starts_on) if terms.month_starts_on > 1 else ""
    may_roll = limits.due.rule in ("dayOfMonth", "after") and limits.due.unit == "day" and terms.cadence is not Cadence.CONTINUOUS
    rolls = _ROLL[english] if limits.due.roll and may_roll else ""
    return [
        Rule(t["cadence"], CADENCES[terms.cadence].of(site.language), starts),
        Rule(t["due_rule"], _due(site, limits.due, continuous=terms.cadence is Cadence.CONTINUOUS), rolls),
        *([Rule(t["regulatory"], _due(site, limits.regulatory, continuous=False))] if limits.regulatory else []),
        Rule(t["grace"], _span(site, limits.grace.count, limits.grace.unit) if limits.grace.count else t["none"]),
        *(_change(site, change) for change in terms.changes),
        Rule(t["quorum"], _quorum(site, dataset)),
        Rule(t["stale_after"], site.periods(terms.stale_after)),
        Rule(t["first_due"], site.forms.day(terms.first_due)),
        Rule(t["owner"], site.name(owner) if owner else dataset.owner),
        Rule(t["contract"], dataset.id, dataset.version),
    ]


def _due(site: Site, due: Due, *, continuous: bool) -> str:
    text = _DUE["age" if continuous else due.rule][site.forms.english]
    return text.format(count=due.count, unit=_unit(site, due.count, due.unit))


def _change(site: Site, change: Limits) -> Rule:
    """What holds for the periods that begin from a later day on."""
    said = [_due(site, change.due, continuous=False)]
    if change.grace.count:
        said.append(f"{site.t['grace'].lower()} {_span(site, change.grace.count, change.grace.unit)}")
    if change.regulatory:
        said.append(f"{site.t['regulatory'].lower()}: {_due(site, change.regulatory, continuous=False)}")
    return Rule(site.t["changed_rule"].format(day=site.forms.day(change.valid_from)), "; ".join(said))


def _span(site: Site, count: int, unit: str) -> str:
    return f"{count} {_unit(site, count, unit)}"


def _unit(site: Site, count: int, unit: str) -> str:
    word = TIME[unit].of(site.language)
    return word + "s" if site.forms.english and count != 1 else word


def _quorum(site: Site, dataset: Dataset) -> str:
    terms = dataset.terms
    wanted = [site.t["rows_at_least"].format(count=site.forms.count(terms.min_rows))]
    if terms.slices:
        needed = math.ceil(terms.slice_quorum * len(terms.slices) - 1e-9)
        wanted.append(site.t["slices_at_least"].format(count=needed, all=len(terms.slices)))
    return ", ".join(wanted)
