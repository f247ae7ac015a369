# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Exercises of lesson 09: an MLP for colour images."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_score, recall_score
from sklearn.neural_network import MLPClassifier

from .exercise import Choice, Exercise, Function, Mistake, Number, Product, Sheet
from .networks import answers_of, layers_of, reaching, reaching_weights, split_digits, the_model, weights_of
from .running import SECONDS_TO_TRAIN, Wrong

BUILD = "build, count, compile, train and save"
LOSS = "choose loss, optimizer and metrics"
FREEZE = "freeze layers"
READ = "read predictions, and a confusion matrix"
NEIGHBOURS = "prove that an MLP does not know"


def exercises(seed: int = 0) -> Sheet:
    """The exercises of lesson 09.

    Parameters
    ----------
    seed : int
        Chooses the numbers of the tasks that are computed by hand.

    Returns
    -------
    Sheet
        Call its `check` with the name of an exercise and your answer.

    Examples
    --------
    >>> exercises(seed=0).check("losses", ("b", "c", "s", "m"))
    ✗ losses: B and C are exchanged: the sparse form takes class numbers, the other one takes
    one-hot lists.
    """
    return Sheet("09", EXERCISES, seed=seed)


# --- by hand ---------------------------------------------------------------------------------------------


def _draw_network(rng: np.random.Generator) -> Mapping[str, Any]:
    return {
        "side": int(rng.choice([8, 10, 20])),
        "first": int(rng.choice([10, 20, 50])),
        "second": int(rng.choice([8, 12, 15])),
        "classes": int(rng.choice([3, 4, 5])),
    }


def _array_by_array(side: int, first: int, second: int, classes: int) -> tuple[int, int]:
    """All parameters, and those that are not in the first layer, counted from arrays of these shapes."""
    widths = [np.zeros((side, side, 3)).size, first, second, classes]
    layers = [np.zeros((n, units)).size + np.zeros(units).size for n, units in pairwise(widths)]
    return sum(layers), sum(layers[1:])


def _counted(widths: Sequence[int], *, bias: int = 1) -> tuple[int, int]:
    layers = [(n + bias) * units for n, units in pairwise(widths)]
    return sum(layers), sum(layers[1:])


PARAMETERS = Number(
    name="parameters",
    kind="by hand",
    objectives=(BUILD, FREEZE),
    points=4,
    rtol=0,
    task="Colour images of {side} × {side} pixels; Flatten; Dense layers of {first}, {second} and {classes} units.",
    hints=(
        "How many numbers does `Flatten` make of one image? Each pixel has three.",
        "A `Dense` layer has (inputs + 1) · units parameters.",
        "A frozen layer computes as before. Its parameters are counted, and they are not trainable.",
    ),
    draw=_draw_network,
    right=_array_by_array,
    mistakes=(
        Mistake(
            sentence="You counted one number per pixel. A colour image has three: red, green and blue.",
            answer=lambda side, first, second, classes: _counted((side**2, first, second, classes)),
        ),
        Mistake(
            sentence="The biases are missing: each unit has one, beside its weights.",
            answer=lambda side, first, second, classes: _counted((3 * side**2, first, second, classes), bias=0),
        ),
        Mistake(
            sentence="The first number is right. The frozen layer's parameters are not trainable: take them off.",
            answer=lambda side, first, second, classes: 2 * (_array_by_array(side, first, second, classes)[0],),
        ),
        Mistake(
            sentence="The first number is right. You froze the weights of the first layer and left its biases "
            "trainable: `trainable = False` holds for all that the layer has.",
            answer=lambda side, first, second, classes: (
                _array_by_array(side, first, second, classes)[0],
                _array_by_array(side, first, second, classes)[1] + first,
            ),
        ),
        Mistake(
            sentence="The first number is right. The second is what the frozen layer has, and asked for are the "
            "parameters that training may change.",
            answer=lambda side, first, second, classes: (
                _array_by_array(side, first, second, classes)[0],
                (3 * side**2 + 1) * first,
            ),
        ),
        Mistake(
            sentence="A frozen layer is still there: it is counted in the first number.",
            answer=lambda side, first, second, classes: 2 * (_array_by_array(side, first, second, classes)[1],),
        ),
        Mistake(
            sentence="The first number is right. Only the first `Dense` layer is frozen: training still changes the "
            "second one, too.",
            answer=lambda side, first, second, classes: (
                _array_by_array(side, first, second, classes)[0],
                (second + 1) * classes,
            ),
        ),
        Mistake(
            sentence="You counted one bias per layer. Each unit has one of its own.",
            answer=lambda side, first, second, classes: (
                _counted((3 * side**2, first, second, classes), bias=0)[0] + 3,
                _counted((first, second, classes), bias=0)[0] + 2,
            ),
        ),
        Mistake(
            sentence="The lesson's images give 3,072 inputs. These images have another size.",
            answer=lambda side, first, second, classes: _counted((3072, first, second, classes)),
        ),
        Mistake(
            sentence="The two are exchanged: first all parameters, then those that training can still change.",
            answer=lambda side, first, second, classes: _array_by_array(side, first, second, classes)[::-1],
        ),
    ),
)

