"""The whole demo: an embedded broker, the scenario in it, the real worker on it, and what it found."""

from __future__ import annotations

import asyncio
import logging
import shutil
import signal
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import msgspec

from expectations.catalogue.load import Catalogue
from streams import clock, settings
from streams.app import Nhip
from streams.demo.play import read_play
from streams.demo.replay import replay
from streams.demo.report import Report, points_of, quarantined_of
from streams.demo.scenario import Scenario
from streams.demo.settled import NotSettled, Settling, stored_notices
from streams.demo.stage import stage_of
from streams.embedded.broker import PARTITIONS, EmbeddedBroker
from streams.page import PageError
from streams.running import RunError, channels_of, execute, only_one, store_of
from streams.settings import Settings
from streams.topics import Names

FOLDER = "demo"
LINGER_MS = 60_000
QUIET = ("faust", "mode", "aiokafka")
"""They warn of full buffers and late timers while a whole history is read at once; their errors are shown."""
HOST, USUAL_PORT = "127.0.0.1", 6066

Tell = Callable[[str, int, int], None]
Ready = Callable[[Nhip, Report], None]


class Wishes(msgspec.Struct, frozen=True):
    """What the caller asks for. `port` None takes the usual one, or a free one when that is taken; `give_up_seconds` is monotonic."""

    seed: int
    port: int | None
    language: str | None
    once: bool
    suites: bool
    give_up_seconds: float


def demo(catalogue: Catalogue, wishes: Wishes, tell: Tell, ready: Ready) -> str:
    """Run the demo until it is stopped, or with `once` until it has settled; `ready` is called when it has. Return what went wrong, or "".

    Raises RunError when it cannot start and PlayError when demo.yaml cannot be played.
    """
    base = settings.load()
    folder, now_ms = base.data_dir / FOLDER, clock.now_ms()
    free_port(wishes.port)  # what cannot be is told at once
    scenario = Scenario(stage_of(base.catalogue, catalogue, read_play(base.catalogue, catalogue), wishes.seed, now_ms))
    with _alone(folder), EmbeddedBroker(LINGER_MS) as broker:
        _wipe(folder)
        produced = replay(scenario, broker, Names.of(base.app_id), lambda done: tell("produced", done, scenario.about))
        tell("produced", produced, produced)
        chosen = _settings(base, wishes, broker.bootstrap, folder)
        nhip = _wired(chosen, catalogue, broker.topics())
        # The embedded broker keeps about 5 MB a partition: what OBSERVE has not read yet must fit.
        nhip.app.conf.producer_compression_type = "gzip"
        tell("started", 0, 1)
        settling = Settling(nhip, produced, tell, wishes.give_up_seconds)
        return _work(nhip, settling, lambda report: ready(nhip, report), now_ms, once=wishes.once)


def _work(nhip: Nhip, settling: Settling, ready: Callable[[Report], None], now_ms: int, *, once: bool) -> str:
    """Run the worker until it is stopped, and watch it settle; return what went wrong."""
    trouble = "stopped before it had settled" if once else ""

    async def watch() -> None:
        nonlocal trouble
        try:
            await settling.settle()
        except NotSettled as error:
            trouble = str(error)
        else:
            ready(await _report(nhip, now_ms))
            trouble = ""
        if once or trouble:
            signal.raise_signal(signal.SIGTERM)

    for library in QUIET:
        logging.getLogger(library).setLevel(logging.ERROR)
    nhip.app.task(watch)
    try:
        execute(nhip)
    except SystemExit as ended:
        return "the worker failed; the messages above say why" if ended.code else trouble
    return trouble


async def _report(nhip: Nhip, now_ms: int) -> Report:
    chosen = nhip.settings
    return Report(
        now_ms,
        nhip.board.feeds(),
        sorted(stored_notices(nhip), key=lambda notice: (notice.unit, notice.dataset)),
        await asyncio.to_thread(points_of, nhip.store),
        await quarantined_of(chosen.kafka_bootstrap, nhip.names.quarantine, chosen.partitions),
    )


def _settings(base: Settings, wishes: Wishes, bootstrap: str, folder: Path) -> Settings:
    """The worker's settings in a demo: nothing leaves this machine, whatever the environment says."""
    port = free_port(wishes.port)
    return settings.load(
        catalogue=base.catalogue,
        language=wishes.language or base.language,
        kafka_bootstrap=bootstrap,
        kafka_security_protocol="PLAINTEXT",
        partitions=PARTITIONS,
        create_topics=False,  # the embedded broker makes them when they are asked for
        data_dir=folder,
        points="embedded",
        outbox_dir=folder / "outbox",
        smtp_host=None,
        webhook_url=None,
        page_host=HOST,
        page_port=port,
        page_url=f"http://{HOST}:{port}",
        suites=wishes.suites,
        tick_seconds=2,
        connector_tolerance_seconds=0,  # the scenario has connectors, and nobody who makes them beat
        topic_refresh_seconds=2,
        session_timeout_seconds=6,
        log_level="warning",
    )


def free_port(asked: int | None) -> int:
    """The port for the page: the one asked for, else the usual one, or any free one when that is taken. Raises RunError."""
    for port in (asked,) if asked is not None else (USUAL_PORT, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind((HOST, port))
                return int(probe.getsockname()[1])
    raise RunError(f"port {asked} is taken: choose another with --port, or leave the choice to the demo")


def _wired(chosen: Settings, catalogue: Catalogue, topics: Iterable[str]) -> Nhip:
    try:
        return Nhip(chosen, catalogue, store_of(chosen), channels_of(chosen), topics)
    except PageError as error:
        raise RunError(str(error)) from None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the demo's folder. Raises RunError when another demo has it."""
    with ExitStack() as held:
        try:
            held.enter_context(only_one(folder))
        except RunError:
            raise RunError(f"another demo runs in {folder}: stop it first, or set NHIP_DATA_DIR to a folder of your own") from None
        yield


def _wipe(folder: Path) -> None:
    """Remove what an earlier demo left. The lock stays: it is held."""
    for left in folder.iterdir():
        if left.name != "lock":
            shutil.rmtree(left) if left.is_dir() else left.unlink()
