# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""What ails a model that does not learn.

This folder stands alone: it needs Keras and no other part of `nnlib`.
"""

from .doctor import diagnose
from .findings import Finding, Findings
from .rules import RULES

__all__ = ["RULES", "Finding", "Findings", "diagnose"]
