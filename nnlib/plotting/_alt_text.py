# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Text alternatives: what a figure shows, in words, for a reader who cannot see it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from html import escape
from typing import Any

from matplotlib.figure import Figure

_MOST_NAMES = 12  # of a confusion matrix nobody wants to hear every number


def describe(figure: Figure) -> str:
    """What a figure shows: title, axes and names of each of its panels.

    Parameters
    ----------
    figure : Figure
        Any figure of matplotlib.

    Returns
    -------
    str
        One line. It says what is written in the figure, not what a person would see in it.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> figure, ax = plt.subplots()
    >>> _ = ax.plot([1, 2], [3, 4], label="SGD")
    >>> _ = ax.set(title="The loss falls", xlabel="epoch", ylabel="loss"), ax.legend()
    >>> describe(figure)
    'Figure. The loss falls; horizontal axis: epoch; vertical axis: loss; in it: SGD.'
    """
    panels = [_describe_panel(ax) for ax in figure.axes if ax.get_visible()]
    return " ".join(_plain(f"{part}.") for part in ("Figure", figure.get_suptitle(), *panels) if part.strip())


def _describe_panel(ax: Any) -> str:
    """Title, axis labels and names of one panel."""
    titles = [ax.get_title(loc=place) for place in ("left", "center", "right")]
    parts = [title for title in titles if title.strip()]
    ticks = []
    if ax.axison:
        for label, axis in ((ax.get_xlabel(), "horizontal axis"), (ax.get_ylabel(), "vertical axis")):
            parts += [f"{axis}: {label}"] if label.strip() else []
        ticks = [*ax.get_xticklabels(), *ax.get_yticklabels()]
    legend = ax.get_legend()
    texts = [*(legend.get_texts() if legend else ()), *ax.texts, *ticks]
    names = dict.fromkeys(text.get_text() for text in texts if re.search(r"[^\W\d_]", text.get_text()))
    if names:
        parts.append(f"in it: {', '.join(list(names)[:_MOST_NAMES])}" + (", …" if len(names) > _MOST_NAMES else ""))
    return "; ".join(parts)


def _plain(text: str) -> str:
    """The text without marks of mathtext and in one line."""
    return re.sub(r"\s+", " ", re.sub(r"[${}]|\\(?:mathdefault|mathbf|mathrm)", "", text)).replace("..", ".")


def as_html(png: str | bytes, alt: str, size: dict[str, Any] | None = None) -> str:
    """A picture as HTML with a text alternative; `png` is in base64, `size` may hold its width in pixels."""
    data = png.decode() if isinstance(png, bytes) else png
    width = f' width="{size["width"]}"' if size and "width" in size else ""
    return f'<img src="data:image/png;base64,{data.strip()}" alt="{escape(alt)}"{width}>'


def show_alt_text() -> None:
    """Let this notebook show each figure as an image with a text alternative, from the next figure on.

    Notebooks show a figure as a bare PNG, which holds no text. Here they get HTML beside it, `<img alt="…">`, with
    what `describe` says. Does nothing outside of a notebook, nor where figures have a form in HTML already.
    """
    shell: Any = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if not hasattr(shell, "kernel"):
        return
    html, png = (shell.display_formatter.formatters[form] for form in ("text/html", "image/png"))
    if Figure in html.type_printers:
        return

    def show(figure: Figure) -> str | None:
        draw = png.type_printers.get(Figure)
        if draw is None:  # the reader has chosen SVG or the like
            return None
        draw = getattr(draw, "first", draw)
        picture = draw(figure)
        png.for_type(Figure, _drawn_once(draw, figure, picture))  # asked next, it need not draw again
        data, size = picture if isinstance(picture, tuple) else (picture, None)
        return as_html(data, describe(figure), size)

    html.for_type(Figure, show)


def _drawn_once(draw: Callable[[Figure], Any], figure: Figure, picture: Any) -> Callable[[Figure], Any]:
    """Return what draws a figure as `draw` does, and has the picture of one figure ready, for one call."""
    ready = [(figure, picture)]

    def draw_or_hand_over(other: Figure) -> Any:
        return ready.pop()[1] if ready and ready[0][0] is other else draw(other)

    draw_or_hand_over.first = draw  # type: ignore[attr-defined]
    return draw_or_hand_over
