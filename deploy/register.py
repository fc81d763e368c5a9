#!/usr/bin/env python
"""`register.py CONNECT FOLDER`: make Kafka Connect run a connector for each JSON file of a folder, named as the file is.

Again, it puts right what differs and leaves alone what does not. It waits until every connector and its task run. Exit code 0: they do;
1: one failed, or did not run in time; its reason is printed. Python's own library is enough.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 120
POLL_SECONDS = 0.5
TIMEOUT_SECONDS = 30


class Failure(Exception):  # noqa: N818  it is not an error of this program
    """A connector does not run. The message says why."""


def main(connect: str, folder: Path) -> int:
    """Register every file; returns the exit code."""
    files = sorted(folder.glob("*.json"))
    if not files:
        sys.stderr.write(f"{folder} holds no .json file: put one there for each database to read\n")
        return 1
    try:
        for file in files:
            ask(f"{connect}/connectors/{file.stem}/config", file.read_bytes())
        for file in files:
            wait(connect, file.stem)
            sys.stdout.write(f"{file.stem}: running\n")
    except (Failure, OSError) as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    return 0


def ask(url: str, body: bytes | None = None) -> Any:
    """What Connect answers to a GET, or to a PUT of a body; None when it does not know it yet. Raises Failure, OSError."""
    method = "GET" if body is None else "PUT"
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method=method)  # noqa: S310  our own Connect
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310  our own Connect
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code == 404 and body is None:
            return None
        raise Failure(f"{method} {url}: {error.code} {error.read().decode(errors='replace')}") from None


def wait(connect: str, name: str) -> None:
    """Return when a connector and its tasks run. Raises Failure."""
    stop_at = time.monotonic() + PATIENCE_SECONDS
    while not runs(name, ask(f"{connect}/connectors/{name}/status")):
        if time.monotonic() > stop_at:
            raise Failure(f"{name} does not run after {PATIENCE_SECONDS} s; see Connect's log")
        time.sleep(POLL_SECONDS)


def runs(name: str, status: dict[str, Any] | None) -> bool:
    """Whether a status says that all of it runs. Raises Failure with the first line of a failed part's trace."""
    if status is None:
        return False
    parts = [status["connector"], *status["tasks"]]
    for part in parts:
        if part["state"] == "FAILED":
            raise Failure(f"{name} failed: {part.get('trace', 'no trace').splitlines()[0]}")
    return bool(status["tasks"]) and all(part["state"] == "RUNNING" for part in parts)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: register.py http://connect:8083 FOLDER")
    sys.exit(main(sys.argv[1].rstrip("/"), Path(sys.argv[2])))
