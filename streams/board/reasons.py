"""Why a feed has its status, in one sentence with the evidence in it. Plain and without blame."""

from __future__ import annotations

from collections.abc import Mapping

from alerts.forms import is_instant
from streams.board.forms import Forms
from streams.board.view import FeedView

SENTENCES: Mapping[str | None, tuple[str, str]] = {
    None: ("Nhịp chưa xét luồng dữ liệu này.", "Nhịp has not judged this feed yet."),
    "on_time": ("Đúng hạn: dữ liệu đã đủ {through}.", "On time: data are complete {through}."),
    "nothing_due_yet": ("Chưa có kỳ nào đến hạn.", "Nothing is due yet."),
    "in_grace": (
        "Hạn cập nhật dữ liệu{of} là {due}; đang trong thời gian ân hạn đến {deadline}.",
        "Data{of} were due by {due}; the grace period runs until {deadline}.",
    ),
    "holes": (
        "Còn thiếu {holes} kỳ dù đã có dữ liệu của kỳ sau; kỳ đầu tiên còn thiếu là {missing}, hạn cập nhật: {deadline}.",
        "{holes} periods are missing although later ones have come; the first is {missing}, deadline: {deadline}.",
    ),
    "partial": (
        "Dữ liệu {missing} đã có nhưng chưa đủ{slices}; hạn cập nhật: {deadline}.",
        "Data of {missing} have come but are incomplete{slices}; deadline: {deadline}.",
    ),
    "future_dated": (
        "Có dữ liệu gửi đến (gần nhất lúc {heard}) nhưng ghi kỳ chưa bắt đầu, nên không được tính; dữ liệu {only} {through}.",
        "Rows come (last at {heard}), but of periods that have not begun, so they do not count; data {only} {through}.",
    ),
    "wrong_code": (
        "Có dữ liệu gửi đến (gần nhất lúc {heard}) nhưng mã đơn vị không có hiệu lực trong kỳ nên không tính; dữ liệu {only} {through}.",
        "Rows come (last at {heard}), but their unit's code was not in force in their period; data {only} {through}.",
    ),
    "stuck": (
        "Có hoạt động nhưng không có kỳ mới: tín hiệu gần nhất lúc {heard}, dữ liệu {only} {through}.",
        "Active, but no new period: last heard at {heard}, data {only} {through}.",
    ),
    "silent": ("Không có tín hiệu từ {heard}; dữ liệu {only} {through}.", "No signal since {heard}; data {only} {through}."),
    "never_heard": (
        "Chưa từng có tín hiệu. Hạn cập nhật dữ liệu đầu tiên{of}: {deadline}.",
        "No signal so far. Deadline of the first data{of}: {deadline}.",
    ),
    "heard_no_period": (
        "Có tín hiệu (gần nhất lúc {heard}) nhưng chưa có kỳ nào đủ dữ liệu. Hạn cập nhật dữ liệu đầu tiên{of}: {deadline}.",
        "A signal (last at {heard}), but no complete period so far. Deadline of the first data{of}: {deadline}.",
    ),
    "monitor_behind": (
        "Hệ thống giám sát đang chậm nên chưa thể kết luận; không phải lỗi của đơn vị.",
        "The monitor itself is behind, so nothing can be said yet; the unit is not at fault.",
    ),
    "suspended": ("Tạm dừng theo dõi; không tính là chậm.", "Watching is suspended; nothing counts as overdue."),
}
_OF = (" {}", " of {}")
_SLICES = (" ({seen}/{all} xã, phường)", " ({seen} of {all} communes and wards)")
_NOTHING = ("chưa có kỳ nào", "no period yet")
_ONLY = ("mới cập nhật", "are only current")
_INSTANT = ("đến {}", "to {}")
_PERIOD = ("đến hết {}", "through {}")


def through(forms: Forms, text: str | None) -> str:
    """`đến hết tháng 12/2024`; an instant has no end to reach: `đến 07:30 ngày 03/10/2025`."""
    side = forms.english
    if text is None:
        return _NOTHING[side]
    return (_INSTANT if is_instant(text) else _PERIOD)[side].format(forms.period(text))


def sentence(forms: Forms, feed: FeedView) -> str:
    """Say why the feed has its status, in the reader's language."""
    side = forms.english
    verdict = feed.verdict
    if verdict is None:
        return SENTENCES[None][side]
    slices = _SLICES[side].format(seen=verdict.slices_seen, all=verdict.slices_expected) if verdict.slices_expected else ""
    return SENTENCES[str(verdict.reason)][side].format(
        through=through(forms, verdict.data_through),
        only=_ONLY[side],
        of=_OF[side].format(forms.period(verdict.missing)) if verdict.missing else "",
        missing=forms.period(verdict.missing),
        due=forms.until(verdict.due_at_ms),
        deadline=forms.until(verdict.deadline_ms),
        heard=forms.at(feed.heard_ms),
        holes=forms.count(verdict.hole_count),
        slices=slices,
    )
