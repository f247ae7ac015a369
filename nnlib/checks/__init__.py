# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Checks: whether a number of a lesson lands where it should (`expect`), and the exercises of each lesson."""

from .ranges import expect

__all__ = ["expect"]
