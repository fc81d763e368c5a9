"""Reading a catalogue's CSV, YAML and JSON; whatever cannot be read is a mistake on the file's page, not an exception."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import yaml

from expectations.catalogue.mistakes import Page

Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _NoTwins(Loader):  # type: ignore[misc] # PyYAML's C loader is there or not: the base is known at run time only
    """YAML whose mappings may not say a key twice: plain YAML would let the last one win without a word."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Build a mapping; raises ConstructorError at a key that is no text or is there already."""
        seen: set[str] = set()
        for key, _ in node.value:
            wrong = "a key is not a text" if not isinstance(key.value, str) else f"the key {key.value!r} is there twice"
            if not isinstance(key.value, str) or key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, wrong, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def text_of(path: Path, page: Page) -> str | None:
    """The file's text; None (and a mistake) when it is missing or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        page.wrong("", "the file is missing", "a file of this name; docs/catalogue.md shows its form")
    except UnicodeDecodeError as error:
        page.wrong("", f"not UTF-8 at byte {error.start}", "UTF-8 (convert TCVN3, VNI or Windows encodings first)")
    except OSError as error:
        page.wrong("", f"cannot be read: {error.strerror}", "a readable file")
    return None


def yaml_of(path: Path, page: Page) -> Any:
    """The file's YAML value; None (and a mistake) when it cannot be read."""
    text = text_of(path, page)
    if text is None:
        return None
    try:
        return yaml.load(text, _NoTwins)  # noqa: S506 # _NoTwins is a safe loader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        page.wrong(f"line {line}", f"not YAML: {error.problem}", "one YAML document in which every key is said once")
    except (yaml.YAMLError, ValueError) as error:
        page.wrong("", f"not YAML: {error}", "one YAML document")
    return None


def json_of(path: Path, page: Page) -> Any:
    """The file's JSON value; None (and a mistake) when it cannot be read."""
    text = text_of(path, page)
    if text is None:
        return None
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        page.wrong("", f"not JSON: {error}", "one JSON object")
        return None


def rows_of(path: Path, page: Page, required: Sequence[str], optional: Sequence[str] = ()) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (`line N`, row) of a CSV file with the columns `required` and no unknown ones; cells are stripped and checked for NFC."""
    text = text_of(path, page)
    if text is None:
        return
    reader = csv.DictReader(text.splitlines(), restkey="", restval="")
    if not _header_is_right(reader.fieldnames or [], page, required, optional):
        return
    for row in reader:
        where = f"line {reader.line_num}"
        if "" in row:
            page.wrong(where, "more cells than columns", "put cells that hold a comma in double quotes")
            continue
        for column, cell in row.items():
            check_nfc(page, f"{where}, {column}", cell)
        yield where, {column: cell.strip() for column, cell in row.items()}


def check_nfc(page: Page, path: str, text: str) -> None:
    """Note a mistake when `text` is not in Unicode's composed form."""
    if not unicodedata.is_normalized("NFC", text):
        page.wrong(path, f"{text!r} is not in NFC (diacritics apart from their letters)", f"NFC: {unicodedata.normalize('NFC', text)}")


def day_of(page: Page, path: str, text: str) -> date | None:
    """The day of an ISO text; None when it is empty, and also (with a mistake) when it is no day."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        page.wrong(path, f"{text!r} is not a day", "a day as YYYY-MM-DD")
        return None


def _header_is_right(header: Sequence[str], page: Page, required: Sequence[str], optional: Sequence[str]) -> bool:
    known = [*required, *optional]
    missing, unknown = [c for c in required if c not in header], [c for c in header if c not in known]
    for names, problem in ((missing, "no column"), (unknown, "unknown column")):
        if names:
            page.wrong("line 1", f"{problem} {', '.join(map(repr, names))}", "columns: " + ", ".join(known))
    return not missing and not unknown
