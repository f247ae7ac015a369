# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Computation graphs with what flows through them: values forward, gradients backward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from numpy.typing import ArrayLike

from ._style import COLORS, check_named, new_axes, readable, set_text, styled

Place = tuple[float, float]
_RADIUS = 0.36
_VALUE, _GRADIENT = readable(COLORS["blue"]), readable(COLORS["vermillion"])


@styled
def plot_computation_graph(
    nodes: Mapping[str, tuple[float, float]],
    edges: Sequence[tuple[str, str, ArrayLike, ArrayLike | None]],
    *,
    notes: Mapping[str, str] | None = None,
    digits: int = 4,
    title: str = "Values flow forward (above), gradients backward (below)",
    ax: Axes | None = None,
) -> Axes:
    """Draw a computation graph: above each edge the value that flows along it, below it the gradient.

    Nodes that nothing leads to (inputs, weights) are drawn as boxes, computed ones as circles. The gradient on an
    edge is what comes back along it; where several edges leave a node, its own gradient is their sum.

    Parameters
    ----------
    nodes : mapping of str to (x, y)
        What to write in each node, and where it stands. A distance of 2 between neighbours leaves room for numbers.
    edges : sequence of (start, end, value, gradient)
        Names of two nodes, and a number, vector or matrix for each direction; a gradient of None is left out,
        as for an input that nothing is to be learned from.
    notes : mapping of str to str, optional
        A line below a node, for example how it is computed.
    digits : int
        Decimal places of the numbers.
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
        Where there is no node, an edge or a note names one that is not there, or a value has more than two dimensions.

    Notes
    -----
    The two numbers on an edge follow the drawings of A. Karpathy's lecture notes on backpropagation (CS231n).

    Examples
    --------
    The product of 3 and −2: each factor's gradient is the other factor.

    >>> nodes = {"a": (0, 1), "b": (0, -1), "ab": (2, 0), "L": (4, 0)}
    >>> edges = [("a", "ab", 3, -2), ("b", "ab", -2, 3), ("ab", "L", -6, 1)]
    >>> ax = plot_computation_graph(nodes, edges, digits=0)
    >>> [text.get_text() for text in ax.texts][:2]
    ['3', '−2']
    """
    check_named(nodes, "nodes", "name with its place (x, y)")
    notes = notes or {}
    named = [*notes, *(name for edge in edges for name in edge[:2])]
    unknown = sorted(set(named) - set(nodes))
    if unknown:
        raise ValueError(f"no node is called {unknown[0]!r}; the nodes are {', '.join(map(repr, nodes))}")
    places = np.array(list(nodes.values()), dtype=float)
    low, high = places.min(axis=0) - [0.6, 0.75], places.max(axis=0) + 0.6
    width, tall = np.clip(0.8 * (high - low) + [0, 0.6], 3, 14)
    ax = new_axes(ax, size=(width, tall))
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
    ax.axis("off")
    for start, end, value, gradient in edges:
        _draw_edge(ax, nodes[start], nodes[end], _text(value, digits), _text(gradient, digits))
    computed = {end for _, end, *_ in edges}
    for name, place in nodes.items():
        _draw_node(ax, place, name, notes.get(name, ""), leaf=name not in computed)
    set_text(ax, title=title)
    return ax


def _text(value: ArrayLike | None, digits: int) -> str:
    """A number, or a vector or matrix as rows of numbers; nothing for None."""
    if value is None:
        return ""
    array = np.asarray(value, dtype=float)
    if array.ndim > 2:
        raise ValueError(f"an edge shows a number, a vector or a matrix, got the shape {array.shape}")
    rows = array[:, None] if array.ndim == 1 else np.atleast_2d(array)
    lines = ("  ".join(f"{number:.{digits}f}" for number in row) for row in rows)
    return "\n".join(lines).replace("-", "−")


def _draw_edge(ax: Axes, tail: Place, head: Place, value: str, gradient: str) -> None:
    """Draw an arrow between two nodes, one text above it and one below; beside it where the arrow is steep."""
    start, end = np.array(tail, dtype=float), np.array(head, dtype=float)
    along = (end - start) / np.linalg.norm(end - start)
    if along[0] < -1e-9:  # text must not stand on its head
        raise ValueError(
            f"edges lead to the right; this one goes from {tuple(start.tolist())} to {tuple(end.tolist())}"
        )
    start, end = start + _RADIUS * along, end - _RADIUS * along
    ax.add_patch(
        FancyArrowPatch(
            start, end, arrowstyle="-|>", mutation_scale=12, shrinkA=0, shrinkB=0, color=COLORS["grey"], linewidth=1.4
        )
    )
    steep = abs(along[1]) > 0.9
    across = np.array([-along[1], along[0]])
    middle = (start + end) / 2 - 0.06 * along  # the head of the arrow takes room at its end
    for text, side, color, weight in ((value, 1, _VALUE, "normal"), (gradient, -1, _GRADIENT, "bold")):
        x, y = middle + ([0.14, 0.04 * side] if steep else 0.07 * side * across)
        ax.text(
            x, y, text, color=color, fontsize=11, fontweight=weight, linespacing=1.15,
            ha="left" if steep else "center", va="bottom" if side == 1 else "top",
            rotation=0 if steep else np.degrees(np.arctan2(along[1], along[0])), rotation_mode="anchor",
        )  # fmt: skip


def _draw_node(ax: Axes, place: Place, name: str, note: str, *, leaf: bool) -> None:
    """Draw a node with its name, and a note below it."""
    x, y = place
    style: dict[str, Any] = {"edgecolor": COLORS["black"], "linewidth": 1.5, "zorder": 3}
    if leaf:
        side = 1.4 * _RADIUS
        corner = (x - side / 2, y - side / 2)
        ax.add_patch(FancyBboxPatch(corner, side, side, boxstyle="round,pad=0.08", facecolor="#EEEEEE", **style))
    else:
        ax.add_patch(Circle(place, _RADIUS, facecolor="white", **style))
    ax.text(x, y, name, ha="center", va="center", fontsize=12, zorder=4)
    ax.text(x, y - _RADIUS - 0.1, note, ha="center", va="top", fontsize=11, color="#444444")
