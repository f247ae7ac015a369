"""nnlib on the command line: data list, fetch, verify; doctor."""

import dataclasses
import hashlib
import os
import subprocess
import sys
from collections import namedtuple

import numpy as np
import pytest
from data_server import serve

from nnlib import __main__ as cli
from nnlib.data import DATA_SETS, loading
from nnlib.data.dataset import Form, OfficialFile
from nnlib.data.reading import read_npz

SHAPES = {"x_train": ((30, 4, 4), "u"), "y_train": ((30,), "i"), "x_test": ((10, 4, 4), "u"), "y_test": ((10,), "i")}


def put(path, pixel=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {name: np.full(shape, pixel, "uint8") for name, (shape, _) in SHAPES.items()}
    np.savez(path, **{**arrays, "y_train": np.arange(30) % 10, "y_test": np.arange(10)})
    return path.read_bytes()


@pytest.fixture
def computer(home, monkeypatch):
    """A computer without data, on which MNIST is small and comes from a local server."""
    content = put(home / "official.npz")
    with serve(content) as server:
        small = dataclasses.replace(
            DATA_SETS["mnist"],
            forms=(Form("mnist.npz", lambda path: read_npz(path, SHAPES)),),
            official=OfficialFile(len(content), hashlib.sha256(content).hexdigest(), server.url("mnist.npz")),
            how_to_get=f"By hand: put {server.url('mnist.npz')} into the folder data/.",
        )
        monkeypatch.setattr(cli, "DATA_SETS", {"mnist": small, "phone_prices": DATA_SETS["phone_prices"]})
        server.data = home / "course" / "data"
        server.keras = home / "home" / ".keras" / "datasets" / "mnist.npz"
        yield server


@pytest.fixture
def nnlib(capsys):
    """Run the command; exit status and lines of output."""

    def run(*words):
        capsys.readouterr()
        status = cli.main(list(words))
        return status, capsys.readouterr().out.splitlines()

    return run


def test_list_fetch_verify(computer, nnlib):
    status, (head, digits, phones) = nnlib("data", "list")
    assert status == 0
    assert head.split() == ["set", "source", "shape", "size", "where", "found", "verified"]
    assert digits.split()[:2] == ["mnist", "stand-in"]
    assert phones.split()[:2] == ["phone_prices", "stand-in"]

    status, (fetched, by_hand) = nnlib("data", "fetch")
    assert status == 0  # what needs a login is said, and no failure
    assert fetched.startswith("MNIST: fetched and checked")
    assert "Kaggle" in by_hand
    assert nnlib("data", "fetch", "mnist") == (0, ["MNIST: already there, mnist.npz in data/."])
    assert computer.requests == [None]
    status, (by_hand,) = nnlib("data", "fetch", "phone_prices")
    assert status == 1  # it was asked for
    assert "Kaggle" in by_hand

    status, (_, row) = nnlib("data", "list", "mnist")
    assert status == 0
    assert row.split()[:2] == ["mnist", "file"]
    assert str(computer.data / "mnist.npz") in row
    assert row.endswith("yes")
    status, (good, none) = nnlib("data", "verify")
    assert status == 0
    assert good.startswith("ok ")
    assert good.endswith("(official checksum)")
    assert none.startswith("- ")


def test_a_failed_download_tells_the_way_by_hand(computer, nnlib, monkeypatch):
    computer.manners = "gone"
    status, (line,) = nnlib("data", "fetch", "mnist")
    assert status == 1
    assert "404" in line
    assert f"By hand: put {computer.url('mnist.npz')}" in line
    monkeypatch.setenv("NNLIB_OFFLINE", "1")
    assert nnlib("data", "fetch", "mnist") == (1, ["MNIST: NNLIB_OFFLINE is set. Unset it to download."])
    assert len(computer.requests) == 1


def test_a_file_put_there_by_hand_is_whole_and_not_the_official_one(computer, nnlib):
    put(computer.data / "mnist.npz", pixel=1)
    assert nnlib("data", "list", "mnist")[1][1].endswith("no: not the official file")
    assert "complete but not byte for byte the official file" in nnlib("data", "verify", "mnist")[1][0]
    status, (line,) = nnlib("data", "fetch", "mnist")
    assert status == 0
    assert line == "MNIST: already there, mnist.npz in data/, complete but not byte for byte the official file."
    assert cli._data()[0] == (True, "MNIST: mnist.npz in data/, complete but not byte for byte the official file")


PIPE = pytest.param("a pipe", marks=pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX pipes"))


@pytest.mark.parametrize("what", ["damaged", "a folder", PIPE])
def test_what_cannot_be_used_is_named_by_all_and_left(computer, nnlib, what):
    path = computer.data / "mnist.npz"
    if what == "damaged":
        path.write_bytes(b"damaged")
    elif what == "a folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    before = path.stat()
    for action in ("list", "verify", "fetch"):
        status, told = nnlib("data", action, "mnist")
        assert status == 1, action
        assert any("mnist.npz" in line and "ove it away" in line for line in told), action
    ok, told = cli._data()[0]
    assert not ok
    assert "mnist.npz" in told
    with pytest.raises((OSError, ValueError), match="mnist"):
        loading.load(cli.DATA_SETS["mnist"], "auto", None)
    assert path.stat() == before
    assert computer.requests == []


def test_all_pass_over_what_is_damaged_in_the_cache_of_keras(computer, nnlib, capsys):
    put(computer.keras)
    computer.keras.write_bytes(computer.keras.read_bytes()[:-100])
    status, (_, row, note) = nnlib("data", "list", "mnist")
    assert status == 0
    assert row.split()[:2] == ["mnist", "stand-in"]
    assert "Keras's mnist.npz is damaged (delete it" in note
    ok, told = cli._data()[0]
    assert ok
    assert "stand-in" in told
    assert "Keras's mnist.npz is damaged" in told
    status, (line,) = nnlib("data", "verify", "mnist")
    assert status == 1  # it is damaged, and that was the question
    assert line.startswith("DAMAGED")
    assert line.endswith("The loaders pass it over; delete it.")
    status, (line,) = nnlib("data", "fetch", "mnist")
    assert status == 0
    assert "fetched and checked" in line
    assert loading.load(cli.DATA_SETS["mnist"], "real", None)[1] == "file"
    assert "70,000 real digits from mnist.npz in data/." in capsys.readouterr().out


def test_every_copy_is_verified(computer, nnlib):
    put(computer.data / "mnist.npz")
    other = computer.data.parent / "notebooks" / "mnist.npz"  # the current folder
    other.write_bytes((computer.data / "mnist.npz").read_bytes()[:-100])
    status, (good, damaged) = nnlib("data", "verify", "mnist")
    assert status == 1
    assert good.startswith("ok")
    assert damaged.startswith("DAMAGED")
    assert str(other) in damaged


def test_a_folder_is_listed_with_the_size_of_what_is_in_it(home, nnlib, monkeypatch):
    folder = home / "course" / "data" / "batches"
    folder.mkdir()
    (folder / "a").write_bytes(bytes(1_500_000))
    (folder / "b").write_bytes(bytes(1_500_000))
    in_folder = dataclasses.replace(DATA_SETS["cifar10"], forms=(Form("batches", lambda _: {}),))
    monkeypatch.setattr(cli, "DATA_SETS", {"cifar10": in_folder})
    assert "3.0 MB" in nnlib("data", "list")[1][1]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX permissions")
def test_a_folder_of_batches_that_cannot_be_read_has_no_traceback(home, nnlib, monkeypatch):
    (home / "course" / "data" / "cifar-10-batches-py").mkdir()
    denied = PermissionError(13, "Permission denied")
    real = os.stat

    def stat(path, *arguments, **options):
        if "cifar-10-batches-py" + os.sep in str(path):
            raise denied
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "stat", stat)  # root, who may run this, is never denied
    for action in ("list", "verify", "fetch"):
        status, told = nnlib("data", action, "cifar10")
        assert status == 1
        assert any("give yourself the right to read it" in line for line in told)


@pytest.mark.usefixtures("home")
def test_a_wrong_NNLIB_DATA_is_named(monkeypatch, capsys):
    monkeypatch.setenv("NNLIB_DATA", "nowhere")
    for action in ("list", "verify", "fetch"):
        assert cli.main(["data", action]) == 1
        assert "NNLIB_DATA='nowhere': no such file" in capsys.readouterr().err
    for check in ("_python", "_memory", "_kernel", "_training"):
        monkeypatch.setattr(cli, check, list)
    assert cli.main(["doctor"]) == 1
    assert capsys.readouterr().out.startswith("FAIL  data: FileNotFoundError: NNLIB_DATA='nowhere'")


def test_words_that_are_not_understood(capsys):
    for words in (["data"], ["data", "list", "cifar100"], ["dokter"], []):
        with pytest.raises(SystemExit) as caught:
            cli.main(words)
        assert caught.value.code == 2
        assert "usage: nnlib" in (told := capsys.readouterr().err)
        if "cifar100" in words:
            assert "no data set 'cifar100'; there are cifar10, mnist, phone_prices" in told


@pytest.mark.usefixtures("home")
def test_an_interrupt_has_no_traceback(monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "data_fetch", interrupt)
    assert cli.main(["data", "fetch"]) == 130


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize(("sink", "status", "told"), [("pipe", 141, ""), ("/dev/full", 1, "nnlib: ")])
def test_a_reader_who_has_left_and_a_full_disk_have_no_traceback(sink, status, told):
    if sink == "pipe":
        reader, stdout = os.pipe()
        os.close(reader)
    else:
        stdout = os.open(sink, os.O_WRONLY)
    words = [sys.executable, "-m", "nnlib", "data", "list", "phone_prices"]
    done = subprocess.run(words, stdout=stdout, stderr=subprocess.PIPE, text=True)
    os.close(stdout)
    assert done.returncode == status
    assert done.stderr.startswith(told)
    assert len(done.stderr.splitlines()) == len(told.splitlines())


def test_what_was_said_before_an_error_is_not_lost(monkeypatch):
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)  # else nothing waits to be written
    code = """if True:
        import sys, nnlib.__main__ as cli

        def broken(*_):
            print("said before")
            raise OSError("the disk is gone")

        cli.data_list = broken
        sys.exit(cli.main(["data", "list"]))
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (1, "said before\n", "nnlib: the disk is gone\n")


# -- doctor ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plain", [{"PYTHONIOENCODING": "cp1252"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
def test_a_stream_without_unicode_gets_plain_characters(tmp_path, plain):
    """What `nnlib data list` and `nnlib data verify` say, with a name of the user's in Chinese."""
    folder = tmp_path / "数据" / "mobile_price"
    folder.mkdir(parents=True)
    (folder / "train.csv").write_text("nothing")
    code = "import sys; from nnlib.__main__ import main; main(['data', 'list', 'phone_prices']); main(sys.argv[1:])"
    environment = {**os.environ, **plain, "NNLIB_DATA": str(folder.parent), "NNLIB_OFFLINE": "1"}
    words = [sys.executable, "-c", code, "data", "verify", "phone_prices"]
    done = subprocess.run(words, capture_output=True, text=True, encoding="ascii", env=environment)
    assert done.stderr == ""
    for expected in (
        "2,000 x 20",
        "unusable",
        "DAMAGED Phone prices: ",
        "mobile_price/train.csv begins with 'nothing'",
    ):
        assert expected in done.stdout


