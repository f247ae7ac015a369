"""Sound, but odd in the data: scales that the model mends, counts, rare classes, validation rows that repeat."""

import keras
import numpy as np
import pandas as pd
from cases.data import (
    bags,
    cancer,
    compiled,
    curved,
    digits,
    fitted,
    one_hot,
    raw_cancer,
    two_classes,
    waves,
    windows,
    wine,
)
from cases.declare import healthy
from cases.models import BINARY, SPARSE, adam, mlp, sgd, stack
from keras import layers


@healthy
def raw_table_into_an_adapted_normalization():
    x, y = raw_cancer()
    scaler = layers.Normalization()
    scaler.adapt(x)
    return compiled(stack((30,), scaler, layers.Dense(16, "relu"), layers.Dense(1, "sigmoid")), BINARY), x, y


@healthy
def raw_table_into_batch_normalization():
    x, y = raw_cancer()
    model = stack((30,), layers.BatchNormalization(), layers.Dense(16, "relu"), layers.Dense(1, "sigmoid"))
    return compiled(model, BINARY, adam(0.01)), x, y


@healthy
def raw_table_into_batch_normalization_trained():
    """With momentum 0.9 the averages arrive within an epoch or two."""
    x, y = raw_cancer()
    first = layers.BatchNormalization(momentum=0.9)
    model = compiled(stack((30,), first, layers.Dense(16, "relu"), layers.Dense(1, "sigmoid")), BINARY, adam(0.01))
    return model, x, y, {"history": fitted(model, x, y, epochs=4)}


@healthy
def scaled_by_a_function_in_the_model():
    """log1p of counts up to thousands, as a Lambda layer."""
    rng = np.random.default_rng(0)
    x = rng.lognormal(4, 1.5, (400, 5)).astype("float32")
    y = (np.log1p(x).mean(axis=1) > np.median(np.log1p(x).mean(axis=1))).astype("int64")
    squash = layers.Lambda(lambda v: keras.ops.log1p(v) / 5)
    return compiled(stack((5,), squash, layers.Dense(16, "relu"), layers.Dense(1, "sigmoid")), BINARY), x, y


@healthy
def scaled_to_minus_one_and_one():
    x, y = digits()
    return compiled(mlp(64, (32, 10)), SPARSE), 2 * x - 1, y


@healthy
def sparse_word_counts():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 400)
    return compiled(mlp(200, (16, 1), "sigmoid"), BINARY), rng.poisson(0.1 + 0.2 * y[:, None], (400, 200)), y


@healthy
def one_hot_inputs():
    """A column for each of 41 words, most of them 0."""
    x, y = bags()
    return compiled(mlp(41, (16, 1), "sigmoid"), BINARY, adam(0.01)), one_hot(x, 41).max(axis=1), y


@healthy
def thousand_small_shares():
    """tf–idf rows of length 1: each entry is small, the row is not."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 300)
    x = rng.gamma(0.05 + 0.05 * y[:, None] * (np.arange(1000) < 200), 1, (300, 1000))
    return compiled(mlp(1000, (16, 1), "sigmoid"), BINARY), x / np.linalg.norm(x, axis=1, keepdims=True), y


@healthy
def some_columns_constant():
    """The corner pixels of digits are always 0."""
    x, y = digits()
    return compiled(mlp(64, (32, 10)), SPARSE), x, y


@healthy
def raw_heights_and_weights_with_robust_optimizer():
    """Columns near 1.7 and 0.7: not centred, but of a moderate spread."""
    rng = np.random.default_rng(0)
    x = np.c_[1.7 + 0.4 * rng.normal(size=400), 0.7 + 0.3 * rng.normal(size=400)]
    y = (x[:, 1] / x[:, 0] ** 2 > 0.25).astype("int64")
    return compiled(mlp(2, (16, 1), "sigmoid"), BINARY, adam(0.02)), x, y


@healthy
def wine_of_three_kinds():
    x, y = wine()
    return compiled(mlp(13, (16, 3)), SPARSE, adam(0.01)), x, y


@healthy
def table_with_named_columns():
    x, y = cancer()
    table = pd.DataFrame(x, columns=[f"measure {i}" for i in range(30)])
    return compiled(mlp(30, (16, 1), "sigmoid"), BINARY), table, pd.Series(y)


@healthy
def input_close_to_the_target():
    """Yesterday's temperature among the inputs: correlation 0.98 with today's, and allowed."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(500, 4)).astype("float32")
    y = (0.98 * x[:, 0] + 0.2 * rng.normal(size=500)).astype("float32")
    return compiled(mlp(4, (16, 1), None), "mse", adam(0.01), ()), x, y


