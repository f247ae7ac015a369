"""The decision boundaries of several models."""

import numpy as np
import pytest

from nnlib.plotting import plot_boundary_spread

WINDOW = {"xlim": (-2, 2), "ylim": (-1, 1)}


def right_of(border):
    return lambda points: np.clip(0.5 + 0.1 * (points[:, 0] - border), 0, 1)


def test_each_model_has_a_thin_line_at_its_boundary_and_the_average_a_thick_one():
    ax = plot_boundary_spread([right_of(-1), right_of(0.5)], **WINDOW)
    each, average = ax.collections
    assert sorted(np.round(line[:, 0].mean(), 6) for line in each.get_segments()) == [-1, 0.5]
    (line,) = average.get_segments()
    np.testing.assert_allclose(line[:, 0], -0.25, atol=1e-6)
    assert average.get_linewidth()[0] > each.get_linewidth()[0]


def test_a_model_that_never_decides_otherwise_has_no_line():
    ax = plot_boundary_spread([lambda points: np.full((len(points), 1), 0.9)], **WINDOW)
    assert not ax.collections[0].get_segments()


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ([], "models is empty"),
        ([lambda points: points], "one score per point"),
        ([lambda points: 3 * points[:, 0]], "between 0 and 1, got -6 to 6"),
        ([lambda points: np.full(len(points), np.nan)], "between 0 and 1, got nan"),
    ],
)
def test_models_that_cannot_be_drawn_are_named(models, message):
    with pytest.raises(ValueError, match=message):
        plot_boundary_spread(models, **WINDOW)
