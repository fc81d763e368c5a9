"""What several commands share: loading the catalogue, talking to a worker's page, printing feeds."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.text import Text

from expectations.catalogue.check import format_mistakes
from expectations.catalogue.load import Catalogue, CatalogueError, load
from streams import settings
from streams.cli import Exit, UserError
from streams.cli.answers import table

STYLES = {"fresh": "green", "due": "yellow", "late": "dark_orange", "stale": "red", "never": "red", "unknown": "cyan", "suspended": "dim"}
TIMEOUT_SECONDS = 10


def catalogue(folder: Path | None = None) -> Catalogue:
    """The catalogue of a folder, the settings' when none is named; its mistakes are the user's to mend."""
    try:
        return load(folder or settings.load().catalogue)
    except CatalogueError as error:
        which = f"the catalogue {folder}" if folder else "the catalogue"
        raise UserError(f"{which} has mistakes\n" + format_mistakes(error.mistakes)) from None


def fetch(path: str, *, page_url: str | None = None) -> Any:
    """JSON from a worker's page; says what to do when it does not answer."""
    chosen = settings.load()
    base = page_url or chosen.page_url or f"http://{chosen.page_host}:{chosen.page_port}"
    parts = urlsplit(base)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UserError(f"{base!r} is no page's address; write it like http://127.0.0.1:6066")
    try:
        with urllib.request.urlopen(base.rstrip("/") + path, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310  http or https, as above
            return json.load(answer)
    except urllib.error.HTTPError as error:
        told = _error_of(error)
        if error.code == 404 and told is not None:
            raise UserError("no such feed; `nhip status --all` lists them as unit and dataset") from None
        raise _down(f"{base} answered {error.code}; is that a worker's page?") from None
    except (OSError, ValueError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise _down(f"no worker answers at {base} ({reason}); start one with `nhip worker`, or name its page: NHIP_PAGE_URL") from None


def _error_of(error: urllib.error.HTTPError) -> str | None:
    """What a worker's API says beside an error status; None when it is not one that answers."""
    try:
        return str(json.load(error)["error"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _down(says: str) -> UserError:
    """Nothing is wrong with the command: what it asks does not answer."""
    shown = UserError(says)
    shown.exit_code = Exit.FAILED
    return shown


def feeds_table(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print feeds for reading, in the order in which they come."""
    titles = ("UNIT", "DATASET", "VERDICT", "REASON", "DATA THROUGH", "EXPECTED", "BEHIND")
    table(titles, map(_feed_row, rows), right=frozenset({"BEHIND"}))


def _feed_row(feed: Mapping[str, Any]) -> tuple[object, ...]:
    verdict = Text(feed["verdict"], style=STYLES.get(feed["verdict"], ""))
    return feed["unit"], feed["dataset"], verdict, feed["reason"], feed["data_through"], feed["expected_through"], feed["periods_behind"]
