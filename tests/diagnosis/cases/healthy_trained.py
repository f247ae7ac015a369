"""Sound, and trained: what has been learned, or cannot be learned any better, is not an illness."""

import keras
import numpy as np
from cases.data import (
    cancer,
    compiled,
    curved,
    diabetes,
    digit_pictures,
    digits,
    fitted,
    iris,
    one_hot,
    two_classes,
    waves,
    wine,
)
from cases.declare import healthy
from cases.models import BINARY, ONE_HOT, SPARSE, adam, mlp, sgd, stack
from keras import layers


def line(noise):
    """A regression that a single unit can solve up to the noise."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 6)).astype("float32")
    return x, (2 * x[:, 0] - 1 + noise * rng.normal(size=400)).astype("float32")


# --- nothing more to be learned -----------------------------------------------------------------------------------


@healthy
def noisy_line_learned():
    """The loss that is left is the noise; no history."""
    x, y = line(3.0)
    model = compiled(mlp(6, (1,), None), "mse", sgd(0.05), ())
    fitted(model, x, y, epochs=15)
    return model, x, y


@healthy
def noisy_line_learned_by_a_network():
    x, y = line(3.0)
    model = compiled(mlp(6, (16, 1), None), "mse", sgd(0.01), ())
    return model, x, y, {"history": fitted(model, x, y, epochs=10)}


@healthy
def noisy_classes_learned():
    x, y = two_classes(noise=2.0)
    model = compiled(mlp(8, (1,), "sigmoid"), BINARY, sgd(0.1))
    fitted(model, x, y, epochs=15)
    return model, x, y


@healthy
def weak_signal_learned():
    """An accuracy of 0.6 is all that there is."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2000, 6)).astype("float32")
    y = (0.25 * x[:, 0] + rng.normal(size=2000) > 0).astype("int64")
    model = compiled(mlp(6, (1,), "sigmoid"), BINARY, adam(0.02))
    return model, x, y, {"history": fitted(model, x, y, epochs=6)}


@healthy
def returns_of_a_market():
    """Eight per cent of the variance can be explained, and are."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2000, 6)).astype("float32")
    y = (0.3 * x[:, 0] + rng.normal(size=2000)).astype("float32")
    model = compiled(mlp(6, (1,), None), "mse", sgd(0.01), ())
    return model, x, y, {"history": fitted(model, x, y, epochs=15)}


@healthy
def one_per_cent_of_a_market():
    """Little more than one per cent of the variance can be explained, and a network follows it."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4000, 6)).astype("float32")
    y = (0.12 * x[:, 0] + rng.normal(size=4000)).astype("float32")
    model = compiled(mlp(6, (16, 1), None), "mse", adam(0.003), ())
    return model, x, y, {"history": fitted(model, x, y, epochs=3)}


@healthy
def counted_pulses_and_silence():
    """The zeros behind are true, and the network learns to count through them."""
    lengths = np.random.default_rng(0).integers(2, 12, 300)
    x = (np.arange(20) < lengths[:, None]).astype("float32")[..., None]
    model = compiled(stack((20, 1), layers.LSTM(16), layers.Dense(1)), "mse", adam(0.02), ())
    return model, x, lengths / 4, {"history": fitted(model, x, lengths / 4, epochs=15, batch_size=16)}


@healthy
def counted_pulses_not_yet_learned():
    lengths = np.random.default_rng(0).integers(2, 12, 300)
    x = (np.arange(20) < lengths[:, None]).astype("float32")[..., None]
    return compiled(stack((20, 1), layers.LSTM(16), layers.Dense(1)), "mse", adam(0.02), ()), x, lengths / 4


@healthy
def rate_lowered_on_plateaus():
    """ReduceLROnPlateau has brought the rate down, rightly."""
    x, y = two_classes(noise=2.0)
    model = compiled(mlp(8, (16, 1), "sigmoid"), BINARY, adam(0.02))
    reduce = keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=1, factor=0.1, min_delta=0.01)
    return model, x, y, {"history": fitted(model, x, y, epochs=15, callbacks=[reduce])}


