# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Exercises of lesson 11: overfitting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sklearn.datasets import make_moons
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

from .exercise import Choice, Exercise, Function, Mistake, Number, Product, Sheet
from .networks import outputs_of, the_model, weights_of
from .running import SECONDS_TO_TRAIN

READ = "recognise overfitting on two learning curves"
PARTS = "measure bias and variance"
STOP = "stop a training with a sensible patience"
WRITE = "write an L1 penalty, an L2 penalty and dropout"
CHOOSE = "choose the strength of each cure"


def exercises(seed: int = 0) -> Sheet:
    """The exercises of lesson 11.

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
    >>> exercises(seed=0).check("two curves", "a")
    ✗ two curves: Dropout is a cure for variance. Here training itself is bad, and dropout
    makes it worse.
    """
    return Sheet("11", EXERCISES, seed=seed)


# --- by hand ---------------------------------------------------------------------------------------------


def _draw_answers(rng: np.random.Generator) -> Mapping[str, Any]:
    answers = rng.choice(np.arange(1, 10), 3, replace=False) / 10
    return {"answers": answers.tolist(), "truth": int(rng.integers(2))}


def _two_parts(answers: list[float], truth: int) -> tuple[float, float]:
    average = sum(answers) / len(answers)
    return (average - truth) ** 2, sum((answer - average) ** 2 for answer in answers) / len(answers)


BIAS_VARIANCE = Number(
    name="bias and variance",
    kind="by hand",
    objectives=(PARTS,),
    points=4,
    task="At one point three networks, each trained on its own training set, answer {answers}. The truth is {truth}.",
    hints=(
        "First the average answer. It stands in both parts.",
        "First part: (average − truth)². Second part: the mean of (answer − average)² over the three networks.",
        "Test yourself: both parts together are the mean of (answer − truth)².",
    ),
    draw=_draw_answers,
    right=lambda answers, truth: (float((np.mean(answers) - truth) ** 2), float(np.var(answers))),
    mistakes=(
        Mistake(
            sentence="The first number is the mean squared error of the three networks. Take the average answer first, "
            "then square its distance to the truth.",
            answer=lambda answers, truth: (
                float(np.mean((np.array(answers) - truth) ** 2)),
                _two_parts(answers, truth)[1],
            ),
        ),
        Mistake(
            sentence="You divided the variance by 2. It is a mean over the three networks: divide by 3, or the two "
            "parts do not add up to the error.",
            answer=lambda answers, truth: (_two_parts(answers, truth)[0], float(np.var(answers, ddof=1))),
        ),
        Mistake(
            sentence="The variance is missing a square: it is the mean *squared* distance to the average. You gave its "
            "root.",
            answer=lambda answers, truth: (_two_parts(answers, truth)[0], float(np.std(answers))),
        ),
        Mistake(
            sentence="The first part has to be squared: (average − truth)².",
            answer=lambda answers, truth: (abs(float(np.mean(answers)) - truth), _two_parts(answers, truth)[1]),
        ),
        Mistake(
            sentence="The first part is negative, and a square never is: the difference of average and truth has to be "
            "squared.",
            answer=lambda answers, truth: (-abs(float(np.mean(answers)) - truth), _two_parts(answers, truth)[1]),
        ),
        Mistake(
            sentence="The two parts are exchanged: first bias² and noise, then the variance.",
            answer=lambda answers, truth: _two_parts(answers, truth)[::-1],
        ),
        Mistake(
            sentence="You added up the squared distances to the average. The variance is their *mean*: divide by 3.",
            answer=lambda answers, truth: (_two_parts(answers, truth)[0], 3 * _two_parts(answers, truth)[1]),
        ),
        Mistake(
            sentence="The second number is the mean squared distance to the *truth*: that is the whole error. The "
            "variance measures the distance to the average answer.",
            answer=lambda answers, truth: (
                _two_parts(answers, truth)[0],
                float(np.mean((np.array(answers) - truth) ** 2)),
            ),
        ),
        Mistake(
            sentence="The second number is the mean distance to the average. The distances have to be squared first.",
            answer=lambda answers, truth: (
                _two_parts(answers, truth)[0],
                float(np.mean(np.abs(np.array(answers) - np.mean(answers)))),
            ),
        ),
    ),
)


