"""Sound, but odd in activation, loss, labels or metric."""

import functools

import keras
import numpy as np
import tensorflow as tf
from cases.data import (
    cancer,
    compiled,
    counts,
    curved,
    diabetes,
    digits,
    fitted,
    iris,
    one_hot,
    squares,
    two_classes,
)
from cases.declare import healthy
from cases.models import BINARY, ONE_HOT, SPARSE, adam, mlp, sgd, stack
from keras import layers, ops

# --- activations that have another name, or none ------------------------------------------------------------------


@healthy
def softmax_of_tensorflow():
    """Its name is softmax_v2."""
    x, y = digits()
    return compiled(mlp(64, (32, 10), tf.nn.softmax, tf.nn.relu), SPARSE), x, y


@healthy
def sigmoid_of_tensorflow():
    x, y = two_classes()
    return compiled(mlp(8, (16, 1), tf.nn.sigmoid, tf.nn.relu), BINARY), x, y


@healthy
def softmax_written_by_hand():
    def shares(z):
        return ops.softmax(z)

    x, y = digits()
    return compiled(mlp(64, (32, 10), shares), SPARSE), x, y


@healthy
def softmax_with_a_temperature():
    x, y = digits()
    return compiled(mlp(64, (32, 10), lambda z: ops.softmax(z / 2)), SPARSE), x, y


@healthy
def softmax_in_a_lambda_layer():
    x, y = digits()
    return (
        compiled(stack((64,), layers.Dense(32, "relu"), layers.Dense(10), layers.Lambda(tf.nn.softmax)), SPARSE),
        x,
        y,
    )


@healthy
def softmax_as_an_operation():
    x, y = digits()
    inputs = keras.Input((64,))
    scores = layers.Dense(10)(layers.Dense(32, "relu")(inputs))
    return compiled(keras.Model(inputs, ops.softmax(scores)), SPARSE), x, y


@healthy
def hard_sigmoid_output():
    x, y = two_classes()
    return compiled(mlp(8, (16, 1), "hard_sigmoid"), BINARY), x, y


@healthy
def sigmoid_as_a_layer_after_a_linear_one():
    x, y = two_classes()
    return compiled(stack((8,), layers.Dense(16, "relu"), layers.Dense(1), layers.Activation("sigmoid")), BINARY), x, y


@healthy
def probabilities_clipped():
    """Clipped away from 0 and 1, as hand-written losses need it."""
    x, y = two_classes()
    clip = layers.Lambda(lambda p: ops.clip(p, 1e-4, 1 - 1e-4))
    return compiled(stack((8,), layers.Dense(16, "relu"), layers.Dense(1, "sigmoid"), clip), BINARY), x, y


@healthy
def tanh_brought_to_0_and_1():
    x, y = two_classes()
    half = layers.Rescaling(0.5, offset=0.5)
    return compiled(stack((8,), layers.Dense(16, "relu"), layers.Dense(1, "tanh"), half), BINARY), x, y


@healthy
def mean_of_three_softmaxes():
    """An ensemble in one model."""
    x, y = digits()
    inputs = keras.Input((64,))
    answers = [layers.Dense(10, "softmax")(layers.Dense(16, "relu")(inputs)) for _ in range(3)]
    return compiled(keras.Model(inputs, layers.Average()(answers)), SPARSE), x, y


@healthy
def logits_in_float32_after_mixed_precision():
    x, y = digits()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = stack((64,), layers.Dense(32, "relu"), layers.Dense(10), layers.Activation("softmax", dtype="float32"))
    finally:
        keras.config.set_dtype_policy("float32")
    return compiled(model, SPARSE), x, y


@healthy
def mixed_bfloat16():
    x, y = digits()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = mlp(64, (32, 10))
    finally:
        keras.config.set_dtype_policy("float32")
    return compiled(model, SPARSE), x, y


# --- labels -------------------------------------------------------------------------------------------------------


@healthy
def labels_in_a_column():
    x, y = digits()
    return compiled(mlp(64, (32, 10)), SPARSE), x, y.reshape(-1, 1)


@healthy
def labels_as_floats():
    x, y = digits()
    return compiled(mlp(64, (32, 10)), SPARSE), x, y.astype("float32")


