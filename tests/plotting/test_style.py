"""The look that all figures share."""

import itertools

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_rgb

from nnlib import plotting
from nnlib.plotting import _style


def luminance(color):
    """Relative luminance as WCAG 2 defines it."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))


@pytest.mark.parametrize("color", plotting.COLORS.values(), ids=plotting.COLORS.keys())
def test_coloured_text_has_contrast_on_white(color):
    assert 1.05 / (luminance(_style.readable(color)) + 0.05) >= 4.5


def test_neighbours_in_the_cycle_differ_in_grey_in_dashes_and_in_marker():
    grey = [luminance(color) ** (1 / 2.2) for color in _style.CYCLE]
    assert min(abs(a - b) for a, b in itertools.pairwise(grey)) > 0.03
    looks = [_style.look(number) for number in range(len(_style.CYCLE))]
    assert all(len({look[key] for look in looks}) == len(looks) for key in ("color", "marker"))
    assert all(a["linestyle"] != b["linestyle"] for a, b in itertools.pairwise(looks))


def test_a_colour_of_the_palette_brings_its_dashes_and_its_marker_along():
    assert _style.look(0, "ReLU", {"ReLU": plotting.COLORS["green"]}) == _style.look(2)
    assert _style.look(2, "ReLU", {"ReLU": "#123456"}) == _style.look(2) | {"color": "#123456"}
    assert _style.look(2, "tanh", {"ReLU": "#123456"}) == _style.look(2)


def test_labels_at_line_ends_do_not_overlap_and_stay_below_the_title():
    ax = plotting.plot_history({name: {"loss": [2.0, 1.0 + i / 1000]} for i, name in enumerate("abcd")})
    ax.figure.canvas.draw()
    boxes = sorted((text.get_window_extent() for text in ax.texts), key=lambda box: box.y0)
    assert all(low.y1 <= high.y0 + 1 for low, high in itertools.pairwise(boxes))
    assert boxes[-1].y1 <= ax.get_window_extent().y1 + 12


def test_a_name_stands_at_the_height_of_its_line_where_limits_are_automatic():
    _, ax = plt.subplots()
    ax.plot([0, 1], [0, 8])
    ax.plot([0, 1], [0, 2])
    _style.label_ends(ax, [(1, 8, "high", "#000000"), (1, 2, "low", "#000000")])
    assert [text.xyann for text in ax.texts] == [(8, 0), (8, 0)]  # in points from the line's end: to the right only
