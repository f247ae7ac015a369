# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""How targets, outputs and loss must fit together: shapes, coding, range."""

from typing import Any

import numpy as np

from ..case import BINARY, CROSSENTROPY, DISTANCE, ONE_HOT, SPARSE, Case
from ..registry import Found, rule
from ..running import Array

ONE_SIDED = 50.0
ROUNDING = 1e-5  # mixed labels add up to 1.0000001


def _shapes(case: Case) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Shapes of one target and of one output, without axes of 1 at their ends."""

    def bare(shape: tuple[int, ...]) -> tuple[int, ...]:
        while shape and shape[-1] == 1:
            shape = shape[:-1]
        return shape

    return bare(case.y.shape[1:]), bare(case.outputs.shape[1:])


@rule("error", "cause")
def labels_one_hot(case: Case) -> Found | None:
    """One-hot labels for a sparse loss, which wants one whole number per sample.

    No threshold: the formats exclude each other.
    """
    if case.loss.name not in SPARSE or case.labels.columns == 1 or case.outputs.ndim != 2:
        return None
    return Found(
        "error",
        f"The labels have {case.labels.columns} columns (one-hot), but {case.loss.name} wants one number per sample.",
        'Use loss="categorical_crossentropy", or undo the one-hot coding with y.argmax(axis=1).',
        case.labels.columns,
        "columns",
    )


@rule("error", "cause")
def labels_not_one_hot(case: Case) -> Found | None:
    """One column of labels for a loss that compares as many columns as there are output units.

    Cross-entropies refuse it; the squared error silently compares the label number with every output. A loss of one's
    own belongs here where it fails on y as it is and takes targets in the shape of the outputs.
    """
    paired = case.loss.name in ONE_HOT | BINARY | DISTANCE or _takes_only_pairs(case)
    if not paired or case.units < 2 or case.labels.columns > 1 or case.outputs.ndim != 2:
        return None
    return Found(
        "error",
        f"The labels are one number per sample, but {case.loss.name} compares them with {case.units} outputs.",
        'Use Dense(1) as the output of a regression; for classes, loss="sparse_categorical_crossentropy".'
        if case.reach.high == np.inf and case.loss.name in DISTANCE
        else 'Use loss="sparse_categorical_crossentropy", or keras.utils.to_categorical(y).',
        case.units,
        "outputs",
    )


def _takes_only_pairs(case: Case) -> bool:
    return (
        not case.loss.is_keras
        and case.sample_loss is None
        and case.loss_or_none(np.zeros_like(case.outputs), case.outputs) is not None
    )


@rule("error", "cause")
def labels_out_of_range(case: Case) -> Found | None:
    """Labels that the output cannot express: 1 to k for k units; ±1, 0/255 or class numbers for a sigmoid.

    A sparse loss counts classes from 0 to units − 1 (a class that the loss ignores is left out). Binary cross-entropy
    is only defined from 0 to 1; outside, it is negative and falls without end. Labels that were divided by 255 together
    with the pixels ask for the probabilities 0 and 0.004.
    """
    labels, low, high = case.labels, case.labels.low, case.labels.high
    if _faint(case):
        return Found(
            "error",
            f"The labels are 0 and {high:.3g}, but {case.loss.name} takes 0 and 1.",
            f"Divide y by its largest value, {high:.3g}; it was scaled, perhaps together with the inputs.",
            high,
            "as the largest label",
        )
    if case.loss.name in SPARSE and (labels.columns == 1 or case.outputs.ndim > 2):
        top, advice = case.units - 1, "Number the classes from 0 (np.unique(y, return_inverse=True)[1])"
        counted = case.loss.counted(case.y)
        if counted.size:
            low, high = float(counted.min()), float(counted.max())
    elif case.loss.name in CROSSENTROPY - SPARSE and not (labels.columns == 1 < case.units):  # see labels_not_one_hot
        top, advice = 1, "Code two classes as 0 and 1; for more, use Dense(classes) with softmax"
    else:
        return None
    if low >= -ROUNDING and high <= top + ROUNDING and (labels.whole or case.loss.name not in SPARSE):
        return None
    found = f"from {low:g} to {high:g}" if labels.whole else "that are no whole numbers"
    different = len(np.unique(case.y_sample))
    if top == 1 and high > 1 and different == 2:
        advice = f"Divide y by {high:g}" if low == 0 else advice
    if case.loss.name in SPARSE and case.units == 1:
        advice = 'With one unit, use a sigmoid and loss="binary_crossentropy"; else number the classes from 0'
    if not labels.whole and different > 20:
        advice = 'For amounts, use Dense(1) without activation and loss="mse". ' + advice
    return Found(
        "error",
        f"There are labels {found}, but {case.loss.name} with {case.units} output units takes 0 to {top}.",
        f"{advice}, and give the output layer one unit per class." if top != 1 and case.units > 1 else f"{advice}.",
        low if low < 0 else high,
        "as a label",
    )


def _faint(case: Case) -> bool:
    """Whether a cross-entropy gets two values, 0 and one below a half, that share nothing out (rows that sum to 1)."""
    y, high = case.y_sample, case.labels.high
    if case.loss.name not in CROSSENTROPY - SPARSE or not (case.labels.low == 0 < high < 0.5) or len(y) < 8:
        return False
    sums = y.reshape(len(y), -1).sum(axis=1)
    return bool(np.isin(y, [0, y.max()]).all() and np.isin(case.y, [0, case.y.max()]).all()) and sums.max() < 0.99


@rule("error", "cause")
def label_width(case: Case) -> Found | None:
    """A target has another shape than the output for it, and not just one column.

    Keras broadcasts such shapes where it can, and compares each number with many others. No threshold.
    """
    target, output = _shapes(case)
    if case.loss.name in SPARSE and case.labels.columns == 1 and int(np.prod(output[:-1])) > 1:
        return Found(
            "error",
            f"y has one class number per sample, but the output has shape {case.outputs.shape[1:]} per sample.",
            "Put keras.layers.Flatten() or a pooling layer before the last layer, so that the output is one row "
            "of classes.",
            int(np.prod(output[:-1])),
            "rows of classes per sample",
        )
    known = (case.loss.is_keras and not case.loss.aligns) or case.loss.name in CROSSENTROPY | DISTANCE
    if not known or case.loss.name in SPARSE or case.labels.columns == 1 or target == output:
        return None
    if int(np.prod(target)) == int(np.prod(output)) and case.outputs.ndim > 2:
        return None  # pixels in another order of axes than the output: see loss_broadcasts
    columns, units = case.labels.columns, int(np.prod(output))
    return Found(
        "error",
        f"The targets have {columns} columns and the output has {units} units; they must be as many.",
        f"Give the last layer {columns} units; if to_categorical made too many columns, number the classes from 0."
        if not (units == 1 and case.labels.one_hot)
        else "Give the last layer one unit per class and softmax, or keep one column of y: y.argmax(axis=1).",
        columns,
        "columns",
    )


@rule("error", "cause")
def loss_broadcasts(case: Case) -> Found | None:
    """The loss compares each target with every output of the batch, because their shapes differ by an axis of 1.

    (n,) − (n, 1) is a table of n × n differences; its mean is smallest for a constant answer. Keras's own losses bring
    both to one shape, a `Loss` class or metric of one's own does not. Measured: the loss with y as it is, and with y in
    the shape of the outputs, differ by more than 0.1 %.
    """
    y, outputs = case.y_sample, case.outputs
    if case.labels.columns == 1 and outputs.ndim == 3 and outputs.shape[1] > 1 and outputs.shape[2] == 1:
        return Found(
            "error",
            f"y has one target per sample, the output has {outputs.shape[1]}: the loss compares the target with "
            "each of them.",
            "Give the last recurrent layer return_sequences=False, or pool over the steps before the last layer.",
            outputs.shape[1],
            "outputs per target",
        )
    if y.size != outputs.size or y.shape == outputs.shape or case.loss.name in SPARSE or len(y) < 2:
        return None
    as_is, aligned = case.loss_or_none(y, outputs), case.loss_or_none(y.reshape(outputs.shape), outputs)
    if as_is is None or aligned is None or not np.isfinite([as_is, aligned]).all():
        return None
    if abs(as_is - aligned) <= 1e-3 * max(abs(aligned), 1e-6):
        return None
    target, output = (f"(n{''.join(f', {size}' for size in shape[1:])})" for shape in (y.shape, outputs.shape))
    return Found(
        "error",
        f"y has shape {target} and the output {output}: the loss {case.loss.name} compares each target with every "
        "output.",
        f"Give y the shape of the output before fit: y = y.reshape({', '.join(['-1', *map(str, outputs.shape[1:])])}).",
        as_is / aligned if aligned else as_is,
        "times the loss of matching shapes",
    )


@rule("error", "cause")
def categorical_loss_on_one_unit(case: Case) -> Found | None:
    """Categorical cross-entropy with one output unit: the output is divided by its own sum, so the loss is always 0."""
    if case.loss.name not in ONE_HOT or case.units != 1:
        return None
    return Found(
        "error",
        f"{case.loss.name} over one unit is 0 for every answer: there is no other class to compare with.",
        'Use loss="binary_crossentropy" with one sigmoid unit.',
        1,
        "output unit",
    )


@rule("error", "cause")
def softmax_on_one_unit(case: Case) -> Found | None:
    """Softmax over a single unit is exp(z)/exp(z) = 1, whatever the input.

    Measured: with huge weights of either sign in the last layer the only output stays 1.
    """
    if case.units != 1 or not case.reach.always_one:
        return None
    return Found(
        "error",
        "The output is softmax over one unit, which is always exactly 1, whatever the input.",
        'Use Dense(1, activation="sigmoid") with loss="binary_crossentropy", or one unit per class.',
        1,
        "output unit",
    )


@rule("warning", "cause")
def softmax_for_several_labels(case: Case) -> Found | None:
    """Softmax although a sample may have none or several of the labels: the outputs share a sum of 1.

    Fires where more than 1 % of the rows of zeros and ones do not hold exactly one 1.
    """
    if (
        not case.labels.several
        or not case.reach.softmax
        or case.units < 2
        or case.loss.name not in CROSSENTROPY | DISTANCE
    ):
        return None
    counts = case.y.reshape(-1, case.y.shape[-1]).sum(axis=1)
    share = float((counts != 1).mean())
    if share <= 0.01 or counts.max() < 2:
        return None  # without a label: see labels_all_zero
    return Found(
        "error",
        f"{share:.0%} of the samples have no label or several, but the softmax outputs of a sample add up to 1.",
        'Use activation="sigmoid" in the last layer and loss="binary_crossentropy".',
        share,
        "of the samples",
    )


@rule("error", "cause")
def labels_all_zero(case: Case) -> Found | None:
    """Rows of a one-hot coding without a 1, for a categorical loss: their loss is 0 whatever the answer.

    A class without a column of its own does that: get_dummies(drop_first=True), or columns that were cut off. Fires
    where more than 1 % of the rows hold no 1 and no row holds two.
    """
    if not case.labels.several or case.loss.name not in ONE_HOT | DISTANCE or not case.reach.softmax:
        return None
    counts = case.y.reshape(-1, case.y.shape[-1]).sum(axis=1)
    share = float((counts == 0).mean())
    if share <= 0.01 or counts.max() > 1:
        return None
    return Found(
        "error",
        f"{share:.0%} of the rows of y hold no 1: their class has no column, and their loss is 0 whatever the answer.",
        "Give every class a column: keras.utils.to_categorical(y), or get_dummies without drop_first.",
        share,
        "of the rows",
    )


@rule("error", "cause")
def loss_upside_down(case: Case) -> Found | None:
    """A loss of one's own is larger for the right answer than for a wrong one: minimizing it teaches the wrong one.

    Measured: the loss of the targets against themselves, and against the targets of other rows (the rows turned
    round), must not be in this order by more than 1 %. A similarity needs a minus sign, an overlap 1 minus it. Silent
    where no output is the right one: a loss that is linear in the outputs (a Wasserstein critic) falls without end,
    and a distance between the two halves of a pair is no answer to whether they are alike. A note for amounts that the
    loss compares among the rows of a batch: a survival time, say, asks for a low risk.
    """
    y, shape = case.y_sample, case.outputs.shape
    if case.loss.is_keras or y.size != case.outputs.size or len(y) < 8 or case.sample_loss is None:
        return None
    right = y.reshape(shape).astype("float32")
    wrong = right[::-1] if not case.labels.binary else 1 - right
    if np.array_equal(right, wrong):
        return None
    lost, lost_wrongly = case.loss_or_none(y, right), case.loss_or_none(y, np.ascontiguousarray(wrong))
    if lost is None or lost_wrongly is None or not lost > lost_wrongly + 0.01 * abs(lost_wrongly) + 1e-6:
        return None
    if _linear(case, right, lost) or (case.labels.binary and case.reach.low >= 0 and case.reach.high > 1.001):
        return None
    among_rows = not case.labels.whole and not _row_by_row(case, right, lost)
    return Found(
        "note" if among_rows else "error",
        f"The loss {case.loss.name} is {lost:.3g} for the right answers and {lost_wrongly:.3g} for wrong ones: it "
        "is upside down.",
        "Return 1 minus the score, or the score with a minus sign: fit makes the loss small.",
        lost - lost_wrongly,
        "more for the right answers",
    )


def _row_by_row(case: Case, right: Array, lost: float) -> bool:
    """Whether the loss of a batch is the mean, or the sum, of the losses of its two halves."""
    half = len(right) // 2
    parts = [case.loss_or_none(case.y_sample[rows], right[rows]) for rows in (slice(0, half), slice(half, 2 * half))]
    if any(part is None for part in parts):
        return False
    total = float(np.sum(np.array(parts, dtype="float64")))
    return any(abs(lost - one) <= 0.02 * abs(lost) + 1e-6 for one in (total, total / 2))


def _linear(case: Case, right: Array, lost: float) -> bool:
    """Whether the loss changes as much from 0 to the targets as from there to twice the targets."""
    none, twice = (case.loss_or_none(case.y_sample, factor * right) for factor in (np.float32(0), np.float32(2)))
    if none is None or twice is None:
        return False
    return abs(twice - 2 * lost + none) <= 1e-4 * max(abs(twice), abs(lost), abs(none))


@rule("error", "cause")
def loss_blind_to_rows(case: Case) -> Found | None:
    """A loss of one's own that pulls all outputs the same way, whatever their targets.

    The mean of y − ŷ does that: it falls without end; |mean(y − ŷ)| and its square, too: they are 0 as soon as the mean
    is right. Measured: from the same answer to all rows, one row's answer is moved, and the change of the loss is the
    same (to 0.1 %) for the rows with the lowest and with the highest targets, from two answers. For a loss that
    compares row with row it is not: one answer is too high for the one target and too low for the other.
    """
    y = case.y_sample
    if case.loss.is_keras or case.loss.name in CROSSENTROPY | DISTANCE or y.size != case.outputs.size or len(y) < 8:
        return None
    targets = y.reshape(len(y), -1).astype("float64")
    if y.shape != case.outputs.shape and loss_broadcasts(case):
        return None
    order = np.argsort(targets[:, 0], kind="stable")[[0, 1, 2, 3, -4, -3, -2, -1]]
    spread = float(np.ptp(targets[order, 0]))
    if not spread > 0:
        return None  # a target that is none: the outputs are the loss
    slope = 0.0
    for level in (targets[order].mean(axis=0), 0.0):
        slopes = _pulls(case, order, level, 0.1 * spread)
        if slopes is None:
            return None
        slope = float(slopes[0])
        if not abs(slope) > 1e-4 or np.abs(slopes - slope).max() > 1e-3 * abs(slope):
            return None
    return Found(
        "error",
        f"The loss {case.loss.name} pulls every output the same way, whatever its target: it sees only the mean of the "
        "differences.",
        "Take the absolute value or the square of each difference first, and the mean last: "
        "keras.ops.mean(keras.ops.square(y_true - y_pred)).",
        slope,
        "as the slope for every row",
    )


def _pulls(case: Case, rows: Array, level: Any, step: float) -> Array | None:
    """Return the slope of the loss by the answer to each of these rows, where all rows are answered with `level`."""
    answer = np.broadcast_to(level, (len(rows), case.outputs[0].size)).reshape(len(rows), *case.outputs.shape[1:])
    losses = []
    for row in (None, *range(len(rows))):
        moved = answer.astype("float32")
        if row is not None:
            moved[row] += np.float32(step)
        losses.append(case.loss_or_none(case.y_sample[rows], moved))
    if any(loss is None or not np.isfinite(loss) for loss in losses):
        return None
    return (np.array(losses[1:], dtype="float64") - losses[0]) / step


@rule("error", "cause")
def loss_ignores_size(case: Case) -> Found | None:
    """One number is predicted, and the loss looks at its sign only, as the cosine similarity of single numbers does.

    Measured: the loss does not change (to 1e-4) when each answer is made larger or smaller by a factor of its own,
    between 0.5 and 5. A correlation changes then. Targets of two values are left alone: there the sign may be all.
    """
    y = case.y_sample
    if case.units != 1 or y.size != case.outputs.size or len(np.unique(y)) < 3 or case.loss.name in CROSSENTROPY:
        return None
    rng = np.random.default_rng(0)
    answers = rng.choice([-1.0, 1.0], size=case.outputs.shape) * rng.uniform(1, 2, size=case.outputs.shape)
    factors = rng.uniform(0.5, 5, size=answers.shape)
    asked = (answers, answers * factors, -answers)
    before, after, turned = (case.loss_or_none(y, one.astype("float32")) for one in asked)
    if before is None or after is None or turned is None or not np.isfinite([before, after, turned]).all():
        return None
    if abs(after - before) > 1e-4 * abs(before) + 1e-6 or abs(turned - before) <= 1e-3 * abs(before):
        return None
    return Found(
        "error",
        f"{case.loss.name} looks only at the sign of the output, and the targets are amounts from "
        f"{case.labels.low:.3g} to {case.labels.high:.3g}.",
        'Use loss="mean_squared_error"; a cosine similarity is for vectors.',
        after - before,
        "more loss for answers of another size",
    )


@rule("error", "cause")
def labels_smoothed_away(case: Case) -> Found | None:
    """Label smoothing so strong that the loss is smallest for next to the same probability of every class.

    Smoothing s leaves 1 - s of the label: usual is 0.1. Measured: the loss of answers between the right one and equal
    probabilities, in twenty steps; fires where the best of them has less than a fifth of the way to go to equal ones.
    """
    y, shape, units = case.y_sample[:64], case.outputs[:64].shape, case.units
    if case.loss.name not in ONE_HOT | BINARY or case.y_sample.size != case.outputs.size or not case.labels.whole:
        return None
    if not (case.labels.binary or case.labels.one_hot) or not (case.reach.probabilities or case.loss.from_logits):
        return None
    right = y.reshape(shape).astype("float64")
    equal = 0.5 if case.loss.name in BINARY else 1 / units
    losses = []
    for kept in np.linspace(0, 1, 21):
        answer = np.clip(kept * right + (1 - kept) * equal, 1e-6, 1 - 1e-6)
        if case.loss.from_logits:
            answer = np.log(answer / (1 - answer)) if case.loss.name in BINARY else np.log(answer)
        losses.append(case.loss_or_none(y, answer.astype("float32")))
    if any(loss is None or not np.isfinite(loss) for loss in losses):
        return None
    best = int(np.argmin(np.array(losses, dtype="float64")))
    if best >= 4 or np.ptp(np.array(losses, dtype="float64")) < 1e-6:
        return None  # a loss that is always the same: see categorical_loss_on_one_unit
    return Found(
        "error",
        f"The loss is smallest where every class gets nearly the same probability: label smoothing leaves about "
        f"{best / 20:.0%} of the label.",
        "Set label_smoothing to 0.1 or leave it out: it is the share of the label that is taken away.",
        best / 20,
        "of the label is left",
    )


@rule("warning", "cause")
def loss_one_sided(case: Case) -> Found | None:
    """A loss of one's own weighs one of two classes so heavily that the best constant answer is that class.

    Measured: the loss for the answer 0.5, for each class, times the number of its samples. Weights that make up for a
    rare class leave both sides equal, focal losses differ by 3 at most; fires where the weights, and both sides, differ
    by 50.
    """
    counts = case.class_counts if case.is_classification else np.unique(case.y, return_counts=True)[1]
    if case.loss.is_keras or not case.labels.binary or case.units != 1 or counts is None or len(counts) != 2:
        return None
    if not case.reach.probabilities or case.y_sample.size != case.outputs.size:
        return None
    half = np.full_like(case.outputs, 0.5, dtype="float32")
    none, all_of_them = (case.loss_or_none(np.full_like(case.y_sample, label), half) for label in (0, 1))
    if not none or not all_of_them or not np.isfinite([none, all_of_them]).all() or none * all_of_them <= 0:
        return None
    weight = all_of_them / none
    sides = weight * counts[1] / counts[0]
    if min(max(weight, 1 / weight), max(sides, 1 / sides)) < ONE_SIDED:
        return None
    heavy = int(weight > 1)
    return Found(
        "warning",
        f"The loss {case.loss.name} weighs a mistake on class {heavy} {max(weight, 1 / weight):,.0f} times as heavily "
        f"as one on class {1 - heavy}, with {counts[heavy]:,} and {counts[1 - heavy]:,} samples of them: the model "
        f"will always answer {heavy}.",
        f"Weigh class 1 by {counts[0] / counts[1]:.2g}, the number of samples of class 0 over that of class 1.",
        weight,
        "as weight of class 1",
    )


@rule("error", "cause")
def sigmoid_for_exclusive_classes(case: Case) -> Found | None:
    """Several sigmoid outputs although each sample has exactly one class (all rows one-hot, or a sparse loss).

    Sigmoids do not compete, so the outputs do not add up to 1. A loss for exclusive classes then computes something
    that it is not made for (error); binary cross-entropy works, but asks many separate questions (warning).
    """
    one_class_each = case.labels.one_hot or case.loss.name in SPARSE
    bounded = case.reach.probabilities and case.reach.high > 0.9 and case.reach.sum_axis is None
    if not bounded or case.units < 2 or not one_class_each or case.loss.name in DISTANCE or case.loss.from_logits:
        return None
    if case.loss.name not in CROSSENTROPY:
        return None
    return Found(
        "warning" if case.loss.name in BINARY else "error",
        f"Each sample has exactly one class, but {case.units} separate sigmoids answer, and need not add up to 1.",
        "Use softmax in the last layer with categorical (or sparse categorical) cross-entropy.",
        case.units,
        "sigmoids",
    )


@rule("warning", "cause")
def binary_loss_for_classes(case: Case) -> Found | None:
    """Binary cross-entropy on a softmax over three classes or more.

    It averages one yes/no question per class, of which most are an easy no, and "accuracy" counts those: 0.9 for
    ten classes when the model knows nothing.
    """
    if case.loss.name not in BINARY or not case.reach.softmax or case.units < 3 or not case.labels.one_hot:
        return None
    return Found(
        "warning",
        f"{case.loss.name} asks {case.units} yes/no questions per sample; loss and accuracy then look far too good.",
        'Use loss="categorical_crossentropy".',
        case.units,
        "questions per sample",
    )


@rule("warning", "cause")
def squared_error_for_classes(case: Case) -> Found | None:
    """A squared or absolute error on one-hot targets.

    Its gradient vanishes where the model is confidently wrong, so it learns slowly there. A warning from three
    classes on; for two classes, where it is often shown on purpose (XOR), a note.
    """
    two = case.loss.is_keras and case.labels.binary and case.reach.probabilities and case.units == 1
    if case.loss.name not in DISTANCE or not (case.labels.one_hot or two) or case.outputs.ndim != 2 or len(case.y) < 2:
        return None
    return Found(
        "warning" if case.units > 2 else "note",
        f"{case.loss.name} compares classes as if they were amounts, and hardly corrects confident mistakes.",
        "Use cross-entropy: binary for one sigmoid, categorical for a softmax.",
        case.units,
        "classes",
    )
