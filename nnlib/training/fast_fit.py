"""Keras's `fit` for small models: the same training, a shorter road from array to gradient."""

import math
import random
import weakref
from functools import partial
from typing import Any

import keras
import numpy as np

from .callbacks import Progress

# XLA takes up to half a second longer to compile. Then each batch saves about 1.15 ns x (130,000 + weights - input
# values in the batch): the overhead of the operations, part of the update of the weights, but inputs that are wide and
# many (3,072 pixels x 128 images) it multiplies more slowly. Fitted to twelve models on two CPU cores; the bound
# leaves room for a machine that compiles half as fast.
XLA_PAYS_AFTER = 6e8  # batches x (130,000 + weights - input values in a batch)
# What XLA compiles badly on a CPU (an epoch of a small CNN takes 45 s instead of 1.3 s).
SLOW_WITH_XLA = tuple(
    layer
    for name, layer in vars(keras.layers).items()
    if name.startswith(("Conv", "Depthwise", "Separable", "MaxPool"))
)

# The compiled passes of each model, so that a second `fit` need not compile again.
_passes: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


def fit(
    model: keras.Model,
    x,
    y=None,
    *,
    batch_size: int | None = 32,
    epochs: int = 1,
    validation_data=None,
    callbacks=None,
    shuffle: bool = True,
    class_weight: dict[int, float] | None = None,
    sample_weight=None,
    validation_batch_size: int | None = None,
    verbose: int | str = 1,
    **keras_options,
) -> keras.callbacks.History:
    """Train `model` as `model.fit` does, only faster, and return the same `History`.

    `model.fit` returns to Python for every batch, and sets up its data anew for every epoch. With a small model
    that takes longer than the arithmetic. Here the arrays are handed to TensorFlow once, and a whole epoch (shuffled
    batches, Keras's own `train_step` for each) is one compiled loop. Model, loss, optimizer, metrics and
    callbacks stay what `compile` made of them.

    Parameters
    ----------
    model : keras.Model
        A compiled model.
    x, y : array, shape (n_samples, ...)
        Inputs and targets: NumPy arrays or pandas tables. Images may stay uint8 where the model rescales them.
    batch_size : int, optional
        Samples in each update; the last batch of an epoch holds what is left over.
    epochs : int, optional
        How often every sample is seen.
    validation_data : tuple (x, y) or (x, y, sample_weight), optional
        Evaluated after each epoch, as by `model.evaluate`.
    callbacks : list of keras.callbacks.Callback, optional
        Called at the beginning and the end of training, epoch and evaluation, as in Keras.
    shuffle : bool, optional
        Whether each epoch takes the samples in a new random order.
    class_weight : dict of int to float, optional
        Weight of each class in the loss; classes not named weigh 1.
    sample_weight : array, shape (n_samples,), optional
        Weight of each sample in the loss.
    validation_batch_size : int, optional
        Samples evaluated at a time; `batch_size` if not given. Large batches save time where there is memory for them.
    verbose : {1, 0, 2}, optional
        1 shows one line that follows the training (`Progress`), 0 nothing; 2 gives Keras's own lines.
    **keras_options
        Whatever else `model.fit` knows.

    Returns
    -------
    keras.callbacks.History
        As from `model.fit`: one entry an epoch for the loss and each metric.

    Raises
    ------
    ValueError
        If a batch size is not a whole number from 1 on, and what `model.fit` raises: a model without `compile`,
        arrays of different lengths.

    Notes
    -----
    What cannot be sped up goes to `model.fit` unchanged: data sets, generators, several inputs or outputs, a
    `train_step` of your own, `run_eagerly`, any of `keras_options`, and callbacks that look at single batches
    (`TerminateOnNaN`, `TensorBoard`), since here no Python runs between two batches.

    The random order comes from Python's `random`, so `set_seed` makes a run repeatable. The arrays are copied once
    into TensorFlow's memory (a GPU's, where there is one): uint8 images take a quarter of what floats take.

    Examples
    --------
    >>> import keras, numpy as np
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> model.compile(keras.optimizers.SGD(0.05), "mse")
    >>> x = np.array([[-1.0], [0.0], [1.0], [2.0], [3.0], [4.0]])
    >>> history = fit(model, x, 2 * x - 1, epochs=500, verbose=0)
    >>> len(history.history["loss"]), history.history["loss"][-1] < 1e-3
    (500, True)
    """
    for name, size in {"batch_size": batch_size, "validation_batch_size": validation_batch_size}.items():
        if size is not None and (not isinstance(size, int | np.integer) or size < 1):
            raise ValueError(f"{name} must be a whole number from 1 on, got {size!r}.")
    callbacks = _with_progress(callbacks, verbose)
    train = _as_arrays(x, y, sample_weight, class_weight)
    validation = _as_arrays(*validation_data) if _is_data_tuple(validation_data) else None
    fast = (
        train is not None
        and (validation is not None or validation_data is None)
        and not keras_options
        and isinstance(shuffle, bool)
        and verbose in (0, 1, "auto")
        and _runs_compiled(model)
        and not any(_watches_batches(callback) for callback in callbacks)
    )
    if fast:
        sizes = batch_size or 32, validation_batch_size or batch_size or 32
        return _fit_in_passes(model, train, validation, sizes, epochs, callbacks, shuffle)
    return model.fit(
        x,
        y,
        batch_size=batch_size,
        epochs=epochs,
        validation_data=validation_data,
        callbacks=callbacks,
        shuffle=shuffle,
        class_weight=class_weight,
        sample_weight=sample_weight,
        validation_batch_size=validation_batch_size,
        verbose=verbose if verbose == 2 else 0,
        **keras_options,
    )


