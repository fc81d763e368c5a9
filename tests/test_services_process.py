"""How services are started and ended, shown with small processes."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import ports, process
from tests.services.clients import eventually
from tests.services.process import Process, ServiceError
from tests.services.service import Address, Service

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
LISTENING = "import socket, sys, time; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); print('open', flush=True); time.sleep(60)"


class Listener(Service):
    """The smallest service: it listens."""

    name = "listener"
    version = "1"
    builds = 0

    def build(self, into: Path) -> None:
        """A file that says so."""
        self.builds += 1
        (into / "built").touch()

    def prepare(self) -> Address:
        """A port."""
        (port,) = ports.free(1)
        return {"port": port}

    def command(self) -> list[str]:
        """A process that listens."""
        return [sys.executable, "-c", LISTENING, str(self.address["port"])]

    def is_ready(self, said: str) -> bool:
        """It says so."""
        return "open" in said


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    service = Listener(tmp_path / "home", tmp_path / "cache", tmp_path / "logs")
    yield service
    service.kill()


@pytest.fixture
def stubborn(tmp_path: Path) -> Iterator[Process]:
    """A process that does not hear SIGTERM."""
    log = tmp_path / "log"
    started = process.spawn([sys.executable, "-c", STUBBORN], log)
    eventually(lambda: "deaf" in log.read_text(), "deaf process")
    yield started
    process.kill(started)


def test_a_process_that_ignores_the_signal_is_ended_by_force_after_the_grace(stubborn: Process) -> None:
    assert process.is_alive(stubborn)
    process.end(stubborn, signal.SIGTERM, grace_seconds=0.1)
    assert not process.is_alive(stubborn)


def test_a_number_that_another_process_has_now_is_not_taken_for_ours(stubborn: Process) -> None:
    of_yesterday = Process(stubborn.pid, born="1")
    assert not process.is_alive(of_yesterday)
    process.kill(of_yesterday)
    assert process.is_alive(stubborn)


def test_a_command_that_fails_is_told_with_its_last_words_and_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(ServiceError, match="no such recipe") as raised:
        process.run([sys.executable, "-c", "raise SystemExit('no such recipe')"], log)
    assert str(log) in str(raised.value)


def test_a_service_that_ends_while_starting_is_told_at_once(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Listener, "command", lambda _self: [sys.executable, "-c", "raise SystemExit('port taken')"])
    with pytest.raises(ServiceError, match="port taken"):
        listener.start()


def test_a_service_keeps_its_port_over_a_crash_and_gets_a_new_home_once_forgotten(listener: Listener) -> None:
    port = listener.start()["port"]
    listener.kill()
    assert not listener.is_running
    assert listener.start()["port"] == port
    listener.stop()
    listener.forget()
    assert not listener.home.exists()


def test_a_second_start_starts_nothing(listener: Listener) -> None:
    listener.start()
    first = listener.pid
    listener.start()
    assert listener.pid == first


def test_a_service_is_built_once(listener: Listener) -> None:
    listener.ensure_built()
    listener.ensure_built()
    assert listener.builds == 1


def test_a_build_that_was_interrupted_is_not_taken_for_a_whole_one(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_self: Listener, into: Path) -> None:
        (into / "half").touch()
        raise ServiceError("no network")

    with monkeypatch.context() as patch:
        patch.setattr(Listener, "build", interrupted)
        with pytest.raises(ServiceError):
            listener.ensure_built()
    assert not listener.is_built
    listener.ensure_built()
    assert [file.name for file in listener.built.iterdir()] == ["built"]


def test_free_ports_are_different_and_nobody_listens_on_them() -> None:
    chosen = ports.free(5)
    assert len(set(chosen)) == 5
    assert not any(ports.answers(port) for port in chosen)


def test_a_port_that_somebody_listens_on_answers() -> None:
    with socket.create_server((ports.HOST, 0)) as server:
        assert ports.answers(server.getsockname()[1])
