"""What one change event does to a feed's table, as it travels in `nhip.changes`. Stands apart because the feeds' state knows of it, too."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class LostTable(StrEnum):
    """Why it is not known any more what is in a table."""

    NO_BEFORE = "no_before"
    NOT_SENT = "not_sent"
    UNREADABLE = "unreadable"
    EMPTIED = "emptied"
    INCREMENTAL = "incremental"
    NO_POSITION = "no_position"


class TableRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What one change event does to a feed's table: a row enters (as JSON), a row leaves.

    `snapshot`, when not 0, says which snapshot the event is of: the table begins anew with it. `lost` says that the event does not tell.
    """

    offset: int
    heard_ms: int
    entered: bytes | None = None
    left: bytes | None = None
    snapshot: int = 0
    lost: LostTable | None = None

    def lose(self, why: LostTable) -> TableRow:
        """The same event, of which it is not known what it does."""
        return TableRow(self.offset, self.heard_ms, lost=why)
