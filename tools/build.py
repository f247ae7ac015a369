"""Turn the lesson texts in `notebooks/src/` into executed notebooks, and back.

    python -m tools.build build [LESSON ...] [--all]   execute what changed (or everything, or the lessons named)
    python -m tools.build sync LESSON ...              write the cells of an edited notebook back into src/
    python -m tools.build table                        renew the table of lessons in README.md

A lesson is named by its number or the beginning of its file name: `09`, `09_cifar10_mlp`.
"""

import argparse
import ast
import base64
import copy
import functools
import hashlib
import io
import os
import re
import sys
import time
import tokenize
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from html import escape, unescape
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from PIL import Image
from tqdm import tqdm

from tools import frames
from tools.replies import notice_every_reply

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
SRC = NOTEBOOKS / "src"
README = ROOT / "README.md"
CELL_TIMEOUT = 180  # seconds; a cell that takes longer hangs
DRAWING_TIMEOUT = 900  # of a cell with sliders, which draws up to 200 pictures
COLORS_OF_FIGURES = 64  # of the published ones
WIDGET = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    # As a kernel says it, but for the version: `nbconvert --to script` needs it to write a .py file with prose.
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}
SETUP_NOTE = "setup-note"  # the id of the cell that says how to install nnlib
# The whole course, so that the README can name what is still to come.
TITLES = {
    "00": "Start here: what a neural network is",
    "01": "Linear regression with one Dense unit",
    "02": "Neurons and layers",
    "03": "Hidden layers and decision boundaries",
    "04": "Activation functions compared",
    "05": "Loss functions",
    "06": "Backpropagation by hand",
    "07": "Gradient descent and optimizers",
    "08": "Handwritten digits: a 500–500–10 MLP",
    "09": "CIFAR-10 with an MLP",
    "10": "Phone prices: a tabular classifier, start to finish",
    "11": "Overfitting: penalties, dropout, early stopping",
    "12": "Convolution",
    "13": "Attention",
}


def sources() -> list[Path]:
    """The lesson texts, in order."""
    return sorted(SRC.glob("[0-9][0-9]_*.py"))


def notebook_path(source: Path) -> Path:
    """Where the notebook of a lesson text lies."""
    return NOTEBOOKS / f"{source.stem}.ipynb"


def find(names: list[str]) -> list[Path]:
    """The lesson texts that the given names mean; all of them where none is named."""
    if not names:
        return sources()
    found: list[Path] = []
    for name in names:
        stem = Path(name).stem
        matches = [path for path in sources() if path.stem.startswith(stem)]
        if len(matches) != 1:
            known = ", ".join(path.stem for path in sources())
            raise SystemExit(f"{name!r} names {len(matches)} lessons; the lessons are: {known}")
        found += matches
    return found


# --- text -> notebook ------------------------------------------------------------------------------------


def from_source(source: Path) -> NotebookNode:
    """The notebook of a lesson text, not executed. The same text gives the same ids and metadata."""
    text = source.read_text(encoding="utf-8")
    notebook = jupytext.reads(text, fmt="py:percent")
    notebook.metadata = nbformat.from_dict({**METADATA, "fingerprint": fingerprint(text)})
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
        seen[digest] = seen.get(digest, 0) + 1
        # An id that follows from the text: editing one cell leaves the ids of all others alone.
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    needs_nnlib = (n for n, cell in enumerate(notebook.cells) if cell.cell_type == "code" and "nnlib" in cell.source)
    if (setup := next(needs_nnlib, None)) is not None:
        note = nbformat.v4.new_markdown_cell(setup_note(repository()), id=SETUP_NOTE)
        notebook.cells.insert(setup, note)
    return notebook


def repository() -> str | None:
    """The address of the course's repository, which stands in pyproject.toml; None while there is none."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project.get("urls", {}).get("Repository")


def setup_note(address: str | None) -> str:
    """What a reader is told who opened a notebook alone, without the course's environment."""
    command = f"%pip install git+{address}" if address else "%pip install PATH"
    path = "" if address else " PATH is the folder or the .zip archive of the course."
    return (
        "*The next cell needs `nnlib`, the helper package of this course. Where Python finds no module of that name "
        "(this notebook was opened alone, for example in Colab or Kaggle), run "
        f"`{command}` first.{path} Do not run `pip install nnlib`: it installs another project of the same name.*"
    )


