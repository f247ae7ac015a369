"""`nnlib.training.fit` against Keras's own `fit`, and against counts that need neither."""

import functools
import gc
import inspect
import logging
import shutil
import sys
import weakref
from functools import partial

import keras
import numpy as np
import pandas as pd
import pytest

from nnlib.training import Progress, Snapshots, fast_fit, fit, passes, set_seed

L = keras.layers
N_FEATURES, N_CLASSES = 6, 3


@pytest.fixture(params=["graph", "xla"])
def both_roads(request, monkeypatch):
    """Run a test once without and once with XLA, whatever the size of the work."""
    monkeypatch.setattr(passes, "XLA_PAYS_AFTER", -np.inf if request.param == "xla" else np.inf)


@pytest.fixture
def no_keras_fit(monkeypatch):
    """Fail where `fit` hands the work to `model.fit`."""
    monkeypatch.setattr(keras.Model, "fit", lambda *_, **__: pytest.fail("handed to model.fit"))


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


def train(way, make_model, x, y, *, make_callbacks=list, **options):
    """Train a new model by `fit` or by `keras.Model.fit`; return it and its history."""
    model = make_model()
    options = {"shuffle": False, "verbose": 0, "batch_size": 16, "epochs": 3} | options
    return model, way(model, x, y, callbacks=make_callbacks(), **options).history


def train_twins(make_model, x, y, **options):
    """Train two equal models, one with model.fit and one with ours; return models and histories."""
    theirs = train(keras.Model.fit, make_model, x, y, **options)
    return *train(fit, make_model, x, y, **options), *theirs


def assert_histories_match(actual, expected, tolerance=1e-5):
    assert list(actual) == list(expected)
    for name in expected:
        np.testing.assert_allclose(actual[name], expected[name], atol=tolerance, err_msg=name)


def assert_twins(ours, actual, theirs, expected, tolerance=1e-5):
    assert_histories_match(actual, expected, tolerance)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, atol=tolerance)


# The same learning as model.fit


OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "momentum": lambda: keras.optimizers.SGD(0.1, momentum=0.9),
    "adam": lambda: keras.optimizers.Adam(0.01),
}


SIZES = {"full": 64, "partial": 71, "less than one batch": 9}
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


CASES = {offer: (71, make_model, options) for offer, (make_model, options) in OFFERS.items()} | {
    f"{name}, {size}": (n_samples, lambda make=make: classifier(make()), {"validation_data": table(21, seed=5)})
    for name, make in OPTIMIZERS.items()
    for size, n_samples in SIZES.items()
}
WITH_XLA = {
    *("sgd, less than one batch", "momentum, full", "adam, full", "adam, partial"),
    *("batchnorm", "dropout", "ema", "sample_weight"),
}
# Both roads of a case stand side by side: Keras trains it once for both.
ROADS = [pytest.param(case, xla, id=case + xla * ", xla") for case in CASES for xla in {False, case in WITH_XLA}]


def trained(way, case):
    n_samples, make_model, options = CASES[case]
    return train(way, make_model, *table(n_samples), **options)


@functools.cache
def trained_by_keras(case):
    return trained(keras.Model.fit, case)


@pytest.mark.parametrize(("case", "xla"), ROADS)
def test_same_weights_and_history_as_keras(case, xla, monkeypatch):
    if xla:
        monkeypatch.setattr(passes, "XLA_PAYS_AFTER", -np.inf)
    assert_twins(*trained(fit, case), *trained_by_keras(case))


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
    model.compile(keras.optimizers.SGD(1.0), loss=lambda _, y_pred: y_pred)
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
    for name, values in from_numpy.history.items():
        assert from_pandas.history[name] == pytest.approx(values)

    images = np.random.default_rng(0).integers(0, 256, (20, 4, 4, 3), dtype="uint8")
    layers = [keras.Input((4, 4, 3), dtype="uint8"), L.Rescaling(1 / 255), L.Flatten(), L.Dense(3)]
    model = keras.Sequential(layers)
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    assert np.isfinite(fit(model, images, np.arange(20) % 3, verbose=0).history["loss"]).all()


