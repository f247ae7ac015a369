"""What beginners break in the lessons' own models; a public question is named in the docstring."""

import functools

import keras
import numpy as np
from cases import declare
from cases.data import fitted
from cases.lessons import (
    SIX_X,
    SIX_Y,
    SPARSE,
    SPARSE_LOGITS,
    XOR_X,
    XOR_Y,
    compiled,
    dense,
    digits,
    houses,
    moons,
    one_hot_digits,
    phones,
    pictures,
)
from keras import layers
from sklearn.model_selection import train_test_split


def broken(code, *, also=()):
    """Register a set-up whose cure is another set-up: a lesson's."""

    def register(set_up):
        @functools.wraps(set_up)
        def build(*, cured):
            assert not cured
            return set_up()

        return declare.broken(code, also=also, cure=False)(build)

    return register


@broken("inputs-not-scaled")
def raw_phone_prices():
    """Lesson 10's raw run: SGD 1e-3 on columns from 0.1 to 4000."""
    raw, _, y = phones()
    model = compiled(dense(20, (128, 256, 4), output=None), SPARSE_LOGITS, keras.optimizers.SGD(1e-3))
    return model, raw, y


@broken("inputs-not-scaled")
def raw_phone_prices_trained():
    raw, _, y = phones()
    model = compiled(dense(20, (128, 256, 4), output=None), SPARSE_LOGITS, keras.optimizers.SGD(1e-3))
    return model, raw, y, {"history": fitted(model, raw, y, 2, 8)}


@broken("inputs-not-scaled")
def pixels_from_0_to_255():
    """datascience.stackexchange.com 38604: MNIST straight from load_data, never divided by 255."""
    x, y = pictures()
    model = keras.Sequential([keras.Input((32, 32, 3)), layers.Flatten(), layers.Dense(10, activation="softmax")])
    return compiled(model, SPARSE), x, y


@broken("inputs-not-scaled")
def years_as_a_column():
    x, y = moons()
    return compiled(dense(3, (8, 1), output="sigmoid"), "binary_crossentropy"), np.c_[x, 2000 + np.arange(400) % 25], y


@broken("inputs-too-small")
def pixels_divided_twice():
    """A Rescaling layer in the model, and the arrays divided by 255 as well."""
    x, y = pictures()
    model = keras.Sequential(
        [keras.Input((32, 32, 3)), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10, activation="softmax")]
    )
    return compiled(model, SPARSE), x / 255, y


@broken("not-finite-data")
def missing_values():
    """NaN from empty cells of a CSV file; loss NaN from the first epoch."""
    _, scaled, y = phones()
    holes = scaled.copy()
    holes[::50, 3] = np.nan
    return compiled(dense(20, (16, 4)), SPARSE), holes, y


@broken("not-finite-data")
def infinite_targets():
    x, y = houses()
    with np.errstate(divide="ignore"):
        logarithms = np.log(y - y.min())
    return compiled(dense(5, (16, 1), output=None), "mse", metrics=()), x, logarithms


@broken("targets-not-scaled")
def prices_in_dollars():
    """stackoverflow.com 52800582: targets up to 1e8, weights near 0.3."""
    x, y = houses()
    return compiled(dense(5, (16, 1), output=None), "mse", metrics=("mae",)), x, y


@broken("targets-not-scaled")
def prices_in_dollars_absolute_error():
    x, y = houses()
    model = compiled(dense(5, (16, 1), output=None), "mae", metrics=())
    return model, x, y, {"history": fitted(model, x, y, 3)}


@broken("labels-one-hot")
def one_hot_against_sparse_loss():
    """keras-io pull request 916."""
    return compiled(dense(64, (32, 10)), SPARSE), *one_hot_digits()


@broken("labels-not-one-hot")
def numbers_against_categorical_loss():
    """keras issue 11786."""
    return compiled(dense(64, (32, 10)), "categorical_crossentropy"), *digits()


