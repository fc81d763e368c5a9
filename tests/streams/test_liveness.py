"""When a worker that is alive must end, and when it must not. Looks as tables; and a real worker whose fetch loop hangs."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from streams.exits import Exit
from streams.liveness import LOOK_SECONDS, UNANSWERED_SECONDS, Signs, Watch, look, trouble

MOST = 300.0
Sign = Callable[[float], bool]


def always(_: float) -> bool:
    return True


def never(_: float) -> bool:
    return False


def until(end: float) -> Sign:
    return lambda now: now < end


def but_from(begin: float, end: float) -> Sign:
    return lambda now: not begin <= now < end


def ended_at(*, loops: Sign = always, fetches: Sign = always, answers: Sign = always, paused: float = 0) -> float | None:
    """Look every few seconds for an hour, after a pause; when the worker was ended, None when it lived."""
    watch, signs, now = Watch(0.0), Signs(0.0, 0.0, 0.0), paused
    while now < 3_600:
        now += LOOK_SECONDS
        signs.looped, signs.fetched, signs.answered = (
            now if sign(now) else seen for sign, seen in ((loops, signs.looped), (fetches, signs.fetched), (answers, signs.answered))
        )
        watch = look(watch, signs, now)
        if trouble(watch, MOST):
            return now
    return None


LIVES: dict[str, dict[str, Any]] = {
    "everything comes round, idle topics too": {},
    "a store is away for an hour: agents have enough, the fetch loop comes round": {"fetches": always},
    "Kafka is away for an hour and nothing can be fetched": {"fetches": never, "answers": never},
    "Kafka came back, and the group needs a while": {"fetches": but_from(100, 2_000), "answers": but_from(100, 1_850)},
    "a rebalance of four minutes": {"fetches": but_from(1_000, 1_240)},
    "one of five minutes less a look": {"fetches": but_from(1_000, 1_000 + MOST - LOOK_SECONDS)},
    "it was paused for half an hour": {"paused": 1_800.0},
    "it was paused while it rebalanced": {"paused": 1_800.0, "fetches": but_from(0, 2_000)},
    "the event loop was held up for four minutes": {
        "loops": but_from(500, 740),
        "fetches": but_from(500, 740),
        "answers": but_from(500, 740),
    },
}
ENDS: dict[str, tuple[dict[str, Any], float]] = {
    "no fetch although Kafka answers": ({"fetches": until(600)}, 600 + MOST - LOOK_SECONDS),
    "no fetch ever": ({"fetches": never}, MOST),
    "the event loop hangs, so nobody asks Kafka": (
        {"loops": until(600), "fetches": until(600), "answers": until(600)},
        600 + MOST - LOOK_SECONDS,
    ),
    "Kafka came back, and it still does not fetch": ({"fetches": until(100), "answers": but_from(100, 1_000)}, 1_000 + MOST - LOOK_SECONDS),
    "it was paused, and does not fetch afterwards": ({"paused": 1_800.0, "fetches": never}, 1_800 + MOST - LOOK_SECONDS),
}


@pytest.mark.parametrize("case", LIVES)
def test_a_worker_is_not_ended_while(case: str) -> None:
    assert ended_at(**LIVES[case]) is None


@pytest.mark.parametrize("case", ENDS)
def test_a_worker_is_ended_when(case: str) -> None:
    """At the look that completes the time, not before; a look more or less is the grain."""
    given, when = ENDS[case]
    assert ended_at(**given) == pytest.approx(when, abs=2 * LOOK_SECONDS)


@pytest.mark.parametrize(("seconds", "ends"), [(MOST - 1, False), (MOST, True), (MOST + 1, True)])
def test_the_limit_itself_is_too_long(seconds: float, ends: bool) -> None:
    assert bool(trouble(Watch(0.0, still_fetch=seconds), MOST)) == ends
    assert bool(trouble(Watch(0.0, still_loop=seconds), MOST)) == ends


def test_an_answer_that_is_late_is_no_outage() -> None:
    """Kafka is asked every twenty seconds: between two answers the time goes on."""
    assert ended_at(fetches=never, answers=lambda now: now % 60 < LOOK_SECONDS) is not None
    assert UNANSWERED_SECONDS > 60


STUCK = """
import asyncio, os, signal, sys
from pathlib import Path
from typing import Any
from expectations.catalogue.load import load
from streams.app import Nhip
from streams.embedded.broker import EmbeddedBroker
from streams import liveness, settings
from streams.running import execute, store_of
from streams.topics import plan

liveness.ENDING_SECONDS = 6.0

async def never(*_, **__):
    await asyncio.Event().wait()

with EmbeddedBroker() as broker:
    chosen = settings.load(kafka_bootstrap=broker.bootstrap, points="embedded", data_dir=Path(sys.argv[1]), page_port=0, suites=False,
                           stall_seconds=10, session_timeout_seconds=6)
    broker.create(*(t.name for t in plan(chosen)))
    nhip = Nhip(chosen, load(chosen.catalogue), store_of(chosen), {})

    async def hang_fetching():
        nhip.app.consumer._getmany = never

    async def hang_ending():
        nhip.app.tables.stop = never
        await asyncio.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    nhip.app.task(locals()[sys.argv[2]])
    execute(nhip)
"""


def run_stuck(folder: Path, where: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", STUCK, str(folder), where], capture_output=True, text=True, timeout=90, check=False)


def test_a_worker_whose_fetch_loop_hangs_ends_with_its_own_code_and_says_why(tmp_path: Path) -> None:
    done = run_stuck(tmp_path, "hang_fetching")
    assert done.returncode == Exit.STALLED, done.stderr[-3_000:]
    assert "it lives, but nothing has been fetched for" in done.stderr
    assert "Nothing is lost; start it again" in done.stderr
    assert re.search(r"waiting: 1 x worker: asyncio/locks.py:\d+ wait < .*:\d+ never", done.stderr), "where it hangs"


def test_a_worker_that_was_asked_to_end_ends_though_its_end_hangs(tmp_path: Path) -> None:
    """As it may when the group's coordinator is away: nothing is lost, and a supervisor need not kill it."""
    done = run_stuck(tmp_path, "hang_ending")
    assert done.returncode == Exit.OK, done.stderr[-3_000:]
    assert "goes without leaving the group" in done.stderr


@pytest.mark.parametrize(("ending", "seconds"), [(False, 0.0), (True, 10.0)])
def test_the_time_of_an_end_is_counted_from_when_it_was_asked_for(ending: bool, seconds: float) -> None:
    watch = look(Watch(0.0, ending=5.0 if ending else 0.0), Signs(0.0, 0.0, 0.0), 5.0, ending=ending)
    assert watch.ending == seconds
