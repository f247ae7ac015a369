"""Odd calls of `diagnose`: each must give findings, or one ValueError in the doctor's own words, and change nothing."""

import functools
from typing import Any

import keras
import numpy as np
import pandas as pd
import scipy.sparse
import tensorflow as tf
from cases.data import compiled, curved, digits, fitted, one_hot, two_classes
from cases.models import BINARY, SPARSE, adam, mlp, stack
from keras import layers, ops

CALLS: list[Any] = []


def call(build):
    """Register `build()`, which returns (model, x, y, options)."""
    CALLS.append(build)
    return build


def classifier(loss=BINARY, optimizer="adam", metrics=("accuracy",)):
    return compiled(mlp(8, (16, 1), "sigmoid"), loss, optimizer, metrics)


def regression():
    return compiled(mlp(8, (4, 1), None), "mse", "adam", ())


def with_data(x=None, y=None, model=None, **options):
    """The usual two classes, where a call does not bring its own."""
    usual_x, usual_y = two_classes()
    return model or classifier(), usual_x if x is None else x, usual_y if y is None else y, options


def given(name, x, y):
    """Register a call with these data and the usual model."""

    def build():
        return classifier(), x, y, {}

    build.__name__ = name
    return call(build)


# --- several inputs and outputs, names, dicts ---------------------------------------------------------------------


@call
def two_outputs():
    x, y = two_classes()
    inputs = keras.Input((8,))
    hidden = layers.Dense(8, "relu")(inputs)
    model = keras.Model(inputs, [layers.Dense(1, "sigmoid")(hidden), layers.Dense(1)(hidden)])
    model.compile(loss=[BINARY, "mse"])
    return model, x, [y, y], {}


@call
def two_inputs():
    x, y = two_classes()
    inputs = [keras.Input((8,)), keras.Input((8,))]
    model = keras.Model(inputs, layers.Dense(1, "sigmoid")(layers.Concatenate()(inputs)))
    return compiled(model, BINARY), [x, x], y, {}


@call
def subclass_that_takes_a_pair():
    class Siamese(keras.Model):
        def __init__(self):
            super().__init__()
            self.encoder, self.out = layers.Dense(8, "relu"), layers.Dense(1, "sigmoid")

        def call(self, pair):
            return self.out(ops.abs(self.encoder(pair[0]) - self.encoder(pair[1])))

    x, y = two_classes()
    model = compiled(Siamese(), BINARY)
    model([x[:2], x[:2]])
    return model, [x, x[::-1]], y, {}


def named_output(**outputs):
    """A model whose one output is called "out"."""
    inputs = keras.Input((8,))
    out = layers.Dense(1, "sigmoid", name="out")(inputs)
    return keras.Model(inputs, {"out": out} if outputs else out)


@call
def dict_of_one_input():
    x, y = two_classes()
    inputs = keras.Input((8,), name="a")
    model = keras.Model({"a": inputs}, layers.Dense(1, "sigmoid")(inputs))
    return compiled(model, BINARY), {"a": x}, y, {}


@call
def list_of_one_input():
    x, y = two_classes()
    return classifier(), [x], y, {}


@call
def loss_and_targets_by_name():
    x, y = two_classes()
    model = named_output(out=True)
    model.compile(loss={"out": BINARY}, metrics={"out": ["accuracy"]})
    return model, x, {"out": y}, {}


@call
def loss_by_name_and_plain_targets():
    model = named_output()
    model.compile(loss={"out": BINARY}, metrics={"out": ["accuracy"]})
    return with_data(model=model)


@call
def output_by_name_and_plain_targets():
    model = named_output(out=True)
    model.compile(loss={"out": BINARY})
    return with_data(model=model)


# --- forms of data ------------------------------------------------------------------------------------------------


X, Y = two_classes()


@call
def sentences_as_text():
    texts = np.array(["good film", "bad film"] * 50)
    vectorise = layers.TextVectorization(100, output_sequence_length=6)
    vectorise.adapt(texts)
    inputs = keras.Input((), dtype="string")
    pooled = layers.GlobalAveragePooling1D()(layers.Embedding(100, 4)(vectorise(inputs)))
    return compiled(keras.Model(inputs, layers.Dense(1, "sigmoid")(pooled)), BINARY), texts, np.tile((1, 0), 50), {}


