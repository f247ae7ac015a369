"""Gradient norms by layer."""

import pytest

from nnlib.plotting import plot_gradient_norms


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_norms_run_from_the_input_on_a_log_axis():
    ax = plot_gradient_norms({"sigmoid": {"dense": 0.001, "dense_1": 1.0}, "ReLU": [0.5, 0.6]})
    assert ax.get_yscale() == "log"
    assert [list(line.get_ydata()) for line in ax.lines] == [[0.001, 1.0], [0.5, 0.6]]
    assert [list(line.get_xdata()) for line in ax.lines] == [[1, 2], [1, 2]]
    assert set(texts(ax)) == {"sigmoid", "ReLU"}
    assert ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()


def test_a_norm_of_zero_is_marked_and_not_hidden():
    ax = plot_gradient_norms({"dead": [0.0, 0.2, 0.4]})
    assert [line.get_marker() for line in ax.lines] == ["o", "x"]
    assert "0" in texts(ax)
    ax = plot_gradient_norms({"all dead": [0.0, 0.0]})
    assert texts(ax).count("0") == 2


@pytest.mark.parametrize(
    ("norms", "message"),
    [
        ({}, "norms is empty"),
        ({"a": []}, "norms of 'a' are empty"),
        ({"a": {"dense_2": -1.0}}, "'a': layer 'dense_2' has -1.0"),
        ({"a": [1.0, float("nan")]}, "'a': layer 2 has nan"),
    ],
)
def test_norms_that_are_none_are_named(norms, message):
    with pytest.raises(ValueError, match=message):
        plot_gradient_norms(norms)
