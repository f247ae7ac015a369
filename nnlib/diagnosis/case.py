"""The case that `diagnose` looks into: a model, its data, and what can be measured without changing either."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from . import probe

SAMPLE_ROWS = 512  # enough to tell a dead unit from a rare one; a forward pass stays in milliseconds
PROBE_ROWS = 64  # the batch that gradients and trial steps are taken on

SPARSE = {"sparse_categorical_crossentropy"}
ONE_HOT = {"categorical_crossentropy", "categorical_focal_crossentropy"}
BINARY = {"binary_crossentropy", "binary_focal_crossentropy"}
CROSSENTROPY = SPARSE | ONE_HOT | BINARY
DISTANCE = {"mean_squared_error", "mean_absolute_error", "huber", "log_cosh"}  # losses of regression


@dataclass(frozen=True)
class Labels:
    """What the targets look like: how many columns, whole numbers or not, one-hot or not, their range."""

    columns: int
    whole: bool
    one_hot: bool
    low: float
    high: float

    @property
    def binary(self) -> bool:
        """True for one column of zeros and ones."""
        return self.columns == 1 and self.whole and self.low >= 0 and self.high <= 1


class Case:
    """A compiled model with its data, examined lazily: each property is measured once, when a rule asks for it.

    Nothing here writes to the model. Forward passes go through Keras's `stateless_call`, and trial steps move
    copies of the weights with a copy of the optimizer.

    Parameters
    ----------
    model : keras.Model
        Compiled and built, with one input and one output.
    x, y : numpy.ndarray
        All samples and their targets.
    curves : dict of str to numpy.ndarray, optional
        The curves of a `History`.
    x_val, y_val : numpy.ndarray, optional
        Validation data.
    columns : list of str, optional
        Names of the columns of a table.
    """

    def __init__(self, model, x, y, curves=None, x_val=None, y_val=None, columns=None):
        self.model, self.x, self.y, self.curves = model, x, y, curves or {}
        self.x_val, self.y_val, self.columns = x_val, y_val, columns

    # --- the data ---------------------------------------------------------------------------------------------

    @cached_property
    def x_sample(self) -> np.ndarray:
        """Evenly spaced rows of `x`, shape (at most SAMPLE_ROWS, ...)."""
        return self.x[spread(len(self.x), SAMPLE_ROWS)]

    @cached_property
    def y_sample(self) -> np.ndarray:
        """The targets of `x_sample`."""
        return self.y[spread(len(self.y), SAMPLE_ROWS)]

    @cached_property
    def labels(self) -> Labels:
        """The shape and range of all targets."""
        y = self.y.reshape(len(self.y), -1)
        whole = bool(np.all(y == np.round(y)))
        ones = y.shape[1] > 1 and whole and y.min() >= 0 and bool(np.all(y.sum(axis=1) == 1))
        return Labels(y.shape[1], whole, ones, float(y.min()), float(y.max()))

    @cached_property
    def is_classification(self) -> bool:
        """Whether the loss, or one-hot targets, say that classes are to be told apart."""
        return self.loss_name in CROSSENTROPY or "hinge" in self.loss_name or self.labels.one_hot

    @cached_property
    def class_counts(self) -> np.ndarray | None:
        """How many samples each class has; None unless the targets are classes."""
        if not self.is_classification or not self.labels.whole:
            return None
        if self.labels.one_hot:
            return self.y.reshape(len(self.y), -1).sum(axis=0)
        return np.unique(self.y, return_counts=True)[1] if self.labels.columns == 1 else None

    @cached_property
    def chance_loss(self) -> float | None:
        """Loss of the best constant answer: the entropy of the class shares in nats, or the spread of the targets."""
        if self.sample_loss is None:
            return None
        if self.loss_name in DISTANCE:
            if self.y_sample.size != self.outputs.size:
                return None
            y = self.y_sample.reshape(self.outputs.shape).astype(self.outputs.dtype)
            answers = (y.mean(axis=0, keepdims=True), np.median(y, axis=0, keepdims=True))
            return min(float(self.loss_of(y, np.broadcast_to(answer, y.shape))) for answer in answers)
        if self.loss_name not in CROSSENTROPY or self.class_counts is None:
            return None
        shares = self.class_counts[self.class_counts > 0] / self.class_counts.sum()
        return float(-(shares * np.log(shares)).sum()) or None

    def has_learned(self, share: float) -> bool:
        """Whether the loss is below `share` of the best constant answer's; True where that is not known."""
        return not self.chance_loss or bool(self.sample_loss < share * self.chance_loss)

    def feature_name(self, column: int) -> str:
        """What to call a column of the inputs in a message."""
        if self.columns is not None and len(self.columns) > column:
            return f"column {str(self.columns[column])!r}"
        return f"feature {column}" if self.x.ndim == 2 else "one of the inputs"

    # --- validation against training ----------------------------------------------------------------------------

    @cached_property
    def _row_keys(self) -> tuple[list[bytes], list[bytes]]:
        """For all rows of x and for up to 2,000 of x_val: the bytes of the 64 columns that vary most."""
        x, x_val = (rows.reshape(len(rows), -1) for rows in (self.x, self.x_val[spread(len(self.x_val), 2000)]))
        columns = np.argsort(-x[spread(len(x), SAMPLE_ROWS)].std(axis=0), kind="stable")[:64]
        parts = (np.ascontiguousarray(rows[:, columns].astype(x.dtype)) for rows in (x, x_val))
        return tuple([row.tobytes() for row in part] for part in parts)

    @cached_property
    def shared_share(self) -> float:
        """Share of the validation rows that also stand in the training data."""
        first_with = {}
        for index, key in enumerate(self._row_keys[0]):
            first_with.setdefault(key, index)
        rows = self.x_val[spread(len(self.x_val), 2000)].astype(self.x.dtype)
        keys = self._row_keys[1]
        twins = (
            key in first_with and np.array_equal(self.x[first_with[key]], row)
            for key, row in zip(keys, rows, strict=True)
        )
        return sum(twins) / len(keys)

    @cached_property
    def repeated_share(self) -> float:
        """Share of the training rows that stand there more than once."""
        counts = Counter(self._row_keys[0])
        return sum(count for count in counts.values() if count > 1) / len(self.x)

    @cached_property
    def accuracy_gap(self) -> float | None:
        """Training accuracy minus validation accuracy.

        Of the model as it is, less two standard errors, if there is validation data; else of the last three epochs.
        """
        if self.x_val is not None and self.class_counts is not None and self.sample_loss is not None:
            rows = spread(len(self.x_val), SAMPLE_ROWS)
            train = self._accuracy(self.y_sample, self.outputs)
            held = self._accuracy(self.y_val[rows], probe.forward(self.model, self.x_val[rows])[0])
            variance = train * (1 - train) / len(self.y_sample) + held * (1 - held) / len(rows)
            return train - held - 2 * float(np.sqrt(variance))
        for name, curve in self.curves.items():
            if "acc" in name and f"val_{name}" in self.curves:
                return float(np.mean(curve[-3:]) - np.mean(self.curves[f"val_{name}"][-3:]))
        return None

    def _accuracy(self, y, outputs) -> float:
        if self.units == 1:
            return float(np.mean((outputs.reshape(-1) > (0 if self.from_logits else 0.5)) == (y.reshape(-1) > 0.5)))
        labels = y.argmax(axis=-1) if self.labels.one_hot else y.reshape(-1)
        return float(np.mean(outputs.argmax(axis=-1) == labels))

    @cached_property
    def validation_rise(self) -> float | None:
        """Last validation loss as a multiple of the lowest, if the training loss fell in between."""
        loss, val_loss = self.curves.get("loss"), self.curves.get("val_loss")
        if loss is None or val_loss is None or not (np.isfinite(loss).all() and np.isfinite(val_loss).all()):
            return None
        best = int(val_loss.argmin())
        return (
            float(np.median(val_loss[-3:]) / val_loss[best]) if loss[-1] < loss[best] and val_loss[best] > 0 else None
        )

    @cached_property
    def long_history(self) -> bool:
        """Whether there is a curve of five epochs or more to read, so that no trial is needed."""
        return len(self.curves.get("loss", ())) >= 5

    # --- how the model was compiled ---------------------------------------------------------------------------

    @cached_property
    def _loss(self):
        import keras

        loss = self.model.loss
        loss = list(loss.values()) if isinstance(loss, dict) else loss
        loss = loss[0] if isinstance(loss, list | tuple) and len(loss) == 1 else loss
        return keras.losses.get(loss)

    @cached_property
    def loss_name(self) -> str:
        """Name of the loss in snake case, for example ``"mean_squared_error"``."""
        import keras

        if not isinstance(self._loss, keras.losses.Loss):
            return getattr(self._loss, "__name__", "")
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self._loss).__name__).lower()

    @cached_property
    def from_logits(self) -> bool:
        """Whether the loss applies softmax or sigmoid itself."""
        get_config = getattr(self._loss, "get_config", dict)
        return bool(get_config().get("from_logits", False))

    @cached_property
    def metric_names(self) -> set[str]:
        """Names of the compiled metrics, for example ``{"accuracy"}``."""
        return set(_metric_names(self.model.get_compile_config().get("metrics")))

    @cached_property
    def steps_taken(self) -> int:
        """How many optimizer steps the model has behind it."""
        return int(self.model.optimizer.iterations)

    @cached_property
    def learning_rate(self) -> float:
        """The present learning rate."""
        return float(self.model.optimizer.learning_rate)

    @cached_property
    def on_schedule(self) -> bool:
        """Whether the learning rate follows a schedule."""
        return isinstance(self.model.optimizer.get_config().get("learning_rate"), dict)

    # --- the layers -------------------------------------------------------------------------------------------

    @cached_property
    def layers(self) -> list:
        """The layers in order, those of nested models included."""
        return probe.flat_layers(self.model)

    @cached_property
    def weighted(self) -> list:
        """Dense and convolution layers, in order."""
        return [layer for layer in self.layers if hasattr(layer, "kernel")]

    @cached_property
    def output_activation(self) -> str:
        """Activation of the output: its name where a layer tells, else what the numbers look like."""
        declared = probe.activation_name(probe.output_layer(self.model))
        if declared:
            return declared
        if self.outputs.min() < 0 or self.outputs.max() > 1:
            return "linear"
        adds_up = self.units > 1 and np.allclose(self.outputs.sum(axis=-1), 1, atol=1e-3)
        return "softmax" if adds_up else "unknown"

    # --- what the model does ----------------------------------------------------------------------------------

    @cached_property
    def outputs(self) -> np.ndarray:
        """Predictions for `x_sample`, shape (rows, ..., units)."""
        return probe.forward(self.model, self.x_sample)[0]

    @cached_property
    def units(self) -> int:
        """Size of the last axis of the output."""
        return int(self.outputs.shape[-1])

    @cached_property
    def first_input(self) -> np.ndarray | None:
        """What the first Dense or convolution layer is fed; None where an embedding comes first."""
        kinds = {type(layer).__name__ for layer in self.layers}
        if "Embedding" in kinds or not self.weighted:
            return None
        inner = probe.submodel(self.model, [self.weighted[0]], "input")
        if inner is not None:
            return probe.forward(inner, self.x_sample)[0]
        scalers = {"Rescaling", "Normalization", "BatchNormalization", "LayerNormalization"}
        return None if scalers & kinds else self.x_sample

    @cached_property
    def relu_peaks(self) -> dict[str, np.ndarray]:
        """For each hidden ReLU layer the largest value of each unit over `x_sample`, shape (units,)."""
        last = probe.output_layer(self.model)
        relus = [layer for layer in self.layers if probe.activation_name(layer) == "relu" and layer is not last]
        inner = probe.submodel(self.model, relus, "output")
        if inner is None:
            return {}
        peaks = [out.reshape(-1, out.shape[-1]).max(axis=0) for out in probe.forward(inner, self.x_sample)]
        return {layer.name: peak for layer, peak in zip(relus, peaks, strict=True)}

    @cached_property
    def sample_loss(self) -> float | None:
        """Loss on `x_sample` without penalties; None where the targets do not fit the output."""
        if self.loss_name in SPARSE and not 0 <= self.labels.low <= self.labels.high < self.units:
            return None  # Keras raises on a CPU and returns NaN on a GPU
        try:
            return float(self.loss_of(self.y_sample, self.outputs))
        except Exception:  # each backend has an error of its own for shapes that do not fit
            return None

    def loss_of(self, y, outputs):
        """Mean loss of `outputs` against `y`, a tensor."""
        from keras import ops

        y, outputs = ops.convert_to_tensor(y), ops.convert_to_tensor(outputs)
        if len(y.shape) + 1 == len(outputs.shape) and self.loss_name not in SPARSE:
            y = ops.expand_dims(y, -1)
        return ops.mean(self._loss(y, outputs))

    # --- what training would do -------------------------------------------------------------------------------

    @cached_property
    def gradient_sizes(self) -> list[float]:
        """Root mean square of the gradient of each trainable Dense or convolution kernel, first to last layer."""
        x, y = self._batch
        layers = [layer for layer in self.weighted if layer.trainable]
        return probe.kernel_gradients(self.model, layers, x, lambda outputs: self.loss_of(y, outputs))

    def trial(self, factor: float = 1.0) -> np.ndarray:
        """Loss on one batch before and after each trial step at `factor` times the learning rate."""
        if factor not in self._trials:
            x, y = self._batch
            losses = probe.trial_losses(self.model, x, lambda outputs: self.loss_of(y, outputs), factor)
            self._trials[factor] = losses
        return self._trials[factor]

    @cached_property
    def _trials(self) -> dict[float, np.ndarray]:
        return {}

    @cached_property
    def _batch(self) -> tuple[np.ndarray, np.ndarray]:
        rows = spread(len(self.x), PROBE_ROWS)
        return self.x[rows], self.y[rows]


def spread(n: int, at_most: int) -> np.ndarray:
    """Indices of evenly spaced rows: the same every time, and no random state touched."""
    return np.linspace(0, n - 1, min(n, at_most)).astype(int)


def _metric_names(metrics) -> list[str]:
    """Names in a compile config: strings, serialized objects, nested lists and dicts."""
    if isinstance(metrics, str):
        return [metrics]
    if isinstance(metrics, dict) and "class_name" in metrics:
        config = metrics.get("config")
        return [config.get("name", "") if isinstance(config, dict) else str(config)]
    parts = metrics.values() if isinstance(metrics, dict) else metrics or ()
    return [name for part in parts for name in _metric_names(part)]
