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
    assert None not in outputs
    assert [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"] == []


def test_the_picture_is_there_and_words_say_what_it_shows(explorer):
    width, _ = explorer.picture()
    assert width > 500
    assert "simulated visits" in explorer.text()


def test_the_slider_moves_by_keyboard_and_the_picture_follows(explorer, tmp_path):
    _, before = explorer.picture()
    at, share = numbers(explorer)
    explorer.press(*["ArrowRight"] * 8)
    explorer.page.screenshot(path=tmp_path / "start-here.png")
    later, greater_share = numbers(explorer)
    assert later > 4 * at
    assert greater_share > share
    assert explorer.picture()[1] != before
    explorer.press("Home")
    assert numbers(explorer)[0] == 10


def test_the_widget_lives_on_after_the_page_is_loaded_again(notebook, explorer):
    explorer.press("End")
    notebook.save()
    notebook.page.reload()
    notebook.wait_for_kernel()
    again = Explorer(notebook)
    assert numbers(again)[0] == 100_000
    again.press("Home")
    assert numbers(again)[0] == 10


def numbers(explorer):
    """The exposure in seconds and the share of pairs in per cent, from the words under the picture."""
    exposure, share = re.search(r"of ([\d,]+) s: .* (\d+)% of pairs", explorer.text()).groups()
    return int(exposure.replace(",", "")), int(share)
