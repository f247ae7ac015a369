# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Weights and what reaches them: frozen, equal, redundant, in too few bits, silenced, without a gradient."""

from collections import Counter
from typing import Any

import keras
import numpy as np

from ..case import Case, has_matrix, is_straight
from ..registry import Found, rule
from ..running import Array, Call

SILENCED = 0.88
VANISHED = 1e-3
LONG_SEQUENCE = 30


@rule("error", "cause")
def nothing_trainable(case: Case) -> Found | None:
    """All weights are frozen, or there are none: fit runs and changes nothing."""
    if case.model.trainable_variables:
        return None
    return Found(
        "error",
        f"None of the model's {case.model.count_params():,} weights is trainable, so training changes nothing.",
        "Set layer.trainable = True where it should learn, and compile again.",
        0,
        "trainable weights",
    )


@rule("error", "cause")
def compile_again(case: Case) -> Found | None:
    """Weights were frozen or thawed after training began, and the model was not compiled again.

    The training step that `fit` has built, and the optimizer, keep the weights that they began with. No threshold:
    compared are the weights that the optimizer was built for and those that are trainable now.
    """
    known = getattr(case.optimizer, "_trainable_variables", None)
    if not case.optimizer.built or known is None:
        return None
    before, now = ({id(variable) for variable in variables} for variables in (known, case.model.trainable_variables))
    if before == now:
        return None
    changed = len(before ^ now)
    return Found(
        "error",
        f"{changed} weights were frozen or set free after the model was compiled and trained, and fit does not "
        "know it.",
        "Call model.compile again after every change of trainable.",
        changed,
        "weights",
    )


@rule("error", "cause")
def float16(case: Case) -> Found | None:
    """Weights are kept in float16, whose smallest number is 6e-8 and largest 65504.

    The squares of gradients that Adam keeps become 0 below a gradient of 2e-4 and its epsilon of 1e-7 hardly counts, so
    steps get huge; without Adam, small steps round to nothing. Mixed precision keeps the weights in float32.
    """
    small = [one for one in case.model.trainable_variables if str(one.dtype) == "float16"]
    if not small:
        return None
    return Found(
        "error",
        f"{len(small)} weights, {small[0].path!r} first, are kept in float16: small gradients become 0, their "
        "squares earlier.",
        'Use keras.config.set_dtype_policy("mixed_float16") before building the model, or "float32".',
        len(small),
        "weights in float16",
    )


@rule("error", "cause")
def identical_units(case: Case) -> Found | None:
    """All units of a hidden layer have equal weights and get equal gradients, as with kernel_initializer="zeros".

    They then stay equal for ever: the layer works like a single unit. Zeros alone are no mistake: where the next layers
    tell the units apart (a gate, the last layer of a residual branch), gradients differ from the first step on.
    """
    noise = 1e-5 * max((float(np.abs(one).max()) for one in _gradients(case)), default=0.0)
    for layer in _hidden(case):
        kernel = getattr(layer, "kernel", None)
        if kernel is None or len(kernel.shape) < 2 or (gradient := case.gradient_of(kernel)) is None:
            continue
        rows = np.asarray(keras.ops.convert_to_numpy(kernel)).reshape(-1, kernel.shape[-1])
        slopes = gradient.reshape(rows.shape)
        if (
            rows.shape[1] < 2
            or np.any(rows != rows[:, :1])
            or not np.allclose(slopes, slopes[:, :1], rtol=1e-4, atol=noise)
        ):
            continue
        if not np.any(slopes) and not np.any(rows) and _gated(case, layer):
            continue
        return Found(
            "error",
            f"All {rows.shape[1]} units of layer {layer.name!r} have the same weights and will stay the same.",
            "Keep Keras's random initialization of the kernels; zeros are for biases.",
            rows.shape[1],
            "equal units",
        )
    return None


def _gradients(case: Case) -> list[Array]:
    return [one for one in case.training.gradients if one is not None] if case.training is not None else []


