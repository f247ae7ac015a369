"""Validation curves."""

import numpy as np
import pytest

from nnlib.plotting import plot_validation_curve

SCORES = {1.0: [0.4, 0.2], 0.1: [0.5, 0.7], 10.0: [0.9, 0.8]}


def points(ax, marker):
    return np.concatenate([line.get_xydata() for line in ax.lines if line.get_marker() == marker])


def test_every_run_is_a_dot_and_the_line_goes_through_the_means_in_the_order_of_the_settings():
    ax = plot_validation_curve(SCORES)
    np.testing.assert_allclose(points(ax, "o"), [[0.1, 0.5], [0.1, 0.7], [1, 0.4], [1, 0.2], [10, 0.9], [10, 0.8]])
    (means,) = [line for line in ax.lines if line.get_linestyle() == "-"]
    np.testing.assert_allclose(means.get_xydata(), [[0.1, 0.6], [1, 0.3], [10, 0.85]])


def test_the_star_is_at_the_lowest_mean_and_not_at_the_lowest_run():
    np.testing.assert_allclose(points(plot_validation_curve({1: [0.1, 0.9], 2: [0.4, 0.4]}), "*"), [[2, 0.4]])


def test_a_logarithmic_axis_names_the_settings():
    ax = plot_validation_curve(SCORES, log=True)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0.1", "1", "10"]


def test_the_reference_is_a_dashed_line_with_its_name():
    ax = plot_validation_curve(SCORES, reference=("none", 1.2), ylim=(0, 2))
    (line,) = [line for line in ax.lines if line.get_linestyle() == "--"]
    assert line.get_ydata()[0] == 1.2
    assert [text.get_text() for text in ax.texts] == ["none"]
    assert ax.get_ylim() == (0, 2)


@pytest.mark.parametrize(
    ("scores", "log", "message"),
    [
        ({1: [0.5]}, False, "at least two settings"),
        ([0.5, 0.4], False, "dictionary"),
        ({0: [0.5], 1: [0.4]}, True, "logarithmic axis has no place for the setting 0"),
        ({"0.1": [0.5], "1": [0.4]}, False, "the settings must hold numbers only, got '0.1'"),
        ({1: [0.5], 2: []}, False, "setting 2 must be a list of at least one number"),
        ({1: [0.5], 2: [np.nan]}, False, "setting 2 holds nan"),
    ],
)
def test_scores_that_cannot_be_drawn_are_named(scores, log, message):
    with pytest.raises(ValueError, match=message):
        plot_validation_curve(scores, log=log)
