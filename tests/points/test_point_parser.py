"""The embedded store reads line protocol as InfluxDB does, and takes no line that InfluxDB would not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.measurement import Value
from points.parse import LineError, parse
from points.store import Point
from points.table import VOLUME

READ: dict[str, tuple[bytes, Point]] = {
    "no tags": (b"m x=1i 5", Point("m", {}, {"x": 1}, 5)),
    "negative time": (b"m x=1i -5", Point("m", {}, {"x": 1}, -5)),
    "more than one space between the parts": (b"m,a=b  x=1i   5 ", Point("m", {"a": "b"}, {"x": 1}, 5)),
    "escaped names": (b"a\\ b\\,c,k\\=1=v\\ 2 f\\ x=1i 5", Point("a b,c", {"k=1": "v 2"}, {"f x": 1}, 5)),
    "text with everything": (b'm x="a,b =\\"\\\\",y=1i 5', Point("m", {}, {"x": 'a,b ="\\', "y": 1}, 5)),
    "backslash that escapes nothing": (b'm,a=b\\c x="d\\e" 5', Point("m", {"a": "b\\c"}, {"x": "d\\e"}, 5)),
}
NUMBERS: dict[bytes, Value] = {
    b"1i": 1,
    b"-9223372036854775808i": -(2**63),
    b"1": 1.0,
    b"1.": 1.0,
    b".5": 0.5,
    b"-1.5e-3": -0.0015,
    b"t": True,
    b"TRUE": True,
    b"False": False,
}
UNPARSABLE = {
    "empty": b"",
    "blank": b"  ",
    "comment": b"# m x=1i 5",
    "no fields": b"m,a=b 5",
    "no time": b"m,a=b x=1i",
    "time that is no number": b"m x=1i soon",
    "time out of range": b"m x=1i 9223372036854775807",
    "tag without a value": b"m,a= x=1i 5",
    "tag without a name": b"m,=b x=1i 5",
    "tag twice": b"m,a=b,a=c x=1i 5",
    "no measurement": b",a=b x=1i 5",
    "field without a value": b"m x= 5",
    "field whose equals sign is escaped": b"m x\\=1i 5",
    "tag whose equals sign is escaped": b"m,a\\=b x=1i 5",
    "last tag that swallows the space": b"m,a=b\\ x=1i 5",
    "field without a name": b"m =1i 5",
    "comma after the last field": b"m x=1i, 5",
    "open quote": b'm x="a 5',
    "text after the closing quote": b'm x="a"b 5',
    "nan": b"m x=nan 5",
    "infinity": b"m x=1e999 5",
    "int past 64 bits": b"m x=9223372036854775808i 5",
    "plus sign": b"m x=+2 5",
    "word": b"m x=yes 5",
    "digits of another script": "m x=٣i 5".encode(),
    "not UTF-8": b'm x="\xff" 5',
    "two lines": b"m x=1i 5\nm x=2i 6",
    "newline in a text": b'm x="a\nb" 5',
}


@pytest.mark.parametrize("name", READ)
def test_a_line_is_read(name: str) -> None:
    line, point = READ[name]
    assert parse(line) == point


@pytest.mark.parametrize("written", NUMBERS)
def test_a_value_is_read_with_its_kind(written: bytes) -> None:
    value = parse(b"m x=" + written + b" 5").fields["x"]
    assert value == NUMBERS[written]
    assert type(value) is type(NUMBERS[written])


@pytest.mark.parametrize("name", UNPARSABLE)
def test_an_unparsable_line_is_named_so(name: str) -> None:
    with pytest.raises(LineError):
        parse(UNPARSABLE[name])


def test_the_message_holds_nothing_of_the_line() -> None:
    with pytest.raises(LineError) as caught:
        parse(b"m,a=079301012345 phone=0912345678x 5")
    assert "0912345678" not in str(caught.value)


GOOD = VOLUME.line({"unit": "a b", "dataset": "c,d"}, {"inserts": 1, "updates": 2}, 1_759_460_000_000)


@given(
    st.binary(max_size=200) | st.builds(lambda at, new: GOOD[:at] + new + GOOD[at + 1 :], st.integers(0, len(GOOD)), st.binary(max_size=3))
)
def test_any_bytes_are_read_or_refused(line: bytes) -> None:
    """No input brings the parser down, and what it reads it reads whole: every field has a name."""
    try:
        point = parse(line)
    except LineError:
        return
    assert point.fields
    assert point.measurement
