# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Exercises of lesson 06: backpropagation by hand."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sklearn.datasets import make_moons

from .exercise import Choice, Exercise, Function, Mistake, Number, Product, Sheet
from .networks import four_weights
from .oracles import slopes_by_differences

CHAIN = "compute every gradient of a small network"
PASSES = "write the forward and the backward pass"
CHECK = "check a backward pass"
COST = "say what one backward pass costs"
PLACES = "name three kinds of places"


def exercises(seed: int = 0) -> Sheet:
    """The exercises of lesson 06.

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
    >>> exercises(seed=0).check("planted mistake", "a")
    ✗ planted mistake: A wrong δ of the outputs would make *every* gradient wrong, also that
    of b2.
    """
    return Sheet("06", EXERCISES, seed=seed)


def _sigmoid(z: Any) -> Any:
    return 0.5 + np.tanh(np.asarray(z) / 2) / 2


# --- by hand: two units in a row -------------------------------------------------------------------------


def _draw_chain(rng: np.random.Generator) -> Mapping[str, Any]:
    return {
        "x": float(rng.choice([0.5, 1.5, 2.0, 3.0])),
        "t": int(rng.choice([0, 1])),
        "w1": float(rng.choice([-0.8, -0.4, 0.4, 0.6])),
        "w2": float(rng.choice([-2.5, -1.5, 0.5, 1.5, 2.0])),
    }


def _chain_by_differences(x: float, t: float, w1: float, w2: float) -> tuple[float, float]:
    def loss(w: np.ndarray) -> float:
        return float((_sigmoid(w[1] * _sigmoid(w[0] * x)) - t) ** 2 / 2)

    slopes = slopes_by_differences(loss, [w1, w2])
    return float(slopes[0]), float(slopes[1])


def _chain_with(change: Callable[..., tuple[float, float]]) -> Callable[..., tuple[float, float]]:
    """Gradients from the values of the forward pass: x, h, o, error, both slopes, w2."""

    def wrong(x: float, t: float, w1: float, w2: float) -> tuple[float, float]:
        h = float(_sigmoid(w1 * x))
        o = float(_sigmoid(w2 * h))
        found = change(x=x, h=h, o=o, e=o - t, so=o * (1 - o), sh=h * (1 - h), w2=w2, u=w1 * x, z=w2 * h)
        return float(found[0]), float(found[1])

    return wrong


