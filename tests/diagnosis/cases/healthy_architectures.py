"""Sound, but odd in the way that the layers are put together."""

import keras
import numpy as np
from cases.data import (
    bags,
    colour_pictures,
    compiled,
    curved,
    digit_pictures,
    digits,
    fitted,
    sentences,
    squares,
    waves,
)
from cases.declare import healthy
from cases.models import BINARY, SPARSE, adam, mlp, sgd, stack
from keras import layers, ops


def pixels():
    """Coloured digits in −1…1."""
    x, y = colour_pictures()
    return (x / np.float32(127.5) - 1), y


# --- Keras's own architectures, small and with random weights -----------------------------------------------------


def application(name, **options):
    """Register one of keras.applications on 32 × 32 pictures, new."""

    def set_up():
        x, y = pixels()
        build = getattr(keras.applications, name)
        return compiled(build(input_shape=(32, 32, 3), weights=None, classes=10, **options), SPARSE), x[:48], y[:48]

    set_up.__name__ = f"application_{name}"
    return healthy(set_up)


application("MobileNet", alpha=0.25)
application("MobileNetV2", alpha=0.35)
application("MobileNetV3Small", alpha=0.5, include_preprocessing=False)


@healthy
def base_in_the_model_with_its_preprocessing():
    """Raw pixels, `preprocess_input` as an operation, then a nested MobileNetV2."""
    x, y = colour_pictures()
    base = keras.applications.MobileNetV2((32, 32, 3), alpha=0.35, include_top=False, weights=None)
    inputs = keras.Input((32, 32, 3))
    maps = base(keras.applications.mobilenet_v2.preprocess_input(inputs))
    model = keras.Model(inputs, layers.Dense(10, "softmax")(layers.GlobalAveragePooling2D()(maps)))
    return compiled(model, SPARSE), x[:48].astype("float32"), y[:48]


@healthy
def frozen_base_and_a_new_head():
    x, y = pixels()
    base = keras.applications.MobileNet((32, 32, 3), alpha=0.25, include_top=False, weights=None)
    base.trainable = False
    inputs = keras.Input((32, 32, 3))
    model = keras.Model(inputs, layers.Dense(10, "softmax")(layers.Flatten()(base(inputs, training=False))))
    return compiled(model, SPARSE), x[:48], y[:48]


@healthy
def scaling_written_as_arithmetic():
    x, y = colour_pictures()
    base = stack((32, 32, 3), *[layers.Conv2D(8, 3, strides=2, activation="relu") for _ in range(2)])
    inputs = keras.Input((32, 32, 3))
    maps = base(inputs / 127.5 - 1.0)
    model = keras.Model(inputs, layers.Dense(10, "softmax")(layers.GlobalAveragePooling2D()(maps)))
    return compiled(model, SPARSE, adam(0.005)), x.astype("float32"), y


@healthy
def scaling_in_the_call_of_a_subclass():
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.flat, self.hidden, self.out = layers.Flatten(), layers.Dense(32, "relu"), layers.Dense(10, "softmax")

        def call(self, x):
            return self.out(self.hidden(self.flat(ops.cast(x, "float32") / 255.0)))

    x, y = colour_pictures()
    model = compiled(Net(), SPARSE)
    model(x[:2])
    return model, x, y


@healthy
def scaling_two_models_deep():
    x, y = colour_pictures()
    inner = stack((32, 32, 3), layers.Rescaling(1 / 255), layers.Conv2D(8, 3, strides=3, activation="relu"))
    outer = stack((32, 32, 3), inner, layers.Flatten())
    return compiled(stack((32, 32, 3), outer, layers.Dense(10, "softmax")), SPARSE), x, y


@healthy
def augmentation_before_scaling():
    x, y = colour_pictures()
    before = [layers.RandomFlip(), layers.RandomRotation(0.1), layers.Rescaling(1 / 127.5, offset=-1)]
    model = stack((32, 32, 3), *before, layers.Conv2D(8, 3, strides=3, activation="relu"), layers.Flatten())
    return compiled(keras.Sequential([model, layers.Dense(10, "softmax")]), SPARSE), x, y


