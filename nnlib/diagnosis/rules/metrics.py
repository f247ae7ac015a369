# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Whether the score counts what people think it counts."""

from typing import Any

import keras
import numpy as np

from ..case import BINARY, DISTANCE, SPARSE, Case
from ..registry import Found, rule
from ..running import Array

MAJORITY = 0.8
MAJORITY_OF_LABELS = 0.95


def _kind(metric: Any) -> str:
    """Name of a metric's kind in snake case without underscores, whatever name the user gave it: "binaryaccuracy"."""
    name = metric if isinstance(metric, str) else getattr(metric, "__name__", type(metric).__name__)
    return {"acc": "accuracy"}.get(name, name).replace("_", "").lower()


def _exact(metric: Any) -> bool:
    """Whether it is the metric `Accuracy`, which counts equal numbers (the text "accuracy" means another)."""
    return isinstance(metric, keras.metrics.Accuracy) or metric == "Accuracy"


def _watches_accuracy(case: Case) -> bool:
    return any("accuracy" in _kind(metric) for metric in case.metrics)


@rule("warning", "evaluation")
def accuracy_for_regression(case: Case) -> Found | None:
    """Accuracy is watched although amounts are predicted (more than two different targets).

    For one output Keras then counts how often the prediction equals the target, which it practically never does; for
    several, how often the largest stands in the same place.
    """
    if case.is_classification or case.loss.name not in DISTANCE or not _watches_accuracy(case) or case.labels.several:
        return None
    if case.labels.columns != case.outputs[0].size:
        return None
    values = len(np.unique(case.y_sample))
    if values <= 2:
        return None
    return Found(
        "warning",
        "Accuracy counts exact hits, and a regression practically never hits the exact number."
        if case.units == 1
        else f"Accuracy asks which of the {case.units} outputs is the largest, not how near they are to the targets.",
        'Watch metrics=["mae"], the mean absolute error, instead.' + _perhaps_classes(case, values),
        values,
        "different targets",
    )


def _perhaps_classes(case: Case, values: int) -> str:
    """Where one output has the targets 0, 1, 2 …, they may be names of classes."""
    labels = case.labels
    if case.units != 1 or not labels.whole or labels.low != 0 or labels.high != values - 1 or values > 20:
        return ""
    return (
        f" If 0 to {values - 1} are classes: Dense({values}, activation='softmax') and "
        'loss="sparse_categorical_crossentropy".'
    )


@rule("warning", "evaluation")
def accuracy_counts_exact_hits(case: Case) -> Found | None:
    """keras.metrics.Accuracy on probabilities: it counts outputs that equal the label exactly, so it stays near 0.

    The text "accuracy" is another metric. Fires where less than a tenth of the outputs looked at are whole numbers.
    """
    if not case.is_classification or not any(_exact(metric) for metric in case.metrics):
        return None
    whole = float((case.outputs == np.round(case.outputs)).mean())
    if whole >= 0.1:
        return None
    right = {1: "BinaryAccuracy"}.get(
        case.units, "SparseCategoricalAccuracy" if case.loss.name in SPARSE else "CategoricalAccuracy"
    )
    return Found(
        "warning",
        f"The metric Accuracy counts outputs that equal the label exactly, and {whole:.0%} of the outputs are "
        "whole numbers.",
        f'Use metrics=["accuracy"] (the text), or keras.metrics.{right}().',
        whole,
        "of the outputs",
    )


@rule("warning", "evaluation")
def metric_of_whole_numbers(case: Case) -> Found | None:
    """A metric that tells right from wrong among whole numbers only, watched on probabilities.

    keras.metrics.MeanIoU cuts each output off to a whole number, so that 0.98 counts as 0. Measured: the metric differs
    between the right answers written as 0 and 1 and the wrong ones, and does not where these are 0.02 and 0.98. Fires
    where less than a tenth of the outputs looked at are whole numbers; for the metric Accuracy see
    accuracy_counts_exact_hits.
    """
    if case.loss.from_logits or not case.reach.probabilities or (right := _answers(case)) is None:
        return None
    whole = float((case.outputs == np.round(case.outputs)).mean())
    if whole >= 0.1:
        return None
    wrong = 1 - right if case.units == 1 else np.roll(right, 1, axis=-1)
    y = case.y_sample[: len(right)]
    for metric in case.metrics:
        if isinstance(metric, str) or _exact(metric):
            continue
        hard, soft = ([_score(metric, y, low + (1 - 2 * low) * one) for one in (right, wrong)] for low in (0.0, 0.02))
        if not np.isfinite([*hard, *soft]).all() or np.isclose(hard[0], hard[1]) or not np.isclose(soft[0], soft[1]):
            continue
        return Found(
            "warning",
            f"The metric {_name(metric)} counts whole class numbers only: right answers of 0.98 score {soft[0]:.2g}, "
            f"and so do wrong ones; {whole:.0%} of the outputs are whole numbers.",
            f"Use keras.metrics.BinaryIoU(target_class_ids={list(metric.target_class_ids)})."
            if case.units == 1 and isinstance(metric, keras.metrics.IoU)
            else f"Use keras.metrics.OneHotMeanIoU(num_classes={case.units})."
            if isinstance(metric, keras.metrics.IoU)
            else "Give the metric threshold=0.5."
            if case.units == 1 and getattr(metric, "threshold", 0.5) is None
            else f"Round the outputs inside the metric{'' if case.units == 1 else ', or take their argmax'}.",
            whole,
            "of the outputs",
        )
    return None


