"""How answers are judged: what a learner's function may do, what is said of a wrong answer, what a sheet shows."""

import codecs
import dataclasses
import inspect
import io
import os
import signal
import sys
import threading
import time
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from nnlib.checks import exercise, running
from nnlib.checks.comparing import difference
from nnlib.checks.exercise import Choice, Exercise, Function, Judgement, Mistake, Number, Product, Sheet
from nnlib.checks.oracles import slopes_by_differences
from nnlib.checks.running import NotDone, Wrong, run

COMMON = {"objectives": (), "points": 2, "hints": ()}
DOUBLE = Function(
    name="double",
    kind="by code",
    right=lambda x: x + x,
    cases=((np.array([1.0, 2.0, 4.0]),), (np.array([3.0, -1.0, 0.0]),)),
    mistakes=(Mistake(sentence="That is the square.", answer=np.square),),
    **COMMON,
)
GUESS = Choice(
    name="guess",
    kind="predict",
    right="b",
    because="So it is.",
    mistakes=(Mistake(sentence="No.", answer="a"),),
    **COMMON,
)


def sentence(function, *case):
    with pytest.raises(Wrong) as caught:
        run(function, [case or (1.0,)])
    return str(caught.value)


# --- what a learner's function may do --------------------------------------------------------------------


def test_an_exception_becomes_the_last_line_of_the_learner():
    def inner(x):
        return np.linalg.inv(x)

    def outer(x):
        return inner(x)

    said = sentence(outer, np.zeros((2, 2)))
    assert said.startswith(
        "Your function stopped with LinAlgError: Singular matrix, in the line `return np.linalg.inv(x)`"
    )
    assert "It was called with ([[0., 0.], [0., 0.]])." in said


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, RecursionError, MemoryError, GeneratorExit])
def test_whatever_a_function_raises_is_told(error):
    def stops(_):
        raise error

    assert f"stopped with {error.__name__}, in the line `raise error`" in sentence(stops)


def test_bold_print_in_a_message_is_taken_out():
    def stops(_):
        raise ValueError("\x1b[1mInput 0 of layer 'dense'\x1b[0m is incompatible")

    assert sentence(stops).startswith("Your function stopped with ValueError: Input 0 of layer 'dense' is incompatible")


def test_a_function_without_end_is_stopped_when_its_time_is_up():
    rounds = []

    def endless(_):
        while True:
            rounds.append(1)

    start = time.perf_counter()
    with pytest.raises(Wrong, match=r"had not ended after 0\.5 seconds"):
        run(endless, [(1.0,)], seconds=0.5)
    assert 0.4 < time.perf_counter() - start < 5
    before = len(rounds)
    time.sleep(0.2)
    assert len(rounds) == before, "it still runs"


def test_a_loop_that_catches_every_exception_is_stopped():
    def stubborn(_):
        for _ in range(10):  # swallows the first nine
            try:
                while True:
                    pass
            except:  # noqa: E722
                continue

    with pytest.raises(Wrong, match=r"had not ended after 0\.2 seconds"):
        run(stubborn, [(1,)], seconds=0.2)


def test_what_cannot_be_stopped_is_left_behind_and_said():
    with pytest.raises(Wrong, match="could not be stopped: restart the kernel"):
        run(lambda x: time.sleep(3), [(1,)], seconds=0.1)


@pytest.mark.skipif(os.name == "nt", reason="os.kill ends a process there")
def test_a_function_can_be_interrupted_as_the_button_of_a_notebook_does():
    def endless(_):
        while True:
            pass

    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    start = time.perf_counter()
    with pytest.raises(KeyboardInterrupt):
        run(endless, [(1,)], seconds=60)
    assert time.perf_counter() - start < 30


def test_a_function_cannot_change_what_others_see():
    case = (np.array([1.0, 2.0]),)

    def greedy(x):
        x -= x.mean()
        return x

    assert "changes the array, list or table that it is given" in sentence(greedy, *case)
    np.testing.assert_array_equal(case[0], [1.0, 2.0])


