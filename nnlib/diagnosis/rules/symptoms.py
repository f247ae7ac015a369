# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Symptoms: curves, trial steps, dead and starved layers. Said only where no cause was found."""

import math

import keras
import numpy as np

from ..case import CROSSENTROPY, Case, has_matrix
from ..findings import Severity
from ..registry import Found, rule
from ..running import Array

CHANCE = 0.98
DEAD = 0.5
DEAD_AT_START = 0.75
STARVED = 0.005
SATURATED = 0.5
SURE_SIGNAL = 3.0
PLAIN_SIGNAL = 0.03
SHAKEN = 10.0
LINE_COLUMNS = 300  # a line through so many columns takes a tenth of a second


@rule("error", "symptom")
def gradient_not_finite(case: Case) -> Found | None:
    """In a model with finite weights and data the loss, or its gradient, is NaN or infinite.

    The square root and the norm have an infinite slope at 0, the logarithm no value below it, exp overflows above 88.
    One such number spreads to every weight with the first step. No threshold. Where the weights are lost already, a
    loss of one's own is asked what it makes of ordinary answers, of size 1 and within what the output can give: NaN
    there was no step's doing.
    """
    if not _finite_weights(case):
        return _lost_by_the_loss(case)
    if case.training is None:
        return None
    loss, _, gradients, calls = case.training
    broken = sum(int((~np.isfinite(one)).sum()) for one in gradients if one is not None)
    if np.isfinite(loss) and not broken:
        return None
    where = next((call.layer.name for call in calls if not np.isfinite(call.array("output")).all()), None)
    place = "in the slopes of the loss" if np.isfinite(loss) else f"first in the loss {case.loss.name}"
    if where:
        place = f"first in the output of layer {where!r}"
    return _not_finite(f"The {'loss' if not np.isfinite(loss) else 'gradient'} is NaN or infinite, {place}.", broken)


def _not_finite(problem: str, broken: int) -> Found:
    remedy = "Add a small number such as 1e-7 inside square roots, logarithms and divisions, and keep exp below 80."
    return Found("error", problem, remedy, broken, "numbers in the gradient")


def _lost_by_the_loss(case: Case) -> Found | None:
    """What a loss of one's own does to ordinary answers, where the weights are NaN."""
    if case.loss.is_keras or case.reach.always_one:
        return None
    noise = np.random.default_rng(0).normal(size=case.outputs.shape)
    if case.reach.probabilities:
        noise = _probabilities(noise.reshape(-1, case.units)).reshape(noise.shape)
    answers = np.clip(noise, case.reach.low, case.reach.high).astype("float32")
    lost = case.loss_or_none(case.y_sample, answers)
    if lost is None or np.isfinite(lost):
        return None
    return _not_finite(f"The loss {case.loss.name} is NaN or infinite for ordinary answers of size 1.", answers.size)


def _finite_weights(case: Case) -> bool:
    return all(np.isfinite(array).all() for array in case.model.get_weights())


@rule("error", "symptom")
def output_saturated(case: Case) -> Found | None:
    """Sigmoid or softmax outputs that are within 1e-6 of 0 or 1 for half of the samples or more, and wrong for many.

    There the activation has no slope in single precision: exp(−14) = 1e-6. A bias, weights or a factor that is too
    large for what goes into the activation do that; logits are judged by the probabilities that they stand for. Fires
    where a quarter of all samples is answered so, and wrongly; a model that is sure and right may be saturated.
    Measured for logits times 1000: 0.9 of the samples at the start, and 0.85 right after ten epochs instead of 0.99.
    """
    logits = case.loss.from_logits and not case.reach.probabilities
    if not (case.reach.probabilities or logits) or case.loss.name not in CROSSENTROPY or case.sample_loss is None:
        return None
    if case.outputs.ndim != 2 or case.reach.always_one or len(case.outputs) < 8:
        return None
    if not case.steps_taken and any(isinstance(layer, keras.layers.BatchNormalization) for layer in case.layers):
        return None  # its averages are not yet those of the data
    given = _probabilities(case.outputs.astype("float64")) if logits else case.outputs
    at_end = np.minimum(given, 1 - given).max(axis=1) <= 1e-6
    answers, classes = case.predicted_classes(case.outputs), case.classes_of(case.y_sample)
    if classes is None or (share := float(at_end.mean())) < SATURATED:
        return None
    if (wrong := float(np.mean((answers != classes) & at_end))) < 0.25:
        return None
    return Found(
        "error",
        f"For {share:.0%} of the samples every probability is within 1e-6 of 0 or 1, where the activation has no "
        f"slope, and {wrong:.0%} of the samples are answered so and wrongly.",
        "Build the model again with Keras's own initial weights and biases, scaled inputs, and no factor on what "
        "goes into the last activation.",
        wrong,
        "of the answers are wrong",
    )