def test_a_series_is_a_column_as_in_keras():
    """Ten predictions minus a column are ten numbers; minus a row they would be a hundred, and the loss never 0."""

    class MeanOfSquares(keras.losses.Loss):
        def call(self, y_true, y_pred):
            return keras.ops.square(y_true - y_pred)

    def make_model():
        model = keras.Sequential([keras.Input((1,)), L.Dense(1, kernel_initializer="zeros")])
        model.compile(keras.optimizers.SGD(0.5), MeanOfSquares(), metrics=[lambda t, p: keras.ops.abs(t - p)])
        return model

    column = pd.Series(np.linspace(-1, 1, 10), name="x")
    twins = train_twins(make_model, column.to_frame(), 2 * column, epochs=20)
    assert_twins(*twins)
    assert twins[1]["loss"][-1] < 1e-3
    assert_twins(*train_twins(make_model, column, 2 * column))


@pytest.mark.parametrize(
    "options",
    [
        {"y": pd.Series(table(20)[1], dtype="category")},
        {"y": pd.Series(table(20)[1], dtype="Int64")},
        {"x": None},
        {"x": None, "sample_weight": np.ones(20)},
        {"validation_data": (None, table(20)[1])},
        {"class_weight": {}, "sample_weight": np.ones(20)},
        {"class_weight": np.ones(3)},
    ],
    ids=lambda options: " ".join(f"{name} {type(value).__name__}" for name, value in options.items()),
)
def test_data_that_keras_refuses_is_refused(options):
    x, y = table(20)
    kinds = []
    for way in (fit, keras.Model.fit):
        with pytest.raises((ValueError, AttributeError)) as refused:
            way(classifier(), **({"x": x, "y": y, "verbose": 0} | options))
        kinds.append(refused.type)
    assert kinds[0] is kinds[1]


def test_class_weights_in_a_series_are_taken_as_in_keras():
    assert_twins(*train_twins(classifier, *table(40), class_weight=pd.Series({0: 1.0, 1: 3.0})))


@pytest.mark.usefixtures("both_roads", "no_keras_fit")
def test_numbers_that_are_not_finite_give_the_history_of_keras(monkeypatch):
    x, y = table(40)
    x[5, 1] = np.nan
    make_model = partial(classifier, extra=lambda: [L.ReLU()])
    ours = train(fit, make_model, x, y)[1]
    monkeypatch.undo()
    assert_histories_match(ours, train(keras.Model.fit, make_model, x, y)[1])


def test_models_without_input_layer_and_with_batches_of_one_size_train_as_in_keras():
    def unbuilt():
        set_seed(1)
        model = keras.Sequential([L.Dense(4), L.BatchNormalization(), L.Dense(N_CLASSES, activation="softmax")])
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    def stateful():
        set_seed(1)
        inputs = keras.Input(batch_shape=(5, N_FEATURES))
        steps = L.Reshape((3, 2))(inputs)
        model = keras.Model(inputs, L.Dense(N_CLASSES, activation="softmax")(L.SimpleRNN(3, stateful=True)(steps)))
        model.compile("sgd", "sparse_categorical_crossentropy")
        return model

    assert_twins(*train_twins(unbuilt, *table(71)))
    assert_twins(*train_twins(stateful, *table(20), batch_size=5))
    assert_twins(*train_twins(stateful, *table(5), batch_size=32, validation_data=table(5)))


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


def of_a_strategy():
    import tensorflow as tf

    with tf.distribute.OneDeviceStrategy("/cpu:0").scope():
        return classifier()


def own(name):
    """A model whose method of this name is its own, in its class and on the instance."""
    models = classifier(), classifier()
    kind = type(models[0])
    models[0].__class__ = type(kind.__name__, (kind,), {name: lambda *_, **__: None})
    setattr(models[1], name, lambda *_, **__: None)
    return models