# --- convolutions -------------------------------------------------------------------------------------------------


@healthy
def depthwise_then_pointwise():
    x, y = pixels()
    first = [layers.Conv2D(8, 3, strides=2, activation="relu"), layers.DepthwiseConv2D(3, padding="same")]
    rest = [layers.Conv2D(16, 1), layers.BatchNormalization(), layers.ReLU(), layers.GlobalAveragePooling2D()]
    return compiled(stack((32, 32, 3), *first, *rest, layers.Dense(10, "softmax")), SPARSE), x, y


@healthy
def separable_convolutions():
    x, y = pixels()
    parts = [layers.SeparableConv2D(16, 3, strides=2, activation="relu") for _ in range(2)]
    model = stack((32, 32, 3), *parts, layers.GlobalAveragePooling2D(), layers.Dense(10, "softmax"))
    return compiled(model, SPARSE), x, y


@healthy
def linear_bottleneck():
    """As in MobileNetV2: 16 channels, 4 without activation, 24."""
    x, y = pixels()
    first = [layers.Conv2D(16, 3, strides=2), layers.BatchNormalization(), layers.ReLU(6)]
    narrow = [layers.Conv2D(4, 1), layers.BatchNormalization(), layers.Conv2D(24, 1), layers.BatchNormalization()]
    last = [layers.ReLU(6), layers.GlobalAveragePooling2D(), layers.Dense(10, "softmax")]
    return compiled(stack((32, 32, 3), *first, *narrow, *last), SPARSE), x, y


@healthy
def factorised_three_by_three():
    """3 × 1 and 1 × 3 without an activation between, as in ENet."""
    x, y = digit_pictures()
    parts = [layers.Conv2D(8, (3, 1)), layers.Conv2D(8, (1, 3)), layers.ReLU(), layers.Flatten()]
    return compiled(stack((8, 8, 1), *parts, layers.Dense(10, "softmax")), SPARSE), x, y


@healthy
def classes_by_convolution_and_mean():
    """No Dense at all."""
    x, y = digit_pictures()
    parts = [layers.Conv2D(16, 3, activation="relu"), layers.Conv2D(10, 3), layers.GlobalAveragePooling2D()]
    return compiled(stack((8, 8, 1), *parts, layers.Softmax()), SPARSE, adam(0.005)), x, y


@healthy
def small_unet():
    x, mask = squares()
    inputs = keras.Input((16, 16, 1))
    fine = layers.Conv2D(8, 3, padding="same", activation="relu")(inputs)
    coarse = layers.Conv2D(16, 3, padding="same", activation="relu")(layers.MaxPooling2D()(fine))
    up = layers.Conv2DTranspose(8, 2, strides=2)(coarse)
    both = layers.Conv2D(8, 3, padding="same", activation="relu")(layers.Concatenate()([fine, up]))
    model = keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(both))
    return compiled(model, BINARY, adam(0.01), [keras.metrics.BinaryIoU([1])]), x, mask


@healthy
def sharper_by_pixel_shuffle():
    """Super-resolution: 8 × 8 to 16 × 16, the residual added to the enlarged picture."""
    x, _ = squares()
    low = x[:, ::2, ::2]
    inputs = keras.Input((8, 8, 1))
    maps = layers.Conv2D(4, 3, padding="same")(layers.Conv2D(16, 3, padding="same", activation="relu")(inputs))
    fine = layers.Reshape((16, 16, 1))(layers.Permute((1, 3, 2, 4))(layers.Reshape((8, 8, 2, 2))(maps)))
    model = keras.Model(inputs, layers.Add()([layers.UpSampling2D()(inputs), fine]))
    return compiled(model, "mae", adam(0.005), ()), low, x


