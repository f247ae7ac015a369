# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""The confusion matrix: of each true class, where it went."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike
from sklearn.metrics import confusion_matrix

from ._style import ink_on, new_axes, set_text, styled


@styled
def plot_confusion(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    class_names: Sequence[str],
    title: str = "Confusion matrix: of each true class, where it went (%)",
    ax: Axes | None = None,
) -> Axes:
    """Draw the confusion matrix: each row is a true class, in per cent of its samples.

    Parameters
    ----------
    y_true, y_pred : array_like of int, shape (n,)
        True and predicted classes, 0 to n_classes - 1.
    class_names : sequence of str, length n_classes
        Names of the classes.
    title : str
        Title of the figure.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        Where a class has no name, there is no sample, or the two arrays differ in length.

    Examples
    --------
    >>> ax = plot_confusion([0, 0, 1], [0, 1, 1], class_names=["cat", "dog"])
    >>> [text.get_text() for text in ax.texts]
    ['50', '50', '', '100']
    """
    y_true, y_pred, n = np.asarray(y_true), np.asarray(y_pred), len(class_names)
    for name, values in (("y_true", y_true), ("y_pred", y_pred)):
        if values.ndim != 1 or not len(values):
            raise ValueError(f"{name} must be one class index a sample, shape (n,), got {values.shape}")
        unknown = [value for value in set(values.tolist()) if value not in range(n)]
        if unknown:
            raise ValueError(f"{name} holds {unknown[0]!r}, and class_names names {n} classes: 0 to {n - 1}")
    if len(y_true) != len(y_pred):
        raise ValueError(f"each sample needs a true and a predicted class, got {len(y_true)} and {len(y_pred)}")
    counts = confusion_matrix(y_true, y_pred, labels=range(n))
    share = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ax = new_axes(ax, size=(0.55 * n + 2.2, 0.5 * n + 1.6))
    image = ax.imshow(share, cmap="Blues", vmin=0, vmax=100)
    for row, column in np.ndindex(n, n):
        value = share[row, column]
        text = f"{value:.0f}" if value > 0.5 else ""
        color = ink_on(image.to_rgba(value))
        weight = "bold" if row == column else "normal"
        ax.text(column, row, text, ha="center", va="center", fontsize=11, color=color, fontweight=weight)
    ax.set_xticks(range(n), class_names, rotation=45, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(n), class_names)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    set_text(ax, title=title, xlabel="predicted", ylabel="true")
    return ax