@healthy
def soft_labels():
    """What another network answered (distillation): rows sum to 1, none is one-hot."""
    x, y = digits()
    return compiled(mlp(64, (32, 10)), ONE_HOT), x, (0.9 * one_hot(y) + 0.01).astype("float32")


@healthy
def smoothed_labels():
    x, y = digits()
    return compiled(mlp(64, (32, 10)), keras.losses.CategoricalCrossentropy(label_smoothing=0.4)), x, one_hot(y)


@healthy
def two_softmax_units_with_binary_loss():
    x, y = cancer()
    return compiled(mlp(30, (16, 2)), BINARY), x, one_hot(y, 2)


@healthy
def four_labels_at_once():
    x, y = digits()
    tags = np.c_[y % 2 == 0, y > 4, y == 0, y < 7].astype("float32")
    return compiled(mlp(64, (32, 4), "sigmoid"), BINARY, "adam", ["binary_accuracy"]), x, tags


@healthy
def labels_that_seldom_overlap():
    """Several labels at once, of which most samples have exactly one."""
    rng = np.random.default_rng(0)
    x, y = digits()
    tags = np.maximum(one_hot(y), rng.random((len(y), 10)) < 0.02)
    return compiled(mlp(64, (32, 10), "sigmoid"), BINARY, "adam", [keras.metrics.AUC(name="area")]), x, tags


@healthy
def spare_units():
    """Ten classes for twelve units: two are kept for later."""
    x, y = digits()
    return compiled(mlp(64, (32, 12)), SPARSE), x, y


@healthy
def probability_as_target():
    """Cross-entropy on measured shares between 0 and 1."""
    x, y = two_classes()
    shares = 1 / (1 + np.exp(-2 * x[:, 0] - 0.3 * (2 * y - 1)))
    return compiled(mlp(8, (16, 1), "sigmoid"), BINARY, adam(0.01), ["mae"]), x, shares


@healthy
def ordinal_targets():
    """Grade k as k ones: 3 is 1110 (one sigmoid a step)."""
    x, y = digits()
    steps = (y[:, None] > np.arange(9)).astype("float32")
    return compiled(mlp(64, (32, 9), "sigmoid"), BINARY, "adam", ["binary_accuracy"]), x, steps


@healthy
def unnumbered_pixels_left_out():
    """ignore_class=255 in segmentation."""
    rng = np.random.default_rng(0)
    x = rng.random((120, 12, 12, 1)).astype("float32")
    y = (x[..., 0] > 0.5).astype("int64")
    y[:, 0] = 255
    model = stack((12, 12, 1), layers.Conv2D(8, 1, activation="relu"), layers.Conv2D(2, 1, activation="softmax"))
    loss = keras.losses.SparseCategoricalCrossentropy(ignore_class=255)
    return compiled(model, loss, adam(0.02), ()), x, y


@healthy
def classes_of_pixels():
    rng = np.random.default_rng(0)
    x = rng.random((120, 12, 12, 1)).astype("float32")
    y = np.digitize(x[..., 0], (0.33, 0.66))
    model = stack((12, 12, 1), layers.Conv2D(8, 1, activation="relu"), layers.Conv2D(3, 1, activation="softmax"))
    return compiled(model, SPARSE, adam(0.02)), x, y


@healthy
def masks_with_the_dice_loss():
    """Few pixels are positive, which this loss is made for."""
    x, mask = squares(size=24)
    convolution = layers.Conv2D(8, 3, padding="same", activation="relu")
    model = stack((24, 24, 1), convolution, layers.Conv2D(1, 1, activation="sigmoid"))
    return compiled(model, keras.losses.Dice(), adam(0.02), [keras.metrics.BinaryIoU([1])]), x, mask


@healthy
def masks_with_a_dice_loss_of_ones_own():
    """Sums over pixels, and is near 1 for any new model."""

    def dice_loss(y_true, y_pred):
        both = ops.sum(y_true * y_pred, axis=(1, 2, 3))
        return 1 - (2 * both + 1) / (ops.sum(y_true, axis=(1, 2, 3)) + ops.sum(y_pred, axis=(1, 2, 3)) + 1)

    x, mask = squares()
    convolution = layers.Conv2D(8, 3, padding="same", activation="relu")
    model = stack((16, 16, 1), convolution, layers.Conv2D(1, 1, activation="sigmoid"))
    return compiled(model, dice_loss, adam(0.02), ()), x, mask


