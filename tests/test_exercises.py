"""Every exercise both ways: right answers pass, stubs are not done, each typical mistake is named, nothing breaks."""

import copy
import dataclasses
import functools
import itertools
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import warnings
from contextlib import closing
from pathlib import Path

import keras
import nbformat
import numpy as np
import pytest

from nnlib.checks import exercise as framework
from nnlib.checks.exercise import Choice, Function, Number, Product
from tools import build, exercises

SOURCES = exercises.sources()
SHEETS = {source: list(exercises.declared(source).values()) for source in SOURCES}
EVERY = [(source.stem[:2], exercise) for source, sheet in SHEETS.items() for exercise in sheet]
KINDS = {"by hand", "by code", "predict", "repair", "transfer"}
SEEDS = range(5)  # of the numbers that differ from student to student
each_sheet = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)


def parametrized(entries):
    return pytest.mark.parametrize(
        "exercise",
        [one for _, one in entries],
        ids=[f"{number}-{one.name}".replace(" ", "-") for number, one in entries],
    )


each_exercise = parametrized(EVERY)
each_with_numbers = parametrized([entry for entry in EVERY if isinstance(entry[1], Number | Function)])
each_product_of_arrays = parametrized(
    [entry for entry in EVERY if isinstance(entry[1], Product) and entry[1].seconds == framework.SECONDS]
)
each_model = parametrized(
    [entry for entry in EVERY if isinstance(entry[1], Product) and entry[1].seconds > framework.SECONDS]
)
each_rounded = parametrized([entry for entry in EVERY if isinstance(entry[1], Number) and entry[1].rtol])
each_mistake = pytest.mark.parametrize(
    ("exercise", "mistake"),
    [(one, mistake) for _, one in EVERY for mistake in one.mistakes],
    ids=[f"{number}-{one.name}-{k}".replace(" ", "-") for number, one in EVERY for k in range(len(one.mistakes))],
)


def patient(exercise):
    """The exercise with as much time as a machine at full load needs to build a network."""
    return dataclasses.replace(exercise, seconds=600) if isinstance(exercise, Product) else exercise


def seeds(exercise):
    return SEEDS if isinstance(exercise, Number) and exercise.draw else [0]


@functools.cache
def cells(source, kind="code"):
    return [cell for cell in build.from_source(source).cells if cell.cell_type == kind]


def notebook(folder, source):
    return nbformat.read(folder / f"{source.stem}.ipynb", as_version=4)