def test_doctor_on_this_machine():
    """As a learner calls it: every line ok, nothing of TensorFlow's chatter."""
    environment = {**os.environ, "NNLIB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "nnlib", "doctor"], capture_output=True, text=True, env=environment, timeout=200
    )
    report = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert all(line.startswith("ok    ") for line in report)
    for what in ("Python 3.", "memory: ", "disk: ", "kernel python3", "CIFAR-10", "MNIST", "Phone prices"):
        assert any(what in line for line in report), what
    assert any("TensorFlow 2." in line and "Keras 3." in line and "device" in line for line in report)
    assert any("training: " in line and "in a second" in line for line in report)


def test_doctor_fails_where_a_check_fails_and_says_what_to_do(monkeypatch, nnlib, computer):
    (computer.data / "mnist.npz").write_bytes(b"damaged")
    versions = 'import json; print(json.dumps(["2.16.1", "3.3.3", "tensorflow", ["CPU"]]))\n'
    monkeypatch.setattr(cli, "TRAINING", f"{versions}raise ImportError('no training here')")
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    disk = namedtuple("disk", "total used free")
    monkeypatch.setattr(cli.shutil, "disk_usage", lambda _: disk(9, 9, 0))
    status, told = nnlib("doctor")
    assert status == 1
    failed = [line for line in told if line.startswith("FAIL")]
    assert any("needs 3.11, 3.12 or 3.13" in line for line in failed)
    assert any("make room" in line for line in failed)
    assert any("mnist.npz is damaged" in line and "move it away" in line for line in failed)
    assert any("no training here" in line and "make lab" in line for line in failed)
    assert "ok    TensorFlow 2.16.1, Keras 3.3.3 on tensorflow, device CPU" in told  # said all the same


