"""What goes wrong in the lessons on convolution and attention."""

import keras
import numpy as np
from cases.declare import broken, healthy
from cases.lessons import SPARSE, compiled, pictures
from keras import layers, ops


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
