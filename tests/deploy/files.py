"""The files of a deployment, read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SCHEMA = Path(__file__).parent / "compose-spec" / "compose-spec.json"
ONE_SHOT = ("connectors", "dashboards", "grafana-token")

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
WORKERS = tuple(name for name in SERVICES if name.startswith("worker-"))


def environment(service: str) -> dict[str, str]:
    """The variables of a service."""
    given: dict[str, str] = SERVICES[service].get("environment", {})
    return given


def properties(text: str) -> dict[str, str]:
    """A Java properties file or a PostgreSQL configuration: names and values, without quotes."""
    pairs = [line.partition("=") for line in text.splitlines() if "=" in line]
    return {name.strip(): value.strip().strip("'") for name, _, value in pairs}


def connector(name: str) -> dict[str, str]:
    """A connector's settings."""
    found: dict[str, str] = json.loads((DEPLOY / "connectors" / f"{name}.json").read_text(encoding="utf-8"))
    return found


CONNECTORS = tuple(sorted(file.stem for file in (DEPLOY / "connectors").glob("*.json")))
