"""One word for one thing, Vietnamese beside English: the same on pages, in messages, on dashboards and in `nhip why`.

The keys are the values in code. `docs/glossary.md` shows these tables and a test keeps them equal.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Language = Literal["vi", "en"]


class Word(msgspec.Struct, frozen=True):
    """A word or short phrase in both languages, NFC, lower case unless it is a name."""

    vi: str
    en: str

    def of(self, language: Language) -> str:
        """The word in one language."""
        return self.vi if language == "vi" else self.en


STATUSES: dict[str, Word] = {
    "fresh": Word("kịp thời", "fresh"),
    "due": Word("đến hạn", "due"),
    "late": Word("chậm", "late"),
    "stale": Word("quá hạn kéo dài", "stale"),
    "never": Word("chưa từng có dữ liệu", "no data so far"),
    "unknown": Word("chưa xác định", "unknown"),
    "suspended": Word("tạm dừng theo dõi", "suspended"),
}

REASONS: dict[str, Word] = {
    "on_time": Word("đúng hạn", "on time"),
    "nothing_due_yet": Word("chưa có kỳ nào đến hạn", "nothing is due yet"),
    "in_grace": Word("đang trong thời gian ân hạn", "in the grace period"),
    "extended": Word("đang được gia hạn", "extended"),
    "promise_broken": Word("đã quá ngày cam kết", "the promised day has passed"),
    "holes": Word("có kỳ còn thiếu", "periods are missing in between"),
    "partial": Word("chưa đủ", "incomplete"),
    "future_dated": Word("dữ liệu gửi đến ghi kỳ ở tương lai nên không được tính", "rows are dated in the future and do not count"),
    "wrong_code": Word(
        "dữ liệu gửi đến mang mã đơn vị không có hiệu lực trong kỳ nên không được tính",
        "rows carry a unit code that was not in force in their period and do not count",
    ),
    "stuck": Word("có hoạt động nhưng không có kỳ mới", "active, but no new period"),
    "silent": Word("không có tín hiệu", "no signal"),
    "never_heard": Word("chưa từng có tín hiệu", "no signal so far"),
    "heard_no_period": Word("có tín hiệu nhưng chưa có kỳ nào đủ dữ liệu", "a signal, but no complete period so far"),
    "monitor_behind": Word("hệ thống giám sát đang chậm", "the monitor itself is behind"),
    "suspended": Word("tạm dừng theo dõi", "suspended"),
}

PROBLEMS: dict[str, Word] = {
    "oversized": Word("bản ghi quá lớn", "the record is too large"),
    "wrong_encoding": Word("không phải UTF-8", "not UTF-8"),
    "too_deep": Word("lồng quá nhiều cấp", "nested too deeply"),
    "undecodable": Word("không đọc được", "cannot be read"),
    "implausible_timestamp": Word("thời điểm ghi không hợp lý", "an implausible timestamp"),
    "unknown_topic": Word("không thuộc hợp đồng dữ liệu nào", "of no contract's topic"),
    "unknown_unit": Word("mã đơn vị không có trong danh mục", "an unknown unit code"),
    "unexpected_unit": Word("đơn vị không phải cập nhật CSDL này", "the unit does not owe the dataset"),
    "missing_period": Word("thiếu kỳ dữ liệu", "no period"),
    "implausible_period": Word("kỳ dữ liệu không hợp lý", "an implausible period"),
    "future_period": Word("kỳ dữ liệu ở tương lai", "a period in the future"),
}
"""Why a record of a source was set aside."""

DECLARATIONS: dict[str, Word] = {
    "nil": Word("báo cáo không phát sinh", "nil return"),
    "extend": Word("gia hạn", "extension"),
    "waive": Word("miễn", "waiver"),
    "ack": Word("xác nhận đã nhận", "acknowledgement"),
    "promise": Word("cam kết", "promise"),
    "suspend": Word("tạm dừng theo dõi", "suspension"),
    "revoke": Word("thu hồi", "revocation"),
}

DIMENSIONS: dict[str, Word] = {
    "dung": Word("đúng", "correctness"),
    "du": Word("đủ", "completeness"),
    "sach": Word("sạch", "cleanliness"),
    "song": Word("sống", "liveness"),
}

CADENCES: dict[str, Word] = {
    "continuous": Word("liên tục", "continuous"),
    "daily": Word("hằng ngày", "daily"),
    "workingDaily": Word("mỗi ngày làm việc", "every working day"),
    "weekly": Word("hằng tuần", "weekly"),
    "tenDaily": Word("mười ngày một kỳ", "every ten days"),
    "monthly": Word("hằng tháng", "monthly"),
    "quarterly": Word("hằng quý", "quarterly"),
    "halfYearly": Word("sáu tháng một kỳ", "half-yearly"),
    "yearly": Word("hằng năm", "yearly"),
}

TIME: dict[str, Word] = {
    "minute": Word("phút", "minute"),
    "hour": Word("giờ", "hour"),
    "workingHour": Word("giờ làm việc", "working hour"),
    "day": Word("ngày", "day"),
    "workingDay": Word("ngày làm việc", "working day"),
    "week": Word("tuần", "week"),
    "month": Word("tháng", "month"),
    "quarter": Word("quý", "quarter"),
    "year": Word("năm", "year"),
}

TERMS: dict[str, Word] = {
    "unit": Word("đơn vị", "unit"),
    "department": Word("sở, ngành", "department"),
    "commune": Word("xã, phường", "commune or ward"),
    "dataset": Word("cơ sở dữ liệu chuyên ngành (CSDL)", "dataset"),
    "feed": Word("luồng dữ liệu", "feed"),
    "indicator": Word("chỉ số", "indicator"),
    "ioc": Word("Trung tâm Giám sát, điều hành thông minh (IOC)", "Intelligent Operations Centre (IOC)"),
    "change_event": Word("sự kiện thay đổi", "change event"),
    "heard_at": Word("tín hiệu gần nhất", "last heard"),
    "changed_at": Word("thay đổi gần nhất", "last changed"),
    "period": Word("kỳ dữ liệu", "period"),
    "ledger": Word("sổ theo dõi kỳ", "ledger"),
    "data_through": Word("đã cập nhật đến hết kỳ", "data through"),
    "expected_through": Word("phải cập nhật đến hết kỳ", "expected through"),
    "periods_behind": Word("số kỳ chậm", "periods behind"),
    "hole": Word("kỳ còn thiếu", "missing period"),
    "deadline": Word("hạn cập nhật", "deadline"),
    "grace": Word("thời gian ân hạn", "grace period"),
    "verdict": Word("tình trạng", "verdict"),
    "reason": Word("lý do", "reason"),
    "transition": Word("chuyển tình trạng", "transition"),
    "suite": Word("bộ kiểm tra chất lượng", "suite"),
    "check": Word("phép kiểm tra", "check"),
    "dimension": Word("tiêu chí", "dimension"),
    "quarantine": Word("vùng cách ly", "quarantine"),
    "alert": Word("cảnh báo", "alert"),
    "reminder": Word("nhắc việc", "reminder"),
    "digest": Word("bản tổng hợp", "digest"),
    "escalation": Word("báo cáo cấp trên", "escalation"),
    "resolved": Word("đã khắc phục", "resolved"),
    "declaration": Word("khai báo của đơn vị", "declaration"),
    "nil_return": Word("báo cáo không phát sinh", "nil return"),
    "extension": Word("gia hạn", "extension"),
    "waiver": Word("miễn", "waiver"),
    "promise": Word("cam kết", "promise"),
    "acknowledge": Word("xác nhận đã nhận", "acknowledgement"),
    "silence": Word("tạm ngừng nhắc", "silence"),
}

CHANNELS: dict[str, Word] = {
    "email": Word("thư điện tử", "e-mail"),
    "webhook": Word("webhook", "webhook"),
    "outbox": Word("thư mục thông báo", "the outbox folder"),
}

TABLES: dict[str, dict[str, Word]] = {
    "terms": TERMS,
    "statuses": STATUSES,
    "reasons": REASONS,
    "problems": PROBLEMS,
    "declarations": DECLARATIONS,
    "dimensions": DIMENSIONS,
    "cadences": CADENCES,
    "channels": CHANNELS,
    "time": TIME,
}
"""Every table, by its heading in the glossary."""
