"""The figures of lesson 11."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nnlib.plotting import plot_gap, plot_weight_sizes

HISTORY = {"loss": [3.0, 2.0, 1.0, 0.5], "val_loss": [3.1, 2.4, 2.2, 2.8]}
WEIGHTS = {"plain": np.array([[0.5, -0.2], [0.1, 0.3]]), "L1": np.array([0.0, 1e-9, -2e-4, 0.9])}
FIGURES = {
    "gap": lambda ax: plot_gap(HISTORY, best=3, ax=ax),
    "sizes": lambda ax: plot_weight_sizes(WEIGHTS, ax=ax),
}
each_figure = pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@each_figure
def test_own_axes_come_back_and_nothing_global_changes(draw):
    _, mine = plt.subplots()
    before = dict(plt.rcParams)
    assert draw(mine) is mine
    ax = draw(None)
    assert ax is not mine
    assert dict(plt.rcParams) == before
    assert ax.get_title(loc="left") and ax.get_xlabel() and ax.get_ylabel()


# --- the gap ---------------------------------------------------------------------------------------------


def test_training_is_solid_validation_is_dashed_and_the_gap_lies_between():
    ax = plot_gap(HISTORY)
    solid, dashed = ax.lines[:2]
    assert (solid.get_linestyle(), dashed.get_linestyle()) == ("-", "--")
    assert solid.get_xydata().tolist() == [[1, 3.0], [2, 2.0], [3, 1.0], [4, 0.5]]
    assert dashed.get_ydata().tolist() == HISTORY["val_loss"]
    (area,) = ax.collections
    corners = {tuple(point) for point in area.get_paths()[0].vertices}
    assert corners >= {(4, 0.5), (4, 2.8), (2, 2.0), (2, 2.4)}
    assert [text.get_text() for text in ax.texts] == ["train", "validation"]


def test_the_axis_counts_updates_where_an_epoch_has_several():
    ax = plot_gap(HISTORY, updates_per_epoch=40, best=2)
    assert ax.lines[0].get_xdata().tolist() == [40, 80, 120, 160]
    assert ax.get_xlabel() == "updates of the weights"
    assert ax.lines[-1].get_xydata().tolist() == [[80, 2.4]]


def test_limits_hold_and_names_stay_inside_them():
    ax = plot_gap({"loss": [1.0, 0.1], "val_loss": [1.0, 50.0]}, xlim=(0, 9), ylim=(0, 1.2))
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 9), (0, 1.2))
    ax.figure.canvas.draw()
    top = ax.get_window_extent().y1
    assert all(text.get_window_extent().y0 < top for text in ax.texts)


def test_an_empty_label_stays_empty():
    assert plot_gap(HISTORY, ylabel="").get_ylabel() == ""


def test_what_fit_returns_is_taken_as_it_is():
    class History:
        history = HISTORY

    assert plot_gap(History()).lines[0].get_ydata().tolist() == HISTORY["loss"]


@pytest.mark.parametrize(
    ("history", "options", "message"),
    [
        ({"loss": [1.0]}, {}, r"no 'val_loss', it has \['loss'\]; a gap needs"),
        ({"loss": [1.0], "val_loss": [1.0]}, {"metric": "accuracy"}, "no 'accuracy' and no 'val_accuracy'"),
        ([1.0, 2.0], {}, "what fit"),
        (HISTORY, {"best": 5}, "best=5 .* epochs 1 to 4"),
        (HISTORY, {"best": 0}, "best=0"),
    ],
)
def test_a_history_without_a_gap_is_named(history, options, message):
    with pytest.raises(ValueError, match=message):
        plot_gap(history, **options)


# --- sizes of weights ------------------------------------------------------------------------------------


def test_each_outline_counts_every_weight_once():
    ax = plot_weight_sizes(WEIGHTS)
    for stairs in ax.patches:
        assert stairs.get_data().values.sum() == pytest.approx(100)


def test_weights_are_counted_at_their_power_of_ten_and_zeros_at_the_left_end():
    ax = plot_weight_sizes(WEIGHTS)
    values, edges, _ = ax.patches[1].get_data()  # L1: 0 and 1e-9, 2e-4, 0.9
    places = [np.searchsorted(edges, exponent, side="right") - 1 for exponent in (np.log10(2e-4), np.log10(0.9))]
    assert values[0] == 50 and all(values[place] == 25 for place in places)


def test_shares_below_the_threshold_are_written_beside_the_names():
    def names(**options):
        return [text.get_text() for text in plot_weight_sizes(WEIGHTS, **options).get_legend().get_texts()]

    assert names() == ["plain: 0% below 0.001", "L1: 75% below 0.001"]
    assert names(threshold=0.25) == ["plain: 50% below 0.25", "L1: 75% below 0.25"]


def test_outlines_are_told_apart_without_colour():
    styles = [stairs.get_linestyle() for stairs in plot_weight_sizes(WEIGHTS).patches]
    assert len(set(styles)) == len(styles)


@pytest.mark.parametrize(
    ("weights", "options", "message"),
    [
        ({}, {}, "weights is empty"),
        ({"L1": [np.nan]}, {}, "weights of 'L1'"),
        ({"L1": []}, {}, "weights of 'L1' .* got 0"),
        (WEIGHTS, {"threshold": 0.0}, r"threshold must be positive, got 0\.0"),
    ],
)
def test_bad_weights_are_named(weights, options, message):
    with pytest.raises(ValueError, match=message):
        plot_weight_sizes(weights, **options)
