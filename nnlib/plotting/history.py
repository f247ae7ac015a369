"""Learning curves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from ._style import CYCLE, label_ends, new_axes, set_text, styled


@styled
def plot_history(
    history,
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
        Where a history lacks the metric; names those that it has.

    Examples
    --------
    >>> ax = plot_history({"loss": [3.0, 2.0, 1.5], "val_loss": [3.1, 2.4, 2.2]})
    >>> ax.get_xlabel()
    'epoch'
    """
    ax = new_axes(ax)
    curves = _curves(history, metric)
    ends = []
    for number, (name, train, validation) in enumerate(curves):
        color = (colors or {}).get(name) or CYCLE[number % len(CYCLE)]
        alone = len(curves) == 1
        for values, style, label in ((train, "-", "train"), (validation, "--", "validation")):
            if values is None:
                continue
            epochs = np.arange(1, len(values) + 1)
            marker = "o" if len(values) == 1 else None
            ax.plot(epochs, values, style, color=color, marker=marker)
            if alone and validation is not None:
                ends.append((epochs[-1], values[-1], label, color))
            elif not alone and style == "-":
                ends.append((epochs[-1], values[-1], name, color))
    if log:
        ax.set_yscale("log")
    longest = max(len(train) for _, train, _ in curves)
    if longest <= 12:
        ax.set_xticks(range(1, longest + 1))
    nice = metric.replace("_", " ")
    both = len(curves) > 1 and any(validation is not None for *_, validation in curves)
    default = f"{nice.capitalize()} by epoch" + (" (solid: train, dashed: validation)" if both else "")
    set_text(ax, title=default if title is None else title, xlabel="epoch", ylabel=ylabel or nice)
    label_ends(ax, ends)
    return ax


def _curves(history, metric: str) -> list[tuple[str, list[float], list[float] | None]]:
    """Name, training curve and validation curve (or None) of each model in `history`."""
    entries = getattr(history, "history", history)
    if not isinstance(entries, Mapping) or not entries:
        raise ValueError(f"history must be what fit() returned, or a dictionary of such by name, got {history!r}")
    several = all(isinstance(getattr(value, "history", value), Mapping) for value in entries.values())
    named = entries if several else {"": entries}
    curves = []
    for name, value in named.items():
        values = getattr(value, "history", value)
        if metric not in values:
            where = f" of {name!r}" if name else ""
            raise ValueError(f"the history{where} has no metric {metric!r}; it has {sorted(values)}")
        curves.append((name, values[metric], values.get(f"val_{metric}")))
    return curves
