"""The writer: nothing lost, in order, patient with an outage, quick to stop."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from points.embedded import EmbeddedStore
from points.influx import InfluxStore
from points.store import MOST_LINES, StoreError, StoreMisconfigured, StoreUnavailable
from points.table import VOLUME
from points.writer import LONGEST_ASKED_WAIT_SECONDS, LONGEST_WAIT_SECONDS, NotOurs, PointWriter, WriterStopped, wait_seconds
from tests.points.server import Reply, TroubledServer

BUSY = Reply(503, b"busy")


def line(inserts: int, time_ms: int = 0) -> bytes:
    return VOLUME.line({"unit": "u", "dataset": "d"}, {"inserts": inserts}, time_ms)


class Bench:
    """A writer over a server in trouble, with time that passes one second a look and sleeps that are only noted."""

    def __init__(self, server: TroubledServer, sleep: Callable[[float], Awaitable[None]] | None = None) -> None:
        self.server = server
        self.waits: list[float] = []
        clock = itertools.count(1_000_000, 1_000)
        store = InfluxStore(server.url, "o", "b", "t", answer_timeout_ms=5_000)
        self.writer = PointWriter(store, lambda: next(clock), sleep=sleep or self._note, chance=lambda: 0.0)

    async def _note(self, seconds: float) -> None:
        self.waits.append(seconds)

    def taken(self) -> list[list[bytes]]:
        """The lines of every request, as the server got them."""
        return [request.lines for request in self.server.requests]


@pytest.fixture
async def bench(server: TroubledServer) -> AsyncIterator[Bench]:
    made = Bench(server)
    yield made
    server.release.set()
    await made.writer.stop()


async def forever(_: float) -> None:
    """A sleep from which only being stopped wakes."""
    await asyncio.Event().wait()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens in another thread."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  no event is set where the other thread is looked at
            await asyncio.sleep(0.005)


async def test_a_write_returns_when_the_store_has_it(bench: Bench) -> None:
    assert await bench.writer.write([line(1)]) == []
    assert bench.taken() == [[line(1)]]
    counters = bench.writer.counters
    assert (counters.written, counters.writes, counters.retries, counters.problem) == (1, 1, 0, None)
    assert counters.last_success_ms is not None


async def test_an_outage_is_outlasted_and_nothing_is_lost(bench: Bench) -> None:
    bench.server.replies = [BUSY] * 4
    assert await bench.writer.write([line(1), line(2)]) == []
    assert bench.taken() == [[line(1), line(2)]] * 5
    assert bench.waits == [0.25, 0.5, 1.0, 2.0]
    assert (bench.writer.counters.written, bench.writer.counters.retries) == (2, 4)


async def test_a_server_that_names_a_time_is_given_it(bench: Bench) -> None:
    bench.server.replies = [Reply(429, b"", {"Retry-After": "17"}), BUSY]
    await bench.writer.write([line(1)])
    assert bench.waits == [17.0, 0.5]


async def test_a_wrong_setting_is_tried_slowly_until_it_is_mended(bench: Bench) -> None:
    bench.server.replies = [Reply(401, b"no")] * 2
    assert await bench.writer.write([line(1)]) == []
    assert bench.waits == [15.0, 15.0]


async def test_the_trouble_can_be_seen_while_it_lasts(server: TroubledServer) -> None:
    bench = Bench(server, sleep=forever)
    server.replies = [Reply(404, b"no such bucket")]
    writing = asyncio.create_task(bench.writer.write([line(1)]))
    await until(lambda: bench.writer.counters.problem is not None)
    assert "NHIP_INFLUXDB_BUCKET" in str(bench.writer.counters.problem)
    assert bench.writer.counters.down_since_ms is not None
    await bench.writer.stop()
    with pytest.raises(WriterStopped):
        await writing


async def test_an_outage_makes_one_line_in_the_log_when_it_begins_and_one_when_it_ends(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "points.writer")
    bench.server.replies = [BUSY] * 5
    await bench.writer.write([line(1)])
    await bench.writer.write([line(2)])
    assert [r.message.split(" ", 3)[:3] for r in caplog.records] == [["points", "cannot", "be"], ["points", "are", "stored"]]


async def test_an_outage_that_turns_into_a_wrong_setting_says_so(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.server.replies = [BUSY, *[Reply(401, b"no")] * 3]
    await bench.writer.write([line(1)])
    assert [r.levelname for r in caplog.records if r.name == "points.writer"] == ["WARNING", "ERROR", "WARNING"]


async def test_refused_lines_come_back_and_are_counted(bench: Bench) -> None:
    bench.server.replies = [Reply(400, b"unable to parse 'x': y"), Reply(), Reply(400, b"unable to parse 'x': y")]
    refused = await bench.writer.write([line(1), b"x"])
    assert [r.line for r in refused] == [b"x"]
    assert (bench.writer.counters.written, bench.writer.counters.refused) == (1, 1)


async def test_one_batch_is_in_flight_and_callers_wait_in_order(bench: Bench) -> None:
    bench.server.replies = [Reply(hold=True)]
    writes = [asyncio.create_task(bench.writer.write([line(i)])) for i in range(3)]
    await until(lambda: len(bench.server.requests) == 1)
    assert not any(w.done() for w in writes)
    bench.server.release.set()
    await asyncio.gather(*writes)
    assert bench.taken() == [[line(0)], [line(1)], [line(2)]]


async def test_the_loop_goes_on_while_the_store_is_slow(bench: Bench) -> None:
    bench.server.replies = [Reply(hold=True)]
    writing = asyncio.create_task(bench.writer.write([line(1)]))
    await until(lambda: len(bench.server.requests) == 1)
    assert await asyncio.wait_for(asyncio.sleep(0, "the loop turned"), 5) == "the loop turned"
    assert not writing.done()
    bench.server.release.set()
    assert await writing == []


async def test_stopping_wakes_a_writer_that_waits_and_whoever_stands_behind_it(server: TroubledServer) -> None:
    bench = Bench(server, sleep=forever)
    server.replies = [BUSY] * 9
    writes = [asyncio.create_task(bench.writer.write([line(i)])) for i in range(2)]
    await until(lambda: bench.writer.counters.retries == 1)
    await asyncio.wait_for(bench.writer.stop(), 5)
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(r) for r in results] == [WriterStopped, WriterStopped]
    assert bench.taken() == [[line(0)]]


async def test_stopping_lets_the_write_in_flight_end_so_that_it_may_be_acknowledged(server: TroubledServer) -> None:
    bench = Bench(server)
    server.replies = [Reply(hold=True)]
    writing = asyncio.create_task(bench.writer.write([line(1)]))
    await until(lambda: len(server.requests) == 1)
    stopping = asyncio.create_task(bench.writer.stop())
    server.release.set()
    assert await writing == []
    await stopping


async def test_a_stopped_writer_takes_nothing(server: TroubledServer) -> None:
    bench = Bench(server)
    await bench.writer.stop()
    await bench.writer.stop()
    with pytest.raises(WriterStopped):
        await bench.writer.write([line(1)])
    assert server.requests == []


async def test_a_cancelled_caller_leaves_the_writer_fit_for_the_next(bench: Bench) -> None:
    """Faust cancels its agents when partitions move; the batch is read again by whoever has them then."""
    bench.server.replies = [Reply(hold=True)]
    writing = asyncio.create_task(bench.writer.write([line(1)]))
    await until(lambda: len(bench.server.requests) == 1)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    bench.server.release.set()
    assert await bench.writer.write([line(2)]) == []
    assert bench.taken() == [[line(1)], [line(2)]]


def ours_for(looks: int) -> Callable[[], Awaitable[bool]]:
    """Lines that are ours at so many looks, and then another worker's."""
    left = iter(range(looks))

    async def ours() -> bool:
        return next(left, None) is not None

    return ours


