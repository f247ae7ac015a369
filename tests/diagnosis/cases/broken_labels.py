"""Mistakes in what must fit together: labels, output, loss and metric."""

import keras
import numpy as np
from cases import scores
from cases.data import (
    bags,
    cancer,
    compiled,
    counts,
    curved,
    digit_pictures,
    digits,
    one_hot,
    squares,
    two_classes,
    waves,
    wine,
)
from cases.declare import broken
from cases.models import BINARY, ONE_HOT, SPARSE, adam, mlp, sgd, stack
from cases.trials import learns
from keras import layers, ops

# --- shapes that are stretched without a word -------------------------------------------------------------------


@broken("loss-broadcasts")
@learns(scores.r2, 0.5, epochs=25)
def own_loss_stretches_a_row_of_targets(cured):
    """A Loss class of one's own gets y as (n, 1) only where y is (n, 1): github.com/keras-team/keras/issues/14627."""

    class MeanOfSquares(keras.losses.Loss):
        def call(self, y_true, y_pred):
            return ops.mean(ops.square(y_true - y_pred))

    x, y = curved()
    return compiled(mlp(6, (32, 1), None), MeanOfSquares(), adam(0.01), ()), x, y[:, None] if cured else y


@broken("loss-broadcasts")
@learns(scores.r2, 0.5, epochs=25)
def output_is_squeezed_and_targets_are_not(cured):
    """The output (n,) against targets (n, 1) becomes an n × n table: github.com/tensorflow/tensorflow/issues/28901."""

    class MeanOfSquares(keras.losses.Loss):
        def call(self, y_true, y_pred):
            return ops.mean(ops.square(y_true - y_pred))

    x, y = curved()
    inputs = keras.Input((6,))
    outputs = layers.Dense(1)(layers.Dense(32, "relu")(inputs))
    model = keras.Model(inputs, outputs if cured else ops.squeeze(outputs, -1))
    return compiled(model, MeanOfSquares(), adam(0.01), ()), x, y[:, None]


@broken("labels-not-one-hot")
@learns(scores.r2, 0.9, epochs=15)
def own_function_for_a_row_of_targets_and_three_outputs(cured):
    """Keras brings (n,) to (n, 1) for a loss function, but not to (n, 3): fit fails, with words about shapes."""

    def mean_of_squares(y_true, y_pred):
        return ops.mean(ops.square(y_true - y_pred), axis=-1)

    x, y = curved()
    return compiled(mlp(6, (32, 1 if cured else 3), None), mean_of_squares, adam(0.01), ()), x, y


@broken("label-width")
@learns(scores.r2, 0.6, epochs=15)
def one_unit_for_eighteen_values(cured):
    """The forecast of 18 values comes from Dense(1): github.com/keras-team/keras/issues/14630."""
    x, y = waves(400, 20, 18)
    model = stack((20, 1), layers.LSTM(16), layers.Dense(18 if cured else 1))
    return compiled(model, "mse", adam(0.01), ()), x, y if cured else y[..., None]


@broken("loss-broadcasts")
@learns(scores.r2, 0.97, epochs=12)
def sequences_returned_for_one_target(cured):
    """return_sequences=True was left in the last LSTM, so each step is compared with the one target."""
    x, y = waves(300)
    model = stack((20, 1), layers.LSTM(16, return_sequences=not cured), layers.Dense(1))
    return compiled(model, "mse", adam(0.02), ()), x, y


@broken("label-width")
def flatten_was_forgotten(cured):
    """Dense works on the last axis of a picture: the output is (8, 10) for a sample, not 10."""
    x, y = digits()
    flatten = [layers.Flatten()] if cured else []
    model = stack((8, 8), *flatten, layers.Dense(32, "relu"), layers.Dense(10, "softmax"))
    return compiled(model, SPARSE), x.reshape(-1, 8, 8), y


@broken("label-width")
def two_columns_for_one_sigmoid(cured):
    """class_mode="categorical" makes two columns, the model has one unit: github.com/keras-team/keras/issues/13006."""
    x, y = cancer()
    return compiled(mlp(30, (16, 1), "sigmoid"), BINARY), x, y if cured else one_hot(y, 2)


