"""docs/deploy.md: what it tells people to type exists and works."""

from __future__ import annotations

import re

import psycopg
import pytest

from streams.settings import PREFIX, Settings
from tests.deploy.files import COMPOSE, DEPLOY, ROOT, SERVICES
from tests.services.clients import Database, own_database

PAGE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")


def test_its_variables_are_settings() -> None:
    known = {PREFIX + name.upper() + end for name in Settings.model_fields for end in ("", "_FILE")}
    assert set(re.findall(r"NHIP_[A-Z_]*[A-Z]", PAGE)) <= known


@pytest.mark.parametrize("path", sorted(set(re.findall(r"(?<![\w/])deploy/[\w./@-]*[\w]", PAGE))))
def test_a_file_that_it_names_exists(path: str) -> None:
    made_later = {f"deploy/secrets/{name}" for name in COMPOSE["secrets"]}
    assert (ROOT / path).exists() or path in made_later


def test_its_pages_are_those_that_compose_publishes() -> None:
    published = {port.rpartition(":")[0] for service in SERVICES.values() for port in service.get("ports", [])}
    assert set(re.findall(r"http://(127\.0\.0\.1:\d+)>", PAGE)) == published


def test_a_service_that_it_names_is_one_of_compose() -> None:
    named = set(re.findall(r"docker compose (?:exec|logs) ([\w-]+)", PAGE))
    assert named
    assert named <= set(SERVICES)


def test_the_commune_catches_up_by_the_statement_given(postgres: Database) -> None:
    """No month is left out, and none is paid twice."""
    given = re.search(r'psql -U postgres csdl -c "(.*?)"', PAGE, re.DOTALL)
    assert given
    with own_database(postgres) as database:
        database.execute((DEPLOY / "example.sql").read_text(encoding="utf-8"), given[1])
        months = "select ma_xa, count(*), count(distinct thang), max(thang) from public.chi_tra group by ma_xa"
        with psycopg.connect(database.dsn) as connection:
            counted = connection.execute(months.encode()).fetchall()
    assert len({tuple(rest) for _, *rest in counted}) == 1
    assert all(rows == distinct for _, rows, distinct, _ in counted)
