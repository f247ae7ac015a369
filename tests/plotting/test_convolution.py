"""A window that slides over an image."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from scipy.signal import correlate2d
from test_animation import pictures

from nnlib.plotting import COLORS, animate_convolution, plot_sliding_window

IMAGE = np.arange(16.0).reshape(4, 4)
SUMS = np.array([[10.0, 18.0], [42.0, 50.0]])  # of the four quarters


def outlined(ax):
    """Place and size of each outline, in the order of drawing."""
    return [
        (patch.get_xy(), patch.get_width())
        for patch in ax.patches
        if isinstance(patch, Rectangle) and patch.get_linewidth() > 3
    ]


def test_every_number_of_image_and_output_is_written():
    ax = plot_sliding_window(IMAGE, SUMS, size=2, stride=2)
    written = [text.get_text() for text in ax.texts]
    assert written == [*(str(i) for i in range(16)), "10", "18", "42", "50"]


def test_a_window_lies_where_its_output_comes_from():
    ax = plot_sliding_window(IMAGE, SUMS, size=2, stride=2, at=[(0, 1), (1, 0)])
    (first, first_size), (cell, cell_size), (second, _), _ = outlined(ax)
    assert (first, first_size) == ((2, 0), 2)
    assert second == (0, 2)
    assert cell_size == 1
    right = ax.images[1].get_extent()
    assert cell == (right[0] + 1, right[3])  # second column, first row of the output


def test_padding_is_drawn_as_hatched_zeros_outside_of_the_image():
    ax = plot_sliding_window(IMAGE, np.zeros((6, 6)), size=1, padding=(1, 1))
    hatched = [patch.get_xy() for patch in ax.patches if isinstance(patch, Rectangle) and patch.get_hatch()]
    assert len(hatched) == 36 - 16
    assert all(0 in place or 5 in place for place in hatched)
    ax = plot_sliding_window(IMAGE, np.zeros((5, 5)), size=1, padding=(0, 1))
    hatched = [patch.get_xy() for patch in ax.patches if isinstance(patch, Rectangle) and patch.get_hatch()]
    assert all(4 in place for place in hatched)


def test_a_zero_has_no_minus_and_a_minus_is_a_true_one():
    ax = plot_sliding_window([[-0.001, -1.5]], [[-0.001, -1.5]], size=1)
    assert [text.get_text() for text in ax.texts] == ["0", "−1.5"] * 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"size": 5}, r"size=5 and stride=1 fit no window into a padded image of shape \(4, 4\)"),
        ({"size": 2, "stride": 0}, "stride=0"),
        ({"size": 2}, r"has 3 · 3 positions .*, but output has the shape \(2, 2\)"),
        ({"size": 2, "stride": 2, "at": [(0, 2)]}, r"at=\(0, 2\) is outside of the output"),
    ],
)
def test_a_window_that_does_not_fit_is_named(arguments, words):
    with pytest.raises(ValueError, match=words):
        plot_sliding_window(IMAGE, SUMS, **arguments)


@pytest.mark.parametrize("image", [np.zeros(4), np.zeros((2, 2, 3)), [[np.nan]], np.zeros((0, 3))])
def test_an_image_is_a_table_of_numbers(image):
    with pytest.raises(ValueError, match="image must be a table of finite numbers"):
        plot_sliding_window(image, SUMS, size=1)


@pytest.mark.parametrize("stride", [1, 2])
def test_the_film_ends_with_the_whole_feature_map(stride):
    """The picture of the last frame against the correlation of SciPy: brightest and darkest place."""
    rng = np.random.default_rng(0)
    image, kernel = rng.normal(size=(8, 8)), rng.normal(size=(3, 3))
    wanted = correlate2d(image, kernel, mode="valid")[::stride, ::stride]
    film = animate_convolution(image, kernel, stride=stride)
    assert len(film) == wanted.size
    first, *_, last = pictures(film)
    assert np.abs(last - first).mean() > 1
    # The map is the square of colours in the right third; sample the middle of each of its pixels.
    third = last[:, last.shape[1] * 55 // 100 :].astype(int)
    coloured = np.abs(third - 255).sum(axis=2) > 30
    rows, columns = np.flatnonzero(coloured.mean(axis=1) > 0.6), np.flatnonzero(coloured.mean(axis=0) > 0.6)
    n = len(wanted)
    middle = ((np.arange(n) + 0.5) / n * (len(rows) - 1)).astype(int)
    across = ((np.arange(n) + 0.5) / n * (len(columns) - 1)).astype(int)
    brightness = third[rows[middle]][:, columns[across]].sum(axis=2)
    assert np.corrcoef(brightness.ravel(), wanted.ravel())[0, 1] > 0.95  # cividis gets lighter with the number


@pytest.mark.parametrize(
    ("kernel", "stride", "words"),
    [
        (np.ones((2, 3)), 1, r"kernel must be square and no larger than the image \(4, 4\), got \(2, 3\)"),
        (np.ones((5, 5)), 1, "no larger than the image"),
        (np.ones((2, 2)), 0, "stride must be at least 1, got 0"),
    ],
)
def test_a_kernel_that_cannot_slide_is_named(kernel, stride, words):
    with pytest.raises(ValueError, match=words):
        animate_convolution(IMAGE, kernel, stride=stride)


def test_outlines_have_looks_of_their_own():
    ax = plot_sliding_window(IMAGE, SUMS, size=2, stride=2, at=[(0, 0), (1, 1)])
    outlines = [patch for patch in ax.patches if isinstance(patch, Rectangle) and patch.get_linewidth() > 3]
    looks = [(to_hex(patch.get_edgecolor()).upper(), patch.get_linestyle()) for patch in outlines]
    assert looks[0] == looks[1] != looks[2] == looks[3]
    assert looks[0][0] == COLORS["orange"]
