"""Mistakes in how the steps are taken: optimizer, schedule, clipping, penalty, precision, number of steps."""

import keras
import numpy as np
from cases import scores
from cases.data import cancer, compiled, curved, digits, fitted, two_classes, wine
from cases.declare import broken
from cases.models import BINARY, SPARSE, adam, mlp, sgd, stack
from cases.trials import learns
from keras import ops

# --- the schedule -------------------------------------------------------------------------------------------------


@broken("learning-rate-decayed", also=("loss-at-chance",))
@learns(scores.accuracy, 0.7)
def decayed_at_every_step(cured):
    """decay_steps=1: after 50 steps the rate is a hundred-thousandth: github.com/cjiang2/VDCNN/issues/4."""
    x, y = digits()
    schedule = keras.optimizers.schedules.ExponentialDecay(0.05, 1000 if cured else 1, 0.8)
    model = compiled(mlp(64, (32, 10)), SPARSE, sgd(schedule, momentum=0.9))
    return model, x, y, {"history": fitted(model, x, y, epochs=6)}


@broken("learning-rate-decayed")
@learns(scores.accuracy, 0.75)
def cosine_over_epochs_instead_of_steps(cured):
    """CosineDecay(0.01, epochs) counts steps: the rate is 0 after eight of them."""
    x, y = digits()
    epochs = 8
    schedule = keras.optimizers.schedules.CosineDecay(0.01, epochs * 19 if cured else epochs)
    model = compiled(mlp(64, (32, 10)), SPARSE, adam(schedule))
    return model, x, y, {"history": fitted(model, x, y, epochs=epochs)}


@broken("learning-rate-decayed")
@learns(scores.accuracy, 0.85)
def reduced_on_every_plateau(cured):
    """ReduceLROnPlateau watches an accuracy as if it were a loss, and lowers the rate while all goes well."""
    x, y = digits()
    model = compiled(mlp(64, (32, 10)), SPARSE, adam(0.003))
    reduce = keras.callbacks.ReduceLROnPlateau("accuracy", 0.1, patience=1, mode="max" if cured else "min")
    return model, x, y, {"history": fitted(model, x, y, epochs=10, callbacks=[reduce])}


# --- steps that are too small -------------------------------------------------------------------------------------


@broken("learning-rate-too-low")
@learns(scores.accuracy, 0.6)
def adadelta_at_its_default(cured):
    """Keras's Adadelta starts at 0.001, its paper at 1: github.com/keras-team/keras/issues/13815."""
    x, y = digits()
    optimizer = keras.optimizers.Adadelta(1.0) if cured else keras.optimizers.Adadelta()
    model = compiled(mlp(64, (32, 10)), SPARSE, optimizer)
    return model, x, y, {"history": fitted(model, x, y, epochs=5)}


@broken("learning-rate-too-low")
@learns(scores.accuracy, 0.7)
def epsilon_of_one_hundred(cured):
    """Adam divides by √v + epsilon, so a large epsilon swallows the step: github.com/mlpnlp/mlpnlp-nmt/pull/4."""
    x, y = digits()
    model = compiled(mlp(64, (32, 10)), SPARSE, adam(0.005, epsilon=1e-7 if cured else 100.0))
    return model, x, y, {"history": fitted(model, x, y, epochs=5)}


@broken("clipping-too-strong")
@learns(scores.accuracy, 0.6, epochs=8)
def clipped_to_a_ten_thousandth(cured):
    """clipnorm=1e-4 leaves SGD steps of a millionth: github.com/fizyr/keras-retinanet/issues/942 asks why 0.001 works
    with Adam, which undoes the scale.
    """
    x, y = digits()
    return compiled(mlp(64, (32, 10)), SPARSE, sgd(0.1, clipnorm=1.0 if cured else 1e-4)), x, y


@broken("clipping-too-strong")
@learns(scores.accuracy, 0.6, epochs=8)
def every_gradient_clipped_to_a_millionth(cured):
    """clipvalue works on each entry: github.com/keras-team/keras/issues/510."""
    x, y = digits()
    return compiled(mlp(64, (32, 10)), SPARSE, sgd(0.1, clipvalue=0.5 if cured else 1e-6)), x, y


@broken("learning-rate-too-low")
@learns(scores.accuracy, 0.6)
def loss_divided_by_a_million(cured):
    """A loss scaled down scales the gradient down: with SGD that is a smaller learning rate."""

    def scaled(y_true, y_pred):
        return keras.losses.sparse_categorical_crossentropy(y_true, y_pred) * (1.0 if cured else 1e-6)

    x, y = digits()
    metric = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
    model = compiled(mlp(64, (32, 10)), scaled, sgd(0.1), [metric])
    return model, x, y, {"history": fitted(model, x, y, epochs=5)}


@broken("float16")
@learns(scores.accuracy, 0.5, epochs=4)
def half_precision_throughout(cured):
    """Adam's epsilon of 1e-7 and small squares are 0 in float16: github.com/keras-team/keras/issues/11860."""
    x, y = digits()
    keras.config.set_dtype_policy("mixed_float16" if cured else "float16")
    try:
        model = mlp(64, (32, 10))
    finally:
        keras.config.set_dtype_policy("float32")
    return compiled(model, SPARSE, adam(0.005)), x, y


# --- steps that are too large -------------------------------------------------------------------------------------