@broken("labels-not-one-hot")
def numbers_against_squared_error_of_ten_outputs():
    """Broadcasts without a word: every output is compared with the label number."""
    x, y = digits()
    return compiled(dense(64, (32, 10)), "mse"), x, y.reshape(-1, 1)


@broken("labels-out-of-range")
def classes_counted_from_one():
    """Labels 1…9 for nine units: index 9 is out of bounds."""
    x, y = digits()
    keep = y > 0
    return compiled(dense(64, (32, 9)), SPARSE), x[keep], y[keep]


@broken("labels-out-of-range")
def letters_as_ascii_codes():
    """keras issue 7339: labels 97…122."""
    x, y = digits()
    return compiled(dense(64, (32, 26)), SPARSE), x, y + 97


@broken("labels-out-of-range")
def ten_digits_for_one_sigmoid():
    """datascience.stackexchange.com 38604: the loss goes to −55."""
    return compiled(dense(64, (64, 1), output="sigmoid"), "binary_crossentropy"), *digits()


@broken("labels-out-of-range")
def plus_and_minus_one_for_a_sigmoid():
    x, y = moons()
    return compiled(dense(2, (8, 1), output="sigmoid"), "binary_crossentropy"), x, 2 * y - 1


@broken("label-width")
def to_categorical_of_classes_from_one():
    x, y = digits()
    return compiled(dense(64, (32, 10)), "categorical_crossentropy"), x, keras.utils.to_categorical(y + 1)


@broken("softmax-on-one-unit")
def softmax_on_one_unit():
    """The classic: accuracy never changes."""
    return compiled(dense(2, (8, 1), output="softmax"), "binary_crossentropy"), *moons()


@broken("softmax-on-one-unit")
def softmax_layer_on_one_unit():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(8, activation="relu"), layers.Dense(1), layers.Softmax()])
    return compiled(model, "mse"), *moons()


@broken("sigmoid-for-exclusive-classes")
def ten_sigmoids_with_binary_loss():
    """98 % accuracy in fit, 83 % counted by hand."""
    return compiled(dense(64, (32, 10), output="sigmoid"), "binary_crossentropy"), *one_hot_digits()


@broken("sigmoid-for-exclusive-classes")
def ten_sigmoids_with_sparse_loss():
    return compiled(dense(64, (32, 10), output="sigmoid"), SPARSE), *digits()


@broken("binary-loss-for-classes")
def softmax_with_binary_loss():
    return compiled(dense(64, (32, 10)), "binary_crossentropy"), *one_hot_digits()


@broken("probabilities-as-logits")
def softmax_and_from_logits():
    """keras-io pull request 494; nfmcclure/tensorflow_cookbook issue 86."""
    return compiled(dense(64, (32, 10)), SPARSE_LOGITS), *digits()


@broken("probabilities-as-logits")
def sigmoid_and_from_logits():
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    return compiled(dense(2, (8, 1), output="sigmoid"), loss), *moons()


@broken("output-not-probabilities")
def logits_without_from_logits():
    return compiled(dense(64, (32, 10), output=None), SPARSE), *digits()


@broken("output-not-probabilities")
def one_linear_unit_with_binary_loss():
    return compiled(dense(2, (8, 1), output=None), "binary_crossentropy"), *moons()


@broken("output-not-probabilities")
def relu_before_the_loss():
    return compiled(dense(64, (32, 10), output="relu"), "categorical_crossentropy"), *one_hot_digits()


@broken("output-cannot-reach-targets")
def sigmoid_for_a_regression():
    """Targets −3 … 7, outputs 0 … 1."""
    return compiled(dense(1, (8, 1), output="sigmoid"), "mse", metrics=()), SIX_X, SIX_Y


@broken("output-cannot-reach-targets")
def relu_for_negative_targets():
    return compiled(dense(1, (8, 1), output="relu"), "mae", metrics=()), SIX_X, SIX_Y