def _draw_weight(rng: np.random.Generator) -> Mapping[str, Any]:
    return {
        "w": -float(rng.choice([0.4, 0.5, 0.6, 0.8])),
        "rate": float(rng.choice([0.1, 0.2, 0.5])),
        "price": float(rng.choice([0.05, 0.1, 0.2])),
    }


PENALTY_STEP = Number(
    name="penalty step",
    kind="by hand",
    objectives=(WRITE,),
    points=4,
    rtol=1e-3,
    task="A weight is {w}, the learning rate {rate}, and λ = {price}.",
    hints=(
        "A step of SGD: the weight minus rate · gradient of the penalty.",
        "The gradient of λ|w| is λ times the sign of w; the gradient of λw² is 2λw.",
        "The weight is negative. In which direction does it have to go?",
    ),
    draw=_draw_weight,
    right=lambda w, rate, price: (w - rate * price * float(np.sign(w)), w * (1 - 2 * rate * price)),
    mistakes=(
        Mistake(
            sentence="The slope of w² is 2w: the 2 is missing in the L2 step.",
            answer=lambda w, rate, price: (w + rate * price, w - rate * price * w),
        ),
        Mistake(
            sentence="L1 went in the wrong direction. The slope of |w| is the sign of w, which is −1 here: both "
            "penalties bring the weight nearer to 0.",
            answer=lambda w, rate, price: (w - rate * price, w - 2 * rate * price * w),
        ),
        Mistake(
            sentence="Both steps lead away from 0. A step is the weight *minus* rate · gradient.",
            answer=lambda w, rate, price: (w - rate * price, w + 2 * rate * price * w),
        ),
        Mistake(
            sentence="The learning rate is missing: a step is rate · gradient.",
            answer=lambda w, rate, price: (w + price, w - 2 * price * w),
        ),
        Mistake(
            sentence="The two are exchanged: first L1, then L2.",
            answer=lambda w, rate, price: (w - 2 * rate * price * w, w + rate * price),
        ),
        Mistake(
            sentence="L1 does not set a weight to 0 at once: one step is rate · λ long, whatever the weight is.",
            answer=lambda w, rate, price: (0.0, w - 2 * rate * price * w),
        ),
        Mistake(
            sentence="You gave the steps. Asked for is where the weight is afterwards: weight minus step.",
            answer=lambda w, rate, price: (-rate * price, 2 * rate * price * w),
        ),
        Mistake(
            sentence="You gave the change with its sign. Asked for is where the weight is afterwards: weight plus "
            "change.",
            answer=lambda w, rate, price: (rate * price, -2 * rate * price * w),
        ),
        Mistake(
            sentence="You subtracted rate · penalty. A step goes along the *gradient* of the penalty: its slope, not "
            "its value.",
            answer=lambda w, rate, price: (w - rate * price * abs(w), w - rate * price * w**2),
        ),
        Mistake(
            sentence="Your L1 step is larger for a larger weight. The slope of |w| is 1 or −1, whatever the size of w.",
            answer=lambda w, rate, price: (w - rate * price * w, w - 2 * rate * price * w),
        ),
    ),
)

# --- by code ---------------------------------------------------------------------------------------------

_H = np.array([[1.0, 2.0, 0.5, 4.0], [0.3, 0.0, 2.5, 1.0]])
_KEPT = np.array([[True, False, True, True], [False, True, True, False]])


def _dropout_by_loop(h: np.ndarray, kept: np.ndarray, p: float, training: bool) -> np.ndarray:
    """One unit after the other."""
    out = np.array(h, float)
    for place in np.ndindex(*out.shape) if training else ():
        out[place] = h[place] / (1 - p) if kept[place] else 0.0
    return out


