"""Starting a background process, knowing it again later, and ending it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

POLL_SECONDS = 0.05
TAIL_LINES = 12


class ServiceError(Exception):
    """A service cannot be built or started; the text says what to do and where to read more."""


class Process(NamedTuple):
    """A process by number and birth: a number alone is given to another process one day."""

    pid: int
    born: str


def spawn(command: Sequence[str], log: Path, *, user: str | None = None) -> Process:
    """Start `command` in a session of its own, its output appended to `log`; it outlives us."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            start_new_session=True,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
    return Process(child.pid, _born(child.pid))


def run(
    command: Sequence[str],
    log: Path,
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    gently: bool = False,
) -> None:
    """Run `command` to its end, its output appended to `log`; a failure raises ServiceError with the log's last lines.

    `gently` lets everything else on the machine go first.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, **(env or {})}
    with log.open("ab") as output:
        output.write(f"$ {' '.join(command)}\n".encode())
        output.flush()
        done = subprocess.run(
            [*(["nice"] if gently else []), *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=cwd,
            env=environment,
            user=user,
            check=False,
        )
    if done.returncode:
        raise ServiceError(f"`{command[0]}` ended with {done.returncode}; its log is {log}\n{tail(log)}")


def is_alive(process: Process) -> bool:
    """Whether this very process still runs (a zombie does not)."""
    with contextlib.suppress(ChildProcessError):  # not a child of ours: nothing to reap
        os.waitpid(process.pid, os.WNOHANG)
    return process.born != "" and _born(process.pid) == process.born


def end(process: Process, how: signal.Signals, grace_seconds: float) -> None:
    """Ask with `how`; after the grace, end its whole group by force. Returns when it is gone."""
    if not is_alive(process):
        return
    os.kill(process.pid, how)
    if not _gone(process, grace_seconds):
        kill(process)


def kill(process: Process) -> None:
    """End the process and its children at once, as a crash would."""
    if is_alive(process):
        os.killpg(process.pid, signal.SIGKILL)
        _gone(process, 10)


def wait_until(ready: Callable[[], bool], process: Process, seconds: float, name: str, log: Path) -> None:
    """Wait until `ready` says so; raises ServiceError when the process ends or the time runs out."""
    stop_at = time.monotonic() + seconds
    while not ready():
        if not is_alive(process):
            raise ServiceError(f"{name} ended while starting; its log is {log}\n{tail(log)}")
        if time.monotonic() > stop_at:
            kill(process)
            raise ServiceError(f"{name} did not answer within {seconds:.0f} s; its log is {log}\n{tail(log)}")
        time.sleep(POLL_SECONDS)


@contextlib.contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Let one process at a time do what follows; the others wait."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def tail(log: Path) -> str:
    """The last lines of a log, indented, for an error's text."""
    lines = log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
    return "\n".join(f"    {line}" for line in lines)


def _gone(process: Process, seconds: float) -> bool:
    stop_at = time.monotonic() + seconds
    while is_alive(process):
        if time.monotonic() > stop_at:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _born(pid: int) -> str:
    """When the process began, as the system words it; empty when there is none."""
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return "" if Path("/proc/self").exists() else _born_by_ps(pid)
    except ProcessLookupError:
        return ""
    # A zombie with threads left is still closing its files and ports.
    return "" if state in "ZX" and int(fields[16]) <= 1 else fields[18]


def _born_by_ps(pid: int) -> str:
    """The same where there is no /proc."""
    answer = subprocess.run(["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout.strip()
    return "" if answer.startswith("Z") else answer.partition(" ")[2]
