# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Decision boundaries: which class a model sees where, drawn once or filmed during training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from contourpy import contour_generator
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D
from matplotlib.text import Text
from numpy.typing import ArrayLike

from ._style import AXIS, COLORS, new_axes, set_text, set_title, styled
from .animation import Animation, record
from .network import NetworkDrawing, layer_arrays

Limits = tuple[float, float]
_GRID = 120  # points along each side of the map; the picture is interpolated between them
_MOST_UNIT_LINES = 4  # the lines of more units than this hide the map
# Eight bands of score. The blue side is darker, so that a grey print tells the sides apart as well.
_BANDS = LinearSegmentedColormap.from_list("score", ["#8FBBDD", "#E4EEF5", "#FFF6E0", "#F8D58A"], N=8)
_CLASSES: tuple[dict[str, Any], ...] = (
    {"marker": "o", "color": COLORS["blue"], "edgecolor": "white"},
    {"marker": "^", "color": COLORS["orange"], "edgecolor": "black"},
)


@styled
def plot_classes(
    x: ArrayLike,
    y: ArrayLike,
    *,
    class_names: Sequence[str] = ("class 0", "class 1"),
    title: str = "Two classes",
    xlabel: str = "x₁",
    ylabel: str = "x₂",
    ax: Axes | None = None,
) -> Axes:
    """Scatter points of two classes: blue circles for class 0, orange triangles for class 1.

    Parameters
    ----------
    x : array_like, shape (n, 2)
        The points.
    y : array_like, shape (n,) or (n, 1)
        0 or 1 for each point.
    class_names : sequence of str
        What to call class 0 and class 1.
    title, xlabel, ylabel : str
        Text of the figure.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        Where the points have not two coordinates, the classes are not 0 and 1, or there are not two names.

    Examples
    --------
    >>> ax = plot_classes([[0, 0], [1, 1]], [0, 1], class_names=("no", "yes"))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['no', 'yes']
    """
    x, y = _points(x, y)
    names = list(class_names)
    if len(names) != 2:
        raise ValueError(f"class_names must be two, the name of class 0 and that of class 1, got {names!r}")
    ax = new_axes(ax, size=(5, 4.2))
    _scatter(ax, x, y, names)
    left, right, bottom, top = _window(x)
    ax.set(xlim=(left, right), ylim=(bottom, top))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=12, handletextpad=0.2)
    set_text(ax, title=title, xlabel=xlabel, ylabel=ylabel)
    return ax


@styled
def plot_decision_boundary(
    model: Any,
    x: ArrayLike,
    y: ArrayLike,
    *,
    xlim: Limits | None = None,
    ylim: Limits | None = None,
    show_units: bool = False,
    title: str = "What the model decides where",
    xlabel: str = "x₁",
    ylabel: str = "x₂",
    ax: Axes | None = None,
) -> Axes:
    """Draw a map of a two-class model's score, its decision boundary, and the points.

    The score is shown in eight bands, from blue (class 0) to orange (class 1); the black line is where it is ½.

    Parameters
    ----------
    model : keras.Model or callable
        Takes points of shape (n, 2), gives scores from 0 to 1 of shape (n,) or (n, 1): the probability of class 1.
        For a model that gives logits pass `lambda points: keras.ops.sigmoid(model(points))`.
    x : array_like, shape (n, 2)
        Points to show.
    y : array_like, shape (n,) or (n, 1)
        Their classes, 0 or 1.
    xlim, ylim : tuple of float, optional
        The part of the plane to show; a little more than the points by default.
    show_units : bool
        Whether to draw, numbered, the line of each unit in the first Dense layer, where its weighted sum is 0.
    title, xlabel, ylabel : str
        Text of the figure.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        Where points, classes or scores have not the form described here.

    Examples
    --------
    >>> def right_half(points):
    ...     return 1.0 * (points[:, 0] > 0)
    >>> ax = plot_decision_boundary(right_half, [[-1, 0], [1, 1]], [0, 1])
    >>> ax.get_xlabel()
    'x₁'
    """
    x, y = _points(x, y)
    ax = new_axes(ax, size=(5, 4.2))
    board = _Board(ax, x, y, xlim=xlim, ylim=ylim)
    board.show(scores_of(model, board.grid))
    if show_units:
        board.show_units(layer_arrays(model)[0])
    set_text(ax, title=title, xlabel=xlabel, ylabel=ylabel)
    return ax


