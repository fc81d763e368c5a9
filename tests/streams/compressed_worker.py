"""A worker's fetching and routing alone, to be measured: run by test_compressed_batches.py as `python -m tests.streams.compressed_worker`.

Arguments: bootstrap, topic, how many records to wait for. Prints what was counted and the resident memory (bytes) before and at its peak.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from streams.batch import batch_topic, batches
from streams.beat import memory_bytes
from tests.streams.batch_harness import SEAM, new_app, running, unique
from tests.streams.changes_province import NOW
from tests.streams.changes_routing import TOPIC, router


def peak_bytes() -> int:
    """The most that was ever resident."""
    (line,) = (one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


async def main(bootstrap: str, topic: str, expected: int) -> None:
    """Route everything and print the figures."""
    counts: Counter[str] = Counter()
    done, of_province = asyncio.Event(), router()

    async def agent(stream: Any) -> None:
        async for batch in batches(stream):
            routed = of_province.route(TOPIC, batch.value, NOW)
            counts.update({str(reason): count for reason, count in routed.counts.items()})
            batch.ack()
            if counts.total() >= expected:
                done.set()

    app = new_app(SEAM, type("At", (), {"bootstrap": bootstrap}), unique("compressed"))  # type: ignore[arg-type]  # it is asked for nothing else
    app.agent(batch_topic(app, topic), name="agent")(agent)
    before = memory_bytes()
    async with running(app):
        await asyncio.wait_for(done.wait(), 60)
    print(msgspec.json.encode({"counts": counts, "before": before, "peak": peak_bytes()}).decode())  # noqa: T201  the answer


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
