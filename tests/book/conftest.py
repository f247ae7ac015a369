"""The book, built once for all tests, and a browser to look at it with."""

import http.server
import shutil
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="no Playwright here: it comes with requirements.txt")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ROOT = Path(__file__).resolve().parents[2]
PLACE = "somewhere/below"  # a site need not stand at the root of its host


def pytest_collection_modifyitems(items):
    if CHROMIUM is None:
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="no Chromium here: apt-get install chromium"))


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the site, built by a fresh Python: one that has run a thousand tests is several times slower."""
    folder = tmp_path_factory.mktemp("book") / PLACE
    subprocess.run([sys.executable, "-m", "tools.book", str(folder)], cwd=ROOT, check=True)
    return folder


class Host(http.server.SimpleHTTPRequestHandler):
    """Sends files as they are: not every host of pages compresses them."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def address(site):
    """Where the site is served, without a slash at the end."""
    assert (site / "index.html").exists()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, directory=site.parents[1]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/{PLACE}"
    server.shutdown()


@pytest.fixture(scope="session")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def tab(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def facts(site, address, browser):
    """What a browser finds on each page; see `look.py`."""
    from look import look

    return look(browser, site, address)
