# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Exercises of lesson 05: loss functions."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression

from .exercise import Choice, Exercise, Function, Mistake, Number, Product, Sheet
from .networks import outputs_of, the_model
from .oracles import slopes_by_differences
from .running import SECONDS_TO_TRAIN, Wrong

BY_HAND = "compute squared, absolute, Huber"
CHOOSE = "choose a loss for numbers with outliers"
LOGITS = "go from logits to a cross-entropy"
SLOW = "explain why squared error trains"
CALIBRATION = "tell loss, accuracy and calibration apart"


def exercises(seed: int = 0) -> Sheet:
    """The exercises of lesson 05.

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
    >>> exercises(seed=0).check("from logits", "a")
    ✗ from logits: Keras sees that the last layer is a softmax, and warns.
    """
    return Sheet("05", EXERCISES, seed=seed)


# --- by hand ---------------------------------------------------------------------------------------------


def _draw_errors(rng: np.random.Generator) -> Mapping[str, Any]:
    # With other small errors a wrong formula for one part changes the mean by less than rounding to three digits.
    small, large = rng.choice([-0.5, 0.5]), rng.choice([-3, -2, 2, 3])
    return {"errors": rng.permutation([small, large, rng.choice([-4, 4, 6])]).tolist()}


def _three_losses(
    errors: list[float],
    *,
    huber: Callable[[float], float] = lambda e: 0.5 * e * e if abs(e) <= 1 else abs(e) - 0.5,
    absolute: Callable[[float], float] = abs,
    together: Callable[[list[float]], float] = lambda values: sum(values) / len(values),
) -> tuple[float, ...]:
    """Squared, absolute and Huber loss of the errors; the options make the mistakes."""
    functions: tuple[Callable[[float], float], ...] = (lambda e: e * e, absolute, huber)
    return tuple(float(together([function(e) for e in errors])) for function in functions)


def _huber_by_integration(errors: list[float]) -> float:
    """The Huber loss as the area below its slope, which is the error, cut off at −1 and 1."""
    areas = []
    for e in errors:
        edges = np.linspace(0, e, 20_001)
        middles = (edges[1:] + edges[:-1]) / 2
        areas.append(float(np.sum(np.clip(middles, -1, 1)) * (edges[1] - edges[0])))
    return float(np.mean(areas))


LOSSES = Number(
    name="three losses",
    kind="by hand",
    objectives=(BY_HAND,),
    points=4,
    rtol=2.5e-3,  # 2.375 rounded to three digits passes; a slip in one part of the Huber loss does not
    task="Three estimates have the errors {errors}.",
    hints=(
        "The Huber loss with δ = 1 is ½e² for errors up to 1 in size, and |e| − ½ for larger ones.",
        "Each of the three losses is the mean over the three errors.",
    ),
    draw=_draw_errors,
    right=lambda errors: (
        float(np.var(errors) + np.mean(errors) ** 2),
        float(np.linalg.norm(errors, 1) / 3),
        _huber_by_integration(errors),
    ),
    mistakes=(
        Mistake(
            sentence="These are sums. A loss is the mean over the errors: divide by 3.",
            answer=lambda errors: _three_losses(errors, together=sum),
        ),
        Mistake(
            sentence="The Huber loss of a small error is *half* its square.",
            answer=lambda errors: _three_losses(errors, huber=lambda e: e * e if abs(e) <= 1 else abs(e) - 0.5),
        ),
        Mistake(
            sentence="For large errors the Huber loss is δ(|e| − ½δ), not δ|e|: the ½ makes the two parts meet at δ.",
            answer=lambda errors: _three_losses(errors, huber=lambda e: 0.5 * e * e if abs(e) <= 1 else abs(e)),
        ),
        Mistake(
            sentence="You used ½e² for all errors. Beyond δ = 1 the Huber loss is a straight line.",
            answer=lambda errors: _three_losses(errors, huber=lambda e: 0.5 * e * e),
        ),
        Mistake(
            sentence="In the absolute loss the signs are still there: take the size of each error before the mean.",
            answer=lambda errors: _three_losses(errors, absolute=float),
        ),
        Mistake(
            # With some numbers both give the same.
            sentence="You used |e| − ½ for all errors: up to δ = 1 the Huber loss is ½e². Or too few digits are left: "
            "give three significant ones.",
            answer=lambda errors: _three_losses(errors, huber=lambda e: abs(e) - 0.5),
        ),
        Mistake(
            sentence="The squared loss has no ½; the ½ belongs to the Huber loss.",
            answer=lambda errors: (_three_losses(errors)[0] / 2, *_three_losses(errors)[1:]),
        ),
        Mistake(
            sentence="You took the root of the mean squared error. The loss is the mean itself.",
            answer=lambda errors: (_three_losses(errors)[0] ** 0.5, *_three_losses(errors)[1:]),
        ),
        Mistake(
            sentence="You divided by 2. A loss is the mean over all three errors: divide by 3, not by n − 1.",
            answer=lambda errors: _three_losses(errors, together=lambda values: sum(values) / 2),
        ),
        Mistake(
            sentence="For large errors you took |e| − 1. The Huber loss is δ(|e| − ½δ): with δ = 1 that is |e| − ½.",
            answer=lambda errors: _three_losses(errors, huber=lambda e: 0.5 * e * e if abs(e) <= 1 else abs(e) - 1),
        ),
        Mistake(
            sentence="The first two are exchanged: first the squared loss, then the absolute one.",
            answer=lambda errors: tuple(_three_losses(errors)[n] for n in (1, 0, 2)),
        ),
        Mistake(
            sentence="In the Huber loss the signs of large errors are still there: it is |e| − ½, which is never "
            "negative.",
            answer=lambda errors: _three_losses(errors, huber=lambda e: 0.5 * e * e if abs(e) <= 1 else e - 0.5),
        ),
    ),
)


