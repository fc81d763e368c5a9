"""A change of verdict, as it travels on `nhip.transitions`. Messages come from transitions only, never from levels."""

from __future__ import annotations

import msgspec


class Transition(msgspec.Struct, frozen=True):
    """One feed went from `old` (None at first sight) to `new`.

    They are the same when a feed is to be told of anew: its promise was broken, or is void.

    `at_ms` is when it happened, `noticed_ms` when it was seen. Periods are canonical texts such as `2024-12`; `holes` holds the first of
    `hole_count` missing periods. `missing` is the first required period without complete data, `due_at_ms` and `deadline_ms` are its own.
    What was declared: `nil` and `waived` periods, the newest; of the first missing period until when it was extended, when the alert was
    acknowledged, and by when the unit has promised it.
    """

    id: str
    unit: str
    dataset: str
    old: str | None
    new: str
    reason: str
    at_ms: int
    noticed_ms: int
    data_through: str | None
    expected_through: str | None
    periods_behind: int
    holes: tuple[str, ...]
    missing: str | None
    due_at_ms: int | None
    deadline_ms: int | None
    incident: str
    slices_seen: int
    slices_expected: int
    hole_count: int = 0
    nil: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    extended_until_ms: int | None = None
    acknowledged_ms: int | None = None
    promised_ms: int | None = None
    promise_broken: bool = False


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Transition).decode
