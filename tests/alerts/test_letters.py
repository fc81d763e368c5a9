"""Search forgives what typing forgets; lists follow the Vietnamese alphabet."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.letters import fold, sort_key


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        pytest.param("Xã Hòa Hội", "xa hoa hoi", id="no diacritics"),
        pytest.param("Hoà", "Hòa", id="two placements of the tone mark"),
        pytest.param("thúy", "THUÝ", id="placement and case"),
        pytest.param("Đức Huệ", "duc hue", id="đ is d"),
        pytest.param("  Tân   Biên ", "tân biên", id="spaces"),
        pytest.param(unicodedata.normalize("NFD", "Lộc Ninh"), "Lộc Ninh", id="NFD"),
    ],
)
def test_search_finds(written: str, typed: str) -> None:
    assert fold(written) == fold(typed)


def test_search_keeps_different_letters_apart() -> None:
    assert fold("Tân Ninh") != fold("Tây Ninh")


@pytest.mark.parametrize(
    "ordered",
    [
        pytest.param(["An", "Ăn", "Ân", "Ba", "Da", "Đa", "Em", "Êm"], id="letters"),
        pytest.param(["ma", "mà", "mả", "mã", "má", "mạ"], id="tones, as dictionaries have them"),
        pytest.param(["Dương Minh Châu", "Đức Hòa", "Đức Huệ"], id="đ after all of d"),
        pytest.param(["Phường 2", "Phường 10"], id="numbers by value"),
        pytest.param(["Hòa", "Hoà Bình", "Hòa Hội"], id="a name before the longer one"),
        pytest.param(["Lộc", "Lục", "Lực"], id="o ô ơ, u ư"),
    ],
)
def test_names_sort_as_in_a_dictionary(ordered: list[str]) -> None:
    names = ordered[::-1]
    names.sort(key=sort_key)
    assert names == ordered


def test_the_placement_of_a_tone_mark_does_not_move_a_name() -> None:
    assert min(["Hoả", "Hoà", "Hòa", "Hoa"], key=sort_key) == "Hoa"
    assert sort_key("Hòa")[:2] == sort_key("Hoà")[:2]


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_two_texts_have_an_order(a: str, b: str) -> None:
    """No text breaks a list; composed and decomposed spellings are the same text."""
    assert (sort_key(a) < sort_key(b)) != (sort_key(a) >= sort_key(b))
    assert sort_key(unicodedata.normalize("NFD", a)) == sort_key(unicodedata.normalize("NFC", a))
