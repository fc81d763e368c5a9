"""A feed's page: its verdict in a sentence, the evidence behind it, quality, the rules, and the alerts about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from alerts.letters import sort_key
from alerts.words import DIMENSIONS
from expectations.freshness.said import SILENCE
from expectations.freshness.states import PeriodState
from expectations.quality.dimensions import OF_CHECKS
from expectations.quality.suite import CheckResult
from streams.board import declared, table_said
from streams.board.evidence import Evidence, Period
from streams.board.forms import NOTHING
from streams.board.frame import Site
from streams.board.reasons import sentence, through
from streams.board.rules import rules
from streams.board.text import sentence_case
from streams.board.unit import letters
from streams.board.view import FeedDetail, FeedView

SLICES_NAMED = 12
LOOKS: Mapping[PeriodState, str] = {
    "complete": "complete",
    "nil": "complete",
    "waived": "complete",
    "partial": "partial",
    "due": "missing",
    "late": "missing",
    "extended": "open",
    "not_due": "open",
}
"""How a period's state is drawn."""


class Fact(msgspec.Struct, frozen=True):
    """A name, what it is, and a smaller word on it."""

    name: str
    value: str
    note: str = ""


def context(site: Site, detail: FeedDetail, evidence: Evidence) -> dict[str, Any]:
    """Everything that a feed's page shows."""
    feed, status = detail.feed, site.status(detail.feed)
    dataset = site.catalogue.datasets[feed.dataset]
    return {
        "unit": site.name(site.catalogue.units[feed.unit]),
        "unit_href": site.unit_href(feed.unit),
        "dataset": site.name(dataset),
        "status": status,
        "word": site.word(status),
        "reason": sentence(site.forms, feed),
        "facts": [fact for fact in _facts(site, feed) if fact.value],
        "holes": _holes(site, feed),
        "lacking": _lacking(site, evidence),
        "periods": [_period(site, period) for period in evidence.periods],
        "sliced": bool(dataset.terms.slices),
        "declared": [declared.row(site, statement) for statement in evidence.declared],
        "days_off": _days_off(site, feed, evidence),
        "dimensions": [*_dimensions(site, evidence), _alive(site, evidence, status)],
        "quality_note": _quality_note(site, evidence),
        "checks": [_check(site, check) for check in evidence.quality.checks] if evidence.quality else [],
        "table_title": table_said.title(site),
        "table": list(table_said.sentences(site, evidence.table)),
        "rules": rules(site, dataset),
        "notices": letters(site, detail.notices),
    }


def _facts(site: Site, feed: FeedView) -> Iterator[Fact]:
    t, forms, verdict = site.t, site.forms, feed.verdict
    if verdict is not None:
        yield Fact(t["through"], through(forms, verdict.data_through))
        yield Fact(t["expected"], forms.period(verdict.expected_through), _behind_note(site, feed))
        yield Fact(t["missing"], forms.period(verdict.missing) if verdict.missing else "")
        yield Fact(t["due"], forms.limit(verdict.due_at_ms))
        yield Fact(t["deadline"], forms.limit(verdict.deadline_ms))
        said = verdict.said or SILENCE
        yield Fact(t["extended_to"], forms.limit(said.extended_until_ms) if said.extended_until_ms else "")
        yield Fact(t["suspended_to"], forms.limit(said.suspended_until_ms) if said.suspended_until_ms else "")
        yield Fact(t["acknowledged"], forms.instant(said.acknowledged_ms) if said.acknowledged_ms else "")
        yield Fact(t["promised"], forms.limit(said.promised_ms) if said.promised_ms else "")
    heard = t["heard_never"] if feed.heard_ms is None else forms.instant(feed.heard_ms)
    yield Fact(t["heard"], heard, forms.ago(feed.heard_ms, site.now_ms))
    yield Fact(t["changed"], forms.instant(feed.changed_ms), forms.ago(feed.changed_ms, site.now_ms))
    yield Fact(t["since"], forms.instant(feed.since_ms), forms.ago(feed.since_ms, site.now_ms))


def _behind_note(site: Site, feed: FeedView) -> str:
    behind = site.behind(feed)
    return f"{site.t['behind'].lower()} {behind}" if behind else ""


def _holes(site: Site, feed: FeedView) -> str:
    verdict = feed.verdict
    if verdict is None or not verdict.holes:
        return ""
    named = ", ".join(site.forms.period(hole) for hole in verdict.holes)
    more = verdict.hole_count - len(verdict.holes)
    return f"{named} {site.t['hole_more'].format(count=site.forms.count(more))}" if more > 0 else named


