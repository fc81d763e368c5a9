"""What each stage did since it was last asked: the numbers behind the `pipeline` and `set_aside` points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from points.table import PIPELINE, SET_ASIDE

Numbers = dict[str, int | float | bool]


class Stats:
    """Counters of one worker by stage. Counts are of the interval since the last `take`; gauges keep their last value.

    Since the worker began: `totals` (`stage.count`), `batches` and their `seconds` by stage, records set aside by `reasons`.
    """

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}
        self._times_ms: dict[str, list[float]] = {}
        self._gauges: dict[str, Numbers] = {}
        self.totals: Counter[str] = Counter()
        self.batches: Counter[str] = Counter()
        self.seconds: dict[str, float] = {}
        self.reasons: Counter[str] = Counter()
        self._told_reasons: Counter[str] = Counter()

    @property
    def gauges(self) -> Mapping[str, Numbers]:
        """The present values, by stage."""
        return self._gauges

    def add(self, stage: str, **counts: int) -> None:
        """Add counts of things that happened, named as the fields of `pipeline`."""
        self._counts.setdefault(stage, Counter()).update(counts)
        self.totals.update({f"{stage}.{name}": n for name, n in counts.items()})

    def took(self, stage: str, seconds: float) -> None:
        """Remember how long one batch took."""
        self._times_ms.setdefault(stage, []).append(seconds * 1000)
        self.batches[stage] += 1
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds

    def gauge(self, stage: str, **values: float | bool) -> None:
        """Set values that are as they are, whenever asked."""
        self._gauges.setdefault(stage, {}).update(values)

    def take(self, worker: str, now_ms: int) -> list[bytes]:
        """The interval's points, one a stage and one a reason for which something was set aside; the counts begin anew."""
        counts, self._counts = self._counts, {}
        times, self._times_ms = self._times_ms, {}
        stages = sorted({*counts, *times, *self._gauges})
        lines = [self._line(worker, stage, counts.get(stage, Counter()), times.get(stage, []), now_ms) for stage in stages]
        reasons, self._told_reasons = self.reasons - self._told_reasons, self.reasons.copy()
        return lines + [SET_ASIDE.line({"worker": worker, "reason": why}, {"records": n}, now_ms) for why, n in sorted(reasons.items())]

    def _line(self, worker: str, stage: str, counts: Counter[str], times_ms: list[float], now_ms: int) -> bytes:
        fields: Numbers = {**counts, **self._gauges.get(stage, {})}
        if times_ms:
            fields |= {"batches": len(times_ms), "batch_ms": sum(times_ms) / len(times_ms), "batch_max_ms": max(times_ms)}
        return PIPELINE.line({"worker": worker, "stage": stage}, fields, now_ms)
