"""The environment of a run's workers: the defaults, but for addresses and a hurry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.schedule import SESSION_SECONDS

if TYPE_CHECKING:
    from tests.faults.run import Run

GROUP = "faults"
PARTITIONS = 4
TICK_SECONDS = 1.0
FAR_BEHIND_SECONDS = 400 * 86_400
"""The clock leaps from day to day, so reading is always behind for a moment: nobody is to call that unknown."""


def settings_of(run: Run, folder: Path) -> dict[str, str]:
    """What a worker is told."""
    influx = run.influx.address
    return {
        "NHIP_APP_ID": GROUP,
        "NHIP_CATALOGUE": str(folder / "catalogue"),
        "NHIP_DATA_DIR": str(folder / "disks"),
        "NHIP_KAFKA_BOOTSTRAP": run.broker.address["bootstrap"],
        "NHIP_PARTITIONS": str(PARTITIONS),
        "NHIP_INFLUXDB_URL": run.proxy.url,
        "NHIP_INFLUXDB_ORG": influx["org"],
        "NHIP_INFLUXDB_BUCKET": influx["bucket"],
        "NHIP_INFLUXDB_TOKEN": influx["token"],
        "NHIP_SMTP_HOST": run.mail.host,
        "NHIP_SMTP_PORT": str(run.mail.port),
        "NHIP_MAIL_FROM": "faults@nhip.example",
        "NHIP_PAGE_PORT": "0",
        "NHIP_TICK_SECONDS": str(TICK_SECONDS),
        "NHIP_TOPIC_REFRESH_SECONDS": "2",
        "NHIP_SESSION_TIMEOUT_SECONDS": str(SESSION_SECONDS),
        "NHIP_MONITOR_TOLERANCE_SECONDS": str(FAR_BEHIND_SECONDS),
        "NHIP_SUITES": str(run.plan.suites).lower(),
        "FAULTS_CLOCK": str(folder / "clock"),
    }
