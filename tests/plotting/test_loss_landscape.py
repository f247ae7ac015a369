"""The landscape of a loss, ways down it, and the race of several."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from nnlib.plotting import Animation, animate_descent, loss_landscape, plot_loss_surface

LIMITS = (-2, 2), (-2, 2)
PATHS = {
    "SGD": np.array([(1.5, 1.0), (1.0, 0.5), (0.5, 0.2)]),
    "Adam": np.array([(1.5, 1.0), (0.5, 0.0), (0.0, 0.0)]),
}


def bowl(w1, w2):
    return w1**2 + 2 * w2**2


def test_surface_passes_on_a_grid_and_marks_the_end():
    seen = []
    plot_loss_surface(lambda w, b: seen.append((w, b)) or bowl(w, b), (-1, 2), (-3, 1))
    w, b = seen[0]
    assert (w.min(), w.max(), b.min(), b.max()) == (-1, 2, -3, 1)
    ax = plot_loss_surface(bowl, (-1, 2), (-1, 1), path=[(2, 1), (1, 0.5), (0, 0)])
    assert {text.get_text() for text in ax.texts} >= {"start", "end"}


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        (lambda *_: 1.0, "must return the shape"),
        (lambda w, _: w * np.nan, "finite and not negative"),
        (lambda w, _: w - 10, "finite and not negative"),
        (lambda w, _: 0 * w, "loss is the same, 0, everywhere"),
        (lambda w, _: 0 * w + 2, "loss is the same, 2, everywhere"),
    ],
)
def test_surface_says_what_a_loss_must_be(loss, words):
    with pytest.raises(ValueError, match=words):
        plot_loss_surface(loss, (-1, 1), (-1, 1))


def lines_through(ax, path):
    return [line for line in ax.lines if line.get_xydata().shape == path.shape and (line.get_xydata() == path).all()]


def test_every_path_is_drawn_and_named_with_a_marker_of_its_own():
    ax = plot_loss_surface(bowl, *LIMITS, path=PATHS)
    assert all(len(lines_through(ax, path)) == 1 for path in PATHS.values())
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["SGD", "Adam"]
    heads = [line for line in ax.lines if line.get_label() in PATHS]
    np.testing.assert_array_equal([head.get_xydata()[0] for head in heads], [path[-1] for path in PATHS.values()])
    assert len({head.get_marker() for head in heads}) == len({to_hex(head.get_color()) for head in heads}) == 2
    assert plot_loss_surface(bowl, *LIMITS, path=PATHS, legend=False).get_legend() is None
    assert (ax.get_xlim(), ax.get_ylim()) == LIMITS


@pytest.mark.parametrize(
    "path",
    [
        [(1.5, 1.0), (1.0, -0.5), (0.5, 0.2), (0.0, 0.0)],
        [(-1.8, 1.8), (0, 0)],
        PATHS,
        {"zigzag": [(-1.9, 1.9), (1.9, 0.5), (-1.9, -0.5), (1.9, -1.9)]},
    ],
)
def test_the_number_of_a_ring_stands_once_and_on_no_path_word_or_frame(path):
    ax = plot_loss_surface(lambda w1, w2: 100 * bowl(w1, w2), *LIMITS, path=path)
    ax.figure.canvas.draw()
    boxes = {text: text.get_window_extent() for text in ax.texts}
    numbers = [text for text in boxes if text.get_text() not in {"start", "end"}]
    assert numbers
    assert len({text.get_text() for text in numbers}) == len(numbers)
    assert all(float(text.get_text()) for text in numbers)
    assert not any("e" in text.get_text() for text in numbers)
    frame = ax.get_window_extent()
    for number in numbers:
        others = [box for text, box in boxes.items() if text is not number]
        assert not boxes[number].count_overlaps(others)
        assert frame.x0 < boxes[number].x0 < boxes[number].x1 < frame.x1
        assert frame.y0 < boxes[number].y0 < boxes[number].y1 < frame.y1
        for line in ax.lines:
            assert not line.get_transform().transform_path(line.get_path()).intersects_bbox(boxes[number], filled=False)


def test_a_path_that_is_drawn_later_along_the_valley_meets_no_number():
    ax = plot_loss_surface(lambda w, b: (w + b) ** 2 + 0.1 * (w - b) ** 2, *LIMITS)
    (floor,) = ax.plot([-1, 1], [1, -1])
    ax.figure.canvas.draw()
    way = floor.get_transform().transform_path(floor.get_path())
    assert ax.texts
    assert not any(way.intersects_bbox(text.get_window_extent(), filled=False) for text in ax.texts)


def test_six_paths_differ_in_colour_and_marker():
    ax = plot_loss_surface(bowl, *LIMITS, path={str(i): [(1, 1), (0, 0.1 * i)] for i in range(6)})
    heads = [line for line in ax.lines if line.get_label().isdigit()]
    assert len({line.get_marker() for line in heads}) == len({to_hex(line.get_color()) for line in heads}) == 6


@pytest.mark.filterwarnings("error")  # of the logarithm of Adam's last loss, exactly 0
def test_the_race_has_a_frame_a_step_up_to_a_limit_and_closes_its_figure(monkeypatch):
    assert len(animate_descent(bowl, *LIMITS, PATHS)) == 3
    monkeypatch.setattr(loss_landscape, "_FRAMES", 2)
    animation = animate_descent(bowl, *LIMITS, PATHS, alt="two points run down a bowl")
    assert isinstance(animation, Animation)
    assert len(animation) == 2
    assert "two points run down a bowl" in repr(animation)
    assert plt.get_fignums() == []


def test_a_runner_that_jumps_far_does_not_hide_how_low_the_others_come(monkeypatch):
    drawn, dress = [], loss_landscape._dress_losses
    monkeypatch.setattr(loss_landscape, "_dress_losses", lambda *all_: (drawn.append(all_[2]), dress(*all_)))
    jump = np.array([(1.5, 1.0), (9e5, 0.0), (1e-3, 0.0)])
    animate_descent(bowl, *LIMITS, {"jumps": jump, "walks": PATHS["SGD"]})
    np.testing.assert_allclose(drawn[0][0][[0, 2]], [4.25, 1e-6])


@pytest.mark.parametrize("draw", [lambda *a: plot_loss_surface(*a[:3], path=a[3]), animate_descent])
@pytest.mark.parametrize(
    ("paths", "message"),
    [
        ({}, "paths is empty"),
        ({"a": [1, 2, 3]}, r"path 'a' must have the shape \(n, 2\), got \(3,\)"),
        ({"a": [(0, 0), (np.inf, 0)]}, "path 'a' is not finite from step 1 on"),
    ],
)
def test_a_path_that_cannot_be_drawn_is_named(draw, paths, message):
    with pytest.raises(ValueError, match=message):
        draw(bowl, *LIMITS, paths)


def test_a_single_path_needs_no_name_in_the_message():
    with pytest.raises(ValueError, match=r"path must have the shape \(n, 2\), got \(3,\)"):
        plot_loss_surface(bowl, *LIMITS, path=[1, 2, 3])


def test_runners_with_different_numbers_of_steps_are_named():
    with pytest.raises(ValueError, match=r"as many steps, got \{'a': 2, 'b': 1\}"):
        animate_descent(bowl, *LIMITS, {"a": [(1, 1), (0, 0)], "b": [(1, 1)]})
