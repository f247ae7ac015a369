# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Checks for lessons: whether a number lands in the range that it should land in."""

from .ranges import expect

__all__ = ["expect"]
