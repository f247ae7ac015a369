"""All set-ups: importing the modules beside this one fills the two lists; and the example of each rule."""

from importlib import import_module
from pathlib import Path

from cases.declare import BROKEN, HEALTHY, Broken, unpacked
from cases.trials import TRIALS

for _path in sorted(Path(__file__).parent.glob("*_*.py")):  # broken_….py and healthy_….py
    import_module(f"cases.{_path.stem}")

__all__ = ["BROKEN", "EXAMPLES", "HEALTHY", "NOT_SEEN", "unpacked"]

# What the rules do not see yet, or no honest rule can: each fails its test, and is taken off this list when it is seen.
NOT_SEEN = {
    "sorted_rows_not_shuffled": "a note: what fit was told about shuffling leaves no trace in the model",
    "target_of_a_regression_among_the_inputs": "a note: a noise-free straight line over one column looks the same",
    "label_in_the_last_step_of_a_sequence": "to remember a value of the sequence is also a task that is set on purpose",
    "accuracy_beside_a_sparse_loss_of_ones_own": "Keras 3 chooses the right accuracy by the shapes",
    "ones_in_every_kernel": "measured: the gradients of the units differ",
    "reduced_on_every_plateau": "a rate lowered on a plateau also follows learning that has arrived",
    "loss_divided_by_a_million": "Adam does not mind, and trial steps are not taken after five epochs",
    "activity_penalty_of_ten": "found as dead ReLUs, which the penalty made",
    "one_step_an_epoch": "a fit of few steps may be meant",
    "gradients_gathered_over_a_hundred_batches": "no rule on gathered gradients yet",
}


def _clear(case: Broken) -> tuple[bool, bool]:
    """Whether it has a cure, and whether its training can be watched."""
    return case.has_cure, case.name in TRIALS and bool(TRIALS[case.name].fit)


# The clearest set-up of each rule that sees it, the first of several: the book shows it.
EXAMPLES = {
    code: max((case for case in BROKEN if case.code == code and case.name not in NOT_SEEN), key=_clear)
    for code in dict.fromkeys(case.code for case in BROKEN)
}
