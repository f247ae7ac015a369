# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Every figure of the course.

What draws one panel takes `ax=None` (your own axes, or a new figure) and returns the Axes; galleries
return an array of Axes, films an `Animation`. A function sets its look for its figure only, and never
calls `show()`. In a notebook each figure carries a text alternative (`describe`). None of it needs
TensorFlow.
"""

from ._alt_text import describe
from ._style import COLORS
from .activations import plot_activation, plot_activation_gallery, plot_pieces, plot_softmax
from .animation import Animation, record
from .attention import animate_attention, plot_attention
from .boundary_spread import plot_boundary_spread
from .calibration import plot_reliability
from .computation_graph import plot_computation_graph
from .confusion import plot_confusion
from .convolution import animate_convolution, plot_sliding_window
from .curves import plot_curves
from .decision_boundary import animate_decision_boundary, plot_classes, plot_decision_boundary
from .feature_hierarchy import plot_feature_hierarchy
from .features import plot_bars, plot_by_class, plot_ranges
from .gradient_norms import plot_gradient_norms
from .images import show_images
from .learning_curves import plot_gap, plot_history
from .linear_fit import animate_line, plot_points
from .loss_landscape import animate_descent, plot_loss_surface
from .losses import plot_cross_entropy_steps, plot_losses
from .nested_sets import plot_nested_sets
from .network import plot_network
from .neuron import plot_artificial_neurons, plot_biological_neurons
from .prerequisites import plot_prerequisites
from .probabilities import plot_probabilities
from .receptive_field import plot_receptive_field
from .scores import plot_spread, plot_steps
from .training_loop import plot_training_loop
from .validation_curve import plot_validation_curve
from .weights import plot_weight_images, plot_weight_sizes

__all__ = [
    "COLORS",
    "Animation",
    "animate_attention",
    "animate_convolution",
    "animate_decision_boundary",
    "animate_descent",
    "animate_line",
    "describe",
    "plot_activation",
    "plot_activation_gallery",
    "plot_artificial_neurons",
    "plot_attention",
    "plot_bars",
    "plot_biological_neurons",
    "plot_boundary_spread",
    "plot_by_class",
    "plot_classes",
    "plot_computation_graph",
    "plot_confusion",
    "plot_cross_entropy_steps",
    "plot_curves",
    "plot_decision_boundary",
    "plot_feature_hierarchy",
    "plot_gap",
    "plot_gradient_norms",
    "plot_history",
    "plot_loss_surface",
    "plot_losses",
    "plot_nested_sets",
    "plot_network",
    "plot_pieces",
    "plot_points",
    "plot_prerequisites",
    "plot_probabilities",
    "plot_ranges",
    "plot_receptive_field",
    "plot_reliability",
    "plot_sliding_window",
    "plot_softmax",
    "plot_spread",
    "plot_steps",
    "plot_training_loop",
    "plot_validation_curve",
    "plot_weight_images",
    "plot_weight_sizes",
    "record",
    "show_images",
]
