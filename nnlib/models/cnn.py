# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Convolutional networks."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from .arguments import known_output, whole_number


def cnn(
    input_shape: Sequence[int],
    filters: Sequence[int] = (24, 48, 96),
    n_classes: int = 10,
    *,
    kernel_size: int = 3,
    strides: int = 2,
    output: str = "softmax",
) -> keras.Sequential:
    """Build a convolutional network: Conv2D layers that halve the image, then one output unit per class.

    Parameters
    ----------
    input_shape : sequence of int
        Height, width and channels of one image, for example (32, 32, 3).
    filters : sequence of int
        Filters of each Conv2D layer, at least one layer.
    n_classes : int
        Number of output units.
    kernel_size : int
        Pixels on a side of each kernel.
    strides : int
        Pixels from one position of a kernel to the next.
    output : {"softmax", "sigmoid", "linear"}
        Activation of the output layer; "linear" gives logits.

    Returns
    -------
    keras.Sequential
        Takes shape (batch, height, width, channels), gives shape (batch, n_classes). Pixels should be scaled to about
        1 before, for example by a Rescaling layer.

    Raises
    ------
    ValueError
        Where `input_shape` is not that of an image, a number is not positive, a layer gets an image smaller than its
        kernel, or `output` is unknown.

    Examples
    --------
    >>> model = cnn((32, 32, 3))
    >>> model.output_shape, model.count_params()
    ((None, 10), 61306)
    """
    shape = _check(input_shape, filters, n_classes, kernel_size, strides, output)
    convolutions = [keras.layers.Conv2D(n, kernel_size, strides=strides, activation="relu") for n in filters]
    head = [keras.layers.Flatten(), keras.layers.Dense(n_classes, activation=output)]
    return keras.Sequential([keras.Input(shape), *convolutions, *head], name="cnn")


def _check(
    input_shape: Sequence[int], filters: Sequence[int], n_classes: int, kernel_size: int, strides: int, output: str
) -> tuple[int, ...]:
    """The shape as a tuple; ValueError names the first argument of `cnn` that cannot be right."""
    if not isinstance(input_shape, Sequence) or len(input_shape) != 3:
        raise ValueError(f"input_shape must be (height, width, channels), for example (32, 32, 3), got {input_shape!r}")
    if not isinstance(filters, Sequence) or not filters:
        raise ValueError(f"filters must name those of at least one layer, for example (32, 64), got {filters!r}")
    single = {"n_classes": n_classes, "kernel_size": kernel_size, "strides": strides}
    for name, numbers in {
        "input_shape": input_shape,
        "filters": filters,
        **{k: (v,) for k, v in single.items()},
    }.items():
        for number in numbers:
            whole_number(name, number, at_least=1)
    known_output(output)
    side = min(input_shape[:2])
    for layer in range(1, len(filters) + 1):
        if side < kernel_size:
            raise ValueError(
                f"Conv2D layer {layer} would get an image {side} pixels high or wide, smaller than its kernel "
                f"({kernel_size}): take fewer layers or larger images (the channels stand last in input_shape, "
                f"{tuple(input_shape)})"
            )
        side = (side - kernel_size) // strides + 1
    return tuple(input_shape)
