"""Draw the pictures between which a slider of the web book moves; runs in the kernel of a lesson."""

import base64
import io
import itertools
import json
import pickle
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from PIL import Image, ImageChops

from nnlib.plotting.animation import _as_webp, _difference  # frames are kept as an animation keeps them

MOST_PICTURES = 200  # of one function: a larger grid of positions is not drawn, each slider then moves alone
MOST_POSITIONS = (41, 21, 11)  # of a slider that moves alone: as many as there is room for
BYTES_PER_SLIDER = 400_000
N_COLORS = 48  # of all pictures of one function together
MARGIN = 8  # pixels of white around what is drawn

Position = tuple[int, ...]  # one index per slider
Drawn = tuple[Image.Image, str]  # a picture and its titles
Choice = tuple[list[Any], list[str]]  # the values of a slider, and how they are written


def draw(function: Callable[..., Any], path: str, fingerprint: str) -> None:
    """Draw the figure of a function at the positions of its sliders, and write the pictures.

    Parameters
    ----------
    function : callable
        What `@interact` returns: it knows its widgets.
    path : str
        The file to write.
    fingerprint : str
        The fingerprint of the lesson, by which old pictures are found.

    Raises
    ------
    ValueError
        Where the function draws no figure, draws random numbers, or its pictures take too much room.
    """
    widgets = function.widget.kwargs_widgets  # type: ignore[attr-defined]
    choices = [_choices(widget) for widget in widgets]
    shown = tuple(_shown(widget, values) for widget, (values, _) in zip(widgets, choices, strict=True))
    plans = [_one_at_a_time(choices, shown, most) for most in MOST_POSITIONS]
    if np.prod([len(values) for values, _ in choices]) <= MOST_PICTURES:
        everything = list(itertools.product(*(range(len(values)) for values, _ in choices)))
        plans.insert(0, (choices, shown, everything))
    room, size = BYTES_PER_SLIDER * len(widgets), 0
    drawn_before: dict[Any, Drawn] = {}
    for plan in plans:
        text = _pictures(function, fingerprint, *plan, drawn_before)
        size = len(text.encode())
        if size <= room:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text(text, encoding="utf-8")
            return
    raise ValueError(
        f"{MOST_POSITIONS[-1]} pictures for each slider of {function.__name__} take {size:,} bytes, and {room:,} are "
        "allowed; draw a smaller or simpler figure"
    )


