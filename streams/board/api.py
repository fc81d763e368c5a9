"""The board as JSON. Every answer is built from the fields named here, so a value of a row can never be among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from alerts.letters import sort_key
from expectations.catalogue.units import Dataset, Unit
from expectations.freshness.said import SILENCE
from expectations.freshness.verdict import Verdict
from expectations.quality.oftable import TableResult
from streams.board import declared
from streams.board.derivation import derivation, title
from streams.board.evidence import Evidence, Period, Quality
from streams.board.forms import Forms
from streams.board.frame import Site
from streams.board.view import FeedDetail, FeedView
from streams.notices import Notice


class FeedLine(msgspec.Struct, frozen=True):
    """One feed of a list. `verdict` is `unknown` and `reason` null while Nhịp has not judged the feed; instants are ISO 8601 with zone."""

    unit: str
    dataset: str
    verdict: str
    reason: str | None
    data_through: str | None
    expected_through: str | None
    periods_behind: int
    holes: tuple[str, ...]
    hole_count: int
    heard_at: str | None
    changed_at: str | None
    since: str | None
    extended_until: str | None
    acknowledged_at: str | None
    promised_until: str | None
    suspended_until: str | None


def line(forms: Forms, feed: FeedView) -> FeedLine:
    """Return a feed as a list shows it."""
    verdict = feed.verdict
    said = verdict.said or SILENCE if verdict is not None else SILENCE
    return FeedLine(
        unit=feed.unit,
        dataset=feed.dataset,
        verdict="unknown" if verdict is None else str(verdict.status),
        reason=None if verdict is None else str(verdict.reason),
        data_through=None if verdict is None else verdict.data_through,
        expected_through=None if verdict is None else verdict.expected_through,
        periods_behind=0 if verdict is None else verdict.periods_behind,
        holes=() if verdict is None else verdict.holes,
        hole_count=0 if verdict is None else verdict.hole_count,
        heard_at=forms.iso(feed.heard_ms),
        changed_at=forms.iso(feed.changed_ms),
        since=forms.iso(feed.since_ms),
        extended_until=forms.iso(said.extended_until_ms),
        acknowledged_at=forms.iso(said.acknowledged_ms),
        promised_until=forms.iso(said.promised_ms),
        suspended_until=forms.iso(said.suspended_until_ms),
    )


def feeds(forms: Forms, views: Sequence[FeedView]) -> list[FeedLine]:
    """Return `/api/feeds`: every feed that the catalogue owes."""
    return [line(forms, feed) for feed in views]


def unit(forms: Forms, of: Unit, views: Sequence[FeedView], sent: Sequence[Notice]) -> dict[str, Any]:
    """Return `/api/units/{unit}`: who it is, its feeds, and what was sent to it, newest first."""
    return {
        "unit": of.id,
        "kind": of.kind,
        "name_vi": of.name_vi,
        "name_en": of.name_en,
        "feeds": feeds(forms, [feed for feed in views if feed.unit == of.id]),
        "notices": [_notice(forms, notice) for notice in sent],
    }


def feed(site: Site, dataset: Dataset, detail: FeedDetail, evidence: Evidence) -> dict[str, Any]:
    """Return `/api/feeds/{unit}/{dataset}`: all that `nhip why` tells, its `derivation` in the reader's language (`?lang=`)."""
    forms = site.forms
    return {
        "title": title(site, detail),
        "derivation": derivation(site, detail, evidence),
        **msgspec.structs.asdict(line(forms, detail.feed)),
        "dataset_name_vi": dataset.name_vi,
        "dataset_name_en": dataset.name_en,
        **_limits(forms, detail.feed.verdict),
        "rules": _rules(dataset),
        "periods": [_period(forms, period) for period in evidence.periods],
        "facts": [{"subject": fact.subject, "of": fact.of, **fact.values} for fact in evidence.facts],
        "declarations": [declared.as_json(forms, statement) for statement in evidence.declared],
        "quality": None if evidence.quality is None else _quality(forms, evidence.quality),
        "table": None if evidence.table is None else _table(evidence.table),
        "scores": msgspec.to_builtins(evidence.scores),
        "volume": _volume(detail),
        "refused": {why: {"rows": one.rows, "last_at": forms.iso(one.last_ms)} for why, one in detail.state.refused.items()},
        "corrections": [
            {"noticed_at": forms.iso(one.noticed_ms), "was": one.was, "became": one.became} for one in detail.state.corrections
        ],
        "notices": [_notice(forms, notice) for notice in detail.notices],
    }


def _limits(forms: Forms, verdict: Verdict | None) -> dict[str, Any]:
    return {
        "missing": None if verdict is None else verdict.missing,
        "due_at": None if verdict is None else forms.iso(verdict.due_at_ms),
        "deadline": None if verdict is None else forms.iso(verdict.deadline_ms),
        "incident": "" if verdict is None else verdict.incident,
        "slices_seen": 0 if verdict is None else verdict.slices_seen,
        "slices_expected": 0 if verdict is None else verdict.slices_expected,
    }


def _rules(dataset: Dataset) -> dict[str, Any]:
    terms = dataset.terms
    return {
        "contract_version": dataset.version,
        "owner": dataset.owner,
        "cadence": str(terms.cadence),
        "due": terms.due,
        "grace": terms.grace,
        "regulatory": terms.regulatory,
        "changes": terms.changes,
        "first_due": terms.first_due.isoformat(),
        "stale_after": terms.stale_after,
        "min_rows": terms.min_rows,
        "slices": len(terms.slices),
        "slice_quorum": terms.slice_quorum,
        "month_starts_on": terms.month_starts_on,
        "nil_return": terms.nil_return,
    }


def _period(forms: Forms, period: Period) -> dict[str, Any]:
    return {
        "period": period.period,
        "state": period.state,
        "rows": period.rows,
        "slices": period.slices,
        "slices_expected": period.slices_expected,
        "slices_missing": sorted(period.slices_missing, key=sort_key),
        "first_heard_at": forms.iso(period.first_heard_ms),
        "last_heard_at": forms.iso(period.last_heard_ms),
        "due_at": forms.iso(period.due_at_ms),
        "deadline": forms.iso(period.deadline_ms),
    }


def _quality(forms: Forms, quality: Quality) -> dict[str, Any]:
    return {"period": quality.period, "since": forms.iso(quality.since_ms), "rows": quality.rows, "checks": quality.checks}


def _table(found: TableResult) -> dict[str, Any]:
    not_told = [check.id for check in found.not_told]
    return {"of": found.of, "rows": found.rows, "why": found.why, "checks": found.checks, "of_the_stream_only": not_told}


def _volume(detail: FeedDetail) -> dict[str, int]:
    """Events of the remembered windows by operation letter."""
    total: dict[str, int] = {}
    for window in detail.state.windows.values():
        for operation, events in window.volume.items():
            total[operation] = total.get(operation, 0) + events
    return total


def _notice(forms: Forms, notice: Notice) -> dict[str, Any]:
    return {
        "dataset": notice.dataset,
        "incident": notice.incident,
        "stage": notice.stage,
        "subject": notice.subject,
        "text": notice.text,
        "sent_at": forms.iso(notice.sent_ms),
        "channels": list(notice.channels),
    }