# --- labels that the loss does not want ---------------------------------------------------------------------------


@broken("categorical-loss-on-one-unit")
@learns(scores.accuracy, 0.85, epochs=8)
def categorical_loss_on_one_sigmoid(cured):
    """The loss is 0 from the first epoch: github.com/keras-team/keras/issues/14729."""
    x, y = cancer()
    return compiled(mlp(30, (16, 1), "sigmoid"), BINARY if cured else ONE_HOT), x, y


@broken("labels-out-of-range")
@learns(scores.accuracy, 0.85, epochs=8)
def sparse_loss_on_one_sigmoid(cured):
    """Two classes and one unit with the sparse loss: python.19633.com/cs/python-tag-9/Keras-9/1009048621.html."""
    x, y = cancer()
    return compiled(mlp(30, (16, 1), "sigmoid"), BINARY if cured else SPARSE), x, y


@broken("labels-out-of-range")
@learns(scores.overlap, 0.5, epochs=25, batch_size=8)
def mask_from_0_to_255(cured):
    """A mask read from a PNG file has 255 where 1 is meant: github.com/zhixuhao/unet/issues/48."""
    x, y = squares()
    convolution = layers.Conv2D(8, 3, padding="same", activation="relu")
    model = stack((16, 16, 1), convolution, layers.Conv2D(1, 1, activation="sigmoid"))
    return compiled(model, BINARY, adam(0.02)), x, y if cured else 255 * y


@broken("labels-out-of-range")
@learns(scores.r2, 0.5, epochs=15)
def standardised_picture_through_a_sigmoid(cured):
    """An autoencoder with sigmoid and cross-entropy on standardised inputs; the loss falls below zero:
    developerload.com/loss-function-has-negative-values.
    """
    x, _ = wine()
    loss, output = ("mse", None) if cured else (BINARY, "sigmoid")
    return compiled(mlp(13, (8, 13), output), loss, adam(0.01), ()), x, x.copy()


@broken("softmax-for-several-labels")
@learns(scores.all_labels, 0.4, epochs=15)
def softmax_where_several_labels_hold(cured):
    """One softmax cannot say that three of four labels hold: github.com/keras-team/keras/issues/6847."""
    x, y = digits()
    tags = np.c_[y % 2 == 0, y > 4, np.isin(y, (0, 6, 8, 9)), y < 7].astype("float32")
    model = mlp(64, (32, 4), "sigmoid" if cured else "softmax")
    return compiled(model, BINARY, adam(0.005), ["binary_accuracy"]), x, tags


@broken("softmax-for-several-labels")
@learns(scores.all_labels, 0.4, epochs=15)
def categorical_loss_where_several_labels_hold(cured):
    """As above with categorical_crossentropy: github.com/keras-team/keras/issues/741."""
    x, y = digits()
    tags = np.c_[y % 2 == 0, y > 4, np.isin(y, (0, 6, 8, 9)), y < 7].astype("float32")
    model = mlp(64, (32, 4), "sigmoid" if cured else "softmax")
    return compiled(model, BINARY if cured else ONE_HOT, adam(0.005), ["binary_accuracy"]), x, tags


@broken("labels-all-zero")
@learns(scores.accuracy, 0.8, epochs=12)
def dropped_first_class(cured):
    """get_dummies(drop_first=True) leaves rows of zeros, which categorical cross-entropy does not see:
    the first class costs nothing.
    """
    x, y = digits()
    keep = y < 4
    x, labels = x[keep], one_hot(y[keep], 4)
    return compiled(mlp(64, (32, 4)), ONE_HOT, adam(0.01)), x, labels if cured else labels * [0, 1, 1, 1]


