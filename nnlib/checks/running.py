# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Call a function that a learner wrote, so that whatever it does ends in a result or in a sentence."""

from __future__ import annotations

import copy
import ctypes
import re
import reprlib
import threading
import traceback
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

SECONDS = 10.0  # a function of ten lines that takes longer does not end
SECONDS_TO_TRAIN = 60.0  # a function that trains a small network, on a slow machine
STUB = "put your answer in place of the dots."
_COPIED = (np.ndarray, list, tuple, dict)  # a function may hand out the same one twice, and go on changing it


class NotDone(Exception):
    """The answer is still the stub; the text of the exception says what to do."""


class Wrong(Exception):
    """The answer is wrong; the text of the exception is the sentence for the learner."""


class _TimeUp(BaseException):
    """Ends a function from outside; `except Exception` in the function does not catch it."""


def run(function: Any, cases: Sequence[tuple[Any, ...]], *, seconds: float = SECONDS) -> list[Any]:
    """Call a learner's function once per case, each time on a copy of the arguments.

    The function runs in a thread of its own. When its time is up, an exception is raised in this thread, which works
    on every system, also in a notebook, and ends every loop that is written in Python. A single long call into
    compiled code (one huge matrix product, `time.sleep`) ends only when it returns: then the thread is left behind,
    and the check goes on.

    Parameters
    ----------
    function : callable
        What the learner wrote.
    cases : sequence of tuple
        The arguments of each call.
    seconds : float
        How long all calls together may take.

    Returns
    -------
    list
        The result of each call; arrays, lists and tuples are copies.

    Raises
    ------
    NotDone
        If the function gives only None, or `...`, or raises `NotImplementedError`, as stubs do.
    Wrong
        If it is no function, raises an exception, does not end, gives None for some arguments, or changes them.

    Examples
    --------
    >>> run(lambda a, b: a / b, [(1, 2), (3, 4)])
    [0.5, 0.75]
    """
    if not callable(function):
        raise Wrong(f"A function is asked for, and you gave {_kind_of(function)}. Give its name, without brackets.")
    results: list[Any] = []
    errors: list[BaseException] = []
    arguments = copy.deepcopy(list(cases))

    def work() -> None:
        try:
            with np.errstate(all="ignore"):
                for case in arguments:
                    result = function(*case)
                    results.append(copy.deepcopy(result) if isinstance(result, _COPIED) else result)
        except BaseException as error:  # also SystemExit: nothing that a learner writes may end the check
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a warning of the learner's code would stand between task and sentence
        thread.start()
        try:
            thread.join(seconds)
        finally:
            in_time = not thread.is_alive()
            stopped = in_time or _stop(thread)
    if not in_time:
        raise Wrong(
            f"Your function had not ended after {seconds:g} seconds: does every loop in it come to an end?"
            + ("" if stopped else " It could not be stopped: restart the kernel.")
        )
    empty = [case for case, result in zip(cases, results, strict=False) if result is None]
    if empty and len(empty) == len(results):
        raise NotDone("your function gives nothing back. If it is done, its `return` is missing.")
    if (errors and _is_of_a_stub(errors[0], function)) or any(is_stub(result, (...,)) for result in results):
        raise NotDone(STUB)
    if empty:
        raise Wrong(
            f"Called with {show(empty[0])}, your function gives nothing back: does every way through it end in a "
            "`return`?"
        )
    if errors:
        raise Wrong(_in_words(errors[0], function, cases[len(results)]))
    for before, after in zip(cases, arguments, strict=True):
        if not _same(before, after):
            raise Wrong(
                "Your function changes the array, list or table that it is given (for example by +=, or by writing "
                "into it). Whoever calls it needs it again: compute a new one."
            )
    return results


def _stop(thread: threading.Thread) -> bool:
    """Raise `_TimeUp` in the thread, repeatedly, since a bare `except:` in a loop swallows it. Whether it ended."""
    for _ in range(20):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_TimeUp))
        thread.join(0.05)
        if not thread.is_alive():
            return True
    return False


def is_stub(value: Any, marks: tuple[Any, ...] = (..., None)) -> bool:
    """Whether one of these marks, `...` or nothing, stands where an answer should stand."""
    if isinstance(value, tuple | list):
        return any(is_stub(item, marks) for item in value)
    return any(value is mark for mark in marks)


