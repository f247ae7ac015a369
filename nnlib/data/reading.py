# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Reading files without trusting them. Nothing here writes, deletes or unpickles."""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from pathlib import Path
from typing import BinaryIO

import numpy as np

LEFT = "It was left as it is: move it away and put a good copy in its place."


def open_data(path: Path) -> BinaryIO:
    """Open a file for reading; an OSError says what to do.

    What is no file on a disk (a pipe, a device, a link to one) is refused: reading it might never end.
    """
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
            return open(path, "rb")
    except OSError as error:
        advice = {
            IsADirectoryError: "a folder lies where the file should be: move it away",
            PermissionError: "give yourself the right to read it",
            FileNotFoundError: "there is no such file: check the name",
        }.get(type(error), "check the disk and the path")
        raise type(error)(error.errno, f"{error.strerror}; {advice}", str(path)) from None
    raise ValueError(f"{path} is no file but a pipe or a device. Move it away.")


def damaged(path: Path, error: Exception) -> ValueError:
    """Error for a file whose content cannot be used."""
    return ValueError(f"{path} is damaged or not what it should be ({error or type(error).__name__}). {LEFT}")


def read_npz(path: Path, expected: dict[str, tuple[tuple[int, ...], str]], stand_in: str = "") -> dict[str, np.ndarray]:
    """Read the arrays of an npz file, each checked against its expected shape and type before it is read.

    Labels may have the shape (n, 1) that Keras gives them, too.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    expected : dict
        For each array its shape and the kind of its numbers ("u": unsigned, "i": any integer).
    stand_in : str
        SHA-256 of the first test image of the stand-in, which must not come back as the real set.

    Raises
    ------
    OSError
        The file cannot be opened.
    ValueError
        The file is damaged, or holds something else.
    """
    with open_data(path) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                arrays = {name: _read_member(archive, name, *want) for name, want in expected.items()}
        except Exception as error:  # a damaged file can raise nearly anything
            raise damaged(path, error) from error
    check_labels(arrays, path)
    if hashlib.sha256(arrays["x_test"][0].tobytes()).hexdigest() == stand_in:
        raise ValueError(f"{path} holds the stand-in, not the real set. Put it under another name.")
    return arrays


def check_labels(arrays: dict[str, np.ndarray], path: Path) -> None:
    """Raise ValueError unless the labels are the ten classes, each of them there."""
    for name in ("y_train", "y_test"):
        found = np.unique(arrays[name])
        if not np.array_equal(found, np.arange(10)):
            raise ValueError(f"{path}: {name} should hold the classes 0 to 9, holds {found[:12].tolist()}. {LEFT}")


def _read_member(archive: zipfile.ZipFile, name: str, shape: tuple[int, ...], kind: str) -> np.ndarray:
    """Read one array of an open npz file."""
    if f"{name}.npy" not in archive.namelist():
        held = ", ".join(archive.namelist())[:200] or "nothing"
        raise ValueError(f"no array {name!r} in it; it holds {held}")
    with archive.open(f"{name}.npy") as member:
        read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
        try:
            found, _, dtype = read[np.lib.format.read_magic(member)](member)
        except (ValueError, KeyError):  # what NumPy says here advises to trust the file
            raise ValueError(f"{name} does not begin as an array of numbers does") from None
    right_kind = dtype == np.uint8 if kind == "u" else dtype.kind in "iu"
    if found not in (shape, (*shape, 1)) or not right_kind:  # before anything of that size is set aside
        want = "uint8" if kind == "u" else "integers"
        raise ValueError(f"{name} should be {want} of shape {shape}, is {dtype} of shape {found}")
    with archive.open(f"{name}.npy") as member:  # from the start again: going back in a member is slow
        array = np.lib.format.read_array(member, allow_pickle=False)
        if member.read(1):  # to read up to the end is also what makes zipfile compare the checksum
            raise ValueError(f"bytes left over after {name}")
    return array.reshape(shape)
