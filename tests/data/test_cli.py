"""python -m nnlib: data list, fetch, verify; doctor."""

import dataclasses
import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from data_server import serve

from nnlib import __main__ as cli
from nnlib.data import download, files, mnist, phone_prices

SHAPES = {"x_train": ((30, 4, 4), "u"), "y_train": ((30,), "i"), "x_test": ((10, 4, 4), "u"), "y_test": ((10,), "i")}


@pytest.fixture
def computer(tmp_path, monkeypatch):
    """A computer without data, on which MNIST is small and comes from a local server."""
    (tmp_path / "home").mkdir()
    (tmp_path / "project" / "data").mkdir(parents=True)
    for name in ("NNLIB_DATA", "KERAS_HOME", "XDG_CACHE_HOME", "NNLIB_OFFLINE", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.setattr(files, "project_folder", lambda: tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    arrays = {name: np.zeros(shape, "uint8") for name, (shape, _) in SHAPES.items()}
    arrays |= {"y_train": np.arange(30) % 10, "y_test": np.arange(10)}
    np.savez(tmp_path / "official.npz", **arrays)
    content = (tmp_path / "official.npz").read_bytes()
    with serve(content) as server:
        digest = hashlib.sha256(content).hexdigest()
        small = dataclasses.replace(
            mnist.MNIST,
            forms=(files.Form("mnist.npz", lambda path: files.read_npz(path, SHAPES)),),
            download=download.Download(server.url(), digest, len(content), None),
            sha256=(digest,),
        )
        monkeypatch.setattr(cli, "DATA_SETS", {"mnist": small, "phone_prices": phone_prices.PHONE_PRICES})
        server.data = tmp_path / "project" / "data"
        yield server


def lines(capsys):
    return capsys.readouterr().out.splitlines()


def test_list_fetch_verify(computer, capsys):
    assert cli.main(["data", "list"]) == 0
    head, digits, phones = lines(capsys)
    assert head.split() == ["set", "source", "shape", "size", "where", "found", "verified"]
    assert digits.split()[:2] == ["mnist", "stand-in"]
    assert phones.split()[:2] == ["phone_prices", "stand-in"]

    assert cli.main(["data", "fetch"]) == 0  # what needs a log-in is said, and no failure
    fetched, by_hand = lines(capsys)
    assert fetched.startswith("MNIST: fetched and checked")
    assert "Kaggle" in by_hand
    assert cli.main(["data", "fetch", "mnist"]) == 0
    assert lines(capsys) == ["MNIST: already there, mnist.npz in data/."]
    assert computer.requests == [None]

    assert cli.main(["data", "list", "mnist"]) == 0
    row = lines(capsys)[1]
    assert row.split()[:2] == ["mnist", "file"]
    assert str(computer.data / "mnist.npz") in row
    assert row.endswith("yes")
    assert cli.main(["data", "verify"]) == 0
    assert lines(capsys)[0].startswith("ok ")


def test_what_cannot_be_fetched_is_a_failure_where_it_was_named(computer, capsys):
    assert cli.main(["data", "fetch", "phone_prices"]) == 1
    assert "Kaggle" in lines(capsys)[0]


def test_a_failed_download_tells_the_way_by_hand(computer, capsys):
    computer.manners = "gone"
    assert cli.main(["data", "fetch", "mnist"]) == 1
    (line,) = lines(capsys)
    assert "404" in line
    assert f"By hand: {computer.url()}" in line


def test_offline(computer, capsys, monkeypatch):
    monkeypatch.setenv("NNLIB_OFFLINE", "1")
    assert cli.main(["data", "fetch", "mnist"]) == 1
    assert "NNLIB_OFFLINE is set" in lines(capsys)[0]
    assert computer.requests == []


def test_a_file_put_there_by_hand_is_whole_but_not_verified(computer, capsys):
    arrays = {name: np.ones(shape, "uint8") for name, (shape, _) in SHAPES.items()}
    arrays |= {"y_train": np.arange(30) % 10, "y_test": np.arange(10)}
    np.savez(computer.data / "mnist.npz", **arrays)
    assert cli.main(["data", "list", "mnist"]) == 0
    assert lines(capsys)[1].endswith("no: not the official file")
    assert cli.main(["data", "verify", "mnist"]) == 0
    assert "whole; not the official file" in lines(capsys)[0]


def test_a_damaged_file_is_found_and_left(computer, capsys):
    path = computer.data / "mnist.npz"
    path.write_bytes(b"damaged")
    for action in ("verify", "fetch"):
        assert cli.main(["data", action, "mnist"]) == 1
        assert "mnist.npz is damaged" in lines(capsys)[0]
    assert path.read_bytes() == b"damaged"
    assert computer.requests == []


def test_every_copy_is_verified(computer, capsys):
    cli.main(["data", "fetch", "mnist"])
    other = computer.data.parent / "mnist.npz"  # the current folder
    other.write_bytes((computer.data / "mnist.npz").read_bytes()[:-100])
    capsys.readouterr()
    assert cli.main(["data", "verify", "mnist"]) == 1
    good, damaged = lines(capsys)
    assert good.startswith("ok")
    assert damaged.startswith("DAMAGED")
    assert str(other) in damaged


def test_words_that_are_not_understood(capsys):
    for words in (["data"], ["data", "list", "cifar100"], ["dokter"], []):
        with pytest.raises(SystemExit) as caught:
            cli.main(words)
        assert caught.value.code == 2
    assert "no data set 'cifar100'; there are cifar10, mnist, phone_prices" in capsys.readouterr().err


def test_an_interrupt_has_no_traceback(monkeypatch, capsys):
    def interrupt(names, *, named):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "data_fetch", interrupt)
    assert cli.main(["data", "fetch"]) == 130


# -- doctor ----------------------------------------------------------------------------------------------


def test_doctor_on_this_machine(tmp_path):
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


def test_doctor_fails_where_a_check_fails_and_says_what_to_do(monkeypatch, capsys, computer):
    (computer.data / "mnist.npz").write_bytes(b"damaged")
    monkeypatch.setattr(cli, "TRAINING", "raise ImportError('no TensorFlow here')")
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    assert cli.main(["doctor"]) == 1
    failed = [line for line in lines(capsys) if line.startswith("FAIL")]
    assert any("needs 3.11, 3.12 or 3.13" in line for line in failed)
    assert any("mnist.npz is damaged" in line and "move it away" in line for line in failed)
    assert any("no TensorFlow here" in line and "pip install" in line for line in failed)


def test_doctor_survives_its_own_illness(monkeypatch, capsys):
    def ill():
        raise RuntimeError("unforeseen")

    for name in ("_python", "_memory", "_kernel", "_data", "_training"):
        monkeypatch.setattr(cli, name, ill)
    assert cli.main(["doctor"]) == 1
    assert lines(capsys) == ["FAIL  ill: RuntimeError: unforeseen"] * 5


def test_doctor_misses_the_kernel(monkeypatch):
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    def none(self, name):
        raise NoSuchKernel(name)

    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", none)
    ((ok, text),) = cli._kernel()
    assert not ok
    assert "-m ipykernel install --sys-prefix --name python3" in text