@styled
def animate_decision_boundary(
    models: Any,
    snapshots: Any,
    x: ArrayLike,
    y: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    interval: int = 150,
    alt: str = "The boundary between two classes turns and bends during training until it separates them.",
) -> Animation:
    """Film the decision boundary of one or several networks during training, each above its diagram.

    In the diagram a line is as thick as its weight is large. Up to four units of the first layer are numbered,
    and their lines (weighted sum 0) are drawn into the map.

    Parameters
    ----------
    models : keras.Model or list of keras.Model
        Networks of Dense layers with two inputs and one output from 0 to 1. Their weights are left as they are.
    snapshots : Snapshots or list of Snapshots
        For each model an object with `epochs`, n_frames whole numbers, and `weights`, what `get_weights` gave then.
    x : array_like, shape (n, 2)
        Points to show.
    y : array_like, shape (n,) or (n, 1)
        Their classes, 0 or 1.
    names : sequence of str, optional
        What to call each model; by default how many neurons its first layer has.
    interval : int
        Milliseconds from one frame to the next.
    alt : str
        What the animation shows, for a reader who cannot see it.

    Returns
    -------
    Animation

    Raises
    ------
    ValueError
        Where the snapshots do not fit the models or one another, or points and classes are not as described.

    Examples
    --------
    >>> animation = animate_decision_boundary(model, snapshots, x, y)  # doctest: +SKIP
    """
    x, y = _points(x, y)
    models = list(models) if isinstance(models, (list, tuple)) else [models]
    snapshots = list(snapshots) if isinstance(snapshots, (list, tuple)) else [snapshots]
    epochs = _common_epochs(models, snapshots, names)
    figure, axes = plt.subplots(
        2, len(models), figsize=(3.2 * len(models), 4.7), dpi=80, squeeze=False, height_ratios=(2.1, 1)
    )
    panels = [
        _Panel(above, below, model, snapshot.weights, x, y, names[i] if names else "")
        for i, (above, below, model, snapshot) in enumerate(zip(*axes, models, snapshots, strict=True))
    ]
    heading = figure.suptitle(" ", x=0.01, ha="left", fontsize=13, fontweight="bold")

    def update(frame: int) -> None:
        heading.set_text(f"Epoch {epochs[frame]:,}")
        for panel in panels:
            panel.show(frame)

    moving = [heading, *(artist for panel in panels for artist in panel.moving)]
    animation = record(figure, update, len(epochs), moving=moving, alt=alt, interval=interval)
    plt.close(figure)
    return animation


class _Board:
    """The map on one Axes: score, boundary and, on top, the points."""

    def __init__(
        self, ax: Axes, x: np.ndarray, y: np.ndarray, *, xlim: Limits | None = None, ylim: Limits | None = None
    ):
        left, right, bottom, top = _window(x)
        (left, right), (bottom, top) = xlim or (left, right), ylim or (bottom, top)
        self._lines = np.linspace(left, right, _GRID), np.linspace(bottom, top, _GRID)
        self.grid = np.stack(np.meshgrid(*self._lines), axis=-1).reshape(-1, 2).astype("float32")
        self.ax = ax
        # Pixel centres lie on the points of the grid, hence half a step more on each side.
        dx, dy = (right - left) / (_GRID - 1) / 2, (top - bottom) / (_GRID - 1) / 2
        self._image = ax.imshow(
            np.zeros((_GRID, _GRID)), extent=(left - dx, right + dx, bottom - dy, top + dy), origin="lower",
            aspect="auto", cmap=_BANDS, vmin=0, vmax=1, interpolation="bilinear", interpolation_stage="data",
        )  # fmt: skip
        self._boundary = LineCollection([], colors="black", linewidths=2.2)
        ax.add_collection(self._boundary)
        self._points = _scatter(ax, x, y)
        self._unit_lines: list[tuple[Line2D, Text]] = []
        ax.set(xlim=(left, right), ylim=(bottom, top))

    @property
    def moving(self) -> list[Artist]:
        """What changes from frame to frame, and what lies over it."""
        over = [*self._points, *(artist for pair in self._unit_lines for artist in pair), *self.ax.spines.values()]
        return [self._image, self._boundary, *over]

    def show(self, scores: np.ndarray) -> None:
        """Draw the scores of `grid`, and the line where they are ½."""
        scores = scores.reshape(_GRID, _GRID)
        self._image.set_data(scores)
        self._boundary.set_segments(boundary_of(*self._lines, scores))

    def show_units(self, layer: tuple[np.ndarray, np.ndarray]) -> None:
        """Draw where each unit's weighted sum w₁x₁ + w₂x₂ + b is 0, with the number of the unit."""
        kernel, bias = layer
        disc = {"boxstyle": "circle,pad=0.15", "facecolor": "white", "linewidth": 1}
        if not self._unit_lines:
            self._unit_lines = [
                (
                    self.ax.plot([], [], color=AXIS, linewidth=1)[0],
                    self.ax.text(0, 0, f"{unit}", ha="center", va="center", fontsize=11, clip_on=True, bbox=disc),
                )
                for unit in range(1, kernel.shape[1] + 1)
            ]
        for (line, number), (w1, w2), shift in zip(self._unit_lines, kernel.T, bias, strict=True):
            ends = _through_window(w1, w2, shift, self.ax.get_xlim(), self.ax.get_ylim())
            line.set_data(*ends.T)
            number.set_visible(len(ends) > 0)
            if len(ends):
                number.set_position(0.9 * ends[0] + 0.1 * ends[1])