def _probabilities(logits: Array) -> Array:
    """Return the sigmoid of one column, or the softmax of several."""
    columns = np.concatenate([np.zeros_like(logits), logits], axis=1) if logits.shape[1] == 1 else logits
    powers = np.exp(columns - columns.max(axis=1, keepdims=True))
    return np.asarray((powers / powers.sum(axis=1, keepdims=True))[:, -logits.shape[1] :])


@rule("warning", "symptom")
def weights_too_large(case: Case) -> Found | None:
    """In a new model most units of a tanh or sigmoid layer are at an end of their range for every sample.

    There the slope is next to 0. Fires where more than 80 % of a hidden layer's outputs lie within 1 % of an end.
    Measured: 0 to 5 % with Keras's own initial weights on scaled inputs, 90 % and more with weights of standard
    deviation 10. A softmax has no ends of this kind: one number alone becomes 1, of 150 numbers most are near 0.
    """
    if case.steps_taken or case.sample_loss is None:
        return None
    for call in case.settled_calls:
        activation = getattr(call.layer, "activation", None)
        if not callable(activation) or hasattr(call.layer, "cell") or call.output.shape[1:] == case.outputs.shape[1:]:
            continue
        ends = np.asarray(keras.ops.convert_to_numpy(activation(np.array([[-1e4], [1e4]], dtype="float32")))).ravel()
        if ends.size != 2 or not np.isfinite(ends).all() or np.abs(ends).max() > 2 or not ends[1] > ends[0]:
            continue
        given = call.array("output")
        share = float(
            (np.minimum(np.abs(given - ends[0]), np.abs(given - ends[1])) < 0.01 * (ends[1] - ends[0])).mean()
        )
        if share > 0.8:
            return Found(
                "warning",
                f"{share:.0%} of the outputs of layer {call.layer.name!r} are at an end of their range, where "
                "nothing is learned.",
                f"Give layer {call.layer.name!r} Keras's default kernel_initializer, whose weights are smaller.",
                share,
                "of the outputs",
            )
    return None


@rule("error", "symptom")
def learning_rate_too_high(case: Case) -> Found | None:
    """Weights or the loss are not finite; the loss ends above its start or jumps; or trial steps raise it.

    In a history: the training loss is NaN, ends 1.5 times above its start, or rises by more than 5 % of the first loss
    (of a constant answer's, if that is larger) in more than one epoch in four (of eight or more). Without one: trial
    steps on one batch end 1.5 times above the start, or peak at five times, while 1/10, 1/100 or 1/1000 of the rate
    lowers the loss: on one fixed batch only the steps can raise it. Adam at a rate that still works may double the
    loss at first (digits: 1.9 times at 0.1, 25 times at 0.3), so a loss that has come back below its start in the
    trial is left alone. Where it begins below half of a constant answer's, a fresh optimizer may shake a finished
    model: then it must end at ten times a constant answer's loss or more.
    """
    broken = sum(int((~np.isfinite(array)).sum()) for array in case.model.get_weights())
    lost = not np.isfinite(case.curves.get("loss", np.array([]))).all()
    if (broken or lost) and gradient_not_finite(case) is not None:
        return None
    if broken:
        return _too_high(f"{broken:,} weights are NaN or infinite: the training diverged.", broken, "weights")
    return _in_curve(case.curves.get("loss", np.array([])), case) or _in_trial(case)


