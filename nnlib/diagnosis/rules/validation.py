# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Whether the validation data is the same problem as the training data."""

import numpy as np

from ..case import SAMPLE_ROWS, Case, labels_of, spread
from ..registry import Found, rule
from ..running import Array

SHARED_ROWS = 0.05
GAP = 0.1
RISEN = 1.5
FEW_COLUMNS = 20


@rule("warning", "evaluation")
def shared_rows(case: Case) -> Found | None:
    """More than 5 % of the validation rows also stand in the training data, with the same targets.

    Real sets hold a few twins by chance (CIFAR-10 about one in a hundred at most); a split gone wrong shares many.
    Only a note where rows must meet again: less than a third of the training rows are different ones, or rows of few
    whole numbers have as many twins among themselves. The same inputs with another target are another sample: a reader
    rates a book twice.
    """
    if case.x_val is None or case.x_val.shape[1:] != case.x.shape[1:]:
        return None
    parts = [(case.x, case.x_val)]
    if case.y_val is not None and case.y_val.shape[1:] == case.y.shape[1:]:
        parts.append((case.y, case.y_val))
    share, distinct = _shared(parts)
    if share <= SHARED_ROWS:
        return None
    few_kinds = case.x[0].size <= FEW_COLUMNS and bool((case.x_sample == np.floor(case.x_sample)).all())
    return Found(
        "note" if distinct < 0.3 or (few_kinds and distinct < 1 - share / 2) else "warning",
        f"{share:.0%} of the validation rows also stand in the training data, so the validation score is too good.",
        "Split once, before oversampling or augmenting, and remove duplicates first.",
        share,
        "of the validation rows",
    )


def _shared(parts: list[tuple[Array, Array]]) -> tuple[float, float]:
    """Return the share of (up to 2,000) validation rows that stand in the training data, and of different ones there.

    A row may have several parts, inputs and targets; it is the same where all of them are.
    """
    few = spread(len(parts[0][1]), 2000)
    parts = [(part.reshape(len(part), -1), held.reshape(len(held), -1)[few]) for part, held in parts]
    keys, keys_val = np.zeros(len(parts[0][0]), "uint64"), np.zeros(len(few), "uint64")
    for part, held in parts:
        columns = np.argsort(-part[spread(len(part), SAMPLE_ROWS)].astype("float64").std(axis=0), kind="stable")[:32]
        _add_to_keys(keys, part, columns)
        _add_to_keys(keys_val, held, columns)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    at = order[np.minimum(np.searchsorted(keys, keys_val), len(keys) - 1)]
    twins = [  # row by row: pictures by the thousand are not copied at once
        all(np.array_equal(part[one], held[row].astype(part.dtype)) for part, held in parts)
        for row, one in enumerate(at)
    ]
    return float(np.mean(twins)), (1 + np.count_nonzero(keys[1:] != keys[:-1])) / len(keys)


def _add_to_keys(keys: Array, rows: Array, columns: Array) -> None:
    """Mix these columns into the number of each row; it stays equal for rows that are equal."""
    for column in columns:  # one by one and in place: a million rows are not copied as a whole
        keys *= np.uint64(0x9E3779B97F4A7C15)
        keys += rows[:, column].astype("float32").view("uint32")


@rule("warning", "evaluation")
def validation_standardised_alone(case: Case) -> Found | None:
    """The validation columns were standardised by their own means: the scaler was fitted twice.

    Rows that the training scaler has standardised have means of about 1/√n. Fires for tables where every column that
    varies has mean 0 and standard deviation 1 (to 0.0001) in both parts: by chance once in a million for two columns
    of 250 rows.
    """
    if case.x_val is None or case.x.ndim != 2 or case.x_val.shape[1:] != case.x.shape[1:] or len(case.x_val) < 30:
        return None
    for rows in (case.x_val, case.x):  # the smaller one first
        means, deviations = rows.mean(axis=0, dtype="float64"), rows.std(axis=0, dtype="float64")
        varies = deviations > 0
        if varies.sum() < 2 or np.abs(means).max() > 1e-4 or np.abs(deviations[varies] - 1).max() > 1e-4:
            return None
    return Found(
        "warning",
        "Every column of the validation inputs has mean 0 and standard deviation 1 of its own: they were standardised "
        "apart from the training inputs.",
        "Fit the scaler on the training inputs only, and call transform, not fit_transform, on the validation inputs.",
        float(np.abs(means).max()),
        "as the largest mean of a column",
    )