@pytest.mark.parametrize(
    ("case", "change"),
    [
        ({"a": [1.0, 2.0]}, lambda scores: scores.update(a=1.5)),
        ([2, 3], lambda sizes: sizes.__setitem__(0, np.ones(2))),
        ([2, 3], lambda sizes: sizes.pop()),
    ],
)
def test_whatever_an_argument_becomes_its_change_is_told(case, change):
    assert "changes the array, list or table" in sentence(lambda x: change(x) or 1, case)


def test_what_is_put_back_up_to_rounding_counts_as_unchanged():
    def slope(w):
        w[0] += 0.2
        w[0] -= 0.4
        w[0] += 0.2
        return w[0]

    w = np.array([0.1])
    assert slope(w.copy()) != w[0]
    assert run(slope, [(w,)]) == [pytest.approx(0.1)]


def test_only_the_own_code_of_a_stub_is_not_done():
    def stub(_):
        raise NotImplementedError

    with pytest.raises(NotDone, match="in place of the dots"):
        run(stub, [(1,)])
    assert "stopped with NotImplementedError" in sentence(lambda x: codecs.Codec().encode(x))


def test_one_way_without_return_is_told():
    with pytest.raises(Wrong, match=r"Called with \(2\), your function gives nothing back: does every way"):
        run(lambda x: 1 if x < 2 else None, [(1,), (2,)])


def test_a_result_that_changes_later_is_kept_as_it_was():
    buffer = np.zeros(1)

    def reuses(x):
        buffer[0] = x
        return buffer

    first, second = run(reuses, [(1.0,), (2.0,)])
    assert (first, second) == (1.0, 2.0)


def test_warnings_of_a_learner_do_not_stand_before_the_sentence(capsys):
    run(lambda x: np.log(x), [(np.array([0.0, 1.0]),)])
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("stub", "words"),
    [(lambda _: None, "`return` is missing"), (lambda _: ..., "in place of the dots"), (lambda _: (1, ...), "dots")],
)
def test_a_function_that_gives_nothing_is_not_done(stub, words):
    with pytest.raises(NotDone, match=words):
        run(stub, [(1,)])


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x: x / x.sum(axis=1), "keepdims=True"),
        (lambda x: x @ x, "each row of A must be as long as each column of B"),
        (lambda x: 1 if x > 0 else 0, "np.where"),
        (lambda x: max(0, x), "np.maximum(0, x)"),
        (lambda x: np.max(0, x.astype(int)), "np.maximum(0, x)"),
        (lambda x: x ^ 2, "A power is **"),
        (lambda x: [1, 2] * x.tolist(), "np.array"),
    ],
)
def test_what_numpy_says_of_shapes_is_explained(function, words):
    assert words in sentence(function, np.ones((2, 3)))


def test_many_numbers_are_told_by_their_shape():
    table = np.random.default_rng(0).normal(size=(3, 4))
    assert "with (an array of shape (3, 4), an array of shape (4, 3), 1.5)" in sentence(
        lambda *_: 1 / 0, table, table.T, 1.5
    )


def test_a_number_in_place_of_a_function_is_named():
    assert "you gave a number" in sentence(3)


# --- where an answer differs -----------------------------------------------------------------------------

