"""The rules, one a function; each module is a chapter of the catalogue, in the order in which things are to be mended."""

from ..registry import RULES
from . import data, labels, output, inputs, weights, optimizer, metrics, leaks, validation, symptoms  # noqa: F401, I001 (in this order)

__all__ = ["RULES"]