@healthy
def cosine_schedule_at_its_end():
    x, y = two_classes(noise=1.0)
    schedule = keras.optimizers.schedules.CosineDecay(0.02, 150)
    model = compiled(mlp(8, (16, 1), "sigmoid"), BINARY, adam(schedule))
    return model, x, y, {"history": fitted(model, x, y, epochs=8)}


@healthy
def second_fit_of_a_learned_line():
    """The history of the second fit alone: the loss wobbles near 0."""
    x, y = line(0.0)
    model = compiled(mlp(6, (1,), None), "mse", adam(0.1), ())
    fitted(model, x, y, epochs=15)
    return model, x, y, {"history": fitted(model, x, y, epochs=8)}


@healthy
def second_fit_in_whole_batches():
    """Gradient descent on all rows at once, continued: the loss falls slowly and steadily."""
    x, y = diabetes()
    model = compiled(mlp(10, (1,), None), "mse", sgd(0.05), ["mae"])
    fitted(model, x, y, epochs=30, batch_size=442)
    return model, x, y, {"history": fitted(model, x, y, epochs=10, batch_size=442)}


@healthy
def second_fit_of_a_noisy_classifier():
    x, y = two_classes(noise=2.0)
    model = compiled(mlp(8, (1,), "sigmoid"), BINARY, sgd(0.1))
    fitted(model, x, y, epochs=12, batch_size=600)
    return model, x, y, {"history": fitted(model, x, y, epochs=8, batch_size=600)}


@healthy
def tiny_validation_loss_that_wobbles():
    """Noise-free regression: the validation loss is 1e-4 and goes up and down."""
    x, y = line(0.0)
    held = (x[300:], y[300:])
    model = compiled(mlp(6, (32, 1), None), "mse", adam(0.02), ["mae"])
    history = fitted(model, x[:300], y[:300], epochs=15, validation_data=held)
    return model, x[:300], y[:300], {"history": history, "validation_data": held}


@healthy
def every_sample_right():
    """The training loss is nearly 0, and its gradients too; no history."""
    x, y = two_classes(300, noise=0.0)
    model = compiled(mlp(8, (64, 64, 1), "sigmoid"), BINARY, adam(0.02))
    fitted(model, x, y, epochs=15)
    return model, x, y


@healthy
def every_sample_right_with_history():
    x, y = iris()
    model = compiled(mlp(4, (16, 3)), SPARSE, adam(0.05))
    return model, x, y, {"history": fitted(model, x, y, epochs=12)}


@healthy
def finished_model_compiled_again():
    """A fresh Adam shakes what is finished."""
    x, y = two_classes(300, noise=0.0)
    model = compiled(mlp(8, (64, 64, 1), "sigmoid"), BINARY, adam(0.02))
    fitted(model, x, y, epochs=15)
    return compiled(model, BINARY, adam(0.01)), x, y


# --- curves that look worse than they are -------------------------------------------------------------------------


@healthy
def batches_of_one():
    x, y = iris()
    model = compiled(mlp(4, (8, 3)), SPARSE, sgd(0.1))
    return model, x, y, {"history": fitted(model, x, y, epochs=4, batch_size=1)}


@healthy
def momentum_and_small_batches():
    x, y = wine()
    model = compiled(mlp(13, (16, 3)), SPARSE, sgd(0.05, momentum=0.9))
    return model, x, y, {"history": fitted(model, x, y, epochs=6, batch_size=4)}


@healthy
def validation_better_than_training():
    """Dropout is off in validation."""
    x, y = digits()
    hidden = [layers.Dropout(0.3), layers.Dense(64, "relu"), layers.Dropout(0.5)]
    model = compiled(stack((64,), *hidden, layers.Dense(10, "softmax")), SPARSE, adam(0.005))
    held = (x[450:], y[450:])
    history = fitted(model, x[:450], y[:450], epochs=8, validation_data=held)
    return model, x[:450], y[:450], {"history": history, "validation_data": held}


@healthy
def perfect_training_and_good_validation():
    """1.00 against 0.9: a gap, but no illness in so few rows."""
    x, y = digits()
    held = (x[500:], y[500:])
    model = compiled(mlp(64, (64, 10)), SPARSE, adam(0.005))
    history = fitted(model, x[:500], y[:500], epochs=12, validation_data=held)
    return model, x[:500], y[:500], {"history": history, "validation_data": held}


