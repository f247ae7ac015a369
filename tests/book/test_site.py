"""Every page of the book in a real browser: it works, and for everyone."""

import importlib
import io
import itertools
import re
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin

import numpy as np
import pytest
from look import lost
from PIL import Image

from tools import book, build, frames

LIMIT = 2_500_000  # bytes of a page with everything on it
# Two thirds of a second on the slow line; the rest of the first second is for the way there and back, and for drawing.
WAIT = 135_000
SLOW_LINE = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
LESSONS = [f"notebooks/{source.stem}.html" for source in build.sources()]
WITH_FILMS = [
    f"notebooks/{source.stem}.html"
    for source in build.sources()
    if "nn-animation" in build.notebook_path(source).read_text(encoding="utf-8")
]
WITH_SLIDERS = sorted({f"{path.stem[:2]}" for path in frames.FOLDER.glob("*.json")})


def bad(facts, problem):
    """The pages on which something is wrong, with what is."""
    return {name: found for name, page in facts.items() if (found := problem(page))}


def test_every_page_is_there(facts):
    wanted = {"index.html", "glossary.html", "diagnose.html", "search.html", "genindex.html", *LESSONS}
    wanted |= {f"reference/{part}.html" for part in ("data", "models", "training", "plotting", "checks", "diagnosis")}
    for path in (build.NOTEBOOKS / "exercises").glob("[0-9]*.ipynb"):
        wanted.add(f"notebooks/exercises/{path.stem}.html")
    assert wanted <= set(facts)


def test_no_page_complains_and_no_request_fails(facts):
    assert not bad(facts, lambda page: page["console"] + page["failed"])


def test_no_request_leaves_the_site(facts):
    starts = {url.split("/somewhere/below/")[0] for page in facts.values() for url in page["requests"]}
    assert len({start for start in starts if not start.startswith("data:")}) == 1


def test_no_page_is_heavier_than_the_limit(facts, site):
    def too_heavy(page):
        files = {url.split("/somewhere/below/")[1].split("?")[0] for url in page["requests"] if url.startswith("http")}
        weight = sum((site / unquote(file)).stat().st_size for file in files)
        return weight if weight > LIMIT else 0

    assert not bad(facts, too_heavy)


def test_every_example_of_the_catalogue_says_what_it_is(facts):
    examples = re.findall(r"Example\. (.*?)\s*diagnose says:", facts["diagnose.html"]["text"])
    assert len(examples) > 70
    assert not [example for example in examples if len(example) < 12 or re.match(r"keras\S* (issue|pull)", example)]


def test_headings_are_in_order(facts):
    def jumps(page):
        levels = page["headings"]
        return levels[:1] != [1] or levels.count(1) > 1 or any(b > a + 1 for a, b in itertools.pairwise(levels))

    assert not bad(facts, jumps)


def test_every_picture_is_drawn_and_has_its_text(facts):
    assert not bad(facts, lambda page: [one for one in page["figures"] if len(one["alt"]) < 15 or not one["drawn"]])
    assert sum(len(page["figures"]) for page in facts.values()) > 100


def test_every_formula_is_drawn(facts):
    assert not bad(facts, lambda page: [one for one in page["formulas"] if one["error"] or not one["drawn"]])
    assert not bad(facts, lambda page: re.findall(r"\\(?:frac|sigma|sum|partial)\b|\$\$", page["text"]))
    assert all(page["font"] for page in facts.values() if page["formulas"])
    # The sign of a root has its room, in em, and behind the root is none.
    assert not bad(facts, lambda page: [room for room in page["roots"] if room[0] < 0.4 or room[1] > 0.1])
    assert sum(len(page["roots"]) for page in facts.values()) >= 5
    for source in build.sources():
        prose = "\n".join(cell.source for cell in build.from_source(source).cells if cell.cell_type == "markdown")
        prose = re.sub(r"```.*?```|`[^`]*`", "", prose, flags=re.DOTALL)
        written = len(re.findall(r"\$\$.+?\$\$|\$[^$]+\$", prose, re.DOTALL))
        drawn = [one for one in facts[f"notebooks/{source.stem}.html"]["formulas"] if not one["part"]]
        assert len(drawn) == written, source.stem


