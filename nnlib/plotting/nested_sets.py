# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Sets inside sets, from the widest notion to the narrowest."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from ._style import COLORS, new_axes, set_text, styled

_LIGHT, _DARK = (0.97, 0.985, 1.0), (0.62, 0.79, 0.90)  # the innermost set is the darkest, in grey too


@styled
def plot_nested_sets(sets: Mapping[str, str], *, title: str = "One inside the other", ax: Axes | None = None) -> Axes:
    """Draw sets that lie one inside the other, each with its name and a line about it.

    Parameters
    ----------
    sets : mapping of str to str
        What to write below the name of each set, by the name, from the outermost set to the innermost.
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
        Where there are fewer than two sets.

    Examples
    --------
    >>> ax = plot_nested_sets({"animals": "they move", "dogs": "they bark"})
    >>> len(ax.patches)
    2
    """
    if len(sets) < 2:
        raise ValueError(f"sets must name at least two sets, the outermost first, got {list(sets)}")
    depth = len(sets)
    ax = new_axes(ax, size=(8, 1.15 * depth + 1.0))
    ax.set(xlim=(0, 10), ylim=(0, 1.25 * depth + 0.25 * depth))
    ax.axis("off")
    for level, (name, line) in enumerate(sets.items()):
        left, bottom, top = 0.1 + 0.3 * level, 0.1 + 0.25 * level, 1.5 * depth - 0.1 - 1.25 * level
        share = level / (depth - 1)
        color = tuple(a + share * (b - a) for a, b in zip(_LIGHT, _DARK, strict=True))
        ax.add_patch(
            FancyBboxPatch(
                (left, bottom), 10 - 2 * left, top - bottom, boxstyle="round,pad=0,rounding_size=0.25",
                facecolor=color, edgecolor=COLORS["black"], linewidth=1.5, zorder=level,
            )
        )  # fmt: skip
        ax.text(left + 0.3, top - 0.38, name, fontsize=14, fontweight="bold", va="center", zorder=depth)
        ax.text(left + 0.3, top - 0.86, line, fontsize=13, va="center", zorder=depth)
    set_text(ax, title=title)
    return ax
