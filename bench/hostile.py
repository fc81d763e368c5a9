"""Records that no source should send, by the million: every way in which a change event can be wrong, from one seed."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bench import province

CANARIES = ("Trần Thị Hoàng Yến", "072190001234", "0903.123.456")
"""A citizen's name, number and telephone. They are put wherever text can stand; they may be seen nowhere but in Kafka."""
DEEP = 10_000
LARGE_BYTES = 10_000_000
CENTURY_MS = 3_155_760_000_000
RARE = 20_000
"""One record in so many is of ten megabytes: they cost what others do not."""
MARKUP = (
    "<script>alert(1)</script>",
    "'; drop table feeds; --",
    "\x00\x07\x1b[31m",
    "\u202eabc",
    "a,b=c d\\",
    "Ký tự 😀",
    "{{7*7}}",
    "\r\nBcc: x@y",
)
NUMBERS = ("NaN", "Infinity", "-Infinity", "1e999", "-1e-999", "9" * 400, "0." + "1" * 400, "-0", "1E+308", str(2**64), str(-(2**63) - 1))


class Fuzzed(NamedTuple):
    """A record as a consumer hands it over; `how` names what is wrong with it."""

    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    how: str


class Hostile:
    """Makes records for a province of `feeds` communes, as of `now_ms`."""

    def __init__(self, seed: int, feeds: int, now_ms: int) -> None:
        self._chance, self._feeds, self._now_ms, self._offset = random.Random(seed), feeds, now_ms, 0  # noqa: S311  repeatable on purpose
        self._kinds: list[Callable[[], bytes | None]] = [
            self.good,
            self.noise,
            self.cut,
            self.flipped,
            self.wrong_encoding,
            self.deep,
            self.numbers,
            self.duplicate_keys,
            self.names,
            self.unknown_unit,
            self.odd_period,
            self.odd_types,
            self.citizen_everywhere,
            self.centuries_off,
            self.tombstone,
        ]

    def records(self, count: int) -> Iterator[Fuzzed]:
        """So many records, in offset order."""
        for _ in range(count):
            make = self.large if self._chance.random() * RARE < 1 else self._chance.choice(self._kinds)
            value = make()
            off = self._chance.random() < 0.05
            at_ms = self._now_ms + (
                self._chance.choice((-1, 1)) * self._chance.randrange(1, 80) * CENTURY_MS if off else -self._offset % 60_000
            )
            key = self._chance.choice(
                (None, b"", b"\xff\xfe", b'{"id":%d}' % self._offset, b"[" * DEEP, b'{"ma_xa":{}}', CANARIES[1].encode())
            )
            yield Fuzzed(0, self._offset, max(-(2**63), min(at_ms, 2**63 - 1)), key, value, make.__name__)
            self._offset += 1

    def good(self) -> bytes:
        """A row as it should be."""
        return self._event(self._row())

    def noise(self) -> bytes:
        """Bytes."""
        return self._chance.randbytes(self._chance.randrange(0, 300))

    def cut(self) -> bytes:
        """The beginning of an event."""
        value = self.good()
        return value[: self._chance.randrange(len(value))]

    def flipped(self) -> bytes:
        """An event with some bytes changed."""
        value = bytearray(self.good())
        for _ in range(self._chance.randrange(1, 6)):
            value[self._chance.randrange(len(value))] = self._chance.randrange(256)
        return bytes(value)

    def wrong_encoding(self) -> bytes:
        """An event in another encoding than UTF-8, or with half a surrogate pair in it."""
        text = self.good().decode()
        encoding = self._chance.choice(("utf-16", "utf-32", "cp1258", "utf-7", "surrogate"))
        if encoding == "surrogate":
            return text.replace("báo cáo", "\\ud800").encode()
        return text.encode(encoding, "replace")

    def deep(self) -> bytes:
        """Ten thousand arrays or objects in each other, alone or as a column."""
        nest = self._chance.choice((b"[" * DEEP + b"]" * DEEP, b'{"a":' * DEEP + b"1" + b"}" * DEEP, b"[" * DEEP))
        return (
            nest
            if self._chance.random() < 0.3
            else self.good().replace(b'"\xc3\xa1', b'"').replace(b'"ghi_chu":"', b'"sau":' + nest + b',"ghi_chu":"', 1)
        )

    def numbers(self) -> bytes:
        """Numbers that are none, or too large for any machine."""
        row = json.dumps(self._row(), ensure_ascii=False)
        column = self._chance.choice(("id", "so_ho", "ma_xa", "ky"))
        return self._around(row.replace(f'"{column}": ', f'"{column}": {self._chance.choice(NUMBERS)}, "_": ', 1).encode())

    def duplicate_keys(self) -> bytes:
        """The same column twice, with two values; the same envelope member twice."""
        row = json.dumps(self._row(), ensure_ascii=False)[:-1] + f', "ma_xa": "{self._code()}", "ky": "2026-02", "id": 7}}'
        return self._around(row.encode()).replace(b'"op"', self._chance.choice((b'"op":"d","op"', b'"after":null,"op"', b'"op"')), 1)

    def names(self) -> bytes:
        """Control characters and markup, in names and in values."""
        row = self._row() | {self._chance.choice(MARKUP): self._chance.choice(MARKUP), "ghi_chu": self._chance.choice(MARKUP)}
        if self._chance.random() < 0.3:
            row["ma_xa"] = self._chance.choice(MARKUP)
        return self._event(row)

    def unknown_unit(self) -> bytes:
        """A unit of which nobody has heard: a hundred thousand of them, and more."""
        return self._event(self._row() | {"ma_xa": f"U{self._chance.randrange(10**7)}"})

    def odd_period(self) -> bytes:
        """A period that is none, or of another century."""
        odd = (
            "0000-00",
            "9999-12",
            "2026-13",
            "-2026-01",
            "",
            " ",
            None,
            "20261",
            "1e3",
            "２０２６-０１",
            10**18,
            -1,
            0.5,
            True,
            CANARIES[0],
            "2026-01" * 9_000,
        )
        return self._event(self._row() | {"ky": self._chance.choice(odd)})

    def odd_types(self) -> bytes:
        """Members of other types than they should have."""
        odd: tuple[object, ...] = (None, True, 0, -1.5, "", [], {}, [[]], {"a": {"b": []}}, "x" * 5_000)
        event = json.loads(self.good())
        for _ in range(self._chance.randrange(1, 4)):
            place = self._chance.choice((event, event.get("source"), event.get("after")))
            if isinstance(place, dict) and place:
                place[self._chance.choice(sorted(place))] = copy.deepcopy(self._chance.choice(odd))
        return json.dumps(event).encode()

    def citizen_everywhere(self) -> bytes:
        """A citizen's name and numbers where they do not belong: shifted columns, names of columns, an update's before, a delete."""
        canary, row = self._chance.choice(CANARIES), self._row()
        shifted = self._chance.choice(("ma_xa", "ky", "id", "so_ho", "ho_ten"))
        row |= {shifted: canary, "ho_ten": canary, canary: canary}
        event = {"op": self._chance.choice("curd"), "before": row, "after": row, "source": {"name": canary, "ts_ms": self._now_ms}}
        return json.dumps(event, ensure_ascii=self._chance.random() < 0.5).encode()

    def centuries_off(self) -> bytes:
        """A source whose clock was never set."""
        at_ms = self._chance.choice((0, -1, 1, 10**18, -(10**18), 2**63 - 1, 253_402_300_800_000, -62_135_596_800_001))
        return self._event(self._row(), at_ms)

    def tombstone(self) -> None:
        """Nothing at all."""

    def large(self) -> bytes:
        """Ten megabytes."""
        return self._event(self._row() | {"ghi_chu": CANARIES[0] * (LARGE_BYTES // len(CANARIES[0].encode()))})

    def _code(self) -> str:
        return f"{province.FIRST_CODE + self._chance.randrange(self._feeds):05d}"

    def _row(self) -> dict[str, object]:
        period = f"2026-{self._chance.randrange(1, 10):02d}"
        return {
            "id": self._offset,
            "ma_xa": self._code(),
            "ky": period,
            "so_ho": self._chance.randrange(900),
            "ghi_chu": "báo cáo",
            "ho_ten": CANARIES[0],
        }

    def _event(self, row: dict[str, object], at_ms: int | None = None) -> bytes:
        return self._around(json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass"), at_ms)

    def _around(self, row: bytes, at_ms: int | None = None) -> bytes:
        at = b"%d" % (self._now_ms - 500 if at_ms is None else at_ms)
        op = self._chance.choice((b"c", b"u", b"r"))
        return (
            b'{"before":null,"after":'
            + row
            + b',"source":{"connector":"postgresql","ts_ms":'
            + at
            + b'},"op":"'
            + op
            + b'","ts_ms":'
            + at
            + b"}"
        )
