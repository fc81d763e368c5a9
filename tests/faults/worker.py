"""`nhip worker` under a clock that the harness sets: `python -m tests.faults.worker --name w0`.

The clock is a file of two whole numbers: the time, and this worker's error. The product's code is as it is: only the module that reads
the system clock is given another clock to read.
"""

from __future__ import annotations

import mmap
import os
import struct
import sys
from pathlib import Path

CLOCK = struct.Struct("<q")


class SharedClock:
    """A number of milliseconds in a file, read and set by several processes."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(CLOCK.pack(0))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), CLOCK.size)

    @property
    def ms(self) -> int:
        """What it shows."""
        return int(CLOCK.unpack_from(self._memory)[0])

    def set(self, ms: int) -> None:
        """Make it show `ms`."""
        CLOCK.pack_into(self._memory, 0, ms)


def main() -> None:
    """Replace the clock, then be `nhip`."""
    from streams import cli, clock  # noqa: PLC0415  the harness imports the clock above without the product

    common, own = (SharedClock(Path(os.environ[name])) for name in ("FAULTS_CLOCK", "FAULTS_CLOCK_ERROR"))
    clock.now_ms = lambda: common.ms + own.ms
    cli.main()


if __name__ == "__main__":
    sys.argv[0] = "nhip"
    sys.argv.insert(1, "worker")
    main()
