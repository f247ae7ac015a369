"""Turn the texts in `notebooks/src/exercises/` into two notebooks each: for students, and solved.

    python -m tools.exercises build [LESSON ...] [--all]   execute what changed (or everything, or the lessons named)
    python -m tools.exercises sync LESSON ...              write the cells of an edited solution back into src/

What stands between `### BEGIN SOLUTION` and `### END SOLUTION` is in `notebooks/solutions/` only. A region inside a
function leaves the dots of a stub between its markers, for nbgrader; a region outside leaves nothing, since the stub
stands above it. Hints, and the metadata by which nbgrader grades, come from the declarations in `nnlib/checks/`.
"""

import argparse
import base64
import copy
import importlib
import io
import os
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from PIL import Image

from tools import build
from tools.replies import notice_every_reply

SRC = build.SRC / "exercises"
STUDENTS = build.NOTEBOOKS / "exercises"
SOLUTIONS = build.NOTEBOOKS / "solutions"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
CHECK = re.compile(r'^sheet\.check\("([^"]+)", ', re.MULTILINE)
HINTS, PICTURE = "hints-", "picture-"  # how the ids of cells begin that are not in the text


def sources() -> list[Path]:
    """The exercise texts, in the order of the lessons."""
    return sorted(SRC.glob("[0-9][0-9]_*.py"))


def find(names: list[str]) -> list[Path]:
    """The exercise texts that the given numbers or beginnings of names mean; all of them where none is named."""
    found = [path for path in sources() if not names or path.stem.startswith(tuple(Path(n).stem for n in names))]
    if len(found) < len(names):
        raise SystemExit(f"{names} names {len(found)} texts; there are {', '.join(path.stem for path in sources())}")
    return found


def declared(source: Path) -> dict[str, Any]:
    """The exercises that `nnlib.checks` declares for a lesson, by name."""
    module = importlib.import_module(f"nnlib.checks.lesson_{source.stem[:2]}")
    return {exercise.name: exercise for exercise in module.EXERCISES}


def solved(source: Path) -> NotebookNode:
    """The solved notebook of a text, not executed: with hints, and with nbgrader's metadata."""
    notebook = build.from_source(source)
    exercises = declared(source)
    cells: list[NotebookNode] = []
    answer: NotebookNode | None = None
    for cell in notebook.cells:
        if cell.cell_type == "code" and BEGIN in cell.source:
            answer = cell
        if cell.cell_type == "code" and (check := CHECK.search(cell.source)) and answer is not None:
            name = check[1]
            grade_id = f"{source.stem[:2]}-{name.replace(' ', '-')}"
            cells.append(nbformat.v4.new_markdown_cell(hints(exercises[name].hints), id=f"{HINTS}{grade_id}"))
            cell.metadata["nbgrader"] = _metadata(grade_id, grade=True, points=exercises[name].points)
            if re.search(rf"^\s+{BEGIN}", answer.source, re.MULTILINE):
                # Only a stub inside a function may become nbgrader's own stub, which raises NotImplementedError.
                answer.metadata["nbgrader"] = _metadata(f"{grade_id}-answer", solution=True)
        cells.append(cell)
    notebook.cells = cells
    return notebook


def _metadata(grade_id: str, *, grade: bool = False, solution: bool = False, points: int = 0) -> dict[str, Any]:
    """What nbgrader (schema 3) wants to know of a cell: a check is locked, an answer is not."""
    about = {"grade": grade, "solution": solution, "locked": grade, "task": False, "grade_id": grade_id}
    return about | {"schema_version": 3} | ({"points": points} if grade else {})


def hints(texts: tuple[str, ...]) -> str:
    """The hints of an exercise, each in a fold of its own."""
    return "\n".join(f"<details><summary>Hint {n}</summary>\n\n{text}\n\n</details>" for n, text in enumerate(texts, 1))


def for_students(solution: NotebookNode) -> NotebookNode:
    """The notebook that students get: stubs, no outputs, and the pictures that a right solution draws."""
    notebook = copy.deepcopy(solution)
    cells: list[NotebookNode] = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if "sheet.solved(" in cell.source and (picture := _picture(cell)) is not None:
                cells.append(_picture_cell(picture, cell))
            cell.source = stub(cell.source)
            cell.outputs, cell.execution_count = [], None
        cells.append(cell)
    notebook.cells = cells
    return notebook


