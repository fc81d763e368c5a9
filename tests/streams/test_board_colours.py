"""Colours of the style sheet: every text stands out from what it lies on by 4.5 : 1 or more, by day and by night."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import streams.board

STYLE = (Path(streams.board.__file__).parent / "style.css").read_text(encoding="utf-8")
PAIRS = [
    *[(ink, ground) for ink in ("ink", "soft", "link", "brand") for ground in ("ground", "sheet")],
    *[(status, f"{status}-bg") for status in ("fresh", "due", "late", "stale", "never", "unknown", "suspended")],
    *[(tone, "sheet") for tone in ("fresh", "due", "late", "stale-ink", "never-ink", "unknown", "suspended")],
    *[("ink", f"{status}-bg") for status in ("due", "late", "unknown")],
    ("ink", "notice-bg"),
    ("sheet", "brand"),
]


def palette(*, dark: bool) -> dict[str, str]:
    light, night = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    named = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", light))
    return named | dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", night)) if dark else named


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast_ratio(one: str, other: str) -> float:
    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


def test_black_on_white_is_the_greatest_contrast() -> None:
    assert contrast_ratio("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("dark", [pytest.param(False, id="light"), pytest.param(True, id="dark")])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(ink: str, ground: str, *, dark: bool) -> None:
    colours = palette(dark=dark)
    assert contrast_ratio(colours[ink], colours[ground]) >= 4.5, f"--{ink} on --{ground}"
