"""`diagnose` against set-ups that are broken in ways beginners really break them, and against healthy ones.

The broken table: each set-up is one mistake, taken from public questions and issues where one is named, and must be
found by its own code. The healthy table: the models and data of the lessons, new and trained, which must get
nothing above a note.
"""

import functools
import random
import re
import time

import numpy as np
import pytest
from sklearn.datasets import load_digits, make_moons
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

import nnlib.data
from nnlib.diagnosis import Finding, diagnose

keras = pytest.importorskip("keras")
from keras import layers  # noqa: E402

SPARSE = "sparse_categorical_crossentropy"
SPARSE_LOGITS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


# --- data ------------------------------------------------------------------------------------------------------


@functools.cache
def digits():
    """Real 8 × 8 digits, shuffled, in [0, 1]; shape (1797, 64), labels 0 to 9."""
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))
    return (x[order] / 16).astype("float32"), y[order]


@functools.cache
def one_hot_digits():
    x, y = digits()
    return x, keras.utils.to_categorical(y, 10)


@functools.cache
def pictures():
    """Coloured digits as uint8 pictures, shape (600, 32, 32, 3): what CIFAR-10 looks like to a model."""
    x, y = digits()
    rng = np.random.default_rng(1)
    large = np.kron(x[:600].reshape(-1, 8, 8), np.ones((4, 4)))[..., None]
    ink, paper = rng.uniform(0.5, 1, (600, 1, 1, 3)), rng.uniform(0, 0.5, (600, 1, 1, 3))
    return (255 * (paper + (ink - paper) * large)).astype("uint8"), y[:600]


@functools.cache
def phones():
    """The simulated phone prices: raw table, standardised table, labels 0 to 3."""
    table = nnlib.data.load_phone_prices("stand-in")
    scaled = StandardScaler().fit_transform(table.features).astype("float32")
    return table.features, scaled, table.target.to_numpy()


@functools.cache
def moons():
    x, y = make_moons(400, noise=0.15, random_state=0)
    return x.astype("float32"), y


SIX_X = np.arange(-1.0, 5.0).reshape(-1, 1)
SIX_Y = 2 * SIX_X - 1
XOR_X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype="float32")
XOR_Y = np.array([0, 1, 1, 0])


@functools.cache
def houses():
    """A regression with prices in the hundred thousands: scaled inputs (300, 5), raw targets (300,)."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=(300, 5))
    return x, 200_000 + 40_000 * (x @ [1, -1, 0.5, 0, 0.2]) + rng.normal(size=300) * 5_000


# --- models ----------------------------------------------------------------------------------------------------


def dense(n_inputs, units, activation="relu", output="softmax", **options):
    """A plain stack of Dense layers; the last of `units` is the output."""
    hidden = [layers.Dense(n, activation=activation, **options) for n in units[:-1]]
    return keras.Sequential([keras.Input((n_inputs,)), *hidden, layers.Dense(units[-1], activation=output)])


def compiled(model, loss, optimizer="adam", metrics=("accuracy",)):
    model.compile(optimizer=optimizer, loss=loss, metrics=list(metrics))
    return model


def fitted(model, x, y, epochs, batch_size=32, **options):
    return model.fit(x, y, epochs=epochs, batch_size=batch_size, verbose=0, **options)


# --- broken ----------------------------------------------------------------------------------------------------

BROKEN = []


def broken(code):
    """Register a set-up that returns (model, x, y) or (model, x, y, options) and must be found by `code`."""

    def register(setup):
        BROKEN.append(pytest.param(setup, code, id=f"{setup.__name__}-{code}"))
        return setup

    return register


@broken("inputs-not-scaled")
def raw_phone_prices():
    """Lesson 10's raw run: SGD 1e-3 on columns from 0.1 to 4000."""
    raw, _, y = phones()
    model = compiled(dense(20, (128, 256, 4), output=None), SPARSE_LOGITS, keras.optimizers.SGD(1e-3))
    return model, raw, y


@broken("inputs-not-scaled")
def raw_phone_prices_trained():
    raw, _, y = phones()
    model = compiled(dense(20, (128, 256, 4), output=None), SPARSE_LOGITS, keras.optimizers.SGD(1e-3))
    return model, raw, y, {"history": fitted(model, raw, y, 2, 8)}


