"""Finding and reading files: the order of places, damaged files, and that nothing of the user's is touched."""

import ast
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
from nnlib.data import DATA_SETS, download, loading, places
from nnlib.data.dataset import DataSet, Form, OfficialFile
from nnlib.data.reading import read_npz

SHAPES = {"x_train": ((60, 9, 9), "u"), "y_train": ((60,), "i"), "x_test": ((10, 9, 9), "u"), "y_test": ((10,), "i")}


def small_arrays(seed=0):
    noise = np.random.default_rng(seed)
    return {
        "x_train": noise.integers(0, 256, (60, 9, 9)).astype("uint8"),
        "y_train": np.arange(60) % 10,
        "x_test": noise.integers(0, 256, (10, 9, 9)).astype("uint8"),
        "y_test": np.arange(10),
    }


SMALL = DataSet(
    key="small",
    title="Small set",
    count="70",
    items="dots",
    shape="70 x 9 x 9",
    official=OfficialFile(7, "of no file"),
    forms=(Form("small.npz", lambda path: read_npz(path, SHAPES)),),
    stand_in="70 drawn dots",
    how_to_get="Ask for it.",
)


def put(folder, name="small.npz", seed=0):
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / name, **small_arrays(seed))
    return folder / name


def load(folder):
    return loading.load(SMALL, "auto", folder)


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


@pytest.fixture
def open_folder():
    """A folder that everybody may enter, unlike tmp_path of root."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


# -- order of places -------------------------------------------------------------------------------------


def test_the_best_place_wins(home, monkeypatch, capsys):
    monkeypatch.setenv("NNLIB_DATA", str(home / "environment"))
    monkeypatch.setenv("NNLIB_OFFLINE", "1")
    looked_in = [
        (home / "given", "data_dir", "file"),
        (home / "environment", "$NNLIB_DATA", "file"),
        (home / "course" / "data", "data/", "file"),
        (home / "cache", "nnlib's cache", "file"),
        (home / "home" / ".keras" / "datasets", "Keras's cache", "keras"),
        (home / "course" / "notebooks", "the current folder", "file"),
        (home / "home" / "Downloads", "Downloads", "file"),
    ]
    for seed, (folder, _, _) in enumerate(looked_in):
        put(folder, seed=seed)
    for seed, (folder, label, source) in enumerate(looked_in):
        arrays, found = load(home / "given")
        line = capsys.readouterr().out
        assert found == source
        np.testing.assert_array_equal(arrays["x_test"], small_arrays(seed)["x_test"])
        assert f"small.npz in {label}" in line
        assert line.count("\n") == 1
        assert str(home) not in line
        if seed:
            assert "(none in data_dir" in line
        (folder / "small.npz").unlink()
    assert load(home / "given") is None
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    for part in ("STAND-IN", "70 drawn dots", "no small.npz in data_dir, $NNLIB_DATA, data/", "Ask for it."):
        assert part in line
    with pytest.raises(FileNotFoundError, match=r"no small\.npz in data_dir.*Ask for it"):
        loading.load(SMALL, "real", home / "given")


def test_only_the_official_file_is_called_real(home, capsys):
    path = put(home / "given")
    load(home / "given")
    assert capsys.readouterr().out == (
        "Small set: 70 dots from small.npz in data_dir, complete but not byte for byte the official file.\n"
    )
    official = OfficialFile(path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
    loading.load(dataclasses.replace(SMALL, official=official), "auto", home / "given")
    assert capsys.readouterr().out == "Small set: 70 real dots from small.npz in data_dir.\n"


def test_only_a_file_of_the_right_size_is_hashed(tmp_path, monkeypatch):
    """A file of 20 GB took 46 seconds."""
    (tmp_path / "large.npz").write_bytes(b"12345678")
    monkeypatch.setattr("nnlib.data.dataset.sha256", lambda _: pytest.fail("hashed"))
    assert not OfficialFile(7, "").is_at(tmp_path / "large.npz")


def test_keras_home_is_respected(home, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(home / "keras"))
    put(home / "keras" / "datasets")
    assert load(None)[1] == "keras"


KERAS = Path(importlib.util.find_spec("keras").submodule_search_locations[0], "src")


@pytest.mark.parametrize("variable", [None, "elsewhere"])
def test_our_rule_for_keras_home_is_that_of_keras(monkeypatch, variable):
    """The statement that decides, taken out of Keras's source: importing Keras takes seconds."""
    monkeypatch.delenv("KERAS_HOME", raising=False)
    if variable:
        monkeypatch.setenv("KERAS_HOME", variable)
    statements = ast.parse((KERAS / "backend" / "config.py").read_text(encoding="utf-8")).body
    (rule,) = (s for s in statements if isinstance(s, ast.If) and ast.unparse(s.test) == "'KERAS_HOME' in os.environ")
    names = {"os": os}
    exec(ast.unparse(rule), names)
    assert places.keras_folder() == Path(names["_KERAS_DIR"], "datasets")


