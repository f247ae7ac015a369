"""Build the web book from the committed notebooks. Nothing is executed, nothing is fetched.

    python -m tools.book [FOLDER]     the site, in book/_build/html or in FOLDER

First the pages are laid out in `book/_build/source`: notebooks with their pictures taken out into files, the glossary,
the catalogue and the reference. Then Sphinx makes the site of them; its settings stand in `book/conf.py`.
"""

import argparse
import base64
import hashlib
import io
import json
import re
import shutil
import sys
from html import escape
from pathlib import Path

import nbformat
import numpy as np
from nbformat import NotebookNode
from PIL import Image
from scipy import ndimage
from sphinx.cmd.build import main as sphinx

from tools import build, catalogue, frames

BOOK = build.ROOT / "book"
BUILD = BOOK / "_build"
# The parts of nnlib that lessons and coursework use, as DESIGN names them.
PARTS = ("data", "models", "training", "plotting", "checks", "diagnosis")
EMBEDDED = re.compile(
    r'<img src="data:image/(?P<form>\w+);base64,(?P<data>[^"]+)" alt="(?P<alt>[^"]*)"(?P<rest>[^>]*)>'
)

FILM = re.compile(
    r'data-interval="(?P<interval>\d+)">(?P<still>.*?)'
    r'<script type="application/json">(?P<frames>.*?)</script>\s*</div>\s*<script>(?P<player>.*?)</script>',
    re.DOTALL,
)
ATTACHED = re.compile(r"!\[(?P<alt>[^\]]*)\]\(attachment:(?P<name>[^)]*)\)")
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"  # around what only a solved notebook holds
STUB = re.compile(r"[\w, ]+ = [\[.][\[\]., ]*(#.*)?")  # a name whose value a learner has to find
# They draw pictures of which the text says what is bright in them.
PHOTOGRAPHERS = ("show_images(", "plot_weight_images(", "animate_convolution(")
WIDE = 760  # pixels of a picture whose letters are too small on a telephone, where it is scrolled instead …
SMALLEST = 2 / 3  # … at this share of its size


# --- notebooks as pages ----------------------------------------------------------------------------------


def page(path: Path, site: Path) -> NotebookNode:
    """A committed notebook, made ready to be a page; its pictures are written into the site."""
    notebook = nbformat.v4.reads(path.read_text(encoding="utf-8"))
    depth = len(path.relative_to(build.ROOT).parts) - 1
    up = "../" * depth
    for cell, following in zip(notebook.cells, [*notebook.cells[1:], {}], strict=True):
        for output in cell.get("outputs", ()):
            html = output.get("data", {}).get("text/html")
            if html:
                output.data["text/html"] = _as_page_shows_it(html, cell, path.stem, up, site)
        attached = cell.pop("attachments", {})
        for found in list(ATTACHED.finditer(cell.source)):
            ((form, data),) = attached[found["name"]].items()
            keep = _holds_photographs(following.get("source", ""))  # the code that draws the picture
            picture = _figure(form.removeprefix("image/"), data, escape(found["alt"]), "", up, site, keep)
            cell.source = cell.source.replace(found[0], picture)
    return notebook


def _holds_photographs(code: str) -> bool:
    return any(name in code for name in PHOTOGRAPHERS)


def _as_page_shows_it(html: str, cell: NotebookNode, lesson: str, up: str, site: Path) -> str:
    """An output with its pictures in files, its sliders moving, and no style of its own."""
    html = re.sub(r"<style scoped>.*?</style>", "", html, flags=re.DOTALL).replace(' border="1"', "")
    keep_photographs = _holds_photographs(cell.source)

    def in_a_file(found: re.Match[str]) -> str:
        return _figure(found["form"], found["data"], found["alt"], found["rest"], up, site, keep_photographs)

    film = FILM.search(html)
    if film:
        return EMBEDDED.sub(in_a_file, _as_film(html, film, lesson, up, site, keep_photographs))
    html = EMBEDDED.sub(in_a_file, html)
    functions = frames.moved_by_sliders(cell.source)
    if functions and 'class="nn-figure"' in html:
        (function,) = functions
        return _with_sliders(html, frames.path_of(lesson, function.name), up, site, keep_photographs)
    return html