@broken("squared-error-for-classes")
def softmax_with_squared_error():
    return compiled(dense(64, (32, 10)), "mse"), *one_hot_digits()


@broken("nothing-trainable")
def frozen_model():
    model = dense(64, (32, 10))
    model.trainable = False
    return compiled(model, SPARSE), *digits()


@broken("identical-units")
def zeros_in_every_kernel():
    return compiled(dense(64, (32, 10), kernel_initializer="zeros"), SPARSE), *digits()


@broken("linear-stack")
def forgotten_activations():
    """Keras's default activation is none (keras issue 1597 has a comment on it)."""
    return compiled(dense(64, (64, 32, 10), activation=None), SPARSE), *digits()


@broken("linear-stack")
def linear_convolution_before_dense():
    x, y = pictures()
    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(4, 3),
            layers.Flatten(),
            layers.Dense(10, "softmax"),
        ]
    )
    return compiled(model, SPARSE), x, y


@broken("learning-rate-too-high")
def diverging_line():
    """Lesson 01's slider at its right end."""
    model = compiled(dense(1, (1,), output=None), "mse", keras.optimizers.SGD(0.3), ())
    return model, SIX_X, SIX_Y


@broken("learning-rate-too-high")
def diverged_line():
    model = compiled(dense(1, (1,), output=None), "mse", keras.optimizers.SGD(0.3), ())
    return model, SIX_X, SIX_Y, {"history": fitted(model, SIX_X, SIX_Y, 20)}


@broken("learning-rate-too-high")
def weights_gone_to_nan():
    model = compiled(dense(1, (1,), output=None), "mse", keras.optimizers.SGD(10.0), ())
    fitted(model, SIX_X, SIX_Y, 10, 1)
    return model, SIX_X, SIX_Y


@broken("learning-rate-too-high")
def adam_at_one():
    return compiled(dense(64, (64, 64, 10)), SPARSE, keras.optimizers.Adam(1.0)), *digits()


@broken("learning-rate-too-high")
def sgd_at_ten():
    _, scaled, y = phones()
    return compiled(dense(20, (64, 4)), SPARSE, keras.optimizers.SGD(10.0)), scaled, y


@broken("learning-rate-too-low")
def adam_at_a_ten_millionth():
    return compiled(dense(64, (64, 10)), SPARSE, keras.optimizers.Adam(1e-7)), *digits()


@broken("learning-rate-too-low")
def sgd_at_a_millionth():
    x, y = moons()
    return compiled(dense(2, (16, 1), output="sigmoid"), "binary_crossentropy", keras.optimizers.SGD(1e-6)), x, y


@broken("learning-rate-too-low")
def creeping_curve():
    x, y = digits()
    model = compiled(dense(64, (32, 10)), SPARSE, keras.optimizers.SGD(1e-5))
    return model, x, y, {"history": fitted(model, x, y, 6)}


@broken("dead-relus")
def large_negative_biases():
    x, y = digits()
    model = dense(64, (64, 32, 10), bias_initializer=keras.initializers.Constant(-5.0))
    return compiled(model, SPARSE), x, y


@broken("dead-relus")
def killed_by_large_steps():
    """Lesson 04: a learning rate that kills the units, then a sensible one that cannot wake them."""
    x, y = digits()
    model = compiled(dense(64, (64, 64, 10)), SPARSE, keras.optimizers.SGD(5.0))
    fitted(model, x, y, 2)
    return compiled(model, SPARSE, keras.optimizers.SGD(0.01)), x, y


@broken("vanishing-gradients")
def six_sigmoid_layers():
    """Lesson 04."""
    return compiled(dense(64, (64,) * 6 + (10,), activation="sigmoid"), SPARSE), *digits()


@broken("vanishing-gradients")
def eight_narrow_sigmoid_layers_trained():
    x, y = moons()
    model = compiled(dense(2, (8,) * 8 + (1,), "sigmoid", "sigmoid"), "binary_crossentropy")
    fitted(model, x, y, 10)
    return model, x, y


