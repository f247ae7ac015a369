# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Gradient norms: what of the gradient arrives at each layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from ._style import COLORS, check_named, label_ends, look, new_axes, set_log, set_text, styled

Norms = Mapping[str, float] | Sequence[float]


@styled
def plot_gradient_norms(
    norms: Mapping[str, Norms],
    *,
    colors: Mapping[str, str] | None = None,
    title: str = "Gradient norm by layer",
    ax: Axes | None = None,
) -> Axes:
    """Plot the gradient norm of each layer, from input to output, on a logarithmic axis.

    A norm of 0 (nothing arrives) is a cross at the bottom, marked "0".

    Parameters
    ----------
    norms : mapping of str to mapping or sequence of float
        For each model its norms in the order of the layers: a list, or a dictionary by layer name.
    colors : mapping of str to str, optional
        The colour of each model; by default they take turns.
    title : str
        Text of the figure.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If there is no norm, or one is negative or no finite number; names model and layer.

    Examples
    --------
    >>> ax = plot_gradient_norms({"sigmoid": [0.001, 0.03, 1.0], "ReLU": {"a": 0.5, "b": 0.6, "c": 0.5}})
    >>> ax.get_yscale()
    'log'
    """
    ax = new_axes(ax)
    set_log(ax, "y")
    checked = _checked_norms(norms)
    floor = min((norm for entries in checked.values() for norm in entries if norm > 0), default=1.0) / 10
    ends = []
    for number, (name, entries) in enumerate(checked.items()):
        line = look(number, name, colors)
        layers, heights = np.arange(1, len(entries) + 1), np.where(entries, entries, floor)
        ax.plot(layers, heights, **line)
        for layer in layers[np.equal(entries, 0)]:
            ax.plot(layer, floor, "x", color=COLORS["black"], markersize=12, zorder=3)
            ax.annotate("0", (layer, floor), xytext=(0, 9), textcoords="offset points", ha="center", fontsize=12)
        ends.append((layers[-1], heights[-1], name, line["color"]))
    ax.set_xticks(range(1, max(map(len, checked.values())) + 1))
    set_text(ax, title=title, xlabel="layer (1 is next to the input)", ylabel="norm of the gradient")
    label_ends(ax, ends)
    return ax


def _checked_norms(norms: Mapping[str, Norms]) -> dict[str, np.ndarray]:
    """The norms of each model as an array, from input to output."""
    check_named(norms, "norms", "model with its norms")
    checked = {}
    for model, entries in norms.items():
        named = dict(entries) if isinstance(entries, Mapping) else dict(enumerate(entries, start=1))
        if not named:
            raise ValueError(f"norms of {model!r} are empty: give one number per layer")
        for layer, norm in named.items():
            if not (np.isfinite(norm) and norm >= 0):
                raise ValueError(f"norms of {model!r}: layer {layer!r} has {norm!r}, which is no norm")
        checked[model] = np.array(list(named.values()), dtype=float)
    return checked
