"""What goes wrong in the lessons on convolution and attention."""

import keras
import numpy as np
from cases.declare import broken, healthy
from cases.lessons import SPARSE, compiled, pictures
from keras import layers, ops

from nnlib.models import PositionEmbedding, transformer_block


def words(n=200, length=10, vocabulary=12, seed=0):
    """Token numbers from 1 up, behind each row a different number of zeros."""
    rng = np.random.default_rng(seed)
    x = rng.integers(1, vocabulary, (n, length))
    x[np.arange(length) >= rng.integers(4, length, n)[:, None]] = 0
    return x


def reader(mask, *, length=10, vocabulary=12):
    """Attention over tokens, averaged where `mask` says so."""
    inputs = keras.Input((length,), dtype="int32")
    tokens = layers.Embedding(vocabulary, 8)(inputs)
    tokens = tokens + layers.Embedding(length, 8)(ops.arange(length))
    looked = layers.MultiHeadAttention(2, 4)(tokens, tokens, attention_mask=mask(inputs)[:, None, :])
    shown = ops.cast(mask(inputs), "float32")[:, :, None]
    mean = ops.sum(looked * shown, axis=1) / (ops.sum(shown, axis=1) + 1e-3)
    return compiled(keras.Model(inputs, layers.Dense(1, "sigmoid")(mean)), "binary_crossentropy")


@broken("mask-inverted")
def mask_the_wrong_way_round(cured):
    x = words()
    y = (x == 3).any(axis=1).astype("int64")
    return reader((lambda tokens: ops.not_equal(tokens, 0)) if cured else (lambda tokens: ops.equal(tokens, 0))), x, y


@broken("future-visible")
def language_model_without_a_causal_mask(cured):
    rng = np.random.default_rng(0)
    text = (rng.integers(0, 12, (200, 1)) + np.cumsum(rng.integers(1, 3, (200, 9)), axis=1)) % 12
    inputs = keras.Input((8,), dtype="int32")
    tokens = layers.Embedding(12, 8)(inputs) + layers.Embedding(8, 8)(ops.arange(8))
    tokens = tokens + layers.MultiHeadAttention(2, 4)(tokens, tokens, use_causal_mask=cured)
    model = keras.Model(inputs, layers.Dense(12, activation="softmax")(tokens))
    return compiled(model, SPARSE, metrics=()), text[:, :-1], text[:, 1:]


def language_model(*, causal=True):
    """The language model of lesson 13, smaller."""
    inputs = keras.Input((8,), dtype="int32")
    tokens = PositionEmbedding(8)(layers.Embedding(12, 16)(inputs))
    for _ in range(2):
        tokens = transformer_block(tokens, 4, causal=causal)
    outputs = layers.Dense(12, activation="softmax")(layers.LayerNormalization()(tokens))
    return compiled(keras.Model(inputs, outputs), SPARSE, metrics=())


def counting(n=200, seed=0):
    """Rows of nine tokens, each one or two above the token before it."""
    rng = np.random.default_rng(seed)
    return (rng.integers(0, 12, (n, 1)) + np.cumsum(rng.integers(1, 3, (n, 9)), axis=1)) % 12


@broken("future-visible")
def transformer_blocks_that_are_not_causal(cured):
    rows = counting()
    return language_model(causal=cured), rows[:, :-1], rows[:, 1:]


@broken("future-visible")
def causal_mask_that_hides_what_came_before(cured):
    """The upper triangle: a position sees itself and what comes after it."""
    inputs = keras.Input((8,), dtype="int32")
    tokens = PositionEmbedding(8)(layers.Embedding(12, 16)(inputs))
    seen = np.tril(np.ones((1, 8, 8), bool)) if cured else np.triu(np.ones((1, 8, 8), bool))
    tokens = tokens + layers.MultiHeadAttention(2, 8)(tokens, tokens, attention_mask=seen)
    rows = counting()
    model = keras.Model(inputs, layers.Dense(12, activation="softmax")(tokens))
    return compiled(model, SPARSE, metrics=()), rows[:, :-1], rows[:, 1:]


