"""How hard are the stand-ins? The same models on a stand-in and, where it is present, on the real set.

python benchmarks/standins.py cifar10            the set-up of lesson 08, three seeds
python benchmarks/standins.py --seeds 1 --quick   a rough answer (larger batches)
"""

import argparse
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers

from nnlib.data import load_cifar10


def linear(shape):
    return keras.Sequential(
        [
            keras.Input(shape),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )


def mlp(shape, units=(200, 150), activation="relu"):
    hidden = [layers.Dense(n, activation=activation) for n in units]
    return keras.Sequential(
        [
            keras.Input(shape),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            *hidden,
            layers.Dense(10, activation="softmax"),
        ]
    )


def cnn(shape):
    body = [
        layer for n in (32, 64) for layer in (layers.Conv2D(n, 3, activation="relu"), layers.MaxPooling2D())
    ]
    head = [layers.Flatten(), layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")]
    return keras.Sequential([keras.Input(shape), layers.Rescaling(1 / 255), *body, *head])


def train(model, data, *, learning_rate, batch_size, epochs):
    """First and last training loss and accuracy, and accuracy on the test set."""
    model.compile(
        keras.optimizers.Adam(learning_rate),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=64,
    )
    past = model.fit(data.x_train, data.y_train, batch_size=batch_size, epochs=epochs, verbose=0).history
    _, accuracy = model.evaluate(data.x_test, data.y_test, batch_size=500, verbose=0)
    ends = [f"{past[what][0]:.3f} → {past[what][-1]:.3f}" for what in ("loss", "accuracy")]
    return *ends, accuracy


def cifar10(source, seeds, quick):
    data = load_cifar10(source)
    batch_size = 128 if quick else 32
    for name, build, epochs in (("linear", linear, 5), ("mlp", mlp, 10), ("cnn", cnn, 3 if quick else 5)):
        for seed in seeds:
            keras.utils.set_random_seed(seed)
            start = time.perf_counter()
            loss, accuracy, test = train(
                build(data.x_train.shape[1:]), data, learning_rate=5e-4, batch_size=batch_size, epochs=epochs
            )
            print(
                f"  {name:7} seed {seed}  loss {loss}  accuracy {accuracy}  test {test:.4f}"
                f"  ({time.perf_counter() - start:.0f} s)",
                flush=True,
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", nargs="+", default=["stand-in", "real"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    for source in options.sources:
        try:
            cifar10(source, range(options.seeds), options.quick)
        except FileNotFoundError as error:
            print(error)