# --- autoencoders -------------------------------------------------------------------------------------------------


@healthy
def autoencoder_with_a_linear_code():
    x, _ = digits()
    parts = [layers.Dense(32, "relu"), layers.Dense(8), layers.Dense(32, "relu"), layers.Dense(64, "sigmoid")]
    return compiled(stack((64,), *parts), "mse", "adam", ()), x, x.copy()


@healthy
def linear_autoencoder():
    """Principal components, on purpose without activation."""
    x, _ = digits()
    return compiled(stack((64,), layers.Dense(8), layers.Dense(64)), "mse", adam(0.01), ()), x, x.copy()


@healthy
def linear_autoencoder_trained():
    model, x, y = linear_autoencoder()
    return model, x, y, {"history": fitted(model, x, y, epochs=8)}


@healthy
def autoencoder_with_cross_entropy():
    x, _ = digits()
    return compiled(mlp(64, (16, 64), "sigmoid"), BINARY, "adam", ()), x, x.copy()


@healthy
def convolutional_autoencoder():
    x, _ = digit_pictures()
    down = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")
    up = layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="sigmoid")
    return compiled(stack((8, 8, 1), down, up), BINARY, "adam", ()), x, x.copy()


@healthy
def denoising_autoencoder():
    x, _ = digits()
    model = stack((64,), layers.GaussianNoise(0.3), layers.Dense(32, "relu"), layers.Dense(64, "sigmoid"))
    return compiled(model, "mse", "adam", ()), x, x.copy()


@healthy
def sequence_autoencoder():
    x, _ = waves(150)
    parts = [layers.LSTM(16), layers.RepeatVector(20), layers.LSTM(16, return_sequences=True)]
    return compiled(stack((20, 1), *parts, layers.TimeDistributed(layers.Dense(1))), "mse", adam(0.01), ()), x, x.copy()


@healthy
def variational_autoencoder():
    """Draws in `call`, adds the divergence with add_loss."""

    class Draw(layers.Layer):
        def __init__(self):
            super().__init__()
            self.seed_generator = keras.random.SeedGenerator(1)

        def call(self, code):
            mean, log_variance = ops.split(code, 2, axis=-1)
            self.add_loss(1e-3 * ops.mean(ops.exp(log_variance) + mean**2 - 1 - log_variance))
            return mean + ops.exp(log_variance / 2) * keras.random.normal(ops.shape(mean), seed=self.seed_generator)

    x, _ = digits()
    parts = [layers.Dense(32, "relu"), layers.Dense(8), Draw(), layers.Dense(32, "relu"), layers.Dense(64, "sigmoid")]
    return compiled(stack((64,), *parts), "mse", "adam", ()), x, x.copy()


# --- branches, gates and residual layers --------------------------------------------------------------------------


@healthy
def gates_that_start_open():
    """A spatial transformer's or highway's gate: zero kernel, bias 1."""
    x, y = digits()
    inputs = keras.Input((64,))
    hidden = layers.Dense(16, "tanh")(inputs)
    gate = layers.Dense(64, kernel_initializer="zeros", bias_initializer="ones", name="theta")(hidden)
    mixed = layers.Dense(32, "relu")(layers.Multiply()([inputs, gate]))
    return compiled(keras.Model(inputs, layers.Dense(10, "softmax")(mixed)), SPARSE), x, y


@healthy
def residual_branch_that_starts_at_zero():
    x, y = digits()
    inputs = keras.Input((64,))
    hidden = layers.Dense(32, "relu")(inputs)
    branch = layers.Dense(32, kernel_initializer="zeros")(layers.Dense(32, "relu")(hidden))
    model = keras.Model(inputs, layers.Dense(10, "softmax")(layers.Add()([hidden, branch])))
    return compiled(model, SPARSE), x, y


