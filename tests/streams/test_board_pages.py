"""What people see, told from the HTML alone: verdicts by shape and word, who is behind, the grid and its filter, both languages."""

from __future__ import annotations

import pytest

from alerts.words import STATUSES, Language
from expectations.freshness.verdict import Reason, Status, Verdict
from streams.board.view import BoardView
from streams.feeds.state import FeedState, encode_bucket
from tests.streams import board_scene as scene
from tests.streams.board_client import Open, feed_path, read

pytest_plugins = ("tests.streams.board_client",)
CONTINUOUS_AND_MONTHLY = {"ho-tich": "2024-12-31T12:58+07:00", "lao-dong-viec-lam": "2024-12"}


def with_status(status: Status) -> BoardView:
    """A board on which the stuck feed has the given status."""
    view = BoardView(scene.catalogue())
    verdict = Verdict(status, Reason.STUCK, "2024-12", "2025-09", 9, deadline_ms=scene.NOW_MS - scene.DAY_MS)
    view.update_bucket(0, b"1", encode_bucket({"/".join(scene.STUCK): FeedState(verdict=verdict)}))
    view.tick(scene.NOW_MS)
    return view


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("language", ["vi", "en"])
async def test_a_verdict_is_told_by_shape_and_word_wherever_it_stands(opened: Open, status: Status, language: Language) -> None:
    client = await opened(with_status(status), language=language)
    word = STATUSES[status].of(language)
    href = feed_path(scene.STUCK)
    overview = await read(client, "/")
    cell = next(link for grid in overview.all("div", "grid") for link in grid.all("a") if link.attributes["href"] == href)
    unit = await read(client, f"/units/{scene.STUCK[0]}")
    row = next(row for row in unit.all("tr") if href in [link.attributes["href"] for link in row.all("a")])
    for told in (cell, row, (await read(client, href)).one(cls="verdict")):
        assert [use.attributes["href"] for use in told.all("use")] == [f"#{status}"]
        assert word in told.text
    assert word in [tile.one("span").text for tile in overview.one("ul", "tiles").all("li")]


async def test_the_stuck_commune_leads_the_list_of_who_is_behind(opened: Open) -> None:
    page = await read(await opened(), "/")
    first, second, *_ = page.one("table", "behind").one("tbody").all("tr")
    assert first.text.startswith("Xã Tân Biên CSDL người có công")
    for part in ("đến hết tháng 12/2024", "có hoạt động nhưng không có kỳ mới", "quá hạn kéo dài", "9 kỳ", "11/02/2025"):
        assert part in first.text
    assert "không có tín hiệu" in second.text


async def test_no_periods_are_counted_where_none_are_owed(opened: Open) -> None:
    """A continuous dataset owes an age: how long it is overdue tells."""
    view = BoardView(scene.catalogue())
    verdicts = {dataset: Verdict(Status.STALE, Reason.SILENT, through, None, 117) for dataset, through in CONTINUOUS_AND_MONTHLY.items()}
    states = {f"25486/{dataset}": FeedState(verdict=verdict) for dataset, verdict in verdicts.items()}
    view.update_bucket(0, b"1", encode_bucket(states))
    view.tick(scene.NOW_MS)
    client = await opened(view)
    for path in ("/", "/units/25486"):
        rows = {row.one("a").attributes["href"]: row.text for row in (await read(client, path)).all("tr") if list(row.all("a"))}
        continuous, monthly = (next(rows[href] for href in rows if href and dataset in href) for dataset in CONTINUOUS_AND_MONTHLY)
        assert ("117 kỳ" in continuous, "117 kỳ" in monthly) == (False, True), path
    for dataset, counted in zip(CONTINUOUS_AND_MONTHLY, (False, True), strict=True):
        assert ("117 kỳ" in (await read(client, f"/feeds/25486/{dataset}")).one(cls="facts").text) is counted


