# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Exercises of lesson 02: neurons and layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

import numpy as np
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression

from .exercise import Choice, Exercise, Function, Mistake, Number, Product, Sheet
from .networks import four_weights, outputs_of, the_model
from .running import SECONDS_TO_TRAIN, Wrong

OUTPUT = "compute the output of a neuron"
LINE = "draw the line by which a neuron"
ONE_LINE = "tell whether one line can answer"
PARAMETERS = "count the parameters"
THREE_WAYS = "write a network in Keras in three ways"


def exercises(seed: int = 0) -> Sheet:
    """The exercises of lesson 02.

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
    >>> exercises(seed=0).check("parameters", lambda widths: sum(n * m for n, m in zip(widths, widths[1:])))
    ✗ parameters: The biases are missing: each neuron has one, beside its weights.
    """
    return Sheet("02", EXERCISES, seed=seed)


# --- by hand: the line of a neuron -----------------------------------------------------------------------


def _draw_neuron(rng: np.random.Generator) -> Mapping[str, Any]:
    return {
        "w1": int(rng.choice([-6, -3, 3, 6])),
        "w2": int(rng.choice([-2, -1.5, 1.5, 2]) * 2) / 2,
        "b": int(rng.choice([-9, -4, 4, 9])),
    }


def _line_of(w1: float, w2: float, b: float) -> tuple[float, float, str]:
    """Slope, intercept and side, read off points of the line instead of a formula for them."""
    at_0, at_1 = (float(np.roots([w2, w1 * x1 + b])[0]) for x1 in (0, 1))
    return at_1 - at_0, at_0, "above" if w1 * 0 + w2 * (at_0 + 1) + b > 0 else "below"


def _line_but(change: Callable[..., tuple[float, float, bool]]) -> Callable[..., tuple[float, float, str]]:
    """A wrong line: `change` gives slope, intercept, and whether the side is the right one."""

    def wrong(w1: float, w2: float, b: float) -> tuple[float, float, str]:
        slope, intercept, right_side = change(w1, w2, b)
        side = _line_of(w1, w2, b)[2]
        return slope, intercept, side if right_side else {"above": "below", "below": "above"}[side]

    return wrong


NEURON = Number(
    name="line",
    kind="by hand",
    objectives=(LINE,),
    points=4,
    task="A neuron has the weights w₁ = {w1} and w₂ = {w2} and the bias b = {b}.",
    hints=(
        "The line is where the weighted sum is 0: w₁x₁ + w₂x₂ + b = 0. Solve it for x₂.",
        "For the side try one point that is not on the line, for example a point far above it: is the sum positive?",
    ),
    draw=_draw_neuron,
    right=_line_of,
    mistakes=(
        Mistake(
            sentence="Slope and intercept are right, the side is not. Put a point of this side into the weighted sum: "
            "yes is where the sum is positive. (The sign of w₂ decides.)",
            answer=_line_but(lambda w1, w2, b: (-w1 / w2, -b / w2, False)),
        ),
        Mistake(
            sentence="The slope has the wrong sign: w₁x₁ goes to the other side of the equation and becomes −w₁x₁.",
            answer=_line_but(lambda w1, w2, b: (w1 / w2, -b / w2, True)),
        ),
        Mistake(
            sentence="The intercept has the wrong sign: b goes to the other side of the equation and becomes −b.",
            answer=_line_but(lambda w1, w2, b: (-w1 / w2, b / w2, True)),
        ),
        Mistake(
            sentence="Neither w₁ nor b changed its sign: both go to the other side of the equation.",
            answer=_line_but(lambda w1, w2, b: (w1 / w2, b / w2, True)),
        ),
        Mistake(
            sentence="Everything is divided by w₂, the bias as well.",
            answer=_line_but(lambda w1, w2, b: (-w1 / w2, -b, True)),
        ),
        Mistake(
            sentence="You solved for x₁. The line is asked for as x₂ = slope · x₁ + intercept.",
            answer=_line_but(lambda w1, w2, b: (-w2 / w1, -b / w1, True)),
        ),
        Mistake(
            sentence="The slope is upside down: w₁ is divided by w₂.",
            answer=_line_but(lambda w1, w2, b: (-w2 / w1, -b / w2, True)),
        ),
        Mistake(
            sentence="Slope and intercept are exchanged: the slope is what x₁ is multiplied by.",
            answer=_line_but(lambda w1, w2, b: (-b / w2, -w1 / w2, True)),
        ),
        Mistake(
            sentence="Nothing is divided by w₂ yet: w₂x₂ = −w₁x₁ − b still has to be solved for x₂.",
            answer=_line_but(lambda w1, w2, b: (-w1, -b, True)),
        ),
        Mistake(
            sentence="You read slope and intercept off the weights. The line is where the sum is 0: solve w₁x₁ + w₂x₂ "
            "+ b = 0 for x₂.",
            answer=_line_but(lambda w1, w2, b: (w1, b, True)),
        ),
        Mistake(
            sentence="The bias is lost: without it the line passes through the origin.",
            answer=_line_but(lambda w1, w2, b: (-w1 / w2, 0, True)),
        ),
        Mistake(
            sentence="The slope is right. −b/w₁ is where the line crosses the axis of x₁; the intercept is x₂ at x₁ = "
            "0.",
            answer=_line_but(lambda w1, w2, b: (-w1 / w2, -b / w1, True)),
        ),
    ),
)