TWO_UNITS = Number(
    name="two gradients",
    kind="by hand",
    objectives=(CHAIN,),
    points=4,
    task="x = {x}, w₁ = {w1}, w₂ = {w2}, target t = {t}.",
    hints=(
        "Forward first: h = σ(w₁x), o = σ(w₂h). Write down h and o to four digits.",
        "δ of the output is error times slope: (o − t) · o(1 − o). The gradient of w₂ is δ times what came in, h.",
        "On the way back to h, δ is multiplied by w₂; then by the slope h(1 − h); then by what came in, x.",
    ),
    draw=_draw_chain,
    rtol=0.01,
    right=_chain_by_differences,
    mistakes=(
        Mistake(
            sentence="The slopes of the activations are missing: you multiplied by the weights and the inputs only.",
            answer=_chain_with(lambda x, h, e, w2, **_: (e * w2 * x, e * h)),
        ),
        Mistake(
            sentence="The slope of the output's sigmoid, o(1 − o), is missing in both gradients.",
            answer=_chain_with(lambda x, h, e, w2, sh, **_: (e * w2 * sh * x, e * h)),
        ),
        Mistake(
            sentence="In the gradient of w₁ the slope of the hidden sigmoid is missing: h(1 − h).",
            answer=_chain_with(lambda x, h, e, w2, so, **_: (e * so * w2 * x, e * so * h)),
        ),
        Mistake(
            sentence="In the gradient of w₁ the weight w₂ is missing: on its way back to h, δ is multiplied by it.",
            answer=_chain_with(lambda x, h, e, so, sh, **_: (e * so * sh * x, e * so * h)),
        ),
        Mistake(
            sentence="The error is turned round: it is the output minus the target.",
            answer=_chain_with(lambda x, h, e, w2, so, sh, **_: (-e * so * w2 * sh * x, -e * so * h)),
        ),
        Mistake(
            sentence="Each gradient is twice too large: the loss has a ½, which cancels the 2 of the square.",
            answer=_chain_with(lambda x, h, e, w2, so, sh, **_: (2 * e * so * w2 * sh * x, 2 * e * so * h)),
        ),
        Mistake(
            sentence="In the gradient of w₁ the input x is missing: δ of the hidden unit times what came in.",
            answer=_chain_with(lambda h, e, w2, so, sh, **_: (e * so * w2 * sh, e * so * h)),
        ),
        Mistake(
            sentence="You put the sums into z(1 − z). The slope of the sigmoid is o(1 − o), with its *output*.",
            answer=_chain_with(
                lambda x, h, e, w2, u, z, **_: (e * z * (1 - z) * w2 * u * (1 - u) * x, e * z * (1 - z) * h)
            ),
        ),
        Mistake(
            sentence="The gradient of w₂ is δ times what came in through it: that is h, not the output o.",
            answer=_chain_with(lambda x, h, o, e, w2, so, sh, **_: (e * so * w2 * sh * x, e * so * o)),
        ),
        Mistake(
            sentence="The gradient of w₂ is δ times what came in through it: that is h, not x.",
            answer=_chain_with(lambda x, e, w2, so, sh, **_: (e * so * w2 * sh * x, e * so * x)),
        ),
        Mistake(
            sentence="Too few digits are left. Give three significant digits, for example 0.0123 and not 0.01.",
            answer=lambda x, t, w1, w2: tuple(round(slope, 2) for slope in _chain_by_differences(x, t, w1, w2)),
        ),
        Mistake(
            sentence="The two gradients are exchanged: first that of w₁.",
            answer=_chain_with(lambda x, h, e, w2, so, sh, **_: (e * so * h, e * so * w2 * sh * x)),
        ),
        Mistake(
            sentence="In the gradient of w₁ you used w₁ on the way back. δ goes back from o to h through w₂.",
            answer=lambda x, t, w1, w2: _chain_with(lambda h, e, so, sh, **_: (e * so * w1 * sh * x, e * so * h))(
                x, t, w1, w2
            ),
        ),
        Mistake(
            sentence="The error o − t is missing: these are the slopes of the output, not of the loss.",
            answer=_chain_with(lambda x, h, w2, so, sh, **_: (so * w2 * sh * x, so * h)),
        ),
        Mistake(
            sentence="In the gradient of w₁ the slope of the output's sigmoid is missing: δ of the output goes back, "
            "not the error alone.",
            answer=_chain_with(lambda x, h, e, w2, so, sh, **_: (e * w2 * sh * x, e * so * h)),
        ),
        Mistake(
            sentence="The gradient of w₁ is δ of the hidden unit times what came in there: that is x, not h.",
            answer=_chain_with(lambda h, e, w2, so, sh, **_: (e * so * w2 * sh * h, e * so * h)),
        ),
        Mistake(
            sentence="You used 1 − h², the slope of tanh. The slope of the sigmoid is h(1 − h).",
            answer=_chain_with(
                lambda x, h, o, e, w2, **_: (e * (1 - o * o) * w2 * (1 - h * h) * x, e * (1 - o * o) * h)
            ),
        ),
    ),
)

# --- by code: the backward pass --------------------------------------------------------------------------

Arrays = tuple[np.ndarray, ...]


def _loss(x: np.ndarray, t: np.ndarray, parameters: Arrays) -> float:
    W1, b1, W2, b2 = parameters
    return float(np.sum((_sigmoid(W2 @ _sigmoid(W1 @ x + b1) + b2) - t) ** 2) / 2)


def _backward_by_differences(
    x: np.ndarray, t: np.ndarray, W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray
) -> Arrays:
    parameters = (W1, b1, W2, b2)

    def loss_with(n: int) -> Callable[[np.ndarray], float]:
        return lambda array: _loss(x, t, (*parameters[:n], array, *parameters[n + 1 :]))

    return tuple(slopes_by_differences(loss_with(n), parameters[n]) for n in range(4))


def _slope(_: np.ndarray, a: np.ndarray) -> np.ndarray:
    return a * (1 - a)


def _back(
    *,
    out: Callable[[np.ndarray, np.ndarray], Any] = _slope,
    hidden: Callable[[np.ndarray, np.ndarray], Any] = _slope,
    back: Callable[[Arrays, np.ndarray, np.ndarray, np.ndarray], np.ndarray] = lambda W, d, e, h: W[1].T @ d,
    factor: float = 1.0,
    last: Callable[[np.ndarray, np.ndarray], np.ndarray] = np.outer,
) -> Callable[..., Arrays]:
    """A backward pass; the options make the mistakes."""

    def backward(
        x: np.ndarray, t: np.ndarray, W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray
    ) -> Arrays:
        u = W1 @ x + b1
        h = _sigmoid(u)
        z = W2 @ h + b2
        o = _sigmoid(z)
        d_z = factor * (o - t) * out(z, o)
        d_u = back((W1, W2), d_z, o - t, h) * hidden(u, h)
        return last(d_u, x), d_u, last(d_z, h), d_z

    return backward


