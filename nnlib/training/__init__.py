# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Training: a seed for everything, a faster `fit`, and callbacks that watch a model learn.

This folder stands alone: it needs Keras and no other part of `nnlib`. `fit` is fast with Keras on TensorFlow; on JAX or
PyTorch it is `model.fit`.
"""

from . import _startup  # noqa: F401  first: it keeps TensorFlow's start-up lines back
from .callbacks import GradientNorms, Progress, Snapshots, gradient_norms
from .fast_fit import fit
from .seed import set_seed

__all__ = ["GradientNorms", "Progress", "Snapshots", "fit", "gradient_norms", "set_seed"]