@pytest.mark.parametrize("view", ["light", "dark", "narrow"])
def test_axe_finds_nothing_serious(view, facts):
    assert not bad(facts, lambda page: [one for one in page["axe"][view] if one["impact"] in ("serious", "critical")])


def test_no_page_is_wider_than_its_window(facts):
    assert not bad(facts, lambda page: page["too_wide"] > 0 or page["on_narrow"]["too_wide"] > 0)


def test_on_a_narrow_screen_pictures_keep_letters_that_can_be_read(facts):
    def small(page):
        # Letters have 12 points, of 80 (wide pictures only) or 100 pixels an inch: this leaves about 8 pixels of them.
        limits = [(true, shown, 0.62 if true > 760 else 0.47) for true, shown in page["on_narrow"]["sizes"]]
        return [(true, shown) for true, shown, limit in limits if shown < limit * true]

    assert not bad(facts, small)
    assert sum(true > 760 for page in facts.values() for true, _ in page["on_narrow"]["sizes"]) > 50


def test_on_a_narrow_screen_every_formula_is_seen_whole_and_with_the_signs_beside_it(facts):
    def wrong(page):
        formulas = page["on_narrow"]["formulas"]
        return [one for one in formulas if one["torn"] or (one["right"] > 360 and not one["in_table"])]

    assert not bad(facts, wrong)


def test_on_a_narrow_screen_a_finger_finds_every_control(facts):
    assert not bad(facts, lambda page: page["on_narrow"]["too_low"])


def test_on_a_narrow_screen_no_empty_line_stands_below_a_heading(facts):
    assert not bad(facts, lambda page: [room for room in page["on_narrow"]["below_headings"] if room > 12])


def test_the_reference_describes_all_that_a_part_offers(site):
    for part in book.PARTS:
        module = importlib.import_module(f"nnlib.{part}")
        text = (site / "reference" / f"{part}.html").read_text(encoding="utf-8")
        offered = {name for name in module.__all__ if callable(getattr(module, name))}
        assert offered == set(re.findall(rf'id="nnlib\.{part}\.(\w+)"', text)), part
        assert '<ol class="upper' not in text, f"nnlib.{part}: a name that begins with an initial became a list"


def test_what_is_scrolled_sideways_takes_the_focus_and_says_what_it_is(facts):
    assert not bad(facts, lambda page: [box for box in page["on_narrow"]["scrolled"] if box[1] != 0 or not box[2]])
    kinds = {kind for page in facts.values() for kind, _, _ in page["on_narrow"]["scrolled"]}
    assert {"nn-scroll", "table-wrapper", "cell_output"} <= {kind.split()[0] for kind in kinds if kind}


# --- for teachers ---------------------------------------------------------------------------------------


def test_the_printed_tasks_for_a_room_come_with_a_key_that_the_check_accepts(capsys):
    text = (book.BOOK / "teachers.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(from nnlib\.checks.*?)```", text, re.DOTALL)[1]
    found = {}
    exec(code, found)
    printed = capsys.readouterr().out
    assert printed.count("key: ") == 2 * 30
    assert len(set(re.findall("Three samples: .*", printed))) == 30
    for name in ("loss", "step"):
        for seed in (1, 30):
            key = found["exercises"](seed).exercises[name].right_answer(seed)
            assert f"key: {key}" in printed
            assert found["exercises"](seed).exercises[name].judge(key, seed).outcome == "right"


# --- links -----------------------------------------------------------------------------------------------


