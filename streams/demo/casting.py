"""Who plays which trouble."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from streams.demo.play import FILE, PlayError
from streams.demo.stage import Stage
from streams.demo.troubles import TROUBLES
from streams.province.plan import Feed

Cast = dict[str, list[str]]
"""Names of troubles by feed id; a feed that is not there has none."""


def cast(stage: Stage) -> Cast:
    """Give every trouble to its feeds: those that the play names, or the first that fit. Raises PlayError."""
    said, feeds = stage.play.troubles, stage.world.feeds
    found: Cast = {}
    for name, feed in _named(stage, feeds, said) if said else _first_that_fit(stage, feeds):
        found.setdefault(feed.id, []).append(name)
    return found


def _named(stage: Stage, feeds: Sequence[Feed], said: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, Feed]]:
    taken: dict[str, str] = {}
    for name, patterns in said.items():
        if name not in TROUBLES:
            raise PlayError(f"{FILE}: troubles: unknown trouble {name!r}; allowed: {', '.join(TROUBLES)}")
        for pattern in patterns:
            for feed in _matching(stage, feeds, name, pattern):
                if TROUBLES[name].course is not None and taken.setdefault(feed.id, name) != name:
                    raise PlayError(
                        f"{FILE}: troubles.{name}: {feed.id} has the trouble {taken[feed.id]!r} already; only one can decide its verdict"
                    )
                yield name, feed


def _matching(stage: Stage, feeds: Sequence[Feed], name: str, pattern: str) -> list[Feed]:
    """The feeds of a pattern that can have the trouble by now: early in a year, no second year may be due yet."""
    meant = [feed for feed in feeds if fnmatchcase(feed.id, pattern)]
    if not meant:
        raise PlayError(f"{FILE}: troubles.{name}: {pattern!r} is no feed; write UNIT/DATASET as the catalogue has them, with * for any")
    return [feed for feed in meant if TROUBLES[name].fits(feed, stage)]


def _first_that_fit(stage: Stage, feeds: Sequence[Feed]) -> Iterator[tuple[str, Feed]]:
    """A feed has one trouble here. What befalls a whole unit takes the first free one; units without any trouble come first."""
    used: set[str] = set()
    for name, trouble in TROUBLES.items():
        free = [feed for feed in feeds if feed.id not in used and trouble.fits(feed, stage)]
        if free:
            busy = {feed_id.split("/")[0] for feed_id in used}
            first = min(free, key=lambda feed: feed.unit in busy)
            chosen = [feed for feed in free if feed.unit == first.unit] if trouble.whole_unit else [first]
            used.update(feed.id for feed in chosen)
            yield from ((name, feed) for feed in chosen)
