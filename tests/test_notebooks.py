"""The form of the lessons: what a reader relies on before anything is run."""

import base64
import functools
import html
import io
import itertools
import json
import re
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from nbconvert.exporters import ScriptExporter
from PIL import Image

from nnlib.plotting import COLORS
from tools import build

ROOT = Path(__file__).parents[1]
SOURCES = build.sources()
each_lesson = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)


@functools.cache
def cells(source, kind=None):
    return [cell for cell in build.from_source(source).cells if kind in (None, cell.cell_type)]


@functools.cache
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
def test_the_notebook_comes_from_its_text_and_from_the_modules_that_it_imports(source):
    assert not build.stale(source), f"{build.stale(source)} differ; run: make notebooks"


@each_lesson
def test_the_build_is_deterministic(source):
    first, second = build.from_source(source), build.from_source(source)
    assert nbformat.writes(first) == nbformat.writes(second)
    ids = [cell.id for cell in first.cells]
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


PART = {
    "plotting/__init__.py": "from . import _start\nfrom .bars import plot_bars\nfrom .lines import plot_line\n",
    "plotting/_start.py": "print('a side effect')\n",
    "plotting/_style.py": "SIZE = 1\n",
    "plotting/bars.py": "from ._style import SIZE\n\n\ndef plot_bars():\n    return SIZE\n",
    "plotting/lines.py": "def plot_line():\n    return 2\n",
    "models.py": "def mlp():\n    return 3\n",
}


@pytest.mark.parametrize(
    ("file", "old", "new", "counts"),
    [
        ("plotting/bars.py", "return SIZE", "return 2 * SIZE", True),
        ("plotting/_style.py", "1", "2", True),
        ("plotting/_start.py", "side", "visible", True),
        ("models.py", "3", "4", True),
        ("plotting/lines.py", "2", "3", False),
        ("plotting/bars.py", "():\n", '():\n    """Draw bars."""\n\n', False),
        ("models.py", "return 3", "return 3  # layers", False),
        ("models.py", "def", "\n# A network.\n\ndef", False),
    ],
)
def test_a_fingerprint_changes_with_the_code_that_a_lesson_uses(file, old, new, counts, tmp_path, monkeypatch):
    monkeypatch.setattr(build, "ROOT", tmp_path)
    for name, text in PART.items():
        (tmp_path / "nnlib" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "nnlib" / name).write_text(text)
    lesson = "from nnlib.models import mlp\nfrom nnlib.plotting import plot_bars\n"
    before = build.fingerprint(lesson)
    assert build.fingerprint(lesson + "mlp()\n") != before
    changed = (tmp_path / "nnlib" / file).read_text().replace(old, new)
    (tmp_path / "nnlib" / file).write_text(changed)
    assert (build.fingerprint(lesson) != before) == counts


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
def test_whoever_opens_a_notebook_alone_is_told_what_to_install(source):
    found = cells(source)
    setup = next(n for n, cell in enumerate(found) if cell.cell_type == "code")
    assert [n for n, cell in enumerate(found) if cell.id == build.SETUP_NOTE] == [setup - 1]
    assert "`%pip install " in found[setup - 1].source


def test_the_note_names_the_address_once_there_is_one():
    assert "`%pip install git+https://example.org/course` first" in build.setup_note("https://example.org/course")
    assert "PATH is the folder or the .zip archive of the course" in build.setup_note(None)


@each_lesson
def test_a_notebook_becomes_a_script_with_its_prose(source):
    script, about = ScriptExporter().from_notebook_node(notebook(source))
    assert about["output_extension"] == ".py"
    assert f"# # {source.stem[:2]} · " in script
    compile(script, source.name, "exec")


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
def test_links_lead_somewhere_and_next_leads_on(source):
    links = {cell.source: re.findall(r"\]\(([^)\s]+)\)", cell.source) for cell in cells(source, "markdown")}
    for target in itertools.chain(*links.values()):
        there = (build.NOTEBOOKS / target.split("#")[0]).exists()
        assert there or target.startswith(("https://", "attachment:")), f"{target} leads nowhere"
    following = SOURCES[SOURCES.index(source) + 1 :][:1]
    after_next = next(found for text, found in links.items() if re.search("^## Next$", text, re.MULTILINE))
    assert {f"{path.stem}.ipynb" for path in following} <= set(after_next)


@each_lesson
def test_no_line_of_a_paragraph_turns_into_a_list(source):
    lines = "\n\n".join(cell.source for cell in cells(source, "markdown")).splitlines()
    pairs = itertools.pairwise(lines)
    assert not [line for before, line in pairs if re.match(r"\d+[.)] |- ", line) and re.match(r"[^-\d\s#|<$]", before)]


@each_lesson
def test_cells_are_short_and_explained(source):
    found = cells(source)
    long = [cell.source for cell in found if cell.cell_type == "code" and len(cell.source.splitlines()) > 15]
    assert not long, "code cells over 15 lines:\n" + "\n---\n".join(long)
    code = [line for cell in found if cell.cell_type == "code" for line in cell.source.splitlines()]
    assert not [line for line in code if len(line) > 100], "a line of code is cut off beside a file browser"
    bare = sum(a.cell_type == b.cell_type == "code" for a, b in itertools.pairwise(found))
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
            assert not line.startswith("import nnlib"), "the fingerprint looks for `from nnlib.… import …`"
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
    for cell, after in itertools.pairwise(found):
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
    with pytest.raises(SystemExit, match=r"'99' names 0 lessons.*01_linear_regression"):
        build.find(["99"])


def test_a_header_without_its_table_is_named(tmp_path):
    source = tmp_path / "13_luck.py"
    source.write_text("# %% [markdown]\n# # 13 · Luck\n")
    with pytest.raises(ValueError, match=r"13_luck.py.*Builds on"):
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
    (tmp_path / "frames").mkdir()
    monkeypatch.setattr(build.frames, "FOLDER", tmp_path / "frames")
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


def test_a_published_figure_keeps_the_colours_of_its_lines():
    figure, ax = plt.subplots(figsize=(8, 4.5))
    for place, name in enumerate(COLORS):  # pale dots bring many shades, a thin line few pixels
        ax.plot(range(5), [place] * 5, "o", color=COLORS[name], alpha=0.7)
        ax.plot(range(5), [place + 0.5] * 5, color=COLORS[name], linewidth=2)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    drawn = Image.open(buffer).convert("RGB")
    shown = build._picture_with_text(base64.b64encode(buffer.getvalue()).decode(), "lines")
    texts = re.search('base64,([^"]+)', shown["text/html"])[1], shown["image/png"]
    for text, scale in zip(texts, (1, 2), strict=True):
        published = Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB")
        there = drawn.resize((-(-drawn.width // scale), -(-drawn.height // scale)), Image.Resampling.LANCZOS)
        before, after = np.asarray(there, int), np.asarray(published, int)
        for name, color in COLORS.items():
            wanted = [int(color[k : k + 2], 16) for k in (1, 3, 5)]
            of_line = np.abs(before - wanted).max(axis=2) <= 12
            assert of_line.sum() >= 25, name
            assert np.median(np.abs(after[of_line] - wanted).max(axis=1)) <= 20, f"{name}, 1 : {scale}"


def test_the_command_line_names_its_commands():
    done = subprocess.run([sys.executable, "-m", "tools.build"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert all(word in done.stderr for word in ("build", "sync", "table"))
