"""The example database on the real PostgreSQL, and its road through the real Debezium and Kafka to a verdict."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from kafka import KafkaConsumer
from psycopg import sql

from expectations.catalogue.load import Catalogue, load
from expectations.freshness.verdict import Status
from streams import clock
from streams.changes.envelope import Kind
from streams.cli.judge import judge_records
from streams.offline import Fetched
from streams.settings import HERE
from tests.deploy.files import CONNECTORS, DEPLOY, connector
from tests.services.clients import Database, eventually, own_database, unique
from tests.services.web import call

CATALOGUE = HERE / "expectations" / "tay-ninh"
TABLES = {"chi_tra": "nguoi-co-cong", "ho": "ho-ngheo"}
BEHIND = "25486"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load(CATALOGUE)


@pytest.fixture(scope="module")
def example(postgres: Database) -> Iterator[Database]:
    """A database as compose makes it."""
    with own_database(postgres) as database:
        database.execute((DEPLOY / "example.sql").read_text(encoding="utf-8"))
        yield database


@pytest.fixture(scope="module")
def role(example: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Debezium's role as deploy/postgres/debezium.sql makes it; roles are the whole server's, so it has a name of its own."""
    name = unique("debezium")
    password = tmp_path_factory.mktemp("secrets") / "debezium_password"
    password.write_text("it's $a secret", encoding="utf-8")
    made = run_psql(example, name, {"DEBEZIUM_PASSWORD_FILE": str(password)})
    assert made.returncode == 0, made.stderr
    yield name
    quoted = sql.Identifier(name)
    with psycopg.connect(example.dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("drop owned by {}").format(quoted))
        connection.execute(sql.SQL("drop role {}").format(quoted))


