# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""What the first layers really receive: scale, centre, token numbers, padding, order of axes."""

import keras
import numpy as np

from ..case import DISTANCE, Case, has_matrix, spread
from ..registry import Found, rule
from ..running import Array, Call
from .data import lookup_of_one_vector

LARGE_INPUT = 10.0
SMALL_INPUT = 0.05
LARGE_TARGET = 100.0
SMALL_TARGET = 1e-3
OFF_CENTRE = 10.0
PADDED = 0.5
FORGOTTEN = 0.2
TOLD_APART = 0.5
FEW_PAIRS = 20
DROWNED = 5.0
MANY_COLUMNS = 300


def _normalized_next(case: Case, call: Call) -> bool:
    """Whether what the layer gives goes straight into a normalization, which takes any scale away."""
    kinds = (keras.layers.BatchNormalization, keras.layers.LayerNormalization, keras.layers.GroupNormalization)
    return any(isinstance(one.layer, kinds) and one.input is call.output for one in case.calls + _training_calls(case))


def _training_calls(case: Case) -> list[Call]:
    return case.training.calls if case.training is not None else []


@rule("error", "cause")
def inputs_not_scaled(case: Case) -> Found | None:
    """The first layer with weights is fed a feature whose root mean square is above 10.

    Initial weights and common learning rates expect about 1. Ten is where it breaks: gradient descent on a squared
    error diverges once learning_rate · 2 · mean(x²) > 2, which for Keras's SGD default of 0.01 is at a root mean
    square of 10. What counts is what the layer sees, after scaling anywhere before it. Silent where the layer is frozen
    (its weights were made for that scale), and a note where a normalization follows it.
    """
    call, fed = case.first_call, case.first_input
    if call is None or fed is None or not getattr(call.layer, "trainable_variables", ()):
        return None
    table = fed.reshape(-1, fed.shape[-1]) if hasattr(call.layer, "cell") else fed.reshape(len(fed), -1)
    sizes = np.sqrt((table**2).mean(axis=0))
    worst = int(sizes.argmax())
    if not sizes[worst] > LARGE_INPUT:
        return None
    name = case.feature_name(worst) if table.shape[1] == case.x[0].size else "one of the inputs"
    return Found(
        "note" if _normalized_next(case, call) else "error",
        f"The inputs are not scaled: {name} reaches layer {call.layer.name!r} with a root mean square of "
        f"{sizes[worst]:,.0f}, and weights and learning rates are made for about 1.",
        _stand_in(table[:, worst], name) or _scaling_advice(case),
        float(sizes[worst]),
        "as root mean square",
    )


def _scaling_advice(case: Case) -> str:
    if case.x.ndim > 3:
        return "Divide pixels by 255, or begin the model with keras.layers.Rescaling(1 / 255)."
    if case.x.ndim == 3 and not case.labels.one_hot and _looks_like_pixels(case.x):
        return "Divide pixels by 255, or begin the model with keras.layers.Rescaling(1 / 255)."
    if case.x.ndim == 3:
        return "Subtract the mean of the training rows from x and divide by their standard deviation."
    if _padded_words(case.x):
        return "These look like numbers of words: begin with an Embedding, since no scaling gives them a meaning."
    pixels = "" if case.columns else " (pixels: divide by 255)"
    return f"Standardise each column with StandardScaler, fitted on the training rows only{pixels}."


def _stand_in(column: Array, name: str) -> str:
    """What to do where one number, such as -999, stands in a column for what is missing; else nothing."""
    values, counts = np.unique(column, return_counts=True)
    often = values[counts.argmax()]
    others = column[column != often]
    if len(others) < 20 or counts.max() < 0.01 * len(column) or np.median(np.abs(others)) > LARGE_INPUT:
        return ""
    if np.abs(often - others).min() < 10 * np.ptp(others):
        return ""
    share = counts.max() / len(column)
    return f"{share:.0%} of {name} are exactly {often:g}: if that means missing, fill it in before you scale."


def _padded_words(x: Array) -> bool:
    """Whether rows look like sentences, each word a number, filled up with zeros at one end."""
    some = x[:200]
    return x.ndim == 2 and x.shape[1] >= 8 and some.min() == 0 and not (some % 1).any() and _padding(some)[0] >= 0.05


def _looks_like_pixels(x: Array) -> bool:
    return x.dtype == np.uint8 or bool(x.min() >= 0 and 200 < x.max() <= 255)