class Links(HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.ids, self.links = set(), set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids |= {given[key] for key in ("id", "name") if given.get(key)}
        if tag == "a" and given.get("href"):
            self.links.add(given["href"])


def test_no_link_inside_the_site_is_broken(site):
    pages = {path.relative_to(site).as_posix(): Links(path) for path in site.rglob("*.html")}
    broken = []
    for name, page in pages.items():
        for link in page.links:
            if re.match(r"[a-z]+:", link):
                continue
            target, fragment = urldefrag(urljoin(name, link))
            target = unquote(target) or name
            if not (site / target).is_file() or (
                fragment and target in pages and unquote(fragment) not in pages[target].ids
            ):
                broken.append((name, link))
    assert not broken
    assert sum(len(page.links) for page in pages.values()) > 500


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_offers_its_notebook_as_it_is_in_the_course(name, site):
    stem = name.removesuffix(".html")
    links = Links(site / name).links
    assert f"{stem.split('/')[1]}.ipynb" in links
    exercises = Links(site / name.replace("notebooks/", "notebooks/exercises/")).links
    assert {f"{stem.split('/')[1]}.ipynb", f"../solutions/{stem.split('/')[1]}.ipynb"} <= exercises
    assert (site / f"{stem}.ipynb").read_bytes() == (build.ROOT / f"{stem}.ipynb").read_bytes()
    neighbours = [other for other in LESSONS if abs(LESSONS.index(other) - LESSONS.index(name)) == 1]
    assert {other.split("/")[1] for other in neighbours} <= links


# --- what moves ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", WITH_SLIDERS)
def test_each_slider_moves_its_figure_by_keyboard(number, facts):
    (name,) = (name for name in LESSONS if name.startswith(f"notebooks/{number}"))
    boxes = facts[name]["sliders"]
    assert {box["name"] for box in boxes} == {path.stem for path in frames.FOLDER.glob(f"{number}_*.json")}
    assert not [box for box in boxes if box["wrong"]]


def test_a_slider_does_not_wait_for_the_picture_that_its_own_replaces(tab, address):
    failed = []
    tab.on("requestfailed", lambda request: failed.append(request))
    tab.route("**/figures/*", lambda route: None)  # a line so slow that no picture ever comes
    tab.goto(f"{address}/notebooks/02_neurons_and_layers.html", wait_until="domcontentloaded")
    tab.locator(".nn-sliders").scroll_into_view_if_needed()
    tab.wait_for_selector(".nn-figure[data-shown]")
    assert len(failed) == 1
    assert not lost(failed[0])


def test_the_sliders_of_the_front_page_move_too(facts):
    assert [box["wrong"] for box in facts["index.html"]["sliders"]] == [[]]


@pytest.mark.parametrize("name", ["index.html", *WITH_FILMS])
def test_each_animation_advances(name, facts):
    films = facts[name]["films"]
    assert films
    assert not any(films)


def test_a_photograph_keeps_its_colours_on_a_dark_page_while_its_slider_moves(tab, address):
    def corner(box):
        """The brightest and the darkest of what is seen of the digit, which is white on black."""
        picture = Image.open(io.BytesIO(box.locator(".nn-figure").screenshot())).convert("L")
        width, height = picture.size
        return picture.crop((round(0.04 * width), round(0.2 * height), round(0.28 * width), round(0.75 * height)))

    tab.goto(f"{address}/notebooks/00_start_here.html")
    box = tab.locator(".nn-sliders")
    box.scroll_into_view_if_needed()
    tab.wait_for_selector(".nn-sliders[data-ready] .nn-figure[data-shown]")
    place = box.locator(".nn-figure").get_attribute("data-shown")
    box.locator("input").last.press("Home")
    tab.wait_for_function("old => document.querySelector('.nn-figure[data-shown]').dataset.shown !== old", arg=place)
    light = np.asarray(corner(box), float)
    tab.emulate_media(color_scheme="dark")
    dark = np.asarray(corner(box), float)
    assert light.min() < 20
    assert light.max() > 235
    assert np.abs(light - dark).mean() < 3


def test_the_films_of_the_front_page_start_when_they_are_seen(browser, address):
    context = browser.new_context(reduced_motion="no-preference")
    tab = context.new_page()
    tab.goto(f"{address}/index.html")
    film = tab.locator(".nn-animation").nth(1)
    film.scroll_into_view_if_needed()
    tab.wait_for_function("s => +s.value > 1 && +s.value < +s.max", arg=film.locator("input").element_handle())
    film.locator("button").click()
    assert film.locator("button").text_content() == "Play"
    context.close()


def test_search_finds_vanishing_gradients(tab, address):
    tab.goto(f"{address}/search.html?q=vanishing+gradients")
    tab.wait_for_selector("#search-results li a")
    found = tab.locator("#search-results li a").evaluate_all("links => links.map((a) => a.getAttribute('href'))")
    assert any("04_activations" in link for link in found), found


# --- where and how it is opened --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["index.html", "search.html?q=vanishing+gradients", "notebooks/01_linear_regression.html"]
)
def test_the_book_works_from_a_folder(name, tab, site):
    complaints = []
    tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    tab.on("requestfailed", lambda request: complaints.extend(lost(request)))
    tab.goto(f"{site.as_uri()}/{name}")
    if "search" in name:
        tab.wait_for_selector("#search-results li a")
    else:
        tab.locator(".nn-sliders").first.scroll_into_view_if_needed()
        tab.wait_for_selector(".nn-figure[data-shown]")
    assert not complaints


