# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""The case that `diagnose` looks into: a model, its data, and what can be measured without changing either."""

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras
import numpy as np

from .losses import BINARY, CROSSENTROPY, DISTANCE, ONE_HOT, SPARSE, CompiledLoss, as_loss
from .running import Array, Call, Runner, Step, leaves, loop_steps

SAMPLE_ROWS = 512  # enough to tell a dead unit from a rare one
MANY_ROWS = 5000  # enough to see one per cent of the variance explained
BATCH_ROWS = 64  # the batch that gradients and trial steps are taken on
TRIAL_STEPS = 20
# What a look may cost, so that it stays below two seconds on two cores. Measured there: 10 to 20 thousand million
# multiplications a second in large layers, 0.5 ms a layer and step in small ones, 10 ns a weight and step of Adam.
SAMPLE_MULTIPLICATIONS = 1e9
NUMBERS_KEPT = 3e7  # by all layers
NUMBERS_GIVEN = 4e6  # by the last layer, and targets of which a median is taken: 0.1 s each time they are gone through
BATCH_MULTIPLICATIONS = 1e8
TRIAL_MULTIPLICATIONS = 3e9
TRIAL_CALLS = 400
TRIAL_WEIGHTS = 4e7
LOOP_STEPS_PER_CALL = 5  # so many steps of a loop, forward and back, take as long as one layer


@dataclass(frozen=True)
class Labels:
    """What the targets look like: how many columns, whole numbers or not, one-hot or not, their range.

    `one_hot` is for a whole sample, `one_hot_inside` for each of its places (pixels, steps) along the last axis.
    """

    columns: int
    whole: bool
    one_hot: bool
    one_hot_inside: bool
    low: float
    high: float

    @property
    def binary(self) -> bool:
        """True for one column of zeros and ones."""
        return self.columns == 1 and self.whole and self.low >= 0 and self.high <= 1

    @property
    def several(self) -> bool:
        """True for several columns of zeros and ones of which a row may have none or many."""
        exclusive = self.one_hot or self.one_hot_inside
        return self.columns > 1 and self.whole and self.low >= 0 and self.high == 1 and not exclusive


@dataclass(frozen=True)
class Reach:
    """What the output can give, whatever the last weights: its range, and the axis along which it adds up to 1."""

    low: float
    high: float
    sum_axis: int | None

    @property
    def probabilities(self) -> bool:
        """True where every output lies in 0…1."""
        return self.low >= -1e-6 and self.high <= 1 + 1e-6

    @property
    def always_one(self) -> bool:
        """True where every output is 1."""
        return abs(self.low - 1) < 1e-5 and abs(self.high - 1) < 1e-5

    @property
    def softmax(self) -> bool:
        """True where the outputs of each sample add up to 1."""
        return self.probabilities and self.sum_axis == -1