def _as_film(html: str, film: re.Match[str], lesson: str, up: str, site: Path, keep_photographs: bool) -> str:
    """An animation whose frames and player come in a script of their own, when it is about to be seen."""
    name = f"{lesson[:2]}_{hashlib.sha256(film['frames'].encode()).hexdigest()[:8]}"
    boxes = f"document.querySelectorAll('[data-film=\"{name}\"]')"
    script = (
        f"for (const box of {boxes}) {{\n  delete box.dataset.awake;\n"
        '  const frames = Object.assign(document.createElement("script"), { type: "application/json" });\n'
        f"  frames.textContent = {json.dumps(film['frames'])};\n  box.append(frames);\n}}\n{film['player'].strip()}\n"
        f'for (const box of {boxes}) box.dispatchEvent(new Event("awake"));\n'
    )
    write(site / "films" / f"{name}.js", script)
    still = EMBEDDED.search(film["still"])
    if still is None:
        raise ValueError(f"an animation of lesson {lesson} has no still picture")
    marks = f'data-interval="{film["interval"]}" data-awake="" data-film="{name}" data-script="{up}films/{name}.js"'
    picture = _opened(still["data"])
    kept = _kept(picture, keep_photographs)
    marks += f' data-kept="{kept}"' if kept else ""
    pictures = film["still"]
    if picture.width > WIDE:
        pictures = pictures.replace('style="', _scroll(picture.width), 1)
    box = f"{marks}>{pictures}</div>"
    return html[: film.start()] + box + html[film.end() :]


def _figure(form: str, text: str, alt: str, rest: str, up: str, site: Path, keep_photographs: bool) -> str:
    """An embedded picture as a file of the site, with its size, so that the text does not move when it arrives."""
    data = base64.b64decode(text)
    name = f"{hashlib.sha256(data).hexdigest()[:16]}.{form}"
    file = site / "figures" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    picture = _opened(text)
    source = f'src="{up}figures/{name}" width="{picture.width}" height="{picture.height}"'
    image = f'<img {source} alt="{alt}" loading="lazy" decoding="async"{rest}>'
    if rest.strip():  # the still of an animation, which has a frame of its own
        return image
    kept = _kept(picture, keep_photographs)
    if kept:
        shape = f'class="nn-kept" style="clip-path:{kept}"'
        image += f'<img {source} alt="" aria-hidden="true" loading="lazy" {shape}>'
    if picture.width > WIDE:
        return f'<span {_scroll(picture.width)}"><span class="nn-figure">{image}</span></span>'
    return f'<span class="nn-figure">{image}</span>'


def _scroll(width: int) -> str:
    """The marks of a box in which a wide picture is scrolled, with a style that goes on."""
    return f'class="nn-scroll" style="--least:{round(SMALLEST * width)}px;'


def _opened(text: str) -> Image.Image:
    """An embedded picture: its size is known at once, its pixels are read when they are asked for."""
    return Image.open(io.BytesIO(base64.b64decode(text)))


def _kept(picture: Image.Image, keep_photographs: bool) -> str:
    """The part of a figure that keeps its colours on a dark page, as CSS says it; empty where none does."""
    if not keep_photographs:
        return ""
    corners = ",".join(_round_trip(shape, picture.size) for shape in _photographs(picture))
    return f"polygon({corners})" if corners else ""


def _photographs(picture: Image.Image) -> list[tuple[int, int, int, int]]:
    """Where a figure holds photographs: filled rectangles, which keep their colours on a dark page."""
    dark = np.asarray(picture.convert("L")) < 250
    labels, _ = ndimage.label(dark)
    found = []
    for n, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1):
        height, width = rows.stop - rows.start, columns.stop - columns.start
        if min(height, width) < 24:
            continue
        shape = labels[rows, columns] == n
        # A photograph may hold white that is closed in, a 0 for example; a mere frame is no photograph.
        if np.mean(shape) > 0.4 and np.mean(ndimage.binary_fill_holes(shape)) > 0.8:
            found.append((columns.start, rows.start, columns.stop, rows.stop))
    return found


def _round_trip(shape: tuple[int, int, int, int], size: tuple[int, int]) -> str:
    """The corners of a rectangle in percent, on a way from the picture's corner and back."""
    left, right = (f"{100 * x / size[0]:.2f}%" for x in shape[::2])
    top, bottom = (f"{100 * y / size[1]:.2f}%" for y in shape[1::2])
    return f"0 0,{left} {top},{right} {top},{right} {bottom},{left} {bottom},{left} {top},0 0"


