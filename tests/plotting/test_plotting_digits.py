"""Weights drawn as images."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nnlib.plotting import plot_weight_images

KERNEL = np.random.default_rng(0).normal(size=(6, 7))  # 2 × 3 pixels, seven units


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_each_unit_is_an_image_of_its_own_weights():
    ax = plot_weight_images(KERNEL, (2, 3), labels=[f"unit {i}" for i in range(7)])
    assert len(ax.images) == 7
    for unit, image in enumerate(ax.images):
        for row, column in np.ndindex(2, 3):
            assert image.get_array()[row, column] == KERNEL[3 * row + column, unit]
    assert [text.get_text() for text in ax.texts] == [f"unit {i}" for i in range(7)]


def test_zero_has_the_same_colour_in_every_image_also_in_an_empty_one():
    kernel = KERNEL * np.array([0, 0.01, 1, 5, 10, 100, 1000])
    greys = {image.cmap(image.norm(0.0)) for image in plot_weight_images(kernel, (2, 3)).images}
    assert len(greys) == 1


def test_positive_is_lighter_than_zero_and_zero_than_negative_in_a_grey_print():
    (image,) = plot_weight_images([[-2.0], [0.0], [2.0], [1.0]], (2, 2)).images
    light = [np.dot(image.cmap(image.norm(value))[:3], [0.299, 0.587, 0.114]) for value in (-2.0, 0.0, 2.0)]
    assert light[0] + 0.25 < light[1] < light[2] - 0.25


def test_images_do_not_overlap_and_lie_inside_the_axes():
    ax = plot_weight_images(KERNEL, (2, 3), columns=3)
    boxes = [image.get_extent() for image in ax.images]
    for i, (left, right, bottom, top) in enumerate(boxes):
        assert ax.get_xlim()[0] <= left < right <= ax.get_xlim()[1]
        assert ax.get_ylim()[1] <= top < bottom <= ax.get_ylim()[0]
        for other_left, other_right, other_bottom, other_top in boxes[:i]:
            assert right <= other_left or other_right <= left or bottom <= other_top or other_bottom <= top


def test_own_axes_come_back_and_nothing_global_changes():
    _, mine = plt.subplots()
    before = dict(plt.rcParams)
    assert plot_weight_images(KERNEL, (2, 3), ax=mine) is mine
    assert plot_weight_images(KERNEL, (2, 3)) is not mine
    assert dict(plt.rcParams) == before
    assert mine.get_title(loc="left")


@pytest.mark.parametrize(
    ("kernel", "shape", "labels", "message"),
    [
        (KERNEL, (3, 3), None, r"shape \(9, n_units\), got \(6, 7\)"),
        (KERNEL[:, 0], (2, 3), None, r"got \(6,\)"),
        (KERNEL[:, :0], (2, 3), None, r"got \(6, 0\)"),
        (KERNEL, (2, 3), ["one"], "7 units need as many labels, got 1"),
        (np.full((6, 1), np.nan), (2, 3), None, "diverged"),
    ],
)
def test_bad_input_is_named(kernel, shape, labels, message):
    with pytest.raises(ValueError, match=message):
        plot_weight_images(kernel, shape, labels=labels)
