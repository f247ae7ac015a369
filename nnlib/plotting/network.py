"""Networks as diagrams: units as circles, weights as lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from ._style import COLORS, new_axes, set_text, styled

_MOST_UNITS = 8  # a wider layer shows this many and dots between them
_MOST_LABELS = 12  # with more weights than this, numbers on the lines would overlap


@styled
def plot_network(
    network,
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
        Where the model has no weights yet, or layers other than Dense ones have weights.

    Examples
    --------
    >>> ax = plot_network([(np.array([[2.0]]), np.array([-1.0]))], input_names=["x"], output_names=["y"])
    >>> [text.get_text() for text in ax.texts if text.get_text()]
    ['2.00', 'x', 'y']
    """
    layers = layer_arrays(network)
    sizes = [layers[0][0].shape[0], *(kernel.shape[1] for kernel, _ in layers)]
    for kind, names, size in (("input", input_names, sizes[0]), ("output", output_names, sizes[-1])):
        if names is not None and len(names) != size:
            raise ValueError(f"the network has {size} {kind} units, got {len(names)} {kind}_names")
    if hidden_names is not None and [len(names) for names in hidden_names] != sizes[1:-1]:
        raise ValueError(f"the hidden layers have {sizes[1:-1]} units, got hidden_names={hidden_names!r}")
    tallest = max(min(size, _MOST_UNITS) for size in sizes) + show_bias
    ax = new_axes(ax, size=(2.0 * len(sizes) + 0.5, max(1.8, 0.62 * tallest + 0.9)))
    places = [_heights(size) for size in sizes]
    _draw_weights(ax, layers, places, show_bias, tallest)
    for layer, place in enumerate(places):
        names = dict(enumerate(hidden_names or (), start=1)) | {0: input_names, len(sizes) - 1: output_names}
        _draw_units(ax, 2.2 * layer, place, names.get(layer), sizes[layer])
    _fit_window(ax, places, below=2.05 if show_bias else 0.95)
    set_text(ax, title=title)
    return ax


class NetworkDrawing:
    """A diagram whose weights can change: the frames of an animation.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    layers : list of (kernel, bias)
        The arrays of each layer at first.
    largest : float
        The weight that is drawn with the thickest line.
    names : dict of int to sequence of str or None
        What to write in the circles of a layer: 0 for the inputs, 1 for the first Dense layer, and so on.
    """

    def __init__(self, ax: Axes, layers, *, largest: float, names):
        places = [_heights(size) for size in (layers[0][0].shape[0], *(kernel.shape[1] for kernel, _ in layers))]
        self._largest = largest
        self._lines = {
            (layer, i, j): ax.plot(*_between_circles(2.2 * layer, start, end))[0]
            for layer in range(len(layers))
            for i, start in places[layer].items()
            for j, end in places[layer + 1].items()
        }
        for layer, place in enumerate(places):
            size = layers[layer][0].shape[0] if layer < len(layers) else len(layers[-1][1])
            _draw_units(ax, 2.2 * layer, place, names.get(layer), size)
        _fit_window(ax, places, below=0.95 if any(len(place) == _MOST_UNITS for place in places) else 0.5)
        self.moving = list(self._lines.values())
        self.show(layers)

    def show(self, layers) -> None:
        """Give each line the width, the colour and the dashes of its weight."""
        for (layer, i, j), line in self._lines.items():
            line.set(**_weight_style(layers[layer][0][i, j], self._largest, faint=len(self._lines) > 60))


def layer_arrays(network, arrays: Sequence[np.ndarray] | None = None) -> list[tuple[np.ndarray, np.ndarray]]:
    """Kernel and bias of each Dense layer.

    Parameters
    ----------
    network : keras.Model or list of (kernel, bias)
        As in `plot_network`.
    arrays : sequence of ndarray, optional
        What the model's `get_weights` gave at another time; its present weights by default.
    """
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
    return layers


def _heights(size: int) -> dict[int, float]:
    """Where each unit that is drawn stands: its index and its height, around zero."""
    if size <= _MOST_UNITS:
        return {unit: (size - 1) / 2 - unit for unit in range(size)}
    half = _MOST_UNITS // 2
    units = [*range(half), *range(size - half, size)]
    # One place in the middle stays free for the dots.
    slots = [*range(half), *range(half + 1, _MOST_UNITS + 1)]
    return {unit: _MOST_UNITS / 2 - slot for unit, slot in zip(units, slots, strict=True)}


