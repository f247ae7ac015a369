"""Rules on the data: values, scales, the balance of the classes, and what validation data share with training data."""

import numpy as np

from .case import DISTANCE, SAMPLE_ROWS, Case, spread
from .findings import Finding

LARGE_INPUT = 10.0
SMALL_INPUT = 0.05
LARGE_TARGET = 100.0
MAJORITY = 0.8
SHARED_ROWS = 0.05


def not_finite_data(case: Case) -> Finding | None:
    """NaN or infinity in x or y. One such value is enough: it spreads to the loss and from there to every weight."""
    for name, values in (("x", case.x), ("y", case.y)):
        if not np.isfinite(values.min()) or not np.isfinite(values.max()):
            count = int(values.size - np.isfinite(values).sum())
            return Finding(
                "not-finite-data",
                "error",
                f"{name} holds {count:,} values that are NaN or infinite, and one is enough to turn the loss into NaN.",
                "Fill in or drop these rows before training, for example with DataFrame.dropna().",
                count,
            )
    return None


def inputs_not_scaled(case: Case) -> Finding | None:
    """The first layer is fed a feature whose root mean square is above 10.

    Initial weights and common learning rates expect about 1. Ten is where it breaks: gradient descent on a squared
    error diverges once learning_rate · 2 · mean(x²) > 2, which for Keras's SGD default of 0.01 is at a root mean
    square of 10. What counts is what the first layer sees, after Rescaling or Normalization layers.
    """
    if case.first_input is None:
        return None
    fed = case.first_input.reshape(len(case.first_input), -1).astype("float64")
    sizes = np.sqrt((fed**2).mean(axis=0))
    worst = int(sizes.argmax())
    if sizes[worst] <= LARGE_INPUT:
        return None
    return Finding(
        "inputs-not-scaled",
        "error",
        f"The inputs are not scaled: {case.feature_name(worst)} has a root mean square of {sizes[worst]:,.0f}, "
        "and weights and learning rates are made for about 1.",
        _scaling_advice(case),
        float(sizes[worst]),
    )


def _scaling_advice(case: Case) -> str:
    if case.x.ndim > 2:
        return "Divide pixels by 255, or begin the model with keras.layers.Rescaling(1 / 255)."
    pixels = "" if case.columns else " (pixels: divide by 255)"
    return f"Standardise each column with StandardScaler, fitted on the training rows only{pixels}."


def inputs_too_small(case: Case) -> Finding | None:
    """No input is larger than 0.05 in size, as when pixels are divided by 255 twice (then at most 0.004).

    The gradient of the first layer is proportional to its inputs, so it learns at least 20 times too slowly.
    """
    fed = case.first_input
    if fed is None or not 0 < np.abs(fed).max() < SMALL_INPUT:
        return None
    largest = float(np.abs(fed).max())
    return Finding(
        "inputs-too-small",
        "warning",
        f"The inputs are at most {largest:.2g}, so the gradients of the first layer are tiny; scaled twice?",
        "Scale once: either divide the arrays, or use a Rescaling layer in the model.",
        largest,
    )


def targets_not_scaled(case: Case) -> Finding | None:
    """Regression targets with a root mean square above 100.

    A new network answers about 0 to 1. An optimizer such as Adam moves a weight by about its learning rate a step,
    so a bias needs target / learning_rate steps: 100,000 at 0.001. With SGD the gradient grows with the target
    and the training diverges instead.
    """
    if case.is_classification or case.loss_name not in DISTANCE:
        return None
    size = float(np.sqrt((case.y.astype("float64") ** 2).mean()))
    if size <= LARGE_TARGET or case.has_learned(0.5):
        return None
    return Finding(
        "targets-not-scaled",
        "warning",
        f"The targets have a root mean square of {size:,.0f}, while a new network answers about 1.",
        "Standardise y as well (and undo it after predict), or predict its logarithm.",
        size,
    )


def one_class(case: Case) -> Finding | None:
    """All samples belong to one class. Then the model only learns to say it."""
    counts = case.class_counts
    if counts is None or np.count_nonzero(counts) != 1:
        return None
    return Finding(
        "one-class",
        "error",
        f"All {len(case.y):,} samples have the same label, so there is nothing to tell apart.",
        "Look at how the labels were made and how the data was split; shuffle before you split.",
        1.0,
    )


