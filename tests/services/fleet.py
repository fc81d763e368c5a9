"""All services of a checkout together: what runs, where, and how to start and stop it."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.services.kafka import Kafka
from tests.services.process import ServiceError
from tests.services.service import Service

CHECKOUT = Path(__file__).resolve().parents[2]


class Fleet:
    """The services of one checkout. Programs are shared by all checkouts; data and ports are this one's own."""

    def __init__(self, folder: Path, homes: Path, cache: Path) -> None:
        self.folder = folder
        self.running_file = folder / "running.json"
        self._writing = threading.Lock()
        self._begun = time.monotonic()
        logs = folder / "logs"
        self.kafka = Kafka(homes / "kafka", cache, logs)
        # What needs another comes after it in the same row; rows start side by side.
        self.rows: tuple[tuple[Service, ...], ...] = ((self.kafka,),)

    @classmethod
    def of_checkout(cls) -> Fleet:
        """The services of the checkout this file is in."""
        folder = CHECKOUT / ".services"
        folder.mkdir(exist_ok=True)
        # Not inside the checkout: PostgreSQL runs as another user, who may not enter the folders above it.
        homes = Path(tempfile.gettempdir()) / f"nhip-services-{os.getuid()}" / hashlib.sha256(bytes(CHECKOUT)).hexdigest()[:12]
        cache = Path(os.environ.get("NHIP_CACHE") or Path.home() / ".cache" / "nhip")
        return cls(folder, homes, cache)

    @property
    def services(self) -> list[Service]:
        """Every service, each after those it needs."""
        return [service for row in self.rows for service in row]

    def start(self) -> None:
        """Build and start what does not run; raises ServiceError naming what failed after the others are up."""
        with self._alone(), ThreadPoolExecutor(len(self.rows)) as pool:
            rows = [pool.submit(self._start_row, row) for row in self.rows]
            failures = [error for row in rows if (error := row.exception()) is not None]
        if failures:
            raise ServiceError("\n".join(str(error) for error in failures)) from failures[0]

    def stop(self) -> None:
        """Stop all and remove their data."""
        with self._alone():
            for service in reversed(self.services):
                if service.is_running:
                    service.stop()
                    self._say(service, "stopped")
                service.forget()
            self.running_file.unlink(missing_ok=True)

    def status(self) -> None:
        """Say of each whether it runs; raises ServiceError when one does not."""
        for service in self.services:
            self._say(service, f"running at {where(service)}" if service.is_running else "not running")
        if not all(service.is_running for service in self.services):
            raise ServiceError("start what is missing with `make services`")

    def _start_row(self, row: tuple[Service, ...]) -> None:
        for service in row:
            self._start_one(service)
            self._write_running()

    def _start_one(self, service: Service) -> None:
        if service.is_running:
            self._say(service, f"already running at {where(service)}")
            return
        if not service.is_built:
            self._say(service, f"building {service.version} ({service.build_takes}); log {service.build_log}")
            service.ensure_built()
        service.stop()
        service.forget()
        service.start()
        self._say(service, f"running at {where(service)}")

    def _write_running(self) -> None:
        """Tell clients what runs now: one entry a service."""
        with self._writing:
            entries: dict[str, Any] = {}
            for service in self.services:
                if service.is_running:
                    entries[service.name] = {**service.address, "pid": service.pid, "log": str(service.log)}
            new = self.running_file.with_suffix(".new")
            new.write_text(json.dumps(entries, indent=2) + "\n")
            new.replace(self.running_file)

    def _say(self, service: Service, text: str) -> None:
        sys.stdout.write(f"{service.name:<9} {text}  [{time.monotonic() - self._begun:.1f} s]\n")
        sys.stdout.flush()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One start or stop at a time in a checkout; the second waits."""
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def where(service: Service) -> str:
    """The address in words, without secrets."""
    address: Callable[[str], Any] = service.address.get
    return str(address("url") or address("bootstrap") or f"127.0.0.1:{service.address['port']}")
