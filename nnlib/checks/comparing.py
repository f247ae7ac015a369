# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Say where an answer differs from the right one, and how much, without giving the right one away."""

from __future__ import annotations

from typing import Any

import numpy as np


def difference(answer: Any, right: Any, *, rtol: float) -> str | None:
    """Compare an answer with the right one.

    Parameters
    ----------
    answer : Any
        What the learner gave: a number, an array, a tuple of such, or a text.
    right : float, numpy.ndarray, tuple or str
        The right answer. A tuple stands for several results.
    rtol : float
        How far a number may be off, relative to the largest number of the right answer.

    Returns
    -------
    str or None
        None if they agree, else one sentence, which does not hold the right answer.

    Examples
    --------
    >>> difference(np.array([1.0, 2.0]), np.array([1.0, 2.0]), rtol=1e-6)
    >>> difference(np.array([1.0, 3.0]), np.array([1.0, 2.0]), rtol=1e-6)
    'It differs first at index [1], by about 50 % of the right value.'
    >>> difference(np.array([[1.0], [2.0]]), np.array([1.0, 2.0]), rtol=1e-6)
    'It has the shape (2, 1), and the shape (2,) is asked for.'
    """
    if isinstance(right, tuple):
        if isinstance(answer, np.ndarray) and answer.ndim == 1:
            answer = tuple(answer)
        if not isinstance(answer, tuple | list) or len(answer) != len(right):
            found = f"{len(answer)} results" if isinstance(answer, tuple | list) else "one result"
            return f"{len(right)} results are asked for, separated by a comma, and it gives {found}."
        for place, (one, other) in enumerate(zip(answer, right, strict=True), start=1):
            if (found_here := difference(one, other, rtol=rtol)) is not None:
                return f"Result {place} of {len(right)}: {found_here[0].lower()}{found_here[1:]}"
        return None
    if isinstance(right, str):
        if not isinstance(answer, str):
            return f"A text is asked for, and it is {type(answer).__name__}."
        return None if answer.strip().lower() == right.lower() else "The text is another one."
    return _difference_of_arrays(answer, np.asarray(right), rtol)


def _difference_of_arrays(answer: Any, right: np.ndarray, rtol: float) -> str | None:
    if isinstance(answer, list | tuple) and right.ndim:
        return "It is a list, and with lists NumPy's arithmetic does not work: give a NumPy array, np.array(…)."
    try:
        found = np.asarray(answer)
    except Exception:  # whatever an object does when NumPy asks it for numbers
        found = np.asarray(None)
    if found.dtype.kind not in "iuf" + ("b" if right.dtype.kind == "b" else ""):
        return f"Numbers are asked for, and it holds {_words(found)}."
    if found.shape != right.shape:
        if found.ndim == 2 and found.T.shape == right.shape and _close(found.T, right, rtol).all():
            return "Rows and columns are exchanged."
        if right.ndim == 0:
            return f"One number is asked for, and it is an array of shape {found.shape}."
        return f"It has the shape {found.shape or '() (a single number)'}, and the shape {right.shape} is asked for."
    found, right = found.astype(float), right.astype(float)
    for name, here in (("NaN (not a number)", np.isnan), ("infinite", np.isinf)):
        if (strange := here(found) & ~here(right)).any():
            return f"It is {name}{_at(strange)}: is something divided by 0, a logarithm of 0 taken, or exp too large?"
    close = _close(found, right, rtol)
    if close.all():
        return None
    return _how_far(found, right, ~close, rtol)


def _close(found: np.ndarray, right: np.ndarray, rtol: float) -> np.ndarray:
    """Element by element; small elements are held by the size of the largest one."""
    finite = np.abs(right[np.isfinite(right)]) if right.dtype.kind == "f" else np.abs(right.astype(float))
    largest = finite.max(initial=0.0)
    scale = largest if largest > 1e-12 else 1.0  # 1e-17 is what rounding leaves of a 0
    return np.isclose(found, right, rtol=rtol, atol=rtol * scale, equal_nan=True)


def _how_far(found: np.ndarray, right: np.ndarray, wrong: np.ndarray, rtol: float) -> str:
    """In words: the sign, a common factor, an exchange of rows and columns, or the first place and its distance."""
    if _close(-found, right, rtol).all():
        return "The size is right, and the sign is the opposite of what it should be."
    if found.ndim == 2 and found.shape[0] == found.shape[1] and _close(found.T, right, rtol).all():
        return "Rows and columns are exchanged."
    if found.size > 1 and np.all(right != 0) and np.all(found != 0):
        factors = found / right
        if np.allclose(factors, factors.flat[0], rtol=10 * rtol):
            return "All numbers are off by the same factor."
    first = np.unravel_index(int(wrong.argmax()), wrong.shape)
    place = f"It differs first at index {[int(i) for i in first]}" if wrong.ndim else "It is off"
    if right[first] == 0 or not np.isfinite(right[first]):
        return f"{place}."
    share = 100 * abs(found[first] - right[first]) / abs(right[first])
    return f"{place}, by {'about ' + _one_digit(share) if share < 500 else 'more than 500'} % of the right value."


def _one_digit(number: float) -> str:
    """One significant digit: enough to see how far, too little to compute the right value from it."""
    return f"{float(f'{number:.1g}'):g}"


def _at(mask: np.ndarray) -> str:
    if not mask.ndim:
        return ""
    return f" at index {[int(i) for i in np.unravel_index(int(mask.argmax()), mask.shape)]}"


def _words(array: np.ndarray) -> str:
    kinds = {"b": "True and False", "c": "complex numbers", "U": "text", "S": "text"}
    return kinds.get(array.dtype.kind, "something else (rows of different lengths, or objects)")