def _with_h_for_x(
    x: np.ndarray, t: np.ndarray, W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray
) -> Arrays:
    gradients = _back()(x, t, W1, b1, W2, b2)
    return np.outer(gradients[1], _sigmoid(W1 @ x + b1)), *gradients[1:]


def _slope_of_slope(_: np.ndarray, a: np.ndarray) -> Any:
    """The slope of the sigmoid at its own output instead of at the sum."""
    return _sigmoid(a) * (1 - _sigmoid(a))


def _steps(x: np.ndarray, t: np.ndarray, W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray) -> Arrays:
    """The parameters after a step at the rate of the lesson, in place of the gradients."""
    parameters = (W1, b1, W2, b2)
    return tuple(a - 0.5 * g for a, g in zip(parameters, _back()(x, t, *parameters), strict=True))


def _network(inputs: int, hidden: int, outputs: int, seed: int) -> Arrays:
    rng = np.random.default_rng(seed)
    shapes = ((inputs,), (outputs,), (hidden, inputs), (hidden,), (outputs, hidden), (outputs,))
    return tuple(rng.normal(size=shape).round(2) for shape in shapes)


# Mazur's network first. Where all matrices are square, a transposed one has the right shape. In the last network only
# W2 is square, and W1 is a column: the typical mistakes run, and a loop over len(x) everywhere is found out.
_MAZUR = (
    np.array([0.05, 0.10]),
    np.array([0.01, 0.99]),
    np.array([[0.15, 0.20], [0.25, 0.30]]),
    np.array([0.35, 0.35]),
    np.array([[0.40, 0.45], [0.50, 0.55]]),
    np.array([0.60, 0.60]),
)
_NETWORKS = (_MAZUR, _network(2, 2, 2, 4), _network(3, 3, 3, 5), _network(1, 3, 3, 6))

