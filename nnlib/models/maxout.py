# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""A layer whose units learn their activation."""

from __future__ import annotations

from typing import Any

import keras

from .arguments import whole_number


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
    A mask for padded places is passed on. A saved model can be loaded where this class has been imported.

    References
    ----------
    Ian Goodfellow, D. Warde-Farley, M. Mirza, A. Courville, Y. Bengio, "Maxout networks", ICML (2013).

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
        self.units = whole_number("units", units, at_least=1)
        self.n_pieces = whole_number("n_pieces", n_pieces, at_least=2)
        self.supports_masking = True
        # For two pieces E[max²] is the variance of one: 1 / n_inputs keeps the size of the signal from layer to layer.
        self.pieces = keras.layers.Dense(
            self.units * self.n_pieces, kernel_initializer="lecun_uniform", dtype=self.dtype_policy
        )

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
