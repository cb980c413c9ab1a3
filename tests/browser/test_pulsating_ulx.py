"""The study in a real JupyterLab: its threshold moves, and says which sources enter and leave."""

import re

import pytest

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def notebook(run_in_lab):
    return run_in_lab("pulsating-ulx", seconds=300)


def test_all_cells_run_without_a_complaint_and_load_nothing_from_elsewhere(notebook):
    assert notebook.complaints() == []


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
