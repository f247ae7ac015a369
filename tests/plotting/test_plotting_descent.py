"""Several paths on one map of a loss, as a picture and as a race."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from nnlib.plotting import Animation, animate_descent, plot_descent

LIMITS = (-2, 2), (-2, 2)
PATHS = {
    "SGD": np.array([(1.5, 1.0), (1.0, 0.5), (0.5, 0.2)]),
    "Adam": np.array([(1.5, 1.0), (0.5, 0.0), (0.0, 0.0)]),
}


def bowl(w1, w2):
    return w1**2 + 2 * w2**2


def lines_through(ax, path):
    return [line for line in ax.lines if line.get_xydata().shape == path.shape and (line.get_xydata() == path).all()]


def test_every_path_is_drawn_and_named_with_a_marker_of_its_own():
    ax = plot_descent(bowl, *LIMITS, PATHS, title="Two ways down")
    assert all(len(lines_through(ax, path)) == 1 for path in PATHS.values())
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["SGD", "Adam"]
    heads = [line for line in ax.lines if line.get_label() in PATHS]
    np.testing.assert_array_equal([head.get_xydata()[0] for head in heads], [path[-1] for path in PATHS.values()])
    assert len({head.get_marker() for head in heads}) == len({to_hex(head.get_color()) for head in heads}) == 2
    assert ax.get_title(loc="left") == "Two ways down"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$w_1$", "$w_2$")
    assert (ax.get_xlim(), ax.get_ylim()) == LIMITS


def test_six_paths_differ_in_colour_and_marker():
    ax = plot_descent(bowl, *LIMITS, {str(i): [(1, 1), (0, 0.1 * i)] for i in range(6)})
    heads = [line for line in ax.lines if line.get_label().isdigit()]
    assert len({line.get_marker() for line in heads}) == len({to_hex(line.get_color()) for line in heads}) == 6


def test_it_draws_on_the_given_axes_without_a_legend_and_changes_nothing_global():
    before = dict(plt.rcParams)
    _, ax = plt.subplots()
    assert plot_descent(bowl, *LIMITS, PATHS, legend=False, ax=ax) is ax
    assert ax.get_legend() is None
    assert dict(plt.rcParams) == before


def test_the_race_shows_first_and_last_step_and_closes_its_figure():
    long = {name: np.linspace(path[0], path[-1], 101) for name, path in PATHS.items()}
    animation = animate_descent(bowl, *LIMITS, long, alt="two points run down a bowl")
    assert isinstance(animation, Animation)
    assert len(animation) == 26
    assert len(animate_descent(bowl, *LIMITS, PATHS)) == 3
    assert "two points run down a bowl" in repr(animation)
    assert plt.get_fignums() == []


def test_an_arrival_at_zero_fits_on_the_logarithmic_axis(recwarn):
    animate_descent(bowl, *LIMITS, PATHS)  # Adam's last loss is exactly 0
    assert not [warning for warning in recwarn if "log" in str(warning.message)]


@pytest.mark.parametrize("draw", [plot_descent, animate_descent])
@pytest.mark.parametrize(
    ("paths", "message"),
    [
        ({}, "paths is empty"),
        ({"a": [1, 2, 3]}, r"path 'a' must have the shape \(n, 2\), got \(3,\)"),
        ({"a": [(0, 0), (np.inf, 0)]}, "path 'a' is not finite from step 1 on"),
    ],
)
def test_what_cannot_be_drawn_is_named(draw, paths, message):
    with pytest.raises(ValueError, match=message):
        draw(bowl, *LIMITS, paths)


def test_runners_with_different_numbers_of_steps_are_named():
    with pytest.raises(ValueError, match="as many steps, got {'a': 2, 'b': 1}"):
        animate_descent(bowl, *LIMITS, {"a": [(1, 1), (0, 0)], "b": [(1, 1)]})
