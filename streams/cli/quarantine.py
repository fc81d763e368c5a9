"""`nhip quarantine`: what could not be used, why, and what to do about it."""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import tzinfo
from itertools import count
from typing import Any

import click

from streams import clock, settings
from streams.admin import clients, replay
from streams.admin import quarantine as topic_of_quarantine
from streams.admin.again import again
from streams.admin.entries import Entry, Place, Unreadable, Wanted, as_json, parse_place
from streams.admin.quarantine import NoQuarantine
from streams.admin.remedies import REMEDIES
from streams.admin.tally import Tally
from streams.cli import Exit, Group, UserError, common
from streams.cli.answers import asking, bold, local, printable, since, table
from streams.cli.replay import Asked, perform
from streams.topics import Names

REASONS = tuple(str(reason) for reason in REMEDIES)
Read = Callable[[Wanted], Iterator[Entry]]


def _filters(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say which entries are asked for."""
    for option in (
        click.option(
            "--since", help="only what was set aside since then: 2025-10-15, 2025-10-15T08:00 (the province's time), 90m, 12h, 7d"
        ),
        click.option("--topic", help="only records of this source topic"),
        click.option("--reason", type=click.Choice(REASONS), help="only this reason", metavar="REASON"),
    ):
        command = option(command)
    return command


@click.group("quarantine", cls=Group, epilog="Examples: nhip quarantine counts --since 7d; nhip quarantine list --reason unknown_unit")
def command() -> None:
    """List, explain, count and replay the records that could not be used.

    The records themselves stay in their topics; shown is a masked excerpt without personal values. A record that was read again, after a
    crash for example, is listed once for each time.
    """


@command.command("list", epilog="Example: nhip quarantine list --reason unknown_unit --since 2025-10-15")
@_filters
@click.option("--last", type=click.IntRange(min=1), default=50, show_default=True, help="how many at most, the latest")
@click.option("--json", "wants_json", is_flag=True, help="all of them, one JSON object a line, partition by partition")
def listing(since: str | None, topic: str | None, reason: str | None, last: int, *, wants_json: bool) -> None:
    """List what was set aside: when, which record, why."""
    zone = common.catalogue().timezone
    wanted = _wanted(since, topic, reason, zone)
    with _quarantine() as (read, _):
        found = read(wanted)
        if wants_json:
            for entry in found:
                click.echo(json.dumps(_timed(entry, zone), ensure_ascii=False))
            return
        seen, latest = newest(found, last)
    table(
        ("SET ASIDE", "RECORD", "REASON", "DETAIL"),
        ((local(e.set_aside_ms, zone), printable(str(e.place)), printable(e.reason), printable(e.detail)) for e in latest),
    )
    click.echo(f"{len(latest)} of {seen:,}" + (f"; --last {seen} or --json for all" if seen > len(latest) else ""), err=True)


@command.command("show", epilog="Example: nhip quarantine show syt.ho_tich.public.khai_sinh/0/1234")
@click.argument("place", metavar="TOPIC/PARTITION/OFFSET")
@click.option("--json", "wants_json", is_flag=True, help="everything as JSON")
def show(place: str, *, wants_json: bool) -> None:
    """Show one record: its masked excerpt, what its reason means, and what to do.

    Reads the quarantine topic to find it. A point that InfluxDB refused came from no record: it is named by its own place in quarantine.
    """
    try:
        asked = parse_place(place)
    except ValueError as error:
        raise UserError(str(error)) from None
    zone = common.catalogue().timezone
    with _quarantine() as (read, read_at):
        times, found = 0, None
        for entry in read_at(asked) or (e for e in read(Wanted()) if e.place == asked):
            times, found = times + 1, entry if found is None or entry.set_aside_ms >= found.set_aside_ms else found
    if found is None:
        raise UserError(f"{place} is not in quarantine (any more); `nhip quarantine list` shows what is")
    if wants_json:
        remedy = REMEDIES.get(found.reason)
        told = {"means": remedy and remedy.happened, "mend": remedy and remedy.mend, "times": times}
        click.echo(json.dumps(_timed(found, zone) | told, ensure_ascii=False, indent=1))
        return
    for line in explain(found, times, zone):
        click.echo(line)


@command.command("counts", epilog="Example: nhip quarantine counts --since 7d")
@_filters
@click.option("--json", "wants_json", is_flag=True, help="the counts as JSON")
def counts(since: str | None, topic: str | None, reason: str | None, *, wants_json: bool) -> None:
    """Count what was set aside by reason, most first, with what to do about each."""
    zone, tally = common.catalogue().timezone, Tally()
    wanted = _wanted(since, topic, reason, zone)
    with _quarantine() as (read, _):
        for entry in read(wanted):
            tally.add(entry)
    if wants_json:
        told = [c | {"first_at": local(c["first_ms"], zone), "last_at": local(c["last_ms"], zone)} for c in tally.as_json()]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    rows = ((c["reason"], c["records"], local(c["first_ms"], zone), local(c["last_ms"], zone), c["mend"]) for c in tally.as_json())
    table(("REASON", "RECORDS", "FIRST", "LAST", "WHAT TO DO"), rows, right=frozenset({"RECORDS"}))
    click.echo(f"{tally.total:,} set aside", err=True)


@command.command("replay", epilog="Example: nhip quarantine replay --reason unknown_unit --since 7d")
@_filters
@click.option("--yes", is_flag=True, help="do not ask before anything is sent")
def replay_(since: str | None, topic: str | None, reason: str | None, *, yes: bool) -> None:
    """Replay what was set aside, after a contract, a code list or a suite was mended.

    Counts the datasets concerned anew, from the window of the first of these records on: see `nhip replay`. So nothing is counted twice,
    however often this is run. Restart the workers with the mended catalogue first. Shows what was found, and asks, before anything is sent.
    """
    catalogue, chosen = common.catalogue(), settings.load()
    with _quarantine() as (read, _):
        found = again(read(_wanted(since, topic, reason, catalogue.timezone)), catalogue)
    for why, n in found.left.items():
        click.echo(f"left: {n:,} {why}")
    if found.from_ms is None:
        click.echo("nothing of this can be replayed")
        return
    click.echo(f"{found.entries:,} set aside, of {', '.join(sorted(found.datasets))}, since {local(found.from_ms, catalogue.timezone)}")
    now_ms, window_ms = clock.now_ms(), chosen.window_seconds * 1000
    times = replay.Times(replay.window_of(found.from_ms, window_ms), replay.closed_until(now_ms, window_ms), now_ms)
    perform(chosen, catalogue, Asked(tuple(sorted(found.datasets)), times, clamps=True), yes=yes)


@contextmanager
def _quarantine() -> Iterator[tuple[Read, Callable[[Place], list[Entry]]]]:
    """How to read the entries that are asked for, and how to read one record of the quarantine topic.

    What Nhịp did not write is counted on standard error.
    """
    chosen = settings.load()
    topic, foreign = Names.of(chosen.app_id).quarantine, count()
    with asking(), clients.reader(chosen) as consumer:

        def ours(found: Iterator[Entry | Unreadable]) -> Iterator[Entry]:
            for one in found:
                if isinstance(one, Entry):
                    yield one
                else:
                    next(foreign)

        def read(wanted: Wanted) -> Iterator[Entry]:
            return filter(wanted.takes, ours(topic_of_quarantine.read(consumer, topic, wanted.since_ms)))

        def read_at(place: Place) -> list[Entry]:
            return list(ours(iter(topic_of_quarantine.read_at(consumer, place)))) if place.topic == topic else []

        try:
            yield read, read_at
        except NoQuarantine as error:
            shown = UserError(str(error))
            shown.exit_code = Exit.FAILED
            raise shown from None
    if skipped := next(foreign):
        click.echo(f"{skipped:,} lines of {topic} were not written by Nhịp and are left out", err=True)


def _wanted(since_text: str | None, topic: str | None, reason: str | None, zone: tzinfo) -> Wanted:
    return Wanted(reason, topic, None if since_text is None else since(since_text, zone, clock.now_ms()))


def newest(found: Iterator[Entry], most: int) -> tuple[int, list[Entry]]:
    """How many there are, and the latest `most` of them in order of time; no more than these are held."""
    held: list[tuple[int, int, Entry]] = []
    seen = 0
    for entry in found:
        keep = heapq.heappush if len(held) < most else heapq.heappushpop
        keep(held, (entry.set_aside_ms, seen, entry))
        seen += 1
    return seen, [entry for _, _, entry in sorted(held)]


def _timed(entry: Entry, zone: tzinfo) -> dict[str, Any]:
    """An entry as JSON with its times also as the province's."""
    told = {name: printable(value) if isinstance(value, str) else value for name, value in as_json(entry).items()}
    written = None if entry.timestamp_ms is None else local(entry.timestamp_ms, zone)
    return told | {"set_aside_at": local(entry.set_aside_ms, zone), "written_at": written}


def explain(entry: Entry, times: int, zone: tzinfo) -> Iterator[str]:
    """One entry for reading."""
    yield bold(printable(str(entry.place)))
    if entry.timestamp_ms is not None:
        yield f"  written    {local(entry.timestamp_ms, zone)}"
    yield f"  set aside  {local(entry.set_aside_ms, zone)}" + (f", the last of {times} times" if times > 1 else "")
    yield f"  reason     {printable(entry.reason)}"
    if entry.detail:
        yield f"  detail     {printable(entry.detail)}"
    if remedy := REMEDIES.get(entry.reason):
        yield f"  means      {remedy.happened}"
        yield f"  what to do {remedy.mend}"
    yield bold("masked excerpt")
    yield from ("  " + printable(line) for line in _pretty(entry.excerpt).splitlines())


def _pretty(excerpt: str) -> str:
    """JSON text over several lines; other text as it is."""
    try:
        return json.dumps(json.loads(excerpt), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return excerpt
