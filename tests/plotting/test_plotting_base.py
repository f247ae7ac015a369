"""The figures of lessons 01 and 09, and the look that all figures share."""

import base64
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from figures import assert_nothing_global_changes, assert_own_axes_come_back, assert_title_and_finite_data
from matplotlib.colors import to_rgb
from PIL import Image
from sklearn.metrics import confusion_matrix

from nnlib import plotting
from nnlib.plotting import _style

X = np.arange(-1.0, 5.0)
Y = 2 * X - 1
HISTORY = {"loss": [3.0, 2.0, 1.5], "val_loss": [3.2, 2.5, 2.4], "accuracy": [0.1, 0.4, 0.5]}
KERNEL, BIAS = np.array([[1.0, -2.0], [-1.0, 1.0]]), np.array([1.0, 0.0])
IMAGES = np.random.default_rng(0).random((6, 8, 8, 3))


def bowl(w, b):
    return 1 + w**2 + 4 * b**2


FIGURES = {
    "history": lambda ax: plotting.plot_history(HISTORY, ax=ax),
    "points": lambda ax: plotting.plot_points(X, Y, lines=[(2.0, -1.0, "best")], ax=ax),
    "surface": lambda ax: plotting.plot_loss_surface(bowl, (-1, 2), (-1, 1), path=[(2, 1), (0, 0)], ax=ax),
    "images": lambda ax: plotting.show_images(IMAGES, list("abcdef"), n=6, title="Six", ax=ax),
    "probabilities": lambda ax: plotting.plot_probabilities([0.2, 0.8], ["cat", "dog"], truth=0, ax=ax),
    "confusion": lambda ax: plotting.plot_confusion([0, 1, 1], [0, 1, 0], class_names=["cat", "dog"], ax=ax),
    "network": lambda ax: plotting.plot_network([(KERNEL, BIAS)], show_bias=True, ax=ax),
}
each_figure = pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())


# --- what all figures have in common ---------------------------------------------------------------------


@each_figure
def test_own_axes_come_back_and_new_ones_are_made(draw):
    assert_own_axes_come_back(draw)


@each_figure
def test_nothing_global_changes(draw):
    assert_nothing_global_changes(draw)


@each_figure
def test_there_is_a_title_and_all_data_are_finite(draw):
    assert_title_and_finite_data(draw)


@pytest.mark.parametrize("name", ["history", "points", "surface", "confusion"])
def test_both_axes_are_labelled(name):
    ax = FIGURES[name](None)
    assert ax.get_xlabel() and ax.get_ylabel()


@each_figure
def test_text_is_readable_at_half_size(draw):
    ax = draw(None)
    ax.figure.canvas.draw()
    small = [text.get_text() for text in ax.texts if text.get_text() and text.get_fontsize() < 10]
    assert not small


