"""What the fixtures hand out: a bucket, a database and a connector of the session's own, and ways to ask them."""

from __future__ import annotations

import csv
import io
import json
import secrets
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg import sql

from tests.services.web import call

POLL_SECONDS = 0.1
Answer = TypeVar("Answer")


def unique(prefix: str) -> str:
    """A name that nobody else on these services has."""
    return f"{prefix}-{secrets.token_hex(4)}"


def eventually(ask: Callable[[], Answer | None], what: str, seconds: float = 60) -> Answer:
    """The first truthy answer of `ask`; fails the test when there is none within the time."""
    stop_at = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < stop_at, f"no {what} within {seconds:.0f} s"
        time.sleep(POLL_SECONDS)
    return answer


@dataclass(frozen=True)
class Influx:
    """A bucket on a real InfluxDB and a token that may do anything there; with 1.8, `database/policy` and `user:password`."""

    url: str
    org: str
    bucket: str
    token: str

    def api(self, method: str, path: str, body: object = None) -> Any:
        """An answer of the API, decoded; None when it has no body."""
        answer = call(method, self.url + path, body, Authorization=f"Token {self.token}")
        return json.loads(answer) if answer else None

    def select(self, query: str) -> list[dict[str, str]]:
        """The rows of an InfluxQL query as text; `time` is in milliseconds."""
        asked = urllib.parse.urlencode({"db": self.bucket.partition("/")[0], "q": query, "epoch": "ms"})
        headers = {"Authorization": f"Token {self.token}", "Accept": "application/csv"}
        return list(csv.DictReader(io.StringIO(call("GET", f"{self.url}/query?{asked}", **headers).decode())))


@contextmanager
def own_bucket(server: Influx) -> Iterator[Influx]:
    """A bucket that ends with the session."""
    (org,) = server.api("GET", f"/api/v2/orgs?org={server.org}")["orgs"]
    made = server.api("POST", "/api/v2/buckets", {"orgID": org["id"], "name": unique("test"), "retentionRules": []})
    try:
        yield Influx(server.url, server.org, made["name"], server.token)
    finally:
        server.api("DELETE", f"/api/v2/buckets/{made['id']}")


@contextmanager
def own_database_18(url: str, token: str) -> Iterator[Influx]:
    """A database of InfluxDB 1.8 that ends with the session."""
    name = unique("test")

    def administer(statement: str) -> None:
        call("POST", f"{url}/query?{urllib.parse.urlencode({'q': statement})}", Authorization=f"Token {token}")

    administer(f'create database "{name}"')
    try:
        yield Influx(url, "-", f"{name}/autogen", token)
    finally:
        administer(f'drop database "{name}"')


@dataclass(frozen=True)
class Database:
    """A database on a real PostgreSQL and its superuser, who needs no password."""

    host: str
    port: int
    user: str
    database: str

    @property
    def dsn(self) -> str:
        """How libpq writes it."""
        return f"host={self.host} port={self.port} user={self.user} dbname={self.database}"

    def execute(self, *statements: str) -> None:
        """Run each statement in a transaction of its own."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


SLOTS: LiteralString = "from pg_replication_slots where database = %s"
ACTIVE_SLOTS: LiteralString = f"select 1 {SLOTS} and active"


@contextmanager
def own_database(server: Database) -> Iterator[Database]:
    """A database that ends with the session."""
    made = Database(server.host, server.port, server.user, unique("test"))
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(made.database)))
        try:
            yield made
        finally:
            # A connector that was removed a moment ago still has its slot; PostgreSQL drops neither it nor its database.
            eventually(lambda: not connection.execute(ACTIVE_SLOTS, [made.database]).fetchall(), "end of replication")
            connection.execute(f"select pg_drop_replication_slot(slot_name) {SLOTS}", [made.database])
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(made.database)))
