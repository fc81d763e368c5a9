"""Transitions into messages: the names and addresses of the catalogue around what `alerts` has to say."""

from __future__ import annotations

from alerts.message import Message, Recipient, Subject, compose
from alerts.platform import Incident, compose_platform
from alerts.transition import Transition
from expectations.catalogue.load import Catalogue
from streams import clock
from streams.operations import OPERATIONS, News
from streams.settings import Settings


class Letters:
    """Composes the message of a transition in the language of the settings, or else of the catalogue."""

    def __init__(self, catalogue: Catalogue, settings: Settings) -> None:
        self._catalogue, self._settings = catalogue, settings
        self._language = settings.language or catalogue.language

    def compose(self, change: Transition) -> tuple[Message, Recipient]:
        """The message for the unit of `change`, and whom it goes to."""
        catalogue = self._catalogue
        unit, dataset = catalogue.units[change.unit], catalogue.datasets[change.dataset]
        owner = catalogue.units[dataset.owner]
        recipient = Recipient(unit=unit.id, name_vi=unit.name_vi, name_en=unit.name_en, email=unit.email)
        about = Subject(dataset.name_vi, dataset.name_en, owner.name_vi, owner.name_en)
        message = compose(
            change,
            recipient,
            about,
            language=self._language,
            timezone=catalogue.timezone,
            now_ms=clock.now_ms(),
            contact=self._contact(),
            page_url=self._page(change),
        )
        return message, recipient

    def compose_news(self, news: News) -> tuple[Message, Recipient]:
        """The message of a trouble of the monitor's own, for operations."""
        catalogue, trouble = self._catalogue, news.trouble
        asked = catalogue.operations_contact
        to = Recipient(unit=OPERATIONS, name_vi=asked.name_vi, name_en=asked.name_en, email=asked.email)
        incident = Incident(news.id, str(trouble.kind), trouble.about, news.stage, trouble.since_ms, news.at_ms)
        return compose_platform(incident, to, language=self._language, timezone=catalogue.timezone), to

    def _contact(self) -> str:
        asked = self._catalogue.operations_contact
        name = asked.name_en if self._language == "en" else asked.name_vi
        return ", ".join(part for part in (name, asked.email, asked.phone) if part)

    def _page(self, change: Transition) -> str:
        base = self._settings.page_url
        return f"{base.rstrip('/')}/feeds/{change.unit}/{change.dataset}" if base else ""
