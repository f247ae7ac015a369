# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Silhouettes of the ten CIFAR-10 classes, drawn with arithmetic alone.

Every image is the same on every platform, because only two things decide it: the raw 64-bit stream of
PCG64, which NumPy promises not to change, and element-wise +, −, ×, ÷ and square root, which IEEE 754
rounds in one way only. So there is no sine, no `standard_normal`, no matrix product and no sum here.

A shape is a function of the plane that is negative inside, as in computer graphics (signed distance
functions; I. Quilez, "2D distance functions"). Units: the thing drawn reaches from about −1 to 1, facing
right, y upwards.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from .randomness import Random

SIDE = 32  # pixels of an image
MARGIN = 8  # how far a drawing may be moved from the centre, in pixels
CANVAS = SIDE + 2 * MARGIN
POSES = {"train": 500, "test": 100}  # drawings of each class; none is in both parts
BODY, DARK, LIGHT = range(3)  # the three inks
Number = float | np.ndarray  # one for all drawings, or one for each, shape (n, 1, 1)


# -- shapes ----------------------------------------------------------------------------------------------


@dataclass
class Sketch:
    """Many drawings of one thing at once, each in its own pose.

    `x` and `y`, shape (n, CANVAS, CANVAS), say where each pixel lies on the thing; `pixel`, shape (n, 1, 1),
    how wide a pixel is there. `ink` collects how much of each pixel each ink covers, 0 to 1.
    """

    x: np.ndarray
    y: np.ndarray
    pixel: np.ndarray
    random: Random
    ink: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.ink = np.zeros((3, *self.x.shape), np.float32)

    def vary(self, low: float, high: float) -> np.ndarray:
        """Draw a number for each drawing, shape (n, 1, 1)."""
        return self.random.uniform(low, high, len(self.x), 1, 1)

    def _fill(self, distance: np.ndarray, ink: int) -> None:
        """Lay ink wherever the distance is negative, soft over one pixel at the edge."""
        cover = np.clip(np.float32(0.5) - distance / self.pixel, 0, 1)
        self.ink[ink] = np.maximum(self.ink[ink], cover)

    def ellipse(self, cx: Number, cy: Number, rx: Number, ry: Number, ink: int = BODY) -> None:
        """Fill an ellipse around (cx, cy) with half axes rx and ry."""
        u, v = (self.x - cx) / rx, (self.y - cy) / ry
        self._fill((np.sqrt(u * u + v * v) - 1) * np.minimum(rx, ry), ink)

    def line(
        self, x0: Number, y0: Number, x1: Number, y1: Number, r0: Number, r1: Number | None = None, ink: int = BODY
    ) -> None:
        """Draw a stroke from (x0, y0) to (x1, y1) whose half width goes from r0 to r1."""
        r1 = r0 if r1 is None else r1
        dx, dy = x1 - x0, y1 - y0
        u, v = self.x - x0, self.y - y0
        along = np.clip((u * dx + v * dy) / (dx * dx + dy * dy), 0, 1)
        across_x, across_y = u - along * dx, v - along * dy
        self._fill(np.sqrt(across_x * across_x + across_y * across_y) - (r0 + along * (r1 - r0)), ink)

    def polygon(self, *corners: tuple[Number, Number], ink: int = BODY) -> None:
        """Fill a convex polygon, its corners given counter-clockwise."""
        distance: np.ndarray = np.array(-np.inf, np.float32)
        for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
            dx, dy = x1 - x0, y1 - y0
            side = ((self.x - x0) * dy - (self.y - y0) * dx) / np.sqrt(np.float32(dx * dx + dy * dy))
            distance = np.maximum(distance, side)
        self._fill(distance, ink)


# -- the ten things --------------------------------------------------------------------------------------


def _airplane(s: Sketch) -> None:
    span, sweep = s.vary(0.75, 1.0), s.vary(0.25, 0.55)
    s.line(-0.85, 0, 0.8, 0, 0.09, 0.14)
    for side in (1, -1):
        s.line(0.15, 0.05 * side, 0.1 - sweep, span * side, 0.17, 0.06)
        s.line(-0.78, 0, -0.98, 0.36 * side, 0.09, 0.05)
        s.line(0.12 - sweep / 2, 0.45 * side, 0.22 - sweep / 2, 0.45 * side, 0.07, ink=DARK)
    s.line(0.78, 0, 0.86, 0, 0.06, ink=LIGHT)


