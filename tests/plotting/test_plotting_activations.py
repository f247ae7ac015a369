"""Figures of activations: what they draw, what they say, what they refuse."""

import numpy as np
import pytest
from figures import assert_nothing_global_changes, assert_own_axes_come_back, assert_title_and_finite_data
from scipy.special import softmax

from nnlib.plotting import (
    plot_activation,
    plot_activation_gallery,
    plot_gradient_norms,
    plot_pieces,
    plot_softmax,
)


def d_tanh(z):
    return 1 - np.tanh(z) ** 2


CALLS = {
    "activation": lambda ax=None: plot_activation(np.tanh, derivative=d_tanh, title="T", ax=ax),
    "pieces": lambda ax=None: plot_pieces([1, -1, 0.5], [0, 0, 1], title="T", ax=ax),
    "softmax": lambda ax=None: plot_softmax([0, 1, 2], names=["a", "b", "c"], title="T", ax=ax),
    "norms": lambda ax=None: plot_gradient_norms({"sigmoid": [0.01, 0.1], "ReLU": [1, 2]}, title="T", ax=ax),
}
each = pytest.mark.parametrize("draw", CALLS.values(), ids=CALLS.keys())


def texts(ax):
    return [text.get_text() for text in ax.texts]


@each
def test_title_labels_and_finite_data(draw):
    ax = assert_title_and_finite_data(draw)
    assert ax.get_title(loc="left") == "T"
    assert ax.get_xlabel()


@each
def test_the_readers_axes_are_used_and_nothing_global_changes(draw):
    assert_own_axes_come_back(draw)
    assert_nothing_global_changes(draw)


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
        (lambda z: z[:3], r"function must return the shape .*\(601,\), got \(3,\)"),
        (lambda z: np.where(z > 0, np.nan, z), "function is not finite at 0.02; change xlim"),
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


def test_norms_run_from_the_input_on_a_log_axis():
    ax = plot_gradient_norms({"sigmoid": {"dense": 0.001, "dense_1": 1.0}, "ReLU": [0.5, 0.6]})
    assert ax.get_yscale() == "log"
    assert [list(line.get_ydata()) for line in ax.lines] == [[0.001, 1.0], [0.5, 0.6]]
    assert [list(line.get_xdata()) for line in ax.lines] == [[1, 2], [1, 2]]
    assert set(texts(ax)) == {"sigmoid", "ReLU"}
    assert ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()


def test_a_norm_of_zero_is_marked_and_not_hidden():
    ax = plot_gradient_norms({"dead": [0.0, 0.2, 0.4]})
    assert [line.get_marker() for line in ax.lines] == ["o", "x"]
    assert "0" in texts(ax)
    ax = plot_gradient_norms({"all dead": [0.0, 0.0]})
    assert texts(ax).count("0") == 2


@pytest.mark.parametrize(
    ("norms", "message"),
    [
        ({}, "norms is empty"),
        ({"a": []}, "norms of 'a' are empty"),
        ({"a": {"dense_2": -1.0}}, "'a': layer 'dense_2' has -1.0"),
        ({"a": [1.0, float("nan")]}, "'a': layer 2 has nan"),
    ],
)
def test_norms_that_are_none_are_named(norms, message):
    with pytest.raises(ValueError, match=message):
        plot_gradient_norms(norms)