def said(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


# --- what a lesson's exercises are -----------------------------------------------------------------------


@each_sheet
def test_every_objective_of_the_lesson_is_assessed(source):
    lesson = next(path for path in build.sources() if path.stem[:2] == source.stem[:2])
    objectives = re.findall(r"^- (.+)$", build.from_source(lesson).cells[0].source, re.MULTILINE)
    named = {beginning for exercise in SHEETS[source] for beginning in exercise.objectives}
    for beginning in named:
        assert sum(text.startswith(beginning) for text in objectives) == 1, f"{beginning!r} begins no objective"
    for text in objectives:
        assert any(text.startswith(beginning) for beginning in named), f"no exercise assesses: {text}"
    assert all(exercise.objectives for exercise in SHEETS[source])


@each_sheet
def test_a_sheet_has_four_to_seven_exercises_of_several_kinds(source):
    assert 4 <= len(SHEETS[source]) <= 7
    assert len({exercise.kind for exercise in SHEETS[source]} & KINDS) >= 4


@each_exercise
def test_an_exercise_has_hints_points_and_at_least_three_typical_mistakes(exercise):
    assert len(exercise.mistakes) >= 3 or (isinstance(exercise, Choice) and len(exercise.mistakes) == 2)
    assert exercise.hints
    assert exercise.points in (2, 4)
    sentences = [mistake.sentence for mistake in exercise.mistakes]
    assert len(set(sentences)) == len(sentences)
    for text in (*sentences, *exercise.hints):
        assert re.search(r"[.?!)]$", text), f"no sentence: {text}"
        assert "\n" not in text


@each_sheet
def test_the_notebook_checks_every_exercise_in_the_order_of_the_sheet(source):
    checked = [found[1] for cell in cells(source) if (found := exercises.CHECK.search(cell.source))]
    assert checked == [exercise.name for exercise in SHEETS[source]]
    assert cells(source)[-1].source == "sheet.summary()"


@each_sheet
def test_points_and_minutes_of_the_headings_are_those_of_the_exercises(source):
    text = "\n".join(cell.source for cell in cells(source, "markdown"))
    headings = re.findall(r"^## \d · .+ \((\d+) points, (\d+) minutes\)$", text, re.MULTILINE)
    assert [int(points) for points, _ in headings] == [exercise.points for exercise in SHEETS[source]]
    total = int(re.search(r"^\w+ exercises, about (\d+) minutes", text, re.MULTILINE)[1])
    assert total == sum(int(minutes) for _, minutes in headings)
    assert 30 <= total <= 45


# --- right, not done, wrong ------------------------------------------------------------------------------


@each_exercise
def test_the_oracle_is_right(exercise):
    for seed in seeds(exercise):
        judged = patient(exercise).judge(exercise.right_answer(seed), seed)
        assert (judged.outcome, judged.points) == ("right", exercise.points), judged.sentence


def not_implemented(*_):
    raise NotImplementedError


@each_exercise
def test_an_untouched_stub_is_not_done_and_earns_nothing(exercise):
    stubs = [..., None, (..., ...), [1.0, ...]]
    if isinstance(exercise, Function | Product):
        stubs += [not_implemented, lambda *_: ..., lambda *_: None]
    for stub in stubs:
        judged = exercise.judge(stub)
        assert (judged.outcome, judged.points) == ("not done", 0)


@functools.cache
def backwards(exercise):
    """The exercise with the last mistake looked for first."""
    return dataclasses.replace(exercise, mistakes=exercise.mistakes[::-1])


@each_mistake
def test_a_typical_mistake_is_named_by_its_own_sentence_and_by_no_other(exercise, mistake):
    for seed in seeds(exercise):
        judged = patient(exercise).judge(exercise.wrong_answer(mistake, seed), seed)
        assert judged.mistake is mistake, judged.sentence
        assert judged.sentence == mistake.sentence
        assert judged.points == (0 if exercise.kind == "predict" else exercise.points / 2)
    if not isinstance(exercise, Product):  # there, faults are looked for in order
        judged = backwards(exercise).judge(backwards(exercise).wrong_answer(mistake))
        assert judged.mistake is mistake, f"another sentence fits as well: {judged.sentence}"


# --- whatever a learner gives ----------------------------------------------------------------------------


def corrupted(value):
    """A right value, made wrong in many ways. Right numbers in a list, tensor or table are tested below."""
    if isinstance(value, tuple | list):
        value = tuple(value)
        yield from (value[:-1], (*value, 0.0), value[0])
        for n, part in enumerate(value):
            yield from ((*value[:n], wrong, *value[n + 1 :]) for wrong in corrupted(part))
        return
    if isinstance(value, str):
        yield from (f"{value}!", value.encode(), [value, value], 3, {})
        return
    array = np.asarray(value)
    shifted = array.astype(float)
    if array.size:
        shifted[(0,) * array.ndim] += 1 + abs(shifted[(0,) * array.ndim])
        yield shifted
    if array.ndim:  # one number in an array is a number
        yield from (array[None], array[..., None])
    yield from (np.stack([array, array]), array.astype(str), array.astype(str).astype(object))
    yield from (array.astype(complex), np.full(array.shape, np.nan), np.full(array.shape, np.inf), 7.77 * array + 1.234)
    yield from ("text", {"a": 1}, object(), np, b"\xff", [1, [2, 3]], [], np.array([]), True, -array - 0.5, 10**400)


def endless(*_):
    while True:
        pass


def fails(*_):
    raise RuntimeError("a message\nof two lines")


@each_exercise
def test_whatever_a_learner_gives_ends_in_a_sentence(exercise, monkeypatch):
    monkeypatch.setattr(framework, "SECONDS", 0.2)
    if isinstance(exercise, Product):
        exercise = dataclasses.replace(exercise, seconds=0.2)
        wrongs = [lambda *_, v=v: v for v in corrupted(np.ones(3))]
    elif isinstance(exercise, Function):
        size = len(list(corrupted(exercise.right(*exercise.cases[0]))))
        wrongs = [
            lambda *case, n=n: next(itertools.islice(corrupted(exercise.right(*case)), n, None)) for n in range(size)
        ]
    else:
        wrongs = list(corrupted(exercise.right_answer(0)))
    if isinstance(exercise, Function | Product):
        wrongs += [endless, fails, lambda: 0, lambda a, b, c, d, e, f, g, h, i, j: 0, 3, "text", np.ones(3)]
        wrongs += [lambda *case: case]
    assert len(wrongs) >= 5
    for wrong in wrongs:
        judged = exercise.judge(wrong)
        assert judged.outcome == "wrong", (wrong, judged.sentence)
        assert 10 < len(judged.sentence) < 700
        assert "\n" not in judged.sentence


@each_product_of_arrays
def test_arrays_of_the_right_shapes_are_examined_without_a_warning(exercise):
    for made in corrupted(exercise.right(*exercise.cases[0])):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            judged = exercise.judge(lambda *_, made=made: made)
        assert judged.outcome in ("right", "wrong")  # some of them are right: other numbers that do it as well
        assert "Warning" not in judged.sentence, judged.sentence


@each_model
def test_a_right_model_inside_another_one_is_as_right(exercise):
    def wrapped(*case):
        inner = exercise.right(*case)
        if isinstance(inner, str):  # a saved file: nothing to wrap
            return inner
        inputs = keras.Input(inner.input_shape[1:], dtype=inner.inputs[0].dtype)
        outer = keras.Model(inputs, inner(inputs))
        if inner.compiled:
            outer.compile(optimizer=inner.optimizer, loss=inner.loss)
        return outer

    assert patient(exercise).judge(wrapped).outcome == "right"


@each_exercise
def test_a_wrong_answer_does_not_give_the_right_one_away(exercise):
    if not isinstance(exercise, Number):
        pytest.skip("no number is asked for")
    for seed in seeds(exercise):
        right = exercise.right_answer(seed)
        parts = right if isinstance(right, tuple) else (right,)
        numbers = [number for part in parts if not isinstance(part, str) for number in np.ravel(part)]
        digits = {f"{number:.{n}g}" for number in numbers for n in (3, 4, 6)}
        for wrong in corrupted(right):
            sentence = exercise.judge(wrong, seed).sentence
            given = {word.strip(",.()[]") for word in sentence.split()}
            # Shapes, places and counts are small whole numbers, which may be the answer by chance.
            assert not {word for word in digits & given if not re.fullmatch(r"\d", word)}, sentence


def as_tensor(array):
    return pytest.importorskip("keras").ops.convert_to_tensor(array)


def as_table(array):
    """A Series, or a table, whose rows have names of their own."""
    pandas = pytest.importorskip("pandas")
    if array.ndim > 2:
        return array
    frame = pandas.DataFrame(array.reshape(-1, 1) if array.ndim < 2 else array)
    frame.index = frame.index + 7
    return frame[0] if array.ndim == 0 else frame


CONTAINERS = {
    "list": lambda array: array.tolist(),
    "tuple": lambda array: tuple(array.tolist()) if array.ndim else array.item(),
    "tensor": as_tensor,
    "table": as_table,
    "one element": lambda array: array if array.ndim else array.reshape(1, 1),
    "objects": lambda array: array.astype(object) if array.dtype.kind in "iuf" else array,
}


def held(value, container):
    """A value held by something else; of several results each one is."""
    if isinstance(value, tuple):
        return tuple(held(part, container) for part in value)
    return value if isinstance(value, str) else container(np.asarray(value))


def held_answer(answer, container):
    return (lambda *case: held(answer(*case), container)) if callable(answer) else held(answer, container)


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)
@each_with_numbers
def test_numbers_count_and_not_what_holds_them(exercise, container):
    right = held_answer(exercise.right_answer(0), container)
    assert exercise.judge(right).outcome == "right", exercise.judge(right).sentence
    for mistake in exercise.mistakes:
        judged = exercise.judge(held_answer(exercise.wrong_answer(mistake, 0), container))
        assert judged.mistake is mistake, (mistake.sentence, judged.sentence)


