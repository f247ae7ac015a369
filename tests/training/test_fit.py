"""`nnlib.training.fit` against Keras's own `fit`, and against counts that need neither."""

import gc
import logging
import shutil
import sys
import weakref

import keras
import numpy as np
import pandas as pd
import pytest

from nnlib.training import Progress, Snapshots, fast_fit, fit, set_seed

L = keras.layers
N_FEATURES, N_CLASSES = 6, 3


@pytest.fixture(params=["graph", "xla"])
def both_roads(request, monkeypatch):
    """Run a test once without and once with XLA, whatever the size of the work."""
    monkeypatch.setattr(fast_fit, "XLA_PAYS_AFTER", -np.inf if request.param == "xla" else np.inf)


@pytest.fixture
def no_keras_fit(monkeypatch):
    """Fail where `fit` hands the work to `model.fit`."""
    monkeypatch.setattr(keras.Model, "fit", lambda *args, **kwargs: pytest.fail("handed to model.fit"))


def table(n_samples, seed=0):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(n_samples, N_FEATURES)).astype("float32")
    return x, generator.integers(0, N_CLASSES, n_samples)


def classifier(optimizer="sgd", *, extra=list, metrics=("accuracy",), seed=1):
    set_seed(seed)
    layers = [
        keras.Input((N_FEATURES,)),
        L.Dense(8, activation="tanh"),
        *extra(),
        L.Dense(N_CLASSES, activation="softmax"),
    ]
    model = keras.Sequential(layers)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=list(metrics))
    return model


def train_twins(make_model, x, y, **options):
    """Train two equal models, one with model.fit and one with ours; return models and histories."""
    ours, theirs = make_model(), make_model()
    options = {"shuffle": False, "verbose": 0, "batch_size": 16, "epochs": 3} | options
    make_callbacks = options.pop("make_callbacks", lambda: [])
    expected = theirs.fit(x, y, callbacks=make_callbacks(), **options)
    actual = fit(ours, x, y, callbacks=make_callbacks(), **options)
    return ours, actual.history, theirs, expected.history


def assert_twins(ours, actual, theirs, expected, tolerance=1e-5):
    assert list(actual) == list(expected)
    for name in expected:
        np.testing.assert_allclose(actual[name], expected[name], atol=tolerance, err_msg=name)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, atol=tolerance)


# The same learning as model.fit


OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "momentum": lambda: keras.optimizers.SGD(0.1, momentum=0.9),
    "adam": lambda: keras.optimizers.Adam(0.01),
}


