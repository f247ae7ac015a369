# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Command line of the course: ``nnlib doctor`` and ``nnlib data list|fetch|verify`` (or ``python -m nnlib …``).

What it prints is plain ASCII, but for the names of the user's files.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from nnlib.data import DATA_SETS, loading
from nnlib.data.dataset import DataSet
from nnlib.data.places import Place, cache_folder, course_folder, places

# -- data ------------------------------------------------------------------------------------------------


def data_list(data_sets: list[DataSet], looked_in: list[Place]) -> int:
    """Print a table of the data sets and what the loaders would take."""
    rows, problems = [("set", "source", "shape", "size", "where found", "verified")], []
    for data_set in data_sets:
        try:
            copy, _, notes = loading.best(data_set, looked_in)
        except (OSError, ValueError) as error:
            rows.append((data_set.key, "unusable", data_set.shape, "-", "see below", "no"))
            problems.append(f"{data_set.title}: {error}")
            continue
        problems += [f"{data_set.title}: {note}" for note in notes]
        if copy is None:
            rows.append((data_set.key, "stand-in", data_set.shape, "-", "-", "not the real set"))
        else:
            source = "Keras" if copy.place.source == "keras" else "file"
            state = "yes" if copy.is_official else "no: not the official file"
            rows.append((data_set.key, source, data_set.shape, _megabytes(copy.path), str(copy.path), state))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print("\n".join(problems), end="\n" if problems else "")
    return int(any(row[1] == "unusable" for row in rows))


def data_fetch(data_sets: list[DataSet], looked_in: list[Place], *, named: bool = True) -> int:
    """Download what is not there yet. What cannot be downloaded is a failure only where it was asked for."""
    failures = 0
    for data_set in data_sets:
        by_hand = ""
        try:
            copy, _, _ = loading.best(data_set, looked_in)
            if copy is not None:
                other = "" if copy.is_official else loading.NOT_OFFICIAL
                print(f"{data_set.title}: already there, {copy}{other}.")
            elif not data_set.official.url:
                print(f"{data_set.title}: {data_set.how_to_get}")
                failures += named
            elif loading.is_offline():
                raise OSError("NNLIB_OFFLINE is set. Unset it to download")
            else:
                by_hand = f" {data_set.how_to_get}"
                print(f"{data_set.title}: fetched and checked, kept as {loading.fetch(data_set)}.")
        except (OSError, ValueError) as error:
            print(f"{data_set.title}: {str(error).rstrip('.')}.{by_hand}")
            failures += 1
    return int(failures > 0)


def data_verify(data_sets: list[DataSet], looked_in: list[Place]) -> int:
    """Read every copy of every data set from end to end."""
    damaged = 0
    for data_set in data_sets:
        found = list(loading.copies(data_set, looked_in))
        if not found:
            print(f"-       {data_set.title}: no copy, the stand-in would be used. {_advice(data_set)}")
        for copy in found:
            try:
                copy.read()
            except (OSError, ValueError) as error:
                damaged += 1
                passed = " The loaders pass it over; delete it." if copy.place.source == "keras" else ""
                print(f"DAMAGED {data_set.title}: {error}{passed}")
            else:
                state = " (official checksum)" if copy.is_official else loading.NOT_OFFICIAL
                print(f"ok      {data_set.title}: {copy.path}{state}")
    return int(damaged > 0)


def _megabytes(path: Path) -> str:
    size = sum(inside.stat().st_size for inside in path.iterdir()) if path.is_dir() else path.stat().st_size
    return f"{size / 1e6:.1f} MB"


def _advice(data_set: DataSet) -> str:
    """How to get the real set."""
    return f"To get it: nnlib data fetch {data_set.key}" if data_set.official.url else data_set.how_to_get


# -- doctor ----------------------------------------------------------------------------------------------

# Runs in a process of its own: TensorFlow writes start-up lines to stderr, below Python.
TRAINING = """
import json, time
import nnlib.training  # first, as in the lessons
import keras, numpy, tensorflow
devices = [d.name for d in tensorflow.config.list_logical_devices("GPU")] or ["CPU"]
print(json.dumps([tensorflow.__version__, keras.__version__, keras.backend.backend(), devices]), flush=True)
x = numpy.random.default_rng(0).normal(size=(512, 20)).astype("float32")
y = (x[:, 0] > 0).astype("int32")
model = keras.Sequential([keras.Input((20,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(2)])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.train_on_batch(x, y)
losses, start = [], time.perf_counter()
while time.perf_counter() - start < 1:
    losses.append(float(model.train_on_batch(x, y)))
print(json.dumps([losses[0], losses[-1], len(losses)]))
"""


def doctor() -> int:
    """Check what the lessons need; a line for each, ok or what to do."""
    checks: tuple[Callable[[], list[tuple[bool, str]]], ...] = (_python, _memory, _kernel, _data, _training)
    healthy = True
    for check in checks:
        try:
            lines = check()
        except Exception as error:  # a doctor never falls ill: the error is the finding
            lines = [(False, f"{check.__name__.strip('_')}: {type(error).__name__}: {error}")]
        for ok, text in lines:
            healthy &= ok
            print(f"{'ok  ' if ok else 'FAIL'}  {text}", flush=True)
    return int(not healthy)


