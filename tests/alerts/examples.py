"""Transitions, recipients and datasets that the tests of messages and channels share."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from alerts.message import Message, Recipient, Subject, compose
from alerts.transition import Transition
from alerts.words import Language

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
CONTACT = "Tổ vận hành IOC, 0276 000 000, ioc@example.vn"
PAGE = "https://nhip.example.vn/feeds/25486/trong-trot"
NOW_MS = 1_759_449_600_000

COMMUNE = Recipient("25486", "Xã Tân Biên", "Tan Bien Commune", email="tanbien@example.vn")
DEPARTMENT = Recipient("so-y-te", "Sở Y tế", "Department of Health", email="syt@example.vn")
CROPS = Subject(
    "CSDL trồng trọt, chăn nuôi, thủy sản",
    "Crops, livestock and fisheries",
    "Sở Nông nghiệp và Môi trường",
    "Department of Agriculture and Environment",
)


def midnight_ms(year: int, month: int, day: int) -> int:
    """The first instant of a day in Viet Nam."""
    return int(datetime(year, month, day, tzinfo=HANOI).timestamp()) * 1000


STUCK: dict[str, Any] = {
    "id": "25486/trong-trot@1747155600000:stale",
    "unit": "25486",
    "dataset": "trong-trot",
    "old": "late",
    "new": "stale",
    "reason": "stuck",
    "at_ms": 1_747_155_600_000,
    "noticed_ms": NOW_MS,
    "data_through": "2024-12",
    "expected_through": "2025-09",
    "periods_behind": 9,
    "holes": (),
    "missing": "2025-01",
    "due_at_ms": midnight_ms(2025, 2, 11),
    "deadline_ms": midnight_ms(2025, 2, 14),
    "incident": "2025-01",
    "slices_seen": 0,
    "slices_expected": 0,
}


def transition(**changed: Any) -> Transition:
    """The transition of a commune that sends every day and is stuck at December 2024, with some fields changed."""
    return Transition(**{**STUCK, **changed})


def written(
    about: Transition | None = None,
    recipient: Recipient = COMMUNE,
    subject: Subject = CROPS,
    language: Language = "vi",
    contact: str = CONTACT,
) -> Message:
    """The message of a transition as the tests send it."""
    return compose(
        about or transition(), recipient, subject, language=language, timezone=HANOI, now_ms=NOW_MS, contact=contact, page_url=PAGE
    )