@each_rounded
def test_three_significant_digits_are_enough_on_paper(exercise):
    def rounded(array):
        return np.vectorize(lambda number: float(f"{number:.3g}"))(array)

    for seed in range(40):
        judged = exercise.judge(held(exercise.right_answer(seed), rounded), seed)
        assert judged.outcome == "right", (exercise.numbers(seed), judged.sentence)


@pytest.mark.parametrize(
    "feature",
    [lambda points: np.hypot(*points.T), lambda points: -np.exp(points**2).sum(axis=1), lambda p: abs(p).sum(axis=1)],
)
def test_a_distance_from_the_middle_is_named_whatever_its_formula(feature):
    by_name = {exercise.name: exercise for exercise in SHEETS[SOURCES[0]]}
    assert by_name["feature"].judge(feature).sentence.startswith("This was the feature for rings")


ROWS = "    return feature_map"
BY_KERAS = "    return keras.ops.conv(image[None], kernel[..., None], stride, 'valid')[0, :, :, 0] + bias"
SIGMOID = 'layers.Dense(1, activation="sigmoid")'


@pytest.mark.parametrize(
    ("number", "name", "changes"),
    [
        ("03", "cure", {SIGMOID: 'layers.Dense(2, "softmax")', '"binary_': '"sparse_categorical_'}),
        ("03", "cure", {SIGMOID: 'layers.Dense(1, "tanh")', '"binary_crossentropy"': '"hinge"'}),
        ("12", "convolve", {ROWS: BY_KERAS}),
    ],
)
def test_the_figure_below_a_check_takes_a_right_answer_in_every_form(number, name, changes, capsys):
    source = SOURCES[[path.stem[:2] for path in SOURCES].index(number)]
    names, changed = {}, 0
    for cell in cells(source):
        code = cell.source
        if exercises.BEGIN in code and all(old in code for old in changes):
            changed += 1
            for old, new in changes.items():
                code = code.replace(old, new)
        exec(compile(code, source.stem, "exec"), names)
        if f'sheet.solved("{name}")' in code:
            break
    assert changed == 1
    assert names["sheet"].solved(name), capsys.readouterr().out