def _is_of_a_stub(error: BaseException, function: Callable[..., Any]) -> bool:
    """Whether the learner's own code raises NotImplementedError, and not a library that it calls."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return isinstance(error, NotImplementedError) and last.filename == _file_of(function)


def _file_of(function: Callable[..., Any]) -> str | None:
    """Where a function is written; None for one that is not written in Python."""
    return getattr(getattr(function, "__code__", None), "co_filename", None)


def _same(before: Any, after: Any) -> bool:
    """Whether two arguments are equal, up to rounding: numbers, texts, arrays, tables, lists, dictionaries."""
    if isinstance(before, tuple | list | dict | np.ndarray | str) and type(before) is not type(after):
        return False
    if isinstance(before, tuple | list):
        return len(before) == len(after) and all(_same(a, b) for a, b in zip(before, after, strict=True))
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_same(before[key], after[key]) for key in before)
    if isinstance(before, np.ndarray):
        if before.dtype.kind == "f" and before.shape == after.shape:  # += h and -= h may leave a last bit
            return np.allclose(before, after, rtol=1e-12, atol=1e-12, equal_nan=True)
        return np.array_equal(before, after)
    if hasattr(before, "equals"):
        return bool(before.equals(after))
    return callable(before) or bool(np.array_equal(before, after))


def plain(error: BaseException) -> str:
    """What an exception says, in one line and without the bold print of Keras."""
    return " ".join(re.sub(r"\x1b\[[\d;]*m", "", str(error)).split())


def _in_words(error: BaseException, function: Callable[..., Any], case: tuple[Any, ...]) -> str:
    """The exception, and the last line of the learner's own code on its way, as one sentence."""
    said = plain(error)
    sentence = f"Your function stopped with {type(error).__name__}{': ' if said else ''}{said[:200]}"
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == _file_of(function)]
    if own and own[-1].line:
        sentence += f", in the line `{own[-1].line}`"
    advice = next((f" {text}" for words, text in _ADVICE.items() if words in said), "")
    return f"{sentence}. It was called with {show(case)}.{advice}"


_ADVICE = {
    "could not be broadcast": "Print the shapes of both arrays: they do not fit. A sum or maximum along axis=1 stays a "
    "column with keepdims=True.",
    "mismatch in its core dimension": "Print the shapes of both arrays: in A @ B each row of A must be as long as each "
    "column of B.",
    "is out of bounds for axis": "An index is too large: the last one is the length minus 1. A row is chosen first, "
    "then a column.",
    "truth value of an array": "`if`, `and` and max(0, x) decide once, not for each element; np.where(condition, yes, "
    "no), np.maximum(0, x) and & with brackets around each comparison do.",
    "only integer scalar arrays": "np.max(0, x) takes 0 for the array and x for an axis; np.maximum(0, x) compares "
    "element by element.",
    "for ^": "A power is ** in Python.",
    "bitwise_xor": "A power is ** in Python.",
    "can't multiply sequence": "A list is not multiplied element by element: use zip, or make arrays with np.array.",
}


class _Short(reprlib.Repr):
    """Arguments in a sentence: numbers with four digits, long arrays as their shape."""

    def repr_ndarray(self, array: np.ndarray, level: int) -> str:
        """Few numbers as they are, many as their shape."""
        if array.size > 12:
            return f"an array of shape {array.shape}"
        return np.array2string(array, precision=4, separator=", ").replace("\n", "")

    def repr_DataFrame(self, table: Any, level: int) -> str:
        """A table of pandas as its shape."""
        return f"a table of shape {table.shape}"

    def repr_float(self, number: float, level: int) -> str:
        """A number with at most six digits."""
        return f"{number:.6g}"

    repr_float64 = repr_float

    def repr_function(self, function: Callable[..., Any], level: int) -> str:
        """The name of a function."""
        return str(function.__name__)


def show(case: tuple[Any, ...]) -> str:
    """The arguments of a call, short enough for a sentence."""
    text = ", ".join(_Short().repr(argument) for argument in case)
    if len(text) > 150:
        several = (np.ndarray, list, tuple)
        text = ", ".join(_kind_of(a) if isinstance(a, several) else _Short().repr(a) for a in case)
    return f"({text})"


def _kind_of(value: Any) -> str:
    """What a value is, in the words of a beginner."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    words = {bool: "True or False", int: "a number", float: "a number", str: "a text", list: "a list", tuple: "a tuple"}
    return words.get(type(value), f"an object of the type {type(value).__name__}")
