"""Which pictures the sliders of the web book need, and whether they are up to date.

In a notebook a slider calls its function. A page has no kernel: so `make notebooks` draws the function's figure at the
positions of its sliders, right after the slider's own cell, and keeps the pictures in `book/frames/`.
"""

import ast
import json
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "book" / "frames"


def moved_by_sliders(code: str) -> list[ast.FunctionDef]:
    """The functions of a cell that `@interact` gives sliders to."""
    if "@interact" not in code:
        return []
    return [
        node
        for node in ast.parse(code).body
        if isinstance(node, ast.FunctionDef) and any(_is_interact(entry) for entry in node.decorator_list)
    ]


def _is_interact(node: ast.expr) -> bool:
    called = node.func if isinstance(node, ast.Call) else node
    return isinstance(called, ast.Name) and called.id == "interact"


def with_drawing(code: str, lesson: str, fingerprint: str) -> str:
    """A cell with a line after each function with sliders, which draws its pictures."""
    lines = code.split("\n")
    for function in reversed(moved_by_sliders(code)):
        path = str(path_of(lesson, function.name))
        lines.insert(
            function.end_lineno or 0,
            f"__import__('tools.draw_frames').draw_frames.draw({function.name}, {path!r}, {fingerprint!r})",
        )
    return "\n".join(lines)


def path_of(lesson: str, function: str) -> Path:
    """Where the pictures of a function lie; `lesson` is the stem of its file."""
    return FOLDER / f"{lesson[:2]}_{function}.json"


def stale(codes: Iterable[str], lesson: str, fingerprint: str) -> list[str]:
    """The files of pictures that are missing, or that another text or another nnlib has drawn."""
    paths = [path_of(lesson, function.name) for code in codes for function in moved_by_sliders(code)]
    return [
        path.name
        for path in paths
        if not path.exists() or json.loads(path.read_text(encoding="utf-8"))["fingerprint"] != fingerprint
    ]
