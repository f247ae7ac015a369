"""Finding the files of a data set, and reading them without trusting them.

A data set is described by a `DataSet`; `load` walks through the places in which a file may lie and gives
back what the first readable form of it holds. Nothing here writes or deletes a file that it did not make.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from . import download
from .containers import ImageData
from .download import Download, DownloadError, writable_folder

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
    shape: str  # "60,000 × 32 × 32 × 3"
    forms: tuple[Form, ...]
    stand_in: str  # what the stand-in is, in a few words
    how_to_get: str  # one sentence
    download: Download | None = None
    sha256: tuple[str, ...] = ()  # of files that are known to be the real set


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


def user_folder() -> Path:
    """Cache folder of the person, for when the project cannot be written."""
    base = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME")
    return Path(base or os.path.expanduser("~/.cache"), "nnlib")


def keras_folder() -> Path:
    """Folder in which Keras 3 keeps downloads, by Keras's own rule (without importing Keras)."""
    home = os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras")
    if os.path.isdir(home) and not os.access(home, os.W_OK) and not os.path.isdir(f"{home}/datasets"):
        home = "/tmp/.keras" if os.path.isdir("/tmp") else f"{tempfile.gettempdir()}/.keras"
    return Path(home, "datasets")


def places(data_dir: str | os.PathLike | None = None) -> list[Place]:
    """Folders to look in, best first."""
    found = []
    if data_dir is not None:
        given = Path(os.path.expanduser(data_dir))
        if not given.is_dir():
            problem = NotADirectoryError if given.exists() else FileNotFoundError
            raise problem(f"data_dir={str(data_dir)!r} is no folder. Give the folder that holds the data files.")
        found.append(Place(given, "data_dir"))
    if os.environ.get("NNLIB_DATA"):
        found.append(Place(Path(os.path.expanduser(os.environ["NNLIB_DATA"])), "$NNLIB_DATA"))
    return [
        *found,
        Place(project_folder() / "data", "data/"),
        Place(user_folder(), "nnlib's cache"),
        Place(keras_folder(), "Keras's cache", source="keras"),
        Place(Path.cwd(), "the current folder"),
        Place(Path(os.path.expanduser("~/Downloads")), "Downloads"),
    ]


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


def damaged(path: Path, error: Exception) -> ValueError:
    """Error for a file whose content cannot be used."""
    return ValueError(
        f"{path} is damaged or not what it should be ({error or type(error).__name__}). It was left as it is: move "
        "it away and put a good copy in its place."
    )


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
            raise ValueError(
                f"{path}: {name} should hold the classes 0 to 9, holds {found[:12].tolist()}. It was left as it is: "
                "move it away and put a good copy in its place."
            )


def _read_member(archive: zipfile.ZipFile, name: str, shape: tuple[int, ...], kind: str) -> np.ndarray:
    """Read one array of an open npz file."""
    if f"{name}.npy" not in archive.namelist():
        held = ", ".join(archive.namelist())[:200] or "nothing"
        raise ValueError(f"no array {name!r} in it; it holds {held}")
    with archive.open(f"{name}.npy") as member:
        read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
        found, _, dtype = read[np.lib.format.read_magic(member)](member)
    right_kind = dtype == np.uint8 if kind == "u" else dtype.kind in "iu"
    if found not in (shape, (*shape, 1)) or not right_kind:  # before anything of that size is set aside
        want = "uint8" if kind == "u" else "integers"
        raise ValueError(f"{name} should be {want} of shape {shape}, is {dtype} of shape {found}")
    with archive.open(f"{name}.npy") as member:  # from the start again: going back in a member is slow
        array = np.lib.format.read_array(member, allow_pickle=False)
        if member.read(1):  # to read up to the end is also what makes zipfile compare the checksum
            raise ValueError(f"bytes left over after {name}")
    return array.reshape(shape)


def as_images(data_set: DataSet, arrays: dict[str, np.ndarray], class_names: tuple[str, ...], source: str) -> ImageData:
    """Arrays as the loaders return them, with int64 labels."""
    labels = {part: arrays[f"y_{part}"].astype(np.int64) for part in ("train", "test")}
    return ImageData(
        data_set.title, arrays["x_train"], labels["train"], arrays["x_test"], labels["test"], class_names, source
    )


