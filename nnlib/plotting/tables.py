"""Figures for tables: columns and classes, scores step by step, and which column matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from ._style import COLORS, CYCLE, new_axes, set_text, styled

_GRID, _MARKERS = "#DDDDDD", "soD^v"
_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # keeps a line from running through a number


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
        _numbers(column, f"column {name!r}")
    shown = features.agg(["min", "median", "max"]).T.sort_values("max", ascending=False, kind="stable")
    ax = new_axes(ax, size=(8, 0.29 * len(shown) + 1.2))
    rows = range(len(shown))
    ax.hlines(rows, shown["min"], shown["max"], color=COLORS["blue"], linewidth=7, alpha=0.45)
    ax.plot(shown["median"], rows, "o", color=COLORS["black"], markersize=6)
    if np.abs(shown.to_numpy()).max() > 1:
        ax.set_xscale("symlog", linthresh=1)
    _name_rows(ax, shown.index)
    ax.grid(axis="x", color=_GRID, linewidth=0.8)
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
    values, labels = _numbers(values, "values"), np.asarray(labels)
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
    for label, color in zip(range(len(class_names)), _by_lightness(len(class_names)), strict=True):
        chosen = labels == label
        if chosen.any():
            ax.plot(shown[chosen], label + up[chosen], ".", color=color, markersize=5, alpha=0.5)
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
    xlabel: str = "",
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
    _numbers(values, "values")
    if top < 0:
        raise ValueError(f"top is how many bars to colour, 0 or more, got {top}")
    values = values.sort_values(ascending=False, kind="stable")
    ax = new_axes(ax, size=(7, 0.27 * len(values) + 1.2))
    colors = [COLORS["blue"] if i < top else "#BBBBBB" for i in range(len(values))]
    ax.barh(range(len(values)), values, color=colors)
    reach = np.zeros(len(values))
    if spread is not None:
        reach = _numbers(pd.Series(spread, dtype=float).reindex(values.index), "spread")
        ax.errorbar(values, range(len(values)), xerr=reach, fmt="none", ecolor=COLORS["black"], elinewidth=1.5)
    for row, (value, right) in enumerate(zip(values[:top], reach, strict=False)):
        ax.annotate(
            f"{value:.2f}",
            (max(value, 0) + right, row),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=11,
        )
    ax.axvline(0, color=COLORS["grey"], linewidth=1)
    _name_rows(ax, values.index)
    set_text(ax, title=title, xlabel=xlabel)
    return ax


@styled
def plot_steps(
    table: pd.DataFrame,
    *,
    reference: tuple[str, float] | None = None,
    title: str = "One change a row",
    xlabel: str = "accuracy",
    ax: Axes | None = None,
) -> Axes:
    """Draw a table of scores: one row of the table a row of the figure, one marker a column, joined by a line.

    Parameters
    ----------
    table : pandas.DataFrame, shape (n_steps, n_scores)
        The index names the steps (first on top), the columns name the scores, for example training and validation.
    reference : tuple of str and float, optional
        A score to compare with, by name, drawn as a dashed line.
    title, xlabel : str
        Title of the figure, and what the scores are.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        Where `table` is no table with rows or has too many columns, or a score is no finite number; names the column.

    Examples
    --------
    >>> scores = pd.DataFrame({"training": [0.3, 1.0], "validation": [0.3, 0.9]}, index=["raw", "scaled"])
    >>> ax = plot_steps(scores, reference=("guessing", 0.25))
    >>> [text.get_text() for text in ax.texts]
    ['guessing 0.25', '0.30', '0.90']
    """
    if not isinstance(table, pd.DataFrame) or table.empty:
        raise ValueError(f"table must be a DataFrame with at least one row, got {type(table).__name__}")
    if table.shape[1] > len(_MARKERS):
        raise ValueError(f"table has {table.shape[1]} columns, and there are {len(_MARKERS)} markers; draw fewer")
    ax = new_axes(ax, size=(9, 0.62 * len(table) + 1.6))
    rows = np.arange(len(table))
    ax.hlines(rows, table.min(axis=1), table.max(axis=1), color="#BBBBBB", linewidth=4, zorder=1)
    _draw_reference(ax, reference, len(table))
    for (name, scores), marker, color in zip(table.items(), _MARKERS, CYCLE, strict=False):
        numbers = _numbers(scores, f"column {name!r}")
        ax.plot(numbers, rows, marker, color=color, markersize=10, zorder=3, label=name)
    for row, score in enumerate(table.iloc[:, -1]):  # the score that counts stands in the last column
        above = {"xytext": (0, 14), "textcoords": "offset points", "ha": "center", "va": "center"}
        ax.annotate(f"{score:.2f}", (score, row), **above, fontsize=11, bbox=_PAPER)
    _name_rows(ax, table.index)
    if table.shape[1] > 1:
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=11)
    set_text(ax, title=title, xlabel=xlabel)
    return ax


@styled
def plot_spread(
    groups: Mapping[str, Sequence[float]],
    *,
    reference: tuple[str, float] | None = None,
    title: str = "The same settings, another seed",
    xlabel: str = "accuracy",
    ax: Axes | None = None,
) -> Axes:
    """Draw several runs of each of several settings: one dot a run, a thick mark at the mean.

    Parameters
    ----------
    groups : mapping of str to sequence of float
        The scores of all runs of a setting, by its name; the first is drawn on top.
    reference : tuple of str and float, optional
        A score to compare with, by name, drawn as a dashed line.
    title, xlabel : str
        Title of the figure, and what the scores are.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        Where there is no group, a group is empty, or a score is no finite number; names the group.

    Examples
    --------
    >>> ax = plot_spread({"Keras": [0.24, 0.4], "PyTorch": [0.5, 0.6]}, reference=("guessing", 0.25))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Keras', 'PyTorch']
    """
    if not isinstance(groups, Mapping) or not groups:
        raise ValueError(f"groups must be a dictionary of scores by name, got {groups!r}")
    ax = new_axes(ax, size=(8, 0.8 * len(groups) + 1.4))
    _draw_reference(ax, reference, len(groups))
    for row, (name, scores) in enumerate(groups.items()):
        scores, color = _numbers(scores, f"group {name!r}"), CYCLE[row % len(CYCLE)]
        heights = row + 0.2 * np.linspace(-1, 1, len(scores) + 2)[1:-1]  # equal scores stay apart
        ax.plot(scores, heights, "o", color=color, markersize=10, alpha=0.7)
        ax.vlines(scores.mean(), row - 0.25, row + 0.25, color=COLORS["black"], linewidth=4)
    _name_rows(ax, list(groups))
    set_text(ax, title=title, xlabel=xlabel)
    return ax


def _numbers(values: ArrayLike, name: str) -> np.ndarray:
    """Return `values` as a one-dimensional array of finite floats; ValueError names it otherwise."""
    try:
        numbers = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must hold numbers only") from None
    if numbers.ndim != 1 or not len(numbers):
        raise ValueError(f"{name} must be a list of at least one number, got the shape {numbers.shape}")
    if not np.isfinite(numbers).all():
        raise ValueError(f"{name} holds {numbers[~np.isfinite(numbers)][0]}: every value must be a finite number")
    return numbers


def _name_rows(ax: Axes, names) -> None:
    """Name the rows of a horizontal chart, the first on top."""
    ax.set_yticks(range(len(names)), [str(name) for name in names], fontsize=11)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(names) - 0.3, -0.7)


def _draw_reference(ax: Axes, reference: tuple[str, float] | None, n_rows: int) -> None:
    """Draw a score to compare with as a dashed line, with its name below the last of `n_rows` rows."""
    if reference is None:
        return
    name, score = reference
    ax.axvline(score, color=COLORS["black"], linestyle="--", linewidth=1.5, zorder=0)
    side = {"xytext": (-6, 0), "ha": "right"} if score > 0.5 else {"xytext": (6, 0), "ha": "left"}
    ax.annotate(f"{name} {score:.2f}", (score, n_rows - 0.45), **side, textcoords="offset points", va="center")


def _by_lightness(n: int) -> np.ndarray:
    """`n` colours from light to dark, for classes that have an order."""
    return plt.get_cmap("viridis_r")(np.linspace(0.15, 0.9, n))