def _draw_logits(rng: np.random.Generator) -> Mapping[str, Any]:
    logits = rng.permutation([-2, -1, -0.5, 0.5, 1, 1.5, 2, 3])[:3].tolist()
    return {"logits": logits, "true": int(rng.choice(np.flatnonzero(np.array(logits) < max(logits)))) + 1}


def _shares(logits: list[float]) -> np.ndarray:
    return np.exp(logits) / np.sum(np.exp(logits))


ENTROPY = Number(
    name="cross-entropy",
    kind="by hand",
    objectives=(LOGITS, BY_HAND),
    points=4,
    task="The logits of three classes are {logits}. The true class is number {true}, counted from 1.",
    hints=(
        "Four steps: the exponential of each logit; the total; the share of the true class; minus its logarithm.",
        "The logarithm is the natural one, ln, which is np.log.",
    ),
    draw=_draw_logits,
    right=lambda logits, true: np.logaddexp.reduce(logits) - logits[true - 1],
    mistakes=(
        Mistake(
            sentence="You added up −ln of all three shares. Only the share of the *true* class counts.",
            answer=lambda logits, true: -np.sum(np.log(_shares(logits))),
        ),
        Mistake(
            sentence="You took the mean of −ln of all three shares. Only the share of the *true* class counts:"
            " nothing is averaged.",
            answer=lambda logits, true: -np.mean(np.log(_shares(logits))),
        ),
        Mistake(
            sentence="You used the logarithm to the base 10. The loss uses the natural one, ln.",
            answer=lambda logits, true: -np.log10(_shares(logits)[true - 1]),
        ),
        Mistake(
            sentence="The minus is missing: the logarithm of a share is negative, and a loss is not.",
            answer=lambda logits, true: np.log(_shares(logits)[true - 1]),
        ),
        Mistake(
            sentence="You took the class with the largest share. The loss asks for the share of the true class, "
            "whatever the network prefers.",
            answer=lambda logits, true: -np.log(np.max(_shares(logits))),
        ),
        Mistake(
            sentence="This is the share of the true class. The loss is minus its logarithm.",
            answer=lambda logits, true: _shares(logits)[true - 1],
        ),
        Mistake(
            sentence="You put the true logit into a sigmoid. With three classes the share depends on all three logits.",
            answer=lambda logits, true: np.log1p(np.exp(-logits[true - 1])),
        ),
        Mistake(
            sentence="You took the share of another class than the true one. (The task counts from 1, Python from 0: "
            "class number 2 is at index 1.)",
            answer=lambda logits, true: -np.log(_shares(logits)[true % 3]),
        ),
        Mistake(
            sentence="This is ln of the total only. The loss is this minus the true logit.",
            answer=lambda logits, true: np.logaddexp.reduce(logits),
        ),
        Mistake(
            sentence="You used the logarithm to the base 2. The loss uses the natural one, ln.",
            answer=lambda logits, true: -np.log2(_shares(logits)[true - 1]),
        ),
        Mistake(
            sentence="You divided by the number of classes. One sample has one loss, −ln of one share: nothing is "
            "averaged.",
            answer=lambda logits, true: -np.log(_shares(logits)[true - 1]) / 3,
        ),
        Mistake(
            sentence="You took −ln(1 − share). The loss asks for the share of the true class itself.",
            answer=lambda logits, true: -np.log(1 - _shares(logits)[true - 1]),
        ),
    ),
)