def test_a_stand_in_as_asked_looks_nowhere(home, monkeypatch, capsys):
    put(home / "course" / "data").write_bytes(b"damaged")
    monkeypatch.setenv("NNLIB_DATA", "nowhere")
    monkeypatch.setattr(download, "fetch", lambda *_: pytest.fail("used the network"))
    assert loading.load(SMALL, "stand-in", None) is None
    assert capsys.readouterr().out == "Small set: STAND-IN as asked (70 drawn dots).\n"


@pytest.mark.parametrize("source", ["Auto", "standin", "", None, "fake"])
@pytest.mark.parametrize("load", [nnlib.data.load_cifar10, nnlib.data.load_mnist, nnlib.data.load_phone_prices])
def test_an_unknown_source_is_named_with_the_allowed_ones(load, source):
    with pytest.raises(ValueError, match=f"'auto', 'real', 'stand-in', got {source!r}"):
        load(source)


@pytest.mark.parametrize("way", ["data_dir", "NNLIB_DATA"])
def test_a_folder_that_is_none_is_named(home, monkeypatch, way):
    def look(folder):
        monkeypatch.setenv("NNLIB_DATA", str(folder) if way == "NNLIB_DATA" else "")
        return load(folder if way == "data_dir" else None)

    with pytest.raises(FileNotFoundError, match=f"{way}='.*nowhere': no such file.*Give the folder"):
        look(home / "nowhere")
    with pytest.raises(NotADirectoryError, match=rf"{way}='.*small\.npz'.*Give the folder"):
        look(put(home / "given"))
    with pytest.raises(OSError, match=way):
        look("x" * 5000)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("mode", [0o000, 0o444, 0o111])
def test_a_named_folder_without_the_right_to_read_it_is_named(open_folder, monkeypatch, mode):
    (open_folder / "data").mkdir(mode=mode)
    (open_folder / "data").chmod(mode)
    monkeypatch.setenv("NNLIB_DATA", str(open_folder / "data"))
    with as_nobody(), pytest.raises(PermissionError, match=r"NNLIB_DATA=.*permission denied.*right to read"):
        load(None)


def test_a_relative_NNLIB_DATA_means_the_same_from_everywhere(home, monkeypatch):
    put(home / "environment")
    monkeypatch.setenv("NNLIB_DATA", "../environment")
    for folder in ("course", "course/notebooks", "home"):
        monkeypatch.chdir(home / folder)
        assert load(None)[1] == "file"
    monkeypatch.setattr(places, "course_folder", lambda: None)
    with pytest.raises(ValueError, match=r"NNLIB_DATA='\.\./environment' is a relative path. Give the whole"):
        load(None)


@pytest.mark.usefixtures("home")
def test_the_home_folder_of_nobody_is_named(monkeypatch):
    with pytest.raises(OSError, match="data_dir='~nouser/x': no such file"):
        load("~nouser/x")
    monkeypatch.setenv("NNLIB_DATA", "~nouser/x")
    with pytest.raises(OSError, match="NNLIB_DATA='~nouser/x': no such file"):
        load(None)


@pytest.mark.skipif(os.name == "nt", reason="Windows does not delete a folder that is in use")
def test_a_current_folder_that_was_deleted_is_named(home, monkeypatch):
    (home / "gone").mkdir()
    monkeypatch.chdir(home / "gone")
    (home / "gone").rmdir()
    with pytest.raises(FileNotFoundError, match="the current folder was deleted: change to one"):
        load(None)