class Case:
    """A compiled model with its data, examined lazily: each property is measured once, when a rule asks for it.

    Parameters
    ----------
    model : keras.Model
        Compiled and built, with one input and one output.
    x, y : numpy.ndarray
        All samples and their targets, as `fit` hands them to the model.
    curves : dict of str to numpy.ndarray
        The curves of a `History`; empty if there is none.
    steps_per_epoch : int, optional
        From the history.
    x_val, y_val : numpy.ndarray, optional
        Validation data.
    columns : list of str, optional
        Names of the columns of a table.
    """

    def __init__(
        self,
        model: Any,
        x: Array,
        y: Array,
        *,
        curves: dict[str, Array] | None = None,
        steps_per_epoch: int | None = None,
        x_val: Array | None = None,
        y_val: Array | None = None,
        columns: list[str] | None = None,
    ) -> None:
        self.model, self.x, self.y, self.curves = model, x, y, curves or {}
        self.steps_per_epoch, self.x_val, self.y_val, self.columns = steps_per_epoch, x_val, y_val, columns
        self._trials: dict[float, Array | None] = {}

    # --- the data ---------------------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> Array:
        """Indices of the rows that are looked at: evenly spaced, at most SAMPLE_ROWS, fewer where each costs much."""
        return self._batches_of(len(self.x), max(self._affordable(SAMPLE_ROWS), 8))

    def _affordable(self, at_most: int) -> int:
        """How many rows may go through the model at once, so that a look stays quick."""
        numbers = NUMBERS_KEPT / self.numbers_kept, NUMBERS_GIVEN / math.prod(self.first_look[0].shape[1:])
        return int(min(at_most, SAMPLE_MULTIPLICATIONS / self.multiplications, *numbers))

    def _batches_of(self, n: int, at_most: int) -> Array:
        """Evenly spaced rows; exactly the batch size where the model's input fixes it."""
        fixed = self.fixed_batch
        if fixed is None:
            return spread(n, at_most)
        return np.resize(spread(n, fixed), fixed)  # a stateful layer takes no other number

    @property
    def fixed_batch(self) -> int | None:
        """The batch size that the model's input is made for; None for any."""
        return self.runner.fixed_batch

    @cached_property
    def x_sample(self) -> Array:
        """The rows of `x` that are looked at."""
        return self.x[self.rows]

    @cached_property
    def y_sample(self) -> Array:
        """The targets of `x_sample`."""
        return self.y[self.rows]

    @cached_property
    def labels(self) -> Labels:
        """The shape and range of all targets."""
        return labels_of(self.y)

    @cached_property
    def is_classification(self) -> bool:
        """Whether the loss, or one-hot targets, say that classes are to be told apart."""
        return self.loss.name in CROSSENTROPY or "hinge" in self.loss.name or self.labels.one_hot

    @cached_property
    def class_numbers(self) -> Array | None:
        """The class of each sample as a number, shape (rows,); None unless each sample has one class."""
        return self.classes_of(self.y)

    def classes_of(self, y: Array) -> Array | None:
        """Return the class of each target as a number; None unless each sample has one class."""
        if not self.is_classification or not self.labels.whole:
            return None
        if self.labels.one_hot and y.ndim > 1 and y.shape[1:] == self.y.shape[1:]:
            return y.reshape(len(y), -1).argmax(axis=1)
        return y.reshape(-1) if y.size == len(y) else None

    @cached_property
    def class_counts(self) -> Array | None:
        """How many samples each class has; None unless each sample has one class."""
        return None if self.class_numbers is None else np.unique(self.class_numbers, return_counts=True)[1]

    def feature_name(self, column: int) -> str:
        """What to call a column of the inputs in a message."""
        if self.columns is not None and len(self.columns) > column:
            return f"column {str(self.columns[column])!r}"
        return f"feature {column}" if self.x.ndim == 2 else "one of the inputs"

    # --- how the model was compiled ---------------------------------------------------------------------------

    @cached_property
    def loss(self) -> CompiledLoss:
        """The compiled loss, and which of Keras's losses it is by its numbers."""
        return as_loss(self.model.loss, self.y, self.outputs)

    @cached_property
    def metrics(self) -> list[Any]:
        """The compiled metrics as the user wrote them: names, functions, objects."""
        compiled = getattr(self.model, "_compile_metrics", None)
        return [
            *_flat(getattr(compiled, "_user_metrics", None)),
            *_flat(getattr(compiled, "_user_weighted_metrics", None)),
        ]

    @cached_property
    def optimizer(self) -> Any:
        """The optimizer, without the wrapper that mixed precision puts around it."""
        return getattr(self.model.optimizer, "inner_optimizer", self.model.optimizer)

    @cached_property
    def steps_taken(self) -> int:
        """How many optimizer steps the model has behind it."""
        return int(np.asarray(keras.ops.convert_to_numpy(self.model.optimizer.iterations)))

    @cached_property
    def learning_rate(self) -> float:
        """The present learning rate."""
        return float(np.asarray(keras.ops.convert_to_numpy(self.optimizer.learning_rate)))

    @cached_property
    def schedule(self) -> Any:
        """The schedule that the learning rate follows; None where it is a number."""
        rate = getattr(self.optimizer, "_learning_rate", None)
        return rate if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule) else None

    @cached_property
    def epoch_steps(self) -> int:
        """Steps an epoch: from the history, else for Keras's batches of 32."""
        return self.steps_per_epoch or math.ceil(len(self.x) / 32)

    @cached_property
    def long_history(self) -> bool:
        """Whether there is a curve of five epochs or more to read, so that no trial is needed."""
        return len(self.curves.get("loss", ())) >= 5

    # --- the layers -------------------------------------------------------------------------------------------

    @cached_property
    def runner(self) -> Runner:
        """Runs the model on copies of its weights."""
        return Runner(self.model)

    @cached_property
    def layers(self) -> list[Any]:
        """The layers in order, those of nested models included."""
        return leaves(self.model)

    @cached_property
    def first_look(self) -> tuple[Array, list[Call]]:
        """What the model, and each layer, gives for the first and the last row alone."""
        try:
            return self.runner.forward(self.x[self._batches_of(len(self.x), 2)])
        except Exception as error:  # whatever a layer raises, the reader must know that it was the model on x
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise ValueError(f"model {self.model.name!r} fails on the first rows of x: {reason}") from error

    @cached_property
    def multiplications(self) -> float:
        """About how many multiplications one sample costs on its way through the model."""
        outputs, calls = self.first_look
        return max(1.0, sum(_multiplications(call) for call in calls) / len(outputs))

    @cached_property
    def numbers_kept(self) -> float:
        """How many numbers all layers together give for one sample."""
        outputs, calls = self.first_look
        return max(1.0, sum(math.prod(call.output.shape) for call in calls) / len(outputs))

    @cached_property
    def _look(self) -> tuple[Array, list[Call]]:
        return self.runner.forward(self.x_sample)

    @cached_property
    def outputs(self) -> Array:
        """Predictions for `x_sample`, shape (rows, ..., units)."""
        return self._look[0]

    @cached_property
    def many_rows(self) -> Array:
        """As `rows`, but up to MANY_ROWS of them: to find a weak signal."""
        if self.fixed_batch:
            return self.rows
        return spread(len(self.x), max(self._affordable(MANY_ROWS), len(self.rows)))

    @cached_property
    def many_outputs(self) -> Array:
        """Predictions for `many_rows`."""
        return self.outputs if len(self.many_rows) == len(self.rows) else self.runner.forward(self.x[self.many_rows])[0]

    @cached_property
    def calls(self) -> list[Call]:
        """What each layer does with `x_sample`."""
        return self._look[1]

    @cached_property
    def units(self) -> int:
        """Size of the last axis of the output."""
        return int(self.outputs.shape[-1]) if self.outputs.ndim > 1 else 1

    @cached_property
    def output_call(self) -> Call | None:
        """The layer that gave the output, where it is one that is listened to."""
        for call in reversed(self.calls):
            if call.output.shape == self.outputs.shape and np.array_equal(
                call.array("output"), self.outputs, equal_nan=True
            ):
                return call
        return None

    @cached_property
    def reach(self) -> Reach:
        """What the output can give, measured with a last layer of huge weights: huge beside what it gives now.

        The numbers tell what a name does not: an activation of one's own, one in another layer, a rescaling, a pooling.
        """
        usual = float(np.abs(self.outputs).max(initial=1, where=np.isfinite(self.outputs)))
        size = 1000 * usual
        layer = getattr(self.output_call, "layer", None)
        activation = getattr(layer, "activation", None)
        if callable(activation) and has_matrix(layer) and not hasattr(layer, "cell"):
            signs = np.resize([size, -size, -size, size, -size], (9, *self.outputs.shape[1:]))
            noise = size * np.asarray(np.random.default_rng(0).normal(size=signs.shape))
            huge: list[Array] = [noise, signs, np.full_like(signs, size), np.full_like(signs, -size)]
            given = [_as_array(activation(array.astype("float32"))) for array in huge]
        else:
            rows = self.x_sample[: self.fixed_batch or 8]
            given = [self.runner.forward(rows, trainable=weights)[0] for weights in self._huge_weights(size)]
        return _reach([*given, self.outputs], usual)

    def _huge_weights(self, size: float) -> Iterator[list[Any]]:
        """Yield the trainable weights with huge ones in the last layer: of both signs, positive, negative; and zeros.

        A model without a matrix, such as a product of embeddings, gets huge ones everywhere.
        Zeros bring a distance, or another output that large weights of any sign make large, to its lower end.
        """
        last = max((place for place, call in enumerate(self.calls) if has_matrix(call.layer)), default=0)
        shape = self.outputs.shape[1:]
        beside = [call.layer for call in self.calls[:last] if has_matrix(call.layer) and call.output.shape[1:] == shape]
        after = [*beside, *(call.layer for call in self.calls[last:])]  # several heads; a scale behind the last matrix
        mine = {id(variable) for layer in after for variable in getattr(layer, "trainable_variables", ())}
        for part in ("both", "positive", "negative", "none") if mine else ():
            rng = np.random.default_rng(0)
            weights = list(self.runner.trainable)
            for index, variable in enumerate(self.model.trainable_variables):
                if id(variable) in mine:
                    value = (
                        size * rng.choice([-1.0, 1.0], size=variable.shape) * rng.uniform(0.5, 1.5, size=variable.shape)
                    )
                    if part != "both":
                        value = np.abs(value) * {"positive": 1, "negative": -1, "none": 0}[part]
                    weights[index] = keras.ops.cast(value, variable.dtype)
            yield weights

    @cached_property
    def first_call(self) -> Call | None:
        """The first layer with a matrix of weights at work on the data; None where an embedding comes before it.

        Where batch normalization comes before it, the call is one in training mode, in which it normalizes.
        """
        call = _first_with_matrix(self.calls)
        before = self.calls[: next((i for i, one in enumerate(self.calls) if one is call), 0)]
        if any(isinstance(one.layer, keras.layers.BatchNormalization) for one in before) and self.training is not None:
            return _first_with_matrix(self.training.calls)
        return call

    @cached_property
    def first_input(self) -> Array | None:
        """What the first layer with a matrix of weights is fed; None where an embedding comes first."""
        return None if self.first_call is None else self.first_call.array("input").astype("float64")

    @cached_property
    def settled_calls(self) -> list[Call]:
        """As `calls`; in training mode where batch normalization does not have its averages yet."""
        normalized = any(isinstance(layer, keras.layers.BatchNormalization) for layer in self.layers)
        if normalized and self.steps_taken < 200 and self.training is not None:
            return self.training.calls
        return self.calls

    @cached_property
    def relu_peaks(self) -> dict[str, Array]:
        """For each hidden ReLU layer the largest value of each unit over `x_sample`, shape (units,)."""
        calls = self.settled_calls
        learns = next((i for i, call in enumerate(calls) if getattr(call.layer, "trainable_variables", ())), len(calls))
        return {
            call.layer.name: call.array("output").reshape(-1, call.output.shape[-1]).max(axis=0)
            for call in calls[learns:]
            if call.output.shape[1:] != self.outputs.shape[1:] and is_relu(call.layer)
        }

    # --- how well it does -------------------------------------------------------------------------------------

    @cached_property
    def sample_loss(self) -> float | None:
        """Loss on `x_sample` without penalties; None where the targets do not fit the output."""
        return self.loss_or_none(self.y_sample, self.outputs)

    def loss_or_none(self, y: Array, outputs: Array) -> float | None:
        """Return the mean loss; None where the targets do not fit the outputs."""
        if self.loss.name in SPARSE:
            counted = self.loss.counted(y)
            if counted.size and not (counted.min() >= 0 and counted.max() < self.units):
                return None  # Keras raises on a CPU and returns NaN on a GPU
        try:
            return float(self.loss(y, outputs))
        except Exception:  # each backend has an error of its own for shapes that do not fit
            return None

    @cached_property
    def chance_loss(self) -> float | None:
        """Loss of the best constant answer, where that is known: the mean, the median, the class shares."""
        if self.sample_loss is None:
            return None
        y, shape = self.y_sample, self.outputs.shape
        if self.loss.name in SPARSE:
            if self.class_counts is None or self.class_numbers is None:
                return None
            classes, units = self.loss.counted(self.class_numbers).astype(int), self.units
            constants = [np.bincount(classes, minlength=units)[:units] / len(classes)]
        elif y.size == self.outputs.size and self.loss.name in (*DISTANCE, *CROSSENTROPY, "poisson"):
            whole = self.y.reshape(len(self.y), *shape[1:])
            some = whole[spread(len(whole), math.ceil(NUMBERS_GIVEN / math.prod(shape[1:])))]
            constants = [whole.mean(axis=0, dtype="float64")]
            constants += [np.median(some.astype("float64"), axis=0)] if self.loss.name in DISTANCE else []
        else:
            return None
        if self.loss.name in CROSSENTROPY:
            constants = [_as_output(constant, self.loss, one=self.units == 1) for constant in constants]
        answers = (np.broadcast_to(constant, shape).astype("float32") for constant in constants)
        chances = [self.loss_or_none(y, answer) for answer in answers]
        return min((chance for chance in chances if chance is not None), default=None) or None

    def has_learned(self, share: float) -> bool:
        """Whether the loss is below `share` of the best constant answer's; True where that is not known."""
        if self.chance_loss is None or self.sample_loss is None:
            return True
        return bool(self.sample_loss < share * self.chance_loss)

    def shows_learning(self, share: float) -> bool:
        """Whether the model was trained and its loss is known to be below `share` of the best constant answer's."""
        return bool(self.steps_taken and self.chance_loss and self.has_learned(share))

    def predicted_classes(self, outputs: Array) -> Array:
        """Return the class that the outputs answer, shape (rows,)."""
        if self.units == 1:
            return (outputs.reshape(len(outputs), -1)[:, 0] > (0 if self.loss.from_logits else 0.5)).astype(int)
        return outputs.reshape(len(outputs), -1, self.units)[:, -1].argmax(axis=-1)

    @cached_property
    def val_rows(self) -> Array:
        """The validation rows that are looked at."""
        assert self.x_val is not None
        return self._batches_of(len(self.x_val), len(self.rows))

    @cached_property
    def val_outputs(self) -> Array | None:
        """Predictions for the validation rows that are looked at; None without validation data."""
        return None if self.x_val is None else self.runner.forward(self.x_val[self.val_rows])[0]

    # --- what training would do -------------------------------------------------------------------------------

    @cached_property
    def batch_rows(self) -> int:
        """How many rows a trial batch has."""
        return int(max(4, min(BATCH_ROWS, BATCH_MULTIPLICATIONS / self.multiplications)))

    @cached_property
    def batch(self) -> tuple[Array, Array]:
        """The rows that gradients and trial steps are taken on."""
        rows = self._batches_of(len(self.x), self.batch_rows)
        return self.x[rows], self.y[rows]

    @cached_property
    def training(self) -> Step | None:
        """One step in training mode on the batch, gradients as arrays; None where it cannot be taken."""
        step = self._first_step
        if step is None:
            return None
        return step._replace(gradients=[None if one is None else np.asarray(one, "float32") for one in step.gradients])

    @cached_property
    def _first_step(self) -> Step | None:
        if self.sample_loss is None or keras.backend.backend() != "tensorflow" or not self.runner.trainable:
            return None
        return self.runner.gradients(*self.batch, self.loss, self.runner.trainable)

    def gradient_of(self, variable: Any) -> Array | None:
        """Return the gradient of the loss by a variable; None where there is none."""
        if self.training is None:
            return None
        found = [
            g for v, g in zip(self.model.trainable_variables, self.training.gradients, strict=True) if v is variable
        ]
        return found[0] if found else None

    @cached_property
    def trial_steps(self) -> int:
        """How many trial steps are taken: TRIAL_STEPS, fewer for a costly model, 0 where three are too many."""
        calls = self.first_look[1]
        rounds = sum(1 + loop_steps(call) / LOOP_STEPS_PER_CALL for call in calls) + 2 * len(self.runner.trainable) + 1
        weights = sum(math.prod(value.shape) for value in self.runner.trainable) + 1
        limits = (
            TRIAL_CALLS / rounds,
            TRIAL_WEIGHTS / weights,
            TRIAL_MULTIPLICATIONS / (3 * self.multiplications * len(self.batch[0])),
        )
        steps = int(min(TRIAL_STEPS, *limits))
        return steps if steps >= 3 else 0

    def trial(self, factor: float = 1.0) -> Array | None:
        """Loss on one batch before and after each trial step at `factor` times the learning rate.

        None where no steps can be taken: the model is too costly, or its optimizer cannot be copied.
        """
        if factor not in self._trials:
            self._trials[factor] = self._trial(factor)
        return self._trials[factor]

    def _trial(self, factor: float) -> Array | None:
        first = self._first_step
        if first is None or not self.trial_steps or all(one is None for one in first.gradients):
            return None
        steps, rate = self.trial_steps, self.learning_rate * factor
        try:
            return self.runner.trial(*self.batch, self.loss, self.model.optimizer, first, steps=steps, rate=rate)
        except (TypeError, AttributeError, NotImplementedError):  # an optimizer that cannot be made again
            return None

    @cached_property
    def looked_at(self) -> str:
        """How much was looked at, in words."""
        steps = [len(losses) - 1 for losses in self._trials.values() if losses is not None]
        trial = f", {len(self.batch[0])} rows in {max(steps)} trial steps" if steps else ""
        rows = self.many_rows if "many_outputs" in vars(self) else self.rows
        return f"{len(rows):,} of {len(self.x):,} rows{trial}"