@pytest.mark.parametrize("n_samples", [64, 71, 9], ids=["full", "partial", "less-than-one-batch"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_same_weights_and_history_as_keras(optimizer, n_samples):
    options = {"validation_data": table(21, seed=5)}
    assert_twins(*train_twins(lambda: classifier(OPTIMIZERS[optimizer]()), *table(n_samples), **options))


@pytest.mark.parametrize(("optimizer", "n_samples"), [("sgd", 9), ("momentum", 64), ("adam", 64), ("adam", 71)])
def test_same_weights_and_history_with_xla(optimizer, n_samples, monkeypatch):
    monkeypatch.setattr(fast_fit, "XLA_PAYS_AFTER", -np.inf)
    test_same_weights_and_history_as_keras(optimizer, n_samples)


DECAY = keras.optimizers.schedules.ExponentialDecay(0.1, 4, 0.5)
OFFERS = {
    "batchnorm": (lambda: classifier(extra=lambda: [L.BatchNormalization()]), {}),
    "dropout": (lambda: classifier(extra=lambda: [L.Dropout(0.4)]), {}),
    "augmentation": (
        lambda: classifier(extra=lambda: [L.Reshape((2, 4, 1)), L.RandomFlip(seed=2), L.Flatten()]),
        {},
    ),
    "metrics": (lambda: classifier(metrics=["accuracy", "sparse_categorical_crossentropy"]), {}),
    "schedule": (lambda: classifier(keras.optimizers.SGD(DECAY)), {}),
    "ema": (lambda: classifier(keras.optimizers.Adam(0.01, use_ema=True, gradient_accumulation_steps=2)), {}),
    "class_weight": (classifier, {"class_weight": {0: 3.0, 2: 0.5}}),
    "sample_weight": (classifier, {"sample_weight": np.linspace(0, 2, 71)}),
    "val_weight": (classifier, {"validation_data": (*table(30, seed=3), np.linspace(1, 2, 30))}),
    "val_batch_size": (classifier, {"validation_data": table(30, seed=3), "validation_batch_size": 13}),
    "lr callback": (
        classifier,
        {"make_callbacks": lambda: [keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 / (1 + epoch))]},
    ),
}


@pytest.mark.parametrize("offer", OFFERS)
def test_what_compile_and_fit_offer_works_as_in_keras(offer):
    make_model, fit_options = OFFERS[offer]
    assert_twins(*train_twins(make_model, *table(71), **fit_options))


@pytest.mark.parametrize("offer", ["batchnorm", "ema", "sample_weight"])
def test_and_also_with_xla(offer, monkeypatch):
    monkeypatch.setattr(fast_fit, "XLA_PAYS_AFTER", -np.inf)
    test_what_compile_and_fit_offer_works_as_in_keras(offer)


def test_one_hot_labels_and_class_weight():
    def make_model():
        model = classifier()
        model.compile("sgd", "categorical_crossentropy")
        return model

    x, y = table(40)
    one_hot = keras.utils.to_categorical(y, N_CLASSES)
    assert_twins(*train_twins(make_model, x, one_hot, class_weight={1: 4.0}))


def test_early_stopping_and_checkpoint_act_as_in_keras(tmp_path):
    x, y = table(60)

    def make_callbacks():
        return [
            keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True),
            keras.callbacks.ModelCheckpoint(tmp_path / f"{len(list(tmp_path.iterdir()))}.keras", save_best_only=True),
        ]

    twins = train_twins(
        lambda: classifier(keras.optimizers.Adam(0.1)),
        x,
        y,
        epochs=30,
        validation_data=table(40, seed=9),
        make_callbacks=make_callbacks,
    )
    assert 3 <= len(twins[1]["loss"]) < 30
    assert_twins(*twins, tolerance=1e-4)
    first, second = (keras.saving.load_model(path) for path in sorted(tmp_path.iterdir()))
    for mine, other in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-4)


