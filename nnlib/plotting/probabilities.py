# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Class probabilities: one prediction in full."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from ._style import COLORS, LIGHT, new_axes, set_text, styled


@styled
def plot_probabilities(
    probabilities: ArrayLike,
    class_names: Sequence[str],
    *,
    truth: int | None = None,
    title: str = "What the model believes",
    ax: Axes | None = None,
) -> Axes:
    """Show one prediction in full: a bar for the probability of each class.

    Parameters
    ----------
    probabilities : array_like, shape (n_classes,)
        One row of what `predict` returned.
    class_names : sequence of str, length n_classes
        Names of the classes.
    truth : int, optional
        Index of the true class; its name is set in bold.
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
        If there is not one probability from 0 to 1 for each name, or `truth` is no index of a name.

    Examples
    --------
    >>> ax = plot_probabilities([0.2, 0.8], ["cat", "dog"], truth=1)
    >>> len(ax.patches)
    2
    """
    probabilities = np.asarray(probabilities, dtype=float)
    if probabilities.shape != (len(class_names),):
        raise ValueError(
            f"{len(class_names)} class names need as many probabilities, got the shape {probabilities.shape}"
        )
    if not ((probabilities >= 0) & (probabilities <= 1 + 1e-6)).all():  # float32 may end a little above 1
        raise ValueError(f"probabilities must lie between 0 and 1, got {probabilities}; of logits take the softmax")
    if truth is not None and truth not in range(len(class_names)):
        raise ValueError(f"truth={truth!r} is no class: class_names names 0 to {len(class_names) - 1}")
    ax = new_axes(ax, size=(6, 0.36 * len(class_names) + 1))
    best = int(probabilities.argmax())
    colors = [COLORS["blue"] if i == best else LIGHT for i in range(len(class_names))]
    bars = ax.barh(range(len(class_names)), probabilities, color=colors)
    ax.bar_label(bars, [f"{p:.0%}" if p >= 0.005 else "" for p in probabilities], padding=3, fontsize=11)
    names = [f"truth: {name}" if i == truth else name for i, name in enumerate(class_names)]
    ax.set_yticks(range(len(names)), names, fontsize=11)
    if truth is not None:
        ax.get_yticklabels()[truth].set(fontweight="bold", color=COLORS["black"])
    ax.invert_yaxis()
    ax.set_xlim(0, max(1.0, probabilities.max() * 1.1))
    set_text(ax, title=title, xlabel="probability")
    return ax