@broken("inputs-not-scaled")
def pixels_from_0_to_255():
    """datascience.stackexchange.com 38604: MNIST straight from load_data, never divided by 255."""
    x, y = pictures()
    model = keras.Sequential([keras.Input((32, 32, 3)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    return compiled(model, SPARSE), x, y


@broken("inputs-not-scaled")
def years_as_a_column():
    x, y = moons()
    return compiled(dense(3, (8, 1), output="sigmoid"), "binary_crossentropy"), np.c_[x, 2000 + np.arange(400) % 25], y


@broken("inputs-too-small")
def pixels_divided_twice():
    """A Rescaling layer in the model, and the arrays divided by 255 as well."""
    x, y = pictures()
    model = keras.Sequential(
        [keras.Input((32, 32, 3)), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10, activation="softmax")]
    )
    return compiled(model, SPARSE), x / 255, y


@broken("not-finite-data")
def missing_values():
    """NaN from empty cells of a CSV file; loss NaN from the first epoch."""
    raw, scaled, y = phones()
    holes = scaled.copy()
    holes[::50, 3] = np.nan
    return compiled(dense(20, (16, 4)), SPARSE), holes, y


@broken("not-finite-data")
def infinite_targets():
    x, y = houses()
    with np.errstate(divide="ignore"):
        logarithms = np.log(y - y.min())
    return compiled(dense(5, (16, 1), output=None), "mse", metrics=()), x, logarithms


@broken("targets-not-scaled")
def prices_in_dollars():
    """stackoverflow.com 52800582: targets up to 1e8, weights near 0.3."""
    x, y = houses()
    return compiled(dense(5, (16, 1), output=None), "mse", metrics=("mae",)), x, y


@broken("targets-not-scaled")
def prices_in_dollars_absolute_error():
    x, y = houses()
    model = compiled(dense(5, (16, 1), output=None), "mae", metrics=())
    return model, x, y, {"history": fitted(model, x, y, 3)}


@broken("labels-one-hot")
def one_hot_against_sparse_loss():
    """keras-io pull request 916."""
    return compiled(dense(64, (32, 10)), SPARSE), *one_hot_digits()


@broken("labels-not-one-hot")
def numbers_against_categorical_loss():
    """keras issue 11786."""
    return compiled(dense(64, (32, 10)), "categorical_crossentropy"), *digits()


@broken("labels-not-one-hot")
def numbers_against_squared_error_of_ten_outputs():
    """Broadcasts without a word: every output is compared with the label number."""
    x, y = digits()
    return compiled(dense(64, (32, 10)), "mse"), x, y.reshape(-1, 1)


@broken("labels-out-of-range")
def classes_counted_from_one():
    """Labels 1…9 for nine units: index 9 is out of bounds."""
    x, y = digits()
    keep = y > 0
    return compiled(dense(64, (32, 9)), SPARSE), x[keep], y[keep]


@broken("labels-out-of-range")
def letters_as_ascii_codes():
    """keras issue 7339: labels 97…122."""
    x, y = digits()
    return compiled(dense(64, (32, 26)), SPARSE), x, y + 97


@broken("labels-out-of-range")
def ten_digits_for_one_sigmoid():
    """datascience.stackexchange.com 38604: the loss goes to −55."""
    return compiled(dense(64, (64, 1), output="sigmoid"), "binary_crossentropy"), *digits()


@broken("labels-out-of-range")
def plus_and_minus_one_for_a_sigmoid():
    x, y = moons()
    return compiled(dense(2, (8, 1), output="sigmoid"), "binary_crossentropy"), x, 2 * y - 1


@broken("label-width")
def to_categorical_of_classes_from_one():
    x, y = digits()
    return compiled(dense(64, (32, 10)), "categorical_crossentropy"), x, keras.utils.to_categorical(y + 1)


@broken("softmax-on-one-unit")
def softmax_on_one_unit():
    """The classic: accuracy never changes."""
    return compiled(dense(2, (8, 1), output="softmax"), "binary_crossentropy"), *moons()


@broken("softmax-on-one-unit")
def softmax_layer_on_one_unit():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(8, activation="relu"), layers.Dense(1), layers.Softmax()])
    return compiled(model, "mse"), *moons()


@broken("sigmoid-for-exclusive-classes")
def ten_sigmoids_with_binary_loss():
    """98 % accuracy in fit, 83 % counted by hand."""
    return compiled(dense(64, (32, 10), output="sigmoid"), "binary_crossentropy"), *one_hot_digits()


@broken("sigmoid-for-exclusive-classes")
def ten_sigmoids_with_sparse_loss():
    return compiled(dense(64, (32, 10), output="sigmoid"), SPARSE), *digits()


@broken("binary-loss-for-classes")
def softmax_with_binary_loss():
    return compiled(dense(64, (32, 10)), "binary_crossentropy"), *one_hot_digits()


@broken("probabilities-as-logits")
def softmax_and_from_logits():
    """keras-io pull request 494; nfmcclure/tensorflow_cookbook issue 86."""
    return compiled(dense(64, (32, 10)), SPARSE_LOGITS), *digits()


@broken("probabilities-as-logits")
def sigmoid_and_from_logits():
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    return compiled(dense(2, (8, 1), output="sigmoid"), loss), *moons()


@broken("output-not-probabilities")
def logits_without_from_logits():
    return compiled(dense(64, (32, 10), output=None), SPARSE), *digits()