@pytest.mark.parametrize(
    ("driver", "devices", "told"), [("nvidia-smi", "CPU", True), (None, "CPU", False), ("nvidia-smi", "GPU:0", False)]
)
def test_doctor_says_that_a_card_is_not_used(monkeypatch, driver, devices, told):
    about, steps = f'["2.21.0", "3.15.1", "tensorflow", ["{devices}"]]', "[2.0, 1.0, 9]"
    monkeypatch.setattr(cli, "TRAINING", f"print({about!r}); print({steps!r})")
    monkeypatch.setattr(cli.shutil, "which", lambda _: driver)
    (ok, about), _ = cli._training()
    assert ok
    assert ("card of this computer is not used" in about) is told


def test_doctor_survives_its_own_illness(monkeypatch, nnlib):
    def ill():
        raise RuntimeError("unforeseen")

    for name in ("_python", "_memory", "_kernel", "_data", "_training"):
        monkeypatch.setattr(cli, name, ill)
    assert nnlib("doctor") == (1, ["FAIL  ill: RuntimeError: unforeseen"] * 5)


def test_doctor_misses_the_kernel(monkeypatch):
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    def none(_, name):
        raise NoSuchKernel(name)

    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", none)
    ((ok, text),) = cli._kernel()
    assert not ok
    assert "-m ipykernel install --sys-prefix --name python3" in text


def test_doctor_of_an_installed_package_misses_neither_jupyter_nor_the_course(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "jupyter_client", None)
    monkeypatch.setitem(sys.modules, "jupyter_client.kernelspec", None)
    ((ok, text),) = cli._kernel()
    assert ok
    assert "Jupyter is not installed here" in text
    monkeypatch.setattr(cli, "course_folder", lambda: None)
    monkeypatch.setattr(cli, "cache_folder", lambda: tmp_path / "not" / "there yet")
    assert cli._memory()[1][1].startswith("disk: ")