@broken("output-not-positive")
@learns(scores.r2, 0.15, epochs=20)
def divergence_of_amounts(cured):
    """Kullback–Leibler wants distributions that sum to 1; here both are free amounts:
    github.com/keras-team/keras/issues/13747 and 9754.
    """
    x, y = curved()
    shares = np.exp(np.c_[y, -y, 0 * y])
    shares /= shares.sum(axis=1, keepdims=True)
    targets = shares if cured else 5 * shares
    return compiled(mlp(6, (32, 3), "softmax" if cured else None), "kl_divergence", adam(0.01), ()), x, targets


@broken("targets-not-positive")
@learns(scores.r2, 0.5, epochs=20)
def squared_logarithm_of_negative_targets(cured):
    """MSLE takes all that is negative for 0: github.com/enochkan/torch-metrics/issues/19 is about such values."""
    x, y = curved()
    return compiled(mlp(6, (32, 1), None), "mse" if cured else "msle", adam(0.01), ()), x, y - 2


@broken("output-not-positive")
@learns(scores.r2, 0.15, epochs=40)
def poisson_on_a_linear_output(cured):
    """The logarithm of a negative rate is NaN: github.com/keras-team/keras/issues/590."""
    x, y = counts()
    return compiled(mlp(4, (16, 1), "softplus" if cured else None), "poisson", adam(0.05), ()), x, y


@broken("targets-not-positive")
@learns(scores.r2, 0.3, epochs=40)
def poisson_of_standardised_counts(cured):
    """Counts were standardised like all else, and are negative now: github.com/keras-team/keras/issues/590."""
    x, y = counts()
    return compiled(mlp(4, (16, 1), "softplus"), "poisson", adam(0.01), ()), x, y if cured else (y - y.mean()) / y.std()


@broken("zeros-in-percentage-error")
@learns(scores.r2, 0.4, epochs=30)
def percentage_of_zero(cured):
    """The mean absolute percentage error divides by 0 (by 1e-7): github.com/keras-team/keras/issues/2908."""
    x, y = curved()
    y = 3 * np.maximum(y, 0)
    return compiled(mlp(6, (32, 1), None), "mae" if cured else "mape", adam(0.005), ()), x, y


# --- outputs that cannot say it -----------------------------------------------------------------------------------


@broken("output-not-probabilities")
@learns(scores.right_probabilities, 0.9, epochs=12)
def tanh_with_binary_loss(cured):
    """tanh gives −1 to 1, the loss takes 0 to 1: github.com/keras-team/keras/issues/274.

    The accuracy need not show it: cut at 0.5, such outputs were right as often in most runs.
    """
    x, y = cancer()
    output = "sigmoid" if cured else "tanh"
    return compiled(mlp(30, (16, 1), output), BINARY, sgd(0.05)), x, y


@broken("output-not-probabilities")
@learns(scores.right_probabilities, 0.9, epochs=12)
def relu_with_binary_loss(cured):
    """ReLU as the last activation of a classifier: geeksmental.com/question/why-does-accuracy-remain-the-same."""
    x, y = cancer()
    return compiled(mlp(30, (16, 1), "sigmoid" if cured else "relu"), BINARY, sgd(0.05)), x, y


@broken("relu-before-softmax")
@learns(scores.accuracy, 0.85, epochs=10)
def relu_just_before_softmax(cured):
    """Scores below zero are cut off before softmax sees them: github.com/keras-team/keras/issues/1597."""
    x, y = digits()
    last = [layers.Dense(10, None if cured else "relu"), layers.Activation("softmax")]
    return compiled(stack((64,), layers.Dense(16, "relu"), *last), SPARSE, adam(0.01)), x, y


@broken("activation-twice")
@learns(scores.negative_loss, -0.6, epochs=15)
def softmax_after_softmax(cured):
    """Dense(10, "softmax") and then a Softmax layer: no class can get above 0.23."""
    x, y = digits()
    last = [layers.Dense(10, None if cured else "softmax"), layers.Softmax()]
    return compiled(stack((64,), layers.Dense(32, "relu"), *last), SPARSE, adam(0.01)), x, y


