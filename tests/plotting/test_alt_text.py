"""Text alternatives: what is said of a figure, and that a notebook shows it."""

import base64
import html
import io
import re

import matplotlib.pyplot as plt
import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from PIL import Image

from nnlib import plotting

CELLS = (
    "import matplotlib.pyplot as plt\nfrom nnlib.plotting import plot_curves, plot_points",
    'ax = plot_points([0, 1], [1, 3], title="Two \\"points\\" < three", xlabel="size (m²)", ylabel="price")',
    "from ipywidgets import interact\n\n\n@interact(n=(1, 3))\ndef show(n):\n"
    '    plot_curves([0, 1], {"line": [0, n]}, title=f"Slope {n}")',
    "plt.figure(figsize=(2, 2))\nax = plt.plot([0, 1])",
    "from matplotlib_inline.backend_inline import set_matplotlib_formats\nset_matplotlib_formats('svg')\n"
    'ax = plot_points([0, 1], [1, 3], title="As SVG")',
)


def test_a_figure_is_described_by_what_is_written_in_it():
    _, axes = plt.subplots(1, 2)
    plotting.plot_history({"loss": [3, 2], "val_loss": [3, 3]}, title="The gap", ax=axes[0])
    plotting.plot_confusion([0, 1], [1, 1], class_names=["cat", "dog"], ax=axes[1])
    assert plotting.describe(axes[0].figure) == (
        "Figure. The gap; horizontal axis: epoch; vertical axis: loss; in it: train, validation. "
        "Confusion matrix: of each true class, where it went (%); horizontal axis: predicted; vertical axis: true; "
        "in it: cat, dog."
    )


def test_long_lists_are_cut_and_mathtext_is_plain():
    ax = plotting.plot_bars({f"column {i}": i for i in range(20)}, title="$w_1$ and $w_2$")
    text = plotting.describe(ax.figure)
    assert text.startswith("Figure. w_1 and w_2; ")
    assert text.endswith("column 8, ….")


@pytest.fixture(scope="module")
def notebook():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in CELLS])
    client = NotebookClient(notebook, kernel_name="python3", timeout=180)
    client.execute()
    return notebook, [output for state in client.widget_state.values() for output in state.get("outputs", ())]


def images(output):
    """Text and picture of each image in the HTML of an output."""
    found = re.findall(r'<img src="data:image/png;base64,([^"]+)" alt="([^"]*)"', output["data"]["text/html"])
    return [(html.unescape(alt), Image.open(io.BytesIO(base64.b64decode(data)))) for data, alt in found]


def test_a_running_notebook_shows_an_image_with_text_and_keeps_the_png(notebook):
    (output,) = notebook[0].cells[1].outputs
    ((alt, picture),) = images(output)
    assert alt == ('Figure. Two "points" < three; horizontal axis: size (m²); vertical axis: price.')
    bare = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"])))
    assert picture.tobytes() == bare.tobytes()


def test_the_figure_of_a_slider_and_one_of_plain_matplotlib_have_text(notebook):
    ((alt, _),) = images(notebook[1][0])
    assert alt == "Figure. Slope 2; horizontal axis: x; vertical axis: y; in it: line."
    assert [alt for alt, _ in images(notebook[0].cells[3].outputs[0])] == ["Figure."]


def test_a_reader_who_wants_svg_gets_svg(notebook):
    (output,) = notebook[0].cells[4].outputs
    assert "image/svg+xml" in output.data
    assert "text/html" not in output.data


def test_the_page_that_nbconvert_makes_says_it_too(notebook):
    page, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=notebook[0].cells[1:2]))
    assert "Two &quot;points&quot; &lt; three" in page or 'Two "points"' in html.unescape(page)
    assert "No description has been provided" not in page
