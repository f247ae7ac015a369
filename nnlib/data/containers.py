# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""What the loaders return: the data, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

ORIGINS = {"file": "from a file", "keras": "from Keras's cache", "stand-in": "STAND-IN, not the real set"}


@dataclass(frozen=True, eq=False, repr=False)
class ImageData:
    """Labelled images, split into training and test set.

    Attributes
    ----------
    name : str
        Name of the set that a person would use, such as ``"CIFAR-10"``.
    x_train, x_test : numpy.ndarray
        Images, uint8 from 0 to 255, shape (n, height, width) or (n, height, width, 3).
    y_train, y_test : numpy.ndarray
        Labels, int64, shape (n,), each an index into `class_names`.
    class_names : tuple of str
        What each label means.
    source : {"file", "keras", "stand-in"}
        Where the images came from.
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple[str, ...]
    source: str

    @property
    def is_real(self) -> bool:
        """Whether this is the real set and not a stand-in for it."""
        return self.source != "stand-in"

    def __repr__(self) -> str:
        """One line: name, origin and sizes, without the pixels."""
        size = " x ".join(map(str, self.x_train.shape[1:]))
        return (
            f"ImageData({self.name}, {ORIGINS[self.source]}: {len(self.x_train):,} training and "
            f"{len(self.x_test):,} test images of {size}, {len(self.class_names)} classes)"
        )


@dataclass(frozen=True, eq=False, repr=False)
class TableData:
    """A table of features, with or without the column to predict.

    Attributes
    ----------
    name : str
        Name of the set that a person would use, such as ``"Phone prices"``.
    features : pandas.DataFrame
        One row per sample, one column per feature, shape (n, n_features).
    target : pandas.Series or None
        Labels, int64, shape (n,), each an index into `class_names`; None where the table has no labels.
    class_names : tuple of str
        What each label means.
    source : {"file", "stand-in"}
        Where the table came from.
    ids : pandas.Series or None
        The column `id` of the unlabelled form, int64, shape (n,); None where there is none.
    """

    name: str
    features: pd.DataFrame
    target: pd.Series | None
    class_names: tuple[str, ...]
    source: str
    ids: pd.Series | None = None

    @property
    def is_real(self) -> bool:
        """Whether this is a real table and not a stand-in for it."""
        return self.source != "stand-in"

    def __repr__(self) -> str:
        """One line: name, origin and sizes."""
        rows, columns = self.features.shape
        labels = f"{len(self.class_names)} classes" if self.target is not None else "no labels"
        return f"TableData({self.name}, {ORIGINS[self.source]}: {rows:,} rows of {columns} features, {labels})"
