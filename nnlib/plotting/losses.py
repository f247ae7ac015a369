# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Losses: as functions of the error or the margin, and softmax cross-entropy step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from ._style import (
    AXIS,
    COLORS,
    LIGHT,
    check_named,
    draw_functions,
    finite_numbers,
    label_ends,
    new_axes,
    set_text,
    styled,
)


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
        If there is no loss, a callable changes the shape or returns something that is not finite, or `label_at` names
        a loss that is not there.

    Examples
    --------
    >>> ax = plot_losses({"squared": np.square, "absolute": np.abs})
    >>> [text.get_text() for text in ax.texts]
    ['absolute', 'squared']
    """
    check_named(losses, "losses", "function by its name")
    if unknown := sorted(set(label_at or ()) - set(losses)):
        raise ValueError(f"label_at names {unknown[0]!r}, which is none of {', '.join(map(repr, losses))}")
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
        If a logit has no name, is no finite number or above 700 (its exponential is too large for a computer), or the
        true class is none of the names.

    Examples
    --------
    >>> axes = plot_cross_entropy_steps([2, 1, -1], names=["cat", "dog", "sheep"], true="dog")
    >>> [text.get_text() for text in axes[-1].texts]
    ['0.349', '1.349', '3.349']
    """
    names, scores = list(names), finite_numbers(logits, "logits")
    if len(names) != len(logits):
        raise ValueError(f"each logit needs a name; got {len(logits)} logits and {len(names)} names")
    if true not in names:
        raise ValueError(f"true={true!r} is no class; choose one of {', '.join(map(repr, names))}")
    if scores.max() > 700:
        raise ValueError(f"logits must be at most 700, got {scores.max():g}: a computer cannot write its exponential")
    powers, below = np.exp(scores), scores - scores.max()
    # From the distances to the largest: of logits far below it e^z is 0, and its logarithm would be lost.
    losses = np.log(np.exp(below).sum()) - below
    steps = {
        "1  logits z": (scores, "{:.3g}"),
        "2  exponentials eᶻ": (powers, "{:.3f}" if powers.max() < 1e6 else "{:.2e}"),
        "3  divided by their sum": (np.exp(-losses), "{:.3f}"),
        "4  −ln: the loss": (losses, "{:.3f}"),
    }
    figure, axes = plt.subplots(2, 2, figsize=(8, 5.4))
    for ax, (step, (values, form)) in zip(axes.flat, steps.items(), strict=True):
        _draw_step(ax, step, values, form, names, true, is_last=ax is axes[-1, -1])
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