@healthy
def residual_scale_that_starts_at_zero():
    """ReZero: one learned factor a block, 0 at the start, so no gradient reaches the branch at first."""

    class Scale(layers.Layer):
        def build(self, shape):
            self.factor = self.add_weight(shape=(), initializer="zeros", name="factor")
            super().build(shape)

        def call(self, inputs):
            return self.factor * inputs

    x, y = digits()
    inputs = keras.Input((64,))
    hidden = layers.Dense(32)(inputs)
    for _ in range(4):
        hidden = layers.Add()([hidden, Scale()(layers.Dense(32, "relu")(hidden))])
    return compiled(keras.Model(inputs, layers.Dense(10, "softmax")(hidden)), SPARSE), x, y


@healthy
def normalisation_scale_that_starts_at_zero():
    """The last BatchNormalization of a residual block starts with gamma 0."""
    x, y = digits()
    inputs = keras.Input((64,))
    hidden = layers.Dense(32, "relu")(inputs)
    branch = layers.BatchNormalization(gamma_initializer="zeros")(layers.Dense(32)(hidden))
    model = keras.Model(inputs, layers.Dense(10, "softmax")(layers.ReLU()(layers.Add()([hidden, branch]))))
    return compiled(model, SPARSE), x, y


@healthy
def twelve_residual_layers_with_layer_normalisation():
    x, y = digits()
    inputs = keras.Input((64,))
    hidden = layers.Dense(32)(inputs)
    for _ in range(12):
        hidden = layers.Add()([hidden, layers.Dense(32, "relu")(layers.LayerNormalization()(hidden))])
    return compiled(keras.Model(inputs, layers.Dense(10, "softmax")(hidden)), SPARSE), x, y


@healthy
def squeeze_and_excitation():
    x, y = digit_pictures()
    inputs = keras.Input((8, 8, 1))
    maps = layers.Conv2D(8, 3, activation="relu")(inputs)
    gate = layers.Dense(8, "sigmoid")(layers.Dense(2, "relu")(layers.GlobalAveragePooling2D()(maps)))
    scaled = layers.Multiply()([maps, layers.Reshape((1, 1, 8))(gate)])
    model = keras.Model(inputs, layers.Dense(10, "softmax")(layers.Flatten()(scaled)))
    return compiled(model, SPARSE, adam(0.005)), x, y


@healthy
def gated_linear_unit():
    x, y = digits()
    inputs = keras.Input((64,))
    product = layers.Multiply()([layers.Dense(32)(inputs), layers.Dense(32, "sigmoid")(inputs)])
    return compiled(keras.Model(inputs, layers.Dense(10, "softmax")(product)), SPARSE), x, y


@healthy
def mixture_of_three_experts():
    x, y = digits()
    inputs = keras.Input((64,))
    gate = layers.Dense(3, "softmax")(inputs)
    experts = ops.stack([layers.Dense(10)(layers.Dense(8, "relu")(inputs)) for _ in range(3)], axis=1)
    model = keras.Model(inputs, ops.softmax(ops.sum(experts * ops.expand_dims(gate, -1), axis=1)))
    return compiled(model, SPARSE, adam(0.005)), x, y


@healthy
def wide_and_deep():
    """One input, a linear road and a deep one, added."""
    x, y = curved()
    inputs = keras.Input((6,))
    deep = layers.Dense(1)(layers.Dense(16, "relu")(layers.Dense(16, "relu")(inputs)))
    return compiled(keras.Model(inputs, layers.Add()([layers.Dense(1)(inputs), deep])), "mse", adam(0.01), ()), x, y


@healthy
def two_views_by_one_encoder():
    """Siamese: both halves of the input go through the same layers, and a distance comes out."""
    x, y = digits()
    other = np.random.default_rng(0).permutation(len(x))
    pairs = np.stack([x, x[other]], axis=1)
    encoder = keras.Sequential([keras.Input((64,)), layers.Dense(16, "relu"), layers.Dense(8)])
    inputs = keras.Input((2, 64))
    gap = ops.abs(encoder(inputs[:, 0]) - encoder(inputs[:, 1]))
    return (
        compiled(keras.Model(inputs, layers.Dense(1, "sigmoid")(gap)), BINARY, "adam", [keras.metrics.AUC()]),
        pairs,
        (y == y[other]).astype("int64"),
    )


