"""Settings of the web book. `python -m tools.book` lays out the pages and calls Sphinx."""

from typing import Any

project = "Neural-network foundations, hands on"
author = "The authors of Neural-network foundations, hands on"
copyright = "2026, the authors"
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "tools.mathml"]
exclude_patterns = ["_site"]
smartquotes_action = "D"  # dashes only: code in prose keeps its quotes
default_role = "code"  # of `names` in docstrings

nb_execution_mode = "off"  # the notebooks come with their outputs
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3

autodoc_typehints = "none"  # the docstrings say types in words …
suppress_warnings = ["ref.python"]  # … in which a word may also be the name of something
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
pygments_dark_style = "a11y-dark"  # the light one is the theme's own choice, and accessible
html_title = project
html_favicon = "_static/icon.svg"
html_domain_indices = False  # the pages of the reference are the index of modules
html_static_path = ["_static"]
templates_path = ["_templates"]
html_extra_path = ["_site"]
html_css_files = ["book.css"]
html_js_files = ["book.js"]
html_math_renderer = "mathml"
html_copy_source = False
html_theme_options = {"top_of_page_buttons": []}


def skip_what_is_not_ours(*given: Any) -> bool | None:
    """Leave methods that a class takes from Keras to Keras's own reference."""
    _, _, _, member, _, _ = given
    return True if getattr(member, "__module__", "").startswith("keras") else None


def give_captions_a_level(*given: Any) -> None:
    """The theme calls the captions of its menu headings, and does not say of which level."""
    _, _, _, context, _ = given
    if "furo_navigation_tree" in context:
        tree = context["furo_navigation_tree"]
        context["furo_navigation_tree"] = tree.replace('role="heading"', 'role="heading" aria-level="2"')


def setup(app: Any) -> None:
    """Tell Sphinx."""
    app.connect("html-page-context", give_captions_a_level, priority=900)  # after the theme
    app.connect("autodoc-skip-member", skip_what_is_not_ours)