given("ragged_tensor", tf.ragged.constant([[1.0, 2.0], [3.0]] * 10), np.tile((1, 0), 10))
given("lists_of_unequal_length", np.array([[1.0, 2.0], [3.0]] * 10, dtype=object), np.tile((1, 0), 10))
given("one_sample", X[:1], Y[:1])
given("two_samples", X[:2], np.array([0, 1]))
given("targets_all_nan", X, np.full(len(Y), np.nan))
given("inputs_all_nan", np.full_like(X, np.nan), Y)
given("complex_inputs", X + 1j * X, Y)
given("dataset_of_tensorflow", tf.data.Dataset.from_tensor_slices((X, Y)).batch(32), None)
given("generator", (row for row in X), Y)
given("lists", X.tolist(), Y.tolist())
given("tensors", tf.constant(X), tf.constant(Y))
given("sparse_matrix", scipy.sparse.csr_matrix(X), Y)
given("targets_as_text", X, np.where(Y == 1, "yes", "no"))
given("no_targets", X, None)
given("masked_array", np.ma.masked_less(X, -1), Y)
given("long_doubles", X.astype("longdouble"), Y)
given("half_floats", X.astype("float16"), Y)
given("small_integers", (3 * X).astype("int8"), Y.astype("uint8"))
given("targets_with_two_axes_too_many", X, Y.reshape(-1, 1, 1))
given("fortran_order_and_strides", np.asfortranarray(np.repeat(X, 2, axis=0))[::2], Y)
given("categories_as_targets", X, pd.Series(pd.Categorical(Y)))
given("nullable_integers", X, pd.Series(Y).astype("Int64"))
given("column_of_categories", pd.DataFrame(X[:, :7]).assign(kind=pd.Categorical(Y)), Y)
given("booleans", pd.DataFrame(X > 0), pd.Series(Y == 1))
given("an_empty_table", pd.DataFrame(X).iloc[:0], pd.Series(Y).iloc[:0])
given("a_number", 3.0, 1.0)
given("rows_that_do_not_match", X, Y[:-1])


@call
def dates_in_a_table():
    x, y = two_classes()
    table = pd.DataFrame(x[:, :7]).assign(day=pd.date_range("2020", periods=len(x)))
    return classifier(), table, y, {}


@call
def python_dataset():
    x, y = two_classes()

    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 5

        def __getitem__(self, index):
            return x[32 * index : 32 * index + 32], y[32 * index : 32 * index + 32]

    return classifier(), Batches(), None, {}


@call
def one_sample_of_a_regression():
    x, y = two_classes()
    return regression(), x[:1], y[:1].astype("float32"), {}


@call
def complex_targets():
    x, y = two_classes()
    return regression(), x, y + 1j * y, {}


@call
def targets_near_the_end_of_uint64():
    x, y = two_classes()
    return regression(), x, np.full(len(y), 2**63, "uint64"), {}


@call
def targets_beyond_float32():
    x, y = two_classes()
    return regression(), x, np.full(len(y), 1e39), {}


@call
def an_input_beyond_float32():
    x, _ = two_classes()
    x = x.astype("float64")
    x[3, 3] = 1e39
    return with_data(x)


@call
def an_output_without_a_last_axis():
    inputs = keras.Input((8,))
    model = keras.Model(inputs, ops.squeeze(layers.Dense(1, "sigmoid")(inputs), -1))
    return with_data(model=compiled(model, BINARY))


# --- large ones ---------------------------------------------------------------------------------------------------


@functools.cache
def million():
    """1,000,000 × 20 and two classes."""
    x = np.random.default_rng(0).standard_normal((1_000_000, 20), dtype="float32")
    return x, (x[:, 0] > 0).astype("int64")


@call
def a_million_rows():
    x, y = million()
    return compiled(mlp(20, (32, 1), "sigmoid"), BINARY), x, y, {}


@call
def a_million_rows_with_validation():
    x, y = million()
    held = {"validation_data": (x[:200_000] + 1, y[:200_000])}
    return compiled(mlp(20, (32, 1), "sigmoid"), BINARY), x, y, held


@call
def a_million_rows_in_a_table():
    x, y = million()
    return compiled(mlp(20, (32, 1), "sigmoid"), BINARY), pd.DataFrame(x), pd.Series(y), {}


@call
def ten_thousand_classes():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2000, 32)).astype("float32")
    return compiled(mlp(32, (64, 10_000)), SPARSE), x, rng.integers(0, 10_000, 2000), {}


