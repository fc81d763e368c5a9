"""Scenarios judged without a broker: the same router and observer as the worker's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import cache

import msgspec

from expectations.catalogue.load import Catalogue, load
from expectations.freshness.verdict import Verdict
from streams import settings
from streams.cli.judge import judge_records
from streams.demo.play import Play, read_play
from streams.demo.scenario import Scenario
from streams.demo.stage import Stage, stage_of
from streams.demo.troubles import TROUBLES
from streams.offline import Fetched
from streams.province.rows import Record

FOLDER = settings.HERE / "expectations" / "tay-ninh"


@cache
def example() -> Catalogue:
    return load(FOLDER)


def at(text: str) -> int:
    """Milliseconds of a local time in the province."""
    return int(datetime.fromisoformat(text).replace(tzinfo=example().timezone).timestamp() * 1000)


NOW = at("2026-11-23T17:35")


def stage(now_ms: int = NOW, *, seed: int = 1, play: Play | None = None) -> Stage:
    """The bundled scenario's stage, or that of another play."""
    return stage_of(FOLDER, example(), play or read_play(FOLDER, example()), seed, now_ms)


class Told(msgspec.Struct, frozen=True):
    """A scenario and what Nhịp says of it."""

    scenario: Scenario
    verdicts: dict[str, Verdict]
    counts: Counter[str]

    def wrong(self) -> dict[str, tuple[list[str], str, str]]:
        """Feeds whose verdict is not what their troubles call for: their troubles, status and reason."""
        found = {}
        for feed, verdict in self.verdicts.items():
            names = self.scenario.cast.get(feed, [])
            deciding = next((TROUBLES[name] for name in names if TROUBLES[name].course), TROUBLES["malformed"])
            if verdict.status not in deciding.verdicts or verdict.reason not in deciding.reasons:
                found[feed] = (names, str(verdict.status), str(verdict.reason))
        return found


def told(on: Stage, catalogue: Catalogue | None = None) -> Told:
    scenario = Scenario(on)
    verdicts, counts = judge_records(catalogue or example(), fetched(scenario), on.now_ms)
    return Told(scenario, verdicts, counts)


@cache
def bundled() -> Told:
    """The bundled scenario at one instant, judged once for all tests."""
    return told(stage())


def fetched(records: Iterable[Record]) -> list[Fetched]:
    """The records as they lie in topics of one partition."""
    offsets: Counter[str] = Counter()
    found = []
    for record in records:
        found.append(Fetched(record.topic, 0, offsets[record.topic], record.timestamp_ms, record.key, record.value))
        offsets[record.topic] += 1
    return found