class Diary(keras.callbacks.Callback):
    """Notes every call outside the batches: its name, `params`, and the types in its logs."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def note(self, name, logs):
        self.calls.append((name, self.params, {key: type(value) for key, value in (logs or {}).items()}))

    def on_train_begin(self, logs=None):
        self.note("train begins", logs)

    def on_train_end(self, logs=None):
        self.note("train ends", logs)

    def on_epoch_begin(self, epoch, logs=None):
        self.note(f"epoch {epoch} begins", logs)

    def on_epoch_end(self, epoch, logs=None):
        self.note(f"epoch {epoch} ends", logs)

    def on_test_begin(self, logs=None):
        self.note("test begins", logs)

    def on_test_end(self, logs=None):
        self.note("test ends", logs)


@pytest.mark.parametrize("validation", [None, table(9)], ids=["plain", "with validation"])
def test_callbacks_are_told_what_keras_tells_them(validation):
    diaries = []

    def make_callbacks():
        diaries.append(Diary())
        return diaries[-1:]

    train_twins(classifier, *table(40), validation_data=validation, make_callbacks=make_callbacks)
    theirs, ours = diaries
    assert len(theirs.calls) == (14 if validation else 8)
    assert ours.calls == theirs.calls


def test_validation_is_what_evaluate_says():
    x, y = table(50)
    x_val, y_val = table(37, seed=4)
    model = classifier(metrics=["accuracy", "sparse_categorical_crossentropy"])
    history = fit(model, x, y, epochs=2, validation_data=(x_val, y_val), verbose=0).history
    for name, value in model.evaluate(x_val, y_val, return_dict=True, verbose=0).items():
        assert history[f"val_{name}"][-1] == pytest.approx(value, abs=1e-6)


# Each sample once an epoch, in a new order, the partial batch kept, the same run for the same seed


def visits(n_samples, batch_size, epochs, *, shuffle=True, seed=0):
    """For each epoch and sample: how much the sample counted.

    The prediction for sample i is one weight of its own and the loss is the prediction itself, so one visit in a
    batch of b samples moves that weight by exactly -1/b (learning rate 1) and nothing else moves it.
    """
    set_seed(seed)
    model = keras.Sequential(
        [keras.Input((1,), dtype="int32"), L.Embedding(n_samples, 1, embeddings_initializer="zeros")]
    )
    model.compile(keras.optimizers.SGD(1.0), loss=lambda y_true, y_pred: y_pred)
    snapshots = Snapshots()
    samples = np.arange(n_samples).reshape(-1, 1)
    fit(
        model,
        samples,
        np.zeros(n_samples),
        batch_size=batch_size,
        epochs=epochs,
        shuffle=shuffle,
        verbose=0,
        callbacks=[snapshots],
    )
    weights = np.array([copy[0][:, 0] for copy in snapshots.weights])
    return -np.diff(weights, axis=0)


@pytest.mark.usefixtures("both_roads", "no_keras_fit")
def test_every_sample_counts_once_an_epoch_and_the_partial_batch_is_kept():
    n_samples, batch_size = 45, 8
    moved = visits(n_samples, batch_size, epochs=4)
    assert moved.shape == (4, n_samples)
    for epoch in moved:
        values, counts = np.unique(epoch.round(6), return_counts=True)
        np.testing.assert_allclose(values, [1 / 8, 1 / 5], atol=1e-6)
        np.testing.assert_array_equal(counts, [40, 5])


def test_order_is_new_each_epoch_and_as_given_without_shuffle():
    in_last_batch = visits(45, 8, epochs=6) > 0.15
    assert len({tuple(np.flatnonzero(epoch)) for epoch in in_last_batch}) == 6
    in_last_batch = visits(45, 8, epochs=2, shuffle=False) > 0.15
    for epoch in in_last_batch:
        np.testing.assert_array_equal(np.flatnonzero(epoch), range(40, 45))


def run_with_seed(seed):
    x, y = table(96)
    model = classifier("adam", extra=lambda: [L.Dropout(0.3)], seed=seed)
    return fit(model, x, y, epochs=3, verbose=0).history["loss"], model.get_weights()


@pytest.mark.usefixtures("both_roads", "no_keras_fit")
def test_a_seed_gives_the_same_run_bit_for_bit():
    (losses, weights), (losses_again, weights_again) = run_with_seed(1), run_with_seed(1)
    assert losses == losses_again
    assert all(np.array_equal(first, again) for first, again in zip(weights, weights_again, strict=True))


def test_another_seed_gives_another_run():
    assert run_with_seed(1)[0] != run_with_seed(2)[0]


# What a learner hands in


@pytest.mark.usefixtures("no_keras_fit")
def test_pandas_float64_and_uint8_go_straight_in():
    x, y = table(40)
    from_pandas = fit(classifier(), pd.DataFrame(x.astype("float64")), pd.Series(y), epochs=2, verbose=0, shuffle=False)
    from_numpy = fit(classifier(), x, y, epochs=2, verbose=0, shuffle=False)
    assert from_pandas.history == from_numpy.history

    images = np.random.default_rng(0).integers(0, 256, (20, 4, 4, 3), dtype="uint8")
    layers = [keras.Input((4, 4, 3), dtype="uint8"), L.Rescaling(1 / 255), L.Flatten(), L.Dense(3)]
    model = keras.Sequential(layers)
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    assert np.isfinite(fit(model, images, np.arange(20) % 3, verbose=0).history["loss"]).all()


def test_a_model_without_input_layer_is_built_before_its_weights_are_counted(monkeypatch):
    x, y = table(20)
    model = keras.Sequential([L.Dense(N_CLASSES, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    counted, xla_pays = [], fast_fit._xla_pays
    monkeypatch.setattr(
        fast_fit, "_xla_pays", lambda model, *rest: counted.append(model.count_params()) or xla_pays(model, *rest)
    )
    history = fit(model, x, y, epochs=3, verbose=0).history
    assert len(history["loss"]) == 3 and history["loss"][2] < history["loss"][0]
    assert counted == [(N_FEATURES + 1) * N_CLASSES]


class OwnStep(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = L.Dense(N_CLASSES, activation="softmax")

    def call(self, x):
        return self.dense(x)

    def train_step(self, data):
        return super().train_step(data)


def own_step():
    model = OwnStep()
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def eager():
    model = classifier()
    model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
    return model


class WatchesBatches(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        pass


HANDED_OVER = {
    "own train_step": (own_step, {}),
    "eager": (eager, {}),
    "validation_split": (classifier, {"validation_split": 0.5}),
    "initial_epoch": (classifier, {"initial_epoch": 1}),
    "validation_batch_size": (
        classifier,
        {"validation_data": table(9), "validation_batch_size": 5, "callbacks": [WatchesBatches()]},
    ),
    "validation dataset": (classifier, {"validation_data": [1, 2]}),
    "verbose 2": (classifier, {"verbose": 2}),
    "batch callback": (classifier, {"callbacks": [WatchesBatches()]}),
    "batch lambda": (classifier, {"callbacks": [keras.callbacks.LambdaCallback(on_train_batch_end=print)]}),
    "stop on nan": (classifier, {"callbacks": [keras.callbacks.TerminateOnNaN()]}),
    "lists": (classifier, {"x": [[1.0] * N_FEATURES], "y": [0]}),
    "two inputs": (classifier, {"x": {"a": np.zeros(4), "b": np.zeros(4)}, "y": np.zeros(4)}),
    "different lengths": (classifier, {"y": np.zeros(3)}),
    "both weights": (classifier, {"class_weight": {0: 2.0}, "sample_weight": np.ones(20)}),
}


@pytest.mark.parametrize("case", HANDED_OVER)
def test_what_cannot_be_sped_up_reaches_keras_unchanged(case, monkeypatch):
    make_model, options = HANDED_OVER[case]
    x, y = table(20)
    options = {"x": x, "y": y, "verbose": 0, "batch_size": 7, "epochs": 4, "shuffle": True} | options
    received = {}

    def keras_fit(self, x, y, **arguments):
        received.update(arguments, x=x, y=y)
        return "from Keras"

    monkeypatch.setattr(keras.Model, "fit", keras_fit)
    assert fit(make_model(), **options) == "from Keras"
    for name, value in options.items():
        assert received[name] is value or received[name] == value, name


def test_no_epochs_no_entries():
    assert fit(classifier(), *table(20), epochs=0, verbose=0).history == {}


def test_a_data_set_goes_to_keras():
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices(table(20)).batch(5)
    assert len(fit(classifier(), data, batch_size=None, shuffle=False, epochs=2, verbose=0).history["loss"]) == 2


def test_bad_calls_raise_what_keras_raises():
    x, y = table(20)
    with pytest.raises(ValueError, match="compile"):
        fit(keras.Sequential([keras.Input((N_FEATURES,)), L.Dense(3)]), x, y, verbose=0)
    with pytest.raises(ValueError, match="cardinality"):
        fit(classifier(), x, y[:5], verbose=0)
    with pytest.raises(ValueError, match="incompatible"):
        fit(classifier(), x[:, :2], y, verbose=0)


@pytest.mark.parametrize("name", ["batch_size", "validation_batch_size"])
@pytest.mark.parametrize("size", [0, -8, 2.5, "32"])
def test_a_batch_size_that_is_none_is_named(name, size):
    with pytest.raises(ValueError, match=rf"^{name} must be a whole number from 1 on, got {size!r}"):
        fit(classifier(), *table(20), **{name: size}, verbose=0)


# The model afterwards


def test_the_model_is_left_as_it_was(tmp_path):
    x, y = table(40)
    model = classifier("adam")
    before = dict(vars(model))
    fit(model, x, y, verbose=0)
    after = vars(model)
    assert set(after) - set(before) <= {"history"}
    ours_to_set = {"history", "_called"}  # Keras notes for itself that the model was called
    assert all(after[name] is before[name] for name in set(before) - ours_to_set)

    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), model.predict(x, verbose=0))
    assert loaded.optimizer.iterations == model.optimizer.iterations == 2
    assert len(model.fit(x, y, epochs=2, verbose=0).history["loss"]) == 2


def test_a_second_call_reuses_the_compiled_loop_and_compile_renews_it():
    x, y = table(40)
    traces = []

    @keras.saving.register_keras_serializable("tests")
    class Counts(L.Layer):
        def call(self, inputs):
            traces.append(1)
            return inputs

    model = classifier(extra=lambda: [Counts()])
    traces.clear()
    fit(model, x, y, verbose=0)
    assert len(traces) == 2  # one sample to build the model, one trace of the loop
    fit(model, x, y, verbose=0)
    assert len(traces) == 2
    model.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
    before = model.get_weights()
    fit(model, x, y, verbose=0)
    assert len(traces) == 4
    assert all(np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True))


def test_a_trained_model_can_be_forgotten():
    model = classifier()
    fit(model, *table(20), verbose=0)
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_many_models_in_a_row_say_nothing(capsys, caplog, recwarn):
    with caplog.at_level(logging.INFO):
        for seed in range(7):
            fit(classifier(seed=seed), *table(20), epochs=2, verbose=0, validation_data=table(10))
    assert capsys.readouterr() == ("", "")
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert not recwarn.list


def test_xla_is_for_long_runs_without_convolutions():
    def pays(n_batches, *layers, n_inputs=32 * 8 * 8 * 3):
        model = keras.Sequential([keras.Input((8, 8, 3)), *layers, L.Flatten(), L.Dense(10)])
        model.compile()
        return fast_fit._xla_pays(model, n_batches, n_inputs)

    assert not pays(500, L.Flatten())
    assert pays(10_000, L.Flatten())
    assert pays(900, L.Flatten(), L.Dense(1000), L.Dense(1000))
    assert not pays(10**6, L.Flatten(), n_inputs=128 * 3072)
    assert not pays(10**6, L.Conv2D(4, 3))
    assert not pays(10**6, keras.Sequential([L.SeparableConv2D(4, 3)]))
    assert not pays(10**6, L.RandomRotation(0.1))


def test_training_and_validation_each_use_xla_where_it_pays_and_keep_it(monkeypatch):
    traced, trace = [], fast_fit._trace_pass

    def watch(model, step_name, data, batch_size, xla):
        traced.append((step_name, xla))
        return trace(model, step_name, data, batch_size, xla)

    monkeypatch.setattr(fast_fit, "_trace_pass", watch)
    monkeypatch.setattr(fast_fit, "XLA_PAYS_AFTER", 4e6)  # some 30 batches
    model, options = classifier(), {"validation_data": table(10), "batch_size": 16, "verbose": 0}
    fit(model, *table(64), epochs=10, **options)
    assert traced == [("train_step", True), ("test_step", False)]
    fit(model, *table(64), epochs=1, **options)
    assert len(traced) == 2


# What is shown


def test_progress_is_the_default_and_not_doubled(capsys):
    x, y = table(40)
    fit(classifier(), x, y, epochs=3)
    assert capsys.readouterr().out.count("epoch 3/3") == 1
    fit(classifier(), x, y, epochs=3, callbacks=[Progress("mine")])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 and lines[0].startswith("mine · epoch 3/3 · loss ")


def test_the_folder_works_copied_out_under_another_name(tmp_path, monkeypatch):
    shutil.copytree(
        fast_fit.__file__.rsplit("/", 1)[0], tmp_path / "homework", ignore=shutil.ignore_patterns("__pycache__")
    )
    monkeypatch.syspath_prepend(tmp_path)
    import homework

    assert homework.fit.__module__ == "homework.fast_fit"
    assert len(homework.fit(classifier(), *table(20), epochs=2, verbose=0).history["loss"]) == 2
    for name in [name for name in sys.modules if name.split(".")[0] == "homework"]:
        del sys.modules[name]
