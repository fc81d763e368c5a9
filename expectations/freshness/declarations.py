"""Declarations: what a unit states, or an administrator grants, about one feed's obligation.

A feed remembers a set of them. Its union is a semilattice: neither order nor repeats change what a feed remembers, and what applies
(`declared.py`) is a function of the set alone. The name of a declaration is a digest of what it says, so the same twice is one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from enum import StrEnum

import msgspec

ADMINISTRATOR = "@administrator"
"""Who grants. No unit can have this name: units are called by slugs and numbers."""
KEPT = 1_000
"""Declarations remembered a feed: the newest. Taking the newest of a union is a semilattice too."""


class Kind(StrEnum):
    """What is declared; also the verb of `nhip declare`."""

    NIL = "nil"
    EXTEND = "extend"
    WAIVE = "waive"
    ACK = "ack"
    PROMISE = "promise"
    SUSPEND = "suspend"
    REVOKE = "revoke"


GRANTED = frozenset({Kind.EXTEND, Kind.WAIVE, Kind.SUSPEND})
"""What changes an obligation: only an administrator declares it. The rest a unit may declare of its own feeds."""


class Declaration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One statement. `by` is the unit or ADMINISTRATOR, `made_ms` when it was made, `why` one line for people.

    `first` and `last` are periods (canonical texts, inclusive; of a continuous feed the instant at which its data stopped). `since` and
    `until` are days of the province (ISO): an extension, a promise or a suspension lasts to the end of `until`. `target` is the
    `identity` of what is revoked. What a kind does not need is empty.
    """

    kind: Kind
    feed: str
    by: str
    made_ms: int
    why: str
    first: str = ""
    last: str = ""
    since: str = ""
    until: str = ""
    target: str = ""


canonical = msgspec.json.Encoder(order="sorted").encode
"""The bytes that are signed: JSON in UTF-8, every field, in order of name, without blanks."""


def identity(declaration: Declaration) -> str:
    """Return the declaration's name: 32 hexadecimal digits made of all that it says."""
    return hashlib.sha256(canonical(declaration)).hexdigest()[:32]


def join(known: dict[str, Declaration], others: Iterable[Declaration], kept: int = KEPT) -> dict[str, Declaration]:
    """Return the declarations (by identity) of both, the newest `kept` of them; `known` itself when nothing is new."""
    new = {name: other for other in others if (name := identity(other)) not in known}
    newest = dict(sorted((known | new).items(), key=_age)[-kept:]) if new else known
    return known if newest.keys() == known.keys() else newest


def revocations(known: dict[str, Declaration]) -> dict[str, Declaration]:
    """Return, by the name of what is revoked, the earliest revocation that holds. A unit revokes only what it declared itself.

    A revocation is final: it cannot be revoked. It may be there before what it revokes.
    """
    found: dict[str, Declaration] = {}
    for _, revocation in sorted(known.items(), key=_age, reverse=True):
        target = known.get(revocation.target) if revocation.kind is Kind.REVOKE else None
        if target is not None and target.kind is not Kind.REVOKE and revocation.by in {ADMINISTRATOR, target.by}:
            found[revocation.target] = revocation
    return found


def _age(named: tuple[str, Declaration]) -> tuple[int, str]:
    """Order by when they were made, and by name among those of one instant: the same order whatever came first."""
    return named[1].made_ms, named[0]
