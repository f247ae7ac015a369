# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""What an optimizer step is after schedule, clipping and penalties, and how many there are."""

import keras
import numpy as np

from ..case import Case, has_matrix
from ..registry import Found, rule

FEW_STEPS = 50
COLLAPSED, HALVED = 0.2, 0.5
FIRST_IN_TABLE = 0.05 / 3**0.5  # root mean square of equally likely numbers from -0.05 to 0.05


@rule("warning", "cause")
def learning_rate_decayed(case: Case) -> Found | None:
    """A schedule that is over long before the training is: decay_steps counts steps, not epochs.

    Looked at are the steps that a history shows, else those of one epoch. Fires where the learning rate ends below a
    hundredth of its largest, and its mean is below 0.15 of that, or it is below a hundredth for more than half of the
    steps. Cosine and linear schedules that end with the training have a mean of about one half. Silent where the loss
    is below 0.3 of a constant answer's.
    """
    steps = max(case.epoch_steps, case.steps_taken if case.curves else 0)
    if case.schedule is None or steps < 5 or (case.has_learned(0.3) and case.chance_loss is not None):
        return None
    at = np.unique(np.linspace(0, steps, 33).astype(int))
    rates = np.array(
        [float(keras.ops.convert_to_numpy(keras.ops.convert_to_tensor(case.schedule(int(step))))) for step in at]
    )
    mean = float(rates.mean())  # evenly spaced steps
    small = float((rates < 0.01 * rates.max()).mean())
    if not rates.max() > 0 or rates[-1] >= 0.01 * rates.max() or (mean >= 0.15 * rates.max() and small <= 0.5):
        return None
    return Found(
        "warning",
        f"The learning rate falls from {rates.max():.2g} to {rates[-1]:.1e} within {steps} steps.",
        "Let the schedule fall more slowly: decay_steps counts optimizer steps, so multiply it by the steps of "
        "an epoch.",
        rates[-1],
        "as learning rate in the end",
    )


@rule("warning", "cause")
def warm_up_too_long(case: Case) -> Found | None:
    """A schedule that is still far below its largest learning rate when the training is over.

    Looked at are the steps that a history shows, else those of a hundred epochs; fires where the largest rate in them
    is below a twentieth of the largest in ten million steps, and the loss is above 0.9 of a constant answer's.
    """
    steps = case.steps_taken if case.curves else 100 * case.epoch_steps
    if case.schedule is None or not steps or (case.has_learned(0.9) and case.steps_taken):
        return None
    now = max(_rate(case, step) for step in np.linspace(0, steps, 9))
    top = max(_rate(case, step) for step in np.geomspace(steps, max(1e7, 2 * steps), 29))
    if not now < 0.05 * top:
        return None
    return Found(
        "warning",
        f"The learning rate only reaches {now:.1e} in {steps:,} steps; it is meant to rise to {top:.1e}.",
        "Make warmup_steps a part of the training, for example one epoch: it counts optimizer steps.",
        now / top,
        "of the largest learning rate",
    )


def _rate(case: Case, step: float) -> float:
    return float(keras.ops.convert_to_numpy(keras.ops.convert_to_tensor(case.schedule(int(step)))))


@rule("warning", "cause")
def average_overwrites(case: Case) -> Found | None:
    """The moving average of the weights overwrites them so often that they stay where they are.

    Every ema_overwrite_frequency steps the weights become their average, which has gone 1 - ema_momentum ** steps of
    the way. Fires below a twentieth: what the steps gained is lost.
    """
    every = getattr(case.optimizer, "ema_overwrite_frequency", None)
    if not getattr(case.optimizer, "use_ema", False) or not every or (case.steps_taken and case.has_learned(0.9)):
        return None
    gone = 1 - float(case.optimizer.ema_momentum) ** every
    if gone >= 0.05:
        return None
    return Found(
        "warning",
        f"Each {every} steps the weights are overwritten by their moving average, which has gone {gone:.2%} of the "
        "way.",
        "Leave ema_overwrite_frequency out: then the average replaces the weights once, after fit.",
        gone,
        "of the way",
    )


