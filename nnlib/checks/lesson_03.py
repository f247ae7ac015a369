# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Exercises of lesson 03: hidden layers and decision boundaries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from sklearn.datasets import make_circles
from sklearn.neural_network import MLPClassifier

from .exercise import Choice, Exercise, Function, Mistake, Number, Product, Sheet
from .networks import four_weights, is_linear, layers_of, outputs_of, the_model, weights_of
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
    ✗ equal starts: Equal neurons get equal slopes, so equal steps, and are equal after each
    of them.
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
            sentence="The second bias is lost: the second layer adds it at the end.",
            answer=lambda W1, b1, W2, b2: (W1 @ W2, b1 @ W2),
        ),
        Mistake(
            sentence="You multiplied both biases by the second kernel. Only the first one goes through it.",
            answer=lambda W1, b1, W2, b2: (W1 @ W2, (b1 + b2) @ W2),
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
        Mistake(
            sentence="That is the order for columns, W x. In Keras's shapes x stands on the left: x W1 W2, and b1 @ "
            "W2.",
            answer=lambda W1, b1, W2, b2: (W2 @ W1, W2 @ b1 + b2),
        ),
        Mistake(
            sentence="The two results are exchanged: first the kernel, then the bias.",
            answer=lambda W1, b1, W2, b2: (b1 @ W2 + b2, W1 @ W2),
        ),
        Mistake(
            sentence="The wrong bias goes through the second kernel: b1 comes before W2, and b2 after it.",
            answer=lambda W1, b1, W2, b2: (W1 @ W2, b1 + b2 @ W2),
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


def _with_output_at_0(w: list[float], b: list[float], v: list[float], c: float, x: float) -> tuple[float, float]:
    return _relu_by_points(w, b, v, c, x)[0], float(np.dot(v, np.maximum(0, b)) + c)


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
        "First the three sums wx + b at this x. Which of them are positive? Only these neurons are active.",
        "An active neuron adds v·(wx + b) = (v·w)·x + v·b. Collect what is multiplied by x, and the rest.",
    ),
    draw=_draw_relu,
    right=_relu_by_points,
    mistakes=(
        Mistake(
            sentence="You used all three neurons. A neuron whose sum is negative is silent: it adds nothing.",
            answer=_relu_with(np.ones_like),
        ),
        Mistake(
            sentence="You kept the silent neurons and dropped the active ones: ReLU lets *positive* sums pass.",
            answer=_relu_with(lambda z: 1 - _active(z)),
        ),
        Mistake(
            sentence="In the intercept the biases of the active hidden neurons are missing: each adds v·b.",
            answer=_relu_with(_active, bias=False),
        ),
        Mistake(
            sentence="The output bias c is missing in the intercept.",
            answer=_relu_with(_active, plus=False),
        ),
        Mistake(
            sentence="You chose the active neurons by the sign of their weight. What counts is the sign of the sum wx "
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
        Mistake(
            sentence="The output weights v are missing: each neuron's wx + b is multiplied by its v.",
            answer=lambda w, b, v, c, x: _relu_with(_active)(w, b, [1, 1, 1], c, x),
        ),
        Mistake(
            sentence="In the intercept the output weights v are missing: each active neuron adds v·b, not b.",
            answer=lambda w, b, v, c, x: (
                _relu_by_points(w, b, v, c, x)[0],
                _relu_with(_active)(w, b, [1, 1, 1], c, x)[1],
            ),
        ),
        Mistake(
            sentence="Slope and intercept are exchanged: the slope is what x is multiplied by.",
            answer=lambda w, b, v, c, x: _relu_by_points(w, b, v, c, x)[::-1],
        ),
        Mistake(
            sentence="Your intercept is the output at x = 0. There other neurons may be active: use those that are "
            "active at the given x.",
            answer=_with_output_at_0,
        ),
        Mistake(
            sentence="The intercept is right, and the slope counts silent neurons as well. Only active neurons have a "
            "part in it.",
            answer=lambda w, b, v, c, x: (float(np.dot(v, w)), _relu_by_points(w, b, v, c, x)[1]),
        ),
        Mistake(
            sentence="The slope is right, and the intercept counts silent neurons as well. Only active neurons have a "
            "part in it.",
            answer=lambda w, b, v, c, x: (_relu_by_points(w, b, v, c, x)[0], float(np.dot(v, b) + c)),
        ),
        Mistake(
            sentence="In the slope the output weights v are missing: each active neuron adds v·w, not w.",
            answer=lambda w, b, v, c, x: (
                _relu_with(_active)(w, b, [1, 1, 1], c, x)[0],
                _relu_by_points(w, b, v, c, x)[1],
            ),
        ),
        Mistake(
            sentence="You multiplied the slope by x. It is the number that stands before x.",
            answer=lambda w, b, v, c, x: (_relu_by_points(w, b, v, c, x)[0] * x, _relu_by_points(w, b, v, c, x)[1]),
        ),
    ),
)

# --- predict ---------------------------------------------------------------------------------------------

_ABOUT_REGIONS: tuple[dict[int, str], ...] = (
    {
        1: "A: a band has two sides, so it needs two neurons, even if the sides are parallel.",
        2: "",
        3: "A: a band has two sides, and the output neuron needs no line of its own.",
    },
    {
        0: "B: an output neuron without a hidden layer draws this line too, and here the hidden layer has at least one "
        "neuron.",
        1: "",
        2: "B: one line is enough, it divides the plane into two halves.",
    },
    {
        3: "C: three neurons close a triangle. Two sides that are parallel lie on two lines, and need two neurons.",
        4: "C: four neurons have four lines. Count the sides of a hexagon: each lies on a line of its own.",
        5: "C: five neurons have five lines. Count the sides of a hexagon: each lies on a line of its own.",
        6: "",
        7: "C: the hidden neurons draw the sides, and the output neuron needs no line of its own.",
    },
)


def _what_is_wrong_with(numbers: Sequence[int]) -> str:
    said = (about[number] for about, number in zip(_ABOUT_REGIONS, numbers, strict=True))
    return " ".join(sentence for sentence in said if sentence)


REGIONS = Number(
    name="regions",
    kind="predict",
    objectives=(BOUNDARIES,),
    points=2,
    hints=("Count the straight sides of each border: each hidden neuron draws one.",),
    right=lambda: (2, 1, 6),
    mistakes=tuple(
        Mistake(sentence=_what_is_wrong_with(numbers), answer=lambda numbers=numbers: numbers)
        for numbers in product(*_ABOUT_REGIONS)
        if _what_is_wrong_with(numbers)
    ),
)

EQUAL = Choice(
    name="equal starts",
    kind="predict",
    objectives=(HANDS_ON,),
    points=2,
    hints=(
        "Compare the slopes of two neurons that have equal weights, incoming and outgoing. Which gets the larger step?",
    ),
    right="b",
    because="Ten equal neurons hand on ten times the same number: all together they draw one straight line. "
    "(A computer rounds, which can make them different in a long training. That would be luck.)",
    mistakes=(
        Mistake(
            sentence="Equal neurons get equal slopes, so equal steps, and are equal after each of them.",
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
    if kind == "no hidden layer":
        return keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "sigmoid")])
    units = 1 if kind == "one unit" else 8
    activation = None if kind == "linear" else "tanh"
    output = "softmax" if kind == "softmax" else "sigmoid"
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(units, activation), keras.layers.Dense(1, output)])
    if kind == "equal":
        model.set_weights([np.full((2, 8), 0.3), np.zeros(8), np.full((8, 1), 0.3), np.zeros(1)])
    elif kind in ("right", "one unit"):
        fitted = MLPClassifier((units,), activation="tanh", solver="lbfgs", alpha=0.01, random_state=1, max_iter=500)
        fitted.fit(points, labels)
        model.set_weights(weights_of(fitted))
    return model


