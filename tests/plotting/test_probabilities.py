"""Class probabilities of one prediction."""

import pytest

from nnlib.plotting import plot_probabilities


def test_probabilities_names_the_truth_and_wants_one_a_class():
    ax = plot_probabilities([0.2, 0.8], ["cat", "dog"], truth=0)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["truth: cat", "dog"]
    assert [bar.get_width() for bar in ax.patches] == [0.2, 0.8]
    with pytest.raises(ValueError, match="2 class names need as many probabilities"):
        plot_probabilities([0.2, 0.3, 0.5], ["cat", "dog"])
