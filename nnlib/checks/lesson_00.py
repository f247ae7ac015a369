# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Exercises of lesson 00: what a neural network is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from .comparing import numbers
from .exercise import Choice, Exercise, Mistake, Number, Product, Sheet
from .networks import answers_of, layers_of, reaching_weights, split_digits, the_model, weights_of
from .running import SECONDS_TO_TRAIN, Wrong

NEURON = "say what an artificial neuron computes"
WORDS = "place artificial intelligence"
LOOP = "name the parts of the loop"
CHOICE = "say for a task of your own"
WAY = "find your way through"


def exercises(seed: int = 0) -> Sheet:
    """The exercises of lesson 00.

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
    >>> exercises(seed=0).check("loop", "polw")
    ✗ loop: The optimizer needs the loss: it changes the weights so that the loss becomes
    smaller.
    """
    return Sheet("00", EXERCISES, seed=seed)


# --- by hand ---------------------------------------------------------------------------------------------


def _draw_neurons(rng: np.random.Generator) -> Mapping[str, Any]:
    return {
        "inputs": rng.permutation([1, 0, 2]).tolist(),
        "weights": rng.choice([-1.5, -1, 0.5, 1, 2], 3).tolist(),
        "bias": float(rng.choice([-2.5, -1.5, 0.5, 1.5])),
        "weight": float(rng.choice([-2, 1.5, 3])),
        "second_bias": float(rng.choice([-1, 1])),
    }


def _neurons(
    inputs: list[float],
    weights: list[float],
    bias: float,
    weight: float,
    second_bias: float,
    *,
    sign: float = 1.0,
    handed_on: Callable[[float], float] = lambda total: float(total > 0),
    add: bool = False,
) -> tuple[float, float]:
    """First sum and second sum; the options make the mistakes."""
    first = float((np.add(inputs, weights).sum() if add else np.dot(inputs, weights)) + sign * bias)
    return first, float(weight * handed_on(first) + sign * second_bias)


def _neurons_by_lists(
    inputs: list[float], weights: list[float], bias: float, weight: float, second_bias: float
) -> tuple[float, float]:
    """The bias as one more input that always is 1."""
    first = sum(x * w for x, w in zip([*inputs, 1], [*weights, bias], strict=True))
    return first, sum(x * w for x, w in zip([1 if first > 0 else 0, 1], [weight, second_bias], strict=True))


TWO_NEURONS = Number(
    name="two neurons",
    kind="by hand",
    objectives=(NEURON,),
    points=4,
    task="First neuron: inputs {inputs}, weights {weights}, bias {bias}. "
    "Second neuron: weight {weight}, bias {second_bias}; its only input is the output of the first.",
    hints=(
        "The sum of the first neuron: each input times its weight, added up, plus the bias.",
        "Its output is not this sum: it is 1 if the sum is positive, else 0.",
    ),
    draw=_draw_neurons,
    right=_neurons_by_lists,
    mistakes=(
        Mistake(
            sentence="The first sum is right. The second neuron does not get this sum: it gets the *output* of the "
            "first, which is 1 or 0.",
            answer=lambda **numbers: _neurons(**numbers, handed_on=float),
        ),
        Mistake(
            sentence="The biases are missing: each neuron adds one number of its own to its sum.",
            answer=lambda **numbers: _neurons(**numbers, sign=0),
        ),
        Mistake(
            sentence="The first sum is right. In the second one the bias is missing: it is added also where the input "
            "is 0.",
            answer=lambda weight, second_bias, **numbers: _neurons(**numbers, weight=weight, second_bias=0.0),
        ),
        Mistake(
            sentence="You subtracted the biases. Minus the bias is the threshold; in the sum the bias is added.",
            answer=lambda **numbers: _neurons(**numbers, sign=-1),
        ),
        Mistake(
            sentence="These are the outputs, 1 or 0. The question is for the sums, before the activation.",
            answer=lambda **numbers: tuple(float(total > 0) for total in _neurons_by_lists(**numbers)),
        ),
        Mistake(
            sentence="You added inputs and weights. Each input is *multiplied* by its weight.",
            answer=lambda **numbers: _neurons(**numbers, add=True),
        ),
        Mistake(
            sentence="Firing is turned round: the output is 1 if the sum is positive, and 0 if it is not.",
            answer=lambda **numbers: _neurons(**numbers, handed_on=lambda total: float(total <= 0)),
        ),
    ),
)