class WatchesBatches(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        pass


class OwnCheckpoint(keras.callbacks.ModelCheckpoint):
    def on_train_batch_end(self, batch, logs=None):
        pass


HANDED_OVER = {
    "own train_step": (own_step, {}),
    "own compute_metrics": (lambda: own("compute_metrics")[0], {}),
    "train_step of the instance": (lambda: own("train_step")[1], {}),
    "strategy": (of_a_strategy, {}),
    "no optimizer": (lambda: classifier(None), {}),
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
    "own checkpoint": (classifier, {"callbacks": [OwnCheckpoint("unused.keras")]}),
    "callback list": (classifier, {"callbacks": keras.callbacks.CallbackList()}),
    "validation_freq": (classifier, {"validation_data": table(9), "validation_freq": 2}),
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

    def keras_fit(_, x, y, **arguments):
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
    again = Does("on_epoch_end", lambda model: model.compile("sgd", "mse"))
    with pytest.raises(RuntimeError, match="before fit"):
        fit(classifier(), x, y, epochs=2, verbose=0, callbacks=[again])


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
    ours_to_set = {"history", "_called", "train_function"}  # as after model.fit
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
    n_traces = len(traces)
    assert n_traces == 2  # the full batch and the rest, each traced once
    fit(model, x, y, verbose=0)
    assert len(traces) == n_traces
    model.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
    before = model.get_weights()
    fit(model, x, y, verbose=0)
    assert len(traces) > n_traces
    assert all(np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True))


def test_a_metric_of_ones_own_sees_each_batch_once_and_nothing_else():
    import tensorflow as tf

    class Batches(keras.metrics.Metric):
        """Counts batches for good, in a variable that Keras does not know of."""

        def __init__(self):
            super().__init__(name="batches")
            self.seen = tf.Variable(0.0)

        def update_state(self, y, outputs, sample_weight=None):
            self.seen.assign_add(1.0)

        def result(self):
            return self.seen.read_value()

        def reset_state(self):
            pass

    history = fit(classifier(metrics=["accuracy", Batches()]), *table(64), batch_size=16, epochs=2, verbose=0)
    assert history.history["batches"] == [4, 8]


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


# XLA: where it pays, and only where it computes what TensorFlow computes


def with_xla(model, x, y, *, epochs=3, **options):
    """Train; return for each loop of the model, whether XLA compiled it."""
    fit(model, x, y, epochs=epochs, verbose=0, batch_size=16, **options)
    return [(step, bool(loop.sizes_compiled)) for (step, *_), loop in passes._loops[model][1].items()]


def skip_on_a_gpu():
    if keras.distribution.list_devices("gpu"):
        pytest.skip("on a GPU Keras gives every model to XLA by itself, and fit does so too")


def test_xla_is_for_long_runs(monkeypatch):
    skip_on_a_gpu()
    model, (x, y) = classifier(), table(64)
    assert with_xla(model, x, y) == [("train_step", False)]
    monkeypatch.setattr(passes, "XLA_PAYS_AFTER", 4e6)  # some 30 batches
    model = classifier()
    pays = [("train_step", True), ("test_step", False)]
    assert with_xla(model, x, y, epochs=10, validation_data=table(10)) == pays
    loops = list(passes._loops[model][1].values())
    assert with_xla(model, x, y, epochs=10, validation_data=table(10)) == pays
    assert list(passes._loops[model][1].values()) == loops


@pytest.fixture
def xla_pays(monkeypatch):
    skip_on_a_gpu()
    monkeypatch.setattr(passes, "XLA_PAYS_AFTER", -np.inf)


class Adds(L.Layer):
    """Adds what a function makes of its input, 0 in the end: only what it does besides is of interest."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def call(self, inputs):
        return inputs + 0 * self.function(inputs)


def assert_above(x, bound):
    import tensorflow as tf

    with tf.control_dependencies([tf.debugging.assert_greater(x, bound)]):
        return tf.identity(x)


def in_python(x):
    import tensorflow as tf

    return tf.ensure_shape(tf.py_function(lambda value: value, [x], x.dtype), x.shape)


def seeded(x):
    import tensorflow as tf

    return tf.random.uniform(tf.shape(x), seed=1)


def convolved(x):
    return keras.ops.conv(x[..., None], keras.ops.ones((1, 1, 1)))[..., 0]


@pytest.mark.usefixtures("xla_pays")
@pytest.mark.parametrize("function", [lambda x: assert_above(x, -100.0), in_python, seeded, convolved])
def test_what_xla_cannot_do_is_trained_without_it(function):
    make_model = partial(classifier, extra=lambda: [Adds(function)])
    assert with_xla(make_model(), *table(32)) == [("train_step", False)]
    assert_twins(*train_twins(make_model, *table(32)))


@pytest.mark.usefixtures("xla_pays")
def test_what_xla_refuses_to_compile_is_trained_without_it(monkeypatch):
    monkeypatch.setattr(passes, "SAME_WITH_XLA", passes.SAME_WITH_XLA | {"EagerPyFunc", "EnsureShape"})
    make_model = partial(classifier, extra=lambda: [Adds(in_python)])
    model = make_model()
    with_xla(model, *table(32))
    assert not any(loop.may_use_xla for loop in passes._loops[model][1].values())
    assert_twins(*train_twins(make_model, *table(32)))


def shifted():
    """Labels 1 to 3 for three outputs, and a loss that takes 1 off."""
    model = classifier()
    crossentropy = keras.losses.sparse_categorical_crossentropy
    model.compile("sgd", lambda t, p: crossentropy(t - 1, p))
    return model


def words():
    set_seed(0)
    model = keras.Sequential(
        [keras.Input((2,), dtype="int32"), L.Embedding(10, 3), L.Flatten(), L.Dense(N_CLASSES, activation="softmax")]
    )
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


@pytest.mark.usefixtures("xla_pays")
def test_errors_in_the_data_are_seen_with_xla_too():
    import tensorflow as tf

    x, y = table(32)
    rows = np.arange(64).reshape(32, 2) % 10
    of_labels, of_shifted, of_words = classifier(), shifted(), words()
    for bad in (y + 1, y - 1):
        with pytest.raises(tf.errors.InvalidArgumentError, match="label"):
            with_xla(of_labels, x, bad, epochs=9)
    with pytest.raises(tf.errors.InvalidArgumentError, match="label"):
        with_xla(of_shifted, x, y, epochs=9)
    with pytest.raises(tf.errors.InvalidArgumentError, match="not in"):
        with_xla(of_words, rows + 2, y, epochs=9)
    with pytest.raises(tf.errors.InvalidArgumentError):
        with_xla(classifier(extra=lambda: [Adds(lambda x: assert_above(x, 100.0))]), x, y, epochs=9)
    # What is right is trained with XLA: at once, or after a first epoch in which TensorFlow saw every row.
    assert with_xla(of_labels, x, y, epochs=1) == [("train_step", True)]
    assert with_xla(of_shifted, x, y + 1, epochs=1) == [("train_step", False)]
    assert with_xla(of_shifted, x, y + 1, epochs=2) == [("train_step", True)]
    assert with_xla(of_words, rows, y, epochs=1) == [("train_step", False)]
    assert with_xla(of_words, rows, y, epochs=2) == [("train_step", True)]
    assert_twins(*train_twins(words, rows, y))


# What callbacks change is seen when Keras sees it


class Does(keras.callbacks.Callback):
    """Does something to the model at one of its hooks, and notes the metrics that it finds at each epoch's begin."""

    def __init__(self, hook, action):
        super().__init__()
        setattr(self, hook, lambda *_: action(self.model))


def freeze(model):
    model.layers[0].trainable = False


def stop(model):
    model.stop_training = True


def note_loss(model):
    model.seen = [*getattr(model, "seen", []), float(model.metrics[0].result())]


@pytest.mark.parametrize("action", [freeze, stop])
@pytest.mark.parametrize("hook", ["on_train_begin", "on_epoch_begin", "on_epoch_end"])
def test_what_callbacks_do_acts_when_it_does_in_keras(hook, action):
    assert_twins(*train_twins(classifier, *table(64), make_callbacks=lambda: [Does(hook, action)]))


def test_metrics_are_reset_before_an_epoch_begins():
    n_epochs = fast_fit.RESETS_TO_COMPILE + 10
    ours, _ = train(
        fit, classifier, *table(16), epochs=n_epochs, make_callbacks=lambda: [Does("on_epoch_begin", note_loss)]
    )
    assert ours.seen == [0.0] * n_epochs


def test_training_stops_within_an_epoch(monkeypatch):
    monkeypatch.setattr(passes, "SECONDS_AT_ONCE", 0.0)  # one batch at a time after the first sixteen
    model = classifier()
    run = passes.Loop.run

    def told_to_stop(loop, data, order, start, stop):
        model.stop_training = start == 20
        return run(loop, data, order, start, stop)

    monkeypatch.setattr(passes.Loop, "run", told_to_stop)
    fit(model, *table(50), batch_size=1, epochs=3, verbose=0)
    assert model.optimizer.iterations == 21


def test_no_epochs_leave_the_weights_alone():
    model = classifier(keras.optimizers.SGD(use_ema=True))
    before = model.get_weights()
    fit(model, *table(20), epochs=0, verbose=0)
    assert all(np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True))


