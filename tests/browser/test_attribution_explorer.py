"""The attribution explorer in a real JupyterLab: lasso, bars, ranges, by mouse and by keyboard alone."""

import json
import re

import pytest

from tests.browser.test_map import CIRCLE, SeenMap, ask, open_notebook, python, ran_wide

pytestmark = [pytest.mark.full, pytest.mark.serial]

SOURCES = """
import numpy as np
from astrokit.explain import Attribution
from astrokit.explore import AttributionExplorer

rng = np.random.default_rng(0)
n = 20_000
kind = rng.integers(0, 3, n)
xy = np.array([[0, 0], [5, 1], [1, 5]])[kind] + rng.normal(size=(n, 2))
x = rng.normal(size=(n, 6))
x[:, 0] += 2 * (kind == 1)
names = ("period", "amplitude", "colour", "is binary", "metallicity", "noise")
values = x * np.array([1.2, 0.6, 0.3, 0.2, 0.1, 0.01])
values[:, 1] = 0.6 * x[:, 1] * np.sign(x[:, 4])
attribution = Attribution(values, -1.2, x, names, unit="log-odds", error=np.zeros(n), how="by hand")
classes = np.array(["RR Lyrae", "Cepheid", "eclipsing"])[kind]
table = {"name": [f"Gaia {k}" for k in range(n)], "class": classes}
"""
EXPLORER = """
e = AttributionExplorer(attribution, projection=xy, table=table, labels=table["class"])
e.wait()
e
"""
PLACE = """async ([name, x, y]) => {
  const bokeh = await Object.values(globalThis.astrokitBokeh)[0];
  const view = bokeh.index.query((one) => one.model.name === name).next().value;
  const { left, top } = view.el.getBoundingClientRect();
  const { x_scale, y_scale } = view.frame;
  return [left + x_scale.compute(x), top + y_scale.compute(y)];
}"""
FOCUSED = """() => {
  const one = document.activeElement;
  const label = one.closest(".widget-inline-hbox")?.querySelector(".widget-label")?.textContent;
  return `${one.tagName} ${label ?? one.textContent.trim()}`;
}"""


class SeenExplorer(SeenMap):
    """An explorer on a page: its map, its panels, and the charts in them."""

    def __init__(self, notebook):
        self.notebook = notebook
        notebook.find(".ak-explorer .ak-stage")
        super().__init__(notebook.page)
        self.explorer = notebook.page.locator(".ak-explorer").first

    def open(self, title):
        self.explorer.get_by_role("tab", name=title, exact=True).click()
        chart = self.explorer.locator(".ak-chart:visible").first
        chart.wait_for(state="visible")
        chart.scroll_into_view_if_needed()
        self.page.wait_for_function("(chart) => chart.dataset.drawn", arg=chart.element_handle())
        self.page.wait_for_timeout(700)
        return chart

    def rest_on_another_source(self, explorer, v):
        """Move the pointer along a row of the map until another source is in hand; `explorer` is its name."""
        before = python(self.notebook, f"{explorer}.source")
        for step in range(60):
            self.page.mouse.move(*self.at(0.1 + 0.01 * step, v))
            self.page.wait_for_timeout(500)
            if python(self.notebook, f"{explorer}.source") != before:
                return
        raise AssertionError(f"no source but {before} under the pointer")

    def place(self, plot, x, y):
        return self.page.evaluate(PLACE, [plot, x, y])

    def words(self):
        return self.explorer.locator(".ak-note[role=status]:visible").last.inner_text()

    def wait_for_words(self, pattern):
        for _ in range(300):
            if re.search(pattern, self.words()):
                self.page.wait_for_timeout(500)
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"after 30 s the words are still {self.words()!r}")

    def tab_to(self, what):
        """Press Tab until the focus is on an element that says `what`."""
        for _ in range(120):
            self.page.keyboard.press("Tab")
            if what in self.page.evaluate(FOCUSED):
                return
        raise AssertionError(f"120 times Tab, and no {what!r}")


@pytest.fixture(scope="module")
def notebook(browser, lab):
    yield from ran_wide(browser, lab, "attribution", [SOURCES, EXPLORER])


