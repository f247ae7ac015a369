"""The tales: the same everywhere, and stories."""

import hashlib
import re

from nnlib.data import load_tales
from nnlib.data.tales import ANIMALS

TRAIN, TEST = load_tales()
TALES = [*TRAIN.splitlines(), *TEST.splitlines()]


def test_the_same_everywhere():
    assert hashlib.sha256((TRAIN + TEST).encode()).hexdigest()[:16] == "040ed919ca0ce281"


def test_no_tale_is_in_both_parts_or_twice_in_one():
    assert len(set(TALES)) == len(TALES) == 320


def test_the_test_part_has_no_character_of_its_own():
    assert set(TEST) <= set(TRAIN)
    assert TRAIN.isascii()


def test_a_tale_has_one_hero_and_one_helper():
    for tale in TALES:
        cast = {word for word in re.findall(r"[A-Za-z]+", tale) if word in ANIMALS}
        assert len(cast) == 2, tale


def test_every_sentence_begins_with_a_capital_and_no_gap_is_left():
    for tale in TALES:
        assert re.fullmatch(r'(["A-Z][^{}]*?[.?!]["]? ?)+', tale), tale
        assert not re.search(r"[.?!] [a-z]|  | [.,]", tale), tale
