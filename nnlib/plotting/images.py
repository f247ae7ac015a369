# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Images in a grid, with their labels and with what a model made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from ._style import COLORS, LIGHT, check_columns, new_axes, readable, set_text, styled


@styled
def show_images(
    images: ArrayLike,
    labels: Sequence | None = None,
    *,
    predictions: Sequence | None = None,
    n: int = 10,
    columns: int = 5,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Show the first `n` images in a grid, with their labels below.

    Parameters
    ----------
    images : array_like, shape (m, height, width) or (m, height, width, channels)
        Grey or colour images; integers from 0 to 255 or floats from 0 to 1. What lies outside is drawn as the nearest
        of the two, in a grey image black or white.
    labels : sequence of length m, optional
        The true label of each image, as it should be written.
    predictions : sequence of length m, optional
        The predicted label of each image: right ones get a ✓ and a thin frame, wrong ones a ✗,
        a thick frame and the truth.
    n : int
        How many to show.
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
        Where there are fewer than `n` images, not as many labels as images, or no column.

    Examples
    --------
    >>> ax = show_images(np.zeros((10, 8, 8)), labels=list("0123456789"))
    >>> len(ax.images)
    10
    """
    images = np.asarray(images)
    if images.ndim not in (3, 4):
        raise ValueError(f"images must have the shape (n, height, width[, channels]), got {images.shape}")
    if not 1 <= n <= len(images):
        raise ValueError(f"n={n} images were asked for, and images holds {len(images)}; choose 1 to {len(images)}")
    truths, guesses = _flat("labels", labels, len(images))[:n], _flat("predictions", predictions, len(images))[:n]
    if guesses and labels is None:
        raise ValueError("predictions can be marked right or wrong only beside labels; labels is None")
    captions, right = [str(truth) for truth in truths], []
    if guesses:  # 1 and 1.0 are the same class, and so are 1 and "1"
        right = [str(truth) == str(guess) or truth == guess for truth, guess in zip(truths, guesses, strict=True)]
        captions = [
            f"✓ {guess}" if hit else f"✗ {guess}\n(is {truth})"
            for hit, truth, guess in zip(right, truths, guesses, strict=True)
        ]
    # Not from the darkest to the lightest pixel of each image: a white one would be black.
    look = {"cmap": "gray", "vmin": 0, "vmax": 255 if np.issubdtype(images.dtype, np.integer) else 1}
    ax = draw_grid(ax, images[:n], [look] * n, captions=captions or None, columns=columns, title=title)
    if right:
        _mark(ax, right)
    return ax


def _flat(name: str, values: Sequence | None, n: int) -> list[Any]:
    """The values, which may have the shape (n, 1) that Keras gives labels; none of None."""
    flat = [] if values is None else list(np.ravel(values))
    if values is not None and len(flat) != n:
        raise ValueError(f"{n} images need as many {name}, got {len(flat)}")
    return flat


def _mark(ax: Axes, right: Sequence[bool]) -> None:
    """Frame each image by whether it was recognised; its caption says it without colour too."""
    for frame, caption, hit in zip(ax.patches[-len(right) :], ax.texts[-len(right) :], right, strict=True):
        color = COLORS["green"] if hit else COLORS["vermillion"]
        frame.set(edgecolor=color, linewidth=1.5 if hit else 4)
        caption.set(color=readable(color), fontweight="normal" if hit else "bold")


def draw_grid(
    ax: Axes | None,
    pictures: np.ndarray,
    looks: Sequence[Mapping[str, Any]],
    *,
    captions: Sequence[str] | None,
    columns: int,
    title: str,
) -> Axes:
    """Draw pictures, shape (n, height, width[, channels]), in a grid, each one unit wide with its caption below.

    `looks` holds for each picture what `Axes.imshow` takes, for example its colour map.
    """
    check_columns("columns", columns)
    n, height, width = pictures.shape[:3]
    columns, tall = min(columns, n), height / width
    lines = max((caption.count("\n") + 1 for caption in captions or ()), default=0)
    room = tall + 0.08 + 0.06 * (lines > 0) + 0.19 * lines  # for a picture and what is below
    rows = -(-n // columns)
    ax = new_axes(ax, size=(1.5 * columns, 1.5 * rows * room + (0.4 if title else 0)))
    for i, (picture, look) in enumerate(zip(pictures, looks, strict=True)):
        left, top = 1.1 * (i % columns), room * (i // columns)
        ax.imshow(picture, extent=(left, left + 1, top + tall, top), interpolation="nearest", **look)
        # A white picture on a white page needs an edge, and so does a black one on a dark page.
        ax.add_patch(Rectangle((left, top), 1, tall, fill=False, clip_on=False, ec=LIGHT, lw=0.8))
        if captions is not None:
            # A caption is shown as it stands: a price in dollars is no formula.
            ax.text(left + 0.5, top + tall + 0.06, captions[i], ha="center", va="top", fontsize=11, parse_math=False)
    ax.set(xlim=(-0.06, 1.1 * columns - 0.04), ylim=(room * rows, -0.06), aspect="equal")
    ax.axis("off")
    set_text(ax, title=title)
    return ax
