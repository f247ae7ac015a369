# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""What ails a model that does not learn.

This folder stands alone: it needs Keras and no other part of `nnlib`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .doctor import diagnose
    from .findings import Finding, Findings
    from .rules import RULES

__all__ = ["RULES", "Finding", "Findings", "diagnose"]


def __getattr__(name: str) -> Any:
    """Load the doctor when one of its names is asked for, since Keras takes seconds to load."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = {"RULES": "rules", "diagnose": "doctor"}.get(name, "findings")
    return getattr(import_module(f".{home}", __name__), name)


def __dir__() -> list[str]:
    """Name what is not loaded yet, too: for completion by Tab and for the reference."""
    return sorted({*globals(), *__all__})
