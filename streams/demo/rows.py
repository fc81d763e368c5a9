"""Rows of a dataset, made of what its contract says: unit, period and slice as told, everything else from the examples of its columns."""

from __future__ import annotations

from functools import partial

from streams.demo import values
from streams.demo.moves import Move, rows_wanted
from streams.demo.stage import Feed, Stage

Row = dict[str, object]

BEGINNING_MS = 1_577_836_800_000  # 2020-01-01: earlier than any period of a scenario
MINUTE_MS = 60_000


class Rows:
    """Makes the rows of one dataset."""

    def __init__(self, feed: Feed, stage: Stage) -> None:
        self._stage, self.dataset, self._schedule = stage, feed.dataset, feed.schedule
        d = feed.dataset
        self._slices = sorted(d.terms.slices)
        self._places = {unit: n for n, unit in enumerate(d.units)}
        self.telling = frozenset(name for name in (d.unit_column, d.period_column, d.slice_column) if name)
        numbers = (c.name for c in d.columns.values() if c.logical == "integer" and not c.examples and c.name not in self.telling)
        self.key = next(numbers, None)
        self.fixed = self.telling | {self.key or ""}
        zone = feed.schedule.timezone
        self._others = {c.name: partial(_in_turn, values.examples(c, zone)) for c in d.columns.values() if c.name not in self.fixed}

    def number(self, move: Move) -> int:
        """The row's own number, the same whenever the row is sent."""
        schedule = self._schedule
        first = schedule.ordinal_of(schedule.day_of(BEGINNING_MS)) if not schedule.continuous else 0
        at = (move.period - BEGINNING_MS) // MINUTE_MS if schedule.continuous else move.period - first
        return (at * len(self._places) + self._places[move.feed.unit]) * len(rows_wanted(move.feed)) + move.row + 1

    def key_of(self, move: Move) -> Row:
        """The record's key: the number of the row."""
        return {self.key or "id": self.number(move)}

    def row(self, move: Move, code: str) -> Row:
        """The row of a move, in the contract's order of columns. `code` is what the unit column holds."""
        number = self.number(move)
        turn = self._stage.draw(move.feed.id, move.period) + move.row
        made: Row = {}
        for name, column in self.dataset.columns.items():
            if name == self.key:
                made[name] = number
            elif name == self.dataset.period_column:
                made[name] = values.of_period(move.period, column, self._schedule)
            elif name == self.dataset.unit_column:
                made[name] = code
            elif name == self.dataset.slice_column:
                made[name] = self._slices[move.row % len(self._slices)]
            else:
                made[name] = self._others[name](turn)
        return made

    def old_code(self, move: Move) -> str:
        """A code out of use that means the unit in the move's period; the unit's own where none does."""
        unit, schedule = move.feed.unit, self._schedule
        codes = self._stage.old_codes.get(unit, (unit,))
        code = codes[self._stage.draw(move.feed.id, "code", move.period) % len(codes)]
        on = values.first_day(move.period, schedule)
        return code if self._stage.catalogue.resolve_unit(self.dataset.id, code, on) == unit else unit


def _in_turn(written: list[object], turn: int) -> object:
    return written[turn % len(written)]
