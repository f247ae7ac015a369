"""`diagnose`: calls it refuses, and how its findings look."""

import doctest
import importlib
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from nnlib.diagnosis import Finding, Findings, diagnose

keras = pytest.importorskip("keras")
from keras import layers  # noqa: E402

X, Y = np.random.default_rng(0).normal(size=(20, 3)), np.arange(20) % 2


def model(loss="binary_crossentropy", n_inputs=3, name="net"):
    built = keras.Sequential([keras.Input((n_inputs,)), layers.Dense(1, activation="sigmoid")], name=name)
    if loss:
        built.compile(loss=loss)
    return built


# --- bad calls -------------------------------------------------------------------------------------------------


def test_an_uncompiled_model_is_named():
    with pytest.raises(ValueError, match=r"'net' has no loss yet: call model\.compile"):
        diagnose(model(loss=None), X, Y)


def test_a_model_compiled_without_a_loss_is_named():
    net = model(loss=None)
    net.compile(optimizer="adam")
    with pytest.raises(ValueError, match="'net' has no loss yet"):
        diagnose(net, X, Y)


def test_a_model_without_weights_is_named():
    net = keras.Sequential([layers.Dense(1)], name="net")
    net.compile(loss="mse")
    with pytest.raises(ValueError, match=r"'net' has no weights yet: begin it with keras\.Input"):
        diagnose(net, X, Y)


def test_what_is_no_model_is_said():
    with pytest.raises(ValueError, match="'no model' has no loss"):
        diagnose("no model", X, Y)


def test_a_model_with_two_inputs_is_refused():
    inputs = [keras.Input((3,)), keras.Input((3,))]
    net = keras.Model(inputs, layers.Dense(1)(layers.Concatenate()(inputs)), name="net")
    net.compile(loss="mse")
    with pytest.raises(ValueError, match="'net' has 2 inputs; diagnose knows models with one"):
        diagnose(net, X, Y)


def test_a_model_with_two_outputs_is_refused():
    inputs = keras.Input((3,))
    net = keras.Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)], name="net")
    net.compile(loss=["mse", "mse"])
    with pytest.raises(ValueError, match="'net' has 2 outputs"):
        diagnose(net, X, Y)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (X[:0], Y[:0], r"x is empty \(shape \(0, 3\)\)"),
        (X, Y[:0], r"y is empty"),
        (np.float32(3), Y, r"x is empty \(shape \(\)\)"),
        (X, Y[:19], "x has 20 rows and y has 19"),
        (X[:, :2], Y, r"a row of x has shape \(2,\), but model 'net' takes \(3,\)"),
        (X[:, :, None], Y, r"a row of x has shape \(3, 1\)"),
        (X.astype(str), Y, "x holds <U32, not numbers"),
        (X, np.array(["cat", "dog"] * 10), "y holds <U3, not numbers"),
        (pd.DataFrame({"a": [1, 2], "b": ["x", "y"], "c": [1, 2]}), Y[:2], "x holds object, not numbers"),
        (iter([X]), Y, "x is a list_iterator"),
    ],
)
def test_data_that_cannot_be_examined(x, y, message):
    with pytest.raises(ValueError, match=message):
        diagnose(model(), x, y)


def test_a_tensorflow_dataset_is_refused():
    tf = pytest.importorskip("tensorflow")
    with pytest.raises(ValueError, match="x is a _TensorSliceDataset; give arrays"):
        diagnose(model(), tf.data.Dataset.from_tensor_slices(X), Y)


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ((X[:, :2], Y), r"a row of x_val has shape \(2,\)"),
        ((X, Y[:3]), "x_val has 20 rows and y_val has 3"),
        (X, r"validation_data must be a pair \(x_val, y_val\)"),
    ],
)
def test_validation_data_is_checked_too(pair, message):
    with pytest.raises(ValueError, match=message):
        diagnose(model(), X, Y, validation_data=pair)


def test_a_history_must_be_one():
    with pytest.raises(ValueError, match=r"history is a list; give what model\.fit returned"):
        diagnose(model(), X, Y, history=[0.5, 0.4])


# --- what goes in ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (pd.DataFrame(X, columns=list("abc")), pd.Series(Y)),
        (X.astype("float32"), Y.astype(bool)),
        (X.tolist(), Y.tolist()),
        (X, Y.reshape(-1, 1)),
    ],
)
def test_tables_lists_and_booleans_are_data(x, y):
    assert diagnose(model(), x, y) == []


def test_shapes_that_fit_accepts_are_accepted():
    """Keras's fit takes six numbers for Input((1,)), and grey pictures without a channel axis."""
    assert diagnose(model(n_inputs=1), X[:, 0], Y) == []
    net = keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
    net.compile(loss="binary_crossentropy")
    assert diagnose(net, np.random.default_rng(0).normal(size=(20, 4, 4)), Y) == []


def test_a_label_for_each_step_of_a_sequence_is_no_one_hot_code():
    net = keras.Sequential([keras.Input((5, 3)), layers.Dense(4, activation="softmax")])
    net.compile(loss="sparse_categorical_crossentropy")
    rng = np.random.default_rng(0)
    assert diagnose(net, rng.normal(size=(20, 5, 3)), rng.integers(0, 4, (20, 5))) == []


def test_a_regression_with_two_units_for_one_target_is_told_to_take_one():
    net = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    net.compile(loss="mse")
    findings = diagnose(net, X, 1000.0 + Y)
    assert findings.codes == ["labels-not-one-hot"]
    assert "Dense(1)" in findings[0].remedy


