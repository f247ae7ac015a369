# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""What several lessons ask of a network that a learner trains, and the small digits that it is trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from .comparing import numbers
from .running import Wrong


def split_digits(seed: int, scale: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Small handwritten digits of scikit-learn, 8 × 8 pixels in a row of 64: 1,000 to train, 797 to test.

    Parameters
    ----------
    seed : int
        Chooses the order of the images, and so which of them are for training.
    scale : float
        By what the pixels, whole numbers from 0 to 16, are multiplied.

    Returns
    -------
    tuple of numpy.ndarray
        Training images (1000, 64) in float32, their labels (1000,), test images (797, 64), their labels (797,).

    Examples
    --------
    >>> x_train, y_train, x_test, y_test = split_digits(0, 1 / 16)
    >>> x_train.shape, y_test.shape, float(x_train.max())
    ((1000, 64), (797,), 1.0)
    """
    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(images))
    images, labels = (images[order] * scale).astype("float32"), labels[order]
    return images[:1000], labels[:1000], images[1000:], labels[1000:]


def weights_of(fitted: Any) -> list[np.ndarray]:
    """The weights of a trained network of scikit-learn, in the order of Keras: kernel and bias of each layer."""
    return [array for pair in zip(fitted.coefs_, fitted.intercepts_, strict=True) for array in pair]


def the_model(results: list[Any]) -> Any:
    """The Keras model that a learner's function returned; `Wrong` if it is none."""
    if not hasattr(results[0], "predict") or not hasattr(results[0], "layers"):
        raise Wrong("Return the trained Keras model: the last line of your function is `return model`.")
    return results[0]


def outputs_of(model: Any, samples: np.ndarray) -> np.ndarray:
    """The outputs of a learner's model, in float64; `Wrong` if it does not take these samples."""
    try:
        return np.asarray(model(samples), float)
    except Exception as error:  # whatever a learner's model does
        shape = ", ".join(["n", *map(str, samples.shape[1:])])
        raise Wrong(
            f"Your model does not take what the task gives it: arrays of the shape ({shape}). Does its `keras.Input` "
            "say so?"
        ) from error


def layers_of(model: Any) -> list[Any]:
    """The layers of a model in order; of a model inside it, its layers."""
    return [inner for one in model.layers for inner in (layers_of(one) if hasattr(one, "layers") else [one])]


def reaching(layers: Sequence[Any], model: Any, samples: np.ndarray) -> list[np.ndarray]:
    """What these layers get, in the order of their calls, when the model looks at samples, however it is built."""
    heard: list[np.ndarray] = []

    def listening(call: Callable[..., Any]) -> Callable[..., Any]:
        def listen(inputs: Any, *others: Any, **named: Any) -> Any:
            heard.append(np.asarray(inputs, float))
            return call(inputs, *others, **named)

        return listen

    for layer in layers:
        layer.call = listening(layer.call)
    try:
        outputs_of(model, samples)
    finally:
        for layer in layers:
            del layer.call  # the one of its class is back
    return heard


def reaching_weights(model: Any, samples: np.ndarray) -> np.ndarray:
    """What the first layer with a kernel gets when the model looks at samples; `Wrong` if there is none."""
    layers = [layer for layer in layers_of(model) if hasattr(layer, "kernel")]
    if not layers:
        raise Wrong("Your model has no `Dense` layer.")
    return reaching(layers, model, samples)[0]


_STRAIGHT = (
    "InputLayer",
    "Flatten",
    "Reshape",
    "Rescaling",
    "Normalization",
    "BatchNormalization",
    "Dropout",
    "GaussianNoise",
)


def is_linear(model: Any) -> bool:
    """Whether nothing before the output layer is more than a weighted sum."""
    layers = layers_of(model)
    output = max((n for n, layer in enumerate(layers) if hasattr(layer, "kernel")), default=0)
    return not any(map(_bends, layers[:output]))


def _bends(layer: Any) -> bool:
    """Whether a layer is more than a weighted sum: it has an activation, or is one."""
    if (activation := getattr(layer, "activation", None)) is not None:
        return getattr(activation, "__name__", "") != "linear"
    return type(layer).__name__ not in _STRAIGHT


def answers_of(model: Any, samples: np.ndarray, classes: int) -> np.ndarray:
    """What a classifier answers, shape (n, classes); `Wrong` if it has another number of outputs."""
    answers = outputs_of(model, samples)
    if answers.shape != (len(samples), classes):
        found = f"your model gives the shape {answers.shape} for {len(samples)} samples."
        raise Wrong(f"{classes} classes need {classes} outputs; {found}")
    return answers


def four_weights(results: list[Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The weights W1, b1, W2, b2 that a learner's function returned; `Wrong` if it returned something else."""
    weights = results[0]
    if not isinstance(weights, tuple | list) or len(weights) != 4:
        raise Wrong("Return four arrays, W1, b1, W2, b2.")
    W1, b1, W2, b2 = map(numbers, weights)
    return W1, b1, W2, b2
