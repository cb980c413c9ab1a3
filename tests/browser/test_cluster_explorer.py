"""The cluster explorer in a real JupyterLab: sliders, tree, names, by keyboard, in a new kernel."""

import json

import pytest

from tests.browser.conftest import refuse_elsewhere
from tests.browser.reader import KERNEL, PANEL
from tests.browser.test_map import HURT, SeenMap, ask, open_notebook, python

pytestmark = [pytest.mark.full, pytest.mark.serial]

POINTS = """
import numpy as np
from astrokit.explore import ClusterExplorer

rng = np.random.default_rng(0)
truth = np.concatenate([np.repeat(np.arange(6), 500), np.full(800, -1)])
places = np.array([[0, 0], [6, 1], [1, 6], [-5, 3], [4.5, 5], [5.6, 5.6]])
points = rng.uniform(-8, 9, (len(truth), 2))
points[truth >= 0] = rng.normal(places[truth[truth >= 0]], 0.45)
table = {"source_id": 10**15 + np.arange(len(points)), "flux": rng.random(len(points))}
"""
EXPLORER = """
e = ClusterExplorer(points, table, labels=np.where(truth < 0, "field", "member"))
e.wait()
e
"""
OUR_READING = "Canvas2D: Multiple readback operations"  # the tests read the pictures
NAME = 'RR <img src=x onerror=hurt(1)> & "co"'


@pytest.fixture(scope="module")
def notebook(browser, lab):
    opened = open_notebook(browser, lab, "clusters", [POINTS, EXPLORER])
    opened.page.set_viewport_size({"width": 1700, "height": 1000})
    opened.page.said = []
    opened.page.on(
        "console",
        lambda message: message.type in ("error", "warning") and opened.page.said.append(message.text),
    )
    opened.page.evaluate(HURT)
    opened.run_all(180)
    opened.find(".ak-stage")
    yield opened
    opened.shut_down()


@pytest.fixture
def seen(notebook):
    """The explorer as it was in the beginning, its map in sight."""
    ask(
        notebook,
        "e.selection.clear(); e.change(method='hdbscan', min_cluster_size=60, min_samples=10, cut='eom',"
        " threshold=0.0, epsilon=0.0); e.wait(); e.panel = 'clusters'; e.map.colour_by = 'cluster'",
    )
    notebook.page.mouse.move(5, 5)
    return SeenMap(notebook.page)


def control(page, name):
    """The handle of a slider, by the words beside it."""
    return page.locator(".ak-panels .widget-slider", has_text=name).locator(".noUi-handle").first


def wait_for(notebook, expression, seconds=30):
    for _ in range(10 * seconds):
        if python(notebook, expression):
            return
        notebook.page.wait_for_timeout(100)
    raise AssertionError(f"after {seconds} s this is still not so: {expression}")


def names_in_legend(seen):
    return seen.root.locator(".ak-name").all_inner_texts()


def tab(page, title):
    return page.locator(".ak-panels .lm-TabBar-tab", has_text=title)


def test_the_explorer_is_there_and_nothing_failed(notebook, seen, tmp_path):
    outputs = notebook.outputs()
    assert [o for o in outputs if o and (o["output_type"] == "error" or o.get("name") == "stderr")] == []
    assert seen.ink()[0] > 0.02
    assert names_in_legend(seen) == [
        f"cluster {k}" for k in range(python(notebook, "e.clustering.n_clusters"))
    ]
    notebook.page.screenshot(path=tmp_path / "clusters.png")


def test_a_slider_moves_and_the_map_recolours(notebook, seen, tmp_path):
    n, look = python(notebook, "e.clustering.n_clusters"), seen.ink()
    control(notebook.page, "min_cluster_size").focus()
    seen.press(*["ArrowLeft"] * 45)
    wait_for(notebook, "e.clustering.parameters['min_cluster_size'] == 15")
    assert python(notebook, "e.clustering.n_clusters") > n
    seen.settle()
    assert seen.ink() != look
    assert len(names_in_legend(seen)) == python(notebook, "e.clustering.n_clusters")
    notebook.page.screenshot(path=tmp_path / "smaller.png")


