"""Rules on what must fit together: labels, output units, output activation and loss; and on the weights themselves."""

import numpy as np

from . import probe
from .case import BINARY, CROSSENTROPY, DISTANCE, ONE_HOT, SPARSE, Case
from .findings import Finding


def labels_one_hot(case: Case) -> Finding | None:
    """One-hot labels for a sparse loss, which wants one whole number a sample.

    No threshold: the formats exclude each other.
    """
    if case.loss_name not in SPARSE or case.labels.columns == 1 or case.outputs.ndim != 2:
        return None
    return Finding(
        "labels-one-hot",
        "error",
        f"The labels have {case.labels.columns} columns (one-hot), but {case.loss_name} wants one number a sample.",
        'Use loss="categorical_crossentropy", or undo the one-hot coding with y.argmax(axis=1).',
        case.labels.columns,
    )


def labels_not_one_hot(case: Case) -> Finding | None:
    """One column of labels for a loss that compares as many columns as there are output units.

    Cross-entropies refuse it; the squared error silently compares the label number with every output.
    """
    paired = case.loss_name in ONE_HOT | BINARY | DISTANCE
    if not paired or case.units < 2 or case.labels.columns > 1 or case.outputs.ndim != 2:
        return None
    return Finding(
        "labels-not-one-hot",
        "error",
        f"The labels are one number a sample, but {case.loss_name} compares them with {case.units} outputs.",
        'Use Dense(1) as the output of a regression; for classes, loss="sparse_categorical_crossentropy".'
        if case.output_activation == "linear" and case.loss_name in DISTANCE
        else 'Use loss="sparse_categorical_crossentropy", or keras.utils.to_categorical(y).',
        case.units,
    )


def labels_out_of_range(case: Case) -> Finding | None:
    """Labels that the output cannot express: 1 to k or letter codes for k units, ±1 or class numbers for one sigmoid.

    A sparse loss counts classes from 0 to units − 1. Binary cross-entropy is only defined from 0 to 1; outside, it is
    negative and falls without end.
    """
    labels = case.labels
    if case.loss_name in SPARSE and labels.columns == 1:
        high, advice = case.units - 1, "Number the classes from 0 (np.unique(y, return_inverse=True)[1])"
    elif case.loss_name in BINARY:
        high, advice = 1, "Code two classes as 0 and 1; for more, use Dense(classes) with softmax"
    else:
        return None
    if labels.low >= 0 and labels.high <= high and (labels.whole or case.loss_name in BINARY):
        return None
    found = f"from {labels.low:g} to {labels.high:g}" if labels.whole else "that are no whole numbers"
    return Finding(
        "labels-out-of-range",
        "error",
        f"There are labels {found}, but {case.loss_name} with {case.units} output units takes 0 to {high}.",
        f"{advice}, and give the output layer one unit a class." if high != 1 else f"{advice}.",
        labels.low if labels.low < 0 else labels.high,
    )


def label_width(case: Case) -> Finding | None:
    """The targets have another number of columns (more than one) than the output has units."""
    columns = case.labels.columns
    if case.loss_name in SPARSE or columns == 1 or case.outputs.ndim != 2 or columns == case.units:
        return None
    return Finding(
        "label-width",
        "error",
        f"The targets have {columns} columns and the output has {case.units} units; they must be as many.",
        f"Give the last layer {columns} units; if to_categorical made too many columns, number the classes from 0.",
        columns,
    )


def softmax_on_one_unit(case: Case) -> Finding | None:
    """Softmax over a single unit is exp(z)/exp(z) = 1, whatever the input."""
    if case.output_activation != "softmax" or case.units != 1:
        return None
    return Finding(
        "softmax-on-one-unit",
        "error",
        "The output is softmax over one unit, which is always exactly 1, whatever the input.",
        'Use Dense(1, activation="sigmoid") with binary_crossentropy, or one unit a class.',
        1.0,
    )


def sigmoid_for_exclusive_classes(case: Case) -> Finding | None:
    """Several sigmoid outputs although each sample has exactly one class (all rows one-hot, or a sparse loss).

    Sigmoids do not compete, so the outputs do not add up to 1. A loss for exclusive classes then computes something
    that it is not made for (error); binary cross-entropy works, but asks many separate questions (warning).
    """
    one_class_each = case.labels.one_hot or case.loss_name in SPARSE
    if case.output_activation != "sigmoid" or case.units < 2 or not one_class_each or case.loss_name in DISTANCE:
        return None
    return Finding(
        "sigmoid-for-exclusive-classes",
        "warning" if case.loss_name in BINARY else "error",
        f"Each sample has exactly one class, but {case.units} separate sigmoids answer, and need not add up to 1.",
        "Use softmax in the last layer with categorical (or sparse categorical) cross-entropy.",
        case.units,
    )


def binary_loss_for_classes(case: Case) -> Finding | None:
    """Binary cross-entropy on a softmax over three classes or more.

    It averages one yes/no question a class, of which most are an easy no, and "accuracy" counts those: 0.9 for
    ten classes when the model knows nothing.
    """
    softmax = case.output_activation == "softmax"
    if case.loss_name not in BINARY or not softmax or case.units < 3 or not case.labels.one_hot:
        return None
    return Finding(
        "binary-loss-for-classes",
        "warning",
        f"binary_crossentropy asks {case.units} yes/no questions a sample; loss and accuracy then look far too good.",
        'Use loss="categorical_crossentropy".',
        case.units,
    )


