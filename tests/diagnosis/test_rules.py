"""`diagnose` against set-ups broken as people really break them, and against healthy ones; and what it leaves alone.

The set-ups stand in cases/: a broken one is one mistake, found by its code; a healthy one gets nothing above a note.
"""

import json
import os
import random
import re
import tracemalloc

import keras
import numpy as np
import pytest
import tensorflow as tf
from cases.all import BROKEN, EXAMPLES, HEALTHY, NOT_SEEN, unpacked
from cases.data import fitted
from cases.lessons import SIX_X, SIX_Y, SPARSE, compiled, dense, digits, phones, picture_mlp, pictures
from cases.trials import TRIALS
from keras import layers

from nnlib.diagnosis import RULES, Finding, diagnose, running
from nnlib.diagnosis.case import Case
from tools import catalogue


@pytest.fixture(autouse=True)
def seeded():
    keras.backend.clear_session(free_memory=False)  # looking for garbage each time takes a tenth of the whole file
    keras.utils.set_random_seed(0)


def above_notes(findings):
    return [finding for finding in findings if finding.severity != "note"]


def look(built):
    model, x, y, options = unpacked(built)
    return diagnose(model, x, y, **options)


def the_finding(code, model, x, y, **options) -> Finding:
    findings = diagnose(model, x, y, **options)
    assert code in findings.codes, findings
    return findings[findings.codes.index(code)]


# All set-ups take eight minutes on two cores: `NNLIB_EVERY_CASE=1 python -m pytest -n 2 tests/diagnosis`, once a week.
# Else the example of each rule in the book, every fifth of their cures, and every tenth of the healthy ones.
EVERY_CASE = os.environ.get("NNLIB_EVERY_CASE", "") not in ("", "0")
CHOSEN = BROKEN if EVERY_CASE else list(EXAMPLES.values())
CURED = [case for case in CHOSEN if case.has_cure][:: 1 if EVERY_CASE else 5]
TRIED = [case for case in BROKEN if case.name in TRIALS][:: 1 if EVERY_CASE else 16]
SOUND = HEALTHY if EVERY_CASE else HEALTHY[::10]


def as_parameter(case):
    marks = [pytest.mark.xfail(reason=NOT_SEEN[case.name], strict=True)] if case.name in NOT_SEEN else []
    return pytest.param(case, id=case.name, marks=marks)


@pytest.mark.parametrize("case", [as_parameter(case) for case in CHOSEN])
def test_a_broken_set_up_is_found_by_its_cause_and_by_no_wrong_one(case):
    findings = look(case.build(cured=False))
    found = [finding for finding in findings if finding.code == case.code]
    assert found, findings
    if case.code not in NOTED_BEFORE_TRAINING:
        assert found[0].severity != "note"
    assert {finding.code for finding in above_notes(findings)} <= {case.code, *case.also}, findings
    for finding in findings:
        assert np.isfinite(finding.evidence)
        for sentence in (finding.problem, finding.remedy):  # each fits into a table cell
            assert sentence.endswith((".", "?"))
            assert 12 < len(sentence) < 260
    if case is EXAMPLES[case.code]:
        noted = json.loads(catalogue.NOTES.read_text(encoding="utf-8"))[case.code]
        for text in ("problem", "remedy"):
            assert without_numbers(getattr(found[0], text)) == without_numbers(noted[text]), RENEW
        assert noted["set_up"] == case.name, RENEW


RENEW = "The book tells something else: python -m tools.catalogue CODE"


def without_numbers(text):
    """What another machine says as well."""
    return re.sub(r"\d[\d.,]*(e[+-]?\d+)?", "0", text)