@broken("target-not-shifted")
def language_model_asked_for_the_token_that_it_sees(cured):
    rows = counting()
    return language_model(), rows[:, :-1], rows[:, 1:] if cured else rows[:, :-1]


@broken("no-positions")
def digits_in_reverse_without_positions(cured):
    x = np.random.default_rng(0).integers(0, 10, (200, 8))
    inputs = keras.Input((8,), dtype="int32")
    tokens = layers.Embedding(10, 16)(inputs)
    tokens = transformer_block(PositionEmbedding(8)(tokens) if cured else tokens, 2)
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(tokens))
    return compiled(model, SPARSE), x, x[:, ::-1].copy()


@broken("channels-first")
def channels_of_a_picture_come_first(cured):
    x, y = pictures()
    x = (x / np.float32(255))[:200]
    x = x if cured else np.moveaxis(x, -1, 1)
    model = keras.Sequential([keras.Input(x.shape[1:]), layers.Conv2D(8, 3, activation="relu", padding="same")])
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(10, activation="softmax"))
    return compiled(model, SPARSE), np.ascontiguousarray(x), y[:200]


@broken("inputs-not-scaled")
def pixels_of_0_to_255_into_a_convolution(cured):
    x, y = pictures()
    model = keras.Sequential([keras.Input((32, 32, 3)), *([layers.Rescaling(1 / 255)] if cured else [])])
    model.add(layers.Conv2D(4, 3, strides=2, activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(10, activation="softmax"))
    return compiled(model, SPARSE), x[:200], y[:200]


@healthy
def attention_without_positions_for_a_set():
    """Whether a token is there does not depend on its place: a note at most."""
    x = np.random.default_rng(1).integers(0, 12, (200, 6))
    inputs = keras.Input((6,), dtype="int32")
    tokens = layers.Embedding(12, 8)(inputs)
    tokens = tokens + layers.MultiHeadAttention(2, 4)(tokens, tokens)
    model = keras.Model(inputs, layers.Dense(1, "sigmoid")(layers.GlobalAveragePooling1D()(tokens)))
    return compiled(model, "binary_crossentropy"), x, (x == 3).any(axis=1).astype("int64")


@healthy
def a_kind_for_each_token_without_positions():
    """Equal tokens have equal targets: the order is not asked for."""
    x = np.random.default_rng(1).integers(0, 12, (200, 6))
    inputs = keras.Input((6,), dtype="int32")
    tokens = transformer_block(layers.Embedding(12, 16)(inputs), 2)
    model = keras.Model(inputs, layers.Dense(3, activation="softmax")(tokens))
    return compiled(model, SPARSE), x, x % 3


@healthy
def autoencoder_of_tokens_that_looks_at_all_of_them():
    """y is x, and on purpose: the row passes through two numbers per token."""
    x = counting()[:, :8]
    inputs = keras.Input((8,), dtype="int32")
    tokens = layers.Dense(2)(transformer_block(PositionEmbedding(8)(layers.Embedding(12, 16)(inputs)), 2))
    model = keras.Model(inputs, layers.Dense(12, activation="softmax")(layers.Dense(16, "relu")(tokens)))
    return compiled(model, SPARSE, metrics=()), x, x.copy()


@healthy
def padded_rows_with_a_mask_through_transformer_blocks():
    x = words()
    inputs = keras.Input((10,), dtype="int32")
    tokens = PositionEmbedding(10)(layers.Embedding(12, 16, mask_zero=True)(inputs))
    for _ in range(2):
        tokens = transformer_block(tokens, 2)
    mean = layers.GlobalAveragePooling1D()(tokens)
    model = keras.Model(inputs, layers.Dense(1, "sigmoid")(mean))
    return compiled(model, "binary_crossentropy"), x, (x == 3).any(axis=1).astype("int64")


@healthy
def language_model_of_lesson_13():
    rows = counting()
    return language_model(), rows[:, :-1], rows[:, 1:]