@rule("warning", "evaluation")
def metric_always_the_same(case: Case) -> Found | None:
    """A metric of Keras that gives the same number whatever the answers.

    The five best of five classes always hold the right one in them.
    Measured: right answers, wrong answers and three draws of random probabilities all score the same. A metric of
    one's own may count something else: batches, or the learning rate. For a metric that only looks at whole numbers see
    metric_of_whole_numbers.
    """
    right = _answers(case)
    if (
        right is None
        or not case.reach.probabilities
        or len(right) < 8
        or len(np.unique(case.y_sample[: len(right)])) < 2
    ):
        return None
    y = case.y_sample[: len(right)]
    rng = np.random.default_rng(0)
    drawn = [rng.uniform(size=right.shape) for _ in range(3)]
    if case.units > 1:
        drawn = [one / one.sum(axis=-1, keepdims=True) for one in drawn]
    wrong = 1 - right if case.units == 1 else np.roll(right, 1, axis=-1)
    for metric in case.metrics:
        own = not type(metric).__module__.startswith("keras.") or type(metric) is keras.metrics.MeanMetricWrapper
        if own or _exact(metric):
            continue
        scores = [_score(metric, y, one.astype("float32")) for one in (right, wrong, *drawn)]
        if not np.isfinite(scores).all() or np.ptp(scores) > 1e-6:
            continue
        return Found(
            "warning",
            f"The metric {_name(metric)} gives {scores[0]:.3g} whatever the answers: right and wrong ones score the "
            "same.",
            f"Use metrics=['accuracy'], or, for the k best of {case.units} classes, a smaller k.",
            scores[0],
            "for every answer",
        )
    return None


def _name(metric: Any) -> str:
    return str(getattr(metric, "__name__", type(metric).__name__))


def _answers(case: Case, at_most: int = 32) -> Array | None:
    """Return right answers as zeros and ones in the shape of the outputs; None where y does not give them."""
    y, shape = case.y_sample[:at_most], case.outputs[:at_most].shape
    if not case.labels.whole or case.labels.low < 0:
        return None
    if y.size == np.prod(shape) and case.labels.high <= 1:
        return y.reshape(shape).astype("float32")
    if y.size == np.prod(shape[:-1]) and case.units > 1 and case.labels.high < case.units:
        return (y.reshape(*shape[:-1], 1) == np.arange(case.units)).astype("float32")
    return None


def _score(metric: Any, y: Array, outputs: Array) -> float:
    """Return what the metric makes of these answers alone, NaN where it fails; its own state stays as it is."""
    try:
        if not isinstance(metric, keras.metrics.Metric):
            return float(np.mean(keras.ops.convert_to_numpy(metric(y.reshape(_rank(y, outputs)), outputs))))
        state = metric.stateless_update_state(metric.stateless_reset_state(), y, outputs)
        return float(np.mean(keras.ops.convert_to_numpy(metric.stateless_result(state))))
    except Exception:  # a metric of one's own may want other shapes: then nothing is known
        return float("nan")


def _rank(y: Array, outputs: Array) -> tuple[int, ...]:
    return outputs.shape if y.size == outputs.size else y.shape


@rule("warning", "evaluation")
def accuracy_threshold(case: Case) -> Found | None:
    """The loss takes logits, where 0 divides the classes, and the metric divides at 0.5.

    "accuracy", BinaryAccuracy, Precision and Recall do so unless told otherwise. Answers between 0 and 0.5 are
    counted as the wrong class. No threshold of ours.
    """
    if not case.loss.from_logits or case.loss.name not in BINARY or case.reach.probabilities:
        return None
    cutting = [metric for metric in case.metrics if _cuts_at_half(metric, case.units)]
    if not cutting:
        return None
    share = float(((case.outputs > 0) & (case.outputs <= 0.5)).mean())
    return Found(
        "warning",
        f"The outputs are logits, which 0 divides, but the metric {_kind(cutting[0])!r} divides at 0.5: "
        f"{share:.0%} of the answers are counted as the other class.",
        'Use metrics=[keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy")].',
        share,
        "of the outputs",
    )


