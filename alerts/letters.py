"""Vietnamese letters: folded for search, in alphabetical order for lists. Never used to decide whether two names are the same unit."""

from __future__ import annotations

import re
import unicodedata

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
RANK = {letter: rank for rank, letter in enumerate(ALPHABET)}
TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
"""Grave, hook, tilde, acute, dot below: the order of dictionaries, after no tone at all."""

Primary = tuple[tuple[int, int], ...]
SortKey = tuple[Primary, tuple[int, ...], str]


def fold(text: str) -> str:
    """Text for searching: no case, no diacritics, đ = d, one space between words. So hòa, hoà and HOA are found by each other."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).replace("đ", "d")
    return " ".join(plain.split())


def sort_key(text: str) -> SortKey:
    """Key that sorts in the order of the Vietnamese alphabet: letters first, then tones; numbers by their value."""
    composed = unicodedata.normalize("NFC", text)
    primary: list[tuple[int, int]] = []
    tones: list[int] = []
    for token in re.findall(r"\d+|[^\W\d_]+|[\W_]", unicodedata.normalize("NFC", composed.casefold())):
        if token.isdecimal():
            primary.append((1, int(token)))
        elif token.isalpha():
            primary += [_letter(c) for c in token]
            tones.append(max(map(_tone, token)))
        else:
            primary += [(0, ord(c)) for c in token]
    return tuple(primary), tuple(tones), composed


def _tone(letter: str) -> int:
    return max((TONES.get(mark, 0) for mark in unicodedata.normalize("NFD", letter)), default=0)


def _letter(letter: str) -> tuple[int, int]:
    """Rank of a letter without its tone; letters of other alphabets come after z."""
    marks = unicodedata.normalize("NFD", letter)
    base = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in TONES))
    return (2, RANK[base]) if base in RANK else (3, ord(base[0]))