def _in_curve(loss: Array, case: Case) -> Found | None:
    lost = int((~np.isfinite(loss)).sum())
    if lost:
        return _too_high("The training loss became NaN or infinite.", lost, "epochs")
    if len(loss) < 2:
        return None
    tiny = case.chance_loss and max(loss) < 0.2 * case.chance_loss
    if loss[-1] > 1.5 * loss[0] > 0 and not tiny:
        growth = loss[-1] / loss[0]
        return _too_high(
            f"The training loss ended {growth:.1f} times as high as it began.", growth, "times the first loss"
        )
    jumps = (np.diff(loss) > 0.05 * max(abs(loss[0]), case.chance_loss or 0.0)).mean()
    if len(loss) < 8 or jumps <= 0.25 or tiny:
        return None
    if case.chance_loss is None and np.median(loss[-3:]) < loss[0] - 0.5 * np.ptp(loss):
        return None  # a log-likelihood may begin near 0, so that 5 % of it is nothing; and it has come down
    return _too_high(f"The training loss jumped up in {jumps:.0%} of the epochs.", jumps, "of the epochs", "warning")


def _in_trial(case: Case) -> Found | None:
    if case.long_history or (case.steps_taken and (case.schedule is not None or _finished(case))):
        return None
    if (losses := case.trial()) is None:
        return None
    before, after = _ends(losses)
    peak = float(np.nan_to_num(losses, nan=np.inf).max())
    floor = max(abs(before), (SHAKEN if _finished(case) else 0.5) * (case.chance_loss or 0.0))
    if after <= 1.5 * floor and (peak <= 5 * floor or after <= floor):
        return None
    if len(losses) <= 10 and np.isfinite(losses).all() and not (after == peak > 5 * floor):
        return None  # too few steps to tell a bad start from a divergence
    for factor in (0.1, 0.01, 0.001):
        smaller = case.trial(factor)
        if smaller is not None and _ends(smaller)[1] < before:
            grew = "became NaN or infinite" if np.isinf(peak) else f"rose from {before:.3g} to {peak:.3g}"
            return _too_high(
                f"In {len(losses) - 1} trial steps the loss {grew}; with {factor:g} times the learning rate it falls.",
                case.learning_rate,
                "as learning rate",
            )
    return None


def _finished(case: Case) -> bool:
    """Whether the model is known to have beaten a constant answer by half."""
    return case.chance_loss is not None and case.has_learned(0.5)


