"""Healthy neighbours of the mistakes in broken_reports.py."""

import keras
import numpy as np
from cases.data import bags, compiled, curved, digit_pictures, digits, fitted, one_hot, two_classes
from cases.declare import healthy
from cases.models import BINARY, SPARSE, adam, mlp, stack
from keras import layers, ops
from sklearn.preprocessing import StandardScaler


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


# --- softmax inside, products of embeddings, ratings --------------------------------------------------------------


@healthy
def attention_over_a_hundred_and_fifty_steps():
    """Shares of 1/150 are near 0, and that is no saturated layer."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 150, 4)).astype("float32")
    y = (x[:, :, 0].mean(axis=1) > 0).astype(int)
    inputs = keras.Input((150, 4))
    scores = layers.Dense(1)(layers.Dense(8, "tanh")(inputs))
    weights = layers.Activation("softmax")(layers.Flatten()(scores))
    read = layers.Dot(axes=1)([weights, inputs])
    return compiled(keras.Model(inputs, layers.Dense(1, "sigmoid")(read)), BINARY, adam(0.02)), x, y


def ratings(n=600):
    """Numbers of readers and books (n, 2), and how well they go together (n,)."""
    rng = np.random.default_rng(0)
    x = np.stack([rng.integers(0, 20, n), rng.integers(0, 30, n)], axis=1)
    tastes, kinds = rng.normal(size=(20, 2)), rng.normal(size=(30, 2))
    return x.astype("int32"), (tastes[x[:, 0]] * kinds[x[:, 1]]).sum(axis=1)


def recommender(join, size, *more):
    """Numbers for each reader and for each book, and nothing but what joins them."""
    pair = keras.Input((2,), dtype="int32")
    columns = [layers.Lambda(lambda pair, n=n: pair[:, n])(pair) for n in (0, 1)]
    answer = join([layers.Embedding(n, size)(column) for n, column in zip((20, 30), columns, strict=True)])
    for layer in more:
        answer = layer(answer)
    return keras.Model(pair, answer)


@healthy
def products_of_embeddings():
    """No layer has a matrix, so a new model answers 0.5 to everything: it can still reach 0 and 1."""
    x, y = ratings()
    model = recommender(layers.Dot(axes=1), 4, layers.Activation("sigmoid"))
    return compiled(model, BINARY, adam(0.05)), x, (y > 0).astype(int)


@healthy
def biases_of_readers_and_books():
    x, y = ratings()
    return compiled(recommender(layers.Add(), 1), "mse", adam(0.05), ()), x, (3 * y + 2).astype("float32")


@healthy
def books_that_are_rated_again():
    """The same reader and the same book, another rating: no copied row."""
    x, y = ratings()
    y = (y + 0.3 * np.random.default_rng(1).normal(size=len(y))).astype("float32")
    held, again = x[:150], y[:150] + 0.2
    model = compiled(recommender(layers.Dot(axes=1), 4), "mse", adam(0.05), ())
    return model, x, y, {"validation_data": (held, again)}


@healthy
def passengers_of_few_kinds():
    """Class, sex, age group and company: many passengers are alike, and most of these had the same fate."""
    rng = np.random.default_rng(0)
    kinds = np.stack([rng.integers(0, n, 900) for n in (3, 2, 8, 3, 4)], axis=1)
    y = (kinds @ [0.5, 1.0, 0.1, 0.0, 0.0] > 1.2).astype(int)
    model = compiled(mlp(5, (16, 1), "sigmoid"), BINARY, adam(0.01))
    x = kinds.astype("float32")
    return model, x[:700], y[:700], {"validation_data": (x[700:], y[700:])}


@healthy
def logits_that_start_at_zero():
    """The last layer starts with zeros, and the softmax stands apart: no ReLU made these zeros."""
    x, y = digits()
    body = [layers.Dense(32, "relu"), layers.Dense(10, kernel_initializer="zeros"), layers.Softmax()]
    return compiled(stack((64,), *body), SPARSE, adam(0.005)), x, y


@healthy
def brisk_steps_after_a_good_first_epoch():
    """The loss jumps by 0.02 between 0.03 and 0.18, where guessing costs 0.66."""
    x, y = two_classes()
    model = compiled(mlp(8, (16, 1), "sigmoid"), BINARY, adam(0.01))
    loss = [0.18, 0.15, 0.17, 0.12, 0.10, 0.12, 0.09, 0.11, 0.08, 0.06, 0.075, 0.05]
    fitted(model, x, y, epochs=25)
    return model, x, y, {"history": {"loss": loss}}


@healthy
def whole_numbers_in_floats():
    """What is declared as whole numbers may come as floats, as long as they are whole."""
    x, y = bags()
    body = [layers.Embedding(41, 8), layers.GlobalAveragePooling1D(), layers.Dense(1, "sigmoid")]
    return compiled(stack((12,), *body, dtype="int32"), BINARY, adam(0.02)), x.astype("float32"), y


@healthy
def labels_shared_out_among_three():
    """Each row has three right classes, and each of them gets a third."""
    x, _ = digits()
    best = np.argsort(-(x[:, :20] @ np.random.default_rng(0).normal(size=(20, 10))), axis=1)[:, :3]
    y = np.zeros((len(x), 10), "float32")
    np.put_along_axis(y, best, 1 / 3, axis=1)
    return compiled(mlp(64, (32, 10)), "categorical_crossentropy", adam(0.01), ()), x, y


@healthy
def sentences_in_two_parts():
    """Two sentences in one row with padding behind each: zeros inside, but in blocks."""
    x, y = bags()
    gap = np.zeros((len(x), 4), "int32")
    x = np.concatenate([x[:, :6], gap, x[:, 6:], gap], axis=1)
    body = [layers.Embedding(41, 8, mask_zero=True), layers.LSTM(8), layers.Dense(1, "sigmoid")]
    return compiled(stack((20,), *body), BINARY, adam(0.02)), x, y


@healthy
def standardised_before_the_split():
    """All rows together have mean 0 and standard deviation 1, the two parts nearly."""
    x, y = two_classes()
    x = StandardScaler().fit_transform(x)
    model = compiled(mlp(8, (16, 1), "sigmoid"), BINARY, adam(0.01))
    return model, x[:450], y[:450], {"validation_data": (x[450:], y[450:])}


@healthy
def likelihood_of_a_mean_and_a_spread():
    """The loss begins near 0 and falls below it, so that a tremble is large beside its first value."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, (800, 1)).astype("float32")
    y = np.sin(2 * x) + 0.1 * (2.2 + x) * rng.normal(size=x.shape)

    def negative_log(t, p):
        mean, log_spread = p[:, :1], p[:, 1:]
        return ops.mean(log_spread + 0.5 * ops.square((t - mean) * ops.exp(-log_spread)), axis=-1)

    body = [layers.Dense(32, "tanh"), layers.Dense(32, "tanh"), layers.Dense(2)]
    model = compiled(stack((1,), *body), negative_log, adam(0.01), ())
    return model, x, y, {"history": fitted(model, x, y, epochs=30)}
