"""Real services and a real browser for the tests that name them; what is missing is skipped, and fails with CI=true."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from hypothesis import settings

from tests.services import browser, ports
from tests.services.clients import Database, Influx, own_bucket, own_database, own_database_18
from tests.services.debezium import connector
from tests.services.fleet import CHECKOUT, Fleet
from tests.services.kafka import Kafka
from tests.services.mailbox import Mailbox, open_mailbox

if TYPE_CHECKING:
    from playwright.sync_api import Page

# How long an example takes says something of the machine, nothing of the code. CI asks the same examples each time, so that a change is
# what makes it fail; a developer's runs look for new ones.
settings.register_profile("nhip", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("nhip")

SomeKafka = TypeVar("SomeKafka", bound=Kafka)
REQUIRED = os.environ.get("CI") == "true"
MISSING: pytest.StashKey[set[str]] = pytest.StashKey()
MARKED_BY_FIXTURE = {
    "services": {
        "kafka_bootstrap",
        "own_kafka",
        "secure_kafka",
        "influxdb",
        "influxdb18",
        "postgres",
        "connect_url",
        "debezium",
        "mail_service",
    },
    "browser": {"page"},
}
BEFORE: pytest.StashKey[set[str]] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """Note what is in the checkout before the first test."""
    config.stash[BEFORE] = {path.name for path in CHECKOUT.iterdir()}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses a real service, so that `-m "not services"` leaves it out."""
    for item in items:
        for mark, fixtures in MARKED_BY_FIXTURE.items():
            if fixtures.intersection(getattr(item, "fixturenames", ())):
                item.add_marker(mark)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail when the tests leave something in the checkout. In one of the processes that share them: tell the first what was not found."""
    if left_behind(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if hasattr(session.config, "workeroutput"):
        missed = session.config.stash.get(MISSING, set[str]())
        session.config.workeroutput["missing"] = sorted(missed)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """In the first process: hear what another one did not find. One that crashed says nothing."""
    told = getattr(node, "workeroutput", {}).get("missing", ())
    if told:
        node.config.stash.setdefault(MISSING, set[str]()).update(told)


def left_behind(config: pytest.Config) -> list[str]:
    """What is in the checkout now and was not before; tools' own folders begin with a dot."""
    return sorted(path.name for path in CHECKOUT.iterdir() if path.name not in config.stash[BEFORE] and not path.name.startswith("."))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Name what the tests left in the checkout, and in one line the services that were not found."""
    if left := left_behind(config):
        terminalreporter.write_line(f"left in the checkout: {', '.join(left)}; tests write into tmp_path", red=True)
    if MISSING in config.stash:
        names = config.stash[MISSING]
        terminalreporter.write_line(f"not found, their tests skipped: {', '.join(sorted(names))}; `make services` starts the real services")


def missing(request: pytest.FixtureRequest, *names: str) -> None:
    """Skip the test for want of services, or fail it where all must be there."""
    if REQUIRED:
        pytest.fail(f"missing: {', '.join(names)}; with CI=true every service is required", pytrace=False)
    request.config.stash.setdefault(MISSING, set[str]()).update(names)
    pytest.skip(f"not found: {', '.join(names)}")


@pytest.fixture(scope="session")
def services() -> Iterator[dict[str, Any]]:
    """What runs, by name; with CI=true the missing are started, and stopped at the end."""
    found = running()
    command = [sys.executable, "-m", "tests.services"]
    start = REQUIRED and len(found) < len(Fleet.of_checkout().services)
    if start:
        subprocess.run([*command, "start"], cwd=CHECKOUT, check=False)
        found = running()
    yield found
    if start:
        subprocess.run([*command, "stop"], cwd=CHECKOUT, check=False)


def running() -> dict[str, Any]:
    """The services that were started and still accept connections."""
    try:
        named = json.loads(Fleet.of_checkout().running_file.read_text())
    except FileNotFoundError:
        return {}
    return {name: address for name, address in named.items() if ports.answers(address["port"])}


def address_of(request: pytest.FixtureRequest, name: str) -> dict[str, Any]:
    """Where a service is; skips or fails when it is not there."""
    found: dict[str, Any] = request.getfixturevalue("services")
    if name not in found:
        missing(request, *(service.name for service in Fleet.of_checkout().services if service.name not in found))
    address: dict[str, Any] = found[name]
    return address


@pytest.fixture(scope="session")
def kafka_bootstrap(request: pytest.FixtureRequest) -> str:
    """The broker's `host:port`; topics are made by the test and named uniquely."""
    return str(address_of(request, "kafka")["bootstrap"])


@contextmanager
def own_broker(request: pytest.FixtureRequest, kind: type[SomeKafka], folder: Path) -> Iterator[SomeKafka]:
    """A started broker of a kind, in a folder of its own; skips or fails when Kafka has not been fetched."""
    shared = Fleet.of_checkout().services
    (built,) = (service for service in shared if isinstance(service, Kafka))
    if not built.is_built:
        missing(request, "kafka")
    broker = kind(folder / "kafka", built.built.parent, folder / "logs")
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def own_kafka(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kafka]:
    """A started broker of the test's own, to stop, kill and start again on the same port with the same data."""
    with own_broker(request, Kafka, tmp_path) as broker:
        yield broker


@pytest.fixture(scope="session")
def influxdb(request: pytest.FixtureRequest) -> Iterator[Influx]:
    """A bucket of this session on InfluxDB 2.7."""
    address = address_of(request, "influxdb")
    with own_bucket(Influx(address["url"], address["org"], address["bucket"], address["token"])) as bucket:
        yield bucket


@pytest.fixture(scope="session")
def influxdb18(request: pytest.FixtureRequest) -> Iterator[Influx]:
    """A database of this session on InfluxDB 1.8."""
    address = address_of(request, "influxdb18")
    with own_database_18(address["url"], address["token"]) as database:
        yield database


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database of this session on PostgreSQL, with logical decoding."""
    address = address_of(request, "postgres")
    with own_database(Database(address["host"], address["port"], address["user"], address["database"])) as database:
        yield database


@pytest.fixture(scope="session")
def connect_url(request: pytest.FixtureRequest) -> str:
    """Kafka Connect's address."""
    return str(address_of(request, "connect")["url"])


@pytest.fixture
def debezium(connect_url: str, postgres: Database, kafka_bootstrap: str) -> Callable[..., AbstractContextManager[str]]:
    """Makes connectors: called with a prefix and a table such as `public.births`, the events come on `prefix.public.births`."""
    del kafka_bootstrap
    return partial(connector, connect_url, postgres)


@pytest.fixture(scope="session")
def mail_service(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The mail server of `make services`: host, port, maildir."""
    return address_of(request, "mail")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """An empty mailbox that receives by SMTP; it needs no service."""
    with open_mailbox() as box:
        yield box


@pytest.fixture
def page(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Page]:
    """A page of headless Chromium with a new profile. For tests that are not `async def`: Playwright runs a loop of its own."""
    program = browser.chromium()
    if program is None:
        missing(request, "Chromium (apt-get install chromium)")
    else:
        with browser.open_page(program, tmp_path / "profile") as opened:
            yield opened
