"""What operations read of the monitor's own troubles: every kind, both languages, nothing to blame a unit with."""

from __future__ import annotations

from typing import Literal, get_args

import pytest

from alerts import forms
from alerts.message import Message, Recipient
from alerts.platform import WHAT, Incident, compose_platform
from alerts.words import Language
from tests.alerts.examples import HANOI, NOW_MS, midnight_ms

OPERATIONS = Recipient("@operations", "Tổ vận hành IOC", "IOC operations", email="ioc@example.vn")
Stage = Literal["open", "over"]


def told(kind: str, stage: Stage = "open", language: Language = "vi") -> Message:
    incident = Incident(f"x/{kind}:{stage}", kind, "shop1", stage, midnight_ms(2025, 10, 3) + 27_000_000, NOW_MS)
    return compose_platform(incident, OPERATIONS, language=language, timezone=HANOI)


def test_a_connector_without_a_heartbeat_is_told_so() -> None:
    message = told("connector")
    assert message.subject == "Sự cố giám sát: bộ kết nối shop1 không còn tín hiệu"
    assert message.text == (
        "Kính gửi: Tổ vận hành IOC\n\n"
        "Từ 07:30 ngày 03/10/2025: bộ kết nối shop1 không còn tín hiệu.\n"
        "Các luồng dữ liệu liên quan tạm ghi là “chưa xác định”; không gửi cảnh báo cho đơn vị về các luồng đó.\n"
        "Xem: trạng thái bộ kết nối trong Kafka Connect.\n\n"
        "Trân trọng.\n"
    )


def test_a_store_that_is_away_says_that_verdicts_stay_right() -> None:
    assert "Verdicts and alerts stay right" in told("store", language="en").text
    assert "unknown" not in told("store", language="en").text


def test_the_end_says_that_it_is_the_end_and_that_verdicts_come_from_the_data() -> None:
    assert told("broker", "over", "en").text == (
        "To: IOC operations\n\n"
        "Since 07:30 on 3 October 2025: Kafka was away.\n"
        f"This is over, as was seen at {forms.instant(NOW_MS, HANOI, 'en')}.\n"
        "Verdicts are judged anew from the data, not from the outage.\n\n"
        "Kind regards.\n"
    )


def test_the_end_of_what_touched_no_verdict_says_so_little_as_that_it_is_over() -> None:
    text = told("store", "over").text
    assert "Sự cố đã được khắc phục" in text
    assert "xét lại" not in text


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("stage", get_args(Stage))
@pytest.mark.parametrize("kind", WHAT)
def test_every_kind_has_its_words(kind: str, stage: Stage, language: Language) -> None:
    message = told(kind, stage, language)
    assert "{" not in message.subject + message.text
    assert (message.transition.unit, message.transition.reason, message.id) == ("@operations", kind, message.transition.id)
