"""The computation graph: numbers where they belong, and clear words where a graph cannot be drawn."""

import numpy as np
import pytest
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from nnlib.plotting import plot_computation_graph

NODES = {"a": (0, 1), "b": (0, -1), "ab": (2, 0), "L": (4, 0)}
EDGES = [("a", "ab", 3, -2), ("b", "ab", -2, 3), ("ab", "L", -6, 1)]


def texts(ax):
    return {text.get_text(): text for text in ax.texts if text.get_text()}


def test_leaves_are_boxes_computed_nodes_are_circles_and_edges_are_arrows():
    ax = plot_computation_graph(NODES, EDGES, title="A product")
    kinds = [type(patch) for patch in ax.patches]
    assert (kinds.count(FancyBboxPatch), kinds.count(Circle), kinds.count(FancyArrowPatch)) == (2, 2, 3)
    assert ax.get_title(loc="left") == "A product"
    assert all(text.get_fontsize() >= 11 for text in ax.texts)


@pytest.mark.parametrize(("start", "end"), [((0, 0), (2, 0)), ((0, 0), (2, 1)), ((0, 0), (2, -1.5))])
def test_the_value_stands_above_its_edge_and_the_gradient_below(start, end):
    ax = plot_computation_graph({"p": start, "q": end}, [("p", "q", 0.25, -0.125)])
    renderer = ax.figure.canvas.get_renderer()
    centres = []
    for name in ("0.2500", "−0.1250"):
        box = texts(ax)[name].get_window_extent(renderer)
        centres.append(ax.transData.inverted().transform(((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)))
    slope = (end[1] - start[1]) / (end[0] - start[0])
    above, below = (y - (start[1] + slope * (x - start[0])) for x, y in centres)
    assert above > 0.05
    assert below < -0.05


def test_beside_a_steep_edge_the_value_stands_over_the_gradient():
    ax = plot_computation_graph({"W": (0, 2.2), "z": (0, 0)}, [("W", "z", np.eye(2), -np.eye(2))], digits=1)
    found = texts(ax)
    value, gradient = found["1.0  0.0\n0.0  1.0"], found["−1.0  −0.0\n−0.0  −1.0"]
    renderer = ax.figure.canvas.get_renderer()
    assert value.get_window_extent(renderer).y0 >= gradient.get_window_extent(renderer).y1
    assert min(value.get_position()[0], gradient.get_position()[0]) > 0


def test_vectors_are_columns_and_a_missing_gradient_leaves_no_text():
    ax = plot_computation_graph({"x": (0, 0), "z": (2, 0)}, [("x", "z", [0.05, 0.1], None)], notes={"z": "a sum"})
    assert set(texts(ax)) == {"0.0500\n0.1000", "x", "z", "a sum"}


@pytest.mark.parametrize(
    ("edges", "notes", "message"),
    [
        ([("a", "c", 1, 1)], None, "no node is called 'c'; the nodes are 'a', 'b'"),
        (EDGES, {"w": "?"}, "no node is called 'w'"),
        ([("ab", "a", 1, 1)], None, r"edges lead to the right; this one goes from \(2.0, 0.0\)"),
        ([("a", "ab", np.zeros((2, 2, 2)), 1)], None, r"got the shape \(2, 2, 2\)"),
    ],
)
def test_what_cannot_be_drawn_is_named(edges, notes, message):
    with pytest.raises(ValueError, match=message):
        plot_computation_graph(NODES, edges, notes=notes)


def test_a_graph_without_nodes_is_named():
    with pytest.raises(ValueError, match="nodes is empty"):
        plot_computation_graph({}, [])
