"""What happens before TensorFlow is loaded."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nnlib.training import _startup


@pytest.mark.skipif(sys.platform != "linux", reason="TensorFlow uses NVIDIA's libraries on Linux only")
def test_the_library_that_tensorflow_does_not_find_is_loaded(tmp_path, monkeypatch):
    library = tmp_path / "nvidia/cusolver/lib/libcusolver.so.11"
    library.parent.mkdir(parents=True)
    shutil.copy(importlib.util.find_spec("matplotlib._c_internal_utils").origin, library)
    library.with_suffix(".12").write_text("no library")
    monkeypatch.syspath_prepend(tmp_path)
    _startup._load_cusolver()
    assert str(library) in Path("/proc/self/maps").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="asks a Unix shell to close the stream")
def test_a_program_without_stderr_can_import_it():
    run = subprocess.run(
        [f"'{sys.executable}' -c 'import nnlib.training; print(1)' 2>&-"], shell=True, stdout=subprocess.PIPE
    )
    assert run.stdout == b"1\n"
