"""docker-compose.yml by itself: right by the specification, pinned, watched, bounded, and without a secret."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from expectations.catalogue.load import load as load_catalogue
from streams.settings import PREFIX, Settings
from streams.settings import load as load_settings
from tests.deploy.files import COMPOSE, CONNECTORS, DEPLOY, ONE_SHOT, ROOT, SCHEMA, SERVICES, WORKERS, connector, environment

PUBLISHED = {"grafana": "3000", "mailpit": "8025", "worker-1": "6066", "worker-2": "6066"}
SECRET_WORDS = re.compile(r"password|token|secret|credential", re.IGNORECASE)


def mistakes(compose: dict[str, Any]) -> list[str]:
    """What the Compose Specification says against a file."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return [f"{error.json_path}: {error.message}" for error in jsonschema.Draft202012Validator(schema).iter_errors(compose)]


def test_the_file_is_right_by_the_compose_specification() -> None:
    assert mistakes(COMPOSE) == []


def test_the_specification_refuses_a_misspelt_key() -> None:
    """Else the test above would say nothing."""
    assert mistakes({"services": {"kafka": {"image": "apache/kafka:4.3.0", "healthchek": {}}}}) != []


def test_everything_that_was_asked_for_is_there() -> None:
    assert set(SERVICES) == {"kafka", "connect", "postgres", "influxdb", "grafana", "mailpit", *WORKERS, *ONE_SHOT}
    assert len(WORKERS) == 2


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_is_pinned_to_a_whole_version(service: str) -> None:
    assert re.search(r":v?\d+\.\d+(\.\d+)?([.-][A-Za-z]\w*)?$", SERVICES[service]["image"]), SERVICES[service]["image"]


@pytest.mark.parametrize("service", [name for name in SERVICES if name not in ONE_SHOT])
def test_a_service_that_stays_has_a_health_check_and_comes_back(service: str) -> None:
    check = SERVICES[service]["healthcheck"]
    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert check["retries"] >= 1
    assert SERVICES[service]["restart"] == "unless-stopped"


@pytest.mark.parametrize("service", ONE_SHOT)
def test_a_service_that_ends_is_not_started_again_for_ever(service: str) -> None:
    assert SERVICES[service]["restart"].startswith("on-failure:")
    assert SERVICES[service]["healthcheck"] == {"disable": True}, "else the image would ask it for a page"


def test_a_service_waits_for_what_it_needs() -> None:
    """Health for what stays, completion for what ends; never only a start."""
    for name, service in SERVICES.items():
        for needed, how in service.get("depends_on", {}).items():
            assert how["condition"] == ("service_completed_successfully" if needed in ONE_SHOT else "service_healthy"), (name, needed)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_a_limit_of_memory_and_processor(service: str) -> None:
    limits = SERVICES[service]["deploy"]["resources"]["limits"]
    assert {"memory", "cpus"} <= set(limits)


def test_only_pages_are_published_and_only_on_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published.keys() == PUBLISHED.keys()
    for name, ports in published.items():
        (port,) = ports
        assert re.fullmatch(rf"127\.0\.0\.1:\d+:{PUBLISHED[name]}", port)
    outside = [port.split(":")[1] for ports in published.values() for port in ports]
    assert len(set(outside)) == len(outside)


def test_a_secret_comes_from_a_file_only() -> None:
    """No variable holds one; a variable that names one ends in _FILE and names a mounted file."""
    for name in SERVICES:
        mounted = {f"/run/secrets/{secret}" for secret in SERVICES[name].get("secrets", [])}
        secret = {key: value for key, value in environment(name).items() if SECRET_WORDS.search(key)}
        assert all(key.endswith("_FILE") and value in mounted for key, value in secret.items()), (name, secret)


def test_every_secret_is_one_that_the_script_makes() -> None:
    made = set(re.findall(r"^make (\w+)$", (DEPLOY / "secrets" / "make.sh").read_text(encoding="utf-8"), re.MULTILINE))
    assert made == set(COMPOSE["secrets"])
    assert {file["file"] for file in COMPOSE["secrets"].values()} == {f"./deploy/secrets/{name}" for name in made}
    explained = set(re.findall(r"^\| `(\w+)` \|", (DEPLOY / "secrets" / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert explained == made
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    assert used == made


@pytest.mark.parametrize("service", SERVICES)
def test_a_variable_of_ours_is_a_setting(service: str) -> None:
    known = {PREFIX + name.upper() + end for name in Settings.model_fields for end in ("", "_FILE")}
    assert {key for key in environment(service) if key.startswith(PREFIX)} <= known


def test_the_workers_settings_are_accepted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The values too, not only the names."""
    for key, value in environment("worker-1").items():
        if not key.endswith("_FILE"):
            monkeypatch.setenv(key, value)
    monkeypatch.chdir(tmp_path)  # a developer's own .env is not meant
    settings = load_settings()
    assert (settings.smtp_host, settings.smtp_port, settings.page_host) == ("mailpit", 1025, "0.0.0.0")


def test_workers_differ_in_name_and_disk_only() -> None:
    """Two workers in one folder would destroy each other's state."""
    names = [SERVICES[worker]["command"][-1] for worker in WORKERS]
    disks = [next(v for v in SERVICES[worker]["volumes"] if v.endswith(":/data")) for worker in WORKERS]
    assert names == list(WORKERS)
    assert disks == [f"{worker}:/data" for worker in WORKERS]
    assert environment(WORKERS[0]) == environment(WORKERS[1])


def test_what_is_mounted_exists() -> None:
    """Docker would make an empty folder of a file that is missing."""
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume["source"] if isinstance(volume, dict) else volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith("./") else source in COMPOSE["volumes"], source


def test_our_containers_may_do_little() -> None:
    ours = [service for service in SERVICES.values() if service["image"].startswith("nhip:")]
    assert len(ours) == len(WORKERS) + len(ONE_SHOT)
    for service in ours:
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("service", [*WORKERS, "dashboards"])
def test_the_catalogue_is_whole_and_is_of_what_is_connected(service: str, tmp_path: Path) -> None:
    for mounted in SERVICES[service]["configs"]:
        target = tmp_path / mounted["target"].removeprefix("/catalogue/")
        target.parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / COMPOSE["configs"][mounted["source"]]["file"], target)
    catalogue = load_catalogue(tmp_path)
    topics = [f"{connector(name)['topic.prefix']}.{connector(name)['table.include.list']}" for name in CONNECTORS]
    datasets = [catalogue.dataset_of(topic) for topic in topics]
    assert {dataset.id for dataset in datasets if dataset} == set(catalogue.datasets)
    assert all(dataset.suite for dataset in datasets if dataset)