# --- by code ---------------------------------------------------------------------------------------------

_LOGITS = np.array([[2.0, 1.0, -1.0], [0.5, 0.5, 3.0], [-2.0, 0.0, 0.5]])
_LABELS = np.array([1, 2, 0])


def _cross_entropy(
    logits: np.ndarray,
    labels: np.ndarray,
    *,
    by_shares: bool = False,
    shift: Callable[[np.ndarray], Any] = lambda z: z.max(axis=1, keepdims=True),
    axis: int | tuple[int, int] = 1,
    twice: bool = False,
    together: Callable[[np.ndarray], Any] = np.mean,
    pick: Callable[[np.ndarray, np.ndarray], np.ndarray] = lambda logs, labels: logs[np.arange(len(labels)), labels],
) -> Any:
    """Cross-entropy from logits; the options make the mistakes."""

    def log_shares(z: np.ndarray) -> np.ndarray:
        shifted = z - shift(z)
        powers = np.exp(shifted)
        total = powers.sum(axis=axis, keepdims=True)
        return np.asarray(np.log(powers / total) if by_shares else shifted - np.log(total))

    logs = log_shares(np.exp(log_shares(logits))) if twice else log_shares(logits)
    return together(-pick(logs, labels))


def _binary_entropies(logits: np.ndarray, labels: np.ndarray) -> float:
    """The sum over the classes, each taken for a question of its own; the mean over the samples."""

    def of_all(logs: np.ndarray, labels: np.ndarray) -> np.ndarray:
        true = np.arange(logs.shape[1]) == labels[:, None]
        return np.where(true, logs, np.log1p(-np.exp(logs))).sum(axis=1)

    return float(_cross_entropy(logits, labels, pick=of_all))


def _no_shift(_: np.ndarray) -> float:
    return 0.0


