"""The explorer of the study in a real JupyterLab, made by the notebook's own cells."""

import pytest

from astrokit.run import find
from tests.browser.test_attribution_explorer import SeenExplorer
from tests.browser.test_map import CIRCLE, ask, python, ran_wide
from tests.notebooks.shape import read

pytestmark = [pytest.mark.full, pytest.mark.serial]

N = 150


def preparation():
    """The code of the notebook that makes its explorer, with fewer galaxies and without other figures."""
    (notebook,) = find(["stellar-mass"])
    code = [cell.source for cell in read(notebook.path).cells if cell.cell_type == "code"]
    explorer = next(source for source in code if "LatentExplorer(\n" in source)
    loading = next(source for source in code if "study.load(" in source).partition("kind =")[0]
    reading = next(source for source in code if "study.Reading(" in source).partition("sets =")[0]
    named = explorer.replace("LatentExplorer(\n", "explorer = LatentExplorer(\n") + "\nexplorer"
    return [code[0], code[1], loading.replace("[profile]", f"[profile] // {1000 // N}"), reading, named]


@pytest.fixture(scope="module")
def notebook(browser, lab):
    yield from ran_wide(browser, lab, "galaxies", preparation())


@pytest.fixture
def seen(notebook):
    ask(notebook, "explorer.selection.clear(); explorer.wait()")
    notebook.page.mouse.move(5, 5)
    return SeenExplorer(notebook)


def test_the_map_is_coloured_by_mass_and_by_what_nobody_asked_for(notebook, seen, tmp_path):
    assert python(notebook, "explorer.map.colour_by") == "log_mass"
    before = seen.ink()
    seen.root.locator("select").first.select_option("log_dust")
    notebook.page.wait_for_timeout(1500)
    assert python(notebook, "explorer.map.colour_by") == "log_dust"
    assert seen.ink() != before
    notebook.page.screenshot(path=tmp_path / "dust.png")


def test_image_and_posterior_of_the_galaxy_under_the_pointer_are_drawn(notebook, seen, tmp_path):
    seen.explorer.get_by_role("tab", name="details", exact=True).click()
    seen.rest_on_another_source("explorer", 0.4)
    seen.explorer.locator("img:visible").first.wait_for(state="visible")
    notebook.page.screenshot(path=tmp_path / "details.png")


def test_a_lasso_selects_and_nothing_was_complained_of(notebook, seen):
    seen.root.locator("[data-do=lasso]").click()
    seen.drag(CIRCLE)
    seen.wait_for_status("selected of")
    assert 0 < python(notebook, "len(explorer.selection)") < 1000
    assert not [text for text in notebook.page.said if "Error" in text]
