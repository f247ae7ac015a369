# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Say where an answer differs from the right one, and how much, without giving the right one away."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

from .running import Wrong


def difference(answer: Any, right: Any, *, rtol: float) -> str | None:
    """Compare an answer with the right one.

    What counts are the numbers and their shape, not what holds them. A list or tuple, a tensor of TensorFlow, Keras or
    PyTorch, and a Series of pandas count as an array. A table of pandas with one column or one row counts as a row of
    numbers. An array of one element counts as a number, and an array as several results. True and False count as 1 and
    0 in an array that holds nothing else. A text is no number.

    Parameters
    ----------
    answer : Any
        What the learner gave: a number, an array, a tuple of such, or a text.
    right : float, numpy.ndarray, tuple or str
        The right answer. A tuple stands for several results.
    rtol : float
        How far a number may be off, relative to the largest number of the right answer: at most
        ``rtol * np.abs(right).max()``. Each of several results is held by its own largest number.

    Returns
    -------
    str or None
        None if they agree, else one sentence, which does not hold the right answer.

    Examples
    --------
    >>> difference(np.array([1.0, 2.0]), np.array([1.0, 2.0]), rtol=1e-6)
    >>> difference([1.0, 2.0], np.array([1.0, 2.0]), rtol=1e-6)
    >>> difference(np.array([1.0, 3.0]), np.array([1.0, 2.0]), rtol=1e-6)
    'It differs first at index [1], by about 50 % of the right value.'
    >>> difference(np.array([[1.0], [2.0]]), np.array([1.0, 2.0]), rtol=1e-6)
    'It has the shape (2, 1), and the shape (2,) is asked for.'
    """
    if isinstance(right, tuple):
        parts = _parts(answer)
        whole = not isinstance(answer, tuple | list) and len(parts) > 1  # one array, whose rows are no results
        if len(parts) != len(right) or (whole and _sizes(parts) != _sizes(right)):
            found = "one array or table" if whole else "one result" if len(parts) == 1 else f"{len(parts)} results"
            return f"{len(right)} results are asked for, separated by a comma, and it gives {found}."
        for place, (one, other) in enumerate(zip(parts, right, strict=True), start=1):
            if (found_here := difference(one, other, rtol=rtol)) is not None:
                return f"Result {place} of {len(right)}: {found_here[0].lower()}{found_here[1:]}"
        return None
    if isinstance(right, str):
        if not isinstance(answer, str):
            return f"A text is asked for, and it is {type(answer).__name__}."
        if answer.strip(" .\n").lower() == right.lower():
            return None
        return "The text is another one. Give the word alone, as the task offers it."
    return _difference_of_arrays(answer, np.asarray(right), rtol)


def numbers(answer: Any) -> np.ndarray:
    """Take the numbers of an answer, whatever holds them.

    Parameters
    ----------
    answer : Any
        What the learner gave.

    Returns
    -------
    numpy.ndarray
        The numbers, in float64, in the answer's shape.

    Raises
    ------
    Wrong
        If it holds something else than finite real numbers.

    Examples
    --------
    >>> numbers([1, 2])
    array([1., 2.])
    """
    found = _as_array(answer)
    if found.dtype.kind not in "iufb":
        raise Wrong(_no_numbers(found))
    found = found.astype(float)
    if (strange := _strange(found, np.zeros(()))) is not None:
        raise Wrong(strange)
    return found


def surely_differ(one: Any, other: Any) -> bool:
    """Whether two answers hold different numbers; False where that cannot be told.

    Examples
    --------
    >>> surely_differ([1, 2], [1, 3]), surely_differ([1, 2], [1, 2]), surely_differ(object(), object())
    (True, False, False)
    """
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return any(map(surely_differ, one, other))
    first, second = _as_array(one), _as_array(other)
    held = all(array.dtype.kind in "iufb" for array in (first, second))
    return held and not np.array_equal(first, second, equal_nan=True)


def _parts(answer: Any) -> Sequence[Any]:
    """Several results: what stands in a tuple or list, or along the first axis of whatever counts as an array."""
    if isinstance(answer, tuple | list):
        return answer
    if isinstance(answer, str | bytes | dict):
        return (answer,)
    array = _as_array(answer)
    if 1 in array.shape and _of_pandas(answer):
        array = array.ravel()
    return list(array) if array.ndim else (answer,)


