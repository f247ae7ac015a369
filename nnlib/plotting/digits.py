"""The weights of a layer that looks at images, drawn as images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from ._style import new_axes, set_text, styled


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
        units as there are labels.

    Examples
    --------
    >>> ax = plot_weight_images(np.eye(4), (2, 2), labels=list("abcd"))
    >>> ax.images[1].get_array().tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    kernel = np.asarray(kernel, dtype=float)
    height, width = image_shape
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
    columns = min(columns, n)
    rows, room = -(-n // columns), 1.08 if labels is None else 1.3
    ax = new_axes(ax, size=(1.5 * columns, 1.5 * rows * room * height / width + 0.4))
    tall = height / width
    for i, weights in enumerate(kernel.T.reshape(n, height, width)):
        left, top = 1.08 * (i % columns), (tall + room - 1) * (i // columns)
        limit = np.abs(weights).max() or 1.0
        extent = (left, left + 1, top + tall, top)
        ax.imshow(weights, extent=extent, cmap="cividis", vmin=-limit, vmax=limit, interpolation="nearest")
        if labels is not None:
            ax.text(left + 0.5, top + tall + 0.04, labels[i], ha="center", va="top", fontsize=12)
    ax.set(xlim=(-0.03, 1.08 * columns - 0.05), ylim=((tall + room - 1) * rows, -0.03), aspect="equal")
    ax.axis("off")
    set_text(ax, title=title)
    return ax
