# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Choosing among the copies of a data set: the loaders and the command line share one opinion.

A file that a person put somewhere is never passed over, changed or deleted: if it is damaged, that is said. A damaged
file in Keras's cache, which nobody put there, is passed over, and that is said as well.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .containers import ImageData
from .dataset import DataSet, Form
from .places import Place, download_folder, places

SOURCES = ("auto", "real", "stand-in")
NOT_OFFICIAL = ", complete but not byte for byte the official file"


@dataclass(frozen=True)
class Copy:
    """A copy of a data set that was found, not read yet."""

    data_set: DataSet
    place: Place
    form: Form

    @property
    def path(self) -> Path:
        """File or folder."""
        return self.place.folder / self.form.name

    @property
    def is_official(self) -> bool:
        """Whether it is the official file, by its checksum."""
        return self.data_set.official.is_at(self.path)

    def read(self) -> Any:
        """Content, checked; OSError or ValueError where it cannot be used."""
        return self.form.read(self.path)

    def __str__(self) -> str:
        """Name and place, as a person would say it."""
        return f"{self.form.name} in {self.place.label}"


def copies(data_set: DataSet, looked_in: list[Place]) -> Iterator[Copy]:
    """Every copy of a data set in these places, best first."""
    for place in looked_in:
        for form in data_set.forms:
            copy = Copy(data_set, place, form)
            if (form.everywhere or place.label == "data_dir") and os.path.lexists(copy.path):
                yield copy


def best(data_set: DataSet, looked_in: list[Place]) -> tuple[Copy | None, Any, list[str]]:
    """The copy that a loader takes, what it holds, and a note for each that was passed over.

    Raises
    ------
    OSError, ValueError
        A file that a person put there cannot be read, or is damaged.
    """
    notes: list[str] = []
    for copy in copies(data_set, looked_in):
        try:
            return copy, copy.read(), notes
        except (OSError, ValueError):
            if copy.place.source != "keras":
                raise
            notes.append(f"Keras's {copy.form.name} is damaged (delete it to have it fetched anew)")
    return None, None, notes


def check_source(source: str) -> None:
    """Raise ValueError unless `source` is one of the three allowed words."""
    if source not in SOURCES:
        raise ValueError(f"source must be one of {', '.join(map(repr, SOURCES))}, got {source!r}.")


def is_offline() -> bool:
    """Whether NNLIB_OFFLINE forbids the network (any value but empty and 0)."""
    return os.environ.get("NNLIB_OFFLINE", "") not in ("", "0")


def load(data_set: DataSet, source: str, data_dir: str | os.PathLike | None) -> tuple[Any, str] | None:
    """Content and source of the best copy of a data set, or None where only the stand-in is left.

    Prints the one line that says which it was and why it was not a better one.
    """
    check_source(source)
    if source == "stand-in":
        say(f"{data_set.title}: STAND-IN as asked ({data_set.stand_in}).")
        return None
    looked_in = places(data_dir)
    copy, content, notes = best(data_set, looked_in)
    if copy is not None:
        if copy.place != looked_in[0]:
            notes.insert(0, f"none in {_labels(looked_in[: looked_in.index(copy.place)])}")
        real, other = ("real ", "") if copy.is_official else ("", NOT_OFFICIAL)
        why = f" ({'; '.join(notes)})" if notes else ""
        say(f"{data_set.title}: {data_set.count} {real}{data_set.items} from {copy}{other}{why}.")
        return content, copy.place.source
    own = _labels([place for place in looked_in if place.label.startswith(("data", "$"))])
    notes.insert(0, f"no {data_set.forms[0].name} in {own} or a cache")
    content = _downloaded(data_set, notes)
    if content is not None:
        return content, "file"
    why = "; ".join(notes)
    if source == "real":
        raise FileNotFoundError(f"{data_set.title}: {why}. {data_set.how_to_get}")
    say(f"{data_set.title}: STAND-IN, {data_set.stand_in} ({why}). {data_set.how_to_get}")
    return None


def _labels(looked_in: list[Place]) -> str:
    return ", ".join(place.label for place in looked_in)


def _downloaded(data_set: DataSet, notes: list[str]) -> Any:
    """Content of the official download, or None with a note that says why there is none."""
    if not data_set.official.url:
        return None
    if is_offline():
        notes.append("NNLIB_OFFLINE is set")
        return None
    try:
        path = fetch(data_set)
    except (OSError, ImportError) as error:  # ImportError: a copy of this folder without the libraries for it
        notes.append(f"the download failed: {error}")
        return None
    content = data_set.forms[0].read(path)
    say(f"{data_set.title}: {data_set.count} real {data_set.items}, downloaded and checked, kept as {path.name}.")
    return content


def fetch(data_set: DataSet) -> Path:
    """Download the official file; its path.

    Raises
    ------
    OSError
        It could not be fetched, or not be kept.
    """
    from . import download  # here: most calls need no network

    return download.fetch(data_set.official, download_folder(), data_set.title)


def load_images(
    data_set: DataSet,
    source: str,
    data_dir: str | os.PathLike | None,
    class_names: tuple[str, ...],
    stand_in: Callable[[], dict[str, np.ndarray]],
) -> ImageData:
    """Load labelled images, or draw the stand-in; labels become int64."""
    arrays, origin = load(data_set, source, data_dir) or (stand_in(), "stand-in")
    labels = {part: arrays[f"y_{part}"].astype(np.int64) for part in ("train", "test")}
    return ImageData(
        data_set.title, arrays["x_train"], labels["train"], arrays["x_test"], labels["test"], class_names, origin
    )


def say(line: str) -> None:
    """Print a line; letters that the stream cannot encode (in the name of a file) come as escapes."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(line.encode(encoding, "backslashreplace").decode(encoding))
