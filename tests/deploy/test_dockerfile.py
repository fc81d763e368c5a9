"""The image: small, nobody's root, nothing in it that builds."""

from __future__ import annotations

import re
from fnmatch import fnmatch

import pytest

from streams.settings import PREFIX, Settings
from tests.deploy.files import DEPLOY, ROOT

LINES = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text(encoding="utf-8")).splitlines()
INSTRUCTIONS = [tuple(line.split(maxsplit=1)) for line in LINES if line and not line.startswith("#")]
FROM = [at for at, (what, _) in enumerate(INSTRUCTIONS) if what == "FROM"]
BUILD, FINAL = INSTRUCTIONS[: FROM[-1]], INSTRUCTIONS[FROM[-1] :]
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
BUILDS = re.compile(r"\b(gcc|g\+\+|cc|make|cmake|build-essential|python3?-dev|git|cargo|apt-get|curl|wget|pip3? install)\b")


def sent(path: str) -> bool:
    """Whether Docker is sent a path of the checkout: the last rule that fits it or a folder above it decides."""
    decided = True
    for rule in (line for line in IGNORED if line and not line.startswith("#")):
        pattern = rule.removeprefix("!").removeprefix("**/")
        if any(fnmatch(part, pattern) for part in (path, path.split("/", maxsplit=1)[0], path.rsplit("/", 1)[-1])):
            decided = rule.startswith("!")
    return decided


def arguments(stage: list[tuple[str, ...]], what: str) -> list[str]:
    return [rest for name, rest in stage if name == what]


def test_every_stage_starts_from_one_pinned_slim_python() -> None:
    images = {rest.split()[0] for rest in arguments(INSTRUCTIONS, "FROM")}
    assert len(FROM) == 2
    (image,) = images
    assert re.fullmatch(r"python:3\.11\.\d+-slim-\w+", image)


def test_it_runs_as_nobody_s_root() -> None:
    (user,) = arguments(FINAL, "USER")
    uid, gid = user.split(":")
    assert int(uid) >= 1000
    assert int(gid) >= 1000
    assert FINAL.index(("USER", user)) > max(at for at, (what, _) in enumerate(FINAL) if what in {"RUN", "COPY"})


def test_the_final_stage_builds_and_fetches_nothing() -> None:
    for command in arguments(FINAL, "RUN"):
        assert not BUILDS.search(command), command
    (removed,) = [command for command in arguments(FINAL, "RUN") if "pip uninstall" in command]
    assert {"pip", "setuptools", "wheel"} <= set(removed.split())


def test_no_compiler_is_needed_even_to_build() -> None:
    (install,) = arguments(BUILD, "RUN")[1:]
    assert "--only-binary :all:" in install
    assert not re.search(r"apt-get|gcc|build-essential", install)


def test_versions_are_those_of_the_constraints() -> None:
    (install,) = arguments(BUILD, "RUN")[1:]
    assert "--constraint constraints.txt" in install


@pytest.mark.parametrize("copied", [rest for what, rest in INSTRUCTIONS if what == "COPY" and "--from" not in rest])
def test_what_is_copied_exists_and_is_sent(copied: str) -> None:
    *sources, _ = [word for word in copied.split() if not word.startswith("--")]
    assert sources
    for source in sources:
        path = source.removeprefix("./")
        assert (ROOT / path).exists(), path
        assert sent(path), path


@pytest.mark.parametrize(
    "path", [".git", ".env", ".services/nhip.env", "deploy/secrets/influxdb_token", "tests/conftest.py", "streams/__pycache__/app.pyc"]
)
def test_secrets_tests_and_history_are_not_sent(path: str) -> None:
    assert not sent(path)


def test_the_packages_are_those_that_are_installed() -> None:
    """A package left out would be missing at run time only."""
    include = re.search(r"^include = \[(.*)\]$", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert include
    packages = set(re.findall(r'"(\w+)\*"', include[1]))
    copied = {rest.split()[0] for rest in arguments(BUILD, "COPY")}
    assert packages <= copied


def test_docker_asks_the_health_of_a_worker() -> None:
    (check,) = arguments(FINAL, "HEALTHCHECK")
    assert '"nhip-healthy"' in check
    assert any("deploy/healthy.py /usr/local/bin/nhip-healthy" in rest for rest in arguments(FINAL, "COPY"))
    assert "/readyz" in (DEPLOY / "healthy.py").read_text(encoding="utf-8")


def test_every_variable_of_ours_is_a_setting() -> None:
    named = {name for rest in arguments(FINAL, "ENV") for name in re.findall(r"\b(NHIP_\w+)=", rest)}
    assert named <= {PREFIX + name.upper() for name in Settings.model_fields}
    assert named
