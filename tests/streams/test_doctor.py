"""The doctor on real services: all is well; or what is not is named, with what mends it, and no secret."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from grafana.datasource import UID
from streams.doctor import Finding, examine
from streams.settings import PREFIX, Settings, load
from streams.topics import ensure
from tests.grafana import api as grafana_api
from tests.grafana.api import TOKEN
from tests.services import ports
from tests.services.clients import Influx, unique
from tests.services.mailbox import Mailbox
from tests.streams.kafka_topics import removed, topic

SECRET = "s3cr3t-of-the-province"
NOBODY = "127.0.0.1:1"
"""An address where nothing listens."""


@pytest.fixture
def well(kafka_bootstrap: str, influxdb: Influx, mailbox: Mailbox, tmp_path: Path) -> Settings:
    """Settings with which everything is in order."""
    return load(
        app_id=unique("doctor"),
        data_dir=tmp_path / "state",
        kafka_bootstrap=kafka_bootstrap,
        influxdb_url=influxdb.url,
        influxdb_org=influxdb.org,
        influxdb_bucket=influxdb.bucket,
        influxdb_token=influxdb.token,
        smtp_host=mailbox.host,
        smtp_port=mailbox.port,
        page_port=0,
    )


def but(settings: Settings, **given: Any) -> Settings:
    """The same settings but for some, checked as `load` checks them."""
    return load(**{name: getattr(settings, name) for name in settings.model_fields_set} | given)


def findings(settings: Settings) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(settings)}


@contextmanager
def source_topic(bootstrap: str) -> Iterator[None]:
    """A topic that a contract of the example province reads."""
    with topic(bootstrap, f"{unique('doctor')}.bao_tro_xa_hoi.public.doi_tuong", 1):
        yield


def test_when_all_is_well_nothing_needs_mending(well: Settings) -> None:
    with source_topic(well.kafka_bootstrap):
        found = findings(well)
    assert list(found) == ["catalogue", "state folder", "Kafka", "points", "mail", "webhook", "alerts", "Grafana", "page"]
    assert {finding.state for finding in found.values()} == {"ok"}
    assert [finding.mend for finding in found.values()] == [""] * len(found)


def test_looking_changes_nothing(well: Settings) -> None:
    findings(well)
    findings(but(well, points="embedded"))
    assert not well.data_dir.exists()
    assert removed(well.kafka_bootstrap, well.app_id) == []


TROUBLES = [
    # setting, wrong value, what is looked at, state, said, mend
    ("catalogue", Path("/nowhere"), "catalogue", "trouble", "mistakes in /nowhere", "`nhip check catalogue`"),
    ("data_dir", Path("/proc/nhip"), "state folder", "trouble", "/proc/nhip", "NHIP_DATA_DIR"),
    ("kafka_bootstrap", NOBODY, "Kafka", "trouble", f"{NOBODY} does not answer", "NHIP_KAFKA_BOOTSTRAP"),
    ("create_topics", False, "Kafka", "trouble", "missing: ", "NHIP_CREATE_TOPICS=true"),
    ("influxdb_url", f"http://{NOBODY}", "points", "trouble", NOBODY, "NHIP_INFLUXDB_URL"),
    ("influxdb_token", SECRET, "points", "trouble", "", "_TOKEN"),
    ("influxdb_bucket", "no-such-bucket", "points", "trouble", "no-such-bucket", "_BUCKET"),
    ("influxdb_org", "no-such-organisation", "points", "trouble", "", "_ORG"),
    ("smtp_port", 1, "mail", "trouble", "127.0.0.1:1 did not take us", "NHIP_SMTP_HOST"),
    ("smtp_security", "starttls", "mail", "trouble", "SMTPNotSupportedError", "_SECURITY"),
    ("smtp_security", "tls", "mail", "trouble", "SSLError", "_SECURITY"),
    ("smtp_user", "nhip", "mail", "trouble", "SMTPNotSupportedError", "_PASSWORD_FILE"),
    (
        "webhook_url",
        f"http://nhip:{SECRET}@{NOBODY}/{SECRET}",
        "webhook",
        "trouble",
        f"http://{NOBODY} is out of reach",
        "NHIP_WEBHOOK_URL",
    ),
    ("smtp_host", None, "mail", "warning", "no mail server", "NHIP_SMTP_HOST"),
    ("smtp_host", None, "alerts", "trouble", "nobody is told", "NHIP_OUTBOX_DIR"),
    ("page_host", "203.0.113.9", "page", "warning", "cannot be opened", "NHIP_PAGE_HOST"),
    ("page_host", "0.0.0.0", "page", "warning", "will be served", "a proxy"),
]


@pytest.mark.parametrize(("setting", "value", "what", "state", "says", "mend"), TROUBLES, ids=[f"{t[2]}: {t[0]}={t[1]}" for t in TROUBLES])
def test_what_is_wrong_is_named_with_what_mends_it(
    well: Settings, *, setting: str, value: object, what: str, state: str, says: str, mend: str
) -> None:
    found = findings(but(well, **{setting: value}))[what]
    assert (found.state, says in found.says, mend in found.mend) == (state, True, True), found
    assert SECRET not in f"{found.says} {found.mend}"


def test_without_a_source_topic_the_connector_is_asked_about(well: Settings, tmp_path: Path, own_kafka: Any) -> None:
    """On a broker of its own: on the shared one other tests have such topics."""
    del tmp_path
    found = findings(but(well, kafka_bootstrap=own_kafka.address["bootstrap"]))["Kafka"]
    assert (found.state, "0 source topics" in found.says, "Debezium" in found.mend) == ("warning", True, True)


def test_topics_with_other_partitions_are_named(well: Settings) -> None:
    ensure(but(well, partitions=2))
    found = findings(but(well, partitions=3))["Kafka"]
    assert removed(well.kafka_bootstrap, well.app_id)
    assert found.state == "trouble"
    assert f"{well.app_id}.changes" in found.says
    assert "NHIP_PARTITIONS" in found.mend


@pytest.fixture
def alone(tmp_path: Path) -> Settings:
    """Settings with which nothing else is asked: no service is needed."""
    return load(data_dir=tmp_path / "state", kafka_bootstrap=NOBODY, influxdb_url=f"http://{NOBODY}", page_port=0)


def test_grafana_is_looked_at_only_if_one_is_set(alone: Settings) -> None:
    assert findings(alone)["Grafana"] == Finding("Grafana", "ok", "none is set")


@pytest.mark.parametrize(
    ("token", "published", "state", "told"),
    [
        (TOKEN, True, "ok", "has what was published"),
        (TOKEN, False, "warning", "nhip grafana publish"),
        (SECRET, True, "warning", "NHIP_GRAFANA_TOKEN"),
        ("", True, "warning", "NHIP_GRAFANA_TOKEN"),
    ],
    ids=["all is there", "nothing published", "a wrong token", "no token"],
)
def test_a_grafana_that_is_set_is_asked_with_the_token(alone: Settings, *, token: str, published: bool, state: str, told: str) -> None:
    with grafana_api.running() as (grafana, url):
        if published:
            grafana.datasources[UID] = {"uid": UID}
        found = findings(but(alone, grafana_url=url, grafana_token=token))["Grafana"]
        assert grafana.written == []
    assert (found.state, told in found.says + found.mend) == (state, True), found
    assert SECRET not in f"{found.says} {found.mend}"


def test_a_grafana_that_is_away_keeps_no_worker_from_running(alone: Settings) -> None:
    found = findings(but(alone, grafana_url=f"http://{NOBODY}", grafana_token=TOKEN))["Grafana"]
    assert (found.state, "NHIP_GRAFANA_URL" in found.mend) == ("warning", True)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_page_for_this_machine_alone_is_in_order_by_either_protocol(alone: Settings, host: str) -> None:
    found = findings(but(alone, page_host=host))["page"]
    assert found.state == "ok", found


def test_a_page_that_a_worker_already_serves_is_told(well: Settings) -> None:
    (port,) = ports.free(1)
    with socket.socket() as worker:
        worker.bind(("127.0.0.1", port))
        worker.listen()
        found = findings(but(well, page_port=port))["page"]
    assert (found.state, "is a worker running already?" in found.mend) == ("warning", True)


def test_a_misspelt_variable_is_told(well: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}KAFKA", "kafka:9092")
    found = findings(well)["settings"]
    assert (found.state, "NHIP_KAFKA" in found.says, "docs/settings.md" in found.mend) == ("warning", True, True)


def test_trouble_in_one_place_hides_none_in_another(well: Settings) -> None:
    wrong = but(well, catalogue=Path("/nowhere"), kafka_bootstrap=NOBODY, influxdb_url=f"http://{NOBODY}", smtp_port=1)
    troubled = {finding.what for finding in findings(wrong).values() if finding.state == "trouble"}
    assert troubled == {"catalogue", "Kafka", "points", "mail"}
