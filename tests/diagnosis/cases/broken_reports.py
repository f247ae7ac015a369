"""Mistakes in losses of one's own, in augmentation and in what was read, as people report them."""

import keras
import numpy as np
from cases import scores
from cases.data import (
    bags,
    compiled,
    curved,
    digit_pictures,
    digits,
    fitted,
    one_hot,
    sentences,
    squares,
    two_classes,
    waves,
)
from cases.declare import broken
from cases.models import BINARY, SPARSE, adam, mlp, stack
from cases.trials import learns
from keras import layers, ops
from sklearn.preprocessing import StandardScaler

# --- losses of one's own ------------------------------------------------------------------------------------------


@broken("loss-blind-to-rows")
@learns(scores.r2, 0.7, epochs=15)
def mean_of_signed_errors(cured):
    """The loss falls without end: an error below 0 makes up for one above it."""
    x, y = curved()
    loss = (lambda t, p: ops.mean(ops.square(t - p))) if cured else (lambda t, p: ops.mean(t - p))
    return compiled(mlp(6, (32, 1), None), loss, adam(0.01), ()), x, y[:, None]


@broken("loss-blind-to-rows")
def absolute_value_after_the_mean(cured):
    """The loss is 0 as soon as the mean of a batch is right."""
    x, y = curved()
    loss = (lambda t, p: ops.mean(ops.abs(t - p))) if cured else (lambda t, p: ops.abs(ops.mean(t - p)))
    return compiled(mlp(6, (32, 1), None), loss, adam(0.01), ()), x, y[:, None]


@broken("gradient-not-finite")
@learns(scores.finite, 1, epochs=1)
def divergence_of_one_hot_labels(cured):
    """0 · log 0 is NaN, and a one-hot label holds zeros: no step was too large. Trained for one epoch."""
    x, y = digits(300)
    small = 1e-7 if cured else 0.0

    def divergence(t, p):
        return ops.mean(ops.sum(t * ops.log((t + small) / (p + small)), axis=-1))

    model = compiled(mlp(64, (16, 10)), divergence, adam(0.005), ())
    return model, x, one_hot(y), {"history": fitted(model, x, one_hot(y), epochs=1)}


@broken("loss-one-sided")
@learns(scores.accuracy, 0.8, epochs=15)
def positives_weighted_by_a_thousand(cured):
    """The classes are as frequent as each other; so weighted, "always 1" is the best constant answer."""
    x, y = two_classes()
    weight = 1.0 if cured else 1000.0

    def weighted(t, p):
        p = ops.clip(p, 1e-6, 1 - 1e-6)
        return ops.mean(-weight * t * ops.log(p) - (1 - t) * ops.log(1 - p))

    return compiled(mlp(8, (16, 1), "sigmoid"), weighted, adam(0.01)), x, y[:, None].astype("float32")


@broken("labels-smoothed-away")
@learns(scores.accuracy, 0.8, epochs=15)
def label_smoothing_of_one(cured):
    """label_smoothing is the share that is taken away, not the share that is kept."""
    x, y = two_classes()
    loss = keras.losses.BinaryCrossentropy(label_smoothing=0.1 if cured else 1.0)
    return compiled(mlp(8, (16, 1), "sigmoid"), loss, adam(0.01)), x, y


# --- layers through which nothing gets ----------------------------------------------------------------------------


@broken("augmentation-out-of-range")
@learns(scores.accuracy, 0.8, epochs=10)
def brightness_for_pixels_up_to_255(cured):
    """RandomBrightness adds up to 0.3 · 255 unless it is told that pixels go from 0 to 1."""
    x, y = digit_pictures()
    bright = layers.RandomBrightness(0.3, value_range=(0, 1) if cured else (0, 255))
    body = [layers.Conv2D(8, 3, activation="relu"), layers.Flatten(), layers.Dense(10, "softmax")]
    return compiled(stack((8, 8, 1), bright, *body), SPARSE, adam(0.005)), x, y