def test_min_samples_grows_another_tree_and_the_map_follows(notebook, seen):
    control(notebook.page, "min_samples").focus()
    seen.press(*["ArrowRight"] * 15)
    wait_for(notebook, "e.clustering.parameters['min_samples'] == 25")
    seen.settle()
    assert len(names_in_legend(seen)) == python(notebook, "e.clustering.n_clusters")


def test_a_branch_of_the_tree_selects_on_the_map_and_lights_up(notebook, seen, tmp_path):
    tab(notebook.page, "tree").click()
    chart = notebook.page.locator(".ak-panels .ak-chart[data-drawn=true] .bk-Canvas").first
    chart.wait_for(state="visible")
    box = chart.bounding_box()
    notebook.page.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + 0.25 * box["height"])
    seen.wait_for_status(r"^[\d,]+ selected of 3,800")
    branch, n = python(notebook, "[e._scene.branch, len(e.selection)]")
    assert branch > 0
    assert n == python(notebook, f"len(e.clustering.tree.rows({branch}))")
    notebook.page.wait_for_timeout(500)
    notebook.page.screenshot(path=tmp_path / "branch.png")


def test_a_selection_on_the_map_lights_the_branches_that_hold_it(notebook, seen):
    tab(notebook.page, "tree").click()
    seen.root.locator("[data-do=box]").click()
    seen.drag([(0.2, 0.2), (0.5, 0.5), (0.6, 0.6)])
    seen.wait_for_status("selected of")
    words = notebook.page.locator(".ak-panels caption", has_text="branches most like the selection")
    words.wait_for(state="visible")
    assert python(notebook, "float(e.tree.branches.shares[0])") > 0
    seen.root.locator("[data-do=pan]").click()


def test_a_name_stands_in_the_legend_and_is_text_though_it_is_markup(notebook, seen, tmp_path):
    page = notebook.page
    page.locator(".ak-panels select").nth(1).select_option(index=0)
    field = page.get_by_placeholder("a name for it")
    field.fill(NAME)
    field.press("Enter")
    wait_for(notebook, f"{json.dumps(NAME)} in e.map.index.categories['cluster']")
    seen.settle()
    assert NAME in names_in_legend(seen)
    for title in ("clusters", "tree", "candidates", "quality"):
        tab(page, title).click()
        page.wait_for_timeout(700)
    page.screenshot(path=tmp_path / "named.png")
    assert page.locator(".ak-explorer img[src=x]").count() == 0
    assert page.evaluate("hurts") == []
    field.wait_for(state="attached")
    ask(notebook, "e.name(e._scene.classes.texts.index(%s), '')" % json.dumps(NAME))  # noqa: UP031


def test_all_panels_in_the_light_and_in_the_dark(notebook, seen, tmp_path):
    page = notebook.page
    ask(notebook, "e.stability.n_resamples.value = 10; e.stability.run(); e.wait()")
    change = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
    for theme in ("Light", "Dark"):
        page.evaluate(change, f"JupyterLab {theme}")
        page.wait_for_function(f"document.querySelector('.ak-map').dataset.theme === '{theme.lower()}'")
        for title in ("clusters", "tree", "stability", "quality", "candidates"):
            tab(page, title).click()
            page.wait_for_timeout(1000)
            page.screenshot(path=tmp_path / f"{theme}-{title}.png")
    page.evaluate(change, "JupyterLab Light")
    page.wait_for_function("document.querySelector('.ak-map').dataset.theme === 'light'")
    assert page.locator(".ak-panels .ak-chart[data-drawn=true]").count() == 2


