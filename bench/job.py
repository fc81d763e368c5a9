"""The whole job on a real broker: route, observe, checkpoint, points to a store. Each run is a worker process of its own."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from expectations.catalogue.load import load
from streams import clock, settings
from streams.app import Nhip
from streams.beat import memory_bytes
from streams.running import execute, store_of
from streams.topics import ensure


class Watch:
    """Waits until a worker has routed all records and observed all their rows, then ends it."""

    def __init__(self, nhip: Nhip, records: int, rows: int) -> None:
        self._nhip, self._records, self._rows = nhip, records, rows
        self.seconds = 0.0
        self.read = 0

    def run(self) -> None:
        """Measure from the end of the first routed batch to the last observed and checkpointed row; end the worker."""
        totals = self._nhip.stats.totals
        began = self._until(lambda: totals["route.records"] > 0)
        self.read = self._records - totals["route.records"]
        ended = self._until(lambda: totals["route.records"] >= self._records and totals["observe.rows"] >= self._rows)
        self.seconds = ended - began
        os.kill(os.getpid(), signal.SIGTERM)

    def _until(self, holds: Any) -> float:
        waiting = threading.Event()
        while not holds():
            waiting.wait(0.01)
        return clock.monotonic_seconds()


def main(bootstrap: str, group: str, folder: str, amounts: str, suites: str) -> None:
    """Run one worker over filled topics and print `seconds records resident_bytes`. `amounts` is RECORDS/ROWS: what they hold."""
    influx = {name: value for name, value in os.environ.items() if name.startswith("NHIP_INFLUXDB")}
    chosen = settings.load(
        kafka_bootstrap=bootstrap,
        app_id=group,
        catalogue=Path(folder),
        data_dir=Path(mkdtemp(prefix="nhip-bench-")),
        points="influxdb" if influx else "embedded",
        page_port=0,
        suites=suites == "on",
        log_level="warning",
    )
    catalogue = load(chosen.catalogue)
    ensure(chosen)
    nhip = Nhip(chosen, catalogue, store_of(chosen), {})
    watch = Watch(nhip, *map(int, amounts.split("/")))
    thread = threading.Thread(target=watch.run, daemon=True)
    thread.start()
    try:
        execute(nhip)
    except SystemExit:
        thread.join(1)
    print(f"RESULT {watch.seconds:.3f} {watch.read} {memory_bytes()}", flush=True)  # noqa: T201  read by the parent
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