# --- by code ---------------------------------------------------------------------------------------------


def _count_one_by_one(widths: Sequence[int]) -> int:
    """Count the weights and the bias of each neuron."""
    return sum(widths[layer - 1] + 1 for layer in range(1, len(widths)) for _ in range(widths[layer]))


def _weights_of(widths: Sequence[int]) -> int:
    return sum(n * m for n, m in pairwise(widths))


COUNT = Function(
    name="parameters",
    kind="by code",
    objectives=(PARAMETERS,),
    points=2,
    hints=(
        "One layer first: n inputs and m neurons. How many weights has each neuron, and how many biases?",
        "`zip(widths, widths[1:])` gives the pairs (inputs, neurons) of all layers.",
    ),
    right=_count_one_by_one,
    cases=(([3, 3, 2, 2],), ([784, 500, 10],), ([1, 1],), ([2, 5, 1],)),
    mistakes=(
        Mistake(sentence="The biases are missing: each neuron has one, beside its weights.", answer=_weights_of),
        Mistake(
            sentence="You gave each layer one bias. Each *neuron* has one of its own.",
            answer=lambda widths: _weights_of(widths) + len(widths) - 1,
        ),
        Mistake(
            sentence="You gave each connection a weight and a bias. A bias belongs to a neuron.",
            answer=lambda widths: 2 * _weights_of(widths),
        ),
        Mistake(
            sentence="You counted a bias for each input as well. Input circles only hold numbers: they have none.",
            answer=lambda widths: _weights_of(widths) + sum(widths),
        ),
        Mistake(
            sentence="The biases follow the number of neurons, and you took the number of inputs: it is (n + 1) · m.",
            answer=lambda widths: _weights_of(widths) + sum(widths[:-1]),
        ),
        Mistake(
            sentence="You counted a layer of weights in front of the inputs. The input layer computes nothing.",
            answer=lambda widths: _count_one_by_one(widths) + widths[0] * (widths[0] + 1),
        ),
        Mistake(
            sentence="You left out the first layer of neurons, its weights and its biases.",
            answer=lambda widths: _count_one_by_one(widths[1:]),
        ),
        Mistake(
            sentence="You left out the output layer. Its units are neurons, with weights and biases of their own.",
            answer=lambda widths: _count_one_by_one(widths[:-1]),
        ),
        Mistake(
            sentence="You added 1 to the number of neurons as well. Only the inputs of a layer get a 1 beside them: "
            "it is (n + 1) · m.",
            answer=lambda widths: sum((n + 1) * (m + 1) for n, m in pairwise(widths)),
        ),
        Mistake(
            sentence="This counts the first layer only. If there is a loop: does its `return` stand inside it?",
            answer=lambda widths: (widths[0] + 1) * widths[1],
        ),
        Mistake(
            sentence="This counts the last layer only. In a loop each layer has to be added to those before: += in "
            "place of =.",
            answer=lambda widths: (widths[-2] + 1) * widths[-1],
        ),
        Mistake(
            sentence="You added a single bias for the whole network. Each neuron has one of its own.",
            answer=lambda widths: _weights_of(widths) + 1,
        ),
        Mistake(
            sentence="The biases of the output layer are missing. Its units are neurons, too.",
            answer=lambda widths: _weights_of(widths) + sum(widths[1:-1]),
        ),
    ),
)


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def _forward(
    x: np.ndarray,
    W1: np.ndarray,
    b1: np.ndarray,
    W2: np.ndarray,
    b2: np.ndarray,
    *,
    hidden: Callable[[np.ndarray, np.ndarray], np.ndarray] = lambda z, b: _sigmoid(z + b),
    axis: int | None = 1,
    output: Callable[[np.ndarray], np.ndarray] = np.exp,
) -> np.ndarray:
    """A forward pass; the options make the mistakes."""
    powers = output(hidden(x @ W1, b1) @ W2 + b2)
    return powers / powers.sum(axis=axis, keepdims=True)