DROPOUT = Function(
    name="dropout",
    kind="by code",
    objectives=(WRITE,),
    points=4,
    hints=(
        "At prediction Keras changes nothing: return h.",
        "In training: `np.where(kept, …, 0)`. By what must the units that are kept grow, so that the mean stays?",
    ),
    right=_dropout_by_loop,
    cases=((_H, _KEPT, 0.5, True), (_H, _KEPT, 0.2, True), (_H, _KEPT, 0.2, False), (_H, ~_KEPT, 0.75, True)),
    mistakes=(
        Mistake(
            sentence="In training the kept units are not scaled, so their mean is too small by the factor 1 − p: "
            "divide them by 1 − p.",
            answer=lambda h, kept, p, training: np.where(kept, h, 0.0) if training else h,
        ),
        Mistake(
            sentence="This is the classical form: unchanged in training, times 1 − p at prediction. Keras divides by "
            "1 − p in training and leaves prediction alone.",
            answer=lambda h, kept, p, training: np.where(kept, h, 0.0) if training else (1 - p) * h,
        ),
        Mistake(
            sentence="You did both: divided by 1 − p in training, and multiplied by 1 − p at prediction. One of "
            "the two is enough.",
            answer=lambda h, kept, p, training: np.where(kept, h / (1 - p), 0.0) if training else (1 - p) * h,
        ),
        Mistake(
            sentence="You divided by p. The share that is kept is 1 − p.",
            answer=lambda h, kept, p, training: np.where(kept, h / p, 0.0) if training else h,
        ),
        Mistake(
            sentence="You silence units at prediction too. With training=False nothing is dropped.",
            answer=lambda h, kept, p, training: np.where(kept, h / (1 - p), 0.0),
        ),
        Mistake(
            sentence="You silenced the units that are kept: `kept` is True for units that stay.",
            answer=lambda h, kept, p, training: np.where(kept, 0.0, h / (1 - p)) if training else h,
        ),
        Mistake(
            sentence="You multiplied by 1 − p in training: the outputs of the layer shrink twice. Divide by 1 − p, so "
            "that their mean stays.",
            answer=lambda h, kept, p, training: np.where(kept, h * (1 - p), 0.0) if training else h,
        ),
        Mistake(
            sentence="You exchanged the two: training=True is the case in which units are silenced.",
            answer=lambda h, kept, p, training: h if training else np.where(kept, h / (1 - p), 0.0),
        ),
        Mistake(
            sentence="You divide at prediction, too. In training the division makes up for the silent units; at "
            "prediction no unit is silent.",
            answer=lambda h, kept, p, training: np.where(kept, h, 0.0) / (1 - p) if training else h / (1 - p),
        ),
        Mistake(
            sentence="You divided by the share that `kept` happens to hold. It differs from draw to draw: divide by 1 "
            "− p.",
            answer=lambda h, kept, p, training: np.where(kept, h, 0.0) / np.mean(kept) if training else h,
        ),
        Mistake(
            sentence="You silenced the same units in all samples. Each row of `kept` belongs to one sample.",
            answer=lambda h, kept, p, training: np.where(kept[0], h / (1 - p), 0.0) if training else h,
        ),
    ),
)

_BUMPY = [0.9, 0.7, 0.72, 0.6, 0.65, 0.64, 0.66, 0.5, 0.55, 0.6, 0.7, 0.8]
_CLIMBS = [0.8, 0.6, 0.61, 0.65, 0.7, 0.9]
_FALLS = [0.9, 0.8, 0.7, 0.6]
_EQUAL = [0.8, 0.6, 0.65, 0.6, 0.5]


