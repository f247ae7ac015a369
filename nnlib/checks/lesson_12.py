# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Exercises of lesson 12: convolution."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from .comparing import difference
from .exercise import Choice, Exercise, Function, Mistake, Number, Product, Sheet
from .networks import layers_of, outputs_of, reaching, split_digits, the_model
from .running import SECONDS_TO_TRAIN, Wrong

CONVOLVE = "compute a convolution by hand"
SIZES = "give the output size"
BUILD = "build such a network"
LOOK = "look into a trained network"
REUSE = "reuse the layers"


def exercises(seed: int = 0) -> Sheet:
    """The exercises of lesson 12.

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
    >>> exercises(seed=0).check("shift", "b")
    ✗ shift: A moved picture gives moved feature maps, and a maximum does not ask where it
    stands.
    """
    return Sheet("12", EXERCISES, seed=seed)


# --- by hand: a row of a feature map ---------------------------------------------------------------------


def _draw_rows(rng: np.random.Generator) -> Mapping[str, Any]:
    numbers = {name: rng.integers(0, 6, 4).tolist() for name in ("first", "second", "third")}
    kernel = {name: rng.integers(-2, 3, 2).tolist() for name in ("top", "bottom")}
    return {**numbers, **kernel, "bias": int(rng.choice([-3, -2, 2, 3]))}


def _first_row(
    first: list[int],
    second: list[int],
    third: list[int],
    top: list[int],
    bottom: list[int],
    bias: int,
    *,
    turn: Callable[[np.ndarray], np.ndarray] = np.asarray,
    biases: int = 1,
    factor: float = 1.0,
) -> np.ndarray:
    """The first row of the feature map, from all windows at once; the options make the mistakes."""
    windows = np.lib.stride_tricks.sliding_window_view(np.array([first, second, third]), (2, 2))
    return factor * np.einsum("jkl,kl->j", windows[0], turn(np.array([top, bottom]))) + biases * bias


def _row_with(**options: Any) -> Callable[..., np.ndarray]:
    return lambda **numbers: _first_row(**numbers, **options)


WINDOW = Number(
    name="window",
    kind="by hand",
    objectives=(CONVOLVE,),
    points=4,
    task="Image, row by row: ({first}), ({second}), ({third}). Kernel, row by row: ({top}), ({bottom}). Bias: {bias}.",
    hints=(
        "The window is 2 × 2. Which four pixels are in it at its first position?",
        "Multiply each of these four pixels by the weight at the same place in the window, add up, and add the bias.",
    ),
    draw=_draw_rows,
    right=_first_row,
    mistakes=(
        Mistake(sentence="The bias is missing: it is added to each sum.", answer=_row_with(biases=0)),
        Mistake(
            sentence="You added the bias once per weight. It is added once per window.",
            answer=_row_with(biases=4),
        ),
        Mistake(
            sentence="You turned the kernel by 180°, as mathematicians do. In deep learning it stays as it is.",
            answer=_row_with(turn=lambda kernel: kernel[::-1, ::-1]),
        ),
        Mistake(
            sentence="Rows and columns of the kernel are exchanged: its first row belongs to the upper two pixels.",
            answer=_row_with(turn=np.transpose),
        ),
        Mistake(
            sentence="You took means. A convolution adds up; a mean would need weights of ¼.",
            answer=_row_with(factor=0.25),
        ),
        Mistake(
            sentence="You moved the window by its whole width. With stride 1 it moves by one pixel, and windows "
            "overlap: a row of four pixels has three positions.",
            answer=lambda **numbers: _first_row(**numbers)[::2],
        ),
        Mistake(
            sentence="You made negative sums 0, as ReLU does after a layer. The feature map holds the sums themselves.",
            answer=lambda **numbers: np.maximum(_first_row(**numbers), 0),
        ),
    ),
)

# --- by hand: sizes --------------------------------------------------------------------------------------


def _draw_layers(rng: np.random.Generator) -> Mapping[str, Any]:
    return {
        "n": int(rng.choice([28, 32, 48])),
        "size": int(rng.choice([5, 7])),
        "filters": int(rng.choice([8, 16])),
        "filters2": int(rng.choice([12, 24, 32])),
        "row": int(rng.choice([1, 2])),
    }


