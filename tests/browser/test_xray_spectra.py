"""The explorer of the study in a real JupyterLab, made by the notebook's own cells."""

import pytest

from astrokit.run import find
from tests.browser.test_attribution_explorer import SeenExplorer
from tests.browser.test_cluster_explorer import control, wait_for
from tests.browser.test_map import CIRCLE, ask, python, ran_wide
from tests.notebooks.shape import read

pytestmark = [pytest.mark.full, pytest.mark.serial]

N = 300


def preparation():
    """The code of the notebook up to its explorer, with fewer sources."""
    (notebook,) = find(["xray-spectra"])
    code = [cell.source for cell in read(notebook.path).cells if cell.cell_type == "code"]
    last = next(place for place, source in enumerate(code) if "= LatentExplorer(" in source)
    return [source.replace("[profile]", f"[profile]\nn_sources = {N}") for source in code[: last + 1]]


@pytest.fixture(scope="module")
def notebook(browser, lab):
    yield from ran_wide(browser, lab, "xray", preparation())


@pytest.fixture
def seen(notebook):
    ask(notebook, "explorer.selection.clear(); explorer.wait()")
    notebook.page.mouse.move(5, 5)
    return SeenExplorer(notebook)


def test_a_slider_of_the_decoder_changes_the_spectrum(notebook, seen, tmp_path):
    chart = seen.open("decoder")
    before, z = chart.screenshot(), python(notebook, "explorer.decoder.z.tolist()")
    control(notebook.page, "z0").focus()
    seen.press(*["ArrowRight"] * 30)
    wait_for(notebook, f"float(explorer.decoder.z[0]) > {z[0]}")
    seen.page.wait_for_timeout(700)
    assert chart.screenshot() != before
    notebook.page.screenshot(path=tmp_path / "decoder.png")


def test_the_spectrum_under_the_pointer_is_drawn(notebook, seen, tmp_path):
    seen.explorer.get_by_role("tab", name="details", exact=True).click()
    seen.rest_on_another_source("explorer", 0.15)
    seen.explorer.locator("img:visible").first.wait_for(state="visible")
    notebook.page.screenshot(path=tmp_path / "details.png")


def test_a_lasso_selects_and_nothing_was_complained_of(notebook, seen):
    seen.root.locator("[data-do=lasso]").click()
    seen.drag(CIRCLE)
    seen.wait_for_status(f"selected of {N}")
    assert 0 < python(notebook, "len(explorer.selection)") < N
    assert not [text for text in notebook.page.said if "Error" in text]