@broken("output-not-probabilities")
def one_linear_unit_with_binary_loss():
    return compiled(dense(2, (8, 1), output=None), "binary_crossentropy"), *moons()


@broken("output-not-probabilities")
def relu_before_the_loss():
    return compiled(dense(64, (32, 10), output="relu"), "categorical_crossentropy"), *one_hot_digits()


@broken("output-cannot-reach-targets")
def sigmoid_for_a_regression():
    """Targets −3 … 7, outputs 0 … 1."""
    return compiled(dense(1, (8, 1), output="sigmoid"), "mse", metrics=()), SIX_X, SIX_Y


@broken("output-cannot-reach-targets")
def relu_for_negative_targets():
    return compiled(dense(1, (8, 1), output="relu"), "mae", metrics=()), SIX_X, SIX_Y


@broken("squared-error-for-classes")
def softmax_with_squared_error():
    return compiled(dense(64, (32, 10)), "mse"), *one_hot_digits()


@broken("nothing-trainable")
def frozen_model():
    model = dense(64, (32, 10))
    model.trainable = False
    return compiled(model, SPARSE), *digits()


@broken("identical-units")
def zeros_in_every_kernel():
    return compiled(dense(64, (32, 10), kernel_initializer="zeros"), SPARSE), *digits()


@broken("linear-stack")
def forgotten_activations():
    """Keras's default activation is none (keras issue 1597 has a comment on it)."""
    return compiled(dense(64, (64, 32, 10), activation=None), SPARSE), *digits()


@broken("linear-stack")
def linear_convolution_before_dense():
    x, y = pictures()
    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(4, 3),
            layers.Flatten(),
            layers.Dense(10, "softmax"),
        ]
    )
    return compiled(model, SPARSE), x, y


@broken("learning-rate-too-high")
def diverging_line():
    """Lesson 01's slider at its right end."""
    model = compiled(dense(1, (1,), output=None), "mse", keras.optimizers.SGD(0.3), ())
    return model, SIX_X, SIX_Y


@broken("learning-rate-too-high")
def diverged_line():
    model = compiled(dense(1, (1,), output=None), "mse", keras.optimizers.SGD(0.3), ())
    return model, SIX_X, SIX_Y, {"history": fitted(model, SIX_X, SIX_Y, 20)}


@broken("learning-rate-too-high")
def weights_gone_to_nan():
    model = compiled(dense(1, (1,), output=None), "mse", keras.optimizers.SGD(10.0), ())
    fitted(model, SIX_X, SIX_Y, 10, 1)
    return model, SIX_X, SIX_Y


@broken("learning-rate-too-high")
def adam_at_one():
    return compiled(dense(64, (64, 64, 10)), SPARSE, keras.optimizers.Adam(1.0)), *digits()


@broken("learning-rate-too-high")
def sgd_at_ten():
    _, scaled, y = phones()
    return compiled(dense(20, (64, 4)), SPARSE, keras.optimizers.SGD(10.0)), scaled, y


@broken("learning-rate-too-low")
def adam_at_a_ten_millionth():
    return compiled(dense(64, (64, 10)), SPARSE, keras.optimizers.Adam(1e-7)), *digits()


@broken("learning-rate-too-low")
def sgd_at_a_millionth():
    x, y = moons()
    return compiled(dense(2, (16, 1), output="sigmoid"), "binary_crossentropy", keras.optimizers.SGD(1e-6)), x, y


@broken("learning-rate-too-low")
def creeping_curve():
    x, y = digits()
    model = compiled(dense(64, (32, 10)), SPARSE, keras.optimizers.SGD(1e-5))
    return model, x, y, {"history": fitted(model, x, y, 6)}


@broken("dead-relus")
def large_negative_biases():
    x, y = digits()
    model = dense(64, (64, 32, 10), bias_initializer=keras.initializers.Constant(-5.0))
    return compiled(model, SPARSE), x, y


@broken("dead-relus")
def killed_by_large_steps():
    """Lesson 04: a learning rate that kills the units, then a sensible one that cannot wake them."""
    x, y = digits()
    model = compiled(dense(64, (64, 64, 10)), SPARSE, keras.optimizers.SGD(5.0))
    fitted(model, x, y, 2)
    return compiled(model, SPARSE, keras.optimizers.SGD(0.01)), x, y


@broken("vanishing-gradients")
def six_sigmoid_layers():
    """Lesson 04."""
    return compiled(dense(64, (64,) * 6 + (10,), activation="sigmoid"), SPARSE), *digits()


@broken("vanishing-gradients")
def eight_narrow_sigmoid_layers_trained():
    x, y = moons()
    model = compiled(dense(2, (8,) * 8 + (1,), "sigmoid", "sigmoid"), "binary_crossentropy")
    fitted(model, x, y, 10)
    return model, x, y