def run_psql(database: Database, role: str, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Do as PostgreSQL's image does with a file of its folder."""
    command = ["psql", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-v", f"role={role}", "-f", str(DEPLOY / "postgres" / "debezium.sql")]
    return subprocess.run([*command, database.dsn], env=os.environ | variables, capture_output=True, text=True, check=False)


def columns(dataset: str) -> dict[str, tuple[str, bool]]:
    """What a contract says of its columns: physical type, and whether a value is required."""
    (table,) = yaml.safe_load((CATALOGUE / "contracts" / f"{dataset}.yaml").read_text(encoding="utf-8"))["schema"]
    return {column["name"]: (column["physicalType"], column.get("required", False)) for column in table["properties"]}


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.dsn) as connection:
        return connection.execute(query.encode()).fetchall()


@pytest.mark.parametrize(("table", "dataset"), TABLES.items())
def test_a_table_has_the_columns_of_its_contract(example: Database, table: str, dataset: str) -> None:
    asked = f"""select attname, format_type(atttypid, atttypmod), attnotnull from pg_attribute
                where attrelid = 'public.{table}'::regclass and attnum > 0 order by attnum"""  # noqa: S608  our own names
    short = {"character varying": "varchar"}
    there = {name: (kind.replace("character varying", short["character varying"]), notnull) for name, kind, notnull in rows(example, asked)}
    assert there == columns(dataset)


@pytest.mark.parametrize("table", TABLES)
def test_a_change_tells_the_whole_row_as_it_was(example: Database, table: str) -> None:
    assert rows(example, f"select relreplident from pg_class where oid = 'public.{table}'::regclass") == [("f",)]  # noqa: S608  our own names


@pytest.mark.parametrize("name", CONNECTORS)
def test_a_connector_s_table_publication_and_topic_fit_together(example: Database, catalogue: Catalogue, name: str) -> None:
    settings = connector(name)
    table = settings["table.include.list"]
    dataset = catalogue.dataset_of(f"{settings['topic.prefix']}.{table}")
    assert dataset is not None
    assert dataset.id == TABLES[table.removeprefix("public.")]
    asked = f"select schemaname || '.' || tablename from pg_publication_tables where pubname = '{settings['publication.name']}'"  # noqa: S608
    assert rows(example, asked) == [(table,)]


def test_every_commune_that_owes_has_rows(example: Database, catalogue: Catalogue) -> None:
    for table, dataset in TABLES.items():
        there = {unit for (unit,) in rows(example, f"select distinct ma_xa from public.{table}")}  # noqa: S608  our own names
        assert there == set(catalogue.datasets[dataset].units)


def test_one_commune_has_paid_through_december_2024_only(example: Database) -> None:
    last = dict(rows(example, "select ma_xa, to_char(max(thang), 'YYYY-MM') from public.chi_tra group by ma_xa"))
    assert last.pop(BEHIND) == "2024-12"
    assert len(set(last.values())) == 1
    assert min(last.values()) > "2024-12"


def test_debezium_s_role_reads_and_streams_but_does_not_write(example: Database, role: str) -> None:
    rights = "select has_table_privilege('{0}', 'public.{1}', '{2}')"
    for table in TABLES:
        assert rows(example, rights.format(role, table, "SELECT")) == [(True,)]
        assert rows(example, rights.format(role, table, "INSERT, UPDATE, DELETE, TRUNCATE")) == [(False,)]
    named = f"select rolcanlogin, rolreplication, rolsuper, rolcreaterole, rolcreatedb from pg_roles where rolname = '{role}'"  # noqa: S608
    assert rows(example, named) == [(True, True, False, False, False)]


def test_the_role_is_not_made_without_a_password(example: Database) -> None:
    name = unique("debezium")
    for variables in ({}, {"DEBEZIUM_PASSWORD_FILE": "/nowhere"}):
        assert run_psql(example, name, variables).returncode != 0
    assert rows(example, f"select 1 from pg_roles where rolname = '{name}'") == []  # noqa: S608  our own name


@contextmanager
def registered(connect_url: str, example: Database, role: str, folder: Path) -> Iterator[list[str]]:
    """The connectors of deploy/, on this session's services under names of their own. Yields their topics."""
    token, topics = unique("test"), []
    for name in CONNECTORS:
        settings = connector(name)
        prefix = f"{token}.{settings['topic.prefix'].split('.', 1)[1]}"
        topics.append(f"{prefix}.{settings['table.include.list']}")
        own = {"topic.prefix": prefix, "slot.name": f"{token}_{settings['slot.name']}".replace("-", "_"), "slot.drop.on.stop": "true"}
        where = {"hostname": example.host, "port": str(example.port), "user": role, "password": "", "dbname": example.database}
        written = settings | own | {f"database.{key}": value for key, value in where.items()}
        (folder / f"{token}-{name}.json").write_text(json.dumps(written))
    try:
        subprocess.run([sys.executable, str(DEPLOY / "register.py"), connect_url, str(folder)], check=True)
        yield topics
    finally:
        for file in folder.glob("*.json"):
            call("DELETE", f"{connect_url}/connectors/{file.stem}")
        slots = f"select 1 from pg_replication_slots where slot_name like '{token.replace('-', '_')}%'"  # noqa: S608  our own names
        eventually(lambda: not rows(example, slots), "end of the slots")


def fetched(bootstrap: str, topics: list[str], count: int) -> list[Fetched]:
    """All records of the topics, once there are so many."""
    consumer = KafkaConsumer(*topics, bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False)
    got: list[Fetched] = []

    def all_there() -> bool:
        for batch in consumer.poll(timeout_ms=500).values():
            got.extend(Fetched(r.topic, r.partition, r.offset, r.timestamp, r.key, r.value) for r in batch)
        return len(got) >= count

    try:
        eventually(all_there, f"{count} records")
    finally:
        consumer.close()
    return got


@pytest.fixture
def snapshot(connect_url: str, kafka_bootstrap: str, example: Database, role: str, tmp_path: Path) -> list[Fetched]:
    """Every row of the example database as Debezium and Kafka tell it."""
    ((count,),) = rows(example, "select (select count(*) from public.chi_tra) + (select count(*) from public.ho)")
    with registered(connect_url, example, role, tmp_path) as topics:
        return fetched(kafka_bootstrap, topics, count)


def test_from_table_to_verdict(snapshot: list[Fetched], catalogue: Catalogue) -> None:
    """Router and ledger: only the one commune is behind, and the month through which it is current is right."""
    verdicts, counts = judge_records(catalogue, snapshot, clock.now_ms())
    heard = {feed: verdict for feed, verdict in verdicts.items() if feed.split("/")[1] in TABLES.values()}
    behind = {feed for feed, verdict in heard.items() if verdict.status not in {Status.FRESH, Status.DUE}}
    assert behind == {f"{BEHIND}/nguoi-co-cong"}
    assert heard[f"{BEHIND}/nguoi-co-cong"].data_through == "2024-12"
    assert heard[f"{BEHIND}/nguoi-co-cong"].status is Status.STALE
    assert len(heard) == 2 * len(catalogue.datasets["ho-ngheo"].units)
    assert counts == {Kind.CHANGE: len(snapshot)}
