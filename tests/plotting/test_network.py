"""Networks as diagrams."""

import keras
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from nnlib.plotting import plot_network
from nnlib.plotting.network import layer_arrays

KERNEL, BIAS = np.array([[1.0, -2.0], [-1.0, 1.0]]), np.array([1.0, 0.0])


def test_network_draws_each_weight_as_thick_as_it_is_large():
    ax = plot_network([(KERNEL, BIAS)])
    assert len(ax.lines) == KERNEL.size
    thickest = max(ax.lines, key=lambda line: line.get_linewidth())
    assert thickest.get_linestyle() == "--"  # the largest is -2
    assert {text.get_text() for text in ax.texts} >= {"1.00", "−2.00", "−1.00"}


def test_network_with_bias_has_a_unit_that_gives_1():
    ax = plot_network([(KERNEL, BIAS)], show_bias=True)
    assert len(ax.lines) == KERNEL.size + BIAS.size
    assert "1" in [text.get_text() for text in ax.texts]


def test_network_shows_a_few_units_of_a_wide_layer():
    rng = np.random.default_rng(0)
    wide = [(rng.normal(size=(3072, 200)), np.zeros(200)), (rng.normal(size=(200, 10)), np.zeros(10))]
    ax = plot_network(wide)
    assert {"3,072", "200", "10"} <= {text.get_text() for text in ax.texts}
    assert len(ax.patches) <= 30


@pytest.mark.parametrize("n_units", [2, 64])
def test_the_line_of_the_smallest_weight_can_be_seen_in_grey_at_half_size(n_units):
    """It is about a third as dark as black."""
    kernel = np.full((n_units, n_units), 1e-9)
    kernel[0, 0] = -1.0
    ax = plot_network([(kernel, np.zeros(n_units))])
    for line in ax.lines:
        darkness = 1 - np.dot(to_rgb(line.get_color()), [0.299, 0.587, 0.114])
        pixels = line.get_linewidth() * 100 / 72 / 2
        assert line.get_alpha() * darkness * min(1, pixels) >= 0.32


def test_network_names_a_model_without_weights():
    with pytest.raises(ValueError, match=r"no weights yet: give the model a keras\.Input"):
        plot_network(keras.Sequential([keras.layers.Dense(2)]))


def test_network_draws_a_keras_model_and_refuses_convolutions():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2), keras.layers.Dense(1)])
    assert len(plot_network(model).lines) == 3 * 2 + 2 * 1
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(2, 3, name="eye")])
    with pytest.raises(ValueError, match="layer 'eye' is no Dense layer"):
        plot_network(model)


def test_network_wants_a_name_for_each_unit():
    with pytest.raises(ValueError, match="2 input units, got 1 input_names"):
        plot_network([(KERNEL, BIAS)], input_names=["x"])


def test_layers_without_bias_and_weights_of_another_time():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, use_bias=False), keras.layers.Dense(1)])
    then = [np.full(w.shape, 7.0) for w in model.get_weights()]
    (kernel, bias), (last, last_bias) = layer_arrays(model, then)
    assert kernel.shape == (2, 3)
    assert last.shape == (3, 1)
    assert (kernel == 7).all()
    assert (bias == 0).all()
    assert (last_bias == 7).all()


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([(KERNEL, BIAS), (np.ones((3, 1)), np.ones(1))], r"layer 2 needs a kernel of shape \(2, units\) .* \(3, 1\)"),
        ([(KERNEL, np.ones(3))], r"layer 1 .* got \(2, 2\) and \(3,\)"),
        ([(KERNEL, None)], r"got \(2, 2\) and \(\)"),
        ([(np.ones(3), np.ones(3))], r"\(inputs, units\) .* got \(3,\)"),
        ([(np.nan * KERNEL, BIAS)], "NaN or infinite weights"),
    ],
)
def test_layers_that_cannot_be_drawn_are_named(layers, message):
    with pytest.raises(ValueError, match=message):
        plot_network(layers, show_bias=True)