@rule("error", "evaluation")
def validation_scaled_differently(case: Case) -> Found | None:
    """The validation inputs went through another scaling than the training inputs.

    Fires where their size (root mean square) is ten times as large or as small, or where one straight line maps the
    deciles of the training inputs to those of the validation inputs (within 5 % of their range) with a slope outside
    0.67 to 1.5, or with an offset of a quarter of the range, and most columns agree on it. Two samples of the same
    data differ by a few per cent; columns of a table that drift do not drift by one line.
    """
    if case.x_val is None or case.x_val.shape[1:] != case.x.shape[1:]:
        return None
    train = case.x[spread(len(case.x), SAMPLE_ROWS)].reshape(-1, case.x[0].size).astype("float64")
    held = case.x_val[spread(len(case.x_val), SAMPLE_ROWS)].reshape(-1, case.x[0].size).astype("float64")
    if len(train) < 10 or len(held) < 10:
        return None
    ratio = float(np.sqrt((held**2).mean() / max((train**2).mean(), 1e-30)))
    slope, offset = _line(train, held)
    series, beyond = case.x.ndim == 3, validation_targets_beyond(case) is not None
    if (series and beyond) or (0.67 <= slope <= 1.5 and (series or beyond)):
        slope, offset = 1.0, 0.0  # a series that rises (its last part spans less): see validation_targets_beyond
    if 0.1 <= ratio <= 10 and slope == 1 and offset == 0:
        return None
    what = f"{ratio:.3g} times as large as the training inputs"
    if 0.1 <= ratio <= 10:
        what = f"those of training times {slope:.2g}{f' {offset:+.2g}' if abs(offset) > 1e-3 else ''}"
    return Found(
        "error",
        f"The validation inputs are {what}: they were scaled in another way.",
        "Apply the same scaling to both: fit the scaler on the training rows, then transform all.",
        ratio,
        "times the training inputs",
    )


def _line(train: Array, held: Array) -> tuple[float, float]:
    """Return slope and offset of the line from training to validation inputs; 1 and 0 where there is none."""
    at = np.linspace(0, 1, 11)
    before, after = np.quantile(train, at), np.quantile(held, at)
    span = before[-1] - before[0]
    if not span or train.shape[1] < 2 or not np.ptp(after):
        return 1.0, 0.0
    slope, offset = np.polyfit(before, after, 1)
    if np.abs(slope * before + offset - after).max() > 0.05 * np.ptp(after):
        return 1.0, 0.0
    moved = slope < 0.67 or slope > 1.5 or abs(slope * before.mean() + offset - before.mean()) > 0.25 * span
    spreads, means, means_after = train.std(axis=0), train.mean(axis=0), held.mean(axis=0)
    varies = spreads > 0.01 * span
    agree = np.abs(slope * means + offset - means_after)[varies] < 0.5 * np.maximum(slope, 0.1) * spreads[varies]
    return (float(slope), float(offset)) if moved and agree.size and agree.mean() > 0.8 else (1.0, 0.0)


@rule("error", "evaluation")
def validation_columns_moved(case: Case) -> Found | None:
    """The columns of x_val are those of x in another order.

    Measured on tables of four columns or more, from 50 rows on each side: in three columns of ten the mean lies more
    than half a standard deviation off, yet the sorted means of all columns agree to a fifth. Columns that are
    standardised all have the mean 0, and tell nothing.
    """
    if case.x_val is None or case.x.ndim != 2 or case.x_val.shape[1:] != case.x.shape[1:]:
        return None
    if case.x.shape[1] < 4 or min(len(case.x), len(case.x_val)) < 50:
        return None
    train = case.x[spread(len(case.x), SAMPLE_ROWS)].astype("float64")
    held = case.x_val[spread(len(case.x_val), SAMPLE_ROWS)].astype("float64")
    means, means_after, size = train.mean(axis=0), held.mean(axis=0), float(train.std(axis=0).mean())
    if not size > 0:
        return None
    moved = float((np.abs(means_after - means) > 0.5 * size).mean())
    sorted_off = float(np.abs(np.sort(means_after) - np.sort(means)).max())
    if moved < 0.3 or sorted_off > 0.2 * size:
        return None
    return Found(
        "error",
        f"The columns of x_val are in another order than those of x: {moved:.0%} of them have another mean, and sorted "
        "the means agree.",
        "Take the columns of both from one list: x_val = table_val[columns], x = table[columns].",
        moved,
        "of the columns",
    )


