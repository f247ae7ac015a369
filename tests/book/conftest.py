"""The book, built once for all tests and all workers, and a browser to look at it with."""

import http.server
import json
import shutil
import threading
from functools import partial
from pathlib import Path

import pytest
from filelock import FileLock

sync_api = pytest.importorskip("playwright.sync_api", reason="no Playwright here: it comes with requirements.txt")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PLACE = "somewhere/below"  # a site need not stand at the root of its host


def pytest_collection_modifyitems(items):
    if CHROMIUM is None:
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="no Chromium here: apt-get install chromium"))


@pytest.fixture(scope="session")
def shared(tmp_path_factory, worker_id):
    """A folder for all workers of this run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "book"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def site(shared):
    """The folder of the site."""
    from tools import book

    with FileLock(shared / "building"):
        if not (shared / "built").exists():
            assert book.main([str(shared / PLACE)]) == 0
            (shared / "built").touch()
    return shared / PLACE


@pytest.fixture(scope="session")
def address(site, shared):
    """Where the site is served, without a slash at the end."""
    assert (site / "index.html").exists()

    class Silent(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=shared))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/{PLACE}"
    server.shutdown()


@pytest.fixture(scope="session")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def tab(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def facts(site, address, browser, shared):
    """What a browser finds on each page; see `look.py`."""
    from look import look

    with FileLock(shared / "looking"):
        if not (shared / "facts.json").exists():
            (shared / "facts.json").write_text(json.dumps(look(browser, site, address)), encoding="utf-8")
    return json.loads((shared / "facts.json").read_text(encoding="utf-8"))