def stub(code: str) -> str:
    """A cell without its solutions."""
    lines: list[str] = []
    inside = False
    for line in code.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        if line.strip() == BEGIN:
            inside = True
            lines += [line, f"{indent}...  # your code, instead of the dots"] if indent else []
        elif line.strip() == END:
            inside = False
            lines += [line] if indent else []
        elif not inside:
            lines.append(line)
    return "\n".join(lines).rstrip()


def _picture(cell: NotebookNode) -> bytes | None:
    """The figure that an executed cell shows, as PNG."""
    for output in cell.outputs:
        found = re.search(r'src="data:image/webp;base64,([^"]+)"', output.get("data", {}).get("text/html", ""))
        if found:
            buffer = io.BytesIO()
            picture = Image.open(io.BytesIO(base64.b64decode(found[1])))
            build.with_few_colors(picture.convert("RGB")).save(buffer, "PNG", optimize=True)
            return buffer.getvalue()
    return None


def _picture_cell(picture: bytes, cell: NotebookNode) -> NotebookNode:
    """The figure in a Markdown cell, which is there before anything is run."""
    text = f"What a right solution draws:\n\n![{cell.metadata.get('alt', '')}](attachment:solution.png)"
    attachments = {"solution.png": {"image/png": base64.b64encode(picture).decode()}}
    return nbformat.v4.new_markdown_cell(text, id=f"{PICTURE}{cell.id}", attachments=attachments)


def stale(source: Path) -> list[str]:
    """Where the two notebooks of a text are not what text and nnlib give; empty if they are."""
    solution, student = (folder / f"{source.stem}.ipynb" for folder in (SOLUTIONS, STUDENTS))
    if not (solution.exists() and student.exists()):
        return ["a notebook is not there"]
    committed = nbformat.read(solution, as_version=4)
    built = solved(source)
    found = [f"metadata.{key}" for key in built.metadata if committed.metadata.get(key) != built.metadata[key]]
    fields = ("cell_type", "id", "source", "metadata")
    found += [f for f in fields if [cell[f] for cell in built.cells] != [cell[f] for cell in committed.cells]]
    if for_students(committed) != nbformat.read(student, as_version=4):
        found.append("the student's notebook")
    return found


def execute(source: Path) -> float:
    """Run the solutions of a text, and write both notebooks; the time that it took, in seconds."""
    start = time.perf_counter()
    notebook = solved(source)
    for folder in (SOLUTIONS, STUDENTS):
        folder.mkdir(exist_ok=True)
    build.run_cells(notebook, SOLUTIONS)
    build.write(notebook, SOLUTIONS / f"{source.stem}.ipynb")
    build.write(for_students(notebook), STUDENTS / f"{source.stem}.ipynb")
    return time.perf_counter() - start


def build_all(names: list[str], *, everything: bool) -> int:
    """Execute the solutions of what changed, two at a time; the number of texts that failed."""
    wanted = [path for path in find(names) if everything or names or stale(path)]
    if not wanted:
        print("Every exercise notebook is up to date.")
    notice_every_reply()
    os.environ["NNLIB_STRICT"] = "1"  # a solution that its check does not accept stops the notebook
    failed = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        for path, future in [(path, pool.submit(execute, path)) for path in wanted]:
            try:
                print(f"exercises {path.stem}: {future.result():.0f} s", flush=True)
            except (CellExecutionError, TimeoutError) as error:
                failed += 1
                print(f"exercises {path.stem}: FAILED, the notebooks stay as they were\n{error}", flush=True)
    return failed


def to_source(notebook: NotebookNode) -> str:
    """The text of a solved notebook, in the form that src/ keeps."""
    notebook = copy.deepcopy(notebook)
    notebook.cells = [cell for cell in notebook.cells if not cell.get("id", "").startswith(HINTS)]
    return build.to_source(notebook)


def sync(names: list[str]) -> None:
    """Write edited solutions back into src/."""
    for source in find(names):
        notebook = nbformat.read(SOLUTIONS / f"{source.stem}.ipynb", as_version=4)
        source.write_text(to_source(notebook), encoding="utf-8")
        print(f"exercises/{source.name} now holds the cells of solutions/{source.stem}.ipynb")


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("build", help="execute what changed")
    command.add_argument("lesson", nargs="*")
    command.add_argument("--all", action="store_true", help="execute also what did not change")
    command = commands.add_parser("sync", help="edited solutions back into src/")
    command.add_argument("lesson", nargs="+")
    options = parser.parse_args(arguments)
    if options.command == "build":
        return 1 if build_all(options.lesson, everything=options.all) else 0
    sync(options.lesson)
    return 0


if __name__ == "__main__":
    sys.exit(main())
