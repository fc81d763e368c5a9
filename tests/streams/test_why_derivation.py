"""`nhip why` on every kind of trouble: the steps that a unit's officer reads, in both languages."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import msgspec
import pytest
from aiohttp.test_utils import TestClient, TestServer

from expectations.freshness.terms import Due, Rule, Span
from streams.board.derivation import TEXT
from streams.board.site import make_app
from streams.board.view import BoardView
from streams.changes.refusals import FUTURE, WRONG_CODE
from streams.changes.wire import Message, Row
from streams.cli.why import explain
from tests.streams import board_scene
from tests.streams.feeds_scene import FEED, HOUR_MS, NOW, Scene, changes, monthly, months, row, tick
from tests.streams.test_feeds_refused import usual_scene, volumes

DAY_MS = 24 * HOUR_MS


async def fetched(board: BoardView, catalogue: Any, feed: str, lang: str, now_ms: int) -> list[str]:
    """The lines that `nhip why` prints of a feed."""
    async with TestClient(TestServer(make_app(board, catalogue, now_ms=lambda: now_ms))) as client:
        response = await client.get(f"/api/feeds/{feed}", params={"lang": lang})
        return list(explain(await response.json()))


async def why(scene: Scene, lang: str = "vi", now_ms: int = NOW) -> str:
    """What is told of the scene's one feed."""
    board = BoardView(scene.catalogue)
    for key, bucket in scene.table.items():
        board.update_bucket(0, key, bucket)
    board.tick(now_ms)
    return "\n".join(await fetched(board, scene.catalogue, FEED, lang, now_ms))


def scene_of(*messages: Message, **terms: Any) -> Scene:
    dataset = monthly()
    scene = Scene(msgspec.structs.replace(dataset, terms=msgspec.structs.replace(dataset.terms, **terms)))
    scene.after(*messages, tick())
    return scene


def refused(why_: str) -> Row:
    return Row(99, why_, NOW - 60_000, NOW - 60_000)


EXAMPLE = {
    "stuck": (board_scene.STUCK, "Có hoạt động nhưng không có kỳ mới", "Active, but no new period"),
    "silent": (board_scene.SILENT, "Không có tín hiệu từ 16:20 ngày 09/01/2025", "No signal since 16:20 on 9 January 2025"),
    "never": (board_scene.NEVER, "Chưa từng có tín hiệu nào.", "Nothing has ever been heard."),
    "a hole": (
        board_scene.HOLES,
        "Các kỳ còn thiếu ở giữa: tháng 06/2025, tháng 07/2025.",
        "Periods missing in between: June 2025, July 2025.",
    ),
    "partial": (
        board_scene.PARTIAL,
        "Đã có 41/96 xã, phường, cần ít nhất 87; chưa có: ",
        "41 of 96 communes and wards, of which 87 are needed",
    ),
    "the monitor behind": (board_scene.BEHIND_MONITOR, "không phải lỗi của đơn vị", "the unit is not at fault"),
    "suspended": (board_scene.SUSPENDED, "Tạm dừng theo dõi; không tính là chậm.", "Watching is suspended; nothing counts as overdue."),
    "not judged yet": (board_scene.UNHEARD, "Nhịp chưa xét luồng dữ liệu này.", "Nhịp has not judged this feed yet."),
    "continuous": (("25486", "ho-tich"), "dữ liệu không cũ quá 3 ngày làm việc", "data no older than 3 working days"),
}


@pytest.mark.parametrize(("feed", "vi", "en"), EXAMPLE.values(), ids=EXAMPLE)
async def test_every_kind_of_trouble_is_explained_in_both_languages(feed: tuple[str, str], vi: str, en: str) -> None:
    for lang, sentence in (("vi", vi), ("en", en)):
        told = await fetched(board_scene.board(), board_scene.catalogue(), "/".join(feed), lang, board_scene.NOW_MS)
        assert any(sentence in line for line in told), told
        assert not [line for line in told if re.search(r"\{|None|_ms\b|–", line)], "no hole in a sentence"