BACKWARD = Function(
    name="backward pass",
    kind="by code",
    objectives=(PASSES, CHAIN),
    points=4,
    rtol=1e-4,
    hints=(
        "Forward first, and keep h and o: the backward pass needs them.",
        "δ of the outputs: (o − t) · o(1 − o). The gradient of W2 is the outer product of δ and h, that of b2 is δ "
        "itself.",
        "δ of the hidden units: W2.T @ δ, times h(1 − h).",
    ),
    right=_backward_by_differences,
    cases=_NETWORKS,
    mistakes=(
        Mistake(
            sentence="The slope of the output's sigmoid is missing: δ of the outputs is (o − t) · o(1 − o), not the "
            "error alone.",
            answer=_back(out=lambda z, a: 1.0),
        ),
        Mistake(
            sentence="The slope of the hidden sigmoid is missing: W2.T @ δ has to be multiplied by h(1 − h).",
            answer=_back(hidden=lambda z, a: 1.0),
        ),
        Mistake(
            sentence="The slopes of both activations are missing: you multiplied by the weights only.",
            answer=_back(out=lambda z, a: 1.0, hidden=lambda z, a: 1.0),
        ),
        Mistake(
            sentence="You applied the sigmoid once more inside its slope. With h = σ(u) the slope is simply h(1 − h).",
            answer=_back(out=_slope_of_slope, hidden=_slope_of_slope),
        ),
        Mistake(
            sentence="You put the sums into z(1 − z). The slope of the sigmoid is o(1 − o), with its *output*.",
            answer=_back(out=lambda z, a: z * (1 - z), hidden=lambda z, a: z * (1 - z)),
        ),
        Mistake(
            sentence="You used 1 − h², the slope of tanh. These units use the sigmoid, with the slope h(1 − h).",
            answer=_back(out=lambda z, a: 1 - a**2, hidden=lambda z, a: 1 - a**2),
        ),
        Mistake(
            sentence="In the hidden layer you used 1 − h², the slope of tanh. The slope of the sigmoid is h(1 − h).",
            answer=_back(hidden=lambda z, a: 1 - a**2),
        ),
        Mistake(
            sentence="In the hidden layer you put the sum into u(1 − u). The slope is h(1 − h), with the *output* h.",
            answer=_back(hidden=lambda z, a: z * (1 - z)),
        ),
        Mistake(
            sentence="In the hidden layer you applied the sigmoid once more. The slope at u is simply h(1 − h).",
            answer=_back(hidden=_slope_of_slope),
        ),
        Mistake(
            sentence="The biases are missing in the forward pass: h = σ(W1 x + b1) and o = σ(W2 h + b2).",
            answer=lambda x, t, W1, b1, W2, b2: _back()(x, t, W1, 0 * b1, W2, 0 * b2),
        ),
        Mistake(
            sentence="The order of the results is W1, b1, W2, b2: you gave both matrices first.",
            answer=lambda *case: tuple(_back()(*case)[n] for n in (0, 2, 1, 3)),
        ),
        Mistake(
            sentence="The order of the results is W1, b1, W2, b2: you gave the second layer first.",
            answer=lambda *case: tuple(_back()(*case)[n] for n in (2, 3, 0, 1)),
        ),
        Mistake(
            sentence="These are the weights after a step. A backward pass only computes the gradients.",
            answer=_steps,
        ),
        Mistake(
            sentence="You divided by the number of outputs. This loss is half the *sum* of the squares, not the mean.",
            answer=lambda x, t, *parameters: tuple(g / len(t) for g in _back()(x, t, *parameters)),
        ),
        Mistake(
            sentence="You added up δ over the units. There is one bias per unit, and its gradient is δ of this unit.",
            answer=lambda *case: tuple(g if n % 2 == 0 else g.sum() for n, g in enumerate(_back()(*case))),
        ),
        Mistake(
            sentence="W2 has to be transposed on the way back: column i of W2 collects what comes back to hidden "
            "unit i.",
            answer=_back(back=lambda W, d, e, h: W[1] @ d),
        ),
        Mistake(
            sentence="The gradients of the matrices are transposed: one row per δ, one column per value that came in, "
            "np.outer(δ, input).",
            answer=_back(last=lambda d, a: np.outer(a, d)),
        ),
        Mistake(
            sentence="The error is turned round: it is the output minus the target. These gradients point downhill.",
            answer=_back(factor=-1),
        ),
        Mistake(
            sentence="Each gradient is twice too large: the loss has a ½, which cancels the 2 of the square.",
            answer=_back(factor=2),
        ),
        Mistake(
            sentence="You sent the error o − t back to the hidden layer. What goes back is δ of the outputs: the "
            "error times o(1 − o).",
            answer=_back(back=lambda W, d, e, h: W[1].T @ e),
        ),
        Mistake(
            sentence="You changed W2 before δ went back through it. All gradients belong to the weights of the "
            "forward pass.",
            answer=_back(back=lambda W, d, e, h: (W[1] - 0.5 * np.outer(d, h)).T @ d),
        ),
        Mistake(
            sentence="δ goes back to the hidden layer through W2, the weights between hidden units and outputs. You "
            "used W1.",
            answer=_back(back=lambda W, d, e, h: W[0].T @ d),
        ),
        Mistake(
            sentence="You multiplied δ and the input number by number. Each weight has its own pair of them: "
            "np.outer(δ, input).",
            answer=_back(last=np.multiply),
        ),
        Mistake(
            sentence="The gradient of W1 is the outer product of δ of the hidden layer and what came in there: that "
            "is x, not h.",
            answer=_with_h_for_x,
        ),
    ),
)

# --- by code: a gradient check ---------------------------------------------------------------------------


def _cubic(w: np.ndarray) -> float:
    return float(np.sum(np.array([1.0, -2.0, 0.5])[: len(w)] * w**3))


def _wave(w: np.ndarray) -> float:
    return float(np.prod(np.sin(w)))


_cubic.__name__, _wave.__name__ = "sum_of_cubes", "product_of_sines"  # a sentence shows them


def _exact_differences(f: Callable[[np.ndarray], float], w: np.ndarray, h: float) -> np.ndarray:
    """Central differences as a product with a matrix of moves."""
    moves = h * np.eye(len(w))
    return np.array([f(w + move) for move in moves]) / (2 * h) - np.array([f(w - move) for move in moves]) / (2 * h)


def _one_by_one(rule: Callable[..., float]) -> Callable[..., np.ndarray]:
    def numeric(f: Callable[[np.ndarray], float], w: np.ndarray, h: float) -> np.ndarray:
        return np.array([rule(f, w, h * np.eye(len(w))[i], h) for i in range(len(w))])

    return numeric


def _without_putting_back(f: Callable[[np.ndarray], float], w: np.ndarray, h: float) -> np.ndarray:
    w, slopes = np.array(w, float), []
    for i in range(len(w)):
        w[i] += h
        above = f(w)
        w[i] -= 2 * h
        slopes.append((above - f(w)) / (2 * h))
    return np.array(slopes)