class Subclassed(keras.Model):
    """The network of exercise 6 of lesson 12; its layers do not stand in the order of their calls."""

    def __init__(self):
        super().__init__()
        self.last = keras.layers.Dense(5, "softmax")
        self.second, self.first = (keras.layers.Conv2D(n, 3, 2, activation="relu") for n in (24, 12))

    def call(self, inputs):
        return self.last(keras.ops.max(self.second(self.first(inputs / 255)), axis=(1, 2)))


def network_of_lesson_12(
    *, scale=(lambda x: x / 255), strides=2, relu="relu", pooling=keras.layers.GlobalMaxPooling2D, last="softmax"
):
    inputs = keras.Input((32, 32, 3))
    hidden = scale(inputs)
    for filters in (12, 24):
        hidden = keras.layers.Activation(relu)(keras.layers.Conv2D(filters, 3, strides)(hidden))
    hidden = keras.layers.Flatten()(pooling()(hidden))
    return keras.Model(inputs, keras.layers.Activation(last)(keras.layers.Dense(5)(hidden)))


def nothing(x):
    return x


@pytest.mark.parametrize(
    ("network", "begins"),
    [
        (Subclassed, "right."),
        (network_of_lesson_12, "right."),
        (lambda: network_of_lesson_12(scale=keras.layers.Lambda(lambda x: x / 255)), "right."),
        (lambda: network_of_lesson_12(scale=keras.layers.Normalization(mean=0, variance=255**2)), "right."),
        (lambda: network_of_lesson_12(pooling=lambda: keras.layers.MaxPooling2D(7)), "right."),
        (lambda: network_of_lesson_12(last="linear"), "The five outputs"),
        (lambda: network_of_lesson_12(last="linear", scale=nothing), "The five outputs"),
        (lambda: network_of_lesson_12(scale=nothing, strides=1), "The first convolution gets pixels up to 255"),
        (lambda: network_of_lesson_12(scale=lambda x: x / 256), "The first convolution does not get pixels from 0"),
        (lambda: network_of_lesson_12(strides=1, relu="linear"), "Not every convolution has the stride 2"),
        (lambda: network_of_lesson_12(pooling=keras.layers.GlobalAveragePooling2D), "Average pooling"),
        (lambda: network_of_lesson_12(pooling=lambda: keras.layers.MaxPooling2D(2)), "The last layer gets more than"),
        (lambda: network_of_lesson_12(relu="gelu"), "Negative numbers get through"),
        (lambda: keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Dense(5)]), "Your model does not take"),
        (lambda: keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(5)]), "Your network needs convolutions"),
        (lambda: keras.layers.Dense(5), "Return the network"),
    ],
)
def test_a_network_is_judged_by_what_it_does_and_not_by_how_it_is_built(network, begins):
    build = next(exercise for number, exercise in EVERY if (number, exercise.name) == ("12", "build"))
    assert patient(build).judge(network).sentence.startswith(begins)