def _sizes(parts: Sequence[Any]) -> list[int]:
    return [_as_array(part).size for part in parts]


def _as_array(answer: Any) -> np.ndarray:
    """The numbers of an answer, whatever holds them; what holds none becomes an array of objects or of text."""
    try:
        if hasattr(answer, "detach"):  # a tensor of PyTorch that tracks gradients
            answer = answer.detach().cpu()
        array = np.asarray(answer)
        if array.dtype == object and all(map(_is_number, array.flat)):
            array = array.astype(float)  # fractions, and numbers of a table that also holds text
    except Exception:  # whatever an object does when NumPy asks it for numbers
        array = np.asarray(None)
    return array


def _is_number(value: Any) -> bool:
    return isinstance(value, Real | Decimal) and not isinstance(value, bool)


def _of_pandas(answer: Any) -> bool:
    return hasattr(answer, "iloc")


def _difference_of_arrays(answer: Any, right: np.ndarray, rtol: float) -> str | None:
    if isinstance(answer, tuple) and right.ndim == 1 and set(_sizes(answer)) == {1}:
        answer = [_as_array(part).item() for part in answer]  # w, b as a layer of Keras holds them
    if isinstance(answer, tuple) and len(answer) > 1 and any(_as_array(part).shape == right.shape for part in answer):
        return f"One {'array' if right.ndim else 'number'} is asked for, and it gives {len(answer)} results."
    found = _as_array(answer)
    yes_or_no = right.dtype.kind == "b" or (right.ndim > 0 and np.isin(right, (0, 1)).all())  # one-hot rows
    if found.dtype.kind not in ("iufb" if yes_or_no else "iuf"):
        return _no_numbers(found)
    if (right.ndim == 0 and found.size == 1) or (
        _of_pandas(answer) and 1 in found.shape and found.size == right.size == max(right.shape, default=1)
    ):
        found = found.reshape(right.shape)
    if found.shape != right.shape:
        if found.ndim == 2 and found.T.shape == right.shape and _close(found.T, right, rtol).all():
            return "Rows and columns are exchanged."
        if right.ndim == 0:
            return f"One number is asked for, and it is an array of shape {found.shape}."
        return f"It has the shape {found.shape or '() (a single number)'}, and the shape {right.shape} is asked for."
    found, right = found.astype(float), right.astype(float)
    if (strange := _strange(found, right)) is not None:
        return strange
    close = _close(found, right, rtol)
    if close.all():
        return None
    return _how_far(found, right, ~close, rtol)


def _strange(found: np.ndarray, right: np.ndarray) -> str | None:
    """The first NaN or infinite number, in words, where the right answer has none."""
    for name, here in (("NaN (not a number)", np.isnan), ("infinite", np.isinf)):
        if (places := here(found) & ~here(right)).any():
            return (
                f"It is {name}{_at(places)}: is something divided by 0, a root or a logarithm taken of 0 or less, 0 "
                "multiplied by infinity, or exp too large?"
            )
    return None


def _close(found: np.ndarray, right: np.ndarray, rtol: float) -> np.ndarray:
    """Element by element; small elements are held by the size of the largest one."""
    found, right = found.astype(float), right.astype(float)
    largest = np.abs(right[np.isfinite(right)]).max(initial=0.0)
    scale = largest if largest > 1e-12 else 1.0  # 1e-17 is what rounding leaves of a 0
    # atol alone: np.isclose adds to it what it allows relative to each element.
    return np.isclose(found, right, rtol=0, atol=rtol * scale, equal_nan=True)


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


def _no_numbers(array: np.ndarray) -> str:
    text = "text: a number stands without quotes"
    texts = np.array([isinstance(cell, str) for cell in array.flat], bool).reshape(array.shape)
    if array.dtype.kind == "O" and texts.any():
        return f"Numbers are asked for, and it holds text{_at(texts)}: make numbers of it, as astype(float) does."
    kinds = {"b": "True and False", "c": "complex numbers", "U": text, "S": text}
    held = kinds.get(array.dtype.kind, "something else (rows of different lengths, or objects)")
    return f"Numbers are asked for, and it holds {held}."
