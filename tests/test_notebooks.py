"""The form of the lessons: what a reader relies on before anything is run."""

import base64
import html
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from PIL import Image

from tools import build

ROOT = Path(__file__).parents[1]
SOURCES = build.sources()
each_lesson = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)


def cells(source, kind=None):
    return [cell for cell in build.from_source(source).cells if kind in (None, cell.cell_type)]


def notebook(source):
    return nbformat.read(build.notebook_path(source), as_version=4)


def outputs(source):
    """Each output of a notebook with its cell."""
    return [(cell, output) for cell in notebook(source).cells for output in cell.get("outputs", ())]


def test_there_are_lessons():
    assert {source.stem[:2] for source in SOURCES} >= {"01", "09"}
    assert all(source.stem[:2] in build.TITLES for source in SOURCES)


# --- text and notebook are one ---------------------------------------------------------------------------


@each_lesson
def test_the_notebook_holds_the_cells_of_its_source(source):
    built, committed = build.from_source(source), notebook(source)
    for field in ("cell_type", "id", "source", "metadata"):
        expected = [cell[field] for cell in built.cells]
        found = [cell[field] for cell in committed.cells]
        assert found == expected, f"{field} differs; run: make notebooks"
    assert committed.metadata == built.metadata


@each_lesson
def test_the_build_is_deterministic(source):
    assert nbformat.writes(build.from_source(source)) == nbformat.writes(build.from_source(source))
    ids = [cell.id for cell in build.from_source(source).cells]
    assert len(set(ids)) == len(ids)


@each_lesson
def test_a_notebook_synced_back_gives_its_source(source):
    assert build.to_source(notebook(source)) == source.read_text(encoding="utf-8")


def test_an_edit_changes_the_id_of_its_own_cell_only(tmp_path):
    text = "# %% [markdown]\n# One\n\n# %%\n1 + 1\n\n# %%\n2 + 2\n"
    before, after = tmp_path / "a.py", tmp_path / "b.py"
    before.write_text(text)
    after.write_text(text.replace("1 + 1", "1 + 2"))
    same = [a.id == b.id for a, b in zip(build.from_source(before).cells, build.from_source(after).cells, strict=True)]
    assert same == [True, False, True]


@each_lesson
def test_the_notebook_was_run_from_top_to_bottom(source):
    counts = [cell.execution_count for cell in notebook(source).cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))


@each_lesson
def test_no_error_no_warning_no_chatter(source):
    for cell, output in outputs(source):
        assert output.output_type != "error", cell.source
        assert output.get("name") != "stderr", output.text
        assert not re.search(r"(Future|Deprecation|User|Runtime)Warning|oneDNN|XLA", str(output.get("text", "")))


@each_lesson
def test_the_committed_notebook_shows_the_real_data(source):
    said = [output.text for _, output in outputs(source) if output.get("name") == "stdout"]
    assert not [text for text in said if "STAND-IN" in text], "run: NNLIB_DATA=… make notebooks ALL=1"


# --- what a reader sees ----------------------------------------------------------------------------------


@each_lesson
def test_the_header_says_what_the_lesson_is(source):
    head = build.header(source)
    assert head["number"] == source.stem[:2]
    assert head["title"] == build.TITLES[head["number"]]
    objectives = re.findall(r"^- ", cells(source)[0].source, re.MULTILINE)
    assert 3 <= len(objectives) <= 5


@each_lesson
def test_there_is_one_title_and_a_proper_end(source):
    headings = re.findall(r"^(#+) (.+)$", "\n".join(cell.source for cell in cells(source, "markdown")), re.MULTILINE)
    assert [level for level, _ in headings].count("#") == 1
    assert [text for level, text in headings if level == "##"][-3:] == ["Recap", "Common mistakes", "Next"]


@each_lesson
def test_cells_are_short_and_explained(source):
    found = cells(source)
    long = [cell.source for cell in found if cell.cell_type == "code" and len(cell.source.splitlines()) > 15]
    assert not long, "code cells over 15 lines:\n" + "\n---\n".join(long)
    pairs = list(zip(found, found[1:], strict=False))
    bare = sum(a.cell_type == b.cell_type == "code" for a, b in pairs)
    assert bare <= len(found) / 8, f"{bare} code cells follow code without a word between"


@each_lesson
def test_setup_comes_first_and_seeds(source):
    code = cells(source, "code")
    assert code[0].source.startswith("from nnlib.training import"), "first: it keeps TensorFlow's start-up lines back"
    assert re.search(r"^seed = set_seed\(\)$", code[0].source, re.MULTILINE)
    settings = [line for line in code[1].source.splitlines() if line and not line.startswith(("#", " ", ")", "]", "}"))]
    assert all(re.match(r"[A-Z][A-Z0-9_]* = ", line) for line in settings), settings


@each_lesson
def test_nothing_that_does_not_belong_in_a_lesson(source):
    for cell in cells(source, "code"):
        for line in cell.source.splitlines():
            assert not line.lstrip().startswith(("!", "%")), line
        for word in ("input(", "input_shape=", "plt.show(", "tf.random.set_seed", "sys.path"):
            assert word not in cell.source.replace("np.input(", ""), f"{word} in {cell.source}"


@each_lesson
def test_no_absolute_path(source):
    text = build.notebook_path(source).read_text(encoding="utf-8") + source.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.])/(?:work|tmp|root|home|Users|usr|opt)/[\w.-]+", text)
    assert not re.search(r"\b[A-Z]:\\\\", text)