@broken("activation-twice")
@learns(scores.negative_loss, -0.6, epochs=15)
def softmax_as_a_layer_after_softmax(cured):
    """The same with Activation("softmax"), which can give anything, but is not fed it."""
    x, y = digits()
    last = [layers.Dense(10, None if cured else "softmax"), layers.Activation("softmax")]
    return compiled(stack((64,), layers.Dense(32, "relu"), *last), SPARSE, adam(0.01)), x, y


@broken("activation-twice")
@learns(scores.negative_loss, -0.3, epochs=15)
def relu_just_before_sigmoid(cured):
    """The sigmoid of a number from 0 up is a half or more: no sample can be called unlikely."""
    x, y = two_classes()
    last = [layers.Dense(1, None if cured else "relu"), layers.Activation("sigmoid")]
    return compiled(stack((8,), layers.Dense(16, "relu"), *last), BINARY, adam(0.01)), x, y


@broken("activation-twice")
@learns(scores.negative_loss, -0.3, epochs=15)
def relu_before_the_sigmoids_of_several_labels(cured):
    """As above for four labels at once."""
    x, y = digits()
    tags = np.c_[y % 2 == 0, y > 4, y == 0, y < 7].astype("float32")
    last = [layers.Dense(4, None if cured else "relu"), layers.Activation("sigmoid")]
    model = stack((64,), layers.Dense(32, "relu"), *last)
    return compiled(model, BINARY, adam(0.01), ["binary_accuracy"]), x, tags


@broken("probabilities-as-logits")
@learns(scores.logit_accuracy, 0.8, epochs=25)
def sigmoid_maps_averaged_as_logits(cured):
    """The maps are sigmoids, their mean goes to a loss that wants logits: github.com/keras-team/keras/issues/15715."""
    x, y = digit_pictures()
    maps = layers.Conv2D(1, 3, activation=None if cured else "sigmoid")
    model = stack((8, 8, 1), layers.Conv2D(8, 3, activation="relu"), maps, layers.GlobalAveragePooling2D())
    metric = keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy")
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    return compiled(model, loss, adam(0.02), [metric]), x, np.isin(y, (0, 6, 8)).astype("int64")


@broken("softmax-axis")
@learns(scores.one_at_a_time, 0.6, epochs=10)
def softmax_over_the_batch(cured):
    """axis=0 shares the probability among the samples: github.com/dongjun-Lee/text-classification-models-tf/pull/1."""
    x, y = digits()
    last = [layers.Dense(10), layers.Softmax(axis=-1 if cured else 0)]
    return compiled(stack((64,), layers.Dense(32, "relu"), *last), SPARSE, adam(0.01)), x, y


@broken("softmax-axis")
@learns(scores.accuracy, 0.95, epochs=15, batch_size=8)
def softmax_over_the_rows_of_a_picture(cured):
    """Per-pixel classes with softmax over the height: github.com/MrGiovanni/ModelsGenesis/pull/8."""
    rng = np.random.default_rng(0)
    x = rng.random((150, 12, 12, 1)).astype("float32")
    y = np.digitize(x[..., 0], (0.33, 0.66))
    last = [layers.Conv2D(3, 1), layers.Softmax(axis=-1 if cured else 1)]
    model = stack((12, 12, 1), layers.Conv2D(16, 1, activation="relu"), *last)
    return compiled(model, SPARSE, adam(0.03)), x, y


@broken("dropout-after-output")
@learns(scores.negative_loss, -0.2, epochs=12)
def dropout_after_softmax(cured):
    """Dropout sets half of the probabilities to 0, and the logarithm of 0 is the loss: tutorialexample.com/?p=275."""
    x, y = digits()
    dropout, output = layers.Dropout(0.5), layers.Dense(10, "softmax")
    last = [dropout, output] if cured else [output, dropout]
    return compiled(stack((64,), layers.Dense(64, "relu"), *last), SPARSE, adam(0.01)), x, y