def test_seeds_set_by_hand_repeat_a_run():
    import tensorflow as tf

    def run():
        tf.random.set_seed(1)
        np.random.seed(1)  # noqa: NPY002  as coursework does it
        model = classifier()
        tf.random.set_seed(1)
        return fit(model, *table(96), epochs=2, verbose=0).history

    assert run() == run()


@pytest.mark.usefixtures("xla_pays")
def test_loops_are_given_up_when_there_are_many(monkeypatch):
    monkeypatch.setattr(passes, "SIZES_WITH_XLA", 2)
    model = classifier()
    for n_samples in range(33, 37):
        fit(model, *table(n_samples), epochs=2, verbose=0)
    assert len(passes._loops[model][1]) == 2  # full batches, and batches of any size
    assert [len(loop.sizes_compiled) for loop in passes._loops[model][1].values()] == [2, 2]
    monkeypatch.setattr(passes, "XLA_PAYS_AFTER", np.inf)
    monkeypatch.setattr(passes, "LOOPS_KEPT", 3)
    for batch_size in range(1, 5):
        fit(model, *table(11), batch_size=batch_size, verbose=0)
    assert len(passes._loops[model][1]) == 3


def test_numpy_sizes_and_a_metric_that_is_a_vector(capsys):
    model = classifier()
    model.compile("sgd", "categorical_crossentropy", metrics=[keras.metrics.F1Score(average=None)])
    x, y = table(20)
    y = keras.utils.to_categorical(y, N_CLASSES)
    sizes = {"batch_size": np.int64(16), "validation_batch_size": np.int64(7)}
    history = fit(model, x, y, validation_data=(x, y), **sizes).history
    assert np.shape(history["f1_score"]) == (1, N_CLASSES)
    assert "f1_score [" in capsys.readouterr().out


