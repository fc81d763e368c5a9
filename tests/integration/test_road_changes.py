"""What happens to rows, topics and workers while the road is in use. Each test changes something of its own."""

from __future__ import annotations

import msgspec

from streams.changes.quarantine import Quarantined
from tests.integration.road import Road
from tests.integration.road_offsets import records
from tests.integration.road_province import CONTINUOUS, DAILY, DILIGENT, MONTHLY, PUNCTUAL, SECOND_SOURCE, STUCK
from tests.integration.road_tables import NAME, NUMBER, civil_events, daily_rows, monthly_rows, months_of
from tests.services.clients import eventually

SPREAD = (PUNCTUAL, DILIGENT, STUCK)
BURST = 60
"""Rows of one transaction; many such make the stream in which a worker is killed."""


def events(road: Road, field: str, unit: str, dataset: str) -> int:
    return road.total(field, "volume", unit, dataset)


def test_a_value_outside_the_set_is_unexpected_in_quality_and_its_row_still_counts(road: Road) -> None:
    """Bad is not missing: the month is there, and its quality says so."""
    before = road.checks(PUNCTUAL, MONTHLY, "unexpected")
    road.database(MONTHLY).execute(monthly_rows(PUNCTUAL, ["2026-01"], kind="nguoi_la"))
    wrong = eventually(lambda: _increase(before, road.checks(PUNCTUAL, MONTHLY, "unexpected")), "unexpected rows")
    assert list(wrong.values()) == [3]
    ((check, dimension),) = wrong
    assert ("loai_doi_tuong" in check, dimension) == (True, "sach")
    assert events(road, "inserts", PUNCTUAL, MONTHLY) == 3


