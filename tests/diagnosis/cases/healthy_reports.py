"""Healthy neighbours of the mistakes in broken_reports.py."""

import keras
import numpy as np
from cases.data import compiled, curved, digit_pictures, digits, fitted, one_hot, two_classes
from cases.declare import healthy
from cases.models import BINARY, SPARSE, adam, mlp, stack
from keras import layers, ops


@healthy
def survival_by_partial_likelihood():
    """A long time asks for a low risk: the answer is not the target."""
    x, y = curved()
    times = np.exp(-y)[:, None].astype("float32")

    def partial_likelihood(t, p):
        t, p = ops.reshape(t, (-1,)), ops.reshape(p, (-1,))
        at_risk = ops.cast(t[None, :] >= t[:, None], "float32")
        return ops.mean(ops.log(ops.sum(at_risk * ops.exp(p)[None, :], axis=1)) - p)

    return compiled(mlp(6, (16, 1), None), partial_likelihood, adam(0.01), ()), x, times


@healthy
def poisson_of_a_log_rate():
    """exp(p) is far larger than the counts where p is the mean count: only there all rows are pulled alike."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 5)).astype("float32")
    y = rng.poisson(np.exp(0.7 * x[:, 0] + 1))
    loss = lambda t, p: ops.mean(ops.exp(p) - t * p)  # noqa: E731 (as people write it)
    return compiled(mlp(5, (16, 1), None), loss, adam(0.01), ()), x, y[:, None].astype("float32")


@healthy
def brightness_and_noise_within_the_range():
    x, y = digit_pictures()
    changes = [layers.RandomBrightness(0.2, value_range=(0, 1)), layers.GaussianNoise(0.3), layers.Dropout(0.5)]
    body = [layers.Conv2D(8, 3, activation="relu"), layers.Flatten(), layers.Dense(10, "softmax")]
    return compiled(stack((8, 8, 1), *changes, *body), SPARSE, adam(0.005)), x, y


@healthy
def random_frozen_embedding_and_zeros_in_the_last_layer():
    """All answers are equal at the start, and only then."""
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 30, (300, 12)), rng.integers(0, 2, 300)
    table = layers.Embedding(30, 8, embeddings_initializer="normal", trainable=False)
    last = layers.Dense(1, "sigmoid", kernel_initializer="zeros")
    return compiled(stack((12,), table, layers.GlobalAveragePooling1D(), last), "binary_crossentropy"), x, y


@healthy
def smoothing_of_a_fifth():
    x, y = digits()
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.2)
    return compiled(mlp(64, (32, 10)), loss, adam(0.005)), x, one_hot(y)


@healthy
def rare_class_weighted_by_a_hundred():
    """One sample in a hundred: so weighted, both classes count the same."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3000, 5)).astype("float32")
    y = (x[:, 0] + 0.3 * rng.normal(size=3000) > 2.4).astype("float32")[:, None]

    def weighted(t, p):
        p = ops.clip(p, 1e-6, 1 - 1e-6)
        return ops.mean(-100 * t * ops.log(p) - (1 - t) * ops.log(1 - p))

    return compiled(mlp(5, (16, 1), "sigmoid"), weighted, adam(0.01), [keras.metrics.AUC()]), x, y


@healthy
def blank_pictures_are_a_class():
    x, y = (array.copy() for array in digits())
    blank = np.random.default_rng(0).random(len(x)) < 0.4
    x[blank], y[blank] = 0, 10
    return compiled(mlp(64, (32, 11)), SPARSE, adam(0.005)), x, y


@healthy
def columns_of_other_means_in_the_same_order():
    x, y = digits(900)
    return compiled(mlp(64, (32, 10)), SPARSE), x[:600], y[:600], {"validation_data": (x[600:], y[600:])}


@healthy
def batch_normalization_of_a_few_steps_alone_and_together():
    x, y = two_classes()
    model = compiled(
        stack(
            (8,), layers.Dense(16), layers.BatchNormalization(momentum=0.9), layers.ReLU(), layers.Dense(1, "sigmoid")
        ),
        "binary_crossentropy",
        adam(0.01),
    )
    return model, x, y, {"history": fitted(model, x, y, epochs=4)}


@healthy
def left_out_label_below_the_others():
    """ignore_class=-1: only hidden tokens are asked for."""
    rng = np.random.default_rng(0)
    tokens = rng.integers(1, 20, (200, 12))
    hidden = rng.random(tokens.shape) < 0.15
    x, y = np.where(hidden, 20, tokens), np.where(hidden, tokens, -1)
    body = [
        layers.Embedding(21, 8),
        layers.Conv1D(16, 3, padding="same", activation="relu"),
        layers.Dense(21, "softmax"),
    ]
    loss = keras.losses.SparseCategoricalCrossentropy(ignore_class=-1)
    return compiled(stack((12,), *body), loss, adam(0.01), ()), x, y


@healthy
def targets_that_the_loss_leaves_out():
    """A third of the second column was not measured, and the loss knows it."""
    x, y = curved()
    targets = np.stack([y.reshape(-1), y.reshape(-1) ** 2], axis=1).astype("float32")
    targets[::3, 1] = np.nan

    def squared_where_known(t, p):
        known = ops.isfinite(t)
        return ops.sum(ops.where(known, (ops.where(known, t, 0.0) - p) ** 2, 0.0)) / ops.sum(ops.cast(known, "float32"))

    return compiled(mlp(6, (32, 2), None), squared_where_known, adam(0.01), ()), x, targets