def _fit_in_passes(model, train, validation, batch_sizes, epochs, callbacks, shuffle):
    """The loop of `model.fit`, with one compiled pass over the data where Keras loops over batches."""
    # Create every variable now: TensorFlow would trace a function twice that creates one.
    model._symbolic_build(data_batch=tuple(part[:1] for part in train))
    train_pass = _compiled_pass(model, "train_step", train, batch_sizes[0], epochs)
    if validation:
        validation_pass = _compiled_pass(model, "test_step", validation, batch_sizes[1], epochs)

    # After an operation, whichever, TensorFlow lets go of a second copy of the data (of CIFAR-10: 150 MB).
    model.reset_metrics()

    order = np.arange(len(train[0]), dtype="int32")
    generator = np.random.default_rng(random.getrandbits(64))
    params = {"epochs": epochs, "steps": -(-len(order) // batch_sizes[0]), "verbose": 0}
    callbacks = keras.callbacks.CallbackList(callbacks, add_history=True, model=model, **params)
    model.stop_training = False
    logs = None
    callbacks.on_train_begin()
    for epoch in range(epochs):
        callbacks.on_epoch_begin(epoch)
        if shuffle:
            generator.shuffle(order)
        logs = dict(train_pass(order))
        if validation:
            callbacks.on_test_begin()
            scores = validation_pass(np.arange(len(validation[0]), dtype="int32"))
            callbacks.on_test_end(scores)
            logs |= {f"val_{name}": value for name, value in scores.items()}
        callbacks.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    model.optimizer.finalize_variable_values(model.trainable_weights)
    callbacks.on_train_end(logs)
    return model.history


def _compiled_pass(model, step_name, data, batch_size, epochs):
    """Return a function of an order of samples that takes them through `train_step` or `test_step`."""
    loss_tracker = model.metrics[0]  # `compile` makes a new one each time: what was traced before is void then
    known_tracker, passes = _passes.get(model, (None, None))
    if known_tracker is not loss_tracker:
        passes = {}
        _passes[model] = loss_tracker, passes
    key = step_name, batch_size, *((part.shape, part.dtype) for part in data)
    n_batches = epochs * -(-len(data[0]) // batch_size)
    xla = (*key, True) in passes or _xla_pays(model, n_batches, data[0][:batch_size].size)
    if (*key, xla) not in passes:
        passes[*key, xla] = _trace_pass(weakref.proxy(model), step_name, data, batch_size, xla)
    return partial(passes[*key, xla], [keras.ops.convert_to_tensor(part) for part in data])


def _trace_pass(model, step_name, data, batch_size, xla):
    """Write the loop over all batches as one TensorFlow graph, and let XLA compile it where that pays."""
    import tensorflow as tf

    n_samples = len(data[0])
    n_full, n_left = divmod(n_samples, batch_size)
    # XLA wants every size known beforehand, so there the partial batch stands outside the loop.
    n_in_loop = n_full if xla else n_full + bool(n_left)

    def one_pass(data, order):
        def one_batch(i):
            size = batch_size if xla else tf.minimum(batch_size, n_samples - i * batch_size)
            update(tf.slice(order, [i * batch_size], [size]))
            return (i + 1,)

        def update(samples):
            getattr(model, step_name)(tuple(tf.gather(part, samples) for part in data))

        model.reset_metrics()
        if n_in_loop:
            tf.while_loop(lambda i: i < n_in_loop, one_batch, (0,))
        if n_left and xla:
            update(order[-n_left:])
        return model.get_metrics_result()

    specs = [tf.TensorSpec(part.shape, part.dtype) for part in data]
    traced = tf.function(one_pass, autograph=False, jit_compile=xla)
    return traced.get_concrete_function(specs, tf.TensorSpec([n_samples], tf.int32))


def _xla_pays(model, n_batches, n_inputs) -> bool:
    """Whether compiling with XLA is worth its time; always where `compile` asked for it, as Keras does on a GPU."""
    if model.jit_compile:
        return True
    n_weights = sum(math.prod(weight.shape) for weight in model.weights)
    layers = model._flatten_layers()
    return n_batches * (130_000 + n_weights - n_inputs) >= XLA_PAYS_AFTER and all(
        layer.supports_jit and not isinstance(layer, SLOW_WITH_XLA) for layer in layers
    )


def _runs_compiled(model) -> bool:
    """Whether Keras would run this model through its own train_step in a compiled function."""
    return (
        keras.backend.backend() == "tensorflow"
        and model.compiled
        and not model.run_eagerly
        and type(model).train_step is keras.Model.train_step
        and type(model).test_step is keras.Model.test_step
        and model.distribute_strategy.num_replicas_in_sync == 1
        and not keras.config.max_epochs()
    )


def _watches_batches(callback) -> bool:
    """Whether a callback does something between two batches (Keras marks its own empty hooks)."""
    if isinstance(callback, keras.callbacks.ModelCheckpoint) and callback.save_freq == "epoch":
        return False
    hooks = ("on_batch", "on_train_batch", "on_test_batch")
    return not all(
        getattr(getattr(callback, f"{hook}_{when}", None), "_is_default", False)
        for hook in hooks
        for when in ("begin", "end")
    )


def _with_progress(callbacks, verbose) -> list:
    if callbacks is None:
        callbacks = []
    callbacks = list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks]
    if verbose in (1, "auto") and not any(isinstance(callback, Progress) for callback in callbacks):
        callbacks.append(Progress())
    return callbacks


def _is_data_tuple(data) -> bool:
    return isinstance(data, tuple) and len(data) in (2, 3)


def _as_arrays(x, y, sample_weight=None, class_weight=None) -> list[np.ndarray] | None:
    """Return x, y and the weights, if any, as plain arrays of one length; None where `model.fit` must decide."""
    if y is None or (class_weight and sample_weight is not None):
        return None
    parts = [_as_array(part) for part in (x, y, sample_weight) if part is not None]
    if any(part is None for part in parts) or len({len(part) for part in parts}) != 1 or not len(parts[0]):
        return None
    if class_weight:
        parts.append(_weights_of_classes(parts[1], class_weight))
    return parts


def _as_array(data: Any) -> np.ndarray | None:
    array = data.to_numpy() if hasattr(data, "to_numpy") else data
    if not isinstance(array, np.ndarray) or array.ndim == 0 or array.dtype.kind not in "biuf":
        return None
    if array.dtype.kind == "f":
        array = array.astype(keras.config.floatx(), copy=False)
    return array


def _weights_of_classes(y: np.ndarray, class_weight: dict[int, float]) -> np.ndarray:
    classes = y.argmax(axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else y.reshape(len(y)).round()
    return np.array([class_weight.get(int(c), 1.0) for c in classes], dtype=keras.config.floatx())