def probabilities_as_logits(case: Case) -> Finding | None:
    """Softmax or sigmoid in the last layer and again in the loss (from_logits=True).

    Applied twice, ten classes cannot get a probability above e/(e + 9) = 0.23. Keras on TensorFlow notices
    it in fit and warns, where it can follow the graph; other backends and losses computed from predict do not.
    """
    if not case.from_logits or case.output_activation not in ("softmax", "sigmoid"):
        return None
    return Finding(
        "probabilities-as-logits",
        "error",
        f"The output is already {case.output_activation}, and the loss with from_logits=True applies it again.",
        "Drop from_logits=True, or drop the activation of the last layer.",
        float(case.outputs.max()),
    )


def output_not_probabilities(case: Case) -> Finding | None:
    """A cross-entropy that expects probabilities gets raw numbers.

    No threshold. Keras clips what it gets into 0…1, and where it clips there is no gradient.
    """
    kinds = ("softmax", "sigmoid", "hard_sigmoid", "unknown")
    if case.loss_name not in CROSSENTROPY or case.from_logits or case.output_activation in kinds:
        return None
    wanted = "sigmoid" if case.loss_name in BINARY else "softmax"
    return Finding(
        "output-not-probabilities",
        "error",
        f"{case.loss_name} expects probabilities, but the last layer is {case.output_activation} "
        f"(here its outputs reach {case.outputs.min():.2g} to {case.outputs.max():.2g}).",
        f'Give the last layer activation="{wanted}", or, for a linear one, the loss from_logits=True.',
        float(case.outputs.min()),
    )


def output_cannot_reach_targets(case: Case) -> Finding | None:
    """In a regression the activation of the last layer ends before the targets do.

    Sigmoid and softmax stay in 0…1, tanh in −1…1, ReLU at or above 0. A margin of 0.001 allows for rounding.
    """
    ranges = {"sigmoid": (0, 1), "softmax": (0, 1), "tanh": (-1, 1), "relu": (0, np.inf), "softplus": (0, np.inf)}
    low, high = ranges.get(case.output_activation, (-np.inf, np.inf))
    if case.loss_name not in DISTANCE or case.labels.low >= low - 1e-3 and case.labels.high <= high + 1e-3:
        return None
    beyond = max(low - case.labels.low, case.labels.high - high)
    return Finding(
        "output-cannot-reach-targets",
        "error",
        f"The targets run from {case.labels.low:.4g} to {case.labels.high:.4g}, "
        f"but a {case.output_activation} output stays between {low:g} and {high:g}.",
        "Leave the last layer linear (no activation) for a regression, or scale the targets into that range.",
        float(beyond),
    )


def squared_error_for_classes(case: Case) -> Finding | None:
    """A squared or absolute error on one-hot targets.

    Its gradient vanishes where the model is confidently wrong, so it learns slowly there. A warning from three
    classes on; for two classes, where it is often shown on purpose (XOR), a note.
    """
    two = case.labels.binary and case.output_activation == "sigmoid" and case.units == 1
    if case.loss_name not in DISTANCE or not (case.labels.one_hot or two):
        return None
    return Finding(
        "squared-error-for-classes",
        "warning" if case.units > 2 else "note",
        f"{case.loss_name} compares classes as if they were amounts, and hardly corrects confident mistakes.",
        "Use cross-entropy: binary for one sigmoid, categorical for a softmax.",
        case.units,
    )


def nothing_trainable(case: Case) -> Finding | None:
    """All weights are frozen, or there are none: fit runs and changes nothing."""
    if case.model.trainable_variables:
        return None
    return Finding(
        "nothing-trainable",
        "error",
        f"None of the model's {case.model.count_params():,} weights is trainable, so training changes nothing.",
        "Set layer.trainable = True where it should learn, and compile again.",
        0.0,
    )


def identical_units(case: Case) -> Finding | None:
    """All units of a hidden layer have equal weights, as with kernel_initializer="zeros".

    Equal units get equal gradients and stay equal for ever: the layer works like a single unit.
    """
    for layer in case.weighted[:-1]:
        kernel = layer.get_weights()[0] if layer.get_weights() else np.zeros((0, 0))
        kernel = kernel.reshape(-1, kernel.shape[-1])
        if kernel.shape[1] > 1 and np.all(kernel == kernel[:, :1]):
            return Finding(
                "identical-units",
                "error",
                f"All {kernel.shape[1]} units of layer {layer.name!r} have the same weights and will stay the same.",
                "Keep Keras's random initialization of the kernels; zeros are for biases.",
                kernel.shape[1],
            )
    return None


def linear_stack(case: Case) -> Finding | None:
    """Two Dense or convolution layers follow one another with nothing nonlinear between them.

    Then both together are one linear map, and the hidden layer adds nothing. Looks along the plain chain of
    layers; Flatten, Dropout, BatchNormalization and average pooling are linear as well.
    """
    passing = {"Flatten", "Reshape", "Dropout", "BatchNormalization", "AveragePooling2D", "GlobalAveragePooling2D"}
    before, linear = None, None  # the layer just seen, and the linear one whose output it still is
    for layer in case.layers:
        if before is not None and not probe.follows(layer, before):
            linear = None
        if hasattr(layer, "kernel"):
            if linear is not None:
                return Finding(
                    "linear-stack",
                    "warning",
                    f"Between {linear.name!r} and {layer.name!r} there is no activation, so both are one linear map.",
                    'Give hidden layers an activation, for example activation="relu".',
                    2.0,
                )
            linear = layer if probe.activation_name(layer) == "linear" else None
        elif type(layer).__name__ not in passing:
            linear = None
        before = layer
    return None
