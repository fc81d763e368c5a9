"""`nhip replay`, and what `nhip quarantine replay` shares with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import click
import msgspec
from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient

from expectations.catalogue.load import Catalogue
from streams import clock, settings
from streams.admin import clients, replay
from streams.admin.replay import CannotReplay, Span, Times
from streams.cli import Exit, UserError, common
from streams.cli.answers import asking, local, since
from streams.feeds.recount import MOST_WINDOWS, Recounting, RecountTooLarge
from streams.replaying import read_again, send
from streams.routing import router_of
from streams.settings import Settings
from streams.topics import Names


class Asked(msgspec.Struct, frozen=True):
    """What shall be counted anew. `unit` None: every unit's feed. `clamps`: begin later where the sources no longer have everything."""

    datasets: tuple[str, ...]
    times: Times
    unit: str | None = None
    clamps: bool = False


@click.command("replay", epilog="Examples: nhip replay --from 2025-10-01; nhip replay --from 12h --feed 25486/ho-ngheo --yes")
@click.option("--from", "from_text", required=True, help="the first window: 2025-10-15, 2025-10-15T08:00 (the province's time), 12h, 7d")
@click.option("--topic", help="only the dataset of this source topic")
@click.option("--feed", metavar="UNIT/DATASET", help="only this feed")
@click.option("--yes", is_flag=True, help="do not ask before anything is sent")
def command(from_text: str, topic: str | None, feed: str | None, *, yes: bool) -> None:
    """Read source topics again from an instant, and count anew: after a contract, a code list or a suite was mended.

    The totals of volume and quality of every window since then are replaced, ledgers are joined, so it may be repeated or interrupted.
    Nothing is taken back: a complete period stays complete. Workers go on meanwhile; restart them with the mended catalogue first.
    Shows what was found, and asks, before anything is sent.
    """
    chosen, catalogue = settings.load(), common.catalogue()
    now_ms, window_ms = clock.now_ms(), chosen.window_seconds * 1000
    from_ms = replay.window_of(since(from_text, catalogue.timezone, now_ms, "--from"), window_ms)
    datasets, unit = _which(catalogue, topic, feed)
    times = Times(from_ms, replay.closed_until(now_ms, window_ms), now_ms)
    perform(chosen, catalogue, Asked(datasets, times, unit), yes=yes)


def _which(catalogue: Catalogue, topic: str | None, feed: str | None) -> tuple[tuple[str, ...], str | None]:
    """The datasets that are asked for, and the only unit."""
    if topic is not None and feed is not None:
        raise UserError("give --topic or --feed, not both: a feed is counted from all topics of its dataset")
    if topic is not None:
        dataset = catalogue.dataset_of(topic)
        if dataset is None:
            raise UserError(f"--topic: no contract matches {topic}; `nhip topics` lists those that are matched")
        return (dataset.id,), None
    if feed is not None:
        unit, _, name = feed.partition("/")
        if name not in catalogue.datasets or unit not in catalogue.datasets[name].units:
            raise UserError(f"--feed: the catalogue has no feed {feed!r}; write UNIT/DATASET, as `nhip status --all` lists them")
        return (name,), unit
    return tuple(catalogue.datasets), None


def perform(chosen: Settings, catalogue: Catalogue, asked: Asked, *, yes: bool) -> None:
    """Read, show, ask, send."""
    with asking(), clients.admin(chosen) as client, clients.reader(chosen) as consumer:
        try:
            times, spans = _spans(client, consumer, chosen, catalogue, asked)
        except CannotReplay as error:
            raise _failed(f"cannot count anew\n{error}") from None
        for line in _intention(spans, times, catalogue):
            click.echo(line)
        if not spans:
            return
        window_ms = chosen.window_seconds * 1000
        schedules = {dataset: catalogue.schedules[dataset] for dataset in asked.datasets}
        recounting = Recounting(schedules, times.from_ms, times.until_ms, window_ms, asked.unit)
        unusable = _read(chosen, catalogue, consumer, recounting, spans)
    for line in _found(recounting, unusable, times, window_ms, catalogue):
        click.echo(line)
    if not recounting.feeds:
        return
    if not yes:
        click.confirm("Send this to the workers?", abort=True)
    with asking(), clients.writer(chosen) as producer:
        records = send(producer, Names.of(chosen.app_id).changes, chosen.partitions, recounting)
    click.echo(f"sent {recounting.feeds:,} feeds in {records:,} records; `nhip lag` says when the workers have them")


