"""What the pages of the book are made of."""

import base64
import html
import io
import json
import re
import unicodedata
import xml.etree.ElementTree as ET

import nbformat
import numpy as np
import pytest
from docutils.utils.math import MathError
from fontTools.ttLib import TTFont
from ipywidgets import FloatSlider, IntSlider, SelectionSlider, ToggleButtons, interactive
from latex2mathml.converter import convert
from matplotlib import pyplot as plt
from PIL import Image

from nnlib.diagnosis import RULES
from tools import book, build, catalogue, draw_frames, frames, mathml

MARKDOWN = nbformat.v4.new_markdown_cell


# --- sliders ---------------------------------------------------------------------------------------------


def with_sliders(function, **widgets):
    function.widget = interactive(function, **widgets)
    return function


def line(slope=1, shift=0):
    _, ax = plt.subplots(figsize=(3, 2))
    ax.plot([0, 1], [shift, slope + shift])
    ax.set(ylim=(-9, 9), title=f"{slope} and {shift}")


def steep(slope):
    line(slope)


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    monkeypatch.setattr(frames, "FOLDER", tmp_path)

    def draw(function, **widgets):
        path = frames.path_of("07_lesson", function.__name__)
        draw_frames.draw(with_sliders(function, **widgets), str(path), "abc")
        return json.loads(path.read_text())

    return draw


def test_few_positions_are_drawn_in_every_combination(drawn):
    content = drawn(line, slope=IntSlider(2, 0, 3), shift=ToggleButtons(options=[("low", -1), ("high", 1)], value=1))
    assert [slider["values"] for slider in content["sliders"]] == [["0", "1", "2", "3"], ["low", "high"]]
    assert [slider["shown"] for slider in content["sliders"]] == [2, 1]
    assert [slider["kind"] for slider in content["sliders"]] == ["slider", "choice"]
    assert set(content["frames"]) == {f"{i},{j}" for i in range(4) for j in range(2)}
    assert content["frames"]["3,0"][1] == "3 and -1"


def test_many_positions_are_drawn_one_slider_at_a_time_with_both_ends_and_the_start(drawn):
    content = drawn(line, slope=FloatSlider(0.3, min=0, max=5, step=0.1), shift=SelectionSlider(options=range(7)))
    slope, shift = content["sliders"]
    assert slope["values"][slope["shown"]] == "0.30"
    assert (slope["values"][0], slope["values"][-1]) == ("0.00", "5.00")
    assert 20 < len(slope["values"]) <= draw_frames.MOST_POSITIONS[0]
    start = (slope["shown"], shift["shown"])
    positions = [tuple(map(int, key.split(","))) for key in content["frames"]]
    assert all(sum(a != b for a, b in zip(position, start, strict=True)) <= 1 for position in positions)
    assert len(positions) == len(slope["values"]) + 6


def test_a_patch_over_the_still_is_the_figure_at_that_position(drawn):
    content = drawn(steep, slope=IntSlider(0, -4, 4))

    def as_image(text):
        return Image.open(io.BytesIO(base64.b64decode(text))).convert("RGBA")

    still = as_image(content["still"])
    heights = []
    for key in sorted(content["frames"], key=int):
        whole = Image.alpha_composite(still, as_image(content["frames"][key][0])).convert("RGB")
        blue = np.abs(np.asarray(whole, int) - [31, 119, 180]).sum(axis=-1) < 60  # matplotlib's first colour
        rows, columns = np.nonzero(blue)
        heights.append(rows[columns > columns.max() - 4].mean())
    assert np.all(np.diff(heights) < -5), "the end of the line climbs from picture to picture"


GENERATOR = np.random.default_rng(0)


def noisy(n=1):
    _, ax = plt.subplots()
    ax.plot(GENERATOR.normal(size=n))


def nothing(n=1):
    return n


@pytest.mark.parametrize(("function", "said"), [(noisy, "random generator"), (nothing, "leaves no figure")])
def test_a_function_whose_pictures_would_mislead_is_refused(function, said, drawn):
    with pytest.raises(ValueError, match=said):
        drawn(function, n=IntSlider(2, 1, 3))


CELL = "x = 1\n\n\n@interact(n=IntSlider())\ndef look(n):\n    return n\n\n\nx + 1"


def test_the_drawing_line_stands_after_its_function_and_leaves_the_last_value_alone():
    lines = frames.with_drawing(CELL, "03_lesson", "abc").split("\n")
    assert "03_look.json" in lines[6]
    assert lines[:6] + lines[7:] == CELL.split("\n")
    assert frames.with_drawing("look(1)", "03_lesson", "abc") == "look(1)"


