"""Finding and reading files: the order of places, damaged files, and that nothing of the user's is touched."""

import contextlib
import dataclasses
import hashlib
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from data_server import serve

import nnlib.data
from nnlib.data import cifar10, download, files, mnist

SHAPES = {"x_train": ((60, 9, 9), "u"), "y_train": ((60,), "i"), "x_test": ((10, 9, 9), "u"), "y_test": ((10,), "i")}


def small_arrays(seed=0):
    noise = np.random.default_rng(seed)
    return {
        "x_train": noise.integers(0, 256, (60, 9, 9)).astype("uint8"),
        "y_train": np.arange(60) % 10,
        "x_test": noise.integers(0, 256, (10, 9, 9)).astype("uint8"),
        "y_test": np.arange(10),
    }


SMALL = files.DataSet(
    key="small",
    title="Small set",
    contents="70 real dots",
    shape="70 × 9 × 9",
    forms=(files.Form("small.npz", lambda path: files.read_npz(path, SHAPES)),),
    stand_in="70 drawn dots",
    how_to_get="Ask for it.",
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A computer without any data: an empty home, project and current folder."""
    for name in ("home", "project/data", "project/notebooks", "given", "environment"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("NNLIB_DATA", "KERAS_HOME", "XDG_CACHE_HOME", "NNLIB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "home" / ".cache"))
    monkeypatch.setattr(files, "project_folder", lambda: tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project" / "notebooks")
    return tmp_path


def put(folder, name="small.npz", seed=0):
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / name, **small_arrays(seed))
    return folder / name


@contextlib.contextmanager
def unchanged(path):
    """The file is the same afterwards, bytes and time."""
    before = path.read_bytes(), path.stat().st_mtime_ns
    yield
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


@contextlib.contextmanager
def as_nobody():
    """Without the rights of root, whom no permission stops."""
    if not hasattr(os, "geteuid"):
        pytest.skip("needs POSIX permissions")
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


# -- order of places -------------------------------------------------------------------------------------


def test_the_best_place_wins(home, monkeypatch, capsys):
    monkeypatch.setenv("NNLIB_DATA", str(home / "environment"))
    monkeypatch.setenv("NNLIB_OFFLINE", "1")
    places = [
        (home / "given", "data_dir", "file"),
        (home / "environment", "$NNLIB_DATA", "file"),
        (home / "project" / "data", "data/", "file"),
        (home / "home" / ".cache" / "nnlib", "nnlib's cache", "file"),
        (home / "home" / ".keras" / "datasets", "Keras's cache", "keras"),
        (home / "project" / "notebooks", "the current folder", "file"),
        (home / "home" / "Downloads", "Downloads", "file"),
    ]
    for seed, (folder, _, _) in enumerate(places):
        put(folder, seed=seed)
    for seed, (folder, label, source) in enumerate(places):
        arrays, found = files.load(SMALL, "auto", home / "given")
        line = capsys.readouterr().out
        assert found == source
        np.testing.assert_array_equal(arrays["x_test"], small_arrays(seed)["x_test"])
        assert f"small.npz in {label}" in line
        assert line.count("\n") == 1
        assert str(home) not in line
        if seed:
            assert "(none in data_dir" in line
        (folder / "small.npz").unlink()
    assert files.load(SMALL, "auto", home / "given") is None
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    for part in ("STAND-IN", "70 drawn dots", "no small.npz in data_dir, $NNLIB_DATA, data/", "Ask for it."):
        assert part in line
    with pytest.raises(FileNotFoundError, match="no small.npz in data_dir.*Ask for it"):
        files.load(SMALL, "real", home / "given")


def test_keras_home_is_respected(home, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(home / "keras"))
    put(home / "keras" / "datasets")
    assert files.load(SMALL, "auto", None)[1] == "keras"


def test_our_rule_for_keras_home_is_that_of_keras(monkeypatch, tmp_path):
    from keras.src.backend import config

    monkeypatch.delenv("KERAS_HOME", raising=False)
    assert files.keras_folder() == Path(config.keras_home(), "datasets")


def test_a_stand_in_as_asked_looks_nowhere(home, monkeypatch, capsys):
    put(home / "project" / "data").write_bytes(b"damaged")
    monkeypatch.setattr(files, "places", lambda *_: pytest.fail("looked for files"))
    monkeypatch.setattr(download, "fetch", lambda *_: pytest.fail("used the network"))
    assert files.load(SMALL, "stand-in", None) is None
    assert capsys.readouterr().out == "Small set: STAND-IN as asked (70 drawn dots).\n"


@pytest.mark.parametrize("source", ["Auto", "standin", "", None, "fake"])
@pytest.mark.parametrize("load", [nnlib.data.load_cifar10, nnlib.data.load_mnist, nnlib.data.load_phone_prices])
def test_an_unknown_source_is_named_with_the_allowed_ones(load, source):
    with pytest.raises(ValueError, match=f"'auto', 'real', 'stand-in', got {source!r}"):
        load(source)


def test_a_data_dir_that_is_none_is_named(home):
    with pytest.raises(FileNotFoundError, match=r"nowhere.*Give the folder"):
        files.load(SMALL, "auto", home / "nowhere")
    with pytest.raises(NotADirectoryError, match=r"small.npz.*Give the folder"):
        files.load(SMALL, "auto", put(home / "given"))
    with pytest.raises((OSError, ValueError)):
        files.load(SMALL, "auto", "x" * 5000)


def test_unicode_and_long_paths(home):
    folder = home / "Größe λ 数据 🐈"
    for _ in range(8):
        folder = folder / ("long name " * 10).strip()
    assert files.load(SMALL, "auto", put(folder).parent)[1] == "file"


# -- damaged files ---------------------------------------------------------------------------------------


def test_cut_off_anywhere(home):
    path = put(home / "given")
    whole = path.read_bytes()
    assert len(whole) > 4096
    for length in [*range(0, len(whole), 1024), 1, len(whole) - 1]:
        path.write_bytes(whole[:length])
        with unchanged(path), pytest.raises(ValueError, match=r"small\.npz is damaged.*move it away"):
            files.load(SMALL, "auto", home / "given")


def test_one_flipped_byte_is_noticed_or_harmless(home):
    path = put(home / "given")
    whole, expected = path.read_bytes(), small_arrays()
    noticed = 0
    positions = [*range(0, len(whole), 37), *range(len(whole) - 400, len(whole))]  # all of the zip directory
    for position in positions:
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0x55]) + whole[position + 1 :])
        try:
            arrays, _ = files.load(SMALL, "auto", home / "given")
        except ValueError as error:
            assert "small.npz" in str(error)
            noticed += 1
        else:  # a date in the directory of the archive, for example
            for name, array in expected.items():
                np.testing.assert_array_equal(arrays[name], array)
    assert noticed > 0.7 * len(positions)


def test_random_bytes(home):
    path = home / "given" / "small.npz"
    noise = np.random.default_rng(0)
    for start in (b"", b"PK\x03\x04", b"\x93NUMPY\x01\x00"):
        for size in (0, 1, 10, 100, 1000, 10_000):
            path.write_bytes(start + noise.bytes(size))
            with unchanged(path), pytest.raises(ValueError, match="damaged"):
                files.load(SMALL, "auto", home / "given")


class Bomb:
    """Unpickling it leaves a file behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x_train": np.zeros((60, 9, 9))}, "should be uint8 .*float64"),
        ({"x_train": np.zeros((59, 9, 9), "uint8")}, r"of shape \(60, 9, 9\).*\(59, 9, 9\)"),
        ({"x_test": np.zeros((10, 9, 9, 3), "uint8")}, "x_test should be"),
        ({"y_train": np.zeros(60)}, "y_train should be integers"),
        ({"y_train": np.arange(60) % 9}, "should hold the classes 0 to 9"),
        ({"y_test": np.arange(10) + 1}, "should hold the classes 0 to 9"),
        ({"y_test": np.arange(10).astype(object)}, "y_test should be integers.*object"),
    ],
)
def test_other_contents(home, change, message):
    np.savez(home / "given" / "small.npz", **{**small_arrays(), **change})
    with unchanged(home / "given" / "small.npz"), pytest.raises(ValueError, match=message):
        files.load(SMALL, "auto", home / "given")


