"""The first notebook in a real JupyterLab, in a real browser, offline."""

import re

import pytest

from tests.browser.reader import Explorer


@pytest.fixture(scope="module")
def notebook(run_in_lab):
    return run_in_lab("00-start-here", seconds=120)


@pytest.fixture
def explorer(notebook):
    return Explorer(notebook)


def test_all_cells_run_without_an_error_or_a_warning(notebook):
    outputs = notebook.outputs()
    assert [o for o in outputs if o and (o["output_type"] == "error" or o.get("name") == "stderr")] == []
    assert None not in outputs


def test_nothing_is_loaded_from_elsewhere(notebook):
    assert notebook.page.refused == []


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


def exposure(text):
    """In seconds, from the words under the picture."""
    return int(re.search(r"of ([\d,]+) s:", text)[1].replace(",", ""))


def separation(text):
    """In how many per cent of pairs the pulsar-like source is the harder one."""
    return int(re.search(r"(\d+)% of pairs", text)[1])
