# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Exercises of lesson 04: activation functions compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sklearn.neural_network import MLPClassifier

from .exercise import Choice, Exercise, Function, Mistake, Number, Product, Sheet
from .networks import answers_of, is_linear, layers_of, split_digits, the_model, weights_of
from .oracles import slopes_by_differences
from .running import SECONDS_TO_TRAIN

DERIVATIVES = "write down ten activations"
TWO_UNITS = "compute how a gradient shrinks"
DEEP = "say what hinders a deep sigmoid network"
DEAD = "recognise dead ReLU units"
CHOOSE = "choose the activation of a hidden layer"


def exercises(seed: int = 0) -> Sheet:
    """The exercises of lesson 04.

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
    >>> exercises(seed=0).check("output layers", "mmn")
    ✗ output layers: Several labels may be true, and a softmax gives them one total to share:
    a sigmoid each.
    """
    return Sheet("04", EXERCISES, seed=seed)


def _sigmoid(z: Any) -> Any:
    return 0.5 + np.tanh(np.asarray(z) / 2) / 2


def _slope(z: float) -> float:
    return float(_sigmoid(z) * (1 - _sigmoid(z)))


# --- by hand ---------------------------------------------------------------------------------------------


def _draw_chain(rng: np.random.Generator) -> Mapping[str, Any]:
    x = float(rng.choice([-1.0, -0.5, 0.5, 2.0]))
    return {
        "x": x,
        # At w₁x = 6 the slope h(1 − h) is so small that four decimals on the way are not enough.
        "w1": float(rng.choice([-2.0, -1.5, 0.8, 1.5, 0.5 if x == 2 else 3.0])),
        "w2": float(rng.choice([-3.0, -2.5, 2.0, 4.0])),
    }


def _chain_with(change: Callable[..., float]) -> Callable[[float, float, float], float]:
    def wrong(x: float, w1: float, w2: float) -> float:
        h = float(_sigmoid(w1 * x))
        o = float(_sigmoid(w2 * h))
        return float(change(w1=w1, w2=w2, h=h, o=o, sh=h * (1 - h), so=o * (1 - o), z=w2 * h))

    return wrong


CHAIN = Number(
    name="two units",
    kind="by hand",
    objectives=(TWO_UNITS,),
    points=4,
    rtol=0.01,
    task="x = {x}, w₁ = {w1}, w₂ = {w2}.",
    hints=(
        "Forward first: h = σ(w₁x) and o = σ(w₂h).",
        "Four factors: w₁, the slope h(1 − h), w₂, the slope o(1 − o).",
    ),
    draw=_draw_chain,
    right=lambda x, w1, w2: float(slopes_by_differences(lambda s: float(_sigmoid(w2 * _sigmoid(w1 * s[0]))), [x])[0]),
    mistakes=(
        Mistake(
            sentence="The weights are missing: each one multiplies the change as well.",
            answer=_chain_with(lambda sh, so, **_: sh * so),
        ),
        Mistake(
            sentence="The slopes are missing: you multiplied by the weights only.",
            answer=_chain_with(lambda w1, w2, **_: w1 * w2),
        ),
        Mistake(
            sentence="You multiplied by the outputs h and o. It is their *slopes* that count, h(1 − h) and o(1 − o).",
            answer=_chain_with(lambda w1, w2, h, o, **_: w1 * h * w2 * o),
        ),
        Mistake(
            sentence="You used ¼ for both slopes. That is the largest slope, at 0; here the sums are not 0.",
            answer=_chain_with(lambda w1, w2, **_: w1 * w2 / 16),
        ),
        Mistake(
            sentence="You added the two steps. Steps in a row are multiplied.",
            answer=_chain_with(lambda w1, w2, sh, so, **_: w1 * sh + w2 * so),
        ),
        Mistake(
            sentence="The weight w₁ is missing: the change of x is multiplied by it first.",
            answer=_chain_with(lambda w2, sh, so, **_: sh * w2 * so),
        ),
        Mistake(
            sentence="The weight w₂ is missing: the change of h is multiplied by it.",
            answer=_chain_with(lambda w1, sh, so, **_: w1 * sh * so),
        ),
        Mistake(
            sentence="The slope of the first unit is missing.",
            answer=_chain_with(lambda w1, w2, so, **_: w1 * w2 * so),
        ),
        Mistake(
            sentence="The slope of the second unit is missing.",
            answer=_chain_with(lambda w1, w2, sh, **_: w1 * sh * w2),
        ),
        Mistake(
            sentence="The second sum is w₂h, with the *output* h of the first unit. You went on with its sum, w₁x.",
            answer=lambda x, w1, w2: w1 * w2 * _slope(w1 * x) * _slope(w2 * w1 * x),
        ),
        Mistake(
            sentence="This is the slope with respect to w₁. Asked for is that with respect to x: multiply by w₁, "
            "not by x.",
            answer=lambda x, w1, w2: w2 * x * _slope(w1 * x) * _slope(w2 * float(_sigmoid(w1 * x))),
        ),
        Mistake(
            sentence="You put the sums into z(1 − z). The slope of the sigmoid is h(1 − h), with its *output*.",
            answer=lambda x, w1, w2: _chain_with(lambda z, **_: w1 * (u := w1 * x) * (1 - u) * w2 * z * (1 - z))(
                x, w1, w2
            ),
        ),
        Mistake(
            sentence="This is the output o. Asked for is its slope.",
            answer=_chain_with(lambda o, **_: o),
        ),
        Mistake(
            sentence="You used 1 − h², the slope of tanh. The slope of the sigmoid is h(1 − h).",
            answer=_chain_with(lambda w1, w2, h, o, **_: w1 * (1 - h * h) * w2 * (1 - o * o)),
        ),
        Mistake(
            sentence="The weights are missing on the way forward: h = σ(w₁x), not σ(x), and o = σ(w₂h).",
            answer=lambda x, w1, w2: w1 * _slope(x) * w2 * _slope(float(_sigmoid(x))),
        ),
    ),
)