class _Panel:
    """One model of an animation: its map above, its diagram below."""

    def __init__(self, above: Axes, below: Axes, model: Any, weights: Any, x: np.ndarray, y: np.ndarray, name: str):
        self._board = _Board(above, x, y)
        self._layers = [layer_arrays(model, arrays) for arrays in weights]
        n_units = self._layers[0][0][0].shape[1]
        self._name = name or f"{n_units} hidden neuron{'' if n_units == 1 else 's'}"
        self._numbered = n_units <= _MOST_UNIT_LINES and len(self._layers[0]) > 1
        # One pass a frame for the map and the points together.
        scores = _scores_over_time(model, weights, np.concatenate([self._board.grid, x.astype("float32")]))
        self._maps, at_points = np.split(scores, [len(self._board.grid)], axis=1)
        self._right = ((at_points > 0.5) == (y == 1)).mean(axis=1)
        if self._numbered:
            self._board.show_units(self._layers[0][0])
        largest = max(np.abs(kernel).max() for kernel, _ in self._layers[-1])
        names = [str(unit + 1) for unit in range(n_units)] if self._numbered else None
        self._diagram = NetworkDrawing(
            below, self._layers[0], largest=largest, names={0: ["x₁", "x₂"], 1: names, len(self._layers[0]): ["ŷ"]}
        )
        above.set(xticks=[], yticks=[])
        set_text(above, title="", xlabel="x₁", ylabel="x₂")
        self._heading = set_title(above, " ")
        self._heading.set_fontsize(12)

    @property
    def moving(self) -> list[Artist]:
        """What changes from frame to frame, and what lies over it."""
        return [*self._board.moving, self._heading, *self._diagram.moving]

    def show(self, frame: int) -> None:
        """Draw the model as it was at one moment."""
        self._board.show(self._maps[frame])
        if self._numbered:
            self._board.show_units(self._layers[frame][0])
        self._diagram.show(self._layers[frame])
        self._heading.set_text(f"{self._name}: {self._right[frame]:.0%} right")