def _softmax_of_sums(z: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(z + b) / np.exp(z + b).sum(axis=1, keepdims=True))


def _divided_inside(x: np.ndarray, W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray) -> np.ndarray:
    sums = _sigmoid(x @ W1 + b1) @ W2 + b2
    return np.asarray(np.exp(sums / np.exp(sums).sum(axis=1, keepdims=True)))


def _forward_by_loops(x: np.ndarray, W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray) -> np.ndarray:
    """The same, number by number."""
    result = np.empty((len(x), len(b2)))
    for n, sample in enumerate(x):
        sums = [sum(sample[i] * W1[i, j] for i in range(len(sample))) + b1[j] for j in range(len(b1))]
        h = [0.5 + np.tanh(s / 2) / 2 for s in sums]  # another form of the sigmoid
        powers = [float(np.exp(sum(h[j] * W2[j, k] for j in range(len(h))) + b2[k])) for k in range(len(b2))]
        result[n] = [power / sum(powers) for power in powers]
    return result


def _case(n: int, inputs: int, hidden: int, outputs: int, seed: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    shapes = ((n, inputs), (inputs, hidden), (hidden,), (hidden, outputs), (outputs,))
    return tuple(rng.normal(size=shape).round(2) for shape in shapes)


FORWARD = Function(
    name="forward pass",
    kind="by code",
    objectives=(OUTPUT, THREE_WAYS),
    points=4,
    hints=(
        "Layer by layer: the sums of the hidden layer are x @ W1 + b1, and the sigmoid is applied to them.",
        "Softmax: np.exp of each sum, divided by the total of its own row. Print the row totals of your result.",
        "`powers.sum(axis=1, keepdims=True)` keeps the totals in a column.",
    ),
    right=_forward_by_loops,
    cases=(_case(4, 3, 3, 2, 1), _case(2, 2, 2, 2, 2), _case(1, 2, 3, 4, 3)),
    mistakes=(
        Mistake(
            sentence="Your softmax divides by the totals of the columns, so different samples share one total. "
            "Each row is one sample: add up along the row (axis=1).",
            answer=lambda x, W1, b1, W2, b2: _forward(x, W1, b1, W2, b2, axis=0),
        ),
        Mistake(
            sentence="Your softmax divides by the total of the whole table. Each row has to add up to 1.",
            answer=lambda x, W1, b1, W2, b2: _forward(x, W1, b1, W2, b2, axis=None),
        ),
        Mistake(
            sentence="The hidden layer has no activation: apply the sigmoid to its sums.",
            answer=lambda x, W1, b1, W2, b2: _forward(x, W1, b1, W2, b2, hidden=np.add),
        ),
        Mistake(
            sentence="You added the hidden bias after the sigmoid. It belongs to the sum: sigmoid(x @ W1 + b1).",
            answer=lambda x, W1, b1, W2, b2: _forward(x, W1, b1, W2, b2, hidden=lambda z, b: _sigmoid(z) + b),
        ),
        Mistake(
            sentence="The hidden layer uses ReLU. Asked for is the sigmoid.",
            answer=lambda x, W1, b1, W2, b2: _forward(x, W1, b1, W2, b2, hidden=lambda z, b: np.maximum(0, z + b)),
        ),
        Mistake(
            sentence="The exponential is missing in the softmax: you divided the sums themselves by their total.",
            answer=lambda x, W1, b1, W2, b2: _forward(x, W1, b1, W2, b2, output=np.asarray),
        ),
        Mistake(
            sentence="The output is a sigmoid. It gives each class a number of its own, and the rows do not add up "
            "to 1.",
            answer=lambda x, W1, b1, W2, b2: _sigmoid(_sigmoid(x @ W1 + b1) @ W2 + b2),
        ),
        Mistake(
            sentence="These are the sums of the output layer. The softmax is missing.",
            answer=lambda x, W1, b1, W2, b2: _sigmoid(x @ W1 + b1) @ W2 + b2,
        ),
        Mistake(
            sentence="The sign in the sigmoid is wrong: it is 1 / (1 + exp(−z)), which grows with z.",
            answer=lambda x, W1, b1, W2, b2: _forward(x, W1, b1, W2, b2, hidden=lambda z, b: _sigmoid(-(z + b))),
        ),
        Mistake(
            sentence="Both biases are missing: each is added to the sums of its layer.",
            answer=lambda x, W1, b1, W2, b2: _forward(x, W1, 0 * b1, W2, 0 * b2),
        ),
        Mistake(
            sentence="The hidden bias b1 is missing: it is added to x @ W1, before the sigmoid.",
            answer=lambda x, W1, b1, W2, b2: _forward(x, W1, 0 * b1, W2, b2),
        ),
        Mistake(
            sentence="The output bias b2 is missing: it is added to the sums of the output layer, before the softmax.",
            answer=lambda x, W1, b1, W2, b2: _forward(x, W1, b1, W2, 0 * b2),
        ),
        Mistake(
            sentence="You added the output bias to the powers. It belongs to the sums: np.exp(hidden @ W2 + b2).",
            answer=lambda x, W1, b1, W2, b2: _forward(x, W1, b1, W2, 0 * b2, output=lambda s: np.exp(s) + b2),
        ),
        Mistake(
            sentence="The hidden layer uses tanh. Asked for is the sigmoid.",
            answer=lambda x, W1, b1, W2, b2: _forward(x, W1, b1, W2, b2, hidden=lambda z, b: np.tanh(z + b)),
        ),
        Mistake(
            sentence="You applied the sigmoid to the sums of the output layer, and then the softmax. The softmax alone "
            "is the activation of this layer.",
            answer=lambda x, W1, b1, W2, b2: _forward(x, W1, b1, W2, b2, output=lambda s: np.exp(_sigmoid(s))),
        ),
        Mistake(
            sentence="The minus in the sigmoid reaches x @ W1 only, and the bias keeps its sign: it needs brackets, "
            "exp(−(x @ W1 + b1)).",
            answer=lambda x, W1, b1, W2, b2: _forward(x, W1, b1, W2, b2, hidden=lambda z, b: _sigmoid(z - b)),
        ),
        Mistake(
            sentence="Brackets are missing in the sigmoid: Python reads 1 / 1 + exp(−z) as 1 + exp(−z).",
            answer=lambda x, W1, b1, W2, b2: _forward(x, W1, b1, W2, b2, hidden=lambda z, b: 1 + np.exp(-(z + b))),
        ),
        Mistake(
            sentence="In the softmax you divided inside the exponential. Take the powers first, then divide them by "
            "their total.",
            answer=_divided_inside,
        ),
        Mistake(
            sentence="These are the chosen classes. Asked for are the probabilities of all classes: leave out argmax.",
            answer=lambda x, W1, b1, W2, b2: _forward(x, W1, b1, W2, b2).argmax(axis=1),
        ),
        Mistake(
            sentence="The hidden layer uses the softmax. Its activation is the sigmoid, for each neuron by itself.",
            answer=lambda x, W1, b1, W2, b2: _forward(x, W1, b1, W2, b2, hidden=_softmax_of_sums),
        ),
    ),
)

# --- predict ---------------------------------------------------------------------------------------------

_POSSIBLE = {
    "a": "A is possible: x₁ − x₂ is above ½ only for (1, 0).",
    "c": "C is possible: yes is where x₁ + x₂ + x₃ is above 1½, and this is one border.",
}
_IMPOSSIBLE = {
    "b": "B: yes for 0 and for 3 switches on, no between. One border cannot do that.",
    "d": "D contains XOR: set x₃ = 0, and the question is whether exactly one of the other two is on.",
}


def _what_is_wrong_with(letters: str) -> str:
    named = (text for letter, text in _IMPOSSIBLE.items() if letter in letters)
    missing = (text for letter, text in _POSSIBLE.items() if letter not in letters)
    return " ".join([*named, *missing])


_SUBSETS = ["".join(chosen) for size in range(1, 5) for chosen in combinations("abcd", size)]

QUESTIONS = Choice(
    name="one neuron",
    any_order=True,
    kind="predict",
    objectives=(ONE_LINE,),
    points=2,
    hints=(
        "A: draw the four points and try to separate yes from no with one line.",
        "B, C and D: the positions of three switches are the corners of a cube, and a neuron cuts it with a plane. The "
        "plane may depend on how many switches are on: x₁ + x₂ + x₃.",
    ),
    right="ac",
    because="A needs the sum x₁ − x₂ above ½, C the sum x₁ + x₂ + x₃ above 1½. B and D depend only on how many "
    "switches are on, and the answer changes more than once as this number grows: no single border does that.",
    mistakes=tuple(
        Mistake(sentence=_what_is_wrong_with(letters), answer=letters) for letters in _SUBSETS if letters != "ac"
    ),
)

# --- repair ----------------------------------------------------------------------------------------------


def clouds() -> tuple[np.ndarray, np.ndarray]:
    """Two clouds of points, shape (200, 2), and their classes 0 and 1, shape (200,).

    Examples
    --------
    >>> points, labels = clouds()
    >>> points.shape, labels.shape
    ((200, 2), (200,))
    """
    points, labels = make_blobs(200, centers=[(1, 1), (3, 3)], cluster_std=0.7, random_state=3)
    return points, labels


def _unit(
    activation: str | None,
    *,
    scale: float = 1.0,
    functional: bool = True,
    outputs: int = 1,
    use_bias: bool = True,
) -> Any:
    """A model of one layer with the weights of logistic regression, times `scale`."""
    import keras

    points, labels = clouds()
    logistic = LogisticRegression().fit(points, labels)
    inputs = keras.Input((2,))
    layer = keras.layers.Dense(outputs, activation=activation, use_bias=use_bias)
    model = keras.Model(inputs, layer(inputs)) if functional else keras.Sequential([inputs, layer])
    weights = [scale * np.tile(logistic.coef_.T, outputs), scale * np.tile(logistic.intercept_, outputs)]
    model.set_weights(weights if use_bias else weights[:1])
    return model


def _answers_of(results: list[Any]) -> dict[str, Any]:
    model = the_model(results)
    points, labels = clouds()
    answers = outputs_of(model, points.astype("float32"))
    return {
        "functional": type(model).__name__ == "Functional",
        "bias": any(len(layer.get_weights()) == 2 for layer in model.layers),
        "shape": answers.shape,
        "answers": answers,
        "accuracy": float(np.mean((answers.reshape(len(labels), -1)[:, 0] > 0.5) == labels)),
    }


CURE = Product(
    name="cure",
    kind="repair",
    objectives=(OUTPUT, THREE_WAYS),
    points=4,
    hints=(
        "Print some outputs of the sick network. Which values do you see, and do they change with the input?",
        "Softmax divides each power by the total of all powers of the layer. How many units has this layer?",
        "One unit with a yes-or-no answer needs the sigmoid.",
    ),
    right=lambda points, labels: _unit("sigmoid", scale=1),
    cases=(clouds(),),
    seconds=SECONDS_TO_TRAIN,
    measure=_answers_of,
    mistakes=(
        Mistake(
            sentence="Each sample should get one number, the probability of class 1: one output unit.",
            answer=lambda points, labels: _unit("softmax", outputs=2),
            fails=lambda m: m["shape"] != (200, 1),
        ),
        Mistake(
            sentence="Every answer is still exactly 1: the softmax of a single unit is e^z / e^z, whatever z is.",
            answer=lambda points, labels: _unit("softmax"),
            fails=lambda m: bool(np.allclose(m["answers"], 1, atol=1e-6)),
        ),
        Mistake(
            sentence="Some answers are below 0 or above 1, so they are no probabilities: the output unit needs an "
            "activation that keeps them between 0 and 1.",
            answer=lambda points, labels: _unit(None),
            fails=lambda m: m["answers"].min() < 0 or m["answers"].max() > 1,
        ),
        Mistake(
            sentence="Yes and no are exchanged: your network gives the probability of class 0.",
            answer=lambda points, labels: _unit("sigmoid", scale=-1),
            fails=lambda m: m["accuracy"] < 0.07,
        ),
        Mistake(
            sentence="Your network has no bias, so its border passes through the origin: it cannot lie between the "
            "clouds.",
            answer=lambda points, labels: _unit("sigmoid", use_bias=False),
            fails=lambda m: m["accuracy"] < 0.93 and not m["bias"],
        ),
        Mistake(
            sentence="The output no longer hinders learning, but fewer than 93 % of the answers are right. Is the "
            "model trained, long enough, and on the points as they are, not scaled?",
            answer=lambda points, labels: _unit("sigmoid", scale=0),
            fails=lambda m: m["accuracy"] < 0.93,
        ),
        Mistake(
            sentence="It learns, but it is not written in the functional form: call each layer on the result of the "
            "one before, then keras.Model(inputs, outputs).",
            answer=lambda points, labels: _unit("sigmoid", functional=False),
            fails=lambda m: not m["functional"],
        ),
    ),
)

# --- transfer --------------------------------------------------------------------------------------------


def _band(low: float, high: float, *, steep: float = 20.0, sign: float = 1.0) -> tuple[np.ndarray, ...]:
    """Weights of a network that says yes between `low` and `high`: above the first and not above the second."""
    return (
        np.array([[steep, steep]]),
        np.array([-low * steep, -high * steep]),
        sign * np.array([[steep], [-steep]]),
        sign * np.array([-steep / 2]),
    )


def _answers_in_band(results: list[Any]) -> dict[str, Any]:
    arrays = four_weights(results)
    for name, array, shape in zip(("W1", "b1", "W2", "b2"), arrays, ((1, 2), (2,), (2, 1), (1,)), strict=True):
        if array.shape != shape:
            raise Wrong(f"{name} has the shape {array.shape}; with Keras's shapes it is {shape}.")
    W1, b1, W2, b2 = arrays

    def answers(steep: float) -> np.ndarray:
        """The outputs; with a large `steep` each sigmoid is a step, wherever its border lies."""
        with np.errstate(over="ignore"):
            return _sigmoid(steep * (_sigmoid(steep * (_ASKED[:, None] @ W1 + b1)) @ W2 + b2))[:, 0]

    with np.errstate(divide="ignore", invalid="ignore"):
        borders = np.sort(-b1 / W1[0])
    return {
        "right": _is_band(answers(1)),
        "as steps": answers(1000),
        "borders": borders,
        "border as bias": bool(np.allclose(np.sort(np.abs(b1)), _BORDERS)),
    }


_BORDERS = np.array([1.5, 3.5])
_ASKED = np.array([-5, 0, 1, 1.3, 1.7, 2, 3, 3.3, 3.7, 4, 9])
_INSIDE = (_ASKED > 1.5) & (_ASKED < 3.5)
_SURE = np.where(_ASKED % 1 == 0, 0.4, 0.0)  # how far from ½; near a border it is enough to be on the right side


def _is_band(answers: np.ndarray) -> bool:
    """Whether every answer is on its side, and sure."""
    return bool(np.all(np.where(_INSIDE, answers > 0.5 + _SURE, answers < 0.5 - _SURE)))


BAND = Product(
    name="band",
    kind="transfer",
    objectives=(ONE_LINE, OUTPUT),
    points=4,
    hints=(
        "Put the question in words with two borders: warmer than 1½, and not warmer than 3½.",
        "One hidden neuron per border, as OR and AND for XOR. A neuron with weight 20 and bias −30 is undecided at 1½.",
        "The output neuron says yes if the first hidden neuron says yes and the second says no: weights 20 and −20.",
    ),
    right=lambda: _band(1.5, 3.5),
    cases=((),),
    measure=_answers_in_band,
    mistakes=(
        Mistake(
            sentence="Yes and no are exchanged: it says yes outside the band and no inside.",
            answer=lambda: _band(1.5, 3.5, sign=-1),
            fails=lambda m: not m["right"] and _is_band(1 - m["as steps"]),
        ),
        Mistake(
            sentence="Your borders lie at −1½ and −3½: a hidden neuron is undecided where w·x + b = 0, so its border "
            "is at −b/w. Look at the signs of the biases.",
            answer=lambda: _band(-1.5, -3.5),
            fails=lambda m: not m["right"] and np.allclose(m["borders"], -_BORDERS[::-1]),
        ),
        Mistake(
            sentence="You took the borders themselves as biases. A hidden neuron is undecided where w·x + b = 0, so "
            "its border is at −b/w, and a larger weight needs a larger bias.",
            answer=lambda: (np.full((1, 2), 20.0), -_BORDERS, *_band(1.5, 3.5)[2:]),
            fails=lambda m: not m["right"] and m["border as bias"] and not np.allclose(m["borders"], _BORDERS),
        ),
        Mistake(
            sentence="The borders of your hidden neurons are not 1½ and 3½. A hidden neuron is undecided where "
            "w·x + b = 0, so its border is at −b/w.",
            answer=lambda: _band(0.5, 3.5),
            fails=lambda m: not m["right"] and not np.allclose(m["borders"], _BORDERS, atol=0.1),
        ),
        Mistake(
            sentence="The hidden neurons are right, but the output has only one border: it says yes on one side of it, "
            "however far away. Which signs do the weights into the output need?",
            answer=lambda: (*_band(1.5, 3.5)[:2], np.array([[20.0], [20.0]]), np.array([-10.0])),
            fails=lambda m: not m["right"] and np.sum(np.diff((m["as steps"] > 0.5).astype(int)) != 0) == 1,
        ),
        Mistake(
            sentence="The hidden neurons are right, the output neuron is not. Compute its sum below the band, inside "
            "and above, from the two hidden answers there: only inside it has to be positive, elsewhere negative.",
            answer=lambda: (*_band(1.5, 3.5)[:3], np.array([20.0])),
            fails=lambda m: not m["right"] and not _is_band(m["as steps"]),
        ),
        Mistake(
            sentence="The borders are right, but some answers are near ½. Larger weights and biases make a sigmoid "
            "more like a step.",
            answer=lambda: _band(1.5, 3.5, steep=4),
            fails=lambda m: not m["right"],
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (NEURON, COUNT, FORWARD, QUESTIONS, CURE, BAND)
