"""The tables of three specialised databases as their contracts describe them, and the rows that communes put into them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import psycopg

from expectations.catalogue.load import Catalogue
from expectations.freshness.schedule import Schedule
from streams import clock
from tests.integration.road_province import COMMUNES, CONTINUOUS, DAILY, DILIGENT, MONTHLY, OLD_CODE, PUNCTUAL, RENUMBERED, STUCK
from tests.services.clients import Database

TABLES = {
    MONTHLY: """create table doi_tuong (
        id bigint generated always as identity, ma_xa varchar(5) not null, ky_bao_cao char(7) not null, loai_doi_tuong varchar(30) not null,
        muc_tro_cap numeric(15,2), ho_ten text, so_dinh_danh varchar(12), ngay_sinh date, primary key (ma_xa, id))""",
    DAILY: """create table tong_hop_ngay (
        id bigint generated always as identity primary key, ma_xa varchar(5) not null, ngay date not null, linh_vuc text not null,
        tiep_nhan integer, da_giai_quyet integer, dung_han integer, can_bo_tong_hop text)""",
    CONTINUOUS: """create table su_kien (
        id bigint generated always as identity primary key, ma_xa varchar(5) not null, so_dang_ky varchar(30),
        loai_su_kien varchar(20) not null, dang_ky_luc timestamptz not null, ho_ten text, so_dinh_danh varchar(12), ngay_sinh date)""",
}
NAME, NUMBER = "Trần Thị Hồng Nhung", "072190001234"
"""A citizen who must never be seen outside the source."""
ROWS_A_MONTH = 3


def periods(schedule: Schedule, now_ms: int, last: str | None = None) -> Iterator[str]:
    """Every required period up to `last`, or up to the one that runs now."""
    ordinal = schedule.first_required
    while True:
        text = schedule.text(ordinal)
        if last is None and schedule.midnight_ms(schedule.end_day(ordinal - 1)) > now_ms:
            return
        yield text
        if text == last:
            return
        ordinal += 1


def monthly_rows(commune: str, months: Iterable[str], *, kind: str = "tre_em") -> str:
    """An insert of as many rows a month as the contract demands."""
    values = [
        f"('{commune}', '{m}', '{kind}', {500_000 + n}, '{NAME}', '{NUMBER}', '2015-03-14')" for m in months for n in range(ROWS_A_MONTH)
    ]
    columns = "ma_xa, ky_bao_cao, loai_doi_tuong, muc_tro_cap, ho_ten, so_dinh_danh, ngay_sinh"
    return f"insert into doi_tuong ({columns}) values {', '.join(values)}"  # noqa: S608  our own values


def daily_rows(communes: Sequence[str], days: Iterable[str]) -> str:
    """An insert of one row a day for each commune."""
    values = [f"('{commune}', '{day}', 'Hộ tịch', 12, 11, 11, '{NAME}')" for day in days for commune in communes]
    columns = "ma_xa, ngay, linh_vuc, tiep_nhan, da_giai_quyet, dung_han, can_bo_tong_hop"
    return f"insert into tong_hop_ngay ({columns}) values {', '.join(values)}"  # noqa: S608  our own values


def civil_events(communes: Sequence[str], first: int, count: int) -> str:
    """An insert of `count` events registered just now, numbered from `first`, commune after commune."""
    values = [
        f"('{communes[n % len(communes)]}', 'KS-{n}', 'khai_sinh', now(), '{NAME}', '{NUMBER}', '2026-01-02')"
        for n in range(first, first + count)
    ]
    columns = "ma_xa, so_dang_ky, loai_su_kien, dang_ky_luc, ho_ten, so_dinh_danh, ngay_sinh"
    return f"insert into su_kien ({columns}) values {', '.join(values)}"  # noqa: S608  our own values


def months_of(catalogue: Catalogue, last: str | None = None) -> list[str]:
    """The months that a commune owes up to `last`, or up to the present one."""
    return list(periods(catalogue.schedules[MONTHLY], clock.now_ms(), last))


def history(catalogue: Catalogue, now_ms: int) -> dict[str, list[str]]:
    """Inserts that bring every commune up to the present: but STUCK, and SECOND_SOURCE, of whose months nothing is there yet."""
    months = list(periods(catalogue.schedules[MONTHLY], now_ms))
    before, after = [m for m in months if m < "2025-07"], [m for m in months if m >= "2025-07"]
    return {
        MONTHLY: [
            *(monthly_rows(commune, months) for commune in (PUNCTUAL, DILIGENT)),
            monthly_rows(OLD_CODE, before),
            monthly_rows(RENUMBERED, after),
            monthly_rows(STUCK, periods(catalogue.schedules[MONTHLY], now_ms, last="2024-12")),
        ],
        DAILY: [daily_rows(COMMUNES, periods(catalogue.schedules[DAILY], now_ms))],
        CONTINUOUS: [civil_events(COMMUNES, 0, len(COMMUNES))],
    }


def rows_of(database: Database, table: str) -> int:
    """How many rows a table has."""
    return _number(database, f"select count(*) from {table}")  # noqa: S608  our own table


def is_read(database: Database) -> bool:
    """Whether a connector still holds a slot of the database: it lets go a moment after it was removed."""
    return _number(database, f"select count(*) from pg_replication_slots where database = '{database.database}'") > 0  # noqa: S608  our own


def _number(database: Database, query: str) -> int:
    with psycopg.connect(database.dsn) as connection:
        found = connection.execute(query.encode()).fetchone()
    return int(found[0]) if found else 0