def _automobile(s: Sketch) -> None:
    roof, length = s.vary(0.34, 0.5), s.vary(0.85, 1.0)
    s.line(-length + 0.15, -0.12, length - 0.15, -0.14, 0.2, 0.17)
    s.polygon((-0.7, 0), (0.62, 0), (0.3, roof), (-0.42, roof))
    s.polygon((-0.5, 0.06), (-0.1, 0.06), (-0.1, roof - 0.08), (-0.34, roof - 0.08), ink=LIGHT)
    s.polygon((0.0, 0.06), (0.44, 0.06), (0.24, roof - 0.08), (0.0, roof - 0.08), ink=LIGHT)
    for x in (-0.52, 0.52):
        s.ellipse(x, -0.3, 0.2, 0.2, DARK)


def _bird(s: Sketch) -> None:
    tilt, neck = s.vary(0.0, 0.25), s.vary(0.3, 0.5)
    s.line(-0.3, -0.05 - tilt, 0.3, 0.05, 0.27, 0.3)
    s.ellipse(0.5, neck, 0.22, 0.22)
    s.line(-0.4, -0.1 - tilt, -1.0, -0.15 - 2 * tilt, 0.16, 0.06)
    s.line(0.68, neck, 0.92, neck - 0.06, 0.08, 0.01, LIGHT)
    s.line(0.1, 0.05, -0.5, -0.12 - tilt, 0.17, 0.05, DARK)
    s.ellipse(0.56, neck + 0.06, 0.06, 0.06, DARK)
    for x in (-0.02, 0.16):
        s.line(x, -0.3, x + 0.04, -0.75, 0.035, ink=DARK)


def _cat(s: Sketch) -> None:
    head, tail = s.vary(0.32, 0.45), s.vary(0.4, 0.7)
    s.ellipse(0, -0.45, 0.42, 0.5)
    s.ellipse(0, head, 0.36, 0.3)
    s.line(0, -0.3, 0, head, 0.28, 0.24)
    for side in (1, -1):
        s.polygon(
            *[(side * x, head + y) for x, y in ((0.06, 0.2), (0.34, 0.08), (0.34, 0.56))][:: 1 if side > 0 else -1]
        )
        s.ellipse(0.14 * side, head + 0.04, 0.07, 0.08, LIGHT)
        s.ellipse(0.14 * side, head + 0.04, 0.03, 0.06, DARK)
    s.ellipse(0, head - 0.12, 0.05, 0.04, DARK)
    s.line(0.35, -0.8, 0.75, -0.6, 0.08)
    s.line(0.75, -0.6, 0.78, tail - 0.5, 0.08, 0.06)


def _legs(s: Sketch, xs: tuple[float, ...], top: float, bottom: float, width: float) -> None:
    """Legs at these x, each a little aslant."""
    for x in xs:
        s.line(x, top, x + s.vary(-0.12, 0.12), bottom, width, width * 0.7)


def _dog(s: Sketch) -> None:
    head, tail = s.vary(0.3, 0.45), s.vary(0.3, 0.65)
    s.line(-0.5, -0.08, 0.38, -0.02, 0.23, 0.25)
    _legs(s, (-0.58, -0.4, 0.3, 0.48), -0.2, -0.8, 0.085)
    s.line(0.42, 0.05, 0.58, head, 0.2, 0.2)
    s.ellipse(0.6, head, 0.24, 0.21)
    s.line(0.66, head - 0.05, 0.95, head - 0.1, 0.13, 0.09)
    s.line(0.48, head + 0.12, 0.4, head - 0.22, 0.08, 0.1, DARK)
    s.ellipse(1.0, head - 0.07, 0.06, 0.05, DARK)
    s.ellipse(0.68, head + 0.06, 0.04, 0.04, DARK)
    s.line(-0.66, 0.05, -0.92, tail, 0.08, 0.05)


