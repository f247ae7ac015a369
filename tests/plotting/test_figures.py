"""What every figure keeps to: its axes, its look, its words, and nothing global."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb

from nnlib import plotting

X, Y = np.arange(-1.0, 5.0), 2 * np.arange(-1.0, 5.0) - 1
HISTORY = {"loss": [3.0, 2.0, 1.5], "val_loss": [3.2, 2.5, 2.4]}
CORNERS, CLASSES = [[0, 0], [1, 1]], [0, 1]
COIN = ([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5])
NODES, EDGES = {"a": (0, 0), "b": (2, 0)}, [("a", "b", 3, -2)]
NETWORK = [(np.array([[1.0, -2.0], [-1.0, 1.0]]), np.array([1.0, 0.0]))]
TABLE = pd.DataFrame({"ram": [256.0, 512, 3998], "wifi": [0, 1, 1]})
SCORES = pd.DataFrame({"training": [0.3, 1.0], "validation": [0.25, 0.9]}, index=["raw", "scaled"])
IMAGES = np.random.default_rng(0).random((6, 8, 8, 3))


def bowl(w, b):
    return 1 + w**2 + 4 * b**2


def slope(z):
    return 1 - np.tanh(z) ** 2


def right_half(points):
    return 1.0 * (points[:, 0] > 0.3)


# Each figure with a title of the reader's own.
FIGURES = {
    "activation": lambda **o: plotting.plot_activation(np.tanh, derivative=slope, **o),
    "attention": lambda **o: plotting.plot_attention([[1, 0], [0.5, 0.5]], ["the", "fox"], **o),
    "pieces": lambda **o: plotting.plot_pieces([1, -1, 0.5], [0, 0, 1], **o),
    "softmax": lambda **o: plotting.plot_softmax([0, 1, 2], names=list("abc"), **o),
    "norms": lambda **o: plotting.plot_gradient_norms({"sigmoid": [0.01, 0.1], "ReLU": [1, 0]}, **o),
    "reliability": lambda **o: plotting.plot_reliability({"coin": COIN}, **o),
    "graph": lambda **o: plotting.plot_computation_graph(NODES, EDGES, **o),
    "confusion": lambda **o: plotting.plot_confusion([0, 1, 1], [0, 1, 0], class_names=["cat", "dog"], **o),
    "curves": lambda **o: plotting.plot_curves([0, 1], {"a": [0, 1], "b": [1, np.nan]}, **o),
    "classes": lambda **o: plotting.plot_classes(CORNERS, CLASSES, **o),
    "boundary": lambda **o: plotting.plot_decision_boundary(right_half, CORNERS, CLASSES, **o),
    "boundary_spread": lambda **o: plotting.plot_boundary_spread([right_half], xlim=(0, 1), ylim=(0, 1), **o),
    "ranges": lambda **o: plotting.plot_ranges(TABLE, **o),
    "by_class": lambda **o: plotting.plot_by_class([1, 2, 8, 9], [0, 0, 1, 1], class_names=["low", "high"], **o),
    "bars": lambda **o: plotting.plot_bars({"wifi": -0.01, "ram": 0.6}, spread={"ram": 0.1, "wifi": 0}, top=1, **o),
    "images": lambda **o: plotting.show_images(IMAGES, list("abcdef"), predictions=list("abcxyz"), n=6, **o),
    "history": lambda **o: plotting.plot_history({"a": HISTORY, "b": HISTORY}, **o),
    "gap": lambda **o: plotting.plot_gap(HISTORY, best=2, **o),
    "points": lambda **o: plotting.plot_points(X, Y, lines=[(2.0, -1.0, "best")], outliers=Y > 6, **o),
    "surface": lambda **o: plotting.plot_loss_surface(bowl, (-1, 2), (-1, 1), path=[(2, 1), (0, 0)], **o),
    "paths": lambda **o: plotting.plot_loss_surface(bowl, (-1, 2), (-1, 1), path={"SGD": [(2, 1), (0, 0)]}, **o),
    "losses": lambda **o: plotting.plot_losses({"squared": np.square, "absolute": np.abs}, **o),
    "network": lambda **o: plotting.plot_network(NETWORK, show_bias=True, **o),
    "nested_sets": lambda **o: plotting.plot_nested_sets({"outer": "all", "inner": "some"}, **o),
    "biological_neurons": lambda **o: plotting.plot_biological_neurons(**o),
    "artificial_neurons": lambda **o: plotting.plot_artificial_neurons(**o),
    "feature_hierarchy": lambda **o: plotting.plot_feature_hierarchy(**o),
    "training_loop": lambda **o: plotting.plot_training_loop(**o),
    "prerequisites": lambda **o: plotting.plot_prerequisites({"a": (), "b": ("a",)}, **o),
    "probabilities": lambda **o: plotting.plot_probabilities([0.2, 0.8], ["cat", "dog"], truth=0, **o),
    "steps": lambda **o: plotting.plot_steps(SCORES, reference=("logistic", 0.95), **o),
    "sliding_window": lambda **o: plotting.plot_sliding_window(np.eye(3), [[2, 0], [0, 2]], size=2, **o),
    "receptive_field": lambda **o: plotting.plot_receptive_field({"conv 1": (3, 1), "conv 2": (3, 2)}, **o),
    "spread": lambda **o: plotting.plot_spread({"Keras": [0.24, 0.4]}, reference=("guessing", 0.25), **o),
    "validation_curve": lambda **o: plotting.plot_validation_curve({1: [0.5, 0.7], 2: [0.4]}, **o),
    "weight_images": lambda **o: plotting.plot_weight_images(np.eye(4), (2, 2), labels=list("abcd"), **o),
    "weight_sizes": lambda **o: plotting.plot_weight_sizes({"plain": [0.5, 0.1], "L1": [0.0, 0.9]}, **o),
}
OTHERS = {"plot_activation_gallery", "plot_cross_entropy_steps"}  # several panels, no axes of the reader's
each_figure = pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())


def test_every_public_figure_is_tested_here():
    public = {name for name in plotting.__all__ if name.startswith(("plot_", "show_"))}
    used = {name for draw in FIGURES.values() for name in draw.__code__.co_names}
    assert public - OTHERS == public & used


@each_figure
def test_it_draws_on_the_readers_axes_or_on_new_ones_and_changes_nothing_global(draw):
    _, mine = plt.subplots()
    settings, state = dict(plt.rcParams), np.random.get_state()[1].copy()  # noqa: NPY002
    open_figures = plt.get_fignums()
    assert draw(ax=mine) is mine
    assert plt.get_fignums() == open_figures
    new = draw()
    assert isinstance(new, Axes)
    assert new is not mine
    assert dict(plt.rcParams) == settings
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002


@each_figure
def test_words_are_the_callers_and_large_enough_at_half_size(draw):
    ax = draw(title="What to see")
    ax.figure.canvas.draw()
    assert ax.get_title(loc="left") == "What to see"
    legend = ax.get_legend()
    ticks = [*ax.get_xticklabels(), *ax.get_yticklabels()] if ax.axison else []
    texts = [*ax.texts, *ticks, *(legend.get_texts() if legend else ())]
    assert min((text.get_fontsize() for text in texts if text.get_text()), default=12) >= 11
    assert not ax.axison or ax.get_xlabel() or ax.get_ylabel()


@each_figure
def test_text_stands_on_white_whatever_the_readers_page_is(draw):
    with plt.style.context("dark_background"):
        _, mine = plt.subplots(facecolor="none")
        ax = draw(ax=mine)
    assert to_hex(ax.figure.get_facecolor()) == to_hex(ax.get_facecolor()) == "#ffffff"
    words = [ax.title, ax._left_title, ax.xaxis.label, ax.yaxis.label]
    assert all(sum(to_rgb(word.get_color())) < 1 for word in words if word.get_text())


@pytest.mark.parametrize("name", ["norms", "curves", "history", "points", "losses"])
def test_the_nth_model_has_one_colour_in_all_figures(name):
    ax = FIGURES[name]()
    first = next(line for line in ax.lines if to_hex(line.get_color()) != "#cccccc")
    assert to_hex(first.get_color()).upper() == plotting.COLORS["blue"]
    assert first.get_linestyle() == "-"
