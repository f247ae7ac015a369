"""Images in a grid."""

import numpy as np
import pytest

from nnlib.plotting import show_images

IMAGES = np.random.default_rng(0).random((6, 8, 8, 3))


def test_images_marks_right_and_wrong_in_words_too():
    ax = show_images(IMAGES, list("abcdef"), predictions=list("abcxyz"), n=4)
    assert [text.get_text() for text in ax.texts] == ["✓ a", "✓ b", "✓ c", "✗ x\n(is d)"]
    frames = [patch.get_linewidth() for patch in ax.patches]
    assert frames[0] < frames[3]


def test_images_shows_the_pixels_it_is_given():
    ax = show_images(IMAGES, n=2)
    np.testing.assert_array_equal(ax.images[1].get_array(), IMAGES[1])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n": 7}, "n=7 images were asked for, and images holds 6"),
        ({"n": 0}, "n=0"),
        ({"n": 2, "labels": ["a"]}, "6 images need as many labels, got 1"),
        ({"n": 2, "predictions": list("abcdef")}, "labels is None"),
    ],
)
def test_images_names_what_does_not_fit(arguments, words):
    with pytest.raises(ValueError, match=words):
        show_images(IMAGES, **arguments)


def test_images_wants_pictures():
    with pytest.raises(ValueError, match=r"got \(6, 192\)"):
        show_images(IMAGES.reshape(6, -1))
