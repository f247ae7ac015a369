# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""The parts of a Transformer that Keras does not bring: a layer for positions, and the block."""

from __future__ import annotations

from typing import Any

import keras

from .arguments import whole_number


@keras.saving.register_keras_serializable(package="nnlib")
class PositionEmbedding(keras.layers.Layer):
    """Adds to each token a learned vector that belongs to the token's place.

    Attention alone gives the same answers in whatever order the tokens come. With this layer before it, the same
    token has another vector at each place.

    Parameters
    ----------
    max_length : int
        Number of places, the longest sequence that the layer can take.
    **kwargs
        What every Keras layer takes, for example `name`.

    Raises
    ------
    ValueError
        Where `max_length` is below 1, a sequence is longer than `max_length`, or what comes has not three axes or is
        no vector of floats for each token.

    Notes
    -----
    Takes shape (batch, length, width), gives the same shape. The weights are one vector per place, shape
    (max_length, width). A mask for padded places is passed on. A saved model can be loaded where this class has been
    imported.

    Examples
    --------
    >>> import numpy as np
    >>> layer = PositionEmbedding(3)
    >>> layer.build((None, None, 2))
    >>> layer.set_weights([np.array([[0.0, 0.0], [0.0, 10.0], [0.0, 20.0]])])
    >>> layer(np.ones((1, 2, 2))).numpy().tolist()
    [[[1.0, 1.0], [1.0, 11.0]]]
    """

    def __init__(self, max_length: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_length = whole_number("max_length", max_length, at_least=1)
        self.supports_masking = True
        self.input_spec = keras.InputSpec(ndim=3)  # Keras itself then refuses another number of axes

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create one vector per place."""
        self.positions = self.add_weight(
            shape=(self.max_length, input_shape[-1]), initializer="uniform", name="positions"
        )

    def call(self, tokens: Any) -> Any:
        """The tokens, each with the vector of its place added."""
        dtype = keras.backend.standardize_dtype(tokens.dtype)
        if not keras.backend.is_float_dtype(dtype):
            raise ValueError(f"tokens must be vectors of floats, as keras.layers.Embedding gives them, got {dtype}")
        length = tokens.shape[1]
        if length is not None and length > self.max_length:
            raise ValueError(
                f"a sequence of {length} tokens is longer than max_length={self.max_length}; "
                "cut the sequence, or build the layer with a larger max_length"
            )
        return tokens + self.positions[: keras.ops.shape(tokens)[1]]

    def get_config(self) -> dict[str, Any]:
        """What is needed to build the layer again."""
        return {**super().get_config(), "max_length": self.max_length}


def transformer_block(tokens: Any, n_heads: int, *, causal: bool = False) -> Any:
    """Add a Transformer block to a functional model: attention, then a small MLP, each with a residual connection.

    Parameters
    ----------
    tokens : KerasTensor, shape (batch, length, width)
        What comes before: embedded tokens, or the result of another block.
    n_heads : int
        Number of attention heads, a divisor of `width`; each head works with width / n_heads numbers per token.
    causal : bool
        Whether each token sees only itself and the tokens before it, as a language model must.

    Returns
    -------
    KerasTensor, shape (batch, length, width)

    Raises
    ------
    ValueError
        Where `tokens` has not three axes, its width is not known, or `n_heads` is no divisor of it.

    Notes
    -----
    The normalization stands before the attention and before the MLP ("pre-norm"). The MLP has 4 · width GELU units.
    The block has 12 · width² + 13 · width parameters, for any number of heads and any length. It is made of Keras's
    own layers, so a saved model needs no class of `nnlib` for it. A mask for padded places reaches every block (with
    Keras 3.3 the first one only: its `Add` layer loses masks).

    References
    ----------
    A. Vaswani et al., "Attention is all you need", NeurIPS (2017); the order of the normalizations is that of
    A. Radford et al., "Language models are unsupervised multitask learners" (GPT-2, 2019).

    Examples
    --------
    >>> tokens = keras.Input((None, 64))
    >>> model = keras.Model(tokens, transformer_block(tokens, n_heads=4, causal=True))
    >>> model.count_params() == 12 * 64**2 + 13 * 64
    True
    """
    shape = tuple(tokens.shape)
    if len(shape) != 3 or shape[-1] is None:
        raise ValueError(f"tokens must have the shape (batch, length, width) with a known width, got {shape}")
    width, n_heads = shape[-1], whole_number("n_heads", n_heads, at_least=1)
    if width % n_heads:
        raise ValueError(f"n_heads must divide the width of the tokens, {width}, got {n_heads}")
    # Layers, not `tokens + …`: an Add layer hands the mask of padded places on to the next block.
    normed = keras.layers.LayerNormalization()(tokens)
    attention = keras.layers.MultiHeadAttention(n_heads, width // n_heads)
    tokens = keras.layers.Add()([tokens, attention(normed, normed, use_causal_mask=causal)])
    normed = keras.layers.LayerNormalization()(tokens)
    hidden = keras.layers.Dense(4 * width, activation="gelu")(normed)
    return keras.layers.Add()([tokens, keras.layers.Dense(width)(hidden)])
