# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Two neurons in a chain, drawn twice: as cells of a nervous system, and as a network computes with them."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Polygon

from ._style import COLORS, new_axes, set_text, styled

_SECOND = 6.2  # how far the second neuron stands to the right of the first, in both drawings
_SIZE, _XLIM, _YLIM = (9.5, 3.5), (-2.7, 11.0), (-2.6, 2.5)
_CELL, _NUCLEUS = "#9CC3E0", COLORS["blue"]
_BRANCHES = (105, 143, 180, 217, 255)  # directions of the dendrites, in degrees


@styled
def plot_biological_neurons(*, title: str = "Two nerve cells", ax: Axes | None = None) -> Axes:
    """Draw two nerve cells in a chain, with the names of their parts.

    It is a simplified drawing: a real cell has thousands of dendrites, and its axon is far longer.

    Parameters
    ----------
    title : str
        Title of the figure.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_biological_neurons()
    >>> any("synapse" in text.get_text() for text in ax.texts)
    True
    """
    ax = _window(ax)
    for x in (0.0, _SECOND):
        _draw_cell(ax, x)
    for text, place, target in (
        ("dendrites\ntake signals in", (-1.55, 2.05), (-0.55, 1.32)),
        ("cell body\nadds them up", (0.9, -2.0), (0.15, -0.35)),
        ("axon\npasses its signal on", (2.4, 1.55), (2.2, 0.12)),
        ("synapse\nlink to the next cell", (3.9, -2.0), (4.55, -0.78)),
    ):
        _label(ax, text, place, target)
    set_text(ax, title=title)
    return ax


@styled
def plot_artificial_neurons(*, title: str = "Two artificial neurons", ax: Axes | None = None) -> Axes:
    """Draw two artificial neurons in a chain, with the names of their parts.

    Parameters
    ----------
    title : str
        Title of the figure.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_artificial_neurons()
    >>> any("weights" in text.get_text() for text in ax.texts)
    True
    """
    ax = _window(ax)
    for number, x in enumerate((0.0, _SECOND)):
        inputs = [(x - 2.0, height) for height in (1.2, 0.0, -1.2)]
        for i, place in enumerate(inputs):
            if number == 1 and i == 1:  # the output of the first neuron is this input of the second
                place = (x - _SECOND + 2.2, 0.0)
            _arrow(ax, place, (x - 0.45, 0.3 * place[1]), width=(4.2, 2.6, 1.4)[i])
            if number == 0:
                _circle(ax, place, f"$x_{i + 1}$", radius=0.36)
                side, va = (-1, "top") if place[1] < 0 else (1, "bottom")  # away from the arrow
                ax.text(x - 1.12, 0.73 * place[1] + 0.14 * side, f"$w_{i + 1}$", fontsize=13, ha="center", va=va)
        _circle(ax, (x, 0), "Σ", radius=0.52)
        _arrow(ax, (x + 0.52, 0), (x + 1.2, 0), width=2.6)
        ax.add_patch(
            FancyBboxPatch(
                (x + 1.25, -0.45), 0.9, 0.9, boxstyle="round,pad=0.05", facecolor="#E4EEF5",
                edgecolor=COLORS["black"], linewidth=1.5, zorder=3,
            )
        )  # fmt: skip
        steps = np.array([[1.35, -0.25], [1.7, -0.25], [1.7, 0.25], [2.05, 0.25]])
        ax.plot(x + steps[:, 0], steps[:, 1], color=COLORS["black"], linewidth=2.4, zorder=4)
    _arrow(ax, (x + 2.2, 0), (x + 3.6, 0), width=2.6)
    for text, place, target in (
        ("inputs", (-2.0, 2.1), (-2.0, 1.62)),
        ("weights", (-0.3, 2.1), (-0.95, 1.15)),
        ("weighted sum\n+ bias", (0.0, -2.0), (0.0, -0.6)),
        ("activation", (1.7, 1.55), (1.7, 0.6)),
        ("output\nan input of the next", (3.7, -2.0), (3.7, -0.08)),
    ):
        _label(ax, text, place, target)
    set_text(ax, title=title)
    return ax


