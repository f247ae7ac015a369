"""Rules on training: the curves of a history, dead and starved layers, and trial steps on copied weights."""

import numpy as np

from .case import Case
from .findings import Finding

CHANCE = 0.98
DEAD = 0.5
STARVED = 0.005
GAP = 0.1
RISEN = 1.5


def overfitting(case: Case) -> Finding | None:
    """Training leaves validation behind: accuracy 0.1 above it, or the validation loss 1.5 times its own minimum.

    The gap is measured on both data sets where validation data is given (less two standard errors of the sample), else
    averaged over the last three epochs of the history. Sound networks of the lessons stay below 0.08.
    The second rule also needs a training loss that kept falling since the minimum.
    """
    gap, rise = case.accuracy_gap, case.validation_rise
    if gap is not None and gap >= GAP:
        problem = (
            f"Accuracy is at least {gap:.2f} higher on the training data than on the validation data: overfitting."
        )
        evidence = gap
    elif rise is not None and rise >= RISEN:
        problem = f"The validation loss rose to {rise:.1f} times its minimum while the training loss fell: overfitting."
        evidence = rise
    else:
        return None
    remedy = "Get more data, stop early (EarlyStopping), add dropout or an L2 penalty, or take a smaller model."
    return Finding("overfitting", "warning", problem, remedy, float(evidence))


def learning_rate_too_high_in_weights(case: Case) -> Finding | None:
    """A weight is NaN or infinite: the steps grew without end, and training cannot bring the weight back."""
    broken = sum(int((~np.isfinite(array)).sum()) for array in case.model.get_weights())
    if not broken:
        return None
    return _too_high("error", f"{broken:,} weights are NaN or infinite: the training diverged.", broken)


def learning_rate_too_high_in_history(case: Case) -> Finding | None:
    """The training loss is not finite, ends 1.5 times above its start, or jumps up again and again.

    A jump is a rise by more than 5 % of the first loss; more than one epoch in four, of eight or more, is too often.
    Measuring jumps against the first loss leaves the small noise of a model that has nearly finished alone.
    """
    loss = case.curves.get("loss", np.array([]))
    lost = int((~np.isfinite(loss)).sum())
    if lost:
        return _too_high("error", "The training loss became NaN or infinite.", lost)
    if len(loss) < 2:
        return None
    if loss[-1] > 1.5 * loss[0] > 0:
        growth = loss[-1] / loss[0]
        return _too_high("error", f"The training loss ended {growth:.1f} times as high as it began.", growth)
    jumps = (np.diff(loss) > 0.05 * abs(loss[0])).mean()
    if len(loss) < 8 or jumps <= 0.25:
        return None
    return _too_high("warning", f"The training loss jumped up in {jumps:.0%} of the epochs.", jumps)


def learning_rate_too_low_in_history(case: Case) -> Finding | None:
    """Over five epochs or more the loss fell by less than 2 % in all, but steadily (in four of five epochs).

    Steady falling tells it from a loss that is stuck. Models that already beat a constant answer by half are
    left alone: their loss may simply have arrived.
    """
    loss = case.curves.get("loss", np.array([]))
    if len(loss) < 5 or not np.isfinite(loss).all() or case.has_learned(0.5):
        return None
    fall = (loss[0] - loss[-1]) / abs(loss[0]) if loss[0] else 0.0
    if not 0 < fall < 0.02 or (np.diff(loss) < 0).mean() < 0.8:
        return None
    return _too_low(f"In {len(loss)} epochs the loss fell by only {fall:.2%}, slowly and steadily.", fall)


def learning_rate_too_high_in_trial(case: Case) -> Finding | None:
    """Twenty trial steps on one batch raise the loss by a tenth, or to five times on the way; smaller steps lower it.

    On one fixed batch nothing but the size of the steps can raise the loss. Five times, because Adam at a rate that
    still works may double the loss in its first steps (measured on digits: 1.9 times at 0.1, 25 times at 0.3).
    That one of 1/10, 1/100 and 1/1000 of the learning rate lowers the loss shows that the rate is to blame. A loss that
    stays below half of a constant answer's is left alone: a freshly compiled optimizer may shake a finished model.
    """
    if case.long_history:
        return None
    before, after = _ends(case.trial())
    peak = np.nan_to_num(case.trial(), nan=np.inf).max()
    floor = max(before, 0.5 * case.chance_loss if case.chance_loss else 0.0)
    if after <= 1.1 * floor and peak <= 5 * floor:
        return None
    for factor in (0.1, 0.01, 0.001):
        if _ends(case.trial(factor))[1] < before:
            grew = "became NaN or infinite" if np.isinf(peak) else f"rose from {before:.3g} to {peak:.3g}"
            problem = f"In 20 trial steps the loss {grew}; with {factor:g} times the learning rate it falls."
            return _too_high("error", problem, case.learning_rate)
    return None


