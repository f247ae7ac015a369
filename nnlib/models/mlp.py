# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""One Dense unit, and multilayer perceptrons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real

import keras

from .arguments import known_output, whole_number


def linear_unit(n_features: int = 1) -> keras.Sequential:
    """Build one Dense unit without activation: linear regression.

    Parameters
    ----------
    n_features : int
        Number of inputs.

    Returns
    -------
    keras.Sequential
        Takes shape (batch, n_features), gives shape (batch, 1): w₁x₁ + … + b.

    Examples
    --------
    >>> linear_unit().count_params()
    2
    """
    n_features = whole_number("n_features", n_features, at_least=1)
    return keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)], name="linear_unit")


def mlp(
    input_shape: int | Sequence[int],
    units: Sequence[int] = (200, 150),
    n_classes: int = 10,
    *,
    activation: str = "relu",
    dropout: float = 0.0,
    kernel_regularizer: keras.regularizers.Regularizer | str | None = None,
    output: str = "softmax",
    rescale: float | None = None,
) -> keras.Sequential:
    """Build a multilayer perceptron: hidden Dense layers, then one output unit per class.

    Parameters
    ----------
    input_shape : int or sequence of int
        Shape of one sample, for example 20 or (32, 32, 3); more than one dimension is flattened.
    units : sequence of int
        Units of each hidden layer, at least one layer.
    n_classes : int
        Number of output units.
    activation : str
        Activation of the hidden layers: any name that Keras knows.
    dropout : float
        Share of each hidden layer's units that dropout silences in training, from 0 up to but without 1.
    kernel_regularizer : keras.regularizers.Regularizer or str, optional
        Penalty on the weights of the hidden layers and of the output layer.
    output : {"softmax", "sigmoid", "linear"}
        Activation of the output layer; "linear" gives logits.
    rescale : float, optional
        What a `Rescaling` layer in front multiplies the inputs by: 1 / 255 for pixels from 0 to 255. By default the
        inputs are taken as they are, so pixels have to be scaled before.

    Returns
    -------
    keras.Sequential
        Takes shape ``(batch, *input_shape)``, gives shape ``(batch, n_classes)``.

    Raises
    ------
    ValueError
        Where `units` is empty or not positive, or a name or a share is not among the allowed ones.

    Examples
    --------
    >>> mlp((32, 32, 3), rescale=1 / 255).count_params()
    646260
    """
    shape = tuple(input_shape) if isinstance(input_shape, Sequence) else (input_shape,)
    _check(shape, units, n_classes, activation, dropout, output, rescale)
    layers = [keras.Input(shape)]
    if rescale is not None:
        layers.append(keras.layers.Rescaling(rescale))
    if len(shape) > 1:
        layers.append(keras.layers.Flatten())
    for width in units:
        layers.append(keras.layers.Dense(width, activation=activation, kernel_regularizer=kernel_regularizer))
        if dropout:
            layers.append(keras.layers.Dropout(dropout))
    layers.append(keras.layers.Dense(n_classes, activation=output, kernel_regularizer=kernel_regularizer))
    return keras.Sequential(layers, name="mlp")


def _check(
    shape: tuple[int, ...],
    units: Sequence[int],
    n_classes: int,
    activation: str,
    dropout: float,
    output: str,
    rescale: float | None,
) -> None:
    """Name the first argument of `mlp` that cannot be right."""
    if not shape:
        raise ValueError("input_shape must hold positive numbers, for example (32, 32, 3), got ()")
    if not isinstance(units, Sequence) or not units:
        raise ValueError(
            f"units must name the width of at least one hidden layer, for example (200, 150), got {units!r}"
        )
    for name, numbers in (("input_shape", shape), ("units", units), ("n_classes", (n_classes,))):
        for number in numbers:
            whole_number(name, number, at_least=1)
    try:
        keras.activations.get(activation)
    except ValueError:
        known = sorted(name for name in dir(keras.activations) if name.islower() and name[0] != "_")
        known = [name for name in known if name not in ("deserialize", "get", "serialize")]
        raise ValueError(f"activation={activation!r} is none that Keras knows: {', '.join(known)}") from None
    if not isinstance(dropout, Real) or not 0 <= dropout < 1:
        raise ValueError(f"dropout must be at least 0 and below 1, got {dropout!r}")
    known_output(output)
    number = isinstance(rescale, Real) and not isinstance(rescale, bool)
    if rescale is not None and not (number and 0 < rescale < math.inf):
        raise ValueError(f"rescale must be a positive number, for example 1 / 255, got {rescale!r}")
