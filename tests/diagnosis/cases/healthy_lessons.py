"""The models and data of the lessons, new and trained."""

import keras
import numpy as np
from cases.data import fitted
from cases.declare import healthy
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
    moons,
    phones,
    picture_mlp,
    pictures,
)
from keras import layers

import nnlib.data


@healthy
def line_new():
    return compiled(dense(1, (1,), output=None), "mean_squared_error", keras.optimizers.SGD(0.01), ()), SIX_X, SIX_Y


@healthy
def line_trained():
    model = compiled(dense(1, (1,), output=None), "mse", keras.optimizers.SGD(0.1), ())
    return model, SIX_X, SIX_Y, {"history": fitted(model, SIX_X, SIX_Y, 20, 1)}


@healthy
def three_three_two_two():
    """Lesson 02's counting example: sigmoid, ReLU, softmax on five rows."""
    inputs = keras.Input((3,))
    hidden = layers.Dense(2, "relu")(layers.Dense(3, "sigmoid")(inputs))
    model = keras.Model(inputs, layers.Dense(2, "softmax")(hidden))
    x = np.random.default_rng(0).normal(size=(5, 3))
    return compiled(model, SPARSE), x, np.array([0, 1, 0, 1, 1])


@healthy
def subclassed_model():
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.first, self.second = layers.Dense(8, activation="relu"), layers.Dense(1, activation="sigmoid")

        def call(self, x):
            return self.second(self.first(x))

    x, y = moons()
    model = compiled(Net(), "binary_crossentropy")
    fitted(model, x, y, 2)
    return model, x, y


@healthy
def xor_new():
    return (
        compiled(dense(2, (8, 1), "tanh", "sigmoid"), "binary_crossentropy", keras.optimizers.Adam(0.05)),
        XOR_X,
        XOR_Y,
    )


@healthy
def xor_trained():
    x, y = np.tile(XOR_X, (64, 1)), np.tile(XOR_Y, 64)
    model = compiled(dense(2, (8, 1), "tanh", "sigmoid"), "binary_crossentropy", keras.optimizers.Adam(0.05))
    return model, x, y, {"history": fitted(model, x, y, 15)}


@healthy
def xor_with_squared_error():
    return compiled(dense(2, (4, 1), "tanh", "sigmoid"), "mse", keras.optimizers.SGD(0.5)), XOR_X, XOR_Y


@healthy
def three_hidden_neurons():
    x, y = moons()
    model = compiled(dense(2, (3, 1), "tanh", "sigmoid"), "binary_crossentropy", keras.optimizers.Adam(0.05))
    return model, x, y, {"history": fitted(model, x, y, 10, validation_data=moons())}


def with_activation(name):
    def setup():
        x, y = digits()
        model = compiled(dense(64, (64, 32, 10), name), SPARSE)
        return model, x[:1200], y[:1200], {"history": fitted(model, x[:1200], y[:1200], 5)} if name == "relu" else {}

    setup.__name__ = f"digits_with_{name}"
    return healthy(setup)


for _name in ("relu", "tanh", "elu", "gelu", "silu", "leaky_relu", "sigmoid"):
    with_activation(_name)


@healthy
def prelu_layers():
    x, y = digits()
    model = keras.Sequential([keras.Input((64,)), layers.Dense(32), layers.PReLU(), layers.Dense(10), layers.Softmax()])
    return compiled(model, SPARSE), x, y


@healthy
def six_relu_layers():
    return compiled(dense(64, (64,) * 6 + (10,)), SPARSE), *digits()


@healthy
def huber_regression_with_outliers():
    """Lesson 05."""
    rng = np.random.default_rng(4)
    x = rng.uniform(-2, 2, (80, 1))
    y = 3 * x + rng.normal(size=(80, 1))
    y[::20] += 30
    return compiled(dense(1, (1,), output=None), "huber", keras.optimizers.Adam(0.1), ("mae",)), x, y


@healthy
def two_two_two_sigmoid():
    """Lesson 06's example by hand."""
    model = compiled(dense(2, (2, 2), "sigmoid", "sigmoid"), "mse", keras.optimizers.SGD(0.5), ())
    return model, np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]])


def with_optimizer(optimizer):
    def setup():
        _, scaled, y = phones()
        return compiled(dense(20, (64, 4)), SPARSE, type(optimizer).from_config(optimizer.get_config())), scaled, y

    setup.__name__ = f"phones_with_{optimizer.name}"
    return healthy(setup)


for _optimizer in (
    keras.optimizers.SGD(0.1),
    keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True, name="Nesterov"),
    keras.optimizers.Adagrad(0.05),
    keras.optimizers.RMSprop(1e-3),
    keras.optimizers.Adam(
        keras.optimizers.schedules.CosineDecay(0.0, 100, warmup_target=0.01, warmup_steps=20), name="Warmup"
    ),
):
    with_optimizer(_optimizer)


@healthy
def mnist_sigmoid_500_500():
    """Lesson 08, as the original has it."""
    data = nnlib.data.load_mnist("stand-in")
    x, y = data.x_train[:600].reshape(-1, 784) / np.float32(255), keras.utils.to_categorical(data.y_train[:600], 10)
    model = compiled(dense(784, (500, 500, 10), "sigmoid"), "categorical_crossentropy")
    return model, x, y


