"""Points, lines and outliers."""

import numpy as np
import pytest

from nnlib.plotting import plot_points

X = np.arange(-1.0, 5.0)
Y = 2 * X - 1


def test_points_draws_the_lines_it_is_given():
    ax = plot_points(X, Y, lines=[(2.0, -1.0, "best"), (0.0, 2.0, "mean")], xlim=(0, 10))
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [-1, 19])
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [2, 2])
    assert [text.get_text() for text in ax.texts] == ["mean", "best"]


@pytest.mark.parametrize(("x", "y"), [([1, 2], [1]), ([], [])])
def test_points_need_pairs(x, y):
    with pytest.raises(ValueError, match=f"got {len(x)} and {len(y)}"):
        plot_points(x, y)


def test_outliers_are_crosses_and_named():
    odd = [False, True, False, True]
    ax = plot_points([0, 1, 2, 3], [0, 9, 2, 8], lines=[(2, 1, "a"), (0, 5, "b")], outliers=odd)
    usual, crosses = ax.collections
    assert usual.get_offsets().tolist() == [[0, 0], [2, 2]]
    assert crosses.get_offsets().tolist() == [[1, 9], [3, 8]]
    assert {text.get_text() for text in ax.texts} == {"a", "b", "outliers"}
    assert [text.get_text() for text in plot_points([0, 1], [0, 1], outliers=[False, True]).texts] == ["outlier"]


def test_outliers_have_to_fit_the_points():
    with pytest.raises(ValueError, match=r"each of the 2 points, got the shape \(1,\)"):
        plot_points([1, 2], [1, 2], outliers=[True])


@pytest.mark.parametrize(("x", "y", "name"), [([0, np.nan], [1, 2], "x"), ([0, 1], [1, np.inf], "y")])
def test_points_need_a_place(x, y, name):
    with pytest.raises(ValueError, match=f"{name} holds"):
        plot_points(x, y)
