# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""What is known of a data set before any of it is read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class OfficialFile:
    """The file that the makers of a data set hand out."""

    size: int  # bytes
    sha256: str
    url: str = ""  # where everybody may fetch it; empty where that takes a login

    @property
    def name(self) -> str:
        """Name of the file on the server."""
        return self.url.rsplit("/", 1)[-1]

    @property
    def host(self) -> str:
        """Name of the server."""
        return str(urlsplit(self.url).hostname)

    def is_at(self, path: Path) -> bool:
        """Whether this very file lies there; only a file of the right size is read."""
        try:
            return os.path.isfile(path) and path.stat().st_size == self.size and sha256(path) == self.sha256
        except OSError:
            return False


@dataclass(frozen=True)
class Form:
    """One way in which a data set is kept: a file or folder of this name, and how to read it."""

    name: str
    read: Callable[[Path], Any]
    everywhere: bool = True  # False: the name says little, so that it counts in `data_dir` alone


@dataclass(frozen=True)
class DataSet:
    """A data set: its names, its forms, its official file."""

    key: str  # "cifar10": its name on the command line
    title: str  # "CIFAR-10": its name in a sentence
    count: str  # "60,000"
    items: str  # "images"
    shape: str  # "60,000 x 32 x 32 x 3"
    official: OfficialFile
    forms: tuple[Form, ...]  # the official file first
    stand_in: str  # what the stand-in is, in a few words
    how_to_get: str  # one sentence


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
