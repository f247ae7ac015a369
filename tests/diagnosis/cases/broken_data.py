"""Mistakes in the data: scales, gaps, token numbers, leaks, and validation data of another kind."""

import keras
import numpy as np
from cases import scores
from cases.data import (
    bags,
    cancer,
    colour_pictures,
    compiled,
    curved,
    digits,
    fitted,
    iris,
    measurements,
    one_hot,
    raw_cancer,
    sentences,
    two_classes,
    waves,
    windows,
)
from cases.declare import broken
from cases.models import BINARY, SPARSE, adam, mlp, sgd, stack
from cases.trials import learns
from keras import layers

# --- what the first layer receives --------------------------------------------------------------------------------


@broken("inputs-too-small")
@learns(scores.accuracy, 0.5, epochs=6)
def scaled_by_the_nested_base_as_well(cured):
    """The base divides by 255, and so did the loader: github.com/keras-team/keras-io/issues/1549."""
    x, y = colour_pictures()
    parts = [layers.Rescaling(1 / 255), layers.Conv2D(8, 3, strides=3, activation="relu"), layers.Flatten()]
    base = stack((32, 32, 3), *parts)
    inputs = keras.Input((32, 32, 3))
    model = keras.Model(inputs, layers.Dense(10, "softmax")(base(inputs)))
    return compiled(model, SPARSE, adam(0.005)), x.astype("float32") if cured else x / np.float32(255), y


@broken("inputs-not-scaled")
@learns(scores.r2, 0.5, epochs=20)
def raw_prices_into_an_lstm(cured):
    """A recurrent layer saturates on prices of thousands."""
    x, y = waves(300)
    prices = x if cured else 4000 + 900 * x
    model = stack((20, 1), layers.LSTM(16), layers.Dense(1))
    return compiled(model, "mse", adam(0.01), ()), prices, y


@broken("inputs-not-scaled")
@learns(scores.r2, 0.95, epochs=10)
def raw_sensor_into_a_convolution(cured):
    """A Conv1D on a sensor that reads in thousandths of a volt."""
    x, y = waves(300)
    model = stack((20, 1), layers.Conv1D(8, 5, activation="tanh"), layers.Flatten(), layers.Dense(1))
    return compiled(model, "mse", adam(0.01), ()), x if cured else 2500 * x, y


@broken("inputs-not-scaled")
@learns(scores.accuracy, 0.9, epochs=12)
def normalization_was_never_adapted(cured):
    """A Normalization layer without adapt() has mean 0 and variance 1, so nothing is scaled:
    github.com/ageron/handson-ml3/pull/198.
    """
    x, y = raw_cancer()
    scaler = layers.Normalization()
    if cured:
        scaler.adapt(x)
    model = stack((30,), scaler, layers.Dense(16, "relu"), layers.Dense(1, "sigmoid"))
    return compiled(model, BINARY, sgd(0.05)), x, y


@broken("inputs-not-scaled")
@learns(scores.accuracy, 0.85, epochs=10)
def missing_values_coded_as_minus_9999(cured):
    """Gaps were filled with −9999: one such value outweighs all measurements."""
    x, y = cancer()
    gaps = np.random.default_rng(0).random(x.shape) < 0.03
    x = np.where(gaps, 0 if cured else -9999, x).astype("float32")
    return compiled(mlp(30, (16, 1), "sigmoid"), BINARY, sgd(0.01)), x, y


@broken("inputs-not-scaled")
@learns(scores.accuracy, 0.75, epochs=15)
def word_numbers_without_an_embedding(cured):
    """Numbers of words are names, not amounts."""
    x, y = bags()
    embed = [layers.Embedding(41, 8)] if cured else [layers.Reshape((12, 1))]
    model = stack((12,), *embed, layers.LSTM(8), layers.Dense(1, "sigmoid"))
    return compiled(model, BINARY, adam(0.01)), x, y


@broken("inputs-not-centred")
@learns(scores.accuracy, 0.75, epochs=15)
def features_between_098_and_102(cured):
    """All features lie near 1 and hardly vary: stackoverflow.com/questions/43876301."""
    x, y = two_classes()
    near_one = (1 + 0.02 * np.tanh(x)).astype("float32")
    if cured:
        near_one = (near_one - near_one.mean(axis=0)) / near_one.std(axis=0)
    return compiled(mlp(8, (16, 1), "sigmoid"), BINARY, adam(0.005)), near_one, y


