# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""The rules, one a function; modules are chapters of the catalogue, in the order in which to mend things."""

from importlib import import_module

from ..registry import RULES

_CHAPTERS = ("data", "labels", "output", "inputs", "weights", "optimizer", "metrics", "leaks", "validation", "symptoms")
for _chapter in _CHAPTERS:
    import_module(f"{__name__}.{_chapter}")

__all__ = ["RULES"]
