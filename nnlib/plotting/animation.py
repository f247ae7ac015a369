# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Animations that need no network, no video tool, and fit into a notebook."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

_N_COLORS = 48  # of all frames together

# One script for all animations of a page: it wakes those that it finds asleep. The controls come from the
# script, so that a page where no script runs shows a picture and no dead buttons.
_PLAYER = """
<div class="nn-animation" style="max-width:{width}px" data-interval="{interval}">
<div style="position:relative">
<img src="data:image/webp;base64,{still}" alt="{alt}" style="width:100%;display:block">
</div>
<script type="application/json">{frames}</script>
</div>
<script>
for (const box of document.querySelectorAll(".nn-animation:not([data-awake])")) {{
  box.dataset.awake = "1";
  const frames = JSON.parse(box.querySelector("script").textContent);
  const last = frames.length - 1;
  box.insertAdjacentHTML("beforeend", `<div style="display:flex;gap:.6em;align-items:center">
    <button type="button" style="min-width:5em">Play</button>
    <input type="range" min="0" max="${{last}}" value="${{last}}" aria-label="frame" style="flex:1"></div>`);
  // A notebook has shortcuts for arrows and letters: while the player has the focus, they are the player's.
  box.addEventListener("keydown", (event) => event.ctrlKey || event.metaKey || event.stopPropagation());
  const img = box.querySelector("div").appendChild(new Image());
  Object.assign(img, {{ alt: "", style: "position:absolute;top:0;left:0;width:100%" }});
  const [button, slider] = ["button", "input"].map((tag) => box.querySelector(tag));
  let timer = null;
  const show = (i) => {{ slider.value = i; img.src = "data:image/webp;base64," + frames[i]; }};
  const stop = () => {{ clearInterval(timer); timer = null; button.textContent = "Play"; }};
  const step = () => {{
    if (!box.isConnected || +slider.value >= last) return stop();
    show(+slider.value + 1);
  }};
  slider.oninput = () => {{ stop(); show(+slider.value); }};
  button.onclick = () => {{
    if (timer) return stop();
    if (+slider.value >= last) show(0);
    button.textContent = "Pause";
    timer = setInterval(step, +box.dataset.interval);
  }};
}}
</script>
"""


class Animation:
    """Frames with a slider and a play button; four moments of it where no script runs.

    Parameters
    ----------
    frames : list of Image
        Pictures of one size.
    alt : str
        What the animation shows, for a reader who cannot see it.
    interval : int
        Milliseconds from one frame to the next.
    """

    def __init__(self, frames: list[Image.Image], *, alt: str, interval: int = 100):
        if not frames:
            raise ValueError("an animation needs at least one frame, and frames is empty")
        self.alt = alt
        self.interval = interval
        self._size = frames[0].size
        strip = _moments(frames)
        self._strip = _encoded(strip, "PNG", optimize=True)
        frames = [frame.quantize(palette=strip, dither=Image.Dither.NONE) for frame in frames]
        # The last frame whole; of all others only what differs from it, to be laid over it.
        self._still = _as_webp(frames[-1].convert("RGB"))
        self._patches = [_as_webp(_difference(frame, frames[-1])) for frame in frames]

    def __len__(self) -> int:
        return len(self._patches)

    def __repr__(self) -> str:
        return f"<Animation of {len(self)} frames: {self.alt}>"

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, Any]]:
        """What Jupyter shows: the player where scripts run, else four moments; with its text alternative."""
        data = {
            "text/html": self._player(),
            "image/png": base64.b64encode(self._strip).decode(),
            "text/plain": repr(self),
        }
        return data, {"image/png": {"alt": self.alt}}

    def _player(self) -> str:
        patches = [base64.b64encode(patch).decode() for patch in self._patches]
        return _PLAYER.format(
            width=self._size[0],
            interval=self.interval,
            still=base64.b64encode(self._still).decode(),
            alt=escape(self.alt),
            frames=json.dumps(patches, separators=(",", ":")),
        )


def record(
    figure: Figure,
    update: Callable[[int], None],
    n_frames: int,
    *,
    moving: Sequence[Artist] | None = None,
    alt: str,
    interval: int = 100,
) -> Animation:
    """Film a figure.

    Parameters
    ----------
    figure : Figure
        The figure with everything in it that stays.
    update : callable
        Called with 0, 1, …, n_frames - 1 before each picture is taken; moves what moves.
    n_frames : int
        Number of frames.
    moving : sequence of Artist, optional
        What `update` changes, and what lies over it, from back to front. The rest is then drawn only once,
        which is several times faster. By default everything is drawn anew for each frame.
    alt : str
        What the animation shows, for a reader who cannot see it.
    interval : int
        Milliseconds from one frame to the next.

    Returns
    -------
    Animation

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> figure, ax = plt.subplots(figsize=(3, 2))
    >>> (dot,) = ax.plot([0], [0], "o")
    >>> record(figure, lambda i: dot.set_xdata([i]), 3, alt="a dot that moves right")
    <Animation of 3 frames: a dot that moves right>
    """
    canvas = FigureCanvasAgg(figure)
    update(0)
    canvas.draw()
    figure.set_layout_engine("none")  # the first frame's layout holds for all: no jitter, and faster
    redraw = canvas.draw if moving is None else _redraw_only(moving, figure, canvas)
    frames = []
    for i in range(n_frames):
        update(i)
        redraw()
        frames.append(Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB"))
    return Animation(frames, alt=alt, interval=interval)


def _redraw_only(moving: Sequence[Artist], figure: Figure, canvas: FigureCanvasAgg) -> Callable[[], None]:
    """Draw all that stays, keep it as a background, and return what draws the rest over it."""
    for artist in moving:
        artist.set_animated(True)  # such artists are left out when a figure is drawn
    canvas.draw()
    background = canvas.copy_from_bbox(figure.bbox)

    def redraw() -> None:
        canvas.restore_region(background)
        for artist in moving:
            figure.draw_artist(artist)

    return redraw


def _encoded(picture: Image.Image, form: str, **options: Any) -> bytes:
    """The picture as the bytes of an image file."""
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def _as_webp(picture: Image.Image) -> bytes:
    # Without loss: lines and areas of one colour get smaller than with it, and stay sharp.
    return _encoded(picture, "WEBP", lossless=True, quality=60, method=2)


def _difference(frame: Image.Image, still: Image.Image) -> Image.Image:
    """The frame, transparent where it is the same as the still."""
    rgba = np.asarray(frame.convert("RGBA")).copy()
    rgba[np.asarray(frame) == np.asarray(still)] = 0
    return Image.fromarray(rgba)


def _moments(frames: list[Image.Image]) -> Image.Image:
    """Four moments from first to last in one picture, for print and for pages without scripts."""
    width, height = frames[0].size
    sheet = Image.new("RGB", (2 * width, 2 * height), "white")
    for place in range(4):
        frame = frames[round(place * (len(frames) - 1) / 3)]
        sheet.paste(frame, (place % 2 * width, place // 2 * height))
    return sheet.quantize(_N_COLORS, method=Image.Quantize.FASTOCTREE)
