# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""CIFAR-10: small colour photographs of ten kinds of things."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import tarfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

import numpy as np

from . import drawing
from .containers import ImageData
from .dataset import DataSet, Form, OfficialFile
from .loading import load_images
from .randomness import Random
from .reading import check_labels, damaged, open_data, read_npz

CLASS_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SHAPES = {
    "x_train": ((50000, 32, 32, 3), "u"),
    "y_train": ((50000,), "i"),
    "x_test": ((10000, 32, 32, 3), "u"),
    "y_test": ((10000,), "i"),
}
STAND_IN = "86d18f6b590cb645bde7c3f87dd7f89008635b7efa2efc6b49c2cee6feb12c29"  # SHA-256 of its first test image
BATCHES = (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch")
PER_BATCH = 10_000
LARGEST = 40_000_000  # bytes of a batch (31 MB) with some room


# -- reading ---------------------------------------------------------------------------------------------


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    return read_npz(path, SHAPES, STAND_IN)


class _Pickled:
    """Stands for an array, or for its type, while a batch is unpickled; only remembers what it is told."""

    def __init__(self, *arguments: object) -> None:
        self.arguments = arguments
        self.state: tuple = ()

    def __setstate__(self, state: tuple) -> None:
        self.state = state


class _Unpickler(pickle.Unpickler):
    """Reads texts, numbers, lists and arrays of the official batches, and runs nothing that a pickle may name."""

    def find_class(self, module: str, name: str) -> Callable:
        if module in ("numpy", "numpy.core.multiarray", "numpy._core.multiarray") and name in (
            *("ndarray", "dtype", "_reconstruct"),
        ):
            return _Pickled
        if (module, name) == ("_codecs", "encode"):  # how Python 3 writes bytes in an old protocol
            return lambda text, _: str(text).encode("latin-1")
        raise pickle.UnpicklingError(f"it names {module}.{name}, which has no place in a batch of images")


def _read_batch(raw: bytes) -> tuple[np.ndarray, list[int]]:
    """Images (10000, 3, 32, 32) and labels of one batch.

    A pickled array is the tuple (version, shape, type, order, bytes), and a pickled type begins ("u1", …).
    """
    content = _Unpickler(io.BytesIO(raw), encoding="bytes").load()
    _, shape, dtype, fortran, pixels = content[b"data"].state
    labels = content[b"labels"]
    kind = dtype.arguments[0]
    if shape != (PER_BATCH, 3072) or fortran or kind not in ("u1", b"u1") or len(labels) != PER_BATCH:
        raise ValueError(f"a batch should hold {PER_BATCH:,} images in bytes, not {shape} of {kind}")
    if isinstance(pixels, str):
        pixels = pixels.encode("latin-1")
    return np.frombuffer(pixels, np.uint8).reshape(PER_BATCH, 3, 32, 32), labels


def _gather(batches: Iterable[tuple[str, bytes]]) -> dict[str, np.ndarray]:
    """Put the six batches together, whatever their order."""
    arrays = {name: np.empty(shape, np.uint8) for name, (shape, _) in SHAPES.items()}
    missing = set(BATCHES)
    for name, raw in batches:
        part, start = ("test", 0) if name == "test_batch" else ("train", (int(name[-1]) - 1) * PER_BATCH)
        images, labels = _read_batch(raw)
        arrays[f"x_{part}"][start : start + PER_BATCH] = images.transpose(0, 2, 3, 1)
        arrays[f"y_{part}"][start : start + PER_BATCH] = labels
        missing.discard(name)
    if missing:
        raise ValueError(f"{', '.join(sorted(missing))} missing")
    return arrays


def _unpack(path: Path) -> Iterator[tuple[str, bytes]]:
    """Batches of the official archive, read without unpacking anything to disk."""
    with open_data(path) as file, gzip.open(file) as plain:
        with tarfile.open(fileobj=plain, mode="r|", bufsize=1 << 18) as archive:
            for member in archive:
                name = PurePosixPath(member.name).name
                if name in BATCHES and member.isfile() and (batch := archive.extractfile(member)):
                    yield name, _bounded(batch)
        while plain.read(1 << 20):  # to the end, where the checksum is compared
            pass


def _bounded(file: IO[bytes]) -> bytes:
    raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise ValueError("a batch is too large")
    return raw


def _in_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Batches of the unpacked archive."""
    for name in BATCHES:
        with open_data(folder / name) as file:
            yield name, _bounded(file)


def _read_batches(path: Path) -> dict[str, np.ndarray]:
    """Read the official archive, or the folder that comes out of it."""
    if not path.is_dir():
        open_data(path).close()
    try:
        arrays = _gather(_in_folder(path) if path.is_dir() else _unpack(path))
    except (PermissionError, FileNotFoundError, IsADirectoryError):
        raise
    except Exception as error:  # a damaged file can raise nearly anything
        raise damaged(path, error) from error
    check_labels(arrays, path)
    return arrays


FOLDER = "cifar-10-batches-py"
URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
CIFAR10 = DataSet(
    key="cifar10",
    title="CIFAR-10",
    count="60,000",
    items="images",
    shape="60,000 x 32 x 32 x 3",
    official=OfficialFile(170_498_071, "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce", URL),
    forms=(
        Form("cifar-10-python.tar.gz", _read_batches),
        Form("cifar10.npz", _read_npz),
        Form(f"{FOLDER}-target_archive", _read_batches),  # Keras 3
        Form(f"{FOLDER}-target/{FOLDER}", _read_batches),
        Form(f"{FOLDER}.tar.gz", _read_batches),  # Keras 2
        Form(FOLDER, _read_batches),
        Form(f"cifar-10-python/{FOLDER}", _read_batches),  # where a double click unpacks it
        Form("data_batch_1", lambda path: _read_batches(path.parent)),  # the folder itself was given
    ),
    stand_in="60,000 drawn silhouettes of the ten classes",
    how_to_get=f"By hand: put {URL}, as it is, into the folder data/.",
)


# -- loading ---------------------------------------------------------------------------------------------


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
    return load_images(CIFAR10, source, data_dir, CLASS_NAMES, _stand_in)


def _stand_in() -> dict[str, np.ndarray]:
    """Draw the stand-in: as many images a class as the real set has."""
    arrays: dict[str, np.ndarray] = {}
    for seed, part in enumerate(("train", "test")):
        n = SHAPES[f"y_{part}"][0][0]
        labels = Random(seed).shuffled(np.arange(n) % len(CLASS_NAMES))
        arrays |= {f"x_{part}": drawing.images(labels, part, seed), f"y_{part}": labels}
    return arrays