@broken("dead-output")
@learns(scores.r2, 0.5, epochs=20)
def dead_relu_at_the_end_of_a_regression(cured):
    """A ReLU output that is 0 for every sample never comes back: github.com/keras-team/keras/issues/3687."""
    rng = np.random.default_rng(3)
    x = rng.random((400, 6)).astype("float32")
    y = (x @ [1, 2, 0.5, 1, 0, 1] + 0.5).astype("float32")
    model = mlp(6, (16, 1), None if cured else "relu")
    kernel, bias = model.layers[-1].get_weights()
    model.layers[-1].set_weights([-np.abs(kernel), bias])
    return compiled(model, "mse", adam(0.01), ()), x, y


@broken("output-cannot-reach-targets")
@learns(scores.r2, 0.95, epochs=30)
def tanh_for_standardised_targets(cured):
    """A third of a standardised target lies beyond ±1."""
    x, y = curved()
    return compiled(mlp(6, (32, 1), None if cured else "tanh"), "mse", adam(0.01), ()), x, y


@broken("output-cannot-reach-targets")
@learns(scores.r2, 0.6, epochs=30)
def softmax_for_three_amounts(cured):
    """Three amounts that do not sum to 1, and softmax: github.com/keras-team/keras/issues/108 warns of it."""
    x, y = curved()
    return compiled(mlp(6, (32, 3), None if cured else "softmax"), "mse", adam(0.01), ()), x, np.c_[y, -y, y**2]


@broken("output-cannot-reach-targets")
@learns(scores.logit_accuracy, 0.8, epochs=20)
def hinge_on_a_sigmoid(cured):
    """The hinge loss wants −1 and 1; a sigmoid never goes below 0."""
    x, y = two_classes()
    model = mlp(8, (16, 1), "tanh" if cured else "sigmoid")
    return compiled(model, "hinge", adam(0.01), ()), x, 2 * y - 1


# --- losses of one's own that go the wrong way or nowhere ---------------------------------------------------------


@broken("loss-upside-down")
@learns(scores.overlap, 0.5, epochs=10, batch_size=8)
def overlap_is_minimised(cured):
    """The loss returns the Dice coefficient instead of 1 minus it:
    openillumi.com/en/en-dice-loss-keras-tensorflow-correct-implementation.
    """

    def dice(y_true, y_pred):
        both = ops.sum(y_true * y_pred, axis=(1, 2, 3))
        share = (2 * both + 1) / (ops.sum(y_true, axis=(1, 2, 3)) + ops.sum(y_pred, axis=(1, 2, 3)) + 1)
        return 1 - share if cured else share

    x, y = squares()
    convolution = layers.Conv2D(8, 3, padding="same", activation="relu")
    model = stack((16, 16, 1), convolution, layers.Conv2D(1, 1, activation="sigmoid"))
    return compiled(model, dice, adam(0.02), ()), x, y


@broken("loss-upside-down")
@learns(scores.r2, 0.0, epochs=15)
def similarity_is_minimised(cured):
    """Cosine similarity without the minus sign; Keras's own has it: github.com/tensorflow/tensorflow/issues/37896."""

    def similarity(y_true, y_pred):
        cosine = ops.sum(ops.normalize(y_true, axis=-1) * ops.normalize(y_pred, axis=-1), axis=-1)
        return -cosine if cured else cosine

    x, y = curved()
    directions = np.c_[y, 0.5 - y, y**2].astype("float32")
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    output = [layers.Dense(3), layers.UnitNormalization()]
    return compiled(stack((6,), layers.Dense(32, "relu"), *output), similarity, adam(0.01), ()), x, directions


@broken("gradient-not-finite")
@learns(scores.accuracy, 0.85, epochs=10)
def arguments_of_the_loss_swapped(cured):
    """Keras passes (y_true, y_pred); here it is (y_pred, y_true), and the logarithm of 0 is taken:
    github.com/keras-team/keras/issues/5733.
    """

    def cross_entropy(first, second):
        y_true, y_pred = (first, second) if cured else (second, first)
        return -ops.sum(y_true * ops.log(y_pred), axis=-1)

    x, y = digits()
    return compiled(mlp(64, (32, 10)), cross_entropy, adam(0.01)), x, one_hot(y).astype("float32")


