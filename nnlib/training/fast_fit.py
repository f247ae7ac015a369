# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Keras's `fit` for small models: the same training, a shorter road from array to gradient."""

from typing import Any

import keras
import numpy as np

from ._keras import trains_as_keras_trains, watches_batches
from .arrays import as_arrays
from .callbacks import Progress
from .passes import Pass

RESETS_TO_COMPILE = 50  # a compiled reset of the metrics saves a fifth of an epoch on six points, and takes 20 ms


def fit(
    model: keras.Model,
    x: Any = None,
    y: Any = None,
    batch_size: int | None = None,
    epochs: int = 1,
    verbose: int | str = "auto",
    callbacks: Any = None,
    validation_split: float = 0.0,
    validation_data: Any = None,
    shuffle: bool = True,
    class_weight: dict[int, float] | None = None,
    sample_weight: Any = None,
    initial_epoch: int = 0,
    steps_per_epoch: int | None = None,
    validation_steps: int | None = None,
    validation_batch_size: int | None = None,
    validation_freq: int = 1,
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
        Samples in each update, 32 if not given; the last batch of an epoch holds what is left over.
    epochs : int, optional
        How often every sample is seen.
    verbose : {"auto", 1, 0, 2}, optional
        1 and "auto" show one line that follows the training (`Progress`), 0 nothing; 2 gives Keras's own lines.
    callbacks : list of keras.callbacks.Callback, optional
        Called at the beginning and the end of training, epoch and evaluation, as in Keras.
    validation_data : tuple (x, y) or (x, y, sample_weight), optional
        Evaluated after each epoch, as by `model.evaluate`.
    shuffle : bool, optional
        Whether each epoch takes the samples in a new random order.
    class_weight : dict of int to float, optional
        Weight of each class in the loss; classes not named weigh 1.
    sample_weight : array, shape (n_samples,), optional
        Weight of each sample in the loss.
    validation_batch_size : int, optional
        Samples evaluated at a time; `batch_size` if not given. Large batches save time where there is memory for them.
    validation_split, initial_epoch, steps_per_epoch, validation_steps, validation_freq
        As in `model.fit`, which then does the work.

    Returns
    -------
    keras.callbacks.History
        As from `model.fit`: one entry per epoch for the loss and each metric.

    Raises
    ------
    ValueError
        If a batch size is not a whole number from 1 on, and what `model.fit` raises: a model without `compile`,
        arrays of different lengths, inputs that the model cannot take.
    RuntimeError
        If a callback compiles the model while it is trained.

    Notes
    -----
    What cannot be sped up goes to `model.fit` unchanged: data sets, generators, several inputs or outputs, a
    `train_step` of your own, `run_eagerly`, a model made under a distribution strategy, Keras on JAX or PyTorch, and
    callbacks that look at single batches (`TerminateOnNaN`, `TensorBoard`), since here no Python runs between two
    batches. Ctrl-C and `model.stop_training` act after about a second at the latest, even within an epoch.

    The random order comes from TensorFlow's global generator, as in `model.fit`: `set_seed`,
    `keras.utils.set_random_seed` and `tf.random.set_seed` make a run repeatable. The arrays are copied once into
    TensorFlow's memory (a GPU's, where there is one): uint8 images take a quarter of what floats take.

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
    train = as_arrays(x, y, sample_weight, class_weight)
    validation = as_arrays(*validation_data) if _is_data_pair(validation_data) else None
    if (
        train is not None
        and (validation is not None or validation_data is None)
        and not validation_split
        and (initial_epoch, steps_per_epoch, validation_steps, validation_freq) == (0, None, None, 1)
        and isinstance(shuffle, bool)
        and verbose in (0, 1, "auto")
        and isinstance(callbacks, list)
        and not any(watches_batches(callback) for callback in callbacks)
        and trains_as_keras_trains(model)
    ):
        batch_sizes = int(batch_size or 32), int(validation_batch_size or batch_size or 32)
        return _fit_in_passes(model, train, validation, batch_sizes, epochs, callbacks, shuffle, verbose)
    return model.fit(
        x,
        y,
        batch_size=batch_size,
        epochs=epochs,
        verbose=verbose,
        callbacks=callbacks,
        validation_split=validation_split,
        validation_data=validation_data,
        shuffle=shuffle,
        class_weight=class_weight,
        sample_weight=sample_weight,
        initial_epoch=initial_epoch,
        steps_per_epoch=steps_per_epoch,
        validation_steps=validation_steps,
        validation_batch_size=validation_batch_size,
        validation_freq=validation_freq,
    )


def _fit_in_passes(
    model: keras.Model,
    train: list[np.ndarray],
    validation: list[np.ndarray] | None,
    batch_sizes: tuple[int, int],
    epochs: int,
    callbacks: list,
    shuffle: bool,
    verbose: int | str,
) -> keras.callbacks.History:
    """The loop of `model.fit`, with one compiled pass over the data where Keras loops over batches."""
    import tensorflow as tf

    train_pass = Pass(model, "train_step", train, batch_sizes[0], epochs)
    order = tf.range(len(train[0]))
    if validation:
        validation_pass = Pass(model, "test_step", validation, batch_sizes[1], epochs)
        validation_order = tf.range(len(validation[0]))

    params = {"verbose": verbose, "epochs": epochs, "steps": train_pass.n_batches}
    told = keras.callbacks.CallbackList(callbacks, add_history=True, model=model, **params)
    model.stop_training = False
    model.make_train_function()
    told.on_train_begin()
    logs = None
    reset_metrics = model.reset_metrics

    def order_of_an_epoch() -> Any:
        model.reset_metrics()
        return tf.random.shuffle(order) if shuffle else order

    for epoch in range(epochs):
        epoch_order = order_of_an_epoch()
        told.on_epoch_begin(epoch)
        logs = train_pass(epoch_order)
        if validation:
            told.on_test_begin()
            reset_metrics()
            scores = validation_pass(validation_order)
            told.on_test_end(scores)
            logs |= {f"val_{name}": value for name, value in scores.items()}
        told.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
        if epoch == 0 and epochs >= RESETS_TO_COMPILE and _resets_as_keras_does(model):
            order_of_an_epoch = tf.function(order_of_an_epoch, autograph=False)
            reset_metrics = tf.function(model.reset_metrics, autograph=False)
    if epochs > 0:
        model.optimizer.finalize_variable_values(model.trainable_weights)
    told.on_train_end(logs)
    return model.history


def _resets_as_keras_does(model: keras.Model) -> bool:
    """Whether every metric resets TensorFlow variables and nothing else (one of your own might do anything)."""
    metrics = [part for metric in model.metrics for part in (metric, *getattr(metric, "metrics", ()))]
    return all(type(metric).reset_state.__module__.startswith("keras.") for metric in metrics)


def _with_progress(callbacks: Any, verbose: int | str) -> Any:
    """Return the callbacks as a flat list with a progress line; a list of Keras's own stays what it is."""
    if isinstance(callbacks, keras.callbacks.CallbackList):
        return callbacks
    callbacks = keras.tree.flatten(callbacks) if callbacks else []
    if verbose in (1, "auto") and not any(
        isinstance(callback, keras.callbacks.ProgbarLogger) for callback in callbacks
    ):
        callbacks.append(Progress())
    return callbacks


def _is_data_pair(data: Any) -> bool:
    return isinstance(data, tuple | list) and len(data) in (2, 3)