@pytest.fixture
def seen(notebook):
    """The explorer with nothing selected, coloured by class."""
    ask(notebook, "e.selection.clear(); e.map.colour_by = 'class'; e.wait()")
    seen = SeenExplorer(notebook)
    seen.root.locator("[data-do=pan]").click()
    return seen


def test_a_lasso_on_the_map_changes_the_beeswarm_beside_the_rest(notebook, seen, tmp_path):
    chart = seen.open("beeswarm")
    assert "All 20,000 sources" in seen.words()
    before = chart.screenshot()
    seen.root.locator("[data-do=lasso]").click()
    seen.drag(CIRCLE)
    seen.wait_for_status("selected of 20,000")
    n = python(notebook, "len(e.selection)")
    seen.wait_for_words(f"{n:,} sources selected, against {20_000 - n:,}")
    assert chart.screenshot() != before
    assert python(notebook, "e.summary.here.n") == n
    assert f"{n:,} sources selected" in chart.get_attribute("aria-label")
    seen.explorer.screenshot(path=tmp_path / "beeswarm.png")


def test_a_click_on_a_bar_recolours_the_map(notebook, seen, tmp_path):
    seen.open("importance")
    looks = seen.ink()
    seen.page.mouse.click(*seen.place("bars", 0.2, 4))  # the second of six
    seen.page.wait_for_function("document.querySelector('[aria-label=\"Colour by\"]').value !== 'class'")
    seen.settle()
    second = python(notebook, "e._scene.names[int(e._scene.features_shown()[1])]")
    assert python(notebook, "e.map.colour_by") == f"Shapley value of {second}"
    assert seen.ink()[1:] != looks[1:]
    seen.explorer.screenshot(path=tmp_path / "importance.png")


@pytest.mark.parametrize("scale", ["one for all", "each its own"])
def test_a_range_drawn_in_the_beeswarm_selects_on_the_map(notebook, seen, scale):
    seen.open("beeswarm")
    seen.explorer.get_by_label("scale").locator("visible=true").select_option(label=scale)
    seen.page.wait_for_timeout(500)
    y = 5 - python(notebook, "[int(k) for k in e._scene.features_shown()].index(0)")
    ends = (1.0, 2.0) if scale == "one for all" else (0.6, 0.9)
    x0, top = seen.place("beeswarm", ends[0], y + 0.3)
    x1, bottom = seen.place("beeswarm", ends[1], y - 0.3)
    seen.page.mouse.move(x0, top)
    seen.page.mouse.down()
    for share in (0.3, 0.7, 1.0):
        seen.page.mouse.move(x0 + share * (x1 - x0), top + share * (bottom - top))
        seen.page.wait_for_timeout(50)
    seen.page.mouse.up()
    seen.wait_for_status("selected of 20,000")
    step = json.loads(python(notebook, "e.selection.to_json()"))["steps"][-1]
    assert step["do"] == "range"
    assert step["channel"] == "Shapley value of period"
    if scale == "one for all":
        assert [step["low"], step["high"]] == pytest.approx(ends, abs=0.05)
    expected = f"int(((values[:, 0] >= {step['low']}) & (values[:, 0] <= {step['high']})).sum())"
    assert python(notebook, "len(e.selection)") == python(notebook, expected) > 500
    seen.root.locator("[data-do=undo]").click()
    seen.wait_for_status("^20,000 sources")


def test_dependence_names_the_planted_interaction_and_one_source_adds_up(notebook, seen, tmp_path):
    ask(notebook, "e.feature = 'amplitude'; e.wait()")
    seen.open("dependence")
    seen.wait_for_words("amplitude interacts most with metallicity")
    seen.explorer.screenshot(path=tmp_path / "dependence.png")
    seen.open("one source")
    seen.page.mouse.move(*seen.at(0.5, 0.5))
    seen.page.mouse.move(*seen.at(0.42, 0.7))
    seen.wait_for_words("Source [1-9]")
    row = int(re.search(r"Source ([\d,]+):", seen.words())[1].replace(",", ""))
    assert row == python(notebook, "e.source")
    answer = python(notebook, f"round(float(-1.2 + values[{row}].sum()), 4)")
    assert f"Source {row:,}: {answer:.4g}, from a base value of -1.2" in seen.words()


