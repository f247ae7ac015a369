"""How hard are the stand-ins? The same models on each stand-in and, where it is present, on the real set.

python benchmarks/standins.py                         everything, three seeds: about an hour on two cores
python benchmarks/standins.py cifar10 --seeds 1 --sources stand-in
"""

import argparse
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from nnlib.data import load_cifar10, load_mnist, load_phone_prices


def stack(shape, *inside):
    return keras.Sequential([keras.Input(shape), *inside])


def dense(units, activation=None, **options):
    return layers.Dense(units, activation=activation, **options)


def images(shape, *hidden):
    """Classifier of images into ten classes: pixels to [0, 1], hidden layers, softmax."""
    return stack(shape, layers.Rescaling(1 / 255), *hidden, layers.Flatten(), dense(10, "softmax"))


def mlp(shape, units, activation):
    return images(shape, layers.Flatten(), *(dense(n, activation) for n in units))


def cnn(shape):
    convolutions = [
        layer for n in (32, 64) for layer in (layers.Conv2D(n, 3, activation="relu"), layers.MaxPooling2D())
    ]
    return images(shape, *convolutions, layers.Flatten(), dense(64, "relu"))


def train(model, x, y, test, truth, optimizer, *, from_logits=False, **options):
    """First and last training loss and accuracy, and accuracy on the test set."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
    model.compile(optimizer, loss, metrics=["accuracy"], steps_per_execution=50)
    past = model.fit(x, y, verbose=0, **options).history
    _, accuracy = model.evaluate(test, truth, batch_size=500, verbose=0)
    ends = [f"{what} {past[what][0]:.3f} to {past[what][-1]:.3f}" for what in ("loss", "accuracy")]
    return ", ".join(ends), accuracy


def compare(name, build, seeds, *data, learning_rate=None, optimizer=keras.optimizers.Adam, **options):
    """Train a model with each seed; print every run and the mean."""
    results = []
    for seed in range(seeds):
        keras.utils.set_random_seed(seed)
        start = time.perf_counter()
        course, accuracy = train(build(), *data, optimizer(learning_rate), **options)
        results.append(accuracy)
        seconds = time.perf_counter() - start
        print(f"  {name:22} seed {seed}: {course}; test {accuracy:.4f} ({seconds:.0f} s)", flush=True)
    print(f"  {name:22} mean of {seeds}: {np.mean(results):.4f}", flush=True)


def cifar10(source, seeds):
    """The set-up of lesson 09, a linear model below it and a small CNN above it."""
    data = load_cifar10(source)
    arrays = data.x_train, data.y_train, data.x_test, data.y_test
    shape, options = data.x_train.shape[1:], {"learning_rate": 5e-4, "batch_size": 32}
    compare("linear, 5 epochs", lambda: images(shape), seeds, *arrays, epochs=5, **options)
    compare("200-150, 10 epochs", lambda: mlp(shape, (200, 150), "relu"), seeds, *arrays, epochs=10, **options)
    compare("CNN, 5 epochs", lambda: cnn(shape), seeds, *arrays, epochs=5, **options)


def mnist(source, seeds):
    """The set-up of lesson 08."""
    data = load_mnist(source)
    arrays = data.x_train, data.y_train, data.x_test, data.y_test
    shape, options = data.x_train.shape[1:], {"learning_rate": 1e-3, "batch_size": 100, "epochs": 5}
    compare("linear, 5 epochs", lambda: images(shape), seeds, *arrays, **options)
    compare("500-500, sigmoid", lambda: mlp(shape, (500, 500), "sigmoid"), seeds, *arrays, **options)
    compare("500-500, ReLU", lambda: mlp(shape, (500, 500), "relu"), seeds, *arrays, **options)


def phones(penalty=None):
    regularizer = keras.regularizers.L1(penalty) if penalty else None
    hidden = [dense(n, "relu", kernel_regularizer=regularizer) for n in (128, 256)]
    return stack((20,), *hidden, dense(4, kernel_regularizer=regularizer))


def phone_prices(source, seeds):
    """The story of lesson 10: raw, standardised, Adam, L1, beside logistic regression."""
    data = load_phone_prices(source)
    x, test, y, truth = train_test_split(
        data.features.to_numpy("float32"), data.target.to_numpy(), test_size=400, random_state=88
    )
    scaler = StandardScaler().fit(x)
    raw, scaled = (x, y, test, truth), (scaler.transform(x), y, scaler.transform(test), truth)
    linear = LogisticRegression(max_iter=2000).fit(*scaled[:2]).score(*scaled[2:])
    print(f"  logistic regression: {linear:.4f}")
    options = {"batch_size": 8, "from_logits": True}
    slow = {"optimizer": keras.optimizers.SGD, "learning_rate": 1e-3, "epochs": 50, **options}
    compare("raw, SGD", phones, seeds, *raw, **slow)
    compare("standardised, SGD", phones, seeds, *scaled, **slow)
    compare("standardised, Adam", phones, seeds, *scaled, learning_rate=1e-3, epochs=50, **options)
    compare("with L1 of 0.003", lambda: phones(3e-3), seeds, *scaled, learning_rate=1e-3, epochs=30, **options)


if __name__ == "__main__":
    sets = {"cifar10": cifar10, "mnist": mnist, "phone_prices": phone_prices}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="*", help=", ".join(sets))
    parser.add_argument("--sources", nargs="+", default=["stand-in", "real"], choices=["stand-in", "real"])
    parser.add_argument("--seeds", type=int, default=3)
    chosen = parser.parse_args()
    for name in chosen.sets or sets:
        for source in chosen.sources:
            try:
                sets[name](source, chosen.seeds)
            except FileNotFoundError as error:
                print(error)