# --- losses -------------------------------------------------------------------------------------------------------


@healthy
def hinge_with_tanh():
    x, y = two_classes()
    return compiled(mlp(8, (16, 1), "tanh"), "hinge", adam(0.01), ()), x, 2 * y - 1


@healthy
def hinge_on_a_linear_unit():
    """A support vector machine; labels 0 and 1 are turned into −1 and 1 by Keras."""
    x, y = cancer()
    return compiled(mlp(30, (1,), None), "hinge", adam(0.01), ()), x, y


@healthy
def poisson_with_exponential():
    x, y = counts()
    return compiled(mlp(4, (16, 1), "exponential"), "poisson", adam(0.01), ()), x, y


@healthy
def squared_logarithm_of_positive_targets():
    x, y = curved()
    return compiled(mlp(6, (16, 1), "softplus"), "msle", adam(0.01), ["mae"]), x, np.exp(y)


@healthy
def percentage_error_far_from_zero():
    x, y = curved()
    return compiled(mlp(6, (16, 1), None), "mape", adam(0.01), ()), x, (5 + np.clip(y, -3, 3)).astype("float32")


@healthy
def cosine_of_directions():
    x, y = curved()
    return compiled(mlp(6, (32, 3), None), keras.losses.CosineSimilarity(), "adam", ()), x, np.c_[y, -y, y**2]


@healthy
def quantile_loss():
    """Costs nine times more below than above."""

    def ninth_decile(y_true, y_pred):
        error = y_true - y_pred
        return ops.mean(ops.maximum(0.9 * error, -0.1 * error), axis=-1)

    x, y = curved()
    return compiled(mlp(6, (32, 1), None), ninth_decile, adam(0.01), ()), x, y


@healthy
def mean_and_spread_by_likelihood():
    """Two outputs for one target: mean and logarithm of the spread; the loss can be negative."""

    def likelihood(y_true, y_pred):
        mean, log_spread = y_pred[:, :1], y_pred[:, 1:]
        return ops.mean(log_spread + 0.5 * ops.square((y_true - mean) / ops.exp(log_spread)), axis=-1)

    x, y = curved()
    return compiled(mlp(6, (32, 2), None), likelihood, adam(0.01), ()), x, y.reshape(-1, 1)


@healthy
def loss_with_classes_weighted():
    def weighted(y_true, y_pred):
        each = keras.losses.binary_crossentropy(y_true, y_pred)
        return ops.mean(each * (1 + 4 * y_true[:, 0]))

    x, y = two_classes()
    return compiled(mlp(8, (16, 1), "sigmoid"), weighted, "adam", ["accuracy"]), x, y.reshape(-1, 1).astype("float32")


@healthy
def focal_loss_for_a_rare_class():
    x, y = digits()
    loss = keras.losses.BinaryFocalCrossentropy(apply_class_balancing=True)
    return compiled(mlp(64, (16, 1), "sigmoid"), loss, "adam", [keras.metrics.AUC()]), x, (y == 7).astype("int64")


@healthy
def partial_loss():
    """A function with its arguments set: it has no name."""
    x, y = two_classes()
    loss = functools.partial(keras.losses.huber, delta=0.5)
    return compiled(mlp(8, (16, 1), "sigmoid"), loss, "adam", ["accuracy"]), x, y.reshape(-1, 1)


@healthy
def critic_of_wasserstein():
    """Its loss is linear in the output, so that no output is the right one."""

    def difference_of_means(y_true, y_pred):
        return ops.mean(y_true * y_pred)

    x, y = two_classes()
    signs = (1 - 2 * y).astype("float32").reshape(-1, 1)
    return compiled(mlp(8, (16, 1), None, "leaky_relu"), difference_of_means, adam(1e-3), ()), x, signs


