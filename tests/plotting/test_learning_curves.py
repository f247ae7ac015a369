"""Learning curves, and the gap between training and validation."""

import numpy as np
import pytest

from nnlib.plotting import plot_gap, plot_history

HISTORY = {"loss": [3.0, 2.0, 1.0, 0.5], "val_loss": [3.1, 2.4, 2.2, 2.8], "accuracy": [0.1, 0.4, 0.5, 0.6]}


class History:
    """What `fit` returns."""

    history = HISTORY


def test_history_draws_train_solid_and_validation_dashed_in_one_colour():
    train, validation = plot_history(HISTORY).lines
    assert (train.get_linestyle(), validation.get_linestyle()) == ("-", "--")
    assert train.get_color() == validation.get_color()
    np.testing.assert_array_equal(train.get_xydata(), [[1, 3.0], [2, 2.0], [3, 1.0], [4, 0.5]])
    np.testing.assert_array_equal(validation.get_ydata(), HISTORY["val_loss"])


def test_both_take_what_fit_returns():
    assert len(plot_history(History()).lines) == 2
    assert len(plot_history({"a": History(), "b": HISTORY}, "accuracy").lines) == 2
    assert plot_gap(History()).lines[0].get_ydata().tolist() == HISTORY["loss"]


def test_history_gives_each_model_its_colour():
    ax = plot_history({"a": HISTORY, "b": HISTORY}, "accuracy", colors={"b": "#123456"})
    assert ax.lines[1].get_color() == "#123456"


def test_the_names_of_curves_that_diverge_stand_at_the_top():
    ax = plot_history({"loss": [1, 0.5, np.nan], "val_loss": [1, 2, np.inf]})
    ax.figure.canvas.draw()
    frame = ax.get_window_extent()
    for name in ax.texts:
        assert 0.5 * (frame.y0 + frame.y1) < name.get_window_extent().y0 < frame.y1


@pytest.mark.parametrize("history", [{}, [1, 2], None])
def test_history_says_what_it_wants(history):
    with pytest.raises(ValueError, match="history must be what fit"):
        plot_history(history)


def test_history_names_a_missing_metric_and_those_there_are():
    with pytest.raises(ValueError, match=r"no metric 'f1'; it has \['accuracy', 'loss', 'val_loss'\]"):
        plot_history(HISTORY, "f1")
    with pytest.raises(ValueError, match="history of 'b' has no metric 'accuracy'"):
        plot_history({"a": HISTORY, "b": {"loss": [1.0]}}, "accuracy")


@pytest.mark.parametrize("draw", [plot_history, plot_gap])
@pytest.mark.parametrize(
    ("history", "message"),
    [
        ({"loss": [4, 3, 2, 1], "val_loss": [2, 1]}, "4 values of 'loss' and 2 of 'val_loss'.*validation_freq"),
        ({"loss": [], "val_loss": []}, r"a number of 'loss' for each epoch, got the shape \(0,\)"),
        ({"loss": np.ones((2, 3))}, r"got the shape \(2, 3\)"),
    ],
)
def test_a_history_needs_a_number_for_each_epoch(draw, history, message):
    with pytest.raises(ValueError, match=message):
        draw(history)


def test_in_a_gap_training_is_solid_validation_is_dashed_and_the_gap_lies_between():
    ax = plot_gap(HISTORY)
    solid, dashed = ax.lines[:2]
    assert (solid.get_linestyle(), dashed.get_linestyle()) == ("-", "--")
    assert solid.get_color() == dashed.get_color()
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


@pytest.mark.parametrize(
    ("history", "options", "message"),
    [
        ({"loss": [1.0]}, {}, r"no 'val_loss', it has \['loss'\]; a gap needs"),
        ({"loss": [1.0], "val_loss": [1.0]}, {"metric": "accuracy"}, "no metric 'accuracy'"),
        ([1.0, 2.0], {}, "what fit"),
        (HISTORY, {"best": 5}, "best=5 .* epochs 1 to 4"),
        (HISTORY, {"best": 0}, "best=0"),
        (HISTORY, {"best": 1.5}, "best=1.5"),
        ({"a": HISTORY, "b": HISTORY}, {}, "one model, and history holds 'a', 'b'"),
    ],
)
def test_a_history_without_a_gap_is_named(history, options, message):
    with pytest.raises(ValueError, match=message):
        plot_gap(history, **options)
