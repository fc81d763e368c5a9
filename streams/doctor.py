"""Looks at everything a worker needs, one thing after another, and says how to mend what is wrong."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from expectations.catalogue.load import Catalogue, CatalogueError, load
from grafana.client import Grafana, GrafanaError
from grafana.datasource import UID
from points.store import StoreError
from streams import settings as all_settings
from streams.admin.clients import KafkaTrouble, admin
from streams.running import store_of
from streams.settings import Settings, SettingsError
from streams.topics import plan

TIMEOUT_SECONDS = 5
NOT_FOUND = 404


class Finding(msgspec.Struct, frozen=True):
    """What one look found. `mend` says what to do about it; empty when nothing needs doing."""

    what: str
    state: Literal["ok", "warning", "trouble"]
    says: str
    mend: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at settings, catalogue, folder, Kafka, store of points, mail, webhook, Grafana and page, in this order."""
    yield from _settings()
    catalogue = yield from _catalogue(settings)
    looks: list[Callable[[], Finding]] = [
        lambda: _folder(settings.data_dir),
        lambda: _kafka(settings, catalogue),
        lambda: _store(settings),
        lambda: _mail(settings),
        lambda: _webhook(settings),
        lambda: _channels(settings),
        lambda: _grafana(settings),
        lambda: _page(settings),
    ]
    for look in looks:
        yield look()


def _settings() -> Iterator[Finding]:
    for variable in all_settings.unknown_variables():
        yield Finding("settings", "warning", f"{variable} is no setting of Nhịp", "is it misspelt? docs/settings.md lists them all")


def _catalogue(settings: Settings) -> Generator[Finding, None, Catalogue | None]:
    try:
        catalogue = load(settings.catalogue)
    except CatalogueError as error:
        says = f"{len(error.mistakes)} mistakes in {settings.catalogue}"
        yield Finding("catalogue", "trouble", says, "`nhip check catalogue` lists them; NHIP_CATALOGUE names the folder")
        return None
    feeds = sum(1 for _ in catalogue.feeds())
    yield Finding(
        "catalogue", "ok", f"{catalogue.name_vi}: {len(catalogue.units)} units, {len(catalogue.datasets)} datasets, {feeds} feeds"
    )
    return catalogue


