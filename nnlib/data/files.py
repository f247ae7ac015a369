"""Finding the files of a data set, and reading them without trusting them.

A data set is described by a `DataSet`; `load` walks through the places in which a file may lie and gives
back what the first readable form of it holds. Nothing here writes or deletes a file that it did not make.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

SOURCES = ("auto", "real", "stand-in")


@dataclass(frozen=True)
class Form:
    """One way in which a data set is kept: a file or folder of this name, and how to read it."""

    name: str
    read: Callable[[Path], Any]


@dataclass(frozen=True)
class Place:
    """A folder to look in, the name that a message gives it, and the source that a find there counts as."""

    folder: Path
    label: str
    source: str = "file"


@dataclass(frozen=True)
class DataSet:
    """What is known of a data set before any of it is read."""

    key: str  # "cifar10": its name on the command line
    title: str  # "CIFAR-10": its name in a sentence
    contents: str  # "60,000 images"
    forms: tuple[Form, ...]
    stand_in: str  # what the stand-in is, in a few words
    how_to_get: str  # one sentence


def check_source(source: str) -> None:
    """Raise ValueError unless `source` is one of the three allowed words."""
    if source not in SOURCES:
        raise ValueError(f"source must be one of {', '.join(map(repr, SOURCES))}, got {source!r}.")


def is_offline() -> bool:
    """Whether NNLIB_OFFLINE forbids the network (any value but empty and 0)."""
    return os.environ.get("NNLIB_OFFLINE", "") not in ("", "0")


def project_folder() -> Path:
    """Nearest folder above this file, or else above the current folder, that holds a pyproject.toml."""
    for start in (Path(__file__).resolve().parent, Path.cwd()):
        for folder in (start, *start.parents):
            if (folder / "pyproject.toml").is_file():
                return folder
    return Path.cwd()


def keras_folder() -> Path:
    """Folder in which Keras 3 keeps downloads, by Keras's own rule (without importing Keras)."""
    home = Path(os.environ.get("KERAS_HOME") or Path("~/.keras").expanduser())
    if not os.access(home, os.W_OK) and not (home / "datasets").is_dir():
        home = Path("/tmp" if os.path.isdir("/tmp") else tempfile.gettempdir(), ".keras")  # as Keras does
    return home / "datasets"


def places(data_dir: str | os.PathLike | None = None) -> list[Place]:
    """Folders to look in, best first."""
    found = []
    if data_dir is not None:
        given = Path(data_dir).expanduser()
        if not given.is_dir():
            problem = NotADirectoryError if given.exists() else FileNotFoundError
            raise problem(f"data_dir={str(data_dir)!r} is no folder. Give the folder that holds the data files.")
        found.append(Place(given, "data_dir"))
    if os.environ.get("NNLIB_DATA"):
        found.append(Place(Path(os.environ["NNLIB_DATA"]).expanduser(), "$NNLIB_DATA"))
    found.append(Place(project_folder() / "data", "data/"))
    found.append(Place(keras_folder(), "Keras's cache", source="keras"))
    return found


def candidates(data_set: DataSet, looked_in: list[Place]) -> Iterator[tuple[Place, Form, Path]]:
    """Every form of a data set that exists in one of these places, best first."""
    for place in looked_in:
        for form in data_set.forms:
            path = place.folder / form.name
            if os.path.lexists(path):
                yield place, form, path


def open_data(path: Path) -> BinaryIO:
    """Open a file for reading; an OSError says what to do."""
    try:
        return open(path, "rb")
    except OSError as error:
        advice = {
            IsADirectoryError: "a folder lies where the file should be: move it away",
            PermissionError: "give yourself the right to read it",
            FileNotFoundError: "there is no such file: check the name",
        }.get(type(error), "check the disk and the path")
        raise type(error)(error.errno, f"{error.strerror}; {advice}", str(path)) from None


def read_npz(path: Path, expected: dict[str, tuple[tuple[int, ...], str]]) -> dict[str, np.ndarray]:
    """Read the arrays of an npz file, each checked against its expected shape and type before it is read.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    expected : dict
        For each array its shape and the kind of its numbers ("u": unsigned, "i": any integer).

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
                return {name: _read_member(archive, name, *want) for name, want in expected.items()}
        except Exception as error:
            raise ValueError(
                f"{path} is damaged or not what it should be ({error or type(error).__name__}). "
                "It was left as it is: move it away and put a good copy in its place."
            ) from error


def _read_member(archive: zipfile.ZipFile, name: str, shape: tuple[int, ...], kind: str) -> np.ndarray:
    """Read one array of an open npz file."""
    if f"{name}.npy" not in archive.namelist():
        held = ", ".join(archive.namelist()) or "nothing"
        raise ValueError(f"no array {name!r} in it; it holds {held}")
    with archive.open(f"{name}.npy") as member:
        version = np.lib.format.read_magic(member)
        read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        found, _, dtype = read_header(member)
    wanted = np.dtype("uint8") == dtype if kind == "u" else dtype.kind in "iu"
    if found != shape or not wanted:
        want = "uint8" if kind == "u" else "integers"
        raise ValueError(f"{name} should be {want} of shape {shape}, is {dtype} of shape {found}")
    with archive.open(f"{name}.npy") as member:  # from the start again: a member cannot be rewound cheaply
        array = np.lib.format.read_array(member, allow_pickle=False)
        if member.read(1):  # reading on to the end is also what makes zipfile compare the checksum
            raise ValueError(f"bytes left over after {name}")
    return array


def load(data_set: DataSet, source: str, data_dir: str | os.PathLike | None) -> tuple[Any, str] | None:
    """Content and source of the best copy of a data set, or None where only the stand-in is left.

    Prints the one line that says which it was and why it was not a better one.
    """
    check_source(source)
    if source == "stand-in":
        print(f"{data_set.title}: STAND-IN as asked ({data_set.stand_in}).")
        return None
    looked_in = places(data_dir)
    for place, form, path in candidates(data_set, looked_in):
        content = form.read(path)
        print(f"{data_set.title}: {data_set.contents} from {form.name} in {place.label}.")
        return content, place.source
    nowhere = f"no {data_set.forms[0].name} in {', '.join(place.label for place in looked_in)}"
    if source == "real":
        raise FileNotFoundError(f"{data_set.title}: {nowhere}. {data_set.how_to_get}")
    print(f"{data_set.title}: STAND-IN ({data_set.stand_in}), {nowhere}. {data_set.how_to_get}")
    return None
