"""A connector falls silent under the real worker: its unit is told nothing, operations are told once, and afterwards the data decide.

Beside it the same obligation of another unit, whose connector beats and brings nothing: that unit is told.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from email.message import EmailMessage
from functools import reduce
from pathlib import Path
from threading import Event, Thread

import pytest

from expectations.catalogue.load import load
from streams import clock, settings
from streams.app import Nhip
from streams.beat import Beat
from streams.changes.envelope import HEARTBEAT_TOPIC
from streams.embedded.broker import PARTITIONS, EmbeddedBroker
from streams.running import channels_of, store_of
from tests.alerts.servers import MailBox, mail_server
from tests.streams.batch_harness import running, until
from tests.streams.changes_province import encoded, envelope

EXAMPLE = settings.HERE / "expectations" / "tay-ninh"
AIR, AIR_UNIT, AIR_CONNECTOR = "quan-trac-moi-truong", "so-nong-nghiep-va-moi-truong", "snnmt.quan_trac"
WATER, WATER_UNIT, WATER_CONNECTOR = "quan-trac-nuoc", "so-xay-dung", "sxd.quan_nuoc"
SOURCES = [topic for name in (AIR_CONNECTOR, WATER_CONNECTOR) for topic in (f"{HEARTBEAT_TOPIC}{name}", f"{name}.public.so_lieu")]
ALLOWED_MS = 3 * 3_600_000
"""Two hours and one of grace: how old the newest value may be."""
ZONE_MS = 7 * 3_600_000
"""Debezium writes a timestamp without a zone as if the wall clock were that of UTC."""
LATE_IN_MS = 30_000
QUIET_SECONDS = 10
SECONDS = 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example province with one continuous dataset, and a second of the same terms that another unit owes."""
    made = tmp_path / "catalogue"
    shutil.copytree(EXAMPLE, made, ignore=shutil.ignore_patterns("contracts", "suites"))
    (made / "contracts").mkdir()
    text = (EXAMPLE / "contracts" / f"{AIR}.yaml").read_text(encoding="utf-8").partition("  - property: suite\n")[0]
    other = ((AIR, WATER), (AIR_UNIT, WATER_UNIT), (AIR_CONNECTOR, WATER_CONNECTOR), ("quan_trac", "quan_nuoc"))
    (made / "contracts" / f"{AIR}.yaml").write_text(text, encoding="utf-8")
    (made / "contracts" / f"{WATER}.yaml").write_text(reduce(lambda so_far, pair: so_far.replace(*pair), other, text), encoding="utf-8")
    return made


class Province:
    """Two connectors, each with a heartbeat topic and one of values. Only those in `beating` beat."""

    def __init__(self, broker: EmbeddedBroker) -> None:
        self.broker = broker
        self.beating = {AIR_CONNECTOR, WATER_CONNECTOR}
        broker.create(*SOURCES)
        self._sent = 0

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Beat meanwhile, in a thread of its own: a worker that is busy holds up no connector."""
        over = Event()
        thread = Thread(target=self._beat, args=(over,))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _beat(self, over: Event) -> None:
        while not over.wait(0.5):
            for connector in sorted(self.beating):
                key = {"serverName": connector}
                self.broker.produce(f"{HEARTBEAT_TOPIC}{connector}", encoded(key), encoded({"ts_ms": clock.now_ms()}), partition=0)

    def measure(self, connector: str, at_ms: int) -> None:
        """Send a value that was measured at an instant."""
        self._sent += 1
        row = {
            "id": self._sent,
            "ma_tram": "TN-KK-01",
            "do_luc": (at_ms + ZONE_MS) * 1000,
            "thong_so": "pH",
            "gia_tri": "7.1",
            "trang_thai": "do",
        }
        value = json.dumps(envelope(row, ts_ms=clock.now_ms())).encode()
        self.broker.produce(f"{connector}.public.so_lieu", b'{"id":%d}' % self._sent, value)


@asynccontextmanager
async def worker(broker: EmbeddedBroker, folder: Path, mails: MailBox) -> AsyncIterator[Nhip]:
    chosen = settings.load(
        catalogue=folder,
        kafka_bootstrap=broker.bootstrap,
        partitions=PARTITIONS,
        create_topics=False,
        data_dir=folder.parent / "data",
        points="embedded",
        page_port=0,
        suites=False,
        tick_seconds=0.5,
        topic_refresh_seconds=1,
        connector_tolerance_seconds=QUIET_SECONDS,
        smtp_host="127.0.0.1",
        smtp_port=mails.port,
    )
    nhip = Nhip(chosen, load(folder), store_of(chosen), channels_of(chosen), SOURCES)
    names = nhip.names
    broker.create(names.changes, names.points, names.transitions, names.quarantine, names.declarations, names.feeds, names.notified)
    try:
        async with running(nhip.app):
            yield nhip
    finally:
        nhip.close()


def status(nhip: Nhip, unit: str, dataset: str) -> str | None:
    detail = nhip.board.feed(unit, dataset)
    return None if detail is None or detail.feed.verdict is None else str(detail.feed.verdict.status)


def to(mails: MailBox, unit: str) -> list[EmailMessage]:
    return [mail for mail in mails.mails if unit in str(mail["To"])]


async def seldom(condition: Callable[[], bool], told: Callable[[], object]) -> None:
    """Wait for a condition that is dear to ask: twice a second, in the worker's own process."""
    asked, held = 0.0, False

    def holds() -> bool:
        nonlocal asked, held
        if clock.monotonic_seconds() - asked > 0.5:
            asked, held = clock.monotonic_seconds(), condition()
        return held

    await until(holds, SECONDS, told)


