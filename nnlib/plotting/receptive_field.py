# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""The receptive field: which inputs a unit of a convolutional network depends on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from ._style import COLORS, LIGHT, new_axes, set_text, styled


@styled
def plot_receptive_field(
    layers: Mapping[str, tuple[int, int]],
    *,
    title: str = "One unit at the top, and all that it depends on",
    ax: Axes | None = None,
) -> Axes:
    """Draw a convolutional network from the side: one unit of the last layer, and what each layer below gives to it.

    Parameters
    ----------
    layers : mapping of str to (size, stride)
        Window and stride of each convolution or pooling layer, the first above the input.
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
        Where there is no layer, or a size or a stride is below 1.

    Notes
    -----
    From the top down, n units depend on (n − 1) · stride + size units of the layer below.

    Examples
    --------
    >>> ax = plot_receptive_field({"conv 1": (3, 1), "conv 2": (3, 2)})
    >>> [text.get_text() for text in ax.texts]
    ['pixels: 5', 'conv 1: 3', 'conv 2: 1']
    """
    for name, window in layers.items():
        if min(window) < 1:
            raise ValueError(f"size and stride of {name!r} must be at least 1, got {window}")
    if not layers:
        raise ValueError("layers is empty: give at least one layer with its size and stride")
    windows = list(layers.values())
    counts = [1]
    for size, stride in reversed(windows):
        counts.insert(0, (counts[0] - 1) * stride + size)
    # In pixels of the input: where the middle of a row's first unit lies, and how far it is to the next.
    places, step = [np.arange(counts[0], dtype=float)], 1
    for (size, stride), n in zip(windows, counts[1:], strict=True):
        first = places[-1][:size].mean()
        step *= stride
        places.append(first + step * np.arange(n))
    ax = new_axes(ax, size=(8, 0.95 * len(counts) + 0.9))
    for row, (size, stride) in enumerate(windows):
        lines = [
            [(places[row][unit * stride + i], row), (place, row + 1)]
            for unit, place in enumerate(places[row + 1])
            for i in range(size)
        ]
        ax.add_collection(LineCollection(lines, colors=LIGHT, linewidths=1.2, zorder=1))
    for row, (name, place, n) in enumerate(zip(["pixels", *layers], places, counts, strict=True)):
        top = row == len(counts) - 1
        ax.plot(
            place, np.full(n, row), "s", color=COLORS["orange" if top else "blue"], markersize=9, zorder=2,
            markeredgecolor="white",
        )  # fmt: skip
        ax.text(counts[0] - 0.2, row, f"{name}: {n}", va="center", fontsize=12)
    ax.set(xlim=(-0.8, 1.3 * counts[0] + 1.5), ylim=(-0.4, len(counts) - 0.6))
    ax.axis("off")
    set_text(ax, title=title)
    return ax
