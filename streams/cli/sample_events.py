"""Sample events for the commands that look at rows: from files, or the newest records of topics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import click
import msgspec

from expectations.catalogue.load import Catalogue
from expectations.catalogue.units import Dataset
from streams import clock, settings
from streams.admin import clients
from streams.admin.newest import NoTopic, newest
from streams.cli import UserError, event_files
from streams.cli.answers import asking
from streams.suite.samples import Samples, Sourced, gathered


class Source(msgspec.Struct, frozen=True):
    """Where sample events come from; `records` is how many of the topics' newest are read."""

    events: tuple[Path, ...]
    topics: tuple[str, ...]
    records: int


def options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that make up a Source; the command gets it as `source`."""

    @wraps(command)
    def with_source(*args: Any, events: tuple[Path, ...], topics: tuple[str, ...], records: int, **kwargs: Any) -> None:
        command(*args, source=Source(events, topics, records), **kwargs)

    file = click.Path(path_type=Path, exists=True, dir_okay=False)
    for add in (
        click.option("--records", type=click.IntRange(min=1), default=20_000, show_default=True, help="read so many of a topic"),
        click.option("--topic", "topics", multiple=True, help="a topic of Kafka; can be said again"),
        click.option("--events", multiple=True, type=file, help="a file of change events, as `nhip judge` reads; can be said again"),
    ):
        with_source = add(with_source)
    return with_source


def samples(catalogue: Catalogue, dataset: Dataset, source: Source) -> Samples:
    """The dataset's rows among the events; tells on standard error what became of all records. Raises UserError when there are none."""
    if not source.events and not source.topics:
        raise UserError("no events: name files with --events, or topics with --topic")
    for topic in source.topics:
        if catalogue.dataset_of(topic) is not dataset:
            raise UserError(f"topic {topic} is none of {dataset.id}: its topicPattern is {dataset.topics}")
    chosen = settings.load()
    found = gathered(catalogue, dataset, _records(source), clock.now_ms(), chosen.future_tolerance_seconds * 1000)
    told = [f"{count:,} {reason}" for reason, count in sorted(found.counts.items())]
    told += [f"{found.foreign:,} of other topics"] if found.foreign else []
    click.echo(f"records: {', '.join(told) or 'none'}", err=True)
    if not found.rows:
        raise UserError(f"there is no row of {dataset.id} among these events: its topics match {dataset.topics}")
    return found


def _records(source: Source) -> Iterator[Sourced]:
    yield from event_files.read(source.events)
    if not source.topics:
        return
    with asking(), clients.reader(settings.load()) as consumer:
        for topic in source.topics:
            try:
                yield from newest(consumer, topic, source.records)
            except NoTopic:
                raise UserError(f"there is no topic {topic}: `nhip topics` lists what there is") from None