RIGHT = np.array([[1.0, 2.0], [3.0, 4.0]])


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (RIGHT.T, "Rows and columns are exchanged"),
        (-RIGHT, "the sign is the opposite"),
        (3 * RIGHT, "off by the same factor"),
        (RIGHT + np.eye(2)[1] * [[0], [1]], "differs first at index [1, 1], by about 20 %"),
        (RIGHT[0], "the shape (2,), and the shape (2, 2) is asked for"),
        (np.array([[1, np.nan], [3, 4]]), "NaN (not a number) at index [0, 1]"),
        (np.array([[1, 2], [-np.inf, 4]]), "infinite at index [1, 0]"),
        (RIGHT.astype(str), "it holds text"),
        (RIGHT + 0j, "it holds complex numbers"),
        (RIGHT.astype(str).astype(object), "it holds text at index [0, 0]: make numbers of it"),
        (np.array([[1, 2], [3, "4,000"]], object), "it holds text at index [1, 1]"),
        ([[1, 2], [3]], "it holds something else"),
        ((RIGHT, RIGHT), "One array is asked for, and it gives 2 results"),
        ((RIGHT, RIGHT[:1]), "One array is asked for, and it gives 2 results"),
        ("3.5", "it holds text: a number stands without quotes"),
        (RIGHT > 2, "it holds True and False"),
        (7.0, "the shape () (a single number)"),
        (object(), "it holds something else"),
    ],
)
def test_a_difference_is_told_in_words(answer, words):
    assert words in difference(answer, RIGHT, rtol=1e-6)


def test_several_results_are_told_apart():
    assert (
        difference((1.0, 2.5), (1.0, 2.0), rtol=1e-6) == "Result 2 of 2: it is off, by about 20 % of the right value."
    )
    assert "2 results are asked for" in difference(1.0, (1.0, 2.0), rtol=1e-6)
    assert "it gives 3 results" in difference((1, 2, 3), (1.0, 2.0), rtol=1e-6)
    assert "it gives one array" in difference(np.ones((3, 2)), (np.ones((3, 2)), np.ones(2)), rtol=1e-6)
    assert "2 results" in difference(RIGHT, (RIGHT, RIGHT[0]), rtol=1e-6), "its rows are no results"
    assert difference((3, 983), 3.983, rtol=1e-2) == "One number is asked for, and it gives 2 results."
    assert difference("a", 1.0, rtol=0) == "Numbers are asked for, and it holds text: a number stands without quotes."
    assert difference(1.0, "a", rtol=0) == "A text is asked for, and it is float."
    assert difference(" Above.", "above", rtol=0) is None
    assert "Give the word alone" in difference("above the line", "above", rtol=0)


def test_what_rounding_leaves_of_a_zero_is_a_zero():
    assert difference(0.0, 3.7e-33, rtol=1e-5) is None
    assert difference(0.1, 3.7e-33, rtol=1e-5) is not None


@pytest.mark.parametrize("answer", [RIGHT.astype("float32"), RIGHT.astype(int), RIGHT * (1 + 1e-7)])
def test_rounding_and_types_of_numbers_make_no_difference(answer):
    assert difference(answer, RIGHT, rtol=1e-6) is None


class Tracked:
    """As a tensor of PyTorch that tracks gradients: numbers come out after detach only."""

    def detach(self):
        return self

    def cpu(self):
        return RIGHT

    def __array__(self, *_, **__):
        raise RuntimeError("call detach first")


@pytest.mark.parametrize("answer", [RIGHT.tolist(), tuple(map(tuple, RIGHT)), RIGHT.astype(object), Tracked()])
def test_what_holds_the_numbers_makes_no_difference(answer):
    assert difference(answer, RIGHT, rtol=1e-6) is None


def test_tensors_and_variables_count_as_arrays():
    keras = pytest.importorskip("keras")
    for make in (keras.ops.convert_to_tensor, keras.Variable):
        assert difference(make(RIGHT), RIGHT, rtol=1e-6) is None
        assert "differs first at index [0, 0]" in difference(make(RIGHT + 1), RIGHT, rtol=1e-6)
        assert difference(make([1.0, 2.0]), (1.0, 2.0), rtol=1e-6) is None
        assert difference(make([1.0]), 1.0, rtol=1e-6) is None
        assert difference([make(1.0), make(2.0)], np.array([1.0, 2.0]), rtol=1e-6) is None


