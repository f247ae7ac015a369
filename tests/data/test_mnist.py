"""MNIST's stand-in: real digits, enlarged, as hard as the real set."""

import hashlib
import os

import numpy as np
import pytest

from nnlib.data import load_mnist, mnist


@pytest.fixture(scope="module")
def stand_in():
    return load_mnist("stand-in")


def test_form(stand_in):
    assert not stand_in.is_real
    assert stand_in.source == "stand-in"
    assert stand_in.x_train.shape == (60_000, 28, 28)
    assert stand_in.x_test.shape == (10_000, 28, 28)
    assert stand_in.x_train.dtype == stand_in.x_test.dtype == np.uint8
    assert stand_in.y_train.dtype == stand_in.y_test.dtype == np.int64
    assert stand_in.class_names == tuple("0123456789")
    for labels in (stand_in.y_train, stand_in.y_test):
        assert np.bincount(labels).min() > 0.07 * len(labels)


def test_the_same_everywhere(stand_in):
    digest = hashlib.sha256(stand_in.x_train.tobytes() + stand_in.x_test.tobytes())
    assert digest.hexdigest()[:16] == "92c2737ed86302f9"


def test_a_stored_stand_in_is_not_taken_for_the_real_set(stand_in, tmp_path):
    np.savez(tmp_path / "mnist.npz", **{name: getattr(stand_in, name) for name in mnist.SHAPES})
    with pytest.raises(ValueError, match=r"mnist\.npz holds the stand-in"):
        load_mnist(data_dir=tmp_path)


def test_digits_stay_inside_the_picture(stand_in):
    """As in the real set: ink in the middle, hardly any in the outermost rows and columns."""
    ink = stand_in.x_train[:5000].astype(float).mean(axis=0)
    edge = np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]])
    assert edge.max() < 3
    assert ink[8:20, 8:20].mean() > 60


def test_enlarging_keeps_the_digit():
    """Means over the cells of 8 × 8 pixels give back scikit-learn's digit, but for the smoothing."""
    from sklearn.datasets import load_digits

    digits = load_digits().images[:50]
    cells = mnist._enlarge(digits)[:, 16:80, 16:80].reshape(50, 8, 8, 8, 8).mean(axis=(2, 4)) / 16
    assert np.corrcoef(cells.ravel(), digits.ravel())[0, 1] > 0.95


def test_no_digit_is_in_both_parts(monkeypatch):
    """Without the variations each image would be one of 1,797: those of the two parts differ."""
    monkeypatch.setattr(mnist, "_vary", lambda frames, _: frames[:, ::3, ::3])
    monkeypatch.setitem(mnist.SHAPES, "y_train", ((6000,), "i"))
    monkeypatch.setitem(mnist.SHAPES, "y_test", ((2000,), "i"))
    arrays = mnist._stand_in()
    train, test = ({image.tobytes() for image in arrays[f"x_{part}"]} for part in ("train", "test"))
    assert len(train) > 1400
    assert len(test) > 250
    assert not train & test


def linear_accuracy(data):
    from sklearn.linear_model import RidgeClassifier

    model = RidgeClassifier(10.0).fit(data.x_train[:4000, ::2, ::2].reshape(4000, -1) / 255, data.y_train[:4000])
    return model.score(data.x_test[:2000, ::2, ::2].reshape(2000, -1) / 255, data.y_test[:2000])


def test_about_as_hard_as_the_real_set(stand_in):
    assert 0.75 < linear_accuracy(stand_in) < 0.92  # the real set: see below


@pytest.mark.skipif(not os.environ.get("NNLIB_DATA"), reason="needs the real set in $NNLIB_DATA")
def test_the_real_set():
    data = load_mnist("real")
    assert data.is_real
    assert data.y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert np.bincount(data.y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert 0.78 < linear_accuracy(data) < 0.90