@each_lesson
def test_the_notebook_is_small(source):
    assert build.notebook_path(source).stat().st_size <= 600_000
    for cell, output in outputs(source):
        animation = "".join(output.get("data", {}).get("text/html", ""))
        assert len(animation) <= 400_000, cell.source


@each_lesson
def test_every_figure_has_alt_text_and_a_takeaway(source):
    found = notebook(source).cells
    for cell, after in zip(found, found[1:], strict=False):
        for output in cell.get("outputs", ()):
            if "image/png" not in output.get("data", {}):
                continue
            # In HTML, since JupyterLab shows no text for a bare PNG.
            alts = re.findall(r'<img[^>]* alt="([^"]*)"', output.data.get("text/html", ""))
            assert alts, f"no image in HTML: {cell.source}"
            assert len(alts[0]) >= 20, f"no alt text: {cell.source}"
            assert output.metadata["image/png"]["alt"] == html.unescape(alts[0])
            assert after.cell_type == "markdown", f"no sentence below the figure of: {cell.source}"


@each_lesson
def test_figures_are_pictures_with_something_on_them(source):
    for cell, output in outputs(source):
        data = output.get("data", {})
        if "image/png" in data:
            picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("L")
            darkest, lightest = picture.getextrema()
            assert lightest - darkest > 100, f"no contrast in grey: {cell.source}"
            assert min(picture.size) >= 75, f"too small: {cell.source}"  # half as large as in HTML


@each_lesson
def test_no_widget_is_left_without_its_kernel(source):
    for cell, output in outputs(source):
        assert build.WIDGET not in output.get("data", {}), cell.source


# --- the tools -------------------------------------------------------------------------------------------


def test_the_readme_shows_the_table_of_lessons():
    text = build.README.read_text(encoding="utf-8")
    assert build.readme_with_table(text) == text, "run: python -m tools.build table"


def test_a_lesson_that_is_not_there_is_named():
    with pytest.raises(SystemExit, match="'99' names 0 lessons.*01_linear_regression"):
        build.find(["99"])


def test_a_header_without_its_table_is_named(tmp_path):
    source = tmp_path / "13_luck.py"
    source.write_text("# %% [markdown]\n# # 13 · Luck\n")
    with pytest.raises(ValueError, match="13_luck.py.*Builds on"):
        build.header(source)


@pytest.fixture
def small_course(tmp_path, monkeypatch):
    """A course of two tiny lessons in a folder of its own."""
    (tmp_path / "src").mkdir()
    for number, code in (("01", "print(1 + 1)"), ("02", "import sys; print('to stdout')")):
        text = f"# %% [markdown]\n# # {number} · T\n\n# %%\n{code}\n"
        (tmp_path / "src" / f"{number}_t.py").write_text(text)
    monkeypatch.setattr(build, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(build, "SRC", tmp_path / "src")
    monkeypatch.setattr(build, "CACHE", tmp_path / ".build.json")
    return tmp_path


def test_build_executes_what_changed_and_only_that(small_course, capsys):
    assert build.build([], everything=False) == 0
    first = small_course / "01_t.ipynb"
    assert nbformat.read(first, as_version=4).cells[1].outputs[0].text == "2\n"
    before = first.stat().st_mtime_ns
    build.build([], everything=False)
    assert "up to date" in capsys.readouterr().out
    second = small_course / "src" / "02_t.py"
    second.write_text(second.read_text().replace("stdout", "change"))
    build.build([], everything=False)
    assert "change" in (small_course / "02_t.ipynb").read_text()
    assert first.stat().st_mtime_ns == before


def test_a_lesson_that_fails_leaves_its_notebook_alone(small_course):
    build.build(["01"], everything=False)
    before = (small_course / "01_t.ipynb").read_bytes()
    source = small_course / "src" / "01_t.py"
    source.write_text(source.read_text().replace("1 + 1", "1 / 0"))
    assert build.build(["01"], everything=False) == 1
    assert (small_course / "01_t.ipynb").read_bytes() == before
    assert not list(small_course.glob("*.part"))


def test_sync_writes_an_edited_notebook_back(small_course):
    build.build(["01"], everything=False)
    path = small_course / "01_t.ipynb"
    path.write_text(path.read_text().replace("print(1 + 1)", "print(1 + 2)"))
    build.sync(["01"])
    assert (small_course / "src" / "01_t.py").read_text() == "# %% [markdown]\n# # 01 · T\n\n# %%\nprint(1 + 2)\n"


def test_a_slider_becomes_the_picture_that_it_starts_with(small_course):
    code = (
        "from ipywidgets import interact\nimport matplotlib.pyplot as plt\n\n\n"
        "@interact(a=(0, 3))\ndef show(a):\n    plt.plot([0, a])\n"
    )
    (small_course / "src" / "01_t.py").write_text(
        f'# %% [markdown]\n# # 01 · T\n\n# %% alt="a line that rises as the slider moves"\n{code}'
    )
    assert build.build(["01"], everything=False) == 0
    (output,) = json.loads((small_course / "01_t.ipynb").read_text())["cells"][1]["outputs"]
    assert output["metadata"]["image/png"]["alt"] == "a line that rises as the slider moves"
    assert 'alt="a line that rises as the slider moves"' in "".join(output["data"]["text/html"])
    assert build.WIDGET not in output["data"]


def test_the_command_line_names_its_commands():
    done = subprocess.run([sys.executable, "-m", "tools.build"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert all(word in done.stderr for word in ("build", "sync", "table"))
