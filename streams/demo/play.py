"""Reading a province's demo.yaml: which feeds are in which trouble. A province without one is played with its first units."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from expectations.catalogue.files import yaml_of
from expectations.catalogue.load import Catalogue
from expectations.catalogue.mistakes import Mistake, Page, format_mistakes

FILE = "demo.yaml"

Form = Literal["postgres", "mysql", "flat", "schema", "cloudevents"]
"""How a connector writes its records; see streams/province/records.py."""


class PlayError(ValueError):
    """A scenario that cannot be played; the message says what is wrong in demo.yaml and what is allowed."""


class Play(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What demo.yaml says.

    Connectors went live `live_days` ago and read everything once; since then they send changes. `stopped_on` is the last day of which
    the units in the troubles `silent` and `stuck` have data. `forms` are the forms of records by dataset, `troubles` patterns of
    `unit/dataset` by trouble.
    """

    live_days: Annotated[int, msgspec.Meta(ge=3, le=60)] = 14
    stopped_on: date = date(2024, 12, 31)
    forms: Mapping[str, Form] = {}
    troubles: Mapping[str, tuple[str, ...]] = {}


def read_play(folder: Path, catalogue: Catalogue) -> Play:
    """The play of a province's folder, the default one when it has no demo.yaml. Raises PlayError."""
    path = folder / FILE
    if not path.exists():
        return Play()
    mistakes: list[Mistake] = []
    said = yaml_of(path, Page(FILE, mistakes))
    if mistakes:
        raise PlayError(format_mistakes(mistakes))
    try:
        play = msgspec.convert(said, Play)
    except msgspec.ValidationError as error:
        raise PlayError(f"{FILE}: {error}") from None
    for stray in sorted(set(play.forms) - set(catalogue.datasets)):
        raise PlayError(f"{FILE}: forms: no dataset {stray!r}; allowed: {', '.join(catalogue.datasets)}")
    return play
