"""`python -m tests.services start|stop|status`: the real services that tests use, on free loopback ports."""

from __future__ import annotations

import argparse
import sys

from tests.services.fleet import Fleet
from tests.services.process import ServiceError


def main() -> int:
    """Do what is asked; returns the exit code: 0 done, 1 a service failed (or, for status, does not run)."""
    parser = argparse.ArgumentParser(prog="python -m tests.services", description=__doc__)
    parser.add_argument("action", choices=("start", "stop", "status"))
    fleet = Fleet.of_checkout()
    action = {"start": fleet.start, "stop": fleet.stop, "status": fleet.status}[parser.parse_args().action]
    try:
        action()
    except ServiceError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