# --- predict ---------------------------------------------------------------------------------------------

THREE_WORDS = Choice(
    name="three words",
    kind="predict",
    objectives=(WORDS,),
    points=2,
    hints=("Who found the rules, people or the program? If the program did: in how many layers?",),
    right="amd",
    because="A: rules by people. B: rules from examples, and the features (age, size) are given. C: layers find "
    "features.",
    mistakes=(
        Mistake(
            sentence="The chess program of A has not learnt anything: its rules were written by people.",
            answer="mmd",
        ),
        Mistake(
            sentence="B learns from examples, so it is more than artificial intelligence in the wide sense.",
            answer="aad",
        ),
        Mistake(
            sentence="B has no layers: it takes the columns of the table as they are. Deep learning needs several "
            "layers.",
            answer="add",
        ),
        Mistake(
            sentence="C has many layers, which find their own features: there is a narrower word for that.",
            answer="amm",
        ),
        Mistake(
            sentence="The chess program of A has no layers and learns nothing: its rules were written by people.",
            answer="dmd",
        ),
    ),
)

THE_LOOP = Choice(
    name="loop",
    kind="predict",
    objectives=(LOOP,),
    points=2,
    hints=("What must be known before one can say how wrong the network is? And who uses this number?",),
    right="plow",
    because="Layers give a prediction, the loss judges it, the optimizer changes the weights of the layers.",
    mistakes=(
        Mistake(
            sentence="The optimizer needs the loss: it changes the weights so that the loss becomes smaller.",
            answer="polw",
        ),
        Mistake(
            sentence="The circle is right, but it does not begin with the new weights: the images have just gone "
            "through the layers. What do the layers give?",
            answer="wplo",
        ),
        Mistake(
            sentence="The circle is right, but it does not begin with the loss: the images have just gone through the "
            "layers. What do the layers give?",
            answer="lowp",
        ),
        Mistake(
            sentence="The circle is right, but it does not begin with the optimizer: the images have just gone through "
            "the layers. What do the layers give?",
            answer="owpl",
        ),
        Mistake(
            sentence="The loss compares the prediction with the right answer, so the prediction comes first.",
            answer="lpow",
        ),
        Mistake(
            sentence="The weights do not change by themselves: the optimizer changes them.",
            answer="plwo",
        ),
    ),
)

TASKS = Choice(
    name="good choice",
    kind="predict",
    objectives=(CHOICE,),
    points=2,
    hints=("Structured or unstructured data? Much data or little? Must the reason be given?",),
    right="b",
    because="Sound is unstructured, and there are many examples.",
    mistakes=(
        Mistake(
            sentence="A table of 80 rows whose columns already are features: a simple method first. With little data a "
            "deep network learns the examples by heart.",
            answer="a",
        ),
        Mistake(
            sentence="The customer may ask for the reason, and a deep network is a black box.",
            answer="c",
        ),
        Mistake(
            sentence="There is a formula for it. Nothing has to be learnt.",
            answer="d",
        ),
    ),
)

STRANGE = Choice(
    name="strange results",
    kind="predict",
    objectives=(WAY,),
    points=2,
    hints=("The kernel remembers everything that was run, in the order in which you ran it.",),
    right="c",
    because="Then every cell runs once, in order, from a fresh start.",
    mistakes=(
        Mistake(
            sentence="Running one cell again leaves everything else as it was, also the variables of deleted or "
            "changed cells.",
            answer="a",
        ),
        Mistake(
            sentence="Installing again changes nothing: the packages are not what has become confused.",
            answer="b",
        ),
        Mistake(
            sentence="`diagnose` examines a model that does not learn. It knows nothing of the order of your cells.",
            answer="d",
        ),
    ),
)

# --- transfer --------------------------------------------------------------------------------------------