@rule("warning", "cause")
def inputs_too_small(case: Case) -> Found | None:
    """No input is larger than 0.05 in size, as when pixels are divided by 255 twice (then at most 0.004).

    The gradient of the first layer is proportional to its inputs, so it learns at least 20 times too slowly.
    """
    call, fed = case.first_call, case.first_input
    if call is None or fed is None or not 0 < np.abs(fed).max() < SMALL_INPUT or _normalized_next(case, call):
        return None
    largest = float(np.abs(fed).max())
    return Found(
        "warning",
        f"Layer {call.layer.name!r} receives at most {largest:.2g}, so its gradients are tiny; scaled twice?",
        "Scale once: either divide the arrays, or use a Rescaling layer in the model.",
        largest,
        "as the largest input",
    )


@rule("warning", "cause")
def augmentation_out_of_range(case: Case) -> Found | None:
    """A layer before the first weights makes the inputs vary more than 5 times as much in training as afterwards.

    An augmentation for pixels of 0 to 255 does that to pixels of 0 to 1, and noise that is too strong. Compared is the
    standard deviation of what the layer gives with that of what it takes, in training and afterwards; at 5 times, 96 %
    of the variance is the augmentation's. Measured: 1.0 to 1.4 for flips, shifts, brightness within the range and noise
    of 0.3; 88 for RandomBrightness(0.3) with its usual range of 0 to 255. Dropout, which scales up, is another thing.
    """
    if case.training is None:
        return None
    after = {id(call.layer): call for call in case.calls}
    for call in case.training.calls:
        layer = call.layer
        if getattr(layer, "trainable_variables", ()) or has_matrix(layer):
            return None
        if "Dropout" in type(layer).__name__ or id(layer) not in after:
            continue
        gain, usual = _gain(call), _gain(after[id(layer)])
        if not gain or not usual or gain <= DROWNED * usual:
            continue
        about = getattr(layer, "value_range", None)
        found = f" (it is made for {about[0]:g} to {about[1]:g})" if about is not None else ""
        return Found(
            "warning",
            f"Layer {layer.name!r} makes the inputs vary {gain / usual:.0f} times as much in training as they do "
            f"themselves{found}: they drown in it.",
            f"Give layer {layer.name!r} the range of your inputs (value_range=(0, 1) for pixels of 0 to 1), or a "
            "smaller factor.",
            gain / usual,
            "times the spread of the inputs",
        )
    return None


def _gain(call: Call) -> float | None:
    """Return how much more the numbers vary behind a layer than before it; None where they are no amounts."""
    given, gave = call.array("input"), call.array("output")
    if given.dtype.kind not in "fiu" or gave.dtype.kind != "f" or given.size != gave.size or not given.std() > 0:
        return None
    return float(gave.std() / given.std())


@rule("warning", "cause")
def squeezed_by_outlier(case: Case) -> Found | None:
    """A few outliers set the scale: in half of the columns or more, 98 % of the rows differ by less than 0.01.

    Min-max scaling by a wrong number does that. Compared are the 1st and the 99th percentile of what the first layer is
    fed with the whole range, which must be above 0.5. Columns with the same number in most rows are another thing.
    """
    fed = case.first_input
    if (
        fed is None
        or len(fed) < 100
        or fed.ndim != 2
        or case.x.ndim != 2
        or (case.steps_taken and case.has_learned(0.9))
    ):
        return None
    at = spread(fed.shape[1], MANY_COLUMNS)
    low, high = np.quantile(fed[:, at], [0.01, 0.99], axis=0)
    squeezed = (high - low < 0.01) & (np.ptp(fed[:, at], axis=0) > 0.5)
    if squeezed.mean() < 0.5:
        return None
    distinct = [len(np.unique(column)) > len(column) / 2 for column in fed[:, at].T]
    if (squeezed & distinct).mean() < 0.5:
        return None
    first = int(np.flatnonzero(squeezed & distinct)[0])
    worst = int(at[first])
    name = case.feature_name(worst) if fed.shape[1] == case.x[0].size else "one of the inputs"
    return Found(
        "warning",
        f"A few outliers set the scale: 98 % of the rows of {name} lie within {high[first] - low[first]:.1e}, and its "
        f"range is {np.ptp(fed[:, worst]):.2g}.",
        "Drop or clip the outliers, then scale again; or use a scaler of median and quartiles.",
        float(high[first] - low[first]),
        "between the 1st and the 99th percentile",
    )


