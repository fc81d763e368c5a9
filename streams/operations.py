"""One alert to operations for each trouble of the monitor, whichever workers see it and however often; and one when it is over. Pure.

Every worker reports its troubles regularly. A trouble is over when nobody has reported it for a while: so a worker that died, or one that
sees it a moment longer than the others, neither keeps it open nor opens it twice.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from streams.troubles import Trouble

OPERATIONS = "@operations"
"""The key of reports and of what was told; no unit can have this name."""
CALM_MS = 120_000
"""How long a trouble is not reported until it is over: four reports of a worker."""


class Report(msgspec.Struct, frozen=True):
    """What one worker sees of itself at `at_ms`."""

    worker: str
    at_ms: int
    troubles: tuple[Trouble, ...] = ()


class Open(msgspec.Struct, frozen=True):
    """A trouble that operations were told of, and when it was last reported."""

    trouble: Trouble
    seen_ms: int


class Desk(msgspec.Struct, frozen=True):
    """What operations know: the open troubles, by kind and what they are about, and when others were last reported."""

    open: dict[str, Open] = {}
    over_ms: dict[str, int] = {}


class News(msgspec.Struct, frozen=True):
    """What operations are to be told, as of `at_ms`."""

    stage: Literal["open", "over"]
    trouble: Trouble
    at_ms: int

    @property
    def id(self) -> str:
        """The same on every repeat."""
        return f"{OPERATIONS}/{name_of(self.trouble)}@{self.trouble.since_ms}:{self.stage}"


encode_report = msgspec.json.Encoder().encode
decode_report = msgspec.json.Decoder(Report).decode
encode_desk = msgspec.msgpack.Encoder().encode
decode_desk = msgspec.msgpack.Decoder(Desk).decode


def name_of(trouble: Trouble) -> str:
    """Return what makes two troubles one: kind and what it is about, not since when."""
    return f"{trouble.kind} {trouble.about}".strip()


def take(desk: Desk, report: Report) -> tuple[Desk, list[News]]:
    """Return what operations know after a report, and what they are to be told.

    A report of before the end of a trouble says nothing new.
    """
    known, over_ms, news = dict(desk.open), dict(desk.over_ms), list[News]()
    for trouble in report.troubles:
        name = name_of(trouble)
        if report.at_ms <= over_ms.get(name, -1):
            continue
        before = known.get(name)
        if before is None:
            news.append(News("open", trouble, report.at_ms))
        known[name] = Open(trouble, report.at_ms) if before is None else Open(before.trouble, max(before.seen_ms, report.at_ms))
    for name, one in desk.open.items():
        if report.at_ms - known[name].seen_ms >= CALM_MS:
            news.append(News("over", one.trouble, report.at_ms))
            over_ms[name] = known.pop(name).seen_ms
    return Desk(known, over_ms), news
