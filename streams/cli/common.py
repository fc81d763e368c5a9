"""What several commands share: loading the catalogue, talking to a worker's page, printing a table."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from expectations.catalogue.check import format_mistakes
from expectations.catalogue.load import Catalogue, CatalogueError, load
from streams import settings
from streams.cli import UserError

STYLES = {"fresh": "green", "due": "yellow", "late": "dark_orange", "stale": "red", "never": "red", "unknown": "cyan", "suspended": "dim"}
TIMEOUT_SECONDS = 10


def catalogue() -> Catalogue:
    """The catalogue of the settings; its mistakes are the user's to mend."""
    try:
        return load(settings.load().catalogue)
    except CatalogueError as error:
        raise UserError("the catalogue has mistakes\n" + format_mistakes(error.mistakes)) from None


def fetch(path: str, *, page_url: str | None = None) -> Any:
    """JSON from a worker's page; says what to do when it does not answer."""
    chosen = settings.load()
    base = page_url or chosen.page_url or f"http://{chosen.page_host}:{chosen.page_port}"
    try:
        with urllib.request.urlopen(base.rstrip("/") + path, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310  the user's own address
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code == 404:
            raise UserError("no such feed; `nhip status --json` lists them as unit and dataset") from None
        raise UserError(f"{base} answered {error.code}") from None
    except (urllib.error.URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise UserError(f"no worker answers at {base} ({reason}); start one with `nhip worker`, or name its page: NHIP_PAGE_URL") from None


def table(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print feeds for reading, worst first as they come."""
    shown = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("UNIT", "DATASET", "VERDICT", "REASON", "DATA THROUGH", "EXPECTED", "BEHIND"):
        shown.add_column(title, no_wrap=title != "DATASET")
    for row in rows:
        style = STYLES.get(str(row["verdict"]), "")
        cells = (row["unit"], row["dataset"], f"[{style}]{row['verdict']}[/]" if style else row["verdict"], row["reason"])
        shown.add_row(*cells, row["data_through"] or "-", row["expected_through"] or "-", str(row["periods_behind"]))
    Console().print(shown)