def _lacking(site: Site, evidence: Evidence) -> str:
    """Name the slices that the oldest incomplete period still lacks: that is where somebody can be called."""
    partial = [period for period in evidence.periods if period.state == "partial" and period.slices_missing]
    if not partial:
        return ""
    oldest, units = partial[-1], site.catalogue.units
    names = sorted((site.name(units[slice_]) if slice_ in units else slice_ for slice_ in oldest.slices_missing), key=sort_key)
    more = len(names) - SLICES_NAMED
    listed = ", ".join(names[:SLICES_NAMED]) + (f" {site.t['slices_more'].format(count=more)}" if more > 0 else "")
    return site.t["lacking"].format(period=site.forms.period(oldest.period), slices=listed)


def _period(site: Site, period: Period) -> dict[str, str]:
    forms = site.forms
    return {
        "text": forms.period(period.period),
        "short": forms.short_period(period.period),
        "state": LOOKS[period.state],
        "word": site.t[f"period_{period.state}"],
        "rows": NOTHING if period.rows is None else forms.count(period.rows),
        "slices": NOTHING if period.slices is None else f"{period.slices}/{period.slices_expected}",
        "first_heard": forms.instant(period.first_heard_ms),
        "last_heard": forms.instant(period.last_heard_ms),
        "due": forms.limit(period.due_at_ms),
        "deadline": forms.limit(period.deadline_ms),
    }


def _days_off(site: Site, feed: FeedView, evidence: Evidence) -> str:
    """The holidays and exchanged days between the first missing period and its deadline. Weekends are left out: everybody knows them."""
    days = [fact for fact in evidence.facts if fact.subject == "day_off" and fact.values["why"] != "weekend"]
    if not days:
        return ""
    named = [site.forms.day(date.fromisoformat(fact.of)) + (f" ({fact.values['name']})" if fact.values["name"] else "") for fact in days]
    period = site.forms.period(feed.verdict.missing if feed.verdict else None)
    return site.t["days_off"].format(period=period, days=", ".join(named))


def _dimensions(site: Site, evidence: Evidence) -> Iterator[dict[str, str]]:
    checks = evidence.quality.checks if evidence.quality else []
    for dimension in OF_CHECKS:
        found = [check for check in checks if check.dimension == dimension]
        name = DIMENSIONS[dimension].of(site.language)
        score = evidence.scores.of(dimension)
        yield {"name": sentence_case(name), "value": site.forms.percent(score), "note": _tally(site, found)}


def _tally(site: Site, found: Sequence[CheckResult]) -> str:
    if not found:
        return site.t["not_checked"]
    return site.t["checks_passed"].format(passed=sum(check.success is True for check in found), all=len(found))


def _alive(site: Site, evidence: Evidence, status: str) -> dict[str, str]:
    """The fourth dimension, liveness, is told by the verdict."""
    value = site.forms.percent(evidence.scores.song)
    return {"name": sentence_case(DIMENSIONS["song"].of(site.language)), "value": value, "note": sentence_case(site.word(status))}


def _quality_note(site: Site, evidence: Evidence) -> str:
    quality = evidence.quality
    if quality is None:
        return ""
    rows = site.forms.count(quality.rows)
    if quality.period is not None:
        return site.t["quality_of_period"].format(period=site.forms.period(quality.period), rows=rows)
    return site.t["quality_note"].format(since=site.forms.instant(quality.since_ms), rows=rows)


def _check(site: Site, check: CheckResult) -> dict[str, str]:
    state, word = {True: ("complete", "passed"), False: ("missing", "failed"), None: ("partial", "errored")}[check.success]
    if check.evaluated + check.errors + check.absent == 0:
        state, word = "open", "not_checked"
    elif check.whole and check.success is None:
        word = "undecided"
    counts_rows = check.ratio is not None or not check.whole
    return {
        "name": check.check,
        "dimension": DIMENSIONS[check.dimension].of(site.language),
        "state": state,
        "word": site.t[word],
        "evaluated": site.forms.count(check.evaluated),
        "unexpected": site.forms.count(check.unexpected) if counts_rows else NOTHING,
        "blank": site.forms.count(check.missing) if counts_rows else NOTHING,
        "observed": "" if check.observed is None else site.t["observed"].format(value=site.forms.decimal(check.observed)),
    }
