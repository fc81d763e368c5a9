"""A province on the morning of 15 October 2025 with many kinds of trouble, as the board's topics would tell it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.message import Recipient, Subject, compose
from expectations.catalogue.load import Catalogue, load
from expectations.freshness import ledger as ledgers
from expectations.freshness.declarations import ADMINISTRATOR, Declaration, Kind, identity, join
from expectations.freshness.declared import fold
from expectations.freshness.ledger import Ledger
from expectations.freshness.schedule import Schedule
from expectations.freshness.verdict import BEHIND, Clocks, judge
from expectations.quality import reading
from expectations.quality.suite import CheckState, SuiteState
from streams.board.view import BoardView
from streams.feeds.state import Bucket, FeedState, Window, bucket_of, encode_bucket
from streams.feeds.transitions import transition
from streams.notices import Notice, NoticeLog, encode_log

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW_MS = int(datetime(2025, 10, 15, 8, 0, tzinfo=ZONE).timestamp() * 1000)
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
PARTITIONS, BUCKETS = 4, 8

STUCK = ("25486", "nguoi-co-cong")
"""Sends events every day, and its data end with December 2024."""
SILENT = ("25510", "bao-tro-xa-hoi")
NEVER = ("25498", "ho-ngheo")
HOLES = ("25489", "lao-dong-viec-lam")
PARTIAL = ("so-tai-chinh", "giai-ngan-dau-tu-cong")
BEHIND_MONITOR = ("25459", "thu-tuc-hanh-chinh")
DECLARED = ("25516", "bao-tro-xa-hoi")
"""August had nothing to report, September is extended, and a promise was taken back."""
SUSPENDED = ("25480", "ton-giao")
UNHEARD = ("25480", "ho-tich")
"""Nothing is known of it yet."""


@cache
def catalogue() -> Catalogue:
    """The example province."""
    return load(Path(__file__).parents[2] / "expectations" / "tay-ninh")


def chance(feed: tuple[str, str], of: int) -> int:
    """A number below `of`: always the same for a feed."""
    return zlib.crc32("/".join(feed).encode()) % of


def board() -> BoardView:
    """The read model after all topics have been read."""
    view = BoardView(catalogue())
    for partition, buckets in enumerate(changelog()):
        for key, bucket in buckets.items():
            view.update_bucket(partition, key, encode_bucket(bucket))
    for unit, log in notices().items():
        view.update_notices(unit.encode(), encode_log(log))
    view.tick(NOW_MS)
    return view


def changelog() -> list[dict[bytes, Bucket]]:
    """Buckets by partition."""
    parts: list[dict[bytes, Bucket]] = [{} for _ in range(PARTITIONS)]
    for (unit, dataset), state in states().items():
        feed = f"{unit}/{dataset}"
        parts[zlib.crc32(feed.encode()) % PARTITIONS].setdefault(bucket_of(feed, PARTITIONS, BUCKETS), {})[feed] = state
    return parts


@cache
def states() -> dict[tuple[str, str], FeedState]:
    """The state of every feed of which something is known."""
    return {feed: judged(feed, delivered(feed)) for feed in catalogue().feeds() if feed != UNHEARD}


def delivered(feed: tuple[str, str]) -> FeedState:
    """What a feed has sent."""
    state = FeedState()
    schedule = catalogue().schedules[feed[1]]
    if feed == NEVER or chance(feed, 61) == 7:
        return state
    state.heard_ms = NOW_MS - (2 + chance(feed, 170)) * 60_000
    state.changed_ms = state.heard_ms - 1_500
    if schedule.continuous:
        ledgers.count(state.ledger, schedule, NOW_MS - chance(feed, 90) * HOUR_MS, 0, None, NOW_MS)
    elif feed == PARTIAL:
        _partial(state.ledger, schedule)
    else:
        for period in _periods(feed, schedule):
            _complete(state.ledger, schedule, period)
    if feed == SILENT:
        state.heard_ms = int(datetime(2025, 1, 9, 16, 20, tzinfo=ZONE).timestamp() * 1000)
    if feed == DECLARED:
        state.declarations = join({}, declarations())
    state.windows = dict(_windows(feed))
    return state


def judged(feed: tuple[str, str], state: FeedState) -> FeedState:
    """Judge it as OBSERVE does."""
    schedule = catalogue().schedules[feed[1]]
    lag_ms = 40 * DAY_MS if feed == BEHIND_MONITOR else 0
    state.verdict = judge(
        schedule,
        state.ledger,
        Clocks(state.heard_ms, state.changed_ms),
        now_ms=NOW_MS,
        read_through_ms=NOW_MS - lag_ms,
        tolerance_ms=60_000,
        suspended=feed == SUSPENDED,
        declared=fold(schedule, state.declarations),
    )
    state.since_ms = state.verdict.deadline_ms if state.verdict.status in BEHIND else state.heard_ms
    return state


def declarations() -> list[Declaration]:
    """What was declared of DECLARED."""
    unit, dataset = DECLARED
    feed, made_ms = f"{unit}/{dataset}", NOW_MS - 2 * DAY_MS
    promise = Declaration(Kind.PROMISE, feed, unit, made_ms, "Đang nhập bù", first="2025-09", until="2025-10-20")
    return [
        Declaration(Kind.NIL, feed, unit, made_ms - 1, "Không có đối tượng <mới>", first="2025-08"),
        Declaration(Kind.EXTEND, feed, ADMINISTRATOR, made_ms + 1, "Mất điện", first="2025-09", until="2025-10-31"),
        promise,
        Declaration(Kind.REVOKE, feed, unit, made_ms + 2, "Đã được gia hạn", target=identity(promise)),
    ]


def notices() -> dict[str, NoticeLog]:
    """What the units that are behind were told, in the words of the real messages."""
    logs: dict[str, NoticeLog] = {}
    for (unit, dataset), state in states().items():
        if state.verdict is not None and state.verdict.status in BEHIND:
            logs.setdefault(unit, NoticeLog()).put(notice(unit, dataset, state))
    return logs


def notice(unit: str, dataset: str, state: FeedState) -> Notice:
    """One alert as it was sent."""
    assert state.verdict is not None
    change = transition(f"{unit}/{dataset}", FeedState(heard_ms=state.heard_ms), state.verdict, NOW_MS)
    assert change is not None
    known = catalogue()
    owner = known.units[known.datasets[dataset].owner]
    about = Subject(known.datasets[dataset].name_vi, known.datasets[dataset].name_en, owner.name_vi, owner.name_en)
    to = Recipient(unit=unit, name_vi=known.units[unit].name_vi, email=known.units[unit].email)
    message = compose(change, to, about, language="vi", timezone=ZONE, now_ms=NOW_MS, contact=known.operations_contact.name_vi)
    sent_ms = NOW_MS - chance((unit, dataset), 600) * 60_000
    return Notice(unit, dataset, change.incident, change.new, change.id, message.subject, message.text, sent_ms, ("email",))


def _periods(feed: tuple[str, str], schedule: Schedule) -> Iterator[int]:
    """Every required period up to the last one due, or less."""
    first, due = schedule.first_required, schedule.due_through(NOW_MS)
    assert due is not None
    if feed in (STUCK, SILENT):
        due = schedule.ordinal_of(date(2024, 12, 1))
    elif feed == DECLARED:
        due -= 2
    elif feed == BEHIND_MONITOR or chance(feed, 13) == 3:
        due -= 1 + chance(feed, 2)
    for period in range(first, due + 1):
        if not (feed == HOLES and period in (due - 3, due - 2)):
            yield period


def _complete(ledger: Ledger, schedule: Schedule, period: int) -> None:
    first_ms = schedule.due_at_ms(period) - 3 * DAY_MS
    for key in range(schedule.terms.min_rows + period % 5):
        ledgers.count(ledger, schedule, period, key + 1, None, min(first_ms + key * 60_000, NOW_MS))


def _partial(ledger: Ledger, schedule: Schedule) -> None:
    """41 of 96 communes are in the last period, all in the ones before."""
    due = schedule.due_through(NOW_MS)
    assert due is not None
    slices = sorted(schedule.terms.slices)
    for period in range(schedule.first_required, due + 1):
        for slice_ in slices[:41] if period == due else slices:
            ledgers.count(ledger, schedule, period, 1, slice_, schedule.due_at_ms(period) - DAY_MS)


def _windows(feed: tuple[str, str]) -> Iterator[tuple[int, Window]]:
    """Two hours of rows and what the suite found in them."""
    dataset = catalogue().datasets[feed[1]]
    checks = reading.load(Path(dataset.suite), dataset.columns) if dataset.suite else ()
    for hours in (2, 1):
        rows = 40 + chance(feed, 60)
        found = {c.id: CheckState(evaluated=rows, missing=chance(feed, 3), unexpected=chance((feed[0], c.id), 9) // 7) for c in checks}
        yield NOW_MS - hours * HOUR_MS, Window({"c": rows, "u": 3}, SuiteState(rows, found))