@broken("loss-at-chance")
def labels_shuffled_against_rows():
    """y came out of another shuffle than x: nothing to learn but the class shares."""
    x, y = digits()
    model = compiled(dense(64, (10,)), SPARSE, keras.optimizers.SGD(0.05))
    wrong = np.random.default_rng(3).permutation(y)
    fitted(model, x, wrong, 4)
    return model, x, wrong


@broken("loss-at-chance")
def a_line_for_xor():
    """Lesson 02: a single unit cannot learn XOR; its best loss is ln 2."""
    x, y = np.tile(XOR_X, (50, 1)), np.tile(XOR_Y, 50)
    model = compiled(dense(2, (1,), output="sigmoid"), "binary_crossentropy", keras.optimizers.SGD(0.5))
    fitted(model, x, y, 20)
    return model, x, y


@broken("one-class")
def only_one_class_left():
    x, y = digits()
    return compiled(dense(64, (32, 10)), SPARSE), x[y == 3], y[y == 3]


@broken("target-among-inputs")
def label_left_in_the_table():
    raw, scaled, y = phones()
    return compiled(dense(21, (32, 4)), SPARSE), np.c_[scaled, y / 3], y


@broken("imbalanced-classes")
def rare_class_and_accuracy():
    x, y = digits()
    return compiled(dense(64, (32, 1), output="sigmoid"), "binary_crossentropy"), x, (y == 7).astype(int)


@broken("sorted-labels")
def sorted_and_validation_split():
    """keras issue 8346: validation_split took the whole last class."""
    x, y = digits()
    order = np.argsort(y, kind="stable")
    model = compiled(dense(64, (32, 10)), SPARSE)
    return model, x[order], y[order], {"history": fitted(model, x[order], y[order], 2, validation_split=0.2)}


@broken("shared-rows")
def validated_on_training_rows():
    x, y = digits()
    model = compiled(dense(64, (32, 10)), SPARSE)
    return model, x, y, {"validation_data": (x[:300], y[:300])}


@broken("shared-rows")
def oversampled_before_the_split():
    x, y = digits()
    twice = np.r_[np.arange(600), np.arange(600)]
    train, held = train_test_split(twice, random_state=0)
    model = compiled(dense(64, (32, 10)), SPARSE)
    return model, x[train], y[train], {"validation_data": (x[held], y[held])}


@broken("validation-scaled-differently")
def validation_left_unscaled():
    x, y = digits()
    model = compiled(dense(64, (32, 10)), SPARSE)
    return model, x[:900], y[:900], {"validation_data": (x[900:] * 255, y[900:])}


@broken("accuracy-for-regression")
def accuracy_of_a_price():
    """stackoverflow.com 48775305."""
    x, y = houses()
    return compiled(dense(5, (16, 1), output=None), "mse"), x, y / 1e5


@broken("overfitting")
def forty_digits_by_heart():
    """Lesson 11."""
    x, y = digits()
    model = compiled(dense(64, (256, 10)), SPARSE, keras.optimizers.Adam(0.01))
    history = fitted(model, x[:40], y[:40], 15, 8, validation_data=(x[1000:1400], y[1000:1400]))
    return model, x[:40], y[:40], {"history": history}


@broken("overfitting")
def by_heart_without_a_history():
    """A fifth of the labels is wrong, and the network is large enough to remember each of them."""
    x, y = digits()
    y = np.where(np.arange(len(y)) % 5 == 0, (y + 1) % 10, y)
    model = compiled(dense(64, (256, 10)), SPARSE, keras.optimizers.Adam(0.01))
    fitted(model, x[:100], y[:100], 15)
    return model, x[:100], y[:100], {"validation_data": (x[1000:], y[1000:])}


# --- healthy ---------------------------------------------------------------------------------------------------

HEALTHY = []


def healthy(setup):
    """Register a set-up that must get nothing above a note."""
    HEALTHY.append(pytest.param(setup, id=setup.__name__))
    return setup


@healthy
def line_new():
    return compiled(dense(1, (1,), output=None), "mean_squared_error", keras.optimizers.SGD(0.01), ()), SIX_X, SIX_Y


@healthy
def line_trained():
    model = compiled(dense(1, (1,), output=None), "mse", keras.optimizers.SGD(0.1), ())
    return model, SIX_X, SIX_Y, {"history": fitted(model, SIX_X, SIX_Y, 20, 1)}


@healthy
def three_three_two_two():
    """Lesson 02's counting example: sigmoid, ReLU, softmax on five rows."""
    inputs = keras.Input((3,))
    hidden = layers.Dense(2, "relu")(layers.Dense(3, "sigmoid")(inputs))
    model = keras.Model(inputs, layers.Dense(2, "softmax")(hidden))
    x = np.random.default_rng(0).normal(size=(5, 3))
    return compiled(model, SPARSE), x, np.array([0, 1, 0, 1, 1])


@healthy
def subclassed_model():
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.first, self.second = layers.Dense(8, activation="relu"), layers.Dense(1, activation="sigmoid")

        def call(self, x):
            return self.second(self.first(x))

    x, y = moons()
    model = compiled(Net(), "binary_crossentropy")
    fitted(model, x, y, 2)
    return model, x, y


