"""The example province cut down to what a test needs: a few communes, three contracts, topics that nobody else's worker reads."""

from __future__ import annotations

import shutil
from pathlib import Path

from expectations.catalogue.load import Catalogue, load
from streams.settings import HERE

EXAMPLE = HERE / "expectations" / "tay-ninh"
ANY_PREFIX = r"(?:[a-z0-9_-]+\.)?"

PUNCTUAL, RENUMBERED, STUCK, DILIGENT, SECOND_SOURCE = "25459", "25480", "25486", "25489", "25498"
COMMUNES = (PUNCTUAL, RENUMBERED, STUCK, DILIGENT, SECOND_SOURCE)
OLD_CODE = "25471"
"""Xã Thạnh Tân until 30 June 2025; since then part of RENUMBERED."""

MONTHLY, DAILY, CONTINUOUS = "bao-tro-xa-hoi", "thu-tuc-hanh-chinh", "ho-tich"
CONTRACTS = (MONTHLY, DAILY, CONTINUOUS)
TOPICS = {MONTHLY: "bao_tro_xa_hoi.public.doi_tuong", DAILY: "tthc.public.tong_hop_ngay", CONTINUOUS: "ho_tich.public.su_kien"}


def cut_catalogue(folder: Path, token: str) -> Catalogue:
    """Write the small catalogue into `folder`; its topics begin with `token` and a department's prefix. Returns it loaded."""
    for name in ("province.yaml", "departments.csv", "workdays.csv"):
        (folder / name).write_bytes((EXAMPLE / name).read_bytes())
    _cut_lines(folder / "units.csv", "code", COMMUNES)
    _cut_lines(folder / "codes.csv", "new_code", COMMUNES)
    (folder / "contracts").mkdir()
    (folder / "suites").mkdir()
    for contract in CONTRACTS:
        text = (EXAMPLE / "contracts" / f"{contract}.yaml").read_text()
        assert ANY_PREFIX in text
        own = text.replace(ANY_PREFIX, rf"{token}\.[a-z0-9]+\.")
        (folder / "contracts" / f"{contract}.yaml").write_text(_own_examples(own, token, TOPICS[contract]))
        shutil.copy(EXAMPLE / "suites" / f"{contract}.json", folder / "suites")
    return load(folder)


def _own_examples(text: str, token: str, topic: str) -> str:
    """Replace the example topics, which must match the pattern."""
    lines = [line for line in text.splitlines() if not line.strip().startswith("- ") or not line.endswith(topic)]
    at = next(n for n, line in enumerate(lines) if line.endswith("property: exampleTopics")) + 2
    return "\n".join([*lines[:at], f"          - {token}.dept.{topic}", *lines[at:]]) + "\n"


def _cut_lines(file: Path, column: str, kept: tuple[str, ...]) -> None:
    head, *lines = (EXAMPLE / file.name).read_text().splitlines()
    at = head.split(",").index(column)
    file.write_text("\n".join([head, *(line for line in lines if line.split(",")[at] in kept)]) + "\n")