@rule("warning", "cause")
def inputs_not_centred(case: Case) -> Found | None:
    """At least half of the columns vary by less than a tenth of their mean.

    To the first layer such a column is a constant with a little noise: the useful part of its gradient is ten times
    smaller than the useless one. Measured on a column 1 ± 0.02: accuracy 0.54 where the centred column gives 0.82.
    Constant columns do not count. Silent where the model has learned (half of a constant answer's loss).
    """
    call, fed = case.first_call, case.first_input
    if call is None or fed is None or _normalized_next(case, call) or len(fed) < 20 or case.sample_loss is None:
        return None
    if case.chance_loss is not None and case.has_learned(0.5):
        return None
    table = fed.reshape(len(fed), -1)
    spreads, means = table.std(axis=0), np.abs(table.mean(axis=0))
    varies = spreads > 1e-7 * np.maximum(means, 1e-30)
    if not varies.any() or means.max() > LARGE_INPUT * 10:
        return None
    ratio = means[varies] / spreads[varies]
    if np.median(ratio) <= OFF_CENTRE:
        return None
    return Found(
        "warning",
        f"The inputs hardly vary: in half of the columns the mean is {np.median(ratio):.0f} times the standard "
        "deviation.",
        "Standardise each column: subtract its mean and divide by its standard deviation, taken from the "
        "training rows.",
        float(np.median(ratio)),
        "times the standard deviation",
    )


@rule("warning", "cause")
def targets_not_scaled(case: Case) -> Found | None:
    """Regression targets with a root mean square above 100, far from what the network answers, or below 0.001.

    A new network answers about 0 to 1. An optimizer such as Adam moves a weight by about its learning rate a step,
    so a bias needs target / learning_rate steps: 100,000 at 0.001. With SGD the gradient grows with the target
    and the training diverges instead. Fires where the targets lie more than 100 times the outputs' own spread away from
    the outputs: a layer that undoes a scaling, or a bias that starts at the mean, brings them near.
    """
    if case.is_classification or case.loss.name not in DISTANCE or case.y_sample.size != case.outputs.size:
        return None
    y = case.y_sample.reshape(case.outputs.shape).astype("float64")
    size = float(np.sqrt((case.y.astype("float64") ** 2).mean()))
    away = float(np.sqrt(((y - case.outputs) ** 2).mean()))
    own = float(case.outputs.std(axis=0).mean()) if len(case.outputs) > 1 else 1.0
    if case.has_learned(0.5) or not case.labels.high > case.labels.low:
        return None
    if size < SMALL_TARGET:
        return Found(
            "warning",
            f"The targets have a root mean square of {size:.1e}, while a new network answers about 1 and trembles "
            "by more.",
            "Multiply y so that it varies by about 1 (and undo it after predict).",
            size,
            "as root mean square",
        )
    if size <= LARGE_TARGET or away <= 100 * own:
        return None
    return Found(
        "warning",
        f"The targets have a root mean square of {size:,.0f}, while a new network answers about 1.",
        "Standardise y as well (and undo it after predict), or predict its logarithm.",
        size,
        "as root mean square",
    )


@rule("error", "cause")
def embedding_input(case: Case) -> Found | None:
    """An Embedding layer is fed numbers that are not whole: it cuts them down to 0, 1, 2 ….

    Scaled token numbers all become row 0. No threshold: a row number is whole.
    """
    for call in case.calls:
        if not isinstance(call.layer, keras.layers.Embedding):
            continue
        fed = call.array("input")
        broken = float((fed != np.floor(fed)).mean())
        if broken:
            return Found(
                "error",
                f"Layer {call.layer.name!r} looks up rows by whole numbers, but {broken:.0%} of its inputs are "
                "fractions "
                f"(up to {fed.max():.3g}).",
                "Feed the token numbers as they are, as integers; do not scale them.",
                broken,
                "of the inputs",
            )
    return None


def _padding(tokens: Array) -> tuple[float, str]:
    """Return the mean share of zeros at one end of the rows, and which end; zeros elsewhere mean that 0 is a token."""
    empty = tokens == 0
    behind, before = (np.cumprod(rows, axis=1).mean() for rows in (empty[:, ::-1], empty))
    inside = empty.mean() - behind - before
    if inside > 0.02:
        return 0.0, "end"
    return (float(behind), "end") if behind >= before else (float(before), "beginning")