def _with_sliders(html: str, path: Path, up: str, site: Path, keep_photographs: bool) -> str:
    """A figure with what a page needs to move its sliders."""
    content = json.loads(path.read_text(encoding="utf-8"))
    script = site / "frames" / f"{path.stem}.js"
    parts = {key: content[key] for key in ("still", "frames")}
    write(script, f"showFrames({json.dumps(path.stem)}, {json.dumps(parts, ensure_ascii=False)});\n")
    kept = _kept(_opened(content["still"]), keep_photographs)
    sliders = content["sliders"]
    everything = np.prod([len(slider["values"]) for slider in sliders]) == len(content["frames"])
    said = (
        "Every position was drawn when the lesson was executed."
        if everything
        else "On this page each slider moves alone, and the others go back to where they stood: these positions were "
        "drawn when the lesson was executed. In the notebook every combination is possible."
    )
    return (
        f'<div class="nn-sliders" data-name="{path.stem}" data-script="{up}frames/{path.stem}.js" '
        f'data-kept="{kept}" data-sliders="{escape(json.dumps(sliders, ensure_ascii=False))}">{html}'
        f'<p class="nn-note">{said}</p></div>'
    )


def practice(path: Path) -> str:
    """The lines below the title of a notebook's page: where to get and to run it, and what a dark page changes."""
    links = [f'<a href="{path.name}" download>Download this notebook</a>']
    if path.parent == build.NOTEBOOKS and (build.NOTEBOOKS / "exercises" / path.name).exists():
        links.append(f'<a href="exercises/{path.stem}.html">Exercises</a>')
    if path.parent != build.NOTEBOOKS and (build.NOTEBOOKS / "solutions" / path.name).exists():
        links.append(f'<a href="../solutions/{path.name}" download>Download it solved</a>')
    links += [f'<a href="{address}">{name}</a>' for name, address in services(path, build.repository())]
    return (
        f'<p class="nn-practice">{" · ".join(links)}</p>\n<p class="nn-note nn-dark">On a dark page the figures change '
        "light and dark: what the text calls pale is dark here. Photographs and hues stay.</p>"
    )


def services(path: Path, repository: str | None) -> list[tuple[str, str]]:
    """Where a notebook runs in the browser; nowhere as long as the repository has no public address."""
    if not repository:
        return []
    place = repository.removeprefix("https://github.com/").removesuffix(".git").strip("/")
    inside = path.relative_to(build.ROOT).as_posix()
    return [
        ("Open in Colab", f"https://colab.research.google.com/github/{place}/blob/main/{inside}"),
        ("Open in Binder", f"https://mybinder.org/v2/gh/{place}/main?labpath={inside}"),
    ]


# --- terms -----------------------------------------------------------------------------------------------


def terms() -> list[tuple[str, str, str, str]]:
    """Term, number of the lesson that explains it, sentence, Chinese; as `notebooks/src/terms.md` lists them."""
    lines = (build.SRC / "terms.md").read_text(encoding="utf-8").splitlines()
    parts = [tuple(line.split(" — ")) for line in lines if line.count(" — ") == 3 and not line.startswith("#")]
    return sorted(parts, key=lambda part: part[0].lower())  # type: ignore[arg-type]


def anchor(term: str) -> str:
    """The name of the place where a lesson explains a term."""
    return "first-" + re.sub(r"[^a-z0-9]+", "-", term.lower()).strip("-")


# What a mark must not be put into: code, formulas, links, tags and headings.
_CLOSED = re.compile(
    r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|\[[^\]]*\]\([^)]*\)|<[^>]*>|^\#.*?$", re.DOTALL | re.MULTILINE
)


def mark_term(notebook: NotebookNode, term: str) -> bool:
    """Put an anchor before a term: where it is first set in bold, else where it first stands in a sentence."""
    words = r"\s+".join(map(re.escape, term.split()))
    for pattern in (rf"\*\*{words}", rf"(?<![\w-]){words}"):
        for cell in notebook.cells:
            for found in re.finditer(pattern, cell.source, re.IGNORECASE) if cell.cell_type == "markdown" else ():
                at = found.start()
                if not any(closed.start() <= at < closed.end() for closed in _CLOSED.finditer(cell.source)):
                    cell.source = f'{cell.source[:at]}<span id="{anchor(term)}"></span>{cell.source[at:]}'
                    return True
    return False


