# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Networks as diagrams: units as circles, weights as lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from ._style import COLORS, new_axes, set_text, styled

_MOST_UNITS = 8  # a wider layer shows this many and dots between them
_MOST_LABELS = 12  # with more weights than this, numbers on the lines would overlap
_STEP, _RADIUS = 2.2, 0.36  # from layer to layer; of a unit
Layer = tuple[np.ndarray, np.ndarray]  # kernel and bias


@styled
def plot_network(
    network: Any,
    *,
    input_names: Sequence[str] | None = None,
    hidden_names: Sequence[Sequence[str]] | None = None,
    output_names: Sequence[str] | None = None,
    show_bias: bool = False,
    title: str = "The network",
    ax: Axes | None = None,
) -> Axes:
    """Draw a network of Dense layers: each weight is a line, as thick as the weight is large.

    Positive weights are solid and blue, negative ones dashed and orange.

    Parameters
    ----------
    network : keras.Model or list of (kernel, bias)
        A model whose layers with weights are Dense layers, or these layers' arrays:
        kernels of shape (inputs, units), biases of shape (units,).
    input_names, output_names : sequence of str, optional
        What to write in the circles of the first and the last layer.
    hidden_names : sequence of sequence of str, optional
        What to write in the circles of each hidden layer, the first hidden layer first.
    show_bias : bool
        Whether to draw the bias of each layer as a unit that always gives 1.
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
        Where the model has no weights yet, layers other than Dense ones have weights, a layer does not fit the one
        before it, a weight is not finite, or a unit has no name.

    Examples
    --------
    >>> ax = plot_network([(np.array([[2.0]]), np.array([-1.0]))], input_names=["x"], output_names=["y"])
    >>> [text.get_text() for text in ax.texts if text.get_text()]
    ['x', 'y', '2.00']
    """
    layers = layer_arrays(network)
    if not all(np.isfinite(array).all() for layer in layers for array in layer):
        raise ValueError("the network has NaN or infinite weights: the training diverged, try a smaller learning rate")
    sizes = _sizes(layers)
    for kind, names, size in (("input", input_names, sizes[0]), ("output", output_names, sizes[-1])):
        if names is not None and len(names) != size:
            raise ValueError(f"the network has {size} {kind} units, got {len(names)} {kind}_names")
    if hidden_names is not None and [len(names) for names in hidden_names] != sizes[1:-1]:
        raise ValueError(f"the hidden layers have {sizes[1:-1]} units, got hidden_names={hidden_names!r}")
    tallest = max(min(size, _MOST_UNITS) for size in sizes) + show_bias
    ax = new_axes(ax, size=(2.0 * len(sizes) + 0.5, max(1.8, 0.62 * tallest + 0.9)))
    by_layer = {0: input_names, **dict(enumerate(hidden_names or (), start=1)), len(sizes) - 1: output_names}
    drawing = NetworkDrawing(ax, layers, names=by_layer, show_bias=show_bias)
    drawing.show_numbers(layers)
    set_text(ax, title=title)
    return ax


class NetworkDrawing:
    """A diagram whose weights can change: the frames of an animation.

    `names` says what to write in the circles of a layer: 0 for the inputs, 1 for the first Dense layer, and so on. The
    weight `largest` (by default the largest of `layers`) gets the thickest line. With `show_bias` each layer gets one
    more unit, which always gives 1.
    """

    def __init__(
        self,
        ax: Axes,
        layers: Sequence[Layer],
        *,
        names: Mapping[int, Sequence[str] | None],
        largest: float | None = None,
        show_bias: bool = False,
    ):
        self._ax = ax
        self._largest = largest or max(np.abs(kernel).max() for kernel, _ in layers) or 1.0
        sizes = _sizes(layers)
        places = [_heights(size) for size in sizes]
        # The bias is the weight of one more unit, below the others.
        sources = [place | ({-1: min(place.values()) - 1.1} if show_bias else {}) for place in places[:-1]]
        self._ends = {
            (layer, i, j): (start, end)
            for layer, (source, target) in enumerate(zip(sources, places[1:], strict=True))
            for j, end in target.items()
            for i, start in source.items()
        }
        self._lines = {key: ax.plot(*_between_circles(key[0], *ends))[0] for key, ends in self._ends.items()}
        for layer, (place, size) in enumerate(zip(places, sizes, strict=True)):
            _draw_units(ax, _STEP * layer, place, names.get(layer), size)
        for layer, source in enumerate(sources if show_bias else ()):
            _draw_circle(ax, _STEP * layer, source[-1], "1", facecolor="#EEEEEE")
        heights = [height for place in [*places, *sources] for height in place.values()]
        below = 0.95 if max(sizes) > _MOST_UNITS else 0.5  # room for the number of units
        ax.set(xlim=(-0.6, _STEP * (len(sizes) - 1) + 0.6), ylim=(min(heights) - below, max(heights) + 0.5))
        ax.set_aspect("equal")
        ax.axis("off")
        self.moving = list(self._lines.values())
        self.show(layers)

    def show(self, layers: Sequence[Layer]) -> None:
        """Give each line the width, the colour and the dashes of its weight."""
        for key, line in self._lines.items():
            line.set(**_weight_style(_weight(layers, *key), self._largest, faint=len(self._lines) > 60))

    def show_numbers(self, layers: Sequence[Layer]) -> None:
        """Write each weight on its line, where there is room for all of them."""
        if len(self._lines) > _MOST_LABELS:
            return
        for (layer, i, j), (start, end) in self._ends.items():
            n_units = layers[layer][0].shape[1]
            # Near the start, where the lines to one unit have not met yet. Of three, further on for those below.
            at = 0.3 + 0.35 * j / (n_units - 1) if n_units > 2 else (0.36 if n_units == 1 else 0.3)
            self._ax.text(
                _STEP * (layer + at), start + (end - start) * at,
                f"{_weight(layers, layer, i, j):.2f}".replace("-", "−"), ha="center", va="center", fontsize=11,
                bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "linewidth": 0}, zorder=2,
            )  # fmt: skip


