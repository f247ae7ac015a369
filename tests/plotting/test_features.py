"""Columns of a table: ranges, classes, and which one matters."""

import numpy as np
import pandas as pd
import pytest

from nnlib.plotting import plot_bars, plot_by_class, plot_ranges

TABLE = pd.DataFrame({"ram": [256.0, 512, 3998], "wifi": [0, 1, 1], "m_dep": [0.1, 0.5, 1.0]})
NAMES = ["low", "high"]


def rows(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def dots(ax, marker):
    """Coordinates of all points drawn with this marker."""
    return np.concatenate([line.get_xydata() for line in ax.lines if line.get_marker() == marker])


def from_top(ax):
    """Names of the rows in the order in which the eye meets them."""
    heights = ax.transData.transform(np.column_stack([np.zeros(len(ax.get_yticks())), ax.get_yticks()]))[:, 1]
    return [rows(ax)[i] for i in np.argsort(-heights)]


def test_ranges_go_from_minimum_to_maximum_with_the_median_marked():
    ax = plot_ranges(TABLE)
    ends = [segment[:, 0].tolist() for segment in ax.collections[0].get_segments()]
    assert dict(zip(rows(ax), ends, strict=True)) == {"ram": [256, 3998], "wifi": [0, 1], "m_dep": [0.1, 1.0]}
    np.testing.assert_allclose(dots(ax, "o")[:, 0], [512, 1, 0.5])
    assert from_top(ax)[0] == "ram"


def test_ranges_fit_zero_and_thousands_on_one_axis():
    assert plot_ranges(TABLE).get_xscale() == "symlog"
    assert plot_ranges(TABLE[["wifi", "m_dep"]]).get_xscale() == "linear"


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
        plot_ranges(table)


def test_by_class_draws_every_value_in_the_row_of_its_class_with_the_mean_marked():
    generator = np.random.default_rng(1)
    values, labels = generator.normal(size=500), generator.integers(0, 2, size=500)
    ax = plot_by_class(values, labels, class_names=NAMES)
    points = dots(ax, ".")
    # Continuous values are not moved sideways, and moved upwards by less than half a row.
    for label in (0, 1):
        inside = np.round(points[:, 1]) == label
        np.testing.assert_allclose(np.sort(points[inside, 0]), np.sort(values[labels == label]))
    means = [collection.get_segments()[0][0, 0] for collection in ax.collections]
    np.testing.assert_allclose(means, pd.Series(values).groupby(labels).mean())
    assert rows(ax) == NAMES


def test_by_class_spreads_equal_values_without_mixing_neighbours():
    ax = plot_by_class(np.repeat([0, 1], 100), np.tile([0, 1], 100), class_names=NAMES)
    points = dots(ax, ".")
    assert len(np.unique(points, axis=0)) == 200
    np.testing.assert_array_equal(np.round(points[:, 0]).astype(int), np.repeat([0, 1, 0, 1], 50))


def test_by_class_does_not_follow_other_random_numbers_of_the_table():
    # Heights once came from the generator that had drawn a column, and the rows tilted.
    column = np.random.default_rng(0).uniform(size=2000)
    ax = plot_by_class(column, np.zeros(2000, int), class_names=["all"])
    points = dots(ax, ".")
    assert abs(np.corrcoef(points.T)[0, 1]) < 0.1


def test_by_class_takes_a_class_without_samples_and_a_single_value():
    ax = plot_by_class([1, 1], [0, 0], class_names=NAMES)
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
        plot_by_class(values, labels, class_names=NAMES)


def test_bars_stand_in_order_of_size_with_their_values():
    values = {"wifi": -0.01, "ram": 0.6, "battery": 0.2}
    ax = plot_bars(values, top=2)
    assert from_top(ax) == ["ram", "battery", "wifi"]
    assert [bar.get_width() for bar in ax.patches] == [0.6, 0.2, -0.01]
    assert [text.get_text() for text in ax.texts] == ["0.60", "0.20"]
    colors = [bar.get_facecolor() for bar in ax.patches]
    assert colors[0] == colors[1] != colors[2]


@pytest.mark.parametrize(
    ("values", "written"),
    [([0.0413, 0.0052], ["0.041", "0.005"]), ([5.55, 0.7], ["5.55", "0.70"]), ([0, 0], ["0.00"] * 2)],
)
def test_bars_write_two_digits_of_the_largest_value_at_least(values, written):
    ax = plot_bars(dict(zip("ab", values, strict=True)), top=2)
    assert [text.get_text() for text in ax.texts] == written


def test_bars_show_the_spread_of_the_right_name():
    ax = plot_bars({"wifi": 0.0, "ram": 0.6}, spread={"wifi": 0.01, "ram": 0.1})
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
        plot_bars(values, **options)


@pytest.mark.parametrize(("value", "text"), [(1e-300, "1.00e-300"), (1e300, "1.00e+300"), (2e-5, "0.000020")])
def test_numbers_beside_bars_are_short(value, text):
    assert [label.get_text() for label in plot_bars({"a": value}, top=1).texts] == [text]


def test_ranges_take_classes_that_are_numbers():
    ax = plot_ranges(pd.DataFrame({"a": pd.Categorical([1, 2, 4])}))
    assert ax.collections[0].get_segments()[0][:, 0].tolist() == [1, 4]
