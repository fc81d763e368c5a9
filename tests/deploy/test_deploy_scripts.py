"""The scripts of deploy/, run as compose runs them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.deploy.files import COMPOSE, DEPLOY
from tests.services import ports
from tests.services.clients import Influx, unique
from tests.services.web import call


def run(script: str, *arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script of deploy/ with this Python and nothing of ours in its path."""
    command = [sys.executable, "-I", str(DEPLOY / script), *map(str, arguments)]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


@contextmanager
def answering(status: int, body: bytes = b"{}") -> Iterator[tuple[str, list[str]]]:
    """A server that answers everything alike; yields its address and what was asked of it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((ports.HOST, 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{ports.HOST}:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (500, 1)])
def test_a_worker_is_as_healthy_as_it_says(status: int, code: int) -> None:
    with answering(status) as (url, asked):
        assert run("healthy.py", NHIP_PAGE_PORT=url.rsplit(":", 1)[1]).returncode == code
    assert asked == ["/readyz"]


def test_a_worker_that_does_not_answer_is_not_healthy() -> None:
    (port,) = ports.free(1)
    done = run("healthy.py", NHIP_PAGE_PORT=str(port))
    assert done.returncode == 1
    assert "not well" in done.stderr


def test_a_proxy_is_not_asked_for_health() -> None:
    with answering(200) as (url, _), answering(500) as (proxy, asked_proxy):
        assert run("healthy.py", NHIP_PAGE_PORT=url.rsplit(":", 1)[1], http_proxy=proxy).returncode == 0
    assert asked_proxy == []


def test_secrets_are_made_once_without_a_newline(tmp_path: Path) -> None:
    script = shutil.copy(DEPLOY / "secrets" / "make.sh", tmp_path)
    for _ in range(2):
        subprocess.run(["sh", script], check=True, capture_output=True)
        made = {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.suffix != ".sh"}
        assert made.keys() == COMPOSE["secrets"].keys()
        assert len(set(made.values())) == len(made)
        assert all(len(secret) == 48 and secret.isalnum() for secret in made.values())
    again = subprocess.run(["sh", script], check=True, capture_output=True, text=True).stdout
    assert again.count(": kept") == len(made)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.suffix != ".sh"} == made
    assert tmp_path.stat().st_mode & 0o077 == 0


def test_git_takes_no_secret() -> None:
    files = [str(DEPLOY / "secrets" / name) for name in COMPOSE["secrets"]]
    ignored = subprocess.run(["git", "check-ignore", *files], cwd=DEPLOY, capture_output=True, text=True, check=False).stdout.split()
    assert ignored == files


@pytest.fixture
def token_file(influxdb: Influx, tmp_path: Path) -> Path:
    file = tmp_path / "influxdb_token"
    file.write_text(influxdb.token)
    return file


def test_grafana_s_token_reads_one_bucket_and_writes_none(influxdb: Influx, token_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run("reading_token.py", influxdb.url, influxdb.org, influxdb.bucket, token_file, out)
    assert done.returncode == 0, done.stderr
    reader = Influx(influxdb.url, influxdb.org, influxdb.bucket, out.read_text())
    assert reader.select("show measurements") == influxdb.select("show measurements")
    with pytest.raises(RuntimeError, match="403"):
        call("POST", f"{influxdb.url}/api/v2/write?org={influxdb.org}&bucket={influxdb.bucket}", Authorization=f"Token {reader.token}")
    assert influxdb.token not in done.stdout + done.stderr
    assert reader.token not in done.stdout + done.stderr


def test_the_token_made_before_is_found_again(influxdb: Influx, token_file: Path, tmp_path: Path) -> None:
    """Else every start of compose would leave another one behind."""
    written = []
    for name in ("one", "two"):
        assert run("reading_token.py", influxdb.url, influxdb.org, influxdb.bucket, token_file, tmp_path / name).returncode == 0
        written.append((tmp_path / name).read_text())
    assert written[0] == written[1]


@pytest.mark.parametrize("wrong", ["bucket", "token"])
def test_a_token_that_cannot_be_made_is_said(influxdb: Influx, token_file: Path, tmp_path: Path, wrong: str) -> None:
    if wrong == "token":
        token_file.write_text("not-a-token")
    bucket = unique("absent") if wrong == "bucket" else influxdb.bucket
    done = run("reading_token.py", influxdb.url, influxdb.org, bucket, token_file, tmp_path / "out")
    assert done.returncode == 1
    assert influxdb.url in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_connector_that_connect_refuses_is_said(connect_url: str, tmp_path: Path) -> None:
    (tmp_path / f"{unique('nhip')}.json").write_text(json.dumps({"connector.class": "no.such.Connector", "tasks.max": "1"}))
    done = run("register.py", connect_url, tmp_path)
    assert done.returncode == 1
    assert "no.such.Connector" in done.stderr


def test_a_connector_that_fails_ends_with_its_reason(tmp_path: Path) -> None:
    trace = "org.apache.kafka.connect.errors.ConnectException: no such slot\n\tat somewhere"
    status = {"connector": {"state": "RUNNING"}, "tasks": [{"id": 0, "state": "FAILED", "trace": trace}]}
    (tmp_path / "a.json").write_text("{}")
    with putting(status) as url:
        done = run("register.py", url, tmp_path)
    assert done.returncode == 1
    assert done.stderr == "a failed: org.apache.kafka.connect.errors.ConnectException: no such slot\n"


@contextmanager
def putting(status: object) -> Iterator[str]:
    """A Connect that takes every connector and tells one status."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer()

        def _answer(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(status).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((ports.HOST, 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{ports.HOST}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_a_folder_without_connectors_is_said(tmp_path: Path) -> None:
    done = run("register.py", "http://127.0.0.1:1", tmp_path)
    assert done.returncode == 1
    assert "no .json file" in done.stderr
