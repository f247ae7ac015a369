# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Exercises of lesson 01: linear regression with one Dense unit."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, mean_squared_error

from .exercise import Choice, Exercise, Function, Mistake, Number, Product, Sheet
from .networks import outputs_of, the_model
from .oracles import slopes_by_differences
from .running import SECONDS_TO_TRAIN, Wrong

FIVE_STEPS = "go through the five steps"
BY_HAND = "compute a mean squared error"
UPDATES = "say how many updates"
LEARNING_RATE = "tell from a learning curve"
JUDGE = "judge a loss"


def exercises(seed: int = 0) -> Sheet:
    """The exercises of lesson 01.

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
    >>> exercises(seed=0).check("learning curves", "sLr")
    ✗ learning curves: Curve B falls as far as it can, and no other curve gets there: its rate
    is right.
    """
    return Sheet("01", EXERCISES, seed=seed)


# --- by hand ---------------------------------------------------------------------------------------------


def _draw_line(rng: np.random.Generator) -> Mapping[str, Any]:
    return {
        "x": rng.permutation([1, 2, 3, 4])[:3].tolist(),
        "y": rng.integers(-4, 10, 3).tolist(),
        "w": int(rng.choice([-2, 2, 3])),
        "b": int(rng.choice([-3, -1, 1, 4])),
    }


def _errors(x: list[float], y: list[float], w: float, b: float) -> np.ndarray:
    return w * np.array(x) + b - np.array(y)


LOSS = Number(
    name="loss",
    kind="by hand",
    objectives=(BY_HAND,),
    points=2,
    task="Three samples: x = {x} with the targets y = {y}. The neuron has w = {w} and b = {b}.",
    hints=(
        "Make a table with one row per sample: x, y, the estimate wx + b, the error, the squared error.",
        "The error is the estimate minus the target. The loss is the mean of the last column.",
    ),
    draw=_draw_line,
    right=lambda x, y, w, b: mean_squared_error(y, np.polyval([w, b], x)),
    mistakes=(
        Mistake(
            sentence="That is the sum of the squared errors. The loss is their mean: divide by the number of samples.",
            answer=lambda x, y, w, b: np.sum(_errors(x, y, w, b) ** 2),
        ),
        Mistake(
            sentence="You took half of the mean. Some texts define the loss with 1/(2n); here and in Keras it is 1/n.",
            answer=lambda x, y, w, b: np.mean(_errors(x, y, w, b) ** 2) / 2,
        ),
        Mistake(
            sentence="That is the mean of the errors without their signs (the mean absolute error): square each error.",
            answer=lambda x, y, w, b: mean_absolute_error(y, np.polyval([w, b], x)),
        ),
        Mistake(
            sentence="You took the square root at the end. The mean squared error is the mean itself, without a root.",
            answer=lambda x, y, w, b: np.sqrt(np.mean(_errors(x, y, w, b) ** 2)),
        ),
        Mistake(
            sentence="That is the mean of the errors, in which opposite signs cancel: square each error first.",
            answer=lambda x, y, w, b: np.mean(_errors(x, y, w, b)),
        ),
        Mistake(
            sentence="You squared the mean of the errors. Square each error first, then take the mean: "
            "otherwise errors of opposite sign cancel.",
            answer=lambda x, y, w, b: np.mean(_errors(x, y, w, b)) ** 2,
        ),
        Mistake(
            sentence="The bias is missing: the estimate is wx + b, not wx.",
            answer=lambda x, y, w, b: np.mean(_errors(x, y, w, 0) ** 2),
        ),
    ),
)


def _draw_step(rng: np.random.Generator) -> Mapping[str, Any]:
    return {
        "x": rng.permutation([1, 2, 3])[:2].tolist(),
        "y": rng.integers(1, 10, 2).tolist(),
        "w": int(rng.choice([-1, 1, 2])),
        "b": int(rng.choice([-2, 0, 1])),
        "rate": float(rng.choice([0.1, 0.2])),
    }


