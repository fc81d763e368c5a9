"""A transition becomes the text that a unit reads: what, until when, what is missing, what to do, whom to ask. No value of any row."""

from __future__ import annotations

import unicodedata
from datetime import tzinfo

import msgspec

from alerts import forms
from alerts.sentences import CHECKS, SENTENCES
from alerts.transition import Transition
from alerts.words import REASONS, STATUSES, Language

HOLES_SHOWN = 6
COMMUNES = ("xã ", "phường ", "đặc khu ", "thị trấn ")


class Recipient(msgspec.Struct, frozen=True):
    """A unit as the one who is written to. Without an address a channel does not reach it."""

    unit: str
    name_vi: str
    name_en: str = ""
    email: str = ""
    webhook: str = ""


class Subject(msgspec.Struct, frozen=True):
    """The dataset that a message is about, the department that owns it, and what its slices are called."""

    name_vi: str
    name_en: str = ""
    owner_vi: str = ""
    owner_en: str = ""
    slices_vi: str = "xã, phường"
    slices_en: str = "communes and wards"


class Message(msgspec.Struct, frozen=True):
    """What one channel sends: text for people, the transition for machines. `id` is the transition's; `written_ms` dates the message."""

    id: str
    language: Language
    subject: str
    text: str
    written_ms: int
    transition: Transition


def compose(
    transition: Transition,
    recipient: Recipient,
    about: Subject,
    *,
    language: Language,
    timezone: tzinfo,
    now_ms: int,
    contact: str = "",
    page_url: str = "",
) -> Message:
    """Write the message for one transition. The text depends on everything but `now_ms`, so a repeat says the same."""
    writer = _Writer(transition, recipient, about, language, timezone)
    paragraphs = [[writer.to()], writer.facts(), writer.requests(), writer.help(contact, page_url), [writer.say("close")]]
    text = "\n\n".join("\n".join(lines) for lines in paragraphs if lines)
    return Message(transition.id, language, writer.subject(), text + "\n", now_ms, transition)


def one_line(text: str) -> str:
    """Text as one NFC line without control characters: fit for a mail header."""
    printable = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", text))
    return " ".join(printable.split())


