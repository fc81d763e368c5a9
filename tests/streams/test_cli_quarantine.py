"""`nhip quarantine` on a real broker: what was set aside is found, explained and counted, and nothing personal is shown."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from streams.admin import clients, quarantine
from streams.admin.entries import Entry, Place
from streams.changes.problems import Problem
from streams.changes.quarantine import Quarantined, encode
from streams.cli import Exit
from streams.cli.quarantine import newest
from streams.settings import load
from streams.topics import Names
from tests.services.clients import unique
from tests.streams import admin_cluster
from tests.streams.admin_cluster import nhip
from tests.streams.changes_province import at

MORNING_MS = at("2025-10-15T08:00")
REFUSAL = json.dumps({"reason": "point_refused", "detail": "conflict", "line": "volume,unit=1 rows=1i 5"}).encode()


@pytest.fixture
def app_id(kafka_bootstrap: str) -> Iterator[str]:
    """An application of the test's own with a quarantine topic of two partitions and nothing in it."""
    chosen = unique("set-aside")
    with admin_cluster.topic(kafka_bootstrap, Names.of(chosen).quarantine, 2):
        yield chosen


def aside(offset: int, reason: Problem = Problem.UNKNOWN_UNIT, topic: str = "syt.ho_tich", excerpt: str = '{"bytes":3}') -> bytes:
    return encode(Quarantined(topic, 0, offset, MORNING_MS, reason, "no such code", excerpt))


def put(bootstrap: str, app_id: str, *values: bytes, partition: int = 0, at_ms: int = MORNING_MS) -> None:
    admin_cluster.put(bootstrap, Names.of(app_id).quarantine, values, partition, [at_ms] * len(values))


def listed(bootstrap: str, app_id: str, *arguments: str) -> list[dict[str, Any]]:
    result = nhip(bootstrap, app_id, "quarantine", "list", "--json", *arguments)
    assert result.exit_code == Exit.OK, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def places(bootstrap: str, app_id: str, *arguments: str) -> list[str]:
    return [one["place"] for one in listed(bootstrap, app_id, *arguments)]