@pytest.mark.timeout(4 * SECONDS)
async def test_a_silent_connector_is_told_to_operations_once_and_its_unit_is_never_accused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Beat, "REPORT_SECONDS", 1.0)
    monkeypatch.setattr("streams.operations.CALM_MS", 3_000)
    with EmbeddedBroker() as broker:
        province = Province(broker)
        with province.connected():
            await _silence(province, folder)


async def _silence(province: Province, folder: Path) -> None:
    async with mail_server() as mails, worker(province.broker, folder, mails) as nhip:

        def air() -> str | None:
            return status(nhip, AIR_UNIT, AIR)

        def seen() -> object:
            return air(), status(nhip, WATER_UNIT, WATER), [(mail["To"], mail["Subject"]) for mail in mails.mails]

        late_ms = 0

        def due() -> bool:
            """Until they are seen to be due, both bring new values: the last is late so long after, however slow the start is."""
            nonlocal late_ms
            if (air(), status(nhip, WATER_UNIT, WATER)) == ("due", "due"):
                return True
            late_ms = clock.now_ms() + LATE_IN_MS
            for connector in (AIR_CONNECTOR, WATER_CONNECTOR):
                province.measure(connector, late_ms - ALLOWED_MS)
            return False

        await seldom(due, seen)
        province.beating.remove(AIR_CONNECTOR)
        await seldom(lambda: air() == "unknown", seen)
        await seldom(lambda: status(nhip, WATER_UNIT, WATER) == "late", seen)
        await seldom(lambda: bool(to(mails, WATER_UNIT) and to(mails, "ioc@")), seen)
        assert clock.now_ms() >= late_ms
        assert (air(), to(mails, AIR_UNIT)) == ("unknown", []), "with its connector beating it would be late, as the other is"

        province.beating.add(AIR_CONNECTOR)
        await seldom(lambda: len(to(mails, "ioc@")) == 2, seen)
        assert air() == "unknown", "it beats and has not brought what its database changed meanwhile"
        province.measure(AIR_CONNECTOR, clock.now_ms())
        await seldom(lambda: air() == "fresh", seen)

        assert to(mails, AIR_UNIT) == [], "nobody is accused of our outage"
        begun, over = (str(mail["Subject"]) for mail in to(mails, "ioc@"))
        assert begun == f"Sự cố giám sát: bộ kết nối {AIR_CONNECTOR} không còn tín hiệu"
        assert over == f"Đã khắc phục: bộ kết nối {AIR_CONNECTOR} không còn tín hiệu"
        assert len(to(mails, WATER_UNIT)) == 1