def _points(x: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """The points as (n, 2) and their classes as (n,), checked."""
    x, y = np.asarray(x, dtype=float), np.asarray(y).reshape(-1)
    if x.ndim != 2 or x.shape[1] != 2:
        raise ValueError(f"x must hold points in the plane, shape (n, 2), got {x.shape}")
    if len(x) != len(y) or len(x) == 0:
        raise ValueError(f"x and y need the same number of points, at least one; got {len(x)} and {len(y)}")
    if not np.isfinite(x).all():
        raise ValueError("x holds values that are not finite; remove or replace them first")
    if not np.isin(y, (0, 1)).all():
        raise ValueError(f"y must hold the classes 0 and 1 only, got {np.unique(y)[:5]}")
    return x, y


def _window(x: np.ndarray) -> tuple[float, float, float, float]:
    """Left, right, bottom and top of a window a little larger than the points."""
    low, high = x.min(axis=0), x.max(axis=0)
    margin = np.where(high > low, 0.12 * (high - low), 1.0)
    (left, bottom), (right, top) = low - margin, high + margin
    return left, right, bottom, top


def _scatter(
    ax: Axes, x: np.ndarray, y: np.ndarray, names: Sequence[str] = ("class 0", "class 1")
) -> list[PathCollection]:
    """Draw the points of each class that occurs."""
    size = 70 if len(x) <= 60 else 32
    return [
        ax.scatter(x[y == label, 0], x[y == label, 1], s=size, linewidth=0.8, label=names[label], **look)
        for label, look in enumerate(_CLASSES)
        if (y == label).any()
    ]


def scores_of(model: Callable, points: np.ndarray) -> np.ndarray:
    """The model's score of each point, shape (n,), checked."""
    scores = model(points)
    scores = np.asarray(scores.detach().cpu() if hasattr(scores, "detach") else scores, dtype=float)
    if scores.shape not in {(len(points),), (len(points), 1)}:
        raise ValueError(
            f"the model must give one score per point, shape ({len(points)},) or ({len(points)}, 1); got {scores.shape}"
        )
    if not (np.isfinite(scores).all() and scores.min() >= 0 and scores.max() <= 1):
        raise ValueError(
            f"scores must lie between 0 and 1, got {scores.min():.3g} to {scores.max():.3g}; if the model gives "
            "logits, pass lambda points: keras.ops.sigmoid(model(points))"
        )
    return scores.reshape(-1)


def boundary_of(x1: np.ndarray, x2: np.ndarray, scores: np.ndarray) -> list[Any]:
    """Where the scores, shape (len(x2), len(x1)), are ½: pieces of line, each of shape (n, 2)."""
    # Not Axes.contour: it warns where the score is on one side of ½ everywhere.
    lines: Any = contour_generator(x1, x2, scores).lines(0.5)
    return list(lines)


def _scores_over_time(model: Any, weights: Any, points: np.ndarray) -> np.ndarray:
    """The score of each point for each set of weights, shape (n_frames, n), with the model left alone."""
    import keras

    points = keras.ops.convert_to_tensor(points)
    scores = []
    for arrays in weights:
        # In this scope the model computes with these arrays instead of its own weights.
        with keras.StatelessScope(state_mapping=list(zip(model.weights, arrays, strict=True))):
            scores.append(scores_of(model, points))
    return np.stack(scores)


def _common_epochs(models: list[Any], snapshots: list[Any], names: Sequence[str] | None) -> list[int]:
    """The epochs that all snapshots share, checked."""
    if len(models) != len(snapshots) or not models:
        raise ValueError(f"each model needs its snapshots, got {len(models)} models and {len(snapshots)} snapshots")
    if names is not None and len(names) != len(models):
        raise ValueError(f"each model needs a name, got {len(models)} models and {len(names)} names")
    epochs = list(snapshots[0].epochs)
    for model, snapshot in zip(models, snapshots, strict=True):
        if list(snapshot.epochs) != epochs or not epochs:
            raise ValueError("all snapshots must have been taken after the same epochs, at least one")
        if [weight.shape for weight in model.weights] != [array.shape for array in snapshot.weights[0]]:
            raise ValueError(f"the snapshots do not fit the model {model.name!r}: their weights have other shapes")
    return epochs


def _through_window(w1: float, w2: float, b: float, xlim: Limits, ylim: Limits) -> np.ndarray:
    """Where the line w₁x₁ + w₂x₂ + b = 0 enters and leaves a window, shape (2, 2); shape (0, 2) if it misses it."""
    ends = []
    if w2:
        ends += [(x, -(w1 * x + b) / w2) for x in xlim]
    if w1:
        ends += [(-(w2 * y + b) / w1, y) for y in ylim]
    slack = 1e-9 * (xlim[1] - xlim[0] + ylim[1] - ylim[0])
    inside = [
        (x, y) for x, y in ends if xlim[0] - slack <= x <= xlim[1] + slack and ylim[0] - slack <= y <= ylim[1] + slack
    ]
    # Through a corner there are three ends or four: the first and the last in order are the far ones.
    return np.array(sorted(inside))[[0, -1]] if len(inside) >= 2 else np.empty((0, 2))
