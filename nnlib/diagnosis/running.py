# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Running a Keras model without changing it: forward passes that are listened to, gradients, trial steps.

Every pass goes through `stateless_call`, which takes weights and returns new states instead of writing them.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import keras
import numpy as np

Array = np.ndarray
EAGER_LOOP_STEPS = 20  # longer loops are compiled: to trace one takes as long as all passes step by step
SURE_STEPS = 6  # steps after which a trial may end early
LossOf = Callable[[Any, Any], Any]  # takes targets and outputs, gives the mean loss


@dataclass(frozen=True)
class Call:
    """One layer at work: what went in first, what came out, whether a mask came along, the ids of all that went in."""

    layer: Any
    input: Any
    output: Any
    masked: bool
    fed: tuple[int, ...] = ()

    def array(self, end: str) -> Array:
        """Return the ``"input"`` or ``"output"`` as a NumPy array."""
        return np.asarray(keras.ops.convert_to_numpy(getattr(self, end)))


class Step(NamedTuple):
    """What a step in training mode gives.

    Loss, penalties, the gradient of both by each trainable weight (None: it does not arrive), what each layer did.
    """

    loss: float
    penalty: float
    gradients: list[Any]
    calls: list[Call]


def leaves(layer: Any) -> list[Any]:
    """Return the layers that compute something themselves, in order; nested models are replaced by their layers.

    Layers in a loop over time steps are not looked into: what they compute lives inside the loop only. A layer of
    one's own that holds others is returned after these.
    """
    if _loops(layer):
        return [layer]
    inside = [leaf for part in getattr(layer, "_layers", ()) for leaf in leaves(part)]
    if isinstance(layer, keras.Model):
        operations = [one for one in getattr(layer, "operations", ()) if not isinstance(one, keras.Layer)]
        return _unique(inside + operations)
    return _unique([*inside, layer])


def _loops(layer: Any) -> bool:
    return isinstance(layer, keras.layers.RNN | keras.layers.TimeDistributed) or hasattr(layer, "cell")


def loop_steps(call: Call) -> int:
    """Return over how many time steps a layer loops; 0 for a layer that does not."""
    return int(call.input.shape[1]) if _loops(call.layer) else 0


def fixed_batch(model: Any) -> int | None:
    """Return the batch size that the model's input is made for; None for any."""
    inputs = getattr(model, "inputs", None) or [None]
    return getattr(inputs[0], "shape", (None,))[0]


def _unique(layers: list[Any]) -> list[Any]:
    return list({id(layer): layer for layer in layers}.values())


