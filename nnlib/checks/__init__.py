"""Checks for lessons: does a number land where it should, and what ails a model that does not learn?"""

from .ranges import expect

__all__ = ["expect"]
