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
    assert None not in outputs
    assert [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"] == []


def test_the_threshold_moves_by_keyboard_and_says_who_enters_and_leaves(explorer, tmp_path):
    _, before = explorer.picture()
    assert moved(explorer) == ("none", "none")
    explorer.press("End")
    entering, leaving = moved(explorer)
    assert entering == "none"
    assert "SIM X-" in leaving
    assert explorer.picture()[1] != before
    explorer.press("Home")
    explorer.page.screenshot(path=tmp_path / "pulsating-ulx.png")
    entering, leaving = moved(explorer)
    assert "SIM X-" in entering
    assert leaving == "none"


def test_the_button_undoes(notebook, explorer):
    explorer.press("End")
    notebook.find("button:has-text('back to start')").click()
    undone = "element => element.innerText.includes('enter: none')"
    explorer.page.wait_for_function(undone, arg=explorer.words.element_handle())
    assert moved(explorer) == ("none", "none")


def moved(explorer):
    """The sources that enter and those that leave, as the text says."""
    return re.search(r"enter: (.*)\nleave: (.*)", explorer.text()).groups()
