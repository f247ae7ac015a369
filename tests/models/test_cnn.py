"""The convolutional network, held against NumPy and SciPy and against counting by hand."""

import numpy as np
import pytest
from scipy.signal import correlate

from nnlib.models import cnn

RNG = np.random.default_rng(0)


def test_cnn_computes_what_scipy_computes():
    model = cnn((9, 11, 2), (3, 4), 5)
    k1, b1, k2, b2, w, b = weights = [RNG.normal(size=w.shape) for w in model.get_weights()]
    model.set_weights(weights)
    x = RNG.normal(size=(2, 9, 11, 2))

    def layer(image, kernels, bias):
        maps = [correlate(image, kernels[..., f], mode="valid")[::2, ::2, 0] for f in range(kernels.shape[-1])]
        return np.maximum(np.stack(maps, axis=-1) + bias, 0)

    flat = np.stack([layer(layer(image, k1, b1), k2, b2).ravel() for image in x])
    scores = flat @ w + b
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    np.testing.assert_allclose(model.predict_on_batch(x), scores / scores.sum(axis=1, keepdims=True), atol=1e-5)


@pytest.mark.parametrize(
    ("shape", "options", "parameters"),
    [
        ((32, 32, 3), {}, (27 + 1) * 24 + (9 * 24 + 1) * 48 + (9 * 48 + 1) * 96 + (3 * 3 * 96 + 1) * 10),
        ((28, 28, 1), {"filters": (8,), "n_classes": 2, "kernel_size": 5}, (25 + 1) * 8 + (12 * 12 * 8 + 1) * 2),
        ((8, 10, 1), {"filters": (4, 4), "strides": 1}, (9 + 1) * 4 + (36 + 1) * 4 + (4 * 6 * 4 + 1) * 10),
    ],
)
def test_cnn_has_the_parameters_that_one_counts(shape, options, parameters):
    assert cnn(shape, **options).count_params() == parameters


def test_a_cnn_comes_uncompiled_and_gives_probabilities_or_logits():
    model = cnn((8, 8, 1), (4,), 3)
    assert not model.compiled
    x = RNG.normal(size=(6, 8, 8, 1))
    np.testing.assert_allclose(model.predict_on_batch(x).sum(axis=1), 1, rtol=1e-5)
    logits = cnn((8, 8, 1), (4,), 3, output="linear")
    logits.set_weights(model.get_weights())
    exponentials = np.exp(logits.predict_on_batch(x))
    expected = exponentials / exponentials.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict_on_batch(x), expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"input_shape": (32, 32)}, r"input_shape must be \(height, width, channels\).* got \(32, 32\)"),
        ({"input_shape": 32}, "input_shape must be .*got 32"),
        ({"input_shape": (0, 8, 3)}, "input_shape must be a whole number from 1 on, got 0"),
        ({"filters": ()}, r"filters must name .*got \(\)"),
        ({"filters": 32}, "filters must name .*got 32"),
        ({"filters": (8, 2.5)}, "filters must be a whole number from 1 on, got 2.5"),
        ({"n_classes": 0}, "n_classes must be a whole number from 1 on, got 0"),
        ({"kernel_size": 0}, "kernel_size must be .*got 0"),
        ({"strides": -1}, "strides must be .*got -1"),
        ({"output": "relu"}, "output='relu' is unknown; choose one of 'softmax'"),
        ({"input_shape": (3, 32, 32)}, r"layer 2 would get an image 1 pixels .*channels stand last .*\(3, 32, 32\)"),
        ({"filters": (4, 4, 4, 4)}, "layer 4 would get an image 1 pixels .*fewer layers"),
    ],
)
def test_cnn_names_the_argument_that_cannot_be_right(arguments, words):
    with pytest.raises(ValueError, match=words):
        cnn(**{"input_shape": (20, 20, 3), **arguments})