@rule("warning", "cause")
def padding_not_masked(case: Case) -> Found | None:
    """Sequences filled up with zeros at their end, and a recurrent layer that reads on to the end without a mask.

    Fires where half of the positions or more are such zeros. Measured: an LSTM of 8 units on 10 words in 120 positions
    stays at chance, and reaches 0.9 with a mask. Zeros before the words do less harm, and averages and attention
    blur rather than forget: for these a note. Steps of measured numbers may truly be 0, and over thirty steps an
    LSTM learns to keep its state: there a note where rows end at different steps, and a warning where besides, after
    100 steps or more, the loss is not below 0.9 of chance and the answers forget the numbers, that is, differ from row
    to row less than FORGOTTEN times as much as with the zeros put before the numbers. Measured over 60 steps: 0.0 of
    the variance explained after twelve epochs, 0.99 with a mask.
    """
    looked_up = next((call for call in case.calls if isinstance(call.layer, keras.layers.Embedding)), None)
    readers = [call for call in case.calls if _reads_a_sequence(call) and not call.masked]
    if not readers or any(call.masked for call in case.calls) or case.output_call is None:
        return None
    if looked_up is None:
        return _numbers_padded(case, readers)
    if looked_up.input.ndim != 2:
        return None
    share, end = _padding(looked_up.array("input"))
    if share < PADDED:
        return None
    forgets = [call for call in readers if _keeps_the_last(call) and end == "end"]
    reader = (forgets or readers)[0].layer
    return Found(
        "warning" if forgets and not (case.has_learned(0.7) and case.chance_loss) else "note",
        f"{share:.0%} of the positions are zeros that fill up the {end} of the sequences, "
        f"and layer {reader.name!r} reads them like words.",
        _mask_remedy(case, looked_up),
        share,
        "of the positions",
    )


def _mask_remedy(case: Case, looked_up: Call) -> str:
    """Ask for a mask, or, where the table makes one, for a layer that does not lose it."""
    if not getattr(looked_up.layer, "mask_zero", False):
        return f"Give layer {looked_up.layer.name!r} mask_zero=True."
    behind = case.calls[next(i for i, call in enumerate(case.calls) if call is looked_up) + 1 :]
    loses = next((call.layer.name for call in behind if not getattr(call.layer, "supports_masking", True)), None)
    return f"The mask of layer {looked_up.layer.name!r} is lost on the way: set self.supports_masking = True " + (
        f"in layer {loses!r}." if loses else "in the layers behind it."
    )


@rule("warning", "cause")
def mask_hides_a_word(case: Case) -> Found | None:
    """An Embedding with mask_zero=True skips number 0, and 0 stands alone between other numbers: it is a word.

    Padding stands at an end, or in blocks. Fires where zeros are one position in a hundred or more, and most of them
    lie inside their row with no other zero beside them. A note where the model has learned all the same.
    """
    for call in case.calls:
        if not isinstance(call.layer, keras.layers.Embedding) or not call.layer.mask_zero or call.input.ndim != 2:
            continue
        empty = call.array("input") == 0
        alone = empty[:, 1:-1] & ~empty[:, :-2] & ~empty[:, 2:]
        share = float(alone.sum() / max(1, empty.sum()))
        if empty.mean() < 0.01 or share <= 0.5:
            continue
        return Found(
            "note" if case.shows_learning(0.5) else "warning",
            f"Layer {call.layer.name!r} has mask_zero=True, but {share:.0%} of the zeros stand alone between words: "
            "the model does not see this word.",
            f"Add 1 to all word numbers (and to input_dim), or take mask_zero out of layer {call.layer.name!r}.",
            share,
            "of the zeros",
        )
    return None


