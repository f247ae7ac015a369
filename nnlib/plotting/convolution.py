# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""A window that slides over an image: convolution and pooling, position by position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle
from numpy.typing import ArrayLike

from ._style import AXIS, CYCLE, DASHES, INK, LIGHT, ink_on, new_axes, set_text, set_title, styled
from .animation import Animation, record

_GAP = 2.0  # between image and output, in pixels of the image
_MOST_NUMBERS = 10  # pixels a side of an image whose numbers are written


@styled
def plot_sliding_window(
    image: ArrayLike,
    output: ArrayLike,
    *,
    size: int,
    stride: int = 1,
    padding: tuple[int, int] = (0, 0),
    at: Sequence[tuple[int, int]] = ((0, 0),),
    title: str = "One position of the window, one number of the output",
    ax: Axes | None = None,
) -> Axes:
    """Draw an image and what a sliding window made of it, with some positions of the window outlined on both sides.

    Parameters
    ----------
    image : array_like, shape (height, width)
        The image, without padding.
    output : array_like, shape (rows, columns)
        The number for each position of the window, for example the sum or the maximum of its values.
    size : int
        Pixels on a side of the window.
    stride : int
        Pixels from one position of the window to the next.
    padding : tuple of int
        Rings of zeros: rows above and columns to the left, rows below and columns to the right.
    at : sequence of (row, column)
        Places in `output` whose windows are outlined, each in a look of its own.
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
        Where an array is no table of numbers, `output` has not one number for each position of the window, or a place
        in `at` is outside of it.

    Notes
    -----
    Each side of the output has ⌊(n + padding − size) / stride⌋ + 1 numbers, where n is that side of the image.

    Examples
    --------
    >>> image = np.arange(16.0).reshape(4, 4)
    >>> ax = plot_sliding_window(image, [[5, 7], [13, 15]], size=2, stride=2, at=[(0, 1)])
    >>> [text.get_text() for text in ax.texts][-4:]
    ['5', '7', '13', '15']
    """
    image, output = _table(image, "image"), _table(output, "output")
    before, after = padding
    padded = np.pad(image, (before, after))
    rows, columns = _check_windows(padded.shape, output.shape, size, stride)
    outside = [place for place in at if not (0 <= place[0] < rows and 0 <= place[1] < columns)]
    if outside:
        raise ValueError(f"at={outside[0]} is outside of the output, which has {rows} rows and {columns} columns")
    height, width = padded.shape
    ax = new_axes(ax, size=(0.5 * (width + _GAP + columns) + 0.4, 0.5 * max(height, rows) + 0.8))
    top = (height - rows) / 2  # of the output: both are centred
    _draw_table(ax, padded, 0, 0, inside=(before, height - after, before, width - after))
    _draw_table(ax, output, width + _GAP, top)
    arrow = FancyArrowPatch(
        (width + 0.3, height / 2), (width + _GAP - 0.3, height / 2), arrowstyle="-|>", mutation_scale=20,
        linewidth=2.5, color=AXIS, shrinkA=0, shrinkB=0,
    )  # fmt: skip
    ax.add_patch(arrow)
    for number, (row, column) in enumerate(at):
        look: dict[str, Any] = {
            "edgecolor": CYCLE[(number + 1) % len(CYCLE)],
            "linestyle": DASHES[number % len(DASHES)],
        }
        ax.add_patch(Rectangle((column * stride, row * stride), size, size, fill=False, linewidth=3.5, **look))
        ax.add_patch(Rectangle((width + _GAP + column, top + row), 1, 1, fill=False, linewidth=3.5, **look))
    ax.set(xlim=(-0.1, width + _GAP + columns + 0.1), ylim=(max(height, top + rows) + 0.1, min(0, top) - 0.1))
    ax.set_aspect("equal")
    ax.axis("off")
    set_text(ax, title=title)
    return ax