@healthy
def xor_new():
    return (
        compiled(dense(2, (8, 1), "tanh", "sigmoid"), "binary_crossentropy", keras.optimizers.Adam(0.05)),
        XOR_X,
        XOR_Y,
    )


@healthy
def xor_trained():
    x, y = np.tile(XOR_X, (64, 1)), np.tile(XOR_Y, 64)
    model = compiled(dense(2, (8, 1), "tanh", "sigmoid"), "binary_crossentropy", keras.optimizers.Adam(0.05))
    return model, x, y, {"history": fitted(model, x, y, 15)}


@healthy
def xor_with_squared_error():
    return compiled(dense(2, (4, 1), "tanh", "sigmoid"), "mse", keras.optimizers.SGD(0.5)), XOR_X, XOR_Y


@healthy
def three_hidden_neurons():
    x, y = moons()
    model = compiled(dense(2, (3, 1), "tanh", "sigmoid"), "binary_crossentropy", keras.optimizers.Adam(0.05))
    return model, x, y, {"history": fitted(model, x, y, 10, validation_data=moons())}


def with_activation(name):
    def setup():
        x, y = digits()
        model = compiled(dense(64, (64, 32, 10), name), SPARSE)
        return model, x[:1200], y[:1200], {"history": fitted(model, x[:1200], y[:1200], 5)} if name == "relu" else {}

    setup.__name__ = f"digits_with_{name}"
    return healthy(setup)


for _name in ("relu", "tanh", "elu", "gelu", "silu", "leaky_relu", "sigmoid"):
    with_activation(_name)


@healthy
def prelu_layers():
    x, y = digits()
    model = keras.Sequential([keras.Input((64,)), layers.Dense(32), layers.PReLU(), layers.Dense(10), layers.Softmax()])
    return compiled(model, SPARSE), x, y


@healthy
def six_relu_layers():
    return compiled(dense(64, (64,) * 6 + (10,)), SPARSE), *digits()


@healthy
def huber_regression_with_outliers():
    """Lesson 05."""
    rng = np.random.default_rng(4)
    x = rng.uniform(-2, 2, (80, 1))
    y = 3 * x + rng.normal(size=(80, 1))
    y[::20] += 30
    return compiled(dense(1, (1,), output=None), "huber", keras.optimizers.Adam(0.1), ("mae",)), x, y


@healthy
def two_two_two_sigmoid():
    """Lesson 06's example by hand."""
    model = compiled(dense(2, (2, 2), "sigmoid", "sigmoid"), "mse", keras.optimizers.SGD(0.5), ())
    return model, np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]])


def with_optimizer(optimizer):
    def setup():
        _, scaled, y = phones()
        return compiled(dense(20, (64, 4)), SPARSE, type(optimizer).from_config(optimizer.get_config())), scaled, y

    setup.__name__ = f"phones_with_{optimizer.name}"
    return healthy(setup)


for _optimizer in (
    keras.optimizers.SGD(0.1),
    keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True, name="Nesterov"),
    keras.optimizers.Adagrad(0.05),
    keras.optimizers.RMSprop(1e-3),
    keras.optimizers.Adam(
        keras.optimizers.schedules.CosineDecay(0.0, 100, warmup_target=0.01, warmup_steps=20), name="Warmup"
    ),
):
    with_optimizer(_optimizer)


@healthy
def mnist_sigmoid_500_500():
    """Lesson 08, as the original has it."""
    data = nnlib.data.load_mnist("stand-in")
    x, y = data.x_train[:600].reshape(-1, 784) / np.float32(255), keras.utils.to_categorical(data.y_train[:600], 10)
    model = compiled(dense(784, (500, 500, 10), "sigmoid"), "categorical_crossentropy")
    return model, x, y


@healthy
def mnist_relu_500_500():
    data = nnlib.data.load_mnist("stand-in")
    x, y = data.x_train[:600].reshape(-1, 784) / np.float32(255), keras.utils.to_categorical(data.y_train[:600], 10)
    model = compiled(dense(784, (500, 500, 10)), "categorical_crossentropy")
    return model, x, y, {"history": fitted(model, x, y, 3, 100)}


def picture_mlp():
    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Flatten(),
            layers.Dense(200, "relu"),
            layers.Dense(150, "relu"),
            layers.Dense(10, "softmax"),
        ]
    )
    return compiled(model, "categorical_crossentropy", keras.optimizers.Adam(5e-4))


@healthy
def pictures_mlp_new():
    """Lesson 09."""
    x, y = pictures()
    return picture_mlp(), x / np.float32(255), keras.utils.to_categorical(y, 10)


@healthy
def pictures_mlp_trained():
    x, y = pictures()
    x, y = x / np.float32(255), keras.utils.to_categorical(y, 10)
    model = picture_mlp()
    fitted(model, x, y, 8)
    return model, x, y


