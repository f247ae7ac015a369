# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Exercises of lesson 13: attention, and a small language model."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .exercise import Choice, Exercise, Function, Mistake, Number, Product, Sheet
from .networks import outputs_of, the_model
from .running import SECONDS_TO_TRAIN, Wrong

ATTEND = "compute scaled dot-product attention"
SCALE = "say why scores are divided"
ORDER = "say what attention cannot see"
BLOCK = "build a Transformer block"
LANGUAGE = "train a small language model"


def exercises(seed: int = 0) -> Sheet:
    """The exercises of lesson 13.

    Parameters
    ----------
    seed : int
        Chooses the numbers of the tasks that are computed by hand.

    Returns
    -------
    Sheet
        Call its `check` with the name of an exercise and your answer.

    Examples
    --------
    >>> exercises(seed=0).check("order", "a")
    ✗ order: Without positions "fox" is the same vector at both places, and the other four
    vectors are the same, too.
    """
    return Sheet("13", EXERCISES, seed=seed)


# --- by hand: shares -------------------------------------------------------------------------------------

Four = tuple[float, float, float, float]


def _draw_tokens(rng: np.random.Generator) -> Mapping[str, Any]:
    """Until no share is small: then three digits after the point are enough."""
    while True:
        keys = {f"key{n}": [int(rng.integers(1, 3)), *rng.integers(0, 3, 3).tolist()] for n in (1, 2, 3)}
        numbers = {"query": rng.integers(1, 3, 4).tolist(), **keys, "values": rng.choice(9, 3, replace=False).tolist()}
        if min(_look(**numbers)[:3]) >= 0.04:
            return numbers


def _scores(query: list[int], key1: list[int], key2: list[int], key3: list[int]) -> list[float]:
    return [float(sum(q * k for q, k in zip(query, key, strict=True))) for key in (key1, key2, key3)]


def _sum(shares: list[float], values: list[int]) -> float:
    return sum(share * value for share, value in zip(shares, values, strict=True))


def _look(
    query: list[int],
    key1: list[int],
    key2: list[int],
    key3: list[int],
    values: list[int],
    *,
    divisor: float = 2.0,
    power: Callable[[float], float] = math.exp,
    total: bool = True,
    unit: float = 1.0,
    output: Callable[[list[float], list[int]], float] = _sum,
) -> Four:
    """Three shares and the output, number by number; the options make the mistakes."""
    powers = [power(score / divisor) for score in _scores(query, key1, key2, key3)]
    first, second, third = (one / sum(powers) if total else one for one in powers)
    return unit * first, unit * second, unit * third, output([first, second, third], values)


def _look_with(**options: Any) -> Callable[..., Four]:
    return lambda **numbers: _look(**numbers, **options)


SHARES = Number(
    name="shares",
    kind="by hand",
    objectives=(ATTEND,),
    points=4,
    task="Query: ({query}). Keys: ({key1}), ({key2}), ({key3}). Values, one number each: {values}.",
    hints=(
        "Three scores first: multiply query and key number by number, and add up. A key has d = 4 numbers.",
        "Divide each score by √4, take e to the power of it, and divide each by the sum of the three.",
        "The output is the sum of the values, each times its share.",
    ),
    draw=_draw_tokens,
    right=_look,
    rtol=0.01,
    mistakes=(
        Mistake(sentence="The scores are not divided: by √d, here √4 = 2.", answer=_look_with(divisor=1.0)),
        Mistake(sentence="You divided the scores by d. It is √d, here 2.", answer=_look_with(divisor=4.0)),
        Mistake(
            sentence="You divided the scores by √3, the root of the number of tokens. d is the number of numbers in a "
            "key.",
            answer=_look_with(divisor=math.sqrt(3)),
        ),
        Mistake(
            sentence="You divided each score by their sum. Softmax takes e to the power of each first.",
            answer=_look_with(power=float),
        ),
        Mistake(
            sentence="You gave the shares in percent. A share lies between 0 and 1.",
            answer=_look_with(unit=100.0),
        ),
        Mistake(
            sentence="You took powers of 2. Softmax takes powers of e, which is about 2.718.",
            answer=_look_with(power=lambda score: 2.0**score),
        ),
        Mistake(
            sentence="The powers are not divided by their sum: shares sum to 1.",
            answer=_look_with(total=False),
        ),
        Mistake(
            sentence="The shares are right. The output is not the plain mean of the values: each value counts with "
            "its share.",
            answer=_look_with(output=lambda shares, values: sum(values) / 3),
        ),
        Mistake(
            sentence="The shares are right. You took the value of the largest share alone; the others count as well.",
            answer=_look_with(output=lambda shares, values: float(values[int(np.argmax(shares))])),
        ),
        Mistake(
            sentence="The shares are right. You divided their weighted sum by 3 once more: they sum to 1 already.",
            answer=_look_with(output=lambda shares, values: _sum(shares, values) / 3),
        ),
    ),
)

