"""Checks for lessons: whether a number lands where it should, and what ails a model that does not learn."""

from .diagnosis import diagnose
from .findings import Finding, Findings
from .ranges import expect

__all__ = ["Finding", "Findings", "diagnose", "expect"]
