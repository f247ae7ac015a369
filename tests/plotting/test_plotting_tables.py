"""The figures of lesson 10: columns and classes, scores step by step, and which column matters."""

import numpy as np
import pandas as pd
import pytest
from figures import assert_nothing_global_changes, assert_own_axes_come_back, assert_title_and_finite_data

from nnlib import plotting

TABLE = pd.DataFrame({"ram": [256.0, 512, 3998], "wifi": [0, 1, 1], "m_dep": [0.1, 0.5, 1.0]})
SCORES = pd.DataFrame({"training": [0.3, 1.0], "validation": [0.25, 0.9]}, index=["raw", "scaled"])
GROUPS = {"Keras": [0.24, 0.24, 0.4], "PyTorch": [0.5, 0.7]}
NAMES = ["low", "high"]

FIGURES = {
    "ranges": lambda ax: plotting.plot_ranges(TABLE, ax=ax),
    "by_class": lambda ax: plotting.plot_by_class([1, 2, 8, 9], [0, 0, 1, 1], class_names=NAMES, ax=ax),
    "bars": lambda ax: plotting.plot_bars({"wifi": -0.01, "ram": 0.6}, spread={"ram": 0.1, "wifi": 0}, top=1, ax=ax),
    "steps": lambda ax: plotting.plot_steps(SCORES, reference=("logistic", 0.95), ax=ax),
    "spread": lambda ax: plotting.plot_spread(GROUPS, reference=("guessing", 0.25), ax=ax),
}
each_figure = pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())


def rows(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def dots(ax, marker):
    """Coordinates of all points drawn with this marker."""
    return np.concatenate([line.get_xydata() for line in ax.lines if line.get_marker() == marker])


def from_top(ax):
    """Names of the rows in the order in which the eye meets them."""
    heights = ax.transData.transform(np.column_stack([np.zeros(len(ax.get_yticks())), ax.get_yticks()]))[:, 1]
    return [rows(ax)[i] for i in np.argsort(-heights)]


# --- what all of them have in common ---------------------------------------------------------------------


@each_figure
def test_own_axes_come_back_and_new_ones_are_made(draw):
    assert_own_axes_come_back(draw)


@each_figure
def test_nothing_global_changes(draw):
    assert_nothing_global_changes(draw)


@each_figure
def test_there_is_a_title_and_all_data_are_finite(draw):
    assert_title_and_finite_data(draw)


def test_titles_and_axis_labels_are_the_callers_own():
    words = {"title": "What to see", "xlabel": "what it is"}
    figures = [
        plotting.plot_by_class([1, 2], [0, 1], class_names=NAMES, **words),
        plotting.plot_bars({"a": 1}, **words),
        plotting.plot_steps(SCORES, **words),
        plotting.plot_spread(GROUPS, **words),
    ]
    assert {ax.get_title(loc="left") for ax in figures} == {"What to see"}
    assert {ax.get_xlabel() for ax in figures} == {"what it is"}


@each_figure
def test_rows_are_named_and_text_is_readable_at_half_size(draw):
    ax = draw(None)
    ax.figure.canvas.draw()
    texts = [*ax.texts, *ax.get_yticklabels(), *(ax.get_legend().get_texts() if ax.get_legend() else ())]
    assert all(rows(ax))
    assert min(text.get_fontsize() for text in texts if text.get_text()) >= 11


# --- ranges ----------------------------------------------------------------------------------------------


def test_ranges_go_from_minimum_to_maximum_with_the_median_marked():
    ax = plotting.plot_ranges(TABLE)
    ends = [segment[:, 0].tolist() for segment in ax.collections[0].get_segments()]
    assert dict(zip(rows(ax), ends, strict=True)) == {"ram": [256, 3998], "wifi": [0, 1], "m_dep": [0.1, 1.0]}
    np.testing.assert_allclose(dots(ax, "o")[:, 0], [512, 1, 0.5])
    assert from_top(ax)[0] == "ram"


def test_ranges_fit_zero_and_thousands_on_one_axis():
    assert plotting.plot_ranges(TABLE).get_xscale() == "symlog"
    assert plotting.plot_ranges(TABLE[["wifi", "m_dep"]]).get_xscale() == "linear"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (TABLE.iloc[:0], "at least one row"),
        (TABLE.to_numpy(), "DataFrame"),
        (TABLE.assign(ram=["much", 1, 2]), "'ram' must hold numbers"),
        (TABLE.assign(ram=[np.nan, 1, 2]), "'ram' holds nan"),
    ],
)
def test_ranges_say_what_is_wrong_with_a_table(table, message):
    with pytest.raises(ValueError, match=message):
        plotting.plot_ranges(table)


# --- one column, class by class --------------------------------------------------------------------------


def test_by_class_draws_every_value_in_the_row_of_its_class_with_the_mean_marked():
    generator = np.random.default_rng(1)
    values, labels = generator.normal(size=500), generator.integers(0, 2, size=500)
    ax = plotting.plot_by_class(values, labels, class_names=NAMES)
    points = dots(ax, ".")
    # Continuous values are not moved sideways, and moved upwards by less than half a row.
    for label in (0, 1):
        inside = np.round(points[:, 1]) == label
        np.testing.assert_allclose(np.sort(points[inside, 0]), np.sort(values[labels == label]))
    means = [collection.get_segments()[0][0, 0] for collection in ax.collections]
    np.testing.assert_allclose(means, pd.Series(values).groupby(labels).mean())
    assert rows(ax) == NAMES