def fingerprint(text: str) -> str:
    """What the outputs of a lesson depend on: its text, and the code of the nnlib modules that it imports."""
    parts = [text, *(code_of(path.read_text(encoding="utf-8")) for path in sorted(modules(text)))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def modules(text: str) -> set[Path]:
    """The files of nnlib that a program imports, and those that these import within their part.

    A name that a part's `__init__.py` takes from one of its modules stands for that module, so that a change to
    one figure makes only the lessons older that show it.
    """
    found: set[Path] = set()
    waiting = [
        path
        for node in _imports(text)
        if (node.module or "").split(".")[0] == "nnlib"
        for path in _imported(ROOT / str(node.module).replace(".", "/"), node)
    ]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _relatives(path)
    return found


@functools.cache  # the lessons share most modules
def _imports(text: str) -> list[ast.ImportFrom]:
    """The `from … import …` of a program, wherever in its text they stand."""
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]


def _relatives(path: Path) -> Iterator[Path]:
    """The files that a module takes from its own part by relative imports."""
    for node in _imports(path.read_text(encoding="utf-8")):
        if node.level:
            folder = path.parents[node.level - 1]
            yield from _imported(folder / (node.module or "").replace(".", "/"), node)


def _imported(origin: Path, node: ast.ImportFrom) -> Iterator[Path]:
    """The files behind `from origin import …`, where `origin` is the path of a module (without .py) or a folder."""
    if not origin.is_dir():
        yield origin.with_suffix(".py")
        return
    init = origin / "__init__.py"
    taken = [n for n in _imports(init.read_text(encoding="utf-8")) if n.level]
    homes = {alias.asname or alias.name: n.module for n in taken for alias in n.names if n.module}
    for alias in node.names:
        name = homes.get(alias.name, alias.name)
        yield next((p for p in (origin / f"{name}.py", origin / str(name) / "__init__.py") if p.exists()), init)
    # `from . import module` in an `__init__.py` is there for what importing that module does.
    yield from (origin / f"{alias.name}.py" for n in taken if not n.module for alias in n.names)


@functools.cache
def code_of(text: str) -> str:
    """A module's text without docstrings, comments and empty lines: what can change a result."""
    lines = text.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            first, last = node.body[0].lineno, node.body[0].end_lineno or 0
            lines[first - 1 : last] = [""] * (last - first + 1)
    return "\n".join(line.rstrip() for line in lines if line.strip())


def stale(source: Path) -> list[str]:
    """Where the notebook beside a lesson text is not what this text and this nnlib give; empty if it is."""
    path = notebook_path(source)
    if not path.exists():
        return ["it is not there"]
    built, committed = from_source(source), nbformat.read(path, as_version=4)
    fields = ("cell_type", "id", "source", "metadata")
    found = [f for f in fields if [cell[f] for cell in built.cells] != [cell[f] for cell in committed.cells]]
    found += [f"metadata.{key}" for key in built.metadata if committed.metadata.get(key) != built.metadata[key]]
    codes = [cell.source for cell in built.cells if cell.cell_type == "code"]
    return found + frames.stale(codes, source.stem, built.metadata["fingerprint"])


def execute(source: Path) -> None:
    """Run a lesson from top to bottom; write its notebook only when every cell has passed."""
    notebook = from_source(source)
    texts = [cell.source for cell in notebook.cells]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = frames.with_drawing(cell.source, source.stem, notebook.metadata["fingerprint"])
    run_cells(notebook, NOTEBOOKS)
    for cell, text in zip(notebook.cells, texts, strict=True):
        cell.source = text
    write(notebook, notebook_path(source))