@rule("warning", "cause")
def constraint_too_tight(case: Case) -> Found | None:
    """A constraint cuts the weights of a layer to less than a tenth of the size that they start with.

    Measured: the kernel that Glorot's rule draws, before and after kernel_constraint. Weights that are clipped for a
    critic, for which no constant answer is known, are left alone, and a model that has learned.
    """
    if case.chance_loss is None or (case.steps_taken and case.has_learned(0.9)):
        return None
    for call in case.calls:
        kernel, constraint = (getattr(call.layer, name, None) for name in ("kernel", "kernel_constraint"))
        if kernel is None or constraint is None or len(kernel.shape) < 2:
            continue
        fans = np.prod(kernel.shape[:-2]) * (kernel.shape[-2] + kernel.shape[-1])
        drawn = np.random.default_rng(0).normal(size=kernel.shape) * np.sqrt(2 / fans)
        kept = keras.ops.convert_to_numpy(constraint(keras.ops.convert_to_tensor(drawn.astype("float32"))))
        ratio = float(np.linalg.norm(kept) / np.linalg.norm(drawn))
        if ratio < 0.1:
            return Found(
                "warning",
                f"The constraint on the weights of layer {call.layer.name!r} cuts them to {ratio:.1e} of the size that "
                "they start with.",
                f"Take kernel_constraint out of layer {call.layer.name!r}, or allow a norm of 1 to 4.",
                ratio,
                "of the usual size",
            )
    return None


@rule("warning", "cause")
def clipping_too_strong(case: Case) -> Found | None:
    """Gradients are cut to less than a hundredth of their length, and trial steps lead nowhere.

    An optimizer that scales its steps itself (Adam, RMSprop) does not mind; plain gradient descent stands still. Fires
    where the loss falls by less than 0.2 % in the trial steps.
    """
    if case.training is None or (case.has_learned(0.5) and case.chance_loss is not None):
        return None
    sizes = [float(np.linalg.norm(one)) for one in case.training.gradients if one is not None]
    largest = max((float(np.abs(one).max()) for one in case.training.gradients if one is not None), default=0.0)
    for name, size in (
        ("clipnorm", max(sizes, default=0.0)),
        ("global_clipnorm", float(np.linalg.norm(sizes))),
        ("clipvalue", largest),
    ):
        limit = getattr(case.optimizer, name, None)
        if not limit or size <= 100 * limit or (losses := case.trial()) is None or len(losses) < 4:
            continue
        if not np.isfinite(losses).all() or losses[-1] < losses[0] - 0.002 * abs(losses[0]):
            continue
        return Found(
            "warning",
            f"{name}={limit:g} cuts gradients of {size:.2g} down to {limit / size:.1e} of their length: the steps "
            "are too small.",
            f"Take {name} out, or set it near 1.",
            limit / size,
            "of the gradient's length",
        )
    return None


@rule("warning", "cause")
def loss_summed(case: Case) -> Found | None:
    """The losses of a batch are added up instead of averaged, and steps get as many times larger as a batch has rows.

    Adam does not mind. Fires where trial steps, or the history, show that the loss grows.
    """
    curve = case.curves.get("loss", np.array([]))
    doubled = _grows_with_batch(case)
    if doubled is None or doubled < 1.7:
        return None
    losses = case.trial() if not case.long_history else curve
    grew = losses is not None and len(losses) > 1 and not losses[-1] < 1.1 * losses[0]
    broken = case.sample_loss is not None and not np.isfinite(case.sample_loss)
    if not (grew or broken or (len(curve) > 1 and not curve[-1] < curve[0] * 1.1)):
        return None
    return Found(
        "error",
        f"The loss {case.loss.name} adds up over a batch (twice the rows, {doubled:.2f} times the loss): the "
        "steps are too large.",
        'Average it: reduction="sum_over_batch_size", or keras.ops.mean instead of sum; else divide the rate by '
        "the batch size.",
        doubled,
        "times the loss for twice the rows",
    )


