"""What every figure of the course keeps to; `draw` takes the axes to draw on, or None."""

import matplotlib.pyplot as plt
import numpy as np


def assert_title_and_finite_data(draw):
    ax = draw(None)
    assert ax.get_title(loc="left")
    for line in ax.lines:
        assert np.isfinite(np.asarray(line.get_xydata(), dtype=float)).all()
    ax.figure.canvas.draw()
    return ax


def assert_own_axes_come_back(draw):
    _, mine = plt.subplots()
    figures = plt.get_fignums()
    assert draw(mine) is mine
    assert plt.get_fignums() == figures
    assert draw(None) is not mine


def assert_nothing_global_changes(draw):
    before, state = dict(plt.rcParams), np.random.get_state()[1].copy()  # noqa: NPY002
    draw(None)
    assert dict(plt.rcParams) == before
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002