@broken("inputs-not-centred")
@learns(scores.accuracy, 0.5, epochs=6)
def preprocessed_twice(cured):
    """x / 127.5 − 1 twice: all pixels lie between −1.01 and −0.99: github.com/tensorflow/tensorflow/issues/48412."""
    x, y = colour_pictures()
    once = x.astype("float32") / 127.5 - 1
    model = stack((32, 32, 3), layers.Conv2D(8, 3, strides=3, activation="relu"), layers.Flatten(), layers.Dense(10))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return compiled(model, loss, adam(0.005)), once if cured else once / 127.5 - 1, y


@broken("constant-inputs")
@learns(scores.accuracy, 0.8, epochs=10)
def whole_division_of_the_pixels(cured):
    """x // 255 leaves nothing but zeros."""
    x, y = digits()
    grey = np.round(254 * x).astype("uint8")
    return compiled(mlp(64, (32, 10)), SPARSE, adam(0.01)), grey / np.float32(255) if cured else grey // 255, y


@broken("axes-scrambled")
@learns(scores.accuracy, 0.8, epochs=10)
def reshaped_instead_of_transposed(cured):
    """A channels-first file reshaped to channels-last mixes rows and colours:
    github.com/0bserver07/One-Hundred-Layers-Tiramisu/issues/13.
    """
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 300)
    x = (0.5 * rng.random((300, 24, 24, 3))).astype("float32")
    for i, (row, column) in enumerate(rng.integers(0, 16, (300, 2))):
        x[i, row : row + 8, column : column + 8, y[i]] += 0.5
    as_filed = x.transpose(0, 3, 1, 2)
    x = as_filed.transpose(0, 2, 3, 1) if cured else as_filed.reshape(300, 24, 24, 3)
    convolutions = [layers.Conv2D(8, 3, strides=2, activation="relu") for _ in range(2)]
    model = stack((24, 24, 3), *convolutions, layers.GlobalMaxPooling2D(), layers.Dense(3, "softmax"))
    return compiled(model, SPARSE, adam(0.02)), np.ascontiguousarray(x), y


# --- gaps and infinities ------------------------------------------------------------------------------------------


@broken("not-finite-data")
@learns(scores.finite, 0.5, epochs=2)
def constant_column_standardised_by_hand(cured):
    """(x − mean) / std of a constant column is 0 / 0."""
    x, y = cancer()
    x = x.copy()
    x[:, 4] = 3
    spread = x.std(axis=0)
    if cured:
        spread[spread == 0] = 1
    with np.errstate(invalid="ignore"):
        return compiled(mlp(30, (16, 1), "sigmoid"), BINARY, adam(0.01)), (x - x.mean(axis=0)) / spread, y


@broken("not-finite-data")
def nan_in_the_validation_rows(cured):
    """Training is fine and val_loss is nan: github.com/keras-team/keras/issues/1364."""
    x, y = cancer()
    held = x[400:].copy()
    if not cured:
        held[::20, 3] = np.nan
    options = {"validation_data": (held, y[400:])}
    return compiled(mlp(30, (16, 1), "sigmoid"), BINARY), x[:400], y[:400], options


# --- token numbers and sequences ----------------------------------------------------------------------------------


@broken("padding-not-masked")
@learns(scores.accuracy, 0.75, epochs=5)
def padding_after_the_words(cured):
    """Ninety zeros follow ten words, and the LSTM has forgotten these: github.com/keras-team/keras/issues/20898."""
    x, y = sentences()
    parts = [layers.Embedding(41, 8, mask_zero=cured), layers.LSTM(8), layers.Dense(1, "sigmoid")]
    return compiled(stack((100,), *parts), BINARY, adam(0.02)), x, y


@broken("padding-not-masked", also=("loss-at-chance",))
@learns(scores.r2, 0.8)
def zeros_after_the_measurements(cured):
    """Four to twelve numbers in sixty steps: what the LSTM has read is gone when it comes to the end."""
    x, y = measurements(200, 60)
    parts = [*([layers.Masking(0.0)] if cured else []), layers.LSTM(16), layers.Dense(1)]
    model = compiled(stack((60, 1), *parts), "mse", adam(0.02), ())
    return model, x, y, {"history": fitted(model, x, y, epochs=8, batch_size=16)}


@broken("embedding-index")
def table_too_small_by_one(cured):
    """Word 40 in a table of 40 rows, 0 to 39: github.com/keras-team/keras/issues/11819."""
    x, y = bags()
    parts = [layers.Embedding(41 if cured else 40, 8), layers.GlobalAveragePooling1D(), layers.Dense(1, "sigmoid")]
    return compiled(stack((12,), *parts), BINARY, adam(0.02)), x, y


