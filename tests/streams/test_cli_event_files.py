"""Files of change events as people have them: packed, marked, from any editor; and with everything wrong that a topic can hold."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from streams.cli import UserError, main
from streams.cli.event_files import MOST_PARTITIONS, read
from streams.offline import Fetched
from tests.streams.test_cli_judge import COMMUNE, DATASET, TOPIC, line_of, year_2024

DEEP_LEVELS = 100_000
YEAR = "".join(json.dumps(event) + "\n" for event in year_2024()).encode()


def judged(folder: Path, content: bytes, *options: str, now: str = "2025-10-15T08:00") -> Result:
    path = folder / "events.jsonl"
    path.write_bytes(content)
    return CliRunner().invoke(main, ["judge", str(path), "--now", now, *options])


def record(value: bytes, *, key: bytes = b"null", offset: int = 1) -> bytes:
    head = f'{{"topic": "{TOPIC}", "partition": 0, "offset": {offset}, "timestamp_ms": 1760000000000'
    return head.encode() + b', "key": ' + key + b', "value": ' + value + b"}\n"


def one(folder: Path, content: bytes) -> Fetched:
    path = folder / "events.jsonl"
    path.write_bytes(content)
    (found,) = read([path])
    return found


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbf" + YEAR, YEAR.replace(b"\n", b"\r\n"), gzip.compress(YEAR), YEAR.rstrip(), YEAR.replace(b"\n", b"\n\n \n")],
    ids=["a byte order mark", "CRLF", "gzip", "no newline at the end", "blank lines"],
)
def test_a_file_is_read_as_people_have_it(tmp_path: Path, content: bytes) -> None:
    assert line_of(judged(tmp_path, content, "--json"))["data_through"] == "2024-12"


def test_several_files_are_one_history_packed_or_not(tmp_path: Path) -> None:
    lines = YEAR.splitlines(keepends=True)
    (tmp_path / "late.jsonl").write_bytes(b"".join(lines[6:]))
    (tmp_path / "early.jsonl.gz").write_bytes(gzip.compress(b"".join(lines[:6])))
    files = [str(tmp_path / name) for name in ("late.jsonl", "early.jsonl.gz")]
    result = CliRunner().invoke(main, ["judge", *files, "--now", "2025-01-01", "--json"])
    assert line_of(result)["data_through"] == "2024-12"


def test_an_empty_file_holds_no_record_and_every_feed_still_has_its_line(tmp_path: Path) -> None:
    told = line_of(judged(tmp_path, b"", "--json"))
    assert (told["verdict"], told["reason"]) == ("never", "never_heard")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (YEAR.decode().encode("utf-16"), "is UTF-16; write it as UTF-8"),
        (gzip.compress(YEAR)[:-20], "cannot be read to its end"),
        (b"\x1f\x8bnot packed at all", "cannot be read to its end"),
        (record(b"1")[:-2], "events.jsonl:1:"),
        (record(b"1").strip() + record(b"1"), "events.jsonl:1:"),
        (b"[1, 2]\n", "events.jsonl:1:"),
        (YEAR + b'{"topic": "t", "partition": 0, "offset": 1}\n', "events.jsonl:13: Object missing required field `timestamp_ms`"),
        (record(b"NaN").replace(b'"offset": 1', b'"offset": "one"'), "Expected `int`, got `str` - at `$.offset`"),
        (record(b'"\\q"'), "events.jsonl:1:"),
        (record(b'{"a": [}'), "events.jsonl:1:"),
        (record(b"1").replace(b'"offset": 1', b'"offset": -1'), "$.offset"),
    ],
    ids=[
        "UTF-16",
        "cut gzip",
        "no gzip",
        "cut line",
        "two on a line",
        "a list",
        "missing member",
        "wrong type",
        "wrong escape",
        "unmatched",
        "negative",
    ],
)
def test_what_is_no_file_of_records_is_named_without_a_stack_trace(tmp_path: Path, content: bytes, says: str) -> None:
    result = judged(tmp_path, content)
    assert (result.exit_code, says in result.output, "Traceback" in result.output) == (2, True, False), result.output
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize(
    ("value", "counted"),
    [
        (b'{"op": "c", "source": {}, "after": {"ma_xa": "25486", "ky": NaN}}', "undecodable"),
        (b'{"a": "\xff\xfe"}', "wrong_encoding"),
        (b'"\xff\xfe"', "wrong_encoding"),
        (b'"\\ud800"', "wrong_encoding"),
        (b'"\\udcff{"', "wrong_encoding"),
        (b'{"a":' * DEEP_LEVELS + b"1" + b"}" * DEEP_LEVELS, "too_deep"),
        (b"12", "undecodable"),
        (b'"a text with , and } and \\" in it"', "undecodable"),
    ],
    ids=["NaN", "broken UTF-8", "broken text", "half a pair", "any bytes", "deep", "a number", "brackets in a text"],
)
def test_a_value_that_nobody_can_read_is_counted_and_its_neighbours_are_judged(tmp_path: Path, value: bytes, counted: str) -> None:
    result = judged(tmp_path, record(value, offset=99) + YEAR, "--json")
    assert line_of(result)["data_through"] == "2024-12"
    assert f"1 {counted}" in result.stderr


@pytest.mark.parametrize(
    ("text", "stands_for"),
    [
        (b"null", None),
        (b'"a\\u0000\\u1ea5"', "a\0ấ".encode()),
        (b'{"id": 1}', b'{"id": 1}'),
        (b'""', b""),
        (b'"\\udcff"', b"\xff"),
        (b'"\\ud83d\\ude00"', "😀".encode()),
    ],
)
def test_key_and_value_are_null_a_text_or_their_own_json(tmp_path: Path, text: bytes, stands_for: bytes | None) -> None:
    found = one(tmp_path, record(text, key=text))
    assert (found.key, found.value) == (stands_for, stands_for)


def test_key_and_value_may_be_absent(tmp_path: Path) -> None:
    found = one(tmp_path, b'{"topic": "t", "partition": 3, "offset": 4, "timestamp_ms": 5}')
    assert found == Fetched("t", 3, 4, 5, None, None)


@pytest.mark.parametrize(("partition", "taken"), [(0, True), (MOST_PARTITIONS, True), (MOST_PARTITIONS + 1, False), (-1, False)])
def test_a_partition_that_no_topic_has_is_a_mistake_and_costs_no_memory(tmp_path: Path, partition: int, *, taken: bool) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(record(b"1").replace(b'"partition": 0', f'"partition": {partition}'.encode()))
    if taken:
        assert next(read([path])).partition == partition
    else:
        with pytest.raises(UserError, match="partition"):
            next(read([path]))


@given(st.dictionaries(st.text(), st.recursive(st.none() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))))
def test_whatever_python_writes_into_a_value_is_that_value(tmp_path_factory: pytest.TempPathFactory, value: Mapping[str, Any]) -> None:
    """Python writes NaN and halves of pairs, which JSON does not have: the record stays whole either way."""
    text = json.dumps(value).encode()
    assert one(tmp_path_factory.mktemp("any"), record(text)).value == text


@given(st.binary(max_size=80))
def test_random_bytes_are_a_record_or_a_named_line(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("random") / "events.jsonl"
    for text in (content, record(content)):
        path.write_bytes(text)
        try:
            list(read([path]))
        except UserError as error:
            assert str(path) in error.message  # noqa: PT017  most inputs raise, some do not


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        ("2025-10-15T08:00:00.000+07:00", True),
        ("2025-10-15 01:00:00Z", True),
        ("2025-10-15", True),
        ("1970-01-01T00:00Z", True),
        ("1969-12-31T23:59:59.999Z", False),
        ("2199-12-31T23:59:59.999Z", True),
        ("2200-01-01T00:00Z", False),
        ("9999-12-31T23:59:59-12:00", False),
        ("0001-01-01T00:00+14:00", False),
        ("1760490000000", False),
        ("", False),
    ],
)
def test_now_is_an_instant_that_a_calendar_holds(tmp_path: Path, now: str, *, shown: bool) -> None:
    result = judged(tmp_path, YEAR, "--json", now=now)
    assert result.exit_code == (0 if shown else 2), result.output
    assert shown or "--now" in result.output


def test_only_feeds_that_the_files_mention_are_shown_when_asked_even_where_nothing_is_due_yet(tmp_path: Path) -> None:
    shown = [json.loads(line) for line in judged(tmp_path, YEAR, "--heard", "--json", now="2024-01-31").stdout.splitlines()]
    assert [(feed["unit"], feed["dataset"]) for feed in shown] == [(COMMUNE, DATASET)]
