# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""The compiled loss: called as `fit` calls it, and recognised by its numbers whatever its name."""

import functools
import inspect
import re
from typing import Any

import keras
import numpy as np

SPARSE = frozenset({"sparse_categorical_crossentropy"})
ONE_HOT = frozenset({"categorical_crossentropy", "categorical_focal_crossentropy"})
BINARY = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
CROSSENTROPY = SPARSE | ONE_HOT | BINARY
DISTANCE = frozenset({"mean_squared_error", "mean_absolute_error", "huber", "log_cosh"})  # losses of regression
_SHORT = {"mse": "mean_squared_error", "mae": "mean_absolute_error", "mape": "mean_absolute_percentage_error"}
_SHORT |= {"msle": "mean_squared_logarithmic_error", "kld": "kl_divergence", "logcosh": "log_cosh"}


class _FunctionLoss(keras.losses.Loss):
    """A loss function as Keras wraps it: targets get the rank of the outputs where only an axis of 1 is missing."""

    def __init__(self, function: Any) -> None:
        super().__init__(name="loss")
        self.function = function

    def call(self, y_true: Any, y_pred: Any) -> Any:
        true, pred = len(y_true.shape), len(y_pred.shape)
        if true == pred - 1 and y_pred.shape[-1] == 1:
            y_true = keras.ops.expand_dims(y_true, -1)
        elif true == pred + 1 and y_true.shape[-1] == 1:
            y_true = keras.ops.squeeze(y_true, -1)
        return self.function(y_true, y_pred)


class CompiledLoss:
    """The loss of a compiled model.

    Parameters
    ----------
    loss : keras.losses.Loss
        What computes it.
    name : str
        Name of the Keras loss that it is, in snake case, for example ``"mean_squared_error"``; else its own.
    from_logits : bool
        Whether it applies softmax or sigmoid itself.
    is_keras : bool
        Whether it is one of Keras's own.
    """

    def __init__(self, loss: keras.losses.Loss, name: str, *, from_logits: bool, is_keras: bool = True) -> None:
        self._loss, self.name, self.from_logits, self.is_keras = loss, name, from_logits, is_keras

    def __call__(self, y: Any, outputs: Any) -> Any:
        """Return the loss of `outputs` against `y` as `fit` computes it, a tensor."""
        return keras.ops.mean(self._loss(keras.ops.convert_to_tensor(y), keras.ops.convert_to_tensor(outputs)))

    @property
    def aligns(self) -> bool:
        """Whether the loss itself finds out which output belongs to which target, as CTC does."""
        return isinstance(self._loss, keras.losses.CTC)

    @property
    def ignored(self) -> int | None:
        """The label that the loss leaves out; None where there is none."""
        label = getattr(self._loss, "ignore_class", None)
        return None if label is None else int(label)

    def counted(self, y: np.ndarray) -> np.ndarray:
        """Return the labels that the loss looks at, in one row."""
        return y.reshape(-1) if self.ignored is None else y[y != self.ignored]


def as_loss(given: Any, y: np.ndarray, outputs: np.ndarray) -> CompiledLoss:
    """Return the compiled loss, as a name, function or object, in a list or dict of one, as a `CompiledLoss`."""
    while isinstance(given, dict | list | tuple):
        given = next(iter(given.values())) if isinstance(given, dict) else given[0]
    found = keras.losses.get(given)
    loss = found if isinstance(found, keras.losses.Loss) else _FunctionLoss(found)
    kind = type(found) if isinstance(found, keras.losses.Loss) else found
    if getattr(kind, "__module__", "").split(".")[0] == "keras":
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
        return CompiledLoss(loss, _SHORT.get(name, name), from_logits=bool(getattr(found, "from_logits", False)))
    known = _recognised(loss, y, outputs)
    own = getattr(kind, "__name__", type(kind).__name__)
    return CompiledLoss(loss, known[0] if known else own, from_logits=bool(known and known[1]), is_keras=False)


def _recognised(loss: keras.losses.Loss, y: np.ndarray, outputs: np.ndarray) -> tuple[str, bool] | None:
    """Return which Keras loss gives the same numbers, and whether it takes logits; None if none does."""
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(16, *outputs.shape[1:])).astype("float32")
    exponentials = np.exp(logits)
    probabilities = exponentials / (1 + exponentials if outputs.shape[-1] == 1 else exponentials.sum(-1, keepdims=True))
    y = np.resize(y, (16, *y.shape[1:])).astype("float32")
    if not np.isfinite(y).all():
        return None
    for name in (*sorted(CROSSENTROPY), *sorted(DISTANCE)):
        function = keras.losses.get(name)
        for from_logits in (False, True) if "from_logits" in inspect.signature(function).parameters else (False,):
            reference = _FunctionLoss(functools.partial(function, **({"from_logits": True} if from_logits else {})))
            given = probabilities.astype("float32") if name in CROSSENTROPY and not from_logits else logits
            try:
                values = [float(keras.ops.mean(one(y, given))) for one in (loss, reference)]
            except Exception:  # shapes that a loss does not take: then it is not this one
                continue
            if np.isfinite(values).all() and np.isclose(values[0], values[1], rtol=1e-4, atol=1e-7):
                return name, from_logits
    return None
