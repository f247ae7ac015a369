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
from .data import embedding_index, lookup_of_one_vector, not_finite_data

SILENCED = 0.88
VANISHED = 1e-3
LONG_SEQUENCE = 30
ROUNDING = 1e-5
FEW_ROWS = 32


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


@rule("warning", "cause")
def softmax_inside(case: Case) -> Found | None:
    """Two hidden layers or more end in a softmax, and a layer with weights follows each.

    The units of a softmax share a sum of 1, so each of 64 gives about 1/64, and the signal shrinks in each layer.
    Measured on digits: chance after ten epochs with three such layers of 64, 0.97 with ReLU. One such layer may be a
    code or a gate. Silent where the model has learned.
    """
    if case.steps_taken and case.has_learned(0.5):
        return None
    read = {id(call.input) for call in case.calls if has_matrix(call.layer)}
    names = [
        call.layer.name
        for call in case.calls
        if id(call.output) in read
        and len(call.output.shape) == 2
        and call.output.shape[-1] > 2
        and has_matrix(call.layer)
        and np.allclose(call.array("output").sum(axis=-1), 1, atol=1e-3)
        and call.array("output").min() >= 0
    ]
    if len(names) < 2:
        return None
    return Found(
        "warning",
        f"{len(names)} hidden layers end in a softmax, {names[0]!r} first: their units share a sum of 1, and the "
        "signal shrinks in each.",
        'Use activation="relu" in the hidden layers; softmax belongs into the last one only.',
        len(names),
        "hidden layers",
    )


@rule("error", "cause")
def weight_always_one(case: Case) -> Found | None:
    """A softmax over a single number inside the model: it gives 1 whatever it is fed, and its layer learns nothing.

    Attention weights from Dense(1, activation="softmax") do that: the softmax belongs over the steps. Measured: all
    outputs are 1, the inputs are not, and the activation turns 3 and -3 alone into 1. For the last layer see
    softmax_on_one_unit.
    """
    for call in case.calls:
        if call is case.output_call or tuple(call.output.shape[-1:]) != (1,) or not _turns_into_one(call.layer):
            continue
        if not np.allclose(call.array("output"), 1, atol=1e-6) or _alike(call.array("input")):
            continue
        return Found(
            "error",
            f"Layer {call.layer.name!r} takes the softmax over a single number, which is always 1.",
            f"Take the softmax over the axis that is to share the attention: a linear layer, then Softmax(axis=1), "
            f"instead of layer {call.layer.name!r}.",
            1,
            "as every output",
        )
    return None


def _turns_into_one(layer: Any) -> bool:
    """Whether the activation turns 3 and -3, each alone, into 1."""
    activation = layer if isinstance(layer, keras.layers.Softmax) else getattr(layer, "activation", None)
    if not callable(activation) or hasattr(layer, "cell"):
        return False
    try:
        given = keras.ops.convert_to_numpy(activation(np.array([[3.0], [-3.0]], dtype="float32")))
    except Exception:  # an activation of one's own may want another shape: then it is not known
        return False
    return bool(np.allclose(given, 1, atol=1e-6))


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
        "Take out what has no derivative (round, argmax, comparisons, casts to int, stop_gradient, NumPy), let what "
        "the layer gives reach the output, or freeze these weights.",
        len(lost),
        "weights",
    )


def has_kernel(variables: list[Any]) -> bool:
    """Whether one of the variables is a matrix."""
    return any(len(variable.shape) >= 2 for variable in variables)


@rule("error", "blocking")
def inputs_lost(case: Case) -> Found | None:
    """The output is the same for every row, whatever the weights: a layer lets nothing of the inputs through.

    LayerNormalization over a single number gives 0, a frozen embedding of zeros and a lookup that knows no word of the
    data give one row for all. Measured where the outputs are equal over all rows (to 1e-5, which is rounding) though
    the rows of x are not: the same must hold for random weights of usual size and of ten and a hundred times that;
    zeros in the last layer are no mistake. Named is the layer that gives 1e-5 of the differences that it takes; where
    they shrink layer by layer, as in a frozen base of random weights, the rule is silent: see signal_vanishes. A frozen
    lookup with one vector for all words is named also where a mask lets their number through.
    """
    if embedding_index(case) or not_finite_data(case):
        return None  # then the model cannot be run
    lookup = lookup_of_one_vector(case)
    if lookup is not None and not lookup.layer.trainable_variables:
        return Found(
            "error",
            f"Layer {lookup.layer.name!r} gives every word the same vector, and it is frozen: no word gets past it.",
            f"Put trained vectors into layer {lookup.layer.name!r} before you freeze it, or let it be trained.",
            len(case.x_sample),
            "rows without words",
        )
    if len(case.outputs) < 8 or not _alike(case.outputs) or _alike(case.x_sample) or case.reach.always_one:
        return None
    culprit = next((call.layer for call in case.calls if _lets_nothing_through(call)), None)
    if culprit is None:
        return None
    for size in (1, 10, 100):
        rng = np.random.default_rng(size)
        drawn = [
            keras.ops.cast(size * rng.normal(size=value.shape) / np.sqrt(max((1, *value.shape[:1]))), value.dtype)
            for value in case.runner.trainable
        ]
        if not _alike(case.runner.forward(case.x_sample, trainable=drawn)[0]):
            return None
    return Found(
        "error",
        f"Layer {culprit.name!r} gives the same for all {len(case.x_sample)} rows looked at, whatever the "
        "weights: nothing of the inputs gets past it.",
        f"Take layer {culprit.name!r} out, or look at its axis, its vocabulary or its frozen weights.",
        len(case.x_sample),
        "rows with one answer",
    )


