# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Exercises of lesson 08: a network that reads handwritten digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from .comparing import numbers
from .exercise import Choice, Exercise, Function, Mistake, Number, Product, Sheet
from .networks import split_digits
from .running import Wrong

PREPARE = "turn grey images and labels into inputs and targets"
COMPARE = "compare models under equal conditions"
EXPLAIN = "test an explanation"
HIDDEN = "show what hidden layers hand on"
MATRIX = "read a confusion matrix"


def exercises(seed: int = 0) -> Sheet:
    """The exercises of lesson 08.

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
    >>> exercises(seed=0).check("fair comparison", "a")
    ✗ fair comparison: The rate 0.001 suits B and is too small for A. Each model needs the
    rate that is best for it.
    """
    return Sheet("08", EXERCISES, seed=seed)


# --- by hand: a confusion matrix -------------------------------------------------------------------------


def _draw_matrix(rng: np.random.Generator) -> Mapping[str, Any]:
    rows = rng.integers(1, 15, (3, 3))
    rows[np.arange(3), np.arange(3)] = rng.integers(25, 60, 3)
    return dict(zip(("threes", "fives", "eights"), rows.tolist(), strict=True))


def _by_counting(threes: list[int], fives: list[int], eights: list[int]) -> tuple[float, float]:
    """Recall and precision of the 5, counted from one pair (true digit, answer) per image."""
    rows = zip((3, 5, 8), (threes, fives, eights), strict=True)
    pairs = [(t, said) for t, row in rows for said, n in zip((3, 5, 8), row, strict=True) for _ in range(n)]
    of_fives = [said == 5 for true, said in pairs if true == 5]
    of_answers = [true == 5 for true, said in pairs if said == 5]
    return sum(of_fives) / len(of_fives), sum(of_answers) / len(of_answers)


def _from_sums(use: Callable[[float, float, float, float], tuple[float, float]]) -> Callable[..., tuple[float, float]]:
    """A mistake, from the number on the diagonal, the sums of row and column, and the sum of the whole table."""

    def answer(threes: list[int], fives: list[int], eights: list[int]) -> tuple[float, float]:
        table = np.array([threes, fives, eights], float)
        return use(table[1, 1], table[1].sum(), table[:, 1].sum(), table.sum())

    return answer


RECALL = Number(
    name="recall and precision",
    kind="by hand",
    objectives=(MATRIX,),
    points=4,
    task="Rows are the true digits, columns the answers 3, 5, 8 in this order. "
    "True 3: {threes}. True 5: {fives}. True 8: {eights}.",
    hints=(
        "Recall asks: of all true fives, which share was found? In which row or column are all true fives?",
        "Precision asks: of all answers “5”, which share was right? In which row or column are all these answers?",
        "Both have the same number above: the middle of the table.",
    ),
    draw=_draw_matrix,
    right=_by_counting,
    mistakes=(
        Mistake(
            sentence="The two are exchanged: recall reads the row of the true fives, precision the column of the "
            "answers “5”.",
            answer=_from_sums(lambda hits, row, column, total: (hits / column, hits / row)),
        ),
        Mistake(
            sentence="You divide by the mistakes only. All true fives, and all answers “5”, count: the number on the "
            "diagonal belongs to both sums.",
            answer=_from_sums(lambda hits, row, column, total: (hits / (row - hits), hits / (column - hits))),
        ),
        Mistake(
            sentence="You divide by all images. Recall looks at the true fives only, precision at the answers “5” "
            "only.",
            answer=_from_sums(lambda hits, row, column, total: (hits / total, hits / total)),
        ),
        Mistake(
            sentence="These are the shares that are *wrong*. Recall and precision are shares that are right.",
            answer=_from_sums(lambda hits, row, column, total: (1 - hits / row, 1 - hits / column)),
        ),
        Mistake(
            sentence="That is the 3, the first row and the first column. Asked for is the 5.",
            answer=lambda threes, fives, eights: (
                threes[0] / sum(threes),
                threes[0] / (threes[0] + fives[0] + eights[0]),
            ),
        ),
        Mistake(
            sentence="The recall is right. The precision has another sum below it: that of the column.",
            answer=_from_sums(lambda hits, row, column, total: (hits / row, hits / row)),
        ),
        Mistake(
            sentence="That is the accuracy: all images that are read right. Recall and precision belong to one digit, "
            "the 5.",
            answer=lambda threes, fives, eights: (
                2 * ((threes[0] + fives[1] + eights[2]) / sum(threes + fives + eights),)
            ),
        ),
        Mistake(
            sentence="These are per cent. Give shares, numbers from 0 to 1.",
            answer=_from_sums(lambda hits, row, column, total: (100 * hits / row, 100 * hits / column)),
        ),
        Mistake(
            sentence="That is how many fives were found. For a share, divide: once by the sum of the row, once by the "
            "sum of the column.",
            answer=_from_sums(lambda hits, row, column, total: (hits, hits)),
        ),
    ),
)

