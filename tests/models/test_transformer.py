"""The Transformer block and its positions, against NumPy."""

import math

import keras
import numpy as np
import pytest

from nnlib.models import PositionEmbedding, transformer_block

WIDTH, LENGTH = 6, 5


def block(n_heads=2, *, causal=False, length=LENGTH, width=WIDTH):
    tokens = keras.Input((length, width))
    return keras.Model(tokens, transformer_block(tokens, n_heads, causal=causal))


def with_random_weights(model, seed=0):
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(size=w.shape) * 0.5 for w in model.get_weights()])
    return model


def batch(n=3, length=LENGTH, width=WIDTH, seed=1):
    return np.random.default_rng(seed).normal(size=(n, length, width)).astype("float32")


def normalized(x, scale, shift):
    mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
    return scale * (x - mean) / np.sqrt(variance + 1e-3) + shift


def gelu(z):
    return z * (1 + np.vectorize(math.erf)(z / math.sqrt(2))) / 2


def by_numpy(sequence, weights, n_heads, causal):
    """One sequence, one head and one place at a time, as the papers write it."""
    scale1, shift1, wq, bq, wk, bk, wv, bv, wo, bo, scale2, shift2, w1, b1, w2, b2 = weights
    normed = normalized(sequence, scale1, shift1)
    attended = np.tile(bo, (len(sequence), 1))
    for head in range(n_heads):
        query, key, value = (normed @ w[:, head] + b[head] for w, b in ((wq, bq), (wk, bk), (wv, bv)))
        for place in range(len(sequence)):
            seen = place + 1 if causal else len(sequence)
            scores = [query[place] @ key[other] / math.sqrt(query.shape[1]) for other in range(seen)]
            shares = np.exp(scores) / np.exp(scores).sum()
            attended[place] += sum(share * value[other] for other, share in enumerate(shares)) @ wo[head]
    sequence = sequence + attended
    return sequence + gelu(normalized(sequence, scale2, shift2) @ w1 + b1) @ w2 + b2


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("n_heads", [1, 2, 3])
def test_the_block_computes_what_numpy_computes(n_heads, causal):
    model, x = with_random_weights(block(n_heads, causal=causal)), batch()
    wanted = [by_numpy(sequence.astype("float64"), model.get_weights(), n_heads, causal) for sequence in x]
    np.testing.assert_allclose(model.predict_on_batch(x), wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("width", "n_heads"), [(6, 1), (6, 3), (64, 4)])
def test_the_parameters_are_those_counted_by_hand(width, n_heads):
    assert block(n_heads, width=width).count_params() == 12 * width**2 + 13 * width


@pytest.mark.parametrize("causal", [False, True])
def test_only_a_causal_block_hides_what_comes_later(causal):
    model, x = with_random_weights(block(causal=causal)), batch()
    changed = x.copy()
    changed[:, 3:] *= -1
    difference = np.abs(model.predict_on_batch(changed) - model.predict_on_batch(x)).max(axis=(0, 2))
    assert (difference[:3] < 1e-5).all() == causal
    assert (difference[3:] > 1e-2).all()


def test_tokens_that_change_places_take_their_answers_along():
    model, x, order = with_random_weights(block()), batch(), [3, 0, 4, 1, 2]
    np.testing.assert_allclose(model.predict_on_batch(x[:, order]), model.predict_on_batch(x)[:, order], atol=1e-5)


def test_positions_end_that():
    tokens = keras.Input((LENGTH, WIDTH))
    model = with_random_weights(keras.Model(tokens, transformer_block(PositionEmbedding(LENGTH)(tokens), 2)))
    x, order = batch(), [3, 0, 4, 1, 2]
    assert np.abs(model.predict_on_batch(x[:, order]) - model.predict_on_batch(x)[:, order]).min(axis=2).max() > 1e-2