# --- by code: attention with a mask ----------------------------------------------------------------------

Arrays = tuple[np.ndarray, np.ndarray]


def _token_by_token(query: np.ndarray, key: np.ndarray, value: np.ndarray) -> Arrays:
    """Each token looks at those up to itself: no mask is needed."""
    outputs, weights = np.zeros((len(query), value.shape[1])), np.zeros((len(query), len(key)))
    for i in range(len(query)):
        powers = [math.exp(query[i] @ key[j] / math.sqrt(key.shape[1])) for j in range(i + 1)]
        for j, power in enumerate(powers):
            weights[i, j] = power / sum(powers)
            outputs[i] += weights[i, j] * value[j]
    return outputs, weights


def _masked(
    query: np.ndarray,
    key: np.ndarray,
    value: np.ndarray,
    *,
    divisor: Callable[[np.ndarray], float] = lambda key: math.sqrt(key.shape[1]),
    hidden: Callable[[np.ndarray], np.ndarray] = lambda scores: np.triu(np.ones(scores.shape, bool), k=1),
    instead: float = -np.inf,
    axis: int | None = -1,
    after: bool = False,
) -> Arrays:
    """All tokens at once, with a mask; the options make the mistakes."""
    scores = query @ key.T / divisor(key)
    mask = hidden(scores)
    if not after:
        scores = np.where(mask, instead, scores)
    powers = np.exp(scores - scores.max(axis=axis, keepdims=axis is not None))
    weights = powers / powers.sum(axis=axis, keepdims=axis is not None)
    if after:
        weights = np.where(mask, 0, weights)
    return weights @ value, weights


def _masked_with(**options: Any) -> Callable[[np.ndarray, np.ndarray, np.ndarray], Arrays]:
    return lambda query, key, value: _masked(query, key, value, **options)


def _without_keepdims(query: np.ndarray, key: np.ndarray, value: np.ndarray) -> Arrays:
    scores = np.where(
        np.triu(np.ones((len(query), len(key)), bool), k=1), -np.inf, query @ key.T / math.sqrt(key.shape[1])
    )
    weights = np.exp(scores) / np.exp(scores).sum(axis=1)
    return weights @ value, weights