NUMERIC = Function(
    name="gradient check",
    kind="by code",
    objectives=(CHECK,),
    points=4,
    hints=(
        "One element at a time: make a copy of w, add h to element i, compute f; the same with −h.",
        "The difference of the two values is divided by their distance, which is 2h.",
    ),
    right=_exact_differences,
    cases=((_cubic, np.array([1.0, -0.5, 2.0]), 0.1), (_wave, np.array([0.3, 1.2]), 0.01)),
    mistakes=(
        Mistake(
            sentence="You go up only: (f(w + h) − f(w)) / h. The way up *and* down is more exact, since the bend "
            "cancels.",
            answer=_one_by_one(lambda f, w, move, h: (f(w + move) - f(w)) / h),
        ),
        Mistake(
            sentence="You go down only: (f(w) − f(w − h)) / h. The way up *and* down is more exact, since the bend "
            "cancels.",
            answer=_one_by_one(lambda f, w, move, h: (f(w) - f(w - move)) / h),
        ),
        Mistake(
            sentence="Python reads / 2 * h as: divide by 2, then multiply by h. Write / (2 * h).",
            answer=_one_by_one(lambda f, w, move, h: (f(w + move) - f(w - move)) / 2 * h),
        ),
        Mistake(
            sentence="You do not put an element back before you move the next one. Take a new copy of w for each "
            "element.",
            answer=_without_putting_back,
        ),
        Mistake(
            sentence="Your step is not h. Use the step that the function is given.",
            answer=lambda f, w, h: _exact_differences(f, w, 1e-5),
        ),
        Mistake(
            sentence="You divide by h. From w − h to w + h it is 2h.",
            answer=_one_by_one(lambda f, w, move, h: (f(w + move) - f(w - move)) / h),
        ),
        Mistake(
            sentence="You do not divide by the distance: this is how much f changes, not its slope.",
            answer=_one_by_one(lambda f, w, move, h: f(w + move) - f(w - move)),
        ),
        Mistake(
            sentence="You move all elements at once, so every place gets the same number: move one at a time.",
            answer=lambda f, w, h: np.full(len(w), (f(w + h) - f(w - h)) / (2 * h)),
        ),
        Mistake(
            sentence="You move all elements at once and get one number. A gradient has one per element: move one at a "
            "time.",
            answer=lambda f, w, h: (f(w + h) - f(w - h)) / (2 * h),
        ),
        Mistake(
            sentence="The sign is wrong: the value above minus the value below.",
            answer=_one_by_one(lambda f, w, move, h: (f(w - move) - f(w + move)) / (2 * h)),
        ),
        Mistake(
            sentence="Every slope is 0: f was called twice at the same place. Two names for one array change "
            "together; make two copies of w.",
            answer=lambda f, w, h: np.zeros(len(w)),
        ),
        Mistake(
            sentence="You divide by 2 only. From w − h to w + h it is 2h.",
            answer=_one_by_one(lambda f, w, move, h: (f(w + move) - f(w - move)) / 2),
        ),
        Mistake(
            sentence="You go up only, and divide by 2h. From w to w + h it is h; go down as well, then 2h is right.",
            answer=_one_by_one(lambda f, w, move, h: (f(w + move) - f(w)) / (2 * h)),
        ),
        Mistake(
            sentence="Only the first element has a slope: does the `return` stand inside the loop?",
            answer=lambda f, w, h: _exact_differences(f, w, h) * (np.arange(len(w)) == 0),
        ),
    ),
)

# --- predict ---------------------------------------------------------------------------------------------

PLANTED = Choice(
    name="planted mistake",
    kind="predict",
    objectives=(CHECK,),
    points=2,
    hints=(
        "Go back from the loss: what must be right for the gradients of b2, b1 and W1 to be right?",
        "b2 has the gradient δ of the outputs itself. W2 has the outer product of this δ and h.",
    ),
    right="c",
    because="b2's gradient is δ of the outputs: it is right. Only the product with h is left.",
    mistakes=(
        Mistake(sentence="A wrong δ of the outputs would make *every* gradient wrong, also that of b2.", answer="a"),
        Mistake(
            sentence="δ of the hidden layer is the gradient of b1, and that one is right. The gradient of W2 is "
            "computed without it.",
            answer="b",
        ),
        Mistake(
            sentence="The task says that the backward pass is wrong. (Finite differences are the slopes of whatever "
            "the forward pass computes. If the backward pass belongs to the same wrong network, all four rows agree.)",
            answer="d",
        ),
    ),
)


