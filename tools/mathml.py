"""A Sphinx extension: formulas become MathML, which browsers draw themselves, in a font that comes with the book.

No script has to run, and the formulas are text: they can be selected, searched and read aloud.
"""

import html
import logging
import re
from importlib.resources import as_file, files
from pathlib import Path

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from fontTools import subset
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

# Letters and digits, upright and in the slanted and bold forms that MathML gives to names; the rest as it is used.
LETTERS = {
    *range(0x20, 0x7F),
    *range(0x391, 0x3CA),  # Greek
    0x210E,  # the slanted h
    0x221A,  # the root, which MathML draws without writing it
    *range(0x1D400, 0x1D468),  # Latin, bold and slanted
    *range(0x1D6A8, 0x1D71C),  # Greek, bold and slanted
}
# What docutils does not know, or reads otherwise than TeX does, and how to say it.
UNKNOWN = (
    (r"\\dots\b", r"\\ldots"),
    ("½", r"\\tfrac{1}{2}"),
    (r"\\([dt]?frac)(\d)(\w)", r"\\\1{\2}{\3}"),  # \frac12 is a half, and not 12 over what follows
)
# Room as TeX leaves it. Names of functions stand apart from what is beside them, but not from a bracket. Bars that
# stand for a size take no room, nor does max before a bracket. A plus after a relation is a sign.
NAMES = "<mi>(?:exp|ln|log|tanh)</mi>"
ROOM = (
    (r"<mo>&ApplyFunction;</mo>(?!\s*<mo[^>]*>[(\[])", '<mspace width="0.17em"/>'),
    (rf"(</m(?:i|n|sub|sup)>|[)\]]</mo>)(?=\s*(?:<msub>\s*)?{NAMES})", r'\1<mspace width="0.17em"/>'),
    (r"<mo([^>]*)>\|</mo>", r'<mo\1 lspace="0em" rspace="0em">|</mo>'),
    (r"<mo>(max|min)</mo>(?=\s*<mo[^>]*>[(\[])", r'<mo lspace="0em" rspace="0em">\1</mo>'),
    (r"(<mo[^>]*>[=≈≤≥]</mo>\s*)<mo>\+</mo>", r'\1<mo form="prefix">+</mo>'),
)
used: set[int] = set()


def as_mathml(formula: str, *, as_block: bool = False) -> str:
    """A formula of LaTeX as MathML; docutils raises where it does not know a command."""
    for pattern, known in UNKNOWN:
        formula = re.sub(pattern, known, formula)
    written = tex2mathml(formula, as_block=as_block)
    for pattern, with_room in ROOM:
        written = re.sub(pattern, with_room, written)
    used.update(map(ord, html.unescape(re.sub(r"<[^>]*>", "", written))))
    return written


def inline(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula in a sentence."""
    translator.body.append(as_mathml(node.astext()))
    raise nodes.SkipNode


def block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on a line of its own."""
    translator.body.append(f'<div class="nn-formula">{as_mathml(node.astext(), as_block=True)}</div>')
    raise nodes.SkipNode


def write_font(path: Path) -> None:
    """STIX Two Math, cut down to the characters of the book; its tables of sizes and shapes stay."""
    logging.getLogger("fontTools.subset").setLevel(logging.WARNING)
    options = subset.Options(flavor="woff", layout_features=["ssty"], hinting=False, name_IDs=["*"])
    with as_file(files("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf") as whole:
        font = subset.load_font(str(whole), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=LETTERS | used)
    subsetter.subset(font)
    subset.save_font(font, str(path), options)


def finish(app: Sphinx, error: Exception | None) -> None:
    """Put the font beside the style sheet that names it."""
    if error is None:
        write_font(Path(app.outdir) / "_static" / "math.woff")


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