@healthy
def narrow_last_but_one_layer():
    """Six linear units before ten classes: a low-rank output layer."""
    x, y = digits()
    parts = [layers.Dense(64, "relu"), layers.Dense(6, use_bias=False), layers.Dense(10, "softmax")]
    return compiled(stack((64,), *parts), SPARSE), x, y


@healthy
def wide_network_with_adam():
    """Two layers of 1024 at Adam's usual rate."""
    x, y = digits()
    return compiled(mlp(64, (1024, 1024, 10)), SPARSE), x, y


@healthy
def selu_with_alpha_dropout():
    x, y = digits()
    block = [
        part
        for _ in range(6)
        for part in (layers.Dense(32, "selu", kernel_initializer="lecun_normal"), layers.AlphaDropout(0.05))
    ]
    return compiled(stack((64,), *block, layers.Dense(10, "softmax")), SPARSE), x, y


@healthy
def sine_activations():
    """SIREN: sin(10 · Wx) as activation, on positions."""
    x = np.linspace(-1, 1, 400).reshape(-1, 1).astype("float32")
    start = keras.initializers.RandomUniform(-0.5, 0.5, seed=1)
    hidden = [layers.Dense(32, lambda z: ops.sin(10 * z), kernel_initializer=start) for _ in range(2)]
    return compiled(stack((1,), *hidden, layers.Dense(1)), "mse", adam(0.002), ()), x, np.sin(9 * x) * np.cos(4 * x)


@healthy
def radial_basis_functions():
    class Radial(layers.Layer):
        def build(self, shape):
            self.centres = self.add_weight(shape=(20, shape[-1]), initializer="random_normal", name="centres")
            super().build(shape)

        def call(self, inputs):
            return ops.exp(-ops.sum(ops.square(ops.expand_dims(inputs, 1) - self.centres), axis=-1) / 6)

    x, y = curved()
    return compiled(stack((6,), Radial(), layers.Dense(1)), "mse", adam(0.02), ()), x, y


@healthy
def polynomial_regression():
    """One Dense layer on powers computed in the model."""
    x = np.linspace(-1, 1, 200).reshape(-1, 1)
    inputs = keras.Input((1,))
    powers = ops.concatenate([inputs, inputs**2, inputs**3], axis=-1)
    return compiled(keras.Model(inputs, layers.Dense(1)(powers)), "mse", sgd(0.1), ()), x, x**3 - x


@healthy
def batch_normalisation_as_the_scaler_of_every_layer():
    """Four sigmoid layers, each with BatchNormalization before its activation."""
    x, y = digits()
    block = [
        part for _ in range(4) for part in (layers.Dense(64), layers.BatchNormalization(), layers.Activation("sigmoid"))
    ]
    return compiled(stack((64,), *block, layers.Dense(10, "softmax")), SPARSE, adam(0.003)), x, y


@healthy
def normalisation_in_odd_places():
    """GroupNormalization, spectral normalisation, LayerNormalization before the output."""
    x, y = digit_pictures()
    first = [layers.SpectralNormalization(layers.Conv2D(8, 3)), layers.GroupNormalization(4), layers.ReLU()]
    last = [layers.Flatten(), layers.LayerNormalization(), layers.Dense(10, "softmax")]
    return compiled(stack((8, 8, 1), *first, *last), SPARSE), x, y


# --- sequences ----------------------------------------------------------------------------------------------------


@healthy
def many_steps_to_one_number():
    x, y = waves(200)
    return compiled(stack((20, 1), layers.LSTM(16), layers.Dense(1)), "mse", adam(0.01), ()), x, y