def _times_one_hot(logs: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return np.asarray((logs * np.eye(logs.shape[1])[labels]).sum(axis=1))


def _both_ways(sentence: str, **options: Any) -> tuple[Mistake, Mistake]:
    """A mistake of those who subtract the true logit from ln of the total, and of those who go through the shares."""
    return (
        Mistake(sentence=sentence, answer=functools.partial(_cross_entropy, **options)),
        Mistake(
            sentence=f"{sentence} And do not go through the shares: a share of 0 has no logarithm.",
            answer=functools.partial(_cross_entropy, by_shares=True, **options),
        ),
    )


CODE = Function(
    name="cross-entropy by code",
    kind="by code",
    objectives=(LOGITS, BY_HAND),
    points=4,
    hints=(
        "e^1000 is too large for a number. A softmax does not change if the largest logit of each row is subtracted "
        "first.",
        "`logits.max(axis=1, keepdims=True)` is a column with the largest logit of each row.",
        "Do not go through the shares: a share of 0 has no logarithm. The loss is ln of the total minus the true "
        "logit; `shifted[np.arange(len(labels)), labels]` picks one per row.",
    ),
    right=lambda logits, labels: float(
        np.mean(np.logaddexp.reduce(logits, axis=1) - np.take_along_axis(logits, labels[:, None], 1)[:, 0])
    ),
    cases=(
        (_LOGITS, _LABELS),
        (np.array([[1000.0, 999.0, 0.0]]), np.array([1])),
        (np.array([[1000.0, 999.0, 0.0], [1.0, 2.0, 3.0]]), np.array([1, 2])),
        (np.array([[-3.0, 1.0], [2.0, 2.0], [0.0, 4.0], [1.5, -1.0]]), np.array([0, 1, 1, 0])),
        (np.array([[1000.0, 0.0, 0.0, 0.0, 0.0, 0.0]]), np.array([0])),
        (np.array([[1000.0, 0.0, 0.0]]), np.array([1])),
    ),
    mistakes=(
        Mistake(
            sentence="Right for most logits. For (1000, 0, 0) and class 1 the share is rounded to 0, and −ln 0 is "
            "infinite. Do without the share: the loss is ln of the total minus the true logit.",
            answer=lambda logits, labels: _cross_entropy(logits, labels, by_shares=True),
        ),
        Mistake(
            sentence="Right for small logits. With a logit of 1000 the result is NaN, from 0 · ln 0 or from infinity "
            "divided by infinity. Subtract the largest logit of each row, and do without the shares: the loss is ln of "
            "the total minus the true logit.",
            answer=lambda logits, labels: _cross_entropy(logits, labels, by_shares=True, pick=_times_one_hot),
        ),
        Mistake(
            sentence="Right for small logits. For a logit of 1000 the exponential is infinite and the result NaN: "
            "subtract the largest logit of each row first.",
            answer=lambda logits, labels: _cross_entropy(logits, labels, by_shares=True, shift=_no_shift),
        ),
        Mistake(
            sentence="Right for small logits. For a logit of 1000 the exponential is infinite, and so is the result: "
            "subtract the largest logit of each row first.",
            answer=lambda logits, labels: _cross_entropy(logits, labels, shift=_no_shift),
        ),
        *_both_ways(
            "You subtracted the mean of each row. Its largest logit may still be far above that, and its exponential "
            "infinite: subtract the largest one.",
            shift=lambda z: z.mean(axis=1, keepdims=True),
        ),
        Mistake(
            sentence="You subtracted the largest logit of the whole table. In a row of much smaller logits every "
            "exponential is then 0, and 0 / 0 is NaN: take the largest of each row.",
            answer=lambda logits, labels: _cross_entropy(logits, labels, by_shares=True, shift=np.max),
        ),
        Mistake(
            sentence="You subtracted the largest logit of the whole table. In a row of much smaller logits every "
            "exponential is then 0, and ln 0 is infinite: take the largest of each row.",
            answer=lambda logits, labels: _cross_entropy(logits, labels, shift=np.max),
        ),
        *_both_ways("You added up the losses of the samples. The loss of a batch is their mean.", together=np.sum),
        *_both_ways(
            "The minus is missing: the logarithm of a share is negative, and a loss is not.",
            together=lambda each: -np.mean(each),
        ),
        Mistake(
            sentence="Your softmax runs down the columns. Each row is one sample, so its shares add up to 1: axis=1.",
            answer=lambda logits, labels: _cross_entropy(
                logits, labels, axis=0, shift=lambda z: z.max(axis=0, keepdims=True)
            ),
        ),
        Mistake(
            sentence="You applied the softmax twice. The second one makes the shares nearly equal, and the loss never "
            "gets small.",
            answer=lambda logits, labels: _cross_entropy(logits, labels, twice=True),
        ),
        Mistake(
            sentence="You took the largest share of each row. The loss asks for the share of the true class.",
            answer=lambda logits, labels: _cross_entropy(logits, labels, pick=lambda logs, _: logs.max(axis=1)),
        ),
        *_both_ways(
            "You return one loss per sample. The loss of a batch is their mean, one number.", together=np.asarray
        ),
        *_both_ways(
            "You took −ln of the shares of all classes. Only the share of the true class of each row counts.",
            pick=lambda logs, _: logs,
        ),
        *_both_ways(
            "`[:, labels]` takes every label in every row. One number per row is `[np.arange(len(labels)), labels]`.",
            pick=lambda logs, labels: logs[:, labels],
        ),
        *_both_ways(
            "You divided by the sum over the whole batch. Each row is one sample with a total of its own: axis=1.",
            axis=(0, 1),
            shift=np.max,
        ),
        Mistake(
            sentence="You averaged the shares, and took the logarithm of the mean. The logarithm comes first: "
            "each sample has its own loss.",
            answer=lambda logits, labels: _cross_entropy(
                logits, labels, together=lambda each: -np.log(np.mean(np.exp(-each)))
            ),
        ),
        Mistake(
            sentence="This is the mean share of the true class. The loss is minus its logarithm.",
            answer=lambda logits, labels: _cross_entropy(logits, labels, together=lambda each: np.mean(np.exp(-each))),
        ),
        Mistake(
            sentence="The largest logit was taken from the exponentials only. Take it from the logit of the "
            "true class as well.",
            answer=lambda logits, labels: _cross_entropy(logits, labels) - float(np.mean(logits.max(axis=1))),
        ),
        Mistake(
            sentence="Your logits were taken for shares: in Keras, from_logits=True is missing.",
            answer=lambda logits, labels: _cross_entropy(np.log(np.clip(logits, 1e-7, 1 - 1e-7)), labels),
        ),
        Mistake(
            sentence="You averaged over all places of the table of classes, also over the zeros. The mean is over the "
            "samples: divide by their number only.",
            answer=lambda logits, labels: _cross_entropy(logits, labels) / logits.shape[1],
        ),
        Mistake(
            sentence="You cut large logits off. Then 1000 and 999 become equal: subtract the largest logit of each "
            "row in place of that.",
            answer=lambda logits, labels: _cross_entropy(np.clip(logits, -500, 500), labels),
        ),
        *_both_ways(
            "You divided the sum by the number of classes. The mean is over the samples: divide by their number.",
            pick=lambda logs, labels: logs[np.arange(len(labels)), labels] * len(labels) / logs.shape[1],
        ),
        Mistake(
            sentence="You added −ln(1 − share) of the other classes, as for separate yes-or-no questions. After a "
            "softmax only the share of the true class counts.",
            answer=_binary_entropies,
        ),
    ),
)


def _sigmoid(z: Any) -> Any:
    return 0.5 + np.tanh(np.asarray(z) / 2) / 2


def _slopes(z: float, y: float) -> tuple[float, float]:
    """The slopes of (σ(z) − y)² and of the cross-entropy with respect to z, tried out."""
    squared = slopes_by_differences(lambda s: float((_sigmoid(s[0]) - y) ** 2), [z])
    entropy = slopes_by_differences(lambda s: float(np.logaddexp(0, s[0]) - y * s[0]), [z])
    return float(squared[0]), float(entropy[0])


def _slopes_with(
    change: Callable[[float, float], tuple[float, float]],
) -> Callable[[float, float], tuple[float, float]]:
    """Slopes from p and y."""

    def slopes(z: float, y: float) -> tuple[float, float]:
        squared, entropy = change(float(_sigmoid(z)), y)
        return float(squared), float(entropy)

    return slopes


SLOPES = Function(
    name="two slopes",
    kind="by code",
    objectives=(SLOW, BY_HAND),
    points=4,
    rtol=1e-4,
    hints=(
        "Chain rule: the loss depends on p, and p on z. The slope of the sigmoid is p(1 − p).",
        "For the cross-entropy the factor p(1 − p) cancels, and p − y is left.",
    ),
    right=_slopes,
    cases=((0.5, 1.0), (-2.0, 1.0), (1.5, 0.0), (-6.0, 1.0)),
    mistakes=(
        Mistake(
            sentence="In the squared error the slope of the activation is missing: multiply by p(1 − p).",
            answer=_slopes_with(lambda p, y: (2 * (p - y), p - y)),
        ),
        Mistake(
            sentence="In the squared error the factor 2 is missing, which comes from the square.",
            answer=_slopes_with(lambda p, y: ((p - y) * p * (1 - p), p - y)),
        ),
        Mistake(
            sentence="The cross-entropy has one factor too many: its 1/(p(1 − p)) cancels the slope of the sigmoid, "
            "and p − y is left. This is why it learns fast after a confident mistake.",
            answer=_slopes_with(lambda p, y: (2 * (p - y) * p * (1 - p), (p - y) * p * (1 - p))),
        ),
        Mistake(
            sentence="Both signs are wrong: the slope is p − y, the estimate minus the truth.",
            answer=_slopes_with(lambda p, y: (-2 * (p - y) * p * (1 - p), y - p)),
        ),
        Mistake(
            sentence="The two are exchanged: first the squared error, then the cross-entropy.",
            answer=_slopes_with(lambda p, y: (p - y, 2 * (p - y) * p * (1 - p))),
        ),
        Mistake(
            sentence="The slope of the sigmoid is p(1 − p) with p = σ(z). You put z itself into z(1 − z).",
            answer=lambda z, y: (float(2 * (_sigmoid(z) - y) * z * (1 - z)), float(_sigmoid(z) - y)),
        ),
        Mistake(
            sentence="In the cross-entropy you stopped at the slope over p. Asked for is the slope over z: "
            "times p(1 − p).",
            answer=_slopes_with(lambda p, y: (2 * (p - y) * p * (1 - p), (p - y) / (p * (1 - p)))),
        ),
        Mistake(
            sentence="It is right for y = 1 only. The slopes hold p − y, not p − 1.",
            answer=_slopes_with(lambda p, y: (2 * (p - 1) * p * (1 - p), p - 1)),
        ),
        Mistake(
            sentence="These are the two losses. Asked for are their slopes with respect to z.",
            answer=_slopes_with(lambda p, y: ((p - y) ** 2, -np.log(p if y else 1 - p))),
        ),
        Mistake(
            sentence="Both are slopes over p. Asked for are those over z: the slope of the sigmoid, p(1 − p), is "
            "missing in both.",
            answer=_slopes_with(lambda p, y: (2 * (p - y), (p - y) / (p * (1 - p)))),
        ),
        Mistake(
            sentence="Your cross-entropy is −y·ln p alone, which says nothing about class 0. The term (1 − y)·ln(1 − "
            "p) is missing.",
            answer=_slopes_with(lambda p, y: (2 * (p - y) * p * (1 - p), -y * (1 - p))),
        ),
        Mistake(
            sentence="The squared error is right. In the cross-entropy the sign is wrong: it is p − y, the estimate "
            "minus the truth.",
            answer=_slopes_with(lambda p, y: (2 * (p - y) * p * (1 - p), y - p)),
        ),
        Mistake(
            sentence="You used 1 − p², the slope of tanh. The slope of the sigmoid is p(1 − p).",
            answer=_slopes_with(lambda p, y: (2 * (p - y) * (1 - p * p), p - y)),
        ),
    ),
)

# --- predict ---------------------------------------------------------------------------------------------

FROM_LOGITS = Choice(
    name="from logits",
    kind="predict",
    objectives=(LOGITS,),
    points=2,
    hints=("Keras sees which layer the numbers come from. What can it find before a softmax?",),
    right="b",
    because="Keras finds the logits before the softmax and computes the loss from them. Choose one of the two all the "
    "same: then nobody has to find them.",
    mistakes=(
        Mistake(sentence="Keras sees that the last layer is a softmax, and warns.", answer="a"),
        Mistake(
            sentence="Keras warns, but it finds the logits before the softmax and computes the loss from them.",
            answer="c",
        ),
        Mistake(
            sentence="No error: Keras finds the logits before the softmax, warns, and goes on.",
            answer="d",
        ),
    ),
)

# --- repair ----------------------------------------------------------------------------------------------


def three_clouds() -> tuple[np.ndarray, np.ndarray]:
    """Three clouds of points, shape (300, 2), and their classes 0, 1 and 2, shape (300,).

    Examples
    --------
    >>> points, labels = three_clouds()
    >>> points.shape, np.bincount(labels)
    ((300, 2), array([100, 100, 100]))
    """
    points, labels = make_blobs(300, centers=[(0, 2), (2, -1), (-2, -1)], cluster_std=0.8, random_state=5)
    return points, labels


def _classifier(loss: Any, *, activation: str | None = None, scale: float = 1.0, classes: int = 3) -> Any:
    """A compiled layer with the weights of logistic regression, times `scale`."""
    import keras

    logistic = LogisticRegression().fit(*three_clouds())
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(classes, activation=activation)])
    weights = [scale * logistic.coef_.T, scale * logistic.intercept_]
    if classes == 3:
        model.set_weights(weights)
    model.compile("sgd", loss=loss)
    return model