def _numbers_padded(case: Case, readers: list[Call]) -> Found | None:
    """The same for sequences of numbers, shape (rows, steps, features)."""
    reader = next((call for call in readers if _keeps_the_last(call)), None)
    if reader is None or case.x.ndim != 3 or case.fixed_batch or reader.input.shape[1] != case.x.shape[1]:
        return None
    rows = case.x_sample[:64]
    steps = (rows != 0).any(axis=2)
    share, end = _padding(steps)
    behind = np.cumprod(~steps[:, ::-1], axis=1).sum(axis=1)
    if share < PADDED or end != "end" or len(np.unique(behind)) < 3:
        return None
    unlearned = case.steps_taken >= 100 and case.chance_loss is not None and not case.has_learned(0.9)
    forgotten = unlearned and _forgets(case, rows, behind)
    return Found(
        "warning" if forgotten else "note",
        f"{share:.0%} of the steps are zeros at the end of sequences that end at different steps, and layer "
        f"{reader.layer.name!r} reads them like measurements"
        + (": the answers hardly depend on what came before." if forgotten else "."),
        f"If they fill up the rows, put keras.layers.Masking(0.0) before layer {reader.layer.name!r}.",
        share,
        "of the steps",
    )


def _forgets(case: Case, rows: Array, behind: Array) -> bool:
    """Whether the answers differ far less than with the zeros behind the numbers put before them."""
    before = np.stack([np.roll(row, zeros, axis=0) for row, zeros in zip(rows, behind, strict=True)])
    now, then = (float(case.runner.forward(one)[0].std(axis=0).mean()) for one in (rows, before))
    return now < FORGOTTEN * then


def _keeps_the_last(call: Call) -> bool:
    """Whether it is a recurrent layer of which only the last state is used."""
    return hasattr(call.layer, "cell") and call.output.ndim == 2


def _reads_a_sequence(call: Call) -> bool:
    attention = (keras.layers.MultiHeadAttention, keras.layers.Attention, keras.layers.AdditiveAttention)
    return hasattr(call.layer, "cell") or isinstance(call.layer, (keras.layers.GlobalAveragePooling1D, *attention))


