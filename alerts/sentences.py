"""Every sentence of a message, in both languages. Names in braces are filled in by message.py."""

from __future__ import annotations

from alerts.words import Word

SENTENCES: dict[str, Word] = {
    "to": Word("Kính gửi: {unit}", "To: {unit}"),
    "to_commune": Word("UBND {unit}", "People's Committee of {unit}"),
    "subject_through": Word("{dataset}: mới cập nhật đến hết {through}{behind}", "{dataset}: current only to {through}{behind}"),
    "subject_instant": Word("{dataset}: mới cập nhật đến {through}", "{dataset}: current only to {through}"),
    "subject_nothing": Word("{dataset}: chưa từng có dữ liệu{behind}", "{dataset}: no data so far{behind}"),
    "subject_no_instant": Word("{dataset}: chưa từng có dữ liệu", "{dataset}: no data so far"),
    "subject_gap": Word("{dataset}: còn thiếu từ kỳ đầu tiên{behind}", "{dataset}: missing from the first period on{behind}"),
    "through": Word(
        "Dữ liệu “{dataset}” của đơn vị mới cập nhật đến hết {through}{behind}.",
        "Your data for “{dataset}” are current only to the end of {through}{behind}.",
    ),
    "instant": Word(
        "Dữ liệu “{dataset}” của đơn vị mới cập nhật đến {through}.",
        "Your data for “{dataset}” are current only to {through}.",
    ),
    "nothing": Word(
        "Dữ liệu “{dataset}” của đơn vị chưa từng có kỳ nào đủ{behind}.",
        "Your data for “{dataset}” have no complete period so far{behind}.",
    ),
    "gap": Word(
        "Dữ liệu “{dataset}” của đơn vị còn thiếu từ kỳ đầu tiên phải cập nhật{behind}.",
        "Your data for “{dataset}” are missing from the first required period on{behind}.",
    ),
    "no_instant": Word("Chưa từng có dữ liệu “{dataset}” của đơn vị.", "There are no data of yours for “{dataset}” so far."),
    "behind": Word(", chậm {count} kỳ", ", {count} periods behind"),
    "one_behind": Word(", chậm 1 kỳ", ", 1 period behind"),
    "state": Word("Tình trạng: {status}; {reason}.", "Verdict: {status}; {reason}."),
    "partial": Word("{reason} ({seen}/{expected} {slices})", "{reason} ({seen} of {expected} {slices})"),
    "missing": Word("Kỳ còn thiếu đầu tiên: {missing}; hạn cập nhật: {due}{grace}.", "First missing period: {missing}; due {due}{grace}."),
    "grace": Word(", thời gian ân hạn đến {deadline}", ", at the latest {deadline} (grace)"),
    "due": Word("Hạn cập nhật: {due}{grace}.", "Due {due}{grace}."),
    "holes": Word("Các kỳ còn thiếu: {holes}.", "Missing periods: {holes}."),
    "more_holes": Word("{holes} và {count} kỳ khác", "{holes} and {count} more"),
    "expected": Word("Đến nay phải cập nhật đến hết {expected}.", "By now they must reach the end of {expected}."),
    "ask_one": Word("Đề nghị đơn vị cập nhật dữ liệu {missing}.", "Please bring in the data of {missing}."),
    "ask_range": Word(
        "Đề nghị đơn vị cập nhật dữ liệu từ {missing} đến hết {expected}.",
        "Please bring in the data from {missing} to the end of {expected}.",
    ),
    "ask_partial_one": Word(
        "Đề nghị đơn vị bổ sung phần dữ liệu còn thiếu của {missing}.",
        "Please complete the data of {missing}.",
    ),
    "ask_partial": Word(
        "Đề nghị đơn vị bổ sung phần dữ liệu còn thiếu của {missing} và cập nhật đến hết {expected}.",
        "Please complete the data of {missing} and bring them up to the end of {expected}.",
    ),
    "ask_holes": Word(
        "Đề nghị đơn vị bổ sung dữ liệu các kỳ còn thiếu và cập nhật đến hết {expected}.",
        "Please bring in the missing periods and all data up to the end of {expected}.",
    ),
    "ask_now": Word("Đề nghị đơn vị cập nhật dữ liệu đến thời điểm hiện tại.", "Please bring the data up to the present."),
    "check_link": Word(
        "Đề nghị đơn vị kiểm tra đường truyền và phần mềm gửi dữ liệu.",
        "Please check the connection and the software that sends the data.",
    ),
    "check_period": Word(
        "Đề nghị đơn vị kiểm tra kỳ ghi trong dữ liệu đang gửi.",
        "Please check the period written in the data that are being sent.",
    ),
    "check_code": Word(
        "Đề nghị đơn vị kiểm tra mã đơn vị hành chính trong dữ liệu đang gửi: kỳ nào dùng mã có hiệu lực trong kỳ đó.",
        "Please check the unit code in the data that are being sent: each period takes the code that was in force in it.",
    ),
    "owner": Word("Đơn vị chủ quản cơ sở dữ liệu: {owner}.", "The dataset belongs to: {owner}."),
    "contact": Word("Cần hỗ trợ, xin liên hệ: {contact}.", "For help, ask: {contact}."),
    "page": Word("Chi tiết: {url}", "Details: {url}"),
    "close": Word("Trân trọng.", "Kind regards."),
}

CHECKS: dict[str, str] = {"silent": "check_link", "never_heard": "check_link", "stuck": "check_period", "heard_no_period": "check_period"}
CHECKS |= {"future_dated": "check_period", "wrong_code": "check_code"}
"""What a unit should look at, by reason."""