@healthy
def warm_up_by_callback():
    """The rate starts at a millionth and a LearningRateScheduler raises it."""
    x, y = digits()
    model = compiled(mlp(64, (32, 10)), SPARSE, adam(1e-6))
    raise_rate = keras.callbacks.LearningRateScheduler(lambda epoch: min(0.005, 1e-5 * 5**epoch))
    return model, x, y, {"history": fitted(model, x, y, epochs=8, callbacks=[raise_rate])}


@healthy
def first_epoch_only():
    x, y = digits()
    model = compiled(mlp(64, (32, 10)), SPARSE, adam(0.005))
    return model, x, y, {"history": fitted(model, x, y, epochs=1)}


@healthy
def smoothed_labels_learned():
    """With smoothing 0.4 the loss cannot fall below 1.5."""
    x, y = digits()
    model = compiled(mlp(64, (64, 10)), keras.losses.CategoricalCrossentropy(label_smoothing=0.4), adam(0.01))
    return model, x, one_hot(y), {"history": fitted(model, x, one_hot(y), epochs=6)}


@healthy
def soft_labels_learned():
    """The entropy of the soft labels is left."""
    x, y = digits()
    soft = (0.7 * one_hot(y) + 0.03).astype("float32")
    model = compiled(mlp(64, (64, 10)), ONE_HOT, adam(0.01))
    return model, x, soft, {"history": fitted(model, x, soft, epochs=6)}


@healthy
def penalty_that_helps():
    """L2 of 0.001: a third of the loss is penalty, and it learns."""
    x, y = digits()
    model = compiled(mlp(64, (64, 10), kernel_regularizer=keras.regularizers.L2(1e-3)), SPARSE, adam(0.005))
    return model, x, y, {"history": fitted(model, x, y, epochs=6)}


@healthy
def heavy_dropout_that_learns():
    x, y = digits()
    model = compiled(stack((64,), layers.Dense(256, "relu"), layers.Dropout(0.7), layers.Dense(10, "softmax")), SPARSE)
    return model, x, y, {"history": fitted(model, x, y, epochs=8)}


@healthy
def nine_tenths_dropped_of_a_wide_layer():
    """Of 1024 units a hundred are left at a time, and that is enough."""
    x, y = digits()
    model = compiled(stack((64,), layers.Dense(1024, "relu"), layers.Dropout(0.9), layers.Dense(10, "softmax")), SPARSE)
    return model, x, y, {"history": fitted(model, x, y, epochs=8)}


@healthy
def relu_lstm_that_has_learned():
    """Forty steps of small numbers: the state did not grow."""
    x, y = waves(200, 40)
    model = stack((40, 1), layers.LSTM(16, activation="relu"), layers.Dense(1))
    compiled(model, "mse", adam(0.005, clipnorm=1.0), ())
    return model, 0.5 * x, 0.5 * y, {"history": fitted(model, 0.5 * x, 0.5 * y, epochs=8)}


@healthy
def clipped_to_one():
    x, y = digits()
    model = compiled(mlp(64, (32, 10)), SPARSE, adam(0.005, clipnorm=1.0))
    return model, x, y, {"history": fitted(model, x, y, epochs=4)}


@healthy
def rare_class_with_weights():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 6)).astype("float32")
    y = (x[:, 0] + 0.3 * rng.normal(size=600) > 1.3).astype("int64")
    model = compiled(mlp(6, (16, 1), "sigmoid"), BINARY, adam(0.01), [keras.metrics.Recall()])
    return model, x, y, {"history": fitted(model, x, y, epochs=6, class_weight={0: 1.0, 1: 8.0})}


@healthy
def deep_sigmoid_network_with_normalisation_learned():
    x, y = digits()
    block = [
        part
        for _ in range(4)
        for part in (layers.Dense(64), layers.BatchNormalization(momentum=0.9), layers.Activation("sigmoid"))
    ]
    model = compiled(stack((64,), *block, layers.Dense(10, "softmax")), SPARSE, adam(0.005))
    return model, x, y, {"history": fitted(model, x, y, epochs=6)}


# --- learned before, frozen in part -------------------------------------------------------------------------------


