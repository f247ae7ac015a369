"""Weights drawn as images, and their sizes."""

import numpy as np
import pytest

from nnlib.plotting import plot_weight_images, plot_weight_sizes

KERNEL = np.random.default_rng(0).normal(size=(6, 7))  # 2 × 3 pixels, seven units
WEIGHTS = {"plain": np.array([[0.5, -0.2], [0.1, 0.3]]), "L1": np.array([0.0, 1e-9, -2e-4, 0.9])}


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


@pytest.mark.parametrize(
    ("kernel", "shape", "labels", "message"),
    [
        (KERNEL, (3, 3), None, r"shape \(9, n_units\), got \(6, 7\)"),
        (KERNEL[:, 0], (2, 3), None, r"got \(6,\)"),
        (KERNEL[:, :0], (2, 3), None, r"got \(6, 0\)"),
        (KERNEL, (2, 3), ["one"], "7 units need as many labels, got 1"),
        (np.full((6, 1), np.nan), (2, 3), None, "diverged"),
        (KERNEL, (-2, -3), None, r"image_shape must be .* got \(-2, -3\)"),
    ],
)
def test_a_kernel_that_cannot_be_drawn_is_named(kernel, shape, labels, message):
    with pytest.raises(ValueError, match=message):
        plot_weight_images(kernel, shape, labels=labels)


def test_each_outline_counts_every_weight_once():
    ax = plot_weight_sizes(WEIGHTS)
    for stairs in ax.patches:
        assert stairs.get_data().values.sum() == pytest.approx(100)


def test_weights_are_counted_at_their_power_of_ten_and_zeros_at_the_left_end():
    ax = plot_weight_sizes(WEIGHTS)
    values, edges, _ = ax.patches[1].get_data()  # L1: 0 and 1e-9, 2e-4, 0.9
    assert edges[1] == -6  # what is just above a millionth has another bar
    places = [np.searchsorted(edges, exponent, side="right") - 1 for exponent in (np.log10(2e-4), np.log10(0.9))]
    assert values[0] == 50
    assert all(values[place] == 25 for place in places)


def test_shares_below_the_threshold_are_written_beside_the_names():
    def names(**options):
        return [text.get_text() for text in plot_weight_sizes(WEIGHTS, **options).get_legend().get_texts()]

    assert names() == ["plain: 0% below 0.001", "L1: 75% below 0.001"]
    assert names(threshold=0.25) == ["plain: 50% below 0.25", "L1: 75% below 0.25"]


def test_outlines_are_told_apart_without_colour():
    styles = [stairs.get_linestyle() for stairs in plot_weight_sizes(WEIGHTS).patches]
    assert len(set(styles)) == len(styles)


@pytest.mark.parametrize(
    ("weights", "options", "message"),
    [
        ({}, {}, "weights is empty"),
        ({"L1": [np.nan]}, {}, "weights of 'L1'"),
        ({"L1": []}, {}, "weights of 'L1' .* got 0"),
        (WEIGHTS, {"threshold": 0.0}, r"threshold must be positive and finite, got 0\.0"),
        (WEIGHTS, {"threshold": np.nan}, "threshold must be positive and finite, got nan"),
    ],
)
def test_bad_weights_are_named(weights, options, message):
    with pytest.raises(ValueError, match=message):
        plot_weight_sizes(weights, **options)


def test_weights_that_are_all_0_are_counted_without_a_warning(recwarn):
    values, _, _ = plot_weight_sizes({"dead": [0.0, 0.0]}).patches[0].get_data()
    assert values[0] == 100
    assert not recwarn.list
