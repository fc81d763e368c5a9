"""What was declared of a feed, as the page and `nhip why` show it: who said what, when and why, and whether it still holds."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from alerts.words import DECLARATIONS
from expectations.freshness.declarations import ADMINISTRATOR, Declaration, Kind, revocations
from expectations.freshness.declared import end_of_day_ms
from expectations.freshness.schedule import Schedule
from streams.board.forms import Forms
from streams.board.frame import Site
from streams.board.text import sentence_case

Standing = Literal["holds", "over", "revoked"]


class Statement(msgspec.Struct, frozen=True):
    """A declaration that is none of revoking; `state` is `over` when its last day has ended, `revoked_ms` when it was taken back."""

    id: str
    said: Declaration
    state: Standing
    revoked_ms: int | None


def statements(schedule: Schedule, known: dict[str, Declaration], now_ms: int) -> list[Statement]:
    """Return what was declared, newest first."""
    revoked = revocations(known)
    found = [
        Statement(
            name,
            said,
            "revoked" if name in revoked else "over" if said.until and end_of_day_ms(schedule, said.until) <= now_ms else "holds",
            revoked[name].made_ms if name in revoked else None,
        )
        for name, said in known.items()
        if said.kind is not Kind.REVOKE
    ]
    return sorted(found, key=lambda one: (one.said.made_ms, one.id), reverse=True)


def as_json(forms: Forms, statement: Statement) -> dict[str, Any]:
    """Return a declaration as the API tells it."""
    said = statement.said
    return {
        "id": statement.id,
        "kind": str(said.kind),
        "by": said.by,
        "made_at": forms.iso(said.made_ms),
        "why": said.why,
        "first": said.first or None,
        "last": said.last or said.first or None,
        "since": said.since or None,
        "until": said.until or None,
        "state": statement.state,
        "revoked_at": forms.iso(statement.revoked_ms),
    }


def row(site: Site, statement: Statement) -> dict[str, str]:
    """Return a declaration as the page shows it."""
    said, forms = statement.said, site.forms
    unit = site.catalogue.units.get(said.by)
    return {
        "id": statement.id,
        "kind": sentence_case(DECLARATIONS[said.kind].of(site.language)),
        "about": _about(site, said),
        "by": site.t["administrator"] if said.by == ADMINISTRATOR else site.name(unit) if unit else said.by,
        "at": forms.instant(said.made_ms),
        "why": said.why,
        "state": {"holds": "complete", "over": "open", "revoked": "open"}[statement.state],
        "word": site.t[f"declared_{statement.state}"],
        "revoked": forms.instant(statement.revoked_ms) if statement.revoked_ms is not None else "",
    }


def _about(site: Site, said: Declaration) -> str:
    """Its periods and days: `tháng 09/2025 – tháng 10/2025, đến hết 30/11/2025`."""
    forms = site.forms
    periods = " – ".join(forms.period(text) for text in (said.first, said.last) if text)
    since = site.t["declared_since"].format(day=forms.day_of(said.since)) if said.since else ""
    until = site.t["declared_until"].format(day=forms.day_of(said.until)) if said.until else ""
    return ", ".join(part for part in (periods, since, until) if part)
