"""Every figure of the course.

Each function takes `ax=None` (your own axes, or a new figure), returns the Axes or an `Animation`,
sets its look for that figure only, and never calls `show()`. None of it needs TensorFlow.
"""

from ._style import COLORS
from .activations import (
    plot_activation,
    plot_activation_gallery,
    plot_by_learning_rate,
    plot_gradient_norms,
    plot_pieces,
    plot_softmax,
)
from .animation import Animation, record
from .history import plot_history
from .images import plot_confusion, plot_probabilities, show_images
from .lines import animate_line, plot_loss_surface, plot_points
from .network import plot_network

__all__ = [
    "COLORS",
    "Animation",
    "animate_line",
    "plot_activation",
    "plot_activation_gallery",
    "plot_by_learning_rate",
    "plot_confusion",
    "plot_gradient_norms",
    "plot_history",
    "plot_loss_surface",
    "plot_network",
    "plot_pieces",
    "plot_points",
    "plot_probabilities",
    "plot_softmax",
    "record",
    "show_images",
]
