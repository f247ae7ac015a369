# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Calibration: whether what a model gave 0.8 was true in 80 % of the cases."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike
from sklearn.calibration import calibration_curve

from ._style import AXIS, check_named, look, new_axes, set_text, styled


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

    Raises
    ------
    ValueError
        If there is no model, or a model has not one truth (0 or 1) and one probability from 0 to 1 for each case.

    Notes
    -----
    The shares are computed by `sklearn.calibration.calibration_curve`.

    References
    ----------
    Chuan Guo, G. Pleiss, Y. Sun, K. Weinberger, "On calibration of modern neural networks", ICML (2017).

    Examples
    --------
    >>> ax = plot_reliability({"coin": ([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5])})
    >>> ax.lines[-1].get_xydata().tolist()
    [[0.5, 0.5]]
    """
    check_named(models, "models", "name with (y_true, probabilities)")
    ax = new_axes(ax, size=(6, 4.6))
    ax.plot([0, 1], [0, 1], color="#AAAAAA", linewidth=1.2)
    ax.text(1, 0.02, "on the grey line: as often as said", fontsize=11, color=AXIS, ha="right")
    handles = []
    for number, (name, (y_true, probabilities)) in enumerate(models.items()):
        truth, said = np.ravel(y_true), np.ravel(np.asarray(probabilities, dtype=float))
        if truth.shape != said.shape or not ((said >= 0) & (said <= 1)).all():
            raise ValueError(
                f"{name!r}: needs as many probabilities between 0 and 1 as labels; got {said.shape} and "
                f"{truth.shape}, from {said.min():g} to {said.max():g}"
            )
        observed, mean_said = calibration_curve(truth, said, n_bins=n_bins)
        handles += ax.plot(mean_said, observed, **look(number), label=name)
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    set_text(ax, title=title, xlabel="probability that the model gave", ylabel="share that was true")
    ax.legend(handles=handles, loc="upper left", fontsize=12, frameon=False)
    return ax
