# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""The loss over two parameters as a landscape, and the ways down that training takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.contour import ContourSet
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from ._style import COLORS, INK, WHITE_RIM, label_ends, look, new_axes, set_text, set_title, styled
from .animation import Animation, record

# Pale enough for black numbers and coloured paths on top.
_PALE_BLUES = LinearSegmentedColormap.from_list("pale_blues", colormaps["Blues"](np.linspace(0, 0.6, 64)))
_FRAMES = 26


@styled
def plot_loss_surface(
    loss: Callable[[np.ndarray, np.ndarray], np.ndarray],
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    *,
    path: ArrayLike | Mapping[str, ArrayLike] | None = None,
    legend: bool = True,
    title: str = "The loss as a landscape",
    xlabel: str = "w",
    ylabel: str = "b",
    ax: Axes | None = None,
) -> Axes:
    """Draw a loss over two parameters as a contour map, with the way that training took, or several ways.

    One path shows every step, its start and its end. Of several, each has a marker of its own, every ten steps and,
    larger, at its end.

    Parameters
    ----------
    loss : callable
        Takes two arrays of one shape, the first and the second parameter, and returns the positive
        losses in that shape.
    xlim, ylim : tuple of float
        The ranges of the two parameters.
    path : array_like, shape (n, 2), or mapping of str to such, optional
        The parameters after each step; of several methods, by their names.
    legend : bool
        Whether to name several paths; one legend is enough for maps side by side.
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
        Where the loss is negative, not finite or the same everywhere, or a path has not two columns of finite numbers.

    Examples
    --------
    >>> def bowl(w, b):
    ...     return w**2 + b**2
    >>> ax = plot_loss_surface(bowl, (-2, 2), (-2, 2), path=[(1, 1), (0, 0)])
    >>> paths = {"straight": [(1, 1), (0, 0)], "round": [(1, 1), (1, 0), (0, 0)]}
    >>> ax = plot_loss_surface(bowl, (-2, 2), (-2, 2), path=paths)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['straight', 'round']
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
    if values.min() >= (1 - 1e-9) * top:
        raise ValueError(f"loss is the same, {top:g}, everywhere between xlim and ylim: there is no landscape to draw")
    levels = np.geomspace(max(values.min(), top * 1e-4), top, 14)
    shown = np.maximum(values, levels[0])
    ax.contourf(first, second, shown, levels=levels, cmap=_PALE_BLUES, norm=LogNorm())
    rings = ax.contour(first, second, shown, levels=levels, colors="white", linewidths=0.6)
    paths = {} if path is None else _checked(path if isinstance(path, Mapping) else {"": path})
    if isinstance(path, Mapping):
        _draw_paths(ax, paths, legend)
    elif path is not None:
        _draw_path(ax, paths[""])
    ax.set(xlim=xlim, ylim=ylim)  # a path may leave the map
    # Where paths run, given or drawn later: the lowest place of each row of the map.
    floor = np.column_stack([first[0, values.argmin(axis=1)], second[:, 0]])
    lowest = floor[[values.min(axis=1).argmin()]]
    _label_rings(ax, rings, [lowest, *paths.values()] if paths else [floor])
    set_text(ax, title=title, xlabel=xlabel, ylabel=ylabel)
    return ax


@styled
def animate_descent(
    loss: Callable[[np.ndarray, np.ndarray], np.ndarray],
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    paths: Mapping[str, ArrayLike],
    *,
    title: str = "Who is down first?",
    xlabel: str = "$w_1$",
    ylabel: str = "$w_2$",
    alt: str = "Several points run down the map of a loss; curves beside it show how high each still is.",
) -> Animation:
    """Film a race down a loss: the runners on the map, and how high each still is.

    Parameters
    ----------
    loss, xlim, ylim, title, xlabel, ylabel
        As in `plot_loss_surface`.
    paths : mapping of str to array_like, shape (n, 2)
        The parameters after each step, by the name of the method; as many steps for each.
    alt : str
        What the animation shows, for a reader who cannot see it.

    Returns
    -------
    Animation
        At most 26 frames; the steps between two frames are drawn all the same.

    Raises
    ------
    ValueError
        Where a path has not two columns, or not as many steps as the others.

    Examples
    --------
    >>> def bowl(w1, w2):
    ...     return w1**2 + w2**2
    >>> animate_descent(bowl, (-2, 2), (-2, 2), {"a": [(1, 1), (0, 0.5), (0, 0)], "b": [(1, 1), (1, 0), (0, 1)]})
    <Animation of 3 frames: Several points run down the map of a loss; ...>
    """
    paths = _checked(paths)
    lengths = {name: len(path) for name, path in paths.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"in a race all paths have as many steps, got {lengths}")
    n_steps = next(iter(lengths.values())) - 1
    figure, (map_ax, loss_ax) = plt.subplots(1, 2, figsize=(10, 4), width_ratios=(1.45, 1), dpi=80)
    plot_loss_surface(loss, xlim, ylim, title=" ", xlabel=xlabel, ylabel=ylabel, ax=map_ax)
    runners = [_runner(map_ax, number) for number in range(len(paths))]
    heights = np.array([loss(*path.T) for path in paths.values()], dtype=float)
    heights = np.maximum(heights, heights[:, 0].max() * 1e-8)  # below a share of the start: has arrived
    curves = [_runner(loss_ax, number, clip_on=False) for number in range(len(paths))]
    _dress_losses(loss_ax, list(paths), heights, n_steps)
    steps = np.unique(np.linspace(0, n_steps, min(_FRAMES, n_steps + 1)).round().astype(int))

    def update(i: int) -> None:
        step = steps[i]
        for (trail, head), path in zip(runners, paths.values(), strict=True):
            trail.set_data(*path[: step + 1].T)
            head.set_data(*path[step : step + 1].T)
        for (trail, head), height in zip(curves, heights, strict=True):
            trail.set_data(np.arange(step + 1), height[: step + 1])
            head.set_data([step], [height[step]])
        headline.set_text(f"{title} Step {step}")

    headline = set_title(map_ax, title)
    trails, heads = zip(*runners, *curves, strict=True)
    moving = [headline, *trails, *heads]
    animation = record(figure, update, len(steps), moving=moving, alt=alt, interval=150)
    plt.close(figure)
    return animation


def _label_rings(ax: Axes, rings: ContourSet, paths: Sequence[np.ndarray]) -> None:
    """Write on every third ring how high it is, once, away from paths, words, the frame and one another."""
    inch = float(ax.figure.dpi)
    frame = ax.get_window_extent().padded(-0.3 * inch)
    words = [text.get_window_extent().corners() for text in ax.texts]
    taken = np.concatenate([*(ax.transData.transform(_evenly(path, 300)) for path in paths), *words])
    places: list[Any] = []
    levels = np.asarray(rings.levels)[2::3]
    for segments in rings.allsegs[2::3]:
        ring = ax.transData.transform(np.concatenate([np.empty((0, 2)), *segments]))
        ring = ring[((ring > frame.min) & (ring < frame.max)).all(axis=1)]
        apart = np.array([np.hypot(*(taken - point).T).min() for point in ring])
        if len(ring) and apart.max() > 0.4 * inch:
            places.append(ring[apart.argmax()])
            taken = np.vstack([taken, places[-1]])
    if places:
        heights = ax.clabel(
            rings, levels, manual=[tuple(place) for place in ax.transData.inverted().transform(places)],
            fmt=lambda height: f"{float(f'{height:.2g}'):g}", fontsize=11, colors=INK,
        )  # fmt: skip
        for text in heights or ():  # above paths that are drawn later
            text.set(zorder=5, path_effects=WHITE_RIM)


def _evenly(path: np.ndarray, n_points: int) -> np.ndarray:
    """Points on the way that a path takes, so close that none of its long steps is missed."""
    at, steps = np.linspace(0, len(path) - 1, n_points), np.arange(len(path))
    return np.column_stack([np.interp(at, steps, coordinate) for coordinate in path.T])


def _draw_path(ax: Axes, path: np.ndarray) -> None:
    """Draw one way, its beginning and its end."""
    color = COLORS["vermillion"]
    ax.plot(*path.T, color=color, marker=".", markersize=5, linewidth=1.6)
    for place, marker, name, shift in ((path[0], "o", "start", (9, 6)), (path[-1], "*", "end", (9, -16))):
        size = 9 if marker == "o" else 16
        ax.plot(*place, marker=marker, markersize=size, color=color, markeredgecolor="white")
        ax.annotate(
            name, place, xytext=shift, textcoords="offset points", fontsize=12, fontweight="bold",
            bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "alpha": 0.8, "linewidth": 0},
        )  # fmt: skip


def _draw_paths(ax: Axes, paths: Mapping[str, np.ndarray], legend: bool) -> None:
    """Draw several ways, each with its name."""
    for number, (name, path) in enumerate(paths.items()):
        ax.plot(*path.T, **_trail(number))
        ax.plot(*path[-1], label=name, **_head(number))
    starts = np.unique([path[0] for path in paths.values()], axis=0)
    ax.plot(*starts.T, "o", color="white", markeredgecolor=COLORS["black"], markersize=9, zorder=5)
    if legend:
        ax.legend(fontsize=11, frameon=True, framealpha=0.85, edgecolor="none", loc="best", borderpad=0.3)


def _trail(number: int) -> dict[str, Any]:
    """How a path looks: a line, marked every ten steps, which shows its speed and tells it apart in grey."""
    return look(number) | {"linestyle": "-", "linewidth": 1.8, "markersize": 5, "markevery": 10, "zorder": 3}


def _head(number: int) -> dict[str, Any]:
    """How the end of a path looks."""
    return look(number) | {"linestyle": "none", "markeredgecolor": "white", "markersize": 10, "zorder": 4}


def _runner(ax: Axes, number: int, *, clip_on: bool = True) -> tuple[Line2D, Line2D]:
    """An empty trail and the marker at its end."""
    (trail,) = ax.plot([], [], **_trail(number))
    (head,) = ax.plot([], [], **_head(number), clip_on=clip_on)
    return trail, head


def _dress_losses(ax: Axes, names: list[str], heights: np.ndarray, n_steps: int) -> None:
    """The axes beside the map: the range of all losses, and each name where its curve will end."""
    ax.set(yscale="log", xlim=(0, n_steps), ylim=(heights.min() / 2, heights.max() * 2))
    set_text(ax, title="Loss", xlabel="step")
    ax.figure.canvas.draw()  # the layout has to be known before names can be moved apart
    last = heights[:, -1].tolist()
    label_ends(ax, [(n_steps, last[i], name, look(i)["color"]) for i, name in enumerate(names)])


def _checked(paths: Mapping[str, ArrayLike]) -> dict[str, np.ndarray]:
    """The paths as arrays of floats, each with two columns."""
    if not paths:
        raise ValueError("paths is empty: give at least one path with its name")
    checked = {name: np.asarray(path, dtype=float) for name, path in paths.items()}
    for name, path in checked.items():
        called = f" {name!r}" if name else ""
        if path.ndim != 2 or path.shape[1] != 2 or len(path) == 0:
            raise ValueError(f"path{called} must have the shape (n, 2), got {path.shape}")
        if not np.isfinite(path).all():
            step = np.flatnonzero(~np.isfinite(path).all(axis=1))[0]
            raise ValueError(f"path{called} is not finite from step {step} on: cut it there, or take a smaller step")
    return checked
