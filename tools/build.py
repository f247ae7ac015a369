"""Turn the lesson texts in `notebooks/src/` into executed notebooks, and back.

    python -m tools.build build [LESSON ...] [--all]   execute what changed (or everything, or the lessons named)
    python -m tools.build sync LESSON ...              write the cells of an edited notebook back into src/
    python -m tools.build table                        renew the table of lessons in README.md

A lesson is named by its number or the beginning of its file name: `09`, `09_cifar10_mlp`.
"""

import argparse
import base64
import copy
import hashlib
import io
import json
import os
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from PIL import Image
from tqdm import tqdm

from tools.replies import notice_every_reply

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
SRC = NOTEBOOKS / "src"
README = ROOT / "README.md"
CACHE = NOTEBOOKS / ".build.json"  # ignored by git: what each notebook was last executed from
CELL_TIMEOUT = 180  # seconds; a cell that takes longer hangs
WIDGET = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
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


def sources():
    """The lesson texts, in order."""
    return sorted(SRC.glob("[0-9][0-9]_*.py"))


def notebook_path(source):
    """Where the notebook of a lesson text lies."""
    return NOTEBOOKS / f"{source.stem}.ipynb"


def find(names):
    """The lesson texts that the given names mean; all of them where none is named."""
    if not names:
        return sources()
    found = []
    for name in names:
        stem = Path(name).stem
        matches = [path for path in sources() if path.stem.startswith(stem)]
        if len(matches) != 1:
            known = ", ".join(path.stem for path in sources())
            raise SystemExit(f"{name!r} names {len(matches)} lessons; the lessons are: {known}")
        found += matches
    return found


# --- text -> notebook ------------------------------------------------------------------------------------


def from_source(source):
    """The notebook of a lesson text, not executed. The same text gives the same ids and metadata."""
    notebook = jupytext.reads(source.read_text(encoding="utf-8"), fmt="py:percent")
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen = {}
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
        seen[digest] = seen.get(digest, 0) + 1
        # An id that follows from the text: editing one cell leaves the ids of all others alone.
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    return notebook


def inputs_digest(source):
    """A fingerprint of all that a lesson is made from: its text, nnlib, and this script."""
    digest = hashlib.sha256(source.read_bytes())
    for path in [Path(__file__), *sorted((ROOT / "nnlib").rglob("*.py"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current(source, built):
    """Whether the notebook beside a lesson text was executed from exactly this text and this nnlib."""
    path = notebook_path(source)
    return path.exists() and built.get(source.stem) == [inputs_digest(source), _file_digest(path)]


def _file_digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def execute(source):
    """Run a lesson from top to bottom; write its notebook only when every cell has passed."""
    notebook = from_source(source)
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],  # the kernel's own remarks would break the progress bar
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    )
    client.execute(env=dict(os.environ, PYDEVD_DISABLE_FILE_VALIDATION="1"))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.metadata.pop("execution", None)
            cell.outputs = [_publishable(output, cell, client.widget_state) for output in cell.outputs]
            cell.outputs = [output for output in cell.outputs if output is not None]
    notebook.metadata = nbformat.from_dict(METADATA)
    path = notebook_path(source)
    part = path.with_suffix(".part")
    nbformat.write(notebook, part)
    part.replace(path)


def _publishable(output, cell, widgets):
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
        output.data["image/png"] = _fewer_colors(output.data["image/png"])
        if "alt" in cell.metadata:
            output.metadata.setdefault("image/png", {})["alt"] = cell.metadata["alt"]
    return output


def _fewer_colors(png):
    """The picture with a palette of 256 colours: a third of the size, and no eye sees the difference."""
    picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB").quantize(256)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return min(base64.b64encode(buffer.getvalue()).decode(), png, key=len)


def _picture_of_widget(model_id, widgets):
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


def build(names, everything):
    """Execute the lessons that changed, two at a time, under one progress bar. The number that failed."""
    built = json.loads(CACHE.read_text()) if CACHE.exists() else {}
    wanted = [path for path in find(names) if everything or names or not is_current(path, built)]
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
                built[path.stem] = [inputs_digest(path), _file_digest(notebook_path(path))]
                CACHE.write_text(json.dumps(built, indent=1))
            bar.update()
    return failed


def _timed(source):
    start = time.perf_counter()
    execute(source)
    return time.perf_counter() - start


# --- notebook -> text ------------------------------------------------------------------------------------


def to_source(notebook):
    """The text of a notebook, in the form that src/ keeps."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata = nbformat.from_dict(
        {"jupytext": {"notebook_metadata_filter": "-all", "cell_metadata_filter": "alt,-all"}}
    )
    return jupytext.writes(notebook, fmt="py:percent")


def sync(names):
    """Write edited notebooks back into src/."""
    for source in find(names):
        source.write_text(to_source(nbformat.read(notebook_path(source), as_version=4)), encoding="utf-8")
        print(f"{source.name} now holds the cells of {notebook_path(source).name}")


# --- the table in the README -----------------------------------------------------------------------------


def header(source):
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


def table():
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


def readme_with_table(text):
    """README.md with its table of lessons renewed."""
    start, end = "<!-- lessons: written by `make notebooks` -->\n", "\n<!-- end of lessons -->"
    before, rest = text.split(start)
    _, after = rest.split(end)
    return f"{before}{start}{table()}{end}{after}"


def renew_table():
    """Write the table of lessons into README.md."""
    text = README.read_text(encoding="utf-8")
    new = readme_with_table(text)
    if new != text:
        README.write_text(new, encoding="utf-8")


def main(arguments=None):
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