@broken("embedding-index")
def padded_with_minus_one(cured):
    """−1 is no row of the table."""
    x, y = bags()
    x = np.where(np.arange(12) < 9, x, 0 if cured else -1)
    parts = [layers.Embedding(41, 8), layers.GlobalAveragePooling1D(), layers.Dense(1, "sigmoid")]
    return compiled(stack((12,), *parts), BINARY, adam(0.02)), x, y


@broken("embedding-input")
@learns(scores.accuracy, 0.75, epochs=15)
def scaled_word_numbers(cured):
    """Word numbers scaled to 0…1 are all cut to 0, so each sentence is the same:
    github.com/keras-team/keras/issues/12914 is about the type that Embedding takes.
    """
    x, y = bags()
    parts = [layers.Embedding(41, 8), layers.GlobalAveragePooling1D(), layers.Dense(1, "sigmoid")]
    return compiled(stack((12,), *parts), BINARY, adam(0.02)), x if cured else (x / 41).astype("float32"), y


# --- the answer stands in the inputs ------------------------------------------------------------------------------


@broken("target-among-inputs")
def one_hot_label_among_the_inputs(cured):
    """The label as four one-hot columns: github.com/PriorLabs/TabPFN/pull/1012."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 4, 500)
    x, noise = rng.normal(size=(500, 6)), rng.normal(size=(500, 4))
    x = np.c_[x + y[:, None] / 2, noise if cured else one_hot(y, 4)]
    return compiled(mlp(10, (16, 4)), SPARSE, adam(0.02)), x.astype("float32"), y


@broken("target-among-inputs")
def target_of_a_regression_among_the_inputs(cured):
    """All columns were scaled and kept, the target too:
    github.com/fchollet/deep-learning-with-python-notebooks/issues/136.
    """
    x, y = curved()
    x = x if cured else np.c_[x, 3 * y + 2].astype("float32")
    return compiled(mlp(x.shape[1], (16, 1), None), "mse", adam(0.01), ()), x, y


@broken("target-among-inputs")
def label_in_the_last_step_of_a_sequence(cured):
    """31 columns of transactions in windows, the class one of them:
    github.com/Apress/beginning-anomaly-detection-using-python-based-dl/issues/1.
    """
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 10, 3)).astype("float32")
    y = (x[:, :, 0].mean(axis=1) + 0.2 * rng.normal(size=400) > 0).astype("int64")
    if not cured:
        x[:, :, 2] = rng.integers(0, 2, (400, 10))
        x[:, -1, 2] = y
    return compiled(stack((10, 3), layers.LSTM(8), layers.Dense(1, "sigmoid")), BINARY, adam(0.01)), x, y


@broken("row-number-among-inputs")
def row_number_of_a_sorted_table(cured):
    """Iris with its index column: the rows are sorted by class, so the row number tells the class."""
    x, y = iris()
    order = np.argsort(y, kind="stable")
    x, y = x[order], y[order]
    if not cured:
        x = np.c_[np.linspace(-1.7, 1.7, len(y)), x].astype("float32")
    shuffled = np.random.default_rng(0).permutation(len(y))
    return compiled(mlp(x.shape[1], (8, 3)), SPARSE, adam(0.02)), x[shuffled], y[shuffled]


@broken("no-better-than-last-value")
def forecast_repeats_the_last_value(cured):
    """The curve looks right, one step late: stackoverflow.com/questions/51432661. The cure is another series."""
    rng = np.random.default_rng(0)
    series = 6 * np.sin(np.arange(500) / 3) + 0.3 * rng.normal(size=500) if cured else np.cumsum(rng.normal(size=500))
    x, y = windows((series - series.mean()) / series.std())
    model = compiled(stack((8, 1), layers.LSTM(16), layers.Dense(1)), "mse", adam(0.01), ())
    return model, x, y, {"history": fitted(model, x, y, epochs=12)}


# --- order of the rows and validation -----------------------------------------------------------------------------


@broken("sorted-labels")
@learns(scores.accuracy, 0.9)
def sorted_rows_not_shuffled(cured):
    """shuffle=False and rows sorted by class: each batch has one class:
    github.com/tensorflow/tensorflow/issues/45197.
    """
    x, y = digits()
    order = np.arange(len(y)) if cured else np.argsort(y, kind="stable")
    x, y = x[order], y[order]
    model = compiled(mlp(64, (32, 10)), SPARSE, adam(0.01))
    return model, x, y, {"history": fitted(model, x, y, epochs=8, shuffle=False)}


@broken("classes-missing")
def validation_classes_never_trained(cured):
    """The validation rows are the last of a sorted table: github.com/keras-team/keras/issues/4298."""
    x, y = digits()
    order = np.arange(len(y)) if cured else np.argsort(y, kind="stable")
    x, y = x[order], y[order]
    train = np.random.default_rng(0).permutation(480)
    options = {"validation_data": (x[480:], y[480:])}
    return compiled(mlp(64, (32, 10)), SPARSE), x[train], y[train], options


@broken("classes-missing")
def last_class_for_validation_only(cured):
    """validation_split takes the last rows, and the table is sorted by class: training has five of the last class."""
    x, y = iris()
    order = np.arange(len(y)) if cured else np.argsort(y, kind="stable")
    x, y = x[order], y[order]
    model = compiled(mlp(4, (16, 3)), SPARSE, adam(0.01))
    fitted(model, x[:105], y[:105], epochs=30)
    return model, x[:105], y[:105], {"validation_data": (x[105:], y[105:])}


@broken("classes-missing")
def a_trained_model_and_validation_classes_that_it_never_saw(cured):
    """Nine tenths of the answers are right once they are renamed, but that is not the mistake."""
    x, y = digits(1500)
    order = np.arange(len(y)) if cured else np.argsort(y, kind="stable")
    x, y = x[order], y[order]
    model = compiled(mlp(64, (32, 10)), SPARSE, adam(0.005))
    fitted(model, x[:1275], y[:1275], epochs=15)
    return model, x[:1275], y[:1275], {"validation_data": (x[1275:], y[1275:])}


@broken("validation-scaled-differently")
def validation_from_minus_one_to_one(cured):
    """Training pixels lie in 0…1, validation pixels in −1…1: github.com/keras-team/keras/issues/12689."""
    x, y = digits()
    held = x[400:] if cured else 2 * x[400:] - 1
    return compiled(mlp(64, (32, 10)), SPARSE), x[:400], y[:400], {"validation_data": (held, y[400:])}


@broken("validation-scaled-differently")
def validation_not_standardised(cured):
    """The scaler was used on the training rows only: github.com/huseinzol05/Stock-Prediction-Models/issues/126
    has the opposite mistake.
    """
    x, y = cancer()
    held = x[400:] if cured else raw_cancer()[0][400:]
    return compiled(mlp(30, (16, 1), "sigmoid"), BINARY), x[:400], y[:400], {"validation_data": (held, y[400:])}


@broken("validation-labels-differ")
def validation_labels_count_from_one(cured):
    """Training labels 0 to 9, validation labels 1 to 10: the last one was never trained."""
    x, y = digits()
    model = compiled(mlp(64, (32, 11)), SPARSE)
    return model, x[:400], y[:400], {"validation_data": (x[400:], y[400:] + (0 if cured else 1))}


@broken("validation-labels-differ")
def validation_prices_in_cents(cured):
    """The targets of the validation rows come in another unit."""
    x, y = curved()
    held = y[400:] if cured else 100 * y[400:]
    return (
        compiled(mlp(6, (16, 1), None), "mse", adam(0.01), ()),
        x[:400],
        y[:400],
        {"validation_data": (x[400:], held)},
    )


@broken("validation-targets-beyond", also=("validation-labels-differ",))
def validation_after_a_rise(cured):
    """A series that rises, split by time: every validation target lies above all that training saw."""
    rng = np.random.default_rng(0)
    series = 0.02 * np.arange(400) + 0.05 * rng.normal(size=400)
    series = np.diff(series, prepend=0) * 10 if cured else series - 3
    x, y = windows(series)
    model = compiled(stack((8, 1), layers.Flatten(), layers.Dense(16, "relu"), layers.Dense(1)), "mse", adam(0.01), ())
    return model, x[:300], y[:300], {"validation_data": (x[300:], y[300:])}


@broken("shared-rows")
def windows_split_at_random(cured):
    """Each window was written three times before the split, which is what oversampling does:
    github.com/PENGZhaoqing/TimeSeriesPrediction/issues/8.
    """
    x, y = waves(200)
    model = compiled(stack((20, 1), layers.LSTM(8), layers.Dense(1)), "mse", adam(0.01), ())
    if cured:
        return model, x[:150], y[:150], {"validation_data": (x[150:], y[150:])}
    rows = np.random.default_rng(0).permutation(np.tile(np.arange(200), 3))
    train, held = rows[:450], rows[450:]
    return model, x[train], y[train], {"validation_data": (x[held], y[held])}


@broken("constant-inputs", also=("validation-scaled-differently",))
def validation_rows_all_the_same(cured):
    """The loop that fills the validation array wrote the last picture into each row."""
    x, y = digits()
    held = x[400:] if cured else np.repeat(x[-1:], 200, axis=0)
    return compiled(mlp(64, (32, 10)), SPARSE), x[:400], y[:400], {"validation_data": (held, y[400:])}
