"""Scores step by step, and over several runs."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from nnlib.plotting import _style, plot_spread, plot_steps

SCORES = pd.DataFrame({"training": [0.3, 1.0], "validation": [0.25, 0.9]}, index=["raw", "scaled"])
GROUPS = {"Keras": [0.24, 0.24, 0.4], "PyTorch": [0.5, 0.7]}


def rows(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def dots(ax, marker):
    """Coordinates of all points drawn with this marker."""
    return np.concatenate([line.get_xydata() for line in ax.lines if line.get_marker() == marker])


def from_top(ax):
    """Names of the rows in the order in which the eye meets them."""
    heights = ax.transData.transform(np.column_stack([np.zeros(len(ax.get_yticks())), ax.get_yticks()]))[:, 1]
    return [rows(ax)[i] for i in np.argsort(-heights)]


def test_steps_show_every_score_in_its_row_and_write_the_last_column():
    ax = plot_steps(SCORES)
    assert from_top(ax) == ["raw", "scaled"]
    np.testing.assert_array_equal(dots(ax, "o"), [[0.3, 0], [1.0, 1]])
    np.testing.assert_array_equal(dots(ax, "s"), [[0.25, 0], [0.9, 1]])
    assert [text.get_text() for text in ax.texts] == ["0.25", "0.90"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training", "validation"]


def test_steps_that_lie_close_together_show_different_numbers():
    table = pd.DataFrame({"precision": [0.965, 0.974, 1.0]})
    assert [text.get_text() for text in plot_steps(table).texts] == ["0.965", "0.974", "1.000"]


def test_steps_take_yes_and_no_as_1_and_0():
    ax = plot_steps(pd.DataFrame({"passed": [True, False]}))
    np.testing.assert_array_equal(dots(ax, "o"), [[1, 0], [0, 1]])


def test_steps_need_no_legend_for_one_score():
    assert plot_steps(SCORES[["validation"]]).get_legend() is None


@pytest.mark.parametrize("score", [0.02, 0.95])
@pytest.mark.parametrize("draw", [plot_steps, plot_spread])
@pytest.mark.parametrize("lowest", [0.0, 0.9])  # where the other scores begin
def test_the_reference_is_a_line_with_name_and_value_inside_the_axes(draw, lowest, score):
    score = lowest + (1 - lowest) * score
    groups = {"few": [lowest, 1.0], "more": [lowest, 1.0]}
    ax = draw(pd.DataFrame(groups).T if draw is plot_steps else groups, reference=("logistic", score))
    (line,) = [line for line in ax.lines if line.get_linestyle() == "--"]
    text = ax.texts[-1]
    assert line.get_xdata()[0] == score
    assert text.get_text() == f"logistic {score:.2f}"
    ax.figure.canvas.draw()
    box, frame = text.get_window_extent(), ax.get_window_extent()
    assert frame.x0 <= box.x0
    assert box.x1 <= frame.x1
    assert frame.y0 <= box.y0


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (SCORES.iloc[:0], "at least one row"),
        (SCORES.to_dict(), "DataFrame"),
        (SCORES.assign(validation=np.nan), "'validation' holds nan"),
        (pd.DataFrame(np.ones((1, 8))), "8 columns"),
    ],
)
def test_steps_say_what_is_wrong(table, message):
    with pytest.raises(ValueError, match=message):
        plot_steps(table)


def test_spread_shows_each_run_and_the_median_of_its_group():
    ax = plot_spread(GROUPS)
    points = dots(ax, "o")
    np.testing.assert_allclose(points[:, 0], [0.24, 0.24, 0.4, 0.5, 0.7])
    np.testing.assert_array_equal(np.round(points[:, 1]), [0, 0, 0, 1, 1])
    assert len(np.unique(points, axis=0)) == 5, "equal scores hide one another"
    marks = [collection.get_segments()[0][0, 0] for collection in ax.collections]
    np.testing.assert_allclose(marks, [0.24, 0.6])
    assert from_top(ax) == ["Keras", "PyTorch"]


def test_the_dots_of_all_groups_have_one_colour_that_is_no_models():
    colors = {to_hex(line.get_color()).upper() for line in plot_spread(GROUPS).lines if line.get_marker() == "o"}
    assert len(colors) == 1
    assert not colors & set(_style.CYCLE)


@pytest.mark.parametrize(("score", "side"), [(0.015, "left"), (0.2, "right")])  # 0.1 is the middle
def test_a_spread_over_powers_of_ten_has_plain_numbers_and_its_reference_inside(score, side):
    ax = plot_spread({"few": [0.01, 1.0]}, log=True, reference=("logistic", score))
    assert (ax.get_xscale(), ax.texts[-1].get_ha()) == ("log", side)
    ax.figure.canvas.draw()
    assert {"0.01", "0.1", "1"} <= {label.get_text() for label in ax.get_xticklabels()}


def test_a_logarithmic_axis_has_no_place_for_a_score_of_zero():
    with pytest.raises(ValueError, match="no place for 0 in group 'perfect'"):
        plot_spread({"usual": [0.1], "perfect": [0.2, 0.0]}, log=True)


@pytest.mark.parametrize(
    ("groups", "message"),
    [({}, "dictionary"), ([0.1], "dictionary"), ({"Keras": []}, "'Keras'"), ({"Keras": [np.nan]}, "'Keras' holds nan")],
)
def test_spread_says_what_is_wrong(groups, message):
    with pytest.raises(ValueError, match=message):
        plot_spread(groups)
