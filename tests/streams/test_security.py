"""TLS and login to Kafka: on a real broker with a listener of each kind, and in words when they are wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from kafka import KafkaAdminClient

from streams.admin import clients
from streams.admin.clients import KafkaTrouble
from streams.doctor import examine
from streams.security import client_options, faust_credentials
from streams.settings import Settings, SettingsError, load
from tests.conftest import own_broker
from tests.integration.road_worker import WorkerProcess
from tests.services import ports
from tests.services.clients import eventually
from tests.services.secure_kafka import PASSWORD, USER, SecureKafka
from tests.streams.admin_cluster import put

SOURCE = "kho.bao_tro_xa_hoi.public.doi_tuong"


@pytest.fixture(scope="module")
def secure_kafka(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureKafka]:
    """A broker of this module's own, with a source topic."""
    with own_broker(request, SecureKafka, tmp_path_factory.mktemp("secure")) as started:
        with closing(KafkaAdminClient(bootstrap_servers=started.address["bootstrap"])) as admin:
            admin.create_topics({SOURCE: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
        yield started


def given(secure_kafka: SecureKafka, protocol: str, mechanism: str = "SCRAM-SHA-512", **changed: Any) -> dict[str, Any]:
    """Settings with which the listener of a protocol lets us in, but for what is changed."""
    settings: dict[str, Any] = {"kafka_bootstrap": secure_kafka.address[protocol], "kafka_security_protocol": protocol}
    if protocol.endswith("SSL"):
        settings |= {"kafka_ca_file": secure_kafka.address["authority"]}
    if protocol == "SSL":
        settings |= {"kafka_cert_file": secure_kafka.address["client"]}
    if protocol.startswith("SASL"):
        settings |= {"kafka_sasl_mechanism": mechanism, "kafka_user": USER, "kafka_password": PASSWORD}
    return settings | changed


def names_by_aiokafka(settings: Settings) -> set[str]:
    async def ask() -> set[str]:
        consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap, **client_options(settings))
        async with consumer:
            return set(await consumer.topics())

    return asyncio.run(ask())


WAYS = [("SSL", "PLAIN"), *((p, m) for p in ("SASL_PLAINTEXT", "SASL_SSL") for m in ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"))]


@pytest.mark.parametrize(("protocol", "mechanism"), WAYS)
def test_every_client_is_let_in_by_every_kind_of_listener(secure_kafka: SecureKafka, protocol: str, mechanism: str) -> None:
    settings = load(**given(secure_kafka, protocol, mechanism))
    with clients.admin(settings) as client, clients.reader(settings) as reader:
        assert SOURCE in client.list_topics()
        assert SOURCE in reader.topics()
    assert SOURCE in names_by_aiokafka(settings)


def test_a_worker_runs_on_a_listener_with_tls_and_login(secure_kafka: SecureKafka, tmp_path: Path) -> None:
    """Faust's consumer and producer, the page's reader and the topics that are created: everything logs in."""
    (port,) = ports.free(1)
    (tmp_path / "password").write_text(PASSWORD)
    settings = given(secure_kafka, "SASL_SSL") | {
        "points": "embedded",
        "outbox_dir": tmp_path,
        "page_port": port,
        "tick_seconds": 1,
        "suites": "no",
    }
    del settings["kafka_password"]
    environment = {f"NHIP_{name.upper()}": str(value) for name, value in settings.items()}
    worker = WorkerProcess(tmp_path, environment | {"NHIP_KAFKA_PASSWORD_FILE": str(tmp_path / "password")})
    put(secure_kafka.address["bootstrap"], SOURCE, [b'{"id": 1, "ma_xa": "25459", "ky_bao_cao": "2025-01"}'])
    try:
        worker.start()
        eventually(lambda: worker.api("/api/feeds/25459/bao-tro-xa-hoi")["volume"], "row that came through the whole worker")
        assert worker.terminate() == 0
    finally:
        worker.stop()
    assert PASSWORD not in worker.log.read_text()


PROTOCOL = "NHIP_KAFKA_SECURITY_PROTOCOL"
WRONG: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "no certificate of ours": ("SSL", {"kafka_cert_file": None}, "asks for a certificate of ours", "NHIP_KAFKA_CERT_FILE"),
    "an authority that nobody knows": ("SSL", {"kafka_ca_file": None}, "not trusted", "NHIP_KAFKA_CA_FILE"),
    "a wrong password": ("SASL_SSL", {"kafka_password": "wrong"}, "refuses the login", "NHIP_KAFKA_PASSWORD_FILE"),
    "an unknown user": ("SASL_PLAINTEXT", {"kafka_user": "nobody"}, "refuses the login", "NHIP_KAFKA_USER"),
    "plain words to TLS": ("SASL_SSL", {"kafka_security_protocol": "PLAINTEXT"}, "speaks TLS", PROTOCOL),
    "TLS to plain words": ("SASL_PLAINTEXT", {"kafka_security_protocol": "SSL"}, "no TLS", PROTOCOL),
    "no login where one is wanted": ("SASL_PLAINTEXT", {"kafka_security_protocol": "PLAINTEXT"}, "does not answer", PROTOCOL),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_keeps_us_out_is_told_with_what_mends_it(secure_kafka: SecureKafka, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    protocol, changed, said, mend = WRONG[case]
    monkeypatch.setattr(clients, "CONNECT_TIMEOUT_MS", 1_500)
    settings = load(**given(secure_kafka, protocol, **changed))
    with pytest.raises(KafkaTrouble) as trouble, clients.reader(settings):
        pass
    assert (said in trouble.value.says, mend in trouble.value.mend, PASSWORD in str(trouble.value)) == (True, True, False)


def test_the_doctor_says_so_too(secure_kafka: SecureKafka) -> None:
    (found,) = [f for f in examine(load(**given(secure_kafka, "SASL_SSL", kafka_password="wrong"))) if f.what == "Kafka"]
    assert (found.state, "refuses the login" in found.says, "NHIP_KAFKA_PASSWORD_FILE" in found.mend) == ("trouble", True, True)


def test_plaintext_needs_nothing() -> None:
    assert client_options(load()) == {"security_protocol": "PLAINTEXT"}
    assert faust_credentials(load()) is None


@pytest.mark.parametrize("given_", [{}, {"kafka_user": "nhip"}, {"kafka_password": "x"}, {"kafka_user": "", "kafka_password": "x"}])
@pytest.mark.parametrize("protocol", ["SASL_PLAINTEXT", "SASL_SSL"])
def test_half_a_login_is_refused_at_once(protocol: str, given_: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"^NHIP_KAFKA_USER, NHIP_KAFKA_PASSWORD: give both") as refused:
        load(kafka_security_protocol=protocol, **given_)
    assert "x" not in str(refused.value).split()


@pytest.mark.parametrize(
    ("setting", "text", "told"),
    [
        ("kafka_ca_file", None, "No such file"),
        ("kafka_ca_file", "not a certificate", "PEM"),
        ("kafka_cert_file", None, "No such file"),
        ("kafka_cert_file", "not a certificate", "PEM"),
    ],
)
def test_a_certificate_that_cannot_be_used_is_the_users_mistake(tmp_path: Path, setting: str, text: str | None, told: str) -> None:
    path = tmp_path / "file.pem"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SettingsError, match=rf"NHIP_{setting.upper()}.*{told}"):
        client_options(load(kafka_security_protocol="SSL", **{setting: path}))
