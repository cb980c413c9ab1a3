"""The explorers of the study in a real JupyterLab, made by the notebook's own cells, with one selection."""

import pytest

from astrokit.run import find
from tests.browser.test_attribution_explorer import SeenExplorer
from tests.browser.test_cluster_explorer import OUR_READING, control, wait_for
from tests.browser.test_map import CIRCLE, SeenMap, ask, python, ran_wide
from tests.notebooks.shape import read, tags

pytestmark = [pytest.mark.full, pytest.mark.serial]

EXPLORERS = ("latent_explorer", "cluster_explorer", "attribution_explorer")
N = 1500


def preparation():
    """The notebook up to its last explorer, but for pictures, with fewer sources and nothing shown yet."""
    (notebook,) = find(["gaia-variables"])
    kept = []
    for cell in read(notebook.path).cells:
        if cell.cell_type == "code" and "show(" not in cell.source:
            lines = cell.source.splitlines()
            kept += lines if lines[-1] not in EXPLORERS else lines[:-1]
            kept += [f"n_sources = {N}"] if "parameters" in tags(cell) else []
        if "AttributionExplorer(" in cell.source:
            return "\n".join(kept)
        if "study.find_islands(" in cell.source:
            kept += cell.source.partition("show(")[0].splitlines()
        if "def fingerprint" in cell.source:
            kept += cell.source.partition("for name in (")[0].splitlines()
    raise AssertionError("no AttributionExplorer in the notebook")


@pytest.fixture(scope="module")
def notebook(browser, lab):
    cells = [preparation(), "attribution_explorer", "cluster_explorer"]
    # Both explorers are in sight.
    yield from ran_wide(browser, lab, "gaia", cells, height=3600, seconds=400)


@pytest.fixture
def seen(notebook):
    ask(notebook, "latent_explorer.selection.clear(); attribution_explorer.wait(); cluster_explorer.wait()")
    return SeenExplorer(notebook)


def test_a_lasso_on_the_map_changes_the_beeswarm_and_selects_in_every_explorer(notebook, seen, tmp_path):
    chart = seen.open("beeswarm")
    assert f"All {N:,} sources" in seen.words()
    before = chart.screenshot()
    seen.root.locator("[data-do=lasso]").click()
    seen.drag(CIRCLE)
    seen.wait_for_status(f"selected of {N:,}")
    n = python(notebook, "len(latent_explorer.selection)")
    assert 20 < n < N
    seen.wait_for_words(f"{n:,} sources selected, against {N - n:,}")
    assert chart.screenshot() != before
    assert python(notebook, "attribution_explorer.summary.here.n") == n
    SeenMap(notebook.page, ".ak-map >> nth=1").wait_for_status(f"{n:,} selected of {N:,}")
    notebook.page.screenshot(path=tmp_path / "lasso.png")


def test_a_slider_of_hdbscan_moves_and_the_map_recolours(notebook, seen, tmp_path):
    clusters = SeenMap(notebook.page, ".ak-map >> nth=1")
    wait_for(notebook, "cluster_explorer.map.colour_by == 'cluster'")
    n, look = python(notebook, "cluster_explorer.clustering.n_clusters"), clusters.ink()
    assert "RRAB" in clusters.root.locator(".ak-name").all_inner_texts()
    control(notebook.page, "min_cluster_size").focus()
    seen.press(*["ArrowRight"] * 60)
    wait_for(notebook, f"cluster_explorer.clustering.n_clusters < {n}")
    clusters.settle()
    notebook.page.wait_for_timeout(1000)
    assert clusters.ink() != look
    notebook.page.screenshot(path=tmp_path / "slider.png")


def test_nothing_was_said_in_the_console_and_nothing_asked_elsewhere(notebook):
    assert notebook.complaints() == []
    assert notebook.page.failures == []
    assert [text for text in notebook.page.said if not text.startswith(OUR_READING)] == []