def _increase(before: dict[tuple[str, str], int], after: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    return {check: n - before.get(check, 0) for check, n in after.items() if n > before.get(check, 0)}


def test_updates_and_deletes_are_signs_of_life_that_change_no_month(road: Road) -> None:
    """The key holds the commune, so PostgreSQL's delete tells whose row it was."""
    through = road.settled_freshness()[DILIGENT, MONTHLY]["data_through"]
    rows = f"ma_xa = '{DILIGENT}' and ky_bao_cao = '2025-03'"
    road.database(MONTHLY).execute(f"update doi_tuong set muc_tro_cap = 1 where {rows}", f"delete from doi_tuong where {rows}")  # noqa: S608
    eventually(lambda: events(road, "deletes", DILIGENT, MONTHLY) == 3, "deletes")
    feed = road.settled_freshness()[DILIGENT, MONTHLY]
    assert events(road, "updates", DILIGENT, MONTHLY) == 3
    assert (feed["status"], feed["data_through"]) == ("fresh", through)


def test_rows_of_old_months_leave_the_stuck_commune_stuck_but_heard(road: Road) -> None:
    heard = _heard_at(road, STUCK)
    road.database(MONTHLY).execute(monthly_rows(STUCK, ["2024-11", "2024-12"]))
    eventually(lambda: events(road, "inserts", STUCK, MONTHLY) == 6, "inserts")
    eventually(lambda: _heard_at(road, STUCK) > heard, "a later arrival on the page")
    feed = road.settled_freshness()[STUCK, MONTHLY]
    assert (feed["status"], feed["reason"], feed["data_through"]) == ("stale", "stuck", "2024-12")
    assert len(road.letters_to(STUCK)) == 1


def _heard_at(road: Road, unit: str) -> str:
    return str(road.worker.api(f"/api/feeds/{unit}/{MONTHLY}")["heard_at"])


def test_a_unit_that_nobody_knows_is_set_aside_and_nothing_personal_with_it(road: Road) -> None:
    road.database(MONTHLY).execute(monthly_rows("99999", ["2026-01"]), monthly_rows(DILIGENT, ["2026-01"]))
    found = eventually(lambda: records(road.services.kafka, road.names.quarantine), "quarantined record")
    aside = [msgspec.json.decode(line, type=Quarantined) for value in found for line in value.splitlines()]
    assert {(one.topic, str(one.reason)) for one in aside} == {(road.topic(MONTHLY), "unknown_unit")}
    assert len({one.offset for one in aside}) == len(aside)
    assert all('"ma_xa":"99999"' in one.excerpt for one in aside), "the code itself tells what to mend"
    assert not [secret for secret in (NAME, NUMBER, "2015", "500") if any(secret.encode() in value for value in found)]
    eventually(lambda: events(road, "inserts", DILIGENT, MONTHLY) >= 3, "rows of the neighbour")


def test_a_source_that_appears_later_is_read_without_a_restart(road: Road) -> None:
    """The commune had never sent a month; another department's database has them all."""
    assert road.settled_freshness()[SECOND_SOURCE, MONTHLY]["status"] == "never"
    (letter,) = road.letters_to(SECOND_SOURCE)
    assert "chưa từng có" in letter["Subject"]
    months = months_of(road.catalogue)
    with road.source(MONTHLY, monthly_rows(SECOND_SOURCE, months), department="late"):
        eventually(lambda: road.freshness()[SECOND_SOURCE, MONTHLY]["status"] == "fresh", "fresh verdict")
        assert events(road, "snapshots", SECOND_SOURCE, MONTHLY) == 3 * len(months)
        assert road.worker.is_running


def test_a_source_topic_that_is_deleted_holds_up_no_other(road: Road) -> None:
    """An administrator tidies up; commits and rows of the other sources go on."""
    before = events(road, "snapshots", PUNCTUAL, DAILY)
    with road.source(DAILY, daily_rows([PUNCTUAL], ["2026-01-05"]), department="closed"):
        eventually(lambda: events(road, "snapshots", PUNCTUAL, DAILY) == before + 1, "the row of the second source")
    road.delete_topic(road.topic(DAILY, "closed"))
    road.database(DAILY).execute(daily_rows([PUNCTUAL], ["2026-01-05"]))
    eventually(lambda: events(road, "inserts", PUNCTUAL, DAILY) == 1, "a row of the first source")
    road.wait_until_drained()


def test_a_worker_that_is_asked_to_stop_ends_with_0_and_goes_on_where_it_was(road: Road) -> None:
    """The same verdicts, and no mail twice."""
    road.settled_freshness()
    road.wait_until_drained()
    before, letters = _verdicts(road), len(road.letters())
    assert road.worker.terminate() == 0
    road.worker.start()
    eventually(lambda: _verdicts(road) == before, "the same verdicts")
    road.database(DAILY).execute("update tong_hop_ngay set da_giai_quyet = 12 where ma_xa = '25489' and ngay = '2026-01-05'")
    eventually(lambda: events(road, "updates", DILIGENT, DAILY) == 1, "an update read after the restart")
    road.wait_until_drained()
    assert len(road.letters()) == letters
    assert _verdicts(road) == before


def _verdicts(road: Road) -> dict[tuple[str, str], tuple[str, str]]:
    feeds = road.worker.api("/api/feeds")
    return {(feed["unit"], feed["dataset"]): (feed["verdict"], feed["data_through"]) for feed in feeds if feed["dataset"] != CONTINUOUS}


def test_a_worker_killed_in_the_middle_of_a_stream_counts_every_row_exactly_once(road: Road) -> None:
    database, sent = road.database(CONTINUOUS), 0
    already = {unit: events(road, "inserts", unit, CONTINUOUS) for unit in SPREAD}
    while sum(events(road, "inserts", unit, CONTINUOUS) for unit in SPREAD) == sum(already.values()):
        database.execute(civil_events(SPREAD, sent, BURST))
        sent += BURST
    road.worker.kill()
    database.execute(civil_events(SPREAD, sent, BURST))
    sent += BURST
    road.worker.start()
    for _ in range(5):
        database.execute(civil_events(SPREAD, sent, BURST))
        sent += BURST
    each = sent // len(SPREAD)
    eventually(lambda: all(events(road, "inserts", u, CONTINUOUS) >= already[u] + each for u in SPREAD), f"{each} rows a commune")
    road.wait_until_drained()
    assert {unit: events(road, "inserts", unit, CONTINUOUS) - already[unit] for unit in SPREAD} == dict.fromkeys(SPREAD, each)
    assert set(road.checks(PUNCTUAL, CONTINUOUS).values()) == {already[PUNCTUAL] + each + 1}, "each judged once, too"