@healthy
def target_is_a_formula_of_the_inputs():
    """Noise-free y = 2x − 1, as in the first lesson: learning that is the exercise."""
    x = np.arange(-1.0, 5.0).reshape(-1, 1)
    return compiled(mlp(1, (1,), None), "mse", sgd(0.01), ()), x, 2 * x - 1


@healthy
def label_is_the_sign_of_one_column():
    """A border along one axis: the column is not the label."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 3)).astype("float32")
    return compiled(mlp(3, (8, 1), "sigmoid"), BINARY, adam(0.01)), x, (x[:, 1] > 0).astype("int64")


@healthy
def binary_columns_one_of_which_tells_much():
    """A flag that agrees with the label in nine of ten rows."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 500)
    flag = np.where(rng.random(500) < 0.9, y, 1 - y)
    x = np.c_[flag, rng.integers(0, 2, (500, 4))].astype("float32")
    return compiled(mlp(5, (8, 1), "sigmoid"), BINARY, adam(0.01)), x, y


@healthy
def time_as_a_feature():
    """A trend over the year: the day is an input, and the rows are in order."""
    rng = np.random.default_rng(0)
    day = np.linspace(-1.7, 1.7, 365)
    y = np.sin(2 * day) + 0.3 * day + 0.2 * rng.normal(size=365)
    return compiled(mlp(2, (16, 1), None), "mse", adam(0.01), ()), np.c_[day, rng.normal(size=365)], y


@healthy
def series_that_can_be_forecast():
    """A noisy sine: far better than its last value."""
    rng = np.random.default_rng(0)
    x, y = windows(np.sin(np.arange(400) / 3) + 0.05 * rng.normal(size=400))
    model = compiled(stack((8, 1), layers.GRU(16), layers.Dense(1)), "mse", adam(0.02), ())
    return model, x, y, {"history": fitted(model, x, y, epochs=6)}


@healthy
def validation_by_time():
    """Later windows of a steady series."""
    x, y = waves(300)
    model = compiled(stack((20, 1), layers.GRU(8), layers.Dense(1)), "mse", adam(0.02), ())
    held = (x[240:], y[240:])
    history = fitted(model, x[:240], y[:240], epochs=3, validation_data=held)
    return model, x[:240], y[:240], {"history": history, "validation_data": held}


@healthy
def validation_without_a_rare_class():
    """Forty validation rows of ten classes may lack one; training has all."""
    x, y = digits()
    held = np.flatnonzero(y != 3)[-40:]
    return compiled(mlp(64, (32, 10)), SPARSE), x[:500], y[:500], {"validation_data": (x[held], y[held])}


@healthy
def five_validation_rows():
    x, y = digits()
    return compiled(mlp(64, (32, 10)), SPARSE), x[:500], y[:500], {"validation_data": (x[500:505], y[500:505])}


@healthy
def validation_a_little_darker():
    """Pictures from another camera: 20 % darker."""
    x, y = digits()
    return compiled(mlp(64, (32, 10)), SPARSE), x[:400], y[:400], {"validation_data": (0.8 * x[400:], y[400:])}


