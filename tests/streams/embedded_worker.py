"""The whole worker in this process, on an embedded broker and the shipped catalogue."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from alerts.channel import Channel
from expectations.catalogue.load import load
from streams import settings
from streams.app import Nhip
from streams.embedded.broker import PARTITIONS, EmbeddedBroker
from streams.running import store_of
from tests.streams.batch_harness import running

FOLDER = settings.HERE / "expectations" / "tay-ninh"
SOURCE = "syt.bao_tro_xa_hoi.public.doi_tuong"
MASTER, ADMIN = "m" * 40, "a" * 40


@asynccontextmanager
async def worker(
    broker: EmbeddedBroker, folder: Path, channels: Mapping[str, Channel] | None = None, *, catalogue: Path = FOLDER, suites: bool = False
) -> AsyncIterator[Nhip]:
    """A worker, without suites unless they are asked for, that has nothing to read yet."""
    chosen = settings.load(
        catalogue=catalogue,
        kafka_bootstrap=broker.bootstrap,
        partitions=PARTITIONS,
        create_topics=False,
        data_dir=folder,
        points="embedded",
        page_port=0,
        suites=suites,
        tick_seconds=0.5,
        topic_refresh_seconds=1,
        declaration_master=MASTER,
        declaration_admin_key=ADMIN,
    )
    nhip = Nhip(chosen, load(catalogue), store_of(chosen), channels or {}, [SOURCE])
    names = nhip.names
    broker.create(SOURCE, names.changes, names.points, names.transitions, names.quarantine, names.declarations, names.feeds, names.notified)
    try:
        async with running(nhip.app):
            yield nhip
    finally:
        nhip.close()
