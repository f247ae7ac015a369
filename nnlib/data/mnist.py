"""MNIST: handwritten digits."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from . import files
from .containers import ImageData

SHAPES = {
    "x_train": ((60000, 28, 28), "u"),
    "y_train": ((60000,), "i"),
    "x_test": ((10000, 28, 28), "u"),
    "y_test": ((10000,), "i"),
}
CLASS_NAMES = tuple("0123456789")


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    return files.read_npz(path, SHAPES)


MNIST = files.DataSet(
    key="mnist",
    title="MNIST",
    contents="70,000 real digits",
    forms=(files.Form("mnist.npz", _read_npz),),
    stand_in="scikit-learn's 1,797 real digits of 8 × 8, enlarged and varied",
    how_to_get="For the real digits: python -m nnlib data fetch mnist",
)


def load_mnist(source: str = "auto", *, data_dir: str | os.PathLike | None = None) -> ImageData:
    """Load MNIST: 60,000 training and 10,000 test images of handwritten digits, 28 × 28, grey.

    Parameters
    ----------
    source : {"auto", "real", "stand-in"}
        "auto" takes the best copy there is and falls back to a stand-in, "real" raises instead,
        "stand-in" touches neither the folders above nor the network.
    data_dir : path, optional
        Folder to look in first.

    Returns
    -------
    ImageData
        x_train (60000, 28, 28) uint8, y_train (60000,) int64, x_test, y_test, class_names, source.

    Raises
    ------
    ValueError
        `source` is no allowed word, or a file is damaged or holds something else.
    OSError
        A file cannot be read, or (with "real") no real data is to be had.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition",
    Proceedings of the IEEE 86 (1998).
    """
    found = files.load(MNIST, source, data_dir)
    arrays, origin = found or (_stand_in(), "stand-in")
    labels = {name: arrays[name].astype(np.int64) for name in ("y_train", "y_test")}
    return ImageData(
        "MNIST", arrays["x_train"], labels["y_train"], arrays["x_test"], labels["y_test"], CLASS_NAMES, origin
    )


def _stand_in() -> dict[str, np.ndarray]:
    from sklearn.datasets import load_digits

    digits, labels = load_digits(return_X_y=True)
    big = np.pad(np.kron(digits.reshape(-1, 8, 8), np.ones((3, 3))) * (255 / 16), ((0, 0), (2, 2), (2, 2))).astype(
        np.uint8
    )
    generator = np.random.Generator(np.random.PCG64(0))
    train, test = generator.integers(0, 1500, 60000), generator.integers(1500, 1797, 10000)
    return {"x_train": big[train], "y_train": labels[train], "x_test": big[test], "y_test": labels[test]}