def _three(tokens: int, d: int, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(10 * tokens + d)
    query, key, value = (rng.normal(size=(tokens, n)).round(1) for n in (d, d, width))
    return query, key, value


CAUSAL = Function(
    name="causal attention",
    kind="by code",
    objectives=(ATTEND, ORDER),
    points=4,
    hints=(
        "Scores of all tokens at once: `query @ key.T`, divided by the root of the number of columns of `key`.",
        "`np.triu(np.ones(scores.shape, bool), k=1)` is True above the diagonal: there the second token comes later.",
        "Set these scores to `-np.inf` *before* softmax, and let softmax work on each row (`axis=1, keepdims=True`).",
    ),
    right=_token_by_token,
    cases=(_three(3, 2, 4), _three(5, 6, 3), _three(1, 4, 2)),
    mistakes=(
        Mistake(
            sentence="Each token sees all others, also the later ones: the mask is missing.",
            answer=_masked_with(hidden=lambda scores: np.zeros(scores.shape, bool)),
        ),
        Mistake(
            sentence="The mask is the wrong way round: it hides what came before, and shows what comes later.",
            answer=_masked_with(hidden=lambda scores: np.tril(np.ones(scores.shape, bool), k=-1)),
        ),
        Mistake(
            sentence="The mask hides the token itself as well. Then nothing is left for the first one, and its row "
            "is 0 / 0.",
            answer=_masked_with(hidden=lambda scores: np.triu(np.ones(scores.shape, bool))),
        ),
        Mistake(
            sentence="You set the hidden scores to 0. A score of 0 gets a share as well, since e⁰ = 1: set them to −∞.",
            answer=_masked_with(instead=0.0),
        ),
        Mistake(
            sentence="You masked after softmax. Then the rows no longer sum to 1: mask the scores.",
            answer=_masked_with(after=True),
        ),
        Mistake(
            sentence="Softmax ran over the columns. The shares of what *one* token looks at stand in a row.",
            answer=_masked_with(axis=0),
        ),
        Mistake(
            sentence="Softmax ran over the whole table. Each row is a set of shares of its own.",
            answer=_masked_with(axis=None),
        ),
        Mistake(sentence="The division by √d is missing.", answer=_masked_with(divisor=lambda key: 1.0)),
        Mistake(
            sentence="You divided by d. It is √d.",
            answer=_masked_with(divisor=lambda key: float(key.shape[1])),
        ),
        Mistake(
            sentence="You took the root of the number of tokens. d is the number of numbers in a key: `key.shape[1]`.",
            answer=_masked_with(divisor=lambda key: math.sqrt(key.shape[0])),
        ),
        Mistake(
            sentence="You took the root of the width of the values. d belongs to the keys: `key.shape[1]`.",
            answer=lambda query, key, value: _masked(query, key, value, divisor=lambda _: math.sqrt(value.shape[1])),
        ),
        Mistake(
            sentence="Queries and keys are exchanged. A row belongs to a query: `query @ key.T`.",
            answer=lambda query, key, value: _masked(key, query, value),
        ),
        Mistake(
            sentence="Each row has to be divided by its own sum: keep the sums as a column, with `keepdims=True`.",
            answer=_without_keepdims,
        ),
        Mistake(
            sentence="The two results are exchanged: outputs first, then weights.",
            answer=lambda query, key, value: _masked(query, key, value)[::-1],
        ),
    ),
)

# --- by hand: why √d -------------------------------------------------------------------------------------


def _draw_spread(rng: np.random.Generator) -> Mapping[str, Any]:
    return {"d": int(rng.choice([16, 64, 256])), "sq": int(rng.choice([2, 3])), "sk": int(rng.choice([4, 5]))}


def _spread(d: int, sq: int, sk: int) -> tuple[float, float]:
    """From the variances: that of a product, then that of a sum of d products, then that after the division."""
    variance = sum(sq**2 * sk**2 for _ in range(d))
    return variance**0.5, (variance / d) ** 0.5


SPREAD = Number(
    name="spread",
    kind="by hand",
    objectives=(SCALE,),
    points=2,
    task="d = {d}. The numbers of the queries have the standard deviation {sq}, those of the keys {sk}; all have the "
    "mean 0 and are independent.",
    hints=(
        "Then the variance of a product is the product of the two variances. And a score is a sum of how many?",
        "Variances of independent numbers add up; the standard deviation is the root of the variance.",
    ),
    draw=_draw_spread,
    right=_spread,
    mistakes=(
        Mistake(
            sentence="Undivided, you multiplied the standard deviations by d. *Variances* add up: the factor is √d.",
            answer=lambda d, sq, sk: (d * sq * sk, sq * sk),
        ),
        Mistake(
            sentence="Undivided, you multiplied the standard deviations by d. *Variances* add up: the factor is √d. "
            "Then the division by √d leaves the product of the two alone.",
            answer=lambda d, sq, sk: (d * sq * sk, d**0.5 * sq * sk),
        ),
        Mistake(
            sentence="That is the spread of one product. A score is the sum of d products.",
            answer=lambda d, sq, sk: (sq * sk, sq * sk / d**0.5),
        ),
        Mistake(
            sentence="These are variances. Their roots are asked for.",
            answer=lambda d, sq, sk: (d * sq**2 * sk**2, sq**2 * sk**2),
        ),
        Mistake(
            sentence="That is the spread for numbers with standard deviation 1. These here have other ones.",
            answer=lambda d, sq, sk: (d**0.5, 1.0),
        ),
        Mistake(
            sentence="You added the two standard deviations. The numbers are multiplied, so the factor is their "
            "product.",
            answer=lambda d, sq, sk: (d**0.5 * (sq + sk), sq + sk),
        ),
        Mistake(
            sentence="The first is right. Divided by √d, the spread becomes √d times smaller, not d times.",
            answer=lambda d, sq, sk: (d**0.5 * sq * sk, sq * sk / d**0.5),
        ),
        Mistake(
            sentence="The first is right. The division takes away the effect of d, not that of the numbers: the "
            "result is not 1.",
            answer=lambda d, sq, sk: (d**0.5 * sq * sk, 1.0),
        ),
    ),
)

# --- predict ---------------------------------------------------------------------------------------------

WORD_ORDER = Choice(
    name="order",
    kind="predict",
    objectives=(ORDER,),
    points=2,
    hints=("Which vectors go into the layer in the two sentences? Is one of them different?",),
    right="b",
    because="The same five vectors go in, so the same weighted sum comes out. Attention sees a bag of words.",
    mistakes=(
        Mistake(
            sentence='Without positions "fox" is the same vector at both places, and the other four vectors are the '
            "same, too.",
            answer="a",
        ),
        Mistake(
            sentence='The query of "fox" comes from its own vector. It does not get the output of the word whose '
            "place it takes.",
            answer="c",
        ),
        Mistake(
            sentence="Each head computes a weighted sum of its own, and none of them knows the places.",
            answer="d",
        ),
    ),
)

# --- by code: parameters ---------------------------------------------------------------------------------


def _array_by_array(vocabulary: int, context: int, width: int, n_blocks: int) -> int:
    """The elements of every array of the model."""
    normalization = [(width,), (width,)]
    attention = 4 * [(width, width), (width,)]
    mlp = [(width, 2 * width), (2 * width,), (2 * width, width), (width,)]
    shapes = [(vocabulary, width), (context, width), *normalization, (width, vocabulary), (vocabulary,)]
    shapes += n_blocks * [*normalization, *attention, *normalization, *mlp]
    return sum(math.prod(shape) for shape in shapes)


def _count(
    vocabulary: int,
    context: int,
    width: int,
    n_blocks: int,
    *,
    block: Callable[[int], int] = lambda d: 8 * d**2 + 11 * d,
    positions: int = 1,
    last: int = 1,
    output: Callable[[int, int], int] = lambda v, d: (d + 1) * v,
) -> int:
    """The same by formulas; the options make the mistakes."""
    table = vocabulary * width + positions * context * width
    return table + n_blocks * block(width) + 2 * last * width + output(vocabulary, width)


def _count_with(**options: Any) -> Callable[..., int]:
    return lambda vocabulary, context, width, n_blocks: _count(vocabulary, context, width, n_blocks, **options)


COUNT = Function(
    name="parameters",
    kind="by code",
    objectives=(BLOCK,),
    points=4,
    rtol=1e-9,
    hints=(
        "A table has a row per token (or per place) and no bias.",
        "One block: 2 normalizations with 2 d each, 4 square matrices of attention, 2 matrices of the MLP; each matrix "
        "has biases. (d is the width.)",
        "Behind the blocks: a normalization has 2 d, the Dense layer (d + 1) · vocabulary.",
    ),
    right=_array_by_array,
    cases=((30, 64, 32, 2), (5_025, 102, 96, 4), (5, 3, 8, 1)),
    mistakes=(
        Mistake(
            sentence="The table of positions is missing: a row of `width` numbers per place.",
            answer=_count_with(positions=0),
        ),
        Mistake(
            sentence="The last normalization is missing: a scale and a shift per number, 2 · width.",
            answer=_count_with(last=0),
        ),
        Mistake(
            sentence="The last Dense layer has a bias per output, that is per token of the vocabulary.",
            answer=_count_with(output=lambda v, d: d * v),
        ),
        Mistake(sentence="The last Dense layer is missing.", answer=_count_with(output=lambda v, d: 0)),
        Mistake(
            sentence="That is the block of the lesson; here the MLP is twice as wide, not four times.",
            answer=_count_with(block=lambda d: 12 * d**2 + 13 * d),
        ),
        Mistake(
            sentence="In the blocks the biases and the normalizations are missing: 11 d per block.",
            answer=_count_with(block=lambda d: 8 * d**2),
        ),
        Mistake(
            sentence="In each block 4 d are missing: the biases of the four matrices of attention, or the two "
            "normalizations with 2 d each.",
            answer=_count_with(block=lambda d: 8 * d**2 + 7 * d),
        ),
        Mistake(
            sentence="Attention has four square matrices: query, key, value, and the one that brings the outputs back.",
            answer=_count_with(block=lambda d: 7 * d**2 + 10 * d),
        ),
        Mistake(
            sentence="The MLP of a block has two matrices: d · 2d weights to the hidden layer and 2d · d back.",
            answer=_count_with(block=lambda d: 6 * d**2 + 10 * d),
        ),
        Mistake(
            sentence="You gave a table a bias. A table is looked up, and nothing is added.",
            answer=lambda vocabulary, context, width, n_blocks: _count(vocabulary, context, width, n_blocks) + width,
        ),
        Mistake(
            sentence="The last normalization has a scale *and* a shift per number: 2 · width.",
            answer=lambda vocabulary, context, width, n_blocks: _count(vocabulary, context, width, n_blocks) - width,
        ),
        Mistake(
            sentence="You counted one block only.",
            answer=lambda vocabulary, context, width, n_blocks: _count(vocabulary, context, width, 1),
        ),
    ),
)

# --- repair ----------------------------------------------------------------------------------------------

LENGTH = 11


def patterns() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Three digits, repeated to a row of 12: inputs are the first 11, targets the last 11 of the row.

    Examples
    --------
    >>> x_train, y_train, x_test, y_test = patterns()
    >>> x_train.shape, y_test.shape
    ((1000, 11), (200, 11))
    >>> bool((x_train[:, 3:] == x_train[:, :-3]).all())
    True
    """
    rows = np.tile(np.random.default_rng(13).integers(0, 10, (1200, 3)), 4).astype("int32")
    return rows[:1000, :-1], rows[:1000, 1:], rows[1000:, :-1], rows[1000:, 1:]


def _reader(distance: int, *, causal: bool = True, places: bool = True) -> Any:
    """A model with given weights: the answer at each place is the token `distance` places away.

    The vector of a token holds 10 numbers that say which digit it is and 11 that say where it stands.
    """
    import keras

    numbers = keras.Input((LENGTH,), dtype="int32")
    place = keras.ops.cumsum(keras.ops.ones_like(numbers), axis=1) - 1
    tokens = keras.layers.Embedding(10, 21)(numbers) + keras.layers.Embedding(LENGTH, 21)(place)
    look = keras.layers.MultiHeadAttention(1, LENGTH, value_dim=10, use_bias=False, output_shape=10)
    model = keras.Model(numbers, look(tokens, tokens, use_causal_mask=causal))
    which, where = np.eye(21)[:10], places * np.eye(21)[10:]
    query, key, value = np.zeros((21, LENGTH)), np.zeros((21, LENGTH)), np.eye(21)[:, :10]
    for p in range(LENGTH):
        query[10 + p, min(max(p + distance, 0), LENGTH - 1)] = 100.0
        key[10 + p, p] = 1.0
    tables = sorted((layer for layer in model.layers if "embedding" in layer.name), key=lambda one: -one.input_dim)
    tables[0].set_weights([where])
    tables[1].set_weights([which])
    look.set_weights([matrix.reshape(21, 1, -1) for matrix in (query, key, value)] + [20 * np.eye(10)[None]])
    return model


def _written(results: list[Any]) -> dict[str, Any]:
    """What a model answers, and what changes when tokens before or after a place are changed."""
    model = the_model(results)
    _, _, x, y = patterns()
    answers = outputs_of(model, x)
    if answers.shape != (len(x), LENGTH, 10):
        raise Wrong(
            f"For each of the {LENGTH} places ten numbers are asked for, shape (n, {LENGTH}, 10); your model gives the "
            f"shape {answers.shape}."
        )
    later, before, exchanged = x.copy(), x.copy(), x.copy()
    later[:, 7:] = (x[:, 7:] + 1) % 10
    before[:, :-1] = (x[:, :-1] + 1) % 10
    exchanged[:, [7, 8, 9]] = x[:, [9, 7, 8]]

    def change(other: np.ndarray, places: slice) -> float:
        return float(np.abs(outputs_of(model, other) - answers)[:, places].max())

    return {
        "leak": change(later, slice(0, 7)),
        "looks back": change(before, slice(-1, None)),
        "order": change(exchanged, slice(-1, None)),
        "accuracy": float(np.mean(answers.argmax(axis=-1)[:, 2:] == y[:, 2:])),
    }


LEAK = Product(
    name="leak",
    kind="repair",
    objectives=(ORDER, LANGUAGE),
    points=4,
    hints=(
        "Can anybody know the second digit of a row? The loss says that this model does.",
        "At training time the whole row is there. What must a place not see?",
        "`attention(tokens, tokens, use_causal_mask=True)`. All else may stay.",
    ),
    right=lambda x, y: _reader(-2),
    cases=(patterns()[:2],),
    seconds=SECONDS_TO_TRAIN,
    measure=_written,
    mistakes=(
        Mistake(
            sentence="The answers still change when a *later* digit changes: your model sees what it should guess.",
            answer=lambda x, y: _reader(1, causal=False),
            fails=lambda m: m["leak"] > 1e-3,
        ),
        Mistake(
            sentence="The last answer does not change when all earlier digits change: your model looks at one place "
            "only, and cannot know what comes next.",
            answer=lambda x, y: _reader(0),
            fails=lambda m: m["looks back"] < 1e-3,
        ),
        Mistake(
            sentence="The last answer stays the same when earlier digits are exchanged: your model does not know "
            "where they stand. It needs positions.",
            answer=lambda x, y: _reader(0, places=False),
            # Untrained, positions change the answer little; without them, only rounding does.
            fails=lambda m: m["order"] < 1e-5 * m["looks back"],
        ),
        Mistake(
            sentence="Nothing leaks, but from the third place on fewer than 90 % of the digits are right: train on.",
            answer=lambda x, y: _reader(-1),
            fails=lambda m: m["accuracy"] < 0.9,
        ),
    ),
)

# --- transfer --------------------------------------------------------------------------------------------


def _bits_one_by_one(logits: np.ndarray, targets: np.ndarray, lengths: np.ndarray, temperature: float) -> float:
    """Token by token, with the logarithm of a sum instead of softmax."""
    bits = 0.0
    for row, target in zip(logits, targets, strict=True):
        bits += math.log2(sum(2 ** ((other - row[target]) / temperature / math.log(2)) for other in row))
    return bits / float(sum(lengths))


def _bits(
    logits: np.ndarray,
    targets: np.ndarray,
    lengths: np.ndarray,
    temperature: float,
    *,
    scale: Callable[[np.ndarray, float], np.ndarray] = lambda logits, temperature: logits / temperature,
    axis: int = 1,
    log: Callable[[np.ndarray], np.ndarray] = np.log2,
    mean: Callable[[np.ndarray, np.ndarray], float] = lambda bits, lengths: bits.sum() / lengths.sum(),
) -> float:
    """All tokens at once; the options make the mistakes."""
    powers = np.exp(scale(logits, temperature))
    shares = powers / powers.sum(axis=axis, keepdims=True)
    return float(mean(-log(shares[np.arange(len(targets)), targets]), lengths))


def _bits_with(**options: Any) -> Callable[..., float]:
    return lambda logits, targets, lengths, temperature: _bits(logits, targets, lengths, temperature, **options)


def _softened_shares(logits: np.ndarray, targets: np.ndarray, lengths: np.ndarray, temperature: float) -> float:
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True) / temperature
    return float(-np.log2(shares[np.arange(len(targets)), targets]).sum() / lengths.sum())


def _of_the_mean_share(logits: np.ndarray, targets: np.ndarray, lengths: np.ndarray, temperature: float) -> float:
    powers = np.exp(logits / temperature)
    shares = (powers / powers.sum(axis=1, keepdims=True))[np.arange(len(targets)), targets]
    return float(-np.log2(shares.mean()) * len(targets) / lengths.sum())


def _entropy_of_the_shares(logits: np.ndarray, lengths: np.ndarray, temperature: float) -> float:
    powers = np.exp(logits / temperature)
    shares = powers / powers.sum(axis=1, keepdims=True)
    return float(-(shares * np.log2(shares)).sum() / lengths.sum())


def _guesses(tokens: int, vocabulary: int, temperature: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    rng = np.random.default_rng(tokens)
    logits, targets = rng.normal(size=(tokens, vocabulary)).round(1), rng.integers(0, vocabulary, tokens)
    return logits, targets, rng.integers(1, 7, tokens), temperature


BITS = Function(
    name="bits",
    kind="transfer",
    objectives=(LANGUAGE,),
    points=4,
    hints=(
        "Divide the *logits* by the temperature, then softmax over each row.",
        "Take the share of the target of each row; its bits are −log₂ of it.",
        "All bits together, divided by all characters together.",
    ),
    right=_bits_one_by_one,
    cases=(_guesses(4, 5, 0.5), _guesses(6, 3, 2.0), _guesses(9, 9, 0.7)),
    mistakes=(
        Mistake(
            sentence="These are bits per *token*. Divide all bits by the number of characters, the sum of the lengths.",
            answer=_bits_with(mean=lambda bits, lengths: bits.mean()),
        ),
        Mistake(
            sentence="You took the mean of bits / length over the tokens. A long token counts as many characters: "
            "divide sum by sum.",
            answer=_bits_with(mean=lambda bits, lengths: (bits / lengths).mean()),
        ),
        Mistake(
            sentence="These are all bits together. Divide them by the number of characters, the sum of the lengths.",
            answer=_bits_with(mean=lambda bits, lengths: bits.sum()),
        ),
        Mistake(
            sentence="You took the share of the likeliest token. Take that of the token that really came: the target.",
            answer=lambda logits, targets, *rest: _bits(logits, logits.argmax(axis=1), *rest),
        ),
        Mistake(
            sentence="This is the entropy of the shares: it says how sure the model is, not whether it is right. Use "
            "the share of the target.",
            answer=lambda logits, targets, *rest: _entropy_of_the_shares(logits, *rest),
        ),
        Mistake(
            sentence="This is the natural logarithm. Bits need the logarithm to base 2.",
            answer=_bits_with(log=np.log),
        ),
        Mistake(
            sentence="You multiplied the logits by the temperature. A high temperature makes shares more even: divide.",
            answer=_bits_with(scale=lambda logits, temperature: logits * temperature),
        ),
        Mistake(
            sentence="You did not use the temperature.",
            answer=_bits_with(scale=lambda logits, temperature: logits),
        ),
        Mistake(
            sentence="You divided the shares by the temperature. Then they do not sum to 1: divide the logits.",
            answer=_softened_shares,
        ),
        Mistake(
            sentence="Softmax ran over the tokens. The shares of one row, over the vocabulary, sum to 1.",
            answer=_bits_with(axis=0),
        ),
        Mistake(
            sentence="You took the logarithm of the mean share. Each token pays its own bits: first the logarithm.",
            answer=_of_the_mean_share,
        ),
        Mistake(
            sentence="The sign is missing: −log₂ of a share is positive.",
            answer=_bits_with(log=lambda shares: -np.log2(shares)),
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (SHARES, CAUSAL, SPREAD, WORD_ORDER, COUNT, LEAK, BITS)
