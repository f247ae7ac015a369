"""Images in a grid."""

import numpy as np
import pandas as pd
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


@pytest.mark.parametrize("shape", [(1, 8, 8), (1, 8, 8, 1)])
@pytest.mark.parametrize(
    ("pixel", "grey"), [(np.uint8(255), 1), (np.int64(0), 0), (1.0, 1), (0.2, 0.2), (True, 1), (7.0, 1), (-1.0, 0)]
)
def test_a_grey_image_of_one_pixel_value_has_its_own_grey(shape, pixel, grey):
    (image,) = show_images(np.full(shape, pixel), n=1).images
    assert image.to_rgba(image.get_array())[0, 0, :3] == pytest.approx([grey] * 3, abs=0.01)


@pytest.mark.parametrize(
    ("labels", "predictions", "captions"),
    [
        ([[1], [2]], [1, 1], ["✓ 1", "✗ 1\n(is 2)"]),
        ([1, 2], np.array([1.0, 3.0]), ["✓ 1.0", "✗ 3.0\n(is 2)"]),
        (pd.Series([1, 2], index=[2.0, 1.0]), ["1", "3"], ["✓ 1", "✗ 3\n(is 2)"]),
    ],
)
def test_images_compares_values_whatever_their_form(labels, predictions, captions):
    ax = show_images(IMAGES[:2], labels, predictions=predictions, n=2)
    assert [text.get_text() for text in ax.texts] == captions


def test_images_writes_captions_as_they_stand():
    ax = show_images(IMAGES, [r"$\bad$"] * 6, n=1)
    ax.figure.canvas.draw()
    assert ax.texts[0].get_text() == r"$\bad$"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"columns": 0}, "columns must be at least 1, got 0"),
        ({"n": 7}, "n=7 images were asked for, and images holds 6"),
        ({"n": 0}, "n=0"),
        ({"n": 2, "labels": ["a"]}, "6 images need as many labels, got 1"),
        ({"n": 2, "predictions": list("abcdef")}, "labels is None"),
    ],
)
def test_images_names_what_does_not_fit(arguments, words):
    with pytest.raises(ValueError, match=words):
        show_images(IMAGES, **{"n": 6} | arguments)


def test_images_wants_pictures():
    with pytest.raises(ValueError, match=r"got \(6, 192\)"):
        show_images(IMAGES.reshape(6, -1))
