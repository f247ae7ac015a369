"""Pictures, and what a classifier makes of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike
from sklearn.metrics import confusion_matrix

from ._style import COLORS, new_axes, set_text, styled


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
        Grey or colour images; integers from 0 to 255 or floats from 0 to 1.
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
        Where there are fewer than `n` images, or not as many labels as images.

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
    for name, given in (("labels", labels), ("predictions", predictions)):
        if given is not None and len(given) != len(images):
            raise ValueError(f"{len(images)} images need as many {name}, got {len(given)}")
    if predictions is not None and labels is None:
        raise ValueError("predictions can be marked right or wrong only beside labels; labels is None")
    columns = min(columns, n)
    rows = -(-n // columns)
    room = 1.0 if labels is None else (1.32 if predictions is None else 1.5)
    ax = new_axes(ax, size=(1.5 * columns, 1.5 * rows * room + (0.4 if title else 0)))
    for i in range(n):
        left, top = 1.1 * (i % columns), (room + 0.05) * (i // columns)
        ax.imshow(images[i], extent=(left, left + 1, top + 1, top), cmap="gray", interpolation="nearest")
        if predictions is not None:
            _mark(ax, left, top, str(labels[i]), str(predictions[i]))
        elif labels is not None:
            ax.text(left + 0.5, top + 1.06, str(labels[i]), ha="center", va="top", fontsize=12)
    ax.set(xlim=(-0.06, 1.1 * columns - 0.04), ylim=((room + 0.05) * rows, -0.06), aspect="equal")
    ax.axis("off")
    set_text(ax, title=title)
    return ax


def _mark(ax: Axes, left: float, top: float, label: str, prediction: str) -> None:
    """Frame an image by whether it was recognised; the mark says it without colour too."""
    right = label == prediction
    color = COLORS["green"] if right else COLORS["vermillion"]
    ax.add_patch(
        Rectangle((left, top), 1, 1, fill=False, edgecolor=color, linewidth=1.5 if right else 4, clip_on=False)
    )
    text = f"✓ {prediction}" if right else f"✗ {prediction}\n(is {label})"
    weight = "normal" if right else "bold"
    ax.text(left + 0.5, top + 1.06, text, ha="center", va="top", fontsize=11, color=color, fontweight=weight)


@styled
def plot_probabilities(
    probabilities: ArrayLike,
    class_names: Sequence[str],
    *,
    truth: int | None = None,
    title: str = "What the model believes",
    ax: Axes | None = None,
) -> Axes:
    """Show one prediction in full: a bar for the probability of each class.

    Parameters
    ----------
    probabilities : array_like, shape (n_classes,)
        One row of what `predict` returned.
    class_names : sequence of str, length n_classes
        Names of the classes.
    truth : int, optional
        Index of the true class; its name is set in bold.
    title : str
        Title of the figure.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_probabilities([0.2, 0.8], ["cat", "dog"], truth=1)
    >>> len(ax.patches)
    2
    """
    probabilities = np.asarray(probabilities, dtype=float)
    if probabilities.shape != (len(class_names),):
        raise ValueError(
            f"{len(class_names)} class names need as many probabilities, got the shape {probabilities.shape}"
        )
    ax = new_axes(ax, size=(6, 0.36 * len(class_names) + 1))
    best = int(probabilities.argmax())
    colors = [COLORS["blue"] if i == best else "#BBBBBB" for i in range(len(class_names))]
    bars = ax.barh(range(len(class_names)), probabilities, color=colors)
    ax.bar_label(bars, [f"{p:.0%}" if p >= 0.005 else "" for p in probabilities], padding=3, fontsize=11)
    names = [f"truth: {name}" if i == truth else name for i, name in enumerate(class_names)]
    ax.set_yticks(range(len(names)), names, fontsize=11)
    if truth is not None:
        ax.get_yticklabels()[truth].set(fontweight="bold", color=COLORS["black"])
    ax.invert_yaxis()
    ax.set_xlim(0, max(1.0, probabilities.max() * 1.1))
    set_text(ax, title=title, xlabel="probability")
    return ax


@styled
def plot_confusion(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    class_names: Sequence[str],
    title: str = "Confusion matrix: of each true class, where it went (%)",
    ax: Axes | None = None,
) -> Axes:
    """Draw the confusion matrix: each row is a true class, in per cent of its samples.

    Parameters
    ----------
    y_true, y_pred : array_like of int, shape (n,)
        True and predicted classes, 0 to n_classes - 1.
    class_names : sequence of str, length n_classes
        Names of the classes.
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
        Where a class has no name, or the two arrays differ in length.

    Examples
    --------
    >>> ax = plot_confusion([0, 0, 1], [0, 1, 1], class_names=["cat", "dog"])
    >>> [text.get_text() for text in ax.texts]
    ['50', '50', '', '100']
    """
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    for name, values in (("y_true", y_true), ("y_pred", y_pred)):
        if values.ndim != 1:
            raise ValueError(f"{name} must be one class index a sample, shape (n,), got {values.shape}")
        if len(values) and not 0 <= values.min() <= values.max() < len(class_names):
            raise ValueError(
                f"{name} holds the classes {values.min()} to {values.max()}, and class_names names "
                f"{len(class_names)}: 0 to {len(class_names) - 1}"
            )
    n = len(class_names)
    counts = confusion_matrix(y_true, y_pred, labels=range(n))
    share = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ax = new_axes(ax, size=(0.55 * n + 2.2, 0.5 * n + 1.6))
    ax.imshow(share, cmap="Blues", vmin=0, vmax=100)
    for row, column in np.ndindex(n, n):
        value = share[row, column]
        text = f"{value:.0f}" if value >= 0.5 else ""
        color = "white" if value > 55 else COLORS["black"]
        weight = "bold" if row == column else "normal"
        ax.text(column, row, text, ha="center", va="center", fontsize=11, color=color, fontweight=weight)
    ax.set_xticks(range(n), class_names, rotation=45, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(n), class_names)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    set_text(ax, title=title, xlabel="predicted", ylabel="true")
    return ax