def spread(n: int, at_most: int) -> Array:
    """Indices of evenly spaced rows: the same every time, and no random state touched."""
    return np.linspace(0, n - 1, min(n, at_most)).astype(int)


def labels_of(y: Array) -> Labels:
    """Return the shape and range of targets."""
    rows = y.reshape(len(y), -1)
    whole = y.dtype.kind in "iub" or all(bool(np.all(part == np.round(part))) for part in (y[:1000], y))
    low, high = float(y.min()), float(y.max())
    bits = whole and low >= 0 and high == 1
    ones = bits and rows.shape[1] > 1 and bool(np.all(rows.sum(axis=1) == 1))
    inside = bits and y.ndim > 2 and y.shape[-1] > 1 and bool(np.all(y.sum(axis=-1) == 1))
    return Labels(rows.shape[1], whole, ones, inside, low, high)


def has_matrix(layer: Any) -> bool:
    """Whether a layer multiplies its input by a matrix of weights."""
    return not isinstance(layer, keras.layers.Embedding) and any(
        len(variable.shape) >= 2 for variable in getattr(layer, "weights", ())
    )


def is_relu(layer: Any) -> bool:
    """Whether a layer ends in an activation that gives 0 for negative numbers and lets positive ones through."""
    activation = layer if isinstance(layer, keras.layers.ReLU) else getattr(layer, "activation", None)
    if not callable(activation) or hasattr(layer, "cell"):
        return False
    return _numbers_of_relu(activation)


