"""Calibration: the share that was true in each bin."""

import numpy as np
import pytest

from nnlib.plotting import plot_reliability


def test_reliability_is_the_share_in_each_bin():
    said = np.array([0.05, 0.05, 0.05, 0.05, 0.95, 0.97, 0.99, 0.99])
    truth = np.array([0, 0, 0, 1, 1, 1, 0, 0])
    ax = plot_reliability({"model": (truth, said)})
    np.testing.assert_allclose(ax.lines[-1].get_xydata(), [[0.05, 0.25], [0.975, 0.5]])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["model"]


@pytest.mark.parametrize("said", [[0.5, 1.5], [0.5, np.nan], [0.5]])
def test_what_is_no_probability_is_refused(said):
    with pytest.raises(ValueError, match="'model': needs as many probabilities between 0 and 1"):
        plot_reliability({"model": ([0, 1], said)})
