# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Fetching an official file: bounded waits, resumed where it broke off, checked before use."""

from __future__ import annotations

import errno
import os
import shutil
import ssl
import sys
import threading
import time
from concurrent.futures import Future
from pathlib import Path

import requests
import urllib3
from filelock import FileLock, Timeout
from tqdm import tqdm

from .dataset import OfficialFile, sha256

CONNECT_S = 10.0  # longest wait for a connection to one address
STALL_S = 30.0  # longest wait without news of any kind, and the time over which the speed is judged
SLOWEST = 4096  # bytes a second below which a transfer counts as stalled (170 MB would take half a day)
ATTEMPTS = 3  # how often a transfer that breaks off is taken up again in one call
LOCK_S = 600.0  # longest wait for another process that fetches the same file
CHUNK = 1 << 16


class DownloadError(OSError):
    """A file could not be fetched; the message says why, in a sentence without paths."""


def fetch(official: OfficialFile, folder: Path, title: str) -> Path:
    """Fetch an official file and keep it as it is.

    Parameters
    ----------
    official : OfficialFile
        What to fetch. A file of its name that is there already is left as it is, and taken.
    folder : pathlib.Path
        Where to keep it.
    title : str
        Name of the data set, for the progress bar.

    Returns
    -------
    pathlib.Path
        The file, whole and with the right checksum.

    Raises
    ------
    DownloadError
        It could not be fetched, or not be kept.
    KeyboardInterrupt
        It was interrupted; what came is kept for the next call.
    """
    target, part = folder / official.name, folder / f"{official.name}.part"
    lock = FileLock(folder / f".{official.name}.lock")  # falls with the process
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            print("Another process is fetching the same data: waiting for it.", file=sys.stderr)
            lock.acquire(timeout=LOCK_S)
        if not target.exists():  # else another process was quicker
            if shutil.disk_usage(folder).free < official.size - _size(part):
                raise OSError(errno.ENOSPC, "")
            _complete(official, part, title)
            os.replace(part, target)
        return target
    except KeyboardInterrupt:
        print(
            f"{title}: stopped; {_size(part) / 1e6:.1f} of {official.size / 1e6:.1f} MB are kept, and the next call "
            'goes on from there. NNLIB_OFFLINE=1 or source="stand-in" does without.'
        )
        raise
    except Timeout:
        raise DownloadError(f"another process has been fetching the file for {LOCK_S:g} s") from None
    except DownloadError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            part.unlink(missing_ok=True)  # ours, and the disk is full
            raise DownloadError(f"the disk is full: {official.size / 1e6:.0f} MB are needed") from error
        raise DownloadError(f"the file could not be kept ({error.strerror or error})") from error
    finally:
        lock.release()


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _complete(official: OfficialFile, part: Path, title: str) -> None:
    """Bring the file to `part`, whole and with the right checksum; take it up again where it breaks off."""
    problem = ""
    for _ in range(ATTEMPTS):
        before = _size(part)
        if before < official.size:
            try:
                _transfer(official, part, title)
                problem = "the connection broke off"
            except (urllib3.exceptions.HTTPError, TimeoutError) as error:
                problem = str(_cause(error))
        if _size(part) >= official.size:
            if official.is_at(part):
                return
            with open(part, "rb") as file:
                page = file.read(200).lstrip().lower().startswith((b"<!doctype", b"<html"))
            kind = "a web page" if page else f"sha256 {sha256(part)[:8]}... instead of {official.sha256[:8]}..."
            part.unlink()
            if not before:  # else an old beginning may have been to blame
                raise DownloadError(f"{official.host} sent something else than the file ({kind}); it was thrown away")
        elif _size(part) <= before:
            break
    raise DownloadError(
        f"{official.host}: {problem} after {_size(part) / 1e6:.1f} of {official.size / 1e6:.1f} MB; what came is kept "
        "and the next call goes on from there"
    )


def _transfer(official: OfficialFile, part: Path, title: str) -> None:
    """Append to `part` what is missing of the file, or begin anew where the server cannot resume."""
    start = _size(part)
    with _ask(official, start) as answer:
        if answer.status_code == 416:  # what is there does not fit: the next call begins anew
            part.unlink()
        if not answer.ok:
            raise DownloadError(f"{official.host} answers {answer.status_code} {answer.reason}")
        if answer.status_code != 206:
            start = 0
        elif not answer.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
            raise DownloadError(f"{official.host} sends another part than asked for")
        promised = answer.headers.get("Content-Length")
        if promised is not None and start + int(promised) != official.size:
            raise DownloadError(
                f"{official.host} sends {int(promised):,} bytes of {answer.headers.get('Content-Type')} where "
                f"{official.size - start:,} are due: not the file, perhaps the log-in page of a network"
            )
        bar = tqdm(desc=title, total=official.size, initial=start, unit="B", unit_scale=True, mininterval=0.5)
        with bar, open(part, "ab" if start else "wb") as file:
            since, news = time.monotonic(), 0
            while block := answer.raw.read1(CHUNK):
                file.write(block)
                bar.update(len(block))
                news += len(block)
                if file.tell() > official.size:
                    raise DownloadError(f"{official.host} sends more than the file")
                if time.monotonic() - since > STALL_S:
                    if news < SLOWEST * STALL_S:
                        raise TimeoutError(f"fewer than {SLOWEST:,} bytes a second for {STALL_S:g} s")
                    since, news = time.monotonic(), 0


def _ask(official: OfficialFile, start: int) -> requests.Response:
    """Answer of the server to a request for the bytes from `start` on; DownloadError where there is none."""
    headers = {"User-Agent": "nnlib", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    answer: Future[requests.Response] = Future()

    def work() -> None:
        try:
            answer.set_result(requests.get(official.url, headers=headers, stream=True, timeout=(CONNECT_S, STALL_S)))
        except BaseException as error:  # handed over to the waiting thread
            answer.set_exception(error)

    # In a thread: a name lookup knows no time-out, and a name with many addresses gets one for each.
    threading.Thread(target=work, daemon=True).start()
    try:
        return answer.result(STALL_S)
    except (requests.RequestException, TimeoutError) as error:
        cause = _cause(error)
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise DownloadError(
                f"the certificate of {official.host} could not be verified ({cause.verify_message}); check the clock "
                "and the certificates of this Python, or fetch the file with a browser"
            ) from error
        why = getattr(cause, "strerror", None) or str(cause) or f"no answer within {STALL_S:g} s"
        raise DownloadError(f"no connection to {official.host} ({why})") from error


def _cause(error: BaseException) -> BaseException:
    """What lies at the bottom of the errors that the libraries wrap round one another."""
    while below := error.__cause__ or error.__context__:
        error = below
    return error
