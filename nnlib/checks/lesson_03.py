# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Exercises of lesson 03: hidden layers and decision boundaries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sklearn.datasets import make_circles
from sklearn.neural_network import MLPClassifier

from .exercise import Choice, Exercise, Function, Mistake, Number, Product, Sheet
from .networks import the_model, weights_of
from .running import SECONDS_TO_TRAIN, Wrong

ONE_LAYER = "show with matrices that layers"
BOUNDARIES = "say which boundaries one, two and three"
HANDS_ON = "explain what a hidden layer hands on"
RELU = "write a ReLU network at one input"
CHOOSE = "choose the number of hidden neurons"


def exercises(seed: int = 0) -> Sheet:
    """The exercises of lesson 03.

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
    >>> exercises(seed=0).check("equal starts", "a")
    ✗ equal starts: Equal neurons get equal slopes in every step, so they never become different.
    """
    return Sheet("03", EXERCISES, seed=seed)


# --- by code: two layers are one -------------------------------------------------------------------------


def _matrices(inputs: int, hidden: int, outputs: int, seed: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    shapes = ((inputs, hidden), (hidden,), (hidden, outputs), (outputs,))
    return tuple(rng.integers(-3, 4, size=shape).astype(float) for shape in shapes)


def _collapse_by_trying(
    W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Read the one layer off what the two layers answer to 0 and to the unit vectors."""
    asked = np.vstack([np.zeros(len(W1)), np.eye(len(W1))])
    answers = (asked @ W1 + b1) @ W2 + b2
    return answers[1:] - answers[0], answers[0]


COLLAPSE = Function(
    name="one layer",
    kind="by code",
    objectives=(ONE_LAYER,),
    points=2,
    hints=(
        "Write the two layers as one formula, (x W1 + b1) W2 + b2, and multiply out.",
        "What stands behind x is the kernel. What stands alone is the bias; it has two parts.",
    ),
    right=_collapse_by_trying,
    cases=(_matrices(2, 2, 2, 1), _matrices(3, 3, 3, 2), _matrices(2, 2, 2, 8)),
    mistakes=(
        Mistake(
            sentence="The biases do not simply add up: the second layer also multiplies the first bias by its kernel.",
            answer=lambda W1, b1, W2, b2: (W1 @ W2, b1 + b2),
        ),
        Mistake(
            sentence="The first bias is lost: it goes through the second kernel, and b1 @ W2 remains.",
            answer=lambda W1, b1, W2, b2: (W1 @ W2, b2),
        ),
        Mistake(
            sentence="The kernels are multiplied in the wrong order. x meets W1 first, so it is W1 @ W2.",
            answer=lambda W1, b1, W2, b2: (W2 @ W1, b1 @ W2 + b2),
        ),
        Mistake(
            sentence="You multiplied number by number. The product of two matrices is written @.",
            answer=lambda W1, b1, W2, b2: (W1 * W2, b1 @ W2 + b2),
        ),
        Mistake(
            sentence="You added the kernels. One layer after the other *multiplies* them.",
            answer=lambda W1, b1, W2, b2: (W1 + W2, b1 @ W2 + b2),
        ),
        Mistake(
            sentence="The first bias has to stand on the left, as x does: b1 @ W2, not W2 @ b1.",
            answer=lambda W1, b1, W2, b2: (W1 @ W2, W2 @ b1 + b2),
        ),
    ),
)

# --- by hand: a ReLU network at one input ----------------------------------------------------------------


def _draw_relu(rng: np.random.Generator) -> Mapping[str, Any]:
    return {
        "w": rng.choice([-2, -1, 1, 2, 3], 3).tolist(),
        "b": rng.choice([-5, -3, -1, 1, 3], 3).tolist(),  # odd, and wx is even: no sum is 0
        "v": rng.choice([-3, -2, 2, 4, 5], 3).tolist(),
        "c": int(rng.choice([-4, 1, 3])),
        "x": int(rng.choice([2, 4])),
    }


def _relu_by_points(w: list[float], b: list[float], v: list[float], c: float, x: float) -> tuple[float, float]:
    """Slope and intercept from two points close to x."""

    def network(at: float) -> float:
        return float(np.dot(v, np.maximum(0, np.multiply(w, at) + b)) + c)

    slope = (network(x + 1e-6) - network(x - 1e-6)) / 2e-6
    return round(slope, 6), round(network(x) - round(slope, 6) * x, 6)


def _relu_with(
    mask: Callable[[np.ndarray], np.ndarray], *, bias: bool = True, plus: bool = True
) -> Callable[..., tuple[float, float]]:
    def wrong(w: list[float], b: list[float], v: list[float], c: float, x: float) -> tuple[float, float]:
        active = mask(np.multiply(w, x) + b)
        inner = np.dot(v, active * b) if bias else 0.0
        return float(np.dot(v, active * w)), float(inner + (c if plus else 0))

    return wrong


def _active(z: np.ndarray) -> np.ndarray:
    return (z > 0).astype(float)


FORMULA = Number(
    name="ReLU formula",
    kind="by hand",
    objectives=(RELU,),
    points=4,
    task="Hidden weights w = {w}, hidden biases b = {b}, output weights v = {v}, output bias c = {c}. The input is "
    "x = {x}.",
    hints=(
        "First the three sums wx + b at this x. Which of them are positive? Only these units speak.",
        "An active unit adds v·(wx + b) = (v·w)·x + v·b. Collect what is multiplied by x, and the rest.",
    ),
    draw=_draw_relu,
    right=_relu_by_points,
    mistakes=(
        Mistake(
            sentence="You used all three units. A unit whose sum is negative is silent: it adds nothing.",
            answer=_relu_with(np.ones_like),
        ),
        Mistake(
            sentence="You kept the silent units and dropped the active ones: ReLU lets *positive* sums pass.",
            answer=_relu_with(lambda z: 1 - _active(z)),
        ),
        Mistake(
            sentence="In the intercept the biases of the active hidden units are missing: each adds v·b.",
            answer=_relu_with(_active, bias=False),
        ),
        Mistake(
            sentence="The output bias c is missing in the intercept.",
            answer=_relu_with(_active, plus=False),
        ),
        Mistake(
            sentence="You chose the active units by the sign of their weight. What counts is the sign of the sum wx "
            "+ b.",
            answer=lambda w, b, v, c, x: _relu_with(lambda _: (np.array(w) > 0).astype(float))(w, b, v, c, x),
        ),
        Mistake(
            sentence="Your second number is the output at this x. Asked for is the intercept: output minus slope "
            "times x.",
            answer=lambda w, b, v, c, x: (
                _relu_by_points(w, b, v, c, x)[0],
                _relu_by_points(w, b, v, c, x)[0] * x + _relu_by_points(w, b, v, c, x)[1],
            ),
        ),
    ),
)

# --- predict ---------------------------------------------------------------------------------------------

REGIONS = Choice(
    name="regions",
    kind="predict",
    objectives=(BOUNDARIES,),
    points=2,
    hints=("Count the straight sides of each border: each hidden neuron draws one.",),
    right="214",
    because="A band has two sides, a half plane one, a square four.",
    mistakes=(
        Mistake(
            sentence="A band has two sides, so it needs two neurons, even if the sides are parallel.",
            answer="114",
        ),
        Mistake(sentence="One line is enough for B: it divides the plane into two halves.", answer="224"),
        Mistake(
            sentence="Three neurons can close a region, a triangle. A square has four sides.",
            answer="213",
        ),
        Mistake(
            sentence="You counted one line per class border, but C is bounded by four lines, not by two.",
            answer="212",
        ),
        Mistake(
            sentence="An output neuron alone draws one line, so with hidden neurons you need one per side, no extra "
            "one.",
            answer="325",
        ),
    ),
)

EQUAL = Choice(
    name="equal starts",
    kind="predict",
    objectives=(HANDS_ON,),
    points=2,
    hints=("Compare the slopes of two neurons that have equal weights, inside and out. Which gets the larger step?",),
    right="b",
    because="Ten equal neurons hand on ten times the same number: the border stays one straight line.",
    mistakes=(
        Mistake(
            sentence="Equal neurons get equal slopes in every step, so they never become different.",
            answer="a",
        ),
        Mistake(
            sentence="The order of the samples is the same for all neurons: it cannot make them different.",
            answer="c",
        ),
        Mistake(
            sentence="The slopes are not zero here (that happens if the weights are 0): the network learns what one "
            "neuron can.",
            answer="d",
        ),
    ),
)

# --- repair ----------------------------------------------------------------------------------------------


def rings() -> tuple[np.ndarray, np.ndarray]:
    """A ring inside a ring: points, shape (300, 2), and classes 0 (outside) and 1 (inside), shape (300,).

    Examples
    --------
    >>> points, labels = rings()
    >>> points.shape, labels.shape
    ((300, 2), (300,))
    """
    points, labels = make_circles(300, noise=0.08, factor=0.45, random_state=4)
    return points, labels


def _network(kind: str) -> Any:
    """A Keras model with given weights: trained by scikit-learn, or with a fault."""
    import keras

    points, labels = rings()
    units = 1 if kind == "one unit" else 8
    activation = None if kind == "linear" else "tanh"
    model = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(units, activation), keras.layers.Dense(1, "sigmoid")]
    )
    if kind == "equal":
        model.set_weights([np.full((2, 8), 0.3), np.zeros(8), np.full((8, 1), 0.3), np.zeros(1)])
    elif kind in ("right", "one unit"):
        fitted = MLPClassifier((units,), activation="tanh", solver="lbfgs", alpha=0.01, random_state=1, max_iter=500)
        fitted.fit(points, labels)
        model.set_weights(weights_of(fitted))
    return model


def _of_rings(results: list[Any]) -> dict[str, Any]:
    model = the_model(results)
    points, labels = rings()
    answers = np.asarray(model(points.astype("float32")), float).reshape(len(labels), -1)
    hidden = [layer for layer in model.layers if layer.get_weights()][:-1]
    kernels = [layer.get_weights()[0] for layer in hidden]
    kinds = [getattr(getattr(one, "activation", None), "__name__", "activation layer") for one in model.layers]
    return {
        "hidden": bool(hidden),
        "units": kernels[0].shape[-1] if kernels else 0,
        "equal": any(k.shape[-1] > 1 and np.allclose(k, k[..., :1], atol=1e-4) for k in kernels),
        "linear": set(kinds[:-1]) == {"linear"},
        "accuracy": float(np.mean((answers[:, 0] > 0.5) == labels)),
    }


CURE = Product(
    name="cure",
    kind="repair",
    objectives=(HANDS_ON, BOUNDARIES),
    points=4,
    hints=(
        "Print the kernel of the hidden layer after training. Compare its columns.",
        "What does Keras do if you do not say how the weights start?",
    ),
    right=lambda points, labels: _network("right"),
    cases=(rings(),),
    seconds=SECONDS_TO_TRAIN,
    measure=_of_rings,
    mistakes=(
        Mistake(
            sentence="The hidden neurons are still equal to one another after training, so eight of them do the "
            "work of one: "
            "their weights must not start equal.",
            answer=lambda points, labels: _network("equal"),
            fails=lambda m: m["equal"],
        ),
        Mistake(
            sentence="The hidden layer has no activation. Then both layers together are one layer, and it draws a "
            "line.",
            answer=lambda points, labels: _network("linear"),
            fails=lambda m: m["hidden"] and m["linear"],
        ),
        Mistake(
            sentence="One or two hidden neurons cannot close a region: take at least three.",
            answer=lambda points, labels: _network("one unit"),
            fails=lambda m: m["units"] < 3 and m["accuracy"] < 0.95,
        ),
        Mistake(
            sentence="Neurons and start are fine now, but fewer than 95 % are right. Has the model been trained, "
            "long enough "
            "and with a rate that is not too small?",
            answer=lambda points, labels: _network("fresh"),
            fails=lambda m: m["accuracy"] < 0.95,
        ),
    ),
)

# --- by code and transfer --------------------------------------------------------------------------------

_SCORES = (
    {1: [0.60, 0.62, 0.61], 3: [0.90, 0.93, 0.91], 10: [0.92, 0.94, 0.88], 100: [0.93, 0.90, 0.92]},
    {2: [0.70, 0.95, 0.60], 4: [0.85, 0.86, 0.84], 8: [0.80, 0.82, 0.81], 16: [0.85, 0.86, 0.85]},
    {5: [0.80, 0.82], 10: [0.90, 0.91], 20: [0.70, 0.73]},
)


def _within_a_hundredth(scores: dict[int, list[float]], statistic: Callable[[Any], Any] = np.mean) -> int:
    best = max(statistic(values) for values in scores.values())
    return min(size for size, values in scores.items() if statistic(values) >= best - 0.01)


def _smallest_by_sorting(scores: dict[int, list[float]]) -> int:
    """The oracle: whole thousandths, sorted."""
    means = sorted((size, round(1000 * sum(values) / len(values))) for size, values in scores.items())
    top = max(mean for _, mean in means)
    return next(size for size, mean in means if mean >= top - 10)


CHOICE = Function(
    name="how many neurons",
    kind="by code",
    objectives=(CHOOSE,),
    points=4,
    rtol=0,
    hints=(
        "One number per size first: the mean over the runs.",
        "Which sizes are at most 0.01 below the best mean? Of these, the smallest.",
    ),
    right=_smallest_by_sorting,
    cases=tuple((scores,) for scores in _SCORES),
    mistakes=(
        Mistake(
            sentence="You take the size with the best mean. A smaller network that is at most 0.01 below it is "
            "preferred.",
            answer=lambda scores: max(scores, key=lambda size: np.mean(scores[size])),
        ),
        Mistake(
            sentence="You judge by the best single run. A lucky start says little: take the mean over the runs.",
            answer=lambda scores: max(scores, key=lambda size: max(scores[size])),
        ),
        Mistake(
            sentence="You compare the best runs of all sizes. Compare the means.",
            answer=lambda scores: _within_a_hundredth(scores, np.max),
        ),
        Mistake(
            sentence="You take the smallest size of all, whatever it scores.",
            answer=min,
        ),
        Mistake(
            sentence="You look for the smallest mean: a larger accuracy is better.",
            answer=lambda scores: min(scores, key=lambda size: np.mean(scores[size])),
        ),
        Mistake(
            sentence="You return the score. Asked for is the number of neurons, the key in the dictionary.",
            answer=lambda scores: float(np.mean(scores[_within_a_hundredth(scores)])),
        ),
    ),
)


def _hat(
    knots: tuple[float, float, float] = (0, 1, 2), v: tuple[float, float, float] = (1, -2, 1)
) -> tuple[np.ndarray, ...]:
    return np.ones((1, 3)), -np.array(knots, float), np.array(v, float)[:, None], np.zeros(1)


def _values_of_hat(results: list[Any]) -> np.ndarray:
    weights = results[0]
    if not isinstance(weights, tuple | list) or len(weights) != 4:
        raise Wrong("Return four arrays, W1, b1, W2, b2.")
    W1, b1, W2, b2 = (np.asarray(array, float) for array in weights)
    if (W1.shape, b1.shape, W2.shape, b2.shape) != ((1, 3), (3,), (3, 1), (1,)):
        raise Wrong("The shapes have to be (1, 3), (3,), (3, 1) and (1,): three hidden neurons, one output.")
    x = np.array([[-3.0], [-0.5], [0.0], [0.5], [1.0], [1.5], [2.0], [2.5], [6.0]])
    return np.asarray(np.maximum(0, x @ W1 + b1) @ W2 + b2)[:, 0]


_HAT = np.array([0, 0, 0, 0.5, 1, 0.5, 0, 0, 0])

HAT = Product(
    name="hat",
    kind="transfer",
    objectives=(RELU,),
    points=4,
    hints=(
        "A ReLU unit with the weight 1 and the bias −k is 0 up to k, and from there on it rises with the slope 1.",
        "The slope of the hat is 0, then 1, then −1, then 0. Each unit changes the slope at its knot: by how much?",
        "Knots at 0, 1 and 2; the slope changes by +1, −2 and +1.",
    ),
    right=_hat,
    cases=((),),
    measure=_values_of_hat,
    mistakes=(
        Mistake(
            sentence="The hat falls again, but does not stop at 0: after x = 2 it goes on falling. The third unit "
            "has to stop it.",
            answer=lambda: _hat(v=(1, -2, 0)),
            fails=lambda y: bool(np.allclose(y[:7], _HAT[:7]) and y[8] < -0.5),
        ),
        Mistake(
            sentence="It rises to 1 and stays there. At x = 1 the slope changes from 1 to −1, so by −2.",
            answer=lambda: _hat(v=(1, -1, 0)),
            fails=lambda y: bool(np.allclose(y[:5], _HAT[:5]) and np.allclose(y[5:], 1)),
        ),
        Mistake(
            sentence="The hat stands on its head: its signs are exchanged.",
            answer=lambda: _hat(v=(-1, 2, -1)),
            fails=lambda y: bool(np.allclose(y, -_HAT)),
        ),
        Mistake(
            sentence="The shape is a hat, in the wrong place. A unit with the weight 1 has its knot at −b: check "
            "the signs of "
            "the biases.",
            answer=lambda: _hat(knots=(0, -1, -2)),
            fails=lambda y: bool(np.allclose(y[[0, -1]], 0, atol=1e-6) and not np.allclose(y, _HAT)),
        ),
        Mistake(
            sentence="It is not the hat yet. Draw it (the cell below does that once it is right) or print it at x = "
            "0, 1 and 2: "
            "it has to be 0, 1 and 0.",
            answer=lambda: _hat(v=(1, 1, 1)),
            fails=lambda y: not np.allclose(y, _HAT, atol=1e-6),
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (COLLAPSE, FORMULA, REGIONS, EQUAL, CURE, CHOICE, HAT)
