"""Decision boundaries and their films: what they show, checked against geometry and against Keras."""

from types import SimpleNamespace

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from test_animation import pictures

from nnlib import plotting
from nnlib.plotting import decision_boundary

X = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [2.0, 1.0]])
Y = np.array([0, 0, 1, 1])


def right_half(points):
    """1 where x₁ > 0.3, in the shape of a Keras output."""
    return 1.0 * (points[:, :1] > 0.3)


def network(*units, activation="tanh"):
    layers = [keras.layers.Dense(n, activation=activation) for n in units]
    return keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1, activation="sigmoid")])


def snapshots_of(model, n, seed=0):
    rng = np.random.default_rng(seed)
    weights = [[rng.normal(size=w.shape).astype("float32") for w in model.get_weights()] for _ in range(n)]
    return SimpleNamespace(epochs=list(range(0, 10 * n, 10)), weights=weights)


def lines_on(ax):
    """The pieces of the decision boundary."""
    (lines,) = [c for c in ax.collections if c.get_label().startswith("_")]
    return lines.get_segments()


@pytest.mark.parametrize(
    "draw", [plotting.plot_classes, lambda x, y: plotting.plot_decision_boundary(right_half, x, y)]
)
def test_every_point_is_drawn(draw):
    shown = np.concatenate([c.get_offsets() for c in draw(X, Y).collections if c.get_label().startswith("class")])
    assert sorted(map(tuple, shown)) == sorted(map(tuple, X))


def test_the_classes_differ_in_shape_and_in_grey():
    ax = plotting.plot_classes(X, Y)
    circles, triangles = ax.collections
    assert len(circles.get_paths()[0]) != len(triangles.get_paths()[0])
    grey = [points.get_facecolor()[0, :3] @ [0.2126, 0.7152, 0.0722] for points in (circles, triangles)]
    assert grey[1] - grey[0] > 0.2
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["class 0", "class 1"]


def test_the_boundary_lies_where_the_score_is_a_half():
    ax = plotting.plot_decision_boundary(right_half, X, Y)
    (line,) = lines_on(ax)
    np.testing.assert_allclose(line[:, 0], 0.3, atol=0.02)
    np.testing.assert_allclose(sorted(line[[0, -1], 1]), ax.get_ylim())


def test_a_circle_is_a_closed_line_of_its_radius():
    def disc(points):
        return 0.5 - 0.5 * np.tanh(10 * ((points**2).sum(axis=1) - 1))

    (line,) = lines_on(plotting.plot_decision_boundary(disc, X, Y, xlim=(-2, 2), ylim=(-2, 2)))
    np.testing.assert_allclose(np.hypot(*line.T), 1, atol=0.01)
    np.testing.assert_array_equal(line[0], line[-1])


def test_the_map_shows_the_scores_of_the_model_at_their_places():
    model = network(4)
    ax = plotting.plot_decision_boundary(model, X, Y)
    scores = ax.images[0].get_array()
    left, right, bottom, top = ax.images[0].get_extent()
    rows, columns = scores.shape
    for row, column in ((0, 0), (30, 80), (rows - 1, columns - 1)):
        place = [left + (column + 0.5) / columns * (right - left), bottom + (row + 0.5) / rows * (top - bottom)]
        assert scores[row, column] == pytest.approx(model.predict(np.array([place]), verbose=0).item(), abs=1e-5)


@pytest.mark.filterwarnings("error")
def test_a_model_that_always_says_the_same_has_no_boundary_and_no_warning():
    assert lines_on(plotting.plot_decision_boundary(lambda p: np.full(len(p), 0.1), X, Y)) == []


def test_the_line_of_each_unit_solves_its_equation():
    model = network(3)
    ax = plotting.plot_decision_boundary(model, X, Y, show_units=True)
    kernel, bias = model.get_weights()[:2]
    drawn = [line for line in ax.lines if len(line.get_xdata())]
    assert drawn
    for line, w, b in zip(ax.lines, kernel.T, bias, strict=True):
        np.testing.assert_allclose(line.get_xydata() @ w + b, 0, atol=1e-5)
        assert len(line.get_xydata()) in (0, 2)
    assert [text.get_text() for text in ax.texts] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        ((1, 0, 0), [(0, -1), (0, 1)]),
        ((0, 2, -1), [(-2, 0.5), (2, 0.5)]),
        ((1, -2, 0), [(-2, -1), (2, 1)]),  # through two corners
        ((1, 0, -5), []),
        ((0, 0, 1), []),
    ],
)
def test_where_a_line_crosses_the_window(line, ends):
    found = decision_boundary._through_window(*line, (-2, 2), (-1, 1))
    np.testing.assert_allclose(found, np.array(ends).reshape(-1, 2), atol=1e-9)