def _lets_nothing_through(call: Call) -> bool:
    """Whether rows that differ go in, and next to nothing of it comes out, without a matrix that could be trained."""
    if any(len(variable.shape) >= 2 for variable in getattr(call.layer, "trainable_variables", ())):
        return False  # it may be saturated by inputs or weights that are too large
    given, gave = (_few(call.array(end)) for end in ("input", "output"))
    return not _alike(given) and _apart(gave) <= ROUNDING * _apart(given)


def _few(rows: Array) -> Array:
    """Return FEW_ROWS of the rows or a few more, evenly spaced: enough for one layer's work to show."""
    return rows[:: max(1, len(rows) // FEW_ROWS)]


def _alike(rows: Array) -> bool:
    """Whether all rows are the same, but for rounding."""
    if rows.dtype.kind not in "fiub" or len(rows) < 2:
        return False
    return _apart(rows) <= ROUNDING * max(1.0, float(np.abs(rows.astype("float64")).max()))


def _apart(rows: Array) -> float:
    """Return how far any row is from the first; NaN where it cannot be told."""
    if rows.dtype.kind not in "fiub":
        return float("nan")
    rows = rows.astype("float64")
    return float(np.abs(rows - rows[:1]).max())


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
                "note" if case.shows_learning(0.5) else "warning",
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
                "note" if case.shows_learning(0.9) else "warning",
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
            "note" if left >= 32 or case.shows_learning(0.9) else "warning",
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


@rule("warning", "evaluation")
def answer_depends_on_batch(case: Case) -> Found | None:
    """After training, the answer to a row changes with the rows beside it: a layer works with numbers of the batch.

    BatchNormalization called with training=True does that, and a mean over the batch inside the model. One sample alone
    then gets the answer of the average sample. Measured: two rows alone and among all rows looked at; the answers must
    differ by more than 1 % of their spread. Layers that draw at random differ, too: so the two rows must also get other
    answers where only the rows between them are changed, and the same where they are asked again. For a softmax over
    the batch see softmax_axis.
    """
    two, calls = case.first_look
    beside = case.outputs[[0, -1]]
    spread = float(case.outputs.std())
    if case.fixed_batch is not None or len(case.x_sample) < 8 or two.shape != beside.shape or case.reach.sum_axis == 0:
        return None
    if not spread > ROUNDING * max(1.0, np.abs(case.outputs).max()) or np.abs(two - beside).max() <= 0.01 * spread:
        return None
    again, _ = case.runner.forward(case.x_sample[[0, -1]])
    between = case.x_sample.copy()
    between[1:-1] = between[0]
    others, _ = case.runner.forward(between)
    if not np.allclose(again, two, atol=1e-4 * spread) or np.abs(others[[0, -1]] - beside).max() <= 0.01 * spread:
        return None  # it draws at random
    layer = _first_that_differs(case.calls, calls)
    if layer is None:
        return None
    return Found(
        "warning",
        f"The answer to a row depends on the rows beside it: layer {layer.name!r} works with the mean of the batch, "
        "after training too.",
        f"Call layer {layer.name!r} without training=True, or take the mean over the training data once, before fit.",
        float(np.abs(two - beside).max() / spread),
        "times the spread of the outputs",
    )


def _first_that_differs(among: list[Call], alone: list[Call]) -> Any:
    """Return the first layer that gives other numbers for the first and last row alone than among the others."""
    for call, other in zip(among, alone, strict=False):
        gave, gave_alone = call.array("output"), other.array("output")
        if call.layer is not other.layer or gave_alone.shape != (2, *gave.shape[1:]) or len(gave) < 3:
            continue
        if np.abs(gave[[0, -1]] - gave_alone).max() > 0.01 * max(float(gave.std()), 1e-12):
            return call.layer
    return None
