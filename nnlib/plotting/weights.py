# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Weights: how large they are, and drawn as images at the places of the pixels that they multiply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter
from numpy.typing import ArrayLike

from ._style import COLORS, check_named, look, new_axes, set_text, styled
from .images import draw_grid

_SMALLEST = 1e-6  # smaller weights, zeros among them, are counted together


@styled
def plot_weight_images(
    kernel: ArrayLike,
    image_shape: tuple[int, int],
    *,
    labels: Sequence[str] | None = None,
    columns: int = 5,
    title: str = "Weights as images (yellow: positive, blue: negative)",
    ax: Axes | None = None,
) -> Axes:
    """Draw the weights of each unit at the places of the pixels that they multiply.

    Every image has its own scale, symmetric about 0: zero is the same grey in all of them. The colours
    rise in lightness from negative to positive, so that a grey print says the same.

    Parameters
    ----------
    kernel : array_like, shape (height * width, n_units)
        Weights of a Dense layer behind a Flatten of grey images: `layer.get_weights()[0]`, or some columns of it.
    image_shape : tuple of int
        Height and width of the images.
    labels : sequence of str, length n_units, optional
        What to write below each.
    columns : int
        Images in a row.
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
        Where the kernel does not fit the image shape, holds something that is not finite, or has not as many
        units as there are labels, or there is no column.

    Examples
    --------
    >>> ax = plot_weight_images(np.eye(4), (2, 2), labels=list("abcd"))
    >>> ax.images[1].get_array().tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    kernel = np.asarray(kernel, dtype=float)
    height, width = image_shape
    if min(height, width) < 1:
        raise ValueError(f"image_shape must be height and width, at least 1 each, got {image_shape!r}")
    if kernel.ndim != 2 or kernel.shape[0] != height * width or kernel.shape[1] == 0:
        raise ValueError(
            f"kernel must have a row for each of the {height} · {width} pixels and a column for each unit, "
            f"shape ({height * width}, n_units), got {kernel.shape}"
        )
    if not np.isfinite(kernel).all():
        raise ValueError("kernel holds NaN or infinite weights: the training diverged, try a smaller learning rate")
    n = kernel.shape[1]
    if labels is not None and len(labels) != n:
        raise ValueError(f"{n} units need as many labels, got {len(labels)}")
    pictures = kernel.T.reshape(n, height, width)
    limits = [np.abs(picture).max() or 1.0 for picture in pictures]
    looks = [{"cmap": "cividis", "vmin": -limit, "vmax": limit} for limit in limits]
    return draw_grid(ax, pictures, looks, captions=labels, columns=columns, title=title)


@styled
def plot_weight_sizes(
    weights: Mapping[str, ArrayLike],
    *,
    threshold: float = 1e-3,
    colors: Mapping[str, str] | None = None,
    title: str = "How large are the weights?",
    ax: Axes | None = None,
) -> Axes:
    """Draw, for each model, how its weights are spread over the powers of ten.

    Weights below a millionth, zeros among them, are counted in a bar of their own, at the left end. Each name
    carries the share of the weights below `threshold`.

    Parameters
    ----------
    weights : mapping of str to array_like
        The weights of each model, of any shape, by the name to show.
    threshold : float
        What counts as near zero; marked by a vertical line.
    colors : mapping of str to str, optional
        The colour of each model; by default they take turns.
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
        Where there are no weights, some are not finite, or the threshold is not positive.

    Examples
    --------
    >>> ax = plot_weight_sizes({"plain": [0.5, -0.2, 0.1, 0.3], "L1": [0.0, 0.0, 0.0, 0.9]})
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['plain: 0% below 0.001', 'L1: 75% below 0.001']
    """
    if not 0 < threshold < np.inf:
        raise ValueError(f"threshold must be positive and finite, got {threshold!r}")
    check_named(weights, "weights", "model with its weights")
    sizes = {name: _sizes(values, name) for name, values in weights.items()}
    largest = max(_SMALLEST, *(size.max() for size in sizes.values()))
    edges = np.linspace(np.log10(_SMALLEST), max(1.0, np.log10(largest)), 43)
    bins = np.append(2 * edges[0] - edges[1], edges)  # the first one holds all that is smaller
    ax = new_axes(ax)
    for number, (name, size) in enumerate(sizes.items()):
        line = look(number, name, colors)
        share, _ = np.histogram(np.log10(np.maximum(size, 10 ** bins[:2].mean())), bins)
        label = f"{name}: {np.mean(size < threshold):.0%} below {threshold:g}"
        ax.stairs(
            100 * share / size.size, bins, color=line["color"], linestyle=line["linestyle"], linewidth=2.2, label=label
        )
    ax.axvline(np.log10(threshold), color=COLORS["black"], linewidth=1, linestyle=":")
    ax.xaxis.set_major_formatter(FuncFormatter(_power_of_ten))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=11)
    set_text(ax, title=title, xlabel="size of a weight, |w|", ylabel="share of the weights (%)")
    return ax


def _sizes(values: ArrayLike, name: str) -> np.ndarray:
    """Absolute values in one row, checked."""
    size = np.abs(np.asarray(values, dtype=float)).ravel()
    if size.size == 0 or not np.isfinite(size).all():
        raise ValueError(f"the weights of {name!r} must be finite numbers, at least one; got {size.size} numbers")
    return size


def _power_of_ten(exponent: float, _: int | None) -> str:
    """The label of a tick at a power of ten; the leftmost says that the bar before it holds all that is smaller."""
    if exponent != round(exponent):
        return ""
    return f"<$10^{{{exponent:.0f}}}$" if 10**exponent <= _SMALLEST else f"$10^{{{exponent:.0f}}}$"
