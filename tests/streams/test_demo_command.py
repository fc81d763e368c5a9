"""`nhip demo` as a newcomer runs it: the whole road in one process, ended by itself, by Ctrl-C, or in vain."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from points.embedded import EmbeddedStore
from streams.demo.scenario import Scenario
from streams.running import only_one
from tests.streams.demo_scene import stage, told

SECONDS = 240
STUCK = "25480/lao-dong-viec-lam"
OF_THE_WORKER = frozenset({"pipeline", "set_aside"})
"""Points that a worker goes on to store while its scenario has settled."""


def nhip(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start `nhip demo` in a folder of its own. Settings of the environment must not reach into a demo."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("NHIP_")}
    hostile = {"NHIP_SMTP_HOST": "mail.invalid", "NHIP_WEBHOOK_URL": "http://hook.invalid/", "NHIP_KAFKA_BOOTSTRAP": "kafka.invalid:1"}
    command = [str(Path(sys.executable).with_name("nhip")), "demo", *arguments]
    return subprocess.Popen(command, cwd=folder, env=ours | hostile, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


class Ran(msgspec.Struct):
    """A demo that has ended."""

    folder: Path
    report: dict[str, Any]
    output: str
    errors: str
    code: int


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("demo")
    with nhip(folder, "--once", "--report", "demo.json", "--timeout", str(SECONDS), "--port", "0") as demo:
        output, errors = demo.communicate(timeout=SECONDS + 30)
    report = folder / "demo.json"
    return Ran(folder, json.loads(report.read_text() or "{}"), output, errors, demo.returncode)


@pytest.mark.timeout(SECONDS + 60)
def test_it_ends_by_itself_and_says_nothing_on_standard_error(ran: Ran) -> None:
    assert (ran.code, ran.errors) == (0, "")


def test_the_worker_says_of_every_feed_what_the_pure_code_says(ran: Ran) -> None:
    """Broker, batches, tables and page between: the verdicts are those of the scenario judged in memory at the same instant."""
    now_ms = int(datetime.fromisoformat(ran.report["now"]).timestamp() * 1000)
    expected = {feed: (str(verdict.status), str(verdict.reason)) for feed, verdict in told(stage(now_ms)).verdicts.items()}
    reported = {f"{line['unit']}/{line['dataset']}": (line["verdict"], line["reason"]) for line in ran.report["verdicts"]}
    assert reported == expected


def test_the_stuck_commune_is_current_to_december_2024(ran: Ran) -> None:
    line = next(line for line in ran.report["verdicts"] if f"{line['unit']}/{line['dataset']}" == STUCK)
    assert (line["verdict"], line["reason"], line["data_through"]) == ("stale", "stuck", "2024-12")


def test_exactly_the_feeds_that_are_behind_are_told_once_each(ran: Ran) -> None:
    behind = sorted(f"{line['unit']}/{line['dataset']}" for line in ran.report["verdicts"] if line["verdict"] in {"late", "stale", "never"})
    assert sorted(f"{alert['unit']}/{alert['dataset']}" for alert in ran.report["alerts"]) == behind
    assert {tuple(alert["channels"]) for alert in ran.report["alerts"]} == {("outbox",)}


def test_the_alert_is_in_the_outbox_with_the_text_of_the_report(ran: Ran) -> None:
    alert = next(alert for alert in ran.report["alerts"] if f"{alert['unit']}/{alert['dataset']}" == STUCK)
    assert "mới cập nhật đến hết tháng 12/2024" in alert["subject"]
    files = list((ran.folder / ".nhip" / "demo" / "outbox").glob("25480-lao-dong-viec-lam-stale-*.txt"))
    assert [alert["text"].strip() in file.read_text(encoding="utf-8") for file in files] == [True]
    assert len(list((ran.folder / ".nhip" / "demo" / "outbox").glob("*.txt"))) == len(ran.report["alerts"])


def test_what_was_set_aside_is_told_by_reason(ran: Ran) -> None:
    assert ran.report["quarantined"] == {
        "unknown_unit": 16,
        "undecodable": 12,
        "wrong_encoding": 4,
        "future_period": 2,
        "implausible_period": 2,
    }


def test_points_are_counted_as_they_are_stored(ran: Ran) -> None:
    store = EmbeddedStore(ran.folder / ".nhip" / "demo" / "points.sqlite")
    stored = {name: len(store.read(name)) for name in ran.report["points"] if name not in OF_THE_WORKER}
    store.close()
    assert {name: n for name, n in ran.report["points"].items() if name not in OF_THE_WORKER} == stored
    assert len({(line["unit"], line["dataset"]) for line in ran.report["verdicts"]}) <= stored["freshness"]


def test_checks_fail_where_rows_are_bad_and_nowhere_else(ran: Ran) -> None:
    """Each suite is met by the examples of its contract; a feed with bad rows fails several checks."""
    bad = {feed for feed, names in Scenario(stage()).cast.items() if "bad_rows" in names}
    store = EmbeddedStore(ran.folder / ".nhip" / "demo" / "points.sqlite")
    failed = [f"{p.tags['unit']}/{p.tags['dataset']}" for p in store.read("quality") if p.fields.get("success") is False]
    store.close()
    assert set(failed) == bad
    assert min(failed.count(feed) for feed in bad) > 1


def test_it_tells_people_who_is_behind_and_where_the_texts_are(ran: Ran) -> None:
    for text in ("25480 Phường Bình Minh", "25486 Xã Tân Biên", "stale (stuck)", "12/2024", ".nhip/demo/outbox"):
        assert text in ran.output
    assert "\x1b" not in ran.output


def test_a_demo_that_ends_by_itself_names_no_page_that_nobody_could_open(ran: Ran) -> None:
    """One that stays does: the next test opens it."""
    assert "http://" not in ran.output
    assert "usual port" not in ran.output


def lines_until(start: str, stream: Any) -> Iterator[str]:
    """Lines of a running program up to the one that begins with `start`; its end ends them too."""
    for line in stream:
        yield line
        if line.startswith(start):
            return


@pytest.mark.timeout(SECONDS + 60)
def test_it_serves_the_page_until_it_is_interrupted_and_ends_with_one_line(tmp_path: Path) -> None:
    with nhip(tmp_path, "--no-suites", "--lang", "en", "--seed", "7", "--timeout", str(SECONDS), "--port", "0") as demo:
        told_lines = list(lines_until("Page", demo.stdout))
        address = told_lines[-1].split()[1]
        with urllib.request.urlopen(f"{address}/feeds/{STUCK}", timeout=20) as answer:  # noqa: S310  the page of the demo
            page = answer.read().decode()
        demo.send_signal(signal.SIGINT)
        output, errors = demo.communicate(timeout=30)
    assert "December 2024" in page
    assert any("Binh Minh Ward" in line for line in told_lines)
    assert (demo.returncode, errors, output.split("\n")[-2]) == (0, "", "Ended; nothing is left running.")


def test_a_demo_that_does_not_settle_in_time_says_how_far_it_came(tmp_path: Path) -> None:
    with nhip(tmp_path, "--once", "--no-suites", "--timeout", "0", "--port", "0") as demo:
        _, errors = demo.communicate(timeout=60)
    assert demo.returncode == 1
    assert errors.startswith("nhip: not started in time: ")
    assert "--timeout SECONDS" in errors


def test_two_demos_do_not_share_a_folder(tmp_path: Path) -> None:
    with only_one(tmp_path / ".nhip" / "demo"), nhip(tmp_path, "--once") as demo:
        _, errors = demo.communicate(timeout=60)
    assert demo.returncode == 2
    assert errors == "nhip: another demo runs in .nhip/demo: stop it first, or set NHIP_DATA_DIR to a folder of your own\n"


def test_a_port_that_is_taken_is_told_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with nhip(tmp_path, "--once", "--port", str(port)) as demo:
            _, errors = demo.communicate(timeout=60)
    assert (demo.returncode, errors) == (2, f"nhip: port {port} is taken: choose another with --port, or leave the choice to the demo\n")


def test_a_report_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    with nhip(tmp_path, "--once", "--report", "missing/demo.json") as demo:
        _, errors = demo.communicate(timeout=60)
    assert demo.returncode == 2
    assert errors.startswith("nhip: --report missing/demo.json: cannot be written")
