"""The terms of the course: each is explained in the lesson that it names."""

import re
from pathlib import Path

import pytest

from tools import build

TERMS = [line.split(" — ") for line in (build.SRC / "terms.md").read_text(encoding="utf-8").splitlines()[2:] if line]


def prose(number: str) -> str:
    """The text of a lesson in lower case, on one line, without emphasis."""
    (source,) = Path(build.SRC).glob(f"{number}_*.py")
    cells = build.from_source(source).cells
    text = " ".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.sub(r"[*`_\s]+", " ", text).lower()


def test_every_line_has_its_four_parts():
    for parts in TERMS:
        assert len(parts) == 4, " — ".join(parts)
        assert re.fullmatch(r"\d\d", parts[1]), parts
        assert parts[2].endswith("."), f"{parts[0]}: one sentence, with a full stop"


def test_no_term_stands_twice():
    names = [term.lower() for term, *_ in TERMS]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("number", sorted({parts[1] for parts in TERMS}))
def test_a_term_is_really_in_its_lesson(number):
    text = prose(number)
    missing = [term for term, lesson, *_ in TERMS if lesson == number and term.lower() not in text]
    assert not missing
