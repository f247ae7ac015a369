# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Data that no model can learn from: not finite, outside a table, without any variation."""

from collections import Counter

import keras
import numpy as np

from ..case import Case, spread
from ..registry import Found, rule
from ..running import Array, Call

EQUAL_ROWS = 0.2
MANY_COLUMNS = 1000  # enough to tell rows apart


@rule("error", "blocking")
def not_finite_data(case: Case) -> Found | None:
    """NaN or infinity in x, y or the validation data, or a number too large for single precision.

    One such value is enough: it spreads to the loss and from there to every weight; in the validation data it makes
    the validation loss NaN. Numbers above 3.4e38 become infinite when `fit` turns them into 32 bits. Targets that a
    loss of one's own leaves out are fine: on these rows the loss and its slopes are finite all the same.
    """
    limit = np.finfo(keras.config.floatx()).max
    for name, values in (("x", case.x), ("y", case.y), ("x_val", case.x_val), ("y_val", case.y_val)):
        if values is None or values.dtype.kind != "f" or -limit <= values.min() <= values.max() <= limit:
            continue
        count = int((~(np.abs(values) <= limit)).sum())
        if name in ("y", "y_val") and _left_out(case):
            continue
        return Found(
            "error",
            f"{name} holds {count:,} values that are NaN, infinite or too large, and one is enough to turn the "
            "loss into NaN.",
            f"Fill in or drop these rows of {name} before training, for example with DataFrame.dropna().",
            count,
            "values",
        )
    return None


def _left_out(case: Case) -> bool:
    """Whether the loss and its gradient are finite on rows whose targets are not."""
    if case.x.dtype.kind == "f" and not np.isfinite(case.x).all():
        return False
    rows = np.flatnonzero(~np.isfinite(case.y).reshape(len(case.y), -1).all(axis=1))[:16]
    if case.loss.is_keras or not rows.size or keras.backend.backend() != "tensorflow" or not case.runner.trainable:
        return False
    step = case.runner.gradients(case.x[rows], case.y[rows], case.loss, case.runner.trainable)
    return bool(np.isfinite(step.loss)) and all(
        np.isfinite(keras.ops.convert_to_numpy(one)).all() for one in step.gradients if one is not None
    )


@rule("error", "blocking")
def embedding_index(case: Case) -> Found | None:
    """A number fed to an Embedding layer is negative, or not below its input_dim.

    No threshold: such a row does not exist. Keras raises on a CPU; on a GPU the row reads as zeros and training goes
    on. All of x is looked at where the numbers go straight into the layer.
    """
    for layer in case.layers:
        if not isinstance(layer, keras.layers.Embedding) or not _fed_straight(case, layer):
            continue
        low, high = float(case.x.min()), float(case.x.max())
        if low >= 0 and high < layer.input_dim:
            continue
        wanted = "Add 1 - x.min() to x" if low < 0 else f"Give layer {layer.name!r} input_dim={int(high) + 1}"
        return Found(
            "error",
            f"Layer {layer.name!r} has rows 0 to {layer.input_dim - 1}, and x holds numbers from {low:g} to {high:g}.",
            f"{wanted}, or encode the words again with the vocabulary that the model was made for.",
            high if high >= layer.input_dim else low,
            "as a row number",
        )
    return None


def lookup_of_one_vector(case: Case) -> Call | None:
    """The first call of an Embedding layer, if any, that gives the same vector for different words (0 is none)."""
    for call in case.calls:
        if isinstance(call.layer, keras.layers.Embedding):
            words, vectors = call.array("input"), call.array("output")
            if len(np.unique(words[words != 0])) > 1 and not np.ptp(vectors[words != 0], axis=0).any():
                return call
    return None


def _fed_straight(case: Case, layer: object) -> bool:
    """Whether the model hands its input to the layer as it is."""
    inputs = getattr(case.model, "inputs", None)
    try:
        return bool(inputs) and layer.input is inputs[0]  # type: ignore[attr-defined, index]
    except (AttributeError, ValueError):  # no graph, or called more than once
        return False


