"""The latent explorer in a real JupyterLab: decoder, details, trust, outliers, and in a new kernel."""

import json

import pytest

from tests.browser.test_attribution_explorer import SeenExplorer
from tests.browser.test_cluster_explorer import OUR_READING, control, wait_for
from tests.browser.test_map import CIRCLE, SeenMap, ask, open_notebook, python, ran_wide

pytestmark = [pytest.mark.full, pytest.mark.serial]

SOURCES = """
import numpy as np
from astrokit.data.simulate.variables import PHASE, simulate_variables
from astrokit.explore import LatentExplorer
from astrokit.plotting.figure import new_figure

variables = simulate_variables(1500, random_state=0)
kinds, curves = variables.truth["kind"].to_numpy(), variables.curves
mean_curve = curves.mean(0)
shapes = np.linalg.svd(curves - mean_curve, full_matrices=False)[2][:3]
latents = (curves - mean_curve) @ shapes.T

def detail(row):
    figure, axes = new_figure(3, 2)
    axes.plot(PHASE, curves[row])
    axes.set_title(f"source {row}")
    return figure
"""
EXPLORER = """
e = LatentExplorer(
    latents, variables.table, labels=kinds, names=["a", "b", "c"], detail=detail, observed=curves, x=PHASE,
    decoder=lambda z: mean_curve + z @ shapes, projection=latents[:, :2],
)
e.wait()
e
"""


@pytest.fixture(scope="module")
def notebook(browser, lab):
    yield from ran_wide(browser, lab, "latents", [SOURCES, EXPLORER])


@pytest.fixture
def seen(notebook):
    """The explorer with nothing selected."""
    ask(notebook, "e.selection.clear(); e.panel = 'decoder'; e.wait()")
    notebook.page.mouse.move(5, 5)
    return SeenExplorer(notebook)


def test_a_slider_of_the_decoder_moves_and_the_picture_changes(notebook, seen, tmp_path):
    chart = seen.open("decoder")
    before, z = chart.screenshot(), python(notebook, "e.decoder.z.tolist()")
    control(notebook.page, "a").focus()
    seen.press(*["ArrowRight"] * 30)
    wait_for(notebook, f"float(e.decoder.z[0]) > {z[0]}")
    seen.page.wait_for_timeout(700)
    assert chart.screenshot() != before
    assert python(notebook, "e.decoder.z.tolist()")[1:] == z[1:]
    notebook.page.screenshot(path=tmp_path / "decoder.png")


def test_far_off_the_data_the_decoder_warns(notebook, seen):
    ask(notebook, "e.decoder.latents.go(30 * latents.std(0))")
    seen.explorer.locator(".ak-warning:visible").wait_for(state="visible")


def test_details_of_the_source_under_the_pointer_are_drawn(notebook, seen, tmp_path):
    seen.explorer.get_by_role("tab", name="details", exact=True).click()
    before = python(notebook, "e._scene.source")
    seen.page.mouse.move(*seen.at(0.5, 0.5))
    for step in range(20):
        seen.page.mouse.move(*seen.at(0.3 + 0.02 * step, 0.5))
        seen.page.wait_for_timeout(100)
    wait_for(notebook, f"e._scene.source != {before}")
    seen.explorer.locator("img:visible").first.wait_for(state="visible")
    notebook.page.screenshot(path=tmp_path / "details.png")


def test_the_least_trusted_are_selected_and_the_legend_counts_their_classes(notebook, seen, tmp_path):
    seen.explorer.get_by_role("tab", name="trust", exact=True).click()
    pick = seen.explorer.get_by_role("button", name="select the least trusted 5%")
    wait_for(notebook, "e.trust.quality is not None")
    pick.click()
    seen.wait_for_status("selected of 1,500")
    n = python(notebook, "len(e.selection)")
    assert 10 < n < 150
    titles = seen.root.locator(".ak-class").evaluate_all("found => found.map(b => b.title)")
    counts = [int(title.split(": ")[1].split(" selected")[0]) for title in titles]
    assert sum(counts) == n
    notebook.page.screenshot(path=tmp_path / "trust.png")


def test_a_lasso_brings_its_sources_to_every_panel(notebook, seen):
    seen.root.locator("[data-do=lasso]").click()
    seen.drag(CIRCLE)
    seen.wait_for_status("selected of 1,500")
    seen.root.locator("[data-do=pan]").click()
    seen.explorer.get_by_role("tab", name="decoder", exact=True).click()
    z = python(notebook, "e.decoder.z.tolist()")
    seen.explorer.get_by_role("button", name="typical of the selection").click()
    wait_for(notebook, f"e.decoder.z.tolist() != {z}")
    apart = "float(np.abs(latents[e.selection.indices] - e.decoder.z).max(1).min())"
    wait_for(notebook, f"{apart} < 1e-4")


def test_outliers_are_marked_and_ranked_again_by_keyboard(notebook, seen):
    seen.explorer.get_by_role("tab", name="outliers", exact=True).click()
    wait_for(notebook, "e.outliers.ranking is not None")
    seen.explorer.get_by_role("button", name="interesting").focus()
    seen.press("Enter")
    wait_for(notebook, "len(e.state['outliers']['marks']) == 1")


def test_every_control_has_a_name_for_a_screen_reader(seen):
    for title in ("decoder", "details", "trust", "outliers", "meaning"):
        seen.explorer.get_by_role("tab", name=title, exact=True).click()
        seen.page.wait_for_timeout(400)
        unnamed = "found => found.filter(b => !(b.ariaLabel || b.title || b.textContent.trim())).length"
        assert seen.explorer.locator("button:visible").evaluate_all(unnamed) == 0
        names = seen.explorer.locator("[role=slider]:visible").evaluate_all("a => a.map(b => b.ariaLabel)")
        assert all(names)


def test_the_state_comes_back_in_a_new_kernel(notebook, seen, browser, lab):
    ask(notebook, "e.selection.category('class', 'RRAB'); e.decoder.latents.go(latents[7])")
    ask(notebook, "e.trust.colour('continuity'); e.panel = 'trust'; e.wait()")
    state = ask(notebook, "import json; print(json.dumps(e.state))")
    again = f"import json\ne.restore(json.loads({state!r}))\ne.wait()\n"
    other = open_notebook(browser, lab, "latents-again", [SOURCES, EXPLORER.replace("e.wait()\n", again)])
    other.run_all(180)
    SeenMap(other.page).wait_for_status("selected of 1,500")
    assert json.loads(ask(other, "import json; print(json.dumps(e.state))")) == json.loads(state)
    other.shut_down()


def test_nothing_was_said_in_the_console_and_nothing_asked_elsewhere(notebook):
    assert notebook.complaints() == []
    assert notebook.page.failures == []
    assert [text for text in notebook.page.said if not text.startswith(OUR_READING)] == []