@healthy
def a_number_for_each_step():
    """y (n, steps) against an output (n, steps, 1), which Keras matches."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 10, 1)).astype("float32")
    model = stack((10, 1), layers.GRU(16, return_sequences=True), layers.Dense(1))
    return compiled(model, "mse", adam(0.01), ()), x, np.cumsum(x[..., 0], axis=1) / 3


@healthy
def a_class_for_each_step():
    x, _ = bags()
    model = stack(
        (12,),
        layers.Embedding(41, 8),
        layers.Bidirectional(layers.LSTM(8, return_sequences=True)),
        layers.Dense(3, "softmax"),
    )
    return compiled(model, SPARSE, adam(0.01)), x, x % 3


@healthy
def forecast_of_five_steps():
    x, y = waves(200, 20, 5)
    return compiled(stack((20, 1), layers.GRU(16), layers.Dense(5)), "mse", adam(0.01), ()), x, y


@healthy
def encoder_and_decoder_with_attention():
    """Sequence to sequence: the reversed sequence."""
    x, _ = bags(300)
    inputs = keras.Input((12,), dtype="int32")
    encoded = layers.GRU(16, return_sequences=True)(layers.Embedding(41, 16)(inputs))
    decoded = layers.GRU(16, return_sequences=True)(layers.RepeatVector(12)(encoded[:, -1]))
    mixed = layers.Concatenate()([decoded, layers.Attention()([decoded, encoded])])
    return compiled(keras.Model(inputs, layers.Dense(41, "softmax")(mixed)), SPARSE, adam(0.01)), x, x[:, ::-1].copy()


@healthy
def convolution_over_time():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 300)
    x = rng.normal(size=(300, 30, 1)) + y[:, None, None] * np.sin(np.arange(30))[None, :, None]
    parts = [layers.Conv1D(8, 5, activation="relu"), layers.GlobalMaxPooling1D(), layers.Dense(1, "sigmoid")]
    return compiled(stack((30, 1), *parts), BINARY, adam(0.01)), x.astype("float32"), y


@healthy
def dilated_causal_convolutions():
    x, y = waves(200)
    hidden = [layers.Conv1D(8, 2, dilation_rate=2**i, padding="causal", activation="relu") for i in range(4)]
    return (
        compiled(stack((20, 1), *hidden, layers.Lambda(lambda h: h[:, -1]), layers.Dense(1)), "mse", adam(0.01), ()),
        x,
        y,
    )


@healthy
def mean_of_embeddings():
    x, y = bags()
    parts = [layers.Embedding(1000, 8), layers.GlobalAveragePooling1D(), layers.Dense(1, "sigmoid")]
    return compiled(stack((12,), *parts), BINARY, adam(0.02)), x, y


@healthy
def padding_with_a_mask():
    x, y = sentences(300, 40)
    parts = [layers.Embedding(41, 8, mask_zero=True), layers.LSTM(8), layers.Dense(1, "sigmoid")]
    return compiled(stack((40,), *parts), BINARY, adam(0.02)), x, y


@healthy
def padding_before_the_words():
    """Zeros stand first, so the last steps are words."""
    x, y = sentences(300, 40)
    x = np.stack([np.roll(row, 40 - np.count_nonzero(row)) for row in x])
    return (
        compiled(stack((40,), layers.Embedding(41, 8), layers.LSTM(8), layers.Dense(1, "sigmoid")), BINARY, adam(0.02)),
        x,
        y,
    )


@healthy
def padding_under_a_mean():
    """Zeros at the end, but a maximum over time does not forget."""
    x, y = sentences(300, 40)
    parts = [layers.Embedding(41, 8), layers.Conv1D(16, 3, activation="relu"), layers.GlobalMaxPooling1D()]
    return compiled(stack((40,), *parts, layers.Dense(1, "sigmoid")), BINARY, adam(0.01)), x, y


@healthy
def frozen_word_vectors():
    """An embedding that is given and not trained."""
    x, y = bags()
    vectors = keras.initializers.RandomNormal(0, 0.5, seed=3)
    embed = layers.Embedding(41, 16, embeddings_initializer=vectors, trainable=False)
    return compiled(stack((12,), embed, layers.GRU(8), layers.Dense(1, "sigmoid")), BINARY, adam(0.01)), x, y


@healthy
def transformer_block():
    x, y = bags(300)
    inputs = keras.Input((12,), dtype="int32")
    places = layers.Embedding(12, 16)(ops.arange(12))
    tokens = layers.Embedding(41, 16)(inputs) + places
    for _ in range(2):
        tokens = layers.LayerNormalization()(tokens + layers.MultiHeadAttention(2, 8)(tokens, tokens))
        tokens = layers.LayerNormalization()(tokens + layers.Dense(16)(layers.Dense(32, "gelu")(tokens)))
    model = keras.Model(inputs, layers.Dense(1, "sigmoid")(layers.GlobalAveragePooling1D()(tokens)))
    return compiled(model, BINARY, adam(0.005)), x, y


@healthy
def small_language_model():
    """Causal attention, and the next token at each place."""
    rng = np.random.default_rng(0)
    text = (np.cumsum(rng.integers(1, 3, (200, 17)), axis=1)) % 20
    inputs = keras.Input((16,), dtype="int32")
    tokens = layers.Embedding(20, 16)(inputs) + layers.Embedding(16, 16)(ops.arange(16))
    tokens = tokens + layers.MultiHeadAttention(2, 8)(*[layers.LayerNormalization()(tokens)] * 2, use_causal_mask=True)
    tokens = tokens + layers.Dense(16)(layers.Dense(32, "gelu")(layers.LayerNormalization()(tokens)))
    logits = layers.Dense(20)(layers.LayerNormalization()(tokens))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return compiled(keras.Model(inputs, logits), loss, adam(0.005)), text[:, :-1], text[:, 1:]


@healthy
def patches_of_a_picture_in_a_transformer():
    x, y = digit_pictures(300)
    inputs = keras.Input((8, 8, 1))
    patches = layers.Reshape((16, 16))(layers.Conv2D(16, 2, strides=2)(inputs))
    patches = patches + layers.Embedding(16, 16)(ops.arange(16))
    patches = patches + layers.MultiHeadAttention(2, 8)(patches, patches)
    pooled = layers.GlobalAveragePooling1D()(layers.LayerNormalization()(patches))
    return compiled(keras.Model(inputs, layers.Dense(10, "softmax")(pooled)), SPARSE, adam(0.005)), x, y


@healthy
def recurrent_layers_on_top_of_convolutions():
    x, y = waves(150, 40)
    parts = [layers.Conv1D(8, 4, strides=2, activation="relu"), layers.GRU(8, return_sequences=True), layers.GRU(8)]
    return compiled(stack((40, 1), *parts, layers.Dense(1)), "mse", adam(0.01), ()), x, y


@healthy
def pictures_in_a_row_by_conv_lstm():
    rng = np.random.default_rng(0)
    x = rng.random((60, 4, 8, 8, 1)).astype("float32")
    y = (x.mean(axis=(1, 2, 3, 4)) > 0.5).astype("int64")
    parts = [layers.ConvLSTM2D(4, 3, padding="same"), layers.GlobalAveragePooling2D(), layers.Dense(1, "sigmoid")]
    return compiled(stack((4, 8, 8, 1), *parts), BINARY, adam(0.01)), x, y


@healthy
def identity_start_of_a_recurrent_relu():
    """IRNN: ReLU in a SimpleRNN is sound where the recurrent kernel starts as the identity and steps are few."""
    x, y = waves(200)
    cell = layers.SimpleRNN(16, activation="relu", recurrent_initializer="identity", kernel_initializer="glorot_normal")
    return compiled(stack((20, 1), cell, layers.Dense(1)), "mse", adam(0.003, clipnorm=1.0), ()), x, y