def test_unicode_and_long_paths(home):
    folder = home / "Größe λ 数据 🐈"
    for _ in range(8):
        folder = folder / ("long name " * 10).strip()
    assert load(put(folder).parent)[1] == "file"


# -- damaged files ---------------------------------------------------------------------------------------


def test_cut_off_anywhere(home):
    path = put(home / "given")
    whole = path.read_bytes()
    assert len(whole) > 4096
    for length in [*range(0, len(whole), 1024), 1, len(whole) - 1]:
        path.write_bytes(whole[:length])
        with unchanged(path), pytest.raises(ValueError, match=r"small\.npz is damaged.*move it away"):
            load(home / "given")


def test_one_flipped_byte_is_noticed_or_harmless(home):
    path = put(home / "given")
    whole, expected = path.read_bytes(), small_arrays()
    noticed = 0
    positions = [*range(0, len(whole), 67), *range(len(whole) - 400, len(whole), 3)]  # the end is the zip directory
    for position in positions:
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0x55]) + whole[position + 1 :])
        try:
            arrays, _ = load(home / "given")
        except ValueError as error:
            noticed += "small.npz" in str(error)
        else:  # a date in the directory of the archive, for example
            for name, array in expected.items():
                np.testing.assert_array_equal(arrays[name], array)
    assert noticed > 0.6 * len(positions)


def test_random_bytes(home):
    path = home / "given" / "small.npz"
    noise = np.random.default_rng(0)
    for start in (b"", b"PK\x03\x04", b"\x93NUMPY\x01\x00"):
        for size in (0, 1, 10, 1000, 10_000):
            path.write_bytes(start + noise.bytes(size))
            with unchanged(path), pytest.raises(ValueError, match="damaged"):
                load(home / "given")


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
        ({"x_test": None}, r"no array 'x_test'.*y_train"),
        ({"y_train": np.zeros(60)}, "y_train should be integers"),
        ({"y_train": np.arange(60) % 9}, "should hold the classes 0 to 9"),
        ({"y_test": np.arange(10) + 1}, "should hold the classes 0 to 9"),
        ({"y_test": np.arange(10).astype(object)}, "y_test should be integers.*object"),
    ],
)
def test_other_contents(home, change, message):
    arrays = {name: array for name, array in {**small_arrays(), **change}.items() if array is not None}
    np.savez(home / "given" / "small.npz", **arrays)
    with unchanged(home / "given" / "small.npz"), pytest.raises(ValueError, match=message):
        load(home / "given")


def test_objects_are_never_unpickled(home):
    trace = home / "trace"
    np.savez(home / "given" / "small.npz", **{**small_arrays(), "x_train": np.array([Bomb(trace)], dtype=object)})
    with pytest.raises(ValueError, match="object"):
        load(home / "given")
    assert not trace.exists()


def with_member(home, raw):
    """The small set with x_train replaced by these bytes."""
    with zipfile.ZipFile(put(home / "given")) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(home / "given" / "small.npz", "w") as archive:
        for name, content in {**members, "x_train.npy": raw(members["x_train.npy"])}.items():
            archive.writestr(name, content)


def test_a_size_that_is_not_there_is_not_set_aside(home):
    """A header that promises a petabyte costs nothing."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": (10**15,)})
    with_member(home, lambda _: header.getvalue())
    with pytest.raises(ValueError, match="1000000000000000"):
        load(home / "given")


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (9, 9)])
def test_no_message_advises_to_trust_a_file(home, version):
    """NumPy's own does where a header is large."""
    text = str({"descr": "|u1", "fortran_order": False, "shape": (60, 9, 9)}).encode() + b" " * 50_000 + b"\n"
    length = len(text).to_bytes(2 if version == (1, 0) else 4, "little")
    with_member(home, lambda _: b"\x93NUMPY" + bytes(version) + length + text)
    with pytest.raises(ValueError, match="x_train does not begin as an array of numbers does") as caught:
        load(home / "given")
    assert not any(word in str(caught.value) for word in ("trust", "pickle", "max_header"))


def test_bytes_after_an_array_are_noticed(home):
    with_member(home, lambda raw: raw + b"and more")
    with pytest.raises(ValueError, match="bytes left over after x_train"):
        load(home / "given")