def _grows_with_batch(case: Case) -> float | None:
    """Return how many times larger the loss gets with the rows given twice."""
    rows = min(len(case.y_sample), 64)
    y, outputs = case.y_sample[:rows], np.nan_to_num(case.outputs[:rows])
    if case.y.size // len(case.y) != case.outputs[0].size and case.loss.name not in (
        "sparse_categorical_crossentropy",
    ):
        return None
    once, twice = case.loss_or_none(y, outputs), case.loss_or_none(np.repeat(y, 2, 0), np.repeat(outputs, 2, 0))
    return twice / once if once and twice and np.isfinite([once, twice]).all() else None


@rule("warning", "cause")
def regularization_too_strong(case: Case) -> Found | None:
    """A penalty or weight decay has pulled the weights to nothing, and the loss is that of a constant answer.

    Fires after 20 steps or more, where the kernel of a layer with a penalty has less than a fifth of the root mean
    square that it starts with (that of Glorot's rule; in an Embedding of numbers from -0.05 to 0.05), or less than
    half where the penalty alone is larger than a constant answer's loss, and the loss
    without penalties is at least 0.9 of a constant answer's. Measured on digits: L2 of 0.1 ends at 0.01 to 0.1 of the
    start; L2 of 0.001 and L1 of 0.0001 above 0.8.
    """
    decay = getattr(case.optimizer, "weight_decay", None) or 0.0
    if case.steps_taken < 20 or not case.chance_loss or case.has_learned(0.9):
        return None
    for call in case.calls:
        table = isinstance(call.layer, keras.layers.Embedding)
        option = "embeddings_regularizer" if table else "kernel_regularizer"
        kernel = getattr(call.layer, "embeddings" if table else "kernel", None)
        penalty = getattr(call.layer, option, None)
        if kernel is None or not (table or has_matrix(call.layer)) or not (penalty or decay > 0.01):
            continue
        values = np.asarray(keras.ops.convert_to_numpy(kernel), dtype="float64")
        fans = np.prod(values.shape[:-2]) * (values.shape[-2] + values.shape[-1])
        ratio = float(np.sqrt((values**2).mean()) / (FIRST_IN_TABLE if table else np.sqrt(2 / fans)))
        outweighs = case.training is not None and case.training.penalty > case.chance_loss
        if not ratio < (HALVED if outweighs else COLLAPSED):
            continue
        return Found(
            "warning",
            f"The penalty has pulled the weights of layer {call.layer.name!r} to {ratio:.2g} of their first size, "
            "and the model answers a constant.",
            f"Make {option} 100 times smaller, or take it out."
            if penalty
            else f"Make weight_decay={decay:g} 100 times smaller.",
            ratio,
            "of the first size",
        )
    return None


@rule("warning", "cause")
def too_few_steps(case: Case) -> Found | None:
    """All rows in one or two batches: an epoch is one or two steps, and a few epochs are next to none.

    Fires after less than 50 steps with at most two an epoch, on 256 rows or more, where the loss is still above half of
    a constant answer's and was falling at every epoch.
    """
    loss = case.curves.get("loss", np.array([]))
    if len(loss) < 2 or not case.steps_taken or case.has_learned(0.5) or len(case.x) < 256:
        return None
    steps = case.steps_per_epoch or case.steps_taken / len(loss)
    if steps > 2 or case.steps_taken >= FEW_STEPS or not np.all(np.diff(loss) < 0):
        return None
    if case.steps_taken > len(loss) * steps:  # the history is of a later fit: somebody goes on, and knows why
        return None
    return Found(
        "warning",
        f"Training took only {case.steps_taken} steps, {steps:g} an epoch, and the loss was still falling.",
        "Use a smaller batch_size in fit, for example 32, or many more epochs.",
        case.steps_taken,
        "steps",
    )
