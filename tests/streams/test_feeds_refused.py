"""What a feed remembers of rows that were set aside, and of its data going back."""

from __future__ import annotations

import random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.changes.refusals import FUTURE, WRONG_CODE
from streams.changes.wire import Message, Row
from streams.feeds.state import FeedState, decode_bucket
from tests.streams.feeds_scene import FEED, HOUR_MS, NOW, Scene, changes, month, monthly, months, tick


def refusal(offset: int, why: str = FUTURE, heard_ms: int = NOW - HOUR_MS) -> Row:
    return Row(offset, why, heard_ms, heard_ms - 500)


def remembered(scene: Scene) -> FeedState:
    return next(decode_bucket(bucket)[FEED] for bucket in scene.table.values() if FEED in decode_bucket(bucket))


def test_a_feed_that_is_behind_says_why_its_newest_rows_do_not_count() -> None:
    scene = Scene()
    scene.after(changes(*months("2023-12", "2025-07"), refusal(90)), tick())
    assert scene.verdict().reason == "stuck", "a row that counts was heard at the same time"
    scene.after(changes(refusal(91, FUTURE, NOW - 60_000)), tick())
    assert scene.verdict().reason == "future_dated"
    scene.after(changes(refusal(92, WRONG_CODE, NOW - 30_000)), tick())
    assert scene.verdict().reason == "wrong_code"


def test_a_feed_in_good_standing_stays_so_whatever_is_set_aside() -> None:
    scene = Scene()
    scene.after(changes(*months("2023-12", "2025-09"), refusal(90, heard_ms=NOW)), tick())
    assert (scene.verdict().status, scene.verdict().reason) == ("fresh", "on_time")


def test_rows_that_are_set_aside_are_counted_once_and_are_a_sign_of_life_but_no_volume() -> None:
    scene = Scene()
    scene.after(changes(refusal(1), refusal(2), refusal(3, WRONG_CODE)), tick())
    scene.after(changes(refusal(1), refusal(2), refusal(3, WRONG_CODE)), tick())
    state = remembered(scene)
    assert {why: refused.rows for why, refused in state.refused.items()} == {FUTURE: 2, WRONG_CODE: 1}
    assert (state.heard_ms, state.counted_ms, state.windows) == (NOW - HOUR_MS, None, {})


def test_a_state_of_before_is_read_as_ever() -> None:
    old = msgspec.msgpack.encode(msgspec.msgpack.decode(msgspec.msgpack.encode(FeedState(heard_ms=5)))[:9])
    assert msgspec.msgpack.decode(old, type=FeedState) == FeedState(heard_ms=5)


def volumes(many: dict[str, int], shuffled: random.Random | None = None) -> list[Row]:
    """So many different rows of each month, in one source partition."""
    every = [(p, (month(p) * 1_000 + n) * 0x9E3779B97F4A7C15 % 2**64 or 1) for p, rows in many.items() for n in range(rows)]
    if shuffled is not None:
        shuffled.shuffle(every)
    return [Row(n, "c", NOW - HOUR_MS + n, NOW - HOUR_MS, month(p), key) for n, (p, key) in enumerate(every)]


YEAR = {f"2024-{n:02d}": 20 for n in range(1, 13)} | {"2023-12": 20}


def usual_scene() -> Scene:
    """A monthly dataset that asks for half of the unit's usual volume."""
    dataset = monthly()
    return Scene(msgspec.structs.replace(dataset, terms=msgspec.structs.replace(dataset.terms, usual_share=0.5)))


def test_late_rows_that_raise_what_is_usual_take_a_period_back_and_that_is_recorded() -> None:
    scene = usual_scene()
    scene.after(changes(*volumes(YEAR | {"2025-01": 12})), tick())
    assert (scene.verdict().data_through, remembered(scene).corrections) == ("2025-01", [])
    again = [msgspec.structs.replace(row, offset=1_000 + n) for n, row in enumerate(volumes(dict.fromkeys(YEAR, 40)))]
    scene.after(changes(*again), tick(NOW + 1))
    assert scene.verdict().data_through == "2024-12"
    (correction,) = remembered(scene).corrections
    assert (correction.was, correction.became, correction.noticed_ms) == ("2025-01", "2024-12", NOW + 1)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from([*YEAR, "2025-01", "2025-02"]), st.integers(1, 60)), max_size=40), st.integers(1, 7))
def test_data_through_never_goes_back_without_a_recorded_correction(arrivals: list[tuple[str, int]], every: int) -> None:
    scene, offset, furthest = usual_scene(), 0, ""
    for n, (period, many) in enumerate(arrivals):
        rows = [msgspec.structs.replace(row, offset=offset + k) for k, row in enumerate(volumes({period: many}))]
        offset += many
        scene.take(changes(*rows))
        if n % every == 0:
            before = list(remembered(scene).corrections) if scene.table else []
            scene.after(tick(NOW + n))
            through = scene.verdict().data_through or ""
            assert (through < furthest) == (remembered(scene).corrections != before)
            furthest = through


@settings(max_examples=40)
@given(
    st.dictionaries(st.sampled_from([*YEAR, "2025-01"]), st.integers(1, 60), max_size=14),
    st.randoms(use_true_random=False),
    st.integers(1, 5),
)
def test_neither_order_nor_repetition_of_events_changes_what_is_known(many: dict[str, int], chance: random.Random, parts: int) -> None:
    straight, shuffled = usual_scene(), usual_scene()
    straight.after(changes(*volumes(many)), tick())
    rows = volumes(many, chance)
    for part in range(parts):
        shuffled.after(changes(*rows[len(rows) * part // parts :]), changes(*rows), tick())
    one, other = remembered(straight).ledger, remembered(shuffled).ledger
    assert (one.base, one.done, {p: e.keys for p, e in one.entries.items()}) == (
        other.base,
        other.done,
        {p: e.keys for p, e in other.entries.items()},
    )
    assert straight.verdict() == shuffled.verdict()


MESSAGES = st.lists(
    st.one_of(
        st.builds(lambda first, n: ("rows", first, n), st.sampled_from(["2023-12", "2024-06", "2025-06", "2025-09"]), st.integers(1, 12)),
        st.builds(lambda days: ("tick", days, 0), st.integers(0, 200)),
        st.just(("refused", 0, 0)),
    ),
    max_size=12,
)


@settings(max_examples=40)
@given(MESSAGES)
def test_a_replay_gives_the_same_transitions_and_the_same_state(messages: list[tuple[str, object, int]]) -> None:
    """Whoever crashes between the outputs and the state sends the same again."""
    scene, offset, now_ms = Scene(), 0, NOW
    for kind, what, many in messages:
        if kind == "tick":
            now_ms += int(str(what)) * 24 * HOUR_MS
            message: Message = tick(now_ms)
        else:
            first = month(str(what)) if kind == "rows" else 0
            rows = [Row(offset + n, "c", now_ms, now_ms, first + n) for n in range(many)] or [refusal(offset, heard_ms=now_ms)]
            offset += len(rows)
            message = changes(*rows)
        scene.take(message, tick(now_ms))
        lost = scene.observer.outputs()
        scene.restart()
        again = scene.after(message, tick(now_ms))
        assert again.transitions == lost.transitions
        # The first tick after a start looks at every feed, so more may be written than before: but never anything else.
        assert again.buckets | lost.buckets == again.buckets
