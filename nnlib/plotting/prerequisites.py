# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""A map of what builds on what, from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch

from ._style import COLORS, new_axes, set_text, styled

_WIDTH = 3.0  # from the middle of one box to the middle of its neighbour


@styled
def plot_prerequisites(
    builds_on: Mapping[str, Sequence[str]],
    *,
    title: str = "What builds on what",
    ax: Axes | None = None,
) -> Axes:
    """Draw names with arrows from each to those that build on it, everything below what it needs.

    Parameters
    ----------
    builds_on : mapping of str to sequence of str
        For each name the names that it builds on directly; nothing for a beginning. Those that stand in the same
        row keep the order of the mapping.
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
        Where a name builds on one that is not in the mapping, or on itself by a detour.

    Examples
    --------
    >>> ax = plot_prerequisites({"add": [], "multiply": ["add"], "divide": ["multiply"]})
    >>> [text.get_text() for text in ax.texts]
    ['add', 'multiply', 'divide']
    """
    rows = _rows(builds_on)
    widest = max(len(row) for row in rows)
    ax = new_axes(ax, size=(2.3 * widest + 0.6, 0.62 * len(rows) + 0.6))
    ax.set(xlim=(-_WIDTH * widest / 2, _WIDTH * widest / 2), ylim=(-len(rows) + 0.4, 0.6))
    ax.axis("off")
    boxes = {}
    for level, row in enumerate(rows):
        for place, name in enumerate(row):
            boxes[name] = ax.text(
                _WIDTH * (place - (len(row) - 1) / 2), -level, name, fontsize=12.5, ha="center", va="center", zorder=3,
                bbox={"boxstyle": "round,pad=0.3", "facecolor": "#E4EEF5", "edgecolor": COLORS["black"]},
            )  # fmt: skip
    for name, needed in builds_on.items():
        for before in needed:
            # Above the boxes, and so drawn after them: how large a box is, is known once it has been drawn.
            arrow = FancyArrowPatch(
                boxes[before].get_position(), boxes[name].get_position(), arrowstyle="-|>", mutation_scale=14,
                patchA=boxes[before].get_bbox_patch(), patchB=boxes[name].get_bbox_patch(), shrinkA=1, shrinkB=1,
                linewidth=1.8, color=COLORS["blue"], zorder=4,
            )  # fmt: skip
            ax.add_patch(arrow)
    set_text(ax, title=title)
    return ax


def _rows(builds_on: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The names row by row: each directly below the lowest of those that it builds on."""
    if not builds_on:
        raise ValueError("builds_on is empty: give at least one name")
    for name, needed in builds_on.items():
        unknown = [before for before in needed if before not in builds_on]
        if unknown:
            raise ValueError(f"{name!r} builds on {unknown[0]!r}, which is not among {list(builds_on)}")
    level: dict[str, int] = {}
    while len(level) < len(builds_on):
        ready = [name for name, needed in builds_on.items() if name not in level and all(n in level for n in needed)]
        if not ready:
            rest = [name for name in builds_on if name not in level]
            raise ValueError(f"these build on each other in a circle: {', '.join(rest)}")
        for name in ready:
            level[name] = 1 + max((level[before] for before in builds_on[name]), default=-1)
    return [[name for name in builds_on if level[name] == row] for row in range(max(level.values()) + 1)]
