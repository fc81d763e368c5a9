"""System packages that a service needs."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

from tests.services import process
from tests.services.process import ServiceError

QUIET = {"DEBIAN_FRONTEND": "noninteractive"}
_one_at_a_time = threading.Lock()


def ensure(program: str, package: str, log: Path) -> None:
    """Install the Debian package when its program is missing and we may; otherwise say what to install."""
    with _one_at_a_time:
        if shutil.which(program) is None:
            install(program, package, log)


def install(program: str, package: str, log: Path) -> None:
    """Install by apt; raises ServiceError where that is not possible."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise ServiceError(f"`{program}` is missing; install it (Debian: apt-get install {package}) and run `make services` again")
    process.run(["apt-get", "-q", "update"], log, env=QUIET)
    process.run(["apt-get", "-q", "install", "-y", "--no-install-recommends", package], log, env=QUIET)
