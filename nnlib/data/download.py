"""Fetching an official file: bounded waits, checked before use, resumed where it broke off."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import http.client
import os
import queue
import shutil
import ssl
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

CONNECT_S = 10.0  # longest wait for a connection: name, address and TLS together
STALL_S = 30.0  # longest wait without news, and the time over which the speed is judged
SLOWEST = 4096  # bytes a second below which a transfer counts as stalled (170 MB would take half a day)
ATTEMPTS = 3  # how often a transfer that breaks off is taken up again in one call
CHUNK = 1 << 16


class DownloadError(OSError):
    """A file could not be fetched; the message says why, in a sentence without paths."""


@dataclass(frozen=True)
class Download:
    """An official file: where it is, what it must be, and how to read it."""

    url: str
    sha256: str
    size: int  # bytes
    unpack: Callable[[Path], dict[str, np.ndarray]] | None  # None: it is an npz file already

    @property
    def host(self) -> str:
        """Name of the server."""
        return self.url.split("/")[2]


# -- connection ------------------------------------------------------------------------------------------


class _Bounded:
    """A connection that is made within CONNECT_S or not at all, and may then be silent for STALL_S."""

    def connect(self) -> None:
        outcome: queue.SimpleQueue = queue.SimpleQueue()

        def work() -> None:
            try:
                outcome.put(super(_Bounded, self).connect())
            except BaseException as error:  # handed over to the waiting thread
                outcome.put(error)

        # In a thread: a name lookup knows no time-out, and a name with many addresses gets one for each.
        threading.Thread(target=work, daemon=True).start()
        try:
            error = outcome.get(timeout=CONNECT_S)
        except queue.Empty:
            raise TimeoutError(f"no connection within {CONNECT_S:g} s") from None
        if error is not None:
            raise error
        self.sock.settimeout(STALL_S)


class _Http(_Bounded, http.client.HTTPConnection):
    pass


class _Https(_Bounded, http.client.HTTPSConnection):
    pass


class _Handler(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    def http_open(self, request):
        return self.do_open(_Http, request)

    def https_open(self, request):  # a context of our own: certificates are checked whatever others patched
        return self.do_open(_Https, request, context=ssl.create_default_context())


def _open(url: str, start: int):
    """Answer of the server to a request for the bytes from `start` on."""
    headers = {"User-Agent": "nnlib", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    return urllib.request.build_opener(_Handler).open(urllib.request.Request(url, headers=headers), timeout=CONNECT_S)


# -- transfer --------------------------------------------------------------------------------------------


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _transfer(download: Download, part: Path, title: str) -> None:
    """Append to `part` what is missing of the file, or begin anew where the server cannot resume."""
    start = _size(part)
    with _open(download.url, start) as answer:
        if answer.status != 206 or not answer.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
            if answer.status == 206:
                raise DownloadError(f"{download.host} sends another part than asked for")
            start = 0
        promised = answer.headers.get("Content-Length")
        if promised is not None and start + int(promised) != download.size:
            kind = answer.headers.get_content_type()
            raise DownloadError(
                f"{download.host} sends {int(promised):,} bytes of {kind} where {download.size - start:,} are due: not "
                "the file, perhaps the log-in page of a network"
            )
        bar = tqdm(
            desc=title, total=download.size, initial=start, unit="B", unit_scale=True, mininterval=0.5, file=sys.stderr
        )
        with bar, open(part, "ab" if start else "wb") as file:
            since, news = time.monotonic(), 0
            while block := answer.read1(CHUNK):
                file.write(block)
                bar.update(len(block))
                if file.tell() > download.size:
                    raise DownloadError(f"{download.host} sends more than the file")
                news += len(block)
                if time.monotonic() - since > STALL_S:
                    if news < SLOWEST * STALL_S:
                        raise TimeoutError(f"fewer than {SLOWEST:,} bytes a second for {STALL_S:g} s")
                    since, news = time.monotonic(), 0


def _complete(download: Download, part: Path, title: str) -> None:
    """Transfer until the file is whole, taking it up again where it breaks off."""
    for attempt in range(1, ATTEMPTS + 1):
        before = _size(part)
        if before == download.size:
            return
        if before > download.size:
            part.unlink()
        try:
            _transfer(download, part, title)
            problem = "the connection broke off"
        except urllib.error.HTTPError as error:
            if error.code == 416:  # what is there does not fit: begin anew
                part.unlink(missing_ok=True)
                continue
            raise DownloadError(f"{download.host} answers {error.code} {error.reason}") from None
        except urllib.error.URLError as error:
            raise DownloadError(_reason(download, error.reason)) from None
        except (TimeoutError, ConnectionError, ssl.SSLError, http.client.HTTPException) as error:
            problem = str(error) or type(error).__name__
        if _size(part) == download.size:
            return
        if _size(part) <= before or attempt == ATTEMPTS:
            raise DownloadError(
                f"{download.host}: {problem} after {_size(part) / 1e6:.1f} of {download.size / 1e6:.1f} MB; what came "
                "is kept and the next call goes on from there"
            )
    raise DownloadError(f"{download.host}: the transfer cannot be resumed")


def _reason(download: Download, reason: object) -> str:
    """Say in a few words why there is no connection."""
    if isinstance(reason, ssl.SSLCertVerificationError):
        return (
            f"the certificate of {download.host} could not be verified ({reason.verify_message}); check the clock "
            "and the certificates of this Python, or fetch the file with a browser"
        )
    return f"no connection to {download.host} ({getattr(reason, 'strerror', None) or reason})"


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch_raw(download: Download, part: Path, title: str) -> None:
    """Bring the file to `part`, whole and with the right checksum."""
    resumed = _size(part) > 0
    _complete(download, part, title)
    found = sha256(part)
    if found == download.sha256:
        return
    with open(part, "rb") as file:
        page = file.read(200).lstrip().lower().startswith((b"<!doctype", b"<html"))
    part.unlink()
    if resumed:  # an old beginning may have been to blame
        return _fetch_raw(download, part, title)
    kind = "a web page" if page else f"sha256 {found[:8]}… instead of {download.sha256[:8]}…"
    raise DownloadError(f"{download.host} sent something else than the file ({kind}); it was thrown away")


# -- keeping ---------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _locked(path: Path, wait_s: float = 120.0) -> Iterator[None]:
    """Hold a lock that other processes respect; it falls with the process. Wait while the holder works."""
    with open(path, "ab") as file:
        told, changed, last = False, time.monotonic(), None
        while not _try_lock(file.fileno()):
            if not told:
                print("Another process is fetching the same data: waiting for it.", file=sys.stderr)
                told = True
            state = [(entry.name, entry.stat().st_size) for entry in os.scandir(path.parent)]
            if state != last:
                changed, last = time.monotonic(), state
            if time.monotonic() - changed > wait_s:
                raise DownloadError(f"another process has held the download for {wait_s:g} s without progress")
            time.sleep(0.2)
        yield


def _try_lock(descriptor: int) -> bool:
    """Take the lock if it is free. Where a file system knows no locks, go on without."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)
    return True