def quadrants(seed: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Points in the plane, shape (300, 2), of class 1 where both coordinates have the same sign, else 0.

    Parameters
    ----------
    seed : int
        Chooses the points.

    Returns
    -------
    tuple of numpy.ndarray
        Points (300, 2) and their classes (300,).

    Examples
    --------
    >>> points, labels = quadrants()
    >>> points.shape, labels.shape
    ((300, 2), (300,))
    """
    points = np.random.default_rng(seed).uniform(-1, 1, (300, 2))
    return points, (points.prod(axis=1) > 0).astype(int)


# Other points, on which a feature is tried again: fewer, so that it cannot count on 300.
_FRESH, _FRESH_LABELS = (array[:200] for array in quadrants(9))


def _one_feature(results: list[Any]) -> dict[str, Any]:
    """How much a single neuron gets right with the learner's feature, also on points that it has not seen."""
    feature, fresh = map(numbers, results)
    if feature.shape not in ((300,), (300, 1)):
        raise Wrong(f"One number per point is asked for, shape (300,); your function gives the shape {feature.shape}.")
    return {
        "accuracy": _share_right(feature, quadrants()[1]),
        "fresh": _share_right(fresh, _FRESH_LABELS) if fresh.shape in ((200,), (200, 1)) else 0.0,
        "feature": feature,
    }


def _share_right(feature: np.ndarray, labels: np.ndarray) -> float:
    """What share the best neuron gets right: with one input it is a threshold, whatever the size of the feature."""
    inputs = feature.reshape(-1, 1)
    shares = np.mean((inputs > inputs.T) == labels[:, None], axis=0)  # yes above each input
    return float(max(shares.max(), 1 - shares.min()))  # or yes below it: a negative weight


def _is_distance(m: dict[str, Any]) -> bool:
    """Whether the feature orders the points as their distance from the middle does, whatever its formula."""
    far, feature = (np.argsort(np.argsort(v)) for v in (_circle(quadrants()[0]), m["feature"].reshape(-1)))  # ranks
    return abs(float(np.corrcoef(far, feature)[0, 1])) > 0.94


def _is_straight(m: dict[str, Any]) -> bool:
    """Whether a straight line separates the points with a positive feature from the others."""
    points, yes = quadrants()[0], m["feature"].reshape(-1) > 0
    return 0 < yes.mean() < 1 and bool(LogisticRegression(C=1e3).fit(points, yes).score(points, yes) > 0.97)


def _circle(points: np.ndarray) -> np.ndarray:
    return np.asarray((points**2).sum(axis=1))


FEATURE = Product(
    name="feature",
    kind="transfer",
    objectives=(WORDS, NEURON),
    points=4,
    hints=(
        "When is a point orange? Look at the signs of its two coordinates.",
        "Which operation gives a positive number for equal signs, and a negative one for different signs?",
    ),
    right=lambda points: points[:, 0] * points[:, 1],
    cases=(quadrants()[:1], (_FRESH,)),
    measure=_one_feature,
    mistakes=(
        Mistake(
            sentence="This was the feature for rings: it measures the distance from the middle, and here the signs "
            "decide.",
            answer=_circle,
            fails=_is_distance,
        ),
        Mistake(
            sentence="The points with a positive feature lie on one side of a straight line. A neuron draws such a "
            "line by itself from x₁ and x₂: the feature has to bring something new.",
            answer=lambda points: points[:, 0] + points[:, 1],
            fails=lambda m: _is_straight(m) and m["accuracy"] < 0.97,
        ),
        Mistake(
            sentence="A single neuron gets fewer than 97 % right with this feature.",
            answer=lambda points: np.abs(points[:, 0]),
            fails=lambda m: m["accuracy"] < 0.97,
        ),
        Mistake(
            sentence="The feature separates the points of the figure, but not 200 other points of the same kind: "
            "compute it from the points that your function is given, however many they are.",
            answer=lambda points: quadrants()[1],
            fails=lambda m: m["fresh"] < 0.97,
        ),
    ),
)

# --- repair ----------------------------------------------------------------------------------------------


def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Small handwritten digits, 8 × 8 pixels from 0 to 255: 1,000 to train, 797 to test.

    Examples
    --------
    >>> x_train, y_train, x_test, y_test = digits()
    >>> x_train.shape, float(x_train.max())
    ((1000, 8, 8), 255.0)
    """
    x_train, y_train, x_test, y_test = split_digits(seed=2, scale=255 / 16)
    return x_train.reshape(-1, 8, 8), y_train, x_test.reshape(-1, 8, 8), y_test


def _reader(kind: str) -> Any:
    """A Keras network with given weights: trained by scikit-learn, or with a fault."""
    import keras

    x, y, _, _ = digits()
    body = [keras.layers.Flatten(), keras.layers.Dense(32, "relu"), keras.layers.Dense(10, "softmax")]
    if kind == "late":
        body.insert(2, keras.layers.Rescaling(1 / 255))
    elif kind != "raw":
        body.insert(0, keras.layers.Rescaling(255 if kind == "sick" else 1 / 255))
    model = keras.Sequential([keras.Input((8, 8)), *body])
    if kind in ("right", "short"):
        steps = 100 if kind == "right" else 3
        fitted = MLPClassifier((32,), solver="lbfgs", random_state=1, max_iter=steps).fit(x.reshape(-1, 64) / 255, y)
        model.set_weights(weights_of(fitted))
    elif kind == "once":
        model.set_weights([0 * array for array in model.get_weights()])
    return model


def _size_before_weights(model: Any, x: np.ndarray) -> float:
    """Root mean square of the numbers that reach the first layer with a kernel, however the model calls it."""
    return float(np.sqrt(np.mean(np.square(reaching_weights(model, x)))))


def _read(results: list[Any]) -> dict[str, Any]:
    model = the_model(results)
    _, _, x, y = digits()
    answers = answers_of(model, x, 10)
    size = _size_before_weights(model, x)  # about 100 where nothing is scaled, and 255 times that in the task
    return {
        "scaled": size < 10,
        "huge": size > 1000,
        "rescaling": any(type(layer).__name__ == "Rescaling" for layer in layers_of(model)),
        "alike": float(answers.std(axis=0).max()) < 1e-3,
        "accuracy": float(np.mean(answers.argmax(axis=1) == y)),
    }


CURE = Product(
    name="cure",
    kind="repair",
    objectives=(LOOP, WAY),
    points=4,
    hints=(
        "Follow a white pixel, 255, through the layers. How large is it where it reaches the first `Dense` layer? What "
        "does the lesson say networks learn best from?",
        "A `Rescaling` layer multiplies by the number in its brackets. Which number turns 255 into 1?",
    ),
    right=lambda x_train, y_train: _reader("right"),
    cases=(digits()[:2],),
    seconds=SECONDS_TO_TRAIN,
    measure=_read,
    mistakes=(
        Mistake(
            sentence="The first layer with weights gets numbers larger than 1,000. A `Rescaling` layer "
            "*multiplies* by the number in its brackets, and networks learn best from numbers of about 1.",
            answer=lambda x_train, y_train: _reader("sick"),
            fails=lambda m: m["huge"] and m["rescaling"],
        ),
        Mistake(
            sentence="There is a `Rescaling` layer, but the first layer with weights still gets numbers far larger "
            "than 1: divide by 255, before that layer.",
            answer=lambda x_train, y_train: _reader("late"),
            fails=lambda m: not m["scaled"] and m["rescaling"],
        ),
        Mistake(
            sentence="The pixels still go into the first layer as numbers up to 255. The model itself has to scale "
            "them, so that it can also be used on new images.",
            answer=lambda x_train, y_train: _reader("raw"),
            fails=lambda m: not m["scaled"],
        ),
        Mistake(
            sentence="The network gives the same answer to every image. If the images were scaled before *and* inside "
            "the model, they are nearly black: scale once.",
            answer=lambda x_train, y_train: _reader("once"),
            fails=lambda m: m["alike"],
        ),
        Mistake(
            sentence="The inputs are scaled now, but fewer than 90 % of the test images are right. Has the network "
            "gone round the loop often enough? Or are the images scaled twice, before and inside the model?",
            answer=lambda x_train, y_train: _reader("short"),
            fails=lambda m: m["accuracy"] < 0.9,
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (TWO_NEURONS, THREE_WORDS, THE_LOOP, TASKS, STRANGE, FEATURE, CURE)