def _draw_cost(rng: np.random.Generator) -> Mapping[str, Any]:
    return {
        "inputs": int(rng.choice([6, 8, 10, 12, 15, 20])),
        "hidden": int(rng.choice([5, 10, 40])),
        "ms": int(rng.choice([2, 3, 5])),
        "layers": int(rng.choice([10, 20, 30])),
    }


def _parameters(inputs: int, hidden: int, layers: int) -> int:
    widths = (inputs, *[hidden] * layers, 1)
    return sum(np.zeros((below + 1, above)).size for below, above in itertools.pairwise(widths))


def _costs_with(
    count: Callable[[int, int, int], float] = _parameters, *, passes: float = 2, back: float = 2
) -> Callable[..., tuple[float, float]]:
    """Both times; the options make the mistakes."""

    def costs(inputs: int, hidden: int, layers: int, ms: int) -> tuple[float, float]:
        return passes * ms * count(inputs, hidden, layers), back * ms

    return costs


COSTS = Number(
    name="costs",
    kind="by hand",
    objectives=(COST,),
    points=2,
    rtol=0,
    task="{inputs} inputs, {layers} hidden layers of {hidden} units each, one output, all with biases. One forward "
    "pass of the batch takes {ms} ms.",
    hints=(
        "Count the parameters first, biases included: into the first hidden layer, from hidden layer to hidden layer, "
        "into the output.",
        "Up and down by a small step: two forward passes per parameter. Backward: two matrix products for each one of "
        "the forward pass.",
    ),
    draw=_draw_cost,
    right=_costs_with(),
    mistakes=(
        Mistake(
            sentence="For the finite differences you took one forward pass per parameter. Up *and* down are two.",
            answer=_costs_with(passes=1),
        ),
        Mistake(
            sentence="The biases are parameters too: each needs its two passes.",
            answer=_costs_with(lambda inputs, hidden, layers: hidden * (inputs + (layers - 1) * hidden + 1)),
        ),
        Mistake(
            sentence="One backward pass costs about *two* forward passes: one product for δ of the layer below, one "
            "for the gradient of the weights.",
            answer=_costs_with(back=1),
        ),
        Mistake(
            sentence="Three forward passes is the cost of a whole training step. The backward pass alone is about "
            "two of them.",
            answer=_costs_with(back=3),
        ),
        Mistake(
            sentence="1.5 forward passes is the count for exactly two layers. With many layers it is about two.",
            answer=_costs_with(back=1.5),
        ),
        Mistake(
            sentence="A backward pass serves all parameters at once: one is enough, however many parameters there are.",
            answer=lambda **task: (_costs_with()(**task)[0],) * 2,
        ),
        Mistake(
            sentence="These are seconds. Asked for are milliseconds.",
            answer=lambda **task: tuple(time / 1000 for time in _costs_with()(**task)),
        ),
        Mistake(
            sentence="These are numbers of forward passes. Multiply them by the time of one.",
            answer=lambda **task: tuple(time / task["ms"] for time in _costs_with()(**task)),
        ),
        Mistake(
            sentence="The two numbers are exchanged: first the finite differences.",
            answer=lambda **task: _costs_with()(**task)[::-1],
        ),
        Mistake(
            sentence="In both the 2 is missing: up *and* down are two forward passes, and a backward pass costs about "
            "two.",
            answer=_costs_with(passes=1, back=1),
        ),
        Mistake(
            sentence="You counted one hidden layer only. There are several, each with weights and biases.",
            answer=_costs_with(lambda inputs, hidden, layers: _parameters(inputs, hidden, 1)),
        ),
        Mistake(
            sentence="You counted one matrix between hidden layers too many: n layers have n − 1 of them.",
            answer=_costs_with(lambda inputs, hidden, layers: _parameters(inputs, hidden, layers + 1)),
        ),
        Mistake(
            sentence="You counted units. Each *parameter* is moved up and down: a hidden unit or an output has "
            "several, an input has none.",
            answer=_costs_with(lambda inputs, hidden, layers: inputs + layers * hidden + 1),
        ),
        Mistake(
            sentence="You go up only, and compute the loss once without a move. Up *and* down are two forward passes "
            "per parameter.",
            answer=_costs_with(lambda *widths: _parameters(*widths) + 1, passes=1),
        ),
        Mistake(
            sentence="The bias of the output is missing: the output is a unit, too.",
            answer=_costs_with(lambda *widths: _parameters(*widths) - 1),
        ),
        Mistake(
            sentence="The parameters of the output are missing: one weight for each unit of the last hidden layer, and "
            "a bias.",
            answer=_costs_with(lambda inputs, hidden, layers: _parameters(inputs, hidden, layers) - hidden - 1),
        ),
    ),
)