def test_a_missing_array_is_named(home):
    arrays = small_arrays()
    del arrays["x_test"]
    np.savez(home / "given" / "small.npz", **arrays)
    with pytest.raises(ValueError, match=r"no array 'x_test'.*y_train"):
        files.load(SMALL, "auto", home / "given")


def test_objects_are_never_unpickled(home):
    trace = home / "trace"
    np.savez(home / "given" / "small.npz", **{**small_arrays(), "x_train": np.array([Bomb(trace)], dtype=object)})
    with pytest.raises(ValueError, match="object"):
        files.load(SMALL, "auto", home / "given")
    assert not trace.exists()


def test_a_size_that_is_not_there_is_not_set_aside(home):
    """A header that promises a petabyte costs nothing."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": (10**15,)})
    with zipfile.ZipFile(home / "given" / "small.npz", "w") as archive:
        archive.writestr("x_train.npy", header.getvalue())
    with pytest.raises(ValueError, match="1000000000000000"):
        files.load(SMALL, "auto", home / "given")


def test_bytes_after_an_array_are_noticed(home):
    path = put(home / "given")
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, raw in members.items():
            archive.writestr(name, raw + b"and more" * (name == "x_test.npy"))
    with pytest.raises(ValueError, match="bytes left over after x_test"):
        files.load(SMALL, "auto", home / "given")


def test_labels_in_a_column_as_keras_has_them(home):
    arrays = small_arrays()
    np.savez(home / "given" / "small.npz", **{**arrays, "y_train": arrays["y_train"].reshape(-1, 1)})
    np.testing.assert_array_equal(files.load(SMALL, "auto", home / "given")[0]["y_train"], arrays["y_train"])


def test_a_folder_in_place_of_the_file(home):
    (home / "given" / "small.npz").mkdir()
    with pytest.raises(OSError, match="small.npz"):
        files.load(SMALL, "auto", home / "given")
    assert (home / "given" / "small.npz").is_dir()


def test_a_link_to_nothing(home):
    (home / "given" / "small.npz").symlink_to(home / "gone.npz")
    with pytest.raises(FileNotFoundError, match=r"small\.npz"):
        files.load(SMALL, "auto", home / "given")


def test_no_permission(home):
    path = put(home / "given")
    path.chmod(0)
    for folder in (*home.parents, home, home / "given"):
        if os.geteuid() == 0 and str(folder).startswith("/tmp/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    with as_nobody(), pytest.raises(PermissionError, match=r"give yourself the right.*small\.npz"):
        files.read_npz(path, SHAPES)
    path.chmod(0o644)
    assert path.stat().st_size


def test_a_damaged_file_of_keras_is_passed_over_aloud(home, monkeypatch, capsys):
    monkeypatch.setenv("NNLIB_OFFLINE", "1")
    path = put(home / "home" / ".keras" / "datasets")
    path.write_bytes(path.read_bytes()[:-1000])
    with unchanged(path):
        assert files.load(SMALL, "auto", None) is None
        assert "Keras's small.npz is damaged" in capsys.readouterr().out
        with pytest.raises(FileNotFoundError, match="Keras's small.npz is damaged"):
            files.load(SMALL, "real", None)


# -- with a network --------------------------------------------------------------------------------------


@pytest.fixture
def official(tmp_path):
    """The small set as an official file on a local server."""
    content = put(tmp_path / "official").read_bytes()
    with serve(content) as server:
        what = download.Download(server.url("small.npz"), hashlib.sha256(content).hexdigest(), len(content), None)
        server.data_set = dataclasses.replace(SMALL, download=what, sha256=(what.sha256,))
        yield server


def test_auto_downloads_once_into_the_project(home, official, capsys):
    for n in range(2):
        arrays, source = files.load(official.data_set, "auto", None)
        assert source == "file"
        np.testing.assert_array_equal(arrays["x_train"], small_arrays()["x_train"])
        line = capsys.readouterr().out
        assert line.count("\n") == 1
        assert ("downloaded and checked" in line) == (n == 0)
    assert official.requests == [None]
    (copy, _), *others = files.copies(official.data_set)
    assert copy.path == home / "project" / "data" / "small.npz"
    assert copy.verified
    assert not others


def test_offline_never_touches_the_network(home, official, monkeypatch, capsys):
    monkeypatch.setenv("NNLIB_OFFLINE", "1")
    assert files.load(official.data_set, "auto", None) is None
    assert "NNLIB_OFFLINE is set" in capsys.readouterr().out
    with pytest.raises(FileNotFoundError, match="NNLIB_OFFLINE is set"):
        files.load(official.data_set, "real", None)
    monkeypatch.setenv("NNLIB_OFFLINE", "0")
    assert official.requests == []
    assert files.load(official.data_set, "real", None)[1] == "file"


def test_a_download_that_fails_leads_to_the_stand_in_and_says_why(home, official, capsys):
    official.manners = "gone"
    assert files.load(official.data_set, "auto", None) is None
    line = capsys.readouterr().out
    assert "STAND-IN" in line
    assert "the download failed: 127.0.0.1" in line
    assert "404" in line
    assert line.count("\n") == 1
    with pytest.raises(FileNotFoundError, match="404"):
        files.load(official.data_set, "real", None)


def test_a_project_that_cannot_be_written_is_passed_over_for_the_cache(home, official):
    shutil.rmtree(home / "project" / "data")
    (home / "project" / "data").write_text("a file, so that no folder can be made")
    assert files.load(official.data_set, "auto", None)[1] == "file"
    assert (home / "home" / ".cache" / "nnlib" / "small.npz").is_file()
    assert files.load(official.data_set, "auto", None)[1] == "file"
    assert official.requests == [None]


def test_outside_a_project_no_folder_is_made(home, official):
    shutil.rmtree(home / "project" / "data")
    assert files.load(official.data_set, "auto", None)[1] == "file"
    assert not (home / "project" / "data").exists()
    assert (home / "home" / ".cache" / "nnlib" / "small.npz").is_file()


def test_a_home_that_cannot_be_written_either(home, official, capsys):
    shutil.rmtree(home / "project" / "data")
    for name in ("project/data", "home/.cache"):
        (home / name).write_text("")
    assert files.load(official.data_set, "auto", None) is None
    assert "no folder to keep the data in can be written" in capsys.readouterr().out
    assert official.requests == []


def test_a_read_only_home_and_project(home, official, monkeypatch, capsys):
    with tempfile.TemporaryDirectory() as folder:  # not tmp_path, which only root may enter here
        folder = Path(folder)
        (folder / "data").mkdir()
        monkeypatch.setenv("HOME", str(folder))
        monkeypatch.setattr(files, "project_folder", lambda: folder)
        for place in (folder / "data", folder):
            place.chmod(0o555)
        with as_nobody():
            assert files.load(official.data_set, "auto", None) is None
        assert "no folder to keep the data in can be written" in capsys.readouterr().out
        assert official.requests == []
        for place in (folder, folder / "data"):
            place.chmod(0o755)
        assert files.load(official.data_set, "auto", None)[1] == "file"  # that was the cause


def test_a_file_changed_by_hand_is_not_verified(home, official):
    files.load(official.data_set, "auto", None)
    put(home / "project" / "data", seed=1)
    assert not files.copies(official.data_set)[0][0].verified


# -- the package -----------------------------------------------------------------------------------------


def test_addresses_and_checksums_are_those_of_keras():
    keras = Path(importlib.util.find_spec("keras").submodule_search_locations[0])
    for ours in (cifar10.CIFAR10, mnist.MNIST):
        text = (keras / "src" / "datasets" / f"{ours.key}.py").read_text(encoding="utf-8")
        assert ours.download.sha256 in text
        folder, _, name = ours.download.url.rpartition("/")
        assert folder in text
        assert name in text
        assert ours.download.url.startswith("https://")


def test_import_is_light_and_the_folder_works_under_another_name(tmp_path):
    shutil.copytree(Path(files.__file__).parent, tmp_path / "mydata", ignore=shutil.ignore_patterns("__pycache__"))
    script = """
import sys
sys.modules["nnlib"] = None
import mydata
heavy = {"tensorflow", "keras", "sklearn", "matplotlib", "torch"} & set(sys.modules)
assert not heavy, heavy
data = mydata.load_phone_prices("stand-in")
assert not data.is_real and data.features.shape == (2000, 20)
assert mydata.load_phone_prices().source == "stand-in"
"""
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(tmp_path), "NNLIB_DATA": ""}
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "data").exists()
