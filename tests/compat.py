"""Every public part of `nnlib`, with whatever Keras and TensorFlow are installed: `python tests/compat.py`.

Prints one line per part and ends with 1 if one failed. `make compat` runs it in an environment for each version.
"""

import os
import sys
import tempfile
import traceback
from pathlib import Path

os.environ.setdefault("NNLIB_OFFLINE", "1")
os.environ.setdefault("MPLBACKEND", "agg")
sys.path.insert(0, str(Path(__file__).parents[1]))

from nnlib.training import GradientNorms, Progress, Snapshots, fit, gradient_norms, set_seed  # isort: skip  first

import keras
import numpy as np

L = keras.layers


def blobs(n=150, seed=0):
    """Two clouds of points, one for each class."""
    generator = np.random.default_rng(seed)
    y = np.arange(n) % 2
    return (generator.normal(size=(n, 2)) + 3 * y[:, np.newaxis]).astype("float32"), y


def classifier(**options):
    set_seed(1)
    layers = [keras.Input((2,)), L.Dense(8, "tanh"), L.BatchNormalization(), L.Dense(2, "softmax")]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"], **options)
    return model


def fit_does_what_keras_does():
    (x, y), validation = blobs(), blobs(30, seed=1)
    ours, theirs = classifier(), classifier()
    options = {"epochs": 4, "validation_data": validation, "shuffle": False, "verbose": 0}
    actual, expected = fit(ours, x, y, **options).history, theirs.fit(x, y, **options).history
    assert set(actual) == set(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(actual[name], np.array(values, dtype=float), atol=1e-4, err_msg=name)
        assert all(type(value) is float for value in actual[name]), name
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-4)
    from nnlib.training import passes

    return "fast" if ours in passes._loops else "handed over"


def callbacks_are_called():
    (x, y), folder = blobs(), tempfile.mkdtemp()
    snapshots, norms = Snapshots(), GradientNorms(x, y)
    best = keras.callbacks.ModelCheckpoint(Path(folder, "best.keras"), save_best_only=True)
    early = keras.callbacks.EarlyStopping(patience=1, min_delta=100.0)
    history = fit(
        classifier(), x, y, epochs=9, validation_data=(x, y), callbacks=[snapshots, norms, best, early, Progress("x")]
    )
    assert len(history.history["loss"]) == 2
    assert snapshots.epochs == norms.epochs == [0, 1, 2]
    assert keras.saving.load_model(Path(folder, "best.keras")).predict(x, verbose=0).shape == (150, 2)


def gradient_norms_are_right():
    model = keras.Sequential([keras.Input((1,)), L.Dense(1, name="line")])
    model.compile(loss="mse")
    model.set_weights([np.array([[1.0]]), np.array([0.0])])
    norms = gradient_norms(model, np.array([[3.0]], "float32"), np.array([[-1.0]], "float32"))
    np.testing.assert_allclose(norms["line"], 8 * 10**0.5, rtol=1e-5)


def a_model_without_input_layer_is_built():
    x, y = blobs()
    model = keras.Sequential([L.Dense(3, "relu"), L.Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    assert len(fit(model, x, y, epochs=2, verbose=0).history["loss"]) == 2


def what_cannot_be_fast_is_handed_over():
    x, y = blobs()
    model = classifier(run_eagerly=True)
    assert len(fit(model, x, y, epochs=2, validation_split=0.2, verbose=0).history["val_loss"]) == 2


def models_are_built():
    from nnlib.models import Maxout, cnn, linear_unit, mlp

    assert linear_unit(3).predict(np.zeros((2, 3)), verbose=0).shape == (2, 1)
    model = mlp((4, 4), (5,), 3, dropout=0.1, kernel_regularizer=keras.regularizers.L2(0.1))
    np.testing.assert_allclose(model.predict(np.zeros((2, 4, 4)), verbose=0).sum(axis=1), 1, rtol=1e-5)
    assert cnn((8, 8, 3), (4,), 3).predict(np.zeros((2, 8, 8, 3)), verbose=0).shape == (2, 3)
    assert Maxout(5)(np.zeros((2, 3))).shape == (2, 5)


def a_transformer_trains_and_is_saved():
    from nnlib.models import PositionEmbedding, transformer_block

    set_seed(1)
    numbers = keras.Input((None,), dtype="int32")
    tokens = transformer_block(PositionEmbedding(6)(L.Embedding(5, 8)(numbers)), 2, causal=True)
    model = keras.Model(numbers, L.Dense(5)(tokens))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    x = np.random.default_rng(0).integers(0, 5, (64, 6))
    losses = fit(model, x, x, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    model.save(file := Path(tempfile.mkdtemp(), "model.keras"))
    again = keras.saving.load_model(file)
    np.testing.assert_allclose(again.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-6)


def figures_are_drawn():
    from nnlib.plotting import plot_decision_boundary, plot_history, plot_network

    x, y = blobs()
    model = keras.Sequential([keras.Input((2,)), L.Dense(3, "tanh"), L.Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    history = fit(model, x, y, epochs=2, verbose=0)
    for ax in (plot_history(history), plot_decision_boundary(model, x, y), plot_network(model)):
        ax.figure.canvas.draw()


def ranges_are_stated():
    from nnlib.checks import expect

    expect("accuracy", 0.5, 0.4, 0.6)


def stand_ins_are_loaded():
    from nnlib.data import load_cifar10, load_mnist, load_phone_prices

    assert load_cifar10("stand-in").x_train.shape == (50_000, 32, 32, 3)
    assert load_mnist("stand-in").x_train.shape[1:] == (28, 28)
    assert len(load_phone_prices("stand-in").features) == 2000


def diagnose_finds_what_is_wrong_and_nothing_else():
    from nnlib.diagnosis import diagnose

    x, y = blobs()
    healthy = classifier()
    assert not diagnose(healthy, x, y), diagnose(healthy, x, y)
    broken = classifier()
    assert diagnose(broken, x * 1000, y), "inputs of some thousands are not scaled"


CHECKS = [
    fit_does_what_keras_does,
    callbacks_are_called,
    gradient_norms_are_right,
    a_model_without_input_layer_is_built,
    what_cannot_be_fast_is_handed_over,
    models_are_built,
    a_transformer_trains_and_is_saved,
    figures_are_drawn,
    ranges_are_stated,
    stand_ins_are_loaded,
    diagnose_finds_what_is_wrong_and_nothing_else,
]


def main() -> int:
    print(f"Python {sys.version.split()[0]}, Keras {keras.__version__} on {keras.backend.backend()}")
    failed = 0
    for check in CHECKS:
        name = check.__name__.replace("_", " ")
        try:
            print(f"ok      {name}: {check() or 'yes'}", flush=True)
        except Exception:
            failed += 1
            print(f"FAILED  {name}\n{traceback.format_exc(limit=-3)}", flush=True)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
