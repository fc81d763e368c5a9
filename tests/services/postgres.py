"""PostgreSQL with logical decoding, as Debezium needs it."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import ClassVar

from tests.services import packages, ports, process
from tests.services.service import Address, Service

INSTALLED = Path("/usr/lib/postgresql")
# Debian's package would make and start a cluster of its own at installation.
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/nhip.conf")
SETTINGS = """
listen_addresses = '{host}'
port = {port}
unix_socket_directories = ''
wal_level = logical
max_wal_senders = 20
max_replication_slots = 20
max_slot_wal_keep_size = '1GB'
shared_buffers = '64MB'
fsync = off
"""


class Postgres(Service):
    """A server whose superuser `postgres` needs no password on loopback."""

    name = "postgres"
    # SIGTERM would wait for clients to leave.
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT
    version = "system"

    @property
    def is_built(self) -> bool:
        """Whether the system has it."""
        return _program("initdb") is not None

    def ensure_built(self) -> None:
        """Install the system's package; raises ServiceError where we may not."""
        if not self.is_built:
            NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
            NO_CLUSTER.write_text("create_main_cluster = false\n")
            packages.install("initdb", "postgresql", self.build_log)

    def build(self, into: Path) -> None:
        """Nothing: it comes as a package."""

    def prepare(self) -> Address:
        """Make an empty cluster, owned by the user that may run it."""
        (port,) = ports.free(1)
        if self.user is not None:
            shutil.chown(self.home, self.user, self.user)
        initdb = [_found("initdb"), "-D", str(self._data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        process.run(initdb, self.log, cwd=Path("/"), user=self.user)
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS.format(host=ports.HOST, port=port))
        dsn = f"host={ports.HOST} port={port} user=postgres dbname=postgres"
        return {"host": ports.HOST, "port": port, "user": "postgres", "database": "postgres", "dsn": dsn}

    def command(self) -> list[str]:
        """The server."""
        return [_found("postgres"), "-D", str(self._data)]

    def is_ready(self, said: str) -> bool:
        """It says so itself, once recovery is over."""
        return "database system is ready to accept connections" in said

    @property
    def _data(self) -> Path:
        return self.home / "data"


# It refuses to run as root.
Postgres.user = "postgres" if os.geteuid() == 0 else None


def _program(name: str) -> str | None:
    """The newest installed one: Debian keeps them off the path."""
    installed = sorted(INSTALLED.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    return str(installed[-1]) if installed else shutil.which(name)


def _found(name: str) -> str:
    return _program(name) or name
