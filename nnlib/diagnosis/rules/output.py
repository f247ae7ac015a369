# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""What the output can give, against what the loss and the targets want; all by numbers, none by names."""

import keras
import numpy as np

from ..case import BINARY, CROSSENTROPY, DISTANCE, ONE_HOT, SPARSE, Case
from ..registry import Found, rule

# Losses that take a logarithm: of the output, of the output + 1, and what they want of the targets.
LOGARITHMIC = {"poisson": 0.0, "mean_squared_logarithmic_error": -1.0, "kl_divergence": 0.0}
HALF_REACH = 0.9


def _layer(case: Case) -> str:
    """Name the layer that gives the output."""
    call = case.output_call
    return f"layer {call.layer.name!r}" if call is not None else "the output"


@rule("error", "cause")
def softmax_axis(case: Case) -> Found | None:
    """The outputs add up to 1 along another axis than the last: over the samples of a batch, or over positions.

    Measured for the data and for huge weights of the last layer, to 0.01. Then a sample's answer depends on the
    others.
    """
    axis = case.reach.sum_axis
    if axis in (None, -1) or not case.reach.probabilities or case.units < 2 or len(case.outputs) < 3:
        return None
    if case.outputs.ndim > 2 and axis != 0 and case.loss.name not in SPARSE | ONE_HOT:
        return None  # attention over positions may be what is wanted
    over = "the samples of a batch" if axis == 0 else f"axis {axis}"
    return Found(
        "error",
        f"The outputs of {_layer(case)} add up to 1 over {over} instead of over the {case.units} classes.",
        "Take the softmax over the last axis: axis=-1, which is Keras's default.",
        float(np.mean(case.outputs.sum(axis=-1))),
        "as the mean sum of a sample's outputs",
    )


@rule("error", "cause")
def activation_twice(case: Case) -> Found | None:
    """Probabilities that cannot come near 0 or 1, as after two softmaxes, two sigmoids, or a sigmoid behind a ReLU.

    A second softmax over k classes gives at most e/(e + k − 1): 0.23 for ten. Fires where, with huge weights of either
    sign in the last layer, the outputs stay above 0.1 or below 0.9 and the loss is a cross-entropy.
    """
    reach = case.reach
    if case.loss.name not in CROSSENTROPY or case.loss.from_logits or not reach.probabilities or reach.always_one:
        return None
    if case.output_call is not None and len(case.output_call.fed) > 1:
        return None  # an average of several heads: huge weights do not bring all of them to one answer
    narrow = reach.high < HALF_REACH or (reach.sum_axis is None and reach.low > 1 - HALF_REACH)
    if not narrow or not case.runner.trainable or reach.sum_axis not in (None, -1):
        return None
    return Found(
        "error",
        f"The output of {_layer(case)} can only lie between {reach.low:.2f} and {reach.high:.2f}: "
        "an activation is applied to what another one has already squeezed.",
        "Keep one softmax or sigmoid, at the end, and no activation in the layer before it.",
        reach.high if reach.high < HALF_REACH else reach.low,
        "as the bound of a probability",
    )


@rule("warning", "cause")
def relu_before_softmax(case: Case) -> Found | None:
    """What goes into the last softmax is never negative, and exactly 0 for many classes: a ReLU stands before it.

    A class can then not be made less likely than another at 0, and its unit gets no gradient there. Fires where more
    than 2 % of the numbers are exactly 0, some are positive and none is negative, in a layer without weights of its
    own.
    """
    call = case.output_call
    if (
        call is None
        or getattr(call.layer, "weights", None)
        or not case.reach.softmax
        or call.input.shape != call.output.shape
    ):
        return None
    fed = call.array("input")
    zeros = float((fed == 0).mean())
    if fed.min() < 0 or fed.max() <= 0 or zeros <= 0.02 or case.units < 2:
        return None
    return Found(
        "warning",
        f"{zeros:.0%} of what goes into the softmax is exactly 0 and nothing is negative: a ReLU stands before it.",
        "Take the activation off the layer before the softmax (activation=None).",
        zeros,
        "of the numbers",
    )


