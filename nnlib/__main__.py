"""Command line of the course: ``python -m nnlib data list|fetch|verify`` and ``python -m nnlib doctor``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable

from nnlib.data import cifar10, files, mnist, phone_prices

DATA_SETS = {s.key: s for s in (cifar10.CIFAR10, mnist.MNIST, phone_prices.PHONE_PRICES)}


# -- data ------------------------------------------------------------------------------------------------


def data_list(names: list[str]) -> int:
    """Print a table of the data sets and where the loaders would take them from."""
    rows = [("set", "source", "shape", "size", "where found", "verified")]
    for data_set in (DATA_SETS[name] for name in names):
        found = files.copies(data_set)
        if found:
            copy, source = found[0][0], "Keras" if found[0][0].place == "Keras's cache" else "file"
            state = "yes" if copy.verified else "no: not the official file"
            rows.append((data_set.key, source, data_set.shape, _megabytes(copy.size), str(copy.path), state))
        else:
            rows.append((data_set.key, "stand-in", data_set.shape, "-", "-", "not the real set"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


def data_fetch(names: list[str], *, named: bool = True) -> int:
    """Download what is not there yet. What cannot be downloaded is a failure only where it was asked for."""
    failures = 0
    for data_set in (DATA_SETS[name] for name in names):
        found = files.copies(data_set)
        try:
            if found:
                found[0][1].read(found[0][0].path)
                print(f"{data_set.title}: already there, {found[0][0]}.")
            elif data_set.download is None:
                print(f"{data_set.title}: {data_set.how_to_get}")
                failures += named
            elif files.is_offline():
                raise OSError("NNLIB_OFFLINE is set. Unset it to download")
            else:
                path = files.fetch(data_set)
                data_set.forms[0].read(path)
                print(f"{data_set.title}: fetched and checked, kept as {path}.")
        except (OSError, ValueError) as error:
            by_hand = f" By hand: {data_set.download.url}, as it is, into data/." if data_set.download else ""
            print(f"{data_set.title}: {str(error).rstrip('.')}.{by_hand if not found else ''}")
            failures += 1
    return int(failures > 0)


def data_verify(names: list[str]) -> int:
    """Read every copy of every data set from end to end."""
    damaged = 0
    for data_set in (DATA_SETS[name] for name in names):
        found = files.copies(data_set)
        if not found:
            print(f"-       {data_set.title}: no copy, the stand-in would be used. {data_set.how_to_get}")
        for copy, form in found:
            try:
                form.read(copy.path)
            except (OSError, ValueError) as error:
                damaged += 1
                print(f"DAMAGED {data_set.title}: {error}")
            else:
                state = "official checksum" if copy.verified else "whole; not the official file, so no checksum"
                print(f"ok      {data_set.title}: {copy.path} ({state})")
    return int(damaged > 0)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


# -- doctor ----------------------------------------------------------------------------------------------

# Runs in a process of its own: TensorFlow writes start-up lines to stderr, below Python.
TRAINING = """
import json, time
import keras, numpy, tensorflow
x = numpy.random.default_rng(0).normal(size=(512, 20)).astype("float32")
y = (x[:, 0] > 0).astype("int32")
model = keras.Sequential([keras.Input((20,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(2)])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.train_on_batch(x, y)
losses, start = [], time.perf_counter()
while time.perf_counter() - start < 1:
    losses.append(float(model.train_on_batch(x, y)))
devices = [d.name for d in tensorflow.config.list_logical_devices("GPU")] or ["CPU"]
print(json.dumps([tensorflow.__version__, keras.__version__, keras.backend.backend(), devices, losses[0], losses[-1],
                  len(losses)]))
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
    import psutil  # comes with ipykernel

    free, total = (getattr(psutil.virtual_memory(), which) / 2**30 for which in ("available", "total"))
    enough = free >= 2
    advice = "" if enough else "; the lessons need up to 2 GiB: close other programs and notebooks"
    disk = shutil.disk_usage(files.project_folder()).free / 2**30
    return [
        (enough, f"memory: {free:.1f} of {total:.1f} GiB free{advice}"),
        (disk > 0.5, f"disk: {disk:.1f} GiB free{'' if disk > 0.5 else '; a data set needs 0.4: make room'}"),
    ]


def _kernel() -> list[tuple[bool, str]]:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

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
    lines = []
    for data_set in DATA_SETS.values():
        found = files.copies(data_set)
        if not found:
            lines.append((True, f"{data_set.title}: stand-in. {data_set.how_to_get}"))
            continue
        copy, form = found[0]
        try:
            form.read(copy.path)
            lines.append((True, f"{data_set.title}: real, {copy}"))
        except (OSError, ValueError) as error:
            lines.append((False, f"{data_set.title}: {error}"))
    return lines


def _training() -> list[tuple[bool, str]]:
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run([sys.executable, "-c", TRAINING], capture_output=True, text=True, env=quiet, timeout=300)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        return [(False, f"TensorFlow: {last}; install the packages again: pip install -r requirements.txt")]
    tf, keras, backend, devices, first, last, steps = json.loads(done.stdout.splitlines()[-1])
    return [
        (backend == "tensorflow", f"TensorFlow {tf}, Keras {keras} on {backend}, device {', '.join(devices)}"),
        (last < first, f"training: {steps} steps in a second, loss {first:.3f} to {last:.3f}"),
    ]


# -- command line ----------------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 if all is well, 1 if not, 2 where it was not understood."""
    parser = argparse.ArgumentParser(prog="python -m nnlib", description="Helpers of the course.")
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
    try:
        if options.command == "doctor":
            return doctor()
        names = options.name or list(DATA_SETS)
        unknown = [name for name in names if name not in DATA_SETS]
        if unknown:
            parser.error(f"no data set {unknown[0]!r}; there are {', '.join(DATA_SETS)}")
        if options.action == "fetch":
            return data_fetch(names, named=bool(options.name))
        return {"list": data_list, "verify": data_verify}[options.action](names)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
