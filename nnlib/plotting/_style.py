# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""One look for every figure of the course, set figure by figure and never globally."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from typing import Any, ParamSpec, TypeVar

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnnotationBbox, DrawingArea
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation, Text
from matplotlib.ticker import LogFormatterSciNotation
from matplotlib.transforms import Bbox
from numpy.typing import ArrayLike

from ._alt_text import show_alt_text

P = ParamSpec("P")
R = TypeVar("R")
End = tuple[float, float, str, str]  # x and y of the last point, name and colour of a line

# Okabe and Ito's palette: told apart by people with any kind of colour vision.
COLORS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "vermillion": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "yellow": "#F0E442",
    "black": "#000000",
    "grey": "#7F7F7F",
}
# What tells models apart, in one order for all figures. Neighbours differ in lightness too, for a grey print.
CYCLE = [COLORS[name] for name in ("blue", "orange", "green", "purple", "vermillion", "black", "sky")]
DASHES = ("-", "--", ":", "-.")
MARKERS = "osD^vP*"

WHITE_RIM = [withStroke(linewidth=3, foreground="white")]  # keeps lines off the letters of a text
INK, AXIS, LIGHT = "#222222", "#555555", "#BBBBBB"  # text; axes and their numbers; what stays in the background
_STYLE: dict[Any, Any] = {
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "axes.facecolor": "white",
    "font.size": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": AXIS,
    "xtick.color": AXIS,
    "ytick.color": AXIS,
    "lines.linewidth": 2.2,
    "lines.markersize": 8,
    "legend.frameon": False,
}
_GAP = 9  # from the end of a line to its name, in points: a marker has room
_SAMPLE = 34  # a piece of a line and the gap behind it, in points
# Where a name may stand, seen from the end of its line: to the right, above, below, …
_DIRECTIONS = (
    (1, 0, "center"), (0, 1, "bottom"), (0, -1, "top"), (1, 0.5, "bottom"), (1, -0.5, "top"), (-1, 0.5, "bottom"),
    (-1, -0.5, "top"), (-1, 0, "center"),
)  # fmt: skip
_TITLE: dict[str, Any] = {"loc": "left", "fontsize": 13, "fontweight": "bold", "pad": 10, "color": INK}


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Draw in the look of the course and leave the reader's own matplotlib settings as they were.

    Where the drawing fails, the figures that it opened are closed: a notebook would show them, empty, below the error.
    """

    @functools.wraps(draw)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        # Not plt.rc_context: it would also undo what a notebook sets up when its first figure is made.
        before = {key: plt.rcParams[key] for key in _STYLE}
        plt.rcParams.update(_STYLE)
        open_before = plt.get_fignums()
        try:
            return draw(*args, **kwargs)
        except BaseException:
            for number in set(plt.get_fignums()) - set(open_before):
                plt.close(number)
            raise
        finally:
            plt.rcParams.update(before)
            show_alt_text()  # now: a notebook gets its own way to show figures with its first figure

    return wrapper


def new_axes(ax: Axes | None, *, size: tuple[float, float] = (7, 4)) -> Axes:
    """The axes to draw on: the reader's own, dressed in the look of the course, or new ones of this size in inches."""
    if ax is None:
        return plt.subplots(figsize=size)[1]
    if not isinstance(ax, Axes):
        raise ValueError(f"ax must be one Axes, got {type(ax).__name__}; of several choose one, for example axes[0]")
    # The text is dark: it needs a light ground on a dark page, too.
    ax.figure.set_facecolor("white")
    ax.set_facecolor("white")
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[:].set_edgecolor(AXIS)
    ax.tick_params(colors=AXIS, labelsize=11)
    return ax


