# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Exercises of lesson 07: gradient descent and optimizers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sklearn.neural_network import MLPClassifier

from .exercise import Choice, Exercise, Function, Mistake, Number, Product, Sheet
from .networks import answers_of, split_digits, the_model, weights_of
from .running import SECONDS_TO_TRAIN

COUNT = "count epochs, batches and iterations"
PATH = "read from a path whether"
RULES = "write SGD, momentum, Nesterov"
FAIR = "compare optimizers fairly"
SCHEDULE = "choose a batch size"


def exercises(seed: int = 0) -> Sheet:
    """The exercises of lesson 07.

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
    >>> exercises(seed=0).check("limit", "a")
    ✗ limit: With 1/4 one step lands exactly on the minimum. Beyond that the path swings, and
    still comes closer.
    """
    return Sheet("07", EXERCISES, seed=seed)


# --- by hand ---------------------------------------------------------------------------------------------


def _draw_loop(rng: np.random.Generator) -> Mapping[str, Any]:
    return {
        "samples": int(rng.choice([100, 150, 210, 250, 330, 390, 450, 530])),
        "batch": int(rng.choice([16, 32, 64])),
        "epochs": int(rng.choice([3, 4, 5, 6, 7, 8])),
    }


def _walk(samples: int, batch: int, epochs: int) -> tuple[int, int]:
    """Go through the batches one by one."""
    sizes = [len(range(samples)[start : start + batch]) for _ in range(epochs) for start in range(0, samples, batch)]
    return len(sizes), sizes[-1]