def _horse(s: Sketch) -> None:
    head = s.vary(0.55, 0.75)
    s.line(-0.5, 0.02, 0.35, 0.0, 0.25, 0.24)
    _legs(s, (-0.62, -0.46, 0.32, 0.46), -0.1, -0.98, 0.08)
    s.line(0.38, 0.08, 0.68, head, 0.2, 0.13)
    s.line(0.66, head + 0.05, 0.95, head - 0.25, 0.14, 0.09)
    s.line(0.3, 0.25, 0.58, head + 0.12, 0.07, 0.08, DARK)
    s.line(0.62, head + 0.12, 0.64, head + 0.26, 0.05, 0.02)
    s.line(-0.72, 0.1, -0.92, -0.55, 0.08, 0.1, DARK)
    s.ellipse(0.74, head + 0.03, 0.035, 0.035, DARK)


def _deer(s: Sketch) -> None:
    head = s.vary(0.4, 0.55)
    s.line(-0.45, -0.05, 0.3, -0.02, 0.2, 0.19)
    _legs(s, (-0.56, -0.42, 0.26, 0.38), -0.15, -0.98, 0.05)
    s.line(0.32, 0.05, 0.55, head, 0.14, 0.1)
    s.line(0.54, head, 0.82, head - 0.1, 0.12, 0.06)
    s.line(-0.62, 0.05, -0.72, -0.08, 0.07, 0.05, LIGHT)
    s.ellipse(0.62, head + 0.03, 0.035, 0.035, DARK)
    for lean in (-0.3, 0.15):
        top = (0.5 + lean * 1.2, head + 0.58)
        s.line(0.52, head + 0.08, *top, 0.045, 0.035, DARK)
        s.line(0.52 + lean * 0.55, head + 0.32, 0.72 + lean * 0.8, head + 0.5, 0.035, 0.03, DARK)


def _frog(s: Sketch) -> None:
    wide = s.vary(0.5, 0.62)
    s.ellipse(0, -0.25, wide, 0.38)
    s.ellipse(0, 0.12, 0.44, 0.26)
    for side in (1, -1):
        s.ellipse(0.28 * side, 0.36, 0.16, 0.16)
        s.ellipse(0.28 * side, 0.38, 0.1, 0.1, LIGHT)
        s.ellipse(0.28 * side, 0.38, 0.05, 0.06, DARK)
        s.line(0.45 * side, -0.3, 0.85 * side, -0.1, 0.15, 0.12)
        s.line(0.85 * side, -0.1, 0.7 * side, -0.58, 0.11, 0.07)
        s.line(0.68 * side, -0.6, 0.98 * side, -0.64, 0.06, 0.05)
        s.line(0.22 * side, -0.4, 0.3 * side, -0.68, 0.08, 0.07)
    s.line(-0.24, 0.02, 0.24, 0.02, 0.035, ink=DARK)


def _ship(s: Sketch) -> None:
    deck, funnel = s.vary(0.1, 0.25), s.vary(0.5, 0.8)
    s.polygon((-0.75, -0.45), (0.72, -0.45), (1.0, -0.05), (-0.95, -0.05))
    s.polygon((-0.6, -0.06), (0.4, -0.06), (0.36, deck), (-0.56, deck), ink=LIGHT)
    s.polygon((-0.4, deck), (0.15, deck), (0.12, deck + 0.2), (-0.38, deck + 0.2), ink=LIGHT)
    s.line(-0.15, deck + 0.2, -0.18, funnel, 0.09, ink=DARK)
    s.line(0.55, 0, 0.55, funnel, 0.03, ink=DARK)
    s.line(-0.74, -0.42, 0.72, -0.42, 0.05, ink=DARK)


def _truck(s: Sketch) -> None:
    top, cab = s.vary(0.45, 0.65), s.vary(0.15, 0.32)
    s.polygon((-0.98, -0.3), (0.34, -0.3), (0.34, top), (-0.98, top))
    s.polygon((0.42, -0.32), (0.98, -0.32), (0.96, 0.0), (0.8, cab), (0.42, cab), ink=BODY)
    s.line(-0.95, -0.34, 0.95, -0.34, 0.06, ink=DARK)
    s.polygon((0.54, 0.0), (0.9, 0.0), (0.76, cab - 0.06), (0.54, cab - 0.06), ink=LIGHT)
    for x in (-0.7, -0.3, 0.68):
        s.ellipse(x, -0.42, 0.17, 0.17, DARK)


