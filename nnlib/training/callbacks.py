# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Callbacks that watch a model learn: a progress line, copies of the weights, the size of the gradients."""

import inspect
import sys
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any

import keras
import numpy as np

from .arrays import as_array


class Progress(keras.callbacks.ProgbarLogger):
    """One line that follows the training, rewritten after each epoch at most ten times a second.

    In a notebook the line is a single output that is updated in place, in a terminal it is rewritten with a
    carriage return, and in a file or a pipe only the last line appears. It takes the place of Keras's progress bar.

    Parameters
    ----------
    label : str, optional
        Text before the numbers, to tell several models apart.

    Examples
    --------
    >>> progress = Progress("ReLU")
    >>> history = model.fit(x, y, epochs=3, verbose=0, callbacks=[progress])  # doctest: +SKIP
    ReLU · epoch 3/3 · loss 0.412 · accuracy 0.831 · 2 s
    """

    def __init__(self, label: str = "") -> None:
        super().__init__()
        self.label = label

    # Keras adds no bar of its own where it finds a ProgbarLogger. What that one does besides is undone here.
    set_params = keras.callbacks.Callback.set_params
    on_epoch_begin = keras.callbacks.Callback.on_epoch_begin
    on_train_batch_end = keras.callbacks.Callback.on_train_batch_end
    on_test_begin = keras.callbacks.Callback.on_test_begin
    on_test_batch_end = keras.callbacks.Callback.on_test_batch_end
    on_test_end = keras.callbacks.Callback.on_test_end
    on_predict_begin = keras.callbacks.Callback.on_predict_begin
    on_predict_batch_end = keras.callbacks.Callback.on_predict_batch_end
    on_predict_end = keras.callbacks.Callback.on_predict_end

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Start the clock and choose where the line goes."""
        self._started = self._shown = time.perf_counter()
        self._line = ""
        self._write = _line_writer()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Write the line anew, unless it was written just now."""
        now = time.perf_counter()
        parts = [str(self.label)] if self.label else []
        parts.append(f"epoch {epoch + 1}/{self.params.get('epochs', '?')}")
        logs = logs or {}
        parts += [f"{name} {_short(logs[name])}" for name in sorted(logs, key=_loss_first)]
        self._line = " · ".join([*parts, f"{now - self._started:.0f} s"])
        if now - self._shown >= 0.1:
            self._shown = now
            self._write(self._line, False)

    def on_train_end(self, logs: dict | None = None) -> None:
        """Leave the last line standing."""
        if self._line:
            self._write(self._line, True)


class Snapshots(keras.callbacks.Callback):
    """Copies of the weights during training, for animations and for looking back.

    Parameters
    ----------
    every : int, optional
        Take a copy after each `every`-th epoch. Epoch 0 (before the first step) and the last are always kept.
    epochs : collection of int, optional
        Take copies after exactly these epochs instead (0 is before the first step).

    Attributes
    ----------
    epochs : list of int
        The epoch of each copy: 0 before training, n after n epochs.
    weights : list of list of ndarray
        `model.get_weights()` at that time; `model.set_weights(snapshots.weights[i])` brings it back.

    Raises
    ------
    ValueError
        If `every` is not a positive whole number, or `epochs` holds something else than whole numbers from 0 on.

    Examples
    --------
    >>> import keras, numpy as np
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> snapshots = Snapshots(every=2)
    >>> _ = model.fit(np.ones((4, 1)), np.ones(4), epochs=5, verbose=0, callbacks=[snapshots])
    >>> snapshots.epochs
    [0, 2, 4, 5]
    """

    def __init__(self, every: int = 1, *, epochs: Collection[int] | None = None) -> None:
        super().__init__()
        if not _is_whole(every, 1):
            raise ValueError(f"every must be a whole number from 1 on, got {every!r}.")
        if epochs is not None and not (isinstance(epochs, Collection) and all(_is_whole(epoch, 0) for epoch in epochs)):
            raise ValueError(f"epochs must be a list of whole numbers from 0 on, got {epochs!r}.")
        self.every = every
        self._wanted = None if epochs is None else set(epochs)
        self.epochs: list[int] = []
        self.weights: list[list[np.ndarray]] = []
        self._last: tuple[int, list[np.ndarray]] | None = None

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Forget an earlier run and copy the first weights."""
        self.epochs, self.weights = [], []
        self._keep(0)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Copy the weights if this epoch is wanted."""
        self._keep(epoch + 1)

    def on_train_end(self, logs: dict | None = None) -> None:
        """Keep the last epoch's weights; the model may have others now, since early stopping brings back the best."""
        if self._wanted is None and self._last is not None:
            self._add(*self._last)

    def _keep(self, epoch: int) -> None:
        self._last = None
        if epoch in self._wanted if self._wanted is not None else epoch % self.every == 0:
            self._add(epoch, self.model.get_weights())
        elif self._wanted is None:
            self._last = epoch, self.model.get_weights()

    def _add(self, epoch: int, weights: list[np.ndarray]) -> None:
        self.epochs.append(epoch)
        self.weights.append(weights)


