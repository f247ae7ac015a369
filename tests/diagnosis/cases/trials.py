"""What training shows of a broken set-up and of its cure: `TRIALS[name]` says how it is measured."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cases.data import fitted

TRIALS: dict[str, "Trial"] = {}


@dataclass(frozen=True)
class Trial:
    """Trained with `fit`, the broken set-up raises or scores below `bar`, and the cured one reaches it.

    Attributes
    ----------
    score : callable
        `score(model, x, y)` is higher for a better model.
    bar : float
        Lies between the two.
    fit : dict
        How both are trained; empty where the set-up comes trained.
    """

    score: Callable[[Any, Any, Any], float]
    bar: float
    fit: dict[str, Any]

    def measure(self, model, x, y) -> float:
        """Train the model and return its score."""
        if self.fit:
            fitted(model, x, y, **self.fit)
        return self.score(model, x, y)


def learns(score, bar, **fit):
    """Note down how the cure of the decorated set-up is measured."""

    def note(set_up):
        TRIALS[set_up.__name__] = Trial(score, bar, fit)
        return set_up

    return note