def inside(model: Any, points: np.ndarray) -> np.ndarray:
    """How sure a model is that points lie in the inner ring, whether it has one output or two.

    Parameters
    ----------
    model : keras.Model
        With one output, or one for each class: probabilities, or numbers of which the sign or the largest counts.
    points : numpy.ndarray
        Shape (n, 2).

    Returns
    -------
    numpy.ndarray
        Shape (n,): the probabilities of one sigmoid output; for every other output 1 for "inside" and 0 for "outside".

    Raises
    ------
    Wrong
        If the model has another number of outputs.

    Examples
    --------
    >>> inside(lambda points: points, np.array([[0.2, 0.8], [3.0, -1.0]]))
    array([1., 0.])
    """
    answers = outputs_of(model, points.astype("float32"))
    if answers.shape not in ((len(points), 1), (len(points), 2)):
        raise Wrong(f"Two classes need one output, or two; your model gives the shape {answers.shape}.")
    if answers.shape[1] == 1 and answers.min() >= 0 and answers.max() <= 1:
        return answers[:, 0]
    return (answers[:, -1] > (answers[:, 0] if answers.shape[1] == 2 else 0)).astype(float)


def _of_rings(results: list[Any]) -> dict[str, Any]:
    model = the_model(results)
    points, labels = rings()
    answers = inside(model, points)
    kernels = [np.asarray(layer.kernel) for layer in layers_of(model) if hasattr(layer, "kernel")][:-1]  # hidden ones
    return {
        "hidden": bool(kernels),
        "units": kernels[0].shape[-1] if kernels else 0,
        "equal": any(k.shape[-1] > 1 and np.allclose(k, k[..., :1], atol=1e-4) for k in kernels),
        "linear": is_linear(model),
        "constant": np.ptp(answers) < 1e-6 and answers[0] == 1,
        "accuracy": float(np.mean((answers > 0.5) == labels)),
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
            sentence="Your network has no hidden layer of neurons.",
            answer=lambda points, labels: _network("no hidden layer"),
            fails=lambda m: not m["hidden"],
        ),
        Mistake(
            sentence="The hidden neurons are still equal to one another after training, so eight of them do the "
            "work of one: their weights must not start equal.",
            answer=lambda points, labels: _network("equal"),
            fails=lambda m: m["equal"],
        ),
        Mistake(
            sentence="The hidden layer has no activation. Then both layers together are one layer, and it draws a "
            "line.",
            answer=lambda points, labels: _network("linear"),
            fails=lambda m: m["linear"],
        ),
        Mistake(
            sentence="Your network answers 1 for every point. Softmax over a single unit is always 1: take two units "
            "with softmax, or one with sigmoid.",
            answer=lambda points, labels: _network("softmax"),
            fails=lambda m: m["constant"],
        ),
        Mistake(
            sentence="One or two hidden neurons cannot close a region: take at least three.",
            answer=lambda points, labels: _network("one unit"),
            fails=lambda m: m["units"] < 3 and m["accuracy"] < 0.95,
        ),
        Mistake(
            sentence="Neurons and start are fine now, but fewer than 95 % are right. Has the model been trained, "
            "long enough, and with a rate that is not too small or too large?",
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
    {4: [0.62, 0.90, 0.91], 6: [0.83, 0.84, 0.85], 12: [0.89, 0.89, 0.83], 24: [0.87, 0.88, 0.86]},
    {32: [0.95, 0.96], 16: [0.90, 0.91], 8: [0.952, 0.954], 64: [0.93, 0.99]},
    {3: [0.480, 0.482], 6: [0.488, 0.490]},
    {2: [0.80, 0.80], 5: [0.804, 0.806], 9: [0.90, 0.91], 17: [0.90, 0.92]},
    {3: [0.90, 0.90], 6: [0.915, 0.917], 12: [0.88, 0.89], 24: [0.82, 0.84]},
)


