"""The Maxout layer, against NumPy."""

import keras
import numpy as np
import pytest

from nnlib.models import Maxout


def by_numpy(x, kernel, bias, units, n_pieces):
    """The formula of the paper, one unit and one piece at a time."""
    answer = np.empty((*x.shape[:-1], units))
    for unit in range(units):
        pieces = [x @ kernel[:, unit + k * units] + bias[unit + k * units] for k in range(n_pieces)]
        answer[..., unit] = np.max(pieces, axis=0)
    return answer


@pytest.mark.parametrize("shape", [(5, 3), (2, 4, 3)])
@pytest.mark.parametrize(("units", "n_pieces"), [(1, 2), (4, 2), (2, 5)])
def test_it_is_the_largest_of_its_linear_pieces(shape, units, n_pieces):
    rng = np.random.default_rng(0)
    x = rng.normal(size=shape).astype("float32")
    kernel, bias = rng.normal(size=(3, units * n_pieces)), rng.normal(size=units * n_pieces)
    layer = Maxout(units, n_pieces)
    layer.build((None, *shape[1:]))
    layer.set_weights([kernel, bias])
    found = keras.ops.convert_to_numpy(layer(x))
    assert found.shape == (*shape[:-1], units)
    np.testing.assert_allclose(found, by_numpy(x, kernel, bias, units, n_pieces), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("pieces", "function"), [((1, 0), lambda x: np.maximum(x, 0)), ((1, -1), np.abs)])
def test_two_pieces_are_relu_or_the_absolute_value(pieces, function):
    x = np.linspace(-1e3, 1e3, 2001, dtype="float32")[:, None]
    layer = Maxout(1)
    layer.build((None, 1))
    layer.set_weights([np.array([pieces], dtype="float32"), np.zeros(2)])
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(layer(x)), function(x))


def small_model():
    return keras.Sequential([keras.Input((3,)), Maxout(4, 3, name="pieces"), keras.layers.Dense(1)])


def test_a_saved_model_predicts_the_same(tmp_path):
    model = small_model()
    x = np.random.default_rng(1).normal(size=(20, 3)).astype("float32")
    model.compile("adam", "mse")
    model.train_on_batch(x, x[:, :1] ** 2)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict_on_batch(x), model.predict_on_batch(x))
    assert (loaded.layers[0].units, loaded.layers[0].n_pieces, loaded.layers[0].name) == (4, 3, "pieces")


def test_the_model_knows_its_shapes_and_parameters():
    model = small_model()
    assert model.output_shape == (None, 1)
    assert model.count_params() == (3 * 12 + 12) + (4 + 1)


def test_it_learns_what_no_line_can():
    keras.utils.set_random_seed(0)
    x = np.linspace(-1, 1, 64, dtype="float32")[:, None]
    model = keras.Sequential([keras.Input((1,)), Maxout(1)])
    model.compile(keras.optimizers.Adam(0.05), "mse")
    model.set_weights([np.array([[0.5, -0.5]]), np.zeros(2)])
    many = np.tile(x, (60, 1))  # sixty updates on all points
    model.fit(many, np.abs(many), batch_size=64, shuffle=False, verbose=0)
    line = np.polyval(np.polyfit(x.ravel(), np.abs(x).ravel(), 1), x)
    assert np.mean((model.predict_on_batch(x) - np.abs(x)) ** 2) < np.mean((line - np.abs(x)) ** 2) / 20


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"units": 0}, "units must be a whole number from 1 on, got 0"),
        ({"units": 2.5}, "units must be .*2.5"),
        ({"units": True}, "units must be .*True"),
        ({"units": "3"}, "units must be .*'3'"),
        ({"units": 3, "n_pieces": 1}, "n_pieces must be a whole number from 2 on, got 1"),
        ({"units": 3, "n_pieces": None}, "n_pieces must be .*None"),
    ],
)
def test_a_bad_size_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        Maxout(**arguments)


@pytest.mark.parametrize("dtype", ["float64", "float16", "mixed_float16"])
def test_its_weights_and_its_answers_have_the_asked_type(dtype):
    layer, dense = Maxout(2, dtype=dtype), keras.layers.Dense(2, dtype=dtype)
    x = np.ones((3, 4))
    assert layer(x).dtype == dense(x).dtype
    assert layer.weights[0].dtype == dense.weights[0].dtype
    assert Maxout.from_config(layer.get_config())(x).dtype == dense(x).dtype


def test_a_last_layer_of_float32_stays_so_among_halves():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        assert Maxout(2, dtype="float32")(np.ones((3, 4))).dtype == "float32"
    finally:
        keras.config.set_dtype_policy("float32")


def test_a_mask_for_padding_is_passed_on():
    """The mean over two tokens, alone and before a zero."""
    layers = [keras.layers.Embedding(5, 4, mask_zero=True), Maxout(2), keras.layers.GlobalAveragePooling1D()]
    model = keras.Sequential([keras.Input((None,), dtype="int32"), *layers])
    alone, padded = (model.predict_on_batch(np.array([tokens])) for tokens in ([1, 2], [1, 2, 0]))
    np.testing.assert_allclose(padded, alone, rtol=1e-5)
