"""Data and models of the lessons, small."""

import functools

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits, make_moons
from sklearn.preprocessing import StandardScaler

import nnlib.data

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
