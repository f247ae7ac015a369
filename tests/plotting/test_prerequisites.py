"""The map of what builds on what."""

import pytest
from matplotlib.patches import FancyArrowPatch

from nnlib.plotting import plot_prerequisites

COURSE = {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"], "e": ["a", "d"], "f": []}


def test_everything_stands_below_what_it_builds_on():
    ax = plot_prerequisites(COURSE)
    height = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert set(height) == set(COURSE)
    assert all(height[name] < height[before] for name, needed in COURSE.items() for before in needed)
    assert height["a"] == height["f"]


def test_there_is_one_arrow_from_each_prerequisite():
    ax = plot_prerequisites(COURSE)
    place = {text.get_text(): text.get_position() for text in ax.texts}
    arrows = [tuple(map(tuple, patch._posA_posB)) for patch in ax.patches]
    assert arrows == [(place[before], place[name]) for name, needed in COURSE.items() for before in needed]


def test_names_of_one_row_do_not_overlap():
    ax = plot_prerequisites({"start": [], **{f"{n} phone prices": ["start"] for n in range(5)}})
    ax.figure.canvas.draw()
    boxes = [text.get_bbox_patch().get_window_extent() for text in ax.texts]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


@pytest.mark.parametrize(
    ("builds_on", "message"),
    [
        ({}, "builds_on is empty"),
        ({"a": [], "b": ["z"]}, r"'b' builds on 'z', which is not among \['a', 'b'\]"),
        ({"a": [], "b": ["c"], "c": ["b"]}, "build on each other in a circle: b, c"),
    ],
)
def test_what_cannot_be_drawn_is_named(builds_on, message):
    with pytest.raises(ValueError, match=message):
        plot_prerequisites(builds_on)


def test_arrows_are_drawn_after_the_boxes_at_whose_rims_they_end():
    """The rim of a text is where it was drawn last: in a cropped picture, arrows drawn before it ran into it."""
    ax = plot_prerequisites({"a": [], "b": ["a"], "c": ["a"], "d": ["b"]})
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    assert min(arrow.zorder for arrow in arrows) > max(text.zorder for text in ax.texts)