def test_by_class_spreads_equal_values_without_mixing_neighbours():
    ax = plotting.plot_by_class(np.repeat([0, 1], 100), np.tile([0, 1], 100), class_names=NAMES)
    points = dots(ax, ".")
    assert len(np.unique(points, axis=0)) == 200
    np.testing.assert_array_equal(np.round(points[:, 0]).astype(int), np.repeat([0, 1, 0, 1], 50))


def test_by_class_does_not_follow_other_random_numbers_of_the_table():
    # Heights once came from the generator that had drawn a column, and the rows tilted.
    column = np.random.default_rng(0).uniform(size=2000)
    ax = plotting.plot_by_class(column, np.zeros(2000, int), class_names=["all"])
    points = dots(ax, ".")
    assert abs(np.corrcoef(points.T)[0, 1]) < 0.1


def test_by_class_takes_a_class_without_samples_and_a_single_value():
    ax = plotting.plot_by_class([1, 1], [0, 0], class_names=NAMES)
    assert rows(ax) == NAMES


@pytest.mark.parametrize(
    ("values", "labels", "message"),
    [
        ([1, 2], [0], "2 values need as many labels"),
        ([1, 2], [0, 2], "label 2 has no name"),
        ([1, np.inf], [0, 1], "inf"),
        ([], [], "at least one number"),
    ],
)
def test_by_class_says_what_is_wrong(values, labels, message):
    with pytest.raises(ValueError, match=message):
        plotting.plot_by_class(values, labels, class_names=NAMES)


# --- bars ------------------------------------------------------------------------------------------------


def test_bars_stand_in_order_of_size_with_their_values():
    values = {"wifi": -0.01, "ram": 0.6, "battery": 0.2}
    ax = plotting.plot_bars(values, top=2)
    assert from_top(ax) == ["ram", "battery", "wifi"]
    assert [bar.get_width() for bar in ax.patches] == [0.6, 0.2, -0.01]
    assert [text.get_text() for text in ax.texts] == ["0.60", "0.20"]
    colors = [bar.get_facecolor() for bar in ax.patches]
    assert colors[0] == colors[1] != colors[2]


def test_bars_show_the_spread_of_the_right_name():
    ax = plotting.plot_bars({"wifi": 0.0, "ram": 0.6}, spread={"wifi": 0.01, "ram": 0.1})
    (lines,) = [collection.get_segments() for collection in ax.collections]
    np.testing.assert_allclose([segment[:, 0] for segment in lines], [[0.5, 0.7], [-0.01, 0.01]])


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ({}, {}, "at least one number"),
        ({"ram": np.nan}, {}, "nan"),
        ({"ram": 1.0}, {"top": -1}, "-1"),
        ({"ram": 1.0}, {"spread": {"wifi": 0.1}}, "spread holds nan"),
    ],
)
def test_bars_say_what_is_wrong(values, options, message):
    with pytest.raises(ValueError, match=message):
        plotting.plot_bars(values, **options)


# --- steps and spread ------------------------------------------------------------------------------------


def test_steps_show_every_score_in_its_row_and_write_the_last_column():
    ax = plotting.plot_steps(SCORES)
    assert from_top(ax) == ["raw", "scaled"]
    np.testing.assert_array_equal(dots(ax, "s"), [[0.3, 0], [1.0, 1]])
    np.testing.assert_array_equal(dots(ax, "o"), [[0.25, 0], [0.9, 1]])
    assert [text.get_text() for text in ax.texts] == ["0.25", "0.90"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training", "validation"]


def test_steps_need_no_legend_for_one_score():
    assert plotting.plot_steps(SCORES[["validation"]]).get_legend() is None


@each_figure
def test_the_reference_is_a_line_with_name_and_value_inside_the_axes(draw):
    ax = draw(None)
    dashed = [line for line in ax.lines if line.get_linestyle() == "--"]
    if draw not in (FIGURES["steps"], FIGURES["spread"]):
        assert not dashed
        return
    (line,) = dashed
    text = ax.texts[0]
    assert text.get_text().endswith(f"{line.get_xdata()[0]:.2f}")
    ax.figure.canvas.draw()
    box, frame = text.get_window_extent(), ax.get_window_extent()
    assert frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (SCORES.iloc[:0], "at least one row"),
        (SCORES.to_dict(), "DataFrame"),
        (SCORES.assign(validation=np.nan), "'validation' holds nan"),
        (pd.DataFrame(np.ones((1, 6))), "6 columns"),
    ],
)
def test_steps_say_what_is_wrong(table, message):
    with pytest.raises(ValueError, match=message):
        plotting.plot_steps(table)


def test_spread_shows_each_run_and_the_mean_of_its_group():
    ax = plotting.plot_spread(GROUPS)
    points = dots(ax, "o")
    np.testing.assert_allclose(points[:, 0], [0.24, 0.24, 0.4, 0.5, 0.7])
    np.testing.assert_array_equal(np.round(points[:, 1]), [0, 0, 0, 1, 1])
    assert len(np.unique(points, axis=0)) == 5, "equal scores hide one another"
    means = [collection.get_segments()[0][0, 0] for collection in ax.collections]
    np.testing.assert_allclose(means, [0.88 / 3, 0.6])
    assert from_top(ax) == ["Keras", "PyTorch"]


@pytest.mark.parametrize(
    ("groups", "message"),
    [({}, "dictionary"), ([0.1], "dictionary"), ({"Keras": []}, "'Keras'"), ({"Keras": [np.nan]}, "'Keras' holds nan")],
)
def test_spread_says_what_is_wrong(groups, message):
    with pytest.raises(ValueError, match=message):
        plotting.plot_spread(groups)