def _from_logits() -> Any:
    import keras

    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def _said(model: Any, points: np.ndarray, labels: np.ndarray) -> list[float]:
    """What the model's own loss says, without penalties; both ways to write the classes are tried."""
    found = []
    outputs = model(points.astype("float32"))
    for truth in (labels, np.eye(3)[labels]):
        # A loss that wants the classes in the other way stops, each loss with another error.
        with contextlib.suppress(Exception):
            found.append(float(model.compute_loss(y=truth, y_pred=outputs)) - float(sum(model.losses)))
    if not found:
        raise Wrong(
            "The loss of your model can be computed neither from class numbers nor from one-hot rows: take one of "
            "`keras.losses`."
        )
    return found


def _losses_of_clouds(results: list[Any]) -> dict[str, Any]:
    """Whether the model's own loss is the cross-entropy of its answers, and if not, what else it may be."""
    model = the_model(results)
    if getattr(model, "loss", None) is None:
        raise Wrong("The model has no loss yet: compile it and fit it before you return it.")
    points, labels = three_clouds()
    answers = outputs_of(model, points.astype("float32"))
    if answers.shape != (300, 3):
        return {"shape": answers.shape}
    shares = bool(np.all(answers >= 0) and np.allclose(answers.sum(axis=1), 1, atol=1e-3))
    logits = np.log(np.maximum(answers, 1e-30)) if shares else answers
    said = _said(model, points, labels)
    fits = bool(np.isclose(said, float(CODE.right(logits, labels)), rtol=0.05, atol=0.002, equal_nan=True).any())
    return {
        "shape": answers.shape,
        "accuracy": float(np.mean(answers.argmax(axis=1) == labels)),
        "fits": fits,
        "squared": not fits and bool(np.isclose(said, np.mean((answers - np.eye(3)[labels]) ** 2), rtol=1e-3).any()),
        "sigmoids": not shares and bool(np.all((answers >= 0) & (answers <= 1))),
        "shares": shares,
    }


