"""The recipe of lesson 09: whoever copies it, and nothing else, trains on scaled pixels."""

import re
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from nnlib import data

LESSON = Path(__file__).parents[2] / "notebooks" / "src" / "09_cifar10_mlp.py"


def recipe():
    """The fenced code of the lesson's recap."""
    blocks = re.findall(r"^# ```python\n(.*?)^# ```$", LESSON.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    (code,) = [re.sub(r"^# ?", "", block, flags=re.MULTILINE) for block in blocks]
    return code


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """The names that the recipe leaves behind, on few images of bytes: each class has a bright patch of its own."""
    rng = np.random.default_rng(0)
    labels = rng.permutation(np.arange(400) % 10)
    images = rng.integers(0, 100, (400, 32, 32, 3), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[3 * label : 3 * label + 3] += 100
    arrays = {"x_train": images[:300], "y_train": labels[:300], "x_test": images[300:], "y_test": labels[300:]}
    names, folder = {}, tmp_path_factory.mktemp("recipe")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data, "load_cifar10", lambda: SimpleNamespace(**arrays))
        patch.chdir(folder)  # the recipe saves its model where it runs
        exec(compile(recipe(), LESSON.name, "exec"), names)
    return names | {"folder": folder}


def test_the_recipe_alone_trains_on_scaled_pixels(copied):
    model, images = copied["model"], copied["data"].x_test
    assert images.max() > 1
    first = next(layer for layer in model.layers if layer.weights)
    values = images.astype("float32")
    for layer in model.layers[: model.layers.index(first)]:
        values = layer(values)
    values = np.asarray(values)
    np.testing.assert_allclose(values, images.reshape(len(images), -1) / 255, rtol=1e-5)
    assert model.evaluate(images, copied["data"].y_test, verbose=0)[1] > 0.9
    assert len(copied["history"].history["loss"]) == 10


def test_the_recipe_builds_the_network_of_the_lesson_and_keeps_it(copied):
    assert copied["model"].count_params() == 646_260
    kept = keras.models.load_model(copied["folder"] / "cifar10.keras")
    for ours, theirs in zip(copied["model"].get_weights(), kept.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