def run_cells(notebook: NotebookNode, folder: Path) -> None:
    """Execute a notebook in a folder; afterwards it holds its outputs as a reader should see them."""
    metadata = copy.deepcopy(notebook.metadata)  # the client adds to it
    client = NotebookClient(
        notebook,
        timeout_func=lambda cell: DRAWING_TIMEOUT if frames.moved_by_sliders(cell.source) else CELL_TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],  # the kernel's own remarks would break the progress bar
        resources={"metadata": {"path": str(folder)}},
    )
    tools = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)  # draws the pictures
    client.execute(env=dict(os.environ, PYDEVD_DISABLE_FILE_VALIDATION="1", PYTHONPATH=tools))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.metadata.pop("execution", None)
            cell.outputs = [_publishable(output, cell, client.widget_state) for output in cell.outputs]
            cell.outputs = [output for output in cell.outputs if output is not None]
    notebook.metadata = metadata


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook in one go: whoever looks sees the old one or the new one."""
    part = path.with_suffix(".part")
    nbformat.write(notebook, part)
    part.replace(path)


def _publishable(output: NotebookNode, cell: NotebookNode, widgets: dict[str, Any]) -> NotebookNode | None:
    """An output as a reader without a running kernel should see it."""
    if output.output_type not in ("display_data", "execute_result"):
        return output
    view = output.data.get(WIDGET)
    if view is not None:
        picture = _picture_of_widget(view["model_id"], widgets)
        if picture is None:
            return None
        output = picture
    if "image/png" in output.data:
        html = output.data.get("text/html", "")
        said = re.search(r'alt="([^"]*)"', html)  # what nnlib.plotting read off the figure
        alt = cell.metadata.get("alt") or (unescape(said[1]) if said else "")
        output.metadata.setdefault("image/png", {})["alt"] = alt
        if not html or html.startswith("<img "):  # an animation is published as it is
            output.data |= _picture_with_text(output.data["image/png"], alt)
    return output


def _picture_with_text(png: str, alt: str) -> dict[str, str]:
    """A figure in two forms: HTML, which holds its text alternative, and half as large for pages that show only PNG.

    JupyterLab and nbconvert show the HTML. Few colours and WebP keep both forms together as small as one PNG was.
    """
    picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    half = picture.resize((-(-picture.width // 2), -(-picture.height // 2)), Image.Resampling.LANCZOS)
    whole = _in_base64(with_few_colors(picture).convert("RGB"), "WEBP", lossless=True, quality=80)
    return {
        "text/html": f'<img src="data:image/webp;base64,{whole}" alt="{escape(alt)}">',
        "image/png": _in_base64(with_few_colors(half), "PNG", optimize=True),
    }


def with_few_colors(picture: Image.Image) -> Image.Image:
    """A figure with a palette: a third of the size, and hardly an eye sees the difference.

    MAXCOVERAGE and one round of k-means: Pillow's usual choice gives a large white ground most of the colours, and
    makes a blue and a green line one.
    """
    return picture.quantize(COLORS_OF_FIGURES, method=Image.Quantize.MAXCOVERAGE, kmeans=1)


def _in_base64(picture: Image.Image, form: str, **options: Any) -> str:
    """The picture as a file of this form, in text."""
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return base64.b64encode(buffer.getvalue()).decode()


def _picture_of_widget(model_id: str, widgets: dict[str, Any]) -> NotebookNode | None:
    """The figure that a widget shows at its start: without a kernel a slider would be an error message."""
    state = widgets.get(model_id, {})
    for output in state.get("outputs", ()):
        if "image/png" in output.get("data", {}):
            return nbformat.from_dict(copy.deepcopy(output))
    for child in state.get("children", ()):
        picture = _picture_of_widget(child.removeprefix("IPY_MODEL_"), widgets)
        if picture is not None:
            return picture
    return None


def build(names: list[str], everything: bool) -> int:
    """Execute the lessons that changed, two at a time, under one progress bar. The number that failed."""
    wanted = [path for path in find(names) if everything or names or stale(path)]
    if not wanted:
        print("Every notebook is up to date (--all executes them all the same).")
        return 0
    failed = 0
    notice_every_reply()
    bar = tqdm(total=len(wanted), unit="lesson", desc="lessons", dynamic_ncols=True)
    with bar, ThreadPoolExecutor(max_workers=2) as pool:
        started = {pool.submit(_timed, path): path for path in wanted}
        for future in as_completed(started):
            path = started[future]
            try:
                seconds = future.result()
            except (CellExecutionError, TimeoutError) as error:
                failed += 1
                bar.write(f"{path.stem}: FAILED, its notebook stays as it was\n{error}")
            else:
                bar.write(f"{path.stem}: {seconds:.0f} s")
            bar.update()
    return failed


def _timed(source: Path) -> float:
    start = time.perf_counter()
    execute(source)
    return time.perf_counter() - start


# --- notebook -> text ------------------------------------------------------------------------------------


def to_source(notebook: NotebookNode) -> str:
    """The text of a notebook, in the form that src/ keeps."""
    notebook = copy.deepcopy(notebook)
    notebook.cells = [cell for cell in notebook.cells if cell.get("id") != SETUP_NOTE]
    notebook.metadata = nbformat.from_dict(
        {"jupytext": {"notebook_metadata_filter": "-all", "cell_metadata_filter": "alt,-all"}}
    )
    return jupytext.writes(notebook, fmt="py:percent")


def sync(names: list[str]) -> None:
    """Write edited notebooks back into src/."""
    for source in find(names):
        source.write_text(to_source(nbformat.read(notebook_path(source), as_version=4)), encoding="utf-8")
        print(f"{source.name} now holds the cells of {notebook_path(source).name}")


# --- the table in the README -----------------------------------------------------------------------------


def header(source: Path) -> dict[str, str]:
    """What a lesson says of itself in its first cell: number, title, question, builds on, time, data."""
    text = from_source(source).cells[0].source
    title = re.match(r"# (\d\d) · (.+)", text)
    question = re.search(r"^\*\*(.+\?)\*\*$", text, re.MULTILINE)
    row = re.search(r"^\| Builds on \|.*\n\|[ -|]+\n\| (.+) \| (.+) \| (.+) \|$", text, re.MULTILINE)
    if not (title and question and row):
        raise ValueError(
            f"{source.name}: the first cell needs `# NN · Title`, a question in bold on a line of its own, "
            "and the table `Builds on | Time on two CPU cores | Data`"
        )
    return {
        "number": title[1],
        "title": title[2],
        "question": question[1],
        "builds_on": row[1],
        "time": row[2],
        "data": row[3],
    }


def table() -> str:
    """The table of all lessons as Markdown; a lesson that does not exist yet has no link."""
    written = {source.stem[:2]: source for source in sources()}
    rows = ["| | Lesson | The question | Time | Data |", "| --- | --- | --- | --- | --- |"]
    for number, title in TITLES.items():
        if number in written:
            head = header(written[number])
            link = f"[{head['title']}](notebooks/{written[number].stem}.ipynb)"
            rows.append(f"| {number} | {link} | {head['question']} | {head['time']} | {head['data']} |")
        else:
            rows.append(f"| {number} | {title} | to come | | |")
    return "\n".join(rows)


def readme_with_table(text: str) -> str:
    """README.md with its table of lessons renewed."""
    start, end = "<!-- lessons: written by `make notebooks` -->\n", "\n<!-- end of lessons -->"
    before, rest = text.split(start)
    _, after = rest.split(end)
    return f"{before}{start}{table()}{end}{after}"


def renew_table() -> None:
    """Write the table of lessons into README.md."""
    text = README.read_text(encoding="utf-8")
    new = readme_with_table(text)
    if new != text:
        README.write_text(new, encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("build", help="execute what changed")
    command.add_argument("lesson", nargs="*")
    command.add_argument("--all", action="store_true", help="execute also what did not change")
    command = commands.add_parser("sync", help="edited notebooks back into src/")
    command.add_argument("lesson", nargs="+")
    commands.add_parser("table", help="renew the table in README.md")
    options = parser.parse_args(arguments)
    if options.command == "build":
        failed = build(options.lesson, options.all)
        renew_table()
        return 1 if failed else 0
    if options.command == "sync":
        sync(options.lesson)
    renew_table()
    return 0


if __name__ == "__main__":
    sys.exit(main())