NOTED_BEFORE_TRAINING = {"learning-rate-too-low"}  # a callback may raise the rate of a new model


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CURED])
def test_the_remedy_applied_literally_cures(case):
    findings = look(case.build(cured=True))
    assert not above_notes(findings), findings


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in TRIED])
def test_training_shows_the_mistake_and_that_its_remedy_cures_it(case):
    trial, scores = TRIALS[case.name], []
    for cured in (False, True):
        keras.backend.clear_session(free_memory=False)
        keras.utils.set_random_seed(0)
        model, x, y, _ = unpacked(case.build(cured=cured))
        try:
            scores.append(trial.measure(model, x, y))
        except (ValueError, tf.errors.InvalidArgumentError):  # what fit says where it notices the mistake itself
            assert not cured
            scores.append(-np.inf)
    broken, cured = np.nan_to_num(scores, nan=-np.inf)
    assert broken < trial.bar <= cured, scores


@pytest.mark.parametrize("build", [pytest.param(build, id=build.__name__) for build in SOUND])
def test_a_healthy_set_up_gets_nothing_above_a_note(build):
    findings = look(build())
    assert not above_notes(findings), findings


def test_every_rule_has_a_broken_set_up_and_an_explanation():
    assert len(BROKEN) >= 100
    assert len(HEALTHY) >= 150
    assert set(RULES) == {case.code for case in BROKEN}
    for code, rule in RULES.items():
        assert rule.code == code == rule.check.__name__.replace("_", "-")
        assert len(rule.explanation) > 60, code


@pytest.mark.parametrize("size", [1.0, 1e4, 1e7])
def test_a_linear_output_reaches_targets_of_any_size(size):
    x = np.linspace(-1, 1, 200, dtype="float32")[:, None]
    model = compiled(dense(1, (8, 1), output="linear"), "mae", metrics=())
    model.layers[-1].bias.assign([size])  # on its way: all targets lie beyond what it gives now
    assert "output-cannot-reach-targets" not in diagnose(model, x, size * (3 + x[:, 0])).codes


@pytest.mark.parametrize("weight", [0.99, 1.16])
def test_a_rate_that_is_too_high_is_seen_from_a_start_near_the_end_too(weight):
    model, x, y, _ = unpacked(next(case for case in BROKEN if case.name == "diverging_line").build(cured=False))
    model.set_weights([np.array([[weight]]), np.zeros(1)])
    assert "learning-rate-too-high" in diagnose(model, x, y).codes


# --- nothing changes -------------------------------------------------------------------------------------------


def sensitive_model(x, y):
    """A trained model with everything that has a state: dropout, batch normalization, moments, metrics."""
    keras.utils.set_random_seed(7)
    hidden = [layers.Dense(16), layers.BatchNormalization(), layers.ReLU(), layers.Dropout(0.5)]
    l2 = keras.regularizers.L2(1e-3)
    head = layers.Dense(10, activation="softmax", kernel_regularizer=l2, activity_regularizer=l2)
    model = compiled(keras.Sequential([keras.Input((64,)), *hidden, head]), SPARSE)
    fitted(model, x, y, 1)
    return model


def states(model):
    """Every variable of the model, its optimizer and its metrics, and the random state that dropout draws from."""
    seeds = [layer.seed_generator.state for layer in model.layers if hasattr(layer, "seed_generator")]
    metrics = [variable for metric in model.metrics for variable in metric.variables]
    variables = [*model.variables, *model.optimizer.variables, *metrics, *seeds]
    return [keras.ops.convert_to_numpy(variable).copy() for variable in variables]


def random_draws():
    """The next numbers of every generator in play: Python's, NumPy's, and Keras's global one."""
    numpy_draw = np.random.random()  # noqa: NPY002 (the global generator is the point)
    return random.random(), numpy_draw, *keras.ops.convert_to_numpy(keras.random.uniform((2,)))


def test_diagnose_changes_no_variable_of_model_optimizer_metrics_or_dropout():
    x, y = digits()
    model = sensitive_model(x[:320], y[:320])
    before = states(model)
    diagnose(model, x, y, validation_data=(x[:100], y[:100]))
    after = states(model)
    assert len(before) > 20  # weights, moving averages, Adam's moments, metrics, seeds
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)


def test_diagnose_leaves_every_random_generator_where_it_was():
    x, y = digits()
    model = sensitive_model(x[:320], y[:320])
    keras.utils.set_random_seed(11)
    expected = random_draws()
    keras.utils.set_random_seed(11)
    diagnose(model, x, y)
    assert random_draws() == expected