@broken("inputs-lost")
@learns(scores.accuracy, 0.8, epochs=10)
def frozen_embedding_of_zeros(cured):
    """No word was found among the ready vectors, so all of them stayed 0."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 400)
    x = np.where(rng.random((400, 12)) < 0.5 + 0.3 * y[:, None], rng.integers(1, 20, (400, 12)), 25)
    vectors = keras.initializers.Constant(rng.normal(size=(30, 8)) if cured else np.zeros((30, 8)))
    table = layers.Embedding(30, 8, embeddings_initializer=vectors, trainable=False)
    body = [layers.GlobalAveragePooling1D(), layers.Dense(16, "relu"), layers.Dense(1, "sigmoid")]
    return compiled(stack((12,), table, *body), BINARY, adam(0.01)), x.astype("int32"), y


@broken("inputs-lost")
@learns(scores.accuracy, 0.75, epochs=5)
def frozen_embedding_of_zeros_behind_a_mask(cured):
    """The mask lets the lengths of the sentences through, so the answers differ."""
    x, y = sentences()
    vectors = keras.initializers.Constant(np.random.default_rng(0).normal(size=(41, 8)) if cured else np.zeros((41, 8)))
    table = layers.Embedding(41, 8, mask_zero=True, embeddings_initializer=vectors, trainable=False)
    return compiled(stack((100,), table, layers.LSTM(8), layers.Dense(1, "sigmoid")), BINARY, adam(0.02)), x, y


@broken("inputs-lost")
def layer_normalization_of_one_number(cured):
    """A series has one number a step; less its own mean it is 0."""
    x, y = waves(200)
    normalize = [] if cured else [layers.LayerNormalization()]
    return compiled(stack(x.shape[1:], *normalize, layers.SimpleRNN(8), layers.Dense(1)), "mse", adam(0.01), ()), x, y


class Normalized(keras.Model):
    """Batch normalization that is told in what mode to work."""

    def __init__(self, always):
        super().__init__()
        self.always = always
        self.hidden, self.normalize = layers.Dense(32), layers.BatchNormalization()
        self.answer = layers.Dense(10, "softmax")

    def call(self, x, training=False):
        return self.answer(ops.relu(self.normalize(self.hidden(x), training=training or self.always)))


@broken("answer-depends-on-batch")
@learns(scores.one_at_a_time, 0.8, epochs=8)
def batch_normalization_always_in_training(cured):
    """One sample alone is its own mean: it gets the same answer as every other."""
    x, y = digits()
    model = compiled(Normalized(not cured), SPARSE, adam(0.005))
    model(x[:2])
    return model, x, y


# --- what was read ------------------------------------------------------------------------------------------------


@broken("equal-rows")
def pictures_that_could_not_be_read(cured):
    """Half of the pictures are black, and kept their labels."""
    x, y = (array.copy() for array in digits())
    if not cured:
        x[np.random.default_rng(0).random(len(x)) < 0.5] = 0
    return compiled(mlp(64, (32, 10)), SPARSE, adam(0.005)), x, y


@broken("validation-columns-moved")
def validation_columns_in_another_order(cured):
    """The columns of the second table were sorted by name."""
    x, y = digits(900)
    held, answers = x[600:], y[600:]
    moved = held if cured else held[:, np.random.default_rng(3).permutation(64)]
    return compiled(mlp(64, (32, 10)), SPARSE), x[:600], y[:600], {"validation_data": (moved, answers)}


@broken("squeezed-by-outlier")
@learns(scores.r2, 0.5, epochs=15)
def scaled_by_an_outlier(cured):
    """Min-max scaling with one row of 100,000 in the table: all others lie next to each other."""
    x, y = (array.copy() for array in curved())
    if not cured:
        x[0] = 1e5 * np.sign(x[0])
    x = (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))
    return compiled(mlp(6, (32, 1), None), "mse", adam(0.01), ()), x.astype("float32"), y


# --- losses and metrics for something else ------------------------------------------------------------------------


@broken("loss-ignores-size")
@learns(scores.r2, 0.7, epochs=15)
def cosine_of_single_numbers(cured):
    """The cosine of two numbers is 1 or -1: only the sign is learned."""
    x, y = curved()
    return compiled(mlp(6, (32, 1), None), "mse" if cured else "cosine_similarity", adam(0.01), ()), x, y


@broken("overlap-of-any-numbers")
@learns(scores.overlap, 0.5, epochs=15)
def overlap_of_a_linear_output(cured):
    """The Dice loss falls below 0 for answers above 1; training runs away."""
    x, y = squares()

    def dice(t, p):
        return 1 - (2 * ops.sum(t * p) + 1) / (ops.sum(t) + ops.sum(p) + 1)

    last = layers.Conv2D(1, 1, activation="sigmoid" if cured else None)
    body = [layers.Conv2D(8, 3, padding="same", activation="relu"), last]
    return compiled(stack(x.shape[1:], *body), dice, adam(0.02), ()), x, y


@broken("metric-always-the-same")
def five_best_of_five_classes(cured):
    x, y = digits()
    x, y = x[y < 5], y[y < 5]
    metric = keras.metrics.SparseTopKCategoricalAccuracy(2 if cured else 5)
    return compiled(mlp(64, (16, 5)), SPARSE, metrics=[metric]), x, y


@broken("metric-of-whole-numbers")
def f1_of_one_unit_without_a_threshold(cured):
    """The largest of one column is always that column: every row is counted as positive."""
    x, y = two_classes()
    metric = keras.metrics.F1Score(threshold=0.5 if cured else None)
    return compiled(mlp(8, (16, 1), "sigmoid"), BINARY, adam(0.01), [metric]), x, y[:, None].astype("float32")


# --- steps and weights that are held ------------------------------------------------------------------------------


@broken("warm-up-too-long")
@learns(scores.accuracy, 0.8, epochs=8)
def warm_up_of_a_hundred_thousand_steps(cured):
    x, y = digits()
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, 200_000, warmup_target=0.005, warmup_steps=20 if cured else 100_000
    )
    return compiled(mlp(64, (32, 10)), SPARSE, adam(rate)), x, y


@broken("average-overwrites")
@learns(scores.accuracy, 0.8, epochs=8)
def average_of_the_weights_at_every_step(cured):
    """With ema_overwrite_frequency=1 and 0.9999 the weights stay at the start."""
    x, y = digits()
    often = {} if cured else {"ema_overwrite_frequency": 1}
    optimizer = adam(0.005, use_ema=True, ema_momentum=0.9 if cured else 0.9999, **often)
    return compiled(mlp(64, (32, 10)), SPARSE, optimizer), x, y


@broken("constraint-too-tight")
@learns(scores.accuracy, 0.8, epochs=10)
def norm_of_at_most_a_hundredth(cured):
    x, y = digits()
    held = keras.constraints.MaxNorm(3.0 if cured else 0.01)
    body = [layers.Dense(32, "relu", kernel_constraint=held), layers.Dense(10, "softmax", kernel_constraint=held)]
    return compiled(stack((64,), *body), SPARSE, adam(0.005)), x, y


@broken("softmax-inside", also=("vanishing-gradients",))
@learns(scores.accuracy, 0.8, epochs=10)
def softmax_in_every_layer(cured):
    x, y = digits()
    return compiled(mlp(64, (64, 64, 64, 10), hidden="relu" if cured else "softmax"), SPARSE), x, y


@broken("weight-always-one")
@learns(scores.accuracy, 0.8, epochs=15)
def attention_over_one_unit(cured):
    """Dense(1, "softmax") on each step: every step gets the weight 1. The step to read is marked in the last column."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(700, 12, 4)).astype("float32")
    marked = rng.integers(0, 12, 700)
    x[:, :, 3] = 0
    x[np.arange(700), marked, 3] = 3
    y = (x[np.arange(700), marked, 0] > 0).astype(int)
    inputs = keras.Input((12, 4))
    scores_of_steps = layers.Dense(1)(layers.Dense(16, "tanh")(inputs))
    weights = layers.Softmax(axis=1 if cured else -1)(scores_of_steps)
    answer = layers.Dense(1, "sigmoid")(ops.sum(inputs * weights, axis=1))
    return compiled(keras.Model(inputs, answer), BINARY, adam(0.02)), x, y


