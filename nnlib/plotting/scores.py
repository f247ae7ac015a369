# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Scores compared: step by step, and over several runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ._style import AXIS, COLORS, CYCLE, LIGHT, finite_numbers, look, name_rows, new_axes, set_log, set_text, styled

# Behind a number: keeps a line from running through it.
_PAPER: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}


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
    ['0.30', '0.90', 'guessing 0.25']
    """
    if not isinstance(table, pd.DataFrame) or table.empty:
        raise ValueError(f"table must be a DataFrame with at least one row, got {type(table).__name__}")
    if table.shape[1] > len(CYCLE):
        raise ValueError(f"table has {table.shape[1]} columns, and there are {len(CYCLE)} colours; draw fewer")
    for name, scores in table.items():
        finite_numbers(scores, f"column {name!r}")
    table = table.astype(float)
    ax = new_axes(ax, size=(9, 0.62 * len(table) + 1.6))
    rows = np.arange(len(table))
    ax.hlines(rows, table.min(axis=1), table.max(axis=1), color=LIGHT, linewidth=4, zorder=1)
    for number, (name, scores) in enumerate(table.items()):
        points = look(number) | {"linestyle": "none", "markersize": 10, "zorder": 3}
        ax.plot(scores, rows, **points, label=name)
    decimals = 2 if np.ptp(table.to_numpy()) >= 0.1 else 3  # points that lie apart show different numbers
    for row, score in enumerate(table.iloc[:, -1]):  # the score that counts stands in the last column
        above: dict[str, Any] = {"xytext": (0, 14), "textcoords": "offset points", "ha": "center", "va": "center"}
        ax.annotate(f"{score:.{decimals}f}", (score, row), **above, fontsize=11, bbox=_PAPER)
    _draw_reference(ax, reference, len(table))
    name_rows(ax, list(table.index))
    if table.shape[1] > 1:
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=11)
    set_text(ax, title=title, xlabel=xlabel)
    return ax


@styled
def plot_spread(
    groups: Mapping[str, Sequence[float]],
    *,
    log: bool = False,
    reference: tuple[str, float] | None = None,
    title: str = "The same settings, another seed",
    xlabel: str = "accuracy",
    ax: Axes | None = None,
) -> Axes:
    """Draw several runs of each of several settings: one dot per run, a thick mark at the median.

    Parameters
    ----------
    groups : mapping of str to sequence of float
        The scores of all runs of a setting, by its name; the first is drawn on top.
    log : bool
        Whether the axis of the scores is logarithmic.
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
        Where there is no group, a group is empty, or a score is no finite number, or not above 0 on a logarithmic
        axis; names the group.

    Examples
    --------
    >>> ax = plot_spread({"Keras": [0.24, 0.4], "PyTorch": [0.5, 0.6]}, reference=("guessing", 0.25))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Keras', 'PyTorch']
    """
    if not isinstance(groups, Mapping) or not groups:
        raise ValueError(f"groups must be a dictionary of scores by name, got {groups!r}")
    ax = new_axes(ax, size=(8, 0.8 * len(groups) + 1.4))
    if log:
        set_log(ax, "x")
    for row, (name, group) in enumerate(groups.items()):
        scores = finite_numbers(group, f"group {name!r}")
        if log and scores.min() <= 0:
            raise ValueError(f"a logarithmic axis has no place for {scores.min():g} in group {name!r}; use log=False")
        heights = row + 0.2 * np.linspace(-1, 1, len(scores) + 2)[1:-1]  # equal scores stay apart
        # One colour for all: the row says which model it is, and a colour of its own would mean another one elsewhere.
        ax.plot(scores, heights, "o", color=LIGHT, markeredgecolor=AXIS, markersize=10, alpha=0.8)
        ax.vlines(np.median(scores), row - 0.25, row + 0.25, color=COLORS["black"], linewidth=4)
    _draw_reference(ax, reference, len(groups))
    name_rows(ax, list(groups))
    set_text(ax, title=title, xlabel=xlabel)
    return ax


def _draw_reference(ax: Axes, reference: tuple[str, float] | None, n_rows: int) -> None:
    """Draw a score to compare with as a dashed line, its name on the wider side below the last of `n_rows` rows."""
    if reference is None:
        return
    name, score = reference
    ax.axvline(score, color=COLORS["black"], linestyle="--", linewidth=1.5, zorder=0)
    left, right = ax.get_xlim()
    left, place, right = ax.transScale.transform([(x, 1) for x in (left, score, right)])[:, 0]  # on any scale
    after = place > (left + right) / 2
    side: dict[str, Any] = {"xytext": (-6, 0), "ha": "right"} if after else {"xytext": (6, 0), "ha": "left"}
    ax.annotate(f"{name} {score:.2f}", (score, n_rows - 0.45), **side, textcoords="offset points", va="center")
