"""The study in a real JupyterLab: its threshold moves, and says which sources enter and leave."""

import re

import pytest

from tests.browser.reader import Explorer

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def notebook(run_in_lab):
    return run_in_lab("pulsating-ulx", seconds=300)


@pytest.fixture
def explorer(notebook):
    return Explorer(notebook)


def test_all_cells_run_without_an_error_or_a_warning(notebook):
    outputs = notebook.outputs()
    assert [o for o in outputs if o and (o["output_type"] == "error" or o.get("name") == "stderr")] == []
    assert None not in outputs


def test_nothing_is_loaded_from_elsewhere(notebook):
    assert notebook.page.refused == []


def test_the_threshold_moves_by_keyboard_and_says_who_enters_and_leaves(explorer, tmp_path):
    _, drawn = explorer.picture()
    assert moved(explorer.text()) == ("none", "none")
    explorer.press("End", until=lambda text: moved(text)[1] != "none")
    assert "SIM X-" in moved(explorer.text())[1]
    assert explorer.picture()[1] != drawn
    explorer.press("Home", until=lambda text: moved(text)[0] != "none")
    explorer.page.screenshot(path=tmp_path / "pulsating-ulx.png")
    assert "SIM X-" in moved(explorer.text())[0]
    assert moved(explorer.text())[1] == "none"


def test_the_button_undoes(notebook, explorer):
    explorer.press("End", until=lambda text: moved(text)[1] != "none")
    notebook.find("button:has-text('back to start')").click()
    explorer.wait(until=lambda text: moved(text) == ("none", "none"))


def moved(text):
    """The sources that enter and those that leave, from the words under the picture."""
    return re.search(r"enter: (.*)\nleave: (.*)", text).groups()
