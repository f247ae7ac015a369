# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""One seed for Python, NumPy and Keras."""

import operator
import os

import keras


def set_seed(seed: int | None = None) -> int:
    """Seed Python's `random`, NumPy and Keras, and return the seed that was used.

    With TensorFlow it also asks for products of full single precision. Newer graphics cards else shorten the factors to
    10 bits (TensorFloat-32): then a formula and Keras agree to 3 digits instead of 6.

    Parameters
    ----------
    seed : int, optional
        From 0 to 2**32 - 1. None takes the environment variable `NNLIB_SEED`, or 0 where that is not set.

    Returns
    -------
    int
        The seed, so that a notebook can show it and pass it on (`train_test_split(random_state=seed)`).

    Raises
    ------
    ValueError
        If the seed, or the text in `NNLIB_SEED`, is not such a whole number.

    Examples
    --------
    >>> import numpy as np
    >>> set_seed(3)
    3
    >>> first = np.random.rand()
    >>> set_seed(3), first == np.random.rand()
    (3, True)
    """
    value: int | str = (os.environ.get("NNLIB_SEED") or "0") if seed is None else seed
    origin = "NNLIB_SEED" if seed is None else "seed"
    try:
        number = int(value) if seed is None else operator.index(seed)
    except (TypeError, ValueError):
        number = -1
    if not 0 <= number < 2**32:
        raise ValueError(f"{origin} must be a whole number from 0 to 4294967295, got {value!r}.")
    keras.utils.set_random_seed(number)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_tensor_float_32_execution(False)
    return number