@healthy
def low_rank_updates():
    """LoRA on a trained model."""
    x, y = digits()
    model = compiled(mlp(64, (32, 10)), SPARSE, adam(0.01))
    fitted(model, x, y, epochs=4)
    for layer in model.layers:
        layer.enable_lora(4)
    return compiled(model, SPARSE, adam(0.003)), x, y


@healthy
def trained_base_and_a_new_head():
    """The base learned digits 0 to 4, the head learns all ten."""
    x, y = digits()
    first = compiled(mlp(64, (32, 5)), SPARSE, adam(0.01))
    fitted(first, x[y < 5], y[y < 5], epochs=6)
    base = keras.Model(first.inputs, first.layers[0].output)
    base.trainable = False
    inputs = keras.Input((64,))
    model = compiled(keras.Model(inputs, layers.Dense(10, "softmax")(base(inputs))), SPARSE, adam(0.01))
    return model, x, y, {"history": fitted(model, x, y, epochs=4)}


@healthy
def fine_tuning_at_a_hundred_thousandth():
    x, y = two_classes(noise=2.0)
    model = compiled(mlp(8, (16, 1), "sigmoid"), BINARY, adam(0.02))
    fitted(model, x, y, epochs=12)
    return compiled(model, BINARY, adam(1e-5)), x, y


@healthy
def fine_tuning_with_history():
    x, y = digits()
    model = compiled(mlp(64, (32, 10)), SPARSE, adam(0.01))
    fitted(model, x, y, epochs=5)
    compiled(model, SPARSE, adam(1e-5))
    return model, x, y, {"history": fitted(model, x, y, epochs=6)}


@healthy
def unfrozen_and_compiled_again():
    x, y = digits()
    model = mlp(64, (32, 32, 10))
    model.layers[0].trainable = False
    fitted(compiled(model, SPARSE, adam(0.01)), x, y, epochs=2)
    model.layers[0].trainable = True
    return compiled(model, SPARSE, adam(1e-3)), x, y


@healthy
def frozen_batch_normalisation():
    """Trained, then the normalisation frozen for the rest."""
    x, y = digit_pictures()
    parts = [layers.Conv2D(8, 3), layers.BatchNormalization(momentum=0.8), layers.ReLU(), layers.Flatten()]
    model = stack((8, 8, 1), *parts, layers.Dense(10, "softmax"))
    fitted(compiled(model, SPARSE, adam(0.01)), x, y, epochs=2)
    model.layers[1].trainable = False
    return compiled(model, SPARSE, adam(1e-3)), x, y


@healthy
def stopped_early():
    """EarlyStopping brought back the best weights; the history ends with a rise."""
    x, y = digits()
    model = compiled(mlp(64, (128, 10)), SPARSE, adam(0.01))
    held = (x[400:], y[400:])
    stop = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
    history = fitted(model, x[:400], y[:400], epochs=15, validation_data=held, callbacks=[stop])
    return model, x[:400], y[:400], {"history": history, "validation_data": held}


@healthy
def trained_in_mixed_precision():
    x, y = digits()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = compiled(mlp(64, (32, 10)), SPARSE, adam(0.005))
    finally:
        keras.config.set_dtype_policy("float32")
    return model, x, y, {"history": fitted(model, x, y, epochs=3)}


@healthy
def large_targets_learned():
    """Targets of 200,000 that the model has arrived at."""
    x, y = curved()
    y = 200_000 + 40_000 * y
    model = mlp(6, (32, 1), None, hidden="leaky_relu")
    model.layers[-1].bias.assign([200_000.0])
    compiled(model, "mae", adam(50.0), ())
    return model, x, y, {"history": fitted(model, x, y, epochs=20)}


@healthy
def moving_average_of_the_weights():
    x, y = cancer()
    model = compiled(mlp(30, (16, 1), "sigmoid"), BINARY, adam(0.01, use_ema=True, ema_momentum=0.9))
    return model, x, y, {"history": fitted(model, x, y, epochs=3)}


@healthy
def gradients_gathered_over_two_batches():
    x, y = cancer()
    model = compiled(mlp(30, (16, 1), "sigmoid"), BINARY, adam(0.01, gradient_accumulation_steps=2))
    return model, x, y, {"history": fitted(model, x, y, epochs=4, batch_size=16)}
