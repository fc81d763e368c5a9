"""The notification log: what was sent to a unit. Written after the send, so a crash repeats a message and never loses one."""

from __future__ import annotations

import msgspec

KEPT = 50
"""Notices remembered a unit; older ones are history that the mail server keeps."""


class Notice(msgspec.Struct, frozen=True):
    """One message as it was sent. `stage` is the status that caused it; `channels` the names of those that took it."""

    unit: str
    dataset: str
    incident: str
    stage: str
    transition: str
    subject: str
    text: str
    sent_ms: int
    channels: tuple[str, ...]


class NoticeLog(msgspec.Struct):
    """The latest notices of one unit, oldest first."""

    notices: list[Notice] = msgspec.field(default_factory=list)

    def told(self) -> set[tuple[str, str, str]]:
        """(dataset, incident, stage) of every message that the unit has had."""
        return {(n.dataset, n.incident, n.stage) for n in self.notices}

    def add(self, notice: Notice) -> None:
        """Remember a notice and forget the oldest beyond what is kept."""
        self.notices = [*self.notices, notice][-KEPT:]


encode_log = msgspec.msgpack.Encoder().encode
decode_log = msgspec.msgpack.Decoder(NoticeLog).decode
