"""The workers of a run: real processes that are killed, stopped, paused, and started again when they end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from streams.settings import PREFIX
from tests.faults.worker import SharedClock

HANGS_SECONDS = 60.0
RESTART_SECONDS = 0.5
YOUNG_SECONDS = 5.0
"""So long after its start a worker may still be importing: SIGTERM then ends it at once, and it has nothing to finish."""


class Worker:
    """One worker process, with a disk, a log and a clock error of its own."""

    def __init__(self, number: int, folder: Path, settings: Mapping[str, str]) -> None:
        self.name = f"w{number}"
        self.log = folder / f"{self.name}.log"
        self.disk = Path(settings["NHIP_DATA_DIR"]) / self.name
        self.clock = SharedClock(folder / f"{self.name}.clock")
        self.process: subprocess.Popen[bytes] | None = None
        self.wanted = False
        self.began = 0.0
        self.ending_since: float | None = None
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        self._environment = inherited | dict(settings) | {"FAULTS_CLOCK_ERROR": str(folder / f"{self.name}.clock")}

    @property
    def alive(self) -> bool:
        """Whether its process is there."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the process."""
        self.wanted, self.began, self.ending_since = True, time.monotonic(), None
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "tests.faults.worker", "--name", self.name]
            self.process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)

    def signal(self, what: signal.Signals) -> None:
        """Send a signal, if there is anybody to get it."""
        if self.process is not None and self.alive:
            self.process.send_signal(what)

    def end(self, *, wanted: bool) -> None:
        """Ask it to end; `wanted` says whether it is started again afterwards."""
        self.wanted, self.ending_since = wanted, time.monotonic()
        self.signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash would; returns when it is gone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def ended_politely(self) -> bool:
        """Whether it ended as it was asked to."""
        if self.process is None or self.ending_since is None:
            return False
        young = self.ending_since - self.began < YOUNG_SECONDS
        return self.process.returncode == 0 or (young and self.process.returncode == -signal.SIGTERM)

    def memory_bytes(self) -> int:
        """Resident memory; 0 when it does not run."""
        if self.process is None or not self.alive:
            return 0
        try:
            return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except (FileNotFoundError, ProcessLookupError, IndexError):
            return 0


class Fleet:
    """All workers of a run. What ended by itself is started again, as systemd would, and noted in `troubles`."""

    def __init__(self, folder: Path, settings: Mapping[str, str], workers: int) -> None:
        self.workers = [Worker(number, folder, settings) for number in range(workers + 1)]
        self.regulars = self.workers[:workers]
        self.guest = self.workers[workers]
        self.troubles: list[str] = []
        self.restarts: Counter[str] = Counter()
        self.peak_bytes: dict[str, int] = {}

    def start(self) -> None:
        """Start the regular workers."""
        for worker in self.regulars:
            worker.start()

    def poll(self) -> None:
        """Start again what ended, end by force what hangs, note the memory."""
        for worker in self.workers:
            self.peak_bytes[worker.name] = max(self.peak_bytes.get(worker.name, 0), worker.memory_bytes())
            if worker.alive:
                self._end_what_hangs(worker)
            elif worker.process is not None and worker.wanted:
                self._start_again(worker)

    def healthy(self) -> bool:
        """Whether all that are wanted run, and no other."""
        return all(worker.alive == worker.wanted for worker in self.workers)

    def running(self) -> int:
        """How many run."""
        return sum(worker.alive for worker in self.workers)

    def wipe(self, worker: Worker) -> None:
        """Kill a worker and remove its disk."""
        worker.kill()
        shutil.rmtree(worker.disk, ignore_errors=True)

    def close(self) -> None:
        """End all: politely, then by force."""
        for worker in self.workers:
            worker.signal(signal.SIGCONT)
            worker.end(wanted=False)
        stop_at = time.monotonic() + HANGS_SECONDS / 2
        while self.running() and time.monotonic() < stop_at:
            time.sleep(0.05)
        for worker in self.workers:
            if worker.alive:
                self.troubles.append(f"{worker.name} did not end within {HANGS_SECONDS / 2:.0f} s of SIGTERM at the end of the run")
            worker.kill()

    def _start_again(self, worker: Worker) -> None:
        assert worker.process is not None
        code, asked = worker.process.returncode, worker.ending_since is not None
        if asked and not worker.ended_politely():
            self.troubles.append(f"{worker.name} ended with {code} after SIGTERM")
        if not asked and code != -signal.SIGKILL:
            self.restarts[f"exit {code}"] += 1
            time.sleep(RESTART_SECONDS)
        worker.start()

    def _end_what_hangs(self, worker: Worker) -> None:
        if worker.ending_since is not None and time.monotonic() - worker.ending_since > HANGS_SECONDS:
            self.troubles.append(f"{worker.name} did not end within {HANGS_SECONDS:.0f} s of SIGTERM")
            worker.kill()
