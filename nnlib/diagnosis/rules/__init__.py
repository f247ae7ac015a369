"""The rules, one a function; modules are chapters of the catalogue, in the order in which to mend things."""

from ..registry import RULES
from . import data, inputs, labels, leaks, metrics, optimizer, output, symptoms, validation, weights  # noqa: F401 (in this order)

__all__ = ["RULES"]
