# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Curves over a number: what a measurement does when something else grows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from ._style import check_named, finite_numbers, label_ends, look, new_axes, set_log, set_text, styled


@styled
def plot_curves(
    x: ArrayLike,
    curves: Mapping[str, ArrayLike],
    *,
    log: str = "",
    markers: bool = True,
    colors: Mapping[str, str] | None = None,
    title: str = "Curves",
    xlabel: str = "x",
    ylabel: str = "y",
    ax: Axes | None = None,
) -> Axes:
    """Plot several quantities over one, each with its name at its end; a piece of its line where ends meet.

    Parameters
    ----------
    x : array_like, shape (n,)
        What the curves have in common.
    curves : mapping of str to array_like, shape (n,)
        The values of each curve by its name; NaN where there is none.
    log : {"", "x", "y", "xy"}
        Which axes are logarithmic.
    markers : bool
        Whether each value is marked, which suits few values.
    colors : mapping of str to str, optional
        The colour of a curve by its name; by default they take turns.
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
        Where there is no curve, one has not a value for each x or no finite one, or an x is no finite number.

    Examples
    --------
    >>> ax = plot_curves([1, 10, 100], {"n": [1, 10, 100], "n²": [1, 100, 1e4]}, log="xy")
    >>> [line.get_ydata()[-1].item() for line in ax.lines]
    [100.0, 10000.0]
    """
    x = finite_numbers(x, "x")
    check_named(curves, "curves", "curve by its name")
    if log not in ("", "x", "y", "xy"):
        raise ValueError(f"log must be '', 'x', 'y' or 'xy', got {log!r}")
    ax = new_axes(ax)
    ends = []
    for number, (name, values) in enumerate(curves.items()):
        values = np.asarray(values, dtype=float)
        if values.shape != x.shape:
            raise ValueError(f"curve {name!r} has the shape {values.shape}, x has {x.shape}: one value for each x")
        drawn = np.flatnonzero(np.isfinite(values))
        if not drawn.size:
            raise ValueError(f"curve {name!r} has no finite value")
        line = look(number, name, colors) | ({} if markers else {"marker": None})
        ax.plot(x, values, **line)
        ends.append((x[drawn[-1]], values[drawn[-1]], name, line["color"]))
    set_log(ax, log)
    set_text(ax, title=title, xlabel=xlabel, ylabel=ylabel)
    label_ends(ax, ends)
    return ax
