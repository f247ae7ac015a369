# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""MNIST: handwritten digits."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from .containers import ImageData
from .dataset import DataSet, Form, OfficialFile
from .loading import load_images
from .randomness import Random
from .reading import read_npz

SHAPES = {
    "x_train": ((60000, 28, 28), "u"),
    "y_train": ((60000,), "i"),
    "x_test": ((10000, 28, 28), "u"),
    "y_test": ((10000,), "i"),
}
STAND_IN = "6376339cbc874b1de0268bd5e58339ca7d824822c9139435115124b1352dcdac"  # SHA-256 of its first test image
CLASS_NAMES = tuple("0123456789")


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    return read_npz(path, SHAPES, STAND_IN)


URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
MNIST = DataSet(
    key="mnist",
    title="MNIST",
    count="70,000",
    items="digits",
    shape="70,000 x 28 x 28",
    official=OfficialFile(11_490_434, "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1", URL),
    forms=(Form("mnist.npz", _read_npz),),
    stand_in="scikit-learn's 1,797 real digits, enlarged and varied",
    how_to_get=f"By hand: put {URL} into the folder data/.",
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

    Examples
    --------
    >>> data = load_mnist("stand-in")
    MNIST: STAND-IN as asked (scikit-learn's 1,797 real digits, enlarged and varied).
    >>> data.x_train.shape, data.x_train.dtype.name, data.class_names[data.y_train[0]]
    ((60000, 28, 28), 'uint8', '2')
    """
    return load_images(MNIST, source, data_dir, CLASS_NAMES, _stand_in)


# -- stand-in --------------------------------------------------------------------------------------------

FOR_TRAINING = 1500  # of scikit-learn's 1,797 digits; the others are for the test set
FRAME = 96  # pixels of an enlarged digit: 8 for each of its own, and 16 around it
CHUNK = 200  # images made at a time


def _enlarge(digits: np.ndarray) -> np.ndarray:
    """Enlarge digits (n, 8, 8) of 0 to 16 smoothly, by sums of integers: uint8, shape (n, FRAME, FRAME).

    Each pixel becomes 8 × 8 equal ones; then a running mean over 8 is taken twice each way (a B-spline).
    """
    cells = np.kron(digits.astype(np.uint32), np.ones((8, 8), np.uint32))
    big: np.ndarray = np.pad(cells, ((0, 0), (24, 24), (24, 24)))
    for _ in range(2):
        down = np.cumsum(big, 1, dtype=np.uint32)
        big = down[:, 8:] - down[:, :-8]
        right = np.cumsum(big, 2, dtype=np.uint32)
        big = right[:, :, 8:] - right[:, :, :-8] >> 6
    return np.minimum(big * 16, 255).astype(np.uint8)


def _stand_in() -> dict[str, np.ndarray]:
    """Turn, slant, scale and move scikit-learn's real digits until there are as many as in the real set."""
    from sklearn.datasets import load_digits

    digits, classes = load_digits(return_X_y=True)
    order = Random(0).shuffled(np.arange(len(digits)))
    frames, classes = _enlarge(digits.reshape(-1, 8, 8)[order]), classes[order]
    arrays: dict[str, np.ndarray] = {}
    for part, first, after in (("train", 0, FOR_TRAINING), ("test", FOR_TRAINING, len(digits))):
        n = SHAPES[f"y_{part}"][0][0]
        random = Random((1, first))
        chosen = first + random.shuffled(np.arange(n) % (after - first))
        chunks = [_vary(frames[chosen[start : start + CHUNK]], random) for start in range(0, n, CHUNK)]
        arrays |= {f"x_{part}": np.concatenate(chunks), f"y_{part}": classes[chosen]}
    return arrays


def _vary(frames: np.ndarray, random: Random) -> np.ndarray:
    """View enlarged digits askew, uint8 (n, 28, 28)."""
    n = len(frames)
    across = np.arange(28, dtype=np.float32) - np.float32(13.5)
    x, y = across[None, None, :], across[None, :, None]
    step_x, step_y = (random.uniform(low, low + 0.7, n, 1, 1) for low in (2.6, 2.9))  # of the frame
    slant, turn = random.uniform(-0.5, 0.5, n, 1, 1), random.uniform(-0.3, 0.3, n, 1, 1)
    move_x, move_y = (random.uniform(-3, 3, n, 1, 1) for _ in range(2))
    column = np.clip(step_x * x + (slant + turn) * y + move_x + FRAME / 2, 0, FRAME - 1).astype(np.int64)
    row = np.clip(step_y * y - turn * x + move_y + FRAME / 2, 0, FRAME - 1).astype(np.int64)
    seen = frames[np.arange(n)[:, None, None], row, column].astype(np.int16)
    return np.clip((seen - 80) * 3, 0, 255).astype(np.uint8)  # strokes as dark as those of the real set