# --- what was declared, scaled or lowered on the way --------------------------------------------------------------


@broken("inputs-cut-off")
@learns(scores.accuracy, 0.8, epochs=8)
def pixels_declared_as_whole_numbers(cured):
    x, y = digits()
    inputs = keras.Input((64,), dtype="float32" if cured else "int32")
    hidden = layers.Dense(32, "relu")(layers.Rescaling(1.0)(inputs))
    return compiled(keras.Model(inputs, layers.Dense(10, "softmax")(hidden)), SPARSE, adam(0.005)), 0.98 * x, y


@broken("labels-out-of-range")
def labels_divided_by_255_with_the_pixels(cured):
    x, y = digits()
    y = (y > 4) / (1.0 if cured else 255.0)
    return compiled(mlp(64, (32, 1), "sigmoid"), BINARY, adam(0.005)), x, y


@broken("regularization-too-strong")
@learns(scores.accuracy, 0.8, epochs=8)
def penalty_of_one_on_the_embedding(cured):
    x, y = bags()
    penalty = None if cured else keras.regularizers.L1(1.0)
    table = layers.Embedding(41, 8, embeddings_regularizer=penalty)
    model = compiled(
        stack((12,), table, layers.GlobalAveragePooling1D(), layers.Dense(1, "sigmoid")), BINARY, adam(0.02)
    )
    return model, x, y, {"history": fitted(model, x, y, epochs=6)}


