# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Builders of the course's models. They return uncompiled Keras models: loss and optimizer are yours.

This file stands alone: it needs Keras and no other part of `nnlib`.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import keras

_OUTPUTS = ("softmax", "sigmoid", "linear")


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
    n_features = _whole_number("n_features", n_features, at_least=1)
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
) -> keras.Sequential:
    """Build a multilayer perceptron: hidden Dense layers, then one output unit a class.

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

    Returns
    -------
    keras.Sequential
        Takes shape (batch, *input_shape), gives shape (batch, n_classes).

    Raises
    ------
    ValueError
        Where `units` is empty or not positive, or a name or a share is not among the allowed ones.

    Examples
    --------
    >>> mlp((32, 32, 3)).count_params()
    646260
    """
    shape = tuple(input_shape) if isinstance(input_shape, Sequence) else (input_shape,)
    _check(shape, units, n_classes, activation, dropout, output)
    layers = [keras.Input(shape)]
    if len(shape) > 1:
        layers.append(keras.layers.Flatten())
    for width in units:
        layers.append(keras.layers.Dense(width, activation=activation, kernel_regularizer=kernel_regularizer))
        if dropout:
            layers.append(keras.layers.Dropout(dropout))
    layers.append(keras.layers.Dense(n_classes, activation=output, kernel_regularizer=kernel_regularizer))
    return keras.Sequential(layers, name="mlp")


@keras.saving.register_keras_serializable(package="nnlib")
class Maxout(keras.layers.Layer):
    """Units that answer with the largest of several linear pieces.

    Unit j computes max over i of (x · w_ij + b_ij): the pieces are learned, and with them the shape of the
    activation. Two pieces can become ReLU (x and 0) or the absolute value (x and −x).

    Parameters
    ----------
    units : int
        Number of outputs.
    n_pieces : int
        Linear pieces of each unit, at least 2.
    **kwargs
        What every Keras layer takes, for example `name`.

    Raises
    ------
    ValueError
        Where `units` is below 1 or `n_pieces` is below 2.

    Notes
    -----
    Takes shape (..., n_inputs), gives shape (..., units). The weights are a kernel (n_inputs, n_pieces · units) and
    a bias (n_pieces · units,): first the first piece of all units, then the second piece of all units, and so on.
    A saved model can be loaded where this class has been imported.

    References
    ----------
    I. Goodfellow, D. Warde-Farley, M. Mirza, A. Courville, Y. Bengio, "Maxout networks", ICML (2013).

    Examples
    --------
    >>> import numpy as np
    >>> layer = Maxout(1)
    >>> layer.build((None, 1))
    >>> layer.set_weights([np.array([[1.0, -1.0]]), np.zeros(2)])  # the pieces x and −x
    >>> layer(np.array([[-3.0], [2.0]])).numpy().tolist()
    [[3.0], [2.0]]
    """

    def __init__(self, units: int, n_pieces: int = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = _whole_number("units", units, at_least=1)
        self.n_pieces = _whole_number("n_pieces", n_pieces, at_least=2)
        # For two pieces E[max²] is the variance of one: 1 / n_inputs keeps the size of the signal from layer to layer.
        self.pieces = keras.layers.Dense(self.units * self.n_pieces, kernel_initializer="lecun_uniform")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights of all pieces."""
        self.pieces.build(input_shape)

    def call(self, inputs: Any) -> Any:
        """The largest piece of each unit."""
        pieces = keras.ops.split(self.pieces(inputs), self.n_pieces, axis=-1)
        return keras.ops.max(keras.ops.stack(pieces), axis=0)

    def get_config(self) -> dict[str, Any]:
        """What is needed to build the layer again."""
        return {**super().get_config(), "units": self.units, "n_pieces": self.n_pieces}


def _whole_number(name: str, value: Any, *, at_least: int) -> int:
    """The value as an int; ValueError where it is no whole number or too small."""
    if not isinstance(value, Integral) or isinstance(value, bool) or int(value) < at_least:
        raise ValueError(f"{name} must be a whole number from {at_least} on, got {value!r}")
    return int(value)


def _check(
    shape: tuple[int, ...], units: Sequence[int], n_classes: int, activation: str, dropout: float, output: str
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
            _whole_number(name, number, at_least=1)
    try:
        keras.activations.get(activation)
    except ValueError:
        known = sorted(name for name in dir(keras.activations) if name.islower() and name[0] != "_")
        known = [name for name in known if name not in ("deserialize", "get", "serialize")]
        raise ValueError(f"activation={activation!r} is none that Keras knows: {', '.join(known)}") from None
    if not isinstance(dropout, Real) or not 0 <= dropout < 1:
        raise ValueError(f"dropout must be at least 0 and below 1, got {dropout!r}")
    if output not in _OUTPUTS:
        raise ValueError(f"output={output!r} is unknown; choose one of {', '.join(map(repr, _OUTPUTS))}")