# --- by code ---------------------------------------------------------------------------------------------

_Z = np.array([-3.0, -1.0, -0.2, 0.4, 2.0])


def _derivative_of(function: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """The derivative element by element, tried out."""
    return lambda z: np.array([float(slopes_by_differences(lambda s: float(function(s)[0]), [x])[0]) for x in z])


def _elu(z: np.ndarray) -> np.ndarray:
    return np.where(z > 0, z, 2 * np.expm1(np.minimum(z, 0)))


ELU = Function(
    name="slope of ELU",
    kind="by code",
    objectives=(DERIVATIVES,),
    points=2,
    hints=(
        "Two parts, at z > 0 and z ≤ 0. What is the derivative of z, and of 2(e^z − 1)?",
        "`np.where(z > 0, …, …)` chooses element by element.",
    ),
    right=_derivative_of(_elu),
    cases=((_Z,), (np.array([5.0, -0.5]),)),
    mistakes=(
        Mistake(
            sentence="For negative z you wrote e^z, the slope of e^z − 1. Here the left part is twice that.",
            answer=lambda z: np.where(z > 0, 1.0, np.exp(z)),
        ),
        Mistake(
            sentence="For positive z the function is z, and its slope is 1. The 2 belongs to the left part only.",
            answer=lambda z: np.where(z > 0, 2.0, 2 * np.exp(z)),
        ),
        Mistake(
            sentence="For negative z this is the slope of ReLU. ELU does not become flat at once: the slope of "
            "2(e^z − 1) is 2e^z.",
            answer=lambda z: np.where(z > 0, 1.0, 0.0),
        ),
        Mistake(
            sentence="For negative z you wrote 2e^z − 1. The slope is 2e^z: the derivative of a constant is 0.",
            answer=lambda z: np.where(z > 0, 1.0, 2 * np.exp(z) - 1),
        ),
        Mistake(sentence="This is the function itself. Asked for is its slope.", answer=_elu),
        Mistake(
            sentence="For positive z the function is z, and its slope is 1, not z.",
            answer=lambda z: np.where(z > 0, z, 2 * np.exp(z)),
        ),
        Mistake(
            sentence="For negative z the −1 is still there: the derivative of a constant is 0.",
            answer=lambda z: np.where(z > 0, 1.0, 2 * np.expm1(z)),
        ),
        Mistake(
            sentence="The two parts are exchanged: the slope is 1 for positive z.",
            answer=lambda z: np.where(z > 0, 2 * np.exp(z), 1.0),
        ),
        Mistake(
            sentence="You used 2e^z for all z. For positive z the function is a straight line with the slope 1.",
            answer=lambda z: 2 * np.exp(z),
        ),
        Mistake(
            sentence="For negative z you used the rule for a power of z, n·z^(n − 1). Here z is the exponent: "
            "the slope of e^z is e^z.",
            answer=lambda z: np.where(z > 0, 1.0, 2 * z * np.exp(z - 1)),
        ),
        Mistake(
            sentence="For negative z you wrote 2e^(−z), which grows without end to the left. The slope of e^z is e^z "
            "itself.",
            answer=lambda z: np.where(z > 0, 1.0, 2 * np.exp(-z)),
        ),
        Mistake(
            sentence="For negative z the sign is wrong: ELU rises everywhere, so its slope is never negative.",
            answer=lambda z: np.where(z > 0, 1.0, -2 * np.exp(z)),
        ),
        Mistake(
            sentence="For negative z this is the slope of leaky ReLU. Here the left part is 2(e^z − 1), a curve.",
            answer=lambda z: np.where(z > 0, 1.0, 0.01),
        ),
        Mistake(
            sentence="np.vectorize looks at the first result only. If it is 1, without a point, all results are cut to "
            "whole numbers.",
            answer=lambda z: np.vectorize(lambda v: 1 if v > 0 else 2 * np.exp(v))(z),
        ),
    ),
)

_SUMS = np.array([[-1.0, 2.0, -0.5, -3.0], [-0.2, -1.0, 0.7, -2.0], [-4.0, 0.5, 0.1, -0.1]])

SILENT = Function(
    name="silent units",
    kind="by code",
    objectives=(DEAD,),
    points=4,
    hints=(
        "One column per unit. A unit is silent if *all* its sums are negative or 0.",
        "`(z <= 0).all(axis=0)` says for each column whether this is so.",
    ),
    right=lambda z: float(sum(max(column) <= 0 for column in z.T) / z.shape[1]),
    cases=(
        (_SUMS,),
        (np.array([[0.0, 1.0], [-1.0, -1.0]]),),
        (-np.ones((2, 5)),),
        (np.array([[2.0, -0.5, 1.0], [-1.0, 0.7, 2.0], [0.5, 0.1, -1.0]]),),
        (np.array([[0.2, 5.0, -2.0, -1.0, -0.3], [-3.0, -1.0, -0.5, -2.0, -1.0], [-1.0, -1.0, -1.0, -0.5, -2.0]]),),
    ),
    mistakes=(
        Mistake(
            sentence="This is the share of all outputs that are 0. A unit that is 0 for some samples is not dead.",
            answer=lambda z: float(np.mean(z <= 0)),
        ),
        Mistake(
            sentence="You ask whether a unit is silent for *any* sample. It is dead only if it is silent for all of "
            "them.",
            answer=lambda z: float(np.mean((z <= 0).any(axis=0))),
        ),
        Mistake(
            sentence="You looked along the rows: that is the share of samples for which no unit speaks.",
            answer=lambda z: float(np.mean((z <= 0).all(axis=1))),
        ),
        Mistake(
            sentence="You judge by the mean of the sums. One positive sum is enough for a gradient.",
            answer=lambda z: float(np.mean(z.mean(axis=0) <= 0)),
        ),
        Mistake(
            sentence="You ask whether the mean of the sums is below 0. One positive sum is enough for a gradient.",
            answer=lambda z: float(np.mean(z.mean(axis=0) < 0)),
        ),
        Mistake(
            sentence="You ask whether a unit is silent for *most* samples. It is dead only if it is silent for all of "
            "them.",
            answer=lambda z: float(np.mean((z <= 0).mean(axis=0) > 0.5)),
        ),
        Mistake(
            sentence="You looked at the last sample only. In a loop the samples before it have to count as well: a "
            "unit is dead if it is silent for all of them.",
            answer=lambda z: float(np.mean(z[-1] <= 0)),
        ),
        Mistake(
            sentence="This is how many units are silent. A share is divided by the number of units.",
            answer=lambda z: float(np.sum((z <= 0).all(axis=0))),
        ),
        Mistake(
            sentence="This is the share of units that are alive.",
            answer=lambda z: float(np.mean((z > 0).any(axis=0))),
        ),
        Mistake(
            sentence="This is a percentage. A share lies between 0 and 1: leave out the factor 100.",
            answer=lambda z: float(100 * np.mean((z <= 0).all(axis=0))),
        ),
        Mistake(
            sentence="You divided by the number of samples, which is len(z). The units are the columns: "
            "z.shape[1] of them.",
            answer=lambda z: float(np.sum((z <= 0).all(axis=0)) / len(z)),
        ),
        Mistake(
            sentence="A sum of exactly 0 is silent as well: ReLU gives 0 there. Ask for <= 0, not < 0.",
            answer=lambda z: float(np.mean((z < 0).all(axis=0))),
        ),
        Mistake(
            sentence="You looked for sums that are exactly 0. The outputs of a dead unit are 0; its sums, "
            "which you have here, are negative or 0.",
            answer=lambda z: float(np.mean((z == 0).all(axis=0))),
        ),
        Mistake(
            sentence="This says for each unit whether it is dead. Asked for is one number: the mean of these.",
            answer=lambda z: (z <= 0).all(axis=0),
        ),
        Mistake(
            sentence="These are the shares of silent samples, one for each unit. Asked for is the share of units that "
            "are silent for all samples.",
            answer=lambda z: (z <= 0).mean(axis=0),
        ),
        Mistake(
            sentence="This is 1 if all units are silent, and else 0. Does `all` look at the whole table at once, "
            "without axis=0? Or does `//` drop what follows the point?",
            answer=lambda z: (z <= 0).all(),
        ),
        Mistake(
            sentence="You rounded to a whole number. A share may be any number from 0 to 1.",
            answer=lambda z: round(float(np.mean((z <= 0).all(axis=0)))),
        ),
    ),
)

# --- predict ---------------------------------------------------------------------------------------------

OUTPUTS = Choice(
    name="output layers",
    kind="predict",
    objectives=(CHOOSE,),
    points=2,
    hints=("May several answers be true at once? Then they must not share one total.",),
    right="msn",
    because="One of ten: softmax. Several labels at once: a sigmoid each. Any number: no activation.",
    mistakes=(
        Mistake(
            sentence="Several labels may be true, and a softmax gives them one total to share: a sigmoid each.",
            answer="mmn",
        ),
        Mistake(
            sentence="Exactly one of the ten digits is true. Ten sigmoids could say yes to several of them: take a "
            "softmax.",
            answer="ssn",
        ),
        Mistake(
            sentence="A temperature may be below 0 or above 1, and a sigmoid cannot give that: no activation.",
            answer="mss",
        ),
        Mistake(
            sentence="A softmax of a single unit is always 1. A temperature needs no activation.",
            answer="msm",
        ),
        Mistake(
            sentence="A and B are exchanged: where exactly one answer is true, the shares have one total.",
            answer="smn",
        ),
        Mistake(
            sentence="B and C are wrong: many labels may be true at once, and a temperature is no share.",
            answer="mms",
        ),
        Mistake(
            sentence="B and C are wrong: a softmax makes shares of one total, and neither of the two has one.",
            answer="mmm",
        ),
        Mistake(
            sentence="A and C are wrong: one digit of ten is true, and a softmax of a single unit is always 1.",
            answer="ssm",
        ),
        Mistake(
            sentence="A and C are wrong: one digit of ten is true, and a temperature may lie outside 0 to 1.",
            answer="sss",
        ),
        Mistake(
            sentence="All three are wrong: A and B are exchanged, and a temperature needs no activation.",
            answer="smm",
        ),
        Mistake(
            sentence="All three are wrong: A and B are exchanged, and a sigmoid cannot give a temperature.",
            answer="sms",
        ),
    ),
)

HINDERS = Choice(
    name="what hinders",
    kind="predict",
    objectives=(DEEP,),
    points=2,
    hints=("Adam divides each gradient by its usual size. What is left of a gradient that is always small?",),
    right="b",
    because="Under Adam the first layers move. What hinders then is the start: signals shrink on the way forward, and "
    "the images look alike to the last layers.",
    mistakes=(
        Mistake(
            sentence="Under SGD it is so. Adam divides by the size of the gradient, so even a tiny one makes a full "
            "step.",
            answer="a",
        ),
        Mistake(
            sentence="Larger start weights help a sigmoid network: weight times slope is then near 1. The factor is "
            "both.",
            answer="c",
        ),
        Mistake(
            sentence="A sigmoid is not flat everywhere: near 0 its slope is ¼. What counts is how factors multiply "
            "over layers.",
            answer="d",
        ),
    ),
)

# --- repair ----------------------------------------------------------------------------------------------


def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Small handwritten digits, pixels from 0 to 1: 1,000 to train, 797 to test.

    Examples
    --------
    >>> x_train, y_train, x_test, y_test = digits()
    >>> x_train.shape, y_test.shape
    ((1000, 64), (797,))
    """
    return split_digits(seed=1, scale=1 / 16)


def _deep(kind: str) -> Any:
    """A Keras network with given weights: trained by scikit-learn, or with a fault."""
    import keras

    x, y, _, _ = digits()
    widths = (32,) if kind == "shallow" else (24,) * 6
    activation = None if kind == "linear" else "relu"
    hidden = [keras.layers.Dense(width, activation) for width in widths]
    model = keras.Sequential([keras.Input((64,)), *hidden, keras.layers.Dense(10, "softmax")])
    if kind in ("right", "confused"):
        fitted = MLPClassifier(widths, solver="lbfgs", random_state=1, max_iter=150).fit(x, y)
        weights = weights_of(fitted)
        if kind == "confused":  # most answers are a class too high
            weights[-2:] = [np.roll(array, 1, axis=-1) for array in weights[-2:]]
        model.set_weights(weights)
    elif kind == "untrained":
        model.compile("sgd", "sparse_categorical_crossentropy")
    elif kind == "dead":
        model.set_weights([-np.abs(array) - 1 for array in model.get_weights()])
    return model


def _read(results: list[Any]) -> dict[str, Any]:
    model = the_model(results)
    _, _, x, y = digits()
    answers = answers_of(model, x, 10)
    return {
        "hidden": sum(type(layer).__name__ == "Dense" for layer in layers_of(model)) - 1,
        "linear": is_linear(model),
        "untrained": (optimizer := getattr(model, "optimizer", None)) is not None and int(optimizer.iterations) == 0,
        "spread": float(answers.std(axis=0).max()),
        "accuracy": float(np.mean(answers.argmax(axis=1) == y)),
    }


CURE = Product(
    name="cure",
    kind="repair",
    objectives=(DEEP, CHOOSE),
    points=4,
    hints=(
        "Compare each kernel before and after training. Which have hardly moved, and why?",
        "Two factors multiply from layer to layer: weights and slopes. Which of them can you change?",
        'ReLU in the hidden layers, with `kernel_initializer="he_normal"`, has the slope 1 wherever the sum is '
        "positive.",
    ),
    right=lambda x_train, y_train: _deep("right"),
    cases=(digits()[:2],),
    seconds=SECONDS_TO_TRAIN,
    measure=_read,
    mistakes=(
        Mistake(
            sentence="A shallow network learns this, too, but the task is to make the *deep* one learn: keep at least "
            "five hidden layers.",
            answer=lambda x_train, y_train: _deep("shallow"),
            fails=lambda m: m["hidden"] < 5,
        ),
        Mistake(
            sentence="Without activations the six hidden layers are one linear map, as in lesson 03.",
            answer=lambda x_train, y_train: _deep("linear"),
            fails=lambda m: m["linear"],
        ),
        Mistake(
            sentence="The model is compiled and not trained yet: call fit before you return it.",
            answer=lambda x_train, y_train: _deep("untrained"),
            fails=lambda m: m["untrained"] and m["accuracy"] < 0.85,  # a loop of one's own may count none
        ),
        Mistake(
            sentence="The network gives (nearly) the same answer for every image. Is it trained? If so, the "
            "differences between images still vanish on their way through the layers.",
            answer=lambda x_train, y_train: _deep("dead"),
            fails=lambda m: m["spread"] < 0.02,
        ),
        Mistake(
            sentence="Its answers differ from image to image, but fewer than 85 % of the test images are right: train "
            "longer, or with a better rate.",
            answer=lambda x_train, y_train: _deep("confused"),
            fails=lambda m: m["accuracy"] < 0.85,
        ),
    ),
)

# --- transfer --------------------------------------------------------------------------------------------


def _f(z: np.ndarray) -> np.ndarray:
    return np.asarray(z * np.tanh(z))


def _slope_with(change: Callable[[Any, Any], Any]) -> Callable[[np.ndarray], tuple[Any, np.ndarray]]:
    """A slope from z and tanh z, and the right value."""
    return lambda z: (change(z, np.tanh(z)), _f(z))


PRODUCT = Function(
    name="slope of z tanh z",
    kind="transfer",
    objectives=(DERIVATIVES,),
    points=4,
    hints=(
        "f is a product, z times tanh(z). The derivative of a product has two terms.",
        "(u·v)' = u'·v + u·v' with u = z and v = tanh(z), and tanh' = 1 − tanh².",
        "To compare: (f(z + h) − f(z − h)) / (2h) with h = 0.00001, for each element.",
    ),
    right=lambda z: (_derivative_of(_f)(z), _f(z)),
    cases=((_Z,), (np.array([0.0, -8.0, 8.0]),)),
    rtol=1e-4,
    mistakes=(
        Mistake(
            sentence="The product rule is missing: you multiplied the two derivatives, 1 · tanh'. There are two terms.",
            answer=_slope_with(lambda z, t: 1 - t**2),
        ),
        Mistake(
            sentence="The second term of the product rule is missing: z also changes tanh(z).",
            answer=_slope_with(lambda z, t: t),
        ),
        Mistake(
            sentence="The first term of the product rule is missing: the derivative of z is 1, so tanh(z) stands "
            "alone.",
            answer=_slope_with(lambda z, t: z * (1 - t**2)),
        ),
        Mistake(
            sentence="The slope of tanh inside the second term is 1 − tanh(z)²; you used 1 − z².",
            answer=_slope_with(lambda z, t: t + z * (1 - z**2)),
        ),
        Mistake(
            sentence="The two results are exchanged: first the slope, then the value.",
            answer=lambda z: (_f(z), _derivative_of(_f)(z)),
        ),
        Mistake(
            sentence="In the second term you used tanh(z) itself. Its slope belongs there, 1 − tanh(z)².",
            answer=_slope_with(lambda z, t: t + z * t),
        ),
        Mistake(
            sentence="The product rule adds its two terms: u'v + uv'. You subtracted.",
            answer=_slope_with(lambda z, t: t - z * (1 - t**2)),
        ),
        Mistake(
            sentence="The slope is twice as large as it should be: a difference between z + h and z − h is "
            "divided by 2h.",
            answer=lambda z: (2 * _derivative_of(_f)(z), _f(z)),
        ),
        Mistake(
            sentence="The slope is right. The value of f is z times tanh(z), not tanh(z) alone.",
            answer=lambda z: (_derivative_of(_f)(z), np.tanh(z)),
        ),
        Mistake(
            sentence="In the second term the square is missing: the slope of tanh is 1 − tanh(z)².",
            answer=_slope_with(lambda z, t: t + z * (1 - t)),
        ),
        Mistake(
            sentence="In the second term you used t(1 − t) with t = tanh(z). So is the slope of the sigmoid; that of "
            "tanh is 1 − t².",
            answer=_slope_with(lambda z, t: t + z * t * (1 - t)),
        ),
        Mistake(
            sentence="In the second term the sign is wrong: the slope of tanh is 1 − tanh(z)², not 1 + tanh(z)².",
            answer=_slope_with(lambda z, t: t + z * (1 + t**2)),
        ),
        Mistake(
            sentence="Python reads / 2 * h as: divide by 2, then multiply by h. Write / (2 * h).",
            answer=lambda z: (_derivative_of(_f)(z) * 1e-10, _f(z)),
        ),
        Mistake(
            sentence="This is Swish, z times σ(z). Here tanh takes the place of σ.",
            answer=lambda z: (_sigmoid(z) + z * _sigmoid(z) * _sigmoid(-z), z * _sigmoid(z)),
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (CHAIN, ELU, SILENT, OUTPUTS, HINDERS, CURE, PRODUCT)
