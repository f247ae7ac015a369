"""CIFAR-10: the official archive in each of its forms, pickles that must not run, the drawn stand-in."""

import gzip
import hashlib
import io
import os
import pickle
import subprocess
import sys
import tarfile
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from nnlib.data import cifar10, load_cifar10

N = 20  # images of a small batch


@pytest.fixture
def folder(home, monkeypatch):
    """A computer without data, for which CIFAR-10 has 20 images a batch."""
    monkeypatch.setenv("NNLIB_OFFLINE", "1")
    monkeypatch.setattr(cifar10, "PER_BATCH", N)
    shapes = {name: ((n // 10_000 * N, *rest), kind) for name, ((n, *rest), kind) in cifar10.SHAPES.items()}
    monkeypatch.setattr(cifar10, "SHAPES", shapes)
    return home


def made(n=N):
    """Images and labels of six batches, as a person would count them."""
    noise = np.random.default_rng(0)
    images = noise.integers(0, 256, (6 * n, 32, 32, 3)).astype("uint8")
    return images, np.arange(6 * n) % 10


def batches(protocol="python 2", n=N):
    """The six pickles: the planes red, green and blue of each image one after another."""
    images, labels = made(n)
    rows = images.transpose(0, 3, 1, 2).reshape(6 * n, 3072)
    pickled = {}
    for i, name in enumerate(cifar10.BATCHES):
        some, of = rows[i * n : (i + 1) * n], labels[i * n : (i + 1) * n].tolist()
        content = {b"batch_label": b"a batch", b"labels": of, b"data": some, b"filenames": [b"a.png"] * n}
        pickled[name] = python2_pickle(some, of) if protocol == "python 2" else pickle.dumps(content, protocol)
    return pickled


def python2_pickle(rows, labels):
    """Write what Python 2's cPickle wrote, opcode by opcode (strings are its byte strings, U and T)."""

    def text(value):
        return b"U" + bytes([len(value)]) + value

    raw = rows.tobytes()
    number = b"".join(b"K" + bytes([label]) for label in labels)
    dtype = (
        b"cnumpy\ndtype\nq\x01"
        + text(b"u1")
        + b"K\x00K\x01\x87R(K\x03"
        + text(b"|")
        + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    )
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85"
        + text(b"b")
        + b"\x87R(K\x01"
        + b"J"
        + len(rows).to_bytes(4, "little")
        + b"M\x00\x0c\x86"
        + dtype
        + b"\x89"
        + b"T"
        + len(raw).to_bytes(4, "little")
        + raw
        + b"tb"
    )
    return b"\x80\x02}(" + text(b"data") + array + text(b"labels") + b"](" + number + b"eu."


def archive(pickled, *, folder="cifar-10-batches-py/", extra=()):
    """The official tar.gz, made of these pickles."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as tar:
        for name, raw in [*pickled.items(), *extra]:
            entry = tarfile.TarInfo(name if "/" in name else folder + name)
            entry.size = len(raw)
            tar.addfile(entry, io.BytesIO(raw))
    return out.getvalue()


def check(data, source):
    images, labels = made()
    assert data.source == source
    assert data.is_real
    np.testing.assert_array_equal(data.x_train, images[: 5 * N])
    np.testing.assert_array_equal(data.y_train, labels[: 5 * N])
    np.testing.assert_array_equal(data.x_test, images[5 * N :])
    np.testing.assert_array_equal(data.y_test, labels[5 * N :])
    assert data.y_train.dtype == np.int64
    assert data.x_train.dtype == np.uint8


def write_folder(folder, pickled):
    folder.mkdir(parents=True)
    for name, raw in pickled.items():
        (folder / name).write_bytes(raw)


# -- forms -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", ["python 2", 2, 3, 4])
def test_the_archive(folder, protocol):
    path = folder / "course" / "data" / "cifar-10-python.tar.gz"
    path.write_bytes(archive(batches(protocol)))
    check(load_cifar10(), "file")
    assert os.listdir(path.parent) == [path.name]  # nothing was unpacked beside it


def test_our_python_2_pickle_is_one():
    """Oracle for the oracle: the standard library reads it, arrays included."""
    raw = batches(n=3)["test_batch"]
    content = pickle.loads(raw, encoding="bytes")
    np.testing.assert_array_equal(content[b"data"].reshape(3, 3, 32, 32).transpose(0, 2, 3, 1), made(3)[0][15:])


@pytest.mark.parametrize(
    "name", ["cifar-10-batches-py-target_archive", "cifar-10-python.tar.gz", "cifar-10-batches-py.tar.gz"]
)
def test_archives_in_the_cache_of_keras(folder, name):
    cache = folder / "home" / ".keras" / "datasets"
    cache.mkdir(parents=True)
    (cache / name).write_bytes(archive(batches()))
    check(load_cifar10(), "keras")


@pytest.mark.parametrize("name", ["cifar-10-batches-py-target/cifar-10-batches-py", "cifar-10-batches-py"])
def test_folders_in_the_cache_of_keras(folder, name):
    write_folder(folder / "home" / ".keras" / "datasets" / name, batches())
    check(load_cifar10(), "keras")


@pytest.mark.parametrize(
    "place", ["course/data", "course/notebooks", "home/Downloads", "home/Downloads/cifar-10-python", "cache"]
)
def test_folders_where_a_person_puts_them(folder, place):
    write_folder(folder / place / "cifar-10-batches-py", batches())
    check(load_cifar10(), "file")


def test_the_folder_itself_may_be_given(folder):
    write_folder(folder / "somewhere", batches())
    check(load_cifar10(data_dir=folder / "somewhere"), "file")


def test_npz_comes_before_folders_and_after_the_official_archive(folder):
    images, labels = made()
    np.savez(
        folder / "cifar10.npz", x_train=images[:100], y_train=labels[:100], x_test=images[100:], y_test=labels[100:]
    )
    (folder / "cifar-10-batches-py").mkdir()  # empty, and not needed
    check(load_cifar10(data_dir=folder), "file")
    (folder / "cifar10.npz").write_bytes(b"damaged, and not needed")
    (folder / "cifar-10-python.tar.gz").write_bytes(archive(batches()))
    check(load_cifar10(data_dir=folder), "file")


# -- what a pickle can carry -----------------------------------------------------------------------------


class Runs:
    """Unpickling it calls a function."""

    def __init__(self, function, *arguments):
        self.how = function, arguments

    def __reduce__(self):
        return self.how


@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize("form", ["archive", "folder"])
def test_pickles_run_nothing(folder, protocol, form):
    trace = folder / "trace"
    evil = [Runs(Path.touch, trace), Runs(os.system, f"touch {trace}"), Runs(eval, f"open({str(trace)!r}, 'w')")]
    for what in evil:
        pickled = {**batches(), "data_batch_3": pickle.dumps({b"data": what, b"labels": [0] * N}, protocol)}
        place = folder / f"{form}{protocol}{evil.index(what)}"
        if form == "folder":
            write_folder(place / "cifar-10-batches-py", pickled)
        else:
            place.mkdir()
            (place / "cifar-10-python.tar.gz").write_bytes(archive(pickled))
        with pytest.raises(ValueError, match="which has no place in a batch"):
            load_cifar10(data_dir=place)
        assert not trace.exists()


def test_an_archive_writes_nowhere(folder):
    raw = archive(batches(), extra=[("../../evil", b"x"), ("/tmp/evil-nnlib-test", b"x")])
    (folder / "given" / "cifar-10-python.tar.gz").write_bytes(raw)
    before = sorted(folder.rglob("*"))
    check(load_cifar10(data_dir=folder / "given"), "file")
    assert sorted(folder.rglob("*")) == before
    assert not Path("/tmp/evil-nnlib-test").exists()


# -- damage ----------------------------------------------------------------------------------------------


def test_an_archive_cut_off_anywhere(folder):
    raw, path = archive(batches()), folder / "cifar-10-python.tar.gz"
    for length in [*range(0, len(raw), len(raw) // 40), len(raw) - 1, len(raw) - 9]:
        path.write_bytes(raw[:length])
        with pytest.raises(ValueError, match=r"cifar-10-python\.tar\.gz is damaged"):
            load_cifar10(data_dir=folder)
        assert path.read_bytes() == raw[:length]


def test_an_archive_with_one_flipped_byte(folder):
    raw, path = archive(batches()), folder / "cifar-10-python.tar.gz"
    for position in [*range(0, 40), *range(40, len(raw), len(raw) // 60), *range(len(raw) - 12, len(raw))]:
        path.write_bytes(raw[:position] + bytes([raw[position] ^ 0x41]) + raw[position + 1 :])
        try:
            data = load_cifar10(data_dir=folder)
        except ValueError as error:
            noticed = "cifar-10-python.tar.gz is damaged" in str(error)
        else:  # the date or the name in the header of gzip
            noticed = False
            check(data, "file")
        assert noticed or 3 <= position < 40


def test_a_flipped_byte_in_a_batch_never_breaks_out(folder):
    """In an unpacked folder nothing holds a checksum: what is not noticed must at least be images and labels."""
    write_folder(folder / "cifar-10-batches-py", batches())
    path = folder / "cifar-10-batches-py" / "data_batch_1"
    raw = path.read_bytes()
    ends = [*range(0, 260), *range(len(raw) - 120, len(raw))]
    noticed = 0
    for position in ends:
        path.write_bytes(raw[:position] + bytes([raw[position] ^ 0x13]) + raw[position + 1 :])
        try:
            data = load_cifar10(data_dir=folder)
        except ValueError as error:
            noticed += "cifar-10-batches-py" in str(error)
        else:
            assert data.x_train.shape == (5 * N, 32, 32, 3)
            assert set(np.unique(data.y_train)) == set(range(10))
    assert noticed > 100


@pytest.mark.parametrize("missing", ["data_batch_4", "test_batch"])
def test_a_missing_batch_is_named(folder, missing):
    pickled = {name: raw for name, raw in batches().items() if name != missing}
    (folder / "cifar-10-python.tar.gz").write_bytes(archive(pickled))
    with pytest.raises(ValueError, match=f"{missing} missing"):
        load_cifar10(data_dir=folder)
    (folder / "cifar-10-python.tar.gz").unlink()
    write_folder(folder / "cifar-10-batches-py", pickled)
    with pytest.raises(FileNotFoundError, match=missing):
        load_cifar10(data_dir=folder)


def test_a_batch_without_end(folder, monkeypatch):
    monkeypatch.setattr(cifar10, "LARGEST", 100_000)
    raw = archive({**batches(), "data_batch_2": b"\x80\x02" + bytes(200_000)})
    (folder / "cifar-10-python.tar.gz").write_bytes(raw)
    with pytest.raises(ValueError, match="a batch is too large"):
        load_cifar10(data_dir=folder)


def test_labels_outside_the_classes(folder):
    images, _ = made()
    pickled = batches()
    pickled["test_batch"] = python2_pickle(images[:N].transpose(0, 3, 1, 2).reshape(N, 3072), [10] * N)
    (folder / "cifar-10-python.tar.gz").write_bytes(archive(pickled))
    with pytest.raises(ValueError, match="classes 0 to 9"):
        load_cifar10(data_dir=folder)


def test_gzip_of_something_else(folder):
    (folder / "cifar-10-python.tar.gz").write_bytes(gzip.compress(b"hello"))
    with pytest.raises(ValueError, match="damaged"):
        load_cifar10(data_dir=folder)


# -- full size -------------------------------------------------------------------------------------------


def traced(*arguments, **options):
    """Data, and the most memory that it took on the way to it, in megabytes."""
    tracemalloc.start()
    try:
        return load_cifar10(*arguments, **options), tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


@pytest.fixture(scope="module")
def full_size(tmp_path_factory):
    """Files of the full size, of black images: small on disk, whole in memory."""
    folder = tmp_path_factory.mktemp("full")
    arrays = {name: np.zeros(shape, "uint8") for name, (shape, _) in cifar10.SHAPES.items()}
    for part in ("train", "test"):
        arrays[f"y_{part}"] = (np.arange(len(arrays[f"y_{part}"])) % 10).astype("uint8")
    (folder / "npz").mkdir()
    np.savez_compressed(folder / "npz" / "cifar10.npz", **arrays)
    batch = python2_pickle(np.zeros((10_000, 3072), "uint8"), [i % 10 for i in range(10_000)])
    (folder / "tar").mkdir()
    (folder / "tar" / "cifar-10-python.tar.gz").write_bytes(archive(dict.fromkeys(cifar10.BATCHES, batch)))
    return folder


@pytest.mark.parametrize("form", ["npz", "tar"])
def test_a_file_takes_little_more_memory_than_the_images(full_size, form):
    data, peak = traced("real", data_dir=full_size / form)
    assert data.x_train.shape == (50000, 32, 32, 3)
    assert 184 < peak < 400


# -- stand-in --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stand_in_and_peak():
    return traced("stand-in")


@pytest.fixture
def stand_in(stand_in_and_peak):
    return stand_in_and_peak[0]


def test_the_stand_in_has_the_form_of_the_real_set(stand_in):
    assert not stand_in.is_real
    assert "STAND-IN" in repr(stand_in)
    assert stand_in.x_train.shape == (50_000, 32, 32, 3)
    assert stand_in.x_test.shape == (10_000, 32, 32, 3)
    assert stand_in.x_train.dtype == stand_in.x_test.dtype == np.uint8
    assert stand_in.y_train.dtype == stand_in.y_test.dtype == np.int64
    assert np.bincount(stand_in.y_train).tolist() == [5000] * 10
    assert np.bincount(stand_in.y_test).tolist() == [1000] * 10
    assert stand_in.class_names[8] == "ship"


def test_a_stored_stand_in_is_not_taken_for_the_real_set(stand_in, home):
    np.savez(home / "cifar10.npz", **{name: getattr(stand_in, name) for name in cifar10.SHAPES})
    with pytest.raises(ValueError, match=r"cifar10\.npz holds the stand-in"):
        load_cifar10(data_dir=home)


def test_the_stand_in_takes_little_memory(stand_in_and_peak):
    _, megabytes = stand_in_and_peak
    assert 184 < megabytes < 300


def test_the_stand_in_is_the_same_everywhere(stand_in):
    digest = hashlib.sha256(
        stand_in.x_train.tobytes() + stand_in.x_test.tobytes() + stand_in.y_train.astype("<i8").tobytes()
    )
    assert digest.hexdigest()[:16] == "5cb04605cbfc90f3"


def test_the_stand_in_does_not_depend_on_the_processor():
    """The same without any of the vector instructions that NumPy chooses by processor."""
    from numpy._core._multiarray_umath import __cpu_dispatch__

    script = f"""
import hashlib, numpy, sys, types
sys.modules["nnlib.data"] = package = types.ModuleType("nnlib.data")  # without pandas, which takes long to import
package.__path__ = [{os.path.dirname(cifar10.__file__)!r}]
from nnlib.data import drawing, mnist
pixels = drawing.images(numpy.arange(200) % 10, "test", 3).tobytes()
frames = mnist._enlarge(numpy.arange(640).reshape(10, 8, 8) % 17)
print(hashlib.sha256(pixels + mnist._vary(frames, mnist.Random(0)).tobytes()).hexdigest())
"""
    digests = set()
    for switched_off in ("", " ".join(__cpu_dispatch__)):
        environment = {**os.environ, "NPY_DISABLE_CPU_FEATURES": switched_off}
        command = [sys.executable, "-W", "ignore", "-c", script]
        digests.add(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    assert len(digests) == 1


def test_no_image_is_there_twice(stand_in):
    every = np.concatenate([stand_in.x_train, stand_in.x_test])
    assert len({image.tobytes() for image in every}) == 60_000


def test_a_linear_model_sees_something_but_not_much(stand_in):
    from sklearn.linear_model import RidgeClassifier

    def pixels(images):
        return images[:, ::2, ::2].reshape(len(images), -1) / np.float32(255)

    model = RidgeClassifier(100.0).fit(pixels(stand_in.x_train[:4000]), stand_in.y_train[:4000])
    accuracy = model.score(pixels(stand_in.x_test[:2000]), stand_in.y_test[:2000])
    assert 0.20 < accuracy < 0.42  # chance 0.10; the real set 0.36


def test_shapes_tell_the_classes_apart(stand_in):
    """Edges in cells of 8 × 8 (histograms of oriented gradients, by hand) say more than pixels do."""
    from sklearn.linear_model import RidgeClassifier

    def edges(images):
        grey = images.astype("float32").mean(axis=3)
        down, across = np.gradient(grey, axis=(1, 2))
        strength, direction = np.hypot(down, across), (np.arctan2(down, across) % np.pi * 8 / np.pi).astype(int) % 8
        cells = [np.where(direction == k, strength, 0).reshape(-1, 4, 8, 4, 8).sum(axis=(2, 4)) for k in range(8)]
        features = np.stack(cells, axis=-1).reshape(len(images), -1)
        return features / features.sum(axis=1, keepdims=True) * 100

    model = RidgeClassifier(0.1).fit(edges(stand_in.x_train[:4000]), stand_in.y_train[:4000])
    assert model.score(edges(stand_in.x_test[:2000]), stand_in.y_test[:2000]) > 0.4


@pytest.mark.skipif(not os.environ.get("NNLIB_DATA"), reason="needs the real set in $NNLIB_DATA")
def test_the_real_set():
    data = load_cifar10("real")
    assert data.is_real
    assert np.bincount(data.y_train).tolist() == [5000] * 10
    assert data.y_train[:10].tolist() == [6, 9, 9, 4, 1, 1, 2, 7, 8, 3]  # frog, truck, truck, deer, …
