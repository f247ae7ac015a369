"""The drawing of pixels, edges, parts and a smile."""

import numpy as np
from matplotlib.patches import FancyArrowPatch

from nnlib.plotting import plot_feature_hierarchy


def test_four_stages_from_left_to_right_with_three_arrows():
    ax = plot_feature_hierarchy()
    assert [text.get_text() for text in ax.texts] == ["pixels", "edges", "parts", "a smile"]
    places = [text.get_position()[0] for text in ax.texts]
    arrows = [patch._posA_posB for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    assert len(arrows) == 3
    for (start, end), left, right in zip(arrows, places, places[1:], strict=False):
        assert left < start[0] < end[0] < right


def test_the_pixels_show_the_face_that_is_drawn_at_the_end():
    ax = plot_feature_hierarchy()
    (image,) = ax.images
    pixels = np.asarray(image.get_array())
    face = ax.lines[-4:]  # outline, eyes, mouth
    left = min(line.get_xdata().min() for line in face)
    side = max(line.get_xdata().max() for line in face) - left
    bottom = min(line.get_ydata().min() for line in face)
    scale = 0.9 * len(pixels)  # the outline reaches from 5 % to 95 % of the image
    for line in face:
        columns = ((line.get_xdata() - left) / side * scale + 0.05 * len(pixels)).astype(int)
        rows = len(pixels) - 1 - ((line.get_ydata() - bottom) / side * scale + 0.05 * len(pixels)).astype(int)
        assert pixels[rows, columns].mean() < 0.6 < pixels[0, 0]