def test_a_table_of_one_column_or_row_counts_as_a_row_of_numbers():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"a": [1.0, 2.0]}, index=[5, 3])
    for answer in (table, table.T, table["a"]):
        assert difference(answer, np.array([1.0, 2.0]), rtol=1e-6) is None
        assert difference(answer, (1.0, 2.0), rtol=1e-6) is None
        assert difference(answer, np.array([1.0, 2.5]), rtol=1e-6).startswith("It differs first at index [1]")
    assert "the shape (2, 1), and the shape (2,)" in difference(table.to_numpy(), np.array([1.0, 2.0]), rtol=1e-6)
    assert "the shape (2, 2), and the shape (4,)" in difference(pandas.DataFrame(RIGHT), RIGHT.ravel(), rtol=1e-6)


@pytest.mark.parametrize("answer", [[0.5], np.array([[0.5]]), np.float32(0.5), Fraction(1, 2), Decimal("0.5")])
def test_one_element_and_every_type_of_number_count_as_a_number(answer):
    assert difference(answer, 0.5, rtol=1e-6) is None


@pytest.mark.parametrize("shapes", [((1, 1), (1,)), ((), (1,))])
def test_results_may_be_arrays_of_one_element(shapes):
    answer = tuple(np.full(shape, number) for shape, number in zip(shapes, (2.2, -1.0), strict=True))
    assert difference(answer, np.array([2.2, -1.0]), rtol=1e-6) is None
    assert "differs first at index [1]" in difference(answer, np.array([2.2, -1.5]), rtol=1e-6)


def test_true_and_false_count_where_only_1_and_0_are_asked_for():
    assert difference(np.eye(3) == 1, np.eye(3), rtol=1e-6) is None
    assert "differs first at index [0, 1]" in difference(np.ones((3, 3), bool), np.eye(3), rtol=1e-6)
    assert "True and False" in difference(True, 1.0, rtol=1e-6)


@pytest.mark.parametrize(("off", "right"), [(0.999, True), (1.001, False)])
def test_a_number_may_be_off_by_the_tolerance_and_no_more(off, right):
    assert (difference(200 * (1 + off * 1e-3), 200.0, rtol=1e-3) is None) is right
    assert (difference(RIGHT + off * 4e-3, RIGHT, rtol=1e-3) is None) is right
    assert (difference(off * 1e-3, 0.0, rtol=1e-3) is None) is right


# --- judging ---------------------------------------------------------------------------------------------


def test_a_typical_mistake_earns_half_and_a_wrong_guess_nothing():
    assert DOUBLE.judge(np.square).points == 1.0
    assert DOUBLE.judge(lambda x: x).points == 0.0
    assert DOUBLE.judge(lambda x: 2 * x).points == 2.0
    assert GUESS.judge("a") == Judgement(outcome="wrong", sentence="No.", points=0.0, mistake=GUESS.mistakes[0])


ORDER = Choice(
    name="order",
    kind="predict",
    right="abc",
    because="So it is.",
    mistakes=(Mistake(sentence="First a.", answer="bac"), Mistake(sentence="Last c.", answer="acb")),
    **COMMON,
)


@pytest.mark.parametrize(
    "answer",
    ["abc", "a, b, c", "A-B-C", "a → b → c", "a=>b=>c", "a/b/c", "a | b | c:", "A: a, B: b, C: c", ["a", "b", "c"],
     ("ABC",)],
)  # fmt: skip
def test_letters_may_stand_apart(answer):
    assert ORDER.judge(answer).outcome == "right"


@pytest.mark.parametrize("answer", ["cba", "aaa"])
def test_letters_that_no_mistake_foresees_are_wrong_and_do_not_narrow_the_choice(answer):
    assert ORDER.judge(answer).sentence == "It is wrong: look at each letter again, one by one."


@pytest.mark.parametrize("answer", ["ab", "abd", "abc!", ["a", 2, "c"], 3])
def test_what_is_no_row_of_letters_is_told_what_to_answer_with(answer):
    assert ORDER.judge(answer).sentence == "Answer with 3 letters, each one of a, b, c."


def test_a_mistake_in_some_cases_only_is_not_the_typical_one():
    half = DOUBLE.judge(lambda x: x**2 if x[0] == 1 else 2.5 * x)
    assert half.mistake is None
    assert "Called with ([1., 2., 4.]), your function gives a wrong result" in half.sentence