@rule("error", "evaluation")
def validation_labels_differ(case: Case) -> Found | None:
    """The validation targets are coded in another way than the training targets, or belong to other rows.

    Fires where one side is one-hot and the other not; where there are as many classes as in training, but other ones;
    where targets of a regression are ten times larger or smaller; and where a trained model that is right on the
    training rows (0.7 of them) is right on less than half of the validation rows, but on 0.8 of them once each
    answer is renamed, or on 0.7 once y_val is moved by up to three rows.
    """
    if case.y_val is None:
        return None
    train, held = case.labels, labels_of(case.y_val)
    if train.columns != held.columns:
        one, other = (f"{count} column{'s' if count > 1 else ''}" for count in (held.columns, train.columns))
        return _differ(f"y_val has {one} and y has {other}", held.columns, "columns")
    if not case.is_classification:
        sizes = [float(np.sqrt((y.astype("float64") ** 2).mean())) for y in (case.y, case.y_val)]
        ratio = sizes[1] / sizes[0] if sizes[0] else 1.0
        if 0.1 <= ratio <= 10:
            return None
        return _differ(
            f"The targets in y_val are {ratio:.3g} times as large as those in y", ratio, "times the training targets"
        )
    classes, held_classes = case.class_numbers, case.classes_of(case.y_val)
    if classes is None or held_classes is None:
        return None
    seen, asked = set(np.unique(classes).tolist()), set(np.unique(held_classes).tolist())
    if _coded_otherwise(asked, seen):
        text = f"y_val holds {_listed(asked)}, and y holds {_listed(seen)}"
        return _differ(text, len(asked - seen), "unknown classes")
    return None if asked - seen else _misplaced(case, held_classes)  # see classes_missing


def _coded_otherwise(asked: set[float], seen: set[float]) -> bool:
    """Whether there are as many classes as in training, but other ones: counted from 1, or -1 and 1 for 0 and 1."""
    return len(asked) == len(seen) > 1 and asked != seen


def _differ(problem: str, evidence: float, unit: str) -> Found:
    return Found(
        "error",
        f"{problem}: the validation score compares answers with other labels.",
        "Make y_val in the same way and in the same order as y, from the same table and with the same coding.",
        evidence,
        unit,
    )


def _listed(classes: set[float]) -> str:
    ordered = [f"{one:g}" for one in sorted(classes)]
    return ", ".join(ordered) if len(ordered) < 6 else f"{ordered[0]} to {ordered[-1]}"


def _misplaced(case: Case, held: Array) -> Found | None:
    if (
        case.outputs.ndim != 2
        or case.val_outputs is None
        or case.sample_loss is None
        or (case.units < 2 and case.x_val is None)
    ):
        return None
    wanted = case.classes_of(case.y_sample)
    if wanted is None or np.mean(case.predicted_classes(case.outputs) == wanted) < 0.7:
        return None
    answers, labels = case.predicted_classes(case.val_outputs), held[case.val_rows].astype(int)
    right = float(np.mean(answers == labels))
    if right >= 0.5 or len(labels) < 30:
        return None
    renamed = sum(np.unique(labels[answers == one], return_counts=True)[1].max() for one in np.unique(answers)) / len(
        labels
    )
    unit = "of the validation rows are right"
    if renamed >= 0.8 and len(np.unique(answers)) > 1:
        text = f"y_val names the classes differently: {renamed:.0%} are right once renamed, {right:.0%} as they are"
        return _differ(text, right, unit)
    for rows in (-3, -2, -1, 1, 2, 3):
        moved = float(np.mean(answers == np.roll(held, rows)[case.val_rows].astype(int)))
        if moved >= 0.7 and moved > right + 0.3:
            text = f"y_val is shifted by {-rows} rows: moved back, {moved:.0%} are right, not {right:.0%}"
            return _differ(text, right, unit)
    return None


@rule("warning", "evaluation")
def validation_targets_beyond(case: Case) -> Found | None:
    """In a regression a quarter of the validation targets or more lie outside the range of the training targets.

    A network does not extrapolate. It happens where rows are ordered, by time or by size, and cut. Outside means by
    more than a tenth of the range; from 20 rows on each side.
    """
    if case.y_val is None or case.is_classification or min(len(case.y), len(case.y_val)) < 20:
        return None
    low, high, span = case.labels.low, case.labels.high, case.labels.high - case.labels.low
    sizes = [float(np.sqrt((y.astype("float64") ** 2).mean())) for y in (case.y, case.y_val)]
    if not 0.1 * sizes[0] <= sizes[1] <= 10 * sizes[0]:
        return None  # another unit: see validation_labels_differ
    outside = float(((case.y_val < low - 0.1 * span) | (case.y_val > high + 0.1 * span)).mean())
    if outside < 0.25 or not span or labels_of(case.y_val).columns != case.labels.columns:
        return None
    return Found(
        "warning",
        f"{outside:.0%} of the validation targets lie outside the range of the training targets, {low:.4g} to "
        f"{high:.4g}.",
        "Shuffle before you split; for a series, predict the change from the last value, which stays in its range.",
        outside,
        "of the validation targets",
    )