# --- predict ---------------------------------------------------------------------------------------------

LOSSES = Choice(
    name="losses",
    kind="predict",
    objectives=(LOSS,),
    points=2,
    hints=("How many outputs are there? And what does a target look like: one number, or a list?",),
    right="bscm",
    because="The outputs and the form of a target decide.",
    mistakes=(
        Mistake(
            sentence="B and C are exchanged: the sparse form takes class numbers, the other one takes one-hot lists.",
            answer="bcsm",
        ),
        Mistake(
            sentence="The sparse form needs one output per class, and A has a single output: binary cross-entropy.",
            answer="sscm",
        ),
        Mistake(
            sentence="B has class numbers. `categorical_crossentropy` wants a list as long as the outputs and stops "
            "with an error about shapes.",
            answer="bccm",
        ),
        Mistake(
            sentence="The target of D is a price, not a share between 0 and 1: squared error.",
            answer="bscb",
        ),
        Mistake(
            sentence="With squared error a sigmoid that is wrong and sure has nearly no gradient (lesson 05): A takes "
            "binary cross-entropy.",
            answer="mscm",
        ),
        Mistake(
            sentence="The targets of C are lists. `sparse_categorical_crossentropy` wants one class number per sample.",
            answer="bssm",
        ),
        Mistake(
            sentence="A has a single output. Categorical cross-entropy compares one output per class.",
            answer="cscm",
        ),
    ),
)

WATCHING = Choice(
    name="what steers",
    kind="predict",
    objectives=(LOSS,),
    points=2,
    hints=("Which of these four changes another gradient, or how far or how often a step is made?",),
    right="a",
    because="Metrics only watch.",
    mistakes=(
        Mistake(
            sentence="Each step then follows the mean gradient of other images, and an epoch has half as many steps.",
            answer="b",
        ),
        Mistake(
            sentence="The loss is what steers: another loss has another gradient.",
            answer="c",
        ),
        Mistake(
            sentence="Then the first layer gets inputs twice as large, and its weighted sums and gradients change.",
            answer="d",
        ),
    ),
)

# --- by code: reading predictions ------------------------------------------------------------------------


