"""Nerve cells and artificial neurons: drawn to the same scale, every name readable."""

import pytest
from matplotlib.patches import Circle
from matplotlib.text import Text

from nnlib.plotting import plot_artificial_neurons, plot_biological_neurons

both = pytest.mark.parametrize("draw", [plot_biological_neurons, plot_artificial_neurons])


def bodies(ax, radius):
    return sorted(patch.center for patch in ax.patches if isinstance(patch, Circle) and patch.radius == radius)


def test_the_nuclei_stand_where_the_sums_stand():
    nuclei, sums = bodies(plot_biological_neurons(), 0.2), bodies(plot_artificial_neurons(), 0.52)
    assert nuclei == sums
    assert len(sums) == 2


def test_both_drawings_have_the_same_window():
    windows = [(ax.get_xlim(), ax.get_ylim()) for ax in (plot_biological_neurons(), plot_artificial_neurons())]
    assert windows[0] == windows[1]


@both
def test_no_two_names_overlap_and_all_lie_in_the_figure(draw):
    ax = draw()
    ax.figure.canvas.draw()
    boxes = [Text.get_window_extent(text) for text in ax.texts]  # without the line to what is named
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    page = ax.figure.bbox
    assert all(page.contains(box.x0, box.y0) and page.contains(box.x1, box.y1) for box in boxes)
    assert min(text.get_fontsize() for text in ax.texts) >= 13