@healthy
def mnist_relu_500_500():
    data = nnlib.data.load_mnist("stand-in")
    x, y = data.x_train[:600].reshape(-1, 784) / np.float32(255), keras.utils.to_categorical(data.y_train[:600], 10)
    model = compiled(dense(784, (500, 500, 10)), "categorical_crossentropy")
    return model, x, y, {"history": fitted(model, x, y, 3, 100)}


@healthy
def pictures_mlp_new():
    """Lesson 09."""
    x, y = pictures()
    return picture_mlp(), x / np.float32(255), keras.utils.to_categorical(y, 10)


@healthy
def pictures_mlp_trained():
    x, y = pictures()
    x, y = x / np.float32(255), keras.utils.to_categorical(y, 10)
    model = picture_mlp()
    fitted(model, x, y, 8)
    return model, x, y


@healthy
def phones_standardised_sgd():
    """Lesson 10, second row of its table."""
    _, scaled, y = phones()
    model = compiled(dense(20, (128, 256, 4), output=None), SPARSE_LOGITS, keras.optimizers.SGD(1e-3))
    return model, scaled, y


@healthy
def phones_logistic_regression_from_zero():
    _, scaled, y = phones()
    model = keras.Sequential([keras.Input((20,)), layers.Dense(4, "softmax", kernel_initializer="zeros")])
    return compiled(model, SPARSE), scaled, y


@healthy
def phones_with_l1():
    _, scaled, y = phones()
    model = dense(20, (128, 256, 4), output=None, kernel_regularizer=keras.regularizers.L1(3e-3))
    compiled(model, SPARSE_LOGITS)
    options = {"validation_data": (scaled[1600:], y[1600:])}
    history = fitted(model, scaled[:1600], y[:1600], 8, **options)
    return model, scaled[:1600], y[:1600], {"history": history, **options}


@healthy
def phones_scaled_inside_the_model():
    raw, _, y = phones()
    scaler = layers.Normalization()
    scaler.adapt(raw.to_numpy())
    model = keras.Sequential([keras.Input((20,)), scaler, layers.Dense(32, "relu"), layers.Dense(4, "softmax")])
    return compiled(model, SPARSE), raw, y


def regularised(name, **options):
    def setup():
        x, y = digits()
        model = keras.Sequential(
            [keras.Input((64,)), layers.Dense(64, "relu", **options), layers.Dropout(0.3), layers.Dense(10, "softmax")]
        )
        compiled(model, SPARSE)
        held = (x[1200:], y[1200:])
        history = fitted(model, x[:1200], y[:1200], 6, validation_data=held)
        return model, x[:1200], y[:1200], {"history": history, "validation_data": held}

    setup.__name__ = f"digits_with_dropout_and_{name}"
    return healthy(setup)


regularised("nothing_else")
regularised("l1", kernel_regularizer=keras.regularizers.L1(1e-4))
regularised("l2", kernel_regularizer=keras.regularizers.L2(1e-3))


def small_cnn():
    block = [layers.Conv2D(8, 3, padding="same"), layers.BatchNormalization(), layers.ReLU(), layers.MaxPooling2D()]
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Rescaling(1 / 255),
            layers.RandomTranslation(0.1, 0.1),
            *block,
            layers.Conv2D(16, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )


@healthy
def cnn_new():
    """Lesson 12, with rescaling, augmentation, batch normalization and dropout."""
    return compiled(small_cnn(), SPARSE), pictures()[0][:200], pictures()[1][:200]


@healthy
def cnn_trained():
    model, x, y = compiled(small_cnn(), SPARSE), pictures()[0][:200], pictures()[1][:200]
    fitted(model, x, y, 1)
    return model, x, y


@healthy
def cnn_with_a_frozen_base():
    """Lesson 12: convolutions that were trained on eight classes stay, a new last layer learns the other two."""
    x, y = pictures()
    convolutions = [layers.Conv2D(n, 3, strides=2, activation="relu") for n in (8, 16)]
    base = keras.Sequential([keras.Input((32, 32, 3)), layers.Rescaling(1 / 127.5, offset=-1), *convolutions])
    old = compiled(keras.Sequential([base, layers.Flatten(), layers.Dense(8, activation="softmax")]), SPARSE)
    fitted(old, x[y < 8], y[y < 8], 2)
    base.trainable = False
    head = [layers.Flatten(), layers.Dense(2, activation="softmax")]
    model = compiled(keras.Sequential([keras.Input((32, 32, 3)), base, *head]), SPARSE)
    return model, x[y >= 8], y[y >= 8] - 8


@healthy
def tiny_attention():
    """Lesson 13: does a sequence hold the same token twice?"""
    rng = np.random.default_rng(5)
    x = rng.integers(0, 12, (600, 5))
    y = np.array([len(set(row)) < 5 for row in x]).astype("int64")
    inputs = keras.Input((5,), dtype="int32")
    tokens = layers.Embedding(12, 16)(inputs)
    tokens = layers.LayerNormalization()(tokens + layers.MultiHeadAttention(2, 8)(tokens, tokens))
    tokens = layers.LayerNormalization()(tokens + layers.Dense(16)(layers.Dense(32, "relu")(tokens)))
    model = keras.Model(inputs, layers.Dense(1, "sigmoid")(layers.GlobalAveragePooling1D()(tokens)))
    return compiled(model, "binary_crossentropy"), x, y


@healthy
def several_labels_at_once():
    x, y = digits()
    tags = np.c_[y % 2 == 0, y > 4, y == 0, y < 7].astype("float32")
    return compiled(dense(64, (32, 4), output="sigmoid"), "binary_crossentropy", metrics=("binary_accuracy",)), x, tags