class TestList:
    def test_everything_of_every_partition_is_listed(self, kafka_bootstrap: str, app_id: str) -> None:
        put(kafka_bootstrap, app_id, b"\n".join([aside(1), aside(2)]), aside(3))
        put(kafka_bootstrap, app_id, aside(4), REFUSAL, partition=1)
        assert places(kafka_bootstrap, app_id) == [*(f"syt.ho_tich/0/{n}" for n in (1, 2, 3, 4)), f"{app_id}.quarantine/1/1"]

    def test_times_are_the_provinces(self, kafka_bootstrap: str, app_id: str) -> None:
        put(kafka_bootstrap, app_id, aside(1), at_ms=MORNING_MS + 1_000)
        (one,) = listed(kafka_bootstrap, app_id)
        assert (one["written_at"], one["set_aside_at"]) == ("2025-10-15T08:00:00+07:00", "2025-10-15T08:00:01+07:00")

    def test_by_reason_and_by_topic(self, kafka_bootstrap: str, app_id: str) -> None:
        put(kafka_bootstrap, app_id, aside(1), aside(2, Problem.OVERSIZED), aside(3, topic="syt.ho"))
        assert places(kafka_bootstrap, app_id, "--reason", "oversized") == ["syt.ho_tich/0/2"]
        assert places(kafka_bootstrap, app_id, "--topic", "syt.ho") == ["syt.ho/0/3"]
        assert places(kafka_bootstrap, app_id, "--topic", "syt.ho", "--reason", "oversized") == []

    @pytest.mark.parametrize(
        ("since", "found"), [("2025-10-15T07:59:59", 1), ("2025-10-15T08:00", 1), ("2025-10-15T01:00:00Z", 1), ("2025-10-15T08:00:01", 0)]
    )
    def test_since_an_instant_which_counts_itself(self, kafka_bootstrap: str, app_id: str, since: str, found: int) -> None:
        put(kafka_bootstrap, app_id, aside(1), at_ms=MORNING_MS - 3_600_000)
        put(kafka_bootstrap, app_id, aside(2))
        assert places(kafka_bootstrap, app_id, "--since", since) == ["syt.ho_tich/0/2"][:found]

    def test_an_older_record_that_was_written_later_is_left_out(self, kafka_bootstrap: str, app_id: str) -> None:
        """Clocks of producers step; offsets do not tell the time."""
        put(kafka_bootstrap, app_id, aside(1))
        put(kafka_bootstrap, app_id, aside(2), at_ms=MORNING_MS - 1)
        assert places(kafka_bootstrap, app_id, "--since", "2025-10-15T08:00") == ["syt.ho_tich/0/1"]

    def test_the_table_shows_the_latest_and_says_how_many_there_are(self, kafka_bootstrap: str, app_id: str) -> None:
        for n in (3, 1, 2):
            put(kafka_bootstrap, app_id, aside(n), at_ms=MORNING_MS + n, partition=n % 2)
        result = nhip(kafka_bootstrap, app_id, "quarantine", "list", "--last", "2")
        rows = [line.split()[1] for line in result.stdout.splitlines()[1:]]
        assert rows == ["syt.ho_tich/0/2", "syt.ho_tich/0/3"]
        assert result.stderr.startswith("2 of 3;")

    def test_nothing_set_aside_is_no_error(self, kafka_bootstrap: str, app_id: str) -> None:
        assert places(kafka_bootstrap, app_id) == []
        assert nhip(kafka_bootstrap, app_id, "quarantine", "list").exit_code == Exit.OK

    def test_lines_of_somebody_else_are_counted_aside(self, kafka_bootstrap: str, app_id: str) -> None:
        put(kafka_bootstrap, app_id, b"not ours\n" + aside(1) + b"\n{}")
        result = nhip(kafka_bootstrap, app_id, "quarantine", "list", "--json")
        assert len(result.stdout.splitlines()) == 1
        assert result.stderr.startswith("2 lines of")

    def test_a_terminal_is_not_commanded_by_what_was_set_aside(self, kafka_bootstrap: str, app_id: str) -> None:
        put(kafka_bootstrap, app_id, aside(1, topic="x\x1b[2J\x9b31m[red]"))
        for arguments in (("list",), ("list", "--json"), ("counts",)):
            shown = nhip(kafka_bootstrap, app_id, "quarantine", *arguments).output
            assert not {"\x1b", "\x9b"} & set(shown)
        assert "[red]" in nhip(kafka_bootstrap, app_id, "quarantine", "list").output


class TestShow:
    def test_one_record_with_its_meaning_and_what_to_do(self, kafka_bootstrap: str, app_id: str) -> None:
        put(kafka_bootstrap, app_id, aside(1), aside(2, excerpt='{"columns":{"ma_xa":"25459"}}'), aside(3))
        shown = nhip(kafka_bootstrap, app_id, "quarantine", "show", "syt.ho_tich/0/2").stdout
        for part in (
            '"ma_xa": "25459"',
            "unknown_unit",
            "a code of nobody",
            "correct the row, or `codes.csv`",
            "2025-10-15T08:00:00+07:00",
        ):
            assert part in shown

    def test_a_record_set_aside_twice_is_shown_as_it_was_last(self, kafka_bootstrap: str, app_id: str) -> None:
        put(kafka_bootstrap, app_id, aside(2), at_ms=MORNING_MS + 5)
        put(kafka_bootstrap, app_id, aside(2, Problem.OVERSIZED), partition=1)
        told = json.loads(nhip(kafka_bootstrap, app_id, "quarantine", "show", "syt.ho_tich/0/2", "--json").stdout)
        assert (told["times"], told["reason"], told["at"]) == (2, "unknown_unit", f"{app_id}.quarantine/0/0")

    def test_a_refused_point_by_its_place_in_quarantine(self, kafka_bootstrap: str, app_id: str) -> None:
        put(kafka_bootstrap, app_id, aside(1), REFUSAL, aside(2))
        shown = nhip(kafka_bootstrap, app_id, "quarantine", "show", f"{app_id}.quarantine/0/1").stdout
        assert ("volume,unit=1 rows=1i 5" in shown, "InfluxDB refused" in shown) == (True, True)

    @pytest.mark.parametrize("place", ["syt.ho_tich/0/2", "syt.ho_tich/1/1", "syt.ho/0/1"])
    def test_a_record_that_is_not_there_is_the_users_mistake(self, kafka_bootstrap: str, app_id: str, place: str) -> None:
        put(kafka_bootstrap, app_id, aside(1))
        result = nhip(kafka_bootstrap, app_id, "quarantine", "show", place)
        assert (result.exit_code, "`nhip quarantine list`" in result.stderr) == (Exit.USAGE, True)

    @pytest.mark.parametrize(("partition", "offset"), [(0, 1), (1, 0), (7, 0), (2**40, 0), (0, 2**63)])
    def test_a_place_beyond_the_quarantine_topic_is_not_there(self, kafka_bootstrap: str, app_id: str, partition: int, offset: int) -> None:
        put(kafka_bootstrap, app_id, aside(1))
        assert nhip(kafka_bootstrap, app_id, "quarantine", "show", f"{app_id}.quarantine/{partition}/{offset}").exit_code == Exit.USAGE


