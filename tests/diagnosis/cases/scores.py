"""How well a trained model does what it is for: higher is better."""

import keras
import numpy as np


def _predict(model, x):
    return keras.ops.convert_to_numpy(model(x, training=False))


def accuracy(model, x, y):
    """Share of right classes, counted by hand; one unit is cut at 0.5."""
    outputs, y = _predict(model, x), np.asarray(y)
    if outputs.shape[-1] == 1:
        return float(np.mean((outputs.reshape(-1) > 0.5) == (y.reshape(-1) > 0.5)))
    labels = y.argmax(axis=-1) if y.shape == outputs.shape else y.reshape(outputs.shape[:-1])
    return float(np.mean(outputs.argmax(axis=-1) == labels))


def logit_accuracy(model, x, y):
    """Share of right classes where the output is cut at 0."""
    return float(np.mean((_predict(model, x).reshape(-1) > 0) == (np.asarray(y).reshape(-1) > 0.5)))


def r2(model, x, y):
    """Share of the variance that is explained, of each output where there are more outputs than targets."""
    outputs, y = _predict(model, x), np.asarray(y, "float64")
    if outputs.size == y.size:
        outputs = outputs.reshape(y.shape)
    elif outputs.ndim > y.ndim:
        y = y.reshape(len(y), *[1] * (outputs.ndim - 1))
    else:
        outputs = outputs.reshape(len(outputs), *[1] * (y.ndim - 1))
    return float(1 - ((y - outputs) ** 2).mean() / y.var())


def all_labels(model, x, y):
    """Share of the samples that get every one of their labels right."""
    return float(np.mean(((_predict(model, x) > 0.5) == (np.asarray(y) > 0.5)).all(axis=-1)))


def overlap(model, x, y):
    """Intersection over union of the masks."""
    found, true = _predict(model, x) > 0.5, np.asarray(y) > 0.5
    return float((found & true).sum() / max(1, (found | true).sum()))


def right_probabilities(model, x, y):
    """Share of the samples whose output is a probability, and on the right side of 0.5."""
    outputs = _predict(model, x).reshape(-1)
    right = (outputs > 0.5) == (np.asarray(y).reshape(-1) > 0.5)
    return float(np.mean(right & (outputs >= 0) & (outputs <= 1)))


def recall(model, x, y):
    """Share of the positives that are found."""
    found, true = _predict(model, x) > 0.5, np.asarray(y) > 0.5
    return float((found & true).sum() / max(1, true.sum()))


def honesty(model, x, y):
    """Minus the distance between the accuracy that Keras reports and the accuracy counted by hand."""
    reported = model.evaluate(x, y, verbose=0, return_dict=True)
    shown = next(value for name, value in reported.items() if name not in ("loss",))
    return -abs(float(shown) - accuracy(model, x, y))


def reported(model, x, y):
    """The score that Keras reports."""
    return next(v for k, v in model.evaluate(x, y, verbose=0, return_dict=True).items() if k != "loss")


def honesty_of_logits(model, x, y):
    """As `honesty`, for one linear output."""
    reported = model.evaluate(x, y, verbose=0, return_dict=True)
    shown = next(value for name, value in reported.items() if name not in ("loss",))
    return -abs(float(shown) - logit_accuracy(model, x, y))


def one_at_a_time(model, x, y):
    """Accuracy where each sample is predicted alone."""
    return float(np.mean([_predict(model, x[i : i + 1]).argmax() == y[i] for i in range(60)]))


def finite(model, x, y):
    """1 where outputs and loss are finite, else 0."""
    loss = model.evaluate(x, y, verbose=0, return_dict=True)["loss"]
    return float(np.isfinite(loss) and np.isfinite(_predict(model, x)).all())


def negative_loss(model, x, y):
    return -float(model.evaluate(x, y, verbose=0, return_dict=True)["loss"])


def skill(model, x, y):
    """Share of the error of the last value that the forecast takes away."""
    forecast = _predict(model, x).reshape(-1)
    return float(1 - ((y - forecast) ** 2).mean() / ((y - x[:, -1, 0]) ** 2).mean())
