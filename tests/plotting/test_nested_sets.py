"""Nested sets: each inside the one before, and told apart in grey."""

from itertools import pairwise

import pytest

from nnlib.plotting import plot_nested_sets

SETS = {"living things": "they grow", "animals": "they move", "dogs": "they bark", "poodles": "they are shorn"}


@pytest.mark.parametrize("n", [2, 3, 4])
def test_each_set_holds_all_later_ones_and_their_texts(n):
    ax = plot_nested_sets(dict(list(SETS.items())[:n]))
    ax.figure.canvas.draw()
    boxes = [patch.get_window_extent() for patch in ax.patches]
    for outer, inner in pairwise(boxes):
        assert outer.x0 < inner.x0 < inner.x1 < outer.x1
        assert outer.y0 < inner.y0 < inner.y1 < outer.y1
    texts = [text.get_window_extent() for text in ax.texts]
    for level, box in enumerate(boxes):
        own = texts[2 * level : 2 * level + 2]
        assert all(box.x0 < text.x0 and text.x1 < box.x1 and box.y0 < text.y0 and text.y1 < box.y1 for text in own)
        if level + 1 < n:
            assert all(text.y0 > boxes[level + 1].y1 for text in own)


def test_inner_sets_are_darker():
    greys = [sum(patch.get_facecolor()[:3]) for patch in plot_nested_sets(SETS).patches]
    assert all(a - b > 0.2 for a, b in pairwise(greys))


def test_one_set_alone_is_refused():
    with pytest.raises(ValueError, match=r"at least two sets, the outermost first, got \['dogs'\]"):
        plot_nested_sets({"dogs": "they bark"})
