"""A unit's page: its datasets, the worst first, each with its reason, and every alert it was sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from alerts.letters import sort_key
from alerts.words import CHANNELS, DIMENSIONS
from expectations.catalogue.units import Unit
from expectations.quality.dimensions import Dimension
from expectations.quality.scores import Scores
from streams.board.choices import OVERDUE, STATUSES
from streams.board.frame import Site
from streams.board.reasons import sentence, through
from streams.board.text import sentence_case
from streams.board.view import FeedView
from streams.notices import Notice


class Row(msgspec.Struct, frozen=True):
    """A dataset that the unit owes."""

    status: str
    word: str
    dataset: str
    href: str
    through: str
    behind: str
    reason: str
    heard: str
    age: str


class Letter(msgspec.Struct, frozen=True):
    """An alert as it was sent."""

    subject: str
    text: str
    at: str
    channels: str


def context(site: Site, unit: Unit, feeds: Sequence[FeedView], sent: Sequence[Notice], scores: Scores) -> dict[str, Any]:
    """Everything that a unit's page shows; `sent` is newest first."""
    worst_first = sorted(
        feeds, key=lambda feed: (STATUSES.index(site.status(feed)), sort_key(site.name(site.catalogue.datasets[feed.dataset])))
    )
    bad = sum(site.status(feed) in OVERDUE for feed in feeds)
    return {
        "id": unit.id,
        "name": site.name(unit),
        "kind": site.t["departments" if unit.kind == "department" else "communes"],
        "former": unit.former_province,
        "summary": site.t["unit_summary" if bad else "unit_well"].format(bad=bad, all=len(feeds)),
        "contacts": [line for line in (unit.contact, unit.phone, unit.email) if line],
        "dimensions": [
            {"name": sentence_case(DIMENSIONS[d].of(site.language)), "value": site.forms.percent(scores.of(d))} for d in Dimension
        ],
        "rows": [_row(site, feed) for feed in worst_first],
        "notices": letters(site, sent),
    }


def letters(site: Site, sent: Sequence[Notice]) -> list[Letter]:
    """Return alerts as the page shows them."""
    return [Letter(notice.subject, notice.text, site.forms.instant(notice.sent_ms), _channels(site, notice)) for notice in sent]


def _channels(site: Site, notice: Notice) -> str:
    """The channels in words; one that is no longer known by its name."""
    return ", ".join(CHANNELS[name].of(site.language) if name in CHANNELS else name for name in notice.channels)


def _row(site: Site, feed: FeedView) -> Row:
    status, verdict = site.status(feed), feed.verdict
    return Row(
        status=status,
        word=site.word(status),
        dataset=site.name(site.catalogue.datasets[feed.dataset]),
        href=site.feed_href(feed.unit, feed.dataset),
        through=through(site.forms, None if verdict is None else verdict.data_through),
        behind=site.behind(feed),
        reason=sentence(site.forms, feed),
        heard=site.t["heard_never"] if feed.heard_ms is None else site.forms.instant(feed.heard_ms),
        age=site.forms.ago(feed.heard_ms, site.now_ms),
    )
