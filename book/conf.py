"""Settings of the web book. `python -m tools.book` lays out the pages and calls Sphinx."""

project = "Neural-network foundations, hands on"
author = "The authors of Neural-network foundations, hands on"
copyright = "2026, the authors"
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "tools.mathml"]
exclude_patterns = ["_site"]
smartquotes = False  # code in prose keeps its quotes

nb_execution_mode = "off"  # the notebooks come with their outputs
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3

autodoc_typehints = "none"  # the docstrings say types in words
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_extra_path = ["_site"]
html_css_files = ["book.css"]
html_js_files = ["book.js"]
html_math_renderer = "mathml"
html_copy_source = False
html_theme_options = {"top_of_page_buttons": []}