def test_everything_can_be_done_by_keyboard(notebook, seen, tmp_path):
    page = notebook.page
    page.locator(".ak-explorer button", has_text="help").first.focus()
    seen.press("Space")
    page.locator(".ak-guide").wait_for(state="visible")
    page.screenshot(path=tmp_path / "guide.png")
    seen.press("Space")
    page.locator(".ak-guide").wait_for(state="hidden")
    control(page, "min_cluster_size").focus()
    size = python(notebook, "e.clustering.parameters['min_cluster_size']")
    seen.press("ArrowLeft", "ArrowLeft")
    wait_for(notebook, f"e.clustering.parameters['min_cluster_size'] < {size}")
    field = page.get_by_placeholder("a name for it")
    field.focus()
    page.keyboard.type("by hand")
    seen.press("Enter")
    wait_for(notebook, "'by hand' in e.map.index.categories['cluster']")
    seen.press("Tab")  # from the field to the buttons below it
    seen.press("Enter")  # select it
    seen.wait_for_status("selected of 3,800")
    tab(page, "clusters").focus()
    seen.press("ArrowRight", "Enter")
    wait_for(notebook, "e.panel == 'tree'")
    down = page.locator(".ak-panels button", has_text="larger half")
    down.focus()
    seen.press("Enter")
    wait_for(notebook, "e._scene.branch > 0")
    seen.press("Tab", "Tab", "Enter")  # smaller half, select it
    wait_for(notebook, "len(e.selection) == len(e.clustering.tree.rows(e._scene.branch))")
    ask(notebook, "e.name(e._scene.classes.texts.index('by hand'), '')")
    unnamed = "found => found.filter(b => !(b.ariaLabel || b.title || b.textContent.trim())).length"
    assert page.locator(".ak-explorer button").evaluate_all(unnamed) == 0
    sliders = page.locator(".ak-explorer [role=slider]")
    names = sliders.evaluate_all("found => found.map(b => b.ariaLabel)")
    assert len(names) > 2
    assert all(names)
    size = python(notebook, "e.clustering.parameters['min_cluster_size']")
    assert str(size) in sliders.evaluate_all("found => found.map(b => b.ariaValueText)")


def test_nothing_was_said_in_the_console_and_nothing_loaded_from_elsewhere(notebook):
    assert [text for text in notebook.page.said if not text.startswith(OUR_READING)] == []
    assert notebook.page.failures == []
    assert notebook.page.refused == []


def test_the_state_comes_back_in_a_new_kernel(notebook, seen):
    ask(
        notebook,
        "e.change(min_cluster_size=90, min_samples=7); e.wait(); e.name(1, 'kept'); e.panel = 'tree'",
    )
    ask(notebook, "e.tree.select(2)")
    state = ask(notebook, "import json; print(json.dumps(e.state))")
    notebook.page.evaluate(f"{PANEL}.sessionContext.restartKernel()")
    notebook.page.wait_for_function(f"{KERNEL}?.status === 'idle'", timeout=60_000)
    notebook.run_all(180)
    ask(notebook, f"import json; e.restore(json.loads({state!r})); e.wait()")
    assert json.loads(ask(notebook, "import json; print(json.dumps(e.state))")) == json.loads(state)
    again = SeenMap(notebook.page)
    again.wait_for_status("selected of 3,800")
    assert "kept" in names_in_legend(again)
    assert notebook.page.locator(".ak-panels .ak-chart[data-drawn=true]").first.is_visible()


def test_the_saved_page_works_without_a_network(notebook, browser, tmp_path):
    ask(notebook, f"e.to_html({str(tmp_path / 'page.html')!r})")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: message.type == "error" and page.said.append(message.text))
    refuse_elsewhere(page)
    page.goto((tmp_path / "page.html").as_uri())
    page.locator(".ak-class").first.click()
    page.get_by_role("img", name="condensed tree").wait_for(state="visible")
    assert page.said == []
    context.close()