def pairs(alike):
    """Two rows each, their distance, and whether both are of one class."""
    x, y = two_classes()
    inputs = keras.Input((2, 8))
    codes = layers.Dense(4)(inputs)
    gap = layers.Lambda(lambda c: ops.sum(ops.square(c[:, 0] - c[:, 1]), axis=-1, keepdims=True), output_shape=(1,))
    same = (y[:300] == y[300:]) if alike else (y[:300] != y[300:])
    return keras.Model(inputs, gap(codes)), np.stack([x[:300], x[300:]], axis=1), same.astype("float32").reshape(-1, 1)


@healthy
def distances_where_1_means_alike():
    """A contrastive loss: the distance is to be 0 where the label is 1."""

    def contrastive(y_true, y_pred):
        return ops.mean(y_true * y_pred + (1 - y_true) * ops.maximum(1 - y_pred, 0))

    model, x, y = pairs(alike=True)
    return compiled(model, contrastive, adam(0.01), ()), x, y


@healthy
def distances_where_0_means_alike():
    """The same, with the labels the other way round; it looks like a squared error up to 1."""

    def contrastive(y_true, y_pred):
        return ops.mean((1 - y_true) * ops.square(y_pred) + y_true * ops.square(ops.maximum(1 - y_pred, 0)))

    model, x, y = pairs(alike=False)
    return compiled(model, contrastive, adam(0.01), ()), x, y


@healthy
def own_function_and_a_row_of_targets():
    """Keras brings (n,) to (n, 1) for a loss function, other than for a class."""

    def mean_of_squares(y_true, y_pred):
        return ops.mean(ops.square(y_true - y_pred), axis=-1)

    x, y = curved()
    return compiled(mlp(6, (32, 1), None), mean_of_squares, adam(0.01), ()), x, y


@healthy
def one_hot_classes_of_pixels():
    """Each pixel has one class, so a picture holds many ones."""
    x = np.random.default_rng(0).random((120, 12, 12, 1)).astype("float32")
    y = one_hot(np.digitize(x[..., 0], (0.33, 0.66)), 3)
    model = stack((12, 12, 1), layers.Conv2D(8, 1, activation="relu"), layers.Conv2D(3, 1, activation="softmax"))
    return compiled(model, ONE_HOT, adam(0.02), ["accuracy", keras.metrics.OneHotMeanIoU(3)]), x, y


@healthy
def overlap_of_logits_that_takes_the_largest():
    """MeanIoU can be told to take the place of the largest output."""
    x = np.random.default_rng(0).random((120, 12, 12, 1)).astype("float32")
    y = np.digitize(x[..., 0], (0.33, 0.66))
    model = stack((12, 12, 1), layers.Conv2D(8, 1, activation="relu"), layers.Conv2D(3, 1, activation="softmax"))
    return compiled(model, SPARSE, adam(0.02), [keras.metrics.MeanIoU(3, sparse_y_pred=False)]), x, y


@healthy
def mean_answer_watched():
    """A metric of one's own that is no score."""

    def mean_answer(y_true, y_pred):
        return ops.mean(y_pred) + 0 * ops.mean(ops.cast(y_true, "float32"))

    x, y = cancer()
    return compiled(mlp(30, (16, 1), "sigmoid"), BINARY, "adam", ["accuracy", mean_answer]), x, y


@healthy
def single_rectified_unit_before_the_sigmoid():
    """A bottleneck, but one that learns: 0.94 to 0.96 right in six of six starts."""
    x, y = two_classes()
    model = stack((8,), *[layers.Dense(n, "relu") for n in (16, 1)], layers.Dense(1, "sigmoid"))
    return compiled(model, BINARY, adam(0.01)), x, y


@healthy
def logits_and_a_metric_cut_at_zero():
    x, y = cancer()
    metric = keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy")
    return compiled(mlp(30, (16, 1), None), keras.losses.BinaryCrossentropy(from_logits=True), "adam", [metric]), x, y


@healthy
def logits_of_ten_classes():
    x, y = digits()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return compiled(mlp(64, (32, 10), None), loss), x, y