@rule("error", "evaluation")
def classes_missing(case: Case) -> Found | None:
    """The validation data holds classes that the training data does not: nobody can answer what was never shown.

    Fires where 2 % of the validation rows or more are of such a class. A warning where 60 % of 30 rows or more are of
    one class that is less than a tenth of the training rows, as when rows sorted by class were cut in two.
    """
    if case.y_val is None or case.class_numbers is None or (held := case.classes_of(case.y_val)) is None:
        return None
    seen, asked = np.unique(case.class_numbers), np.unique(held)
    unknown = asked[~np.isin(asked, seen)]
    share = float(np.isin(held, unknown).mean())
    if _coded_otherwise(set(asked.tolist()), set(seen.tolist())):
        return None  # see validation_labels_differ
    if share < 0.02:
        return _mostly_one_rare_class(case.class_numbers, held)
    return Found(
        "error",
        f"{share:.0%} of the validation rows are of classes that training never saw: {_listed(set(unknown.tolist()))}.",
        "Shuffle before you split, or split with train_test_split(..., stratify=y).",
        share,
        "of the validation rows",
    )


def _mostly_one_rare_class(classes: Array, held: Array) -> Found | None:
    found, counts = np.unique(held, return_counts=True)
    common = found[counts.argmax()]
    share, before = float((held == common).mean()), float((classes == common).mean())
    if len(held) < 30 or share < 0.6 or before >= 0.1:
        return None
    return Found(
        "warning",
        f"{share:.0%} of the validation rows are of class {common:g}, and only {before:.0%} of the training rows.",
        "Shuffle before you split, or split with train_test_split(..., stratify=y).",
        share,
        "of the validation rows",
    )


@rule("warning", "validation symptom")
def overfitting(case: Case) -> Found | None:
    """Training leaves validation behind: accuracy 0.1 above it, or the validation loss 1.5 times its own minimum.

    The gap is measured on both data sets where validation data is given (less two standard errors of the sample), else
    averaged over the last three epochs of the history. Sound networks of the lessons stay below 0.08.
    The second rule also needs a training loss that kept falling since the minimum. A model that was not trained, or
    has not beaten a constant answer, cannot overfit.
    """
    gap, rise = _accuracy_gap(case), _rise(case)
    trained = case.steps_taken or case.curves
    if not trained:
        return None
    if gap is not None and gap >= GAP:
        problem = (
            f"Accuracy is at least {gap:.2f} higher on the training data than on the validation data: overfitting."
        )
        evidence, unit = gap, "of accuracy"
    elif rise is not None and rise >= RISEN:
        problem = f"The validation loss rose to {rise:.1f} times its minimum while the training loss fell: overfitting."
        evidence, unit = rise, "times the lowest validation loss"
    else:
        return None
    remedy = "Get more data, stop early (EarlyStopping), add dropout or an L2 penalty, or take a smaller model."
    return Found("warning", problem, remedy, evidence, unit)


def _accuracy_gap(case: Case) -> float | None:
    """Return training accuracy minus validation accuracy."""
    if case.y_val is not None and case.class_numbers is not None and case.sample_loss is not None:
        train, held = case.classes_of(case.y_sample), case.classes_of(case.y_val)
        if train is None or held is None or case.val_outputs is None or case.outputs.ndim != 2:
            return None
        shares, variance = [], 0.0
        for outputs, wanted in ((case.outputs, train), (case.val_outputs, held[case.val_rows])):
            share = float(np.mean(case.predicted_classes(outputs) == wanted))
            shares.append(share)
            variance += share * (1 - share) / len(wanted)
        return shares[0] - shares[1] - 2 * float(np.sqrt(variance))
    for name, curve in case.curves.items():
        if "acc" in name and f"val_{name}" in case.curves and len(curve):
            return float(np.mean(curve[-3:]) - np.mean(case.curves[f"val_{name}"][-3:]))
    return None


def _rise(case: Case) -> float | None:
    """Return the last validation loss as a multiple of the lowest, if the training loss fell in between.

    None where the loss is so small against a constant answer's that it only trembles.
    """
    loss, held = case.curves.get("loss"), case.curves.get("val_loss")
    if loss is None or held is None or len(loss) != len(held) or not len(loss):
        return None
    if not (np.isfinite(loss).all() and np.isfinite(held).all()):
        return None
    best = int(held.argmin())
    last = float(np.median(held[-3:]))
    if case.chance_loss and last < 0.05 * case.chance_loss:
        return None
    return last / float(held[best]) if loss[-1] < loss[best] and held[best] > 0 else None
