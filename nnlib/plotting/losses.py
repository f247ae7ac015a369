# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Losses: as functions of the error or the margin, and softmax cross-entropy step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from ._style import AXIS, COLORS, LIGHT, draw_functions, label_ends, new_axes, set_text, styled


@styled
def plot_losses(
    losses: Mapping[str, Callable[[np.ndarray], ArrayLike]],
    *,
    xlim: tuple[float, float] = (-3, 3),
    ylim: tuple[float, float] | None = None,
    title: str = "Losses compared",
    xlabel: str = "error",
    ylabel: str = "loss",
    label_at: Mapping[str, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw losses over the error or the margin, with their names beside or on them.

    Parameters
    ----------
    losses : mapping of str to callable
        By the name to show: takes an array of shape (n,) and returns the losses in that shape.
    xlim, ylim : tuple of float
        What is shown; by default all values.
    title, xlabel, ylabel : str
        Text of the figure.
    label_at : mapping of str to float, optional
        Where on the horizontal axis a name is written onto its curve, for curves that meet at the right end.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If a callable changes the shape, or returns something that is not finite.

    Examples
    --------
    >>> ax = plot_losses({"squared": np.square, "absolute": np.abs})
    >>> [text.get_text() for text in ax.texts]
    ['absolute', 'squared']
    """
    if not losses:
        raise ValueError("losses is empty: give at least one function by its name")
    ax = new_axes(ax)
    set_text(ax, title=title, xlabel=xlabel, ylabel=ylabel)
    label_ends(ax, draw_functions(ax, losses, xlim=xlim, ylim=ylim, label_at=label_at))
    return ax


@styled
def plot_cross_entropy_steps(
    logits: Sequence[float],
    *,
    names: Sequence[str],
    true: str,
    title: str = "From logits to the loss",
) -> np.ndarray:
    """Show softmax cross-entropy in four steps: logits, exponentials, shares, and −ln of the true class's share.

    Parameters
    ----------
    logits : sequence of float, shape (n_classes,)
        What the network says.
    names : sequence of str
        The name of each class.
    true : str
        The name of the true class.
    title : str
        Text above all panels.

    Returns
    -------
    ndarray of Axes, shape (4,)

    Raises
    ------
    ValueError
        If a logit has no name, or the true class is none of the names.

    Examples
    --------
    >>> axes = plot_cross_entropy_steps([2, 1, -1], names=["cat", "dog", "sheep"], true="dog")
    >>> [text.get_text() for text in axes[-1].texts]
    ['0.349', '1.349', '3.349']
    """
    names = list(names)
    if len(names) != len(logits):
        raise ValueError(f"each logit needs a name; got {len(logits)} logits and {len(names)} names")
    if true not in names:
        raise ValueError(f"true={true!r} is no class; choose one of {', '.join(map(repr, names))}")
    powers = np.exp(np.asarray(logits, dtype=float))
    shares = powers / powers.sum()
    steps = {
        "1  logits z": (logits, "{:.3g}"),
        "2  exponentials eᶻ": (powers, "{:.3f}"),
        "3  divided by their sum": (shares, "{:.3f}"),
        "4  −ln: the loss": (-np.log(shares), "{:.3f}"),
    }
    figure, axes = plt.subplots(2, 2, figsize=(8, 5.4))
    for ax, (step, (values, form)) in zip(axes.flat, steps.items(), strict=True):
        _draw_step(ax, step, np.asarray(values, dtype=float), form, names, true, is_last=ax is axes[-1, -1])
    figure.suptitle(title, x=0.01, ha="left", fontsize=14, fontweight="bold")
    return axes.ravel()


def _draw_step(
    ax: Axes, step: str, values: np.ndarray, form: str, names: Sequence[str], true: str, *, is_last: bool
) -> None:
    """One panel: a bar for each class, that of the true one in colour."""
    colors = [COLORS["blue"] if name == true else LIGHT for name in names]
    if is_last:  # only the true class's counts; the others say what would have been
        colors = [COLORS["vermillion"] if name == true else "white" for name in names]
    ax = new_axes(ax)
    bars = ax.bar(names, values, color=colors, edgecolor="#888888", linewidth=1)
    ax.bar_label(bars, [form.format(value).replace("-", "−") for value in values], fontsize=12, padding=2)
    ax.axhline(0, color=AXIS, linewidth=1)
    ax.margins(y=0.18)
    ax.set_yticks([])
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.tick_params(axis="x", length=0, labelsize=12)
    set_text(ax, title=step)
