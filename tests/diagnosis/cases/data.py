"""Small data for the set-ups: what scikit-learn brings, and made series, masks and token lists."""

import functools

import keras
import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from sklearn.preprocessing import StandardScaler

from nnlib.training import fit


@functools.cache
def _shuffled(load):
    x, y = load(return_X_y=True)
    order = np.random.default_rng(5).permutation(len(x))
    return x[order], y[order]


def digits(n=600):
    """Real 8 × 8 digits in [0, 1]: x (n, 64), labels 0 to 9."""
    x, y = _shuffled(load_digits)
    return (x[:n] / 16).astype("float32"), y[:n]


def digit_pictures(n=600):
    """The digits as grey pictures: x (n, 8, 8, 1)."""
    x, y = digits(n)
    return x.reshape(-1, 8, 8, 1), y


@functools.cache
def colour_pictures(n=200):
    """The digits in colour as uint8, enlarged: x (n, 32, 32, 3)."""
    x, y = digits(n)
    rng = np.random.default_rng(1)
    large = np.kron(x.reshape(-1, 8, 8), np.ones((4, 4)))[..., None]
    ink, paper = rng.uniform(0.5, 1, (n, 1, 1, 3)), rng.uniform(0, 0.5, (n, 1, 1, 3))
    return (255 * (paper + (ink - paper) * large)).astype("uint8"), y


def one_hot(y, classes=10):
    return keras.utils.to_categorical(y, classes)


def _standardised(load):
    x, y = _shuffled(load)
    return StandardScaler().fit_transform(x).astype("float32"), y


def cancer():
    """Breast cancer, standardised: x (569, 30), labels 0 and 1."""
    return _standardised(load_breast_cancer)


def raw_cancer():
    """Breast cancer as measured: columns from 0.001 to 4000."""
    x, y = _shuffled(load_breast_cancer)
    return x.astype("float32"), y


def iris():
    return _standardised(load_iris)


def wine():
    return _standardised(load_wine)


def diabetes():
    """Diabetes, inputs and target standardised: x (442, 10), y (442,)."""
    x, y = _standardised(load_diabetes)
    return x, ((y - y.mean()) / y.std()).astype("float32")


def curved(n=500, noise=0.1, seed=0):
    """A regression with a bend: x (n, 6), y (n,) of variance 1."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 6)).astype("float32")
    y = 1.5 * x[:, 0] - x[:, 1] + np.sin(2 * x[:, 2])
    return x, (y / y.std() + noise * rng.normal(size=n)).astype("float32")


def two_classes(n=600, noise=0.3, seed=1):
    """Two classes with a bent border: x (n, 8), labels 0 and 1."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 8)).astype("float32")
    return x, (x[:, 0] + x[:, 1] * x[:, 2] + noise * rng.normal(size=n) > 0).astype("int64")


def counts(n=600, seed=0):
    """Poisson counts whose rate depends on the first column: x (n, 4), y (n,)."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 4)).astype("float32")
    return x, rng.poisson(np.exp(0.5 * x[:, 0] + 0.3)).astype("float32")


def squares(n=160, size=16, seed=2):
    """Grey pictures with one brighter square, and its mask: x and y (n, size, size, 1)."""
    rng = np.random.default_rng(seed)
    x = 0.2 + 0.15 * rng.random((n, size, size, 1))
    mask = np.zeros_like(x)
    for i, (row, column) in enumerate(rng.integers(1, size - 5, (n, 2))):
        mask[i, row : row + 4, column : column + 4] = 1
    return (x + 0.6 * mask).astype("float32"), mask.astype("float32")


WORDS = np.random.default_rng(9).permutation(41)  # a word's number tells nothing about its meaning
WORDS[[0, int(np.flatnonzero(WORDS == 0)[0])]] = 0, WORDS[0]


def sentences(n=600, length=100, seed=3):
    """Numbers of words, padded with 0 at the end; the class tells which half of the words is used more."""
    rng = np.random.default_rng(seed)
    x, y = np.zeros((n, length), "int32"), rng.integers(0, 2, n)
    for i in range(n):
        words = rng.integers(6, 16)
        low, high = rng.integers(1, 21, words), rng.integers(21, 41, words)
        x[i, :words] = np.where(rng.random(words) < (0.8 if y[i] else 0.2), low, high)
    return WORDS[x].astype("int32"), y


def measurements(n, steps, seed=0):
    """Four to twelve numbers, then zeros: x (n, steps, 1), twice the mean of the numbers (n,)."""
    rng = np.random.default_rng(seed)
    x, lengths = np.zeros((n, steps, 1), "float32"), rng.integers(4, 13, n)
    for row, length in zip(x, lengths, strict=True):
        row[:length, 0] = rng.normal(size=length)
    return x, 2 * x[..., 0].sum(axis=1) / lengths.astype("float32")


def bags(n=600, words=12, seed=3):
    """Sentences without padding: x (n, words) of word numbers 1 to 40."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    low, high = rng.integers(1, 21, (n, words)), rng.integers(21, 41, (n, words))
    x = np.where(rng.random((n, words)) < np.where(y, 0.8, 0.2)[:, None], low, high)
    return WORDS[x].astype("int32"), y


def waves(n=300, steps=20, ahead=1, seed=0):
    """Sine waves of random phase: x (n, steps, 1), the `ahead` values that follow (n, ahead)."""
    rng = np.random.default_rng(seed)
    time = np.arange(steps + ahead) * 0.3
    series = np.sin(rng.random((n, 1)) * 6 + time) + 0.05 * rng.normal(size=(n, steps + ahead))
    return series[:, :steps, None].astype("float32"), series[:, steps:].astype("float32")


def windows(series, length=8):
    """Windows of a series and the value after each: x (n, length, 1), y (n,)."""
    n = len(series) - length
    x = np.stack([series[i : i + length] for i in range(n)])[..., None]
    return x.astype("float32"), np.asarray(series[length:], "float32")


# --- training -----------------------------------------------------------------------------------------------------


def compiled(model, loss, optimizer="adam", metrics=("accuracy",)):
    """Compile without XLA, which would take longer than the few steps that are trained here."""
    model.compile(optimizer=optimizer, loss=loss, metrics=list(metrics), jit_compile=False)
    return model


def fitted(model, x, y, epochs=1, batch_size=32, **options):
    """Train in silence and return the history."""
    return fit(model, x, y, epochs=epochs, batch_size=batch_size, verbose=0, **options)