async def test_lines_that_are_anothers_are_not_written(bench: Bench) -> None:
    with pytest.raises(NotOurs):
        await bench.writer.write([line(1)], ours_for(0))
    assert bench.taken() == []


async def test_lines_that_became_anothers_during_an_outage_are_not_written_after_it(bench: Bench) -> None:
    """Their new owner has written newer values of the same points meanwhile."""
    bench.server.replies = [BUSY, BUSY]
    with pytest.raises(NotOurs):
        await bench.writer.write([line(1)], ours_for(2))
    assert bench.taken() == [[line(1)]] * 2


async def test_the_second_request_of_a_large_batch_is_not_sent_once_it_is_anothers(bench: Bench) -> None:
    with pytest.raises(NotOurs):
        await bench.writer.write([line(n) for n in range(MOST_LINES + 1)], ours_for(1))
    assert [len(lines) for lines in bench.taken()] == [MOST_LINES]


async def test_the_writer_is_fit_for_the_next_after_lines_were_left_to_another(bench: Bench) -> None:
    with pytest.raises(NotOurs):
        await bench.writer.write([line(1)], ours_for(0))
    assert await bench.writer.write([line(2)]) == []
    assert bench.taken() == [[line(2)]]


async def test_stopping_does_not_wait_to_learn_whose_lines_they_are(server: TroubledServer) -> None:
    """While the broker is away nobody can tell."""
    bench, asked = Bench(server), asyncio.Event()

    async def nobody_knows() -> bool:
        asked.set()
        return bool(await asyncio.Event().wait())

    writing = asyncio.create_task(bench.writer.write([line(1)], nobody_knows))
    await asked.wait()
    await asyncio.wait_for(bench.writer.stop(), 5)
    with pytest.raises(WriterStopped):
        await writing


