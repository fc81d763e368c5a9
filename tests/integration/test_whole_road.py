"""The main job on real services: rows by SQL, PostgreSQL, Debezium, Kafka, `nhip worker`, InfluxDB, SMTP, and what people look at."""

from __future__ import annotations

import json

from tests.integration.road import Road
from tests.integration.road_province import (
    COMMUNES,
    CONTINUOUS,
    DAILY,
    DILIGENT,
    MONTHLY,
    OLD_CODE,
    PUNCTUAL,
    RENUMBERED,
    SECOND_SOURCE,
    STUCK,
)
from tests.integration.road_tables import NAME, NUMBER, ROWS_A_MONTH, months_of

ALL_FEEDS = {(unit, dataset) for unit in COMMUNES for dataset in (MONTHLY, DAILY, CONTINUOUS)}


def test_the_commune_that_ends_in_december_2024_is_stale_and_those_that_go_on_are_fresh(road: Road) -> None:
    """The points are found by InfluxQL; the verdicts differ only where the rows do."""
    feeds = road.settled_freshness()
    assert feeds.keys() == ALL_FEEDS
    stuck = feeds[STUCK, MONTHLY]
    assert (stuck["status"], stuck["status_code"], stuck["data_through"]) == ("stale", "3", "2024-12")
    schedule, expected = road.catalogue.schedules[MONTHLY], stuck["expected_through"]
    assert int(stuck["periods_behind"]) == schedule.parse(expected) - schedule.parse("2024-12") > 0
    assert {feed for feed, point in feeds.items() if point["status"] == "stale"} == {(STUCK, MONTHLY)}
    for unit in (PUNCTUAL, DILIGENT, RENUMBERED):
        assert (feeds[unit, MONTHLY]["status"], feeds[unit, MONTHLY]["data_through"]) == ("fresh", months_of(road.catalogue)[-1])
    for dataset in (DAILY, CONTINUOUS):
        assert {feeds[unit, dataset]["status"] for unit in COMMUNES} == {"fresh"}


def test_every_row_of_the_snapshot_is_counted_once_for_its_commune(road: Road) -> None:
    months = len(months_of(road.catalogue))
    road.settled_freshness()
    assert road.total("snapshots", "volume", DILIGENT, MONTHLY) == ROWS_A_MONTH * months
    assert road.total("snapshots", "volume", RENUMBERED, MONTHLY) == ROWS_A_MONTH * months, f"half of them came under {OLD_CODE}"
    assert road.total("snapshots", "volume", STUCK, MONTHLY) == ROWS_A_MONTH * len(months_of(road.catalogue, last="2024-12"))


def test_the_suite_has_judged_every_row_of_the_snapshot(road: Road) -> None:
    rows = ROWS_A_MONTH * len(months_of(road.catalogue, last="2024-12"))
    road.settled_freshness()
    checks = road.checks(STUCK, MONTHLY)
    assert set(checks.values()) == {rows}
    assert {dimension for _, dimension in checks} == {"dung", "du", "sach"}


def test_the_stuck_unit_has_one_mail_that_says_december_2024_in_vietnamese(road: Road) -> None:
    (letter,) = road.letters_to(STUCK)
    text = letter.get_content()
    assert letter["To"].addresses[0].addr_spec == road.catalogue.units[STUCK].email == "tan-bien@tayninh.example"
    assert letter["Subject"].startswith("CSDL bảo trợ xã hội, trẻ em: mới cập nhật đến hết tháng 12/2024, chậm ")
    assert "Kính gửi: UBND xã Tân Biên" in text
    assert "của đơn vị mới cập nhật đến hết tháng 12/2024" in text
    assert "Kỳ còn thiếu đầu tiên: tháng 01/2025; hạn cập nhật: hết ngày 10/02/2025" in text
    assert "Sở Y tế" in text
    assert NAME not in text


def test_units_whose_data_are_current_get_no_mail(road: Road) -> None:
    road.letters_to(STUCK)
    road.wait_until_drained()
    addressed = {letter["To"].addresses[0].addr_spec for letter in road.letters()}
    assert addressed == {road.catalogue.units[unit].email for unit in (STUCK, SECOND_SOURCE)}


def test_the_json_says_of_every_feed_what_the_points_say(road: Road) -> None:
    points = road.settled_freshness()
    for feed in road.worker.api("/api/feeds"):
        point = points[feed["unit"], feed["dataset"]]
        said = (feed["verdict"], feed["reason"], feed["data_through"] or "", feed["expected_through"] or "", str(feed["periods_behind"]))
        fields = ("status", "reason", "data_through", "expected_through", "periods_behind")
        assert said == tuple(point[name] for name in fields), f"{feed['unit']}/{feed['dataset']}"


def test_the_page_shows_the_month_and_the_text_of_the_mail(road: Road) -> None:
    (letter,) = road.letters_to(STUCK)
    assert "Tân Biên" in road.worker.page("/")
    unit = road.worker.page_with(f"/units/{STUCK}", letter["Subject"])
    feed = road.worker.page(f"/feeds/{STUCK}/{MONTHLY}")
    assert "12/2024" in unit
    assert "của đơn vị mới cập nhật đến hết tháng 12/2024" in feed
    assert not [secret for secret in (NAME, NUMBER) if secret in unit + feed]


def test_status_lists_the_stuck_commune_first_and_as_json_all_feeds(road: Road) -> None:
    road.settled_freshness()
    table = road.worker.run("status")
    feeds = json.loads(road.worker.run("status", "--json").stdout)
    assert table.returncode == 0
    assert next(line for line in table.stdout.splitlines() if "2548" in line or "2549" in line).split()[:2] == [STUCK, MONTHLY]
    assert {(feed["unit"], feed["dataset"]) for feed in feeds} == ALL_FEEDS
    assert [feed["data_through"] for feed in feeds if (feed["unit"], feed["dataset"]) == (STUCK, MONTHLY)] == ["2024-12"]


def test_why_explains_the_stuck_commune(road: Road) -> None:
    road.settled_freshness()
    told = json.loads(road.worker.run("why", f"{STUCK}/{MONTHLY}", "--json").stdout)
    in_words = road.worker.run("why", f"{STUCK}/{MONTHLY}").stdout
    assert (told["verdict"], told["data_through"], told["missing"]) == ("stale", "2024-12", "2025-01")
    assert told["rules"]["min_rows"] == ROWS_A_MONTH
    assert "hết tháng 12/2024" in in_words
    assert "hết ngày 10/02/2025" in in_words


def test_doctor_finds_nothing_to_mend_but_the_worker_that_has_the_page(road: Road) -> None:
    found = road.worker.run("doctor")
    assert found.returncode == 0, found.stdout
    assert "3 source topics match the contracts" in found.stdout