@healthy
def few_different_rows():
    """Five flags make 32 rows, so validation rows repeat training rows by nature."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, (400, 5)).astype("float32")
    y = (x.sum(axis=1) > 2).astype("int64")
    model = compiled(mlp(5, (8, 1), "sigmoid"), BINARY, adam(0.02))
    return model, x[:300], y[:300], {"validation_data": (x[300:], y[300:])}


@healthy
def sorted_rows_that_fit_shuffles():
    x, y = cancer()
    order = np.argsort(y, kind="stable")
    model = compiled(mlp(30, (16, 1), "sigmoid"), BINARY)
    return model, x[order], y[order], {"history": fitted(model, x[order], y[order], epochs=3)}


@healthy
def three_to_one():
    """A quarter of the samples is positive."""
    x, y = digits()
    return compiled(mlp(64, (16, 1), "sigmoid"), BINARY), x, (y % 4 == 0).astype("int64")


@healthy
def rare_class_watched_by_an_area_under_another_name():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 6)).astype("float32")
    y = (x[:, 0] + 0.3 * rng.normal(size=600) > 1.2).astype("int64")
    metrics = ["accuracy", keras.metrics.AUC(name="area")]
    return compiled(mlp(6, (16, 1), "sigmoid"), BINARY, adam(0.01), metrics), x, y


@healthy
def rare_class_with_a_metric_of_ones_own():
    def balanced(y_true, y_pred):
        hit = keras.ops.cast(keras.ops.equal(y_true > 0.5, y_pred > 0.5), "float32")
        return keras.ops.mean(hit * keras.ops.where(y_true > 0.5, 5.0, 0.55))

    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 6)).astype("float32")
    y = (x[:, 0] > 1.3).astype("int64")
    return compiled(mlp(6, (16, 1), "sigmoid"), BINARY, adam(0.01), [balanced, keras.metrics.Recall()]), x, y


@healthy
def two_of_ten_classes_are_rare():
    rng = np.random.default_rng(0)
    x, y = digits()
    keep = (y < 8) | (rng.random(len(y)) < 0.15)
    return compiled(mlp(64, (32, 10)), SPARSE), x[keep], y[keep]


@healthy
def targets_with_a_few_outliers():
    """Huber on errors of measurement: two in a hundred are ten times too large."""
    x, y = curved()
    y = y.copy()
    y[::50] *= 10
    return compiled(mlp(6, (16, 1), None), "huber", adam(0.01), ["mae"]), x, y


@healthy
def targets_of_about_fifty():
    """House prices in ten thousands, output bias at the mean."""
    x, y = curved()
    output = layers.Dense(1, bias_initializer=keras.initializers.Constant(22.0))
    return compiled(stack((6,), layers.Dense(32, "relu"), output), "mse", adam(0.02), ["mae"]), x, 22 + 9 * y


@healthy
def four_samples():
    """The truth table of XOR."""
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype="float32")
    return compiled(mlp(2, (8, 1), "sigmoid", "tanh"), BINARY, adam(0.05)), x, np.array([0, 1, 1, 0])


@healthy
def more_columns_than_rows():
    """Forty samples with 300 measurements, an L1 penalty against chance."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 300)).astype("float32")
    y = (x[:, 0] > 0).astype("int64")
    penalty = keras.regularizers.L1(1e-3)
    return compiled(mlp(300, (8, 1), "sigmoid", kernel_regularizer=penalty), BINARY), x, y


@healthy
def noisy_labels():
    """A fifth of the labels is wrong, and everybody knows."""
    x, y = two_classes()
    flip = np.random.default_rng(0).random(len(y)) < 0.2
    return compiled(mlp(8, (16, 1), "sigmoid"), BINARY, adam(0.01)), x, np.where(flip, 1 - y, y)


@healthy
def whole_numbers_as_regression_targets():
    """Ages in years with a squared error: whole, but amounts."""
    x, y = curved()
    ages = np.clip(np.round(40 + 12 * y), 0, 99).astype("int64")
    scale = layers.Rescaling(12.0, offset=40.0)
    return compiled(stack((6,), layers.Dense(16, "relu"), layers.Dense(1), scale), "mse", adam(0.01), ["mae"]), x, ages


@healthy
def evenly_spaced_positions():
    """A grid of positions and their squares, and a class for the middle: the place is the input, no row number."""
    place = np.linspace(-1, 1, 300)
    y = (np.abs(place) < 0.5).astype("int64")
    return compiled(mlp(2, (8, 1), "sigmoid"), BINARY, adam(0.02)), np.c_[place, place**2].astype("float32"), y


@healthy
def percentage_error_over_many_magnitudes():
    """Targets from thousandths to thousands, none of them 0: relative errors are what counts."""
    x, y = curved()
    amounts = np.exp(3 * y).astype("float32")
    return compiled(mlp(6, (16, 1), "exponential"), "mape", adam(0.005), ()), x, amounts


@healthy
def most_columns_rarely_set():
    """A thousand flags, each set in one row of a hundred."""
    rng = np.random.default_rng(0)
    x = (rng.random((400, 1000)) < 0.01).astype("float32")
    y = (x[:, :500].sum(axis=1) > x[:, 500:].sum(axis=1)).astype("int64")
    return compiled(mlp(1000, (16, 1), "sigmoid"), BINARY, adam(0.01)), x, y