CURE = Product(
    name="cure",
    kind="repair",
    objectives=(LOGITS, CHOOSE),
    points=4,
    hints=(
        "What should the loss be at the start, for three classes? What is it here?",
        "What does the last layer give, and what does the loss expect?",
        "Two cures: a softmax in the last layer, or a linear one and "
        "`keras.losses.SparseCategoricalCrossentropy(from_logits=True)`. One of them, not both.",
    ),
    right=lambda points, labels: _classifier(_from_logits()),
    cases=(three_clouds(),),
    seconds=SECONDS_TO_TRAIN,
    measure=_losses_of_clouds,
    mistakes=(
        Mistake(
            sentence="Three classes need three outputs, one per class.",
            answer=lambda points, labels: _classifier(_from_logits(), classes=1),
            fails=lambda m: m["shape"] != (300, 3),
        ),
        Mistake(
            sentence="The loss is a squared error: take a cross-entropy. (After a softmax a squared error hardly moves "
            "after a confident mistake.)",
            answer=lambda points, labels: _classifier("mean_squared_error", activation="softmax"),
            fails=lambda m: m["squared"],
        ),
        Mistake(
            sentence="Each output is a sigmoid, and the three do not add up to 1. One class of three is true: "
            "take a softmax, or a linear output with from_logits=True.",
            answer=lambda points, labels: _classifier("sparse_categorical_crossentropy", activation="sigmoid"),
            fails=lambda m: m["sigmoids"],
        ),
        Mistake(
            sentence="The loss that Keras reports is not the cross-entropy of these answers. The outputs are logits: "
            "does the loss know that, and is it one for a single true class out of three?",
            answer=lambda points, labels: _classifier("sparse_categorical_crossentropy"),
            fails=lambda m: not m["fits"] and not m["shares"],
        ),
        Mistake(
            sentence="The outputs are shares, but the loss that Keras reports is not their cross-entropy. One class of "
            "three is true: which loss belongs to that?",
            answer=lambda points, labels: _classifier("binary_crossentropy", activation="softmax"),
            fails=lambda m: not m["fits"],
        ),
        Mistake(
            sentence="Output and loss fit together now, but the model has not learnt yet: fewer than 90 % are right.",
            answer=lambda points, labels: _classifier(_from_logits(), scale=-0.01),
            fails=lambda m: m["accuracy"] < 0.9,
        ),
    ),
)