class Runner:
    """Runs one model on copies of its weights.

    Parameters
    ----------
    model : keras.Model
        Built, with one input and one output.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.leaves = leaves(model)
        self.trainable = [keras.ops.copy(variable.value) for variable in model.trainable_variables]
        self.fixed = [keras.ops.copy(variable.value) for variable in model.non_trainable_variables]
        self.fixed_batch = fixed_batch(model)
        self.loop_steps: int | None = None  # of one pass, known after the first one outside a graph
        self._compiled: dict[Any, Any] = {}

    def forward(
        self, x: Array, *, training: bool = False, trainable: list[Any] | None = None
    ) -> tuple[Array, list[Call]]:
        """Return the outputs for `x`, shape (rows, ...), and what each layer did."""
        weights = self.trainable if trainable is None else trainable
        outputs, calls = self._run("forward", self._forward, weights, _as_fit_sees(x), training=training)
        return np.asarray(keras.ops.convert_to_numpy(outputs)), calls

    def gradients(self, x: Array, y: Array, loss_of: LossOf, trainable: list[Any]) -> Step:
        """Return what one step in training mode gives: dropout drops, and batch normalization uses the batch."""

        def step(*given: Any, training: bool) -> Any:
            return self._gradients(loss_of, *given, training=training)

        (loss, penalty, gradients), calls = self._run("gradients", step, trainable, _as_fit_sees(x), y, training=True)
        return Step(float(loss), float(penalty), gradients, calls)

    def _run(
        self, name: str, function: Any, trainable: list[Any], *data: Any, training: bool
    ) -> tuple[Any, list[Call]]:
        """Call `function` and listen to the layers; in a graph, traced once a mode, where there are long loops."""
        if not self._in_graph(data[0]):
            heard: list[Call] = []
            with listening(self.leaves, heard):
                result = function(trainable, *data, training=training)
            self.loop_steps = sum(loop_steps(call) for call in heard)
            return result, heard
        import tensorflow as tf

        weights, *tensors = tf.nest.map_structure(tf.convert_to_tensor, (trainable, *data))
        key = (name, training)
        if key not in self._compiled:
            traced_calls: list[Call] = []

            def traced(*given: Any) -> Any:
                traced_calls.clear()
                with listening(self.leaves, traced_calls):
                    result = function(*given, training=training)
                return result, list(_ends(traced_calls).values())

            compiled = tf.function(traced, autograph=False)  # `fit` uses no autograph either
            any_rows = [tf.TensorSpec([self.fixed_batch, *one.shape[1:]], one.dtype) for one in tensors]
            compiled.get_concrete_function(weights, *any_rows)
            self._compiled[key] = compiled, traced_calls
        compiled, traced_calls = self._compiled[key]
        result, values = compiled(weights, *tensors)
        return result, _with_values(traced_calls, values)

    def _in_graph(self, x: Any) -> bool:
        """Whether a pass loops over many steps; the first one is taken to loop over those of `x` in every loop."""
        if keras.backend.backend() != "tensorflow" or self.model.run_eagerly:
            return False
        expected = sum(map(_loops, self.leaves)) * (x.shape[1] if x.ndim > 1 else 0)
        return (expected if self.loop_steps is None else self.loop_steps) > EAGER_LOOP_STEPS

    def _forward(self, trainable: list[Any], x: Any, *, training: bool) -> Any:
        outputs, _ = self.model.stateless_call(trainable, self.fixed, x, **self._mode(training=training))
        return the_one(outputs)

    def _gradients(self, loss_of: LossOf, trainable: list[Any], x: Any, y: Any, *, training: bool) -> Any:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(trainable)
            mode = self._mode(training=training)
            outputs, _, penalties = self.model.stateless_call(trainable, self.fixed, x, return_losses=True, **mode)
            loss, penalty = loss_of(y, the_one(outputs)), sum(tf.cast(one, "float32") for one in penalties)
            total = tf.cast(loss, "float32") + penalty
        gradients = tape.gradient(total, trainable)
        dense = [None if one is None else tf.convert_to_tensor(one) for one in gradients]
        return loss, tf.convert_to_tensor(penalty, "float32"), dense

    def _mode(self, *, training: bool) -> dict[str, bool]:
        """`training` as an argument for `call`; a subclassed model may take none."""
        return {"training": training} if "training" in inspect.signature(self.model.call).parameters else {}

    def trial(
        self, x: Array, y: Array, loss_of: LossOf, optimizer: Any, first: Step, *, steps: int, rate: float
    ) -> Array:
        """Train copies of the weights on one batch and return the loss before and after each step.

        The batch, the dropout masks and the optimizer's starting state stay the same from step to step, so that a loss
        that rises can only come from the steps themselves.

        Parameters
        ----------
        x, y : numpy.ndarray
            The batch.
        loss_of : callable
            Turns targets and outputs into the loss.
        optimizer : keras.optimizers.Optimizer
            Its settings and state are copied.
        first : Step
            What `gradients` gave for the batch and the present weights.
        steps : int
            How many to take; it ends early once the question is answered: after SURE_STEPS the loss is 2 % lower and
            has never risen above its start.
        rate : float
            The learning rate to train with.

        Returns
        -------
        numpy.ndarray
            Losses, penalties included, one more than steps were taken.
        """
        copies = [keras.Variable(value, dtype=value.dtype, name=f"copy_{i}") for i, value in enumerate(self.trainable)]
        copied = copy_of(optimizer, copies, rate)
        losses: list[float] = []
        for step in range(steps + 1):
            now = self.gradients(x, y, loss_of, [copy.value for copy in copies]) if step else first
            losses.append(now.loss + now.penalty)
            sure = step >= SURE_STEPS and losses[0] == max(losses) and losses[-1] < losses[0] - 0.02 * abs(losses[0])
            if sure or not np.isfinite(losses[-1]):
                break
            if step < steps:
                arrived = [(one, copy) for one, copy in zip(now.gradients, copies, strict=True) if one is not None]
                copied.apply(*map(list, zip(*arrived, strict=True)))
        return np.array(losses)


@contextmanager
def listening(layers: list[Any], calls: list[Call]) -> Iterator[None]:
    """Write down into `calls` what each layer takes and gives while the model runs."""

    def listen(layer: Any) -> None:
        call = layer.call

        def heard(*args: Any, **kwargs: Any) -> Any:
            output = call(*args, **kwargs)
            given = list(_tensors(args))
            if given and _is_tensor(output):
                masked = any(
                    "mask" in name and value is not None and value is not False for name, value in kwargs.items()
                )
                calls.append(Call(layer, given[0], output, masked, tuple(map(id, given))))
            return output

        vars(layer)["call"] = heard  # past __setattr__: Keras must not track it

    before = [vars(layer).get("call") for layer in layers]
    try:
        for layer in layers:
            listen(layer)
        yield
    finally:
        for layer, call in zip(layers, before, strict=True):
            vars(layer).pop("call", None)
            if call is not None:
                vars(layer)["call"] = call


def _ends(calls: list[Call]) -> dict[int, Any]:
    """Return what goes into the layers and comes out of them, each tensor once, by its id."""
    return {id(end): end for call in calls for end in (call.input, call.output)}


def _with_values(calls: list[Call], values: list[Any]) -> list[Call]:
    """Return the calls of a graph with the `values` of its `_ends`; what was one tensor stays one."""
    value_of = dict(zip(_ends(calls), values, strict=True))
    return [
        replace(
            call,
            input=value_of[id(call.input)],
            output=value_of[id(call.output)],
            fed=tuple(id(value_of[one]) if one in value_of else one for one in call.fed),
        )
        for call in calls
    ]


def _tensors(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for part in value:
            yield from _tensors(part)
    elif _is_tensor(value):
        yield value


def _is_tensor(value: Any) -> bool:
    return hasattr(value, "shape") and hasattr(value, "dtype") and not isinstance(value, list | tuple | dict)


def the_one(outputs: Any) -> Any:
    """Return the only output of a model, which may come in a list or a dict."""
    while isinstance(outputs, dict | list | tuple):
        outputs = next(iter(outputs.values())) if isinstance(outputs, dict) else outputs[0]
    return outputs


def copy_of(optimizer: Any, variables: list[Any], rate: float) -> Any:
    """Return an optimizer with the same settings and state, built on other variables, at a constant learning rate.

    A schedule of one's own may have no configuration; then the settings are read by the names of the arguments.
    """
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)  # mixed precision wraps it to scale the loss
    try:
        settings = optimizer.get_config()
    except NotImplementedError:
        settings = {name: getattr(optimizer, name) for name in inspect.signature(type(optimizer)).parameters}
    copy = type(optimizer).from_config({**settings, "learning_rate": rate})
    copy.build(variables)
    state, copied = _state(optimizer), _state(copy)
    if optimizer.built and [one.shape for one in state] == [one.shape for one in copied]:
        for target, source in zip(copied, state, strict=True):
            target.assign(source)
    return copy


def _state(optimizer: Any) -> list[Any]:
    return [variable for variable in optimizer.variables if variable.name != "learning_rate"]


def _as_fit_sees(x: Array) -> Array:
    """Floats in Keras's precision, as its data adapters hand them to a model."""
    return x.astype(keras.config.floatx()) if np.issubdtype(x.dtype, np.floating) else x
