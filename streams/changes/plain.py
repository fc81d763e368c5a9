"""The plain change: a row in a Debezium envelope, in readable text, of a unit and a period that the catalogue knows.

Nearly all records are that, so they are taken in one flat loop. What differs in any respect goes through `Batch.take`, which is the
whole rule; out of both a plain change comes as the same row (tests/streams/test_changes_plain.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from streams.changes.batch import EARLIEST_MS, Batch, Record, row_for_suite
from streams.changes.envelope import CHANGE, ROW_OPS, changed_ms_of
from streams.changes.lanes import Lane, Place
from streams.changes.problems import Defect
from streams.changes.shapes import LATEST_MS, top_of
from streams.changes.wire import Row

BLOCK = 64
"""Records whose encoding is looked at together, which costs a third of looking at each."""
MOST_BLOCK_BYTES = 1 << 20


def take_all(batch: Batch, records: Sequence[Record]) -> None:
    """Route the records of one source partition, in offset order."""
    for start in range(0, len(records), BLOCK):
        block = records[start : start + BLOCK]
        if batch.lane is not None and batch.table_rows is None and _is_text(block):
            _take_block(batch, batch.lane, block)
        else:
            for record in block:
                batch.take(record)


def _is_text(block: Sequence[Record]) -> bool:
    """Whether all values are UTF-8, and small enough to be looked at together."""
    values = [record.value or b"" for record in block]
    if sum(map(len, values)) > MOST_BLOCK_BYTES:
        return False
    try:
        b"\n".join(values).decode()
    except UnicodeDecodeError:
        return False
    return True


def _take_block(batch: Batch, lane: Lane, block: Sequence[Record]) -> None:
    rows, now_ms, most_bytes = batch.rows, batch.now_ms, batch.max_value_bytes
    read, place_of, plain = lane.read_plain, lane.place, 0
    for record in block:
        value, heard_ms = record.value, record.timestamp
        if value is None or len(value) > most_bytes:
            batch.take(record)
            continue
        try:
            top = top_of(value)
            telling = read(top.after)
            after = row_for_suite(top.after, None, lane.dataset) if lane.judged else None
        except (ValueError, RecursionError):
            batch.take(record)
            continue
        op, source = top.op, top.source
        if source is None or op not in ROW_OPS or not EARLIEST_MS <= heard_ms < LATEST_MS or isinstance(after, Defect):
            batch.take(record)
            continue
        if heard_ms > now_ms:
            heard_ms = now_ms
        place = place_of(telling, None, heard_ms)
        if not isinstance(place, Place) or place.period is None or place.lost_slice:
            batch.take(record)
            continue
        changed_ms = changed_ms_of(op, source)
        if changed_ms > heard_ms:
            changed_ms = heard_ms
        key = lane.key(record.key, top.after) if lane.counts_rows else 0
        row = Row(record.offset, op, heard_ms, changed_ms, place.period, key, place.slice, after)
        found = rows.get(place.feed)
        if found is None:
            rows[place.feed] = [row]
        else:
            found.append(row)
        plain += 1
    if plain:
        batch.counts[CHANGE] += plain
