"""Figures of linear regression: points, lines, and the loss as a landscape."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from numpy.typing import ArrayLike

from ._style import COLORS, label_ends, new_axes, set_text, styled
from .animation import Animation, record

# Pale enough for black numbers and a coloured path on top.
_PALE_BLUES = LinearSegmentedColormap.from_list("pale_blues", colormaps["Blues"](np.linspace(0, 0.6, 64)))


@styled
def plot_points(
    x: ArrayLike,
    y: ArrayLike,
    *,
    lines: Sequence[tuple[float, float, str]] = (),
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
    title, xlabel, ylabel : str
        Text of the figure.
    xlim : tuple of float, optional
        Where the lines begin and end; a little beyond the points by default.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_points([0, 1], [1, 3], lines=[(2.0, 1.0, "y = 2x + 1")])
    >>> len(ax.lines)
    1
    """
    ax = new_axes(ax)
    x, y = _points(x, y)
    start, stop = xlim or (x.min() - 0.5, x.max() + 0.5)
    colors = (COLORS["blue"], COLORS["orange"], COLORS["green"], COLORS["purple"])
    ends = []
    for number, (w, b, name) in enumerate(lines):
        color = colors[number % len(colors)]
        # A dashed line over a solid one: both are seen where they coincide.
        ax.plot([start, stop], [w * start + b, w * stop + b], "--" if number else "-", color=color, zorder=1)
        ends.append((stop, w * stop + b, name, color))
    ax.scatter(x, y, s=70, color=COLORS["black"], zorder=2)
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

    Examples
    --------
    >>> len(animate_line([0, 1], [1, 3], [[0, 0], [2, 1]], epochs=[0, 10]))
    2
    """
    x, y = _points(x, y)
    weights = np.asarray(weights, dtype=float)
    if weights.shape != (len(epochs), 2):
        raise ValueError(
            f"weights must have the shape ({len(epochs)}, 2): w and b for each of the {len(epochs)} epochs; "
            f"got {weights.shape}"
        )
    figure, ax = plt.subplots(figsize=(6.4, 4))
    span = np.array([x.min() - 0.5, x.max() + 0.5])
    (line,) = ax.plot(span, span, color=COLORS["blue"])
    misses = ax.vlines(x, y, y, color=COLORS["vermillion"], linestyle=":", linewidth=2)
    points = ax.scatter(x, y, s=70, color=COLORS["black"], zorder=3)
    margin = 0.15 * np.ptp(y)
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

    headline = ax.set_title(" ", loc="left")
    animation = record(figure, update, len(epochs), moving=[headline, line, misses, points], alt=alt)
    plt.close(figure)
    return animation


@styled
def plot_loss_surface(
    loss: Callable[[np.ndarray, np.ndarray], np.ndarray],
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    *,
    path: ArrayLike | None = None,
    title: str = "The loss as a landscape",
    xlabel: str = "w",
    ylabel: str = "b",
    ax: Axes | None = None,
) -> Axes:
    """Draw a loss over two parameters as a contour map, with the way that training took.

    Parameters
    ----------
    loss : callable
        Takes two arrays of one shape, the first and the second parameter, and returns the positive
        losses in that shape.
    xlim, ylim : tuple of float
        The ranges of the two parameters.
    path : array_like, shape (n, 2), optional
        The parameters after each step.
    title, xlabel, ylabel : str
        Text of the figure.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_loss_surface(lambda w, b: 1 + w**2 + b**2, (-1, 1), (-1, 1), path=[(1, 1), (0, 0)])
    >>> ax.get_xlabel()
    'w'
    """
    ax = new_axes(ax, size=(7, 4.6))
    first, second = np.meshgrid(np.linspace(*xlim, 160), np.linspace(*ylim, 160))
    values = np.asarray(loss(first, second), dtype=float)
    if values.shape != first.shape:
        raise ValueError(f"loss must return the shape that it is given, {first.shape}, got {values.shape}")
    if not (np.isfinite(values).all() and (values >= 0).all()):
        raise ValueError("loss must be finite and not negative everywhere between xlim and ylim")
    # Levels grow by a constant factor: a valley floor shows as clearly as the slopes around it.
    top = values.max()
    levels = np.geomspace(max(values.min(), top * 1e-4), top, 14)
    shown = np.maximum(values, levels[0])
    ax.contourf(first, second, shown, levels=levels, cmap=_PALE_BLUES, norm=LogNorm())
    rings = ax.contour(first, second, shown, levels=levels, colors="white", linewidths=0.6)
    ax.clabel(rings, levels[2::3], fmt="%.2g", fontsize=10, colors="#222222")
    if path is not None:
        _draw_path(ax, np.asarray(path, dtype=float))
    ax.set(xlim=xlim, ylim=ylim)
    set_text(ax, title=title, xlabel=xlabel, ylabel=ylabel)
    return ax


def _draw_path(ax: Axes, path: np.ndarray) -> None:
    """Draw the way of the parameters, its beginning and its end."""
    if path.ndim != 2 or path.shape[1] != 2:
        raise ValueError(f"path must have the shape (n, 2), got {path.shape}")
    color = COLORS["vermillion"]
    ax.plot(*path.T, color=color, marker=".", markersize=5, linewidth=1.6)
    for place, marker, name, shift in ((path[0], "o", "start", (9, 6)), (path[-1], "*", "end", (9, -16))):
        size = 9 if marker == "o" else 16
        ax.plot(*place, marker=marker, markersize=size, color=color, markeredgecolor="white")
        ax.annotate(
            name, place, xytext=shift, textcoords="offset points", fontsize=12, fontweight="bold",
            bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "alpha": 0.8, "linewidth": 0},
        )  # fmt: skip


def _points(x: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """The points as two flat arrays of floats."""
    x, y = np.ravel(np.asarray(x, dtype=float)), np.ravel(np.asarray(y, dtype=float))
    if len(x) != len(y) or len(x) == 0:
        raise ValueError(f"x and y need the same number of values, at least one; got {len(x)} and {len(y)}")
    return x, y