def long_lstm(steps):
    def build():
        x = np.random.default_rng(0).normal(size=(200, steps, 1)).astype("float32")
        model = compiled(stack((steps, 1), layers.LSTM(16), layers.Dense(1)), "mse", adam(0.01), ())
        return model, x, x[:, -1, 0], {}

    build.__name__ = f"lstm_over_{steps}_steps"
    return call(build)


long_lstm(50)
long_lstm(300)


@call
def two_grus_over_100_steps():
    x = np.random.default_rng(0).normal(size=(200, 100, 4)).astype("float32")
    model = stack((100, 4), layers.GRU(16, return_sequences=True), layers.GRU(8), layers.Dense(1))
    return compiled(model, "mse", adam(0.01), ()), x, x[:, -1, 0], {}


@call
def residual_convolutions_on_64_pixels():
    rng = np.random.default_rng(0)
    x = rng.random((256, 64, 64, 3)).astype("float32")
    inputs = keras.Input((64, 64, 3))
    maps = layers.Conv2D(32, 3, padding="same", activation="relu")(inputs)
    for _ in range(4):
        maps = layers.Add()([maps, layers.Conv2D(32, 3, padding="same", activation="relu")(maps)])
    model = keras.Model(inputs, layers.Dense(10, "softmax")(layers.GlobalAveragePooling2D()(maps)))
    return compiled(model, SPARSE), x, rng.integers(0, 10, 256), {}


@call
def mobilenet_on_96_pixels():
    rng = np.random.default_rng(0)
    x = (2 * rng.random((128, 96, 96, 3)) - 1).astype("float32")
    model = keras.applications.MobileNetV2((96, 96, 3), alpha=0.35, weights=None, classes=10)
    return compiled(model, SPARSE), x, rng.integers(0, 10, 128), {}


@call
def transformer_on_64_tokens():
    rng = np.random.default_rng(0)
    inputs = keras.Input((64,), dtype="int32")
    tokens = layers.Embedding(500, 32)(inputs)
    for _ in range(2):
        tokens = layers.LayerNormalization()(tokens + layers.MultiHeadAttention(4, 8)(tokens, tokens))
        tokens = layers.LayerNormalization()(tokens + layers.Dense(32)(layers.Dense(64, "relu")(tokens)))
    model = keras.Model(inputs, layers.Dense(1, "sigmoid")(layers.GlobalAveragePooling1D()(tokens)))
    return compiled(model, BINARY), rng.integers(0, 500, (300, 64)), rng.integers(0, 2, 300), {}


@call
def two_layers_of_2048():
    rng = np.random.default_rng(0)
    x = rng.random((600, 3072)).astype("float32")
    return compiled(mlp(3072, (2048, 2048, 10)), SPARSE), x, rng.integers(0, 10, 600), {}


@call
def volumes():
    rng = np.random.default_rng(0)
    model = stack((8, 8, 8, 1), layers.Conv3D(4, 3, activation="relu"), layers.Flatten(), layers.Dense(1, "sigmoid"))
    return compiled(model, BINARY), rng.random((60, 8, 8, 8, 1)).astype("float32"), rng.integers(0, 2, 60), {}


# --- layers and models of one's own -------------------------------------------------------------------------------


def in_the_middle(layer):
    """Two classes through `layer` and one sigmoid."""
    return with_data(model=compiled(stack((8,), layer, layers.Dense(1, "sigmoid")), BINARY))


@call
def layer_without_get_config():
    class Own(layers.Layer):
        def __init__(self, units):
            super().__init__()
            self.units = units

        def build(self, shape):
            self.weight = self.add_weight(shape=(shape[-1], self.units))

        def call(self, inputs):
            return ops.relu(inputs @ self.weight)

    return in_the_middle(Own(6))


@call
def layer_that_draws_and_counts():
    class Own(layers.Layer):
        def __init__(self):
            super().__init__()
            self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

        def call(self, inputs, training=False):
            self.calls.assign_add(1.0)
            return inputs + (0.1 * tf.random.normal(tf.shape(inputs)) if training else 0.0)

    return in_the_middle(Own())


@call
def layer_with_a_variable_of_tensorflow():
    class Own(layers.Layer):
        def __init__(self):
            super().__init__()
            self.calls = tf.Variable(0.0)

        def call(self, inputs):
            self.calls.assign_add(1.0)
            return inputs

    return in_the_middle(Own())


@call
def layer_that_draws_from_numpy():
    class Own(layers.Layer):
        def call(self, inputs):
            return inputs * (1 + 0 * np.random.random())  # noqa: NPY002 (the global generator is the point)

    return in_the_middle(Own())


