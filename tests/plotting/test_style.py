"""The look that all figures share."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from nnlib import plotting
from nnlib.plotting import _style


def luminance(color):
    """Relative luminance as WCAG 2 defines it."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))


def contrast(*two):
    """Contrast of two colours as WCAG 2 defines it."""
    low, high = sorted(luminance(color) for color in two)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("color", plotting.COLORS.values(), ids=plotting.COLORS.keys())
def test_coloured_text_has_contrast_on_white(color):
    assert contrast(_style.readable(color), "white") >= 4.5


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
    assert [text.xyann for text in ax.texts] == [(9, 0), (9, 0)]  # in points from the line's end: to the right only


def crosses_a_line(ax, text):
    box = text.get_window_extent()
    return any(
        line.get_transform().transform_path(line.get_path()).intersects_bbox(box, filled=False) for line in ax.lines
    )


@pytest.mark.parametrize(
    "draw",
    [
        lambda losses: plotting.plot_curves([1, 2], {"loss": losses}, log="y"),
        lambda losses: plotting.plot_history({"loss": losses}, log=True),
        lambda losses: plotting.plot_gradient_norms({"loss": losses}),
    ],
)
@pytest.mark.parametrize(
    ("losses", "label"), [([0.28, 3.4], "0.3"), ([20.0, 9_000.0], "1,000"), ([1e-9, 1e-2], "$\\mathdefault{10^{-5}}$")]
)
def test_a_short_logarithmic_axis_has_plain_numbers(draw, losses, label):
    ax = draw(losses)
    ax.figure.canvas.draw()
    labels = [text.get_text() for minor in (False, True) for text in ax.yaxis.get_ticklabels(minor=minor)]
    assert label in labels
    assert any("10^" in text for text in labels) == ("10^" in label)


@pytest.mark.parametrize("log", ["", "xy"])
@pytest.mark.parametrize("steep", [0.05, 0.5, 1, 2, 8])
def test_the_name_of_a_line_that_ends_early_stands_on_no_line_and_on_no_name(steep, log):
    x = np.arange(1.0, 6)
    early, other = np.array([1, 2, 3, np.nan, np.nan]), 3 + steep * (x - 3.2)
    curves = {"early": early, "as early": early * 1.05, "passes by": np.maximum(other, 0.1), "level": np.full(5, 3.0)}
    ax = plotting.plot_curves(x, curves, log=log)
    ax.figure.canvas.draw()
    assert not [text.get_text() for text in ax.texts if crosses_a_line(ax, text)]
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_ink_stands_out_from_every_ground():
    for color in [*plotting.COLORS.values(), *("#" + 3 * f"{grey:02X}" for grey in range(256))]:
        assert contrast(_style.ink_on(color), color) >= 4.5


def contrast_on_its_cell(text, image):
    """Contrast of a number with the colour of the cell in which it stands."""
    column, row = (round(place) for place in text.get_position())
    return contrast(text.get_color(), image.to_rgba(image.get_array()[row, column]))


def test_every_number_can_be_read_on_its_cell():
    for share in range(1, 100):  # of each of two classes, in per cent
        true = np.repeat([0, 1], 100)
        moved = np.tile(np.arange(100) < share, 2)
        ax = plotting.plot_confusion(true, np.where(moved, 1 - true, true), class_names=["cat", "dog"])
        assert [int(text.get_text()) for text in ax.texts] == [100 - share, share, share, 100 - share]
        assert min(contrast_on_its_cell(text, ax.images[0]) for text in ax.texts) >= 4.5
        plt.close(ax.figure)


def test_every_attention_weight_can_be_read_on_its_cell():
    for share in np.linspace(0, 1, 41):
        ax = plotting.plot_attention([[share, 1 - share], [0.5, 0.5]], ["the", "fox"])
        assert min(contrast_on_its_cell(text, ax.images[0]) for text in ax.texts) >= 4.5
        plt.close(ax.figure)


@pytest.mark.parametrize(
    "draw",
    [
        lambda losses: plotting.plot_curves([1, 2, 3], losses, log="y"),
        lambda losses: plotting.plot_history(losses, log=True),
    ],
)
def test_the_name_of_a_curve_that_ends_at_0_stays_in_the_picture_of_a_logarithmic_axis(draw, recwarn):
    ax = draw({"loss": [1, 0.1, 0.0], "val_loss": [1, 0.2, 0.1]})
    ax.figure.canvas.draw()
    frame = ax.get_window_extent()
    assert len(ax.texts) == 2
    assert all(frame.y0 - 12 < text.get_window_extent().y0 < frame.y1 for text in ax.texts)
    assert not recwarn.list


@pytest.mark.parametrize("log", ["x", "xy"])
def test_so_does_one_that_ends_at_x_0(log):
    ax = plotting.plot_curves([2, 1, 0], {"loss": [3, 2, 1]}, log=log)
    ax.figure.canvas.draw()
    assert ax.get_window_extent().contains(*ax.texts[0].get_window_extent().min)


WRONG = {
    "curves": (plotting.plot_curves, ([0, 1],)),
    "norms": (plotting.plot_gradient_norms, ()),
    "models": (plotting.plot_reliability, ()),
    "losses": (plotting.plot_losses, ()),
    "weights": (plotting.plot_weight_sizes, ()),
    "functions": (plotting.plot_activation_gallery, ()),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_list_or_nothing_in_place_of_a_dictionary_is_named(name):
    draw, before = WRONG[name]
    with pytest.raises(ValueError, match=f"{name} must be a dictionary with at least one .*, got list"):
        draw(*before, [[1, 2]])
    with pytest.raises(ValueError, match=f"{name} is empty: give at least one"):
        draw(*before, {})


def test_several_axes_in_place_of_one_are_named():
    with pytest.raises(ValueError, match=r"ax must be one Axes, got ndarray; .* axes\[0\]"):
        plotting.plot_history({"loss": [1, 2]}, ax=plt.subplots(1, 2)[1])


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plotting.plot_curves([0, 1], {"a": [1, 2, 3]}),
        lambda: plotting.plot_activation_gallery({"log": (lambda z: z[:3], np.cos)}),
        lambda: plotting.animate_descent(lambda w, b: -w, (0, 1), (0, 1), {"a": [(0, 0), (1, 1)]}),
    ],
)
def test_after_an_error_no_empty_figure_is_left_open_and_the_readers_own_is(draw):
    mine = plt.figure()
    with pytest.raises(ValueError, match=r"shape|negative"):
        draw()
    assert plt.get_fignums() == [mine.number]


@pytest.mark.parametrize("column", [["1", "2"], np.array(["1", 2], object), pd.date_range("2020", periods=2)])
def test_texts_and_dates_are_no_numbers(column):
    with pytest.raises(ValueError, match="column 'a' must hold numbers only"):
        plotting.plot_ranges(pd.DataFrame({"a": column}))