def _step_by_differences(x: list[float], y: list[float], w: float, b: float, rate: float) -> np.ndarray:
    """One step of gradient descent with slopes that are tried out, not derived."""

    def loss(place: np.ndarray) -> float:
        return float(mean_squared_error(y, np.polyval(place, x)))

    start = np.array([w, b], float)
    return np.round(start - rate * slopes_by_differences(loss, start), 6)  # a 0 is 0, and not 1e-9


def _steps_with(factor: float) -> Any:
    """One step whose slopes are this many times Σ e·x and Σ e."""

    def step(x: list[float], y: list[float], w: float, b: float, rate: float) -> np.ndarray:
        error = _errors(x, y, w, b)
        return np.array([w, b]) - rate * factor * np.array([np.sum(error * x), np.sum(error)])

    return step


def _without_x(x: list[float], y: list[float], w: float, b: float, rate: float) -> np.ndarray:
    slope = 2 * np.mean(_errors(x, y, w, b))
    return np.array([w - rate * slope, b - rate * slope])


def _one_after_the_other(x: list[float], y: list[float], w: float, b: float, rate: float) -> np.ndarray:
    new = float(w - rate * 2 * np.mean(_errors(x, y, w, b) * x))
    return np.array([new, b - rate * 2 * np.mean(_errors(x, y, new, b))])


STEP = Number(
    name="step",
    kind="by hand",
    objectives=(BY_HAND,),
    points=4,
    task="Two samples: x = {x} with the targets y = {y}. Start at w = {w}, b = {b} with a learning rate of {rate}.",
    hints=(
        "First the two errors wx + b − y. The slope for w is 2 times the mean of error times x, "
        "the slope for b is 2 times the mean of the errors.",
        "Both parameters move by minus their slope, times the learning rate. Both slopes belong to the old w and b.",
    ),
    draw=_draw_step,
    right=_step_by_differences,
    mistakes=(
        Mistake(
            sentence="You went uphill: each parameter moves by *minus* its slope times the learning rate. "
            "(Or the error is turned round: it is the estimate minus the target.)",
            answer=_steps_with(-1.0),
        ),
        Mistake(
            sentence="The factor 2 is missing, which comes from the square: the slope for b is 2 times the mean error.",
            answer=_steps_with(0.5),
        ),
        Mistake(
            sentence="You added the slopes of the samples. The loss is a mean, so divide by the number of samples.",
            answer=_steps_with(2.0),
        ),
        Mistake(
            sentence="The slope for w needs the inputs: take error times x before the mean. "
            "Only the slope for b is the mean of the errors alone.",
            answer=_without_x,
        ),
        Mistake(
            sentence="You used the new w in the slope for b. Compute both slopes at the old place, then move both.",
            answer=_one_after_the_other,
        ),
        Mistake(
            sentence="These are the slopes. The question is where w and b are after the step.",
            answer=lambda x, y, w, b, rate: (np.array([w, b]) - _step_by_differences(x, y, w, b, rate)) / rate,
        ),
        Mistake(
            sentence="The learning rate is missing: multiply each slope by it before you subtract.",
            answer=lambda x, y, w, b, rate: _step_by_differences(x, y, w, b, 1.0),
        ),
        Mistake(
            sentence="These are the changes. The question is where w and b are afterwards: begin at the old w and b.",
            answer=lambda x, y, w, b, rate: _step_by_differences(x, y, w, b, rate) - np.array([w, b]),
        ),
        Mistake(
            sentence="You give the two numbers in the wrong order: w comes first.",
            answer=lambda x, y, w, b, rate: _step_by_differences(x, y, w, b, rate)[::-1],
        ),
    ),
)

# --- by code ---------------------------------------------------------------------------------------------


def _count_updates(n_samples: int, batch_size: int, epochs: int) -> int:
    """Count the batches, without a formula."""
    return epochs * len(range(0, n_samples, batch_size))


