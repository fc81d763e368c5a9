"""Which suite file is meant, and of which dataset: told by a dataset's id or by the file."""

from __future__ import annotations

from pathlib import Path

import msgspec

from expectations.catalogue.load import Catalogue
from expectations.catalogue.units import Dataset
from streams.cli import UserError


class Chosen(msgspec.Struct, frozen=True):
    """A suite file and the dataset that it is for; None when none is known."""

    path: Path
    dataset: Dataset | None


def dataset_of(catalogue: Catalogue, identity: str) -> Dataset:
    """A dataset by its id; raises UserError with those that there are."""
    found = catalogue.datasets.get(identity)
    if found is None:
        raise UserError(f"there is no dataset {identity!r}: allowed are {', '.join(catalogue.datasets)}")
    return found


def chosen(catalogue: Catalogue, said: str, dataset: str | None = None) -> Chosen:
    """The suite that `said` means: a dataset's id, for the suite of its contract, or a file.

    A file is for the dataset that is given, else the one whose contract names it, else the one whose id is its name. Raises UserError.
    """
    given = None if dataset is None else dataset_of(catalogue, dataset)
    path = Path(said)
    if path.is_file():
        return Chosen(path, given or _owner(catalogue, path))
    named = catalogue.datasets.get(said)
    if named is None:
        raise UserError(f"{said!r} is neither a suite file nor a dataset: allowed are {', '.join(catalogue.datasets)}")
    if named.suite is None:
        raise UserError(f"the contract of {said} names no suite: `nhip suite new {said}` writes a first one")
    return Chosen(Path(named.suite), given or named)


def all_of(catalogue: Catalogue) -> list[Chosen]:
    """The suites of all contracts."""
    return [Chosen(Path(d.suite), d) for d in catalogue.datasets.values() if d.suite is not None]


def _owner(catalogue: Catalogue, path: Path) -> Dataset | None:
    resolved = str(path.resolve())
    named = (d for d in catalogue.datasets.values() if d.suite == resolved)
    return next(named, catalogue.datasets.get(path.stem))