@rule("error", "cause")
def probabilities_as_logits(case: Case) -> Found | None:
    """The loss applies softmax or sigmoid itself (from_logits=True), but the output already lies in 0…1.

    Two in a row flatten the gradients. Measured with huge weights in the last layer, averages of sigmoids included.
    """
    if not case.loss.from_logits or not case.reach.probabilities:
        return None
    kind = "softmax" if case.reach.softmax and case.units > 1 else "sigmoid"
    return Found(
        "error",
        f"The output of {_layer(case)} already is a probability ({kind}), and the loss with from_logits=True "
        "squeezes it again.",
        "Leave the last layer linear (no activation), or take from_logits=True out of the loss.",
        case.reach.high,
        "as the largest logit",
    )


@rule("error", "cause")
def output_not_probabilities(case: Case) -> Found | None:
    """A cross-entropy that expects probabilities gets outputs outside 0…1.

    Measured with huge weights in the last layer: what it can give, not only what it gives today.
    """
    reach = case.reach
    if case.loss.name not in CROSSENTROPY or case.loss.from_logits or reach.probabilities:
        return None
    one = case.units == 1
    rectified = reach.low >= 0
    return Found(
        "error",
        f"{case.loss.name} expects probabilities, but the output of {_layer(case)} "
        + ("can be any number from 0 up." if rectified else f"can be {_span(reach.low, reach.high)}."),
        f'Use activation="{"sigmoid" if one or case.loss.name in BINARY else "softmax"}" in the last layer'
        + (
            ", or, for a linear one, the loss from_logits=True."
            if reach.low == -np.inf and reach.high == np.inf
            else " instead."
        ),
        float(case.outputs.min()) if not rectified else float(case.outputs.max()),
        "among the outputs",
    )


def _span(low: float, high: float) -> str:
    if low == -np.inf and high == np.inf:
        return "any number"
    return f"any number from {low:.3g} to {high:.3g}".replace("-inf", "minus infinity").replace("inf", "infinity")


@rule("error", "cause")
def overlap_of_any_numbers(case: Case) -> Found | None:
    """A loss of one's own that is made for answers from 0 to 1, as an overlap is, gets other outputs.

    Measured for targets of zeros and ones: the right answers cost 0 (or -1, for a score with a minus sign), and answers
    ten times as large cost less. So training runs away from the targets. Losses of logits do not cost 0 there.
    """
    labels, loss = case.labels, case.loss
    if loss.is_keras or loss.name in CROSSENTROPY | DISTANCE or not labels.whole or labels.low != 0 or labels.high != 1:
        return None
    if case.y_sample.size != case.outputs.size or not (case.reach.high > 1.5 or case.reach.low < -0.5):
        return None
    right = case.y_sample.reshape(case.outputs.shape).astype("float32")
    cost, large = (case.loss_or_none(case.y_sample, np.float32(factor) * right) for factor in (1, 10))
    if cost is None or large is None or not np.isfinite([cost, large]).all() or not large < cost - 0.1:
        return None
    if min(abs(cost), abs(cost + 1)) > 0.01:
        return None
    return Found(
        "error",
        f"The loss {loss.name} is made for answers from 0 to 1 (ten times the right ones cost {large:.2g}, the right "
        f"ones {cost:.2g}), and the output of {_layer(case)} can be {_span(case.reach.low, case.reach.high)}.",
        'Use activation="sigmoid" in the last layer.',
        large - cost,
        "as loss, against the right answers",
    )


@rule("error", "cause")
def output_not_positive(case: Case) -> Found | None:
    """A loss with a logarithm of the output, as poisson, gets an output that can be 0 or negative.

    The logarithm of a negative number is NaN, and one NaN ends the training. Measured with huge weights in the last
    layer.
    """
    bound = LOGARITHMIC.get(case.loss.name)
    if bound is None or case.loss.name == "mean_squared_logarithmic_error" or case.reach.low >= bound - 1e-6:
        return None
    low = float(case.outputs.min())
    wanted = "softmax" if case.loss.name == "kl_divergence" else "softplus"
    return Found(
        "error",
        f"{case.loss.name} takes the logarithm of the output, and {_layer(case)} can give negative numbers (now "
        f"{low:.3g}).",
        f'Use activation="{wanted}" in the last layer' + (', or "exponential".' if wanted == "softplus" else "."),
        low,
        "as the smallest output",
    )


