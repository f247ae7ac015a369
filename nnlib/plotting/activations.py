# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Activation functions: curves with their derivatives, the pieces of maxout, the shares of softmax."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from ._style import (
    COLORS,
    CYCLE,
    End,
    check_columns,
    check_named,
    draw_functions,
    finite_numbers,
    label_ends,
    new_axes,
    set_text,
    styled,
)

_COLORS = {"f": COLORS["blue"], "slope": COLORS["vermillion"]}
Function = Callable[[np.ndarray], ArrayLike]
Limits = tuple[float, float]


@styled
def plot_activation(
    function: Function,
    *,
    derivative: Function | None = None,
    title: str = "Activation",
    xlim: tuple[float, float] = (-6, 6),
    ylim: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a function of one number, and its derivative dashed.

    Parameters
    ----------
    function : callable
        Takes an array of shape (n,) and returns its values in that shape.
    derivative : callable, optional
        The same for the derivative.
    title : str
        Text of the figure.
    xlim, ylim : tuple of float
        What is shown; by default all values of both curves.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If a callable changes the shape, or returns something that is not finite.

    Examples
    --------
    >>> ax = plot_activation(np.tanh, derivative=lambda z: 1 - np.tanh(z) ** 2, title="tanh")
    >>> [line.get_linestyle() for line in ax.lines[-2:]]
    ['-', '--']
    """
    ax = new_axes(ax)
    label_ends(ax, _draw(ax, function, derivative, xlim, ylim))
    set_text(ax, title=title, xlabel="z")
    return ax


@styled
def plot_activation_gallery(
    functions: Mapping[str, tuple[Function, Function]],
    *,
    n_columns: int = 4,
    xlim: tuple[float, float] = (-4, 4),
    ylim: tuple[float, float] = (-1.3, 2.6),
    title: str = "Solid: the function. Dashed: its derivative.",
) -> np.ndarray:
    """Draw several activations with their derivatives side by side, all on one scale.

    Parameters
    ----------
    functions : mapping of str to (function, derivative)
        As in `plot_activation`, by the name to show.
    n_columns : int
        Panels in a row.
    xlim, ylim : tuple of float
        What every panel shows.
    title : str
        Text above all panels.

    Returns
    -------
    ndarray of Axes, shape (n_functions,)

    Raises
    ------
    ValueError
        If there is no function or no column, or as in `plot_activation`.

    Examples
    --------
    >>> axes = plot_activation_gallery({"tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2)})
    >>> axes[0].get_title(loc="left")
    'tanh'
    """
    check_named(functions, "functions", "name with (function, derivative)")
    check_columns("n_columns", n_columns)
    columns = min(n_columns, len(functions))
    rows = math.ceil(len(functions) / columns)
    figure, grid = plt.subplots(
        rows, columns, figsize=(2.6 * columns, 2.7 * rows + 0.4), squeeze=False, sharex=True, sharey=True
    )
    for number, (ax, (name, (function, derivative))) in enumerate(zip(grid.flat, functions.items(), strict=False)):
        ends = _draw(new_axes(ax), function, derivative, xlim, ylim)
        lowest = number + columns >= len(functions)
        set_text(ax, title=name, xlabel="z" if lowest else "")
        ax.tick_params(labelbottom=lowest)
        if (number + 1) % columns == 0:  # the names beside the last panel of a row do for all
            label_ends(ax, ends)
    for ax in grid.flat[len(functions) :]:
        ax.set_visible(False)
    figure.suptitle(title, x=0.01, ha="left", fontsize=14, fontweight="bold")
    return grid.ravel()[: len(functions)]


@styled
def plot_pieces(
    slopes: Sequence[float],
    intercepts: Sequence[float],
    *,
    title: str = "The largest of its pieces",
    xlim: tuple[float, float] = (-2, 2),
    ax: Axes | None = None,
) -> Axes:
    """Draw the linear pieces of a maxout unit, and their maximum on top.

    Parameters
    ----------
    slopes, intercepts : sequence of float
        The pieces: slope · z + intercept.
    title : str
        Text of the figure.
    xlim : tuple of float
        What is shown.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If there is no piece, one lacks its slope or its intercept, or a number is not finite.

    Examples
    --------
    >>> ax = plot_pieces([1, -1], [0, 0], title="|z|")
    >>> bool(ax.lines[-1].get_ydata().min() >= 0)
    True
    """
    if len(slopes) != len(intercepts) or len(slopes) == 0:
        raise ValueError(
            f"each piece needs a slope and an intercept; got {len(slopes)} slopes and {len(intercepts)} intercepts"
        )
    w, b = finite_numbers(slopes, "slopes"), finite_numbers(intercepts, "intercepts")
    ax = new_axes(ax)
    z = np.linspace(*xlim, 401)
    pieces = np.outer(w, z) + b[:, None]
    for piece in pieces:
        ax.plot(z, piece, "--", color=COLORS["grey"], linewidth=1.4)
    best = pieces.max(axis=0)
    ax.plot(z, best, color=COLORS["blue"], linewidth=4)
    margin = 0.15 * (np.ptp(best) or 1)
    ax.set(xlim=xlim, ylim=(best.min() - 3 * margin, best.max() + margin))
    set_text(ax, title=title, xlabel="z")
    return ax


@styled
def plot_softmax(
    logits: Sequence[float],
    *,
    names: Sequence[str],
    xlim: tuple[float, float] = (-6, 6),
    title: str = "One logit moves, and all shares change",
    ax: Axes | None = None,
) -> Axes:
    """Stack the softmax of several logits while the first one moves.

    Parameters
    ----------
    logits : sequence of float
        At least two. The first is replaced by what the horizontal axis says.
    names : sequence of str
        The name of each.
    xlim : tuple of float
        The range of the first logit.
    title : str
        Text of the figure.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If there are fewer than two logits, one has no name, or one is no finite number.

    Examples
    --------
    >>> ax = plot_softmax([0, 1, 2], names=["cat", "dog", "sheep"])
    >>> ax.get_xlabel()
    'logit of cat'
    """
    if len(logits) != len(names) or len(logits) < 2:
        raise ValueError(f"at least two logits are needed, each with a name; got {len(logits)} and {len(names)} names")
    others = finite_numbers(logits, "logits")[1:]
    ax = new_axes(ax)
    first = np.linspace(*xlim, 301)
    scores = np.vstack([first, np.repeat(others[:, None], len(first), axis=1)])
    powers = np.exp(scores - scores.max(axis=0))  # the same shares, and no power is too large for a computer
    shares = powers / powers.sum(axis=0)
    # The moving one at the bottom, where its shape can be read off the axis.
    fills = [CYCLE[number % len(CYCLE)] for number in range(len(names))]
    ax.stackplot(first, shares, colors=fills, alpha=0.75, edgecolor="white", linewidth=1.5)
    middles = np.cumsum(shares, axis=0) - shares / 2
    for name, share, middle in zip(names, shares, middles, strict=True):
        widest = np.argmax(share[30:-30]) + 30
        x, y = first[widest], middle[widest]
        box = {"boxstyle": "round,pad=0.2", "facecolor": "white", "alpha": 0.85, "linewidth": 0}
        ax.text(x, y, name, fontsize=12, fontweight="bold", ha="center", va="center", bbox=box)
    ax.set(xlim=xlim, ylim=(0, 1))
    set_text(ax, title=title, xlabel=f"logit of {names[0]}", ylabel="share (sums to 1)")
    return ax


def _draw(ax: Axes, function: Function, derivative: Function | None, xlim: Limits, ylim: Limits | None) -> list[End]:
    """Draw a function solid and its derivative dashed; return the ends to label."""
    functions = {"f": function} if derivative is None else {"f": function, "slope": derivative}
    ax.axhline(0, color="#CCCCCC", linewidth=1, zorder=0)
    return draw_functions(ax, functions, colors=_COLORS, xlim=xlim, ylim=ylim)