THINGS: tuple[Callable[[Sketch], None], ...] = (
    *(_airplane, _automobile, _bird, _cat, _deer, _dog, _frog, _horse, _ship, _truck),
)
# How far each may lean: tangent of half the angle.
TILT = (0.5, 0.18, 0.22, 0.18, 0.18, 0.2, 0.22, 0.18, 0.18, 0.16)


def poses(thing: int, n: int, random: Random) -> np.ndarray:
    """Draw a thing n times, each in its own pose: how much of each pixel each ink covers.

    Returns
    -------
    numpy.ndarray
        uint8, 0 to 255, shape (n, 3, CANVAS, CANVAS).
    """
    t = random.uniform(-TILT[thing], TILT[thing], n, 1, 1)
    cosine, sine = (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)  # half-angle formulas: no sin, no cos
    flip = 1 - 2 * random.integers(2, n, 1, 1).astype(np.float32)
    pixel = 1 / random.uniform(7.2, 14.2, n, 1, 1)
    right = (np.arange(CANVAS, dtype=np.float32) - np.float32((CANVAS - 1) / 2))[None, None, :]
    up = -right.transpose(0, 2, 1)
    sketch = Sketch((cosine * right + sine * up) * pixel * flip, (cosine * up - sine * right) * pixel, pixel, random)
    THINGS[thing](sketch)
    return (sketch.ink * 255).astype(np.uint8).transpose(1, 0, 2, 3)


# -- colours and composition -----------------------------------------------------------------------------

# For each class the places where it is seen: colour of the upper and of the lower part.
SKY, SEA, GRASS, ROAD, ROOM, WOOD = (
    ((150, 195, 235), (190, 215, 235)),
    ((165, 200, 230), (60, 100, 140)),
    ((150, 180, 160), (95, 140, 70)),
    ((175, 180, 185), (110, 110, 112)),
    ((190, 165, 140), (140, 105, 80)),
    ((70, 100, 60), (110, 115, 60)),
)
SCENES = (SKY, ROAD, SKY, ROOM, WOOD, ROOM, WOOD, GRASS, SEA, ROAD)
COATS = (  # usual colour of each class
    *((225, 228, 232), (180, 40, 40), (150, 110, 80), (120, 105, 95), (165, 115, 70)),
    *((185, 145, 100), (80, 135, 60), (115, 70, 45), (110, 120, 140), (205, 190, 90)),
)


FIELDS = 256  # soft random fields from which clouds and shades are taken
CHUNK = 100  # images painted at a time: few enough to stay in a processor's cache
FOREIGN_SCENE, FOREIGN_COAT = 0.5, 0.7  # how often a scene or a coat is that of any class
CLOUDS, SHADE, NOISE = 150, 80, 20  # strength of each, out of 255
CONTRAST = 60  # least difference in brightness between a thing and its background


def _fields(random: Random) -> np.ndarray:
    """Soft random fields, uint16 from 0 to 255, shape (FIELDS, SIDE, SIDE)."""
    coarse = random.uniform(0, 255, FIELDS, 5, 5)
    at = np.arange(SIDE, dtype=np.float32) / 8
    low = at.astype(np.int64)
    part = at - low
    rows = coarse[:, low] * (1 - part)[:, None] + coarse[:, low + 1] * part[:, None]
    soft = rows[:, :, low] * (1 - part) + rows[:, :, low + 1] * part
    return np.clip(soft * 3 - 255, 0, 255).astype(np.uint16)


def _colours(usual: tuple, thing: int, foreign: float, n: int, random: Random) -> np.ndarray:
    """Colours near those usual for a class, or now and then for another, float32 of shape (n, ..., 3)."""
    colours = np.array(usual, np.float32)
    of = np.where(random.uniform(0, 1, n) < foreign, random.integers(len(colours), n), thing)
    return np.clip(colours[of] + random.uniform(-40, 40, n, *colours.shape[1:]), 0, 255)


def _brightness(colours: np.ndarray) -> np.ndarray:
    """How bright colours look (the weights of ITU-R BT.601, rounded), shape (..., 1)."""
    return 0.3 * colours[..., :1] + 0.6 * colours[..., 1:2] + 0.1 * colours[..., 2:]


