# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""What `diagnose` is called with, checked and turned into a `Case`; what it cannot look at is said in one sentence."""

from typing import Any

import keras
import numpy as np

from .case import Case
from .running import Array


def case_of(model: Any, x: Any, y: Any, history: Any, validation_data: Any) -> Case:
    """Return the case that the arguments describe.

    Raises
    ------
    ValueError
        If something cannot be looked at; the message names it and says what to give instead.
    """
    _check_model(model)
    x, y = _the_only(x, "x", model), _the_only(y, "y", model)
    columns = [str(name) for name in x.columns] if hasattr(x, "columns") else None
    x, y = _check_data(model, x, y, "x", "y")
    x_val, y_val = (None, None) if validation_data is None else _check_pair(model, validation_data)
    parameters = getattr(history, "params", None) or {}
    case = Case(
        model,
        x,
        y,
        curves=_curves(history),
        steps_per_epoch=parameters.get("steps"),
        x_val=x_val,
        y_val=y_val,
        columns=columns,
    )
    return case


def _check_model(model: Any) -> None:
    if not getattr(model, "compiled", False) or model.loss is None:
        raise ValueError(f"model {getattr(model, 'name', model)!r} has no loss yet: call model.compile(loss=…) first")
    if not model.built:
        raise ValueError(f"model {model.name!r} has no weights yet: begin it with keras.Input, or call it on data once")
    for name in ("inputs", "outputs"):
        tensors = getattr(model, name, None) or []
        if len(tensors) > 1:
            raise ValueError(f"model {model.name!r} has {len(tensors)} {name}; diagnose knows models with one")


def _the_only(values: Any, name: str, model: Any) -> Any:
    """Unpack a list or dict of one array, as `fit` takes it."""
    if isinstance(values, dict) and len(values) == 1:
        return next(iter(values.values()))
    if isinstance(values, dict) or (isinstance(values, list | tuple) and len(values) > 1 and _is_array(values[0])):
        arrays = f"{len(values)} arrays"
        raise ValueError(f"{name} holds {arrays}; diagnose knows models with one input and one output")
    shape = getattr(model, f"{'in' if name[0] == 'x' else 'out'}put_shape", None)
    if isinstance(values, list | tuple) and len(values) == 1 and _is_array(values[0]) and isinstance(shape, tuple):
        return values[0]
    return values


def _is_array(value: Any) -> bool:
    return hasattr(value, "shape") and len(value.shape) >= 1


def _check_data(model: Any, x: Any, y: Any, x_name: str, y_name: str) -> tuple[Array, Array]:
    is_series = hasattr(y, "to_frame")
    x, y = _as_numbers(x, x_name), _as_numbers(y, y_name)
    y = y[:, None] if is_series else y  # Keras hands a Series on with an axis of 1
    if len(x) != len(y):
        raise ValueError(f"{x_name} has {len(x)} rows and {y_name} has {len(y)}; each sample needs one target")
    shape = getattr(model, "input_shape", None)
    if isinstance(shape, dict | list) and len(shape) == 1:
        shape = next(iter(shape.values())) if isinstance(shape, dict) else shape[0]
    wanted = tuple(shape[1:]) if isinstance(shape, tuple) else None
    if wanted is not None and _fits((*x.shape[1:], 1), wanted):
        x = x[..., None]  # as fit does: six numbers are six rows of one, grey pictures have one channel
    if wanted is not None and not _fits(x.shape[1:], wanted):
        hint = "; its channels stand first, the model wants them last: np.moveaxis(x, 1, -1)"
        first = x.ndim == 4 and _fits((*x.shape[2:], x.shape[1]), wanted)
        said = f"a row of {x_name} has shape {x.shape[1:]}, but model {model.name!r} takes {wanted}"
        raise ValueError(said + (hint if first else ""))
    return x, y


def _check_pair(model: Any, validation_data: Any) -> tuple[Array, Array]:
    if isinstance(validation_data, tuple | list) and len(validation_data) == 3:
        validation_data = validation_data[:2]  # the third are weights of the samples
    if not isinstance(validation_data, tuple | list) or len(validation_data) != 2:
        raise ValueError(f"validation_data must be a pair (x_val, y_val), not a {type(validation_data).__name__}")
    x, y = (_the_only(one, name, model) for one, name in zip(validation_data, ("x_val", "y_val"), strict=True))
    return _check_data(model, x, y, "x_val", "y_val")


def _as_numbers(values: Any, name: str) -> Array:
    kind = type(values).__name__
    if values is None:
        raise ValueError(f"{name} is None; give the array of {'inputs' if name[0] == 'x' else 'targets'}")
    if hasattr(values, "element_spec") or hasattr(values, "__next__") or isinstance(values, keras.utils.PyDataset):
        raise ValueError(f"{name} is a {kind}; give arrays, for example a few batches put together")
    if hasattr(values, "toarray") or hasattr(values, "to_sparse") or "Sparse" in kind or "Ragged" in kind:
        dense = ".toarray()" if hasattr(values, "toarray") else ".to_tensor()"
        raise ValueError(f"{name} is a {kind}; give a dense array, for example {name}{dense}")
    if hasattr(values, "dtypes") and hasattr(values, "columns"):
        odd = [str(column) for column, dtype in values.dtypes.items() if not _is_number(dtype)]
        if odd:
            raise ValueError(
                f"{name} holds object, not numbers, in column {odd[0]!r}; turn it into numbers first (one-hot, "
                "class numbers)"
            )
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} has rows of different length; pad them to one length first") from None
    if array.ndim == 0 or array.size == 0:
        raise ValueError(f"{name} is empty (shape {array.shape}); give at least one sample")
    if array.dtype == object and hasattr(values, "dtype") and _is_number(values.dtype):
        array = array.astype("float64")  # pandas's own number types
    if array.dtype.kind == "c":
        raise ValueError(
            f"{name} holds complex numbers; give real ones, for example real and imaginary part as columns"
        )
    if array.dtype == object or array.dtype.kind not in "iufb":
        raise ValueError(
            f"{name} holds {array.dtype}, not numbers; turn text into numbers first (one-hot, class numbers)"
        )
    if array.dtype == np.longdouble:
        array = array.astype("float64")
    return array.astype("int8") if array.dtype == bool else array


def _is_number(dtype: Any) -> bool:
    return getattr(dtype, "kind", "O") in "iufb"


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(shape) == len(wanted) and all(w in (None, s) for s, w in zip(shape, wanted, strict=True))


def _curves(history: Any) -> dict[str, Array]:
    curves = getattr(history, "history", history) or {}
    if not isinstance(curves, dict):
        raise ValueError(f"history is a {type(history).__name__}; give what model.fit returned")
    try:
        return {
            name: np.array([one for one in curve if one is not None], dtype="float64")
            for name, curve in curves.items()
            if _is_curve(curve)
        }
    except (TypeError, ValueError):
        raise ValueError("history holds curves that are not lists of numbers; give what model.fit returned") from None


def _is_curve(curve: Any) -> bool:
    """Whether every entry is a number; callbacks may write texts or lists beside the curves."""
    return all(one is None or (np.ndim(one) == 0 and not isinstance(one, str)) for one in curve)