def _folder(folder: Path) -> Finding:
    """Whether the folder can be written, or made: a look leaves nothing behind."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    try:
        with NamedTemporaryFile(dir=there):
            return Finding("state folder", "ok", f"{folder.resolve()} can be written")
    except OSError as error:
        return Finding("state folder", "trouble", f"{folder}: {error.strerror}", "set NHIP_DATA_DIR to a folder this user may write")


def _kafka(settings: Settings, catalogue: Catalogue | None) -> Finding:
    try:
        with admin(settings, TIMEOUT_SECONDS * 1000) as client:
            there = {t["name"]: len(t["partitions"]) for t in client.describe_topics() if not t["error_code"]}
    except KafkaTrouble as trouble:
        return Finding("Kafka", "trouble", trouble.says, trouble.mend)
    except SettingsError as error:
        return Finding("Kafka", "trouble", str(error), "see docs/settings.md")
    return _topics(settings, catalogue, there)


def _topics(settings: Settings, catalogue: Catalogue | None, there: dict[str, int]) -> Finding:
    wrong = [t.name for t in plan(settings) if there.get(t.name, t.partitions) != t.partitions]
    missing = [t.name for t in plan(settings) if t.name not in there]
    sources = [t for t in there if catalogue is not None and catalogue.dataset_of(t) is not None]
    says = f"{settings.kafka_bootstrap} answers; {len(sources)} source topics match the contracts"
    if wrong:
        mend = "set NHIP_PARTITIONS to the number they have, or choose another NHIP_APP_ID"
        return Finding("Kafka", "trouble", f"{says}; other partitions than NHIP_PARTITIONS: {', '.join(wrong)}", mend)
    if missing and not settings.create_topics:
        return Finding("Kafka", "trouble", f"{says}; missing: {', '.join(missing)}", "create them, or set NHIP_CREATE_TOPICS=true")
    if not sources:
        return Finding("Kafka", "warning", says, "is Debezium running, and does a contract's `topicPattern` match its topic names?")
    return Finding("Kafka", "ok", says)


def _store(settings: Settings) -> Finding:
    if settings.points == "embedded":
        return Finding("points", "ok", "each worker keeps its points in a file beside its state")
    try:
        with closing(store_of(settings)) as store:
            store.ping()
    except StoreError as error:
        return Finding("points", "trouble", str(error), "see NHIP_INFLUXDB_URL, _ORG, _BUCKET and _TOKEN, or NHIP_POINTS=embedded")
    return Finding("points", "ok", f"InfluxDB at {_place(settings.influxdb_url)} takes points")


def _mail(settings: Settings) -> Finding:
    if settings.smtp_host is None:
        return Finding("mail", "warning", "no mail server is set", "set NHIP_SMTP_HOST so that units get their alerts")
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    kind = smtplib.SMTP_SSL if settings.smtp_security == "tls" else smtplib.SMTP
    try:
        with kind(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS) as server:
            server.ehlo()
            if settings.smtp_security == "starttls":
                server.starttls()
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
    except (smtplib.SMTPException, OSError) as error:
        mend = "see NHIP_SMTP_HOST, _PORT, _SECURITY, _USER and _PASSWORD_FILE"
        return Finding("mail", "trouble", f"{where} did not take us ({error.__class__.__name__})", mend)
    return Finding("mail", "ok", f"{where} takes mail from {settings.mail_from}")


def _webhook(settings: Settings) -> Finding:
    if settings.webhook_url is None:
        return Finding("webhook", "ok", "none is set")
    parts = urlsplit(settings.webhook_url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), TIMEOUT_SECONDS).close()
    except OSError as error:
        return Finding("webhook", "trouble", f"{_place(settings.webhook_url)} is out of reach ({error})", "see NHIP_WEBHOOK_URL")
    return Finding("webhook", "ok", f"{_place(settings.webhook_url)} can be reached")


def _channels(settings: Settings) -> Finding:
    if settings.smtp_host or settings.webhook_url or settings.outbox_dir:
        return Finding("alerts", "ok", "units can be told")
    return Finding("alerts", "trouble", "no channel is set: nobody is told", "set NHIP_SMTP_HOST, NHIP_WEBHOOK_URL or NHIP_OUTBOX_DIR")


def _grafana(settings: Settings) -> Finding:
    """Only `nhip grafana publish` needs it: a worker runs without, so nothing is in trouble yet."""
    if settings.grafana_url is None:
        return Finding("Grafana", "ok", "none is set")
    try:
        grafana = Grafana(settings.grafana_url, settings.grafana_token.get_secret_value(), timeout_seconds=TIMEOUT_SECONDS)
        there = grafana.ask("GET", f"/datasources/uid/{UID}", accept={NOT_FOUND}).status != NOT_FOUND
    except GrafanaError as error:
        return Finding("Grafana", "warning", str(error), "see NHIP_GRAFANA_URL and NHIP_GRAFANA_TOKEN_FILE; workers run without it")
    if not there:
        return Finding("Grafana", "warning", f"{_place(settings.grafana_url)} has nothing of Nhịp", "`nhip grafana publish` brings it")
    return Finding("Grafana", "ok", f"{_place(settings.grafana_url)} has what was published")


def _page(settings: Settings) -> Finding:
    where = (settings.page_host, settings.page_port)
    with socket.socket(socket.AF_INET6 if ":" in settings.page_host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(where)
        except OSError as error:
            mend = "is a worker running already? Else set NHIP_PAGE_HOST and NHIP_PAGE_PORT"
            return Finding("page", "warning", f"{where[0]}:{where[1]} cannot be opened ({error.strerror})", mend)
    open_to_all = settings.page_host not in ("127.0.0.1", "localhost", "::1")
    mend = "the page has no login: put a proxy with one before it" if open_to_all else ""
    return Finding("page", "warning" if open_to_all else "ok", f"will be served at {where[0]}:{where[1]}", mend)


def _place(url: str) -> str:
    """An address without what may be secret in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}:{parts.port}" if parts.hostname else url
