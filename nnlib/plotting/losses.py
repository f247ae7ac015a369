"""Figures of loss functions, and of what the choice of one changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from ._style import COLORS, CYCLE, label_ends, new_axes, readable, set_text, styled
from .activations import checked_values

_STYLES = ("-", "--", "-.", ":")  # lines are told apart without colour too


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
    x = np.linspace(*xlim, 601)
    curves = {name: checked_values(function, x, repr(name)) for name, function in losses.items()}
    if ylim is None:
        low, high = min(values.min() for values in curves.values()), max(values.max() for values in curves.values())
        ylim = (low - 0.04 * (high - low or 1), high + 0.04 * (high - low or 1))
    ax.axvline(0, color="#CCCCCC", linewidth=1, zorder=0)
    ax.set(xlim=xlim, ylim=ylim)
    for number, (name, values) in enumerate(curves.items()):
        ax.plot(x, values, _STYLES[number % len(_STYLES)], color=CYCLE[number % len(CYCLE)], label=name)
    set_text(ax, title=title, xlabel=xlabel, ylabel=ylabel)
    _label_curves(ax, label_at or {})
    return ax


@styled
def plot_robust_fit(
    x: ArrayLike,
    y: ArrayLike,
    lines: Mapping[str, tuple[float, float]],
    *,
    outliers: ArrayLike | None = None,
    title: str = "A few outliers turn one line and not the other",
    xlabel: str = "x",
    ylabel: str = "y",
    ax: Axes | None = None,
) -> Axes:
    """Scatter points, mark the outliers among them, and draw one line for each loss.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        The points.
    lines : mapping of str to (w, b)
        Slope and intercept of each line, by the name to show.
    outliers : array_like of bool, shape (n,), optional
        Which points are outliers; they are drawn as crosses.
    title, xlabel, ylabel : str
        Text of the figure.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_robust_fit([0, 1, 2], [0, 1, 9], {"squared": (4.5, -1.2)}, outliers=[False, False, True])
    >>> len(ax.lines)
    1
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    odd = np.zeros(len(x), dtype=bool) if outliers is None else np.asarray(outliers, dtype=bool)
    if not x.shape == y.shape == odd.shape or x.ndim != 1 or len(x) == 0:
        raise ValueError(
            f"x, y and outliers need one number for each point; got shapes {x.shape}, {y.shape}, {odd.shape}"
        )
    ax = new_axes(ax)
    ax.scatter(x[~odd], y[~odd], s=40, color=COLORS["black"], zorder=2)
    ax.scatter(x[odd], y[odd], s=90, marker="X", color=COLORS["vermillion"], edgecolor="white", zorder=3)
    margin = 0.05 * np.ptp(x)
    span = np.array([x.min() - margin, x.max() + margin])
    ends = []
    for number, (name, (w, b)) in enumerate(lines.items()):
        color, style = CYCLE[number % len(CYCLE)], _STYLES[number % len(_STYLES)]
        ax.plot(span, w * span + b, style, color=color, zorder=1)
        ends.append((span[1], w * span[1] + b, name, color))
    if odd.any():
        first = np.flatnonzero(odd)[np.argmin(x[odd])]
        ax.annotate(
            "outliers" if odd.sum() > 1 else "outlier", (x[first], y[first]), xytext=(-10, 0), ha="right", va="center",
            textcoords="offset points", fontsize=12, color=readable(COLORS["vermillion"]),
        )  # fmt: skip
    ax.set_xlim(span)
    set_text(ax, title=title, xlabel=xlabel, ylabel=ylabel)
    label_ends(ax, ends)
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
    figure, axes = plt.subplots(1, 4, figsize=(13, 3.4))
    for ax, (step, (values, form)) in zip(axes, steps.items(), strict=True):
        _draw_step(ax, step, np.asarray(values, dtype=float), form, names, true, is_last=ax is axes[-1])
    figure.suptitle(title, x=0.01, ha="left", fontsize=14, fontweight="bold")
    return axes