def load(data_set: DataSet, source: str, data_dir: str | os.PathLike | None) -> tuple[Any, str] | None:
    """Content and source of the best copy of a data set, or None where only the stand-in is left.

    Prints the one line that says which it was and why it was not a better one.
    """
    check_source(source)
    if source == "stand-in":
        print(f"{data_set.title}: STAND-IN as asked ({data_set.stand_in}).")
        return None
    looked_in, notes = places(data_dir), []
    for place, form, path in candidates(data_set, looked_in):
        try:
            content = form.read(path)
        except (OSError, ValueError):
            if place.source != "keras":  # a file that a person put there is never passed over
                raise
            notes.append(f"Keras's {form.name} is damaged (delete it to have it fetched anew)")
            continue
        if place != looked_in[0]:
            notes.insert(0, f"none in {_list(looked_in[: looked_in.index(place)])}")
        why = f" ({'; '.join(notes)})" if notes else ""
        print(f"{data_set.title}: {data_set.contents} from {form.name} in {place.label}{why}.")
        return content, place.source
    own = _list([place for place in looked_in if place.label.startswith(("data", "$"))])
    notes.insert(0, f"no {data_set.forms[0].name} in {own} or a cache")
    found = _fetched(data_set, notes)
    if found is not None:
        return found, "file"
    why = "; ".join(notes)
    if source == "real":
        raise FileNotFoundError(f"{data_set.title}: {why}. {data_set.how_to_get}")
    print(f"{data_set.title}: STAND-IN, {data_set.stand_in} ({why}). {data_set.how_to_get}")
    return None


def _list(looked_in: list[Place]) -> str:
    return ", ".join(place.label for place in looked_in)


def _fetched(data_set: DataSet, notes: list[str]) -> Any:
    """Content of the official download, or None with a note that says why there is none."""
    if data_set.download is None:
        return None
    if is_offline():
        notes.append("NNLIB_OFFLINE is set")
        return None
    try:
        path = fetch(data_set)
    except DownloadError as error:
        notes.append(f"the download failed: {error}")
        return None
    content = data_set.forms[0].read(path)
    print(f"{data_set.title}: {data_set.contents}, downloaded and checked, kept as {path.name}.")
    return content


def fetch(data_set: DataSet) -> Path:
    """Download a data set into the first of the folders for it that can be written; its path there.

    Raises
    ------
    DownloadError
        It could not be fetched, or not be kept.
    """
    project = project_folder()
    own = [project / "data"] if (project / "data").is_dir() or (project / "pyproject.toml").is_file() else []
    folder = writable_folder([*own, user_folder()])
    return download.fetch(data_set.download, data_set.forms[0].name, data_set.title, folder)


# -- what is there ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Copy:
    """A copy of a data set that was found."""

    path: Path
    place: str
    size: int  # bytes
    verified: bool  # by the checksum of the official file

    def __str__(self) -> str:
        """Place and name, as a person would say it."""
        return f"{self.path.name} in {self.place}"


def copies(data_set: DataSet) -> list[tuple[Copy, Form]]:
    """Every copy of a data set in the usual places, best first, with how to read it."""
    return [
        (Copy(path, place.label, _bytes(path), _is_official(data_set, path)), form)
        for place, form, path in candidates(data_set, places())
    ]


def _bytes(path: Path) -> int:
    """Bytes of a file, or of the files in a folder."""
    if path.is_dir():
        return sum(inside.stat().st_size for inside in path.iterdir() if inside.is_file())
    return path.stat().st_size if path.exists() else 0


def _is_official(data_set: DataSet, path: Path) -> bool:
    """Whether this is the official file, or the npz file that was made from it after its checksum was right."""
    try:
        if download.sha256(path) in data_set.sha256:
            return True
        with zipfile.ZipFile(path) as archive:
            return any(digest.encode() in archive.comment for digest in data_set.sha256)
    except (OSError, ValueError, zipfile.BadZipFile):
        return False
