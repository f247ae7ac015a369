"""The callbacks and the seed, against finite differences and what a learner sees."""

import doctest
import io
import random
import subprocess
import sys
import types

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from nnlib.training import GradientNorms, Progress, Snapshots, callbacks, fast_fit, gradient_norms, seed, set_seed

L = keras.layers


def small_model():
    set_seed(0)
    model = keras.Sequential(
        [keras.Input((3,)), L.Dense(4, activation="tanh", name="first"), L.Dropout(0.5), L.Dense(1, name="second")]
    )
    model.compile(keras.optimizers.SGD(0.05), "mse")
    return model


def data(n_samples=12):
    generator = np.random.default_rng(1)
    return generator.normal(size=(n_samples, 3)).astype("float32"), generator.normal(size=n_samples).astype("float32")


# set_seed


def draws():
    layer = L.Dense(3)
    layer.build((None, 2))
    return random.random(), np.random.rand(), keras.ops.convert_to_numpy(layer.kernel).tolist()  # noqa: NPY002


def test_set_seed_repeats_python_numpy_and_keras(monkeypatch):
    monkeypatch.delenv("NNLIB_SEED", raising=False)
    assert set_seed(5) == 5
    first = draws()
    assert set_seed(5) == 5
    assert draws() == first
    assert set_seed() == 0
    assert draws() != first


def test_after_set_seed_a_graphics_card_computes_in_full_single_precision():
    tf.config.experimental.enable_tensor_float_32_execution(True)
    set_seed(0)
    assert not tf.config.experimental.tensor_float_32_execution_enabled()


def test_set_seed_reads_the_environment(monkeypatch):
    monkeypatch.setenv("NNLIB_SEED", "17")
    assert set_seed() == 17
    assert set_seed(3) == 3
    monkeypatch.setenv("NNLIB_SEED", "")
    assert set_seed() == 0


@pytest.mark.parametrize("bad", [-1, 2**32, 1.5, "7"])
def test_set_seed_names_a_bad_seed(bad):
    with pytest.raises(ValueError, match=f"seed must be .* got {bad!r}"):
        set_seed(bad)


def test_set_seed_names_a_bad_environment(monkeypatch):
    monkeypatch.setenv("NNLIB_SEED", "seven")
    with pytest.raises(ValueError, match=r"NNLIB_SEED .*'seven'"):
        set_seed()


# Progress


def run(progress, *, epochs=3, seconds_an_epoch=0.0, monkeypatch=None):
    """Drive the callback by hand, with a clock of our own."""
    clock = iter(np.arange(epochs + 1) * seconds_an_epoch)
    monkeypatch.setattr("time.perf_counter", lambda: next(clock))
    progress.set_params({"epochs": epochs})
    progress.on_train_begin()
    for epoch in range(epochs):
        progress.on_epoch_end(epoch, {"accuracy": 0.5, "loss": 2.0 - epoch, "val_loss": 1e-5, "learning_rate": 0.05})
    progress.on_train_end()