async def test_rest_comes_when_the_request_that_a_cancelled_caller_left_behind_has_ended(bench: Bench) -> None:
    bench.server.replies = [Reply(hold=True)]
    writing = asyncio.create_task(bench.writer.write([line(1)]))
    await until(lambda: len(bench.server.requests) == 1)
    writing.cancel()
    resting = asyncio.create_task(bench.writer.rest(30))
    assert not (await asyncio.wait({resting}, timeout=0.05))[0]
    bench.server.release.set()
    await asyncio.wait_for(resting, 5)


async def test_rest_is_not_waited_for_longer_than_was_asked(bench: Bench) -> None:
    bench.server.replies = [Reply(hold=True)]
    writing = asyncio.create_task(bench.writer.write([line(1)]))
    await until(lambda: len(bench.server.requests) == 1)
    await asyncio.wait_for(bench.writer.rest(0.01), 5)
    assert not writing.done()
    bench.server.release.set()
    await writing


async def test_a_writer_that_has_written_nothing_is_at_rest(bench: Bench) -> None:
    await asyncio.wait_for(bench.writer.rest(30), 5)


async def test_a_mistake_in_the_program_is_not_retried(tmp_path: Path) -> None:
    writer = PointWriter(EmbeddedStore(tmp_path / "points.db"), lambda: 0)
    with pytest.raises(AttributeError):
        await writer.write(["no bytes"])  # type: ignore[list-item]  # the mistake
    assert await writer.write([line(1)]) == []
    await writer.stop()


WAITS: dict[str, tuple[StoreError, int, float, float]] = {
    "first, no luck": (StoreUnavailable("x"), 1, 0.0, 0.25),
    "first, all luck": (StoreUnavailable("x"), 1, 1.0, 0.5),
    "the step before the longest": (StoreUnavailable("x"), 7, 1.0, 32.0),
    "the longest": (StoreUnavailable("x"), 8, 1.0, LONGEST_WAIT_SECONDS),
    "no overflow after days": (StoreUnavailable("x"), 10**6, 1.0, LONGEST_WAIT_SECONDS),
    "the server asks for more": (StoreUnavailable("x", 20), 1, 1.0, 20),
    "the server asks for less": (StoreUnavailable("x", 0.1), 1, 1.0, 0.5),
    "the server asks for a day": (StoreUnavailable("x", 86_400), 1, 1.0, LONGEST_ASKED_WAIT_SECONDS),
    "misconfigured": (StoreMisconfigured("x"), 1, 1.0, 30.0),
    "misconfigured for long": (StoreMisconfigured("x"), 99, 0.0, 15.0),
}


@pytest.mark.parametrize("name", WAITS)
def test_how_long_the_writer_waits(name: str) -> None:
    error, failures, chance, seconds = WAITS[name]
    assert wait_seconds(error, failures, chance) == seconds
