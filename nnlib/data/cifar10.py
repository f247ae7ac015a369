"""CIFAR-10: small colour photographs of ten kinds of things."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from . import drawing, files
from .containers import ImageData
from .randomness import Random

CLASS_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SHAPES = {
    "x_train": ((50000, 32, 32, 3), "u"),
    "y_train": ((50000,), "i"),
    "x_test": ((10000, 32, 32, 3), "u"),
    "y_test": ((10000,), "i"),
}


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    return files.read_npz(path, SHAPES)


CIFAR10 = files.DataSet(
    key="cifar10",
    title="CIFAR-10",
    contents="60,000 real images",
    forms=(files.Form("cifar10.npz", _read_npz),),
    stand_in="60,000 drawn silhouettes of the ten classes",
    how_to_get="For the real images: python -m nnlib data fetch cifar10",
)


def load_cifar10(source: str = "auto", *, data_dir: str | os.PathLike | None = None) -> ImageData:
    """Load CIFAR-10: 50,000 training and 10,000 test images of 32 × 32 × 3 in ten classes.

    Parameters
    ----------
    source : {"auto", "real", "stand-in"}
        "auto" takes the best copy there is and falls back to a drawn stand-in, "real" raises instead,
        "stand-in" draws without touching disk or network.
    data_dir : path, optional
        Folder to look in first.

    Returns
    -------
    ImageData
        x_train (50000, 32, 32, 3) uint8, y_train (50000,) int64, x_test, y_test, class_names, source.

    Raises
    ------
    ValueError
        `source` is no allowed word, or a file is damaged or holds something else.
    OSError
        A file cannot be read, or (with "real") no real data is to be had.

    References
    ----------
    A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
    https://www.cs.toronto.edu/~kriz/cifar.html

    Examples
    --------
    >>> data = load_cifar10("stand-in")
    CIFAR-10: STAND-IN as asked (60,000 drawn silhouettes of the ten classes).
    >>> data.x_train.shape, data.x_train.dtype.name, data.is_real
    ((50000, 32, 32, 3), 'uint8', False)
    """
    found = files.load(CIFAR10, source, data_dir)
    arrays, origin = found or (_stand_in(), "stand-in")
    labels = {name: arrays[name].astype(np.int64).reshape(-1) for name in ("y_train", "y_test")}
    return ImageData(
        "CIFAR-10",
        arrays["x_train"],
        labels["y_train"],
        arrays["x_test"],
        labels["y_test"],
        CLASS_NAMES,
        origin,
    )


def _stand_in() -> dict[str, np.ndarray]:
    """Draw the stand-in: as many images a class as the real set has."""
    arrays = {}
    for seed, part in enumerate(("train", "test")):
        n = SHAPES[f"y_{part}"][0][0]
        labels = Random(seed).shuffled(np.arange(n) % len(CLASS_NAMES))
        arrays |= {f"x_{part}": drawing.images(labels, part, seed), f"y_{part}": labels}
    return arrays
