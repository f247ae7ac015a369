# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""The rules, one a function; modules are chapters of the catalogue, in the order in which to mend things."""

from ..registry import RULES

# isort: off
# The order of the catalogue.
from . import data, labels, output, inputs, weights, optimizer, metrics, leaks, validation, symptoms  # noqa: F401

__all__ = ["RULES"]
