"""What every service has in common: built once, prepared once a home, started and stopped as often as a test likes."""

from __future__ import annotations

import json
import shutil
import signal
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

from tests.services import ports, process
from tests.services.process import Process

Address = dict[str, Any]


class Service(ABC):
    """A real server with its data in `home` and its programs in `cache`; ports are chosen once a home and stay."""

    name: ClassVar[str]
    version: ClassVar[str]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    build_takes: ClassVar[str] = "some seconds"
    grace_seconds: ClassVar[float] = 20
    start_seconds: ClassVar[float] = 90
    user: str | None = None

    def __init__(self, home: Path, cache: Path, logs: Path) -> None:
        self.home = home
        self.built = cache / f"{self.name}-{self.version}"
        self.log = logs / f"{self.name}.log"
        self.build_log = logs / f"{self.name}-build.log"
        self._state = home / "state.json"

    @property
    def is_built(self) -> bool:
        """Whether the programs are there."""
        return self.built.exists()

    def ensure_built(self) -> None:
        """Fetch and build what is missing; half a build is never taken for a whole one."""
        with process.alone(self.built.with_name(f"{self.built.name}.lock")):
            if not self.is_built:
                making = self.built.with_name(f"{self.built.name}.making")
                shutil.rmtree(making, ignore_errors=True)
                making.mkdir()
                self.build(making)
                making.replace(self.built)

    @abstractmethod
    def build(self, into: Path) -> None:
        """Put the programs into the folder; raises ServiceError."""

    @abstractmethod
    def prepare(self) -> Address:
        """Choose ports and write what a new home needs; returns where clients find the service."""

    @abstractmethod
    def command(self) -> list[str]:
        """What to run."""

    @abstractmethod
    def is_ready(self, said: str) -> bool:
        """Whether clients are served; `said` is the log since the start."""

    def settle(self) -> None:  # noqa: B027  most have nothing to do
        """What has to be done once the service answers; nothing, for most."""

    @property
    def address(self) -> Address:
        """Where clients find it; of a prepared home."""
        address: Address = self._read()["address"]
        return address

    @property
    def is_running(self) -> bool:
        """Whether the process of this home is alive and accepts connections."""
        running = self._process()
        return running is not None and process.is_alive(running) and ports.answers(self.address["port"])

    def start(self) -> Address:
        """Start it, in a new home or with the data and ports of the last time; returns when clients are served."""
        if self.is_running:
            return self.address
        if not self._state.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            self._write(self.prepare(), None)
        said_before = self.log.stat().st_size if self.log.exists() else 0
        running = process.spawn(self.command(), self.log, user=self.user)
        self._write(self.address, running)
        process.wait_until(lambda: self.is_ready(self._said(said_before)), running, self.start_seconds, self.name, self.log)
        self.settle()
        return self.address

    def stop(self) -> None:
        """End it cleanly; its data and ports stay."""
        running = self._process()
        if running is not None:
            process.end(running, self.stop_signal, self.grace_seconds)

    def kill(self) -> None:
        """End it as a crash would; its data and ports stay."""
        running = self._process()
        if running is not None:
            process.kill(running)

    def forget(self) -> None:
        """Remove the data; the next start is a new one."""
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def pid(self) -> int | None:
        """The process started last."""
        running = self._process()
        return None if running is None else running.pid

    def _said(self, since_bytes: int) -> str:
        with self.log.open("rb") as log:
            log.seek(since_bytes)
            return log.read().decode(errors="replace")

    def _process(self) -> Process | None:
        saved = self._read().get("process")
        return None if saved is None else Process(*saved)

    def _read(self) -> dict[str, Any]:
        try:
            state: dict[str, Any] = json.loads(self._state.read_text())
        except FileNotFoundError:
            return {}
        return state

    def _write(self, address: Address, running: Process | None) -> None:
        self._state.write_text(json.dumps({"address": address, "process": running}))