def _python() -> list[tuple[bool, str]]:
    right = (3, 11) <= sys.version_info[:2] <= (3, 13)
    advice = "" if right else "; the course needs 3.11, 3.12 or 3.13: install one and set up again (make lab)"
    return [(right, f"Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} CPU cores{advice}")]


def _memory() -> list[tuple[bool, str]]:
    import psutil

    free, total = (getattr(psutil.virtual_memory(), which) / 2**30 for which in ("available", "total"))
    enough = free >= 2
    advice = "" if enough else "; the lessons need up to 2 GiB: close other programs and notebooks"
    course = course_folder()
    kept_in = course or cache_folder()
    while not kept_in.is_dir():
        kept_in = kept_in.parent
    disk = shutil.disk_usage(kept_in).free / 2**30
    return [
        (enough, f"memory: {free:.1f} of {total:.1f} GiB free{advice}"),
        (disk > 0.5, f"disk: {disk:.1f} GiB free{'' if disk > 0.5 else '; a data set needs 0.2: make room'}"),
    ]


def _kernel() -> list[tuple[bool, str]]:
    try:
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    except ImportError:
        return [(True, "kernel python3: Jupyter is not installed here; the lessons need it, nnlib does not")]
    cure = f"register it: {sys.executable} -m ipykernel install --sys-prefix --name python3"
    try:
        program = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        return [(False, f"kernel python3: not registered; {cure}")]
    found = shutil.which(program)
    same = found is not None and os.path.abspath(found) == os.path.abspath(sys.executable)
    if same or program in ("python", "python3"):
        return [(True, "kernel python3: registered")]
    return [(False, f"kernel python3: belongs to another Python ({program}); {cure}")]


def _data() -> list[tuple[bool, str]]:
    lines, looked_in = [], places()
    for data_set in DATA_SETS.values():
        try:
            copy, _, notes = loading.best(data_set, looked_in)
        except (OSError, ValueError) as error:
            lines.append((False, f"{data_set.title}: {error}"))
            continue
        if copy is None:
            found = f"stand-in. {_advice(data_set)}"
        else:
            found = f"real, {copy}" if copy.is_official else f"{copy}{loading.NOT_OFFICIAL}"
        lines.append((True, "; ".join([f"{data_set.title}: {found}", *notes])))
    return lines


def _training() -> list[tuple[bool, str]]:
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run([sys.executable, "-c", TRAINING], capture_output=True, text=True, env=quiet, timeout=300)
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    lines = []
    if told:
        tf, keras, backend, devices = told[0]
        about = f"TensorFlow {tf}, Keras {keras} on {backend}, device {', '.join(devices)}"
        if devices == ["CPU"] and shutil.which("nvidia-smi"):
            about += "; the NVIDIA card of this computer is not used, and the lessons need none (README, GPU)"
        lines.append((backend == "tensorflow", about))
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        return [*lines, (False, f"training: {last}; install the packages again, in the course's folder with: make lab")]
    first, last, steps = told[1]
    return [*lines, (last < first, f"training: {steps} steps in a second, loss {first:.3f} to {last:.3f}")]


# -- command line ----------------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 if all is well, 1 if not, 2 where it was not understood."""
    for stream in (sys.stdout, sys.stderr):  # the name of a file may hold letters that a stream cannot encode
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = _run(arguments)
        sys.stdout.flush()  # here, and not after the last line of this program: an error is caught
        return status
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        try:
            sys.stdout.flush()  # what was said before the error
        except OSError:
            if sys.stdout is sys.__stdout__:  # Python flushes it once more at its end: let that not fail, too
                os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if isinstance(error, BrokenPipeError):  # as of `nnlib data list | head -1`: the reader has seen enough
            return 141
        print(f"nnlib: {error}", file=sys.stderr)
        return 1


def _run(arguments: list[str] | None) -> int:
    """Understand the words and do what they say."""
    parser = argparse.ArgumentParser(prog="nnlib", description="Helpers of the course.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("doctor", help="check Python, TensorFlow, memory, kernel, data and a training step")
    data = commands.add_parser("data", help="the data sets").add_subparsers(dest="action", required=True)
    for action, text in (
        ("list", "where each data set would be taken from"),
        ("fetch", "download the official data sets that are not there"),
        ("verify", "read what is there from end to end"),
    ):
        data.add_parser(action, help=text).add_argument("name", nargs="*", help=", ".join(DATA_SETS))
    options = parser.parse_args(arguments)
    if options.command == "doctor":
        return doctor()
    names = options.name or list(DATA_SETS)
    unknown = [name for name in names if name not in DATA_SETS]
    if unknown:
        parser.error(f"no data set {unknown[0]!r}; there are {', '.join(DATA_SETS)}")
    data_sets = [DATA_SETS[name] for name in names]
    try:
        looked_in = places()
    except (OSError, ValueError) as error:  # a wrong NNLIB_DATA
        print(error, file=sys.stderr)
        return 1
    if options.action == "fetch":
        return data_fetch(data_sets, looked_in, named=bool(options.name))
    return {"list": data_list, "verify": data_verify}[options.action](data_sets, looked_in)


if __name__ == "__main__":
    sys.exit(main())
