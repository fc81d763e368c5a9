"""`nhip worker` as a process of its own, and the other commands as a person at a terminal runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from streams.settings import PREFIX
from tests.services.clients import eventually

NHIP = Path(sys.executable).with_name("nhip")
UP_SECONDS = 90
END_SECONDS = 60


class WorkerProcess:
    """One worker and its page. Its log is a file that grows over restarts."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self.log = folder / "worker.log"
        self._settings = dict(settings)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where its page is."""
        return f"http://127.0.0.1:{self._settings['NHIP_PAGE_PORT']}"

    def start(self) -> None:
        """Start it and wait until its page is current; fails the test with the log when it ends instead."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen([NHIP, "worker"], cwd=self.folder, env=self._environment, stdout=log, stderr=log)
        eventually(self._is_up, "worker", UP_SECONDS)

    @property
    def is_running(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    def terminate(self) -> int:
        """Send SIGTERM; return the exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """Send SIGKILL; return the exit code."""
        return self._end(signal.SIGKILL)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command of `nhip` with the worker's settings."""
        return subprocess.run(
            [NHIP, *arguments], cwd=self.folder, env=self._environment, capture_output=True, text=True, timeout=60, check=False
        )

    def page(self, path: str) -> str:
        """A page's HTML."""
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:  # noqa: S310  our own page
            text: str = answer.read().decode()
            return text

    def page_with(self, path: str, text: str) -> str:
        """A page's HTML once it holds the text."""
        return eventually(lambda: html if text in (html := self.page(path)) else None, f"{text!r} on {path}")

    def api(self, path: str) -> Any:
        """An answer of the page's JSON."""
        return json.loads(self.page(path))

    @property
    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        return inherited | self._settings

    def _is_up(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the worker ended with {self._process.returncode}\n{self.log.read_text()[-4000:]}"
        try:
            return bool(self.api("/readyz")["status"] == "ok")
        except (urllib.error.URLError, OSError):
            return False

    def _end(self, with_signal: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(with_signal)
        return self._process.wait(END_SECONDS)

    def stop(self) -> None:
        """Make sure that it does not outlive its test."""
        if self.is_running:
            self.kill()
