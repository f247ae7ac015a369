# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""The decision boundaries of several models in one picture: how much they depend on the training data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from ._style import CYCLE, new_axes, set_text, styled
from .decision_boundary import boundary_of, scores_of

_GRID = 100  # points along each side


@styled
def plot_boundary_spread(
    models: Sequence[Callable],
    *,
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    title: str = "The same model, other training data",
    xlabel: str = "x₁",
    ylabel: str = "x₂",
    ax: Axes | None = None,
) -> Axes:
    """Draw the decision boundary of each model as a thin line, and that of their average as a thick one.

    Parameters
    ----------
    models : sequence of callable
        Each takes points of shape (n, 2) and gives scores from 0 to 1 of shape (n,) or (n, 1).
    xlim, ylim : tuple of float
        The part of the plane to show.
    title, xlabel, ylabel : str
        Text of the figure.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        Where there is no model, or one does not give a score from 0 to 1 per point.

    Examples
    --------
    >>> def right_of(border):
    ...     return lambda points: 1.0 / (1.0 + np.exp(border - points[:, 0]))
    >>> ax = plot_boundary_spread([right_of(-1), right_of(1)], xlim=(-2, 2), ylim=(-2, 2))
    >>> len(ax.collections[0].get_segments()), len(ax.collections[1].get_segments())
    (2, 1)
    """
    if not models:
        raise ValueError("models is empty: give at least one function from points to scores")
    lines = np.linspace(*xlim, _GRID), np.linspace(*ylim, _GRID)
    grid = np.stack(np.meshgrid(*lines), axis=-1).reshape(-1, 2).astype("float32")
    maps = np.array([scores_of(model, grid) for model in models]).reshape(-1, _GRID, _GRID)
    ax = new_axes(ax, size=(5, 4.2))
    borders = [segment for scores in maps for segment in boundary_of(*lines, scores)]
    ax.add_collection(LineCollection(borders, colors=CYCLE[0], linewidths=1.1, alpha=0.8))
    ax.add_collection(LineCollection(boundary_of(*lines, maps.mean(axis=0)), colors="black", linewidths=3))
    ax.set(xlim=xlim, ylim=ylim)
    set_text(ax, title=title, xlabel=xlabel, ylabel=ylabel)
    return ax
