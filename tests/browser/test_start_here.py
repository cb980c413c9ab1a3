"""The first notebook in a real JupyterLab, in a real browser, offline."""

import re
import shutil

import pytest

from tests.browser.reader import Explorer, OpenNotebook


@pytest.fixture(scope="module")
def notebook(run_in_lab):
    return run_in_lab("00-start-here", seconds=120)


def test_all_cells_run_without_a_complaint_and_load_nothing_from_elsewhere(notebook):
    assert notebook.complaints() == []


def test_jupyterlab_asks_and_announces_nothing(notebook):
    assert notebook.page.locator(".jp-Dialog, .Toastify__toast").all_inner_texts() == []


def test_the_picture_is_there_and_words_say_what_it_shows(explorer):
    width, _ = explorer.picture()
    assert width > 500
    assert "simulated visits" in explorer.text()


def test_the_slider_moves_by_keyboard_and_the_picture_follows(explorer, tmp_path):
    explorer.press("Home", until=lambda text: exposure(text) == 10)
    _, drawn = explorer.picture()
    share = separation(explorer.text())
    explorer.press(*["ArrowRight"] * 10, until=lambda text: exposure(text) == 100)
    explorer.page.screenshot(path=tmp_path / "start-here.png")
    assert separation(explorer.text()) > share
    assert explorer.picture()[1] != drawn


def test_the_widget_lives_on_after_the_page_is_loaded_again(notebook, explorer):
    explorer.press("End", until=lambda text: exposure(text) == 100_000)
    notebook.save()
    notebook.page.reload()
    notebook.wait_for_kernel()
    again = Explorer(notebook)
    again.wait(until=lambda text: exposure(text) == 100_000)
    again.press("Home", until=lambda text: exposure(text) == 10)


def test_reopened_without_its_kernel_the_notebook_shows_pictures_and_no_dead_widget(notebook, browser, lab):
    notebook.save()
    saved = lab.folder / "00-start-here.ipynb"
    shutil.copy(saved, saved.with_name("reopened.ipynb"))  # the copy gets a kernel that knows no widget
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    again = OpenNotebook(page, lab.address("reopened.ipynb"))
    for widget in (".jp-RenderedImage >> nth=0", ".jp-RenderedImage >> nth=1"):
        picture = again.find(f"{widget} >> img")
        picture.wait_for(state="visible")
        assert picture.evaluate("image => image.naturalWidth") > 500
    dead = page.locator(".jp-OutputArea-output", has_text="model not found")
    dead.nth(1).wait_for(state="attached")
    assert [words.inner_text() for words in dead.all() if words.is_visible()] == []
    again.shut_down()


def exposure(text):
    """In seconds, from the words under the picture."""
    return int(re.search(r"of ([\d,]+) s:", text)[1].replace(",", ""))


def separation(text):
    """In how many per cent of pairs the pulsar-like source is the harder one."""
    return int(re.search(r"(\d+)% of pairs", text)[1])