class _Writer:
    """The sentences of one message."""

    def __init__(self, transition: Transition, recipient: Recipient, about: Subject, language: Language, timezone: tzinfo) -> None:
        self._t, self._recipient, self._about = transition, recipient, about
        self._language, self._timezone = language, timezone
        self._continuous = forms.is_instant(transition.data_through or transition.expected_through or transition.missing or "")

    def say(self, name: str, **filled: str) -> str:
        return SENTENCES[name].of(self._language).format(**filled)

    def subject(self) -> str:
        return self.say(f"subject_{self._kind()}", **self._current())

    def to(self) -> str:
        vi = one_line(self._recipient.name_vi)
        name = self._name(self._recipient.name_vi, self._recipient.name_en)
        if vi.lower().startswith(COMMUNES):
            name = name[0].lower() + name[1:] if name == vi else name
            name = self.say("to_commune", unit=name)
        return self.say("to", unit=name)

    def facts(self) -> list[str]:
        """What is known: current to when, the verdict and why, what was due when."""
        lines = [self.say(self._kind(), **self._current()), self._state()]
        if self._t.due_at_ms is not None:
            lines.append(self._due())
        if len(self._t.holes) > 1:
            lines.append(self.say("holes", holes=self._holes()))
        if self._t.expected_through and not self._continuous and self._t.expected_through != self._t.missing:
            lines.append(self.say("expected", expected=self._period(self._t.expected_through)))
        return lines + self._declared()

    def _declared(self) -> list[str]:
        """What the unit has stated, or was granted."""
        lines = [
            self.say(name, periods=self._newest(listed)) for name, listed in (("nil", self._t.nil), ("waived", self._t.waived)) if listed
        ]
        if self._t.extended_until_ms is not None:
            lines.append(self.say("extended", until=self._until(self._t.extended_until_ms)))
        if self._t.acknowledged_ms is not None:
            lines.append(self.say("acknowledged", at=forms.instant(self._t.acknowledged_ms, self._timezone, self._language)))
        if self._t.promised_ms is not None and self._t.promise_broken:
            lines.append(self.say("promised", until=self._until(self._t.promised_ms)))
        return lines

    def requests(self) -> list[str]:
        """What the unit is asked to do."""
        lines = [self._ask()]
        if self._t.reason in CHECKS and not self._t.slices_seen:
            lines.append(self.say(CHECKS[self._t.reason]))
        return lines

    def help(self, contact: str, page_url: str) -> list[str]:
        """Whose dataset it is, whom to ask and where to look."""
        owner = self._name(self._about.owner_vi, self._about.owner_en)
        lines = [self.say("owner", owner=owner)] if owner and self._about.owner_vi != self._recipient.name_vi else []
        if contact:
            lines.append(self.say("contact", contact=one_line(contact)))
        if page_url:
            lines.append(self.say("page", url=one_line(page_url)))
        return lines

    def _kind(self) -> str:
        """Which sentence says how far the data reach: an instant or a period, or how they do not reach any."""
        if self._t.data_through is not None:
            return "instant" if self._continuous else "through"
        if self._continuous:
            return "no_instant"
        return "nothing" if self._t.new == "never" else "gap"

    def _current(self) -> dict[str, str]:
        through = "" if self._t.data_through is None else self._period(self._t.data_through)
        return {"dataset": self._name(self._about.name_vi, self._about.name_en), "through": through, "behind": self._behind()}

    def _behind(self) -> str:
        if self._t.periods_behind == 1:
            return self.say("one_behind")
        count = forms.number(self._t.periods_behind, self._language)
        return self.say("behind", count=count) if self._t.periods_behind else ""

    def _state(self) -> str:
        reason = REASONS[self._t.reason].of(self._language)
        if self._partial() and self._t.slices_expected:
            slices = self._name(self._about.slices_vi, self._about.slices_en)
            reason = self.say("partial", reason=reason, seen=str(self._t.slices_seen), expected=str(self._t.slices_expected), slices=slices)
        return self.say("state", status=STATUSES[self._t.new].of(self._language), reason=reason)

    def _partial(self) -> bool:
        """Whether the first missing period has come in part."""
        return self._t.reason == "partial" or self._t.slices_seen > 0

    def _due(self) -> str:
        grace, due = "", self._until(self._t.due_at_ms or 0)
        if self._t.deadline_ms is not None and self._t.deadline_ms != self._t.due_at_ms:
            grace = self.say("grace", deadline=self._until(self._t.deadline_ms))
        if self._t.missing is None or self._continuous:
            return self.say("due", due=due, grace=grace)
        return self.say("missing", missing=self._period(self._t.missing), due=due, grace=grace)

    def _ask(self) -> str:
        missing, expected = self._t.missing, self._t.expected_through
        if self._continuous or missing is None or expected is None:
            return self.say("ask_now")
        filled = {"missing": self._period(missing), "expected": self._period(expected)}
        if self._t.reason == "holes" or len(self._t.holes) > 1:
            return self.say("ask_holes", **filled)
        if missing == expected:
            return self.say("ask_partial_one" if self._partial() else "ask_one", **filled)
        return self.say("ask_partial" if self._partial() else "ask_range", **filled)

    def _holes(self) -> str:
        shown = ", ".join(self._period(hole) for hole in self._t.holes[:HOLES_SHOWN])
        more = max(self._t.hole_count, len(self._t.holes)) - HOLES_SHOWN
        return self.say("more_holes", holes=shown, count=str(more)) if more > 0 else shown

    def _newest(self, listed: tuple[str, ...]) -> str:
        return ", ".join(self._period(text) for text in listed[-HOLES_SHOWN:])

    def _period(self, text: str) -> str:
        return forms.period(text, self._language)

    def _until(self, at_ms: int) -> str:
        return forms.until(at_ms, self._timezone, self._language)

    def _name(self, vi: str, en: str) -> str:
        return one_line(vi if self._language == "vi" or not en else en)