# --- by hand: a difference -------------------------------------------------------------------------------


def _draw_models(rng: np.random.Generator) -> Mapping[str, Any]:
    both = int(rng.choice([830, 880, 910]))
    return {"both": both, "only_a": int(rng.choice([8, 16, 18])), "only_b": int(rng.choice([28, 33, 48])), "n": 1000}


def _by_gains(both: int, only_a: int, only_b: int, n: int) -> tuple[float, float]:
    """One number per image: 1 where only B is right, −1 where only A is."""
    gains = np.repeat([1.0, -1.0, 0.0, 0.0], [only_b, only_a, both, n - both - only_a - only_b])
    return float(gains.mean()), float(np.linalg.norm(gains) / n)


def _independent(both: int, only_a: int, only_b: int, n: int) -> tuple[float, float]:
    shares = np.array([both + only_a, both + only_b]) / n
    return (only_b - only_a) / n, float(np.sqrt(np.sum(shares * (1 - shares)) / n))


DIFFERENCE = Number(
    name="difference",
    kind="by hand",
    objectives=(COMPARE,),
    points=4,
    task="{n} test images. Both models are right on {both} of them, only A on {only_a}, only B on {only_b}.",
    hints=(
        "Images on which both are right, or both are wrong, say nothing about the difference.",
        "The standard error is √(number where only A is right + number where only B is right) / n.",
    ),
    draw=_draw_models,
    rtol=0.015,  # four decimals, and √((b + c) / n − d²) / √n, the error without the lesson's short cut, are right too
    right=_by_gains,
    mistakes=(
        Mistake(
            sentence="The error is that of two *independent* test sets. Both models answered the same images, so only "
            "the images count on which they disagree.",
            answer=_independent,
        ),
        Mistake(
            sentence="The square root is missing in the standard error.",
            answer=lambda both, only_a, only_b, n: ((only_b - only_a) / n, (only_b + only_a) / n),
        ),
        Mistake(
            sentence="You took the root of n as well. The root is taken of the images with different answers; then "
            "divide by n.",
            answer=lambda both, only_a, only_b, n: ((only_b - only_a) / n, np.sqrt((only_b + only_a) / n)),
        ),
        Mistake(
            sentence="Under the root stand *all* images on which only one model is right. You took one number minus "
            "the other.",
            answer=lambda both, only_a, only_b, n: ((only_b - only_a) / n, np.sqrt(only_b - only_a) / n),
        ),
        Mistake(
            sentence="These are numbers of images. Accuracies are shares: divide by n.",
            answer=lambda both, only_a, only_b, n: (only_b - only_a, np.sqrt(only_b + only_a)),
        ),
        Mistake(
            sentence="The sign is turned round: asked for is B minus A.",
            answer=lambda both, only_a, only_b, n: ((only_a - only_b) / n, np.sqrt(only_b + only_a) / n),
        ),
        Mistake(
            sentence="These are per cent. Give shares, numbers from 0 to 1.",
            answer=lambda both, only_a, only_b, n: (
                100 * (only_b - only_a) / n,
                100 * np.sqrt(only_b + only_a) / n,
            ),
        ),
        Mistake(
            sentence="That is the standard error of B's accuracy alone. The difference has one of its own: only the "
            "images count on which the two models disagree.",
            answer=lambda both, only_a, only_b, n: (
                (only_b - only_a) / n,
                np.sqrt((both + only_b) * (n - both - only_b) / n) / n,
            ),
        ),
        Mistake(
            sentence="The error is right. For the difference take off the images on which only A is right.",
            answer=lambda both, only_a, only_b, n: (only_b / n, np.sqrt(only_b + only_a) / n),
        ),
    ),
)

