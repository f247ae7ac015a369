"""Activations: what they draw, what they say, what they refuse."""

import numpy as np
import pytest
from scipy.special import softmax

from nnlib.plotting import plot_activation, plot_activation_gallery, plot_pieces, plot_softmax


def d_tanh(z):
    return 1 - np.tanh(z) ** 2


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_function_is_solid_and_derivative_dashed():
    ax = plot_activation(np.tanh, derivative=d_tanh, xlim=(-3, 3))
    function, derivative = ax.lines[-2:]
    assert (function.get_linestyle(), derivative.get_linestyle()) == ("-", "--")
    np.testing.assert_allclose(function.get_ydata(), np.tanh(function.get_xdata()))
    slopes = np.gradient(function.get_ydata(), function.get_xdata())
    np.testing.assert_allclose(derivative.get_ydata()[1:-1], slopes[1:-1], atol=1e-3)
    assert texts(ax) == ["slope", "f"]  # from the lower end to the upper one


def test_names_stand_where_a_curve_leaves_the_picture():
    ax = plot_activation(lambda z: z, xlim=(-4, 4), ylim=(-1, 2))
    (name,) = ax.texts
    assert 1.9 < name.xy[1] <= 2


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda z: z[:3], r"'f' must return the shape .*\(601,\), got \(3,\)"),
        (lambda z: np.where(z > 0, np.nan, z), "'f' is not finite at 0.02; change xlim"),
    ],
)
def test_a_function_that_cannot_be_drawn_is_named(function, message):
    with pytest.raises(ValueError, match=message):
        plot_activation(function)


def test_the_gallery_has_one_panel_each_on_one_scale():
    functions = {f"f{i}": (np.tanh, d_tanh) for i in range(7)}
    axes = plot_activation_gallery(functions, n_columns=5)
    assert [ax.get_title(loc="left") for ax in axes] == list(functions)
    assert len({ax.get_ylim() for ax in axes}) == len({ax.get_xlim() for ax in axes}) == 1
    assert sum(ax.get_visible() for ax in axes[0].figure.axes) == 7
    assert axes[0].figure.get_suptitle()


def test_an_empty_gallery_is_refused():
    with pytest.raises(ValueError, match="functions is empty"):
        plot_activation_gallery({})


def test_pieces_are_dashed_below_their_maximum():
    ax = plot_pieces([1, -1], [0, 0], xlim=(-2, 2))
    best = ax.lines[-1]
    np.testing.assert_allclose(best.get_ydata(), np.abs(best.get_xdata()))
    assert [line.get_linestyle() for line in ax.lines[:-1]] == ["--", "--"]


def test_a_gallery_needs_a_column():
    with pytest.raises(ValueError, match="n_columns must be at least 1, got 0"):
        plot_activation_gallery({"tanh": (np.tanh, d_tanh)}, n_columns=0)


@pytest.mark.parametrize(("pieces", "name"), [(([np.nan], [1]), "slopes"), (([1], [np.inf]), "intercepts")])
def test_pieces_are_finite(pieces, name):
    with pytest.raises(ValueError, match=f"{name} holds"):
        plot_pieces(*pieces)


@pytest.mark.parametrize("pieces", [([], []), ([1, 2], [0])])
def test_pieces_that_do_not_pair_up_are_refused(pieces):
    with pytest.raises(ValueError, match="slope and an intercept"):
        plot_pieces(*pieces)


def test_softmax_areas_are_the_shares():
    ax = plot_softmax([0, 1, -1], names=["cat", "dog", "sheep"], xlim=(-6, 6))
    bottom = ax.collections[0].get_paths()[0].vertices
    at_two = bottom[np.isclose(bottom[:, 0], 2) & (bottom[:, 1] > 0)]
    np.testing.assert_allclose(at_two[0, 1], softmax([2, 1, -1])[0], rtol=1e-6)
    assert texts(ax) == ["cat", "dog", "sheep"]


@pytest.mark.parametrize(("logits", "names"), [([1], ["a"]), ([1, 2], ["a"])])
def test_softmax_needs_a_name_for_each_of_two_logits(logits, names):
    with pytest.raises(ValueError, match="at least two logits"):
        plot_softmax(logits, names=names)


@pytest.mark.parametrize(("logit", "height"), [(2000, 1), (-2000, 0)])
def test_softmax_of_large_logits_has_its_shares(logit, height, recwarn):
    ax = plot_softmax([1, logit], names=["a", "b"])
    upper = ax.collections[1].get_paths()[0].vertices
    assert np.ptp(upper[np.isclose(upper[:, 0], 0), 1]) == pytest.approx(height)
    assert not recwarn.list


def test_softmax_names_what_is_no_logit():
    with pytest.raises(ValueError, match="logits holds nan"):
        plot_softmax([1, np.nan], names=["a", "b"])