def test_the_first_text_waits_for_the_beginning_of_the_page_alone(facts, site):
    def beginning(name):
        """Bytes that have to be there before a browser can draw the first sentence."""
        html = (site / name).read_text(encoding="utf-8")
        head, sentence, _ = html.partition("</p>" if "<h1>" not in html else "</h1>")
        assert sentence, name
        waits = re.findall(r"<link[^>]*stylesheet[^>]*>|<script[^>]* src=[^>]*>|@import", head)
        return waits or len(head.encode()) * (len(head.encode()) > WAIT)

    assert not {name: found for name in facts if (found := beginning(name))}


@pytest.mark.parametrize("name", ["index.html", "notebooks/03_hidden_layers.html"])
def test_the_first_text_is_there_within_a_second_on_a_slow_line(name, browser, address):
    first_text = "performance.getEntriesByName('first-contentful-paint')"
    seconds = []
    for _ in range(3):  # other work holds the processor up: the best of three is the page's own time
        context = browser.new_context()
        tab = context.new_page()
        session = context.new_cdp_session(tab)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW_LINE)
        tab.goto(f"{address}/{name}", wait_until="commit")
        tab.wait_for_function(f"{first_text}.length")
        seconds.append(tab.evaluate(f"{first_text}[0].startTime") / 1000)
        context.close()
    assert min(seconds) < 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_figure_is_no_white_box_on_a_dark_page_and_a_photograph_keeps_its_colours(theme, tab, address):
    tab.emulate_media(color_scheme=theme)
    tab.goto(f"{address}/notebooks/09_cifar10_mlp.html")
    filters = tab.locator(".nn-figure img:not(.nn-kept)").evaluate_all(
        "all => all.map((i) => getComputedStyle(i).filter)"
    )
    assert filters
    assert all(("invert" in one) == (theme == "dark") for one in filters)
    kept = tab.locator(".nn-figure .nn-kept").evaluate_all("all => all.map((i) => i.checkVisibility())")
    assert len(kept) >= 3
    assert all(seen == (theme == "dark") for seen in kept)


def test_a_narrow_page_is_used_by_keyboard_alone(tab, address):
    tab.set_viewport_size({"width": 360, "height": 700})
    tab.goto(f"{address}/notebooks/00_start_here.html")
    menu = tab.locator(".nav-overlay-icon")
    for _ in range(5):
        tab.keyboard.press("Tab")
        if menu.evaluate("one => one === document.activeElement"):
            break
    assert menu.evaluate("one => one === document.activeElement")
    tab.keyboard.press("Enter")
    link = tab.locator(".sidebar-tree a", has_text=re.compile("^03"))
    link.focus()
    tab.wait_for_function("document.activeElement.getBoundingClientRect().left >= 0")  # the menu has slid in
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/03_*.html")
