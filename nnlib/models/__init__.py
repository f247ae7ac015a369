# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Builders of the course's models. They return uncompiled Keras models: loss and optimizer are yours.

This folder stands alone: it needs Keras and no other part of `nnlib`.
"""

from .cnn import cnn
from .maxout import Maxout
from .mlp import linear_unit, mlp

__all__ = ["Maxout", "cnn", "linear_unit", "mlp"]