@broken("loss-at-chance")
def labels_shuffled_against_rows():
    """y came out of another shuffle than x: nothing to learn but the class shares."""
    x, y = digits()
    model = compiled(dense(64, (10,)), SPARSE, keras.optimizers.SGD(0.05))
    wrong = np.random.default_rng(3).permutation(y)
    fitted(model, x, wrong, 4)
    return model, x, wrong


@broken("loss-at-chance")
def a_line_for_xor():
    """Lesson 02: a single unit cannot learn XOR; its best loss is ln 2."""
    x, y = np.tile(XOR_X, (50, 1)), np.tile(XOR_Y, 50)
    model = compiled(dense(2, (1,), output="sigmoid"), "binary_crossentropy", keras.optimizers.SGD(0.5))
    fitted(model, x, y, 20)
    return model, x, y


@broken("one-class")
def only_one_class_left():
    x, y = digits()
    return compiled(dense(64, (32, 10)), SPARSE), x[y == 3], y[y == 3]


@broken("target-among-inputs")
def label_left_in_the_table():
    _, scaled, y = phones()
    return compiled(dense(21, (32, 4)), SPARSE), np.c_[scaled, y / 3], y


@broken("imbalanced-classes")
def rare_class_and_accuracy():
    x, y = digits()
    return compiled(dense(64, (32, 1), output="sigmoid"), "binary_crossentropy"), x, (y == 7).astype(int)


@broken("sorted-labels")
def sorted_and_validation_split():
    """Rows sorted by class: the last fifth holds two classes that are never trained. Keras issue 8346."""
    x, y = digits()
    order = np.argsort(y, kind="stable")
    model = compiled(dense(64, (32, 10)), SPARSE)
    return model, x[order], y[order], {"history": fitted(model, x[order], y[order], 2, validation_split=0.2)}


@broken("shared-rows")
def validated_on_training_rows():
    x, y = digits()
    model = compiled(dense(64, (32, 10)), SPARSE)
    return model, x, y, {"validation_data": (x[:300], y[:300])}


@broken("shared-rows")
def oversampled_before_the_split():
    x, y = digits()
    twice = np.r_[np.arange(600), np.arange(600)]
    train, held = train_test_split(twice, random_state=0)
    model = compiled(dense(64, (32, 10)), SPARSE)
    return model, x[train], y[train], {"validation_data": (x[held], y[held])}


@broken("validation-scaled-differently")
def validation_left_unscaled():
    x, y = digits()
    model = compiled(dense(64, (32, 10)), SPARSE)
    return model, x[:900], y[:900], {"validation_data": (x[900:] * 255, y[900:])}


@broken("accuracy-for-regression")
def accuracy_of_a_price():
    """stackoverflow.com 48775305."""
    x, y = houses()
    return compiled(dense(5, (16, 1), output=None), "mse"), x, y / 1e5


@broken("overfitting")
def forty_digits_by_heart():
    """Lesson 11."""
    x, y = digits()
    model = compiled(dense(64, (256, 10)), SPARSE, keras.optimizers.Adam(0.01))
    history = fitted(model, x[:40], y[:40], 15, 8, validation_data=(x[1000:1400], y[1000:1400]))
    return model, x[:40], y[:40], {"history": history}


@broken("overfitting")
def by_heart_without_a_history():
    """A fifth of the labels is wrong, and the network is large enough to remember each of them."""
    x, y = digits()
    y = np.where(np.arange(len(y)) % 5 == 0, (y + 1) % 10, y)
    model = compiled(dense(64, (256, 10)), SPARSE, keras.optimizers.Adam(0.01))
    fitted(model, x[:100], y[:100], 15)
    return model, x[:100], y[:100], {"validation_data": (x[1000:], y[1000:])}