class TestCounts:
    def test_by_reason_most_first(self, kafka_bootstrap: str, app_id: str) -> None:
        put(kafka_bootstrap, app_id, aside(1), aside(2, Problem.OVERSIZED), aside(3))
        told = json.loads(nhip(kafka_bootstrap, app_id, "quarantine", "counts", "--json").stdout)
        assert [(one["reason"], one["records"]) for one in told] == [("unknown_unit", 2), ("oversized", 1)]

    def test_of_what_is_asked_for(self, kafka_bootstrap: str, app_id: str) -> None:
        put(kafka_bootstrap, app_id, aside(1), aside(2, topic="other"))
        told = json.loads(nhip(kafka_bootstrap, app_id, "quarantine", "counts", "--topic", "other", "--json").stdout)
        assert [(one["reason"], one["records"]) for one in told] == [("unknown_unit", 1)]


class TestMistakes:
    @pytest.mark.parametrize("since", ["yesterday", "2025-13-01", "7w", "", "-1d"])
    def test_a_time_that_is_none(self, since: str) -> None:
        """Said before Kafka is asked."""
        result = nhip("127.0.0.1:1", "nhip", "quarantine", "list", "--since", since)
        assert (result.exit_code, "write 2025-10-15" in result.stderr) == (Exit.USAGE, True)

    def test_a_place_that_is_none(self) -> None:
        result = nhip("127.0.0.1:1", "nhip", "quarantine", "show", "topic")
        assert (result.exit_code, "TOPIC/PARTITION/OFFSET" in result.stderr) == (Exit.USAGE, True)

    def test_an_application_that_has_no_quarantine(self, kafka_bootstrap: str) -> None:
        result = nhip(kafka_bootstrap, unique("nobody"), "quarantine", "counts")
        assert (result.exit_code, "NHIP_APP_ID" in result.stderr) == (Exit.FAILED, True)


def test_the_latest_are_kept_and_no_more() -> None:
    found = (Entry(Place("q", 0, n), ms, "too_deep", "", "") for n, ms in enumerate([5, 9, 1, 9, 7]))
    seen, latest = newest(found, 3)
    assert (seen, [(e.set_aside_ms, e.at.offset) for e in latest]) == (5, [(7, 4), (9, 1), (9, 3)])


def test_memory_does_not_grow_with_the_topic(kafka_bootstrap: str, app_id: str) -> None:
    """Forty megabytes are read; a few fetches are held."""
    value = b"\n".join([aside(1, excerpt='"' + "x" * 1_500 + '"')] * 300)
    for partition in (0, 1):
        put(kafka_bootstrap, app_id, *[value] * 40, partition=partition)
    with clients.reader(load(kafka_bootstrap=kafka_bootstrap)) as consumer:
        tracemalloc.start()
        seen = sum(1 for _ in quarantine.read(consumer, Names.of(app_id).quarantine))
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert seen == 2 * 40 * 300
    assert peak_bytes < 16_000_000
