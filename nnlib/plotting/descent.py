"""Several ways down one landscape: optimizers compared on the map of a loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from ._style import COLORS, CYCLE, label_ends, new_axes, styled
from .animation import Animation, record
from .lines import plot_loss_surface

_MARKERS = "osD^vP*"
_COLORS = [color for color in CYCLE if color != COLORS["sky"]]  # sky would drown in the blues of the map
_FRAMES = 26


@styled
def plot_descent(
    loss: Callable[[np.ndarray, np.ndarray], np.ndarray],
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    paths: Mapping[str, ArrayLike],
    *,
    title: str = "Different ways down",
    xlabel: str = "$w_1$",
    ylabel: str = "$w_2$",
    legend: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw several paths on the map of a loss, each with a marker of its own every ten steps and, larger, at its end.

    Parameters
    ----------
    loss : callable
        As in `plot_loss_surface`: takes two arrays of one shape, returns losses of at least 0 in that shape.
    xlim, ylim : tuple of float
        The ranges of the two parameters.
    paths : mapping of str to array_like, shape (n, 2)
        The parameters after each step, by the name of the method. All begin at the same place or not, as you like.
    title, xlabel, ylabel : str
        Text of the figure.
    legend : bool
        Whether to name the paths; one legend is enough for several maps side by side.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        Where a path has not two columns, or there is none.

    Examples
    --------
    >>> def bowl(w1, w2):
    ...     return w1**2 + w2**2
    >>> ax = plot_descent(bowl, (-2, 2), (-2, 2), {"straight": [(1, 1), (0, 0)], "round": [(1, 1), (1, 0), (0, 0)]})
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['straight', 'round']
    """
    paths = _checked(paths)
    ax = new_axes(ax, size=(6.4, 4.2))
    plot_loss_surface(loss, xlim, ylim, title=title, xlabel=xlabel, ylabel=ylabel, ax=ax)
    for number, (name, path) in enumerate(paths.items()):
        ax.plot(*path.T, **_trail(number))
        ax.plot(*path[-1], label=name, **_head(number))
    starts = np.unique([path[0] for path in paths.values()], axis=0)
    ax.plot(*starts.T, "o", color="white", markeredgecolor=COLORS["black"], markersize=9, zorder=5)
    if legend:
        ax.legend(fontsize=11, frameon=True, framealpha=0.85, edgecolor="none", loc="best", borderpad=0.3)
    ax.set(xlim=xlim, ylim=ylim)
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
        As in `plot_descent`.
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
    heights = np.maximum(heights, heights.max() * 1e-8)  # who is below that has arrived
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

    headline = map_ax.set_title(title, loc="left", fontsize=13, fontweight="bold", pad=10)
    trails, heads = zip(*runners, *curves, strict=True)
    moving = [headline, *trails, *heads]
    animation = record(figure, update, len(steps), moving=moving, alt=alt, interval=150)
    plt.close(figure)
    return animation


def _trail(number: int) -> dict:
    """How a path looks: a line, marked every ten steps, which shows its speed and tells it apart in grey."""
    return {
        "color": _COLORS[number % len(_COLORS)], "linewidth": 1.8, "zorder": 3,
        "marker": _MARKERS[number % len(_MARKERS)], "markersize": 5, "markevery": 10,
    }  # fmt: skip


def _head(number: int) -> dict:
    """How the end of a path looks: a colour and a marker for each number."""
    return {
        "linestyle": "none", "marker": _MARKERS[number % len(_MARKERS)], "color": _COLORS[number % len(_COLORS)],
        "markeredgecolor": "white", "markersize": 10, "zorder": 4,
    }  # fmt: skip


def _runner(ax: Axes, number: int, *, clip_on: bool = True):
    """An empty trail and the marker at its end."""
    (trail,) = ax.plot([], [], **_trail(number))
    (head,) = ax.plot([], [], **_head(number), clip_on=clip_on)
    return trail, head


def _dress_losses(ax: Axes, names: list[str], heights: np.ndarray, n_steps: int) -> None:
    """The axes beside the map: the range of all losses, and each name where its curve will end."""
    ax.set(yscale="log", xlim=(0, n_steps), ylim=(heights.min() / 2, heights.max() * 2))
    ax.set_xlabel("step", fontsize=12)
    ax.set_title("Loss", loc="left", fontsize=13, fontweight="bold", pad=10)
    ax.figure.canvas.draw()  # the layout has to be known before names can be moved apart
    ends = [
        (n_steps, height, name, _COLORS[number % len(_COLORS)])
        for number, (name, height) in enumerate(zip(names, heights[:, -1], strict=True))
    ]
    label_ends(ax, ends)


def _checked(paths: Mapping[str, ArrayLike]) -> dict[str, np.ndarray]:
    """The paths as arrays of floats, each with two columns."""
    if not paths:
        raise ValueError("paths is empty: give at least one path with its name")
    checked = {name: np.asarray(path, dtype=float) for name, path in paths.items()}
    for name, path in checked.items():
        if path.ndim != 2 or path.shape[1] != 2 or len(path) == 0:
            raise ValueError(f"path {name!r} must have the shape (n, 2), got {path.shape}")
        if not np.isfinite(path).all():
            step = np.flatnonzero(~np.isfinite(path).all(axis=1))[0]
            raise ValueError(f"path {name!r} is not finite from step {step} on: cut it there, or take a smaller step")
    return checked