def learning_rate_too_low_in_trial(case: Case) -> Finding | None:
    """Twenty trial steps on one batch lower the loss by less than 0.2 %, and larger steps by more than 5 %.

    At 0.2 % in twenty steps, halving the loss takes seven thousand. Measured: 0.35 % or more for SGD at 0.001 on scaled
    data, 0.1 % at 0.0001. Tried are 100, 10,000 and a million times the learning rate. Models that have learned,
    and learning rates on a schedule (which may begin near zero), are left alone.
    """
    if case.long_history or case.has_learned(0.5) or case.on_schedule:
        return None
    before, after = _ends(case.trial())
    fall = (before - after) / abs(before) if before else 0.0
    if not -0.002 < fall < 0.002:
        return None
    for factor in (100, 10_000, 1_000_000):
        if _ends(case.trial(factor))[1] < 0.95 * before:
            problem = (
                f"In 20 trial steps the loss fell by {max(fall, 0):.2%}; {factor:,} times the rate makes it fall fast."
            )
            return _too_low(problem, case.learning_rate)
    return None


def loss_at_chance(case: Case) -> Finding | None:
    """After 100 steps or more the loss is still at least 0.98 times that of a constant answer.

    The best constant answer has the entropy of the class shares as its loss, ln(k) for k equal classes, and the
    variance of the targets for a squared error. 2 % leave room for a model that has learned a little.
    """
    if case.steps_taken < 100 or case.sample_loss is None or not case.chance_loss:
        return None
    if not case.sample_loss >= CHANCE * case.chance_loss:
        return None
    classes = case.class_counts
    chance = f"ln({np.count_nonzero(classes)}) = " if classes is not None and np.ptp(classes) == 0 else ""
    return Finding(
        "loss-at-chance",
        "warning",
        f"After {case.steps_taken:,} steps the loss is {case.sample_loss:.3f}; "
        f"a constant answer has {chance}{case.chance_loss:.3f}. Nothing was learned.",
        "Check that labels belong to their rows, then try another learning rate, ReLU, or a larger network.",
        case.sample_loss,
    )


def dead_relus(case: Case) -> Finding | None:
    """Half or more of the units of a hidden ReLU layer (of eight or more) give 0 for every sample.

    Such units get no gradient and stay dead. Sound networks lose many too (two thirds of the first layer in a CIFAR-10
    MLP), so it is a warning only where the model has not beaten a constant answer by 5 %, or where nine in ten
    are dead. A layer of any size that is all dead lets nothing through: an error.
    """
    if not case.relu_peaks:
        return None
    shares = {
        name: float((peaks <= 0).mean())
        for name, peaks in case.relu_peaks.items()
        if len(peaks) >= 8 or peaks.max() <= 0
    }
    name = max(shares, key=shares.get, default=None)
    if name is None or shares[name] < DEAD:
        return None
    share = shares[name]
    severity = "error" if share == 1 else "note" if share < 0.9 and case.has_learned(0.95) else "warning"
    return Finding(
        "dead-relus",
        severity,
        f"{share:.0%} of the ReLU units of layer {name!r} give 0 for all {len(case.x_sample)} samples looked at, "
        "and get no gradient from them.",
        "The model learns all the same; a smaller learning rate or inputs around zero keep more units alive."
        if severity == "note"
        else "Build the model again and train with a smaller learning rate, or use LeakyReLU in the hidden layers.",
        share,
    )


def vanishing_gradients(case: Case) -> Finding | None:
    """Of four or more layers, the gradient in the first is below 0.005 of that in the last.

    Compared is the root mean square per weight. Each sigmoid multiplies the gradient by at most 0.25. Measured at
    the start: 0.0001 for six sigmoid layers, 0.0015 for four; 0.2 to 1 for ReLU and tanh, ten layers included;
    0.007 for two wide sigmoid layers, which train well. Only a note where the model has learned all the same.
    """
    sizes = case.gradient_sizes
    if len(sizes) < 4 or not sizes[-1] > 0:
        return None
    ratio = sizes[0] / sizes[-1]
    if not ratio < STARVED:
        return None
    return Finding(
        "vanishing-gradients",
        "note" if case.has_learned(0.9) else "warning",
        f"The gradient in the first layer is {ratio:.1e} times that in the last: the early layers hardly learn.",
        "Use ReLU (or ELU, GELU) in the hidden layers instead of sigmoid or tanh, or fewer layers.",
        ratio,
    )


def _ends(losses: np.ndarray) -> tuple[float, float]:
    """Return the loss before the first step and at the end (the median of the last three; inf if any is not finite)."""
    return float(losses[0]), float(np.median(losses[-3:])) if np.isfinite(losses).all() else np.inf


def _too_high(severity: str, problem: str, evidence: float) -> Finding:
    remedy = "Build the model again and train it with a learning rate 10 times smaller."
    return Finding("learning-rate-too-high", severity, f"{problem} The steps are too large.", remedy, float(evidence))


def _too_low(problem: str, evidence: float) -> Finding:
    remedy = "Try a learning rate 10 to 100 times larger; Adam's usual one is 0.001."
    return Finding("learning-rate-too-low", "warning", f"{problem} The steps are too small.", remedy, float(evidence))
