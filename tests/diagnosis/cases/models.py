"""Short hands for building models."""

import keras
from keras import layers

SPARSE = "sparse_categorical_crossentropy"
ONE_HOT = "categorical_crossentropy"
BINARY = "binary_crossentropy"


def mlp(inputs, units, output="softmax", hidden="relu", **options):
    """A plain stack of Dense layers; the last of `units` is the output."""
    stack = [layers.Dense(n, activation=hidden, **options) for n in units[:-1]]
    return keras.Sequential([keras.Input((inputs,)), *stack, layers.Dense(units[-1], activation=output)])


def stack(shape, *parts, **options):
    """A Sequential on inputs of `shape`."""
    return keras.Sequential([keras.Input(shape, **options), *parts])


def adam(rate, **options):
    return keras.optimizers.Adam(rate, **options)


def sgd(rate, **options):
    return keras.optimizers.SGD(rate, **options)
