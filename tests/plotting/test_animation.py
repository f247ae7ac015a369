"""Films: what is stored of them, and what a reader sees (`test_decision_boundary.py` says how small they are)."""

import base64
import io
import itertools
import json
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from nnlib import plotting

X = np.arange(-1.0, 5.0)
Y = 2 * X - 1


@pytest.fixture(scope="module")
def film():
    weights = [(0.0, 0.0), (1.0, -0.5), (2.0, -1.0)]
    return plotting.animate_line(X, Y, weights, epochs=[0, 10, 500])


def pictures(film):
    """Every frame as a reader sees it: the patch laid over the still."""
    html = film._repr_mimebundle_()[0]["text/html"]
    still = re.search(r'<img src="data:image/webp;base64,([^"]+)"', html)[1]
    patches = json.loads(re.search(r'<script type="application/json">(.*)</script>', html)[1])
    still, *patches = (Image.open(io.BytesIO(base64.b64decode(text))).convert("RGBA") for text in (still, *patches))
    return [np.asarray(Image.alpha_composite(still, patch).convert("RGB"), dtype=int) for patch in patches]


def test_a_film_holds_all_frames_and_they_differ(film):
    frames = pictures(film)
    assert len(frames) == len(film) == 3
    assert all(np.abs(a - b).mean() > 1 for a, b in itertools.pairwise(frames))


def test_a_film_shows_what_the_figure_showed():
    """Frames put together from the still and the patches against full drawings of the same figure."""
    figure, ax = plt.subplots(figsize=(3, 2), dpi=80)
    (line,) = ax.plot([0, 1], [0, 1], linewidth=5)
    drawn = []

    def update(i):
        line.set_ydata([0, i / 3])

    film = plotting.record(figure, update, 4, moving=[line], alt="a line that rises")
    line.set_animated(False)
    for i in range(4):
        update(i)
        figure.canvas.draw()
        drawn.append(np.asarray(figure.canvas.buffer_rgba())[..., :3].astype(int))
    for seen, wanted in zip(pictures(film), drawn, strict=True):
        assert np.abs(seen - wanted).mean() < 3  # 48 colours
    assert np.abs(pictures(film)[0] - drawn[3]).mean() > 3  # the measure does tell frames apart


def test_an_animation_needs_nothing_from_outside(film):
    html = film._repr_mimebundle_()[0]["text/html"]
    assert "http" not in html
    assert "<link" not in html
    assert 'src="data:' in html


def test_an_animation_shows_a_picture_where_nothing_runs(film):
    data, metadata = film._repr_mimebundle_()
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    height, width, _ = pictures(film)[0].shape
    assert picture.size == (2 * width, 2 * height)
    assert metadata["image/png"]["alt"] == film.alt
    assert f'alt="{film.alt}"' in data["text/html"]


def test_an_animation_names_weights_that_do_not_fit():
    with pytest.raises(ValueError, match=r"\(3, 2\): w and b for each of the 3 epochs, at least one; got \(2, 2\)"):
        plotting.animate_line(X, Y, [(0, 0), (1, 1)], epochs=[0, 1, 2])
    with pytest.raises(ValueError, match=r"each of the 0 epochs, at least one; got \(0, 2\)"):
        plotting.animate_line(X, Y, np.empty((0, 2)), epochs=[])
    with pytest.raises(ValueError, match="at least one frame"):
        plotting.Animation([], alt="nothing")


def test_record_leaves_no_open_figure():
    before = plt.get_fignums()
    plotting.animate_line(X, Y, [(0, 0)], epochs=[0])
    assert plt.get_fignums() == before


@pytest.mark.parametrize(("x", "y"), [([0, 1], [1, 1]), ([0], [1])])
def test_level_points_and_a_table_of_epochs_are_filmed_without_a_warning(x, y, recwarn):
    epochs = pd.Series([5, 6], index=[9, 8])
    assert len(plotting.animate_line(x, y, [(0, 1), (0, 2)], epochs=epochs)) == 2
    assert not recwarn.list