def test_a_decimal_comma_is_named_where_a_number_is_typed():
    third = Number(name="third", kind="by hand", right=lambda: 10 / 3, mistakes=(), **COMMON)
    assert "decimal point" in third.judge((3, 333)).sentence
    assert DOUBLE.judge(lambda x: (3, 333)).sentence.endswith("the shape (3,) is asked for.")


def test_a_function_that_answers_otherwise_each_time_is_told_so():
    rng = np.random.default_rng(0)
    assert "gives another result" in DOUBLE.judge(lambda x: (x + rng.normal(size=len(x)), 1)).sentence
    for constant in (lambda x: np.nan, lambda x: (x, np.nan), lambda x: object()):
        assert "gives another result" not in DOUBLE.judge(constant).sentence


def test_numbers_of_a_task_follow_the_seed_and_tell_all_mistakes_apart():
    task = Number(
        name="product",
        kind="by hand",
        task="{a} times {b}",
        draw=lambda rng: {"a": int(rng.integers(1, 4)), "b": int(rng.integers(1, 4))},
        right=lambda a, b: a * b,
        mistakes=(Mistake(sentence="sum", answer=lambda a, b: a + b),),
        **COMMON,
    )
    drawn = [task.numbers(seed) for seed in range(30)]
    assert all(numbers["a"] * numbers["b"] != numbers["a"] + numbers["b"] for numbers in drawn)
    assert drawn == [task.numbers(seed) for seed in range(30)]
    assert len({tuple(numbers.values()) for numbers in drawn}) > 3


def test_a_task_whose_mistakes_cannot_be_told_apart_is_refused():
    task = Number(
        name="same",
        kind="by hand",
        draw=lambda rng: {"a": 2},
        right=lambda a: a + a,
        mistakes=(Mistake(sentence="product", answer=lambda a: a * a),),
        **COMMON,
    )
    with pytest.raises(ValueError, match="no draw tells all mistakes apart"):
        task.judge(4)


def test_letters_of_a_set_may_come_in_any_order():
    both = dataclasses.replace(ORDER, any_order=True, right="ac", mistakes=(Mistake(sentence="b too?", answer="ab"),))
    for answer in ("c, a", "a and c", "A & C", "a+c", {"a", "c"}):
        assert both.judge(answer).outcome == "right"
    assert both.judge("ba").sentence == "b too?"
    assert both.judge("d").sentence == "Answer with one or more of the letters a, b, c."
    assert ORDER.judge({"a", "b", "c"}).outcome == "wrong", "a set has no order"


def test_warnings_about_a_product_do_not_stand_before_the_sentence(recwarn):
    product = Product(
        name="p", kind="repair", right=lambda: 1, cases=((),), mistakes=(), measure=lambda _: np.log(np.zeros(1)),
        **COMMON,
    )  # fmt: skip
    assert product.judge(lambda: 0).outcome == "right"
    assert not recwarn.list


def test_a_product_that_cannot_be_examined_is_told():
    product = Product(
        name="p",
        kind="repair",
        right=lambda: 1,
        cases=((),),
        measure=lambda results: results[0].shape,
        mistakes=(),
        **COMMON,
    )
    assert "cannot be examined (str; AttributeError" in product.judge(lambda: "no model").sentence


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="kind is 'quiz'; allowed are by hand, by code"):
        Choice(name="q", kind="quiz", right="a", because="", mistakes=(), **COMMON)


def test_an_exercise_cannot_be_made_without_a_way_to_judge():
    with pytest.raises(TypeError, match="abstract"):
        Exercise(name="e", kind="by hand", mistakes=(), **COMMON)


# --- the sheet -------------------------------------------------------------------------------------------


@pytest.fixture
def sheet():
    return Sheet("99", [DOUBLE, GUESS], seed=3)


