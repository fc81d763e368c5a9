"""What every page is framed by: the reader's language and choices, links that keep them, and the banners that come first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import quote, urlencode

import msgspec

from alerts.words import STATUSES, Language
from expectations.catalogue.load import Catalogue
from expectations.catalogue.units import Dataset, Unit
from expectations.quality.suite import Check
from streams.board.forms import Forms
from streams.board.text import words
from streams.board.view import BoardView, FeedView

LANGUAGES: tuple[Language, ...] = ("vi", "en")
UNKNOWN = "unknown"


class Desk(msgspec.Struct, frozen=True):
    """What the application knows. A page whose last tick is older than `halted_after_ms` says that its figures have stopped."""

    board: BoardView
    catalogue: Catalogue
    language: Language
    refresh_seconds: int
    now_ms: Callable[[], int]
    halted_after_ms: int
    checks: Mapping[str, Sequence[Check]]
    style_version: str


class Banner(msgspec.Struct, frozen=True):
    """Something the reader must know before the figures."""

    title: str
    text: str


class Site:
    """One request's frame: all that a page needs beside its own figures. Plain values, so that a page can be made off the event loop."""

    def __init__(self, desk: Desk, path: str, query: Iterable[tuple[str, str]], json: str | None = None) -> None:
        self.path, self.query = path, dict(query)
        self.catalogue, self.checks, self.style_version = desk.catalogue, desk.checks, desk.style_version
        self._own_language = desk.language
        self.language: Language = next((known for known in LANGUAGES if known == self.query.get("lang")), desk.language)
        self.refresh_seconds = 0 if self.query.get("refresh") == "0" else desk.refresh_seconds
        self.now_ms, self.as_of_ms = desk.now_ms(), desk.board.as_of_ms
        self.forms = Forms(self.language, desk.catalogue.timezone)
        self.t = words(self.language)
        self._halted_after_ms = desk.halted_after_ms
        self.banners: list[Banner] = []
        self.json = json

    def href(self, path: str, **choices: str | None) -> str:
        """Return a link to a path of this site that keeps the reader's language and whether pages renew themselves."""
        kept = {"lang": self.language if self.language != self._own_language else None, "refresh": self.query.get("refresh")}
        chosen = {name: value for name, value in (kept | choices).items() if value}
        return path + ("?" + urlencode(chosen) if chosen else "")

    def here(self, **choices: str | None) -> str:
        """Return a link to this page with some choices changed; None drops one."""
        return self.href(quote(self.path), **(self.query | choices))

    def unit_href(self, unit: str) -> str:
        """Return the link to a unit's page."""
        return self.href(f"/units/{quote(unit, safe='')}")

    def feed_href(self, unit: str, dataset: str) -> str:
        """Return the link to a feed's page."""
        return self.href(f"/feeds/{quote(unit, safe='')}/{quote(dataset, safe='')}")

    def name(self, named: Unit | Dataset) -> str:
        """Return the name in the reader's language."""
        return named.name_en if self.language == "en" else named.name_vi

    def status(self, feed: FeedView) -> str:
        """Return the feed's status; `unknown` while it has not been judged."""
        return UNKNOWN if feed.verdict is None else str(feed.verdict.status)

    def word(self, status: str) -> str:
        """Return the word for a status."""
        return STATUSES[status].of(self.language)

    def periods(self, count: int) -> str:
        """Return `9 kỳ`; empty for 0."""
        if count == 1:
            return self.t["one_period"]
        return self.t["periods"].format(count=self.forms.count(count)) if count else ""

    def periods_behind(self, feed: FeedView) -> int:
        """Return by how many periods a feed is behind: 0 when it owes an age and no periods, of which its deadline tells."""
        continuous = self.catalogue.schedules[feed.dataset].continuous
        return 0 if feed.verdict is None or continuous else feed.verdict.periods_behind

    def behind(self, feed: FeedView) -> str:
        """Return the same in words; empty for 0."""
        return self.periods(self.periods_behind(feed))

    @property
    def place(self) -> str:
        """The province's name."""
        return self.catalogue.name_en if self.language == "en" else self.catalogue.name_vi

    @property
    def home(self) -> str:
        """The overview."""
        return self.href("/")

    @property
    def other_language(self) -> str:
        """The same page in the other language."""
        other = "vi" if self.language == "en" else "en"
        return self.href(quote(self.path), **(self.query | {"lang": other}))

    @property
    def toggle_refresh(self) -> str:
        """The same page, renewing itself or no longer."""
        return self.here(refresh="0" if self.refresh_seconds else None)

    @property
    def as_of(self) -> str:
        """The instant of the last judgement."""
        return "" if self.as_of_ms is None else self.forms.instant(self.as_of_ms)

    @property
    def as_of_iso(self) -> str | None:
        """The same for machines."""
        return self.forms.iso(self.as_of_ms)

    def warn(self, feeds: Iterable[FeedView]) -> None:
        """Set the banners: Nhịp starting, halted, or behind. None of them is any unit's fault, and they say so."""
        t, behind = self.t, sum(feed.verdict is not None and feed.verdict.reason == "monitor_behind" for feed in feeds)
        if self.as_of_ms is None:
            self.banners.append(Banner(t["starting_title"], t["starting_text"]))
        elif self.now_ms - self.as_of_ms > self._halted_after_ms:
            self.banners.append(Banner(t["halted_title"].format(at=self.as_of), t["halted_text"].format(contact=self._operations())))
        if behind:
            self.banners.append(
                Banner(t["monitor_title"], t["monitor_text"].format(count=self.forms.count(behind), word=self.word(UNKNOWN)))
            )

    def _operations(self) -> str:
        contact = self.catalogue.operations_contact
        return " · ".join(
            part for part in (contact.name_en if self.language == "en" else contact.name_vi, contact.phone, contact.email) if part
        )