# --- repair ----------------------------------------------------------------------------------------------


def moons() -> tuple[np.ndarray, np.ndarray]:
    """Two half moons: points, shape (200, 2), and classes 0 and 1 in one column, shape (200, 1).

    Examples
    --------
    >>> X, y = moons()
    >>> X.shape, y.shape
    ((200, 2), (200, 1))
    """
    X, y = make_moons(200, noise=0.1, random_state=6)
    return X, y.reshape(-1, 1).astype(float)


def train(start: Arrays, steps: int = 1500) -> tuple[list[float], list[np.ndarray]]:
    """Gradient descent on the moons with a tanh layer and a sigmoid output, from given weights.

    Parameters
    ----------
    start : tuple of numpy.ndarray
        W1, b1, W2, b2 with the shapes (2, 8), (8,), (8, 1), (1,).
    steps : int
        How many steps, at a learning rate of 1.

    Returns
    -------
    list of float, list of numpy.ndarray
        The loss before each step, and the weights at the end.

    Examples
    --------
    >>> losses, weights = train((np.zeros((2, 8)), np.zeros(8), np.zeros((8, 1)), np.zeros(1)), steps=3)
    >>> round(losses[0], 4)
    0.6931
    """
    X, y = moons()
    W1, b1, W2, b2 = (np.array(array, float) for array in start)
    losses = []
    for _ in range(steps):
        H = np.tanh(X @ W1 + b1)
        p = np.clip(_sigmoid(H @ W2 + b2), 1e-12, 1 - 1e-12)
        losses.append(float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))))
        d_z = (p - y) / len(X)
        d_u = d_z @ W2.T * (1 - H**2)
        W2, b2 = W2 - H.T @ d_z, b2 - d_z.sum(axis=0)
        W1, b1 = W1 - X.T @ d_u, b1 - d_u.sum(axis=0)
    return losses, [W1, b1, W2, b2]


def _start(kind: str) -> Arrays:
    rng = np.random.default_rng(1)
    factor = {"random": 1.0, "huge": 200.0}.get(kind)
    if factor is not None:
        first, last = factor * rng.normal(size=(2, 8)), rng.normal(size=(8, 1)) / 3
    elif kind == "zero":
        first, last = np.zeros((2, 8)), np.zeros((8, 1))
    elif kind == "equal":
        first, last = np.full((2, 8), 0.5), np.full((8, 1), 0.5)
    elif kind == "one unit":
        alive = np.eye(8)[:1]
        first, last = rng.normal(size=(2, 1)) * alive, alive.T
    elif kind == "alike":
        first, last = 0.1 + 1e-4 * rng.normal(size=(2, 8)), 0.1 + 1e-4 * rng.normal(size=(8, 1))
    else:
        first, last = rng.normal(size=(8, 2)), rng.normal(size=(8, 1))
    return first, np.zeros(8), last, np.zeros(1)


def _after_training(results: list[Any]) -> dict[str, Any]:
    arrays = W1, b1, W2, _ = four_weights(results)
    shapes = tuple(array.shape for array in arrays)
    if shapes != ((2, 8), (8,), (8, 1), (1,)):
        return {"shapes": False}
    losses, after = train(arrays)
    return {
        "shapes": True,
        "still": all(np.allclose(a, b, atol=1e-9) for a, b in zip(arrays[:3:2], after[:3:2], strict=True)),
        "equal": bool(np.allclose(after[0], after[0][:, :1], atol=1e-6)),
        "idle": any(not (W1[:, j].any() or b1[j] or W2[j].any()) for j in range(8)),
        "saturated": float(np.mean(1 - np.tanh(moons()[0] @ arrays[0] + arrays[1]) ** 2)),
        "loss": losses[-1],
    }


