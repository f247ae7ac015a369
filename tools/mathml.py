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
from fontTools.ttLib import TTFont
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
# Room as TeX leaves it. Names of functions stand apart from what is beside them, but not from a bracket or a
# prime. Bars that stand for a size take no room, nor does max before a bracket. A plus after a relation is a sign.
NAMES = "<mi>(?:exp|ln|log|tanh)</mi>"
ROOM = (
    (r"<mo>&ApplyFunction;</mo>(?!\s*<mo[^>]*>[(\['])", '<mspace width="0.17em"/>'),
    (rf"(</m(?:i|n|sub|sup)>|[)\]]</mo>)(?=\s*(?:<msub>\s*)?{NAMES})", r'\1<mspace width="0.17em"/>'),
    (r"<mo([^>]*)>\|</mo>", r'<mo\1 lspace="0em" rspace="0em">|</mo>'),
    (r"<mo>(max|min)</mo>(?=\s*<mo[^>]*>[(\[])", r'<mo lspace="0em" rspace="0em">\1</mo>'),
    (r"(<mo[^>]*>[=≈≤≥]</mo>\s*)<mo>\+</mo>", r'\1<mo form="prefix">+</mo>'),
)
APART = re.compile(r"\s*(?:\\qquad\s*)+")  # between formulas that stand beside each other where there is room
# Brackets and other signs in a sentence, which stay on the line of the formula beside them.
OPENING, CLOSING = re.compile(r"[^\w\s]*$"), re.compile(r"[^\w\s]*")
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
    """Write a formula on a line of its own; one that falls into parts, on several where the page is narrow."""
    parts = (as_mathml(part, as_block=True) for part in APART.split(node.astext()))
    translator.body.append(f'<div class="nn-formula">{"".join(parts)}</div>')
    raise nodes.SkipNode


def keep_together(_app: Sphinx, document: nodes.document, _name: str) -> None:
    """Put each formula in a sentence into a box with the signs beside it: browsers would end a line between them."""
    for formula in list(document.findall(nodes.math)):
        around = formula.parent
        at = around.index(formula)
        opening = closing = ""
        if at > 0 and isinstance(around[at - 1], nodes.Text):
            opening = OPENING.findall(around[at - 1])[0]
            around[at - 1] = nodes.Text(around[at - 1].removesuffix(opening))
        if at + 1 < len(around) and isinstance(around[at + 1], nodes.Text):
            closing = CLOSING.findall(around[at + 1])[0]
            around[at + 1] = nodes.Text(around[at + 1].removeprefix(closing))
        if opening or closing:
            around[at] = nodes.inline("", opening, formula, nodes.Text(closing), classes=["nn-whole"])


def write_font(path: Path) -> None:
    """STIX Two Math, cut down to the characters of the book; its tables of sizes and shapes stay."""
    logging.getLogger("fontTools.subset").setLevel(logging.WARNING)
    options = subset.Options(flavor="woff", layout_features=["ssty"], hinting=False, name_IDs=["*"])
    with as_file(files("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf") as whole:
        font = subset.load_font(str(whole), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=LETTERS | used)
    subsetter.subset(font)
    narrow_roots(font)
    subset.save_font(font, str(path), options)


def narrow_roots(font: TTFont) -> None:
    """Make all signs of the root as wide as the smallest: for each a browser keeps the room that the widest needs."""
    variants = font["MATH"].table.MathVariants
    root = font.getBestCmap()[ord("√")]
    signs = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(root)]
    names = {sign.VariantGlyph for sign in signs.MathGlyphVariantRecord}
    names |= {part.glyph for part in signs.GlyphAssembly.PartRecords}
    narrow, _ = font["hmtx"][root]
    for name in names:
        width, bearing = font["hmtx"][name]
        shape = font["glyf"][name]
        shape.coordinates.scale((narrow / width, 1))
        shape.coordinates.toInt()
        shape.recalcBounds(font["glyf"])
        font["hmtx"][name] = (narrow, round(bearing * narrow / width))


def finish(app: Sphinx, error: Exception | None) -> None:
    """Put the font beside the style sheet that names it."""
    if error is None:
        write_font(Path(app.outdir) / "_static" / "math.woff")


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    app.connect("doctree-resolved", keep_together)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
