"""What `nhip simulate` replays: files of events, the source topics of Kafka, or the ledger: the kept state of every feed."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from expectations.catalogue.load import Catalogue
from streams import settings
from streams.admin.sources import sources
from streams.admin.whole import Range, TooMuch, read_chosen, read_whole
from streams.cli import UserError
from streams.cli.answers import asking
from streams.cli.event_files import read
from streams.cli.progress import growing_bar
from streams.cli.scores import states_of
from streams.feeds.state import FeedState
from streams.offline import Fetched
from streams.settings import Settings
from streams.topics import Names

MOST_RECORDS = 2_000_000
"""Records of Kafka that are held in memory, one kilobyte or so each."""


def of_files(paths: Sequence[Path]) -> list[Fetched]:
    """The records of files."""
    return list(read(paths))


def of_topics(catalogues: Iterable[Catalogue], only: Sequence[str], since_ms: int | None) -> list[Fetched]:
    """The records of the topics that a contract of one of the catalogues matches, of these `only` when some are named."""
    catalogues = list(catalogues)

    def choose(there: AbstractSet[str]) -> list[str]:
        matched = {topic for catalogue in catalogues for topic in sources(catalogue, there).topics}
        if unknown := sorted(set(only) - matched):
            raise UserError(f"--topic {unknown[0]}: no such source; `nhip topics` lists those that the contracts match")
        return sorted(only or matched)

    chosen = _settings()
    with asking(), growing_bar("Reading topics") as tell:
        try:
            found = read_chosen(chosen, choose, Range(since_ms, MOST_RECORDS), tell)
        except TooMuch as error:
            raise UserError(f"{error}, more than {MOST_RECORDS:,}: choose a later --since, or a --topic") from None
    return [Fetched(r.topic, r.partition, r.offset, r.timestamp_ms, r.key or None, r.value) for r in found]


def ledger() -> dict[str, FeedState]:
    """The state of every feed, as the worker keeps it in Kafka."""
    chosen = _settings()
    with asking():
        return states_of(read_whole(chosen, [Names.of(chosen.app_id).feeds]))


def declared() -> dict[str, FeedState]:
    """The same for the sake of what was declared; nothing, where no worker has kept anything yet."""
    chosen = _settings()
    name = Names.of(chosen.app_id).feeds
    with asking():
        return states_of(read_chosen(chosen, lambda there: [name] if name in there else []))


def _settings() -> Settings:
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())  # its errors are told in one message
    return settings.load()
