"""The builders, held against NumPy and against counting by hand."""

import keras
import numpy as np
import pytest

from nnlib import models

RNG = np.random.default_rng(0)


def test_linear_unit_is_a_weighted_sum():
    model = models.linear_unit(3)
    model.set_weights([np.array([[1.0], [2.0], [3.0]]), np.array([0.5])])
    x = RNG.normal(size=(5, 3))
    np.testing.assert_allclose(model.predict_on_batch(x), x @ [[1], [2], [3]] + 0.5, rtol=1e-5)


def test_mlp_computes_what_numpy_computes():
    model = models.mlp((4, 2), (5, 3), 2)
    w1, b1, w2, b2, w3, b3 = weights = [RNG.normal(size=w.shape) for w in model.get_weights()]
    model.set_weights(weights)
    x = RNG.normal(size=(7, 4, 2))
    h = np.maximum(x.reshape(7, 8) @ w1 + b1, 0)
    h = np.maximum(h @ w2 + b2, 0)
    scores = np.exp(h @ w3 + b3)
    np.testing.assert_allclose(model.predict_on_batch(x), scores / scores.sum(axis=1, keepdims=True), rtol=1e-4)


def test_pixels_are_rescaled_inside_where_that_is_asked_for():
    outside, inside = models.mlp((4, 2), (5,), 3), models.mlp((4, 2), (5,), 3, rescale=1 / 255)
    inside.set_weights(outside.get_weights())
    pixels = RNG.integers(0, 256, (7, 4, 2), dtype=np.uint8)
    by_hand = outside.predict_on_batch(pixels / np.float32(255))
    np.testing.assert_allclose(inside.predict_on_batch(pixels), by_hand, rtol=1e-5)


@pytest.mark.parametrize(
    ("shape", "units", "n_classes", "parameters"),
    [((32, 32, 3), (200, 150), 10, 646_260), (20, (128, 256), 4, 36_740), ((28, 28), (500, 500), 10, 648_010)],
)
def test_mlp_has_the_parameters_of_the_lessons(shape, units, n_classes, parameters):
    assert models.mlp(shape, units, n_classes).count_params() == parameters


def test_models_come_uncompiled():
    assert not models.mlp(4).compiled
    assert not models.linear_unit().compiled


def test_options_reach_every_hidden_layer():
    model = models.mlp(4, (8, 8), 2, activation="tanh", dropout=0.3, kernel_regularizer="l2", output="linear")
    dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    assert [layer.activation.__name__ for layer in dense] == ["tanh", "tanh", "linear"]
    assert [layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)] == [0.3, 0.3]
    assert all(isinstance(layer.kernel_regularizer, keras.regularizers.L2) for layer in dense)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"units": ()}, r"units .* got \(\)"),
        ({"units": 5}, "units .* got 5"),
        ({"units": (5, 0)}, "units must be a whole number from 1 on, got 0"),
        ({"units": (5, "5")}, "units must be a whole number from 1 on, got '5'"),
        ({"n_classes": 0}, "n_classes must be a whole number from 1 on, got 0"),
        ({"n_classes": 2.0}, "n_classes must be .*got 2.0"),
        ({"activation": "rely"}, "activation='rely' is none that Keras knows: .*relu"),
        ({"dropout": 1.0}, "dropout must be at least 0 and below 1, got 1.0"),
        ({"dropout": "a bit"}, "dropout must be .*got 'a bit'"),
        ({"output": "softplus"}, "output='softplus' is unknown; choose one of 'softmax'"),
        ({"rescale": 0}, "rescale must be a positive number, for example 1 / 255, got 0"),
        ({"rescale": float("inf")}, "rescale must be .* got inf"),
    ],
)
def test_mlp_names_the_argument_that_cannot_be_right(arguments, words):
    with pytest.raises(ValueError, match=words):
        models.mlp(4, **arguments)


@pytest.mark.parametrize("shape", [(), (0,), (None, 3), 2.5, "20"])
def test_mlp_wants_a_shape(shape):
    with pytest.raises(ValueError, match="input_shape must "):
        models.mlp(shape)


def test_linear_unit_wants_features():
    with pytest.raises(ValueError, match="n_features must be a whole number from 1 on, got 0"):
        models.linear_unit(0)