def write_npz(path: Path, arrays: dict[str, np.ndarray], comment: str) -> None:
    """Write arrays as a compressed npz file that appears under its name only when it is whole."""
    part = path.with_name(path.name + ".part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.comment = comment.encode()
            for name, array in arrays.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, array, allow_pickle=False)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def writable_folder(folders: list[Path]) -> Path:
    """First of these folders in which a file can be made.

    Raises
    ------
    OSError
        There is none.
    """
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
    raise DownloadError("no folder to keep the data in can be written: give $NNLIB_DATA a file, or free the disk")


def fetch(download: Download, name: str, title: str, folder: Path) -> Path:
    """Fetch an official file and keep it as an npz file.

    Parameters
    ----------
    download : Download
        What to fetch.
    name : str
        Name to keep it under, such as ``"cifar10.npz"``. A file of that name that is there already is left as
        it is, and taken.
    title : str
        Name of the data set, for the progress bar.
    folder : pathlib.Path
        Where to keep it.

    Raises
    ------
    DownloadError
        It could not be fetched, or not be kept.
    KeyboardInterrupt
        It was interrupted; what came is kept for the next call.
    """
    target, part = folder / name, folder / (download.url.rsplit("/", 1)[1] + ".part")
    try:
        with _locked(folder / f".{name}.lock"):
            if target.exists():  # another process was quicker
                return target
            needed = (download.size - _size(part)) + (download.size if download.unpack else 0)
            if shutil.disk_usage(folder).free < needed:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            _fetch_raw(download, part, title)
            if download.unpack is None:
                os.replace(part, target)
            else:
                write_npz(target, download.unpack(part), f"from {download.url}, sha256 {download.sha256}")
                part.unlink()
            return target
    except KeyboardInterrupt:
        print(
            f"{title}: stopped; {_size(part) / 1e6:.1f} of {download.size / 1e6:.1f} MB are kept, and the next call "
            'goes on from there. NNLIB_OFFLINE=1 or source="stand-in" does without.'
        )
        raise
    except DownloadError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            part.unlink(missing_ok=True)  # ours, and the disk is full
            need = download.size * (2 if download.unpack else 1) / 1e6
            raise DownloadError(f"the disk is full: {need:.0f} MB are needed for a moment") from error
        raise DownloadError(f"the file could not be kept ({error.strerror or error})") from error