def test_labels_in_a_column_as_keras_has_them(home):
    arrays = small_arrays()
    np.savez(home / "given" / "small.npz", **{**arrays, "y_train": arrays["y_train"].reshape(-1, 1)})
    np.testing.assert_array_equal(load(home / "given")[0]["y_train"], arrays["y_train"])


def test_a_folder_in_place_of_the_file(home):
    (home / "given" / "small.npz").mkdir()
    with pytest.raises(OSError, match=r"small\.npz"):
        load(home / "given")
    assert (home / "given" / "small.npz").is_dir()


def test_a_link_to_nothing(home):
    (home / "given" / "small.npz").symlink_to(home / "gone.npz")
    with pytest.raises(FileNotFoundError, match=r"small\.npz"):
        load(home / "given")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX pipes and devices")
@pytest.mark.parametrize("data_set", DATA_SETS.values(), ids=DATA_SETS)
@pytest.mark.parametrize("kind", ["pipe", "link to /dev/zero"])
def test_a_pipe_or_a_device_never_hangs(home, data_set, kind):
    for form in data_set.forms:
        path = home / form.name.replace("/", "-") / form.name
        path.parent.mkdir(parents=True)
        os.mkfifo(path) if kind == "pipe" else path.symlink_to("/dev/zero")
        with pytest.raises(ValueError, match="is no file but a pipe or a device") as caught:
            form.read(path)
        assert path.name in str(caught.value)
        assert not data_set.official.is_at(path)


def test_no_permission(open_folder):
    path = put(open_folder)
    path.chmod(0)
    with as_nobody(), pytest.raises(PermissionError, match=r"give yourself the right.*small\.npz"):
        read_npz(path, SHAPES)


def test_a_damaged_file_of_keras_is_passed_over_aloud(home, monkeypatch, capsys):
    monkeypatch.setenv("NNLIB_OFFLINE", "1")
    path = put(home / "home" / ".keras" / "datasets")
    path.write_bytes(path.read_bytes()[:-1000])
    with unchanged(path):
        assert load(None) is None
        assert "Keras's small.npz is damaged" in capsys.readouterr().out
        with pytest.raises(FileNotFoundError, match=r"Keras's small\.npz is damaged"):
            loading.load(SMALL, "real", None)


# -- with a network --------------------------------------------------------------------------------------


@pytest.fixture
def official(tmp_path):
    """The small set as an official file on a local server."""
    content = put(tmp_path / "official").read_bytes()
    with serve(content) as server:
        what = OfficialFile(len(content), hashlib.sha256(content).hexdigest(), server.url("small.npz"))
        server.data_set = dataclasses.replace(SMALL, official=what)
        yield server


def test_auto_downloads_once_into_the_course(home, official, capsys):
    for n in range(2):
        arrays, source = loading.load(official.data_set, "auto", None)
        assert source == "file"
        np.testing.assert_array_equal(arrays["x_train"], small_arrays()["x_train"])
        line = capsys.readouterr().out
        assert line.count("\n") == 1
        assert ("downloaded and checked" in line) == (n == 0)
        assert "70 real dots" in line
    assert official.requests == [None]
    assert (home / "course" / "data" / "small.npz").is_file()


@pytest.mark.usefixtures("home")
def test_offline_never_touches_the_network(official, monkeypatch, capsys):
    monkeypatch.setenv("NNLIB_OFFLINE", "1")
    assert loading.load(official.data_set, "auto", None) is None
    assert "NNLIB_OFFLINE is set" in capsys.readouterr().out
    with pytest.raises(FileNotFoundError, match="NNLIB_OFFLINE is set"):
        loading.load(official.data_set, "real", None)
    monkeypatch.setenv("NNLIB_OFFLINE", "0")
    assert official.requests == []
    assert loading.load(official.data_set, "real", None)[1] == "file"


@pytest.mark.usefixtures("home")
def test_a_download_that_fails_leads_to_the_stand_in_and_says_why(official, capsys):
    official.manners = "gone"
    assert loading.load(official.data_set, "auto", None) is None
    line = capsys.readouterr().out
    for part in ("STAND-IN", "the download failed: 127.0.0.1", "404"):
        assert part in line
    assert line.count("\n") == 1
    with pytest.raises(FileNotFoundError, match="404"):
        loading.load(official.data_set, "real", None)


