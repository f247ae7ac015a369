# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""What the builders ask of their arguments."""

from numbers import Integral
from typing import Any

_OUTPUTS = ("softmax", "sigmoid", "linear")


def whole_number(name: str, value: Any, *, at_least: int) -> int:
    """The value as an int; ValueError where it is no whole number or too small."""
    if not isinstance(value, Integral) or isinstance(value, bool) or int(value) < at_least:
        raise ValueError(f"{name} must be a whole number from {at_least} on, got {value!r}")
    return int(value)


def known_output(output: str) -> None:
    """ValueError where the output layer's activation is not one of the three."""
    if output not in _OUTPUTS:
        raise ValueError(f"output={output!r} is unknown; choose one of {', '.join(map(repr, _OUTPUTS))}")