def luminance(color):
    """Relative luminance as WCAG 2 defines it."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))


@pytest.mark.parametrize("color", plotting.COLORS.values(), ids=plotting.COLORS.keys())
def test_coloured_text_has_contrast_on_white(color):
    assert 1.05 / (luminance(_style.readable(color)) + 0.05) >= 4.5


def test_neighbours_in_the_cycle_differ_in_grey():
    grey = [luminance(color) ** (1 / 2.2) for color in _style.CYCLE]
    assert min(abs(a - b) for a, b in zip(grey, grey[1:], strict=False)) > 0.03


def test_labels_at_line_ends_do_not_overlap_and_stay_below_the_title():
    ax = plotting.plot_history({name: {"loss": [2.0, 1.0 + i / 1000]} for i, name in enumerate("abcd")})
    ax.figure.canvas.draw()
    boxes = sorted((text.get_window_extent() for text in ax.texts), key=lambda box: box.y0)
    assert all(low.y1 <= high.y0 + 1 for low, high in zip(boxes, boxes[1:], strict=False))
    assert boxes[-1].y1 <= ax.get_window_extent().y1 + 12


# --- each figure -----------------------------------------------------------------------------------------


def test_history_draws_train_solid_and_validation_dashed_in_one_colour():
    ax = plotting.plot_history(HISTORY)
    train, validation = ax.lines
    assert (train.get_linestyle(), validation.get_linestyle()) == ("-", "--")
    assert train.get_color() == validation.get_color()
    np.testing.assert_array_equal(train.get_xydata(), [[1, 3.0], [2, 2.0], [3, 1.5]])
    np.testing.assert_array_equal(validation.get_ydata(), HISTORY["val_loss"])


def test_history_takes_what_fit_returns():
    class History:
        history = HISTORY

    assert len(plotting.plot_history(History()).lines) == 2
    assert len(plotting.plot_history({"a": History(), "b": History()}, "accuracy").lines) == 2


def test_history_gives_each_model_its_colour():
    ax = plotting.plot_history({"a": HISTORY, "b": HISTORY}, "accuracy", colors={"b": "#123456"})
    assert ax.lines[1].get_color() == "#123456"


@pytest.mark.parametrize("history", [{}, [1, 2], None])
def test_history_says_what_it_wants(history):
    with pytest.raises(ValueError, match="history must be what fit"):
        plotting.plot_history(history)


def test_history_names_a_missing_metric_and_those_there_are():
    with pytest.raises(ValueError, match=r"no metric 'f1'; it has \['accuracy', 'loss', 'val_loss'\]"):
        plotting.plot_history(HISTORY, "f1")
    with pytest.raises(ValueError, match="history of 'b' has no metric 'accuracy'"):
        plotting.plot_history({"a": HISTORY, "b": {"loss": [1.0]}}, "accuracy")


def test_points_draws_the_lines_it_is_given():
    ax = plotting.plot_points(X, Y, lines=[(2.0, -1.0, "best"), (0.0, 2.0, "mean")], xlim=(0, 10))
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [-1, 19])
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [2, 2])
    assert [text.get_text() for text in ax.texts] == ["mean", "best"]


@pytest.mark.parametrize(("x", "y"), [([1, 2], [1]), ([], [])])
def test_points_need_pairs(x, y):
    with pytest.raises(ValueError, match=f"got {len(x)} and {len(y)}"):
        plotting.plot_points(x, y)


def test_surface_passes_on_a_grid_and_marks_the_end():
    seen = []
    plotting.plot_loss_surface(lambda w, b: seen.append((w, b)) or bowl(w, b), (-1, 2), (-3, 1))
    w, b = seen[0]
    assert (w.min(), w.max(), b.min(), b.max()) == (-1, 2, -3, 1)
    ax = plotting.plot_loss_surface(bowl, (-1, 2), (-1, 1), path=[(2, 1), (1, 0.5), (0, 0)])
    assert {text.get_text() for text in ax.texts} >= {"start", "end"}


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        (lambda w, b: 1.0, "must return the shape"),
        (lambda w, b: w * np.nan, "finite and not negative"),
        (lambda w, b: w - 10, "finite and not negative"),
    ],
)
def test_surface_says_what_a_loss_must_be(loss, words):
    with pytest.raises(ValueError, match=words):
        plotting.plot_loss_surface(loss, (-1, 1), (-1, 1))


def test_surface_wants_a_path_of_pairs():
    with pytest.raises(ValueError, match=r"path must have the shape \(n, 2\), got \(3,\)"):
        plotting.plot_loss_surface(bowl, (-1, 1), (-1, 1), path=[1, 2, 3])


def test_images_marks_right_and_wrong_in_words_too():
    ax = plotting.show_images(IMAGES, list("abcdef"), predictions=list("abcxyz"), n=4)
    assert [text.get_text() for text in ax.texts] == ["✓ a", "✓ b", "✓ c", "✗ x\n(is d)"]
    frames = [patch.get_linewidth() for patch in ax.patches]
    assert frames[0] < frames[3]


def test_images_shows_the_pixels_it_is_given():
    ax = plotting.show_images(IMAGES, n=2)
    np.testing.assert_array_equal(ax.images[1].get_array(), IMAGES[1])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n": 7}, "n=7 images were asked for, and images holds 6"),
        ({"n": 0}, "n=0"),
        ({"n": 2, "labels": ["a"]}, "6 images need as many labels, got 1"),
        ({"n": 2, "predictions": list("abcdef")}, "labels is None"),
    ],
)
def test_images_names_what_does_not_fit(arguments, words):
    with pytest.raises(ValueError, match=words):
        plotting.show_images(IMAGES, **arguments)


def test_images_wants_pictures():
    with pytest.raises(ValueError, match=r"got \(6, 192\)"):
        plotting.show_images(IMAGES.reshape(6, -1))


def test_probabilities_names_the_truth_and_wants_one_a_class():
    ax = plotting.plot_probabilities([0.2, 0.8], ["cat", "dog"], truth=0)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["truth: cat", "dog"]
    assert [bar.get_width() for bar in ax.patches] == [0.2, 0.8]
    with pytest.raises(ValueError, match="2 class names need as many probabilities"):
        plotting.plot_probabilities([0.2, 0.3, 0.5], ["cat", "dog"])


def test_confusion_shows_the_shares_that_scikit_learn_counts():
    rng = np.random.default_rng(1)
    true, predicted = rng.integers(0, 3, 200), rng.integers(0, 3, 200)
    ax = plotting.plot_confusion(true, predicted, class_names=list("abc"))
    expected = 100 * confusion_matrix(true, predicted, normalize="true")
    np.testing.assert_allclose(ax.images[0].get_array(), expected)
    assert [text.get_text() for text in ax.texts] == [f"{share:.0f}" for share in expected.ravel()]


def test_confusion_takes_a_class_that_never_occurs():
    ax = plotting.plot_confusion([0, 0], [0, 0], class_names=["cat", "dog"])
    np.testing.assert_array_equal(ax.images[0].get_array(), [[100, 0], [0, 0]])


@pytest.mark.parametrize(
    ("true", "predicted", "words"),
    [([0, 3], [0, 1], "y_true holds the classes 0 to 3"), ([0, 1], [[0.1, 0.9], [1, 0]], "y_pred must be one class")],
)
def test_confusion_names_what_does_not_fit(true, predicted, words):
    with pytest.raises(ValueError, match=words):
        plotting.plot_confusion(true, predicted, class_names=["cat", "dog"])


def test_network_draws_each_weight_as_thick_as_it_is_large():
    ax = plotting.plot_network([(KERNEL, BIAS)])
    assert len(ax.lines) == KERNEL.size
    thickest = max(ax.lines, key=lambda line: line.get_linewidth())
    assert thickest.get_linestyle() == "--"  # the largest is -2
    assert {text.get_text() for text in ax.texts} >= {"1.00", "−2.00", "−1.00"}


def test_network_with_bias_has_a_unit_that_gives_1():
    ax = plotting.plot_network([(KERNEL, BIAS)], show_bias=True)
    assert len(ax.lines) == KERNEL.size + BIAS.size
    assert "1" in [text.get_text() for text in ax.texts]


def test_network_shows_a_few_units_of_a_wide_layer():
    rng = np.random.default_rng(0)
    wide = [(rng.normal(size=(3072, 200)), np.zeros(200)), (rng.normal(size=(200, 10)), np.zeros(10))]
    texts = [text.get_text() for text in plotting.plot_network(wide).texts]
    assert {"3,072", "200", "10"} <= set(texts)
    assert len(plotting.plot_network(wide).patches) <= 30


def test_network_names_a_model_without_weights():
    import keras

    with pytest.raises(ValueError, match="no weights yet: give the model a keras.Input"):
        plotting.plot_network(keras.Sequential([keras.layers.Dense(2)]))


def test_network_draws_a_keras_model_and_refuses_convolutions():
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2), keras.layers.Dense(1)])
    assert len(plotting.plot_network(model).lines) == 3 * 2 + 2 * 1
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(2, 3, name="eye")])
    with pytest.raises(ValueError, match="layer 'eye' is no Dense layer"):
        plotting.plot_network(model)


def test_network_wants_a_name_for_each_unit():
    with pytest.raises(ValueError, match="2 input units, got 1 input_names"):
        plotting.plot_network([(KERNEL, BIAS)], input_names=["x"])


# --- animations ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def film():
    weights = [(0.0, 0.0), (1.0, -0.5), (2.0, -1.0)]
    return plotting.animate_line(X, Y, weights, epochs=[0, 10, 500])


def frames_of(film):
    html = film._repr_mimebundle_()[0]["text/html"]
    frames = re.search(r'<script type="application/json">\["(.*)"\]</script>', html)[1].split('","')
    return [Image.open(io.BytesIO(base64.b64decode(frame))) for frame in frames]


def test_an_animation_holds_all_frames_at_one_size_and_they_differ(film):
    frames = frames_of(film)
    assert len(frames) == len(film) == 3
    assert len({frame.size for frame in frames}) == 1
    assert {frame.format for frame in frames} == {"WEBP"}
    assert len({frame.convert("RGB").tobytes() for frame in frames}) == 3


def test_an_animation_needs_nothing_from_outside(film):
    html = film._repr_mimebundle_()[0]["text/html"]
    assert "http" not in html and "<link" not in html and 'src="data:' in html


def test_an_animation_shows_a_picture_where_nothing_runs(film):
    data, metadata = film._repr_mimebundle_()
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    frames = frames_of(film)
    assert picture.size == (2 * frames[0].width, 2 * frames[0].height)
    assert metadata["image/png"]["alt"] == film.alt
    assert f'alt="{film.alt}"' in data["text/html"]


def test_an_animation_is_small():
    weights = np.column_stack([np.linspace(0, 2, 30), np.linspace(0, -1, 30)])
    film = plotting.animate_line(X, Y, weights, epochs=range(30))
    assert len(film._repr_mimebundle_()[0]["text/html"]) < 400_000


def test_an_animation_names_weights_that_do_not_fit():
    with pytest.raises(ValueError, match=r"\(3, 2\): w and b for each of the 3 epochs; got \(2, 2\)"):
        plotting.animate_line(X, Y, [(0, 0), (1, 1)], epochs=[0, 1, 2])
    with pytest.raises(ValueError, match="at least one frame"):
        plotting.Animation([], alt="nothing")


def test_record_leaves_no_open_figure():
    before = plt.get_fignums()
    plotting.animate_line(X, Y, [(0, 0)], epochs=[0])
    assert plt.get_fignums() == before
