"""Every figure of the course.

Each function takes `ax=None` (your own axes, or a new figure), returns the Axes or an `Animation`,
sets its look for that figure only, and never calls `show()`. None of it needs TensorFlow.
"""

from ._style import COLORS
from .activations import (
    plot_activation,
    plot_activation_gallery,
    plot_gradient_norms,
    plot_pieces,
    plot_softmax,
)
from .animation import Animation, record
from .boundary import animate_decision_boundary, plot_classes, plot_decision_boundary
from .curves import plot_curves
from .descent import animate_descent, plot_descent
from .digits import plot_weight_images
from .feature_hierarchy import plot_feature_hierarchy
from .graph import plot_computation_graph
from .history import plot_history
from .images import plot_confusion, plot_probabilities, show_images
from .lines import animate_line, plot_loss_surface, plot_points
from .losses import plot_cross_entropy_steps, plot_losses, plot_reliability, plot_robust_fit
from .nested_sets import plot_nested_sets
from .network import plot_network
from .neuron import plot_artificial_neurons, plot_biological_neurons
from .overfitting import plot_gap, plot_weight_sizes
from .prerequisites import plot_prerequisites
from .tables import plot_bars, plot_by_class, plot_ranges, plot_spread, plot_steps
from .training_loop import plot_training_loop

__all__ = [
    "COLORS",
    "Animation",
    "animate_decision_boundary",
    "animate_descent",
    "animate_line",
    "plot_activation",
    "plot_activation_gallery",
    "plot_artificial_neurons",
    "plot_bars",
    "plot_biological_neurons",
    "plot_by_class",
    "plot_classes",
    "plot_computation_graph",
    "plot_confusion",
    "plot_cross_entropy_steps",
    "plot_curves",
    "plot_decision_boundary",
    "plot_descent",
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
    "plot_reliability",
    "plot_robust_fit",
    "plot_softmax",
    "plot_spread",
    "plot_steps",
    "plot_training_loop",
    "plot_weight_images",
    "plot_weight_sizes",
    "record",
    "show_images",
]
