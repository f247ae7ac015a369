"""Mistakes in the layers: starts that do not start, activations that block, dropout and normalisation out of place."""

import keras
import numpy as np
from cases import scores
from cases.data import colour_pictures, compiled, digits, fitted, two_classes, waves
from cases.declare import broken
from cases.models import BINARY, SPARSE, adam, mlp, sgd, stack
from cases.trials import learns
from keras import layers, ops

# --- starts -------------------------------------------------------------------------------------------------------


@broken("signal-vanishes", also=("vanishing-gradients",))
@learns(scores.accuracy, 0.6, epochs=8)
def eight_layers_from_random_normal(cured):
    """ "random_normal" has a spread of 0.05 whatever the width: github.com/keras-team/keras/issues/3752."""
    x, y = digits()
    start = "he_normal" if cured else "random_normal"
    return compiled(mlp(64, (32,) * 8 + (10,), kernel_initializer=start), SPARSE), x, y


@broken("output-saturated", also=("loss-at-chance",))
@learns(scores.accuracy, 0.9, epochs=15)
def output_bias_of_one_hundred(cured):
    """The sigmoid starts at 1 for every sample, where its slope is 0."""
    x, y = two_classes()
    model = mlp(8, (16, 1), "sigmoid")
    if not cured:
        model.layers[-1].bias.assign([100.0])
    return compiled(model, BINARY, adam(0.01)), x, y


@broken("output-saturated")
@learns(scores.negative_loss, -0.3, epochs=10)
def scores_times_a_thousand(cured):
    """A temperature of 0.001 before the softmax: every answer is certain from the start."""
    x, y = digits()
    last = [layers.Dense(10), layers.Rescaling(1.0 if cured else 1000.0), layers.Softmax()]
    return compiled(stack((64,), layers.Dense(32, "relu"), *last), SPARSE, adam(0.01)), x, y


@broken("output-saturated")
@learns(scores.accuracy, 0.9, epochs=10)
def last_weights_of_one_hundred(cured):
    """The same by the weights of the last layer, with the softmax in the loss."""
    x, y = digits()
    start = "glorot_uniform" if cured else keras.initializers.RandomNormal(0, 100.0, seed=1)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model = stack((64,), layers.Dense(32, "relu"), layers.Dense(10, kernel_initializer=start))
    return compiled(model, loss, adam(0.01)), x, y


@broken("weights-too-large", also=("learning-rate-too-high", "vanishing-gradients"))
@learns(scores.accuracy, 0.7, epochs=12)
def weights_drawn_between_0_and_1(cured):
    """All weights positive and near a half: each tanh unit is at its end for every sample."""
    x, y = digits()
    start = "glorot_uniform" if cured else keras.initializers.RandomUniform(0, 1, seed=1)
    return compiled(mlp(64, (64, 64, 10), hidden="tanh", kernel_initializer=start), SPARSE, sgd(0.1)), x, y


@broken("identical-units")
@learns(scores.accuracy, 0.95, epochs=10)
def ones_in_every_kernel(cured):
    """kernel_initializer="ones": the units of a layer stay equal."""
    x, y = digits()
    start = "glorot_uniform" if cured else "ones"
    return compiled(mlp(64, (32, 10), kernel_initializer=start), SPARSE, adam(0.01)), x, y


@broken("identical-units")
def zeros_in_a_convolution(cured):
    """The same in a convolution."""
    x, y = colour_pictures()
    start = "glorot_uniform" if cured else "zeros"
    convolution = layers.Conv2D(8, 3, strides=2, activation="relu", kernel_initializer=start)
    model = stack((32, 32, 3), layers.Rescaling(1 / 255), convolution, layers.Flatten(), layers.Dense(10, "softmax"))
    return compiled(model, SPARSE), x, y


# --- gradients that do not arrive ---------------------------------------------------------------------------------


@broken("no-gradient")
@learns(scores.accuracy, 0.8, epochs=12)
def step_as_hidden_activation(cured):
    """A step function has slope 0 nearly everywhere: github.com/keras-team/keras/issues/5521 has floor."""

    def step(z):
        return ops.cast(z > 0, "float32")

    x, y = digits()
    return compiled(mlp(64, (8, 10), hidden="sigmoid" if cured else step), SPARSE, adam(0.03)), x, y


@broken("no-gradient")
@learns(scores.accuracy, 0.8, epochs=40)
def argmax_in_the_middle(cured):
    """argmax has no gradient, so what stands before it stays as it was:
    github.com/keras-team/keras/issues/11157.
    """

    def strongest(z):
        return ops.cast(ops.one_hot(ops.argmax(z, axis=-1), 16), "float32")

    x, y = digits()
    choice = layers.Softmax() if cured else layers.Lambda(strongest, output_shape=(16,))
    return compiled(stack((64,), layers.Dense(16), choice, layers.Dense(10, "softmax")), SPARSE, adam(0.03)), x, y


@broken("gradient-not-finite")
@learns(scores.finite, 0.5, epochs=2)
def square_root_at_zero(cured):
    """The distance of equal pairs is √0, whose slope is infinite: github.com/keras-team/keras/issues/2001."""

    def distance(pair):
        square = ops.sum(ops.square(pair[:, 0] - pair[:, 1]), axis=-1, keepdims=True)
        return ops.sqrt(ops.maximum(square, 1e-7) if cured else square)

    x, _ = digits()
    other = np.random.default_rng(0).permutation(len(x))
    other[::2] = np.arange(len(x))[::2]
    pairs = np.stack([x, x[other]], axis=1)
    same = (np.arange(len(x)) % 2 == 0).astype("int64")
    parts = [layers.Dense(16), layers.Lambda(distance, output_shape=(1,)), layers.Dense(1, "sigmoid")]
    return compiled(stack((2, 64), *parts), BINARY), pairs, same


