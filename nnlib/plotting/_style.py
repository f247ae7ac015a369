"""One look for every figure of the course, set figure by figure and never globally."""

from __future__ import annotations

import functools
from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

# Okabe and Ito's palette: told apart by people with any kind of colour vision.
COLORS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "vermillion": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "yellow": "#F0E442",
    "black": "#000000",
    "grey": "#7F7F7F",
}
# The order in which models get a colour: neighbours differ in lightness too, for a grey print.
CYCLE = [COLORS[name] for name in ("blue", "orange", "green", "purple", "vermillion", "sky", "black")]

_STYLE = {
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "axes.facecolor": "white",
    "font.size": 12,
    "axes.titlesize": 13,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#555555",
    "axes.labelcolor": "#222222",
    "xtick.color": "#555555",
    "ytick.color": "#555555",
    "lines.linewidth": 2.2,
    "lines.markersize": 8,
    "legend.frameon": False,
}


def styled(draw: Callable) -> Callable:
    """Draw in the look of the course and leave the reader's own matplotlib settings as they were."""

    @functools.wraps(draw)
    def wrapper(*args, **kwargs):
        # Not plt.rc_context: it would also undo what a notebook sets up when its first figure is made.
        before = {key: plt.rcParams[key] for key in _STYLE}
        plt.rcParams.update(_STYLE)
        try:
            return draw(*args, **kwargs)
        finally:
            plt.rcParams.update(before)

    return wrapper


def new_axes(ax: Axes | None, *, size: tuple[float, float] = (7, 4)) -> Axes:
    """The axes to draw on: the reader's own, dressed in the look of the course, or new ones.

    Parameters
    ----------
    ax : Axes or None
        The reader's axes.
    size : tuple of float
        Width and height of a new figure, in inches.

    Returns
    -------
    Axes
    """
    if ax is None:
        return plt.subplots(figsize=size)[1]
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(colors="#555555", labelsize=11)
    return ax


def set_text(ax: Axes, *, title: str, xlabel: str = "", ylabel: str = "") -> None:
    """Write title and axis labels; explicit sizes, since the axes may be the reader's own."""
    ax.set_title(title, loc="left", fontsize=13, fontweight="bold", pad=10)
    ax.set_xlabel(xlabel, fontsize=12)
    ax.set_ylabel(ylabel, fontsize=12)


def readable(color: str) -> tuple[float, float, float]:
    """The colour, dark enough for text on white (a contrast of at least 4.5 to 1, as WCAG asks)."""
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    # White has luminance 1, and (1 + 0.05) / (L + 0.05) >= 4.5 where L <= 0.183.
    linear = linear * min(1.0, 0.183 / max(luminance, 1e-9))
    return tuple(np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055))


def label_ends(ax: Axes, ends: list[tuple[float, float, str, str]]) -> None:
    """Write names at the right ends of lines, moved apart where they would overlap.

    Parameters
    ----------
    ax : Axes
        Axes with the lines drawn and the limits and scale set.
    ends : list of tuple
        For each line: x and y of its last point, the name, the colour.
    """
    ax.get_xlim(), ax.get_ylim()  # matplotlib puts limits off until asked; the heights below depend on them
    gap = 1.25 * 12 * ax.figure.dpi / 72  # the height of a line of 12-point text, in pixels
    ends = sorted(ends, key=lambda end: end[1])
    true = [ax.transData.transform((x, y))[1] for x, y, *_ in ends]
    heights = list(true)
    for i in range(1, len(heights)):
        heights[i] = max(heights[i], heights[i - 1] + gap)
    ceiling = ax.transAxes.transform((0, 1))[1]
    for i in reversed(range(len(heights))):  # from the top down: keep below the title
        heights[i] = min(heights[i], ceiling)
        ceiling = heights[i] - gap
    for (x, y, name, color), height, was in zip(ends, heights, true, strict=True):
        ax.annotate(
            name,
            (x, y),
            xytext=(8, (height - was) * 72 / ax.figure.dpi),
            textcoords="offset points",
            color=readable(color),
            fontsize=12,
            va="center",
            annotation_clip=False,
        )
