"""The ring of training: its parts, its arrows, and clear words for a part that is not there."""

import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch

from nnlib.plotting import plot_training_loop


def lines(ax):
    return {text.get_text().split("{")[1].split("}")[0]: text for text in ax.texts}


def test_the_five_parts_follow_each_other_clockwise_and_the_data_enter_at_layers_and_loss():
    ax = plot_training_loop()
    places = {name: text.get_position() for name, text in lines(ax).items()}
    ring = ("layers", "prediction", "loss", "optimizer", "weights")
    centre = np.mean([places[name] for name in ring], axis=0)
    angles = np.unwrap([np.arctan2(*(np.array(places[name]) - centre)[::-1]) for name in ring])
    assert (np.diff(angles) < 0).all()
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    drawn = [tuple(map(tuple, arrow._posA_posB)) for arrow in arrows]
    wanted = [*zip(ring, ring[1:] + ring[:1], strict=True), ("inputs", "layers"), ("targets", "loss")]
    assert drawn == [(places[start], places[end]) for start, end in wanted]


def test_a_note_replaces_the_general_line_of_its_part_only():
    before, after = lines(plot_training_loop()), lines(plot_training_loop({"loss": "mean squared error"}))
    changed = {name for name in before if before[name].get_text() != after[name].get_text()}
    assert changed == {"loss"}
    assert after["loss"].get_text().endswith("\nmean squared error")


def test_no_two_boxes_overlap():
    ax = plot_training_loop()
    ax.figure.canvas.draw()
    boxes = [text.get_bbox_patch().get_window_extent() for text in ax.texts]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_a_part_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="no part of the loop is called 'gradient'; the parts are layers"):
        plot_training_loop({"gradient": "slope"})


def test_arrows_are_drawn_after_the_boxes_at_whose_rims_they_end():
    """The rim of a text is where it was drawn last: in a cropped picture, arrows drawn before it ran into it."""
    ax = plot_training_loop()
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    assert min(arrow.zorder for arrow in arrows) > max(text.zorder for text in ax.texts)