def test_pictures_of_another_text_are_stale(tmp_path, monkeypatch):
    monkeypatch.setattr(frames, "FOLDER", tmp_path)
    assert frames.stale([CELL], "03_lesson", "abc") == ["03_look.json"]
    (tmp_path / "03_look.json").write_text('{"fingerprint": "abc"}')
    assert frames.stale([CELL], "03_lesson", "abc") == []
    assert frames.stale([CELL], "03_lesson", "abd") == ["03_look.json"]


def test_every_file_of_pictures_belongs_to_a_slider_of_a_lesson():
    wanted = {
        frames.path_of(source.stem, function.name)
        for source in build.sources()
        for cell in build.from_source(source).cells
        if cell.cell_type == "code"
        for function in frames.moved_by_sliders(cell.source)
    }
    assert set(frames.FOLDER.glob("*")) == wanted
    assert len(wanted) >= 12


# --- pages -----------------------------------------------------------------------------------------------


def test_photographs_are_found_and_white_figures_are_not():
    pixels = np.full((200, 300, 3), 255, np.uint8)
    pixels[20:80, 30:110] = 120
    pixels[100:160, 30:31] = 0  # an axis
    pixels[30:70, 50:90] = 255  # white that is closed in, as in a 0
    pixels[100:160, 200:202] = pixels[100:160, 288:290] = pixels[100:102, 200:290] = pixels[158:160, 200:290] = (
        0  # a frame
    )
    assert book._photographs(Image.fromarray(pixels)) == [(30, 20, 110, 80)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Some **bias** here", "Some <span"),
        ("# The bias\n\nA bias, and a **bias**.", "and a <span"),
        ("`bias` and $bias$, [bias](x.md), then bias.", "then <span"),
        ("unbiased, biased: bias", "unbiased, <span"),
    ],
)
def test_a_term_is_marked_where_it_is_explained(text, place):
    notebook = nbformat.v4.new_notebook(cells=[MARKDOWN(text)])
    assert book.mark_term(notebook, "bias")
    assert f'{place} id="first-bias"></span>' in notebook.cells[0].source


def test_a_term_that_stands_nowhere_is_not_marked():
    assert not book.mark_term(nbformat.v4.new_notebook(cells=[MARKDOWN("`bias`")]), "bias")


def test_colab_and_binder_are_offered_where_the_repository_has_an_address():
    path = build.NOTEBOOKS / "05_losses.ipynb"
    assert book.services(path, None) == []
    (_, colab), (_, binder) = book.services(path, "https://github.com/someone/course")
    assert colab == "https://colab.research.google.com/github/someone/course/blob/main/notebooks/05_losses.ipynb"
    assert binder == "https://mybinder.org/v2/gh/someone/course/main?labpath=notebooks/05_losses.ipynb"


def test_a_solution_stands_below_its_gap_behind_a_fold_and_the_numbers_of_a_task_are_shown():
    def notebook(answer, said):
        codes = ['sheet.task("one")', answer, 'sheet.check("one", x)']
        cells = [nbformat.v4.new_code_cell(code, id=f"c{n}") for n, code in enumerate(codes)]
        for cell in cells[::2]:
            cell.outputs = [nbformat.v4.new_output("stream", text=said)] if said else []
        cells.insert(2, MARKDOWN("A hint", id="hints-one"))
        return nbformat.v4.new_notebook(cells=cells)

    solved = notebook(f"x = ...\n{book.BEGIN}\nx = 7\n{book.END}", "three plus four")
    cells = book.exercises(notebook("x = ...", ""), solved).cells
    assert [cell.source for cell in cells] == [
        'sheet.task("one")',
        "x = ...",
        "A hint",
        "x = 7",
        'sheet.check("one", x)',
    ]
    assert ["hide-cell" in cell.metadata.get("tags", ()) for cell in cells] == [False, False, False, True, False]
    codes = [cell for cell in cells if cell.cell_type == "code"]
    assert [len(cell.outputs) for cell in codes] == [1, 0, 0, 0], "a check of the solution would say ✓ to everybody"
    assert len({cell.id for cell in cells}) == len(cells)


# --- formulas --------------------------------------------------------------------------------------------

PLAIN = str.maketrans({"⋅": "·", "\u02c6": "^", "\u0304": "\u02c9", "\u2236": ":", "\u2223": "|", "∥": "‖", "−": "-"})
SCRIPTS = {"msub": "sub", "munder": "sub", "msup": "sup", "mover": "over", "msubsup": "both", "munderover": "both"}