ITERATIONS = Number(
    name="iterations",
    kind="by hand",
    objectives=(COUNT,),
    points=2,
    rtol=0,
    task="{samples} samples, batches of {batch}, {epochs} epochs.",
    hints=(
        "How many full batches fit into one epoch, and how many samples are left for the last one?",
        "The last batch counts as an iteration, in every epoch.",
    ),
    draw=_draw_loop,
    right=_walk,
    mistakes=(
        Mistake(
            sentence="The last batch of each epoch is missing in the iterations: it is not full, and it is used.",
            answer=lambda samples, batch, epochs: (samples // batch * epochs, _walk(samples, batch, epochs)[1]),
        ),
        Mistake(
            sentence="You counted the batch that is not full once. Every epoch has one.",
            answer=lambda samples, batch, epochs: (samples // batch * epochs + 1, _walk(samples, batch, epochs)[1]),
        ),
        Mistake(
            sentence="You joined all epochs before you divided. Each epoch begins with a batch of its own.",
            answer=lambda samples, batch, epochs: (-(-samples * epochs // batch), samples * epochs % batch or batch),
        ),
        Mistake(
            sentence="These are the iterations of one epoch.",
            answer=lambda samples, batch, epochs: _walk(samples, batch, 1),
        ),
        Mistake(
            sentence="The number of iterations is right. The last batch holds only the samples that are left.",
            answer=lambda samples, batch, epochs: (_walk(samples, batch, epochs)[0], batch),
        ),
        Mistake(
            sentence="You rounded up once, over all epochs together. Each epoch ends with a batch of its own.",
            answer=lambda samples, batch, epochs: (-(-samples * epochs // batch), _walk(samples, batch, 1)[1]),
        ),
        Mistake(
            sentence="An iteration is a whole step, also on a batch that is not full: round up in each epoch.",
            answer=lambda samples, batch, epochs: (samples / batch * epochs, _walk(samples, batch, 1)[1]),
        ),
        Mistake(
            sentence="The iterations are right. The second number is a share of a full batch: multiply it by the batch "
            "size.",
            answer=lambda samples, batch, epochs: (_walk(samples, batch, epochs)[0], samples / batch % 1),
        ),
        Mistake(
            sentence="The iterations are right. The second number is what the last batch lacks, not what it holds.",
            answer=lambda samples, batch, epochs: (_walk(samples, batch, epochs)[0], -samples % batch),
        ),
        Mistake(
            sentence="The two numbers are exchanged: first the iterations.",
            answer=lambda samples, batch, epochs: _walk(samples, batch, epochs)[::-1],
        ),
        Mistake(
            sentence="The last batch is used even if it is not full: round up in each epoch. It holds only the "
            "samples that are left.",
            answer=lambda samples, batch, epochs: (samples // batch * epochs, batch),
        ),
        Mistake(
            sentence="You joined all epochs before you divided, and rounded down. Each epoch ends with a batch of its "
            "own.",
            answer=lambda samples, batch, epochs: (samples * epochs // batch, _walk(samples, batch, 1)[1]),
        ),
        Mistake(
            sentence="The iterations are right. The second number is how many batches are full. Asked for are the "
            "samples in the last one.",
            answer=lambda samples, batch, epochs: (_walk(samples, batch, epochs)[0], samples // batch),
        ),
        Mistake(
            sentence="The iterations are right. For the last batch take the samples of one epoch, not of all epochs "
            "together.",
            answer=lambda samples, batch, epochs: (_walk(samples, batch, epochs)[0], samples * epochs % batch or batch),
        ),
        Mistake(
            sentence="These are the full batches of one epoch. The last one counts as well, and there are several "
            "epochs.",
            answer=lambda samples, batch, epochs: (samples // batch, _walk(samples, batch, 1)[1]),
        ),
    ),
)

# --- by code: Adam ---------------------------------------------------------------------------------------


def _adam_in_sums(gradients: np.ndarray, rate: float) -> float:
    """Adam from weighted sums over all gradients so far: no running average is kept."""
    w = 0.0
    for t in range(1, len(gradients) + 1):
        seen = np.asarray(gradients[:t], float)
        ages = np.arange(t)[::-1]
        m_hat = np.average(seen, weights=0.9**ages)
        v_hat = np.average(seen**2, weights=0.999**ages)
        w -= rate * m_hat / (np.sqrt(v_hat) + 1e-7)
    return float(w)


def _adam_with(
    *,
    first: int = 1,
    correct_m: bool = True,
    correct_v: bool = True,
    power: Callable[[float, int], float] = pow,
    sign: float = -1.0,
    all_steps: bool = False,
    betas: tuple[float, float] = (0.9, 0.999),
    betas_of_corrections: tuple[float, float] | None = None,
    new: tuple[float, float] | None = None,
    keep: float = 1.0,
    root_first: bool = False,
    step: Callable[[float, float], float] = lambda g, m_hat: m_hat,
    square: Callable[[float, float], float] = lambda g, m: g * g,
    root: Callable[[float], float] = np.sqrt,
) -> Callable[[np.ndarray, float], float]:
    """Adam with running averages; the options make the mistakes."""

    def adam(gradients: np.ndarray, rate: float) -> float:
        w = m = v = 0.0
        beta1, beta2 = betas
        new1, new2 = new or (1 - beta1, 1 - beta2)
        by1, by2 = betas_of_corrections or betas
        for n, g in enumerate(gradients, start=first):
            t = len(gradients) if all_steps else n
            m = beta1 * keep * m + new1 * g
            v = beta2 * keep * v + new2 * square(g, m)
            m_hat = m / (1 - power(by1, t)) if correct_m else m
            v_hat = v / (1 - power(by2, t)) ** (2 if root_first else 1) if correct_v else v
            w += sign * rate * step(g, m_hat) / (root(v_hat) + 1e-7)
        return float(w)

    return adam


def _adam_keeping_the_corrected(gradients: np.ndarray, rate: float) -> float:
    w = m = v = 0.0
    for t, g in enumerate(gradients, start=1):
        m, v = (0.9 * m + 0.1 * g) / (1 - 0.9**t), (0.999 * v + 0.001 * g * g) / (1 - 0.999**t)
        w -= rate * m / (np.sqrt(v) + 1e-7)
    return float(w)


ADAM = Function(
    name="Adam",
    kind="by code",
    objectives=(RULES,),
    points=4,
    hints=(
        "Per gradient g: m ← 0.9·m + 0.1·g and v ← 0.999·v + 0.001·g².",
        "Then divide m by `1 - 0.9**t` and v by `1 - 0.999**t`, with t = 1 for the first gradient.",
        "Keep m and v as they are for the next step; the corrected values are only for this one.",
    ),
    right=_adam_in_sums,
    rtol=1e-4,  # Keras, and whoever adds 1e-7 elsewhere, differ by less
    cases=((np.array([1.0, -2.0, 0.5, 3.0]), 0.1), (np.array([0.5, 1.0]), 0.01), (np.array([-5.0]), 1.0)),
    mistakes=(
        Mistake(
            sentence="Both corrections are missing: m and v start at 0 and are too small at first.",
            answer=_adam_with(correct_m=False, correct_v=False),
        ),
        Mistake(sentence="v is not corrected: divide it by 1 − 0.999**t.", answer=_adam_with(correct_v=False)),
        Mistake(sentence="m is not corrected: divide it by 1 − 0.9**t.", answer=_adam_with(correct_m=False)),
        Mistake(
            sentence="The power t is missing in the corrections: 0.9**t and 0.999**t, not 0.9 and 0.999.",
            answer=_adam_with(power=lambda beta, t: beta),
        ),
        Mistake(
            sentence="In the corrections you multiplied by t. Their t is an exponent. With a product 1 − 0.999·t is "
            "negative, and the root of v is NaN.",
            answer=_adam_with(power=lambda beta, t: beta * t),
        ),
        Mistake(
            sentence="The first gradient has t = 1. You count from 2, so the first steps are corrected too little.",
            answer=_adam_with(first=2),
        ),
        Mistake(
            sentence="The first gradient has t = 1. You count from 0, and 1 − 0.9**0 is 0.",
            answer=_adam_with(first=0),
        ),
        Mistake(
            sentence="You keep the corrected m and v for the next step. Correct copies of them, and go on with the "
            "averages.",
            answer=_adam_keeping_the_corrected,
        ),
        Mistake(
            sentence="v averages the squares of the *gradients*, not of m.",
            answer=_adam_with(square=lambda g, m: m * m),
        ),
        Mistake(
            sentence="v averages the *squares* of the gradients, not their sizes.",
            answer=_adam_with(square=lambda g, m: abs(g)),
        ),
        Mistake(
            sentence="You divide the gradient itself by √v. Adam divides the corrected running average of the "
            "gradients.",
            answer=_adam_with(step=lambda g, m_hat: g),
        ),
        Mistake(
            sentence="β₁ and β₂ are exchanged: 0.9 belongs to m, 0.999 to v.",
            answer=_adam_with(betas=(0.999, 0.9)),
        ),
        Mistake(
            sentence="In the corrections t is the number of the *current* step, not of all steps.",
            answer=_adam_with(all_steps=True),
        ),
        Mistake(sentence="The square root of v is missing.", answer=_adam_with(root=float)),
        Mistake(sentence="You go uphill: the step is subtracted.", answer=_adam_with(sign=1.0)),
        Mistake(
            sentence="m and v are averages: the new part is multiplied by 1 − β, that is by 0.1 and by 0.001.",
            answer=_adam_with(new=(1.0, 1.0)),
        ),
        Mistake(
            sentence="v is corrected with 0.9. Its own factor belongs there: divide v by 1 − 0.999**t.",
            answer=_adam_with(betas_of_corrections=(0.9, 0.9)),
        ),
        Mistake(
            sentence="You corrected v after the square root. First v / (1 − 0.999**t), then the root.",
            answer=_adam_with(root_first=True),
        ),
        Mistake(
            sentence="This is the weight after the first step. If there is a loop: does its `return` stand inside it?",
            answer=lambda gradients, rate: _adam_with()(gradients[:1], rate),
        ),
        Mistake(
            sentence="m and v begin at 0 again in every step. Set them to 0 once, before the loop.",
            answer=_adam_with(keep=0.0),
        ),
    ),
)

# --- predict ---------------------------------------------------------------------------------------------

LIMIT = Choice(
    name="limit",
    kind="predict",
    objectives=(PATH,),
    points=2,
    hints=(
        "The gradient is 4w, so a step gives w − η·4w = (1 − 4η)·w. By which factor does w change?",
        "w comes closer to 0 as long as this factor lies between −1 and 1.",
    ),
    right="b",
    because="The factor 1 − 4η lies between −1 and 1 for η < ½. Between ¼ and ½ the path swings around the minimum.",
    mistakes=(
        Mistake(
            sentence="With 1/4 one step lands exactly on the minimum. Beyond that the path swings, and still comes "
            "closer.",
            answer="a",
        ),
        Mistake(
            sentence="Try η = 0.75 from w = 1: 1 − 0.75·4 = −2, twice as far away as before.",
            answer="c",
        ),
        Mistake(
            sentence="Try η = 1 from w = 1: 1 − 4 = −3. A large rate overshoots and lands higher on the other side.",
            answer="d",
        ),
    ),
)

FAIRNESS = Choice(
    name="fair comparison",
    kind="predict",
    objectives=(FAIR,),
    points=2,
    hints=("What would have to be the same for both, or chosen in the same way? And how often was it tried?",),
    right="d",
    because="Each rule needs its own best rate, chosen in the same way, and several starts: then the spread says what "
    "to believe.",
    mistakes=(
        Mistake(
            sentence="One run and one rate each: another start may turn the order round, and so may another rate "
            "for SGD.",
            answer="a",
        ),
        Mistake(
            sentence="An equal rate is not a fair one: it does not mean the same for both rules. Adam divides by the "
            "size of the gradients: its steps are about as long as the rate at most, however large the gradients are.",
            answer="b",
        ),
        Mistake(
            sentence="More epochs do not help: with a badly chosen rate the comparison stays unfair, however long "
            "it runs.",
            answer="c",
        ),
    ),
)

# --- by code: a schedule ---------------------------------------------------------------------------------


def _schedule_by_angles(step: int, total: int, ramp: int) -> float:
    """Warm-up and half a cosine wave, the latter as the square of a cosine of half the angle."""
    if step < ramp:
        return step / ramp
    return float(np.cos(np.pi / 2 * (step - ramp) / (total - ramp)) ** 2)


def _schedule_with(
    after: Callable[[float, float, float], float], *, before: Callable[[float, float], float] = lambda s, r: s / r
) -> Callable[[int, int, int], float]:
    return lambda step, total, ramp: float(before(step, ramp) if step < ramp else after(step, total, ramp))


WARM_UP = Function(
    name="schedule",
    kind="by code",
    objectives=(SCHEDULE,),
    points=2,
    hints=(
        "Two parts: an `if` for the ramp, step / ramp, and the cosine for the rest.",
        "The cosine part runs from 0 to 1 over the steps *after* the ramp: (step − ramp) / (total − ramp).",
        "(1 + cos(π·s)) / 2 falls from 1 at s = 0 to 0 at s = 1.",
    ),
    right=_schedule_by_angles,
    rtol=1e-4,  # Keras computes its schedules in float32
    cases=(*((step, 100, 20) for step in (0, 5, 20, 60, 21, 99, 100)), (3, 10, 4), (7, 10, 4)),
    mistakes=(
        Mistake(
            sentence="The cosine starts at the wrong place: after the ramp it has to begin with 1 again, so count the "
            "steps from the end of the ramp.",
            answer=_schedule_with(lambda s, n, r: (1 + np.cos(np.pi * s / n)) / 2),
        ),
        Mistake(
            sentence="The cosine does not reach 0: only total − ramp steps are left for it.",
            answer=_schedule_with(lambda s, n, r: (1 + np.cos(np.pi * (s - r) / n)) / 2),
        ),
        Mistake(
            sentence="You fall twice as far: cos itself goes down to −1. Take (1 + cos) / 2.",
            answer=_schedule_with(lambda s, n, r: np.cos(np.pi * (s - r) / (n - r))),
        ),
        Mistake(
            sentence="1 + cos falls from 2 to 0. Half of it is the share.",
            answer=_schedule_with(lambda s, n, r: 1 + np.cos(np.pi * (s - r) / (n - r))),
        ),
        Mistake(
            sentence="1 − cos rises from 0. Asked for is a fall from 1 to 0.",
            answer=_schedule_with(lambda s, n, r: (1 - np.cos(np.pi * (s - r) / (n - r))) / 2),
        ),
        Mistake(
            sentence="You used a quarter of a wave, cos from 0 to π/2. Half a wave, from 0 to π, is flat at both ends.",
            answer=_schedule_with(lambda s, n, r: np.cos(np.pi / 2 * (s - r) / (n - r))),
        ),
        Mistake(
            sentence="The ramp does not reach 1: it ends at step ramp, so divide by ramp, not by total.",
            answer=lambda step, total, ramp: step / total if step < ramp else _schedule_by_angles(step, total, ramp),
        ),
        Mistake(
            sentence="Here ramp is a number of steps already. In the lesson it was computed from a share: ramp = share "
            "· total.",
            answer=lambda step, total, ramp: step / (ramp * total),
        ),
        Mistake(
            sentence="The ramp begins at 0: the share in step 0 is 0, so divide step by ramp, not step + 1.",
            answer=_schedule_with(
                lambda s, n, r: _schedule_by_angles(int(s), int(n), int(r)), before=lambda s, r: (s + 1) / r
            ),
        ),
        Mistake(
            sentence="This is a percentage. Give a share from 0 to 1.",
            answer=lambda step, total, ramp: 100 * _schedule_by_angles(step, total, ramp),
        ),
        Mistake(
            sentence="π is missing: the cosine needs half a turn to fall from 1 to −1.",
            answer=_schedule_with(lambda s, n, r: (1 + np.cos((s - r) / (n - r))) / 2),
        ),
        Mistake(
            sentence="After the ramp the rate falls in a straight line. Asked for is half a cosine wave.",
            answer=_schedule_with(lambda s, n, r: 1 - (s - r) / (n - r)),
        ),
        Mistake(
            sentence="There is no ramp: the rate starts at 1. A warm-up rises from 0.",
            answer=_schedule_with(lambda s, n, r: _schedule_by_angles(int(s), int(n), int(r)), before=lambda s, r: 1.0),
        ),
        Mistake(
            sentence="You used a whole wave, with 2π: it falls to 0 and rises again. Half a wave needs π.",
            answer=_schedule_with(lambda s, n, r: (1 + np.cos(2 * np.pi * (s - r) / (n - r))) / 2),
        ),
        Mistake(
            sentence="The cosine falls during the ramp as well, since you multiplied both parts. It begins where the "
            "ramp ends.",
            answer=lambda step, total, ramp: float(min(1, step / ramp) * (1 + np.cos(np.pi * step / total)) / 2),
        ),
        Mistake(
            sentence="Brackets are missing: only the cosine is halved. It is (1 + cos) / 2.",
            answer=_schedule_with(lambda s, n, r: 1 + np.cos(np.pi * (s - r) / (n - r)) / 2),
        ),
        Mistake(
            sentence="The ramp reaches 1 a step too early: at step ramp, not at ramp − 1. Divide by ramp.",
            answer=_schedule_with(
                lambda s, n, r: _schedule_by_angles(int(s), int(n), int(r)), before=lambda s, r: s / (r - 1)
            ),
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
    return split_digits(seed=0, scale=1 / 16)


def _reader(kind: str) -> Any:
    """A Keras network with given weights: trained by scikit-learn, or with a fault."""
    import keras

    x, y, _, _ = digits()
    model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(10, "softmax")])
    steps = {"right": 100, "short": 4}.get(kind)
    if steps:
        fitted = MLPClassifier((16,), solver="lbfgs", random_state=1, max_iter=steps).fit(x, y)
        model.set_weights(weights_of(fitted))
    elif kind == "nan":
        model.set_weights([np.full_like(array, np.nan) for array in model.get_weights()])
    elif kind == "dead":
        model.set_weights([-np.abs(100 * array) - 1 for array in model.get_weights()])
    return model


def _read(results: list[Any]) -> dict[str, Any]:
    model = the_model(results)
    _, _, x, y = digits()
    answers = answers_of(model, x, 10)
    chosen = answers.argmax(axis=1)
    return {
        "finite": bool(np.isfinite(answers).all()),
        "one": len(np.unique(chosen)) == 1,
        "accuracy": float(np.mean(chosen == y)),
    }


CURE = Product(
    name="cure",
    kind="repair",
    objectives=(PATH, SCHEDULE),
    points=4,
    hints=(
        "Compare the first loss with ln 10 = 2.30, that of a network that guesses. What can raise it so far within one "
        "epoch?",
        "Adam's steps are about as long as the rate. How large are the weights at the start?",
        "Try the rate 0.01, or a schedule that begins lower.",
    ),
    right=lambda x_train, y_train: _reader("right"),
    cases=(digits()[:2],),
    seconds=SECONDS_TO_TRAIN,
    measure=_read,
    mistakes=(
        Mistake(
            sentence="The outputs are NaN: the steps were so long that the numbers overflowed. A smaller rate.",
            answer=lambda x_train, y_train: _reader("nan"),
            fails=lambda m: not m["finite"],
        ),
        Mistake(
            sentence="Your network gives the same class for every image: the first long steps have silenced its hidden "
            "units, and they do not come back. The rate is still too large.",
            answer=lambda x_train, y_train: _reader("dead"),
            fails=lambda m: m["one"],
        ),
        Mistake(
            sentence="The accuracy is far below 90 %: was the model trained before you returned it? If so, the rate is "
            "still far too large, or far too small.",
            answer=lambda x_train, y_train: _reader("untrained"),
            fails=lambda m: m["accuracy"] < 0.4,
        ),
        Mistake(
            sentence="It learns now, but fewer than 90 % of the test images are right: is the rate too small for these "
            "epochs, or still a little too large?",
            answer=lambda x_train, y_train: _reader("short"),
            fails=lambda m: m["accuracy"] < 0.9,
        ),
    ),
)

# --- transfer --------------------------------------------------------------------------------------------

EPOCH_LOSS = Function(
    name="loss of an epoch",
    kind="transfer",
    objectives=(COUNT,),
    points=2,
    hints=(
        "The loss that fit reports is the mean over the *samples*. A batch loss is a mean over its own samples.",
        "Total = sum of batch loss times batch size; divide by the number of samples.",
    ),
    right=lambda losses, sizes: float(
        np.concatenate([np.full(n, x) for x, n in zip(losses, sizes, strict=True)]).mean()
    ),
    cases=(([2.0, 1.0, 4.0], [32, 32, 4]), ([0.5, 0.1], [10, 1]), ([3.0], [7])),
    mistakes=(
        Mistake(
            sentence="This is the plain mean of the batch losses. The last batch has fewer samples and counts less.",
            answer=lambda losses, sizes: float(np.mean(losses)),
        ),
        Mistake(
            sentence="You count one sample too many: the count starts at 0, not at 1.",
            answer=lambda losses, sizes: float(np.dot(losses, sizes) / (1 + sum(sizes))),
        ),
        Mistake(
            sentence="You divide by the number of batches. Divide by the number of samples.",
            answer=lambda losses, sizes: float(np.dot(losses, sizes) / len(sizes)),
        ),
        Mistake(
            sentence="You divide by the number of samples, but did not multiply each batch loss by its size before.",
            answer=lambda losses, sizes: float(np.sum(losses) / np.sum(sizes)),
        ),
        Mistake(
            sentence="This is the sum of the batch losses. Asked for is the mean over the samples.",
            answer=lambda losses, sizes: float(np.sum(losses)),
        ),
        Mistake(
            sentence="Only the first batch is in your total. If there is a loop: does its `return` stand inside it?",
            answer=lambda losses, sizes: float(losses[0] * sizes[0] / sum(sizes)),
        ),
        Mistake(
            sentence="This is the loss of the first batch. If there is a loop: does its `return` stand inside it?",
            answer=lambda losses, sizes: float(losses[0]),
        ),
        Mistake(sentence="This is the loss of the last batch only.", answer=lambda losses, sizes: float(losses[-1])),
        Mistake(
            sentence="This is a sum. Divide by the samples.", answer=lambda losses, sizes: float(np.dot(losses, sizes))
        ),
        Mistake(
            sentence="You average batch after batch, each with the mean so far. Then the last batch counts half: add "
            "up first, divide once at the end.",
            answer=lambda losses, sizes: float(functools.reduce(lambda mean, loss: (mean + loss) / 2, losses)),
        ),
        Mistake(
            sentence="You divide as if every batch were full. Divide by the number of samples, which is the sum of "
            "the sizes.",
            answer=lambda losses, sizes: float(np.dot(losses, sizes) / (len(sizes) * sizes[0])),
        ),
        Mistake(
            sentence="Only the last batch is in your total. In a loop each batch has to be added to those before: += "
            "in place of =.",
            answer=lambda losses, sizes: float(losses[-1] * sizes[-1] / sum(sizes)),
        ),
        Mistake(
            sentence="You left out the last batch because it is not full. Its samples count as all others do.",
            answer=lambda losses, sizes: float(np.mean(losses[:-1] or losses)),
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (ITERATIONS, ADAM, LIMIT, FAIRNESS, WARM_UP, CURE, EPOCH_LOSS)