def test_all_of_it_by_keyboard_alone(notebook, seen):
    seen.open("importance")
    seen.explorer.locator(".widget-toggle-button").first.focus()
    guide = seen.explorer.locator(".ak-guide")
    for state in ("visible", "hidden"):
        seen.press("Enter")
        guide.wait_for(state=state)
    seen.tab_to("SELECT feature")
    seen.press("ArrowDown", "ArrowUp", "c")  # colour
    seen.tab_to("BUTTON colour the map")
    seen.press("Enter")
    seen.page.wait_for_function(
        "document.querySelector('[aria-label=\"Colour by\"]').value === 'Shapley value of colour'"
    )
    seen.explorer.get_by_role("tab", name="importance").focus()
    seen.press("ArrowRight", "Enter")
    seen.page.wait_for_timeout(500)
    seen.tab_to("INPUT from")
    seen.press(*"0.25")
    seen.tab_to("INPUT to")
    seen.tab_to("BUTTON select range")
    seen.press("Enter")
    seen.wait_for_status("selected of 20,000")
    assert python(notebook, "len(e.selection)") == python(notebook, "int((values[:, 2] >= 0.25).sum())")
    seen.stage.focus()
    seen.press("u")
    seen.wait_for_status("^20,000 sources")


def test_a_kept_selection_is_compared_with_the_next(notebook, seen):
    ask(notebook, "e.selection.category('class', 'Cepheid'); e.wait()")
    seen.open("importance")
    seen.explorer.get_by_placeholder("name").locator("visible=true").fill("pulsators")
    seen.explorer.get_by_role("button", name="keep").locator("visible=true").click()
    ask(notebook, "e.selection.category('class', 'eclipsing'); e.wait()")
    seen.wait_for_words("sources in 'pulsators'")
    chosen = seen.explorer.locator("select:visible").filter(has_text="pulsators")
    assert chosen.evaluate("list => list.selectedOptions[0].textContent") == "'pulsators'"
    assert python(notebook, "e.against") == "pulsators"
    ask(notebook, "e.against = ''; e.selection.clear().undo().undo().undo().undo(); e.wait()")


def test_charts_follow_the_dark_theme(seen, tmp_path):
    change = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
    chart = seen.open("beeswarm")
    light = chart.screenshot()
    seen.page.evaluate(change, "JupyterLab Dark")
    seen.page.wait_for_function("document.querySelector('.ak-map').dataset.theme === 'dark'")
    for title in ("importance", "beeswarm", "dependence", "one source"):
        seen.open(title)
        seen.explorer.screenshot(path=tmp_path / f"dark {title}.png")
    chart = seen.open("beeswarm")
    dark = chart.screenshot()
    seen.page.evaluate(change, "JupyterLab Light")
    seen.page.wait_for_function("document.querySelector('.ak-map').dataset.theme === 'light'")
    assert light != dark


def test_its_state_comes_back_in_a_new_kernel(notebook, seen, browser, lab):
    ask(notebook, "e.selection.category('class', 'Cepheid'); e.colour('metallicity'); e.wait()")
    ask(notebook, "e.panel = 'beeswarm'")
    state = ask(notebook, "import json; print(json.dumps(e.state))")
    again = f"import json\ne.restore(json.loads({state!r}))\ne.wait()\n"
    other = open_notebook(browser, lab, "again", [SOURCES, EXPLORER.replace("e.wait()\n", again)])
    other.run_all(240)
    restored = SeenExplorer(other)
    restored.wait_for_status("selected of 20,000")
    assert restored.status().startswith(seen.status().split(" ")[0])
    assert json.loads(ask(other, "import json; print(json.dumps(e.state))")) == json.loads(state)
    other.shut_down()


def test_nothing_was_said_in_the_console_and_nothing_asked_elsewhere(notebook, seen):
    for title in ("importance", "beeswarm", "dependence", "one source"):
        seen.open(title)
    assert notebook.complaints() == []
    assert notebook.page.failures == []
    ours = [
        text for text in notebook.page.said if "willReadFrequently" not in text
    ]  # these tests read pixels
    assert ours == []