@healthy
def phones_standardised_sgd():
    """Lesson 10, second row of its table."""
    _, scaled, y = phones()
    model = compiled(dense(20, (128, 256, 4), output=None), SPARSE_LOGITS, keras.optimizers.SGD(1e-3))
    return model, scaled, y


@healthy
def phones_logistic_regression_from_zero():
    _, scaled, y = phones()
    model = keras.Sequential([keras.Input((20,)), layers.Dense(4, "softmax", kernel_initializer="zeros")])
    return compiled(model, SPARSE), scaled, y


@healthy
def phones_with_l1():
    _, scaled, y = phones()
    model = dense(20, (128, 256, 4), output=None, kernel_regularizer=keras.regularizers.L1(3e-3))
    compiled(model, SPARSE_LOGITS)
    options = {"validation_data": (scaled[1600:], y[1600:])}
    history = fitted(model, scaled[:1600], y[:1600], 8, **options)
    return model, scaled[:1600], y[:1600], {"history": history, **options}


@healthy
def phones_scaled_inside_the_model():
    raw, _, y = phones()
    scaler = layers.Normalization()
    scaler.adapt(raw.to_numpy())
    model = keras.Sequential([keras.Input((20,)), scaler, layers.Dense(32, "relu"), layers.Dense(4, "softmax")])
    return compiled(model, SPARSE), raw, y


def regularised(name, **options):
    def setup():
        x, y = digits()
        model = keras.Sequential(
            [keras.Input((64,)), layers.Dense(64, "relu", **options), layers.Dropout(0.3), layers.Dense(10, "softmax")]
        )
        compiled(model, SPARSE)
        held = (x[1200:], y[1200:])
        history = fitted(model, x[:1200], y[:1200], 6, validation_data=held)
        return model, x[:1200], y[:1200], {"history": history, "validation_data": held}

    setup.__name__ = f"digits_with_dropout_and_{name}"
    return healthy(setup)


regularised("nothing_else")
regularised("l1", kernel_regularizer=keras.regularizers.L1(1e-4))
regularised("l2", kernel_regularizer=keras.regularizers.L2(1e-3))


def small_cnn():
    block = [layers.Conv2D(8, 3, padding="same"), layers.BatchNormalization(), layers.ReLU(), layers.MaxPooling2D()]
    return keras.Sequential(
        [keras.Input((32, 32, 3)), layers.Rescaling(1 / 255), layers.RandomTranslation(0.1, 0.1), *block]
        + [layers.Conv2D(16, 3, activation="relu"), layers.GlobalAveragePooling2D(), layers.Dropout(0.2)]
        + [layers.Dense(10, activation="softmax")]
    )


@healthy
def cnn_new():
    """Lesson 12, with rescaling, augmentation, batch normalization and dropout."""
    return compiled(small_cnn(), SPARSE), pictures()[0][:200], pictures()[1][:200]


@healthy
def cnn_trained():
    model, x, y = compiled(small_cnn(), SPARSE), pictures()[0][:200], pictures()[1][:200]
    fitted(model, x, y, 1)
    return model, x, y


@healthy
def tiny_attention():
    """Lesson 13: does a sequence hold the same token twice?"""
    rng = np.random.default_rng(5)
    x = rng.integers(0, 12, (600, 5))
    y = np.array([len(set(row)) < 5 for row in x]).astype("int64")
    inputs = keras.Input((5,), dtype="int32")
    tokens = layers.Embedding(12, 16)(inputs)
    tokens = layers.LayerNormalization()(tokens + layers.MultiHeadAttention(2, 8)(tokens, tokens))
    tokens = layers.LayerNormalization()(tokens + layers.Dense(16)(layers.Dense(32, "relu")(tokens)))
    model = keras.Model(inputs, layers.Dense(1, "sigmoid")(layers.GlobalAveragePooling1D()(tokens)))
    return compiled(model, "binary_crossentropy"), x, y


@healthy
def several_labels_at_once():
    x, y = digits()
    tags = np.c_[y % 2 == 0, y > 4, y == 0, y < 7].astype("float32")
    return compiled(dense(64, (32, 4), output="sigmoid"), "binary_crossentropy", metrics=("binary_accuracy",)), x, tags


# --- the two tables --------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


def unpack(case):
    model, x, y, *options = case
    return model, x, y, *(options or [{}])


def the_finding(code, model, x, y, **options) -> Finding:
    findings = diagnose(model, x, y, **options)
    assert code in findings.codes, findings
    return findings[findings.codes.index(code)]


@pytest.mark.parametrize("setup, code", BROKEN)
def test_broken_set_ups_are_found_by_their_code(setup, code):
    model, x, y, options = unpack(setup())
    finding = the_finding(code, model, x, y, **options)
    assert np.isfinite(finding.evidence)
    for sentence in (finding.problem, finding.remedy):  # each fits into a table cell
        assert sentence.endswith((".", "?")) and 20 < len(sentence) < 200