def _early_stop(
    values: list[float],
    patience: int,
    *,
    late: int = 0,
    first: int = 1,
    to_last: bool = False,
    against_previous: bool = False,
    reset: bool = True,
    equal_is_better: bool = False,
    restored_only_if_stopped: bool = False,
) -> tuple[int, int]:
    """Epoch in which training ends, and epoch whose weights come back; the options make the mistakes."""
    best, wait = 0, 0
    for epoch, value in enumerate(values):
        new_best = epoch == 0 or value < values[best] or (equal_is_better and value == values[best])
        better = (epoch == 0 or value < values[epoch - 1]) if against_previous else new_best
        wait = wait + 1 if not better else 0 if reset else wait
        best = epoch if new_best else best
        if wait and wait >= patience + late:
            return epoch + first, (epoch if to_last else best) + first
    last = len(values) - 1
    return last + first, (last if to_last or restored_only_if_stopped else best) + first


def _early_stop_by_minima(values: list[float], patience: int) -> tuple[int, int]:
    """From the places of the running minima."""
    places = [int(np.argmin(values[:end])) for end in range(1, len(values) + 1)]
    ends = [end for end, place in enumerate(places) if end - place >= patience] or [len(values) - 1]
    return ends[0] + 1, places[ends[0]] + 1


PATIENCE = Function(
    name="patience",
    kind="by code",
    objectives=(STOP,),
    points=4,
    hints=(
        "Keep two numbers in a loop: the best epoch so far, and how many epochs have passed since.",
        "`for epoch, value in enumerate(values, start=1)` counts epochs from 1.",
        "If training is never stopped, it ends in the last epoch, and the best weights come back all the same.",
    ),
    right=_early_stop_by_minima,
    cases=((_BUMPY, 1), (_BUMPY, 3), (_BUMPY, 4), (_CLIMBS, 2), (_CLIMBS, 4), (_CLIMBS, 6), (_FALLS, 2), (_EQUAL, 2)),
    mistakes=(
        Mistake(
            sentence="You give back the last epoch. With restore_best_weights=True the weights of the *best* epoch "
            "come back.",
            answer=lambda values, patience: _early_stop(values, patience, to_last=True),
        ),
        Mistake(
            sentence="You compare with the epoch before. Patience counts epochs without a new *best* value.",
            answer=lambda values, patience: _early_stop(values, patience, against_previous=True),
        ),
        Mistake(
            sentence="You stop one epoch too late: training ends when `patience` epochs in a row brought no new best "
            "value.",
            answer=lambda values, patience: _early_stop(values, patience, late=1),
        ),
        Mistake(
            sentence="You count epochs from 0. Here the first epoch is number 1.",
            answer=lambda values, patience: _early_stop(values, patience, first=0),
        ),
        Mistake(
            sentence="The two are exchanged: first the epoch in which training ends, then the best one.",
            answer=lambda values, patience: _early_stop(values, patience)[::-1],
        ),
        Mistake(
            sentence="You stop at the first rise, whatever the patience is.",
            answer=lambda values, patience: _early_stop(values, 1),
        ),
        Mistake(
            sentence="You stop one epoch too early: `patience` epochs in a row without a new best value come first.",
            answer=lambda values, patience: _early_stop(values, patience, late=-1),
        ),
        Mistake(
            sentence="Your count goes on after a new best value. `patience` epochs *in a row* are meant: start again "
            "at 0.",
            answer=lambda values, patience: _early_stop(values, patience, reset=False),
        ),
        Mistake(
            sentence="You took an equal value for a new best one. Nothing has improved: it counts for the patience.",
            answer=lambda values, patience: _early_stop(values, patience, equal_is_better=True),
        ),
        Mistake(
            sentence="Where training is never stopped, you give back the last epoch. The best weights come back "
            "there, too.",
            answer=lambda values, patience: _early_stop(values, patience, restored_only_if_stopped=True),
        ),
        Mistake(
            sentence="The best epoch is the best of *all* values. Whoever stops has not seen the later ones.",
            answer=lambda values, patience: (_early_stop(values, patience)[0], int(np.argmin(values)) + 1),
        ),
        Mistake(
            sentence="You gave two losses. Asked for are the numbers of the two epochs.",
            answer=lambda values, patience: tuple(values[epoch - 1] for epoch in _early_stop(values, patience)),
        ),
    ),
)