@call
def layer_that_draws_from_the_global_generator_of_keras():
    class Own(layers.Layer):
        def call(self, inputs):
            return inputs + 0.01 * keras.random.normal(ops.shape(inputs))

    return in_the_middle(Own())


@call
def lambda_layer():
    return in_the_middle(layers.Lambda(lambda inputs: inputs**2))


@call
def noise_and_dropout():
    return in_the_middle(keras.Sequential([layers.GaussianNoise(0.1), layers.Dropout(0.2), layers.Dense(4)]))


@call
def one_layer_used_twice():
    inputs, shared = keras.Input((8,)), layers.Dense(8, "relu")
    return with_data(model=compiled(keras.Model(inputs, layers.Dense(1, "sigmoid")(shared(shared(inputs)))), BINARY))


@call
def model_without_weights():
    mean = layers.Lambda(lambda inputs: ops.sigmoid(ops.mean(inputs, axis=-1, keepdims=True)))
    return with_data(model=compiled(stack((8,), mean), BINARY))


@call
def layers_in_a_list():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden = [layers.Dense(8, "relu") for _ in range(3)]
            self.out = layers.Dense(1, "sigmoid")

        def call(self, inputs):
            for layer in self.hidden:
                inputs = layer(inputs)
            return self.out(inputs)

    model = compiled(Own(), BINARY)
    model(np.zeros((2, 8), "float32"))
    return with_data(model=model)


class Reconstruction(keras.Model):
    """Adds its loss itself."""

    def __init__(self):
        super().__init__()
        self.map = layers.Dense(8)

    def call(self, inputs):
        made = self.map(inputs)
        self.add_loss(ops.mean((made - inputs) ** 2))
        return made


@call
def add_loss_and_no_other():
    x, _ = two_classes()
    model = Reconstruction()
    model(x[:2])
    model.compile("adam")
    return model, x, x, {}


@call
def add_loss_beside_another():
    x, _ = two_classes()
    model = Reconstruction()
    model(x[:2])
    return compiled(model, "mse", "adam", ()), x, x, {}


@call
def compile_of_ones_own():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.out = layers.Dense(1)

        def call(self, inputs):
            return self.out(inputs)

        def compile(self, optimizer, critic):
            super().compile(optimizer=optimizer, loss="mse")
            self.critic = critic

    model = Own()
    model(np.zeros((2, 8), "float32"))
    model.compile("adam", None)
    return with_data(model=model)


@call
def stateful_lstm():
    x, y = two_classes(608)
    model = keras.Sequential([keras.Input(batch_shape=(32, 8, 1)), layers.LSTM(4, stateful=True), layers.Dense(1)])
    return compiled(model, "mse", "adam", ()), x[..., None], y.astype("float32"), {}


@call
def batch_size_fixed_in_the_input():
    model = keras.Sequential([keras.Input(batch_shape=(32, 8)), layers.Dense(1, "sigmoid")])
    return with_data(model=compiled(model, BINARY))


@call
def run_eagerly():
    model = mlp(8, (4, 1), "sigmoid")
    model.compile("adam", BINARY, run_eagerly=True)
    return with_data(model=model)


@call
def not_compiled():
    return with_data(model=mlp(8, (4, 1), "sigmoid"))


@call
def not_built():
    return with_data(model=compiled(keras.Sequential([layers.Dense(1, "sigmoid")]), BINARY))


def in_precision(policy, *, epochs):
    def build():
        keras.config.set_dtype_policy(policy)
        try:
            model = classifier()
        finally:
            keras.config.set_dtype_policy("float32")
        x, y = two_classes()
        if epochs:
            fitted(model, x, y, epochs=epochs)
        return model, x, y, {}

    build.__name__ = f"{policy}_{'trained' if epochs else 'new'}"
    return call(build)


in_precision("mixed_float16", epochs=0)
in_precision("mixed_float16", epochs=1)
in_precision("mixed_bfloat16", epochs=0)


# --- optimizers, losses, metrics ----------------------------------------------------------------------------------