COUNT = Function(
    name="updates",
    kind="by code",
    objectives=(UPDATES,),
    points=2,
    hints=(
        "How many batches does it take to use every sample once? Try 6 samples in batches of 4 on paper.",
        "`math.ceil` rounds up; in whole numbers, `-(-a // b)` does as well.",
    ),
    right=_count_updates,
    cases=((6, 6, 20), (6, 4, 20), (24, 6, 1), (50_000, 256, 10), (5, 32, 3), (1001, 1000, 2)),
    mistakes=(
        Mistake(
            sentence="You rounded down: the last batch of an epoch is used as well, even if it is not full.",
            answer=lambda n_samples, batch_size, epochs: n_samples // batch_size * epochs,
        ),
        Mistake(
            sentence="You add 1 always. Where the batches use up the samples exactly, as 24 in batches of 6, "
            "there is no batch left over.",
            answer=lambda n_samples, batch_size, epochs: (n_samples // batch_size + 1) * epochs,
        ),
        Mistake(
            sentence="You rounded at the end. Each epoch ends with its own batch that is not full: "
            "round up per epoch, then multiply by the epochs.",
            answer=lambda n_samples, batch_size, epochs: int(np.ceil(n_samples * epochs / batch_size)),
        ),
        Mistake(
            sentence="You rounded at the end, and down. Each epoch ends with its own batch that is not full: "
            "round up per epoch, then multiply by the epochs.",
            answer=lambda n_samples, batch_size, epochs: n_samples * epochs // batch_size,
        ),
        Mistake(
            sentence="You rounded to the nearest whole number: 6/4 is not 1 or 2 by chance, it is always rounded up.",
            answer=lambda n_samples, batch_size, epochs: round(n_samples / batch_size) * epochs,
        ),
        Mistake(
            sentence="The number of epochs is missing: this is the number of updates of one epoch.",
            answer=lambda n_samples, batch_size, epochs: _count_updates(n_samples, batch_size, 1),
        ),
        Mistake(
            sentence="That is one update per sample. An update uses a whole batch.",
            answer=lambda n_samples, batch_size, epochs: n_samples * epochs,
        ),
        Mistake(
            sentence="The number of updates is a whole number, also where the last batch is not full.",
            answer=lambda n_samples, batch_size, epochs: n_samples / batch_size * epochs,
        ),
    ),
)


def _descend_in_matrices(x: np.ndarray, y: np.ndarray, learning_rate: float, steps: int) -> tuple[float, float]:
    """Gradient descent in closed form: each step multiplies the distance to the best line by one matrix."""
    columns = np.stack([x, np.ones_like(x)], axis=1)
    best = np.linalg.lstsq(columns, y, rcond=None)[0]
    shrink = np.eye(2) - learning_rate * 2 / len(x) * columns.T @ columns
    w, b = best - np.linalg.matrix_power(shrink, steps) @ best
    return float(w), float(b)


def _descend_with(factor: float, *, more: int = 0, in_turn: bool = False) -> Any:
    """Gradient descent whose slopes are `factor` times those of the mean; `more` steps than asked for."""

    def descend(x: np.ndarray, y: np.ndarray, learning_rate: float, steps: int) -> tuple[float, float]:
        w = b = 0.0
        for _ in range(steps + more):
            error = w * x + b - y
            new_w = w - learning_rate * factor * 2 * np.mean(error * x)
            if in_turn:
                error = new_w * x + b - y
            w, b = new_w, b - learning_rate * factor * 2 * np.mean(error)
        return float(w), float(b)

    return descend


def _sum_of_slopes(x: np.ndarray, y: np.ndarray, learning_rate: float, steps: int) -> tuple[float, float]:
    result: tuple[float, float] = _descend_with(len(x))(x, y, learning_rate, steps)
    return result


def _sample_by_sample(x: np.ndarray, y: np.ndarray, learning_rate: float, steps: int) -> tuple[float, float]:
    w = b = 0.0
    for _ in range(steps):
        for x_i, y_i in zip(x, y, strict=True):
            error = w * x_i + b - y_i
            w, b = w - learning_rate * 2 * error * x_i, b - learning_rate * 2 * error
    return float(w), float(b)


def _descend_along(slopes: Callable[[np.ndarray, np.ndarray], tuple[Any, Any]], *, whole: bool = False) -> Any:
    """Gradient descent with these slopes, made from x and the errors; `whole` gives all places, not the last."""

    def descend(x: np.ndarray, y: np.ndarray, learning_rate: float, steps: int) -> Any:
        w: Any = 0.0
        b: Any = 0.0
        path = [(w, b)]
        for _ in range(steps):
            for_w, for_b = slopes(x, w * x + b - y)
            w, b = w - learning_rate * for_w, b - learning_rate * for_b
            path.append((w, b))
        return np.array(path) if whole else (w, b)

    return descend


_X = np.array([-1.0, 0.0, 1.0, 2.0, 3.0, 4.0])
_NOISY = np.array([-2.6, -1.3, 1.4, 2.7, 5.5, 6.9])

DESCEND = Function(
    name="gradient descent",
    kind="by code",
    objectives=(BY_HAND,),
    points=4,
    hints=(
        "One step: error = w * x + b - y, then the two slopes 2 * mean(error * x) and 2 * mean(error).",
        "Change w and b in one line, `w, b = …, …`, so that both slopes belong to the same place.",
        "The loop does exactly `steps` steps: `for _ in range(steps):`. Return `w, b` after the loop, not inside it.",
    ),
    right=_descend_in_matrices,
    cases=((_X, 2 * _X - 1, 0.1, 1), (_X, _NOISY, 0.05, 2), (_X[:4], _NOISY[:4], 0.02, 40)),
    mistakes=(
        Mistake(
            sentence="You go uphill: subtract the slope times the learning rate "
            "(or turn the error round: it is the estimate minus the target).",
            answer=_descend_with(-1),
        ),
        Mistake(sentence="The factor 2 is missing, which comes from the square.", answer=_descend_with(0.5)),
        Mistake(
            sentence="You add the slopes of all samples. The loss is a mean, so the slopes are means as well.",
            answer=_sum_of_slopes,
        ),
        Mistake(
            sentence="You change w first and use the new w in the slope for b: compute both slopes, then change both.",
            answer=_descend_with(1, in_turn=True),
        ),
        Mistake(
            sentence="You do one step too few: `range(steps)` counts from 0 and makes exactly `steps` rounds.",
            answer=_descend_with(1, more=-1),
        ),
        Mistake(
            sentence="You return after the first step: the `return` stands inside the loop.",
            answer=lambda x, y, learning_rate, steps: _descend_in_matrices(x, y, learning_rate, 1),
        ),
        Mistake(
            sentence="You change w and b after each single sample. Here one step uses the mean over all samples.",
            answer=_sample_by_sample,
        ),
        Mistake(
            sentence="You do one step too many.",
            answer=_descend_with(1, more=1),
        ),
        Mistake(
            sentence="The slope for w needs the inputs: take error times x before the mean.",
            answer=_descend_along(lambda x, error: (2 * np.mean(error), 2 * np.mean(error))),
        ),
        Mistake(
            sentence="The slope for b does not need the inputs: it is 2 times the mean of the errors alone.",
            answer=_descend_along(lambda x, error: (2 * np.mean(error * x), 2 * np.mean(error * x))),
        ),
        Mistake(
            sentence="b never moves: it has a slope of its own, 2 times the mean of the errors.",
            answer=_descend_along(lambda x, error: (2 * np.mean(error * x), 0.0)),
        ),
        Mistake(
            sentence="The mean over the samples is missing: w and b have become arrays, one number per sample.",
            answer=_descend_along(lambda x, error: (2 * error * x, 2 * error)),
        ),
        Mistake(
            sentence="The learning rate is missing: multiply each slope by it before you subtract.",
            answer=lambda x, y, learning_rate, steps: _descend_in_matrices(x, y, 1.0, steps),
        ),
        Mistake(
            sentence="You compute the slopes only once, at the start. Each step needs those at the new w and b.",
            answer=lambda x, y, learning_rate, steps: _descend_in_matrices(x, y, learning_rate * steps, 1),
        ),
        Mistake(
            sentence="You give w and b in the wrong order: w comes first.",
            answer=lambda x, y, learning_rate, steps: _descend_in_matrices(x, y, learning_rate, steps)[::-1],
        ),
        Mistake(
            sentence="You give the whole path, as the function of the lesson does. Here only the last w and b are "
            "asked for.",
            answer=_descend_along(lambda x, error: (2 * np.mean(error * x), 2 * np.mean(error)), whole=True),
        ),
    ),
)

# --- predict ---------------------------------------------------------------------------------------------


def three_curves() -> dict[str, list[float]]:
    """Three learning curves of one neuron on six noisy points: the loss before each of 60 steps, and after the last.

    Examples
    --------
    >>> {name: len(losses) for name, losses in three_curves().items()}
    {'A': 61, 'B': 61, 'C': 61}
    """
    columns = np.stack([_X, np.ones_like(_X)], axis=1)
    curves = {}
    for name, rate in (("A", 0.18), ("B", 0.12), ("C", 0.004)):
        line, losses = np.array([0.0, 4.0]), []
        for _ in range(61):
            error = columns @ line - _NOISY
            losses.append(float(np.mean(error**2)))
            line = line - rate * 2 / len(_X) * columns.T @ error
        curves[name] = losses
    return curves


CURVES = Choice(
    name="learning curves",
    kind="predict",
    objectives=(LEARNING_RATE,),
    points=2,
    hints=(
        "Look at the end of each curve, not at its beginning: does it still fall, has it arrived, does it grow?",
        "A rate that is too large can make the first steps look fine.",
    ),
    right="lrs",
    because="A falls at first and then grows: a rate just above the limit. C still falls after 60 steps.",
    mistakes=(
        Mistake(
            sentence="Curve C has not arrived: it still falls at its end, so its rate is too small. And a curve that "
            "grows at its end never has the right rate.",
            answer="rls",
        ),
        Mistake(
            sentence="Curve B falls as far as it can, and no other curve gets there: its rate is right.",
            answer="slr",
        ),
        Mistake(
            sentence="Look at the end of curve A: it grows. Falling in the first steps says little.",
            answer="rsl",
        ),
        Mistake(
            sentence="A curve that grows at its end has a rate that is too large, not too small.",
            answer="srl",
        ),
        Mistake(
            sentence="A is judged rightly. A flat curve at the bottom has arrived, and one that still falls has not: "
            "exchange B and C.",
            answer="lsr",
        ),
    ),
)

# --- repair and transfer ---------------------------------------------------------------------------------


def flats() -> tuple[np.ndarray, np.ndarray]:
    """Forty flats, simulated: living space in m², shape (40, 1), and monthly rent in euros, shape (40,).

    Examples
    --------
    >>> area, rent = flats()
    >>> area.shape, rent.shape
    ((40, 1), (40,))
    """
    rng = np.random.default_rng(7)
    area = rng.uniform(25, 120, 40).round()
    return area[:, None], (9 * area + 180 + rng.normal(0, 60, 40)).round()


def _neuron(w: float, b: float) -> Any:
    """A Keras model of one unit, as training leaves it behind."""
    import keras

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.set_weights([np.array([[w]]), np.array([b])])
    return model


def _neuron_after(area: np.ndarray, rent: np.ndarray, *, rate: float, steps: int) -> Any:
    """The neuron after so many steps on inputs that are not scaled."""
    with np.errstate(all="ignore"):
        return _neuron(*_descend_with(1)(area[:, 0], rent, rate, steps))


def _best_neuron(area: np.ndarray, rent: np.ndarray, too_high: float = 0) -> Any:
    line = LinearRegression().fit(area, rent)
    return _neuron(line.coef_[0], line.intercept_ + too_high)


def _scaled(numbers: np.ndarray) -> list[np.ndarray]:
    """What a learner may have made of these numbers outside the model."""
    low, high, mean, spread = (float(f(numbers)) for f in (np.min, np.max, np.mean, np.std))
    ways = [(mean, spread), (mean, 1), (low, high - low), (0, high), (0, mean), (0, 100), (0, 1000)]
    return [(numbers - middle) / width for middle, width in ways]


def _losses_of_flats(results: list[Any]) -> dict[str, float]:
    """The loss of the learner's model and of the baseline, each by the loss of the best line, and what else tells."""
    model = the_model(results)
    area, rent = flats()

    def estimates(inputs: np.ndarray) -> np.ndarray:
        found = outputs_of(model, inputs.astype("float32"))
        if found.size != len(inputs):
            raise Wrong(f"A flat has one rent: one output is enough. For 40 flats yours gives the shape {found.shape}.")
        return found.reshape(-1)

    def loss(answers: Any, targets: np.ndarray = rent) -> float:
        best = LinearRegression().fit(area, targets).predict(area)
        return float(np.mean((answers - targets) ** 2) / np.mean((best - targets) ** 2))

    here, of_scaled = estimates(area), [estimates(areas) for areas in _scaled(area)]
    rents = [*_scaled(rent), np.log(rent)]
    return {
        "loss": loss(here),
        "baseline": loss(rent.mean()),
        "start": loss(0.0),
        "at zero": float(estimates(np.zeros((1, 1)))[0]),
        "scaled inputs": min(map(loss, of_scaled)),
        "scaled targets": min(loss(here, targets) for targets in rents),
        "scaled both": min(loss(answers, targets) for answers in of_scaled for targets in rents),
    }


_ENOUGH = 1.2  # times the loss of the best line; with small batches the last steps still jump by some percent


CURE = Product(
    name="cure",
    kind="repair",
    objectives=(FIVE_STEPS, LEARNING_RATE, JUDGE),
    points=4,
    hints=(
        "Look at the printed losses. Do they fall, or do they grow? By what factor per epoch?",
        "In the lesson the inputs were about 2, and a rate of 0.17 was near the limit. The limit is about 2 divided by "
        "2 · mean(x²). What is the mean of x² here?",
        "Bring the inputs to about 1 inside the model: a `Rescaling` or `Normalization` layer before `Dense`. "
        "A `Normalization` layer learns mean and spread by `layer.adapt(area)`.",
    ),
    right=_best_neuron,
    cases=(flats(),),
    seconds=SECONDS_TO_TRAIN,
    measure=_losses_of_flats,
    mistakes=(
        Mistake(
            sentence="The loss is still NaN, infinite or astronomically large: each step jumps across the valley and "
            "lands higher. The inputs are about 70, so the slopes are thousands of times those of the lesson. (A "
            "`Normalization` layer scales only after `adapt`.)",
            answer=lambda area, rent: _neuron_after(area, rent, rate=0.01, steps=400),
            fails=lambda m: not m["loss"] < 1e6 * m["start"],
        ),
        Mistake(
            sentence="The model has learnt from inputs that you scaled outside it, and is wrong for square metres. Put "
            "the scaling into the model, as a layer before `Dense`.",
            answer=lambda area, rent: _best_neuron((area - area.mean()) / area.std(), rent),
            fails=lambda m: m["loss"] > _ENOUGH and m["scaled inputs"] < _ENOUGH,
        ),
        Mistake(
            sentence="The model answers in scaled rents (or in their logarithms), not in euros. Scale the inputs, "
            "inside the model, and leave the targets as they are.",
            answer=lambda area, rent: _best_neuron(area, (rent - rent.mean()) / rent.std()),
            fails=lambda m: m["loss"] > _ENOUGH and m["scaled targets"] < _ENOUGH,
        ),
        Mistake(
            sentence="The model has learnt from areas and rents that were scaled outside it. It has to take square "
            "metres and to answer in euros: put the scaling of the inputs into the model, as a layer before `Dense`, "
            "and leave the targets as they are.",
            answer=lambda area, rent: _best_neuron(area / 100, rent / 1000),
            # A neuron that nobody has trained may have the right w for scaled numbers by chance; its b is 0.
            fails=lambda m: m["loss"] > _ENOUGH and m["scaled both"] < _ENOUGH and m["at zero"] != 0,
        ),
        Mistake(
            sentence="The answers are far below the rents, which are hundreds of euros: the loss is about that of a "
            "neuron that always answers 0. Does your function call `fit`, and with the rents as they are? If it does, "
            "the steps are too short.",
            answer=lambda area, rent: _neuron(0.1, 0.0),
            fails=lambda m: 0.8 * m["start"] < m["loss"] < 1.2 * m["start"],
        ),
        Mistake(
            sentence="It no longer explodes, but it is worse than the baseline that always answers with the mean rent.",
            answer=lambda area, rent: _best_neuron(area, rent, too_high=400),
            fails=lambda m: m["loss"] > m["baseline"],
        ),
        Mistake(
            sentence="The line passes through the origin, a flat of 0 m² for 0 euros: the bias is missing.",
            answer=lambda area, rent: _neuron(float(area[:, 0] @ rent / (area[:, 0] @ area[:, 0])), 0.0),
            fails=lambda m: m["loss"] > _ENOUGH and m["at zero"] == 0,
        ),
        Mistake(
            sentence="It is better than the baseline, and still more than 20 % above the best line. With a tiny rate "
            "w arrives, and b has hardly moved: for inputs far from 0 the valley is long. Scale the inputs.",
            answer=lambda area, rent: _neuron_after(area, rent, rate=1e-4, steps=200),
            fails=lambda m: m["loss"] > _ENOUGH and abs(m["at zero"]) < 30,  # the best line: 123
        ),
        Mistake(
            sentence="It is better than the baseline, and still more than 20 % above the best line. Look at the end of "
            "the learning curve: if it still falls, take a larger learning rate; if it jumps, a smaller one.",
            answer=lambda area, rent: _best_neuron(area, rent, too_high=60),
            fails=lambda m: m["loss"] > _ENOUGH,
        ),
    ),
)


def _diabetes() -> tuple[np.ndarray, np.ndarray]:
    """Body mass index in kg/m², shape (442, 1), and the progression of the disease a year later, shape (442,)."""
    x, y = load_diabetes(return_X_y=True, scaled=False)
    return x[:, 2:3], y


@functools.cache
def _baseline_and_loss() -> tuple[float, float]:
    x, y = _diabetes()
    return float(np.var(y)), float(mean_squared_error(y, LinearRegression().fit(x, y).predict(x)))


def _errors_of_both() -> tuple[np.ndarray, np.ndarray]:
    """The errors of the baseline and of the best line."""
    x, y = _diabetes()
    return y.mean() - y, LinearRegression().fit(x, y).predict(x) - y


def _column_minus_row() -> tuple[float, float]:
    """What broadcasting makes of estimates in a column."""
    x, y = _diabetes()
    column = LinearRegression().fit(x, y[:, None]).predict(x)
    return _baseline_and_loss()[0], float(np.mean((column - y) ** 2))


def _both(change: Any) -> Any:
    return lambda: tuple(change(number) for number in _baseline_and_loss())


DIABETES = Number(
    name="diabetes",
    kind="transfer",
    objectives=(FIVE_STEPS, JUDGE),
    points=4,
    rtol=0.02,
    hints=(
        "The baseline needs no network: it answers with the mean of all targets.",
        "The body mass index is about 26, so scale it first, as in the exercise before.",
        "Compare with `np.polyfit`: how close is your trained neuron to the best line?",
    ),
    right=_baseline_and_loss,
    mistakes=(
        Mistake(
            sentence="You give the two numbers in the wrong order: the baseline comes first.",
            answer=lambda: _baseline_and_loss()[::-1],
        ),
        Mistake(
            sentence="These are square roots of the losses. The mean squared error is without a root.",
            answer=_both(np.sqrt),
        ),
        Mistake(
            sentence="The baseline answers with the mean of the targets, not with 0.",
            answer=lambda: (float(np.mean(_diabetes()[1] ** 2)), _baseline_and_loss()[1]),
        ),
        Mistake(
            sentence="Both losses are the same: the neuron does no better than the baseline, so w is still near 0. "
            "Has it been trained, and are its inputs scaled?",
            answer=lambda: (_baseline_and_loss()[0],) * 2,
        ),
        Mistake(
            sentence="These are sums of squared errors: divide by the number of samples.",
            answer=_both(lambda loss: 442 * loss),
        ),
        Mistake(
            sentence="These are means of the errors without their signs: square each error before the mean.",
            answer=lambda: tuple(float(np.mean(np.abs(error))) for error in _errors_of_both()),
        ),
        Mistake(
            sentence="The baseline is right. `predict` gives a column, (442, 1), and the targets are a row, (442,): "
            "column minus row is a table of 442 × 442 errors. Take `predict(bmi)[:, 0]`.",
            answer=_column_minus_row,
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (LOSS, STEP, COUNT, DESCEND, CURVES, CURE, DIABETES)
