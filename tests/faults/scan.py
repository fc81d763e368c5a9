"""The canary scan: personal values that the story plants in every row may be seen nowhere but in Kafka."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from bench.province import FIRST_CODE
from tests.faults import province
from tests.faults.outcome import Outcome

PAGES = ("/", "/api/feeds", f"/units/{FIRST_CODE}", f"/feeds/{FIRST_CODE}/ho-so")
ADDRESS = re.compile(r"the page is at (http://\S+)")


def sightings(outcome: Outcome, logs: Mapping[str, str], pages: Mapping[str, str]) -> list[str]:
    """Where a canary is seen: points, transitions, quarantine and alerts of a run, the workers' logs, and what their pages show."""
    left = {name: msgspec.json.encode(part).decode() for name, part in outcome.parts.items() if name != "states"}
    texts = {**left, **logs, **pages}
    return [f"{where} shows a citizen's data" for where, text in texts.items() if any(canary in text for canary in province.CANARIES)]


def logs_of(folder: Path) -> dict[str, str]:
    """What the workers of a run said."""
    return {path.name: path.read_text(errors="replace") for path in sorted(folder.glob("w*.log"))}


def pages_of(logs: Mapping[str, str]) -> dict[str, str]:
    """What the page of each worker that runs shows."""
    return dict(_pages(logs))


def _pages(logs: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, log in logs.items():
        addresses = ADDRESS.findall(log)
        for path in PAGES if addresses else ():
            try:
                with urllib.request.urlopen(addresses[-1] + path, timeout=10) as answer:  # noqa: S310  our own page
                    yield f"page {path} of {name}", answer.read().decode()
            except OSError:  # a guest that has left
                continue