@pytest.mark.parametrize("setup", HEALTHY)
def test_healthy_set_ups_get_nothing_above_a_note(setup):
    model, x, y, options = unpack(setup())
    findings = diagnose(model, x, y, **options)
    assert not [finding for finding in findings if finding.severity != "note"], findings


def test_the_tables_are_as_large_as_promised_and_leave_no_rule_out():
    from nnlib.diagnosis import doctor

    assert len(BROKEN) >= 25 and len(HEALTHY) >= 25
    rules = (*doctor.CAUSES, *doctor.EVALUATION, *doctor.SYMPTOMS, *doctor.PROBES)
    names = {re.sub("_in_(history|trial|weights)$", "", rule.__name__) for rule in rules} | {"not_finite_data"}
    assert {name.replace("_", "-") for name in names} == {entry.values[1] for entry in BROKEN}


# --- nothing changes -------------------------------------------------------------------------------------------


def sensitive_model(x, y):
    """A trained model with everything that has a state: dropout, batch normalization, moments, metrics."""
    keras.utils.set_random_seed(7)
    hidden = [layers.Dense(16), layers.BatchNormalization(), layers.ReLU(), layers.Dropout(0.5)]
    l2 = keras.regularizers.L2(1e-3)
    head = layers.Dense(10, activation="softmax", kernel_regularizer=l2, activity_regularizer=l2)
    model = compiled(keras.Sequential([keras.Input((64,)), *hidden, head]), SPARSE)
    fitted(model, x, y, 1)
    return model


def states(model):
    """Every variable of the model, its optimizer and its metrics, and the random state that dropout draws from."""
    seeds = [layer.seed_generator.state for layer in model.layers if hasattr(layer, "seed_generator")]
    metrics = [variable for metric in model.metrics for variable in metric.variables]
    variables = [*model.variables, *model.optimizer.variables, *metrics, *seeds]
    return [keras.ops.convert_to_numpy(variable).copy() for variable in variables]


def random_draws():
    """The next numbers of every generator in play: Python's, NumPy's, and Keras's global one."""
    numpy_draw = np.random.random()  # noqa: NPY002 (the global generator is the point)
    return random.random(), numpy_draw, *keras.ops.convert_to_numpy(keras.random.uniform((2,)))


def test_diagnose_changes_no_variable_of_model_optimizer_metrics_or_dropout():
    x, y = digits()
    model = sensitive_model(x[:320], y[:320])
    before = states(model)
    diagnose(model, x, y, validation_data=(x[:100], y[:100]))
    after = states(model)
    assert len(before) > 20  # weights, moving averages, Adam's moments, metrics, seeds
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)


def test_diagnose_leaves_every_random_generator_where_it_was():
    x, y = digits()
    model = sensitive_model(x[:320], y[:320])
    keras.utils.set_random_seed(11)
    expected = random_draws()
    keras.utils.set_random_seed(11)
    diagnose(model, x, y)
    assert random_draws() == expected


def test_training_goes_on_as_if_nobody_had_looked():
    x, y = digits()
    trained = []
    for look in (False, True):
        model = sensitive_model(x[:320], y[:320])
        if look:
            diagnose(model, x, y)
        fitted(model, x[:320], y[:320], 2)
        trained.append(model.get_weights())
    for without, with_look in zip(*trained, strict=True):
        np.testing.assert_allclose(without, with_look, rtol=1e-5, atol=1e-6)


def test_a_new_model_keeps_its_optimizer_unbuilt():
    model, (x, y) = compiled(dense(64, (16, 10)), SPARSE), digits()
    weights = model.get_weights()
    diagnose(model, x, y)
    assert not model.optimizer.built and int(model.optimizer.iterations) == 0
    for old, new in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_the_data_is_not_written_to():
    x, y = (array.copy() for array in digits())
    x.setflags(write=False)
    y.setflags(write=False)
    diagnose(compiled(dense(64, (16, 10)), SPARSE), x, y, validation_data=(x[:60], y[:60]))


def test_two_looks_agree():
    x, y = digits()
    model = compiled(dense(64, (64, 64, 10)), SPARSE, keras.optimizers.Adam(1.0))
    assert diagnose(model, x, y) == diagnose(model, x, y) != []


def test_fifty_thousand_images_take_under_two_seconds():
    """Lesson 09's model and number of images; processor time, because other jobs may hold the processor."""
    x = np.tile(pictures()[0][:500] / np.float32(255), (100, 1, 1, 1))
    y = keras.utils.to_categorical(np.tile(pictures()[1][:500], 100), 10)
    model, seconds = picture_mlp(), []
    for _ in range(2):
        start = time.process_time()
        diagnose(model, x, y)
        seconds.append(time.process_time() - start)
    assert min(seconds) < 2.0, seconds