def test_a_course_that_cannot_be_written_is_passed_over_for_the_cache(home, official, capsys):
    shutil.rmtree(home / "course" / "data")
    (home / "course" / "data").write_text("a file, so that no folder can be made")
    for _ in range(2):
        assert loading.load(official.data_set, "auto", None)[1] == "file"
    assert (home / "cache" / "small.npz").is_file()
    assert official.requests == [None]
    shutil.rmtree(home / "cache")
    (home / "cache").write_text("")
    capsys.readouterr()
    assert loading.load(official.data_set, "auto", None) is None
    assert "no folder to keep the data in can be written" in capsys.readouterr().out
    assert official.requests == [None]


@pytest.mark.usefixtures("home")
def test_a_read_only_course_and_cache(official, open_folder, monkeypatch):
    for name in ("course_folder", "cache_folder"):
        monkeypatch.setattr(places, name, lambda: open_folder)
    (open_folder / "data").mkdir()
    for folder in (open_folder / "data", open_folder):
        folder.chmod(0o555)
    with as_nobody():
        assert loading.load(official.data_set, "auto", None) is None
    assert official.requests == []
    for folder in (open_folder, open_folder / "data"):
        folder.chmod(0o755)
    assert loading.load(official.data_set, "auto", None)[1] == "file"  # that was the cause


@pytest.mark.parametrize("project", ["somebody's", "copied into"])
def test_in_the_project_of_another_no_folder_is_made(home, official, monkeypatch, project):
    """Nothing lands beside a pyproject.toml that is not the course's; a data/ that is there is looked in."""
    monkeypatch.undo()
    other = home / "other"
    (other / "notebooks").mkdir(parents=True)
    (other / "pyproject.toml").write_text("[project]\nname = 'homework'\n")
    monkeypatch.chdir(other)
    monkeypatch.setattr(places, "cache_folder", lambda: home / "cache")
    monkeypatch.setattr(places, "__file__", str(other / ("src/data/places.py" if project == "copied into" else "x/y")))
    assert loading.fetch(official.data_set) == home / "cache" / "small.npz"
    assert sorted(path.name for path in other.iterdir()) == ["notebooks", "pyproject.toml"]
    put(other / "data", seed=3)
    assert loading.best(SMALL, places.places())[0].place.label == "data/"


# -- the package -----------------------------------------------------------------------------------------


def test_this_checkout_is_the_course(monkeypatch, tmp_path):
    root = Path(__file__).resolve().parents[2]
    monkeypatch.chdir(tmp_path)
    assert places.course_folder() == root
    monkeypatch.setattr(places, "__file__", str(tmp_path / "site-packages" / "nnlib" / "data" / "places.py"))
    assert places.course_folder() is None
    monkeypatch.chdir(root / "notebooks")  # an installed nnlib, used in a clone
    assert places.course_folder() == root


def test_addresses_and_checksums_are_those_of_keras():
    for ours in (DATA_SETS["cifar10"], DATA_SETS["mnist"]):
        text = (KERAS / "datasets" / f"{ours.key}.py").read_text(encoding="utf-8")
        assert ours.official.sha256 in text
        folder, _, name = ours.official.url.rpartition("/")
        assert folder in text
        assert name in text
        assert ours.official.url.startswith("https://")
        assert ours.forms[0].name == ours.official.name


def test_import_is_light_and_the_folder_works_under_another_name(tmp_path):
    shutil.copytree(Path(places.__file__).parent, tmp_path / "mydata", ignore=shutil.ignore_patterns("__pycache__"))
    script = """
import sys
sys.modules["nnlib"] = None
sys.modules["requests"] = None
import mydata
heavy = {"tensorflow", "keras", "sklearn", "matplotlib", "torch"} & set(sys.modules)
assert not heavy, heavy
assert mydata.load_phone_prices().source == "stand-in"
assert mydata.loading.load(mydata.MNIST, "auto", None) is None
"""
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(tmp_path), "NNLIB_DATA": ""}
    environment |= {"XDG_CACHE_HOME": str(tmp_path / "cache"), "KERAS_HOME": str(tmp_path), "NNLIB_OFFLINE": ""}
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "requests" in done.stdout  # the download needs it: said, and the stand-in is there
    assert "nnlib data" not in done.stdout  # a command that a copy does not have
    assert not (tmp_path / "data").exists()