@pytest.mark.parametrize(
    ("x", "y", "model", "words"),
    [
        (X[:, :1], Y, right_half, r"shape \(n, 2\), got \(4, 1\)"),
        (X, Y[:3], right_half, "same number of points, at least one; got 4 and 3"),
        (X, Y + 1, right_half, "classes 0 and 1 only, got"),
        (X * np.nan, Y, right_half, "not finite"),
        (X, Y, lambda p: p[:, 0], "between 0 and 1.*keras.ops.sigmoid"),
        (X, Y, lambda p: np.ones((len(p), 3)), "one score per point"),
    ],
)
def test_what_cannot_be_drawn_is_named(x, y, model, words):
    with pytest.raises(ValueError, match=words):
        plotting.plot_decision_boundary(model, x, y)


def test_filming_leaves_the_model_alone():
    model = network(3)
    before = model.get_weights()
    open_before = plt.get_fignums()
    plotting.animate_decision_boundary(model, snapshots_of(model, 3), X, Y)
    for array, kept in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(array, kept)
    assert plt.get_fignums() == open_before


def test_the_scores_over_time_are_those_of_the_weights_at_that_time():
    model, points = network(3), np.random.default_rng(1).normal(size=(7, 2)).astype("float32")
    snapshots = snapshots_of(model, 2)
    scores = decision_boundary._scores_over_time(model, snapshots.weights, points)
    for (w1, b1, w2, b2), row in zip(snapshots.weights, scores, strict=True):
        wanted = 1 / (1 + np.exp(-(np.tanh(points @ w1 + b1) @ w2 + b2)))
        np.testing.assert_allclose(row, wanted[:, 0], atol=1e-5)


def test_several_models_side_by_side_and_wide_ones():
    models = [network(1), network(2), network(9, 3)]
    films = [snapshots_of(model, 2) for model in models]
    film = plotting.animate_decision_boundary(models, films, X, Y, names=["a", "b", "c"])
    one = plotting.animate_decision_boundary(models[0], films[0], X, Y)
    assert pictures(film)[0].shape[1] == 3 * pictures(one)[0].shape[1]


def test_a_film_is_small():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 2))
    model = network(3)
    start, end = snapshots_of(model, 2).weights
    mix = [[(1 - t) * a + t * b for a, b in zip(start, end, strict=True)] for t in np.linspace(0, 1, 20)]
    film = plotting.animate_decision_boundary(
        model, SimpleNamespace(epochs=range(20), weights=mix), x, (x[:, 0] > 0).astype(int)
    )
    assert len(film._repr_mimebundle_()[0]["text/html"]) < 300_000


def test_films_that_do_not_fit_are_named():
    model = network(2)
    good = snapshots_of(model, 2)
    with pytest.raises(ValueError, match="1 models and 2 snapshots"):
        plotting.animate_decision_boundary(model, [good, good], X, Y)
    with pytest.raises(ValueError, match="1 models and 2 names"):
        plotting.animate_decision_boundary(model, good, X, Y, names=["a", "b"])
    with pytest.raises(ValueError, match="same epochs"):
        plotting.animate_decision_boundary([model, model], [good, snapshots_of(model, 3)], X, Y)
    with pytest.raises(ValueError, match="other shapes"):
        plotting.animate_decision_boundary(model, snapshots_of(network(3), 2), X, Y)
    nested = keras.Sequential([keras.Input((2,)), network(2)])
    with pytest.raises(ValueError, match="is no Dense layer"):
        plotting.animate_decision_boundary(nested, snapshots_of(nested, 2), X, Y)


def test_two_classes_have_two_names_in_any_sequence():
    ax = plotting.plot_classes([[0, 0], [1, 1]], [0, 1], class_names=pd.Series(["no", "yes"], index=[5, 6]))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["no", "yes"]
    with pytest.raises(ValueError, match=r"class_names must be two, .* got \['a'\]"):
        plotting.plot_classes([[0, 0], [1, 1]], [0, 1], class_names=["a"])
