"""Losses: what they draw, what they say, what they refuse."""

import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from nnlib.plotting import plot_cross_entropy_steps, plot_losses


def texts(ax):
    return [text.get_text() for text in ax.texts]


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
        ({"one": lambda _: 1.0}, r"'one' must return the shape that it is given, \(601,\), got \(\)"),
    ],
)
def test_a_loss_that_cannot_be_drawn_is_named(losses, message):
    with pytest.raises(ValueError, match=message):
        plot_losses(losses)


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


@pytest.mark.parametrize(
    ("logits", "losses"), [([-1000, 0], ["1000.000", "0.000"]), ([0, -2000], ["0.000", "2000.000"])]
)
def test_the_loss_of_large_logits_is_exact(logits, losses, recwarn):
    axes = plot_cross_entropy_steps(logits, names=["a", "b"], true="a")
    assert texts(axes[-1]) == losses
    assert not recwarn.list


def test_large_exponentials_are_written_short():
    axes = plot_cross_entropy_steps([100, 0], names=["a", "b"], true="a")
    assert texts(axes[1]) == ["2.69e+43", "1.00e+00"]


@pytest.mark.parametrize(
    ("logits", "message"), [([1000, 0], "logits must be at most 700, got 1000"), ([np.nan, 0], "logits holds nan")]
)
def test_logits_without_an_exponential_are_named(logits, message):
    with pytest.raises(ValueError, match=message):
        plot_cross_entropy_steps(logits, names=["a", "b"], true="a")


def test_a_place_for_the_name_of_no_loss_is_named():
    with pytest.raises(ValueError, match="label_at names 'hinge', which is none of 'squared'"):
        plot_losses({"squared": np.square}, label_at={"hinge": 1})
