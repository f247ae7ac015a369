"""Every page of the book in a real browser: it works, and for everyone."""

import itertools
import re
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin

import pytest

from tools import build, frames

LIMIT = 2_500_000  # bytes of a page with everything on it
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
    for source in build.sources():
        prose = "\n".join(cell.source for cell in build.from_source(source).cells if cell.cell_type == "markdown")
        prose = re.sub(r"```.*?```|`[^`]*`", "", prose, flags=re.DOTALL)
        written = len(re.findall(r"\$\$.+?\$\$|\$[^$]+\$", prose, re.DOTALL))
        assert len(facts[f"notebooks/{source.stem}.html"]["formulas"]) == written, source.stem


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(theme, facts):
    assert not bad(facts, lambda page: [one for one in page[theme] if one["impact"] in ("serious", "critical")])


def test_every_page_fits_a_narrow_screen(facts):
    assert not bad(facts, lambda page: page["too_wide"] > 0 and page["too_wide"])


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
    assert (site / f"{stem}.ipynb").read_bytes() == (build.ROOT / f"{stem}.ipynb").read_bytes()
    neighbours = [other for other in LESSONS if abs(LESSONS.index(other) - LESSONS.index(name)) == 1]
    assert {other.split("/")[1] for other in neighbours} <= links


# --- what moves ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", WITH_SLIDERS)
def test_each_slider_moves_its_figure_by_keyboard(number, tab, address):
    (name,) = (name for name in LESSONS if name.startswith(f"notebooks/{number}"))
    tab.goto(f"{address}/{name}")
    boxes = tab.locator(".nn-sliders")
    assert boxes.count() == len(list(frames.FOLDER.glob(f"{number}_*.json")))
    for box in boxes.all():
        box.scroll_into_view_if_needed()
        tab.wait_for_function("box => 'ready' in box.dataset", arg=box.element_handle())
        for control in box.locator("input, select").all():
            assert tab.evaluate("c => c.labels.length", control.element_handle()) == 1
            before = box.locator(".nn-moving").get_attribute("src")
            told = box.locator(".nn-said").text_content()
            last = control.evaluate("c => c.value === (c.max || String(c.options.length - 1))")
            control.focus()
            control.press(
                "ArrowLeft" if last and control.get_attribute("type") else "ArrowUp" if last else "ArrowRight"
            )
            assert box.locator(".nn-moving").get_attribute("src") != before, control.get_attribute("id")
            assert box.locator(".nn-said").text_content() or not told


@pytest.mark.parametrize("name", ["index.html", *WITH_FILMS])
def test_each_animation_advances(name, tab, address):
    tab.goto(f"{address}/{name}")
    for box in tab.locator(".nn-animation").all():
        box.scroll_into_view_if_needed()
        slider = box.locator("input")
        box.locator("button").click()
        tab.wait_for_function("s => +s.value > 1 && +s.value < +s.max", arg=slider.element_handle())
        first = slider.input_value()
        tab.wait_for_function("([s, old]) => s.value !== old", arg=[slider.element_handle(), first])
        box.locator("button").click()
        slider.focus()
        stopped = box.locator("img").last.get_attribute("src")
        slider.press("ArrowLeft")
        assert box.locator("img").last.get_attribute("src") != stopped


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
    tab.on("requestfailed", lambda request: complaints.append(request.url))
    tab.goto(f"{site.as_uri()}/{name}")
    if "search" in name:
        tab.wait_for_selector("#search-results li a")
    else:
        tab.locator(".nn-sliders").first.scroll_into_view_if_needed()
        tab.wait_for_selector(".nn-sliders[data-ready]")
    assert not complaints


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