def test_training_goes_on_as_if_nobody_had_looked():
    x, y = digits()
    trained = []
    for look in (False, True):
        model = sensitive_model(x[:320], y[:320])
        if look:
            diagnose(model, x, y)
        fitted(model, x[:320], y[:320], 2)
        trained.append(model.get_weights())
    for without, with_look in zip(*trained, strict=True):
        np.testing.assert_allclose(without, with_look, rtol=1e-5, atol=1e-6)


def test_a_gpu_computes_in_full_single_precision_as_long_as_it_is_looked_at():
    precise = []

    class Notes(layers.Layer):
        def call(self, inputs):
            precise.append(not tf.config.experimental.tensor_float_32_execution_enabled())
            return inputs

    x, y = digits()
    model = compiled(keras.Sequential([keras.Input((64,)), Notes(), layers.Dense(10, activation="softmax")]), SPARSE)
    precise.clear()
    tf.config.experimental.enable_tensor_float_32_execution(True)
    diagnose(model, x, y)
    assert precise
    assert all(precise)
    assert tf.config.experimental.tensor_float_32_execution_enabled()


def test_a_new_model_keeps_its_optimizer_unbuilt():
    model, (x, y) = compiled(dense(64, (16, 10)), SPARSE), digits()
    weights = model.get_weights()
    diagnose(model, x, y)
    assert not model.optimizer.built
    assert int(model.optimizer.iterations) == 0
    for old, new in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_the_data_is_not_written_to():
    x, y = (array.copy() for array in digits())
    x.setflags(write=False)
    y.setflags(write=False)
    diagnose(compiled(dense(64, (16, 10)), SPARSE), x, y, validation_data=(x[:60], y[:60]))


def test_two_looks_agree():
    x, y = digits()
    model = compiled(dense(64, (64, 64, 10)), SPARSE, keras.optimizers.Adam(1.0))
    assert diagnose(model, x, y) == diagnose(model, x, y) != []