def test_mixed_precision_is_examined_too():
    net = keras.Sequential([keras.Input((3,)), layers.Dense(1, activation="sigmoid")])
    net.compile(keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam()), "binary_crossentropy")
    assert diagnose(net, X, Y) == []


def test_tensors_are_data():
    assert diagnose(model(), keras.ops.convert_to_tensor(X), keras.ops.convert_to_tensor(Y)) == []


@pytest.mark.parametrize(
    "loss",
    [
        "binary_crossentropy",
        keras.losses.binary_crossentropy,
        keras.losses.BinaryCrossentropy(),
        ["binary_crossentropy"],
        lambda y, p: keras.ops.mean(keras.ops.square(keras.ops.cast(y, p.dtype) - p)),
    ],
    ids=["name", "function", "object", "list", "own function"],
)
def test_a_loss_may_be_given_in_every_way_that_keras_takes(loss):
    assert diagnose(model(loss), X, Y) == []


def test_a_history_may_be_a_dict():
    findings = diagnose(model(), X, Y, history={"loss": [0.7, float("nan")]})
    assert findings.codes == ["learning-rate-too-high"]


# --- how it looks ----------------------------------------------------------------------------------------------

SICK = Findings(
    [
        Finding("a-code", "error", "Labels < 0 & more.", "Count from 0.", 12345.678),
        Finding("b-code", "note", "Something to know.", "Nothing.", 0.5),
    ]
)


class Cells(HTMLParser):
    """Collect the text of each cell, and hold that every tag is closed in order."""

    def __init__(self):
        super().__init__()
        self.open, self.rows = [], []

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.rows[-1][-1] += data


def test_the_table_has_a_row_a_finding_and_escapes_what_it_shows():
    cells = Cells()
    cells.feed(SICK._repr_html_())
    assert not cells.open
    assert cells.rows[0][1:] == ["what is wrong", "what to change", "evidence"]
    assert cells.rows[1] == ["✗ errora-code", "Labels < 0 & more.", "Count from 0.", "1.235e+04"]
    assert cells.rows[2][0] == "i noteb-code"
    assert len(cells.rows) == 3


def test_the_text_has_severity_problem_and_remedy():
    assert repr(SICK) == (
        "✗ error: a-code\n    Labels < 0 & more.\n    → Count from 0.\n"
        "i note: b-code\n    Something to know.\n    → Nothing."
    )


def test_nothing_found_is_said():
    assert repr(Findings()) == "diagnose found nothing wrong."
    assert Findings()._repr_html_() == "<p>diagnose found nothing wrong.</p>"


def test_the_worst_comes_first():
    x = np.c_[X * 1000, Y]
    findings = diagnose(model(n_inputs=4), x, np.sort(Y).repeat(1))
    ranks = [("error", "warning", "note").index(finding.severity) for finding in findings]
    assert ranks == sorted(ranks)
    assert ranks


def test_findings_are_frozen_and_have_a_known_severity():
    with pytest.raises(AttributeError):
        SICK[0].code = "other"
    with pytest.raises(ValueError, match="severity is 'fatal'; allowed are error, warning, note"):
        Finding("a", "fatal", "b", "c", 1.0)


@pytest.mark.parametrize("name", ["findings", "doctor"])
def test_examples_of_the_docstrings_run(name):
    results = doctest.testmod(importlib.import_module(f"nnlib.diagnosis.{name}"))
    assert results.attempted >= 1
    assert results.failed == 0


def test_no_library_warning_reaches_the_reader(recwarn):
    """Keras itself warns about softmax on one unit, about from_logits, and about serializing a lambda."""
    net = keras.Sequential([keras.Input((3,)), layers.Dense(1, activation="softmax")])
    net.compile(loss=lambda y, p: keras.losses.binary_crossentropy(y, p, from_logits=True))
    recwarn.clear()
    diagnose(net, X, Y)
    assert [str(warning.message) for warning in recwarn] == []


# --- curves, read without training ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("curves", "code"),
    [
        ({"loss": [0.7, 0.6, float("inf")]}, "learning-rate-too-high"),
        ({"loss": [0.7, 0.9, 1.2, 1.6]}, "learning-rate-too-high"),
        ({"loss": [0.7, 0.8, 0.7, 0.8, 0.7, 0.8, 0.7, 0.8, 0.7]}, "learning-rate-too-high"),
        ({"loss": [0.700, 0.699, 0.698, 0.697, 0.696]}, "learning-rate-too-low"),
        ({"loss": [0.7, 0.3, 0.1], "accuracy": [0.5, 0.8, 1.0], "val_accuracy": [0.5, 0.6, 0.6]}, "overfitting"),
        ({"loss": [0.7, 0.3, 0.1, 0.05], "val_loss": [0.7, 0.5, 0.8, 1.2]}, "overfitting"),
        ({"loss": [0.7, 0.5, 0.3, 0.2, 0.1, 0.05]}, None),
        ({"loss": [0.7, 0.1, 0.01, 0.012, 0.01, 0.013, 0.01, 0.012, 0.01, 0.014]}, None),  # noise near the end
        (
            {"loss": [0.7, 0.5, 0.4], "val_loss": [0.7, 0.5, 0.45], "accuracy": [0.6] * 3, "val_accuracy": [0.55] * 3},
            None,
        ),
    ],
)
def test_curves_are_read(curves, code):
    keras.utils.set_random_seed(0)
    assert diagnose(model(), X, Y, history=curves).codes == ([code] if code else [])
