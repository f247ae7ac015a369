# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""The idea of deep learning as a drawing: from pixels to edges, to parts, to a whole."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle

from ._style import COLORS, new_axes, set_text, styled

_PIXELS = 16
_SIDE, _STEP = 3.0, 4.6  # of the drawing of a stage, and from one stage to the next
_SMILE = np.linspace(1.18 * np.pi, 1.82 * np.pi, 40)
_ROUND = np.linspace(0, 2 * np.pi, 80)


@styled
def plot_feature_hierarchy(
    *, title: str = "Each layer puts together what the layer before has found", ax: Axes | None = None
) -> Axes:
    """Draw how a deep network may see a smile: pixels, edges, parts, the whole.

    This is a drawing of the idea; no network was trained for it.

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
    >>> ax = plot_feature_hierarchy()
    >>> [text.get_text() for text in ax.texts]
    ['pixels', 'edges', 'parts', 'a smile']
    """
    ax = new_axes(ax, size=(10, 3.2))
    ax.set(xlim=(-0.2, 3 * _STEP + _SIDE + 0.2), ylim=(-1.0, _SIDE + 0.2), aspect="equal")
    ax.axis("off")
    for stage, (name, draw) in enumerate(
        {"pixels": _draw_pixels, "edges": _draw_edges, "parts": _draw_parts, "a smile": _draw_face}.items()
    ):
        x = stage * _STEP
        draw(ax, x)
        ax.text(x + _SIDE / 2, -0.6, name, fontsize=15, ha="center", va="center")
        if stage:
            ax.add_patch(
                FancyArrowPatch(
                    (x - _STEP + _SIDE + 0.25, _SIDE / 2), (x - 0.25, _SIDE / 2), arrowstyle="-|>",
                    mutation_scale=24, linewidth=3, color=COLORS["blue"], shrinkA=0, shrinkB=0,
                )
            )  # fmt: skip
    set_text(ax, title=title)
    return ax


def _strokes() -> dict[str, np.ndarray]:
    """The lines of a smiling face in a square with sides from -1 to 1: each an array of shape (n, 2)."""
    circle = np.column_stack([np.cos(_ROUND), np.sin(_ROUND)])
    return {
        "outline": 0.9 * circle,
        "left eye": 0.13 * circle + (-0.34, 0.28),
        "right eye": 0.13 * circle + (0.34, 0.28),
        "mouth": 0.56 * np.column_stack([np.cos(_SMILE), np.sin(_SMILE)]),
    }


def _draw_pixels(ax: Axes, x: float) -> None:
    """Draw the face as a coarse grey image."""
    centres = (np.arange(_PIXELS) + 0.5) / _PIXELS * 2 - 1
    columns, rows = np.meshgrid(centres, -centres)
    points = np.concatenate(list(_strokes().values()))
    distance = np.sqrt((columns[..., None] - points[:, 0]) ** 2 + (rows[..., None] - points[:, 1]) ** 2).min(axis=-1)
    ax.imshow(
        np.clip(distance / 0.14, 0.12, 0.97), cmap="gray", vmin=0, vmax=1, extent=(x, x + _SIDE, 0, _SIDE), zorder=1
    )


def _draw_edges(ax: Axes, x: float) -> None:
    """Draw nine tiles, each with an edge in another direction."""
    tile = _SIDE / 3
    for number, angle in enumerate(np.linspace(0, np.pi, 9, endpoint=False)):
        row, column = divmod(number, 3)
        left, bottom = x + column * tile, _SIDE - (row + 1) * tile
        ax.add_patch(Rectangle((left + 0.06, bottom + 0.06), tile - 0.12, tile - 0.12, facecolor="#EEEEEE"))
        middle, reach = np.array([left + tile / 2, bottom + tile / 2]), 0.34
        ends = [middle + sign * reach * np.array([np.cos(angle), np.sin(angle)]) for sign in (-1, 1)]
        ax.plot(*zip(*ends, strict=True), color=COLORS["black"], linewidth=4.5, solid_capstyle="round")


def _draw_parts(ax: Axes, x: float) -> None:
    """Draw two eyes and a mouth, and a piece of the outline, each in a tile of its own."""
    parts = _strokes()
    tile = _SIDE / 2
    for number, (name, zoom) in enumerate({"left eye": 3.2, "right eye": 3.2, "mouth": 1.15, "outline": 0.68}.items()):
        row, column = divmod(number, 2)
        left, bottom = x + column * tile, _SIDE - (row + 1) * tile
        ax.add_patch(Rectangle((left + 0.06, bottom + 0.06), tile - 0.12, tile - 0.12, facecolor="#EEEEEE"))
        line = parts[name] - (parts[name].max(axis=0) + parts[name].min(axis=0)) / 2
        ax.plot(*(zoom * line + (left + tile / 2, bottom + tile / 2)).T, color=COLORS["black"], linewidth=4)


def _draw_face(ax: Axes, x: float) -> None:
    """Draw the whole face."""
    for line in _strokes().values():
        ax.plot(*(line * _SIDE / 2 + (x + _SIDE / 2, _SIDE / 2)).T, color=COLORS["black"], linewidth=4.5)