def test_the_summary_counts_what_is_done(sheet, capsys, monkeypatch):
    monkeypatch.setenv("NNLIB_STRICT", "0")
    sheet.check("guess", "b")
    sheet.check("double", np.square)
    sheet.summary()
    assert capsys.readouterr().out.splitlines() == [
        "✓ guess: right. So it is.",
        "✗ double: That is the square.",
        "Lesson 99: 1 of 2 exercises done, 3 of 4 points (seed 3). Still open: double.",
    ]
    assert sheet.solved("guess")
    assert not sheet.solved("double")


def test_a_summary_with_open_exercises_stops_a_strict_run(sheet, monkeypatch):
    monkeypatch.setenv("NNLIB_STRICT", "1")
    with pytest.raises(AssertionError, match="0 of 2 exercises done"):
        sheet.summary()
    sheet.check("guess", "b")
    sheet.check("double", lambda x: 2 * x)
    sheet.summary()


def test_the_last_check_counts(sheet):
    sheet.check("guess", "b")
    sheet.check("guess", "a")
    assert not sheet.solved("guess")


def test_points_are_returned_to_nbgrader_and_to_nobody_else(sheet, monkeypatch):
    assert sheet.check("double", np.square) is None
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert repr(sheet.check("double", np.square)) == "1.0"
    assert repr(sheet.check("double", ...)) == "0.0"


def test_a_stream_without_these_characters_gets_plain_ones(sheet, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    sheet.check("guess", "b")
    sheet.check("guess", "a")
    sheet.check("guess", ...)
    stream.seek(0)
    assert [line.split(" ", 1)[1] for line in stream.read().splitlines()] == [
        "guess: right. So it is.",
        "guess: No.",
        "guess: not done yet: put your answer in place of the dots.",
    ]


@pytest.mark.parametrize("seed", [-1, 1.5, "7", True, None])
def test_a_seed_that_is_none_is_named(seed):
    with pytest.raises(ValueError, match=r"seed is .*; give a whole number"):
        Sheet("99", [DOUBLE], seed=seed)


def test_names_are_unique_and_an_unknown_one_is_named(sheet):
    with pytest.raises(ValueError, match="same name"):
        Sheet("99", [DOUBLE, DOUBLE])
    with pytest.raises(ValueError, match="no exercise 'tripple'; this sheet has 'double', 'guess'"):
        sheet.check("tripple", 1)
    with pytest.raises(ValueError, match="'double' has no numbers"):
        sheet.task("double")


def test_long_sentences_are_broken_between_words(capsys):
    words = [f"word{number:03}" for number in range(60)]
    exercise = Number(
        name="long",
        kind="by hand",
        draw=lambda rng: {"a": 1},
        task="\n".join((" ".join(words), "{a}")),
        right=lambda a: a,
        mistakes=(Mistake(sentence=" ".join(words) + ".", answer=lambda a: a + 1),),
        **COMMON,
    )
    sheet = Sheet("00", [exercise])
    for write in (lambda: sheet.task("long"), lambda: sheet.check("long", 2)):
        write()
        lines = capsys.readouterr().out.splitlines()
        assert max(map(len, lines)) <= 90
        assert [word.rstrip(".") for line in lines for word in line.split() if word.startswith("word")] == words


def test_numbers_are_shown_as_on_paper(capsys):
    task = Number(
        name="t",
        kind="by hand",
        task="x = {x}, w = {w}",
        draw=lambda rng: {"x": [-1.5, 2], "w": -3},
        right=lambda x, w: w,
        mistakes=(),
        **COMMON,
    )
    Sheet("99", [task]).task("t")
    assert capsys.readouterr().out == "x = −1.5, 2, w = −3\n"


def test_slopes_by_differences_agree_with_the_derivative():
    place = np.array([[0.3, -1.0], [2.0, 0.0]])
    np.testing.assert_allclose(slopes_by_differences(lambda a: np.sin(a).sum(), place), np.cos(place), rtol=1e-8)


def test_a_learner_has_ten_seconds():
    default = inspect.signature(run).parameters["seconds"].default
    assert default == running.SECONDS == exercise.SECONDS == 10