def target_among_inputs(case: Case) -> Finding | None:
    """In a classification a column of x is the label itself, up to scale.

    Correlation above 0.9999 over 20 rows or more: measurements do not follow the label that closely, a label
    column that was left in the table does.
    """
    rows, y = case.x_sample, case.y_sample
    labels = y.argmax(axis=-1) if case.labels.one_hot else y.reshape(-1)
    if rows.ndim != 2 or rows.shape[1] < 2 or not len(labels) == len(rows) >= 20 or not case.is_classification:
        return None
    rows, labels = rows - rows.mean(axis=0, dtype="float64"), labels - labels.mean()
    sizes = np.linalg.norm(rows, axis=0) * np.linalg.norm(labels)
    likeness = np.abs(labels @ rows) / np.where(sizes > 0, sizes, np.inf)
    column = int(likeness.argmax())
    if likeness[column] <= 0.9999:
        return None
    return Finding(
        "target-among-inputs",
        "error",
        f"In x, {case.feature_name(column)} is the label itself (correlation {likeness[column]:.4f}): "
        "the model only has to copy it.",
        "Drop that column from x.",
        float(likeness[column]),
    )


def imbalanced_classes(case: Case) -> Finding | None:
    """One class holds 80 % of the samples or more, and accuracy is what is watched.

    Then always answering that class scores 0.8, which looks like learning. 0.8 lets three to one pass
    (the truth table of AND), where a baseline of 0.75 is easy to see through.
    """
    counts = case.class_counts
    if counts is None or np.count_nonzero(counts) < 2 or counts.max() / counts.sum() < MAJORITY:
        return None
    others = case.metric_names & {"precision", "recall", "auc", "f1_score", "AUC", "Precision", "Recall", "F1Score"}
    if not any("acc" in name for name in case.metric_names):
        return None
    share = float(counts.max() / counts.sum())
    return Finding(
        "imbalanced-classes",
        "note" if others else "warning",
        f"One class holds {share:.0%} of the samples, so always answering it already has accuracy {share:.2f}.",
        "Compare with that baseline, watch recall or the confusion matrix, and try class_weight in fit.",
        share,
    )


def sorted_labels(case: Case) -> Finding | None:
    """The labels of 50 samples or more come in order, class after class.

    `validation_split` takes the last rows before anything is shuffled, and so leaves out whole classes.
    A warning where a history shows that validation took place and no validation data was given, else a note.
    """
    if case.class_counts is None or len(case.y) < 50 or np.count_nonzero(case.class_counts) < 2:
        return None
    labels = case.y.argmax(axis=-1) if case.labels.one_hot else case.y.reshape(-1)
    if np.any(labels[1:] < labels[:-1]) and np.any(labels[1:] > labels[:-1]):
        return None
    split = "val_loss" in case.curves and case.x_val is None
    return Finding(
        "sorted-labels",
        "warning" if split else "note",
        "The samples are sorted by class, and validation_split takes the last rows: classes that training never sees.",
        "Shuffle x and y together before fit, or split with train_test_split(..., stratify=y).",
        float(np.count_nonzero(case.class_counts)),
    )


def shared_rows(case: Case) -> Finding | None:
    """More than 5 % of the validation rows also stand in the training data.

    Real sets hold a few twins by chance (CIFAR-10 about one in a hundred at most); a split gone wrong shares many.
    Only a note where the training rows repeat each other just as often: then the data may have few different rows.
    """
    if case.x_val is None:
        return None
    share, repeats = case.shared_share, case.repeated_share
    if share <= SHARED_ROWS:
        return None
    return Finding(
        "shared-rows",
        "note" if repeats >= share else "warning",
        f"{share:.0%} of the validation rows also stand in the training data, so the validation score is too good.",
        "Split once, before oversampling or augmenting, and remove duplicates first.",
        share,
    )


def validation_scaled_differently(case: Case) -> Finding | None:
    """The validation inputs are ten times larger or smaller (root mean square) than the training inputs.

    Two samples of the same data differ by a few per cent; a scaling that was applied to one of them only, by far more.
    """
    if case.x_val is None:
        return None
    rows = case.x_val[spread(len(case.x_val), SAMPLE_ROWS)].astype("float64")
    ratio = float(np.sqrt((rows**2).mean() / max((case.x_sample.astype("float64") ** 2).mean(), 1e-30)))
    if 0.1 <= ratio <= 10:
        return None
    return Finding(
        "validation-scaled-differently",
        "error",
        f"The validation inputs are {ratio:.3g} times as large as the training inputs.",
        "Apply the same scaling to both: fit the scaler on the training rows, then transform all.",
        ratio,
    )


def accuracy_for_regression(case: Case) -> Finding | None:
    """Accuracy is watched although one number is predicted (more than two different targets).

    Keras then counts how often the prediction equals the target, which it practically never does.
    """
    watched = [name for name in case.metric_names if "acc" in name]
    if case.is_classification or case.loss_name not in DISTANCE or case.units != 1 or not watched:
        return None
    values = len(np.unique(case.y_sample))
    if values <= 2:
        return None
    return Finding(
        "accuracy-for-regression",
        "warning",
        "Accuracy counts exact hits, and a regression practically never hits the exact number.",
        'Watch metrics=["mae"], the mean absolute error, instead.',
        float(values),
    )
