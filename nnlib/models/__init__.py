# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Builders of the course's models. They return uncompiled Keras models: loss and optimizer are yours.

This folder stands alone: it needs Keras and no other part of `nnlib`.
"""

from .cnn import cnn
from .maxout import Maxout
from .mlp import linear_unit, mlp
from .transformer import PositionEmbedding, transformer_block

__all__ = ["Maxout", "PositionEmbedding", "cnn", "linear_unit", "mlp", "transformer_block"]