def _palette(thing: int, n: int, random: Random) -> tuple[np.ndarray, ...]:
    """Colours of upper background, lower background and coat, each uint16 of shape (n, 1, 1, 3)."""
    scene = _colours(SCENES, thing, FOREIGN_SCENE, n, random)
    coat = _colours(COATS, thing, FOREIGN_COAT, n, random)
    behind = (_brightness(scene[:, 0]) + _brightness(scene[:, 1])) / 2 * (1 - CLOUDS / 510) + CLOUDS / 4
    difference = _brightness(coat) * (1 - SHADE / 510) - behind
    away = np.maximum(CONTRAST - np.abs(difference), 0)
    coat = np.clip(coat + np.where(difference < 0, -away, away), 0, 255)
    return tuple(colour.astype(np.uint16)[:, None, None, :] for colour in (scene[:, 0], scene[:, 1], coat))


def _paint(thing: int, bank: np.ndarray, fields: np.ndarray, n: int, random: Random) -> np.ndarray:
    """Paint n images of one class from its drawings.

    A pixel is a weighted mean of five colours (upper and lower background, coat, white, black). The weights
    are worked out once for the three channels, as integers from 0 to 255 in 16 bits.
    """
    drawing, dy, dx = (random.integers(k, n) for k in (len(bank), 2 * MARGIN + 1, 2 * MARGIN + 1))
    windows = np.lib.stride_tricks.sliding_window_view(bank, (SIDE, SIDE), (2, 3))
    ink = windows[drawing, :, dy, dx].astype(np.uint16)
    clouds, shade = (fields[random.integers(FIELDS, n)] * np.uint16(strength) >> 8 for strength in (CLOUDS, SHADE))
    ground = np.arange(SIDE, dtype=np.int64) >= 12 + random.integers(15, n)[:, None]

    # Dark ink lies on light ink, that on the body, that on the scene; the weights add up to 255 at most.
    light = ink[:, LIGHT] * (255 - ink[:, DARK]) >> 8
    uncovered = (255 - ink[:, LIGHT]) * (255 - ink[:, DARK]) >> 8
    body, bare = ink[:, BODY] * uncovered >> 8, (255 - ink[:, BODY]) * uncovered >> 8
    scene = bare * (255 - clouds) >> 8
    coat = (body * (255 - shade) >> 8) + (ink[:, DARK] >> 2) + (light >> 2)  # dark is a quarter coat, rest black
    white = (bare * clouds >> 9) + light - (light >> 2)

    top, bottom, fur = _palette(thing, n, random)
    background = np.where(ground[:, :, None, None], bottom, top)
    picture = scene[..., None] * background
    picture += coat[..., None] * fur
    picture += (white * np.uint16(255))[..., None]
    picture >>= 8
    picture += random.bytes(n, SIDE, SIDE, 3).astype(np.uint16) * np.uint16(2 * NOISE) >> 8
    return (np.clip(picture, NOISE, 255 + NOISE) - np.uint16(NOISE)).astype(np.uint8)


def images(labels: np.ndarray, part: str, seed: int) -> np.ndarray:
    """Draw one image for each label.

    Parameters
    ----------
    labels : numpy.ndarray
        Classes 0 to 9, shape (n,).
    part : {"train", "test"}
        Which drawings to choose from.
    seed : int
        Other seeds draw other images.

    Returns
    -------
    numpy.ndarray
        uint8, shape (n, 32, 32, 3).
    """
    out = np.empty((len(labels), SIDE, SIDE, 3), np.uint8)
    fields = _fields(Random(seed))

    def draw(thing: int) -> None:
        random = Random((seed, part == "test", thing))
        bank = np.concatenate([poses(thing, 50, random) for _ in range(POSES[part] // 50)])
        where = np.flatnonzero(labels == thing)
        for start in range(0, len(where), CHUNK):
            some = where[start : start + CHUNK]
            out[some] = _paint(thing, bank, fields, len(some), random)

    with ThreadPoolExecutor(2) as pool:  # NumPy lets go of the interpreter while it computes
        list(pool.map(draw, range(len(THINGS))))
    return out
