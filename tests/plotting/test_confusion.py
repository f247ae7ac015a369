"""The confusion matrix."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from nnlib.plotting import plot_confusion


def test_confusion_shows_the_shares_that_scikit_learn_counts():
    rng = np.random.default_rng(1)
    true, predicted = rng.integers(0, 3, 200), rng.integers(0, 3, 200)
    ax = plot_confusion(true, predicted, class_names=list("abc"))
    expected = 100 * confusion_matrix(true, predicted, normalize="true")
    np.testing.assert_allclose(ax.images[0].get_array(), expected)
    assert [text.get_text() for text in ax.texts] == [f"{share:.0f}" for share in expected.ravel()]


def test_confusion_takes_a_class_that_never_occurs():
    ax = plot_confusion([0, 0], [0, 0], class_names=["cat", "dog"])
    np.testing.assert_array_equal(ax.images[0].get_array(), [[100, 0], [0, 0]])


@pytest.mark.parametrize(
    ("true", "predicted", "words"),
    [
        ([0, 3], [0, 1], "y_true holds 3, and class_names names 2 classes: 0 to 1"),
        ([0, 1], [[0.1, 0.9], [1, 0]], "y_pred must be one class"),
        ([0, 1], [0.5, 1], r"y_pred holds 0\.5"),
        (["cat"], [0], "y_true holds 'cat'"),
        ([], [], r"y_true must be one class .* got \(0,\)"),
        ([0, 1], [0], "got 2 and 1"),
    ],
)
def test_confusion_names_what_does_not_fit(true, predicted, words):
    with pytest.raises(ValueError, match=words):
        plot_confusion(true, predicted, class_names=["cat", "dog"])