# --- predict ---------------------------------------------------------------------------------------------

TWO_CURVES = Choice(
    name="two curves",
    kind="predict",
    objectives=(READ,),
    points=2,
    hints=("First question: is training bad? With two classes, a network that guesses has ln 2 = 0.69.",),
    right="b",
    because="Training itself is near guessing: underfitting. First it has to learn, then one looks at the gap.",
    mistakes=(
        Mistake(
            sentence="Dropout is a cure for variance. Here training itself is bad, and dropout makes it worse.",
            answer="a",
        ),
        Mistake(
            sentence="More data lowers the variance. The gap is tiny already: variance is not the fault here.",
            answer="c",
        ),
        Mistake(
            sentence="A small gap alone is no success: both curves are near ln 2 = 0.69, which is guessing.",
            answer="d",
        ),
    ),
)

# --- transfer --------------------------------------------------------------------------------------------

_VALIDATION = np.array([[0.50, 0.52, 0.45], [0.30, 0.75, 0.66], [0.44, 0.47, 0.46], [0.69, 0.69, 0.69]])
_TEST = np.array([[0.40, 0.42, 0.41], [0.55, 0.50, 0.58], [0.49, 0.52, 0.46], [0.69, 0.70, 0.69]])


def _choose(
    validation: np.ndarray,
    test: np.ndarray,
    *,
    by: Callable[[np.ndarray, np.ndarray], np.ndarray] = lambda validation, _: validation.mean(axis=1),
    pick: Callable[[np.ndarray], Any] = np.argmin,
    report: Callable[[np.ndarray, np.ndarray], Any] = lambda _, test: test.mean(),
) -> tuple[int, float]:
    """Chosen row and the score to report; the options make the mistakes."""
    row = int(pick(by(validation, test)))
    return row, float(report(validation[row], test[row]))


def _choose_by_sorting(validation: np.ndarray, test: np.ndarray) -> tuple[int, float]:
    rows = sorted(range(len(validation)), key=lambda row: sum(validation[row]))
    return rows[0], float(sum(test[rows[0]]) / len(test[rows[0]]))