def test_fifty_thousand_images_are_not_copied():
    """Lesson 09's model and number of images, 614 MB: `diagnose` computes on a part of them."""
    x = np.tile(pictures()[0][:500] / np.float32(255), (100, 1, 1, 1))
    y = keras.utils.to_categorical(np.tile(pictures()[1][:500], 100), 10)
    model = picture_mlp()
    tracemalloc.start()
    diagnose(model, x, y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < x.nbytes / 2


# --- the evidence is what an independent count says -------------------------------------------------------------


def test_evidence_of_unscaled_inputs_is_the_root_mean_square_of_the_named_column():
    raw, _, y = phones()
    finding = the_finding("inputs-not-scaled", compiled(dense(20, (8, 4)), SPARSE), raw, y)
    sizes = np.sqrt((raw.iloc[np.linspace(0, 1999, 512).astype(int)] ** 2).mean())
    assert finding.evidence == pytest.approx(sizes.max(), rel=1e-4)
    assert repr(sizes.idxmax()) in finding.problem
    assert f"{sizes.max():,.0f}" in finding.problem


def numbers_of_words():
    rng = np.random.default_rng(0)
    x = rng.integers(1, 5000, (200, 40)) * (np.arange(40) < rng.integers(10, 40, (200, 1)))
    return compiled(dense(40, (16, 1), output="sigmoid"), "binary_crossentropy"), x, rng.integers(0, 2, 200)


def missing_as_minus_999():
    x = np.random.default_rng(0).normal(size=(400, 6))
    x[::12, 3] = -999
    return compiled(dense(6, (16, 1), output="sigmoid"), "binary_crossentropy"), x, (x[:, 0] > 0).astype(int)


def classes_as_amounts():
    x, y = digits()
    return compiled(dense(64, (16, 1), output=None), "mse", metrics=["accuracy"]), x, y


def amounts_in_a_cross_entropy():
    x = np.random.default_rng(0).normal(size=(300, 4))
    return compiled(dense(4, (16, 1), output="sigmoid"), "binary_crossentropy"), x, 100 + 30 * x[:, 0]


@pytest.mark.parametrize(
    ("build", "code", "words"),
    [
        (numbers_of_words, "inputs-not-scaled", "begin with an Embedding"),
        (missing_as_minus_999, "inputs-not-scaled", "8% of feature 3 are exactly -999"),
        (classes_as_amounts, "accuracy-for-regression", "If 0 to 9 are classes: Dense(10, activation='softmax')"),
        (
            amounts_in_a_cross_entropy,
            "labels-out-of-range",
            'For amounts, use Dense(1) without activation and loss="mse"',
        ),
    ],
)
def test_the_remedy_is_the_one_for_this_data(build, code, words):
    assert words in the_finding(code, *build()).remedy


def test_evidence_of_imbalance_is_the_share_of_the_largest_class():
    x, y = digits()
    rare = (y == 7).astype(int)
    model = compiled(dense(64, (8, 1), output="sigmoid"), "binary_crossentropy")
    assert the_finding("imbalanced-classes", model, x, rare).evidence == pytest.approx(1 - rare.mean())


def test_evidence_of_shared_rows_is_their_share():
    x, y = digits()
    held = (np.r_[x[:50], x[1000:1150]], np.r_[y[:50], y[1000:1150]])
    finding = the_finding("shared-rows", compiled(dense(64, (8, 10)), SPARSE), x[:900], y[:900], validation_data=held)
    assert finding.evidence == pytest.approx(50 / 200)


def test_evidence_of_dead_relus_is_the_share_of_units_that_never_fire():
    x, y = digits()
    model = dense(64, (20, 10))
    kernel, bias = model.layers[0].get_weights()
    bias[:13] = -100  # 13 of 20 units can never fire
    bias[13:] = 5
    model.layers[0].set_weights([kernel, bias])
    model.layers[1].set_weights([np.zeros((20, 10)), np.zeros(10)])
    assert the_finding("dead-relus", compiled(model, SPARSE), x, y).evidence == pytest.approx(13 / 20)


def test_evidence_of_vanishing_gradients_agrees_with_finite_differences():
    """Slope of the loss along the gradient's own direction, in NumPy, for the first and the last kernel."""
    keras.utils.set_random_seed(3)
    x, y = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 2
    model = compiled(dense(3, (4, 4, 4, 4, 4, 1), "sigmoid", "sigmoid"), "binary_crossentropy")
    finding = the_finding("vanishing-gradients", model, x, y)

    def loss(weights):
        a = x
        for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
            a = 1 / (1 + np.exp(-(a @ kernel + bias)))
        return -np.mean(y * np.log(a[:, 0]) + (1 - y) * np.log(1 - a[:, 0]))

    weights = [weight.astype("float64") for weight in model.get_weights()]

    def slope_size(which, step=1e-4):
        slopes = []
        for entry in np.ndindex(weights[which].shape):
            up, down = ([w.copy() for w in weights] for _ in range(2))
            up[which][entry] += step
            down[which][entry] -= step
            slopes.append((loss(up) - loss(down)) / (2 * step))
        return np.sqrt(np.mean(np.square(slopes)))

    assert finding.evidence == pytest.approx(slope_size(0) / slope_size(-2), rel=0.02)


def test_chance_is_the_entropy_of_the_classes_and_the_spread_of_the_targets():
    x, y = digits()
    rare = (y == 7).astype(int)
    model = compiled(dense(64, (8, 1), output="sigmoid"), "binary_crossentropy")
    case = Case(model, x, rare)
    p, share = rare.mean(), case.y_sample.mean()  # the answer comes from all rows, its loss from those looked at
    assert case.chance_loss == pytest.approx(-share * np.log(p) - (1 - share) * np.log(1 - p), rel=1e-5)
    model = compiled(dense(1, (1,), output=None), "mse", metrics=())
    assert Case(model, SIX_X, SIX_Y).chance_loss == pytest.approx(np.var(SIX_Y))
    model = compiled(dense(1, (1,), output=None), "mae", metrics=())
    assert Case(model, SIX_X, SIX_Y).chance_loss == pytest.approx(np.abs(SIX_Y - np.median(SIX_Y)).mean())


def test_trial_steps_are_those_of_keras():
    """Twenty full-batch steps by train_on_batch, on a model with moments already built, give the same losses."""
    x, y = digits()
    model = compiled(dense(64, (16, 10), "tanh"), SPARSE, keras.optimizers.Adam(0.01))
    fitted(model, x[:64], y[:64], 1)
    losses = Case(model, x[:64], y[:64]).trial()
    by_hand = [float(model.train_on_batch(x[:64], y[:64], return_dict=True)["loss"])]
    for _ in range(20):
        model.reset_metrics()
        by_hand.append(float(model.train_on_batch(x[:64], y[:64], return_dict=True)["loss"]))
    assert len(losses) > 6
    np.testing.assert_allclose(losses[1:], by_hand[1 : len(losses)], rtol=1e-3)


# --- long loops run in a graph ----------------------------------------------------------------------------------


def test_a_pass_in_a_graph_gives_what_a_pass_step_by_step_gives_and_is_traced_once(monkeypatch):
    """A recurrent model with dropout, normalization and a tensor that two layers read."""
    inputs = keras.Input((9, 3))
    read = layers.LSTM(6, return_sequences=True, dropout=0.3)(inputs)
    mixed = layers.LayerNormalization()(layers.Add()([read, layers.Dense(6)(read)]))
    model = compiled(keras.Model(inputs, layers.Dense(1, "sigmoid")(mixed[:, -1])), "binary_crossentropy")
    x, y = np.random.default_rng(0).normal(size=(12, 9, 3)).astype("float32"), np.arange(12) % 2
    looks = {}
    for steps_one_by_one in (100, 0):
        monkeypatch.setattr(running, "EAGER_LOOP_STEPS", steps_one_by_one)
        case = Case(model, x, y)
        looks[steps_one_by_one] = case.outputs, case.calls, case.training, case.trial()
        graphs = case.runner._compiled.values()
        assert [graph.experimental_get_tracing_count() for graph, _ in graphs] == ([] if steps_one_by_one else [1, 1])

    def structure(calls):
        tensors = [id(call.input) for call in calls] + [id(call.output) for call in calls]
        return [(call.layer.name, *[[tensors.index(one) for one in call.fed if one in tensors]]) for call in calls]

    (outputs, calls, step, losses), (outputs_2, calls_2, step_2, losses_2) = looks.values()
    assert structure(calls) == structure(calls_2)
    np.testing.assert_allclose(outputs, outputs_2, atol=1e-6)
    for one, two in zip(calls + step.calls, calls_2 + step_2.calls, strict=True):
        np.testing.assert_allclose(one.array("output"), two.array("output"), atol=1e-5)
    for one, two in zip(step.gradients, step_2.gradients, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5)
    np.testing.assert_allclose(losses, losses_2, rtol=1e-4)


@pytest.mark.parametrize("whole_sequence", [False, True])
def test_the_cost_of_a_recurrent_convolution_counts_every_step_and_place(whole_sequence):
    model = keras.Sequential(
        [keras.Input((5, 8, 8, 2)), layers.ConvLSTM2D(4, 3, padding="same", return_sequences=whole_sequence)]
    )
    model.compile(loss="mse")
    a_place = 9 * 2 * 16 + 9 * 4 * 16 + 16  # both kernels and the bias give four gates of four channels
    case = Case(model, np.ones((3, 5, 8, 8, 2), "float32"), np.ones((3, *model.output_shape[1:]), "float32"))
    assert case.multiplications == 5 * 8 * 8 * a_place


def test_fewer_rows_are_looked_at_where_each_gives_many_numbers():
    model = compiled(dense(1, (40_000,), output=None), "mse", metrics=())
    assert len(Case(model, np.ones((300, 1)), np.ones((300, 40_000))).rows) == 100  # 4 million numbers