@rule("error", "cause")
def inputs_cut_off(case: Case) -> Found | None:
    """The model's input is declared as whole numbers (dtype="int32"), and x holds fractions: they are cut off.

    Pixels from 0 to 1 all become 0. Fires where one number in a hundred or more has a fraction.
    """
    inputs = getattr(case.model, "inputs", None) or [None]
    declared = str(getattr(inputs[0], "dtype", ""))
    if not declared.startswith(("int", "uint")) or case.x.dtype.kind != "f":
        return None
    share = float((case.x_sample != np.floor(case.x_sample)).mean())
    if share < 0.01:
        return None
    return Found(
        "error",
        f"The model's input is declared as {declared}, but {share:.0%} of the numbers in x have a fraction, which is "
        "cut off.",
        'Take dtype out of keras.Input (it is "float32" then).',
        share,
        "of the numbers",
    )


@rule("error", "cause")
def constant_inputs(case: Case) -> Found | None:
    """Every row of x is the same, for ten rows or more: the inputs tell nothing.

    No threshold: the largest spread of a column over all rows is exactly 0.
    """
    for name, values in (("x", case.x), ("x_val", case.x_val)):
        if (
            values is not None
            and len(values) >= 10
            and np.array_equal(values, np.broadcast_to(values[:1], values.shape))
        ):
            return Found(
                "error",
                f"All {len(values):,} rows of {name} are the same, so nothing in them can tell one target from "
                "another.",
                f"Look at how {name} was loaded and sliced: one row was repeated.",
                len(values),
                "equal rows",
            )
    return None


@rule("error", "cause")
def one_class(case: Case) -> Found | None:
    """All samples belong to one class. Then the model only learns to say it."""
    counts = case.class_counts
    if counts is None or len(counts) != 1 or len(case.y) < 2:
        return None
    return Found(
        "error",
        f"All {len(case.y):,} samples have the same label, so there is nothing to tell apart.",
        "Look at how the labels were made and how the data was split; shuffle before you split.",
        1,
        "class",
    )


@rule("error", "cause")
def constant_target(case: Case) -> Found | None:
    """All targets of a regression are equal, for ten samples or more; integer division and rounding do that."""
    if case.is_classification or len(case.y) < 10 or case.labels.low != case.labels.high:
        return None
    return Found(
        "error",
        f"All {len(case.y):,} targets are {case.labels.low:g}, so there is nothing to predict.",
        "Look at how y was computed: integer division (//), rounding or a wrong column makes targets equal.",
        case.labels.low,
        "in every row of y",
    )


@rule("warning", "cause")
def equal_rows(case: Case) -> Found | None:
    """A fifth of the rows of x or more are one and the same row, with targets as mixed as those of all others.

    Pictures that could not be read and came out black, texts of unknown words only: the rows are lost, their targets
    are not. Fires where the other rows are different ones (half of them or more), from ten equal rows on, and where the
    mean target, or the share of each class, agrees with that of the other rows (to four standard errors): a class of
    blank pictures is fine, and so are customers who bought nothing, who tell something.
    """
    table = case.x_sample.reshape(len(case.x_sample), -1)
    rows = [row.tobytes() for row in table[:, spread(table.shape[1], MANY_COLUMNS)]]
    row, count = Counter(rows).most_common(1)[0]
    same = np.array([one == row for one in rows])
    others = len(rows) - count
    if count < 10 or count < EQUAL_ROWS * len(rows) or others < 10 or np.any(table[same] != table[same][:1]):
        return None
    if len(set(rows)) - 1 < 0.5 * others or len(case.y_sample) != len(rows):
        return None
    if not _answered_alike(case.y_sample[same], case.y_sample[~same]):
        return None
    share = count / len(rows)
    where = int(case.rows[int(np.argmax(same))])
    blank = "all zeros" if not np.any(case.x_sample[int(np.argmax(same))]) else f"those of row {where}"
    return Found(
        "warning",
        f"{share:.0%} of the rows of x hold the same numbers ({blank}), and their targets differ: nothing can tell "
        "these apart.",
        "Look at how these rows were read or cut to whole numbers, and drop what could not be read.",
        share,
        "of the rows",
    )


def _answered_alike(some: Array, others: Array) -> bool:
    """Whether targets vary, and are the same on average in both groups (to four standard errors, in each column)."""
    targets = np.concatenate([some, others]).reshape(len(some) + len(others), -1)
    if targets.dtype.kind in "iub" and targets.shape[1] == 1:
        targets = targets == np.unique(targets)
    targets = targets.astype("float64")
    error = targets.std(axis=0) * np.sqrt(1 / len(some) + 1 / len(others))
    apart = np.abs(targets[: len(some)].mean(axis=0) - targets[len(some) :].mean(axis=0))
    return bool(error.max() > 0 and (apart <= 4 * error).all())
