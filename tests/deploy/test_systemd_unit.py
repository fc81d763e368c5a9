"""The unit, as systemd itself reads it."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from streams.settings import PREFIX, Settings
from tests.deploy.files import DEPLOY

UNIT = DEPLOY / "systemd" / "nhip-worker@.service"
PROGRAM = "/opt/nhip/venv/bin/nhip"
MOST_EXPOSURE = 2.0
"""Of 10, as `systemd-analyze security` counts; an ordinary service has 9.6."""


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that exists, which systemd insists on."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("this machine has no systemd-analyze")
    text = UNIT.read_text(encoding="utf-8")
    assert f"ExecStart={PROGRAM} worker --name %i\n" in text
    copy = tmp_path / UNIT.name
    copy.write_text(text.replace(PROGRAM, "/bin/true"), encoding="utf-8")
    return copy


def analyze(*arguments: str) -> str:
    """Everything that systemd-analyze says."""
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_systemd_has_nothing_to_say_against_it(unit: Path) -> None:
    assert analyze("verify", str(unit)) == ""


def test_systemd_would_say_so(unit: Path) -> None:
    """It ignores a key that it does not know, with a word."""
    unit.write_text(unit.read_text(encoding="utf-8").replace("KillSignal", "KillSignall"), encoding="utf-8")
    assert "KillSignall" in analyze("verify", str(unit))


def test_it_exposes_little(unit: Path) -> None:
    said = re.search(r"Overall exposure level for \S+: ([\d.]+)", analyze("security", "--offline=true", str(unit)))
    assert said
    assert float(said[1]) < MOST_EXPOSURE


def test_its_variables_are_settings() -> None:
    named = set(re.findall(rf"\b({PREFIX}\w+)=", UNIT.read_text(encoding="utf-8")))
    assert named <= {PREFIX + name.upper() + end for name in Settings.model_fields for end in ("", "_FILE")}
    assert f"{PREFIX}INFLUXDB_TOKEN_FILE" in named


def test_a_wrong_setting_is_not_tried_again() -> None:
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]  # as configparser's manual says
    parsed.read(UNIT, encoding="utf-8")
    assert parsed["Service"]["Restart"] == "on-failure"
    assert parsed["Service"]["RestartPreventExitStatus"] == "2"
    assert parsed["Service"]["User"] == "nhip"