def _hidden(case: Case) -> list[Any]:
    """Layers with weights other than the one that gives the output."""
    called = [call.layer for call in case.calls if has_matrix(call.layer)]
    return called[:-1]


def _gated(case: Case, layer: Any) -> bool:
    """Whether other layers with weights come before and after, and one of these already has a gradient."""
    others = [
        one for one in case.model.trainable_variables if not any(one is mine for mine in layer.trainable_variables)
    ]
    gradients = [case.gradient_of(one) for one in others if len(one.shape) > 1]
    return any(one is not None and np.any(one) for one in gradients)


@rule("warning", "cause")
def linear_stack(case: Case) -> Found | None:
    """Two Dense, or two convolution layers, follow one another with nothing nonlinear between them.

    Then both together are one linear map, and the hidden layer adds nothing; unless it is narrower than what comes in
    and what goes out (a code, a bottleneck), which the rule leaves alone, as it does depthwise, 1 × 1 and factorised
    convolutions. Looks along tensors: each layer must be fed what the other gives, through layers that are linear too.
    """
    if case.chance_loss is not None and case.has_learned(0.5):
        return None
    readers = Counter(one for call in case.calls for one in call.fed)  # a residual stream is read more than once
    linear: dict[int, Call] = {}  # id of a tensor: the linear layer that it is the output of
    for call in case.calls:
        first = linear.get(id(call.input))
        if isinstance(call.layer, keras.layers.Dense | keras.layers.Conv1D | keras.layers.Conv2D | keras.layers.Conv3D):
            if first is not None and _redundant(first, call):
                return Found(
                    "warning",
                    f"Between {first.layer.name!r} and {call.layer.name!r} there is no activation, so both are "
                    "one linear map.",
                    f'Give layer {first.layer.name!r} an activation, for example activation="relu".',
                    first.output.shape[-1],
                    "units that add nothing",
                )
            if is_straight(call.layer.activation) and readers[id(call.output)] == 1:
                linear[id(call.output)] = call
        elif first is not None and (isinstance(call.layer, _LINEAR) or _straight_layer(call)):
            linear[id(call.output)] = first
    return None


def _straight_layer(call: Call) -> bool:
    """Whether a layer that applies an activation only is a straight line, such as LeakyReLU(negative_slope=1)."""
    kinds = keras.layers.Activation | keras.layers.LeakyReLU
    return isinstance(call.layer, kinds) and is_straight(call.layer)


_LINEAR = (
    keras.layers.Flatten,
    keras.layers.Dropout,
    keras.layers.BatchNormalization,
    keras.layers.AveragePooling2D,
    keras.layers.GlobalAveragePooling2D,
    keras.layers.GlobalAveragePooling1D,
)


def _redundant(first: Call, second: Call) -> bool:
    """Whether the hidden layer is at least as wide as what comes in or what goes out."""
    if isinstance(first.layer, keras.layers.Dense) != isinstance(second.layer, keras.layers.Dense):
        if isinstance(first.layer, keras.layers.Dense):
            return False  # a projection that a convolution works on
    elif not isinstance(first.layer, keras.layers.Dense):
        sizes = {first.layer.kernel_size, second.layer.kernel_size}
        if any(set(size) == {1} for size in sizes) or len(sizes) > 1:
            return False
    width = int(np.prod(second.input.shape[1:]))
    return width >= min(int(np.prod(first.input.shape[1:])), int(np.prod(second.output.shape[1:])))


@rule("error", "cause")
def no_gradient(case: Case) -> Found | None:
    """The gradient of the loss does not arrive at weights that are trainable and in use.

    Rounding, argmax, comparisons, casts to integers and NumPy inside the model have no derivative. No threshold:
    there is no path. Weights of layers that the model does not use are not counted.
    """
    if case.training is None:
        return None
    used = {id(variable) for call in case.calls for variable in getattr(call.layer, "weights", ())}
    lost = [
        variable
        for variable, gradient in zip(case.model.trainable_variables, case.training.gradients, strict=True)
        if gradient is None and id(variable) in used
    ]
    if not lost:
        return None
    everything = len(lost) == len(case.model.trainable_variables)
    return Found(
        "error" if everything or has_kernel(lost) else "note",
        f"No gradient arrives at {len(lost)} of {len(case.model.trainable_variables)} weights, {lost[0].path!r} first.",
        "Take out what has no derivative (round, argmax, comparisons, casts to int, stop_gradient, NumPy), or "
        "freeze these weights.",
        len(lost),
        "weights",
    )


