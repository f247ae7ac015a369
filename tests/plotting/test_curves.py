"""Curves over a number."""

import numpy as np
import pytest
from matplotlib.offsetbox import AnnotationBbox

from nnlib.plotting import plot_curves


def test_each_curve_is_drawn_and_named_at_its_end():
    x = np.array([1.0, 2, 4])
    ax = plot_curves(x, {"line": x, "square": x**2}, log="xy", title="T", xlabel="n", ylabel="s")
    np.testing.assert_array_equal([line.get_ydata() for line in ax.lines], [x, x**2])
    assert {text.get_text() for text in ax.texts} == {"line", "square"}
    assert (ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel()) == ("T", "n", "s")
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


@pytest.mark.parametrize("markers", [True, False])
def test_neighbours_differ_in_more_than_colour(markers):
    ax = plot_curves([0, 1], {"a": [0, 1], "b": [1, 0]}, markers=markers)
    first, second = ((line.get_marker(), line.get_linestyle()) for line in ax.lines)
    assert first != second


def test_a_curve_that_stops_early_is_named_where_it_stops():
    ax = plot_curves([0, 1, 2], {"a": [5, 6, np.nan], "b": [1, 2, 3]})
    assert [tuple(text.xy) for text in ax.texts if text.get_text() == "a"] == [(1, 6)]


@pytest.mark.parametrize(
    ("curves", "log", "message"),
    [
        ({"a": [1, 2, 3]}, "", r"curve 'a' has the shape \(3,\), x has \(2,\)"),
        ({"a": [np.nan, np.inf]}, "", "curve 'a' has no finite value"),
        ({"a": [1, 2]}, "z", "got 'z'"),
    ],
)
def test_what_cannot_be_drawn_is_named(curves, log, message):
    with pytest.raises(ValueError, match=message):
        plot_curves([0, 1], curves, log=log)


def samples(ax):
    """Dashes and marker of each piece of a line that stands before a name, from the top down."""
    boxes = [box for box in ax.artists if isinstance(box, AnnotationBbox)]
    lines = [box.offsetbox.get_children()[0] for box in sorted(boxes, key=lambda box: -box.xybox[1])]
    return [(line.get_linestyle(), line.get_marker()) for line in lines]


def test_where_ends_meet_each_name_has_a_piece_of_its_line():
    ends = {"first": 1.0, "second": 0.999, "third": 0.998, "apart": 0.2}
    ax = plot_curves([1, 2], {name: [0, end] for name, end in ends.items()})
    drawn = [(line.get_linestyle(), line.get_marker()) for line in ax.lines]
    assert samples(ax) == drawn[:3]
    assert len(set(drawn)) == 4
    assert samples(plot_curves([1, 2], {"up": [0, 1], "down": [1, 0]})) == []


@pytest.mark.parametrize(("x", "message"), [([0, np.nan], "x holds nan"), (["a", "b"], "x must hold numbers only")])
def test_an_x_that_has_no_place_is_named(x, message):
    with pytest.raises(ValueError, match=message):
        plot_curves(x, {"a": [1, 2]})
