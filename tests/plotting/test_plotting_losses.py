"""Figures of losses: what they draw, what they say, what they refuse."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from figures import assert_nothing_global_changes, assert_own_axes_come_back, assert_title_and_finite_data
from scipy.special import log_softmax, softmax

from nnlib.plotting import plot_cross_entropy_steps, plot_losses, plot_reliability, plot_robust_fit
from nnlib.plotting._style import label_ends

COIN = (np.array([0, 1, 0, 1]), np.full(4, 0.5))
CALLS = {
    "losses": lambda ax=None: plot_losses({"squared": np.square, "absolute": np.abs}, title="T", ax=ax),
    "fit": lambda ax=None: plot_robust_fit([0, 1, 2], [0, 1, 2], {"line": (1, 0)}, title="T", ax=ax),
    "reliability": lambda ax=None: plot_reliability({"coin": COIN}, title="T", ax=ax),
}
each = pytest.mark.parametrize("draw", CALLS.values(), ids=CALLS.keys())


def texts(ax):
    return [text.get_text() for text in ax.texts]


@each
def test_title_labels_and_finite_data(draw):
    ax = assert_title_and_finite_data(draw)
    assert ax.get_title(loc="left") == "T"
    assert ax.get_xlabel()
    assert ax.get_ylabel()


@each
def test_the_readers_axes_are_used_and_nothing_global_changes(draw):
    assert_own_axes_come_back(draw)
    assert_nothing_global_changes(draw)


def test_each_loss_has_its_values_its_name_and_its_own_kind_of_line():
    ax = plot_losses({"squared": np.square, "absolute": np.abs, "hinge": lambda m: np.maximum(0, 1 - m)})
    curves = {line.get_label(): line for line in ax.lines if not line.get_label().startswith("_")}
    np.testing.assert_allclose(curves["squared"].get_ydata(), curves["squared"].get_xdata() ** 2)
    np.testing.assert_allclose(curves["hinge"].get_ydata()[:3], [4, 3.99, 3.98])
    assert len({line.get_linestyle() for line in curves.values()}) == 3
    assert set(texts(ax)) == {"squared", "absolute", "hinge"}


def test_a_name_can_stand_on_its_curve():
    ax = plot_losses({"squared": np.square, "absolute": np.abs}, label_at={"squared": -1.5})
    places = {text.get_text(): text.get_position() for text in ax.texts}
    assert places["squared"] == pytest.approx((-1.5, 2.25), abs=1e-3)


@pytest.mark.parametrize(
    ("losses", "message"),
    [
        ({}, "losses is empty"),
        ({"log": lambda m: np.where(m > 0, m, np.nan)}, "'log' is not finite at -3; change xlim"),
        ({"one": lambda m: 1.0}, r"'one' must return the shape that it is given, \(601,\), got \(\)"),
    ],
)
def test_a_loss_that_cannot_be_drawn_is_named(losses, message):
    with pytest.raises(ValueError, match=message):
        plot_losses(losses)


def test_lines_and_outliers_are_where_they_belong():
    odd = [False, True, False, True]
    ax = plot_robust_fit([0, 1, 2, 3], [0, 9, 2, 8], {"a": (2, 1), "b": (0, 5)}, outliers=odd)
    usual, crosses = ax.collections
    assert usual.get_offsets().tolist() == [[0, 0], [2, 2]]
    assert crosses.get_offsets().tolist() == [[1, 9], [3, 8]]
    first, second = ax.lines
    np.testing.assert_allclose(first.get_ydata(), 2 * np.asarray(first.get_xdata()) + 1)
    assert first.get_linestyle() != second.get_linestyle()
    assert set(texts(ax)) == {"a", "b", "outliers"}


def test_without_outliers_none_is_named():
    assert texts(plot_robust_fit([0, 1], [0, 1], {"a": (1, 0)})) == ["a"]


@pytest.mark.parametrize(("x", "y", "outliers"), [([1, 2], [1], None), ([], [], None), ([1, 2], [1, 2], [True])])
def test_points_that_do_not_fit_together_are_refused(x, y, outliers):
    with pytest.raises(ValueError, match="one number for each point"):
        plot_robust_fit(x, y, {}, outliers=outliers)


def test_the_four_steps_hold_the_right_numbers():
    logits = [3.0, -2.0, 0.5]
    axes = plot_cross_entropy_steps(logits, names=["a", "b", "c"], true="b", title="T")
    heights = [[bar.get_height() for bar in ax.patches] for ax in axes]
    expected = [logits, np.exp(logits), softmax(logits), -log_softmax(logits)]
    np.testing.assert_allclose(heights, expected)
    assert axes[0].figure.get_suptitle() == "T"
    assert texts(axes[0]) == ["3", "−2", "0.5"]


def test_only_the_true_class_is_filled_in_the_last_step():
    axes = plot_cross_entropy_steps([2, 1, -1], names=["cat", "dog", "sheep"], true="dog")
    white = [bar.get_facecolor()[:3] == (1, 1, 1) for bar in axes[-1].patches]
    assert white == [True, False, True]


@pytest.mark.parametrize(
    ("names", "true", "message"),
    [(["a"], "a", "2 logits and 1 names"), (["a", "b"], "c", "true='c' is no class; choose one of 'a', 'b'")],
)
def test_names_have_to_fit(names, true, message):
    with pytest.raises(ValueError, match=message):
        plot_cross_entropy_steps([1, 2], names=names, true=true)


def test_reliability_is_the_share_in_each_bin():
    said = np.array([0.05, 0.05, 0.05, 0.05, 0.95, 0.97, 0.99, 0.99])
    truth = np.array([0, 0, 0, 1, 1, 1, 0, 0])
    ax = plot_reliability({"model": (truth, said)})
    np.testing.assert_allclose(ax.lines[-1].get_xydata(), [[0.05, 0.25], [0.975, 0.5]])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["model"]


@pytest.mark.parametrize("said", [[0.5, 1.5], [0.5, np.nan], [0.5]])
def test_what_is_no_probability_is_refused(said):
    with pytest.raises(ValueError, match="'model': needs as many probabilities between 0 and 1"):
        plot_reliability({"model": ([0, 1], said)})


def test_a_name_stands_at_the_height_of_its_line_where_limits_are_automatic():
    _, ax = plt.subplots()
    ax.plot([0, 1], [0, 8])
    ax.plot([0, 1], [0, 2])
    label_ends(ax, [(1, 8, "high", "#000000"), (1, 2, "low", "#000000")])
    assert [text.xyann for text in ax.texts] == [(8, 0), (8, 0)]  # in points from the line's end: to the right only