def _pictures(
    function: Callable[..., Any],
    fingerprint: str,
    choices: list[Choice],
    shown: Position,
    positions: list[Position],
    drawn_before: dict[Any, Drawn],
) -> str:
    """What the file of a function holds: one still, and for each position what differs from it."""
    widgets = function.widget.kwargs_widgets  # type: ignore[attr-defined]
    before = _random_state(function)
    drawn = {}
    for position in positions:
        values = tuple(choice[0][i] for choice, i in zip(choices, position, strict=True))
        if values not in drawn_before:
            arguments = {widget._kwarg: value for widget, value in zip(widgets, values, strict=True)}
            drawn_before[values] = _drawn(function, arguments)
        drawn[position] = drawn_before[values]
    if _random_state(function) != before:
        raise ValueError(
            f"{function.__name__} draws from a random generator that the cells after it use: moving the slider would "
            "change their results. Draw the numbers before, or from a generator made in the function"
        )
    pictures = dict(zip(drawn, _alike([picture for picture, _ in drawn.values()]), strict=True))
    still = pictures[shown]
    content = {
        "fingerprint": fingerprint,
        "still": _text(_as_webp(still.convert("RGB"))),
        "sliders": [
            {
                "label": widget.description or widget._kwarg,
                "values": labels,
                "shown": i,
                "kind": "slider" if "Slider" in type(widget).__name__ else "choice",
            }
            for widget, (_, labels), i in zip(widgets, choices, shown, strict=True)
        ],
        "frames": {
            ",".join(map(str, position)): [_text(_as_webp(_difference(picture, still))), drawn[position][1]]
            for position, picture in pictures.items()
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=0) + "\n"


def _choices(widget: Any) -> Choice:
    """The values that a widget can take, and how it writes them."""
    if hasattr(widget, "_options_values"):
        return list(widget._options_values), list(widget._options_labels)
    n = round((widget.max - widget.min) / widget.step)
    values = [widget.min + i * widget.step for i in range(n + 1) if widget.min + i * widget.step <= widget.max + 1e-9]
    return values, [format(value, widget.readout_format) for value in values]


def _shown(widget: Any, values: list[Any]) -> int:
    """The index of the value that a widget has now."""
    if hasattr(widget, "_options_values"):
        return int(widget.index)
    return int(np.argmin([abs(value - widget.value) for value in values]))


def _one_at_a_time(choices: list[Choice], shown: Position, most: int) -> tuple[list[Choice], Position, list[Position]]:
    """Fewer values, both ends and the shown one among them, and the positions that differ in one slider from it."""
    thinned: list[Choice] = []
    places = []
    for (values, labels), place in zip(choices, shown, strict=True):
        every = -(-len(values) // most)
        kept = sorted({0, len(values) - 1, *range(place % every, len(values), every)})
        thinned.append(([values[i] for i in kept], [labels[i] for i in kept]))
        places.append(kept.index(place))
    start = tuple(places)
    positions = dict.fromkeys(
        (*start[:slider], i, *start[slider + 1 :])
        for slider, (values, _) in enumerate(thinned)
        for i in range(len(values))
    )
    return thinned, start, list(positions)


def _random_state(function: Callable[..., Any]) -> bytes:
    """The state of the generators that a call of the function could move."""
    own = [value for value in function.__globals__.values() if isinstance(value, np.random.Generator)]
    old = np.random.get_state()  # noqa: NPY002 (the reader's code may use it)
    return pickle.dumps((random.getstate(), old, [value.bit_generator.state for value in own]))


def _drawn(function: Callable[..., Any], arguments: dict[str, Any]) -> Drawn:
    """The figure that a call leaves open, with room around it, and its titles."""
    plt.close("all")
    function(**arguments)
    if not plt.get_fignums():
        raise ValueError(f"{function.__name__}(**{arguments}) leaves no figure, and its slider has nothing to show")
    figure: Figure = plt.gcf()
    width, height = figure.get_size_inches()
    room = Bbox([[-0.5, -0.5], [width + 0.5, height + 0.5]])  # for what stands out of the figure
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches=room)
    titles = [figure.get_suptitle(), *(ax.get_title(loc) for ax in figure.axes for loc in ("left", "center", "right"))]
    plt.close("all")
    return Image.open(buffer).convert("RGB"), "; ".join(title for title in titles if title)


def _alike(pictures: list[Image.Image]) -> list[Image.Image]:
    """The pictures cut to what is drawn in any of them, in one palette."""
    darkest = pictures[0]
    for picture in pictures[1:]:
        darkest = ImageChops.darker(darkest, picture)
    box = ImageChops.invert(darkest).getbbox()
    if box is None:
        raise ValueError("the pictures of a slider are white all over")
    left, top, right, bottom = box
    box = (
        max(left - MARGIN, 0),
        max(top - MARGIN, 0),
        min(right + MARGIN, darkest.width),
        min(bottom + MARGIN, darkest.height),
    )
    cut = [picture.crop(box) for picture in pictures]
    few = cut[:: -(-len(cut) // 8)]
    sheet = Image.new("RGB", (cut[0].width, cut[0].height * len(few)), "white")
    for place, picture in enumerate(few):
        sheet.paste(picture, (0, place * picture.height))
    palette = sheet.quantize(N_COLORS, method=Image.Quantize.FASTOCTREE)
    return [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in cut]


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
