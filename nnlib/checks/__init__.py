"""Checks for lessons: whether a number lands in the range that it should land in."""

from .ranges import expect

__all__ = ["expect"]
