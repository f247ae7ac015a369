# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Whether a good score would be an achievement: answers among the inputs, order of the rows, simple baselines."""

import numpy as np

from ..case import DISTANCE, Case, spread
from ..registry import Found, rule
from ..running import Array

LIKENESS = 0.9999
PREDICTABLE = 0.05


@rule("error", "evaluation")
def target_among_inputs(case: Case) -> Found | None:
    """A column of x is the label, up to scale, or says whether it is one certain class.

    Correlation above 0.9999 over 20 rows or more: measurements do not follow the label that closely, a label
    column, or one of its one-hot columns, that was left in the table does. A class must have two rows at least. In a
    regression, where y may be a straight line over one column, it asks for four columns and is a note.
    """
    targets = case.class_numbers
    if targets is None and case.loss.name in DISTANCE and case.y.size == len(case.y) and case.x[0].size >= 4:
        targets = case.y.reshape(-1)
    if case.x.ndim != 2 or case.x.shape[1] < 2 or targets is None or len(case.x) < 20 or case.first_call is None:
        return None  # of tokens, one may be what is asked for
    chosen = spread(len(case.x), 2000)
    rows, labels = case.x[chosen].astype("float64"), targets[chosen].astype("float64")
    classes, counts = np.unique(labels, return_counts=True)
    asked = [labels]
    if 2 <= len(classes) <= 100 and case.class_numbers is not None:
        asked += [labels == one for one in classes[counts >= 2]]
    likeness = _correlations(rows, np.stack(asked).astype("float64"))
    column = int(likeness.max(axis=0).argmax())
    best = float(likeness[:, column].max())
    if best <= LIKENESS:
        return None
    which = [index for index in range(rows.shape[1]) if likeness[:, index].max() > LIKENESS]
    more = f" and {len(which) - 1} more" if len(which) > 1 else ""
    return Found(
        "note" if case.class_numbers is None else "error",
        f"In x, {case.feature_name(column)}{more} tells the label (correlation {best:.4f}): the model only has to "
        "copy it.",
        f"Drop {'these columns' if more else 'that column'} from x: "
        f"{', '.join(case.feature_name(one) for one in which[:4])}"
        f"{' …' if len(which) > 4 else ''}.",
        best,
        "as correlation",
    )


def _correlations(rows: Array, questions: Array) -> Array:
    """Return how each question goes with each column, whatever the sign, shape (questions, columns)."""
    rows, questions = rows - rows.mean(axis=0), questions - questions.mean(axis=1, keepdims=True)
    sizes = np.linalg.norm(questions, axis=1, keepdims=True) * np.linalg.norm(rows, axis=0)
    return np.abs(questions @ rows) / np.where(sizes > 1e-12 * len(rows), sizes, np.inf)


@rule("error", "evaluation")
def future_visible(case: Case) -> Found | None:
    """The next token is asked for, and the model sees it: the answer for a position changes with the tokens after it.

    Fires where y is x moved by one place (99 % of it), and, with the second half of each row taken from another row,
    the outputs for the first half change by more than 1e-4 of their spread. A causal mask stops that.
    """
    x, y, outputs = case.x, case.y, case.outputs
    if x.ndim != 2 or outputs.ndim != 3 or outputs.shape[1] != x.shape[1] or x.shape[1] < 4:
        return None
    following = _tokens(y, x.shape)
    if following is None or np.mean(following[:, :-1] == x[:, 1:]) < 0.99 or case.fixed_batch:
        return None
    change = _change_of_first_half(case)
    if change <= 1e-4 * max(float(outputs.std()), 1e-6):
        return None
    return Found(
        "error",
        f"y is x moved by one place, and the answers for a position change (by {change:.1g}) with the tokens after it.",
        "Give the attention use_causal_mask=True, so that a position sees only what stands before it.",
        change,
        "as the largest change of an output",
    )


@rule("error", "evaluation")
def target_not_shifted(case: Case) -> Found | None:
    """Each position is asked for the very token that it is shown, of a model that never looks ahead.

    Fires where y is x (99 % of it), there is an output per token, and, with the second half of each row taken from
    another row, the outputs for the first half stay as they are (to 1e-4 of their spread). A model that looks ahead may
    be an autoencoder.
    """
    x, y, outputs = case.x, case.y, case.outputs
    if x.ndim != 2 or outputs.ndim != 3 or outputs.shape[1] != x.shape[1] or x.shape[1] < 4 or case.fixed_batch:
        return None
    same = _tokens(y, x.shape)
    if (
        same is None
        or np.mean(same == x) < 0.99
        or _change_of_first_half(case) > 1e-4 * max(float(outputs.std()), 1e-6)
    ):
        return None
    return Found(
        "error",
        "y is x itself: at each position the model only has to repeat the token that it is shown there.",
        "Move y by one place: x = rows[:, :-1] and y = rows[:, 1:].",
        float(np.mean(same == x)),
        "of the targets",
    )


def _tokens(y: Array, shape: tuple[int, ...]) -> Array | None:
    """The targets as one token number per position; None where they are something else."""
    if y.size == np.prod(shape):
        return y.reshape(shape)
    return y.argmax(axis=-1) if y.ndim == 3 and y.shape[:2] == shape else None


def _change_of_first_half(case: Case) -> float:
    """By how much the answers for the first half of each row change with what stands in the second half."""
    rows, half = case.x_sample[:16], case.x.shape[1] // 2
    others = rows.copy()
    others[:, half:] = np.roll(rows[:, half:], 1, axis=0)
    return float(np.abs(case.runner.forward(others)[0] - case.runner.forward(rows)[0])[:, :half].max())


