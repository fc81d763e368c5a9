"""A declaration from the command line through a broker and the real worker to the page, and its revocation."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.app import Nhip
from streams.cli import main
from streams.declarations.signing import unit_key
from streams.embedded.broker import EmbeddedBroker
from tests.streams.batch_harness import until
from tests.streams.embedded_worker import ADMIN, FOLDER, worker

UNIT, DATASET = "25486", "bao-tro-xa-hoi"
FEED = f"{UNIT}/{DATASET}"
SECONDS = 100


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
