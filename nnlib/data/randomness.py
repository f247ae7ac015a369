# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Random numbers that are the same on every platform and with every NumPy."""

from __future__ import annotations

import numpy as np


class Random:
    """Uniform numbers from the raw stream of PCG64.

    NumPy promises never to change what ``PCG64.random_raw`` gives (NEP 19); the methods of its `Generator`
    may change, so they are not used. From 64 raw bits the upper 24 are taken: float32 holds them exactly.

    Examples
    --------
    >>> Random(0).integers(10, 5)
    array([6, 2, 0, 0, 8])
    """

    def __init__(self, seed: int | tuple[int, ...]) -> None:
        self._bits = np.random.PCG64(seed)

    def _top(self, shape: tuple[int, ...]) -> np.ndarray:
        return self._bits.random_raw(shape) >> np.uint64(40)

    def bytes(self, *shape: int) -> np.ndarray:
        """Random bytes, uint8 of this shape."""
        n = int(np.prod(shape))
        return self._bits.random_raw(-(-n // 8)).astype("<u8").view(np.uint8)[:n].reshape(shape)

    def uniform(self, low: float, high: float, *shape: int) -> np.ndarray:
        """Numbers from low up to high, float32 of this shape."""
        unit = self._top(shape).astype(np.float32) * np.float32(2.0**-24)
        return np.float32(low) + unit * np.float32(high - low)

    def integers(self, n: int, *shape: int) -> np.ndarray:
        """Integers from 0 to n − 1 (n at most 2 to the 24), int64 of this shape."""
        return (self._top(shape) * np.uint64(n) >> np.uint64(24)).astype(np.int64)

    def shuffled(self, values: np.ndarray) -> np.ndarray:
        """The same values in another order."""
        return values[np.argsort(self._bits.random_raw(len(values)), kind="stable")]
