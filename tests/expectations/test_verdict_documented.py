"""The page on freshness names what the code can say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args, get_type_hints

from expectations.freshness.schedule import Due
from expectations.freshness.verdict import Reason, Status

PAGE = (Path(__file__).parents[2] / "docs" / "freshness.md").read_text()
FIRST_CELLS = set(re.findall(r"^\| `(\w+)`", PAGE, re.MULTILINE))


def test_every_status_and_reason_has_a_row_and_no_row_is_of_anything_else() -> None:
    rules = set(get_args(get_type_hints(Due)["rule"]))
    assert {word.value for words in (Status, Reason) for word in words} | rules == FIRST_CELLS