@broken("loss-summed", also=("learning-rate-too-high",))
@learns(scores.r2, 0.5, epochs=4, batch_size=128)
def loss_summed_over_the_batch(cured):
    """The sum over a batch makes steps as many times larger: github.com/umbertogriffo/focal-loss-keras/issues/5."""
    x, y = curved()
    loss = keras.losses.MeanSquaredError(reduction="sum_over_batch_size" if cured else "sum")
    return compiled(mlp(6, (32, 1), None), loss, sgd(0.05), ()), x, y


@broken("loss-summed", also=("learning-rate-too-high",))
@learns(scores.r2, 0.5, epochs=6, batch_size=128)
def own_loss_sums(cured):
    """The same in a function: ops.sum where ops.mean is meant."""

    def squares(y_true, y_pred):
        over = ops.mean if cured else ops.sum
        return over(ops.square(y_true - y_pred))

    x, y = curved()
    return compiled(mlp(6, (32, 1), None), squares, sgd(0.05), ()), x, y[:, None]


@broken("learning-rate-too-high")
@learns(scores.r2, 0.5)
def momentum_of_0999(cured):
    """A momentum of 0.999 adds up a thousand steps."""
    x, y = curved()
    model = compiled(mlp(6, (32, 1), None), "mse", sgd(0.1, momentum=0.5 if cured else 0.999), ())
    return model, x, y, {"history": fitted(model, x, y, epochs=5)}


# --- penalties ----------------------------------------------------------------------------------------------------


@broken("regularization-too-strong", also=("loss-at-chance",))
@learns(scores.accuracy, 0.6)
def l2_of_a_tenth(cured):
    """The penalty outweighs the loss, and the weights go to 0: stackoom.com/en/question/4HpqD."""
    x, y = digits()
    penalty = None if cured else keras.regularizers.L2(0.1)
    model = compiled(mlp(64, (36, 10), hidden="sigmoid", kernel_regularizer=penalty), SPARSE, adam(0.01))
    return model, x, y, {"history": fitted(model, x, y, epochs=5)}


@broken("regularization-too-strong", also=("loss-at-chance",))
@learns(scores.accuracy, 0.8, epochs=30)
def l2_of_one_in_every_layer(cured):
    """Few steps at a small rate: the weights are on their way to 0, and the penalty is larger than the loss."""
    x, y = wine()
    penalty = keras.regularizers.L2(1e-3 if cured else 1.0)
    sizes = {32: "relu", 16: "relu", 3: "softmax"}
    dense = [keras.layers.Dense(n, kind, kernel_regularizer=penalty) for n, kind in sizes.items()]
    model = compiled(stack((13,), *dense), SPARSE, adam(0.001))
    return model, x, y, {"history": fitted(model, x, y, epochs=22, batch_size=16)}


@broken("regularization-too-strong", also=("loss-at-chance",))
@learns(scores.accuracy, 0.6)
def activity_penalty_of_ten(cured):
    """An L1 penalty on what the layer gives out: github.com/keras-team/keras/issues/1895 has several of 0.25."""
    x, y = digits()
    penalty = None if cured else keras.regularizers.L1(10.0)
    model = compiled(mlp(64, (32, 10), activity_regularizer=penalty), SPARSE, adam(0.01))
    return model, x, y, {"history": fitted(model, x, y, epochs=5)}


@broken("regularization-too-strong", also=("loss-at-chance",))
@learns(scores.accuracy, 0.6)
def weight_decay_of_thirty(cured):
    """AdamW shrinks each weight by rate × decay at every step; 0.004 is its default."""
    x, y = digits()
    optimizer = keras.optimizers.AdamW(0.01, weight_decay=0.004 if cured else 30.0)
    model = compiled(mlp(64, (32, 10)), SPARSE, optimizer)
    return model, x, y, {"history": fitted(model, x, y, epochs=5)}


# --- too few steps ------------------------------------------------------------------------------------------------


@broken("too-few-steps", also=("loss-at-chance",))
@learns(scores.accuracy, 0.6)
def whole_data_set_in_one_batch(cured):
    """Five epochs of one batch are five steps."""
    x, y = digits()
    model = compiled(mlp(64, (32, 10)), SPARSE)
    return model, x, y, {"history": fitted(model, x, y, epochs=5, batch_size=16 if cured else len(x))}


@broken("too-few-steps")
@learns(scores.accuracy, 0.7)
def one_step_an_epoch(cured):
    """steps_per_epoch=1 was copied from an example."""
    x, y = cancer()
    model = compiled(mlp(30, (16, 1), "sigmoid"), BINARY)
    few = {} if cured else {"steps_per_epoch": 1}
    return model, x, y, {"history": fitted(model, x, y, epochs=5, batch_size=16, **few)}


@broken("too-few-steps")
@learns(scores.accuracy, 0.65)
def gradients_gathered_over_a_hundred_batches(cured):
    """gradient_accumulation_steps=100 and 95 batches: the weights never moved."""
    x, y = two_classes()
    model = mlp(8, (16, 1), "sigmoid")
    compiled(model, BINARY, adam(0.02, gradient_accumulation_steps=2 if cured else 100))
    return model, x, y, {"history": fitted(model, x, y, epochs=5, batch_size=32)}


@broken("learning-rate-too-low")
@learns(scores.accuracy, 0.6)
def learning_rate_of_zero(cured):
    """np.arange(3) / 10 made a grid of rates, and the first is 0."""
    x, y = digits()
    rates = np.arange(3) / 10
    model = compiled(mlp(64, (32, 10)), SPARSE, sgd(float(rates[1 if cured else 0])))
    return model, x, y, {"history": fitted(model, x, y, epochs=5)}