async def test_the_deadline_is_reckoned_day_by_day() -> None:
    told = await fetched(board_scene.board(), board_scene.catalogue(), "/".join(board_scene.STUCK), "vi", board_scene.NOW_MS)
    at = told.index("[bold]Cách tính hạn của tháng 01/2025[/]")
    assert [line.strip() for line in told[at + 1 : at + 6]] == [
        "Kỳ kết thúc hết ngày 31/01/2025.",
        "Hạn theo hợp đồng dữ liệu nguoi-co-cong bản 1.0.0: ngày làm việc thứ 5 sau khi hết kỳ.",
        "Ngày nghỉ không tính là ngày làm việc: "
        + ", ".join(["01/02/2025 (Mùng bốn Tết Nguyên Đán)", *(f"{day}/02/2025 (cuối tuần)" for day in ("02", "08", "09"))])
        + ".",
        "Đến hạn: hết ngày 07/02/2025.",
        "Thêm thời gian ân hạn 2 ngày làm việc. Hạn cuối: hết ngày 11/02/2025; sau đó là quá hạn.",
    ]
    assert (
        "  Nếu không có dữ liệu mới, từ 00:00 ngày 12/11/2025: quá hạn kéo dài (có hoạt động nhưng không có kỳ mới); số kỳ chậm: 10."
        in told
    )


SLIPS = {
    FUTURE: (
        "1 dòng ghi kỳ chưa bắt đầu nên không được tính",
        "Rows of a period that has not begun, which do not count: 1,",
        "kiểm tra kỳ ghi trong dữ liệu",
    ),
    WRONG_CODE: (
        "1 dòng mang mã đơn vị không có hiệu lực",
        "Rows with a unit code that was not in force",
        "kiểm tra mã đơn vị hành chính",
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
async def test_rows_that_do_not_count_are_told_with_what_to_check(slip: str) -> None:
    scene = scene_of(changes(*months("2023-12", "2025-07"), refused(slip)))
    vi, en, check = SLIPS[slip]
    told = await why(scene)
    assert vi in told
    assert check in told
    assert en in await why(scene, "en")


async def test_a_feed_in_time_is_told_no_request_and_what_comes_next() -> None:
    told = await why(scene_of(changes(*months("2023-12", "2025-09"))))
    assert "Đúng hạn" in told
    assert "Đề nghị" not in told
    assert re.search(r"Nếu không có dữ liệu mới, từ .*: đến hạn", told)


async def test_a_rule_that_changed_and_the_laws_deadline_are_named() -> None:
    change = Rule(date(2025, 8, 1), Due("dayOfMonth", 7), Span(1, "day"), Due("dayOfMonth", 12))
    told = await why(scene_of(changes(*months("2023-12", "2025-07")), changes=(change,)))
    assert "Quy định này áp dụng cho các kỳ bắt đầu từ ngày 01/08/2025." in told
    assert "ngày 7 đầu tiên sau khi hết kỳ" in told
    assert "Hạn theo quy định pháp luật: hết ngày 12/09/2025." in told
    before = await why(scene_of(changes(*months("2023-12", "2025-06")), changes=(change,)))
    assert "Quy định này áp dụng" not in before, "July still stands under the old rule"


async def test_a_thin_period_says_how_many_rows_are_usual() -> None:
    scene = usual_scene()
    year = {f"2024-{n:02d}": 40 for n in range(1, 13)} | {"2023-12": 40}
    scene.after(changes(*volumes(year | {"2025-01": 3})), tick())
    told = await why(scene)
    assert "Tháng 01/2025: đã nhận 3 dòng" in told
    assert "Số dòng khác nhau: 3, cần ít nhất 20." in told
    assert "số dòng thường có của chính đơn vị" in told


async def test_a_correction_is_told() -> None:
    scene = usual_scene()
    year = {f"2024-{n:02d}": 20 for n in range(1, 13)} | {"2023-12": 20}
    scene.after(changes(*volumes(year | {"2025-01": 12})), tick())
    assert "Điều chỉnh" not in await why(scene)
    later = [msgspec.structs.replace(one, offset=1_000 + n) for n, one in enumerate(volumes(dict.fromkeys(year, 40)))]
    scene.after(changes(*later), tick(NOW + 1))
    assert "mức đã đủ lùi từ tháng 01/2025 về tháng 12/2024" in await why(scene)
    assert "what was complete went back from January 2025 to December 2024" in await why(scene, "en")


async def test_no_value_of_a_row_is_ever_told() -> None:
    secret = b'{"ho_ten": "Nguyen Van An"}'
    scene = scene_of(changes(msgspec.structs.replace(row(0), after=secret, key=987_654_321)))
    told = await why(scene)
    assert "987654321" not in told
    assert "Nguyen" not in told


def test_every_sentence_has_both_languages_with_the_same_things_filled_in() -> None:
    for vi, en in TEXT.values():
        assert set(re.findall(r"\{(\w+)\}", vi)) == set(re.findall(r"\{(\w+)\}", en))