def has_kernel(variables: list[Any]) -> bool:
    """Whether one of the variables is a matrix."""
    return any(len(variable.shape) >= 2 for variable in variables)


@rule("warning", "cause")
def relu_in_recurrent(case: Case) -> Found | None:
    """An LSTM or GRU with an activation without an upper bound, over 30 steps or more.

    Its state is added to itself at every step; tanh keeps it within ±1, ReLU lets it grow without end. Measured: NaN
    within two epochs for an LSTM over 100 steps at Adam 0.01. Judged by the activation's value at 1000. A note where
    the model has learned all the same.
    """
    for call in case.calls:
        activation = getattr(call.layer, "activation", None)
        recurrent = isinstance(call.layer, keras.layers.LSTM | keras.layers.GRU)
        if not recurrent or call.input.shape[1] < LONG_SEQUENCE or not callable(activation):
            continue
        top = float(keras.ops.max(activation(keras.ops.convert_to_tensor([[1000.0]]))))
        if top > 100:
            return Found(
                "note" if case.steps_taken and case.chance_loss and case.has_learned(0.5) else "warning",
                f"Layer {call.layer.name!r} has an activation without an upper bound: over {call.input.shape[1]} "
                "steps its "
                "state grows until it overflows.",
                f'Use activation="tanh", the default, in layer {call.layer.name!r}.',
                call.input.shape[1],
                "steps",
            )
    return None


@rule("warning", "cause")
def dropout_too_strong(case: Case) -> Found | None:
    """Dropout silences 88 % or more of a layer in training: too little is left to learn from.

    Usual rates are 0.1 to 0.5. Measured on digits: 0.95 in both hidden layers of 64 stays at chance; 0.9 of 1024 units
    learns. Counted in a training pass: the numbers that were not 0 before and are 0 after. A note where 32 units or
    more are left, and where the model has learned.
    """
    if case.training is None:
        return None
    for call in case.training.calls:
        inside = max(getattr(call.layer, name, None) or 0.0 for name in ("dropout", "recurrent_dropout"))
        if hasattr(call.layer, "cell") and inside >= SILENCED:
            return Found(
                "note" if case.steps_taken and case.chance_loss and case.has_learned(0.9) else "warning",
                f"Layer {call.layer.name!r} drops {inside:.0%} at every step in training: too little is left to "
                "learn from.",
                f"Give layer {call.layer.name!r} a dropout between 0.1 and 0.5; it is the share that is dropped, "
                "not kept.",
                inside,
                "of the numbers",
            )
        if not isinstance(
            call.layer, keras.layers.Dropout | keras.layers.SpatialDropout1D | keras.layers.SpatialDropout2D
        ):
            continue
        before, after = call.array("input"), call.array("output")
        alive = before != 0
        if alive.sum() < 50 or (silenced := float((after[alive] == 0).mean())) < SILENCED:
            continue
        left = (1 - silenced) * call.output.shape[-1]
        return Found(
            "note" if left >= 32 or (case.steps_taken and case.chance_loss and case.has_learned(0.9)) else "warning",
            f"Layer {call.layer.name!r} sets {silenced:.0%} of its inputs to 0 in training: too little is left to "
            "learn from.",
            f"Give layer {call.layer.name!r} a rate between 0.1 and 0.5; the rate is the share that is dropped, "
            "not kept.",
            silenced,
            "of the inputs",
        )
    return None


