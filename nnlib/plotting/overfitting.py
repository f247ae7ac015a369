"""Figures of overfitting: the gap between training and validation, and how small the weights are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter
from numpy.typing import ArrayLike

from ._style import COLORS, CYCLE, label_ends, new_axes, set_text, styled

_STYLES = ("-", "--", ":", "-.")  # lines are told apart without colour too
_SMALLEST = 1e-6  # smaller weights, zeros among them, are counted here


@styled
def plot_gap(
    history,
    metric: str = "loss",
    *,
    updates_per_epoch: int = 1,
    best: int | None = None,
    xlim: tuple[float, float] | None = None,
    ylim: tuple[float, float] | None = None,
    title: str = "The gap",
    ylabel: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot one metric of one model, training solid and validation dashed, with the gap between them shaded.

    Parameters
    ----------
    history : keras.callbacks.History or dict of lists
        What `fit` returned for a model with validation data, or its `.history`.
    metric : str
        A metric of the history that has a `val_` twin.
    updates_per_epoch : int
        Steps of the optimizer in an epoch: above 1 the horizontal axis counts updates, so that runs on training sets
        of different sizes can be compared.
    best : int, optional
        An epoch to mark on the validation curve, counted from 1: where early stopping would go back to.
    xlim, ylim : tuple of float, optional
        What is shown, so that several figures can share one scale.
    title, ylabel : str, optional
        Text of the figure; the label is made from `metric` by default.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        Where the history lacks the metric or its validation twin, or `best` is no epoch of it.

    Examples
    --------
    >>> ax = plot_gap({"loss": [3.0, 2.0, 1.0], "val_loss": [3.1, 2.4, 2.8]}, best=2)
    >>> ax.lines[-1].get_xydata().tolist()
    [[2.0, 2.4]]
    """
    train, validation = _twins(history, metric)
    if best is not None and not 1 <= best <= len(train):
        raise ValueError(f"best={best!r} is no epoch of this history, which has the epochs 1 to {len(train)}")
    ax = new_axes(ax)
    x = updates_per_epoch * np.arange(1, len(train) + 1)
    ax.fill_between(x, train, validation, color=COLORS["blue"], alpha=0.15, linewidth=0)
    ax.plot(x, train, "-", color=COLORS["blue"])
    ax.plot(x, validation, "--", color=COLORS["vermillion"])
    ax.set(**{name: limits for name, limits in (("xlim", xlim), ("ylim", ylim)) if limits is not None})
    if best is not None:
        ax.axvline(x[best - 1], color=COLORS["black"], linewidth=1, linestyle=":")
        ax.plot(x[best - 1], validation[best - 1], "*", color=COLORS["black"], markersize=15)
    set_text(
        ax,
        title=title,
        xlabel="epoch" if updates_per_epoch == 1 else "updates of the weights",
        ylabel=metric.replace("_", " ") if ylabel is None else ylabel,
    )
    top = ax.get_ylim()[1]
    ends = (("train", train[-1], COLORS["blue"]), ("validation", validation[-1], COLORS["vermillion"]))
    label_ends(ax, [(x[-1], min(y, top), name, color) for name, y, color in ends])
    return ax


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

    Weights below a millionth, zeros among them, are counted in the leftmost bar. Each name carries the share
    of the weights below `threshold`.

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
    if threshold <= 0:
        raise ValueError(f"threshold must be positive, got {threshold!r}")
    sizes = {name: _sizes(values, name) for name, values in weights.items()}
    if not sizes:
        raise ValueError("weights is empty: give at least one model with its weights")
    largest = max(size.max() for size in sizes.values())
    bins = np.linspace(np.log10(_SMALLEST), max(1.0, np.log10(largest)), 43)
    ax = new_axes(ax)
    for number, (name, size) in enumerate(sizes.items()):
        color = (colors or {}).get(name) or CYCLE[number % len(CYCLE)]
        style = _STYLES[number % len(_STYLES)]
        share, _ = np.histogram(np.log10(np.maximum(size, _SMALLEST)), bins)
        label = f"{name}: {np.mean(size < threshold):.0%} below {threshold:g}"
        ax.stairs(100 * share / size.size, bins, color=color, linestyle=style, linewidth=2.2, label=label)
    ax.axvline(np.log10(threshold), color=COLORS["black"], linewidth=1, linestyle=":")
    ax.xaxis.set_major_formatter(FuncFormatter(_power_of_ten))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=11)
    set_text(ax, title=title, xlabel="size of a weight, |w|", ylabel="share of the weights (%)")
    return ax


def _twins(history, metric: str) -> tuple[np.ndarray, np.ndarray]:
    """The training and the validation values of a metric."""
    entries = getattr(history, "history", history)
    if not isinstance(entries, Mapping):
        raise ValueError(f"history must be what fit() returned, or its .history, got {history!r}")
    missing = [name for name in (metric, f"val_{metric}") if name not in entries]
    if missing:
        raise ValueError(
            f"the history has no {' and no '.join(map(repr, missing))}, it has {sorted(entries)}; "
            "a gap needs a metric of a fit with validation_data"
        )
    return np.asarray(entries[metric], dtype=float), np.asarray(entries[f"val_{metric}"], dtype=float)


def _sizes(values: ArrayLike, name: str) -> np.ndarray:
    """Absolute values in one row, checked."""
    size = np.abs(np.asarray(values, dtype=float)).ravel()
    if size.size == 0 or not np.isfinite(size).all():
        raise ValueError(f"the weights of {name!r} must be finite numbers, at least one; got {size.size} numbers")
    return size


def _power_of_ten(exponent: float, _) -> str:
    """The label of a tick at a power of ten; the leftmost says that it holds all that is smaller."""
    if exponent != round(exponent):
        return ""
    return f"≤$10^{{{exponent:.0f}}}$" if 10**exponent <= _SMALLEST else f"$10^{{{exponent:.0f}}}$"
