# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Learning curves: a metric over the epochs, in training and in validation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ._style import COLORS, label_ends, look, new_axes, set_log, set_text, styled


@styled
def plot_history(
    history: Any,
    metric: str = "loss",
    *,
    log: bool = False,
    colors: Mapping[str, str] | None = None,
    title: str | None = None,
    ylabel: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot a metric over the epochs: training solid, validation dashed, one colour a model.

    Parameters
    ----------
    history : keras.callbacks.History, dict of lists, or dict of either by model name
        What `fit` returned, or its `.history`; several of them by the name to show.
    metric : str
        A metric of the history. Its `val_` twin is drawn too where there is one.
    log : bool
        Whether the vertical axis is logarithmic.
    colors : mapping of str to str, optional
        The colour of each named model; by default they take turns.
    title, ylabel : str, optional
        By default made from `metric`.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        Where a history lacks the metric (names those that it has), or has not one number for each epoch.

    Examples
    --------
    >>> ax = plot_history({"loss": [3.0, 2.0, 1.5], "val_loss": [3.1, 2.4, 2.2]})
    >>> ax.get_xlabel()
    'epoch'
    """
    models = _models(history)
    curves = {name: _curves(entries, metric, name) for name, entries in models.items()}
    several = len(curves) > 1
    ax, ends = new_axes(ax), []
    for number, (name, (train, validation)) in enumerate(curves.items()):
        color = look(number, name, colors)["color"]
        epochs = np.arange(1, len(train) + 1)
        for values, dashes, label in ((train, "-", "train"), (validation, "--", "validation")):
            if values is None:
                continue
            ax.plot(epochs, values, dashes, color=color, marker="o" if len(values) == 1 else None)
            if dashes == "-" if several else validation is not None:
                ends.append((epochs[-1], values[-1], name if several else label, color))
    if log:
        set_log(ax, "y")
    longest = max(len(train) for train, _ in curves.values())
    if longest <= 12:
        ax.set_xticks(range(1, longest + 1))
    nice = metric.replace("_", " ")
    both = several and any(validation is not None for _, validation in curves.values())
    default = f"{nice.capitalize()} by epoch" + (" (solid: train, dashed: validation)" if both else "")
    set_text(ax, title=default if title is None else title, xlabel="epoch", ylabel=ylabel or nice)
    label_ends(ax, ends)
    return ax


@styled
def plot_gap(
    history: Any,
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
        Where the history lacks the metric or its validation twin, has not one number for each epoch, or `best` is no
        epoch of it.

    Examples
    --------
    >>> ax = plot_gap({"loss": [3.0, 2.0, 1.0], "val_loss": [3.1, 2.4, 2.8]}, best=2)
    >>> ax.lines[-1].get_xydata().tolist()
    [[2.0, 2.4]]
    """
    models = _models(history)
    if len(models) > 1:
        raise ValueError(f"a gap is that of one model, and history holds {', '.join(map(repr, models))}: choose one")
    (entries,) = models.values()
    train, validation = _curves(entries, metric)
    if validation is None:
        raise ValueError(
            f"the history has no {f'val_{metric}'!r}, it has {sorted(entries)}; a gap needs a fit with validation_data"
        )
    if best is not None and best not in range(1, len(train) + 1):
        raise ValueError(f"best={best!r} is no epoch of this history, which has the epochs 1 to {len(train)}")
    ax, color = new_axes(ax), COLORS["blue"]
    x = updates_per_epoch * np.arange(1, len(train) + 1)
    ax.fill_between(x, train, validation, color=color, alpha=0.15, linewidth=0)
    ax.plot(x, train, "-", color=color)
    ax.plot(x, validation, "--", color=color)
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
    ends = {"train": train[-1], "validation": validation[-1]}
    label_ends(ax, [(x[-1], min(y, top), name, color) for name, y in ends.items()])
    return ax


def _models(history: Any) -> dict[str, Mapping[str, Any]]:
    """The recorded metrics of each model by its name; a single one has none."""
    entries = getattr(history, "history", history)
    if not isinstance(entries, Mapping) or not entries:
        raise ValueError(f"history must be what fit() returned, or a dictionary of such by name, got {history!r}")
    models: dict[str, Any] = {name: getattr(value, "history", value) for name, value in entries.items()}
    return models if all(isinstance(value, Mapping) for value in models.values()) else {"": entries}


def _curves(entries: Mapping[str, Any], metric: str, name: str = "") -> tuple[np.ndarray, np.ndarray | None]:
    """Training curve and validation curve (or None) of one model."""
    where = f" of {name!r}" if name else ""
    if metric not in entries:
        raise ValueError(f"the history{where} has no metric {metric!r}; it has {sorted(entries)}")
    train, twin = np.asarray(entries[metric], dtype=float), entries.get(f"val_{metric}")
    validation = None if twin is None else np.asarray(twin, dtype=float)
    if train.ndim != 1 or not len(train):
        raise ValueError(f"the history{where} needs a number of {metric!r} for each epoch, got the shape {train.shape}")
    if validation is not None and validation.shape != train.shape:
        raise ValueError(
            f"the history{where} has {len(train)} values of {metric!r} and {len(validation)} of {f'val_{metric}'!r}: "
            "one of each for every epoch is needed. Leave out validation_freq in fit, or draw each with plot_curves"
        )
    return train, validation