@functools.lru_cache(maxsize=256)
def is_straight(activation: Any) -> bool:
    """Whether an activation is a straight line through 0, judged by its numbers."""
    try:
        out = _as_array(activation(np.array([[-3.0, -0.5, 0.5, 3.0]], dtype="float32"))).ravel()
    except Exception:  # an activation of one's own may want another shape: then it is not known
        return False
    return out.shape == (4,) and bool(np.allclose(out, out[3] / 3 * np.array([-3.0, -0.5, 0.5, 3.0]), atol=1e-6))


@functools.lru_cache(maxsize=256)
def _numbers_of_relu(activation: Any) -> bool:
    try:
        probe = np.array([[-3.0, -0.5, 0.5, 3.0]], dtype="float32")
        out = np.asarray(keras.ops.convert_to_numpy(activation(probe))).ravel()
    except Exception:  # an activation of one's own may want another shape: then it is not known
        return False
    return out.shape == (4,) and bool(out[0] == out[1] == 0 and out[2] > 0 and out[3] > 0)


def _as_array(tensor: Any) -> Array:
    return np.asarray(keras.ops.convert_to_numpy(tensor))


def _first_with_matrix(calls: list[Call]) -> Call | None:
    for call in calls:
        if isinstance(call.layer, keras.layers.Embedding):
            return None
        if has_matrix(call.layer):
            return call
    return None