@rule("warning", "evaluation")
def row_number_among_inputs(case: Case) -> Found | None:
    """A column of x numbers the rows, and the labels come in blocks along it: the number gives the label away.

    A column numbers the rows if its sorted values are evenly spaced and all different, 50 rows or more, and there are
    at least two columns beside it (else the number may be the input). Labels come in blocks if, sorted by the column,
    they change at most three times as often as there are classes.
    """
    if case.x.ndim != 2 or case.x.shape[1] < 3 or case.class_numbers is None or len(case.x) < 50:
        return None
    classes = len(case.class_counts) if case.class_counts is not None else 0
    if classes < 2 or classes * 6 > len(case.x):
        return None
    for column in range(min(case.x.shape[1], 200)):
        values = case.x[:, column].astype("float64")
        if not _evenly_spaced(values):
            continue
        order = np.argsort(values, kind="stable")
        changes = int(np.count_nonzero(np.diff(case.class_numbers[order])))
        if changes > 3 * classes:
            continue
        return Found(
            "warning",
            f"In x, {case.feature_name(column)} numbers the rows, and along it the labels change only {changes} times: "
            "it gives the label away.",
            f"Drop {case.feature_name(column)} from x.",
            changes,
            "changes of the label",
        )
    return None


def _evenly_spaced(values: Array) -> bool:
    """Whether the sorted values go up in equal steps."""
    low, high = values.min(), values.max()
    if not high > low:
        return False
    places = (values - low) / (high - low) * (len(values) - 1)
    few = places[:100]
    if np.abs(few - np.round(few)).max() > 0.05:
        return False  # most columns: no need to sort them
    return bool(np.diff(np.sort(places)).min() > 0.5)


@rule("warning", "evaluation")
def sorted_labels(case: Case) -> Found | None:
    """The labels of 50 samples or more come in order, class after class.

    `validation_split` takes the last rows before anything is shuffled, and so leaves out whole classes: a warning
    where a history shows that validation took place and no validation data was given. With shuffle=False a model learns
    each class and forgets it for the next: a warning where the last accuracy of the history, measured along the way,
    is 0.08 above what the model has afterwards (measured: 0.98 against 0.82); shuffled, it is below. Else a note.
    """
    classes = case.class_numbers
    if classes is None or case.class_counts is None or len(case.y) < 50 or len(case.class_counts) < 2:
        return None
    if np.any(classes[1:] < classes[:-1]) and np.any(classes[1:] > classes[:-1]):
        return None
    split = "val_loss" in case.curves and case.x_val is None
    forgotten = _forgets(case)
    return Found(
        "warning" if split or forgotten else "note",
        "The samples are sorted by class, and without shuffling training forgets each class for the next."
        if forgotten and not split
        else "The samples are sorted by class, and validation_split takes the last rows: classes never trained.",
        "Shuffle x and y together before fit"
        + (
            " (and leave shuffle=True)."
            if forgotten and not split
            else ", or split with train_test_split(..., stratify=y)."
        ),
        len(case.class_counts),
        "classes in order",
    )


def _forgets(case: Case) -> bool:
    """Whether the accuracy that a history reports was lost by the end of the epoch."""
    wanted = case.classes_of(case.y_sample)
    reported = [
        float(curve[-1]) for name, curve in case.curves.items() if "acc" in name and "val" not in name and len(curve)
    ]
    if not reported or wanted is None or case.outputs.ndim != 2 or case.sample_loss is None:
        return False
    return max(reported) > float(np.mean(case.predicted_classes(case.outputs) == wanted)) + 0.08


@rule("warning", "evaluation")
def no_better_than_last_value(case: Case) -> Found | None:
    """A forecast of a series whose steps cannot be foretold: repeating the last value is as good as it gets.

    Such a forecast lies beside the curve in a plot, one step late, and looks excellent. Fires where the last value
    explains 80 % of the variance of the target, and a linear model on the window explains less than 5 % of what is
    left (fitted on one half of the rows, judged on the other). A random walk does that; a sine, a trend, a season do
    not.
    """
    if case.x.ndim != 3 or case.y.size != len(case.y) or case.loss.name not in DISTANCE or len(case.x) < 100:
        return None
    if case.x.shape[1] < 3 or case.x[0].size > 512:
        return None
    rows = spread(len(case.x), 4000)
    windows, y = case.x[rows].astype("float64"), case.y[rows].reshape(-1).astype("float64")
    misses = ((windows[:, -1, :] - y[:, None]) ** 2).mean(axis=0)
    feature, variance = int(misses.argmin()), float(y.var())
    if not variance or not 1e-6 * variance < misses[feature] < 0.2 * variance:
        return None
    step = y - windows[:, -1, feature]
    flat = np.c_[windows.reshape(len(windows), -1), np.ones(len(windows))]
    fit, judge = slice(0, len(flat) // 2), slice(len(flat) // 2, None)
    answer = np.linalg.lstsq(flat[fit], step[fit], rcond=None)[0]
    explained = 1 - ((step[judge] - flat[judge] @ answer) ** 2).mean() / ((step[judge] - step[fit].mean()) ** 2).mean()
    if explained >= PREDICTABLE:
        return None
    return Found(
        "warning",
        f"Repeating the last value explains {1 - misses[feature] / variance:.1%} of the variance of y, and the "
        "window explains "
        f"{max(explained, 0):.0%} of the step to it: the series is like a random walk.",
        "Predict the difference to the last value, y - x[:, -1], and compare with always answering 0.",
        misses[feature],
        "as mean squared error of the last value",
    )