def _spans(
    client: KafkaAdminClient, consumer: KafkaConsumer, chosen: Settings, catalogue: Catalogue, asked: Asked
) -> tuple[Times, list[Span]]:
    """What is read, and from when on. Raises CannotReplay."""
    topics, times = replay.topics_of(catalogue, client, asked.datasets), asked.times
    kept = replay.look(client, consumer, topics, chosen.app_id, times)
    earliest_ms = replay.earliest(kept, chosen.window_seconds * 1000)
    if earliest_ms is not None and earliest_ms > times.from_ms:
        if not asked.clamps:
            raise CannotReplay(f"the sources have everything since {local(earliest_ms, catalogue.timezone)} only: use it as --from")
        times = msgspec.structs.replace(times, from_ms=earliest_ms)
        kept = replay.look(client, consumer, topics, chosen.app_id, times)
    return times, replay.spans_of(kept, times.from_ms)


def _read(chosen: Settings, catalogue: Catalogue, consumer: KafkaConsumer, recounting: Recounting, spans: Sequence[Span]) -> Counter[str]:
    """Count what the spans hold; returns what could not be used, by reason."""
    from streams.suites import Suites  # noqa: PLC0415  Great Expectations takes seconds to import: not for --help

    suites = Suites(catalogue) if chosen.suites else None
    unusable: Counter[str] = Counter()
    reading = read_again(consumer, router_of(chosen, catalogue), recounting, spans, suites.judge_many if suites else None)
    try:
        with click.progressbar(length=sum(span.records for span in spans), label="reading", file=click.get_text_stream("stderr")) as bar:
            for records, reasons in reading:
                unusable += reasons
                bar.update(records)
    except RecountTooLarge:
        raise _failed(f"more than {MOST_WINDOWS:,} windows: choose a later --from, or one --topic or --feed") from None
    finally:
        if suites is not None:
            suites.close()
    return unusable


def _intention(spans: Sequence[Span], times: Times, catalogue: Catalogue) -> Iterator[str]:
    """What is read, before it is read."""
    if not spans:
        yield "nothing to read again: the workers have read no record of these topics since then"
        return
    topics = sorted({span.topic for span in spans})
    yield f"reads again {sum(span.records for span in spans):,} records of {', '.join(topics)}"
    first, last = (local(at_ms, catalogue.timezone) for at_ms in (times.from_ms, times.until_ms))
    yield f"windows from {first} until {last}" if times.from_ms < times.until_ms else "no window of that time is closed yet"


def _found(recounting: Recounting, unusable: Counter[str], times: Times, window_ms: int, catalogue: Catalogue) -> Iterator[str]:
    """What was found, and what sending it does."""
    reasons = ", ".join(f"{n:,} {reason}" for reason, n in unusable.most_common())
    yield f"found {recounting.rows:,} rows of {recounting.feeds:,} feeds" + (f"; still unusable: {reasons}" if reasons else "")
    if recounting.feeds:
        open_ms = max(times.from_ms, times.until_ms)
        again = local(replay.window_of(times.now_ms, window_ms) + 2 * window_ms, catalogue.timezone)
        yield "their volume and quality in these windows are replaced, their periods and arrivals joined; nothing is taken back"
        yield f"rows since {local(open_ms, catalogue.timezone)} count for periods only, their windows are open: replay again at {again}"


def _failed(text: str) -> UserError:
    shown = UserError(text)
    shown.exit_code = Exit.FAILED
    return shown