START = Product(
    name="start",
    kind="repair",
    objectives=(PLACES,),
    points=4,
    hints=(
        "Print the gradient of W1 and W2 at the start. Which factor makes each of them zero?",
        "The gradient of W1 has the factor W2, and that of W2 has the factor H. What are they at the start?",
        "Random numbers of about 1: `np.random.default_rng(0).normal(size=(2, 8))`. Biases may start at 0.",
    ),
    right=lambda: _start("random"),
    cases=((),),
    measure=_after_training,
    mistakes=(
        Mistake(
            sentence="The shapes have to be (2, 8), (8,), (8, 1) and (1,): one column per unit.",
            answer=lambda: _start("shape"),
            fails=lambda m: not m["shapes"],
        ),
        Mistake(
            sentence="Neither W1 nor W2 has moved in 1,500 steps: their gradients are zero at this start (a saddle).",
            answer=lambda: _start("zero"),
            fails=lambda m: m["still"],
        ),
        Mistake(
            sentence="The weights move, but all hidden units stay equal to one another: they get the same gradients. "
            "Eight units then do the work of one. Make them different.",
            answer=lambda: _start("equal"),
            fails=lambda m: m["equal"],
        ),
        Mistake(
            sentence="These weights are so large that the slope of tanh is nearly 0 for nearly all samples: a plateau. "
            "Sums of about 1 are a better start.",
            answer=lambda: _start("huge"),
            fails=lambda m: m["loss"] > 0.1 and m["saturated"] < 0.05,
        ),
        Mistake(
            sentence="It learns, but the loss is still above 0.1 after 1,500 steps. A unit whose weights are all 0 at "
            "the start never moves: do all eight units take part?",
            answer=lambda: _start("one unit"),
            fails=lambda m: m["loss"] > 0.1 and m["idle"],
        ),
        Mistake(
            sentence="It learns, but the loss is still above 0.1 after 1,500 steps. From weights that are small or "
            "nearly equal, the units do the same for a long time: take random numbers of about 1.",
            answer=lambda: _start("alike"),
            fails=lambda m: m["loss"] > 0.1,
        ),
    ),
)

# --- transfer --------------------------------------------------------------------------------------------

_PARTS = np.array([[1.0, -2.0], [4.0, 0.5], [-3.0, 1.0]])

ACCUMULATE = Function(
    name="parts of a batch",
    kind="transfer",
    objectives=(COST,),
    points=2,
    hints=(
        "The gradient of a batch is the mean over all its samples, not over its parts.",
        "From a mean and a number of samples you get back the sum: mean times number.",
    ),
    right=lambda gradients, sizes: np.repeat(gradients, sizes, axis=0).mean(axis=0),
    cases=((_PARTS, [4, 4, 2]), (_PARTS[:2], [1, 9]), (_PARTS[:1], [5])),
    mistakes=(
        Mistake(
            sentence="This is the plain mean of the parts. A part with few samples must not count as much as a "
            "large one.",
            answer=lambda gradients, sizes: np.mean(gradients, axis=0),
        ),
        Mistake(
            sentence="You added the parts. In PyTorch this happens where nobody clears the gradients; a mean divides.",
            answer=lambda gradients, sizes: np.sum(gradients, axis=0),
        ),
        Mistake(
            sentence="This is the sum over all samples. Divide by their number.",
            answer=lambda gradients, sizes: np.array(sizes, float) @ gradients,
        ),
        Mistake(
            sentence="You divide by the number of parts. Divide by the number of samples of all parts together.",
            answer=lambda gradients, sizes: np.array(sizes, float) @ gradients / len(sizes),
        ),
        Mistake(
            sentence="You divide by the number of samples, but did not multiply each part by its own number before.",
            answer=lambda gradients, sizes: np.sum(gradients, axis=0) / np.sum(sizes),
        ),
        Mistake(
            sentence="You divide each part by its size. The gradient of a part is a mean already: *multiply* it by the "
            "size, and divide at the end.",
            answer=lambda gradients, sizes: np.mean(gradients / np.array(sizes, float)[:, None], axis=0),
        ),
        Mistake(
            sentence="You took a mean over the weights as well. Multiply each row by its size, add up the rows "
            "(axis=0), and divide by the number of samples.",
            answer=lambda gradients, sizes: float(np.mean(gradients)),
        ),
        Mistake(
            sentence="This is the gradient of the last part only.",
            answer=lambda gradients, sizes: gradients[-1],
        ),
        Mistake(
            sentence="You average part after part, each with the mean so far. Then the last part counts half: add up "
            "first, divide once at the end.",
            answer=lambda gradients, sizes: functools.reduce(lambda mean, part: (mean + part) / 2, gradients),
        ),
        Mistake(
            sentence="This is the gradient of the first part only. If there is a loop: does its `return` stand inside "
            "it?",
            answer=lambda gradients, sizes: gradients[0],
        ),
        Mistake(
            sentence="You took the mean along the rows. Each row is one part: multiply it by its size, add up with "
            "axis=0, and divide by the number of samples.",
            answer=lambda gradients, sizes: np.mean(gradients, axis=1),
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (TWO_UNITS, BACKWARD, NUMERIC, PLANTED, COSTS, START, ACCUMULATE)
