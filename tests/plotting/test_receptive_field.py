"""The receptive field from the side."""

import numpy as np
import pytest

from nnlib.plotting import plot_receptive_field


def reached(layers):
    """Inputs from which the output at the first place changes: found by moving each input of a 1-D network."""
    n = 40

    def forward(x):
        for size, stride in layers:
            x = np.array([x[i : i + size].sum() for i in range(0, len(x) - size + 1, stride)])
        return x[0]

    base = forward(np.zeros(n))
    return [i for i in range(n) if forward(np.eye(n)[i]) != base]


@pytest.mark.parametrize("layers", [[(3, 1)], [(3, 1), (3, 1)], [(4, 2), (3, 2), (3, 2)], [(5, 2), (2, 2), (3, 1)]])
def test_the_lowest_row_holds_every_input_that_the_unit_depends_on(layers):
    ax = plot_receptive_field({f"layer {i}": window for i, window in enumerate(layers)})
    lowest = ax.lines[0].get_xdata()
    assert len(lowest) == len(reached(layers))
    assert [text.get_text() for text in ax.texts][-1] == f"layer {len(layers) - 1}: 1"


def test_lines_join_each_unit_with_its_window():
    ax = plot_receptive_field({"conv": (3, 1), "pool": (2, 2)})
    segments = [line for lines in ax.collections for line in lines.get_segments()]
    assert len(segments) == 2 * 3 + 1 * 2
    pixels = {tuple(start) for start, end in segments if end[1] == 1}
    assert pixels == {(float(i), 0.0) for i in range(4)}


def test_a_unit_stands_over_the_middle_of_its_window():
    ax = plot_receptive_field({"conv 1": (4, 2), "conv 2": (3, 2)})
    pixels, *_, top = (line.get_xdata() for line in ax.lines)
    assert top == pytest.approx([pixels.mean()])


@pytest.mark.parametrize(("layers", "words"), [({}, "layers is empty"), ({"a": (3, 0)}, r"'a' .*got \(3, 0\)")])
def test_layers_that_cannot_be_are_named(layers, words):
    with pytest.raises(ValueError, match=words):
        plot_receptive_field(layers)