FAIR_CHOICE = Function(
    name="fair choice",
    kind="transfer",
    objectives=(CHOOSE,),
    points=4,
    hints=(
        "One number per setting: the mean over its runs, `validation.mean(axis=1)`.",
        "The test part is looked at for the chosen row only, and no run is left out there either.",
    ),
    right=_choose_by_sorting,
    cases=(
        (_VALIDATION, _TEST),
        (_VALIDATION[::-1], _TEST[::-1]),
        (_VALIDATION[:3, :2], _TEST[:3, :2]),
        (_VALIDATION[:, [2, 0, 1]], _TEST[:, [2, 0, 1]] - [[0.0], [0.0], [0.0], [0.1]]),
    ),
    mistakes=(
        Mistake(
            sentence="You chose by the test part. It is opened after the choice, or nothing is left to judge with.",
            answer=lambda validation, test: _choose(validation, test, by=lambda _, test: test.mean(axis=1)),
        ),
        Mistake(
            sentence="You chose the setting with the best single run. One run is luck: take the mean over the runs.",
            answer=lambda validation, test: _choose(validation, test, by=lambda validation, _: validation.min(axis=1)),
        ),
        Mistake(
            sentence="You chose by the last run alone. One run is luck: take the mean over the runs.",
            answer=lambda validation, test: _choose(validation, test, by=lambda validation, _: validation[:, -1]),
        ),
        Mistake(
            sentence="You chose by the first run alone. One run is luck: take the mean over all runs.",
            answer=lambda validation, test: _choose(validation, test, by=lambda validation, _: validation[:, 0]),
        ),
        Mistake(
            sentence="You report the first run of the chosen setting alone. Report the mean of all its runs.",
            answer=lambda validation, test: _choose(validation, test, report=lambda _, test: test[0]),
        ),
        Mistake(
            sentence="You used the first run alone, to choose and to report. One run is luck: take means.",
            answer=lambda validation, test: _choose(
                validation, test, by=lambda validation, _: validation[:, 0], report=lambda _, test: test[0]
            ),
        ),
        Mistake(
            sentence="You chose the setting whose two scores differ least. A small gap is no small loss, and the test "
            "part has no say in the choice.",
            answer=lambda validation, test: _choose(
                validation, test, by=lambda validation, test: np.abs(validation.mean(axis=1) - test.mean(axis=1))
            ),
        ),
        Mistake(
            sentence="You took the largest value. These are cross-entropies: smaller is better.",
            answer=lambda validation, test: _choose(validation, test, pick=np.argmax),
        ),
        Mistake(
            sentence="You report the validation score of the chosen setting. It is flattered: it made the choice.",
            answer=lambda validation, test: _choose(validation, test, report=lambda val, _: val.mean()),
        ),
        Mistake(
            sentence="You report the best run of the chosen setting on the test part. Report the mean of all its runs.",
            answer=lambda validation, test: _choose(validation, test, report=lambda _, test: test.min()),
        ),
        Mistake(
            sentence="You report the test score of the run that was best on the validation part. Report the mean of "
            "all its runs: which run is the best is luck.",
            answer=lambda validation, test: _choose(validation, test, report=lambda val, test: test[val.argmin()]),
        ),
        Mistake(
            sentence="You took the best single run of all settings, and its test score. One run is luck: take means.",
            answer=lambda validation, test: _choose(
                validation,
                test,
                by=lambda validation, _: validation.min(axis=1),
                report=lambda val, test: test[val.argmin()],
            ),
        ),
        Mistake(
            sentence="You took the mean over the settings, for each run. A row is a setting: mean over the columns, "
            "axis=1.",
            answer=lambda validation, test: _choose(validation.T, test.T),
        ),
        Mistake(
            sentence="The two are exchanged: first the row, then the score.",
            answer=lambda validation, test: _choose(validation, test)[::-1],
        ),
        Mistake(
            sentence="`argmin` without an axis counts all cells one after the other. Take the mean of each row first.",
            answer=lambda validation, test: (int(validation.argmin()), float(test.ravel()[validation.argmin()])),
        ),
        Mistake(
            sentence="You counted the rows from 1. Here the first row is number 0.",
            answer=lambda validation, test: (_choose(validation, test)[0] + 1, _choose(validation, test)[1]),
        ),
        Mistake(
            sentence="You report the mean test score of all settings. Only the chosen setting is asked for.",
            answer=lambda validation, test: (_choose(validation, test)[0], float(test.mean())),
        ),
        Mistake(
            sentence="You report the lowest test score of all settings. The chosen row is the one to report: otherwise "
            "the test part chooses.",
            answer=lambda validation, test: (_choose(validation, test)[0], float(test.mean(axis=1).min())),
        ),
    ),
)

# --- repair ----------------------------------------------------------------------------------------------


