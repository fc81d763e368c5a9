"""docs/suites.md says of every expectation type what compiles, what falls back and why; here it is checked against the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from great_expectations.expectations.registry import list_registered_expectation_implementations

from expectations.engine import registry

ROOT = Path(__file__).resolve().parents[3]
ENGINE = ROOT / "expectations" / "engine"
PAGE = (ROOT / "docs" / "suites.md").read_text() if (ROOT / "docs" / "suites.md").exists() else ""
ROW = re.compile(r"^\| `(\w+)` \| (yes|no) \| (?:`(\w+)\.py`|–) \|", re.MULTILINE)
TYPES = {name: (compiles == "yes", family) for name, compiles, family in ROW.findall(PAGE)}


def told() -> dict[str, list[str]]:
    """By file, the reasons that the code gives for falling back; what it puts into them is left out."""
    found: dict[str, list[str]] = {}
    for path in sorted(ENGINE.glob("*.py")):
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        raised = [
            c for c in sorted(calls, key=lambda c: c.lineno) if isinstance(c.func, ast.Name) and c.func.id in ("NotCompiled", "Demotion")
        ]
        reasons = list(dict.fromkeys(_text(call.args[0]) for call in raised if call.args))
        if reasons:
            found[path.stem] = [reason for reason in reasons if reason]
    return {name: reasons for name, reasons in found.items() if reasons}


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "…" for part in node.values]
        return _short("".join(str(part) for part in parts))
    return _short(str(node.value)) if isinstance(node, ast.Constant) else ""


def _short(reason: str) -> str:
    return re.sub(r"^(… )?falls back( to Great Expectations)?, because ", "", reason)


def test_the_page_lists_every_type_of_great_expectations() -> None:
    assert set(TYPES) == set(list_registered_expectation_implementations())
    assert len(TYPES) == 59


def test_the_page_says_what_compiles_and_where() -> None:
    families = {name: family.__name__.rpartition(".")[2] for family in registry.FAMILIES for name in family.TYPES}
    assert {name: family for name, (compiles, family) in TYPES.items() if compiles} == families
    assert len(families) >= 50


@pytest.mark.parametrize("file", told())
def test_the_page_gives_every_reason_that_the_code_gives(file: str) -> None:
    line = next((line for line in PAGE.splitlines() if line.startswith(f"| `{file}.py` |")), "")
    assert [reason for reason in told()[file] if reason not in line] == []


def test_the_page_gives_no_reason_that_the_code_does_not() -> None:
    lines = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"^\| `\w+\.py` \|", line)]
    said = {name.strip("`").removesuffix(".py"): set(reasons.split("; ")) for name, reasons in lines}
    assert said == {name: set(reasons) for name, reasons in told().items()}