def _within(
    scores: dict[int, list[float]],
    *,
    statistic: Callable[[Any], Any] = np.mean,
    level: Callable[[float], float] = lambda best: best - 0.01,
    of_these: Callable[[Any], Any] = min,
) -> Any:
    """One of the sizes that reach the level; the options make the mistakes."""
    found = {size: statistic(values) for size, values in scores.items()}
    lowest = level(max(found.values()))
    return of_these(size for size, value in found.items() if value >= lowest)


def _first_without_gain(scores: dict[int, list[float]]) -> int:
    sizes = sorted(scores)
    means = [float(np.mean(scores[size])) for size in sizes]
    return next((size for size, a, b in zip(sizes, means, means[1:], strict=False) if b - a <= 0.01), sizes[-1])


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
            answer=lambda scores: _within(scores, statistic=np.max),
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
            answer=lambda scores: float(np.mean(scores[_within(scores)])),
        ),
        Mistake(
            sentence="You compare the medians. Here the *mean* of the runs is asked for.",
            answer=lambda scores: _within(scores, statistic=np.median),
        ),
        Mistake(
            sentence="You compare the worst runs of all sizes. Compare the means.",
            answer=lambda scores: _within(scores, statistic=np.min),
        ),
        Mistake(
            sentence="You use only the first run of each size: take the mean over all runs.",
            answer=lambda scores: _within(scores, statistic=lambda values: values[0]),
        ),
        Mistake(
            sentence="You take the first size in the dictionary that is good enough. The keys need not be in order: "
            "take the smallest.",
            answer=lambda scores: _within(scores, of_these=next),
        ),
        Mistake(
            sentence="You take the largest of the sizes that are good enough. Of two that are, prefer the smaller.",
            answer=lambda scores: _within(scores, of_these=max),
        ),
        Mistake(
            sentence="You allow 1 % of the best mean. Asked for is a distance of 0.01: best mean minus 0.01.",
            answer=lambda scores: _within(scores, level=lambda best: 0.99 * best),
        ),
        Mistake(
            sentence="You allow 10 % of the best mean. Asked for is a distance of 0.01: best mean minus 0.01.",
            answer=lambda scores: _within(scores, level=lambda best: 0.9 * best),
        ),
        Mistake(
            sentence="You allow a distance of 0.1. Asked for is 0.01.",
            answer=lambda scores: _within(scores, level=lambda best: best - 0.1),
        ),
        Mistake(
            sentence="You allow a distance of 0.02. Asked for is 0.01.",
            answer=lambda scores: _within(scores, level=lambda best: best - 0.02),
        ),
        Mistake(
            sentence="You stop at the first size after which the mean hardly rises. It may rise again: compare each "
            "mean with the best one.",
            answer=_first_without_gain,
        ),
        Mistake(
            sentence="You return all sizes that are good enough. One is asked for: the smallest of them.",
            answer=lambda scores: _within(scores, of_these=list),
        ),
        Mistake(
            sentence="You return the best mean. Asked for is the number of neurons, the key in the dictionary.",
            answer=lambda scores: float(max(np.mean(values) for values in scores.values())),
        ),
        Mistake(
            sentence="You add up the runs of each size. A distance of 0.01 is meant between means: divide by the "
            "number of runs.",
            answer=lambda scores: _within(scores, statistic=np.sum),
        ),
    ),
)