class GradientNorms(keras.callbacks.Callback):
    """The gradient norm of each layer after every epoch, on one fixed set of samples.

    Parameters
    ----------
    x, y : array
        The samples to measure on, as in `gradient_norms`; a few hundred are enough.

    Attributes
    ----------
    epochs : list of int
        0 before training, n after n epochs.
    norms : dict of str to list of float
        For each layer with weights, one norm for each entry of `epochs`.
    """

    def __init__(self, x: Any, y: Any) -> None:
        super().__init__()
        self.x, self.y = x, y
        self.epochs: list[int] = []
        self.norms: dict[str, list[float]] = {}

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Forget an earlier run and measure the untrained model."""
        self.epochs, self.norms = [], {}
        self._measure(0)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Measure once more."""
        self._measure(epoch + 1)

    def _measure(self, epoch: int) -> None:
        self.epochs.append(epoch)
        for layer, norm in gradient_norms(self.model, self.x, self.y).items():
            self.norms.setdefault(layer, []).append(norm)


def gradient_norms(model: keras.Model, x: Any, y: Any) -> dict[str, float]:
    """Euclidean norm of the loss gradient with respect to the weights of each layer.

    Parameters
    ----------
    model : keras.Model
        A built and compiled model; its own loss is used, with the layers in inference mode (no dropout).
    x : array, shape (n_samples, ...)
        Inputs: NumPy arrays, pandas tables or tensors.
    y : array, shape (n_samples, ...)
        Targets, as `fit` takes them.

    Returns
    -------
    dict of str to float
        Layer name to norm (kernel and bias together), from input to output; layers without trainable weights
        do not appear. Where two layers have one name, the second gets its number.

    Raises
    ------
    ValueError
        If the model has no loss yet, or `x` and `y` do not hold as many samples.
    RuntimeError
        If Keras runs on JAX or PyTorch.

    Examples
    --------
    For one weight w, one bias b and squared error, the gradient is 2 (wx + b - y) (x, 1):

    >>> import keras, numpy as np
    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, name="line")])
    >>> model.compile(loss="mse")
    >>> model.set_weights([np.array([[1.0]]), np.array([0.0])])
    >>> gradient_norms(model, np.array([[3.0]]), np.array([[-1.0]]))["line"]  # 8 * sqrt(9 + 1)
    25.298...
    """
    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(f"gradient_norms needs Keras on TensorFlow; this is Keras on {keras.backend.backend()}.")
    import tensorflow as tf

    if not model.compiled:
        raise ValueError("The model has no loss yet: call model.compile(...) first.")
    x, y = (tf.convert_to_tensor(part if (array := as_array(part)) is None else array) for part in (x, y))
    if len(x) != len(y) or not len(x):
        raise ValueError(f"x and y must hold as many samples, and at least one, got {len(x)} and {len(y)}.")
    # Keras up to 3.3 does not tell `compute_loss` whether it trains.
    mode = {"training": False} if "training" in inspect.signature(model.compute_loss).parameters else {}
    with tf.GradientTape() as tape:
        loss = model.compute_loss(x=x, y=y, y_pred=model(x, training=False), **mode)
    layers = [layer for layer in model.layers if layer.trainable_weights]
    gradients = tape.gradient(loss, [layer.trainable_weights for layer in layers])
    norms: dict[str, float] = {}
    for number, (layer, parts) in enumerate(zip(layers, gradients, strict=True), start=1):
        name = f"{layer.name}_{number}" if layer.name in norms else layer.name
        # An Embedding gives a row for each token: the same rows have to be added up first.
        dense = [tf.convert_to_tensor(part) for part in parts if part is not None]
        norms[name] = float(tf.linalg.global_norm(dense))
    return norms


def _is_whole(value: Any, least: int) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(value >= least)


def _loss_first(name: Any) -> tuple[bool, bool]:
    return str(name).startswith("val_"), str(name).removeprefix("val_") != "loss"


def _short(value: Any) -> str:
    """Three decimals, or powers of ten for numbers that three decimals would round away."""
    if np.ndim(value):
        return f"[{' '.join(_short(part) for part in np.asarray(value))}]"
    with suppress(TypeError, ValueError):  # a callback may put anything into the logs, the learning rate as a variable
        value = float(np.asarray(value))  # Keras 3.3 makes no float of a variable
    if not isinstance(value, float):
        return str(value)
    return f"{value:.3f}" if value == 0 or 0.01 <= abs(value) < 1e5 else f"{value:.1e}"


def _line_writer() -> Callable[[str, bool], None]:
    """Return write(line, last), which shows a line over the previous one, wherever the output goes."""
    if _in_notebook():
        from IPython.display import display

        handle = display({"text/plain": ""}, raw=True, display_id=True)
        return lambda line, _: handle.update({"text/plain": line}, raw=True)
    if getattr(sys.stdout, "isatty", bool)():  # a stream of somebody's own need not have it; bool() is False
        # "\033[K" clears what a longer line left behind.
        return lambda line, last: print(f"\r{_encodable(line)}\033[K", end="\n" if last else "", flush=True)
    return lambda line, last: print(_encodable(line)) if last else None


def _encodable(line: str) -> str:
    """Return the line as it is, or in plain characters where the output cannot show it (Windows, `> log.txt`)."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        return line.replace(" · ", " - ").encode(encoding, "replace").decode(encoding)
    return line


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    return hasattr(ipython and ipython.get_ipython(), "kernel")
