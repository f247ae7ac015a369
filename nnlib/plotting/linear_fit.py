# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Straight lines through points: fitted, compared, and filmed while they are fitted."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from ._style import COLORS, finite_numbers, label_ends, look, new_axes, readable, set_text, set_title, styled
from .animation import Animation, record


@styled
def plot_points(
    x: ArrayLike,
    y: ArrayLike,
    *,
    lines: Sequence[tuple[float, float, str]] = (),
    outliers: ArrayLike | None = None,
    title: str = "The data",
    xlabel: str = "x",
    ylabel: str = "y",
    xlim: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Scatter points and draw straight lines y = w·x + b through them.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        The points.
    lines : sequence of (w, b, name)
        Slope, intercept and name of each line.
    outliers : array_like of bool, shape (n,), optional
        Which points are outliers; they are drawn as crosses.
    title, xlabel, ylabel : str
        Text of the figure.
    xlim : tuple of float, optional
        Where the lines begin and end; a little beyond the points by default.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        Where there is no point, a coordinate is no finite number, or x, y and outliers differ in length.

    Examples
    --------
    >>> ax = plot_points([0, 1], [1, 3], lines=[(2.0, 1.0, "y = 2x + 1")])
    >>> len(ax.lines)
    1
    """
    x, y = _points(x, y)
    odd = np.zeros(len(x), dtype=bool) if outliers is None else np.asarray(outliers, dtype=bool)
    if odd.shape != x.shape:
        raise ValueError(f"outliers needs True or False for each of the {len(x)} points, got the shape {odd.shape}")
    ax, ends = new_axes(ax), []
    margin = 0.1 * np.ptp(x) or 0.5
    start, stop = xlim or (x.min() - margin, x.max() + margin)
    for number, (w, b, name) in enumerate(lines):
        line = look(number) | {"marker": None}
        # Dashes: lines are seen where they coincide, too.
        ax.plot([start, stop], [w * start + b, w * stop + b], **line, zorder=1)
        ends.append((stop, w * stop + b, name, line["color"]))
    ax.scatter(x[~odd], y[~odd], s=70 if len(x) <= 20 else 40, color=COLORS["black"], zorder=2)
    if odd.any():
        ax.scatter(x[odd], y[odd], s=90, marker="X", color=COLORS["vermillion"], edgecolor="white", zorder=3)
        first = np.flatnonzero(odd)[np.argmin(x[odd])]
        ax.annotate(
            "outliers" if odd.sum() > 1 else "outlier", (x[first], y[first]), xytext=(-10, 0), ha="right", va="center",
            textcoords="offset points", fontsize=12, color=readable(COLORS["vermillion"]),
        )  # fmt: skip
    ax.set_xlim(start, stop)
    set_text(ax, title=title, xlabel=xlabel, ylabel=ylabel)
    label_ends(ax, ends)
    return ax


@styled
def animate_line(
    x: ArrayLike,
    y: ArrayLike,
    weights: ArrayLike,
    *,
    epochs: Sequence[int],
    alt: str = "A line turns and shifts until it runs through all points.",
) -> Animation:
    """Film a line y = w·x + b while it is fitted to points.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        The points.
    weights : array_like, shape (n_frames, 2)
        Slope w and intercept b in each frame.
    epochs : sequence of int
        The epoch of each frame.
    alt : str
        What the animation shows, for a reader who cannot see it.

    Returns
    -------
    Animation

    Raises
    ------
    ValueError
        Where there is no point or no frame, a coordinate is no finite number, or an epoch has not its w and b.

    Examples
    --------
    >>> len(animate_line([0, 1], [1, 3], [[0, 0], [2, 1]], epochs=[0, 10]))
    2
    """
    x, y = _points(x, y)
    weights, epochs = np.asarray(weights, dtype=float), list(epochs)
    if not epochs or weights.shape != (len(epochs), 2):
        raise ValueError(
            f"weights must have the shape ({len(epochs)}, 2): w and b for each of the {len(epochs)} epochs, at least "
            f"one; got {weights.shape}"
        )
    figure, ax = plt.subplots(figsize=(6.4, 4))
    span = np.array([x.min() - 0.5, x.max() + 0.5])
    (line,) = ax.plot(span, span, color=COLORS["blue"])
    misses = ax.vlines(x, y, y, color=COLORS["vermillion"], linestyle=":", linewidth=2)
    points = ax.scatter(x, y, s=70, color=COLORS["black"], zorder=3)
    margin = 0.15 * np.ptp(y) or 0.5
    ax.set(xlim=span, ylim=(y.min() - margin, y.max() + margin))
    set_text(ax, title=" ", xlabel="x", ylabel="y")

    def update(i: int) -> None:
        w, b = weights[i]
        line.set_ydata(w * span + b)
        misses.set_segments([[(xi, yi), (xi, w * xi + b)] for xi, yi in zip(x, y, strict=True)])
        loss = np.mean((w * x + b - y) ** 2)
        sign = "+" if b >= 0 else "−"
        rule = f"y = {w:.2f}x {sign} {abs(b):.2f}".replace("-", "−")
        headline.set_text(f"Epoch {epochs[i]}: {rule}, loss {loss:.2g}")

    headline = set_title(ax, " ")
    animation = record(figure, update, len(epochs), moving=[headline, line, misses, points], alt=alt)
    plt.close(figure)
    return animation


def _points(x: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """The points as two flat arrays of floats."""
    x, y = np.ravel(np.asarray(x, dtype=float)), np.ravel(np.asarray(y, dtype=float))
    if len(x) != len(y) or len(x) == 0:
        raise ValueError(f"x and y need the same number of values, at least one; got {len(x)} and {len(y)}")
    return finite_numbers(x, "x"), finite_numbers(y, "y")