def _draw_weights(ax: Axes, layers, places, show_bias: bool, tallest: int) -> None:
    """Draw a line for each weight between units that are shown."""
    largest = max(np.abs(kernel).max() for kernel, _ in layers) or 1.0
    lines = sum(len(a) * len(b) for a, b in zip(places[:-1], places[1:], strict=True))
    numbers = lines + show_bias * sum(len(place) for place in places[1:]) <= _MOST_LABELS
    for layer, (kernel, bias) in enumerate(layers):
        x = 2.2 * layer
        bottom = min(places[layer].values()) - 1.1
        for turn, (j, end) in enumerate(places[layer + 1].items()):
            at = _where_on_line(turn, len(places[layer + 1])) if numbers else None
            for i, start in places[layer].items():
                _draw_weight(ax, x, start, end, kernel[i, j], largest, at=at, faint=lines > 60)
            if show_bias:
                _draw_weight(ax, x, bottom, end, bias[j], largest, at=at, faint=lines > 60)
        if show_bias:
            _draw_circle(ax, x, bottom, "1", facecolor="#EEEEEE")


def _draw_weight(ax: Axes, x: float, start: float, end: float, weight: float, largest: float, *, at, faint):
    """Draw one weight from a unit at (x, start) to one in the next layer."""
    ax.plot([x, x + 2.2], [start, end], zorder=1, **_weight_style(weight, largest, faint=faint))
    if at is not None:
        ax.text(
            x + 2.2 * at, start + (end - start) * at, f"{weight:.2f}".replace("-", "−"),
            ha="center", va="center", fontsize=11,
            bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "linewidth": 0}, zorder=2,
        )  # fmt: skip


def _where_on_line(turn: int, n_units: int) -> float:
    """Where on the lines to one unit their numbers stand: from 0, the start, to 1."""
    # Near the start, where the lines to one unit have not met yet; further on for those below, to keep them apart.
    return 0.36 if n_units == 1 else 0.3 + 0.35 * turn / (n_units - 1)


def _weight_style(weight: float, largest: float, *, faint: bool) -> dict:
    """How the line of a weight looks; faint where there are so many that they would cover one another."""
    width = 0.3 + 4 * min(abs(weight) / largest, 1.0)
    return {
        "color": COLORS["blue"] if weight >= 0 else COLORS["vermillion"],
        "linestyle": "-" if weight >= 0 else "--",
        "linewidth": 0.25 * width if faint else width,
        "alpha": 0.45 if faint else 0.9,
    }


def _draw_units(ax: Axes, x: float, place: dict[int, float], names, size: int) -> None:
    """Draw the units of one layer, and dots where some are left out."""
    for unit, height in place.items():
        _draw_circle(ax, x, height, names[unit] if names else "", facecolor="white")
    if len(place) < size:
        ax.text(x, 0, "⋮", ha="center", va="center", fontsize=18)
        ax.text(x, min(place.values()) - 0.75, f"{size:,}", ha="center", va="center", fontsize=12)


def _between_circles(x: float, start: float, end: float) -> tuple[list[float], list[float]]:
    """The straight line from the rim of one unit at (x, start) to the rim of one in the next layer."""
    dx, dy = 2.2, end - start
    share = 0.38 / np.hypot(dx, dy)
    return [x + share * dx, x + dx - share * dx], [start + share * dy, end - share * dy]


def _draw_circle(ax: Axes, x: float, y: float, text: str, *, facecolor: str) -> None:
    """Draw one unit."""
    ax.add_patch(Circle((x, y), 0.36, facecolor=facecolor, edgecolor=COLORS["black"], linewidth=1.5, zorder=3))
    ax.text(x, y, text, ha="center", va="center", fontsize=11, zorder=4)


def _fit_window(ax: Axes, places: list[dict[int, float]], *, below: float) -> None:
    """Show the whole diagram, circles as circles, and no axes."""
    low = min(min(place.values()) for place in places)
    high = max(max(place.values()) for place in places)
    ax.set(xlim=(-0.6, 2.2 * (len(places) - 1) + 0.6), ylim=(low - below, high + 0.5), aspect="equal")
    ax.axis("off")