def few_moons() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Points on two noisy half moons: 40 for training, shape (40, 2), 500 for validation, and classes (n, 1) of both.

    Examples
    --------
    >>> x, y, x_val, y_val = few_moons()
    >>> x.shape, y.shape, x_val.shape
    ((40, 2), (40, 1), (500, 2))
    """
    x, y = make_moons(540, noise=0.35, random_state=11)
    x, y = x.astype("float32"), y.reshape(-1, 1).astype("float32")
    return x[:40], y[:40], x[40:], y[40:]


def _line(*, scale: float = 1.0, activation: str | None = "sigmoid") -> Any:
    """A Keras model with the weights of logistic regression on the training points, times `scale`."""
    import keras

    x, y, *_ = few_moons()
    logistic = LogisticRegression().fit(x, y[:, 0])
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation=activation)])
    model.set_weights([scale * logistic.coef_.T, scale * logistic.intercept_])
    return model


def _curve_through_all() -> Any:
    """A Keras model with the weights of a network that scikit-learn trained on the 500 points as well."""
    import keras

    x, y, x_val, y_val = few_moons()
    network = MLPClassifier((16,), activation="tanh", solver="lbfgs", alpha=0.1, random_state=1, max_iter=500)
    fitted = network.fit(np.concatenate([x, x_val]), np.concatenate([y, y_val])[:, 0])
    layers = [keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(1, activation="sigmoid")]
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.set_weights(weights_of(fitted))
    return model


def _on_new_points(results: list[Any]) -> dict[str, Any]:
    """What a model says about points that nobody has seen."""
    model = the_model(results)
    x, y = make_moons(2000, noise=0.35, random_state=12)
    answers = outputs_of(model, x.astype("float32"))
    probabilities = answers.shape == (2000, 1) and bool(answers.min() >= 0 and answers.max() <= 1)
    if not probabilities:
        return {"probabilities": False}
    entropy = log_loss(y, np.clip(answers[:, 0], 1e-7, 1 - 1e-7))
    return {
        "probabilities": True,
        "least": float(answers.min()),
        "spread": float(answers.std()),
        "entropy": float(entropy),
    }


CURED = Product(
    name="cure",
    kind="repair",
    objectives=(READ, CHOOSE),
    points=4,
    hints=(
        "Training is good and validation climbs. What does the table *Reading two curves* of the lesson say?",
        "Shortest: `keras.callbacks.EarlyStopping(monitor='val_loss', patience=…, restore_best_weights=True)`.",
        "Another one: `kernel_regularizer=keras.regularizers.L2(0.003)` in each Dense layer; choose the number by the "
        "validation points. (`val_loss` contains the penalty: with both, watch a metric.)",
    ),
    right=lambda x, y, x_val, y_val: _line(),
    cases=(few_moons(),),
    seconds=SECONDS_TO_TRAIN,
    measure=_on_new_points,
    mistakes=(
        Mistake(
            sentence="The model has to give one probability per point: a last layer Dense(1, activation='sigmoid').",
            answer=lambda x, y, x_val, y_val: _line(activation=None),
            fails=lambda m: not m["probabilities"],
        ),
        Mistake(
            sentence="Your model answers 1 for every point. Softmax over a single unit is always 1: take sigmoid.",
            answer=lambda x, y, x_val, y_val: _line(activation="softmax"),
            fails=lambda m: m["least"] > 1 - 1e-6,
        ),
        Mistake(
            sentence="Now it gives nearly the same answer everywhere: too much of the cure, or hardly any training. "
            "Underfitting has no gap either.",
            answer=lambda x, y, x_val, y_val: _line(scale=0.01),
            fails=lambda m: m["spread"] < 0.1,
        ),
        Mistake(  # 45 models of nine kinds, trained on the 40 points: 0.34 to 0.41; ten on all points: 0.26 to 0.33
            sentence="On new points it is better than 40 points allow. Were the 500 validation points among those that "
            "it was trained on? They are for choosing only.",
            answer=lambda x, y, x_val, y_val: _curve_through_all(),
            fails=lambda m: m["entropy"] < 0.32,
        ),
        Mistake(
            sentence="On new points it is still sure of wrong answers: its cross-entropy there is above 0.55. More of "
            "the cure, or the weights of an earlier epoch. (If its probabilities are rather all near ½: less of the "
            "cure, or a longer training.)",
            answer=lambda x, y, x_val, y_val: _line(scale=30.0),
            fails=lambda m: m["entropy"] > 0.55,
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (BIAS_VARIANCE, PENALTY_STEP, DROPOUT, PATIENCE, TWO_CURVES, FAIR_CHOICE, CURED)