def glossary(pages: dict[str, str]) -> str:
    """The page of all terms. `pages` gives for each term the page that explains it."""
    entries = [
        f"{term}\n    {sentence} "
        + (f'<span lang="zh">{chinese}</span>. ' if chinese != term else "")
        + f'<a href="{pages[term]}.html#{anchor(term)}">Explained in lesson {lesson}</a>.\n'
        for term, lesson, sentence, chinese in terms()
    ]
    head = "# Glossary\n\nThe terms of the course: one sentence, the Chinese word, and where the term is explained."
    return "\n\n".join([head, ":::{glossary}\n" + "\n".join(entries) + ":::\n"])


# --- the pages that are not notebooks --------------------------------------------------------------------


def front(text: str, notebooks: dict[str, NotebookNode]) -> str:
    """The front page: `<!-- lessons -->` becomes the list of lessons, `<!-- animation 03 -->` the one of lesson 03."""

    def moving(found: re.Match[str]) -> str:
        outputs = (
            output.data["text/html"]
            for stem, notebook in notebooks.items()
            if stem.startswith(found[2])
            for cell in notebook.cells
            for output in cell.get("outputs", ())
            if f'class="nn-{found[1]}' in output.get("data", {}).get("text/html", "")
        )
        html = next(outputs, None)
        if html is None:
            raise ValueError(f"book/index.md shows {found[0]}, and lesson {found[2]} has none")
        return "\n```{raw} html\n" + f'<div class="nn-starts">{html}</div>'.replace('="../', '="') + "\n```\n"

    text = re.sub(r"<!-- (animation|sliders) (\d\d) -->", moving, text)
    heads = [(source.stem, build.header(source)) for source in build.sources() if source.stem in notebooks]
    rows = [
        f"| {head['number']} | [{head['title']}](notebooks/{stem}.ipynb) | {head['question']} | {head['time']} |"
        for stem, head in heads
    ]
    table = "\n".join(["| | Lesson | The question | Time |", "| --- | --- | --- | --- |", *rows])
    return text.replace("<!-- lessons -->", table)


def contents(source: Path) -> str:
    """The pages in their order, for the side of every page."""
    chapters = {
        "Lessons": sorted((source / "notebooks").glob("*.ipynb")),
        "Practice": [*sorted((source / "notebooks" / "exercises").glob("*.ipynb")), *source.glob("teachers.md")],
        "To look up": [
            source / "glossary.md",
            source / "diagnose.md",
            *(source / "reference" / f"{p}.md" for p in PARTS),
        ],
    }
    return "".join(
        f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n"
        + "".join(f"{path.relative_to(source).with_suffix('').as_posix()}\n" for path in pages)
        + "```\n"
        for caption, pages in chapters.items()
        if pages
    )


def reference(part: str) -> str:
    """The page of one part of nnlib, which Sphinx fills from its docstrings."""
    directive = f".. automodule:: nnlib.{part}\n   :members:\n   :member-order: bysource"
    return f"# nnlib.{part}\n\n```{{eval-rst}}\n{directive}\n```\n"


def exercises(student: NotebookNode, solved: NotebookNode) -> NotebookNode:
    """One page of an exercise notebook and of its solutions: each gap, and below it the solution behind a fold."""
    answers = {cell.id: cell for cell in solved.cells if cell.cell_type == "code"}
    cells: list[NotebookNode] = []
    waiting: list[NotebookNode] = []  # the solution of the last gap, which comes after its hints
    for cell in student.cells:
        if not cell.id.startswith("hints-"):
            cells += waiting
            waiting = []
        cells.append(cell)
        answer = answers.get(cell.id)
        if answer is None:
            continue
        if cell.source.startswith("sheet.task("):
            cell.outputs = answer.outputs  # the numbers of the exercise, without which nobody can begin
        if BEGIN in answer.source:
            for one in (cell, answer):
                one.source = "\n".join(line for line in one.source.split("\n") if line.strip() not in (BEGIN, END))
            answer.source = "\n".join(line for line in answer.source.split("\n") if not STUB.fullmatch(line))
            prompts = {"code_prompt_show": "Solution", "code_prompt_hide": "Solution"}
            answer.metadata |= {"tags": ["hide-cell"], "mystnb": prompts}
            answer.id += "-solved"
            answer.outputs = []
            waiting = [answer]
    cells += waiting
    student.cells = cells
    return student