@healthy
def top_three_beside_accuracy():
    x, y = digits()
    metrics = ["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(3)]
    return compiled(mlp(64, (32, 10)), SPARSE, "adam", metrics), x, y


# --- regressions whose output is brought to the scale of the targets ----------------------------------------------


@healthy
def standardisation_undone_in_the_model():
    x, y = curved()
    y = 200_000 + 40_000 * y
    undo = layers.Normalization(mean=float(y.mean()), variance=float(y.var()), invert=True, axis=None)
    return compiled(stack((6,), layers.Dense(32, "relu"), layers.Dense(1), undo), "mae", adam(0.01), ()), x, y


@healthy
def rescaled_at_the_end():
    x, y = curved()
    scale = layers.Rescaling(40_000.0, offset=200_000.0)
    model = stack((6,), layers.Dense(32, "relu"), layers.Dense(1), scale)
    return compiled(model, "mae", adam(0.01), ()), x, 200_000 + 40_000 * y


@healthy
def temperatures_with_a_bias_at_their_mean():
    """Kelvin: 290 ± 8, and the output bias starts at 290."""
    x, y = curved()
    output = layers.Dense(1, bias_initializer=keras.initializers.Constant(290.0))
    return compiled(stack((6,), layers.Dense(32, "relu"), output), "mse", adam(0.02), ()), x, 290 + 8 * y


@healthy
def bounded_by_a_scaled_sigmoid():
    """Ratings from 1 to 5."""
    x, y = curved()
    stars = np.clip(np.round(3 + y), 1, 5)
    output = [layers.Dense(1, "sigmoid"), layers.Rescaling(4.0, offset=1.0)]
    return compiled(stack((6,), layers.Dense(32, "relu"), *output), "mse", adam(0.01), ["mae"]), x, stars


@healthy
def relu_where_half_of_the_targets_are_zero():
    x, y = curved()
    return compiled(mlp(6, (16, 1), "relu"), "mae", adam(0.01), ["mse"]), x, np.maximum(0, 2 * y)


@healthy
def sigmoid_for_shares():
    x, y = curved()
    return compiled(mlp(6, (16, 1), "sigmoid"), "mse", adam(0.01), ["mae"]), x, 1 / (1 + np.exp(-y))


@healthy
def three_targets():
    x, y = curved()
    return compiled(mlp(6, (32, 3), None), "mse", adam(0.01), ["mae"]), x, np.c_[y, -y, y**2].astype("float32")


@healthy
def diabetes_by_huber():
    x, y = diabetes()
    return compiled(mlp(10, (16, 1), None), "huber", sgd(0.01), ["mae"]), x, y


@healthy
def angle_as_sine_and_cosine():
    x, y = curved()
    angles = np.c_[np.sin(y), np.cos(y)]
    return (
        compiled(stack((6,), layers.Dense(32, "relu"), layers.Dense(2), layers.UnitNormalization()), "mse", metrics=()),
        x,
        angles,
    )


@healthy
def zero_start_of_the_last_layer():
    """Logistic regression and policies often start at zero: every class equally likely."""
    x, y = iris()
    output = layers.Dense(3, "softmax", kernel_initializer="zeros")
    return compiled(stack((4,), layers.Dense(8, "relu"), output), SPARSE, adam(0.01)), x, y


@healthy
def bias_at_the_share_of_a_rare_class():
    """Class 7 against the rest, with recall; the output bias starts at the logarithm of the odds."""
    x, y = digits()
    rare = (y == 7).astype("int64")
    bias = keras.initializers.Constant(float(np.log(rare.mean() / (1 - rare.mean()))))
    model = stack((64,), layers.Dense(16, "relu"), layers.Dense(1, "sigmoid", bias_initializer=bias))
    return compiled(model, BINARY, "adam", [keras.metrics.Recall(), keras.metrics.Precision()]), x, rare


@healthy
def sigmoid_activations_trained_as_soft_logic():
    """Squared error on XOR, where it is shown on purpose."""
    x = np.tile([[0.0, 0], [0, 1], [1, 0], [1, 1]], (64, 1))
    y = np.tile([0, 1, 1, 0], 64)
    model = compiled(mlp(2, (8, 1), "sigmoid", "tanh"), "mse", adam(0.05))
    return model, x, y, {"history": fitted(model, x, y, epochs=15)}
