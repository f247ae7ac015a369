# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Validation curves: what a score does when one setting changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from ._style import AXIS, COLORS, finite_numbers, new_axes, set_text, styled


@styled
def plot_validation_curve(
    scores: Mapping[float, Sequence[float]],
    *,
    log: bool = False,
    reference: tuple[str, float] | None = None,
    ylim: tuple[float, float] | None = None,
    title: str = "Validation curve",
    xlabel: str = "setting",
    ylabel: str = "validation loss",
    ax: Axes | None = None,
) -> Axes:
    """Draw a score to be made small over a setting: a dot for each run, a line through the means, a star at the lowest.

    Parameters
    ----------
    scores : mapping of float to sequence of float
        The scores of all runs with a setting, by the value of the setting; in any order.
    log : bool
        Whether the axis of the setting is logarithmic.
    reference : tuple of str and float, optional
        A score to compare with, by name, drawn as a dashed line.
    ylim : tuple of float, optional
        What is shown of the scores, so that several figures can share one scale; dots outside are left out.
    title, xlabel, ylabel : str
        Text of the figure.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        Where there are fewer than two settings, a setting has no scores or some that are not finite, or a setting is
        not above 0 on a logarithmic axis.

    Examples
    --------
    >>> ax = plot_validation_curve({0.1: [0.5, 0.7], 1: [0.4, 0.4], 10: [0.9, 0.8]}, log=True)
    >>> ax.lines[-1].get_xydata().tolist()
    [[1.0, 0.4]]
    """
    if not isinstance(scores, Mapping) or len(scores) < 2:
        raise ValueError(f"scores must be a dictionary with at least two settings, got {scores!r}")
    settings = finite_numbers(sorted(scores), "the settings")
    if log and settings[0] <= 0:
        raise ValueError(f"a logarithmic axis has no place for the setting {settings[0]:g}; use log=False")
    runs = [finite_numbers(scores[setting], f"setting {setting:g}") for setting in sorted(scores)]
    means = np.array([run.mean() for run in runs])
    best = int(means.argmin())
    ax = new_axes(ax)
    if log:
        ax.set_xscale("log")
    if reference is not None:
        name, level = reference
        ax.axhline(level, color=COLORS["black"], linestyle="--", linewidth=1.5, zorder=1)
        ax.annotate(
            name, (1, level), xycoords=("axes fraction", "data"), xytext=(-4, 3), textcoords="offset points",
            ha="right", va="bottom", fontsize=11,
        )  # fmt: skip
    for setting, run in zip(settings, runs, strict=True):
        ax.plot(np.full(len(run), setting), run, "o", color=COLORS["sky"], markersize=6, zorder=2)
    ax.plot(settings, means, "-", color=COLORS["blue"], zorder=3)
    ax.plot(settings[best], means[best], "*", color=COLORS["black"], markersize=17, zorder=4)
    if log:
        ax.set_xticks(settings, [f"{setting:g}" for setting in settings])
        ax.minorticks_off()
    if ylim is not None:
        ax.set_ylim(*ylim)
    ax.tick_params(labelsize=11, colors=AXIS)
    set_text(ax, title=title, xlabel=xlabel, ylabel=ylabel)
    return ax
