# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""The loop of training: layers, prediction, loss, optimizer, weights, and around again."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch
from matplotlib.text import Text

from ._style import COLORS, new_axes, set_text, styled

# Clockwise, as the loop runs.
_PLACES = {
    "layers": (2.6, 4.5),
    "prediction": (7.4, 4.5),
    "loss": (9.0, 2.1),
    "optimizer": (5.0, 0.6),
    "weights": (1.0, 2.1),
}
_DATA = {"inputs": (2.6, 6.5, "layers"), "targets": (9.0, -0.3, "loss")}
_NOTES = {
    "layers": "compute",
    "prediction": "what comes out",
    "loss": "how wrong is it?",
    "optimizer": "which way is better?",
    "weights": "changed a little",
    "inputs": "what is known",
    "targets": "the right answers",
}


@styled
def plot_training_loop(
    notes: Mapping[str, str] | None = None,
    *,
    title: str = "Training goes round this loop",
    ax: Axes | None = None,
) -> Axes:
    """Draw the loop of training as a ring: layers, prediction, loss, optimizer, weights.

    Inputs enter the ring at the layers and targets at the loss.

    Parameters
    ----------
    notes : mapping of str to str, optional
        A line below a name, for example the formula of the loss. The names are "layers", "prediction", "loss",
        "optimizer", "weights", "inputs" and "targets"; a name that is left out keeps its general line.
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
        Where a note is given for a name that is not in the drawing.

    Examples
    --------
    >>> ax = plot_training_loop({"loss": "mean squared error"})
    >>> any("mean squared error" in text.get_text() for text in ax.texts)
    True
    """
    unknown = sorted(set(notes or {}) - set(_NOTES))
    if unknown:
        raise ValueError(f"no part of the loop is called {unknown[0]!r}; the parts are {', '.join(_NOTES)}")
    lines = {**_NOTES, **(notes or {})}
    ax = new_axes(ax, size=(7.4, 4.8))
    ax.set(xlim=(-1.1, 11.1), ylim=(-0.9, 7.1))
    ax.axis("off")
    boxes = {name: _box(ax, place, name, lines[name], "#E4EEF5") for name, place in _PLACES.items()}
    names = list(_PLACES)
    for start, end in zip(names, names[1:] + names[:1], strict=True):
        _arrow(ax, boxes[start], boxes[end], bend=-0.25, color=COLORS["blue"])
    for name, (x, y, end) in _DATA.items():
        box = _box(ax, (x, y), name, lines[name], "white")
        _arrow(ax, box, boxes[end], bend=0, color=COLORS["grey"])
    set_text(ax, title=title)
    return ax


def _box(ax: Axes, place: tuple[float, float], name: str, note: str, color: str) -> Text:
    """Write a name with its note in a box."""
    return ax.text(
        *place, f"$\\mathbf{{{name}}}$\n{note}", ha="center", va="center", fontsize=13, linespacing=1.3, zorder=3,
        bbox={"boxstyle": "round,pad=0.35", "facecolor": color, "edgecolor": COLORS["black"], "linewidth": 1.2},
    )  # fmt: skip


def _arrow(ax: Axes, start: Text, end: Text, *, bend: float, color: str) -> None:
    """Draw an arrow from one box to another, cut off at their rims."""
    # Above the boxes, and so drawn after them: how large a box is, is known once it has been drawn.
    arrow = FancyArrowPatch(
        start.get_position(), end.get_position(), connectionstyle=f"arc3,rad={bend}", arrowstyle="-|>",
        patchA=start.get_bbox_patch(), patchB=end.get_bbox_patch(), shrinkA=3, shrinkB=3,
        mutation_scale=20, linewidth=2.4, color=color, zorder=4,
    )  # fmt: skip
    ax.add_patch(arrow)