async def test_the_list_can_be_ordered_by_periods_and_shown_whole(opened: Open) -> None:
    client = await opened()
    page = await read(client, "/?order=periods&all=1")
    rows = list(page.one("table", "behind").one("tbody").all("tr"))
    told = [row.one("td", "number").text for row in rows]
    behind = [0 if text.startswith("–") else int(text.split()[0]) for text in told]
    assert behind == sorted(behind, reverse=True)
    assert 0 in behind, "a continuous dataset owes an age and no periods"
    overdue = sum(s.verdict is not None and s.verdict.status in ("late", "stale") for s in scene.states().values())
    assert len(rows) == overdue > 12
    assert len(list((await read(client, "/")).one("table", "behind").one("tbody").all("tr"))) == 12


async def test_those_that_never_sent_anything_are_named_apart(opened: Open) -> None:
    page = await read(await opened(), "/")
    assert not [row for row in page.one("table", "behind").all("tr") if "never" in row.classes]
    assert page.one("ul", "lines").one("li", "never").one("use").attributes["href"] == "#never"


async def test_every_unit_and_every_dataset_it_owes_is_in_the_grid(opened: Open) -> None:
    page = await read(await opened(), "/")
    cells = {cell.one("a").attributes["href"] for grid in page.all("div", "grid") for cell in grid.all("td") if cell.children}
    assert cells == {feed_path(feed) for feed in scene.catalogue().feeds()}
    names = [row.one("th").one("a").text for row in list(page.all("div", "grid"))[1].one("tbody").all("tr")]
    assert names[:3] == ["Phường An Tịnh", "Phường Bình Minh", "Phường Gia Lộc"]
    assert names.index("Xã Đông Thành") > names.index("Xã Cần Đước")


async def test_counts_of_the_tiles_add_up_to_all_feeds(opened: Open) -> None:
    page = await read(await opened(), "/")
    counts = [int(tile.one("strong").text) for tile in page.one("ul", "tiles").all("li")]
    assert sum(counts) == len(list(scene.catalogue().feeds()))
    assert all(counts[:3])


@pytest.mark.parametrize(
    ("query", "units", "feeds"),
    [
        pytest.param("q=tan%20bien", 1, 9, id="without diacritics"),
        pytest.param("q=T%C3%82N+BI%C3%8AN", 1, 9, id="in capitals"),
        pytest.param("q=25486", 1, 9, id="by code"),
        pytest.param("q=no-such-unit", 0, 0, id="nothing matches"),
        pytest.param("q=tan%20bien&verdict=stale", 1, 1, id="by verdict"),
        pytest.param("q=tan%20bien&dataset=ho-ngheo", 1, 1, id="by dataset"),
        pytest.param("q=tan%20bien&verdict=nonsense&dataset=nonsense", 1, 9, id="unknown choices choose everything"),
    ],
)
async def test_the_grid_is_filtered_without_javascript(opened: Open, query: str, units: int, feeds: int) -> None:
    page = await read(await opened(), f"/?{query}")
    rows = [row for grid in page.all("div", "grid") for row in grid.one("tbody").all("tr")]
    cells = [cell for row in rows for cell in row.all("td") if cell.children and "other" not in cell.classes]
    assert (len(rows), len(cells)) == (units, feeds)
    assert page.one("input").attributes["name"] == "q"


async def test_a_filter_keeps_the_language_and_what_was_typed(opened: Open) -> None:
    page = await read(await opened(), "/?q=t%C3%A2n&lang=en&refresh=0")
    fields = {field.attributes["name"]: field.attributes["value"] for field in page.one("form").all("input")}
    assert fields == {"lang": "en", "refresh": "0", "q": "tân"}
    links = [link.attributes["href"] for link in page.one("ul", "tiles").all("a")]
    assert all("lang=en" in link and "q=t%C3%A2n" in link for link in links)


async def test_a_reader_changes_the_language_of_every_page(opened: Open) -> None:
    client = await opened()
    for path, vi, en in (
        ("/", "Chỉ mới cập nhật đến…", "Only current to…"),
        (f"/units/{scene.STUCK[0]}", "Cảnh báo đã gửi đơn vị", "Alerts sent to the unit"),
        (feed_path(scene.STUCK), "Quy định áp dụng", "Rules that apply"),
    ):
        page = await read(client, path)
        assert page.one("html").attributes["lang"] == "vi"
        assert vi in page.text
        other = await read(client, page.one("a", "tongue").attributes["href"])
        assert other.one("html").attributes["lang"] == "en"
        assert en in other.text
        assert vi not in other.text