@rule("error", "cause")
def mask_inverted(case: Case) -> Found | None:
    """A mask covers the words and lets the padding through: other words in the same places do not change the answer.

    Measured on rows that are filled up with zeros, where a layer gets a mask: all words exchanged with those of other
    rows, the zeros left where they are; the outputs stay the same to 1e-5 of their size.
    """
    if case.x.ndim != 2 or not any(call.masked for call in case.calls) or case.x.min() < 0:
        return None
    if lookup_of_one_vector(case):
        return None
    rows = case.x_sample[(case.x_sample == 0).any(axis=1) & (case.x_sample != 0).any(axis=1)][:32]
    words = rows[rows != 0]
    if len(rows) < 8 or case.fixed_batch or len(np.unique(words)) < 2:
        return None
    others = rows.copy()
    others[rows != 0] = np.roll(np.sort(words), len(words) // 2)
    changed = float((others != rows).mean())
    before, after = (case.runner.forward(one)[0] for one in (rows, others))
    change = float(np.abs(after - before).max())
    if changed < 0.1 or change > 1e-5 * max(float(np.abs(before).max()), 1e-3):
        return None
    return Found(
        "error",
        f"With other words in {len(rows)} padded rows the answers change by {change:.1g}: the mask covers the "
        "words and shows "
        "the padding.",
        "Turn the mask round: True means that a position may be looked at, as in x != 0.",
        change,
        "as the largest change of an output",
    )


@rule("warning", "cause")
def no_positions(case: Case) -> Found | None:
    """Attention, but when the tokens of a sequence change places the answers only change places with them.

    Measured: outputs for the rows reversed along the sequence are those of the rows as they are, or, with an output
    per token, these reversed (to 1e-4 of their spread). A note: for some questions, such as whether a token occurs
    twice, the order does not matter. A warning where the targets prove that it does: there is an output per token, and
    half or more of the pairs of equal tokens in a row have different targets, which such a model cannot tell apart.
    """
    attention = (keras.layers.MultiHeadAttention, keras.layers.Attention, keras.layers.AdditiveAttention)
    if (
        not any(isinstance(layer, attention) for layer in case.layers)
        or case.x.ndim not in (2, 3)
        or case.outputs.ndim not in (2, 3)
    ):
        return None
    rows = case.x_sample[: case.fixed_batch or 16]
    outputs = case.outputs[: len(rows)]
    if outputs.ndim == 3:
        if outputs.shape[1] != rows.shape[1]:
            return None
        outputs = outputs[:, ::-1]
    turned = case.runner.forward(np.ascontiguousarray(rows[:, ::-1]))[0]
    change = float(np.abs(turned - outputs).max())
    scale = max(float(case.outputs.std()), 1e-6)
    if rows.shape[1] < 2 or np.array_equal(rows, rows[:, ::-1]) or change > 1e-4 * scale:
        return None
    torn = _equal_tokens_apart(case)
    proof = f" In {torn:.0%} of the pairs of equal tokens the targets differ." if torn >= TOLD_APART else ""
    return Found(
        "warning" if proof else "note",
        "When the tokens of a sequence change places, the answers only change places with them: the model does not "
        f"know the order.{proof}",
        "Add a position embedding to the tokens before the attention" + ("." if proof else ", if the order matters."),
        change,
        "as the largest change of an output",
    )


def _equal_tokens_apart(case: Case) -> float:
    """Share of the pairs of equal tokens in a row whose targets differ; 0 where there is no target per token."""
    x, y = case.x_sample[:64], case.y_sample[:64]
    if x.ndim != 2 or case.outputs.ndim != 3 or y.shape[:2] != x.shape or not 2 <= x.shape[1] <= 256:
        return 0.0
    y = y.argmax(axis=-1) if y.ndim == 3 and y.shape[2] > 1 else y.reshape(x.shape)
    first, second = np.triu_indices(x.shape[1], k=1)
    equal = x[:, first] == x[:, second]
    if equal.sum() < FEW_PAIRS:
        return 0.0
    return float((y[:, first] != y[:, second])[equal].mean())


@rule("error", "cause")
def axes_scrambled(case: Case) -> Found | None:
    """Pictures that become smoother when their rows are read as (channels, height, width): reshaped, not transposed.

    Neighbouring pixels are alike. Compared is the mean difference of neighbours, along height and along width, of x
    as it is and of the same numbers read channels first. Fires where both are smaller by more than six standard
    errors over the pictures and by 1 %; below 0.8 it is an error. Measured: 0.45 and 0.49 for CIFAR-10 reshaped by
    mistake, 3.5 and 1.9 for CIFAR-10 as it should be, 0.98 and 1.07 for small squares on strong noise, 1.00 for
    noise.
    """
    if case.x.ndim != 4 or not 2 <= case.x.shape[-1] <= 4 or min(case.x.shape[1:3]) < 8 or len(case.x) < 16:
        return None
    pictures = case.x[spread(len(case.x), 256)].astype("float32")
    n, height, width, channels = pictures.shape
    read = np.moveaxis(pictures.reshape(n, channels, height, width), 1, -1)
    ratios = []
    for axis in (1, 2):
        as_is, again = (np.abs(np.diff(array, axis=axis)).reshape(n, -1).mean(axis=1) for array in (pictures, read))
        gain = again - as_is
        if not gain.mean() < -6 * gain.std() / np.sqrt(n):
            return None
        ratios.append(float(again.mean() / as_is.mean()))
    ratio = max(ratios)
    if ratio >= 0.99:
        return None
    return Found(
        "error" if ratio < 0.8 else "warning",
        f"The pictures are scrambled: read as (channels, height, width), neighbouring pixels differ {ratio:.2f} "
        "times as much.",
        f"Change the order of the axes with np.moveaxis(x.reshape(-1, {channels}, {height}, {width}), 1, -1); do "
        "not reshape.",
        ratio,
        "times the difference of neighbours",
    )


@rule("warning", "cause")
def channels_first(case: Case) -> Found | None:
    """Pictures with their channels first go into a layer that takes the last axis for channels.

    Fires where the second axis is 1, 3 or 4 and the others 16 or more, before a two-dimensional convolution or
    pooling. No picture is one to four pixels high and has sixteen channels.
    """
    kinds = (keras.layers.Conv2D, keras.layers.SeparableConv2D, keras.layers.DepthwiseConv2D, keras.layers.MaxPooling2D)
    call = next((call for call in case.calls if isinstance(call.layer, kinds)), None)
    if call is None or call.layer.data_format != "channels_last" or case.x.ndim != 4:
        return None
    _, first, second, last = case.x.shape
    if first not in (1, 3, 4) or second < 16 or last < 16 or call.input.shape[1:] != case.x.shape[1:]:
        return None
    return Found(
        "warning",
        f"x has shape (n, {first}, {second}, {last}): layer {call.layer.name!r} takes it for pictures {first} "
        "pixels high "
        f"with {last} channels.",
        f"Put the channels last, x = np.moveaxis(x, 1, -1), and begin the model with Input(({second}, {last}, "
        f"{first})).",
        last,
        "channels",
    )
