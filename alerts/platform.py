"""What operations are told of the monitor's own troubles: what is wrong, since when, what it means for units, what to look at."""

from __future__ import annotations

from datetime import tzinfo
from typing import Literal

import msgspec

from alerts import forms
from alerts.message import Message, Recipient, one_line
from alerts.sentences import SENTENCES
from alerts.transition import Transition
from alerts.words import Language, Word

WHAT: dict[str, Word] = {
    "reading": Word("Nhịp đọc dữ liệu chậm hơn mức cho phép", "Nhịp reads its sources too slowly"),
    "broker": Word("Kafka đã gián đoạn", "Kafka was away"),
    "connector": Word("bộ kết nối {about} không còn tín hiệu", "connector {about} has no heartbeat"),
    "source": Word("có cơ sở dữ liệu chưa có topic nguồn nào trong Kafka", "some dataset has no source topic in Kafka yet"),
    "clock": Word("đồng hồ của một máy chạy Nhịp sai lệch", "a worker's clock is wrong"),
    "store": Word("kho số liệu (InfluxDB) không ghi được", "the store of points (InfluxDB) takes nothing"),
}
MEANS: dict[str, Word] = {
    "judged": Word(
        "Các luồng dữ liệu liên quan tạm ghi là “chưa xác định”; không gửi cảnh báo cho đơn vị về các luồng đó.",
        "The feeds concerned are “unknown” meanwhile; units are not alerted about them.",
    ),
    "stored": Word(
        "Tình trạng và cảnh báo vẫn đúng; số liệu chờ trong Kafka, biểu đồ chưa có số mới.",
        "Verdicts and alerts stay right; points wait in Kafka, dashboards show nothing new.",
    ),
    "over": Word(
        "Tình trạng được xét lại theo dữ liệu đã nhận, không theo thời gian gián đoạn.",
        "Verdicts are judged anew from the data, not from the outage.",
    ),
}
LOOK: dict[str, Word] = {
    "reading": Word("Xem: nhip lag.", "Look at: nhip lag."),
    "broker": Word("Xem: nhip doctor, nhật ký của Kafka.", "Look at: nhip doctor, Kafka's logs."),
    "connector": Word("Xem: trạng thái bộ kết nối trong Kafka Connect.", "Look at: the connector's state in Kafka Connect."),
    "source": Word(
        "Xem: nhip topics; bộ kết nối đã chạy chưa, topicPattern có khớp không.",
        "Look at: nhip topics; do the connectors run, does topicPattern match.",
    ),
    "clock": Word("Xem: dịch vụ đồng bộ giờ (NTP) trên các máy.", "Look at: the time service (NTP) of the machines."),
    "store": Word("Xem: nhip doctor, nhật ký của InfluxDB.", "Look at: nhip doctor, InfluxDB's logs."),
}
_OPEN = Word("Sự cố giám sát: {what}", "Monitor in trouble: {what}")
_OVER = Word("Đã khắc phục: {what}", "Resolved: {what}")
_SINCE = Word("Từ {at}: {what}.", "Since {at}: {what}.")
_UNTIL = Word("Sự cố đã được khắc phục, ghi nhận lúc {at}.", "This is over, as was seen at {at}.")


class Incident(msgspec.Struct, frozen=True):
    """One trouble that has begun, or is over, as told at `at_ms`. `about` names what it is about, where that needs telling."""

    id: str
    kind: str
    about: str
    stage: Literal["open", "over"]
    since_ms: int
    at_ms: int


def compose_platform(incident: Incident, to: Recipient, *, language: Language, timezone: tzinfo) -> Message:
    """Write the message of one trouble. A repeat says the same."""
    what = WHAT[incident.kind].of(language).format(about=one_line(incident.about))
    subject = (_OPEN if incident.stage == "open" else _OVER).of(language).format(what=what)
    lines = [_SINCE.of(language).format(at=forms.instant(incident.since_ms, timezone, language), what=what)]
    if incident.stage == "open":
        lines += [MEANS["stored" if incident.kind == "store" else "judged"].of(language), LOOK[incident.kind].of(language)]
    else:
        lines.append(_UNTIL.of(language).format(at=forms.instant(incident.at_ms, timezone, language)))
        lines += [MEANS["over"].of(language)] if incident.kind != "store" else []
    greeting = SENTENCES["to"].of(language).format(unit=one_line(to.name_en or to.name_vi if language == "en" else to.name_vi))
    text = "\n\n".join((greeting, "\n".join(lines), SENTENCES["close"].of(language))) + "\n"
    return Message(incident.id, language, subject, text, incident.at_ms, _machine(incident, to))


def _machine(incident: Incident, to: Recipient) -> Transition:
    """The same for machines: a transition of the platform itself."""
    begins = incident.stage == "open"
    return Transition(
        id=incident.id,
        unit=to.unit,
        dataset="",
        old=None if begins else "open",
        new=incident.stage,
        reason=incident.kind,
        at_ms=incident.since_ms if begins else incident.at_ms,
        noticed_ms=incident.at_ms,
        data_through=None,
        expected_through=None,
        periods_behind=0,
        holes=(),
        missing=None,
        due_at_ms=None,
        deadline_ms=None,
        incident=f"{incident.kind}@{incident.since_ms}",
        slices_seen=0,
        slices_expected=0,
    )