# --- the evidence is what an independent count says -------------------------------------------------------------


def test_evidence_of_unscaled_inputs_is_the_root_mean_square_of_the_named_column():
    raw, _, y = phones()
    finding = the_finding("inputs-not-scaled", compiled(dense(20, (8, 4)), SPARSE), raw, y)
    sizes = np.sqrt((raw.iloc[np.linspace(0, 1999, 512).astype(int)] ** 2).mean())
    assert finding.evidence == pytest.approx(sizes.max(), rel=1e-4)
    assert repr(sizes.idxmax()) in finding.problem and f"{sizes.max():,.0f}" in finding.problem


def test_evidence_of_imbalance_is_the_share_of_the_largest_class():
    x, y = digits()
    rare = (y == 7).astype(int)
    model = compiled(dense(64, (8, 1), output="sigmoid"), "binary_crossentropy")
    assert the_finding("imbalanced-classes", model, x, rare).evidence == pytest.approx(1 - rare.mean())


def test_evidence_of_shared_rows_is_their_share():
    x, y = digits()
    held = (np.r_[x[:50], x[1000:1150]], np.r_[y[:50], y[1000:1150]])
    finding = the_finding("shared-rows", compiled(dense(64, (8, 10)), SPARSE), x[:900], y[:900], validation_data=held)
    assert finding.evidence == pytest.approx(50 / 200)


def test_evidence_of_dead_relus_is_the_share_of_units_that_never_fire():
    x, y = digits()
    model = dense(64, (20, 10))
    kernel, bias = model.layers[0].get_weights()
    bias[:13] = -100  # 13 of 20 units can never fire
    bias[13:] = 5
    model.layers[0].set_weights([kernel, bias])
    model.layers[1].set_weights([np.zeros((20, 10)), np.zeros(10)])
    assert the_finding("dead-relus", compiled(model, SPARSE), x, y).evidence == pytest.approx(13 / 20)


def test_evidence_of_vanishing_gradients_agrees_with_finite_differences():
    """Slope of the loss along the gradient's own direction, in NumPy, for the first and the last kernel."""
    keras.utils.set_random_seed(3)
    x, y = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 2
    model = compiled(dense(3, (4, 4, 4, 4, 4, 1), "sigmoid", "sigmoid"), "binary_crossentropy")
    finding = the_finding("vanishing-gradients", model, x, y)

    def loss(weights):
        a = x
        for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
            a = 1 / (1 + np.exp(-(a @ kernel + bias)))
        return -np.mean(y * np.log(a[:, 0]) + (1 - y) * np.log(1 - a[:, 0]))

    weights = [weight.astype("float64") for weight in model.get_weights()]

    def slope_size(which, step=1e-4):
        slopes = []
        for entry in np.ndindex(weights[which].shape):
            up, down = ([w.copy() for w in weights] for _ in range(2))
            up[which][entry] += step
            down[which][entry] -= step
            slopes.append((loss(up) - loss(down)) / (2 * step))
        return np.sqrt(np.mean(np.square(slopes)))

    assert finding.evidence == pytest.approx(slope_size(0) / slope_size(-2), rel=0.02)


def test_chance_is_the_entropy_of_the_classes_and_the_spread_of_the_targets():
    from nnlib.diagnosis.case import Case

    x, y = digits()
    rare = (y == 7).astype(int)
    p = rare.mean()
    model = compiled(dense(64, (8, 1), output="sigmoid"), "binary_crossentropy")
    assert Case(model, x, rare).chance_loss == pytest.approx(-p * np.log(p) - (1 - p) * np.log(1 - p))
    model = compiled(dense(1, (1,), output=None), "mse", metrics=())
    assert Case(model, SIX_X, SIX_Y).chance_loss == pytest.approx(np.var(SIX_Y))
    model = compiled(dense(1, (1,), output=None), "mae", metrics=())
    assert Case(model, SIX_X, SIX_Y).chance_loss == pytest.approx(np.abs(SIX_Y - np.median(SIX_Y)).mean())


def test_trial_steps_are_those_of_keras():
    """Twenty full-batch steps by train_on_batch, on a model with moments already built, give the same losses."""
    from nnlib.diagnosis.case import Case

    x, y = digits()
    model = compiled(dense(64, (16, 10), "tanh"), SPARSE, keras.optimizers.Adam(0.01))
    fitted(model, x[:64], y[:64], 1)
    losses = Case(model, x[:64], y[:64]).trial()
    by_hand = [float(model.train_on_batch(x[:64], y[:64], return_dict=True)["loss"])]
    for _ in range(20):
        model.reset_metrics()
        by_hand.append(float(model.train_on_batch(x[:64], y[:64], return_dict=True)["loss"]))
    assert len(losses) > 10
    np.testing.assert_allclose(losses[1:], by_hand[1 : len(losses)], rtol=1e-3)