def _measured(n: int, size: int, filters: int, filters2: int, row: int) -> tuple[int, int, int, int]:
    """Count positions, weights and pixels one by one, without a formula."""
    windows = [(size, 2), (2, 2), (3, 1)]  # convolution, pooling, convolution: size and stride
    side = n
    for width, stride in windows:
        side = len(range(0, side - width + 1, stride))
    seen = {row}  # one unit on top, and what it sees in the layer below, and so on
    for width, stride in reversed(windows):
        seen = {stride * place + k for place in seen for k in range(width)}
    return side, np.zeros((3, 3, filters, filters2)).size + filters2, len(seen), min(seen)


def _rounded_up(n: int, size: int, **_: int) -> int:
    for width in (size, 2):
        n = -((width - n) // 2) + 1
    return n - 2


def _layers_but(**changed: Callable[..., int]) -> Callable[..., tuple[int, ...]]:
    """A wrong answer: `side`, `weights`, `field` or `top` computed in another way."""

    def wrong(**numbers: int) -> tuple[int, ...]:
        names = ("side", "weights", "field", "top")
        right = zip(names, _measured(**numbers), strict=True)
        return tuple(changed[name](**numbers) if name in changed else value for name, value in right)

    return wrong


NETWORK = Number(
    name="sizes",
    kind="by hand",
    objectives=(SIZES, LOOK),
    points=4,
    rtol=0,
    task="Colour images of {n} × {n} pixels. Layer 1: {filters} filters of {size} × {size}, stride 2. "
    "Layer 2: max pooling, 2 × 2 with stride 2. Layer 3: {filters2} filters of 3 × 3, stride 1. No padding. "
    "In the maps of the first filter of layer 3 the largest number stands in row {row}, counted from 0.",
    hints=(
        "Side of a map: ⌊(n − size) / stride⌋ + 1, layer by layer. Pooling is a window, too.",
        "A filter of layer 3 has a weight for each place of its window and each map of layer 2, and one bias.",
        "Receptive field from the top down: n units in a row see (n − 1) · stride + size units of the layer below. "
        "Layer 3 sees 3 units of layer 2. Go on from there.",
        "The patch is what the unit with the largest number sees. One row further in layer 3 is as many pixels further "
        "as the product of the strides says.",
    ),
    draw=_draw_layers,
    right=_measured,
    mistakes=(
        Mistake(
            sentence="The side is too small: the first position counts as well. Positions = ⌊(n − size) / stride⌋ + 1.",
            answer=_layers_but(side=lambda n, size, **_: (n - size) // 2 // 2 - 3),
        ),
        Mistake(
            sentence="In the side you left out the pooling, which halves the map.",
            answer=_layers_but(side=lambda n, size, **_: (n - size) // 2 + 1 - 2),
        ),
        Mistake(
            sentence="Side: a window that does not fit is left out. Round (n − size) / stride *down* in each layer.",
            answer=_layers_but(side=_rounded_up),
        ),
        Mistake(
            sentence="Parameters: the biases are missing, one per filter.",
            answer=_layers_but(weights=lambda filters, filters2, **_: 9 * filters * filters2),
        ),
        Mistake(
            sentence="Parameters: a filter of layer 3 looks at *all* maps of layer 2. Multiply 3 · 3 by their number.",
            answer=_layers_but(weights=lambda filters2, **_: (9 + 1) * filters2),
        ),
        Mistake(
            sentence="Parameters: the channels of layer 3 are the maps of layer 2, not the three colours.",
            answer=_layers_but(weights=lambda filters2, **_: (9 * 3 + 1) * filters2),
        ),
        Mistake(
            sentence="Parameters: you gave each place of the window a bias. A filter has one.",
            answer=_layers_but(weights=lambda filters, filters2, **_: 9 * (filters + 1) * filters2),
        ),
        Mistake(
            sentence="Parameters: you counted one bias for the whole layer. There is one per filter.",
            answer=_layers_but(weights=lambda filters, filters2, **_: 9 * filters * filters2 + 1),
        ),
        Mistake(
            sentence="Receptive field: 3 is what a unit sees of the layer below. Go on down to the pixels.",
            answer=_layers_but(field=lambda **_: 3),
        ),
        Mistake(
            sentence="Receptive field: the strides are missing. Neighbouring units of layer 2 see windows that are "
            "4 pixels apart.",
            answer=_layers_but(field=lambda size, **_: size + 1 + 2),
        ),
        Mistake(
            sentence="Receptive field: the pooling is missing. Its windows of 2 with stride 2 make the field larger.",
            answer=_layers_but(field=lambda size, **_: (3 - 1) * 2 + size),
        ),
        Mistake(
            sentence="Receptive field: you multiplied the sizes of the windows. Windows of neighbours overlap.",
            answer=_layers_but(field=lambda size, **_: size * 2 * 3),
        ),
        Mistake(
            sentence="Patch: you gave the row in the map. One row further there is several rows of pixels further.",
            answer=_layers_but(top=lambda row, **_: row),
        ),
        Mistake(
            sentence="Patch: the strides of *all* layers below count, that of the pooling too. Multiply them.",
            answer=_layers_but(top=lambda row, **_: 2 * row),
        ),
        Mistake(
            sentence="Patch: you multiplied the row by the receptive field. Patches of neighbours overlap: they are as "
            "far apart as the product of the strides.",
            answer=_layers_but(top=lambda row, **numbers: row * _measured(row=row, **numbers)[2]),
        ),
    ),
)

# --- by code: a convolution ------------------------------------------------------------------------------


def _all_windows(image: np.ndarray, kernel: np.ndarray, bias: float, stride: int, padding: int) -> np.ndarray:
    """A convolution with one filter, from all windows at once."""
    image = np.pad(image, [(padding, padding), (padding, padding), (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)[::stride, ::stride, 0]
    return np.einsum("ijabc,abc->ij", windows, kernel) + bias


def _loops(
    image: np.ndarray,
    kernel: np.ndarray,
    bias: float,
    stride: int,
    padding: int,
    *,
    rings: tuple[int, int] = (1, 1),
    mode: Any = "constant",
    last: int = 1,
    step: int | None = None,
    axis: tuple[int, ...] | None = None,
    weights: Callable[[np.ndarray], np.ndarray] = np.asarray,
    biases: int = 1,
) -> np.ndarray:
    """The same, window by window; the options make the mistakes."""
    before, after = padding * rings[0], padding * rings[1]
    image = np.pad(image, [(before, after), (before, after), (0, 0)], mode=mode)
    height, width = kernel.shape[:2]
    rows, columns = ((n - size) // stride + last for n, size in zip(image.shape[:2], (height, width), strict=True))
    move = step or stride
    windows = [
        [image[i * move : i * move + height, j * move : j * move + width] for j in range(columns)] for i in range(rows)
    ]
    sums = [[np.sum(window * weights(kernel), axis=axis) for window in row] for row in windows]
    return np.array(sums) + biases * bias


def _loops_with(**options: Any) -> Callable[..., np.ndarray]:
    return functools.partial(_loops, **options)


def _case(shape: tuple[int, ...], size: tuple[int, int], bias: float, stride: int, padding: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(sum(shape))
    image, kernel = rng.integers(1, 9, shape), rng.integers(-3, 4, (*size, shape[2]))
    return image.astype(float), kernel.astype(float), bias, stride, padding


CODE = Function(
    name="convolve",
    kind="by code",
    objectives=(CONVOLVE,),
    points=4,
    hints=(
        "`np.pad(image, [(p, p), (p, p), (0, 0)])` puts p rings of zeros around rows and columns.",
        "Rows of the map: (rows of the padded image − rows of the kernel) // stride + 1. Columns in the same way.",
        "The window of row i and column j begins at row i · stride and column j · stride of the padded image.",
    ),
    right=_all_windows,
    cases=(
        _case((4, 5, 1), (2, 2), 0.5, 1, 0),
        _case((7, 6, 3), (3, 3), -1.0, 2, 1),
        _case((6, 9, 2), (3, 2), 2.0, 3, 2),
    ),
    mistakes=(
        Mistake(
            sentence="You made a map for each channel. A filter adds up over all channels and makes one map.",
            answer=_loops_with(axis=(0, 1)),
        ),
        Mistake(
            sentence="You turned the kernel by 180°. That is the convolution of mathematics; Conv2D does not turn it.",
            answer=_loops_with(weights=lambda kernel: kernel[::-1, ::-1]),
        ),
        Mistake(
            sentence="You reversed all three axes of the kernel, the channels as well, as np.flip and "
            "scipy.signal.convolve do. Conv2D leaves the kernel as it is.",
            answer=_loops_with(weights=np.flip),
        ),
        Mistake(
            sentence="The map has the right size, but your windows move by one pixel: they begin at i · stride and "
            "j · stride.",
            answer=_loops_with(step=1),
        ),
        Mistake(
            sentence="The last position is missing: (n − size) // stride + 1 positions fit.",
            answer=_loops_with(last=0),
        ),
        Mistake(sentence="The bias is missing.", answer=_loops_with(biases=0)),
        Mistake(
            sentence="You added the bias once per channel. It is added once per window.",
            answer=lambda image, kernel, bias, *rest: _loops(image, kernel, bias * kernel.shape[2], *rest),
        ),
        Mistake(
            sentence="You used the first channel only. A filter has weights for all of them.",
            answer=lambda image, kernel, *rest: _loops(image[:, :, :1], kernel[:, :, :1], *rest),
        ),
        Mistake(
            sentence="You made negative sums 0, as ReLU does after a layer. Asked for are the sums themselves.",
            answer=lambda *case: np.maximum(_loops(*case), 0),
        ),
        Mistake(
            sentence="The zeros belong on all four sides, and yours are only below and to the right.",
            answer=_loops_with(rings=(0, 2)),
        ),
        Mistake(
            sentence="You repeated the border pixels. The padding consists of zeros.",
            answer=_loops_with(mode="edge"),
        ),
        Mistake(sentence="You do not use `padding`.", answer=_loops_with(rings=(0, 0))),
        Mistake(
            sentence="You take the mean of each window. A convolution adds up.",
            answer=_loops_with(weights=lambda kernel: kernel / kernel.size),
        ),
    ),
)

# --- predict ---------------------------------------------------------------------------------------------

SHIFT = Choice(
    name="shift",
    kind="predict",
    objectives=(BUILD,),
    points=2,
    hints=(
        "What happens to the feature maps when the picture moves?",
        "What does the layer after the maps do with the *place* of a large value?",
    ),
    right="c",
    because="The maps move along in both. A maximum forgets the place; Flatten and Dense have a weight per place.",
    mistakes=(
        Mistake(
            sentence="You have read that a CNN does not mind shifts. Its *maps* move along, and after Flatten each "
            "place has a weight of its own.",
            answer="a",
        ),
        Mistake(
            sentence="A moved picture gives moved feature maps, and a maximum does not ask where it stands.",
            answer="b",
        ),
        Mistake(
            sentence="It is the other way round: global pooling throws the place away, Flatten keeps it.",
            answer="d",
        ),
    ),
)

# --- repair ----------------------------------------------------------------------------------------------


def coloured_digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Small digits in random colours, colours first: 1,000 to train, 797 to test, bytes from 0 to 255.

    Examples
    --------
    >>> x_train, y_train, x_test, y_test = coloured_digits()
    >>> x_train.shape, x_train.dtype, x_test.shape
    ((1000, 3, 8, 8), dtype('uint8'), (797, 3, 8, 8))
    """
    x_train, y_train, x_test, y_test = split_digits(3, 1 / 16)
    rng = np.random.default_rng(3)

    def paint(grey: np.ndarray) -> np.ndarray:
        ink, paper = (rng.uniform(*range_, (len(grey), 3, 1, 1)) for range_ in ((120, 255), (0, 100)))
        return np.round(paper + (ink - paper) * grey.reshape(-1, 1, 8, 8)).astype("uint8")

    return paint(x_train), y_train, paint(x_test), y_test


def _pictures(shape: tuple[int, ...], low: int, high: int) -> np.ndarray:
    return np.random.default_rng(len(shape)).integers(low, high, shape).astype("uint8")


PREPARE = Function(
    name="prepare",
    kind="repair",
    objectives=(BUILD,),
    points=4,
    hints=(
        "Look at a prepared picture with `show_images`. Is it a digit?",
        "`reshape` keeps the order of all numbers and only counts them off anew. An axis has to *move*.",
        "`np.moveaxis(pictures, 1, 3)` puts axis 1 behind the others. And how large are the pixels?",
    ),
    right=lambda pictures: np.stack([pictures[:, colour] for colour in range(3)], axis=-1) / 255.0,
    cases=((_pictures((2, 3, 8, 8), 1, 250),), (_pictures((3, 3, 8, 8), 3, 120),)),
    mistakes=(
        Mistake(
            sentence="Both faults are still there: `reshape` scrambles the pictures, and the pixels go up to 255.",
            answer=lambda pictures: pictures.reshape(len(pictures), 8, 8, 3),
        ),
        Mistake(
            sentence="The colours are last, but rows and columns are exchanged as well: each picture is mirrored at "
            "its diagonal. And the pixels still go up to 255.",
            answer=lambda pictures: np.swapaxes(pictures, 1, 3),
        ),
        Mistake(
            sentence="`reshape` does not move axes: it cuts the same row of numbers in another way, and the pictures "
            "are scrambled. (The scale is right.)",
            answer=lambda pictures: pictures.reshape(len(pictures), *pictures.shape[2:], 3) / 255,
        ),
        Mistake(
            sentence="The axes are right. The pixels still go up to 255: divide them, so that they lie from 0 to 1.",
            answer=lambda pictures: np.moveaxis(pictures, 1, 3),
        ),
        Mistake(
            sentence="The scale is right. The colours still stand before rows and columns.",
            answer=lambda pictures: pictures / 255,
        ),
        Mistake(
            sentence="The colours are last now, but rows and columns are exchanged as well: each picture is mirrored "
            "at its diagonal.",
            answer=lambda pictures: np.swapaxes(pictures, 1, 3) / 255,
        ),
        Mistake(
            sentence="You moved the last axis to place 1. The colours, axis 1, have to go to the end.",
            answer=lambda pictures: np.moveaxis(pictures, 3, 1) / 255,
        ),
        Mistake(
            sentence="`//` rounds down, so nearly all pixels become 0. Divide with `/`.",
            answer=lambda pictures: np.moveaxis(pictures, 1, 3) // 255,
        ),
        Mistake(
            sentence="You divide by the largest pixel of these pictures. Other pictures have another one, and the "
            "same grey would get another number: divide by 255.",
            answer=lambda pictures: np.moveaxis(pictures, 1, 3) / pictures.max(),
        ),
        Mistake(
            sentence="The axes are right, and the pixels go from −1 to 1, as in the lesson. Asked for is 0 to 1.",
            answer=lambda pictures: np.moveaxis(pictures, 1, 3) / 127.5 - 1,
        ),
    ),
)

# --- by code: build a network ----------------------------------------------------------------------------


def _some_pictures() -> np.ndarray:
    """Eight of noise and eight of one colour, pixels from 0 to 255."""
    rng = np.random.default_rng(12)
    noise, colours = rng.integers(0, 256, (8, 32, 32, 3)), rng.integers(0, 256, (8, 1, 1, 3))
    return np.concatenate([noise, np.broadcast_to(colours, noise.shape)]).astype("float32")


def _network(
    *,
    factor: float = 1 / 255,
    offset: float = 0.0,
    filters: tuple[int, int] = (12, 24),
    stride: int = 2,
    padding: str = "valid",
    activation: str | None = "relu",
    pooling: str = "GlobalMaxPooling2D",
    classes: int = 5,
    last: str | None = "softmax",
) -> Any:
    """The network that is asked for; the options make the mistakes."""
    import keras

    layers = keras.layers
    window = {"kernel_size": 3, "strides": stride, "padding": padding, "activation": activation}
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Rescaling(factor, offset=offset),
            *[layers.Conv2D(n, **window) for n in filters],
            getattr(layers, pooling)(),
            layers.Dense(classes, activation=last),
        ]
    )


def _right_with_weights_of(model: Any) -> Any:
    """The right network with the weights of another one; None if they do not fit."""
    right, weights = _network(), {array.size: array for array in model.get_weights()}
    wanted = right.get_weights()
    if sorted(weights) != sorted(array.size for array in wanted):  # six arrays, no two of the same size
        return None
    right.set_weights([weights[array.size].reshape(array.shape) for array in wanted])
    return right


def _faults(results: list[Any]) -> set[str]:
    """What is wrong with a network, however it is built; nothing if it answers as the right one."""
    model, pictures = results[0], _some_pictures()
    if not hasattr(model, "layers"):
        raise Wrong("Return the network, a Keras model: the last line of your function is `return model`.")
    answers = outputs_of(model, pictures)
    right = _right_with_weights_of(model)
    if right is not None and difference(answers, outputs_of(right, pictures), rtol=1e-4) is None:
        return set()
    layers = layers_of(model)
    convolutions = [layer for layer in layers if hasattr(layer, "strides") and hasattr(layer, "filters")]
    dense = [layer for layer in layers if hasattr(layer, "units")]
    if not convolutions or not dense:
        raise Wrong("Your network needs convolutions, `layers.Conv2D`, and a `layers.Dense` at the end.")
    to_convolutions, to_dense = (reaching(some, model, pictures) for some in (convolutions, dense))
    pixels = to_convolutions[0].min(), to_convolutions[0].max()
    found = {
        "unpooled": answers.ndim > 2,
        "classes": answers.shape[-1] != 5,
        "no shares": answers.min() < 0 or not np.allclose(answers.sum(axis=-1), 1, atol=1e-3),
        "unscaled": np.allclose(pixels, (0, 255)),
        "from -1": np.allclose(pixels, (-1, 1)),
        "scale": not np.allclose(pixels, (0, 1)),
        "stride": any(layer.strides != (2, 2) for layer in convolutions),
        "padding": any(layer.padding != "valid" for layer in convolutions),
        "flat": to_dense[0].shape[-1] > convolutions[-1].filters,
        "mean": any("AveragePooling" in type(layer).__name__ for layer in layers),
        "negative": min(array.min() for array in (*to_convolutions[1:], to_dense[0])) < 0,
        "parameters": model.count_params() != 3077,
        "other": True,
    }
    return {name for name, is_there in found.items() if is_there}


def _faulty(fault: str, sentence: str, **options: Any) -> Mistake:
    return Mistake(sentence=sentence, answer=lambda: _network(**options), fails=lambda faults: fault in faults)


BUILT = Product(
    name="build",
    kind="by code",
    objectives=(BUILD,),
    points=4,
    hints=(
        "The network of the lesson has nearly the same parts in the same order. Which parts are different here?",
        "`layers.Rescaling(1 / 255)`, then twice `layers.Conv2D(…, 3, strides=2, activation='relu')`.",
        "`layers.GlobalMaxPooling2D()` makes 24 numbers of 24 maps, and `layers.Dense(5, activation='softmax')` five "
        "shares of them. `summary()` should count 336 + 2,616 + 125 = 3,077 parameters.",
    ),
    right=_network,
    cases=((),),
    seconds=SECONDS_TO_TRAIN,
    measure=_faults,
    mistakes=(
        _faulty(
            "unpooled",
            "The answer of your network still has rows and columns, as feature maps have. Global max pooling, before "
            "the last layer, leaves one number per filter.",
            pooling="Identity",
        ),
        _faulty("classes", "There are five classes, so the last layer needs five units.", classes=10),
        _faulty(
            "no shares",
            "The five outputs for a picture are no shares with the sum 1: the last layer needs softmax.",
            last="sigmoid",
        ),
        _faulty(
            "unscaled",
            "The first convolution gets pixels up to 255: scale them before it, so that they lie from 0 to 1.",
            factor=1.0,
        ),
        _faulty(
            "from -1",
            "The pixels go from −1 to 1, as in the lesson. Asked for is 0 to 1.",
            factor=1 / 127.5,
            offset=-1.0,
        ),
        _faulty(
            "scale",
            "The first convolution does not get pixels from 0 to 1: 0 should stay 0, and 255 become 1. Divide by 255, "
            "once.",
            factor=1 / 127.5,
        ),
        _faulty("stride", "Not every convolution has the stride 2: each needs `strides=2`.", stride=1),
        _faulty(
            "padding",
            "With `padding='same'` a convolution puts zeros around what it gets. The task says: no padding.",
            padding="same",
        ),
        _faulty(
            "flat",
            "The last layer gets more than one number per filter, as after `Flatten`. Global max pooling hands on one "
            "per filter: the largest of its map.",
            pooling="Flatten",
        ),
        _faulty(
            "mean",
            "Average pooling takes the mean of a map. Asked for is the largest number: max pooling.",
            pooling="GlobalAveragePooling2D",
        ),
        _faulty(
            "negative",
            "Negative numbers get through the convolutions. With ReLU after each of them they become 0.",
            activation=None,
        ),
        _faulty(
            "parameters",
            "The number of parameters is not 336 + 2,616 + 125 = 3,077. Look at `summary()`: which layer has other "
            "numbers, or should not be there?",
            filters=(24, 12),
        ),
        _faulty(
            "other",
            "It has as many parameters as it should have, but the right network with your weights gives other answers. "
            "Compare layer by layer, the activations too.",
            activation="sigmoid",
        ),
    ),
)

# --- transfer --------------------------------------------------------------------------------------------

_NEW = (8, 9)


def _digits_of(classes: Sequence[int], *, test: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Digits of these classes, shape (n, 8, 8, 1), and their labels, counted from 0."""
    images, labels = split_digits(0, 1 / 16)[2:] if test else split_digits(0, 1 / 16)[:2]
    chosen = np.isin(labels, classes)
    return images[chosen].reshape(-1, 8, 8, 1), np.searchsorted(classes, labels[chosen])


def few_digits() -> tuple[np.ndarray, np.ndarray]:
    """Twenty images of the digits 8 and 9, shape (20, 8, 8, 1), and their labels: 0 for an 8, 1 for a 9.

    Examples
    --------
    >>> x, y = few_digits()
    >>> x.shape, y.tolist().count(0)
    ((20, 8, 8, 1), 10)
    """
    x, y = _digits_of(_NEW)
    chosen = np.sort(np.concatenate([np.flatnonzero(y == k)[:10] for k in (0, 1)]))
    return x[chosen], y[chosen]


def _untrained_base(first_seed: int = 1) -> Any:
    import keras

    def start(k: int) -> Any:
        return keras.initializers.GlorotUniform(seed=first_seed + k)

    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(12, 3, activation="relu", kernel_initializer=start(0)),
            keras.layers.Conv2D(24, 3, strides=2, activation="relu", kernel_initializer=start(1)),
            keras.layers.Flatten(),
        ]
    )


@functools.cache
def _weights_of_the_base() -> tuple[np.ndarray, ...]:
    """Trained on the digits 0 to 7, once per session, always from the same start."""
    import keras

    base = _untrained_base()
    head = keras.layers.Dense(8, activation="softmax", kernel_initializer=keras.initializers.GlorotUniform(seed=3))
    whole = keras.Sequential([base, head])
    whole.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    whole.fit(*_digits_of(range(8)), batch_size=40, epochs=4, shuffle=False, verbose=0)
    return tuple(base.get_weights())


def trained_base() -> Any:
    """Two convolutions and `Flatten`, trained on small digits from 0 to 7: shape (n, 8, 8, 1) to (n, 96).

    Returns
    -------
    keras.Sequential
        A new model at each call, always with the same weights.

    Examples
    --------
    >>> trained_base().output_shape
    (None, 96)
    """
    base = _untrained_base()
    base.set_weights(_weights_of_the_base())
    return base


def _reused(kind: str) -> Any:
    """A network with given weights: the head comes from scikit-learn, the base is right or has a fault."""
    import keras

    base = _untrained_base(7) if kind == "scratch" else trained_base()
    if kind == "thawed":
        base.set_weights([array + 0.01 for array in base.get_weights()])
    base.trainable = kind != "right"
    head = keras.layers.Dense({"ten": 10, "one": 1}.get(kind, 2), activation="softmax")
    model = keras.Sequential([keras.Input((8, 8, 1)), base, head])
    if kind in ("right", "thawed", "scratch", "confused"):
        x, y = few_digits()
        fitted = LogisticRegression().fit(np.asarray(base(x)), y)
        halves = (0.5, -0.5) if kind == "confused" else (-0.5, 0.5)
        head.set_weights([np.outer(fitted.coef_, halves), np.outer(fitted.intercept_, halves)[0]])
    if kind == "frozen":
        head.set_weights([0 * array for array in head.get_weights()])
        model.trainable = False
    return model


def _examined(results: list[Any]) -> dict[str, Any]:
    model = the_model(results)
    wanted = _weights_of_the_base()
    found = model.get_weights()
    fits = len(found) > len(wanted) and all(a.shape == b.shape for a, b in zip(found, wanted, strict=False))
    if not fits:
        raise Wrong("The network should be the trained base with a new Dense layer after it, and nothing else.")
    x, y = _digits_of(_NEW, test=True)
    answers = outputs_of(model, x)
    constant = answers.shape[1:] == (1,) and np.ptp(answers) < 1e-6
    if answers.shape[1:] == (1,):  # one unit for both classes, a probability or a logit: right as well
        border = 0.5 if answers.min() >= 0 and answers.max() <= 1 else 0.0
        answers = np.concatenate([np.full(answers.shape, border), answers], axis=1)
    likeness = np.corrcoef(found[0].reshape(-1), wanted[0].reshape(-1))[0, 1]
    return {
        "outputs": answers.shape,
        "constant": constant,
        "scratch": not likeness > 0.7,
        "change": max(float(np.abs(a - b).max()) for a, b in zip(found, wanted, strict=False)),
        "learns": len(model.trainable_variables),
        "accuracy": float(np.mean(answers.argmax(axis=1) == y)),
    }


REUSED = Product(
    name="reuse",
    kind="transfer",
    objectives=(REUSE,),
    points=4,
    hints=(
        "`base = trained_base()`, then `base.trainable = False`, before the network is compiled.",
        "The network: `keras.Sequential([base, layers.Dense(2, activation='softmax')])`.",
        "Twenty images in batches of 10 are two updates per epoch. How many epochs does the new layer need?",
    ),
    right=lambda x, y: _reused("right"),
    cases=(few_digits(),),
    seconds=SECONDS_TO_TRAIN,
    measure=_examined,
    mistakes=(
        Mistake(
            sentence="There are two new classes, so the new layer needs two outputs.",
            answer=lambda x, y: _reused("ten"),
            fails=lambda m: m["outputs"][1:] != (2,),
        ),
        Mistake(
            sentence="Your network answers the same for every image. Softmax over a single unit is always 1: take two "
            "units with softmax, or one with sigmoid.",
            answer=lambda x, y: _reused("one"),
            fails=lambda m: m["constant"],
        ),
        Mistake(
            sentence="The convolutions have other weights than the trained base: they began at random. Begin with "
            "`trained_base()`.",
            answer=lambda x, y: _reused("scratch"),
            fails=lambda m: m["scratch"],
        ),
        Mistake(
            sentence="The weights of the base have changed: training has moved them. Freeze it *before* you compile "
            "and train.",
            answer=lambda x, y: _reused("thawed"),
            fails=lambda m: m["change"] > 0,
        ),
        Mistake(
            sentence="You froze the whole network: nothing is left that learns. Freeze the base only.",
            answer=lambda x, y: _reused("frozen"),
            fails=lambda m: m["learns"] == 0 and m["accuracy"] < 0.9,
        ),
        Mistake(
            sentence="The base is as it was, but fewer than 90 % of the test images are right: train the new layer "
            "longer, or with a larger rate.",
            answer=lambda x, y: _reused("confused"),
            fails=lambda m: m["accuracy"] < 0.9,
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (WINDOW, NETWORK, CODE, SHIFT, PREPARE, BUILT, REUSED)