def _probabilities(seed: int, n: int, classes: int, never: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Random rows of probabilities; the class `never` is never the most probable one."""
    rng = np.random.default_rng(seed)
    table = rng.uniform(0.1, 1, (n, classes))
    if never is not None:
        table[:, never] /= 20
    labels = rng.permutation(np.arange(n) % classes)
    table[np.arange(0, n, 2), labels[::2]] *= 3
    return table / table.sum(axis=1, keepdims=True), labels


def _of_sklearn(probabilities: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    said, numbers = probabilities.argmax(axis=1), list(range(probabilities.shape[1]))
    options: dict[str, Any] = {"labels": numbers, "average": None, "zero_division": 0}
    return recall_score(labels, said, **options), precision_score(labels, said, **options)


def _by_tables(
    divide: Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]],
    *,
    says: Callable[[np.ndarray], np.ndarray] = lambda p: np.eye(p.shape[1])[p.argmax(axis=1)],
) -> Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """A mistake, from what is right per class, and from how often a class is true and is the answer."""

    def answer(probabilities: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        truth, said = np.eye(probabilities.shape[1])[labels], says(probabilities)
        return divide((truth * said).sum(axis=0), truth.sum(axis=0), said.sum(axis=0))

    return answer


def _share(hits: np.ndarray, true: np.ndarray, said: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return hits / true, hits / np.maximum(said, 1e-9)


BY_CLASS = Function(
    name="by class",
    kind="by code",
    objectives=(READ,),
    points=4,
    hints=(
        "First the answers: the most probable class of each row, `probabilities.argmax(axis=1)`.",
        "For class k, `(answers == k) & (labels == k)` marks the hits. Divide their number by how often k is true, "
        "and by how often k is the answer.",
        "Where a class is never the answer, divide by 1 instead of 0: `max(…, 1)`.",
    ),
    right=_of_sklearn,
    cases=(_probabilities(0, 12, 3, never=2), _probabilities(1, 20, 4)),
    mistakes=(
        Mistake(
            sentence="The two are exchanged: recall divides by how often a class is *true*, precision by how often it "
            "is the *answer*.",
            answer=_by_tables(lambda hits, true, said: _share(hits, true, said)[::-1]),
        ),
        Mistake(
            sentence="Where a class is never the answer, you divide 0 by 0, and NaN comes out. The task asks for 0 "
            "there.",
            answer=_by_tables(lambda hits, true, said: (hits / true, hits / said)),
        ),
        Mistake(
            sentence="You divide by all samples. Recall looks at the samples of one class, precision at the answers "
            "of one class.",
            answer=_by_tables(lambda hits, true, said: (hits / true.sum(), hits / true.sum())),
        ),
        Mistake(
            sentence="You take a probability above ½ for an answer. With several classes the most probable one may "
            "have less: `argmax`.",
            answer=_by_tables(_share, says=lambda p: (p > 0.5).astype(float)),
        ),
        Mistake(
            sentence="You added probabilities. Count answers: the most probable class of a row is its answer, however "
            "sure the model is.",
            answer=_by_tables(_share, says=lambda p: p),
        ),
        Mistake(
            sentence="These are per cent. Give shares, numbers from 0 to 1.",
            answer=lambda probabilities, labels: tuple(100 * array for array in _of_sklearn(probabilities, labels)),
        ),
        Mistake(
            sentence="That is the accuracy, the same number for all classes. Recall and precision belong to one class "
            "each.",
            answer=_by_tables(lambda hits, true, said: 2 * (np.full(len(true), hits.sum() / true.sum()),)),
        ),
        Mistake(
            sentence="You took the mean over the classes. Asked for is one number for each class.",
            answer=lambda probabilities, labels: tuple(array.mean() for array in _of_sklearn(probabilities, labels)),
        ),
        Mistake(
            sentence="The recall is right. The precision divides by how often the class is the *answer*.",
            answer=_by_tables(lambda hits, true, said: 2 * (hits / true,)),
        ),
    ),
)

# --- by code: mixed-up pixels ----------------------------------------------------------------------------


def _from_unit_images(kernel: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Where each input goes is read off images that are black but for one number."""
    inputs = len(kernel)
    moved = np.eye(inputs).reshape(inputs, len(order), 3)[:, order].reshape(inputs, inputs)
    return np.asarray(moved.T @ kernel)


def _mixed(kernel: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return kernel[rows]


def _of_pixels(order: np.ndarray) -> np.ndarray:
    return np.asarray((3 * order[:, np.newaxis] + np.arange(3)).ravel())


MIXED = Function(
    name="mixed-up kernel",
    kind="by code",
    objectives=(NEIGHBOURS,),
    points=4,
    hints=(
        "A row of the kernel holds the weights of one input. When an input moves to another place, its row goes there.",
        "`kernel.reshape(len(order), 3, -1)` has one entry per pixel: its three rows. Mix these entries up.",
        "The images are mixed by `[:, order]` over the pixels. Which index mixes the pixels of the kernel in the same "
        "way? At the end bring it back to its old shape.",
    ),
    right=_from_unit_images,
    cases=(
        (np.random.default_rng(0).normal(size=(15, 2)).round(2), np.array([2, 0, 3, 4, 1])),
        (np.random.default_rng(1).normal(size=(9, 4)).round(2), np.array([1, 2, 0])),
    ),
    mistakes=(
        Mistake(
            sentence="You mixed in the opposite direction. New pixel i is old pixel order[i]: its rows are the old "
            "rows of pixel order[i].",
            answer=lambda kernel, order: _mixed(kernel, _of_pixels(np.argsort(order))),
        ),
        Mistake(
            sentence="The kernel is as it was. Then each weight meets the number of another pixel.",
            answer=lambda kernel, order: kernel.copy(),
        ),
        Mistake(
            sentence="The kernel has three rows per pixel, one per colour, and you took one.",
            answer=lambda kernel, order: _mixed(kernel, order),
        ),
        Mistake(
            sentence="You took the rows as if all reds came first, then all greens. The three colours of a pixel stand "
            "side by side.",
            answer=lambda kernel, order: _mixed(kernel, np.concatenate([order + n * len(order) for n in range(3)])),
        ),
        Mistake(
            sentence="Pixel k has the rows 3k, 3k + 1 and 3k + 2. You took the row k three times.",
            answer=lambda kernel, order: _mixed(kernel, np.repeat(order, 3)),
        ),
        Mistake(
            sentence="You took the right rows, and put those of all reds first. The three of a pixel stay together.",
            answer=lambda kernel, order: _mixed(kernel, np.concatenate([3 * order + n for n in range(3)])),
        ),
        Mistake(
            sentence="Pixel k has the rows 3k, 3k + 1 and 3k + 2. You took the row 3k three times.",
            answer=lambda kernel, order: _mixed(kernel, np.repeat(3 * order, 3)),
        ),
        Mistake(
            sentence="The order is right, and the kernel still has three axes. Bring it back to its old shape.",
            answer=lambda kernel, order: kernel.reshape(len(order), 3, -1)[order],
        ),
        Mistake(
            sentence="You mixed the *units*. The inputs are the rows of the kernel, the units its columns.",
            answer=lambda kernel, order: kernel[:, order % kernel.shape[1]],
        ),
    ),
)

# --- repair ----------------------------------------------------------------------------------------------


@functools.cache
def _colours() -> tuple[np.ndarray, ...]:
    x_train, y_train, x_test, y_test = split_digits(seed=4, scale=1 / 16)
    rng = np.random.default_rng(0)
    images = []
    for ink in (x_train, x_test):
        paper, pen = rng.uniform(0, 0.4, (len(ink), 1, 1, 3)), rng.uniform(0.5, 1, (len(ink), 1, 1, 3))
        images.append((255 * (paper + (pen - paper) * ink.reshape(-1, 8, 8, 1))).astype("uint8"))
    return images[0], y_train, images[1], y_test


def colour_digits() -> tuple[np.ndarray, ...]:
    """Small digits, each in a light colour on a dark one, numbers from 0 to 255: 1,000 to train, 797 to test.

    Examples
    --------
    >>> x_train, y_train, x_test, y_test = colour_digits()
    >>> x_train.shape, x_train.dtype, y_test.shape
    ((1000, 8, 8, 3), dtype('uint8'), (797,))
    """
    return tuple(array.copy() for array in _colours())


def _flat(images: np.ndarray) -> np.ndarray:
    return np.asarray(images.reshape(len(images), -1) / 255)


@functools.cache
def _fitted(steps: int) -> MLPClassifier:
    x, y, _, _ = _colours()
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):  # it stops early on purpose
        return MLPClassifier((32,), alpha=1, solver="lbfgs", random_state=1, max_iter=steps).fit(_flat(x), y)


def _network(classes: int, *, rescale: bool = True, activation: str = "relu") -> Any:
    import keras

    scale = [keras.layers.Rescaling(1 / 255)] if rescale else []
    hidden, output = keras.layers.Dense(32, activation), keras.layers.Dense(classes, "softmax")
    return keras.Sequential([keras.Input((8, 8, 3)), *scale, keras.layers.Flatten(), hidden, output])


def _reader(kind: str) -> Any:
    """A Keras network with the weights of scikit-learn's, or with a fault."""
    model = _network(10, rescale=kind != "outside")
    kernel, *rest = weights_of(_fitted(2 if kind == "short" else 100))
    if kind != "raw":
        model.set_weights([255 * kernel if kind == "twice" else kernel, *rest])
    else:
        model = _network(10, rescale=False)
    return model


def _as_probabilities(answers: np.ndarray) -> np.ndarray:
    """What a model without a softmax at its end gives are logits: some are negative."""
    if answers.min() >= 0:
        return answers
    powers = np.exp(answers - answers.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _read(results: list[Any]) -> dict[str, Any]:
    """Accuracy on images as they come; the loss on them, and on images that are divided by 255 beforehand."""
    model = the_model(results)
    _, _, x, y = _colours()
    raw, small = (_as_probabilities(answers_of(model, images.astype("float32"), 10)) for images in (x, x / 255))
    loss_raw, loss_small = (-np.log(answers[np.arange(len(y)), y] + 1e-9).mean() for answers in (raw, small))
    return {
        "scaled": bool(np.abs(reaching_weights(model, x.astype("float32"))).max() < 100),
        "accuracy": float(np.mean(raw.argmax(axis=1) == y)),
        # ln 10 is 2.30: it has learnt something there. A model that scales each image by itself reads both alike.
        "for small": bool(loss_small < min(loss_raw / 2, 2.25)),
    }


CURE = Product(
    name="cure",
    kind="repair",
    objectives=(BUILD,),
    points=4,
    hints=(
        "Print the largest number of `x_small`, and look at the layers of the network. How large are the numbers that "
        "the first `Dense` layer gets?",
        "The pixels are divided by 255 by hand, and once more by the model. One of them is enough, and the model's "
        "cannot be forgotten.",
    ),
    right=lambda x_train, y_train: _reader("right"),
    cases=(_colours()[:2],),
    seconds=SECONDS_TO_TRAIN,
    measure=_read,
    mistakes=(
        Mistake(
            sentence="The images are still scaled twice: the model does it, and you did it before. It now reads only "
            "images that somebody has divided by 255.",
            answer=lambda x_train, y_train: _reader("twice"),
            fails=lambda m: m["scaled"] and m["for small"],
        ),
        Mistake(
            sentence="The model reads images that are divided by 255 by hand, and not the images as they come: whoever "
            "uses it has to know that. Scale inside the model.",
            answer=lambda x_train, y_train: _reader("outside"),
            fails=lambda m: not m["scaled"] and m["for small"],
        ),
        Mistake(
            sentence="Now nobody scales: the first `Dense` layer gets numbers up to 255.",
            answer=lambda x_train, y_train: _reader("raw"),
            fails=lambda m: not m["scaled"] and m["accuracy"] < 0.85,
        ),
        Mistake(
            sentence="Fewer than 85 % of the test images are right, taken as they come. If the numbers that reach the "
            "first `Dense` layer are about 1: train longer, or with another rate.",
            answer=lambda x_train, y_train: _reader("short"),
            fails=lambda m: m["accuracy"] < 0.85,
        ),
    ),
)

# --- transfer --------------------------------------------------------------------------------------------


def learnt() -> tuple[np.ndarray, np.ndarray]:
    """Kernel, shape (192, 32), and bias of the hidden layer of a network that reads coloured digits.

    Examples
    --------
    >>> kernel, bias = learnt()
    >>> kernel.shape, bias.shape
    ((192, 32), (32,))
    """
    kernel, bias, *_ = weights_of(_fitted(100))
    return kernel.copy(), bias.copy()


def loops() -> tuple[np.ndarray, ...]:
    """Thirty coloured digits to train and 797 to test; label 1: the digit holds a closed loop (0, 6, 8, 9), else 0.

    Examples
    --------
    >>> x_train, y_train, x_test, y_test = loops()
    >>> x_train.shape, y_train[:5]
    ((30, 8, 8, 3), array([1, 0, 1, 0, 0]))
    """
    x_train, y_train, x_test, y_test = colour_digits()
    few, test = (np.isin(labels, [0, 6, 8, 9]).astype(int) for labels in (y_train[:30], y_test))
    return x_train[:30], few, x_test, test


def _taken_over(kind: str) -> Any:
    """A network for the closed loop on top of the learnt layer, or with a fault."""
    (kernel, bias), (x, y, _, _) = learnt(), loops()
    model = _network(2, rescale=kind != "raw", activation="linear" if kind == "straight" else "relu")
    linear = LogisticRegression(C=1, max_iter=1000).fit(np.maximum(0, _flat(x) @ kernel + bias), y)
    output = [np.hstack([0 * linear.coef_.T, linear.coef_.T]), np.array([0, linear.intercept_[0]])]
    own = {"new": model.get_weights()[:2], "moved": [kernel + 0.01 * np.sign(kernel), bias]}
    own["no bias"] = [kernel, 0 * bias]
    model.set_weights([*own.get(kind, [kernel, bias]), *output])
    if kind == "untrained":
        model.layers[-1].set_weights([output[0][:, ::-1], output[1][::-1]])
    model.layers[-2].trainable = kind == "moved"
    model.layers[-1].trainable = kind != "all frozen"
    return model


def _of_loops(results: list[Any]) -> dict[str, Any]:
    model, (kernel, bias), (_, _, x, y) = the_model(results), learnt(), loops()
    images = x.astype("float32")
    answers = answers_of(model, images, 2)
    dense = [layer for layer in layers_of(model) if type(layer).__name__ == "Dense"]
    if not dense or dense[0].get_weights()[0].shape != kernel.shape:
        raise Wrong("The first Dense layer has to be the learnt one: 192 inputs and 32 units.")
    if len(dense) < 2:
        raise Wrong("The learnt layer is your only Dense layer. The output layer is one as well.")
    own, *own_bias = dense[0].get_weights()
    to_learnt, to_next, *_ = reaching(dense[:2], model, images)
    handed_on = np.maximum(0, _flat(x) @ kernel + bias)
    return {
        "like": float(np.corrcoef(own.ravel(), kernel.ravel())[0, 1]),
        "same": np.allclose(own, kernel, atol=1e-6),
        "bias": bool(own_bias) and np.allclose(own_bias[0], bias, atol=1e-6),
        "scaled": np.allclose(to_learnt, _flat(x), atol=1e-3),
        "handed on": np.allclose(to_next, handed_on, atol=1e-2),
        "trainable": len(model.trainable_weights),
        "accuracy": float(np.mean(answers.argmax(axis=1) == y)),
    }


FROZEN = Product(
    name="frozen layer",
    kind="transfer",
    objectives=(FREEZE, BUILD),
    points=4,
    hints=(
        "Build the model with `mlp((8, 8, 3), (32,), 2, rescale=1 / 255)`. Its layers are Rescaling, Flatten and two "
        "Dense layers.",
        "`model.layers[2].set_weights([kernel, bias])` puts the learnt numbers in.",
        "Set `model.layers[2].trainable = False`, compile after that, and train. With 30 images an epoch is one or a "
        "few steps, so many epochs are needed. For many short epochs `fit` of `nnlib` is faster than `model.fit`.",
    ),
    right=lambda kernel, bias, x_train, y_train: _taken_over("right"),
    cases=((*learnt(), *loops()[:2]),),
    seconds=2 * SECONDS_TO_TRAIN,  # hundreds of short epochs, perhaps with `model.fit`
    measure=_of_loops,
    mistakes=(
        Mistake(
            sentence="The hidden layer has begun with the learnt weights, and training has changed them. Freeze it "
            "before you compile.",
            answer=lambda kernel, bias, x_train, y_train: _taken_over("moved"),
            fails=lambda m: not m["same"] and m["like"] > 0.3,
        ),
        Mistake(
            sentence="The hidden layer has random weights: the learnt ones were not put in.",
            answer=lambda kernel, bias, x_train, y_train: _taken_over("new"),
            fails=lambda m: not m["same"],
        ),
        Mistake(
            sentence="The learnt bias is missing: the hidden layer has the learnt kernel, and not the bias that goes "
            "with it.",
            answer=lambda kernel, bias, x_train, y_train: _taken_over("no bias"),
            fails=lambda m: not m["bias"],
        ),
        Mistake(
            sentence="Everything is frozen, also the output layer, which has to learn the new question.",
            answer=lambda kernel, bias, x_train, y_train: _taken_over("all frozen"),
            fails=lambda m: m["trainable"] == 0,
        ),
        Mistake(
            sentence="The learnt layer wants pixels divided by 255. In your model other numbers reach it when the "
            "images come as they are.",
            answer=lambda kernel, bias, x_train, y_train: _taken_over("raw"),
            fails=lambda m: not m["scaled"],
        ),
        Mistake(
            sentence="The weights are the learnt ones, and the output layer does not get what 32 ReLU units make of "
            "them. Look at the activation of the hidden layer.",
            answer=lambda kernel, bias, x_train, y_train: _taken_over("straight"),
            fails=lambda m: not m["handed on"],
        ),
        Mistake(
            sentence="The hidden layer is the learnt one, and fewer than 75 % of the test images are right: has the "
            "output layer been trained for long enough?",
            answer=lambda kernel, bias, x_train, y_train: _taken_over("untrained"),
            fails=lambda m: m["accuracy"] < 0.75,
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (PARAMETERS, LOSSES, WATCHING, BY_CLASS, MIXED, CURE, FROZEN)
