"""Rows of many groups in one list: judged together, told apart afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from expectations.quality.suite import CheckState, Row

PerOwner = Mapping[int, CheckState]
"""Counts of one check by the number of the group that owns the rows; a group that has none may be left out."""


class Pool(msgspec.Struct, frozen=True):
    """Rows and, beside each, the number of its group."""

    rows: Sequence[Row]
    owners: Sequence[int]

    @classmethod
    def of(cls, groups: Sequence[Sequence[Row]]) -> Pool:
        """All rows of the groups, in order."""
        return cls([row for rows in groups for row in rows], [number for number, rows in enumerate(groups) for _ in rows])

    @property
    def has_one_owner(self) -> bool:
        """Whether all rows are of one group."""
        return len(set(self.owners)) <= 1

    def take(self, positions: Sequence[int]) -> Pool:
        """The rows at some positions."""
        return Pool([self.rows[i] for i in positions], [self.owners[i] for i in positions])

    def by_owner(self) -> Iterator[Pool]:
        """Yield the rows of each group."""
        yield from map(self.take, _positions(self.owners))

    def by_types(self, columns: Sequence[str]) -> list[Pool]:
        """The rows whose values in `columns` have the same types, together."""
        return [self.take(some) for some in _positions(tuple(type(row[column]) for column in columns) for row in self.rows)]

    def halves(self) -> list[Pool]:
        """The first and the second half; of a single row, the row."""
        middle = (len(self.rows) + 1) // 2
        return [half for half in (self.take(range(middle)), self.take(range(middle, len(self.rows)))) if half.rows]

    def spread(self, most: int) -> Iterator[Pool]:
        """Yield at most so many single rows, spread evenly."""
        count = min(most, len(self.rows))
        yield from (self.take([number * len(self.rows) // count]) for number in range(count))


def joined(pools: Iterable[Pool]) -> Pool:
    """The rows of some pools in one."""
    pools = list(pools)
    return Pool([row for pool in pools for row in pool.rows], [owner for pool in pools for owner in pool.owners])


def added(a: PerOwner, b: PerOwner) -> PerOwner:
    """Add counts, group by group."""
    return {**a, **{owner: a[owner] + counts if owner in a else counts for owner, counts in b.items()}}


def errors(pool: Pool) -> PerOwner:
    """Every row counts as one that could not be judged."""
    return {pool.owners[some[0]]: CheckState(errors=len(some)) for some in _positions(pool.owners)}


def _positions(keys: Iterable[object]) -> list[list[int]]:
    """Positions with equal keys, together."""
    found: dict[object, list[int]] = {}
    for position, key in enumerate(keys):
        found.setdefault(key, []).append(position)
    return list(found.values())
