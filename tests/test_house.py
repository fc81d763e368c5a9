"""The house rules that a machine can check: who imports whom, how long a file is, who reads the clock."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("alerts", "bench", "expectations", "grafana", "points", "streams", "tests")
MAY_IMPORT = {
    "expectations": {"expectations"},
    "alerts": {"alerts"},
    "points": {"points"},
    "grafana": {"grafana", "points"},
    "streams": {"alerts", "expectations", "grafana", "points", "streams"},
    "bench": {"alerts", "bench", "expectations", "points", "streams"},
}
LONGEST_LINES = 300
CLOCK_READS = re.compile(r"\btime\.(time|time_ns|monotonic|perf_counter)\(|\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(")
REGISTRIES = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|repo1?\.maven|proxy\.golang|deb\.debian|crates\.io", re.IGNORECASE)


def tracked(pattern: str = "*") -> list[Path]:
    """Files of the checkout that git knows."""
    listed = subprocess.run(["git", "ls-files", pattern], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def sources(package: str) -> list[Path]:
    return [path for path in tracked("*.py") if path.relative_to(ROOT).parts[0] == package]


def imported(path: Path) -> Iterator[str]:
    """Our own packages that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        yield from (name.split(".")[0] for name in names if name.split(".")[0] in PACKAGES)


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_dependencies_point_one_way(package: str) -> None:
    wrong = {str(p.relative_to(ROOT)): other for p in sources(package) for other in imported(p) if other not in MAY_IMPORT[package]}
    assert wrong == {}


def test_no_file_is_longer_than_300_lines() -> None:
    """Two ideas in one file want two files."""
    long = {str(p.relative_to(ROOT)): n for p in tracked("*.py") if (n := len(p.read_text().splitlines())) > LONGEST_LINES}
    assert long == {}


def test_only_the_clock_module_reads_the_clock() -> None:
    """`now` is an argument everywhere else, so that every decision can be replayed."""
    allowed = {ROOT / "streams" / "clock.py"}
    product = [p for package in MAY_IMPORT for p in sources(package) if p not in allowed]
    assert [str(p.relative_to(ROOT)) for p in product if CLOCK_READS.search(p.read_text())] == []


def test_no_file_names_a_package_registry() -> None:
    """Installing is the machine's business: addresses of registries differ from place to place."""
    texts = [p for p in tracked() if p.suffix in {".py", ".toml", ".txt", ".md", ".xml", ".yml", ".yaml", ".mod", ".sh", ".json", ""}]
    named = [str(p.relative_to(ROOT)) for p in texts if p != Path(__file__) and REGISTRIES.search(p.read_text(errors="replace"))]
    assert named == []


def test_nothing_of_a_province_is_in_code() -> None:
    """Another province is another folder."""
    words = re.compile(r"Tây Ninh|tay[-_]ninh|Long An", re.IGNORECASE)
    code = [p for package in MAY_IMPORT for p in sources(package)]
    named = {str(p.relative_to(ROOT)) for p in code if words.search(_code_only(p))}
    assert named <= {"streams/settings.py"}, "settings names the default folder; nothing else may"


def _code_only(path: Path) -> str:
    """A file without its comments and docstrings, which may give examples."""
    return ast.unparse(_without_docstrings(ast.parse(path.read_text())))


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return tree