# --- transfer --------------------------------------------------------------------------------------------

_SAID = np.array([0.0, 0.12, 0.18, 0.22, 0.35, 0.38, 0.51, 0.55, 0.63, 0.77, 0.81, 0.86, 0.93, 0.97, 1.0])
_TRUE = np.array([0, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0, 1, 1, 1, 0])
_MIXED = np.random.default_rng(0).permutation(len(_SAID))  # in order, sorting p without y would change nothing
_FIVE = [9, 1, 13, 0, 5]


def _diagram(
    said: np.ndarray,
    true: np.ndarray,
    *,
    share: Callable[[np.ndarray, np.ndarray], float] = lambda said, true: float(np.mean(true)),
    x: Callable[[np.ndarray, int], float] = lambda said, k: float(np.mean(said)),
    empty: float | None = None,
    parts: int = 5,
    cap: bool = True,
) -> np.ndarray:
    """Rows (mean said, share that happened) of the parts of [0, 1]; the options make the mistakes."""
    part = np.minimum((said * parts).astype(int), parts - cap)
    rows = []
    for k in range(parts + (not cap)):
        here = part == k
        if here.any():
            rows.append([x(said[here], k), share(said[here], true[here])])
        elif empty is not None:
            rows.append([empty, empty])
    return np.array(rows)


def _equally_many(said: np.ndarray, true: np.ndarray) -> np.ndarray:
    parts = np.array_split(np.argsort(said), 5)
    return np.array([[said[part].mean(), true[part].mean()] for part in parts])


def _oracle_diagram(said: np.ndarray, true: np.ndarray) -> np.ndarray:
    happened, mean_said = calibration_curve(true, said, n_bins=5, strategy="uniform")
    return np.column_stack([mean_said, happened])