def _cuts_at_half(metric: Any, units: int) -> bool:
    if isinstance(metric, str):
        return _kind(metric) in ("binaryaccuracy", "precision", "recall") or (
            _kind(metric) == "accuracy" and units == 1
        )
    if isinstance(metric, keras.metrics.Precision | keras.metrics.Recall):
        return metric.init_thresholds is None and metric.top_k is None
    return isinstance(metric, keras.metrics.BinaryAccuracy) and getattr(metric, "threshold", 0.5) == 0.5


@rule("warning", "evaluation")
def wrong_metric(case: Case) -> Found | None:
    """An accuracy for another coding of the labels than the one in y.

    CategoricalAccuracy compares the places of the largest numbers: of class numbers, or of one unit, that is always
    place 0. SparseCategoricalAccuracy wants class numbers. BinaryAccuracy on classes counts every "no" that is right:
    0.9 for ten classes when the model knows nothing.
    """
    if case.outputs.ndim != 2 or not case.is_classification:
        return None
    exclusive = case.reach.softmax and case.units > 2
    right = "accuracy"
    for metric in case.metrics:
        kind = _kind(metric)
        if kind == "categoricalaccuracy" and (case.labels.columns == 1 or case.units == 1):
            problem = "compares the places of the largest numbers, but y has one column"
        elif kind == "sparsecategoricalaccuracy" and (case.labels.columns > 1 or case.units == 1):
            problem = "wants one class number per sample and one output per class"
        elif kind == "binaryaccuracy" and exclusive and case.labels.one_hot:
            problem = f"counts {case.units} yes/no answers per sample, of which most are an easy no"
        else:
            continue
        return Found(
            "warning",
            f"The metric {kind!r} {problem}: it does not count right answers.",
            f'Use metrics=["{right}"], for which Keras chooses by the shapes of y and the outputs.',
            case.units,
            "output units",
        )
    return None


@rule("warning", "evaluation")
def imbalanced_classes(case: Case) -> Found | None:
    """One class holds 80 % of the samples or more, and accuracy is all that is watched.

    Then always answering that class scores 0.8, which looks like learning. 0.8 lets three to one pass
    (the truth table of AND), where a baseline of 0.75 is easy to see through. With several labels a sample, where the
    commoner answers alone give 0.95. A note where anything else than accuracy is watched too, and where the model is
    right more often than that (by two standard errors).
    """
    if not _watches_accuracy(case) or (share := _majority(case)) is None:
        return None
    others = [metric for metric in case.metrics if "accuracy" not in _kind(metric)]
    beaten = _beats(case, share) and case.labels.columns == 1
    return Found(
        "note" if others or beaten else "warning",
        f"One class holds {share:.0%} of the samples, so always answering it already has accuracy {share:.2f}."
        if case.labels.columns == 1 or case.labels.one_hot
        else f"{share:.1%} of the labels are the commoner one of their column: answering it has accuracy {share:.3f}.",
        "Compare with that baseline, watch keras.metrics.Recall(), and try class_weight in fit."
        if case.labels.columns == 1 or case.labels.one_hot
        else "Compare with that baseline and watch keras.metrics.Recall() or AUC(multi_label=True).",
        share,
        "as accuracy of a constant answer",
    )


def _majority(case: Case) -> float | None:
    """Return the accuracy of the best constant answer where it is high enough to mislead; else None."""
    if case.class_counts is not None:
        share = float(case.class_counts.max() / case.class_counts.sum())
        return share if len(case.class_counts) > 1 and share >= MAJORITY else None
    if case.loss.name in BINARY and case.labels.several:
        rates = case.y.reshape(len(case.y), -1).mean(axis=0 if case.outputs.ndim == 2 else None)
        share = float(np.maximum(rates, 1 - rates).mean())
        return share if share >= MAJORITY_OF_LABELS else None
    return None


def _beats(case: Case, share: float) -> bool:
    classes = case.classes_of(case.y_sample)
    if classes is None or case.outputs.ndim != 2:
        return False
    accuracy = float(np.mean(case.predicted_classes(case.outputs) == classes))
    return accuracy > share + 2 * float(np.sqrt(share * (1 - share) / len(classes)))