@broken("learning-rate-too-low")
def rate_divided_by_ten_after_every_epoch(cured):
    """A scheduler is handed the present rate, not the first one."""
    x, y = digits()
    model = compiled(mlp(64, (32, 10)), SPARSE, adam(0.002))
    falling = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * (0.9 if cured else 0.1))
    return model, x, y, {"history": fitted(model, x, y, epochs=10, callbacks=[falling])}


@broken("mask-hides-a-word")
@learns(scores.accuracy, 0.95, epochs=15)
def number_0_is_a_word(cured):
    """The label is where the word 0 stands, and mask_zero=True hides it."""
    rng = np.random.default_rng(0)
    x, y = rng.integers(1, 30, (600, 12)), rng.integers(0, 2, 600)
    for row, late in zip(x, y, strict=True):
        row[rng.choice([1, 3], 1) + 6 * late] = 0
    table = layers.Embedding(30, 8, mask_zero=not cured)
    return compiled(stack((12,), table, layers.LSTM(12), layers.Dense(1, "sigmoid")), BINARY, adam(0.02)), x, y


@broken("padding-not-masked")
@learns(scores.accuracy, 0.75, epochs=5)
def mask_lost_in_a_layer_of_ones_own(cured):
    """The table makes a mask, and a layer that does not support masks drops it."""

    class Doubled(layers.Layer):
        def __init__(self):
            super().__init__()
            self.supports_masking = cured

        def call(self, x):
            return 2 * x

    x, y = sentences()
    parts = [layers.Embedding(41, 8, mask_zero=True), Doubled(), layers.LSTM(8), layers.Dense(1, "sigmoid")]
    return compiled(stack((100,), *parts), BINARY, adam(0.02)), x, y


@broken("validation-standardised-alone")
def scaler_fitted_twice(cured):
    """The validation rows come from a later month, whose means are a little different."""
    x, y = two_classes()
    x, later = x[:400], 0.8 * x[400:] + 0.3
    scaler = StandardScaler()
    x, held = scaler.fit_transform(x), scaler.transform(later) if cured else StandardScaler().fit_transform(later)
    model = compiled(mlp(8, (16, 1), "sigmoid"), BINARY, adam(0.01))
    return model, x, y[:400], {"validation_data": (held, y[400:])}