@rule("error", "cause")
def targets_not_positive(case: Case) -> Found | None:
    """Targets below 0 for a loss that counts or takes their logarithm.

    poisson and the divergence are for targets from 0 up; the logarithmic error cuts what is below 0 off without a word.
    """
    if case.loss.name not in LOGARITHMIC or case.labels.low >= 0:
        return None
    return Found(
        "error",
        f"{case.loss.name} is for targets from 0 up, and y goes down to {case.labels.low:.4g}.",
        'Use loss="mean_squared_error", or shift the targets above 0.',
        case.labels.low,
        "as the smallest target",
    )


@rule("warning", "cause")
def zeros_in_percentage_error(case: Case) -> Found | None:
    """A percentage error on targets that are 0, or next to it.

    Keras divides by the target, by 1e-7 where it is 0: one such row weighs ten million times as much as any other.
    Fires where any row is below a millionth of the median size; targets that span many magnitudes are fine.
    """
    if case.loss.name != "mean_absolute_percentage_error":
        return None
    sizes = np.abs(case.y.astype("float64"))
    usual = np.median(sizes[sizes > 0]) if (sizes > 0).any() else 1.0
    share = float((sizes < 1e-6 * usual).mean())
    if not share:
        return None
    return Found(
        "error",
        f"{share:.1%} of the targets are 0 or next to it, and the percentage error divides by them.",
        'Use loss="mean_absolute_error", or leave these rows out.',
        share,
        "of the targets",
    )


@rule("error", "cause")
def output_cannot_reach_targets(case: Case) -> Found | None:
    """In a regression the output ends before the targets do.

    Measured with huge weights in the last layer, so a sigmoid followed by a rescaling counts as what it gives. A
    margin of a thousandth of the targets' range allows for rounding.
    """
    reach, labels = case.reach, case.labels
    if case.loss.name in ("hinge", "squared_hinge") and reach.low >= -0.5:
        return Found(
            "error",
            f"{case.loss.name} asks for -1 and 1, but the output of {_layer(case)} never goes below {reach.low:.3g}.",
            'Use activation="tanh" or no activation in the last layer.',
            reach.low,
            "as the smallest output",
        )
    if case.loss.name not in DISTANCE or labels.columns != case.outputs[0].size or not case.runner.trainable:
        return None
    margin = 1e-3 * max(1.0, labels.high - labels.low)
    if (labels.low >= reach.low - margin and labels.high <= reach.high + margin) or reach.low == reach.high:
        return None
    low, high = (f"{bound:.3g}".replace("inf", "infinity") for bound in (reach.low, reach.high))
    return Found(
        "error",
        f"The targets run from {labels.low:.4g} to {labels.high:.4g}, "
        f"but the output of {_layer(case)} stays between {low} and {high}.",
        "Leave the last layer linear (no activation) for a regression, or scale the targets into that range.",
        max(reach.low - labels.low, labels.high - reach.high),
        "beyond the output's range",
    )


@rule("error", "symptom")
def dead_output(case: Case) -> Found | None:
    """A rectified output is 0 for every sample, so no gradient gets back into the network.

    Fires where all outputs looked at are exactly 0, the lower end of what the layer can give, and some targets are not.
    """
    if case.reach.low != 0 or case.reach.high <= 1 or np.any(case.outputs) or not np.any(case.y_sample):
        return None
    return Found(
        "error",
        f"{_layer(case)[0].upper() + _layer(case)[1:]} gives 0 for all {len(case.outputs)} samples looked at: "
        "its ReLU is off, and no gradient passes it.",
        "Leave the last layer linear (no activation), or use softplus, and build the model again.",
        0,
        "as every output",
    )


@rule("error", "cause")
def dropout_after_output(case: Case) -> Found | None:
    """Dropout changes the finished output: in training some outputs are 0 that are not 0 otherwise.

    A probability of 0 for the right class costs 16 in the loss (1e-7 is the smallest that Keras takes the logarithm
    of).
    """
    last = next((call for call in reversed(case.calls) if call.output.shape == case.outputs.shape), None)
    if last is None or not isinstance(last.layer, keras.layers.Dropout) or case.training is None:
        return None
    if not np.array_equal(last.array("output"), case.outputs, equal_nan=True):
        return None
    rate = float(last.layer.rate)
    if not rate:
        return None
    return Found(
        "error",
        f"Layer {last.layer.name!r} stands behind the output and sets {rate:.0%} of the finished answers to 0 in "
        "training.",
        f"Move layer {last.layer.name!r} before the last layer with weights.",
        rate,
        "of the outputs",
    )
