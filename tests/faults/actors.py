"""Faults put into effect, and undone when their time is over."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from typing import NamedTuple

from tests.faults.fleet import HANGS_SECONDS, Fleet, Worker
from tests.faults.letters import MailServer
from tests.faults.proxy import InfluxProxy
from tests.faults.schedule import Fault, Kind
from tests.services.kafka import Kafka

LARGEST_CLOCK_ERROR_MS = 50_000
"""A worker's clock may be this wrong, either way, without any row or tick falling into another minute of the story."""


class Struck(NamedTuple):
    """A fault in effect: from when to when, and how it is undone."""

    fault: Fault
    since_seconds: float
    until_seconds: float
    undo: Callable[[], object]


class Actors:
    """Strikes and undoes. `log` holds every fault with its time (monotonic seconds), to explain repeats by."""

    def __init__(self, fleet: Fleet, broker: Kafka, influx: InfluxProxy, mail: MailServer) -> None:
        self.log: list[tuple[float, float, Fault]] = []
        self._fleet, self._broker, self._influx, self._mail = fleet, broker, influx, mail
        self._active: list[Struck] = []
        self._busy: set[str] = set()

    @property
    def quiet(self) -> bool:
        """Whether nothing is out of order."""
        return not self._active and self._fleet.healthy()

    @property
    def broker_is_away(self) -> bool:
        """Whether the broker was stopped and has not been started again."""
        return "broker" in self._busy

    def strike(self, fault: Fault) -> None:
        """Put one fault into effect; on what is out of order already it has to wait for it to be over."""
        thing = self._thing(fault)
        while thing in self._busy:
            self.poll()
            time.sleep(0.05)
        now = time.monotonic()
        undo = self._do(fault, self._fleet.regulars[fault.worker])
        self.log.append((now, time.monotonic() + fault.lasts_seconds, fault))
        if undo is not None:
            self._busy.add(thing)
            self._active.append(Struck(fault, now, now + fault.lasts_seconds, undo))

    def poll(self) -> None:
        """Undo what is over; look after the workers."""
        now = time.monotonic()
        for struck in [s for s in self._active if s.until_seconds <= now]:
            self._active.remove(struck)
            struck.undo()
            self._busy.discard(self._thing(struck.fault))
        self._fleet.poll()

    def _thing(self, fault: Fault) -> str:
        kind = fault.kind
        if kind.name.startswith("INFLUX"):
            return "influx"
        if kind.name.startswith("MAIL"):
            return "mail"
        if kind.name.startswith("BROKER"):
            return "broker"
        return "guest" if kind is Kind.JOIN else self._fleet.regulars[fault.worker].name

    def _do(self, fault: Fault, worker: Worker) -> Callable[[], object] | None:
        """Strike; return how it is undone, None when it is over at once."""
        if fault.kind in DOES:
            return DOES[fault.kind](self, worker)
        if fault.kind is Kind.CLOCK:
            error_ms = LARGEST_CLOCK_ERROR_MS if fault.lasts_seconds > 6 else -LARGEST_CLOCK_ERROR_MS
            worker.clock.set(error_ms)
            return lambda: worker.clock.set(0)
        self._influx.trouble = fault.kind
        return lambda: setattr(self._influx, "trouble", None)

    def kill(self, worker: Worker) -> None:
        """SIGKILL; it is started again."""
        worker.signal(signal.SIGKILL)

    def term(self, worker: Worker) -> None:
        """SIGTERM; it is started again once it has ended."""
        worker.end(wanted=True)

    def wipe(self, worker: Worker) -> None:
        """SIGKILL, and its disk is gone when it starts again."""
        self._fleet.wipe(worker)

    def leave(self, worker: Worker) -> Callable[[], object]:
        """SIGTERM; it comes back later."""
        worker.end(wanted=False)
        return lambda: self._come_back(worker)

    def join(self, _: Worker) -> Callable[[], object]:
        """One more worker, which leaves later."""
        self._fleet.guest.start()
        return lambda: self._fleet.guest.end(wanted=False)

    def pause(self, worker: Worker) -> Callable[[], object]:
        """SIGSTOP for longer than the session time-out."""
        worker.signal(signal.SIGSTOP)
        return lambda: worker.signal(signal.SIGCONT)

    def stop_broker(self, _: Worker) -> Callable[[], object]:
        """The only broker is restarted."""
        self._broker.stop()
        return self._broker.start

    def kill_broker(self, _: Worker) -> Callable[[], object]:
        """The only broker crashes and is started again."""
        self._broker.kill()
        return self._broker.start

    def mail_down(self, _: Worker) -> Callable[[], object]:
        """Nobody takes mail."""
        self._mail.stop()
        return self._mail.start

    def mail_lost(self, _: Worker) -> Callable[[], object]:
        """Mail is taken, and the sender is told that it was not."""
        self._mail.loses_answers = True
        return lambda: setattr(self._mail, "loses_answers", False)

    def _come_back(self, worker: Worker) -> None:
        stop_at = time.monotonic() + HANGS_SECONDS
        while worker.alive and time.monotonic() < stop_at:
            time.sleep(0.05)
        if worker.alive:
            self._fleet.troubles.append(f"{worker.name} did not leave within {HANGS_SECONDS:.0f} s of SIGTERM")
            worker.kill()
        elif worker.process is not None and worker.process.returncode:
            self._fleet.troubles.append(f"{worker.name} left with {worker.process.returncode}")
        worker.start()


DOES: dict[Kind, Callable[[Actors, Worker], Callable[[], object] | None]] = {
    Kind.KILL: Actors.kill,
    Kind.TERM: Actors.term,
    Kind.WIPE: Actors.wipe,
    Kind.LEAVE: Actors.leave,
    Kind.JOIN: Actors.join,
    Kind.PAUSE: Actors.pause,
    Kind.BROKER_STOP: Actors.stop_broker,
    Kind.BROKER_KILL: Actors.kill_broker,
    Kind.MAIL_DOWN: Actors.mail_down,
    Kind.MAIL_LOST: Actors.mail_lost,
}
"""What is done for each kind; the rest are the clock's error and the troubles of InfluxDB's proxy."""