# --- text and notebooks ----------------------------------------------------------------------------------


@each_sheet
def test_both_notebooks_come_from_the_text_and_from_the_modules_that_it_imports(source):
    assert not exercises.stale(source), f"{exercises.stale(source)} differ; run: make notebooks"


@each_sheet
def test_a_solved_notebook_synced_back_gives_its_source(source):
    assert exercises.to_source(notebook(exercises.SOLUTIONS, source)) == source.read_text(encoding="utf-8")


@each_sheet
def test_the_solved_notebook_solves_everything_without_a_warning(source):
    solved = notebook(exercises.SOLUTIONS, source)
    checks = [cell for cell in solved.cells if cell.cell_type == "code" and exercises.CHECK.search(cell.source)]
    assert all(said(cell).startswith("✓ ") for cell in checks), [said(cell) for cell in checks]
    number = len(SHEETS[source])
    assert f"{number} of {number} exercises done" in said(solved.cells[-1])
    for cell in solved.cells:
        for output in cell.get("outputs", ()):
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.text


@each_sheet
def test_the_notebook_for_students_holds_no_solution_and_no_output(source):
    student = notebook(exercises.STUDENTS, source)
    text = source.read_text(encoding="utf-8")
    regions = re.findall(rf"{exercises.BEGIN}\n(.*?)\n *{exercises.END}", text, re.DOTALL)
    assert len(regions) == len(SHEETS[source])
    code = "\n".join(cell.source for cell in student.cells if cell.cell_type == "code")
    for region in regions:
        for line in region.split("\n"):
            assert len(line.strip()) < 12 or line.strip() not in code, f"a line of a solution: {line}"
    assert not [cell for cell in student.cells if cell.cell_type == "code" and (cell.outputs or cell.execution_count)]
    assert (exercises.STUDENTS / f"{source.stem}.ipynb").stat().st_size < 600_000


@each_sheet
def test_the_picture_of_a_right_solution_stands_beside_the_gap(source):
    student = notebook(exercises.STUDENTS, source)
    gaps = [n for n, cell in enumerate(student.cells) if cell.cell_type == "code" and "sheet.solved(" in cell.source]
    assert gaps
    for n in gaps:
        picture = student.cells[n - 1]
        assert picture.id == f"{exercises.PICTURE}{student.cells[n].id}"
        assert re.search(r"!\[.{20,}\]\(attachment:solution\.png\)", picture.source)
        assert picture.attachments["solution.png"]["image/png"].startswith("iVBOR")


@each_sheet
def test_hints_are_folded_and_stand_before_the_check(source):
    student = notebook(exercises.STUDENTS, source)
    for above, cell in itertools.pairwise(student.cells):
        if cell.cell_type == "code" and (found := exercises.CHECK.search(cell.source)):
            texts = exercises.declared(source)[found[1]].hints
            assert above.source.count("<details>") == above.source.count("</details>") == len(texts)
            assert all(text in above.source for text in texts)