@broken("no-gradient")
@learns(scores.accuracy, 0.85, epochs=10)
def rounded_in_the_loss(cured):
    """round has no gradient: github.com/keras-team/keras/issues/4175."""

    def share_of_errors(y_true, y_pred):
        return ops.mean(ops.abs(y_true - (y_pred if cured else ops.round(y_pred))), axis=-1)

    x, y = cancer()
    model = mlp(30, (16, 1), "sigmoid")
    return compiled(model, share_of_errors, adam(0.01)), x, y.reshape(-1, 1).astype("float32")


# --- metrics that count something else ----------------------------------------------------------------------------


@broken("accuracy-counts-exact-hits")
@learns(scores.honesty, -0.05, epochs=6)
def exact_hits_of_a_sigmoid(cured):
    """keras.metrics.Accuracy counts predictions equal to the label: github.com/keras-team/tf-keras/issues/15."""
    x, y = cancer()
    metric = "accuracy" if cured else keras.metrics.Accuracy()
    return compiled(mlp(30, (16, 1), "sigmoid"), BINARY, adam(0.01), [metric]), x, y


@broken("metric-of-whole-numbers")
@learns(scores.reported, 0.75, epochs=20, batch_size=8)
def mean_overlap_of_probabilities(cured):
    """keras.metrics.MeanIoU cuts 0.98 off to 0: the score stays at that of an empty mask while the mask is found:
    github.com/tensorflow/tensorflow/issues/39173.
    """
    x, mask = squares()
    convolution = layers.Conv2D(8, 3, padding="same", activation="relu")
    model = stack((16, 16, 1), convolution, layers.Conv2D(1, 1, activation="sigmoid"))
    metric = keras.metrics.BinaryIoU(target_class_ids=[0, 1]) if cured else keras.metrics.MeanIoU(num_classes=2)
    return compiled(model, BINARY, adam(0.03), [metric]), x, mask


@broken("metric-of-whole-numbers")
@learns(scores.reported, 0.5, epochs=10, batch_size=8)
def mean_overlap_of_one_hot_classes(cured):
    """The same for three classes a pixel, one-hot: all are counted as class 0."""
    x = np.random.default_rng(0).random((150, 12, 12, 1)).astype("float32")
    y = one_hot(np.digitize(x[..., 0], (0.33, 0.66)), 3)
    model = stack((12, 12, 1), layers.Conv2D(16, 1, activation="relu"), layers.Conv2D(3, 1, activation="softmax"))
    metric = (keras.metrics.OneHotMeanIoU if cured else keras.metrics.MeanIoU)(num_classes=3)
    return compiled(model, ONE_HOT, adam(0.03), [metric]), x, y


@broken("wrong-metric")
def accuracy_beside_a_sparse_loss_of_ones_own(cured):
    """Labels (n, 1) and a loss function: Keras takes "accuracy" for the binary one:
    github.com/keras-team/keras/issues/13552.
    """

    def my_loss(y_true, y_pred):
        return keras.losses.sparse_categorical_crossentropy(y_true, y_pred)

    x, y = digits()
    metric = keras.metrics.SparseCategoricalAccuracy(name="accuracy") if cured else "accuracy"
    return compiled(mlp(64, (32, 10)), my_loss, adam(0.01), [metric]), x, y.reshape(-1, 1)


@broken("wrong-metric")
@learns(scores.honesty, -0.05, epochs=4)
def binary_accuracy_of_ten_classes(cured):
    """0.9 from the first epoch, since nine of ten answers are an easy no: stackoverflow.com/questions/42081257."""
    x, y = digits()
    metric = "categorical_accuracy" if cured else "binary_accuracy"
    return compiled(mlp(64, (32, 10)), ONE_HOT, sgd(0.05), [metric]), x, one_hot(y)


@broken("accuracy-threshold")
@learns(scores.honesty_of_logits, -0.004, epochs=4)
def accuracy_cuts_logits_at_a_half(cured):
    """ "accuracy" cuts at 0.5, and logits belong cut at 0: github.com/tensorflow/tensorflow/issues/41413."""
    x, y = cancer()
    metric = keras.metrics.BinaryAccuracy(threshold=0.0) if cured else "accuracy"
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    return compiled(mlp(30, (16, 1), None), loss, sgd(0.02), [metric]), x, y


