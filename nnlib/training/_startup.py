# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Import Keras on TensorFlow quietly and a quarter faster. Import this before anything else imports Keras.

Its start-up lines, which a notebook would show to the learner, come from C++, partly before its logging is set up,
so that no setting of TensorFlow's holds them all back: they are caught where they go to, at file descriptor 2.
"""

import ctypes
import gc
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

# Later lines: only warnings that matter. Whoever sets the variable sees what they ask for.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# On a GPU take memory as it is needed, so that two open notebooks fit side by side.
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")


@contextmanager
def _held_back() -> Iterator[None]:
    """Hold back what is written to file descriptor 2, and hand it on after all where an import fails."""
    with ExitStack() as opened:
        try:
            sys.stderr.flush()
            lines = opened.enter_context(tempfile.TemporaryFile())
            stderr = os.dup(2)
        except (AttributeError, OSError):  # no stderr, as under pythonw, or no place for a file: hold back nothing
            yield
            return
        os.dup2(lines.fileno(), 2)
        try:
            yield
        except BaseException:
            lines.seek(0)
            os.write(stderr, lines.read())
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Keep the garbage collector from looking at what TensorFlow creates again and again (0.7 s of 2.8 s)."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _load_cusolver() -> None:
    """Load the one library for GPUs that TensorFlow 2.21 does not find where pip puts it: without it no GPU is used."""
    packages = find_spec("nvidia")  # what tensorflow[and-cuda] brings
    for folder in (packages and packages.submodule_search_locations) or ():
        for library in Path(folder).glob("cusolver/lib/libcusolver.so.*"):
            with suppress(OSError):  # for another system
                ctypes.CDLL(str(library))


_load_cusolver()

# Keras loads its backend. Where it, or TensorFlow, is there already, or where another backend is asked for, nothing is
# to be kept back.
if not {"keras", "tensorflow"} & set(sys.modules) and os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow":
    with _held_back(), _without_garbage_collection():
        import keras

        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            tf.config.list_physical_devices()  # looks for a GPU now, so that its complaints are held back too
