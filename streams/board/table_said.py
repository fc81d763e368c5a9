"""What is known of a feed's table as it is now, in sentences; the page and `nhip why` say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from expectations.quality.oftable import TableResult
from streams.board.frame import Site
from streams.changes.table_row import LostTable
from streams.feeds.table_state import NO_SNAPSHOT, READING, UNKNOWN_ROW

TEXT: Mapping[str, tuple[str, str]] = {
    "title": ("Bảng dữ liệu hiện tại", "The table as it is now"),
    "table": (
        "Bảng hiện có {rows} dòng; {passed}/{all} phép kiểm tra đạt.",
        "Rows in the table now: {rows}; {passed} of {all} checks passed.",
    ),
    "failed": ("Không đạt: {checks}.", "Failed: {checks}."),
    "undecided": ("Không kết luận được: {checks}.", "No verdict: {checks}."),
    "not_told": ("Chỉ kết luận được trên các dòng đã nhận: {checks}.", "Told of the stream only: {checks}."),
    "stream": (
        "Chưa biết trong bảng hiện có gì: {why}. Kết quả chất lượng là của các dòng đã nhận.",
        "What is in the table is not known: {why}. Quality is told of the stream: the rows that were received.",
    ),
    LostTable.NO_BEFORE: (
        "nguồn không gửi đủ dòng trước khi sửa hoặc xóa (cần REPLICA IDENTITY FULL)",
        "the source does not send whole rows before a change (REPLICA IDENTITY FULL is needed)",
    ),
    LostTable.NOT_SENT: ("nguồn không gửi một giá trị lớn", "the source did not send a large value"),
    LostTable.UNREADABLE: ("có dòng không đọc được", "a row could not be read"),
    LostTable.EMPTIED: ("bảng đã bị xóa toàn bộ (TRUNCATE)", "the table was emptied (TRUNCATE)"),
    LostTable.INCREMENTAL: (
        "nguồn chụp lại bảng từng phần (incremental snapshot), cần chụp lại toàn bộ",
        "the table was read by an incremental snapshot; a whole one is needed",
    ),
    LostTable.NO_POSITION: (
        "nguồn không cho biết dòng thuộc bản chụp nào",
        "the source does not tell of which snapshot a row is",
    ),
    UNKNOWN_ROW: ("có dòng rời bảng mà Nhịp chưa từng nhận", "a row left that had never been received"),
    NO_SNAPSHOT: ("chưa đọc được bản chụp toàn bộ bảng (snapshot)", "no snapshot of the whole table has been read"),
    READING: ("bản chụp mới chưa được đọc ở mọi phân vùng", "a new snapshot has not been read in every partition"),
}


def reasons(*, english: bool) -> dict[str, str]:
    """Why nothing is known of a table: words by their value in points."""
    return {str(why): TEXT[why][english] for why in (*LostTable, UNKNOWN_ROW, NO_SNAPSHOT, READING)}


def title(site: Site) -> str:
    """What the sentences are about."""
    return _say(site, "title")


def sentences(site: Site, found: TableResult | None) -> Iterator[str]:
    """Yield what is known, or why nothing is; nothing where the contract promises no row images."""
    if found is None:
        return
    if found.why:
        yield _say(site, "stream", why=_say(site, found.why))
        return
    passed = sum(one.success is True for one in found.checks)
    yield _say(site, "table", rows=site.forms.count(found.rows), passed=str(passed), all=str(len(found.checks)))
    named = {
        "failed": [one.check for one in found.checks if one.success is False],
        "undecided": [one.check for one in found.checks if one.success is None],
        "not_told": [check.id for check in found.not_told],
    }
    yield from (_say(site, what, checks=", ".join(checks)) for what, checks in named.items() if checks)


def _say(site: Site, name: str, **filled: str) -> str:
    return TEXT[name][site.forms.english].format(**filled)