@broken("relu-in-recurrent")
@learns(scores.r2, 0.9, epochs=3)
def relu_in_an_lstm(cured):
    """With ReLU nothing bounds the state over a hundred steps: github.com/keras-team/keras/issues/2194."""
    rng = np.random.default_rng(0)
    x = (np.cumsum(rng.normal(size=(200, 100, 1)), axis=1) / 8).astype("float32")
    model = stack((100, 1), layers.LSTM(32, activation="tanh" if cured else "relu"), layers.Dense(1))
    return compiled(model, "mse", adam(0.01), ()), x, x[:, -1, 0]


@broken("vanishing-gradients")
def ten_sigmoid_convolutions(cured):
    """Sigmoid in each of ten layers of a convolutional network."""
    x, y = digits(200)
    hidden = "relu" if cured else "sigmoid"
    parts = [layers.Conv2D(8, 3, padding="same", activation=hidden, kernel_initializer="he_normal") for _ in range(10)]
    model = stack((8, 8, 1), *parts, layers.GlobalAveragePooling2D(), layers.Dense(10, "softmax"))
    return compiled(model, SPARSE), x.reshape(-1, 8, 8, 1), y


@broken("linear-stack")
@learns(scores.accuracy, 0.95, epochs=20)
def slope_of_one_below_zero(cured):
    """LeakyReLU with negative_slope=1 is the identity."""
    x, y = two_classes(noise=0.1)
    leak = layers.LeakyReLU(negative_slope=0.1 if cured else 1.0)
    model = stack((8,), layers.Dense(32), leak, layers.Dense(1, "sigmoid"))
    return compiled(model, BINARY, adam(0.02)), x, y


@broken("nothing-trainable")
def trainable_set_on_the_whole_model(cured):
    """base.trainable = False, where base is the model that is trained."""
    x, y = digits()
    base = keras.Sequential([keras.Input((64,)), layers.Dense(32, "relu")])
    model = keras.Sequential([keras.Input((64,)), base, layers.Dense(10, "softmax")])
    (base if cured else model).trainable = False
    return compiled(model, SPARSE), x, y


@broken("compile-again")
@learns(scores.accuracy, 0.75, epochs=4)
def unfrozen_and_not_compiled_again(cured):
    """What compile saw as frozen is not trained: github.com/keras-team/keras/issues/8121."""
    x, y = digits()
    model = mlp(64, (32, 32, 10))
    for layer in model.layers[:2]:
        layer.trainable = False
    compiled(model, SPARSE, adam(0.01))
    fitted(model, x, y, epochs=1)
    for layer in model.layers[:2]:
        layer.trainable = True
    return compiled(model, SPARSE, adam(0.01)) if cured else model, x, y


# --- dropout and normalisation -----------------------------------------------------------------------------------


@broken("dropout-too-strong", also=("loss-at-chance",))
@learns(scores.accuracy, 0.8, epochs=10)
def rate_taken_for_the_share_kept(cured):
    """Dropout(0.95) drops 95 %: in another library the number was the share that is kept:
    github.com/bonlime/keras-deeplab-v3-plus/issues/4.
    """
    x, y = digits()
    rate = 0.05 if cured else 0.95
    hidden = [layer for _ in range(2) for layer in (layers.Dense(32, "relu"), layers.Dropout(rate))]
    return compiled(stack((64,), *hidden, layers.Dense(10, "softmax")), SPARSE, adam(0.01)), x, y


@broken("dropout-too-strong")
@learns(scores.r2, 0.5, epochs=12)
def recurrent_dropout_of_nine_tenths(cured):
    """The state is lost at every step."""
    x, y = waves(200)
    model = stack((20, 1), layers.LSTM(16, dropout=0.0 if cured else 0.9), layers.Dense(1))
    return compiled(model, "mse", adam(0.02), ()), x, y


@broken("batchnorm-statistics", also=("loss-at-chance",))
@learns(scores.accuracy, 0.7)
def batch_normalization_of_single_samples(cured):
    """A batch of one, less its own mean, is 0: github.com/keras-team/keras/issues/8837."""
    x, y = two_classes(150)
    normalise = [] if cured else [layers.BatchNormalization()]
    model = stack((8,), layers.Dense(16), *normalise, layers.ReLU(), layers.Dense(1, "sigmoid"))
    compiled(model, BINARY, adam(0.01))
    return model, x, y, {"history": fitted(model, x, y, epochs=3, batch_size=1)}


@broken("batchnorm-statistics")
@learns(scores.accuracy, 0.8)
def moving_averages_after_few_steps(cured):
    """After 38 steps the averages (momentum 0.99) still stand near their start, and evaluate is far from fit:
    github.com/keras-team/keras/issues/7265.
    """
    x, y = digits()
    momentum = 0.8 if cured else 0.99
    parts = []
    for _ in range(2):
        parts += [layers.BatchNormalization(momentum=momentum), layers.Dense(32, "relu")]
    model = compiled(stack((64,), *parts, layers.Dense(10, "softmax")), SPARSE, adam(0.01))
    x = 20 * x - 40  # raw values far from 0, which the first normalization is there for
    return model, x, y, {"history": fitted(model, x, y, epochs=2)}