def test_a_file_gets_the_last_line_only(capsys, monkeypatch):
    run(Progress(), seconds_an_epoch=4, monkeypatch=monkeypatch)
    line = "epoch 3/3 · loss 0.000 · accuracy 0.500 · learning_rate 0.050 · val_loss 1.0e-05 · 12 s\n"
    assert capsys.readouterr().out == line


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_gets_one_line_rewritten(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    run(Progress("ReLU"), seconds_an_epoch=1, monkeypatch=monkeypatch)
    written = sys.stdout.getvalue()
    assert written.count("\n") == 1
    assert written.endswith("\n")
    shown = [part.removesuffix("\033[K") for part in written.rstrip("\n").split("\r")[1:]]
    assert [part.split(" · ")[1] for part in shown] == ["epoch 1/3", "epoch 2/3", "epoch 3/3", "epoch 3/3"]


def test_fast_epochs_do_not_flood_the_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    run(Progress(), epochs=1000, seconds_an_epoch=0.001, monkeypatch=monkeypatch)
    assert 5 <= sys.stdout.getvalue().count("\r") <= 12


def test_a_notebook_gets_one_output_that_is_updated(monkeypatch, capsys):
    shown = []
    display = types.SimpleNamespace(update=lambda content, **_: shown.append(content["text/plain"]))
    monkeypatch.setattr("IPython.get_ipython", lambda: types.SimpleNamespace(kernel="a kernel"))
    monkeypatch.setattr("IPython.display.display", lambda *_, **__: display)
    run(Progress(), seconds_an_epoch=1, monkeypatch=monkeypatch)
    assert len(shown) == 4
    assert shown[-1].startswith("epoch 3/3 · loss 0.000 · accuracy 0.500")
    assert capsys.readouterr().out == ""


def test_whatever_a_callback_logs_is_written(monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", types.SimpleNamespace(write=out.write, flush=out.flush))  # no isatty
    progress = Progress(5)
    progress.set_params({"epochs": 1})
    progress.on_train_begin()
    progress.on_epoch_end(0, {"loss": 1.0, "rate": keras.Variable(0.05), 3: 2, "note": "warm-up", "val_loss": None})
    progress.on_train_end()
    assert out.getvalue().startswith(
        "5 · epoch 1/1 · loss 1.000 · rate 0.050 · 3 2.000 · note warm-up · val_loss None · "
    )


def test_no_epoch_no_line(capsys):
    small_model().fit(*data(), epochs=0, verbose=0, callbacks=[Progress()])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_stream_gets_characters_that_it_can_show(encoding, monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    run(Progress("σ"), seconds_an_epoch=4, monkeypatch=monkeypatch)
    sys.stdout.flush()
    start = "σ · epoch 3/3 · loss 0.000" if encoding == "utf-8" else "? - epoch 3/3 - loss 0.000"
    assert raw.getvalue().decode(encoding).startswith(start)


def test_the_line_takes_the_place_of_keras_progress_bar(capsys):
    progress = Progress()
    small_model().fit(*data(), epochs=2, verbose=1, callbacks=[progress])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("epoch 2/2 · loss ")
    assert progress.params["verbose"] == 1


# Without TensorFlow

WITHOUT_TENSORFLOW = """
import sys
import keras
import numpy as np
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile(loss="mse")
keras.backend.backend = lambda: "jax"
sys.modules["tensorflow"] = None  # import tensorflow: ImportError
from nnlib.training import Progress, Snapshots, fit, gradient_norms, set_seed
assert set_seed(3) == 3
progress, snapshots = Progress("JAX"), Snapshots()
for callback in (progress, snapshots):
    callback.set_model(model)
    callback.set_params({"epochs": 1})
    callback.on_train_begin()
    callback.on_epoch_end(0, {"loss": 0.5})
    callback.on_train_end({})
assert snapshots.epochs == [0, 1]
try:
    gradient_norms(model, np.ones((2, 1)), np.ones(2))
except RuntimeError as error:
    print(error)
model.fit = lambda *arguments, **options: print("handed over")
fit(model, np.ones((2, 1)), np.ones(2))
"""


def test_all_but_gradient_norms_works_where_there_is_no_tensorflow():
    """Keras itself runs on TensorFlow here and says that it does not: what this folder imports is what is tested."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TENSORFLOW], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("JAX · epoch 1/1 · loss 0.500")
    assert lines[1:] == ["gradient_norms needs Keras on TensorFlow; this is Keras on jax.", "handed over"]


# Snapshots


@pytest.fixture(scope="module")
def model():
    """Traced once for all tests that only count its epochs."""
    return small_model()


@pytest.mark.parametrize(
    ("options", "epochs", "expected"),
    [
        ({}, 3, [0, 1, 2, 3]),
        ({"every": 2}, 5, [0, 2, 4, 5]),
        ({"every": 2}, 4, [0, 2, 4]),
        ({"every": 10}, 4, [0, 4]),
        ({"epochs": [0, 1, 3]}, 5, [0, 1, 3]),
        ({"epochs": (4, 2)}, 5, [2, 4]),
    ],
)
def test_snapshots_keep_the_asked_epochs(model, options, epochs, expected):
    snapshots = Snapshots(**options)
    model.fit(*data(), epochs=epochs, verbose=0, callbacks=[snapshots])
    assert snapshots.epochs == expected
    assert len(snapshots.weights) == len(expected)


def test_snapshots_are_copies_that_can_be_brought_back():
    x, y = data()
    model, snapshots = small_model(), Snapshots()
    before = model.get_weights()
    losses = model.fit(x, y, epochs=2, verbose=0, callbacks=[snapshots]).history["loss"]
    for kept, original in zip(snapshots.weights[0], before, strict=True):
        np.testing.assert_array_equal(kept, original)
    for kept, now in zip(snapshots.weights[-1], model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, now)
    assert not np.array_equal(snapshots.weights[0][0], snapshots.weights[1][0])
    model.fit(x, y, epochs=1, verbose=0, callbacks=[snapshots])
    assert snapshots.epochs == [0, 1]
    assert len(losses) == 2


def test_the_last_copy_is_of_the_last_epoch_also_where_the_best_weights_come_back():
    keras.utils.set_random_seed(0)
    model, all_of_them, few = small_model(), Snapshots(), Snapshots(every=10)
    best = keras.callbacks.EarlyStopping(patience=9, restore_best_weights=True)
    best_is_the_first = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(val_loss=epoch))
    model.fit(*data(), epochs=3, verbose=0, callbacks=[best_is_the_first, best, all_of_them, few])
    assert few.epochs == [0, 3]
    np.testing.assert_array_equal(few.weights[-1][0], all_of_them.weights[3][0])
    np.testing.assert_array_equal(model.get_weights()[0], all_of_them.weights[1][0])


@pytest.mark.parametrize(
    "options",
    [{"every": bad} for bad in (0, 1.5, "a", True)] + [{"epochs": bad} for bad in ([3, -1], [1.5], 5)],
)
def test_snapshots_name_bad_epochs(options):
    with pytest.raises(ValueError, match=f"{next(iter(options))} must"):
        Snapshots(**options)


# Gradient norms


def norms_by_finite_differences(model, x, y, step=1e-3):
    """Central differences of the mean squared error, computed in NumPy from the weights alone."""
    weights = [weight.astype("float64") for weight in model.get_weights()]

    def loss():
        hidden = np.tanh(x @ weights[0] + weights[1])
        return np.mean(((hidden @ weights[2] + weights[3])[:, 0] - y) ** 2)

    gradients = []
    for weight in weights:
        gradient = np.zeros_like(weight)
        for index in np.ndindex(*weight.shape):
            kept = weight[index]
            weight[index] = kept + step
            above = loss()
            weight[index] = kept - step
            gradient[index] = (above - loss()) / (2 * step)
            weight[index] = kept
        gradients.append(gradient)
    return {
        "first": np.sqrt(sum((gradient**2).sum() for gradient in gradients[:2])),
        "second": np.sqrt(sum((gradient**2).sum() for gradient in gradients[2:])),
    }


def test_gradient_norms_against_finite_differences():
    x, y = data()
    model = small_model()
    norms = gradient_norms(model, x, y)
    expected = norms_by_finite_differences(model, x, y)
    assert list(norms) == ["first", "second"]
    for layer, norm in norms.items():
        assert norm == pytest.approx(expected[layer], rel=1e-4)


def test_gradient_norms_add_up_the_rows_of_a_token_that_comes_twice():
    model = keras.Sequential(
        [keras.Input((3,), dtype="int32"), L.Embedding(5, 2), L.Flatten(), L.Dense(1, kernel_initializer="ones")]
    )
    model.compile(loss="mse")
    x, y = np.array([[1, 1, 1]]), np.array([[1.0]])
    slope = 2 * (float(model(x)[0, 0]) - 1)  # of the loss over the output; three places give it to one row of two
    assert next(iter(gradient_norms(model, x, y).values())) == pytest.approx(np.sqrt(2) * 3 * abs(slope), rel=1e-5)


def test_gradient_norms_take_a_series_as_a_column_as_fit_does():
    model = keras.Sequential([keras.Input((3,)), L.Dense(1)])
    model.compile(loss=lambda y_true, y_pred: keras.ops.square(y_true - y_pred))
    x, y = data()
    assert gradient_norms(model, x, pd.Series(y)) == gradient_norms(model, x, y[:, None])


def test_gradient_norms_of_two_layers_with_one_name_are_two():
    class Twins(keras.Model):
        def __init__(self):
            super().__init__()
            self.first, self.second = L.Dense(2, name="dense"), L.Dense(1, name="dense")

        def call(self, inputs):
            return self.second(self.first(inputs))

    model = Twins()
    model.compile(loss="mse")
    assert list(gradient_norms(model, *data())) == ["dense", "dense_2"]


@pytest.mark.parametrize("n", [0, 5])
def test_gradient_norms_want_as_many_targets_as_samples(n):
    x, y = data()
    with pytest.raises(ValueError, match=f"got {len(x) * (n > 0)} and {n}"):
        gradient_norms(small_model(), x[: len(x) * (n > 0)], y[:n])


def test_gradient_norms_are_recorded_each_epoch():
    x, y = data()
    model, recorded = small_model(), GradientNorms(x, y)
    model.fit(x, y, epochs=3, verbose=0, callbacks=[recorded])
    assert recorded.epochs == [0, 1, 2, 3]
    assert {layer: len(norms) for layer, norms in recorded.norms.items()} == {"first": 4, "second": 4}
    assert recorded.norms["second"][-1] == pytest.approx(norms_by_finite_differences(model, x, y)["second"], rel=1e-4)


def test_gradient_norms_want_a_compiled_model():
    with pytest.raises(ValueError, match=r"compile\(\.\.\.\) first"):
        gradient_norms(keras.Sequential([keras.Input((3,)), L.Dense(1)]), *data())


@pytest.mark.parametrize("module", [seed, callbacks, fast_fit])
def test_the_examples_run(module):
    failed, attempted = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert attempted > 0
    assert failed == 0