@rule("warning", "cause")
def signal_vanishes(case: Case) -> Found | None:
    """In a new model the outputs of the hidden layers shrink, layer by layer, to less than a thousandth.

    Weights that start too small do that: random_normal has a standard deviation of 0.05, where 32 inputs want 0.25.
    Compared is how much the rows differ (standard deviation over rows) in the last hidden layer and in the first.
    Measured: 1e-5 for eight ReLU layers of 32 from random_normal, 0.1 to 1 from he_normal or glorot_uniform.
    """
    hidden = [call for call in case.calls if has_matrix(call.layer)]
    if len(hidden) < 4 or (case.has_learned(0.9) and case.chance_loss is not None) or len(case.outputs) < 8:
        return None
    sizes = [float(call.array("output").std(axis=0).mean()) for call in hidden[:-1]]
    if not sizes[0] > 0 or not sizes[-1] < VANISHED * sizes[0] or not sizes[-1] > 0:
        return None
    if any(
        isinstance(call.layer, keras.layers.BatchNormalization | keras.layers.LayerNormalization) for call in case.calls
    ):
        return None
    if _saturates(hidden):
        return None  # see vanishing_gradients
    return Found(
        "warning",
        f"The signal dies out: in layer {hidden[-2].layer.name!r} the rows differ {sizes[-1] / sizes[0]:.1e} "
        "times as much "
        f"as in {hidden[0].layer.name!r}.",
        'Take kernel_initializer="he_normal" for ReLU layers, or Keras\'s default, instead of smaller weights.',
        sizes[-1] / sizes[0],
        "times the first layer's spread",
    )


def _saturates(hidden: list[Call]) -> bool:
    """Whether most hidden layers end in a bounded activation such as sigmoid."""
    bounded = 0
    for call in hidden[:-1]:
        activation = getattr(call.layer, "activation", None)
        if callable(activation):
            top = float(keras.ops.max(activation(keras.ops.convert_to_tensor([[0.0, 1000.0]]))))
            bounded += top <= 1.01
    return bounded > len(hidden) / 2


@rule("warning", "cause")
def batchnorm_statistics(case: Case) -> Found | None:
    """Batch normalization works with other numbers in training than afterwards, and the model is lost without them.

    Two ways: batches of one (the variance of one number is 0, so the moving variance is next to nothing: below a
    thousandth of that of a batch), and too few steps for the moving averages to arrive (with momentum 0.99, 100 steps
    bring them 63 % of the way). For the second the loss in training mode must be below 0.75, and afterwards above 0.9,
    of chance.
    """
    if case.training is None or not case.steps_taken or case.sample_loss is None:
        return None
    for call in case.training.calls:
        layer = call.layer
        if not isinstance(layer, keras.layers.BatchNormalization) or not layer.trainable:
            continue
        fed = call.array("input").reshape(-1, call.input.shape[-1]).astype("float64")
        if fed.shape != (call.array("input").size // call.input.shape[-1], layer.moving_variance.shape[0]):
            continue
        kept = np.asarray(keras.ops.convert_to_numpy(layer.moving_variance), dtype="float64")
        varies = fed.var(axis=0) > 1e-8
        decayed = float(layer.momentum) ** case.steps_taken  # what is left of the variance of 1 that it starts with
        if (
            varies.any()
            and float(np.median((kept - decayed)[varies] / fed.var(axis=0)[varies])) < 1e-3
            and decayed < 0.9
        ):
            return Found(
                "warning",
                f"Layer {layer.name!r} was trained on batches of one sample, whose variance is 0: in training it "
                "gave a constant.",
                "Use a batch_size of 16 or more in fit, or LayerNormalization instead.",
                1,
                "sample a batch",
            )
        if (
            case.chance_loss
            and case.training.loss < 0.75 * case.chance_loss
            and case.sample_loss > 0.9 * case.chance_loss
        ):
            return Found(
                "warning",
                f"With the averages that {layer.name!r} has collected in {case.steps_taken:,} steps the loss is "
                f"{case.sample_loss:.3g}; with those of a batch, as in training, it is {case.training.loss:.3g}.",
                f"Train for more steps, or give layer {layer.name!r} momentum=0.9, which settles ten times as fast.",
                case.sample_loss / max(case.training.loss, 1e-12),
                "times the loss in training mode",
            )
    return None