@each_sheet
def test_run_all_goes_through_the_untouched_notebook(source, capsys, monkeypatch):
    monkeypatch.setenv("NNLIB_STRICT", "0")  # as learners run it
    names = {}
    for cell in notebook(exercises.STUDENTS, source).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, source.stem, "exec"), names)
    out = capsys.readouterr().out
    assert len(re.findall(r"^○ ", out, re.MULTILINE)) == len(SHEETS[source])
    assert not re.search("[✓✗] ", out)
    assert f"0 of {len(SHEETS[source])} exercises done, 0 of " in out


@each_sheet
def test_cells_are_short_and_without_what_does_not_belong_there(source):
    for cell in cells(source):
        given = exercises.stub(cell.source)
        assert len(given.splitlines()) <= 16, cell.source
        assert not [line for line in cell.source.splitlines() if len(line) > 100 or line.startswith(("!", "%"))]
        region = re.search(rf"{exercises.BEGIN}\n(.*?)\n *{exercises.END}", cell.source, re.DOTALL)
        if region:
            lines = [line for line in region[1].splitlines() if not line.lstrip().startswith("#")]
            assert len(lines) <= 10, f"a solution of {len(lines)} lines"
    for cell in cells(source, "markdown"):
        for target in re.findall(r"\]\(([^)\s]+)\)", cell.source):
            assert target.startswith("https://") or (exercises.STUDENTS / target.split("#")[0]).exists(), target


def test_lessons_and_exercises_link_to_each_other():
    for source in SOURCES:
        lesson = build.SRC / source.name
        assert f"](../{lesson.stem}.ipynb)" in cells(source, "markdown")[0].source
        assert f"](exercises/{source.stem}.ipynb)" in cells(lesson, "markdown")[-1].source


# --- the tool --------------------------------------------------------------------------------------------

SMALL = '''# %% [markdown]
# # Exercises

# %%
from nnlib.checks.exercise import Sheet
from nnlib.checks.lesson_01 import COUNT, LOSS

sheet = Sheet("01", [LOSS, COUNT])

# %%
loss = ...  # one number
### BEGIN SOLUTION
loss = 145 / 3
### END SOLUTION

# %%
sheet.check("loss", loss)


# %%
def updates(n_samples, batch_size, epochs):
    """Number of updates."""
    ### BEGIN SOLUTION
    return -(-n_samples // batch_size) * epochs
    ### END SOLUTION


# %%
sheet.check("updates", updates)

# %%
sheet.summary()
'''


