# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""The folders in which the files of a data set may lie."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True)
class Place:
    """A folder to look in, the name that a message gives it, and the source that a find there counts as."""

    folder: Path
    label: str
    source: str = "file"


def places(data_dir: str | os.PathLike | None = None) -> list[Place]:
    """Folders to look in, best first.

    Raises
    ------
    OSError, ValueError
        `data_dir` or NNLIB_DATA names something else than a folder that can be read, or the current folder is gone.
    """
    named: list[Place] = []
    course = course_folder()
    if data_dir is not None:
        named.append(Place(_readable(expanded(data_dir), f"data_dir={str(data_dir)!r}"), "data_dir"))
    if variable := os.environ.get("NNLIB_DATA"):
        folder = expanded(variable)
        if not folder.is_absolute() and course is None:
            raise ValueError(f"NNLIB_DATA={variable!r} is a relative path. Give the whole path, from the root on.")
        folder = Path(os.path.abspath((course or Path()) / folder))
        named.append(Place(_readable(folder, f"NNLIB_DATA={variable!r}"), "$NNLIB_DATA"))
    return [
        *named,
        Place((course or current_folder()) / "data", "data/"),
        Place(cache_folder(), "nnlib's cache"),
        Place(keras_folder(), "Keras's cache", source="keras"),
        Place(current_folder(), "the current folder"),
        Place(expanded("~/Downloads"), "Downloads"),
    ]


def expanded(path: str | os.PathLike) -> Path:
    """The path with the home folder for its ~; as it is where there is no such user (Path.expanduser would fail)."""
    return Path(os.path.expanduser(path))


def current_folder() -> Path:
    """The current folder; an OSError says what to do where it was deleted."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise FileNotFoundError("the current folder was deleted: change to one that is there (cd)") from None


def _readable(folder: Path, called: str) -> Path:
    """The folder, if it is one that can be read; else an OSError that says how the user called it."""
    try:
        os.listdir(os.path.join(folder, "."))  # the dot asks for the right to enter, too
    except OSError as error:
        advice = "Give the folder that holds the data files, with the right to read it"
        raise type(error)(f"{called}: {str(error.strerror).lower()} ({folder}). {advice}.") from None
    return folder


def course_folder() -> Path | None:
    """Folder of the course (its clone or archive), if this file or the current folder lies in it."""
    for start in (Path(__file__).resolve().parent, current_folder()):
        for folder in (start, *start.parents):
            if (folder / "notebooks" / "src").is_dir() and (folder / "nnlib" / "data").is_dir():
                return folder
    return None


def cache_folder() -> Path:
    """Folder for what `nnlib` downloads outside the course; the system decides where it is."""
    return Path(platformdirs.user_cache_dir("nnlib", appauthor=False))


def keras_folder() -> Path:
    """Folder in which Keras 3 keeps downloads, by Keras's own rule (without importing Keras)."""
    home = os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras")
    if os.path.isdir(home) and not os.access(home, os.W_OK) and not os.path.isdir(f"{home}/datasets"):
        home = "/tmp/.keras" if os.path.isdir("/tmp") else f"{tempfile.gettempdir()}/.keras"
    return Path(home, "datasets")


def download_folder() -> Path:
    """Folder for a download: the course's `data/`, or where that is not to be had the cache.

    Raises
    ------
    OSError
        Neither can be written.
    """
    course = course_folder()
    for folder in ([course / "data"] if course else []) + [cache_folder()]:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    raise OSError("no folder to keep the data in can be written")
