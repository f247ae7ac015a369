# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""What Keras makes of inputs, targets and weights that are arrays or tables."""

import sys
from typing import Any

import keras
import numpy as np


def as_arrays(x: Any, y: Any, sample_weight: Any = None, class_weight: Any = None) -> list[np.ndarray] | None:
    """Return x, y and the weights, if any, as arrays of one length; None where they are something else."""
    if x is None or y is None or (class_weight is not None and sample_weight is not None):
        return None
    parts = [as_array(part) for part in (x, y, sample_weight) if part is not None]
    arrays = [part for part in parts if part is not None]
    if len(arrays) < len(parts) or len({len(part) for part in arrays}) != 1 or not len(arrays[0]):
        return None
    if class_weight is not None:
        classes = _classes(arrays[1])
        if classes.ndim > 1 or not hasattr(class_weight, "get"):
            return None
        weights = [class_weight.get(int(number), 1.0) for number in classes]
        arrays.append(np.array(weights, dtype=keras.config.floatx()))
    return arrays


def as_array(data: Any) -> np.ndarray | None:
    """Return an array or table as the array that Keras makes of it; None for all else, and what Keras refuses."""
    pandas = sys.modules.get("pandas")
    if pandas and isinstance(data, pandas.Series):
        data = data.to_frame()  # to Keras a column is a table of one column
    if pandas and isinstance(data, pandas.DataFrame):
        if not all(isinstance(kind, np.dtype) for kind in data.dtypes):  # categories, pandas' own numbers with gaps
            return None
        data = data.to_numpy()
    if not isinstance(data, np.ndarray) or data.ndim == 0 or data.dtype.kind not in "biuf" or data.itemsize > 8:
        return None
    return data.astype(keras.config.floatx(), copy=False) if data.dtype.kind == "f" else data


def _classes(y: np.ndarray) -> np.ndarray:
    if y.ndim > 1:
        y = y.argmax(axis=-1) if y.shape[-1] != 1 else y[..., 0]
    with np.errstate(invalid="ignore"):  # a target that is NaN is of no class
        return np.round(y).astype("int32")