# --- the site --------------------------------------------------------------------------------------------


def stage(source: Path) -> None:
    """Lay out in `source` all that Sphinx reads."""
    if source.exists():
        shutil.rmtree(source)
    shutil.copytree(BOOK, source, ignore=shutil.ignore_patterns("_build", "frames"))
    site = source / "_site"  # goes into the site as it is
    lessons = sorted(build.NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    notebooks = {path.stem: page(path, site) for path in lessons}
    pages = {}
    for term, lesson, *_ in terms():
        stem = next(stem for stem in notebooks if stem.startswith(lesson))
        if not mark_term(notebooks[stem], term):
            raise ValueError(f"terms.md says that lesson {lesson} explains {term!r}, which stands in no sentence of it")
        pages[term] = f"notebooks/{stem}"
    start = front((BOOK / "index.md").read_text(encoding="utf-8"), notebooks)
    for path in lessons:
        notebook = notebooks[path.stem]
        notebook.cells.insert(1, nbformat.v4.new_markdown_cell(practice(path), id="practice"))
        write(source / "notebooks" / path.name, nbformat.writes(notebook))
        copied(path, site)
    for path in sorted((build.NOTEBOOKS / "exercises").glob("[0-9][0-9]_*.ipynb")):
        solved = build.NOTEBOOKS / "solutions" / path.name
        both = exercises(page(path, site), page(solved, site))
        both.cells.insert(1, nbformat.v4.new_markdown_cell(practice(path), id="practice"))
        write(source / "notebooks" / "exercises" / path.name, nbformat.writes(both))
        copied(path, site)
        copied(solved, site)
    write(source / "glossary.md", glossary(pages))
    write(source / "diagnose.md", catalogue.page())
    for part in PARTS:
        write(source / "reference" / f"{part}.md", reference(part))
    write(source / "index.md", start + contents(source))


# What of the theme's and the extension's styles no page of the book uses: colours of terminals, other extensions.
DISPENSABLE = re.compile(r"/\* Font colors for translated ANSI.*", re.DOTALL)
STYLES = re.compile(r'(?:\s*<link rel="stylesheet" type="text/css" href="[^"]*" />)+')


def with_styles_inside(site: Path) -> None:
    """Write the styles into each page: its first text then waits for the page alone, not for five more files."""
    folder = site / "_static"
    (notebooks,) = folder.glob("mystnb.*.css")
    sheets = [folder / "pygments.css", folder / "styles" / "furo.css", notebooks, folder / "book.css"]
    styles = "\n".join(DISPENSABLE.sub("", sheet.read_text(encoding="utf-8")) for sheet in sheets)
    styles = re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"/\*.*?\*/", "", styles, flags=re.DOTALL)).replace(";}", "}")
    for path in site.rglob("*.html"):
        up = "../" * (len(path.relative_to(site).parts) - 1)
        inside = "\n<style>" + styles.replace('url("math', f'url("{up}_static/math') + "</style>"
        before, *after = STYLES.split(path.read_text(encoding="utf-8"), maxsplit=1)
        if not after:
            raise ValueError(f"{path} links no style sheet")
        path.write_text(before + inside + after[0], encoding="utf-8")
    for unused in (*folder.rglob("*.css"), *folder.rglob("*.map")):
        unused.unlink()


def write(path: Path, text: str) -> None:
    """Write a file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def copied(path: Path, site: Path) -> None:
    """Put a notebook into the site, for download."""
    target = site / path.relative_to(build.ROOT)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, target)


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=BUILD / "html")
    folder = parser.parse_args(arguments).folder.resolve()
    source = BUILD / "source"
    stage(source)
    if folder.exists():
        shutil.rmtree(folder)
    options = ["-W", "--keep-going", "-q", "-b", "html", "-d", str(BUILD / "doctrees"), str(source), str(folder)]
    failed = sphinx(options)
    if not failed:
        with_styles_inside(folder)
        print(f"The book: {folder / 'index.html'}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