# --- by code: inputs and targets -------------------------------------------------------------------------


def _pixel_by_pixel(images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and one-hot targets with plain loops."""
    inputs = [[float(pixel) / 255 for row in image for pixel in row] for image in images]
    targets = [[1.0 if place == label else 0.0 for place in range(10)] for label in labels]
    return np.array(inputs), np.array(targets)


def _flat(images: np.ndarray) -> np.ndarray:
    return np.asarray(images.reshape(len(images), -1) / 255)


def _one_hot(labels: np.ndarray) -> np.ndarray:
    return np.asarray(np.eye(10)[labels])


def _grey(seed: int, shape: tuple[int, ...], brightest: int, labels: list[int]) -> tuple[np.ndarray, np.ndarray]:
    images = np.random.default_rng(seed).integers(0, brightest + 1, shape).astype("uint8")
    images[0, 0, 0] = brightest
    return images, np.array(labels)


TARGETS = Function(
    name="inputs and targets",
    kind="by code",
    objectives=(PREPARE,),
    points=4,
    hints=(
        "`images.reshape(len(images), -1)` lays the rows of each image end to end.",
        "White is 255, whatever the brightest pixel of these images is.",
        "Row k of `np.eye(10)` is the one-hot list for the label k. An array of labels picks a row for each.",
    ),
    right=_pixel_by_pixel,
    cases=(_grey(0, (4, 3, 2), 200, [5, 0, 7, 5]), _grey(1, (3, 4, 4), 255, [9, 1, 0])),
    mistakes=(
        Mistake(
            sentence="The pixels still go up to 255. Networks learn best from inputs of about 1: divide.",
            answer=lambda images, labels: (255 * _flat(images), _one_hot(labels)),
        ),
        Mistake(
            sentence="`//` divides and drops what follows the point, so only pure white is left. Take `/`.",
            answer=lambda images, labels: (np.floor(_flat(images)), _one_hot(labels)),
        ),
        Mistake(
            sentence="You divide by the brightest pixel of *these* images. Other images would then be scaled in "
            "another way: divide by 255.",
            answer=lambda images, labels: (255 * _flat(images) / images.max(), _one_hot(labels)),
        ),
        Mistake(
            sentence="You divide each image by its own brightest pixel. Dark images would then look like bright ones: "
            "divide by 255.",
            answer=lambda images, labels: (_flat(images) / _flat(images).max(axis=1, keepdims=True), _one_hot(labels)),
        ),
        Mistake(
            sentence="You divide by 256. White is 255, and it has to become 1.",
            answer=lambda images, labels: (255 / 256 * _flat(images), _one_hot(labels)),
        ),
        Mistake(
            sentence="Your pixels go from −1 to 1. Asked for are numbers from 0 (black) to 1 (white).",
            answer=lambda images, labels: (2 * _flat(images) - 1, _one_hot(labels)),
        ),
        Mistake(
            sentence="All images lie end to end in one list. Asked for is one list per image: shape (n, pixels).",
            answer=lambda images, labels: (images.ravel() / 255, _one_hot(labels)),
        ),
        Mistake(
            sentence="The images are still tables. A `Dense` layer wants one list per image: shape (n, pixels).",
            answer=lambda images, labels: (images / 255, _one_hot(labels)),
        ),
        Mistake(
            sentence="You laid the *columns* of each image end to end. Asked for are its rows.",
            answer=lambda images, labels: (_flat(images.transpose(0, 2, 1)), _one_hot(labels)),
        ),
        Mistake(
            sentence="The targets are still class numbers. Asked for is a one-hot list of ten for each label.",
            answer=lambda images, labels: (_flat(images), labels),
        ),
        Mistake(
            sentence="The 1 stands one place too far to the left. Counting starts at 0: the label 0 has its 1 in the "
            "first place.",
            answer=lambda images, labels: (_flat(images), _one_hot(labels - 1)),
        ),
        Mistake(
            sentence="The targets have as many places as the largest label asks for. A network with ten outputs needs "
            "ten, also where a digit does not occur.",
            answer=lambda images, labels: (_flat(images), np.eye(labels.max() + 1)[labels]),
        ),
        Mistake(
            sentence="Each target has a 1 for every label that occurs. Its only 1 stands at the label of its image: "
            "choose row and column together.",
            answer=lambda images, labels: (_flat(images), np.tile(_one_hot(labels).max(axis=0), (len(labels), 1))),
        ),
        Mistake(
            sentence="The two come in the opposite order: asked for are the inputs, then the targets.",
            answer=lambda images, labels: (_one_hot(labels), _flat(images)),
        ),
    ),
)

# --- predict ---------------------------------------------------------------------------------------------

FAIRNESS = Choice(
    name="fair comparison",
    kind="predict",
    objectives=(COMPARE, PREPARE),
    points=2,
    hints=("Which rate would somebody use who wants the best of A? And who wants the best of B?",),
    right="c",
    because="Each model at its own best rate, chosen on validation images; the rest is a matter of the spread.",
    mistakes=(
        Mistake(
            sentence="The rate 0.001 suits B and is too small for A. Each model needs the rate that is best for it.",
            answer="a",
        ),
        Mistake(
            sentence="Nobody would use a bad rate, so how bad it is does not matter. The best rate of each counts.",
            answer="b",
        ),
        Mistake(
            sentence="Then the test part has chosen, and no images are left for an honest score. Validation images "
            "choose.",
            answer="d",
        ),
    ),
)

EXPLANATION = Choice(
    name="explanation",
    kind="predict",
    objectives=(EXPLAIN, COMPARE),
    points=2,
    hints=("Take the cause away, and leave everything else as it is. What would be the same in both networks?",),
    right="b",
    because="Only the suspected cause differs, and each side has its own best rate.",
    mistakes=(
        Mistake(
            sentence="That shows the fact. Whether it is the *cause* shows only a network from which it is taken away.",
            answer="a",
        ),
        Mistake(
            sentence="ReLU changes more than one thing: also the slope, and the range of the outputs. Then nobody "
            "knows which of them helped.",
            answer="c",
        ),
        Mistake(
            sentence="One rate need not suit both. With a rate that was chosen for the sigmoid, the other network may "
            "look worse than it is.",
            answer="d",
        ),
    ),
)

# --- transfer --------------------------------------------------------------------------------------------


def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Small handwritten digits, pixels from 0 to 1: 1,000 to train, 797 to validate.

    Examples
    --------
    >>> x_train, y_train, x_val, y_val = digits()
    >>> x_train.shape, y_val.shape
    ((1000, 64), (797,))
    """
    return split_digits(seed=3, scale=1 / 16)


def _parameters(seed: int, n: int, sizes: list[int]) -> tuple[Any, ...]:
    """Inputs, and the kernels and biases of a network."""
    rng = np.random.default_rng(seed)
    kernels = [rng.normal(size=pair) for pair in pairwise(sizes)]
    return rng.uniform(size=(n, sizes[0])), kernels, [rng.normal(size=width) for width in sizes[1:]]


def _unit_by_unit(x: np.ndarray, kernels: list[np.ndarray], biases: list[np.ndarray]) -> np.ndarray:
    """Outputs of the second hidden layer, one unit of one sample at a time."""
    values = [list(row) for row in x]
    for kernel, bias in zip(kernels[:2], biases[:2], strict=True):
        units = list(zip(kernel.T, bias, strict=True))
        values = [[max(0.0, sum(map(np.multiply, row, w)) + b) for w, b in units] for row in values]
    return np.array(values)


def _forward(x: np.ndarray, kernels: list[np.ndarray], biases: list[np.ndarray], *, hidden: int) -> np.ndarray:
    for kernel, bias in zip(kernels[:hidden], biases[:hidden], strict=True):
        x = np.maximum(0, x @ kernel + bias)
    return x


def _softmax_at_the_end(x: np.ndarray, kernels: list[np.ndarray], biases: list[np.ndarray]) -> np.ndarray:
    logits = _forward(x, kernels, biases, hidden=2) @ kernels[2] + biases[2]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _with_sigmoid(x: np.ndarray, kernels: list[np.ndarray], biases: list[np.ndarray]) -> np.ndarray:
    for kernel, bias in zip(kernels[:2], biases[:2], strict=True):
        x = 1 / (1 + np.exp(-(x @ kernel + bias)))
    return x


HANDED_ON = Function(
    name="handed on",
    kind="transfer",
    objectives=(HIDDEN,),
    points=4,
    hints=(
        "A layer computes x @ kernel + bias, and ReLU sets what is negative to 0. Its output is the next layer's x.",
        "The last kernel and the last bias belong to the output layer. They are not needed.",
    ),
    right=_unit_by_unit,
    cases=(_parameters(0, 5, [4, 6, 3, 2]), _parameters(1, 3, [2, 3, 3, 3])),
    mistakes=(
        Mistake(
            sentence="These are the probabilities of the output layer. Stop one layer before it.",
            answer=_softmax_at_the_end,
        ),
        Mistake(
            sentence="These are the logits of the output layer. Stop one layer before it.",
            answer=lambda x, kernels, biases: _forward(x, kernels, biases, hidden=2) @ kernels[2] + biases[2],
        ),
        Mistake(
            sentence="You sent all three layers through ReLU. The third is the output layer: stop before it.",
            answer=lambda x, kernels, biases: _forward(x, kernels, biases, hidden=3),
        ),
        Mistake(
            sentence="These are the outputs of the *first* hidden layer.",
            answer=lambda x, kernels, biases: _forward(x, kernels, biases, hidden=1),
        ),
        Mistake(
            sentence="The last ReLU is missing: the layer hands on what comes out of its activation.",
            answer=lambda x, kernels, biases: _forward(x, kernels, biases, hidden=1) @ kernels[1] + biases[1],
        ),
        Mistake(
            sentence="ReLU is missing between the layers. Then both hidden layers are one linear map.",
            answer=lambda x, kernels, biases: np.maximum(0, (x @ kernels[0] + biases[0]) @ kernels[1] + biases[1]),
        ),
        Mistake(
            sentence="ReLU is missing in both hidden layers.",
            answer=lambda x, kernels, biases: (x @ kernels[0] + biases[0]) @ kernels[1] + biases[1],
        ),
        Mistake(
            sentence="That is sigmoid. These hidden layers have ReLU: what is negative becomes 0, the rest stays.",
            answer=_with_sigmoid,
        ),
        Mistake(
            sentence="The biases are missing.",
            answer=lambda x, kernels, biases: _forward(x, kernels, [0 * bias for bias in biases], hidden=2),
        ),
    ),
)

# --- repair ----------------------------------------------------------------------------------------------


def sorted_digits() -> tuple[np.ndarray, np.ndarray]:
    """All 1,797 small digits in a file that is sorted: first all zeros, at last all nines; pixels from 0 to 255.

    Examples
    --------
    >>> images, labels = sorted_digits()
    >>> images.shape, labels[:3], labels[-3:]
    ((1797, 8, 8), array([0, 0, 0]), array([9, 9, 9]))
    """
    images, labels = load_digits(return_X_y=True)
    order = np.argsort(labels, kind="stable")
    return (images[order] * 255 / 16).astype("float32").reshape(-1, 8, 8), labels[order]


def _split(images: np.ndarray, labels: np.ndarray, n_val: int) -> list[np.ndarray]:
    x_train, x_val, y_train, y_val = train_test_split(images, labels, test_size=n_val, stratify=labels, random_state=0)
    return [x_train, y_train, x_val, y_val]


def _in_two_orders(images: np.ndarray, labels: np.ndarray) -> list[np.ndarray]:
    x_train, y_train, x_val, y_val = _split(images, labels, 397)
    return [x_train, np.random.default_rng(0).permutation(y_train), x_val, y_val]


def _with_doubles(images: np.ndarray, labels: np.ndarray) -> list[np.ndarray]:
    _, _, x_val, y_val = _split(images, labels, 397)
    return [images, labels, x_val, y_val]


def _where_the_images_are(results: list[Any]) -> dict[str, Any]:
    """Which images of the file stand in which part, and whether each has its own label."""
    parts = results[0]
    if not isinstance(parts, tuple | list) or len(parts) != 4:
        raise Wrong("Return four arrays: x_train, y_train, x_val, y_val.")
    if np.ndim(parts[1]) == 3:
        return {"in order": False}
    images, labels = sorted_digits()
    row_of = {image.tobytes(): row for row, image in enumerate(images)}
    found: dict[str, list[int]] = {}
    matches = []
    for name, x, y in (("train", *parts[:2]), ("val", *parts[2:])):
        x, y = numbers(x).astype("float32"), np.asarray(y)
        if x.shape[1:] != (8, 8):
            raise Wrong(f"x_{name} has the shape {x.shape}. Leave the images as they are, 8 × 8.")
        if y.shape != x.shape[:1]:
            raise Wrong(f"x_{name} has the shape {x.shape} and y_{name} the shape {y.shape}: one label per image.")
        rows = [row_of.get(image.tobytes(), -1) for image in x]
        if -1 in rows:
            raise Wrong(f"x_{name} holds images that are not in the file. Leave the pixels as they are.")
        found[name] = rows
        matches.append(np.array_equal(labels[rows], y))
    return {
        "in order": True,
        "pairs": all(matches),
        "in both": bool(set(found["train"]) & set(found["val"])),
        "digits": min(len(np.unique(labels[found[name]])) for name in ("train", "val")),
        "sizes": (len(set(found["train"])), len(set(found["val"]))),
    }


CURE = Product(
    name="cure",
    kind="repair",
    objectives=(PREPARE,),
    points=4,
    hints=(
        "Look at the data before you look at the network: show ten images of `x` with their labels `y`, by "
        "`show_images` from `nnlib.plotting`.",
        "Images and labels were mixed, each in an order of its own. How do they keep the same order?",
        "Draw the order once, `order = rng.permutation(len(images))`, and use it for both. Or let "
        "`train_test_split(images, labels, …)` from `sklearn.model_selection` do it, with `stratify=labels`.",
    ),
    right=lambda images, labels: _split(images, labels, 397),
    cases=(sorted_digits(),),
    measure=_where_the_images_are,
    mistakes=(
        Mistake(
            sentence="The four arrays come in another order: asked for are x_train, y_train, x_val, y_val. "
            "`train_test_split` gives x_train, x_val, y_train, y_val.",
            answer=lambda images, labels: [_split(images, labels, 397)[n] for n in (0, 2, 1, 3)],
            fails=lambda m: not m["in order"],
        ),
        Mistake(
            sentence="An image and its label no longer stand at the same place. Both need the *same* order: draw it "
            "once, and use it for both.",
            answer=_in_two_orders,
            fails=lambda m: not m["pairs"],
        ),
        Mistake(
            sentence="Some images stand in both parts. Then the validation accuracy measures what was learnt by heart.",
            answer=_with_doubles,
            fails=lambda m: m["in both"],
        ),
        Mistake(
            sentence="The file is sorted, and it was cut without mixing: at least one of the two parts lacks some of "
            "the digits.",
            answer=lambda images, labels: [images[:1400], labels[:1400], images[1400:], labels[1400:]],
            fails=lambda m: m["digits"] < 10,
        ),
        Mistake(
            sentence="The parts have another size: 1,400 images for training, and the other 397 for validation.",
            answer=lambda images, labels: _split(images, labels, 180),
            fails=lambda m: m["sizes"] != (1400, 397),
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (RECALL, DIFFERENCE, TARGETS, FAIRNESS, EXPLANATION, HANDED_ON, CURE)