@pytest.fixture
def small(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLIB_STRICT", "")  # the build sets it: back afterwards
    for name, folder in (("SRC", "src"), ("STUDENTS", "exercises"), ("SOLUTIONS", "solutions")):
        (tmp_path / folder).mkdir()
        monkeypatch.setattr(exercises, name, tmp_path / folder)
    source = tmp_path / "src" / "01_small.py"
    source.write_text(SMALL, encoding="utf-8")
    return source


def test_one_text_gives_both_notebooks_and_comes_back(small, capsys):
    assert exercises.main(["build"]) == 0
    assert not exercises.stale(small)
    assert exercises.main(["build"]) == 0
    assert "up to date" in capsys.readouterr().out
    solved, student = (notebook(folder, small) for folder in (exercises.SOLUTIONS, exercises.STUDENTS))
    assert [said(cell)[:1] for cell in solved.cells if cell.cell_type == "code"][2::2] == ["✓", "✓"]
    answers = [cell.source for cell in student.cells if cell.cell_type == "code"][1::2]
    assert answers[0] == "loss = ...  # one number"
    assert answers[1].splitlines()[2:] == [
        f"    {exercises.BEGIN}",
        "    ...  # your code, instead of the dots",
        f"    {exercises.END}",
    ]
    path = exercises.SOLUTIONS / "01_small.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("145 / 3", "48.3"), encoding="utf-8")
    exercises.main(["sync", "01"])
    assert small.read_text(encoding="utf-8") == SMALL.replace("145 / 3", "48.3")


def test_a_text_whose_solution_is_wrong_leaves_both_notebooks_alone(small):
    exercises.main(["build"])
    before = [(folder / "01_small.ipynb").read_bytes() for folder in (exercises.SOLUTIONS, exercises.STUDENTS)]
    small.write_text(SMALL.replace("145 / 3", "145"), encoding="utf-8")
    assert exercises.main(["build"]) == 1
    assert before == [(folder / "01_small.ipynb").read_bytes() for folder in (exercises.SOLUTIONS, exercises.STUDENTS)]


def test_a_text_that_is_not_there_is_named():
    with pytest.raises(SystemExit, match=r"'99'.*01_linear_regression"):
        exercises.find(["99"])


# --- nbgrader --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of one assignment, the exercises of lesson 01, with three submissions, graded."""
    pytest.importorskip("nbgrader", reason="nbgrader is not installed: uv pip install --group grading")
    root = tmp_path_factory.mktemp("course")
    source = SOURCES[[path.stem[:2] for path in SOURCES].index("01")]
    name = f"{source.stem}.ipynb"
    (root / "source" / "practice").mkdir(parents=True)
    shutil.copy(exercises.STUDENTS / name, root / "source" / "practice")
    (root / "nbgrader_config.py").write_text(
        "c = get_config()\nc.Execute.iopub_timeout = 60\nc.Execute.timeout = 600\n"
    )
    nbgrader(root, "generate_assignment", "practice")
    released = nbformat.read(root / "release" / "practice" / name, as_version=4)
    solved = notebook(exercises.SOLUTIONS, source)
    slips = {"loss = 145 / 3": "loss = 145", "-(-n_samples // batch_size) * epochs": "n_samples // batch_size * epochs"}
    for student, changes in {"untouched": None, "solved": {}, "slips": slips}.items():
        folder = root / "submitted" / student / "practice"
        folder.mkdir(parents=True)
        nbformat.write(released if changes is None else answered(released, solved, changes), folder / name)
    nbgrader(root, "autograde", "practice")
    nbgrader(root, "generate_feedback", "practice")
    return root


def nbgrader(root, *command):
    # nbgrader calls alembic by its name alone, as a teacher's activated environment lets it.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command],
        cwd=root,
        env=os.environ | {"NNLIB_STRICT": "0", "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def answered(released, solved, changes):
    """The released notebook, with the answers of the solved one, changed in places."""
    filled = copy.deepcopy(released)
    with_code = ([cell for cell in one.cells if cell.cell_type == "code"] for one in (filled, solved))
    for cell, right in zip(*with_code, strict=True):
        if exercises.BEGIN in right.source:
            cell.source = right.source
            for old, new in changes.items():
                cell.source = cell.source.replace(old, new)
    return filled


def score(root, student):
    with closing(sqlite3.connect(root / "gradebook.db")) as database:
        rows = database.execute(
            "select grade.auto_score, base_cell.name from grade join base_cell on grade.cell_id = base_cell.id "
            "join submitted_notebook on grade.notebook_id = submitted_notebook.id "
            "join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id "
            "where submitted_assignment.student_id = ?",
            [student],
        )
        return {name: points for points, name in rows}


def feedback(root, student):
    (page,) = (root / "feedback" / student / "practice").glob("*.html")
    return page.read_text(encoding="utf-8")


def test_nbgrader_gives_full_points_for_all_solved(course):
    points = score(course, "solved")
    assert points == {f"01-{one.name.replace(' ', '-')}": one.points for number, one in EVERY if number == "01"}


def test_nbgrader_gives_nothing_for_an_untouched_notebook(course):
    assert set(score(course, "untouched").values()) == {0}
    assert "not done yet" in feedback(course, "untouched")


def test_nbgrader_gives_half_for_a_typical_mistake_and_shows_its_sentence(course):
    full, slips = score(course, "solved"), score(course, "slips")
    assert {name: slips[name] / full[name] for name in full if slips[name] != full[name]} == {
        "01-loss": 0.5,
        "01-updates": 0.5,
    }
    assert "That is the sum of the squared errors." in feedback(course, "slips")
    assert "You rounded down" in feedback(course, "slips")


def test_the_checks_are_locked_and_named(course):
    (path,) = (course / "release" / "practice").glob("*.ipynb")
    about = [cell.metadata.nbgrader for cell in nbformat.read(path, as_version=4).cells if "nbgrader" in cell.metadata]
    assert all(one.locked and one.points for one in about if one.grade)
    assert sum(one.grade for one in about) == len(SHEETS[SOURCES[0]])