DIAGRAM = Function(
    name="calibration",
    kind="transfer",
    objectives=(CALIBRATION,),
    points=4,
    hints=(
        "Which of the five parts holds a probability p? int(5 · p) counts from 0; p = 1 belongs to the last part.",
        "Accuracy asks whether p is on the right side of ½. Calibration asks: of the samples that were given about "
        "0.3, what share is of class 1?",
    ),
    right=_oracle_diagram,
    cases=((_SAID[_MIXED], _TRUE[_MIXED]), (_SAID[_FIVE], _TRUE[_FIVE]), (_SAID[8::-1] ** 2, _TRUE[8::-1])),
    mistakes=(
        Mistake(
            sentence="Your second column is the accuracy in each part. Asked for is the share of its samples that "
            "are of class 1.",
            answer=lambda said, true: _diagram(said, true, share=lambda p, t: float(np.mean((p > 0.5) == t))),
        ),
        Mistake(
            sentence="Your first column holds the middles of the parts. Asked for is the mean of what was said in "
            "the part.",
            answer=lambda said, true: _diagram(said, true, x=lambda p, k: 0.1 + 0.2 * k),
        ),
        Mistake(
            sentence="The columns are exchanged: first the mean of p, then the share of class 1.",
            answer=lambda said, true: _diagram(said, true)[:, ::-1],
        ),
        Mistake(
            sentence="You count the samples of class 1 in each part. A share is this number divided by the size of "
            "the part.",
            answer=lambda said, true: _diagram(said, true, share=lambda p, t: float(np.sum(t))),
        ),
        Mistake(
            sentence="You list parts in which nothing was said. An empty part has no share: leave it out.",
            answer=lambda said, true: _diagram(said, true, empty=np.nan),
        ),
        Mistake(
            sentence="You fill parts in which nothing was said with zeros. That is no share: leave them out.",
            answer=lambda said, true: _diagram(said, true, empty=0.0),
        ),
        Mistake(
            sentence="A probability of exactly 1 is lost: 5 · 1 is 5, and the parts are numbered 0 to 4. It "
            "belongs to the last part.",
            answer=lambda said, true: _diagram(said[said < 1], true[said < 1]),
        ),
        Mistake(
            sentence="A probability of exactly 1 became a sixth part: int(5 · 1) is 5, and the parts are numbered 0 to "
            "4. It belongs to the last part.",
            answer=lambda said, true: _diagram(said, true, cap=False),
        ),
        Mistake(
            sentence="A probability of exactly 0 is lost. It belongs to the first part.",
            answer=lambda said, true: _diagram(said[said > 0], true[said > 0]),
        ),
        Mistake(
            sentence="You sorted p and left y as it was. Each p belongs to one y: keep the pairs together.",
            answer=lambda said, true: _diagram(np.sort(said), true),
        ),
        Mistake(
            sentence="You made ten parts. Five are asked for, each 0.2 wide.",
            answer=lambda said, true: _diagram(said, true, parts=10),
        ),
        Mistake(
            sentence="Your second column is the share of all samples that lie in the part. Asked for is which share of "
            "the samples in it is of class 1.",
            answer=lambda said, true: _diagram(said, true, share=lambda p, _: len(p) / len(said)),
        ),
        Mistake(
            sentence="You divided by the number of all samples. Divide by the number of samples in the part.",
            answer=lambda said, true: _diagram(said, true, share=lambda _, t: float(np.sum(t)) / len(said)),
        ),
        Mistake(
            sentence="You made four parts: five edges bound four parts. Five parts have six edges.",
            answer=lambda said, true: _diagram(said, true, parts=4),
        ),
        Mistake(
            sentence="Your parts hold equally many samples. Asked for are parts that are equally wide: 0 to 0.2, and "
            "so on.",
            answer=_equally_many,
        ),
        Mistake(
            sentence="Your second column is the number of samples in the part. Asked for is which share of them is of "
            "class 1.",
            answer=lambda said, true: _diagram(said, true, share=lambda _, t: float(len(t))),
        ),
        Mistake(
            sentence="Your first column holds the edges of the parts. Asked for is the mean of what was said in the "
            "part.",
            answer=lambda said, true: _diagram(said, true, x=lambda p, k: 0.2 * k),
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (LOSSES, ENTROPY, CODE, SLOPES, FROM_LOGITS, CURE, DIAGRAM)