@styled
def plot_reliability(
    models: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    n_bins: int = 10,
    title: str = "How often is it true?",
    ax: Axes | None = None,
) -> Axes:
    """Plot how often something was true against the probability that a model gave it.

    On the diagonal, of all cases that the model gave 0.8, 80 % were true: its probabilities are *calibrated*.

    Parameters
    ----------
    models : mapping of str to (y_true, probabilities)
        For each model the truth (0 or 1) and the probability of 1, arrays of shape (n,).
    n_bins : int
        The probabilities are cut into this many bins of equal width; empty ones are left out.
    title : str
        Text of the figure.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Notes
    -----
    The shares are computed by `sklearn.calibration.calibration_curve`.

    References
    ----------
    C. Guo, G. Pleiss, Y. Sun, K. Weinberger, "On calibration of modern neural networks", ICML (2017).

    Examples
    --------
    >>> ax = plot_reliability({"coin": ([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5])})
    >>> ax.lines[-1].get_xydata().tolist()
    [[0.5, 0.5]]
    """
    from sklearn.calibration import calibration_curve

    ax = new_axes(ax, size=(6, 4.6))
    ax.plot([0, 1], [0, 1], color="#AAAAAA", linewidth=1.2)
    ax.text(1, 0.02, "on the grey line: as often as said", fontsize=11, color="#555555", ha="right")
    handles = []
    for number, (name, (y_true, probabilities)) in enumerate(models.items()):
        truth, said = np.ravel(y_true), np.ravel(np.asarray(probabilities, dtype=float))
        if truth.shape != said.shape or not ((said >= 0) & (said <= 1)).all():
            raise ValueError(
                f"{name!r}: needs as many probabilities between 0 and 1 as labels; got {said.shape} and "
                f"{truth.shape}, from {said.min():g} to {said.max():g}"
            )
        observed, mean_said = calibration_curve(truth, said, n_bins=n_bins)
        style, marker = _STYLES[number % len(_STYLES)], "os^D"[number % 4]
        handles += ax.plot(mean_said, observed, style, marker=marker, color=CYCLE[number % len(CYCLE)], label=name)
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    set_text(ax, title=title, xlabel="probability that the model gave", ylabel="share that was true")
    ax.legend(handles=handles, loc="upper left", fontsize=12, frameon=False)
    return ax


def _draw_step(ax, step, values, form, names, true, *, is_last) -> None:
    """One panel: a bar for each class, that of the true one in colour."""
    colors = [COLORS["blue"] if name == true else "#BBBBBB" for name in names]
    if is_last:  # only the true class's counts; the others say what would have been
        colors = [COLORS["vermillion"] if name == true else "white" for name in names]
    ax = new_axes(ax)
    bars = ax.bar(names, values, color=colors, edgecolor="#888888", linewidth=1)
    ax.bar_label(bars, [form.format(value).replace("-", "−") for value in values], fontsize=12, padding=2)
    ax.axhline(0, color="#555555", linewidth=1)
    ax.margins(y=0.18)
    ax.set_yticks([])
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.tick_params(axis="x", length=0, labelsize=12)
    set_text(ax, title=step)


def _label_curves(ax: Axes, label_at: Mapping[str, float]) -> None:
    """Write each curve's name onto it at a given place, or else beside its last point inside the picture."""
    low, high = ax.get_ylim()
    ends = []
    for line in ax.lines:
        (x, y), name, color = line.get_data(), line.get_label(), line.get_color()
        if name in label_at:
            ax.text(
                label_at[name], np.interp(label_at[name], x, y), name, color=readable(color), fontsize=12,
                ha="center", va="center", bbox={"facecolor": "white", "linewidth": 0, "pad": 2},
            )  # fmt: skip
        elif not name.startswith("_") and ((y >= low) & (y <= high)).any():
            last = np.flatnonzero((y >= low) & (y <= high))[-1]
            ends.append((x[last], y[last], name, color))
    label_ends(ax, ends)
