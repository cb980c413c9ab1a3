import re
import shutil

import pytest

from astrokit.run import find
from tests.browser.lab import running_lab
from tests.browser.reader import Explorer, OpenNotebook
from tests.notebooks.execution import executed_set

FLAGS = (
    "--no-sandbox",  # as root, in a container, Chromium does not start otherwise
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser():
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("needs a browser: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(browser, tmp_path_factory):
    with running_lab(tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture(scope="module")
def run_in_lab(browser, lab):
    """Open a notebook of the set in JupyterLab and run all its cells; it closes with the module."""
    opened = []

    def run(name, seconds):
        (notebook,) = find([name])
        shutil.copy(notebook.path, lab.folder)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.refused = refuse_elsewhere(page)
        opened.append(OpenNotebook(page, lab.address(notebook.path.name)))
        opened[-1].run_all(seconds)
        return opened[-1]

    yield run
    for one in opened:
        one.shut_down()


@pytest.fixture
def explorer(notebook):
    """The first explorer of one slider in the notebook that the test module has run."""
    return Explorer(notebook)


def refuse_elsewhere(page):
    """Let a page load from this machine only; return the list that will name what else it asked for."""
    refused = []

    def refuse(route):
        refused.append(route.request.url)
        route.abort()

    page.route(re.compile(r"^https?://(?!127\.0\.0\.1:)"), refuse)
    return refused


@pytest.fixture(scope="session")
def the_set(tmp_path_factory, worker_id):
    """The set as `tests/notebooks` executes it; the same execution, if those tests run too."""
    base = tmp_path_factory.getbasetemp()
    return executed_set(base if worker_id == "master" else base.parent)
