# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""`expect`: say which range a number should land in, and whether it did."""

from __future__ import annotations

import math
import os
import sys
from decimal import Decimal
from typing import Any

import numpy as np

# For a stream that cannot encode them, such as a file on Windows (python homework.py > log.txt).
_PLAIN = str.maketrans({"✓": "ok:", "✗": "no:", "○": "open:", "−": "-", "–": "-"})


def expect(name: str, value: Any, low: float | None = None, high: float | None = None) -> None:
    """Print `value` beside the range that it should land in.

    A learner who is trying things out sees ✓, or ✗ and a sentence below. With the environment variable
    ``NNLIB_STRICT=1`` (tests, CI) a value outside the range stops the notebook. Both bounds belong to the range.

    Parameters
    ----------
    name : str
        What the number is, for example ``"test accuracy"``.
    value : float, numpy.ndarray or tensor
        One number: int, float, NumPy scalar, or an array or tensor with a single element.
    low, high : float, optional
        The range. Give at least one; the same number twice asks for exactly that number.
        A float known to four digits is held by half a unit of the last one: ``0.29835, 0.29845`` for 0.2984.

    Raises
    ------
    ValueError
        If `value` or a bound is not one number, no bound is given, or `low` is above `high`.
    AssertionError
        Under ``NNLIB_STRICT=1``, if `value` is outside the range. NaN always is.

    Examples
    --------
    >>> expect("test accuracy", 0.494, 0.46, 0.53)
    test accuracy 0.494 ✓ expected 0.46–0.53
    >>> expect("parameters", 646_260, 646_260, 646_260)
    parameters 646,260 ✓ expected 646,260
    >>> expect("final loss", 3.2e-5, high=1e-3)
    final loss 3.2e-05 ✓ expected at most 0.001
    """
    if low is None and high is None:
        raise ValueError(f"expect({name!r}, …) has no range: give low, high or both")
    value = _as_number(value, "value", name)
    low = -math.inf if low is None else _as_bound(low, "low", name)
    high = math.inf if high is None else _as_bound(high, "high", name)
    if low > high:
        raise ValueError(f"expect({name!r}, …): low={low!r} is above high={high!r}; swap them")

    shown, wanted = _format_value(value, low, high), _format_range(low, high)
    if low <= value <= high:  # False for NaN
        _print(f"{name} {shown} ✓ expected {wanted}")
        return
    _print(f"{name} {shown} ✗ expected {wanted}.\n  {_explain(value, low)}")
    if os.environ.get("NNLIB_STRICT", "") not in ("", "0"):
        raise AssertionError(f"{name} is {shown}, expected {wanted}")


def _print(line: str) -> None:
    """Print, in plain characters where the stream has no others."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        line = line.translate(_PLAIN).encode(encoding, "backslashreplace").decode(encoding)
    print(line)


def _as_number(value: Any, role: str, name: str) -> int | float:
    """Turn a number, or an array or tensor with one element, into a Python int or float."""
    if hasattr(value, "detach"):  # a PyTorch tensor that tracks gradients
        value = value.detach().cpu()
    array = np.asarray(value)
    if array.size != 1:
        raise ValueError(
            f"expect({name!r}, …): {role} has shape {array.shape}, but one number is compared. "
            "For several, give their largest distance from what they should be: np.abs(values - wanted).max()"
        )
    if not (np.issubdtype(array.dtype, np.integer) or np.issubdtype(array.dtype, np.floating)):
        raise ValueError(f"expect({name!r}, …): {role}={value!r} is not a number")
    return array.item()


def _as_bound(bound: Any, role: str, name: str) -> int | float:
    number = _as_number(bound, role, name)
    if math.isnan(number):
        raise ValueError(f"expect({name!r}, …): {role} is NaN; a range needs numbers")
    return number


def _explain(value: float, low: float) -> str:
    if not math.isfinite(value):
        return "That is no finite number: the training diverged, try a smaller learning rate."
    side = "Below" if value < low else "Above"
    return f"{side} the usual range: fine if you changed a setting, otherwise restart and run all cells."


def _format_value(value: float, low: float, high: float) -> str:
    """Four significant digits, and more where rounding would move the value onto or across a bound."""
    if isinstance(value, int) or not math.isfinite(value):
        return _format(value)
    for digits in range(4, 17):
        rounded = float(f"{value:.{digits}g}")
        if all(_side(rounded, bound) == _side(value, bound) for bound in (low, high)):
            break
    return _format(value, digits)


def _side(value: float, bound: float) -> int:
    """-1 below the bound, 0 on it, 1 above."""
    return (value > bound) - (value < bound)


def _format_range(low: float, high: float) -> str:
    if low == -math.inf:
        return f"at most {_format(high)}"
    if high == math.inf:
        return f"at least {_format(low)}"
    if low == high:
        return _format(low)
    dash = " to " if low < 0 or high < 0 else "–"
    return f"{_format(low)}{dash}{_format(high)}"


def _format(number: float, digits: int = 12) -> str:
    """Plain digits with thousands separators; powers of ten only for the very large and small.

    Twelve digits show a bound as it was typed, without the tail of its binary form.
    """
    if isinstance(number, int):
        text = f"{number:,}"
    elif math.isfinite(number) and 1e-4 <= abs(number) < 1e15:
        text = f"{Decimal(f'{number:.{digits}g}'):,f}"
    else:
        text = f"{number:.{digits}g}"
    return f"−{text[1:]}" if number < 0 else text
