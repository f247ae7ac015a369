# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""What the right answers of several lessons are computed with, in another way than a learner computes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def slopes_by_differences(function: Callable[[np.ndarray], float], place: Any, step: float = 1e-6) -> np.ndarray:
    """The gradient of a function, tried out with central differences.

    Parameters
    ----------
    function : callable
        From an array to one number.
    place : array_like
        Where the gradient is asked for.
    step : float
        How far each element is moved, in both directions.

    Returns
    -------
    numpy.ndarray
        In the shape of `place`.

    Examples
    --------
    >>> slopes_by_differences(lambda w: w[0] ** 2 + 3 * w[1], [2.0, 5.0]).round(6)
    array([4., 3.])
    """
    place = np.asarray(place, float)
    slopes = np.empty_like(place)
    for index in np.ndindex(place.shape):
        move = np.zeros_like(place)
        move[index] = step
        slopes[index] = (function(place + move) - function(place - move)) / (2 * step)
    return slopes
