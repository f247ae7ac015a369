"""Maps of attention weights."""

import numpy as np
import pytest

from nnlib.plotting import animate_attention, plot_attention

WEIGHTS = np.array([[0.7, 0.2, 0.1], [0.0, 1.0, 0.0]])
QUERIES, KEYS = ["he", "sees"], ["a", "b", "c"]


def test_each_cell_holds_the_weight_of_its_pair_of_tokens():
    ax = plot_attention(WEIGHTS, QUERIES, KEYS)
    (image,) = ax.images
    np.testing.assert_array_equal(image.get_array(), WEIGHTS)
    assert [label.get_text() for label in ax.get_yticklabels()] == QUERIES
    assert [label.get_text() for label in ax.get_xticklabels()] == KEYS
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written[(0, 0)] == "0.70"
    assert written[(1, 0)] == "0.20"
    assert written[(1, 1)] == "1.00"


def test_tokens_look_at_one_another_where_no_keys_are_named():
    ax = plot_attention(np.eye(3), KEYS)
    assert [label.get_text() for label in ax.get_xticklabels()] == KEYS


def test_the_same_weight_has_the_same_shade_in_every_map_and_more_is_darker():
    images = [plot_attention(w, ["q"], ["a", "b"]).images[0] for w in ([[0.5, 0.5]], [[0.0, 1.0]])]
    shades = [np.dot(image.cmap(image.norm(v))[:3], [0.299, 0.587, 0.114]) for image in images for v in (0.0, 0.5, 1.0)]
    assert shades[:3] == shades[3:]
    assert shades[0] > shades[1] + 0.2 > shades[2] + 0.4


def test_a_large_map_has_no_numbers_in_its_cells():
    assert not plot_attention(np.full((8, 8), 1 / 8), list("abcdefgh")).texts


def test_numbers_can_be_read_on_their_cells():
    texts = plot_attention([[0.0, 1.0]], ["q"], ["a", "b"]).texts
    assert [text.get_color() for text in texts] == ["#000000", "white"]


def test_the_film_has_one_frame_per_epoch_and_a_text_alternative():
    film = animate_attention(np.stack([WEIGHTS] * 3), QUERIES, KEYS, epochs=[0, 1, 5], alt="rows of shares")
    assert len(film) == 3
    assert film.alt == "rows of shares"


def test_the_frames_differ_where_the_weights_do():
    same = animate_attention([[[1.0, 0.0]], [[1.0, 0.0]]], ["q"], ["a", "b"], epochs=[3, 3])
    other = animate_attention([[[0.0, 1.0]], [[1.0, 0.0]]], ["q"], ["a", "b"], epochs=[3, 3])
    assert len(other._patches[0]) > len(same._patches[0])


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (WEIGHTS.T, r"shape \(2, 3\), one number per pair of tokens, got \(3, 2\)"),
        (WEIGHTS * 2, "a row with the sum 2 "),
        ([[1.5, -0.5, 0.0], [0, 1, 0]], "a smallest weight of -0.5; give the weights after the softmax"),
        ([[np.nan, 0.5, 0.5], [0, 1, 0]], "sum nan"),
    ],
)
def test_what_is_no_set_of_shares_is_named(weights, message):
    with pytest.raises(ValueError, match=message):
        plot_attention(weights, QUERIES, KEYS)


def test_a_film_needs_one_map_per_epoch():
    with pytest.raises(ValueError, match=r"shape \(2, 2, 3\)"):
        animate_attention(WEIGHTS[None], QUERIES, KEYS, epochs=[0, 1])
