"""Quality of the table as it is now: changes with full row images, through ROUTE and OBSERVE, are Great Expectations' on the rows left."""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from expectations import validate
from expectations.quality.oftable import of_table
from streams.feeds.table_state import READING
from tests.streams.feeds_scene import tick
from tests.streams.table_scene import CHECKS, EXPECTATIONS, UNITS, Database, Tables


def agree(scene: Tables, database: Database, *, again: bool) -> None:
    """What is known of each unit's table is what Great Expectations says of its rows; `again`: there was a second snapshot."""
    for unit in UNITS:
        rows = [row for row in database.rows.values() if row["ma_xa"] == unit]
        found = of_table(CHECKS, scene.known(unit))
        if found.why == READING and again:
            continue  # a partition of which nothing was in the second snapshot: its rows may be gone
        assert (found.of, found.rows) == ("table", len(rows)), found.why
        assert [check.type for check in found.not_told] == ["expect_column_values_to_be_increasing"]
        for one, asked in zip(found.checks, EXPECTATIONS, strict=False):
            if not rows or one.success is None:
                assert not rows or "near" in one.why, one
                continue
            right = validate(rows, asked, native=False, result_format={"result_format": "BASIC", "partial_unexpected_count": 0})
            assert one.success == right.success, (one, right)
            assert "element_count" not in right.result or one.unexpected == right.result["unexpected_count"], (one, right)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=5)
@given(seed=st.integers(0, 2**32))
def test_the_table_is_judged_as_the_rows_that_are_in_it(seed: int) -> None:
    """Random changes over two units, random batches, crashes before and after checkpoints, and at times a second snapshot.

    It is of a table that had changed while no connector was running: no row is counted twice, and none that is gone.
    """
    chance = random.Random(seed)
    database, scene = Database(chance), Tables()
    for _ in range(8):
        database.change(is_read=False)
    assume(database.rows)  # a snapshot without rows sends nothing: decision 0022, what stays open
    database.snapshot()
    for _ in range(chance.randrange(30)):
        database.change()
    if again := chance.random() < 0.5:
        for _ in range(chance.randrange(3)):
            database.change(is_read=False)
        assume(database.rows)
        database.snapshot()
        for _ in range(chance.randrange(9)):
            database.change()
    read, written = [0, 0], [0, 0]
    scene.take(tick())
    while written != [len(some) for some in database.topic]:
        partition = chance.randrange(2)
        size = chance.randrange(1, 9)
        some = slice(read[partition], read[partition] + size)
        scene.read(partition, read[partition], database.topic[partition][some], database.times_ms[partition][some])
        read[partition] = min(read[partition] + size, len(database.topic[partition]))
        if chance.random() < 0.4:
            scene.checkpoint()
            written = list(read) if chance.random() < 0.7 else written  # the acks may be lost: the batches come again
        if chance.random() < 0.2:
            scene.restart()
            scene.take(tick())
            read = list(written)
    agree(scene, database, again=again)