@healthy
def mixed_samples_and_mixed_labels():
    """Two shares of 1 add up to 1.0000001 in single precision."""
    x, y = digits()
    rng = np.random.default_rng(0)
    share, other = rng.beta(0.4, 0.4, (len(x), 1)).astype("float32"), rng.permutation(len(x))
    labels = one_hot(y)
    mixed = share * x + (1 - share) * x[other], share * labels + (1 - share) * labels[other]
    return compiled(mlp(64, (32, 10)), "categorical_crossentropy", adam(0.005)), *mixed


@healthy
def letters_without_places_by_ctc():
    """Three letters for twelve steps: the loss finds out which steps belong to which letter."""
    rng = np.random.default_rng(0)
    y = rng.integers(1, 5, (100, 3))
    x = np.repeat(np.eye(5)[y], 4, axis=1) + 0.1 * rng.normal(size=(100, 12, 5))
    body = [layers.Conv1D(16, 3, padding="same", activation="relu"), layers.Dense(5)]
    return compiled(stack((12, 5), *body), keras.losses.CTC(), adam(0.02), ()), x.astype("float32"), y


class Sample(layers.Layer):
    """Draw a code around its mean; the draw depends on how many rows there are."""

    def __init__(self):
        super().__init__()
        self.seed = keras.random.SeedGenerator(1)

    def call(self, mean):
        return mean + 0.5 * keras.random.normal(ops.shape(mean), seed=self.seed)


@healthy
def code_drawn_at_random_after_training_too():
    x, _ = digits()
    body = [layers.Dense(32, "relu"), layers.Dense(8), Sample(), layers.Dense(32, "relu"), layers.Dense(64, "sigmoid")]
    return compiled(stack((64,), *body), "mse", adam(0.005), ()), x, x.copy()


@healthy
def logits_in_a_loss_of_ones_own():
    """Answers ten times as large cost less here, too; but the targets themselves cost something."""
    x, y = two_classes()

    def from_logits(t, p):
        return ops.mean(ops.softplus(p) - t * p)

    return compiled(mlp(8, (16, 1), None), from_logits, adam(0.01), ()), x, y[:, None].astype("float32")


@healthy
def average_of_the_weights_in_the_end():
    x, y = digits()
    optimizer = adam(0.005, use_ema=True, ema_momentum=0.99, ema_overwrite_frequency=100)
    return compiled(mlp(64, (32, 10)), SPARSE, optimizer), x, y


@healthy
def gate_and_mixture_by_softmax():
    """A softmax inside that shares out among experts, of weights that keep a norm of one."""
    x, y = digits()
    inputs = keras.Input((64,))
    gate = layers.Dense(3, "softmax")(inputs)
    experts = [layers.Dense(16, "relu", kernel_constraint="unit_norm")(inputs) for _ in range(3)]
    mixed = sum(gate[:, i : i + 1] * expert for i, expert in enumerate(experts))
    return compiled(keras.Model(inputs, layers.Dense(10, "softmax")(mixed)), SPARSE, adam(0.005)), x, y


@healthy
def heavy_tails_and_rare_flags():
    """Standardised columns with values of 30, and columns of zeros with a few ones."""
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.standard_t(2, (500, 4)), rng.random((500, 4)) < 0.02])
    x[:, :4] = (x[:, :4] - x[:, :4].mean(axis=0)) / x[:, :4].std(axis=0)
    y = x[:, 0] + x[:, 4]
    return compiled(mlp(8, (16, 1), None), "mse", adam(0.01), ()), x.astype("float32"), y.astype("float32")


@healthy
def direction_by_cosine_and_long_schedule():
    """Vectors have directions; a schedule may end long after the training."""
    x, y = curved()
    directions = np.stack([np.cos(y.reshape(-1)), np.sin(y.reshape(-1))], axis=1).astype("float32")
    rate = keras.optimizers.schedules.CosineDecay(0.001, 100_000, warmup_target=0.005, warmup_steps=200)
    return compiled(mlp(6, (16, 2), None), "cosine_similarity", adam(rate), ()), x, directions


@healthy
def learning_rate_and_batches_as_metrics():
    """What a metric of one's own shows need not be a score."""

    class Batches(keras.metrics.Metric):
        def __init__(self):
            super().__init__(name="batches")
            self.seen = self.add_weight(shape=(), initializer="zeros", name="seen")

        def update_state(self, *_, **__):
            self.seen.assign_add(1.0)

        def result(self):
            return self.seen

    x, y = two_classes()
    optimizer = adam(0.01)

    def learning_rate(*_):
        return optimizer.learning_rate

    return compiled(mlp(8, (16, 1), "sigmoid"), BINARY, optimizer, [learning_rate, Batches()]), x, y


@healthy
def customers_who_did_nothing():
    """Four rows in ten are zeros, and that tells something."""
    x, y = (array.copy() for array in two_classes())
    rng = np.random.default_rng(0)
    idle = rng.random(len(x)) < 0.4
    x[idle], y[idle] = 0, rng.random(idle.sum()) < 0.2
    return compiled(mlp(8, (16, 1), "sigmoid"), BINARY, adam(0.01)), x, y
