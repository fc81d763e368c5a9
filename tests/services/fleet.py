"""All services of a checkout together: what runs, where, and how to start and stop it."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from tests.services import ports, process
from tests.services.connect import Connect
from tests.services.influxdb import InfluxDB
from tests.services.influxdb18 import InfluxDB18
from tests.services.kafka import Kafka
from tests.services.mail import Mail
from tests.services.postgres import Postgres
from tests.services.process import ServiceError
from tests.services.service import Service

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 20
SETTINGS = {
    "kafka": {"NHIP_KAFKA_BOOTSTRAP": "bootstrap"},
    "influxdb": {"NHIP_INFLUXDB_URL": "url", "NHIP_INFLUXDB_ORG": "org", "NHIP_INFLUXDB_BUCKET": "bucket", "NHIP_INFLUXDB_TOKEN": "token"},
    "mail": {"NHIP_SMTP_HOST": "host", "NHIP_SMTP_PORT": "port"},
}


class Fleet:
    """The services of one checkout. Programs are shared by all checkouts; data and ports are this one's own."""

    def __init__(self, folder: Path, homes: Path, cache: Path) -> None:
        self.folder = folder
        self.running_file = folder / "running.json"
        self.settings_file = folder / "nhip.env"
        self._writing = threading.Lock()
        self._begun = time.monotonic()
        self._lock = folder / "lock"
        logs = folder / "logs"
        kafka = Kafka(homes / "kafka", cache, logs)
        # What needs another comes after it in the same row; rows start side by side, the longest to build first.
        self.rows: tuple[tuple[Service, ...], ...] = (
            (InfluxDB(homes / "influxdb", cache, logs),),
            (InfluxDB18(homes / "influxdb18", cache, logs),),
            (kafka, Connect(homes / "connect", cache, logs, kafka)),
            (Postgres(homes / "postgres", cache, logs),),
            (Mail(homes / "mail", cache, logs),),
        )

    @classmethod
    def of_checkout(cls) -> Fleet:
        """The services of the checkout this file is in."""
        folder = CHECKOUT / ".services"
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
        with process.alone(self._lock), ThreadPoolExecutor(len(self.rows)) as pool:
            rows = [pool.submit(self._start_row, row) for row in self.rows]
            failures = [error for row in rows if (error := row.exception()) is not None]
        if failures:
            raise ServiceError("\n".join(str(error) for error in failures)) from failures[0]

    def stop(self) -> None:
        """Stop all and remove their data."""
        with process.alone(self._lock):
            for service in reversed(self.services):
                if service.is_running:
                    service.stop()
                    self._say(service, "stopped")
                service.forget()
            self.running_file.unlink(missing_ok=True)
            self.settings_file.unlink(missing_ok=True)

    def status(self) -> None:
        """Say of each whether it runs; raises ServiceError when one does not."""
        for service in self.services:
            self._say(service, f"running at {where(service)}" if service.is_running else "not running")
        if not all(service.is_running for service in self.services):
            raise ServiceError("start what is missing with `make services`")

    def _start_row(self, row: tuple[Service, ...]) -> None:
        changed = False
        for service in row:
            if service.is_running and not changed:
                self._say(service, f"already running at {where(service)}")
                continue
            # What relied on a service that is new now has nothing left to rely on.
            changed = True
            self._start_anew(service)
            self._write_running()

    def _start_anew(self, service: Service) -> None:
        if not service.is_built:
            self._build(service)
        service.stop()
        service.forget()
        service.start()
        self._say(service, f"running at {where(service)}")

    def _build(self, service: Service) -> None:
        self._say(service, f"building {service.version} ({service.build_takes}); log {service.build_log}")
        with ThreadPoolExecutor(1) as pool:
            built = pool.submit(service.ensure_built)
            while wait([built], PATIENCE_SECONDS).not_done:
                self._say(service, "still building")
            built.result()

    def _write_running(self) -> None:
        """Tell clients what runs now: one entry a service."""
        with self._writing:
            entries: dict[str, Any] = {}
            for service in self.services:
                if service.is_running:
                    entries[service.name] = {**service.address, "pid": service.pid, "log": str(service.log)}
            replace(self.running_file, json.dumps(entries, indent=2) + "\n")
            replace(self.settings_file, "".join(f"{name}={value}\n" for name, value in settings(entries)))

    def _say(self, service: Service, text: str) -> None:
        sys.stdout.write(f"{service.name:<10} {text}  [{time.monotonic() - self._begun:.1f} s]\n")
        sys.stdout.flush()


def where(service: Service) -> str:
    """The address in words, without secrets."""
    address = service.address
    return str(address.get("url") or f"{ports.HOST}:{address['port']}")


def settings(entries: dict[str, Any]) -> list[tuple[str, Any]]:
    """Nhịp's settings that point it at what runs."""
    running = [(SETTINGS[name], address) for name, address in entries.items() if name in SETTINGS]
    return [(setting, address[part]) for named, address in running for setting, part in named.items()]


def replace(file: Path, text: str) -> None:
    """Write a file so that a reader sees the old one or the new one."""
    new = file.with_name(f"{file.name}.new")
    new.write_text(text)
    new.replace(file)
