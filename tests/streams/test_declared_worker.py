"""A declaration from the command line through a broker and the real worker to the page, and its revocation."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from expectations.catalogue.load import load
from streams import settings
from streams.app import Nhip
from streams.cli import main
from streams.declarations.signing import unit_key
from streams.embedded.broker import PARTITIONS, EmbeddedBroker
from streams.running import store_of
from tests.streams.batch_harness import running, until

FOLDER = settings.HERE / "expectations" / "tay-ninh"
UNIT, DATASET = "25486", "bao-tro-xa-hoi"
FEED, SOURCE = f"{UNIT}/{DATASET}", "syt.bao_tro_xa_hoi.public.doi_tuong"
MASTER, ADMIN = "m" * 40, "a" * 40
SECONDS = 100


@asynccontextmanager
async def worker(broker: EmbeddedBroker, folder: Path) -> AsyncIterator[Nhip]:
    """The whole worker in this process, with nothing to read but a heartbeat."""
    chosen = settings.load(
        catalogue=FOLDER,
        kafka_bootstrap=broker.bootstrap,
        partitions=PARTITIONS,
        create_topics=False,
        data_dir=folder,
        points="embedded",
        page_port=0,
        suites=False,
        tick_seconds=0.5,
        topic_refresh_seconds=1,
        declaration_master=MASTER,
        declaration_admin_key=ADMIN,
    )
    nhip = Nhip(chosen, load(FOLDER), store_of(chosen), {}, [SOURCE])
    names = nhip.names
    broker.create(SOURCE, names.changes, names.points, names.transitions, names.quarantine, names.declarations, names.feeds, names.notified)
    try:
        async with running(nhip.app):
            yield nhip
    finally:
        nhip.close()


async def declare(broker: EmbeddedBroker, *arguments: str, **keys: str) -> Result:
    environment = {"NHIP_KAFKA_BOOTSTRAP": broker.bootstrap, "NHIP_CATALOGUE": str(FOLDER)}
    environment |= {f"NHIP_DECLARATION_{name.upper()}": key for name, key in keys.items()}
    return await asyncio.to_thread(CliRunner(env=environment).invoke, main, ["declare", *arguments])


def status(nhip: Nhip) -> str | None:
    detail = nhip.board.feed(UNIT, DATASET)
    return None if detail is None or detail.feed.verdict is None else str(detail.feed.verdict.status)


@pytest.mark.timeout(3 * SECONDS)
async def test_a_declaration_changes_a_verdict_and_its_revocation_changes_it_back(tmp_path: Path) -> None:
    with EmbeddedBroker() as broker:
        async with worker(broker, tmp_path) as nhip:
            await until(lambda: status(nhip) == "never", SECONDS, lambda: (status(nhip), nhip.stats.totals))
            forged = await declare(broker, "ack", FEED, "2025-01", "--why", "giả mạo", key=unit_key("x" * 40, UNIT))
            assert forged.exit_code == 0, "the command cannot know that its key is wrong"
            declared = await declare(broker, "suspend", FEED, "--why", "nâng cấp phần mềm", "--json", admin_key=ADMIN)
            await until(lambda: status(nhip) == "suspended", SECONDS, lambda: (declared.output, nhip.stats.totals))
            name = json.loads(declared.stdout)["id"]
            revoked = await declare(broker, "revoke", FEED, name, "--why", "đã xong", admin_key=ADMIN)
            await until(lambda: status(nhip) == "never", SECONDS, lambda: (revoked.output, nhip.stats.totals))
            assert nhip.stats.totals["declare.records"] == 3
            assert nhip.stats.totals["declare.quarantined"] == 1, "the forged one"
