"""States that subtract: the rows that left a table are taken out of the state of all that entered it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from expectations.engine.counts import Rows
from expectations.engine.divergence import Buckets
from expectations.engine.frequency import Frequencies
from expectations.engine.hashed import Keys, counts_of, keys_of
from expectations.engine.mapped import MapState
from expectations.engine.no_provider import NothingState
from expectations.engine.outliers import Places
from expectations.engine.quantiles import Numbers
from expectations.engine.shape import Schema
from expectations.engine.table import Demotion
from expectations.engine.uniqueness import Seen

Key = TypeVar("Key")


class NoInverse(ValueError):  # noqa: N818  what it says of a check
    """A check whose state cannot give back a row: it can be told of the stream only."""


def without(state: Any, gone: Any) -> Any:
    """The state without rows that are in it. Counts only: which rows came first is not known afterwards. Raises NoInverse, Demotion."""
    return inverse_of(type(state))(state, gone)


def inverse_of(state_type: type[Any]) -> Callable[[Any, Any], Any]:
    """How states of a type are subtracted; raises NoInverse."""
    if state_type not in _INVERSES:
        raise NoInverse(f"of the stream: {state_type.__name__.lower()} rows cannot be taken out again")
    return _INVERSES[state_type]


def _fewer(count: int, gone: int) -> int:
    if gone > count:
        raise Demotion("a row left the table that had not entered it")
    return count - gone


def _fewer_of_each(counts: Mapping[Key, int], gone: Mapping[Key, int]) -> Mapping[Key, int]:
    left = dict(counts)
    for key, count in gone.items():
        left[key] = _fewer(left.get(key, 0), count)
        if not left[key]:
            del left[key]
    return left


def _of_maps(state: MapState, gone: MapState) -> MapState:
    return MapState(
        _fewer(state.rows, gone.rows),
        _fewer(state.elements, gone.elements),
        _fewer(state.missing, gone.missing),
        _fewer(state.unexpected, gone.unexpected),
    )


def _of_rows(state: Rows, gone: Rows) -> Rows:
    return Rows(_fewer(state.rows, gone.rows), _fewer(state.nonnull, gone.nonnull))


def _of_frequencies(state: Frequencies, gone: Frequencies) -> Frequencies:
    return Frequencies(_fewer_of_each(state.counts, gone.counts))


def _of_numbers(state: Numbers, gone: Numbers) -> Numbers:
    return Numbers(_fewer_of_each(state.counts, gone.counts))


def _of_buckets(state: Buckets, gone: Buckets) -> Buckets:
    every: Sequence[int] = gone.counts or [0] * len(state.counts)
    counts = [_fewer(count, less) for count, less in zip(state.counts or [0] * len(every), every, strict=True)]
    return Buckets(counts, _fewer(state.at_last, gone.at_last))


def _of_places(state: Places, gone: Places) -> Places:
    rows, elements = _fewer(state.rows, gone.rows), _fewer(state.elements, gone.elements)
    return Places(rows, elements, _fewer(state.missing, gone.missing), _fewer_of_each(state.counts, gone.counts))


def _of_seen(state: Seen, gone: Seen) -> Seen:
    counts = _fewer_of_each(*({key: seen.repeated.get(key, 1) for key in seen.firsts} for seen in (state, gone)))
    firsts, repeated = dict.fromkeys(counts, 0), {key: count for key, count in counts.items() if count > 1}
    rows, elements = _fewer(state.rows, gone.rows), _fewer(state.elements, gone.elements)
    return Seen(rows, elements, _fewer(state.missing, gone.missing), firsts, repeated)


def _of_keys(state: Keys, gone: Keys) -> Keys:
    counts = _fewer_of_each(counts_of(state), counts_of(gone))
    rows, elements = _fewer(state.rows, gone.rows), _fewer(state.elements, gone.elements)
    return keys_of(counts, rows, elements, _fewer(state.missing, gone.missing))


_INVERSES: Final[Mapping[type[Any], Callable[[Any, Any], Any]]] = {
    MapState: _of_maps,
    Rows: _of_rows,
    Frequencies: _of_frequencies,
    Numbers: _of_numbers,
    Buckets: _of_buckets,
    Places: _of_places,
    Seen: _of_seen,
    Keys: _of_keys,
    Schema: lambda state, _gone: state,
    NothingState: lambda state, _gone: state,
}