def look(number: int, name: str = "", colors: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Colour, dashes and marker of the n-th model (from 0): one look through the whole course.

    A colour that `colors` has for its name comes before that of its number. One of the cycle brings its dashes and its
    marker with it.
    """
    chosen = to_hex((colors or {}).get(name) or CYCLE[number % len(CYCLE)]).upper()
    number = CYCLE.index(chosen) if chosen in CYCLE else number
    return {
        "color": chosen,
        "linestyle": DASHES[number % len(DASHES)],
        "marker": MARKERS[number % len(MARKERS)],
    }


def set_title(ax: Axes, title: str) -> Text:
    """Write the title; with an explicit look, since the axes may be the reader's own."""
    return ax.set_title(title, **_TITLE)


def set_text(ax: Axes, *, title: str, xlabel: str = "", ylabel: str = "") -> None:
    """Write title and axis labels; with an explicit look, since the axes may be the reader's own."""
    set_title(ax, title)
    ax.set_xlabel(xlabel, fontsize=12, color=INK)
    ax.set_ylabel(ylabel, fontsize=12, color=INK)


def set_log(ax: Axes, which: str) -> None:
    """Make these axes logarithmic ("x", "y" or "xy"), with plain numbers where they are short."""
    for name in which:
        ax.set(**{f"{name}scale": "log"})
        axis = getattr(ax, f"{name}axis")
        axis.set_major_formatter(_PlainNumbers())
        axis.set_minor_formatter(_PlainNumbers(labelOnlyBase=False))


class _PlainNumbers(LogFormatterSciNotation):
    """Labels of a logarithmic axis: 0.3 and 1,000 instead of powers of ten, where the numbers are short."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        label = super().__call__(x, pos)  # empty where a tick has no label
        low, high = sorted(self.axis.get_view_interval())  # type: ignore[union-attr]  # in use it has an axis
        return f"{x:,g}" if label and low >= 1e-4 and high <= 1e5 else label


def readable(color: str) -> tuple[float, float, float]:
    """The colour, dark enough for text on white (a contrast of at least 4.5 to 1, as WCAG asks)."""
    linear = _linear(color)
    # White has luminance 1, and (1 + 0.05) / (L + 0.05) >= 4.5 where L <= 0.183.
    linear = linear * min(1.0, 0.183 / max(_luminance(linear), 1e-9))
    red, green, blue = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055).tolist()
    return red, green, blue


def ink_on(color: Any) -> str:
    """Black or white, whichever stands out more from this ground: a contrast of at least 4.58 to 1 on any colour."""
    # Black has luminance 0: both contrasts, (1 + 0.05) / (L + 0.05) and (L + 0.05) / 0.05, are √21 where L is 0.179.
    return "white" if _luminance(_linear(color)) < 0.179 else COLORS["black"]


def _linear(color: Any) -> np.ndarray:
    """Red, green and blue of a colour as amounts of light, without the curve that sRGB bends them with."""
    rgb = np.array(to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def _luminance(linear: np.ndarray) -> float:
    """Relative luminance as WCAG 2 defines it: 0 for black, 1 for white."""
    return float(linear @ [0.2126, 0.7152, 0.0722])


def label_ends(ax: Axes, ends: Sequence[End]) -> None:
    """Write names at the right ends of lines, where they overlap neither one another nor a line.

    An end is x and y of the last point, the name and the colour of a line. Limits and scale have to be set before.
    Where ends meet and names have to move, a piece of its line stands before each name.
    """
    ends = [(*_on_scale(ax, x, y), name, color) for x, y, name, color in ends]
    last = [ax.transData.transform((x, y))[0] for x, y, *_ in ends]
    early = [end for end, x in zip(ends, last, strict=True) if x < max(last) - 1]  # a pixel
    _label_at_border(ax, [end for end in ends if end not in early])
    if early:
        ax.figure.canvas.figure.draw_without_rendering()  # the layout moves the axes: now it is known where lines are
    for end in early:
        _label_in_free_place(ax, end)


def _on_scale(ax: Axes, x: float, y: float) -> tuple[float, float]:
    """The point; of 0 and what is below, which a logarithmic axis has no place for, its lower limit.

    Of what is not finite, the upper one: a loss that became NaN or infinite has left there.
    """
    # matplotlib puts limits off until asked, and where names stand depends on them: ask in any case.
    low, (bottom, top) = min(ax.get_xlim()), sorted(ax.get_ylim())
    no_x, no_y = ax.get_xscale() == "log" and x <= 0, ax.get_yscale() == "log" and y <= 0
    return low if no_x else x, top if not np.isfinite(y) else bottom if no_y else y


def _label_at_border(ax: Axes, ends: Sequence[End]) -> None:
    """Write names to the right of all lines, moved up or down where they would overlap."""
    dpi = float(ax.figure.dpi)
    gap = 1.25 * 12 * dpi / 72  # the height of a line of 12-point text, in pixels
    ends = sorted(ends, key=lambda end: end[1])
    true: list[float] = [ax.transData.transform((x, y))[1] for x, y, *_ in ends]
    heights = list(true)
    for i in range(1, len(heights)):
        heights[i] = max(heights[i], heights[i - 1] + gap)
    ceiling = ax.transAxes.transform((0, 1))[1]
    for i in reversed(range(len(heights))):  # from the top down: keep below the title
        heights[i] = min(heights[i], ceiling)
        ceiling = heights[i] - gap
    shifts = [(height - was) * 72 / dpi for height, was in zip(heights, true, strict=True)]
    for i, (end, shift) in enumerate(zip(ends, shifts, strict=True)):
        near = [j for j, height in enumerate(heights) if abs(height - heights[i]) < 1.1 * gap]
        reach = _GAP
        line = next((line for line in ax.lines if _ends_there(line, end)), None)
        if line is not None and max(abs(shifts[j]) for j in near) > _GAP:
            _sample(ax, end, (2 * _GAP, shift), line)
            reach += _GAP + _SAMPLE
        _label(ax, end, (reach, shift))


def _ends_there(line: Line2D, end: End) -> bool:
    """Whether this line has the colour of the end, and one of its points there."""
    x, y, _, color = end
    return to_hex(line.get_color()) == to_hex(color) and bool(np.isclose(line.get_xydata(), (x, y)).all(axis=1).any())


def _sample(ax: Axes, end: End, shift: tuple[float, float], line: Line2D) -> None:
    """Draw a short piece of a line, with its marker, so many points from its end: also in grey the name has a line."""
    width = _SAMPLE - 4
    look = {
        name: getattr(line, f"get_{name}")() for name in ("color", "linestyle", "linewidth", "marker", "markersize")
    }
    box = DrawingArea(width, 0)
    box.add_artist(Line2D([0, width / 2, width], [0, 0, 0], markevery=[1], **look))
    ax.add_artist(
        AnnotationBbox(
            box, end[:2], xybox=shift, boxcoords="offset points", box_alignment=(0, 0.5), frameon=False, pad=0,
            annotation_clip=False,
        )
    )  # fmt: skip


def _label_in_free_place(ax: Axes, end: End) -> None:
    """Write the name of a line that ends inside the picture beside its end: to the right, or where no line runs."""
    frame, names = ax.get_window_extent(), [text.get_window_extent() for text in ax.texts]
    lines = [line.get_transform().transform_path(line.get_path()) for line in ax.lines]
    text = _label(ax, end, (_GAP, 0))

    def faults(place: dict[str, Any]) -> int:
        """How many lines and names this place has in it; leaving the frame counts as one more."""
        text.set(**place)
        box = text.get_window_extent()
        outside = box.y0 < frame.y0 or box.y1 > frame.y1 + box.height / 2  # an end may lie at the upper limit
        wide = Bbox.from_extents(box.x0 - 4, box.y0, box.x1 + 4, box.y1)  # pixels: a line has a width
        return outside + wide.count_overlaps(names) + sum(line.intersects_bbox(wide, filled=False) for line in lines)

    places = [
        {"position": (reach * x, reach * y), "ha": ("center", "left", "right")[x], "va": va}
        for reach in (_GAP, 2 * _GAP, 3 * _GAP)
        for x, y, va in _DIRECTIONS
    ]
    text.set(**min(places, key=faults))  # the first of the best


def _label(ax: Axes, end: End, shift: tuple[float, float]) -> Annotation:
    """Write the name of a line so many points from its end, with a white rim."""
    x, y, name, color = end
    return ax.annotate(
        name, (x, y), xytext=shift, textcoords="offset points", color=readable(color), fontsize=12, va="center",
        annotation_clip=False, path_effects=WHITE_RIM,
    )  # fmt: skip


def draw_functions(
    ax: Axes,
    functions: Mapping[str, Callable[[np.ndarray], ArrayLike]],
    *,
    colors: Mapping[str, str] | None = None,
    xlim: tuple[float, float],
    ylim: tuple[float, float] | None,
    label_at: Mapping[str, float] | None = None,
) -> list[End]:
    """Draw functions of one number; return for `label_ends` where those leave the picture that are not in `label_at`.

    A function takes an array of shape (n,) and returns its values in that shape; ValueError names one that does not,
    or that is not finite. Without `ylim` all values are shown.
    """
    x = np.linspace(*xlim, 601)
    curves = {name: _checked_values(function, x, name) for name, function in functions.items()}
    if ylim is None:
        low, high = min(values.min() for values in curves.values()), max(values.max() for values in curves.values())
        margin = 0.05 * (high - low or 1)
        ylim = (low - margin, high + margin)
    ax.axvline(0, color="#CCCCCC", linewidth=1, zorder=0)
    ax.set(xlim=xlim, ylim=ylim)
    ends = []
    for number, (name, values) in enumerate(curves.items()):
        color = look(number, name, colors)["color"]
        # Dashes by place and not by colour: a derivative is dashed whatever its colour is.
        ax.plot(x, values, color=color, linestyle=DASHES[number % len(DASHES)], label=name)
        inside = np.flatnonzero((values >= ylim[0]) & (values <= ylim[1]))
        if label_at and name in label_at:
            ax.text(
                label_at[name], float(np.interp(label_at[name], x, values)), name, color=readable(color),
                fontsize=12, ha="center", va="center", bbox={"facecolor": "white", "linewidth": 0, "pad": 2},
            )  # fmt: skip
        elif inside.size:
            ends.append((x[inside[-1]], values[inside[-1]], name, color))
    return ends


def _checked_values(function: Callable[[np.ndarray], ArrayLike], x: np.ndarray, name: str) -> np.ndarray:
    """The values of a function that can be drawn."""
    values = np.asarray(function(x), dtype=float)
    if values.shape != x.shape:
        raise ValueError(f"{name!r} must return the shape that it is given, {x.shape}, got {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError(f"{name!r} is not finite at {x[~np.isfinite(values)][0]:g}; change xlim")
    return values


def check_named(values: Any, name: str, entry: str) -> None:
    """ValueError unless `values` is a dictionary (or a table) with at least one entry; says what an entry is."""
    if not hasattr(values, "items"):
        raise ValueError(f"{name} must be a dictionary with at least one {entry}, got {type(values).__name__}")
    if not len(values):
        raise ValueError(f"{name} is empty: give at least one {entry}")


def check_columns(name: str, columns: int) -> None:
    """ValueError where a grid would have no column."""
    if columns < 1:
        raise ValueError(f"{name} must be at least 1, got {columns!r}")


def finite_numbers(values: ArrayLike, name: str) -> np.ndarray:
    """Return `values` as a one-dimensional array of finite floats; ValueError names it otherwise."""
    try:
        given = np.asarray(values)
        numbers = given.astype(float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must hold numbers only") from None
    # NumPy makes numbers of texts and of dates, too.
    strange = [] if given.dtype.kind in "biuf" else [str(value) for value in given.flat if not isinstance(value, Real)]
    if strange:
        raise ValueError(f"{name} must hold numbers only, got {strange[0]!r}")
    if numbers.ndim != 1 or not len(numbers):
        raise ValueError(f"{name} must be a list of at least one number, got the shape {numbers.shape}")
    if not np.isfinite(numbers).all():
        raise ValueError(f"{name} holds {numbers[~np.isfinite(numbers)][0]}: every value must be a finite number")
    return numbers


def name_rows(ax: Axes, names: Sequence[Any]) -> None:
    """Name the rows of a horizontal chart, the first on top."""
    ax.set_yticks(range(len(names)), [str(name) for name in names], fontsize=11)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(names) - 0.3, -0.7)