def skeleton(mathml):
    """What stands where in a formula, without regard to spaces, groups and forms of letters."""
    root = ET.fromstring(re.sub(r"&(?!amp;|lt;|gt;|#)\w+;", lambda name: html.unescape(name[0]), mathml))

    def of(node):
        tag, inside = node.tag.split("}")[-1], [of(child) for child in node]
        if tag in SCRIPTS:
            return f"{SCRIPTS[tag]}({'|'.join(inside)})"
        if tag in ("mfrac", "mtable", "mtr", "mtd", "mroot"):
            return f"{tag}({'|'.join(inside)})"
        if inside:
            return f"msqrt({''.join(inside)})" if tag == "msqrt" else "".join(inside)
        letters = unicodedata.normalize("NFKC", (node.text or "").translate(PLAIN)).translate(PLAIN)
        return re.sub(r"[\s\u2061\u2062\u2063]", "", letters)

    # f' is written as a name with a mark or as a power; both look the same.
    return re.sub(r"sup\((\)|[^()|]*)\|[′']+\)", r"\1'", of(root)).replace("′", "'")


FORMULAS = sorted(
    {
        formula[0] or formula[1]
        for source in build.sources()
        for cell in build.from_source(source).cells
        if cell.cell_type == "markdown"
        for formula in re.findall(
            r"\$\$(.+?)\$\$|\$([^$]+)\$",
            re.sub(r"```.*?```|`[^`]*`", "", cell.source, flags=re.DOTALL),
            re.DOTALL,
        )
    }
)
MATRIX = r"\begin{pmatrix} 1 & 2 & 3 \\ 4 & x^2 & \frac12 \end{pmatrix} \begin{bmatrix} a \\ b \end{bmatrix}"


def test_every_formula_of_the_lessons_says_what_another_converter_says():
    assert len(FORMULAS) > 300
    differ = []
    for formula in [*FORMULAS, MATRIX]:
        ours, others = skeleton(mathml.as_mathml(formula)), skeleton(convert(formula.replace("½", r"\frac{1}{2}")))
        if ours != others:
            differ.append((formula, ours, others))
    assert not differ


@pytest.mark.parametrize(
    ("formula", "ending"),
    [
        (r"y \ln p", "<mspace"),
        (r"p_i \log_2 p_i", "<mspace"),
        (r"\tanh'(z)", "<mo>&ApplyFunction;</mo>  <mo>'"),
        (r"|e| = 1", 'rspace="0em">|</mo>'),
        (r"\max(0, z)", 'rspace="0em">max</mo>'),
        (r"y = +1", 'form="prefix">+</mo>'),
    ],
)
def test_names_signs_and_bars_have_the_room_that_tex_leaves_them(formula, ending):
    assert ending in mathml.as_mathml(formula).replace("\n", "")


def test_the_font_of_the_formulas_holds_what_they_use_and_the_root_in_all_its_sizes(tmp_path):
    mathml.as_mathml(r"\sqrt{\odot}")
    mathml.write_font(tmp_path / "math.woff")
    font = TTFont(tmp_path / "math.woff")
    characters = font.getBestCmap()
    assert {ord("√"), ord("⊙"), ord("x"), 0x1D465} <= set(characters)
    assert characters[ord("√")] in font["MATH"].table.MathVariants.VertGlyphCoverage.glyphs
    assert font["MATH"].table.MathVariants.VertGlyphConstruction


def test_a_matrix_keeps_its_rows_and_columns():
    root = ET.fromstring(mathml.as_mathml(MATRIX, as_block=True))
    rows = [["".join(cell.itertext()).split() for cell in row] for row in root.iter() if row.tag.endswith("mtr")]
    assert rows == [[["1"], ["2"], ["3"]], [["4"], ["x", "2"], ["1", "2"]], [["a"]], [["b"]]]


def test_a_command_that_is_not_known_is_an_error_and_not_a_wrong_formula():
    with pytest.raises(MathError, match="nosuch"):
        mathml.as_mathml(r"\nosuch{x}")


# --- the catalogue ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("values", "end"), [({"loss": [3, 2, 1]}, 3), ({"scores": [0, 1, 2, 3]}, 3)])
def test_the_axis_of_a_curve_ends_at_the_last_epoch_and_scores_begin_before_the_first(values, end):
    assert f">epoch {end}<" in catalogue.curve({"sick": values})


def test_each_rule_has_an_example_and_each_example_a_rule():
    assert set(json.loads(catalogue.NOTES.read_text(encoding="utf-8"))) == set(RULES)