@pytest.mark.parametrize("length", [1, 4, 7])
def test_a_position_embedding_adds_the_vector_of_the_place(length):
    layer = PositionEmbedding(7)
    layer.build((None, None, 3))
    table = np.random.default_rng(2).normal(size=(7, 3)).astype("float32")
    layer.set_weights([table])
    x = batch(length=length, width=3)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(layer(x)), x + table[:length], rtol=1e-6)


def reader(*, mask_zero=False):
    numbers = keras.Input((None,), dtype="int32")
    tokens = PositionEmbedding(8)(keras.layers.Embedding(5, WIDTH, mask_zero=mask_zero)(numbers))
    for _ in range(2):
        tokens = transformer_block(tokens, 2)
    return keras.Model(numbers, keras.layers.Dense(3)(tokens))


@pytest.mark.parametrize("mask_zero", [False, True])
def test_a_mask_for_padding_reaches_every_block(mask_zero):
    """The same four tokens, alone and before three zeros."""
    model = with_random_weights(reader(mask_zero=mask_zero))
    alone, padded = np.array([[1, 4, 2, 3]]), np.array([[1, 4, 2, 3, 0, 0, 0]])
    difference = np.abs(model.predict_on_batch(padded)[:, :4] - model.predict_on_batch(alone)).max()
    assert (difference < 1e-5) == mask_zero


def test_a_saved_model_predicts_the_same(tmp_path):
    model, x = with_random_weights(reader()), np.array([[1, 2, 3, 4], [4, 4, 0, 1]])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict_on_batch(x), model.predict_on_batch(x))


def test_the_positions_are_trained():
    model = reader()
    # One step does not pay for a graph, nor for XLA, which takes half a minute here.
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), run_eagerly=True)
    (positions,) = (layer for layer in model.layers if isinstance(layer, PositionEmbedding))
    before = positions.get_weights()[0]
    model.train_on_batch(np.array([[1, 2, 3, 4]]), np.array([[0, 1, 2, 0]]))
    assert (positions.get_weights()[0] != before).any(axis=1).tolist() == [True] * 4 + [False] * 4


@pytest.mark.parametrize(
    ("shape", "n_heads", "message"),
    [
        ((5, 6), 4, "n_heads must divide the width of the tokens, 6, got 4"),
        ((5, 6), 0, "n_heads must be a whole number from 1 on, got 0"),
        ((5, 6), 2.0, "n_heads must be .*2.0"),
        ((6,), 2, r"shape \(batch, length, width\) .* got \(None, 6\)"),
        ((5, None), 2, r"known width, got \(None, 5, None\)"),
    ],
)
def test_a_block_that_cannot_be_built_says_why(shape, n_heads, message):
    with pytest.raises(ValueError, match=message):
        transformer_block(keras.Input(shape), n_heads)


def test_a_sequence_that_is_too_long_is_named():
    with pytest.raises(ValueError, match="a sequence of 9 tokens is longer than max_length=8"):
        PositionEmbedding(8)(keras.Input((9, 2)))
    layer = PositionEmbedding(8)
    with pytest.raises(ValueError, match="max_length=8"):
        layer(batch(length=9))


@pytest.mark.parametrize("max_length", [0, 2.5, None])
def test_a_bad_number_of_places_is_named(max_length):
    with pytest.raises(ValueError, match=f"max_length must be a whole number from 1 on, got {max_length}"):
        PositionEmbedding(max_length)


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        (np.ones((2, 3)), r"position_embedding.* expected ndim=3, .* \(2, 3\)"),
        (np.ones((2, 3, 4, 5)), r"expected ndim=3, .* \(2, 3, 4, 5\)"),
        (np.ones((2, 3), "int32"), "expected ndim=3"),
        (np.ones((2, 3, 4), "int32"), "vectors of floats, .* got int32"),
    ],
)
def test_what_is_no_vector_for_each_token_is_named(tokens, message):
    with pytest.raises(ValueError, match=message):
        PositionEmbedding(3)(tokens)