@rule("warning", "symptom")
def learning_rate_too_low(case: Case) -> Found | None:
    """The loss hardly falls, and larger steps make it fall.

    In a history of five epochs or more: it fell by less than 2 % in all, but steadily (in four of five epochs), from a
    start; or the rate itself fell below a thousandth of its start in the first half, before anything was learned.
    Without one: trial steps lower the loss by less than 0.2 %, and steps of 100, 10,000 or a million times the
    rate by more than 5 %. At 0.2 % in twenty steps, halving the loss takes seven thousand. Measured: 0.35 % or more
    for SGD at 0.001 on scaled data, 0.1 % at 0.0001. A trained model that has beaten a constant answer by 2 % is left
    alone, and so is a rate on a schedule. A new model gets a note only: a callback may raise the rate.
    """
    learned = case.has_learned(CHANCE if case.steps_taken else 0.5)
    if (learned and case.chance_loss is not None) or case.schedule is not None:
        return None
    if case.learning_rate == 0:
        severity: Severity = "warning" if case.steps_taken else "note"
        return _too_low(severity, "The learning rate is 0: no weight moves.", 0.0)
    loss, rates = (case.curves.get(name, np.array([])) for name in ("loss", "learning_rate"))
    if len(loss) >= 5:
        if not np.isfinite(loss).all() or (case.chance_loss is None and case.loss.name):
            return None
        if len(rates) == len(loss) and rates[len(rates) // 2] < 1e-3 * rates[0]:
            fell = f"The learning rate fell from {rates[0]:.3g} to {rates[-1]:.3g} in {len(rates)} epochs."
            return _too_low("warning", fell, rates[-1], "Let the callback lower it later and by less, or take it out.")
        fall = (loss[0] - loss[-1]) / abs(loss[0]) if loss[0] else 0.0
        if not 0 < fall < 0.02 or (np.diff(loss) < 0).mean() < 0.8:
            return None
        return _too_low(
            "warning", f"In {len(loss)} epochs the loss fell by only {fall:.2%}, slowly and steadily.", fall
        )
    if case.chance_loss is None or (losses := case.trial()) is None:
        return None
    before, after = _ends(losses)
    fall = (before - after) / abs(before) if before else 0.0
    if not -0.002 < fall < 0.002 * (len(losses) - 1) / 20:
        return None
    for factor in (100, 10_000, 1_000_000):
        larger = case.trial(factor)
        if larger is not None and _ends(larger)[1] < 0.95 * before:
            return _too_low(
                "warning" if case.steps_taken >= 20 else "note",
                f"In {len(losses) - 1} trial steps the loss fell by {max(fall, 0):.2%}; {factor:,} times the rate "
                "makes it fall fast.",
                case.learning_rate,
            )
    return None


@rule("warning", "symptom")
def dead_relus(case: Case) -> Found | None:
    """Half or more of the units of a hidden ReLU layer (of eight or more) give 0 for every sample.

    Such units get no gradient and stay dead. Sound networks lose many too (two thirds of the first layer in a CIFAR-10
    MLP), so it is a warning only where the model has not beaten a constant answer by 5 %, or where nine in ten
    are dead and it has not by half. In a new model it takes three quarters: a unit that is fed one number from 0 up is
    off half of the time by the sign of its weight. A layer of any size that is all dead lets nothing through: an error.
    """
    shares = {
        name: float((peaks <= 0).mean())
        for name, peaks in case.relu_peaks.items()
        if (len(peaks) >= 8 and len(case.x_sample) >= 16) or peaks.max() <= 0
    }
    name = max(shares, key=lambda one: shares[one], default=None)
    if name is None or shares[name] < DEAD:
        return None
    share = shares[name]
    learned = case.has_learned(0.95 if share < 0.9 else 0.5) or (not case.steps_taken and share < DEAD_AT_START)
    severity: Severity = "error" if share == 1 and not case.has_learned(0.95) else "note" if learned else "warning"
    return Found(
        severity,
        f"{share:.0%} of the ReLU units of layer {name!r} give 0 for all {len(case.x_sample)} samples looked at, "
        "and get no gradient from them.",
        "The model learns all the same; a smaller learning rate or inputs around zero keep more units alive."
        if severity == "note"
        else "Build the model again and train with a smaller learning rate, or use LeakyReLU in the hidden layers.",
        share,
        "of the units",
    )


@rule("warning", "symptom")
def vanishing_gradients(case: Case) -> Found | None:
    """Of four or more layers with weights, the gradient in the first is below 0.005 of that in the last.

    Compared is the root mean square per weight, in training mode. Each sigmoid multiplies the gradient by at most 0.25.
    Measured at the start: 0.0001 for six sigmoid layers, 0.0015 for four; 0.2 to 1 for ReLU and tanh, ten layers
    included; 0.007 for two wide sigmoid layers, which train well. A note where the model has learned, and where a
    normalization stands between the layers, which makes the steps of early layers larger again.
    """
    kernels = [
        call.layer.kernel
        for call in case.calls
        if has_matrix(call.layer)
        and hasattr(call.layer, "kernel")
        and not isinstance(call.layer, keras.layers.EinsumDense)
    ]  # queries and keys of attention are no chain
    gradients = [gradient for kernel in kernels if (gradient := case.gradient_of(kernel)) is not None]
    sizes = [float(np.sqrt((gradient.astype("float64") ** 2).mean())) for gradient in gradients]
    if len(sizes) < 4 or not sizes[-1] > 0:
        return None
    ratio = sizes[0] / sizes[-1]
    if not 0 < ratio < STARVED:  # exactly 0 is another thing: a gate that is still shut, a dead layer
        return None
    kinds = (keras.layers.BatchNormalization, keras.layers.LayerNormalization, keras.layers.GroupNormalization)
    normalized = any(isinstance(layer, kinds) for layer in case.layers)
    return Found(
        "note" if normalized or case.has_learned(0.9) else "warning",
        f"The gradient in the first layer is {ratio:.1e} times that in the last: the early layers hardly learn.",
        "Use ReLU (or ELU, GELU) in the hidden layers instead of sigmoid or tanh, or fewer layers.",
        ratio,
        "times the last layer's gradient",
    )


@rule("warning", "last symptom")
def loss_at_chance(case: Case) -> Found | None:
    """After 100 steps or more the loss is still at least 0.98 times that of a constant answer.

    The best constant answer has the entropy of the class shares as its loss, ln(k) for k equal classes, and the
    variance of the targets for a squared error. A weak signal may be all that there is, so outputs that follow the
    targets are measured against chance, on up to 5000 rows: p fitted numbers explain p/n of the variance of n rows of
    noise, with a standard deviation of √(2p)/n. Silent where the outputs explain more than the model's own weights do
    so by three of these, or half of what a straight line through the inputs does, and the line is above chance by
    three. A note where one of them is above by one: that may be chance. For classes silent, too, where 3 % are
    explained: then the loss is high because the answers are too sure (a calibrated answer with a loss this high
    explains 2.8 % at most).
    """
    if case.steps_taken < 100 or case.sample_loss is None or not case.chance_loss:
        return None
    if not case.sample_loss >= CHANCE * case.chance_loss or (signal := _signal(case)) >= SURE_SIGNAL:
        return None
    classes = case.class_counts
    chance = f"ln({len(classes)}) = " if classes is not None and np.ptp(classes) == 0 else ""
    return Found(
        "note" if signal >= 1 else "warning",
        f"After {case.steps_taken:,} steps the loss is {case.sample_loss:.4g}; "
        f"a constant answer has {chance}{case.chance_loss:.4g}. "
        + ("What was learned cannot be told from chance." if signal >= 1 else "Nothing was learned."),
        "Check that labels belong to their rows, then try another learning rate, ReLU, or a larger network.",
        case.sample_loss,
        f"as loss, against {case.chance_loss:.3g}",
    )


def _signal(case: Case) -> float:
    """Return by how many standard deviations the signal that the outputs follow is above chance; 0 for none."""
    outputs, rows = case.many_outputs, case.many_rows
    y = case.y[rows].reshape(len(rows), -1).astype("float64")
    outputs = outputs.reshape(len(rows), -1).astype("float64")
    if y.shape != outputs.shape:
        if y.shape[1] != 1 or case.class_counts is None:
            return 0.0
        y = (y == np.arange(outputs.shape[1])).astype("float64")
    loss, chance = case.sample_loss, case.chance_loss
    if len(y) < 30 or loss is None or chance is None:
        return 0.0
    if (explained := _explained(outputs, y)) > PLAIN_SIGNAL and case.loss.name in CROSSENTROPY:
        return float("inf")
    if loss > 1.02 * chance:
        return 0.0
    weights = sum(math.prod(value.shape) for value in case.runner.trainable) / max(1, y.shape[1] - 1)
    own = _above_chance(explained, weights, len(rows))
    columns = math.prod(case.x.shape[1:])
    if columns > min(len(rows) / 5, LINE_COLUMNS) or case.x.dtype.kind not in "biuf":
        return own
    table = np.column_stack([case.x[rows].reshape(len(rows), -1).astype("float64"), np.ones(len(rows))])
    line = _explained(table @ np.linalg.lstsq(table, y, rcond=None)[0], y)
    return max(own, _above_chance(line, columns, len(rows)) if explained > 0.5 * line else 0.0)


def _explained(outputs: Array, y: Array) -> float:
    """Share of the variance of `y` that goes along with the outputs, as a mean over columns."""
    a, b = outputs - outputs.mean(axis=0), y - y.mean(axis=0)
    sizes = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    together = np.divide((a * b).sum(axis=0), sizes, out=np.zeros_like(sizes), where=sizes > 0)
    return float(np.mean(np.maximum(together, 0) ** 2))


def _above_chance(explained: float, fitted: float, n: int) -> float:
    """Return by how many standard deviations `explained` is above what `fitted` numbers explain of n rows of noise."""
    return (explained - fitted / n) / (np.sqrt(2 * fitted) / n) if fitted else 0.0


def _ends(losses: Array) -> tuple[float, float]:
    """Return the loss before the first step and at the end (the median of the last three; inf if any is not finite)."""
    return float(losses[0]), float(np.median(losses[-3:])) if np.isfinite(losses).all() else np.inf


def _too_high(problem: str, evidence: float, unit: str, severity: Severity = "error") -> Found:
    remedy = "Build the model again and train it with a learning rate 10 times smaller."
    return Found(severity, f"{problem} The steps are too large.", remedy, evidence, unit)


def _too_low(
    severity: Severity,
    problem: str,
    evidence: float,
    remedy: str = "Try a learning rate 10 to 100 times larger; Adam's usual one is 0.001.",
) -> Found:
    return Found(severity, f"{problem} The steps are too small.", remedy, evidence)