def layer_arrays(network: Any, arrays: Sequence[np.ndarray] | None = None) -> list[Layer]:
    """Kernel and bias of each Dense layer: as they are, or in `arrays`, what `get_weights` gave at another time."""
    if not hasattr(network, "layers"):
        layers = [(np.asarray(kernel), np.asarray(bias)) for kernel, bias in network]
    else:
        layers, rest = [], list(network.get_weights() if arrays is None else arrays)
        for layer in network.layers:
            own, rest = rest[: len(layer.weights)], rest[len(layer.weights) :]
            if own and (own[0].ndim != 2 or len(own) > 2):
                raise ValueError(f"layer {layer.name!r} is no Dense layer; only those can be drawn")
            if own:
                layers.append((own[0], own[1] if len(own) == 2 else np.zeros(own[0].shape[1])))
    if not layers:
        raise ValueError("the network has no weights yet: give the model a keras.Input, or call it once on data")
    inputs: int | str = "inputs"
    for number, (kernel, bias) in enumerate(layers, start=1):
        if kernel.ndim != 2 or inputs not in ("inputs", kernel.shape[0]) or bias.shape != kernel.shape[1:]:
            raise ValueError(
                f"Dense layer {number} needs a kernel of shape ({inputs}, units) and a bias of shape (units,), got "
                f"{kernel.shape} and {bias.shape}"
            )
        inputs = kernel.shape[1]
    return layers


def _sizes(layers: Sequence[Layer]) -> list[int]:
    """How many units each layer has, the inputs first."""
    return [layers[0][0].shape[0], *(kernel.shape[1] for kernel, _ in layers)]


def _weight(layers: Sequence[Layer], layer: int, i: int, j: int) -> float:
    """The weight from unit i of a layer to unit j of the next; the bias of j for i = -1."""
    kernel, bias = layers[layer]
    return float(bias[j] if i == -1 else kernel[i, j])


def _heights(size: int) -> dict[int, float]:
    """Where each unit that is drawn stands: its index and its height, around zero."""
    if size <= _MOST_UNITS:
        return {unit: (size - 1) / 2 - unit for unit in range(size)}
    half = _MOST_UNITS // 2
    units = [*range(half), *range(size - half, size)]
    # One place in the middle stays free for the dots.
    slots = [*range(half), *range(half + 1, _MOST_UNITS + 1)]
    return {unit: _MOST_UNITS / 2 - slot for unit, slot in zip(units, slots, strict=True)}


def _weight_style(weight: float, largest: float, *, faint: bool) -> dict[str, Any]:
    """How the line of a weight looks; faint where there are so many that they would cover one another."""
    width = min(abs(weight) / largest, 1.0)
    return {
        "color": COLORS["blue"] if weight >= 0 else COLORS["vermillion"],
        "linestyle": "-" if weight >= 0 else "--",
        "linewidth": 0.9 + 1.1 * width if faint else 1.0 + 3.3 * width,
        "alpha": 0.8 if faint else 0.9,
    }


def _draw_units(ax: Axes, x: float, place: dict[int, float], names: Sequence[str] | None, size: int) -> None:
    """Draw the units of one layer, and dots where some are left out."""
    for unit, height in place.items():
        _draw_circle(ax, x, height, names[unit] if names else "", facecolor="white")
    if len(place) < size:
        ax.text(x, 0, "⋮", ha="center", va="center", fontsize=18)
        ax.text(x, min(place.values()) - 0.75, f"{size:,}", ha="center", va="center", fontsize=12)


def _between_circles(layer: int, start: float, end: float) -> tuple[list[float], list[float]]:
    """The straight line from the rim of one unit to the rim of one in the next layer."""
    x, dy = _STEP * layer, end - start
    share = (_RADIUS + 0.02) / np.hypot(_STEP, dy)
    return [x + share * _STEP, x + (1 - share) * _STEP], [start + share * dy, end - share * dy]


def _draw_circle(ax: Axes, x: float, y: float, text: str, *, facecolor: str) -> None:
    """Draw one unit."""
    ax.add_patch(Circle((x, y), _RADIUS, facecolor=facecolor, edgecolor=COLORS["black"], linewidth=1.5, zorder=3))
    ax.text(x, y, text, ha="center", va="center", fontsize=11, zorder=4)
