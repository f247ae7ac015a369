"""Class probabilities of one prediction."""

import pytest

from nnlib.plotting import plot_probabilities


def test_probabilities_names_the_truth_and_wants_one_a_class():
    ax = plot_probabilities([0.2, 0.8], ["cat", "dog"], truth=0)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["truth: cat", "dog"]
    assert [bar.get_width() for bar in ax.patches] == [0.2, 0.8]
    with pytest.raises(ValueError, match="2 class names need as many probabilities"):
        plot_probabilities([0.2, 0.3, 0.5], ["cat", "dog"])


@pytest.mark.parametrize(
    ("probabilities", "truth", "message"),
    [
        ([0.2, 0.8], 5, "truth=5 is no class: class_names names 0 to 1"),
        ([0.2, 0.8], -1, "truth=-1"),
        ([float("nan"), 0.8], None, "between 0 and 1, got .*nan"),
        ([-1.0, 2.0], None, "between 0 and 1, .* softmax"),
    ],
)
def test_what_is_no_probability_or_no_class_is_named(probabilities, truth, message):
    with pytest.raises(ValueError, match=message):
        plot_probabilities(probabilities, ["cat", "dog"], truth=truth)