async def test_the_setting_decides_the_language_and_nonsense_changes_nothing(opened: Open) -> None:
    client = await opened(language="en")
    assert (await read(client, "/?lang=fr")).one("html").attributes["lang"] == "en"
    assert (await read(client, "/?lang=vi")).one("html").attributes["lang"] == "vi"


async def test_a_feed_is_explained_by_its_reason_periods_rules_and_alert(opened: Open) -> None:
    page = await read(await opened(), feed_path(scene.STUCK))
    assert "Có hoạt động nhưng không có kỳ mới" in page.one("p", "sentence").text
    periods = {row.one("th").text: row.one("span", "mark").classes for row in page.one("table", "cards").one("tbody").all("tr")}
    assert "complete" in periods["tháng 12/2024"]
    assert "missing" in periods["tháng 01/2025"]
    assert "missing" in periods["tháng 09/2025"]
    assert "open" in periods["tháng 10/2025"]
    assert "01/02/2025 (Mùng bốn Tết Nguyên Đán)" in page.text
    assert "ngày làm việc thứ 5 sau khi hết kỳ" in page.text
    letter = page.one("details").one("pre").text
    assert letter.startswith("Kính gửi: UBND xã Tân Biên")
    assert letter.endswith("Trân trọng.")


async def test_a_feeds_page_tells_what_was_declared_by_whom_and_why(opened: Open) -> None:
    page = await read(await opened(), feed_path(scene.DECLARED))
    assert page.one("p", "sentence").text == "Được gia hạn cập nhật dữ liệu tháng 09/2025 đến hết ngày 31/10/2025."
    (table,) = [section for section in page.all("section") if section.attributes.get("id") == "declarations"]
    rows = [row.text for row in table.one("tbody").all("tr")]
    assert rows[0] == "Gia hạn tháng 09/2025, đến hết 31/10/2025 có hiệu lực Quản trị hệ thống 08:00 13/10/2025 Mất điện"
    assert rows[1].startswith("Cam kết tháng 09/2025, đến hết 20/10/2025 đã thu hồi 08:00 13/10/2025 Xã Tân Châu")
    assert rows[2].endswith("Không có đối tượng <mới>"), "a reason is text, never markup"


async def test_a_feed_without_declarations_has_no_such_table(opened: Open) -> None:
    page = await read(await opened(), feed_path(scene.STUCK))
    assert not [section for section in page.all("section") if section.attributes.get("id") == "declarations"]


async def test_quality_is_told_in_the_four_dimensions_in_their_order(opened: Open) -> None:
    page = await read(await opened(), feed_path(scene.STUCK))
    names = [item.one("span").text for item in page.one("ul", "dimensions").all("li")]
    assert names == ["Đúng", "Đủ", "Sạch", "Sống"]
    assert "so_dinh_danh.match_regex" in page.text


async def test_the_slices_that_an_incomplete_period_lacks_are_named(opened: Open) -> None:
    page = await read(await opened(), feed_path(scene.PARTIAL))
    assert "chưa đủ (41/96 xã, phường)" in page.one("p", "sentence").text
    assert "Dữ liệu tháng 09/2025 còn thiếu của:" in page.text
    assert "và 43 nơi khác" in page.text


async def test_a_feed_of_which_nothing_is_known_is_unknown_and_says_so(opened: Open) -> None:
    page = await read(await opened(), feed_path(scene.UNHEARD))
    assert page.one(cls="verdict").text == "chưa xác định"
    assert page.one("p", "sentence").text == "Nhịp chưa xét luồng dữ liệu này."


async def test_a_units_page_lists_the_worst_first_and_every_alert(opened: Open) -> None:
    page = await read(await opened(), f"/units/{scene.STUCK[0]}")
    first = page.one("table", "behind").one("tbody").one("tr")
    assert first.text.startswith("CSDL người có công quá hạn kéo dài đến hết tháng 12/2024")
    subjects = [letter.one("summary").text for letter in page.all("details")]
    assert any("CSDL người có công: mới cập nhật đến hết tháng 12/2024, chậm 9 kỳ" in subject for subject in subjects)
