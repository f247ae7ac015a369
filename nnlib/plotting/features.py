# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Features: the columns of a table, what range each has, how it differs by class, and which one matters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from ._style import COLORS, LIGHT, finite_numbers, name_rows, new_axes, set_text, styled


@styled
def plot_ranges(
    features: pd.DataFrame, *, title: str = "Each column has a range of its own", ax: Axes | None = None
) -> Axes:
    """Draw the range of each column as a bar from its smallest to its largest value, with a dot at the median.

    The axis is linear from -1 to 1 and logarithmic beyond, so that columns of 0 and 1 and columns of thousands
    fit on it.

    Parameters
    ----------
    features : pandas.DataFrame, shape (n, n_features)
        Numbers only, each column in a unit of its own.
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
        Where `features` is no table with rows, or a value is no finite number; names the column.

    Examples
    --------
    >>> ax = plot_ranges(pd.DataFrame({"ram": [256, 3998], "wifi": [0, 1]}))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['ram', 'wifi']
    """
    if not isinstance(features, pd.DataFrame) or features.empty:
        raise ValueError(f"features must be a DataFrame with at least one row, got {type(features).__name__}")
    for name, column in features.items():
        finite_numbers(column, f"column {name!r}")
    shown = features.astype(float).agg(["min", "median", "max"]).T.sort_values("max", ascending=False, kind="stable")
    ax = new_axes(ax, size=(8, 0.29 * len(shown) + 1.2))
    rows = range(len(shown))
    ax.hlines(rows, shown["min"], shown["max"], color=COLORS["blue"], linewidth=7, alpha=0.45)
    ax.plot(shown["median"], rows, "o", color=COLORS["black"], markersize=6)
    if np.abs(shown.to_numpy()).max() > 1:
        ax.set_xscale("symlog", linthresh=1)
    name_rows(ax, list(shown.index))
    ax.grid(axis="x", color="#DDDDDD", linewidth=0.8)
    set_text(ax, title=title, xlabel="smallest to largest value, dot: median (powers of ten beyond 1)")
    return ax


@styled
def plot_by_class(
    values: ArrayLike,
    labels: ArrayLike,
    *,
    class_names: Sequence[str],
    title: str = "One column, class by class",
    xlabel: str = "value",
    ax: Axes | None = None,
) -> Axes:
    """Draw one column of a table as a row of dots for each class, with a thick mark at the mean.

    Where the rows lie apart, the column tells the classes apart.

    Parameters
    ----------
    values : array_like, shape (n,)
        One column.
    labels : array_like of int, shape (n,)
        The class of each value, 0 to n_classes - 1.
    class_names : sequence of str, length n_classes
        Names of the classes; the first is drawn lowest.
    title, xlabel : str
        Title of the figure, and what the column is.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        Where the two arrays differ in length, a value is no finite number, or a label has no name.

    Examples
    --------
    >>> ax = plot_by_class([1, 2, 8, 9], [0, 0, 1, 1], class_names=["cheap", "dear"])
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['cheap', 'dear']
    """
    values, labels = finite_numbers(values, "values"), np.asarray(labels)
    if labels.shape != values.shape:
        raise ValueError(f"{len(values)} values need as many labels, got the shape {labels.shape}")
    unknown = np.setdiff1d(labels, np.arange(len(class_names)))
    if len(unknown):
        raise ValueError(f"label {unknown[0]} has no name: class_names names 0 to {len(class_names) - 1}")
    ax = new_axes(ax, size=(8, 0.75 * len(class_names) + 1.2))
    # Equal values would hide one another. Steps of the golden ratio fill a row more evenly than random ones.
    up, right = 0.6 * (np.arange(len(values)) * [[0.6180339887], [0.7548776662]] % 1 - 0.5)
    steps = np.diff(np.unique(values))
    shown = values + right * steps.min() if 0 < len(steps) < 30 else values
    shades = colormaps["viridis_r"](np.linspace(0.3, 0.95, len(class_names)))  # light to dark: classes have an order
    for label, color in enumerate(shades):
        chosen = labels == label
        if chosen.any():
            ax.plot(shown[chosen], label + up[chosen], ".", color=color, markersize=5, alpha=0.7)
            ax.vlines(values[chosen].mean(), label - 0.38, label + 0.38, color=COLORS["black"], linewidth=4)
    ax.set_yticks(range(len(class_names)), class_names)
    set_text(ax, title=title, xlabel=xlabel)
    return ax


@styled
def plot_bars(
    values: Mapping[str, float] | pd.Series,
    *,
    spread: Mapping[str, float] | pd.Series | None = None,
    top: int = 0,
    title: str = "Which column matters?",
    xlabel: str = "value",
    ax: Axes | None = None,
) -> Axes:
    """Draw named numbers as horizontal bars, the largest on top.

    Parameters
    ----------
    values : mapping or pandas.Series of str to float
        The numbers by name, for example correlations or importances.
    spread : mapping or pandas.Series of str to float, optional
        Standard deviation of each number, drawn as a thin line to both sides.
    top : int
        How many of the largest are coloured and get their number written; the others are grey.
    title, xlabel : str
        Title of the figure, and what the numbers are.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        Where there are no values, one is not finite, a spread is missing, or `top` is negative.

    Examples
    --------
    >>> ax = plot_bars({"wifi": 0.0, "ram": 0.6}, top=1)
    >>> [label.get_text() for label in ax.get_yticklabels()], [text.get_text() for text in ax.texts]
    (['ram', 'wifi'], ['0.60'])
    """
    values = pd.Series(values, dtype=float)
    finite_numbers(values, "values")
    if top < 0:
        raise ValueError(f"top is how many bars to colour, 0 or more, got {top}")
    values = values.sort_values(ascending=False, kind="stable")
    ax = new_axes(ax, size=(7, 0.27 * len(values) + 1.2))
    colors = [COLORS["blue"] if i < top else LIGHT for i in range(len(values))]
    ax.barh(range(len(values)), values, color=colors)
    reach = np.zeros(len(values))
    if spread is not None:
        reach = finite_numbers(pd.Series(spread, dtype=float).reindex(values.index), "spread")
        ax.errorbar(values, range(len(values)), xerr=reach, fmt="none", ecolor=COLORS["black"], elinewidth=1.5)
    largest = values.abs().max() or 1.0
    digits = max(2, 1 - math.floor(math.log10(largest)))  # of small numbers more: two of the largest have to be seen
    form = f".{digits}f" if 1e-6 < largest < 1e9 else ".2e"
    for row, (value, right) in enumerate(zip(values[:top], reach, strict=False)):
        place: dict[str, Any] = {"xytext": (5, 0), "textcoords": "offset points", "va": "center"}
        ax.annotate(f"{value:{form}}", (max(value, 0) + right, row), **place, fontsize=11)
    ax.axvline(0, color=COLORS["grey"], linewidth=1)
    name_rows(ax, list(values.index))
    set_text(ax, title=title, xlabel=xlabel)
    return ax
