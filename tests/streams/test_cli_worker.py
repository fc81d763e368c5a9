"""A worker that cannot start says what to mend, before it asks anybody anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.cli import main


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine's own, and no Kafka."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NHIP_KAFKA_BOOTSTRAP", "127.0.0.1:1")


def nhip(*arguments: str, **environment: str) -> Result:
    result = CliRunner().invoke(main, list(arguments), env=environment)
    assert isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../w", "a b", "xã", "-w", "w" * 65])
def test_a_name_that_is_no_folder_of_its_own_is_refused(name: str) -> None:
    result = nhip("worker", "--name", name)
    assert (result.exit_code, "such as worker-1" in result.output) == (2, True), result.output


@pytest.mark.parametrize("name", ["w", "worker-1", "A.b_c-9", "w" * 64])
def test_a_plain_name_is_taken(name: str) -> None:
    result = nhip("worker", "--name", name)
    assert (result.exit_code, "Kafka at 127.0.0.1:1 does not answer" in result.output) == (1, True), result.output


def test_a_folder_that_cannot_be_written_is_named_with_its_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    result = nhip("worker", NHIP_DATA_DIR=str(tmp_path / "file"))
    assert (result.exit_code, "NHIP_DATA_DIR" in result.output) == (2, True), result.output


@pytest.mark.parametrize("command", [("config", "show"), ("status",), ("worker",)], ids=" ".join)
def test_an_env_file_that_is_not_utf8_is_a_wrong_setting_of_every_command(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / ".env").write_bytes("NHIP_MAIL_FROM=Trung tâm".encode("utf-16"))
    result = nhip(*command)
    assert (result.exit_code, ".env: not UTF-8" in result.output) == (2, True), result.output