@broken("accuracy-for-regression")
def accuracy_of_an_autoencoder(cured):
    """Accuracy asks whether the same pixel is the brightest: stackoverflow.com/questions/56521949 wonders
    what an accuracy of 81 % means.
    """
    x, _ = digits()
    model = mlp(64, (16, 64), "sigmoid")
    return compiled(model, "mse", adam(0.01), ["mae" if cured else "accuracy"]), x, x.copy()


@broken("accuracy-for-regression")
def accuracy_of_three_amounts(cured):
    """With several outputs "accuracy" compares which one is largest: stackoverflow.com/questions/48775305."""
    x, y = curved()
    model = mlp(6, (32, 3), None)
    return compiled(model, "mse", adam(0.01), ["mae" if cured else "accuracy"]), x, np.c_[y, -y, y**2 - 1]


@broken("accuracy-for-regression")
def class_numbers_as_amounts(cured):
    """Ten classes predicted as one number between 0 and 9 with a squared error:
    github.com/keras-team/keras/issues/2009.
    """
    x, y = digits()
    model = mlp(64, (32, 10 if cured else 1), "softmax" if cured else None)
    return compiled(model, SPARSE if cured else "mse", adam(0.01)), x, y


@broken("imbalanced-classes")
@learns(scores.recall, 0.2, epochs=8)
def rare_labels_and_binary_accuracy(cured):
    """One per cent of the labels hold; 0.99 is reached by never saying one:
    newbedev.com/weird-accuracy-in-multilabel-classification-keras.
    """
    rng = np.random.default_rng(4)
    x = rng.normal(size=(800, 20)).astype("float32")
    y = (x + 0.6 * rng.normal(size=x.shape) > 2.7).astype("float32")
    focal = keras.losses.BinaryFocalCrossentropy(apply_class_balancing=True, alpha=0.97)
    metric = keras.metrics.Recall() if cured else "binary_accuracy"
    return compiled(mlp(20, (32, 20), "sigmoid"), focal if cured else BINARY, "adam", [metric]), x, y


@broken("imbalanced-classes")
def one_pixel_in_a_hundred(cured):
    """Segmentation of a small object, watched by accuracy: github.com/jakeret/tf_unet/issues/145."""
    x, mask = squares(size=32)
    convolution = layers.Conv2D(8, 3, padding="same", activation="relu")
    model = stack((32, 32, 1), convolution, layers.Conv2D(1, 1, activation="sigmoid"))
    metric = keras.metrics.BinaryIoU([1]) if cured else "accuracy"
    return compiled(model, BINARY, adam(0.02), [metric]), x, mask


@broken("constant-target")
@learns(scores.r2, 0.3, epochs=20)
def whole_division_of_the_targets(cured):
    """y // 1000000 is 0 for every sample; the loss is 0 at once."""
    x, y = curved()
    amounts = (1e5 * y + 4e5).astype("int64")
    targets = amounts / 1e6 if cured else amounts // 1_000_000
    return compiled(mlp(6, (16, 1), None), "mse", adam(0.02), ["mae"]), x, targets.astype("float32")


@broken("targets-not-scaled")
@learns(scores.r2, 0.5, epochs=20)
def targets_in_millionths(cured):
    """Targets near 1e-6: the loss is 0.0000 at once, and predictions are noise."""
    x, y = curved()
    return compiled(mlp(6, (32, 1), None), "mse", adam(0.01), ()), x, y if cured else (1e-6 * y)


@broken("one-class")
def negative_class_got_lost(cured):
    """A filter left only positive samples: accuracy 1 in the first epoch."""
    x, y = bags()
    keep = np.ones_like(y, bool) if cured else y == 1
    model = stack((12,), layers.Embedding(41, 8), layers.GlobalAveragePooling1D(), layers.Dense(1, "sigmoid"))
    return compiled(model, BINARY, adam(0.02)), x[keep], y[keep]