def _window(ax: Axes | None) -> Axes:
    """Axes of the same size for both drawings, so that their parts stand below each other."""
    ax = new_axes(ax, size=_SIZE)
    ax.set(xlim=_XLIM, ylim=_YLIM, aspect="equal")
    ax.axis("off")
    return ax


def _draw_cell(ax: Axes, x: float) -> None:
    """Draw a cell body with dendrites on its left and an axon that ends in small buttons on its right."""
    for direction in _BRANCHES:
        _draw_dendrite(ax, x, np.radians(direction))
    angles = np.linspace(0, 2 * np.pi, 200)
    bumps = sum(0.16 * np.exp(-((np.cos(angles - np.radians(d)) - 1) ** 2) / 2e-3) for d in (*_BRANCHES, 0))
    outline = (0.52 + bumps)[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    outline[:, 0] += x
    ax.add_patch(Polygon(outline, facecolor=_CELL, edgecolor=COLORS["black"], linewidth=1.5, zorder=3))
    ax.add_patch(Circle((x, 0), 0.2, facecolor=_NUCLEUS, zorder=4))
    _draw_axon(ax, x)


def _draw_dendrite(ax: Axes, x: float, direction: float) -> None:
    """Draw one dendrite: a stem that forks twice."""
    middle = (x + 1.15 * np.cos(direction), 1.15 * np.sin(direction))
    _limb(ax, (x, 0), middle, width=6)
    for turn in (-0.45, 0.4):
        end = (middle[0] + 0.72 * np.cos(direction + turn), middle[1] + 0.72 * np.sin(direction + turn))
        _limb(ax, middle, end, width=3)


def _draw_axon(ax: Axes, x: float) -> None:
    """Draw an axon with a slight wave, and the buttons at its ends."""
    along = np.linspace(0.5, 3.6, 60)
    wave = 0.1 * np.sin(2 * np.pi * (along - 0.5) / 3.1)
    for width, color in ((8, COLORS["black"]), (5.4, _CELL)):
        ax.plot(x + along, wave, color=color, linewidth=width, solid_capstyle="butt", zorder=2)
    for height in (-0.62, 0.0, 0.62):
        end = (x + 4.35, height)
        _limb(ax, (x + 3.6, 0), end, width=3.4)
        ax.add_patch(Circle(end, 0.13, facecolor=COLORS["orange"], edgecolor=COLORS["black"], linewidth=1.2, zorder=4))


def _limb(ax: Axes, start: tuple[float, float], end: tuple[float, float], *, width: float) -> None:
    """Draw a branch of a cell: blue with a dark rim."""
    xs, ys = zip(start, end, strict=True)
    for extra, color, level in ((2.4, COLORS["black"], 1.0), (0.0, _CELL, 1.5)):
        ax.plot(xs, ys, color=color, linewidth=width + extra, solid_capstyle="round", zorder=level)


def _circle(ax: Axes, place: tuple[float, float], text: str, *, radius: float) -> None:
    """Draw a circle with a sign in it."""
    ax.add_patch(Circle(place, radius, facecolor="white", edgecolor=COLORS["black"], linewidth=1.5, zorder=3))
    ax.text(*place, text, fontsize=15, ha="center", va="center", zorder=4)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], *, width: float) -> None:
    """Draw an arrow as thick as a weight is large."""
    ax.add_patch(
        FancyArrowPatch(
            start, end, arrowstyle="-|>", mutation_scale=10 + 2 * width, shrinkA=0, shrinkB=0,
            linewidth=width, color=COLORS["blue"], zorder=2,
        )
    )  # fmt: skip


def _label(ax: Axes, text: str, place: tuple[float, float], target: tuple[float, float]) -> None:
    """Write a name, and draw a thin line from it to what it names."""
    ax.annotate(
        text, target, xytext=place, fontsize=13, ha="center", va="center", zorder=5,
        arrowprops={"arrowstyle": "-", "color": "#555555", "linewidth": 1.2, "shrinkA": 1, "shrinkB": 0},
    )  # fmt: skip
