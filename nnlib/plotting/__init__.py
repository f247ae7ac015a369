"""Every figure of the course.

Each function takes `ax=None` (your own axes, or a new figure), returns the Axes or an `Animation`,
sets its look for that figure only, and never calls `show()`. None of it needs TensorFlow.
"""

from ._style import COLORS
from .animation import Animation, record
from .history import plot_history
from .images import plot_confusion, plot_probabilities, show_images
from .lines import animate_line, plot_loss_surface, plot_points
from .network import plot_network

__all__ = [
    "COLORS",
    "Animation",
    "animate_line",
    "plot_confusion",
    "plot_history",
    "plot_loss_surface",
    "plot_network",
    "plot_points",
    "plot_probabilities",
    "record",
    "show_images",
]