def test_a_metric_with_several_results_has_an_entry_for_each():
    class Both(keras.metrics.Mean):
        def update_state(self, y_true, y_pred, sample_weight=None):
            super().update_state(y_pred)

        def result(self):
            return {"mean": super().result(), "twice": 2 * super().result()}

    ours, actual, theirs, expected = train_twins(
        partial(classifier, metrics=[Both()]), *table(40), validation_data=table(20, seed=3)
    )
    assert set(actual) == set(expected) == {"loss", "mean", "twice", "val_loss", "val_mean", "val_twice"}
    assert_twins(ours, actual, theirs, {name: expected[name] for name in actual})


def test_arguments_stand_where_they_stand_in_keras():
    names = list(inspect.signature(fit).parameters)
    assert names[1:] == list(inspect.signature(keras.Model.fit).parameters)[1:]


@pytest.mark.parametrize("limit", ["max_epochs", "max_steps_per_epoch"])
def test_limits_for_all_trainings_are_kept(limit):
    getattr(keras.config, f"set_{limit}")(1)
    try:
        model = classifier()
        with pytest.warns(UserWarning, match="Limiting"):
            fit(model, *table(40), epochs=3, verbose=0)
        assert model.optimizer.iterations == {"max_epochs": 2, "max_steps_per_epoch": 3}[limit]
    finally:
        getattr(keras.config, f"set_{limit}")(None)


# What is shown


def test_progress_is_the_default_and_not_doubled(capsys):
    x, y = table(40)
    fit(classifier(), x, y, epochs=3)
    assert capsys.readouterr().out.count("epoch 3/3") == 1
    fit(classifier(), x, y, epochs=3, callbacks=[Progress("mine")])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("mine · epoch 3/3 · loss ")


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
