"""Great Expectations' order of results: what has no provider, what failed while metrics were computed, the rest; in each as asked.

Equal configurations that fail are told more often than they are asked: of all that failed, Great Expectations strikes out one for each
that differs, and asks the others again. So a result finds its place by what it says of its configuration.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from expectations.engine import great
from expectations.engine.compiled import Demoted, NotCompiled, Outcome
from expectations.engine.formats import ResultFormat
from expectations.engine.suite import Compilation, compilation

NO_PROVIDER, FAILED, JUDGED = range(3)


class Asked(msgspec.Struct, frozen=True):
    """One configuration, as given (suite parameters by name) and in the two forms that results have, and its compilation."""

    configuration: Any
    asked: Any
    written: Any
    compilation: Compilation | NotCompiled

    @classmethod
    def of(cls, configuration: Any, filled: Any, form: ResultFormat) -> Asked:
        """Compile a configuration, of which `filled` has the suite parameters filled in."""
        asked, written = great.filled_in(filled)
        try:
            return cls(configuration, asked, written, compilation(written.type, written.kwargs, form))
        except NotCompiled as reason:
            return cls(configuration, asked, written, reason)


def in_order(asked: Sequence[Asked], outcomes: Sequence[Outcome | Demoted], found: Sequence[Any]) -> list[Any]:
    """Results of the compiled outcomes, and those that Great Expectations found for the demoted, as it would have put them."""
    placed: list[tuple[int, int, Any]] = []
    for number, (one, outcome) in enumerate(zip(asked, outcomes, strict=True)):
        if not isinstance(outcome, Demoted):
            fails = "exception_info" in outcome
            result = great.one_result(one.asked if fails else one.written, outcome)
            placed.append((NO_PROVIDER if fails else JUDGED, number, result))
    demoted = [(number, one) for number, (one, outcome) in enumerate(zip(asked, outcomes, strict=True)) if isinstance(outcome, Demoted)]
    placed += _placed(demoted, found)
    return [result for *_, result in sorted(placed, key=lambda place: place[:2])]


def _placed(demoted: Sequence[tuple[int, Asked]], found: Sequence[Any]) -> list[tuple[int, int, Any]]:
    """The rank and the number of each result: the first of equal configurations fail first, the last of them are asked again."""
    places: list[tuple[int, int, Any]] = []
    keys = [(number, {_key(one.asked), _key(one.written)}) for number, one in demoted]  # one that raises is told as asked, else as written
    for rank in (NO_PROVIDER, FAILED, JUDGED):
        left = list(keys)
        results = [result for result in found if _rank(result) == rank]
        for result in results if rank != JUDGED else reversed(results):
            key = _key(result.expectation_config)
            equal = [one for one in left if key in one[1]]
            taken = (equal[0] if rank != JUDGED else equal[-1]) if equal else None
            if taken is not None:
                left.remove(taken)
            places.append((rank, taken[0] if taken is not None else len(demoted), result))
    return places


def _key(configuration: Any) -> str:
    kwargs = sorted((name, repr(value)) for name, value in configuration.kwargs.items() if name != "batch_id")
    return repr((configuration.type, kwargs, configuration.meta or {}, configuration.severity, configuration.notes, configuration.id))


def _rank(result: Any) -> int:
    info = result.exception_info
    if "raised_exception" not in info:
        return FAILED
    return NO_PROVIDER if info["raised_exception"] and "build_metric_dependency_graph" in (info["exception_traceback"] or "") else JUDGED