class Slower(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule without get_config."""

    def __call__(self, step):
        return 1e-3 / (1 + ops.cast(step, "float32") / 100)


@call
def schedule_without_get_config():
    return with_data(model=classifier(optimizer=adam(Slower())))


@call
def schedule_without_get_config_trained():
    model, (x, y) = classifier(optimizer=adam(Slower())), two_classes()
    return model, x, y, {"history": fitted(model, x, y, epochs=1)}


@call
def schedule_in_pieces():
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([50], [1e-2, 1e-3])
    return with_data(model=classifier(optimizer=adam(schedule)))


@call
def learning_rate_as_a_function():
    return with_data(model=classifier(optimizer=adam(lambda: 1e-3)))


def trained_with(name, optimizer):
    def build():
        model, (x, y) = classifier(optimizer=optimizer()), two_classes(200)
        fitted(model, x, y, epochs=1)
        return model, x, y, {}

    build.__name__ = f"trained_with_{name}"
    return call(build)


for _name in ("RMSprop", "AdamW", "Adagrad", "Adamax", "Adafactor", "Nadam", "Ftrl", "Lion", "Lamb", "Muon"):
    if hasattr(keras.optimizers, _name):
        trained_with(_name, getattr(keras.optimizers, _name))
trained_with("ema", functools.partial(keras.optimizers.Adam, use_ema=True))
trained_with("gathered_gradients", functools.partial(keras.optimizers.Adam, gradient_accumulation_steps=4))


@call
def optimizer_without_get_config():
    class Own(keras.optimizers.SGD):
        def __init__(self, extra):
            super().__init__(learning_rate=0.01)
            self.extra = extra

    return with_data(model=classifier(optimizer=Own(3)))


@call
def loss_as_partial():
    return with_data(model=classifier(functools.partial(keras.losses.binary_crossentropy, from_logits=False)))


@call
def loss_as_lambda():
    return with_data(model=classifier(lambda y_true, y_pred: ops.mean((y_true - y_pred) ** 2)))


@call
def loss_without_get_config():
    class Own(keras.losses.Loss):
        def __init__(self, weight):
            super().__init__()
            self.weight = weight

        def call(self, y_true, y_pred):
            y_true = ops.cast(ops.reshape(y_true, (-1, 1)), y_pred.dtype)
            return self.weight * ops.mean((y_true - y_pred) ** 2, axis=-1)

    return with_data(model=classifier(Own(2.0)))


@call
def loss_that_raises():
    def broken(y_true, y_pred):
        raise RuntimeError(f"not today: {y_true.shape}, {y_pred.shape}")

    return with_data(model=classifier(broken))


@call
def metrics_of_ones_own():
    class Own(keras.metrics.Metric):
        def __init__(self, factor):
            super().__init__(name="own")
            self.factor, self.total = factor, self.add_weight(shape=(), initializer="zeros", name="total")

        def update_state(self, y_true, y_pred, sample_weight=None):
            weight = 1.0 if sample_weight is None else sample_weight
            self.total.assign_add(self.factor * ops.mean(weight * ops.abs(y_pred - ops.mean(y_true))))

        def result(self):
            return self.total

    return with_data(model=classifier(metrics=[Own(3.0), lambda y_true, y_pred: ops.mean(y_pred - y_true)]))


# --- histories and validation -------------------------------------------------------------------------------------


def with_history(name, **curves):
    def build():
        return with_data(history=curves)

    build.__name__ = f"history_{name}"
    return call(build)


with_history("with_text", loss=[1.0, 0.9], note=["a", "b"])
with_history("empty")
with_history("of_another_model", loss=[100.0, 90.0, 80.0, 70.0, 60.0, 50.0])
with_history("with_none", loss=[1.0, None, 0.8])
with_history("of_numbers_alone", loss=0.5)


@call
def history_that_is_a_list():
    return with_data(history=[0.5, 0.4])


def with_validation(name, make):
    def build():
        x, y = two_classes()
        return classifier(), x, y, {"validation_data": make(x, y)}

    build.__name__ = f"validation_{name}"
    return call(build)


with_validation("with_weights", lambda x, y: (x[:100] + 1, y[:100], np.ones(100)))
with_validation("as_a_dataset", lambda x, y: tf.data.Dataset.from_tensor_slices((x, y)).batch(32))
with_validation("one_hot", lambda x, y: (x[:100] + 1, one_hot(y[:100], 2)))
with_validation("of_another_width", lambda x, y: (x[:, :5], y))
with_validation("empty", lambda x, y: (x[:0], y[:0]))


@call
def validation_one_hot_of_ten():
    x, y = digits(400)
    model = compiled(mlp(64, (16, 10)), SPARSE)
    return model, x, y, {"validation_data": (x[:100] + 0.001, one_hot(y[:100]))}


@call
def targets_of_a_regression_as_objects():
    x, y = curved()
    return compiled(mlp(6, (8, 1), None), "mse", "adam", ()), x, y.astype(object), {}
