"""The notification log: what was sent to a unit. Written after the send, so a crash repeats a message and never loses one."""

from __future__ import annotations

import msgspec

from alerts.transition import Transition

KEPT = 50
"""Notices remembered a unit; older ones are history that the mail server keeps."""


class Notice(msgspec.Struct, frozen=True):
    """One message as it was sent. `stage` is the status that caused it; `channels` the names of those that took it.

    `waiting` are those that may still take it.
    """

    unit: str
    dataset: str
    incident: str
    stage: str
    transition: str
    subject: str
    text: str
    sent_ms: int
    channels: tuple[str, ...]
    waiting: tuple[str, ...] = ()

    @property
    def about(self) -> tuple[str, str, str]:
        """What a unit is told of once: dataset, incident, stage."""
        return self.dataset, self.incident, self.stage


class NoticeLog(msgspec.Struct):
    """The latest notices of one unit, oldest first."""

    notices: list[Notice] = msgspec.field(default_factory=list)

    def told(self) -> set[tuple[str, str, str]]:
        """(dataset, incident, stage) of every message that the unit has had by every way."""
        return {n.about for n in self.notices if not n.waiting}

    def begun(self, change: Transition) -> Notice | None:
        """The notice of a message that some channels have taken and others have not."""
        about = change.dataset, change.incident, change.new
        return next((n for n in self.notices if n.about == about and n.waiting), None)

    def put(self, notice: Notice) -> None:
        """Remember a notice, in the place of the one that was begun, and forget the oldest beyond what is kept."""
        others = [n for n in self.notices if n.about != notice.about or not n.waiting]
        self.notices = [*others, notice][-KEPT:]


encode_log = msgspec.msgpack.Encoder().encode
decode_log = msgspec.msgpack.Decoder(NoticeLog).decode