@styled
def animate_convolution(
    image: ArrayLike,
    kernel: ArrayLike,
    *,
    stride: int = 1,
    alt: str = "A small window slides over an image row by row; to the right the feature map fills up pixel by pixel.",
    interval: int = 80,
) -> Animation:
    """Film a kernel that slides over an image, and the feature map that comes out.

    At each position the pixels in the window are multiplied by the weights of the kernel and added up.

    Parameters
    ----------
    image : array_like, shape (height, width)
        A grey image.
    kernel : array_like, shape (size, size)
        The weights.
    stride : int
        Pixels from one position of the window to the next.
    alt : str
        What the animation shows, for a reader who cannot see it.
    interval : int
        Milliseconds from one frame to the next.

    Returns
    -------
    Animation
        One frame for each pixel of the feature map.

    Raises
    ------
    ValueError
        Where an array is no table of numbers, the kernel is not square or larger than the image, or the stride is
        below 1.

    Examples
    --------
    >>> len(animate_convolution(np.eye(5), [[1, 0], [0, 1]]))
    16
    """
    image, kernel = _table(image, "image"), _table(kernel, "kernel")
    size = len(kernel)
    if kernel.shape != (size, size) or size > min(image.shape):
        raise ValueError(f"kernel must be square and no larger than the image {image.shape}, got {kernel.shape}")
    if stride < 1:
        raise ValueError(f"stride must be at least 1, got {stride}")
    windows = np.lib.stride_tricks.sliding_window_view(image, (size, size))[::stride, ::stride]
    output = (windows * kernel).sum(axis=(2, 3))
    figure, (left, middle, right) = plt.subplots(
        1, 3, figsize=(8, 3.3), width_ratios=(image.shape[1], 4, image.shape[1])
    )
    left.imshow(image, cmap="gray", extent=(0, image.shape[1], image.shape[0], 0))
    limit = np.abs(kernel).max() or 1.0
    weights = middle.imshow(kernel, cmap="cividis", vmin=-limit, vmax=limit, extent=(0, size, size, 0))
    for (row, column), weight in np.ndenumerate(kernel):
        color = ink_on(weights.to_rgba(weight))
        middle.text(column + 0.5, row + 0.5, _number(weight), ha="center", va="center", color=color)
    limit = np.abs(output).max() or 1.0
    shown = right.imshow(np.zeros_like(output), cmap="cividis", vmin=-limit, vmax=limit)
    for ax, title in ((left, "Image"), (middle, "Kernel"), (right, " ")):
        ax.set(xticks=[], yticks=[])
        set_title(ax, title)
    window = left.add_patch(Rectangle((0, 0), size, size, fill=False, linewidth=4, edgecolor=CYCLE[1]))
    headline = set_title(right, " ")

    def update(i: int) -> None:
        row, column = divmod(i, output.shape[1])
        window.set_xy((column * stride, row * stride))
        shown.set_data(np.where(np.arange(output.size) <= i, output.ravel(), np.nan).reshape(output.shape))
        headline.set_text(f"Feature map: {_number(output[row, column])}")

    animation = record(figure, update, output.size, moving=[window, shown, headline], alt=alt, interval=interval)
    plt.close(figure)
    return animation


def _table(values: ArrayLike, name: str) -> np.ndarray:
    """The values as a two-dimensional array of finite floats."""
    table = np.asarray(values, dtype=float)
    if table.ndim != 2 or not table.size or not np.isfinite(table).all():
        raise ValueError(f"{name} must be a table of finite numbers, shape (height, width), got shape {table.shape}")
    return table


def _check_windows(image: tuple[int, ...], output: tuple[int, ...], size: int, stride: int) -> tuple[int, int]:
    """The shape of the output, where it is that of all positions of a window in the padded image."""
    if not (1 <= size <= min(image) and stride >= 1):
        raise ValueError(f"size={size} and stride={stride} fit no window into a padded image of shape {image}")
    rows, columns = ((n - size) // stride + 1 for n in image)
    if output != (rows, columns):
        raise ValueError(
            f"a window of size {size} at stride {stride} has {rows} · {columns} positions in a padded image of shape "
            f"{image}, but output has the shape {output}"
        )
    return rows, columns


def _draw_table(
    ax: Axes, table: np.ndarray, left: float, top: float, inside: tuple[int, int, int, int] | None = None
) -> None:
    """Draw a table in squares of grey with its numbers; what lies outside of `inside` is hatched."""
    rows, columns = table.shape
    low, high = table.min(), table.max()
    shades = (table - low) / (high - low or 1)
    ax.imshow(
        shades,
        cmap="gray",
        vmin=-1.6,
        vmax=1.1,
        extent=(left, left + columns, top + rows, top),
        interpolation="nearest",
    )
    for row in range(rows):
        for column in range(columns):
            padded = inside is not None and not (inside[0] <= row < inside[1] and inside[2] <= column < inside[3])
            hatch: dict[str, Any] = {"facecolor": "white", "hatch": "////"} if padded else {"facecolor": "none"}
            ax.add_patch(Rectangle((left + column, top + row), 1, 1, edgecolor=LIGHT, linewidth=0.8, **hatch))
            if max(rows, columns) <= _MOST_NUMBERS:
                box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0} if padded else None
                ax.text(
                    left + column + 0.5, top + row + 0.5, _number(table[row, column]), ha="center", va="center",
                    fontsize=11, color=INK, bbox=box,
                )  # fmt: skip


def _number(value: float) -> str:
    """A number for a small square: at most two digits behind the point, a true minus."""
    value = round(float(value), 2) + 0.0  # + 0.0: no minus before a zero
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "−")
