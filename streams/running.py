"""Running a worker: what must be there before it starts, and how it ends."""

from __future__ import annotations

import fcntl
import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import faust
import uvloop

from alerts.channel import Channel
from alerts.email import EmailChannel, EmailConfig
from alerts.outbox import OutboxChannel
from alerts.webhook import WebhookChannel, WebhookConfig
from expectations.catalogue.load import Catalogue
from points.embedded import EmbeddedStore
from points.influx import InfluxStore
from points.store import PointStore, StoreMisconfigured
from streams import logs
from streams.admin.clients import KafkaTrouble, admin
from streams.app import Nhip
from streams.batch.restarts import heed_closed_connections
from streams.page import PageError
from streams.settings import Settings
from streams.topics import TopicError, ensure

log = logging.getLogger(__name__)

YOUNG_OBJECTS = 50_000
"""A batch of rows makes tens of thousands of objects and few cycles: Python's 700 would look for garbage all the time."""


class RunError(Exception):
    """The worker cannot start; the message says what to mend. `may_pass` tells that starting again may do, without mending anything."""

    def __init__(self, says: str, *, may_pass: bool = False) -> None:
        super().__init__(says)
        self.may_pass = may_pass


def store_of(settings: Settings) -> PointStore:
    """The store of points that the settings choose."""
    if settings.points == "embedded":
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        return EmbeddedStore(settings.data_dir / "points.sqlite")
    s = settings
    return InfluxStore(s.influxdb_url, s.influxdb_org, s.influxdb_bucket, s.influxdb_token.get_secret_value())


def channels_of(settings: Settings) -> dict[str, Channel]:
    """The channels that the settings switch on, by name."""
    s = settings
    channels: dict[str, Channel] = {}
    if s.smtp_host is not None:
        config = EmailConfig(s.smtp_host, s.smtp_port, s.smtp_security, s.smtp_user, s.smtp_password.get_secret_value(), s.mail_from)
        channels["email"] = EmailChannel(config)
    if s.webhook_url is not None:
        channels["webhook"] = WebhookChannel(WebhookConfig(s.webhook_url, s.webhook_token.get_secret_value()))
    if s.outbox_dir is not None:
        channels["outbox"] = OutboxChannel(s.outbox_dir)
    return channels


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold a worker's folder: two in one would destroy each other's state. Raises RunError when it is held or cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = (folder / "lock").open("w")
    except OSError as error:
        raise RunError(f"{folder} cannot be written ({error.strerror}): set NHIP_DATA_DIR to a folder this user may write") from None
    with held as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RunError(f"another worker uses {folder}: give this one a name of its own (nhip worker --name worker-2)") from None
        yield


def run(settings: Settings, catalogue: Catalogue, name: str) -> None:
    """Run a worker until a signal ends it; exits 1 when it crashed. Raises RunError when it cannot start."""
    settings = settings.model_copy(update={"data_dir": settings.data_dir / name})
    with only_one(settings.data_dir):
        try:
            created = ensure(settings) if settings.create_topics else []
            nhip = Nhip(settings, catalogue, store_of(settings), channels_of(settings), _topics_there(settings))
        except (TopicError, StoreMisconfigured, PageError) as error:
            raise RunError(str(error)) from None
        except KafkaTrouble as error:
            raise RunError(str(error), may_pass=True) from None
        for topic in created:
            log.info("created topic %s", topic)
        execute(nhip)


def _topics_there(settings: Settings) -> list[str]:
    """The cluster's topics. None where it cannot be asked just now: the worker finds them by itself, one rebalance later."""
    try:
        with admin(settings) as client:
            return list(client.list_topics())
    except KafkaTrouble:
        return []


def execute(nhip: Nhip) -> None:
    """Run the Faust worker of wired parts until it ends; closes what it wrote to."""
    uvloop.install()
    heed_closed_connections()
    gc.freeze()  # the catalogue and the modules stay: no collection need look at them again
    gc.set_threshold(YOUNG_OBJECTS, 20, 100)
    logs.to_stderr(nhip.settings.log_level, nhip.settings.log_format)
    worker: Any = faust.Worker(nhip.app, loglevel=None, override_logging=False, redirect_stdouts=False, quiet=True)
    worker.spinner = None  # it writes control characters, also where nobody reads them
    try:
        worker.execute_from_commandline()
    finally:
        nhip.close()