def _multiplications(call: Call) -> float:
    if not getattr(call.layer, "weights", ()) or isinstance(call.layer, keras.layers.Embedding):
        return 0.0
    positions = math.prod(call.output.shape[:-1])
    if getattr(call.layer, "return_sequences", None) is False:  # a loop that hands on its last step only
        positions *= max(1, loop_steps(call))
    return float(positions * sum(math.prod(variable.shape) for variable in call.layer.weights))


def _reach(given: list[Array], usual: float) -> Reach:
    finite = np.concatenate([array.ravel() for array in given]).astype("float64")
    low, high = float(np.nanmin(finite)), float(np.nanmax(finite))
    return Reach(low if low > -100 * usual else -math.inf, high if high < 100 * usual else math.inf, _sum_axis(given))


def _sum_axis(given: list[Array]) -> int | None:
    """Return the axis along which all outputs add up to 1: the last, or another one; None where none does."""
    for axis in (-1, *range(given[0].ndim - 1)):
        sums = [array.astype("float64").sum(axis=axis) for array in given]
        if all(np.allclose(one[np.isfinite(one)], 1, atol=1e-2) for one in sums) and all(one.size for one in sums):
            return axis
    return None


def _as_output(shares: Array, loss: CompiledLoss, *, one: bool) -> Array:
    """Return class shares as probabilities, or as the logits of these."""
    shares = np.clip(shares, 1e-7, 1 - 1e-7)
    if not loss.from_logits:
        return shares
    return np.log(shares / (1 - shares)) if one or loss.name in BINARY else np.log(shares)


def _flat(metrics: Any) -> list[Any]:
    if isinstance(metrics, dict):
        metrics = list(metrics.values())
    if isinstance(metrics, list | tuple):
        return [one for part in metrics for one in _flat(part)]
    return [] if metrics is None else [metrics]


__all__ = [
    "BINARY",
    "CROSSENTROPY",
    "DISTANCE",
    "ONE_HOT",
    "SPARSE",
    "Case",
    "has_matrix",
    "is_straight",
    "labels_of",
    "spread",
]