def _hat(
    bends: tuple[float, float, float] = (0, 1, 2), v: tuple[float, float, float] = (1, -2, 1)
) -> tuple[np.ndarray, ...]:
    return np.ones((1, 3)), -np.array(bends, float), np.array(v, float)[:, None], np.zeros(1)


def _values_of_hat(results: list[Any]) -> np.ndarray:
    W1, b1, W2, b2 = four_weights(results)
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
        "A ReLU neuron with the weight 1 and the bias −k is 0 up to k, and from there on it rises with the slope 1.",
        "The slope of the hat is 0, then 1, then −1, then 0. Each neuron changes the slope at its bend: by how much?",
        "Bends at 0, 1 and 2; the slope changes by +1, −2 and +1.",
    ),
    right=_hat,
    cases=((),),
    measure=_values_of_hat,
    mistakes=(
        Mistake(
            sentence="It rises to 1 and does not fall again. At x = 1 the slope changes from 1 to −1, so by −2.",
            answer=lambda: _hat(v=(1, -1, 0)),
            fails=lambda y: bool(np.allclose(y[:5], _HAT[:5]) and np.allclose(y[5:7], 1)),
        ),
        Mistake(
            sentence="Up to x = 2 it is right. From there on it does not stay at 0: there the third neuron has to "
            "change the slope from −1 to 0.",
            answer=lambda: _hat(v=(1, -2, 0)),
            fails=lambda y: bool(np.allclose(y[:7], _HAT[:7]) and not np.allclose(y[7:], 0)),
        ),
        Mistake(
            sentence="The hat stands on its head: its signs are exchanged.",
            answer=lambda: _hat(v=(-1, 2, -1)),
            fails=lambda y: bool(np.allclose(y, -_HAT)),
        ),
        Mistake(
            sentence="It is the same everywhere: the parts of the three neurons cancel. Each needs a bend of its own, "
            "by its bias.",
            answer=lambda: _hat(bends=(0, 0, 0)),
            fails=lambda y: bool(np.allclose(y, y[0])),
        ),
        Mistake(
            sentence="It is the hat, moved up or down: 0 on both sides needs another output bias.",
            answer=lambda: (*_hat()[:3], np.ones(1)),
            fails=lambda y: bool(np.allclose(y - y[0], _HAT) and not np.allclose(y[0], 0)),
        ),
        Mistake(
            sentence="The hat stands in its place, and its top is not at 1: by how much do you change the slope at "
            "each bend?",
            answer=lambda: _hat(v=(2, -4, 2)),
            fails=lambda y: bool(np.allclose(y, y[4] * _HAT) and not np.allclose(y[4], 1)),
        ),
        Mistake(
            sentence="On both sides it is 0, and the hat between is in the wrong place or has another shape. A neuron "
            "with the weight 1 has its bend at −b: check the biases and their signs.",
            answer=lambda: _hat(bends=(0, -1, -2)),
            fails=lambda y: bool(np.allclose(y[[0, -1]], 0, atol=1e-6) and not np.allclose(y, _HAT)),
        ),
        Mistake(
            sentence="Far to the left it is not 0. Is the output bias 0? And a neuron with a negative weight is active "
            "on the left of its bend: with positive weights in W1 all three are silent there.",
            answer=lambda: (np.array([[1.0, -2, 1]]), np.array([0.0, 2, -2]), np.ones((3, 1)), np.zeros(1)),
            fails=lambda y: not np.allclose(y[0], 0),
        ),
        Mistake(
            sentence="It is not the hat yet. Draw it (the cell below does that once it is right) or print it at x = "
            "0, 1 and 2: it has to be 0, 1 and 0.",
            answer=lambda: _hat(v=(1, 1, 1)),
            fails=lambda y: not np.allclose(y, _HAT, atol=1e-6),
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (COLLAPSE, FORMULA, REGIONS, EQUAL, CURE, CHOICE, HAT)
