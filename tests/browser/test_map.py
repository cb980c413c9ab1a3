"""The map in a real JupyterLab: by mouse, by keyboard, from Python, after a reload, in the dark, offline."""

import json
import math
import re
import shutil

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from astrokit.explore.map import LatentMap
from astrokit.run.outcome import tidy
from astrokit.run.page import to_html
from tests.browser.conftest import refuse_elsewhere
from tests.browser.reader import KERNEL, PANEL, OpenNotebook

pytestmark = [pytest.mark.full, pytest.mark.serial]

POINTS = """
import numpy as np
from astrokit.explore.map import LatentMap

rng = np.random.default_rng(0)
kind = rng.integers(0, 4, 200_000)
centre = np.array([[0, 0], [5, 1], [1, 5], [-4, 3]])[kind]
x, y = (centre + rng.normal(size=centre.shape)).T
table = {"id": np.arange(len(x)), "class": np.array(["blazar", "quasar", "star", "pulsar"])[kind],
         "flux": rng.random(len(x))}
"""
MAP = """
m = LatentMap(x, y, table=table, channels=["class", "flux"], title="Four clusters", width=640, height=480)
m.index
m
"""
HEAR = """() => {
  window.pictures = [];
  document.addEventListener("astrokit-picture", (event) => pictures.push(event.detail));
}"""
ASK = f"""async (code) => {{
  const future = {KERNEL}.requestExecute({{ code, store_history: false }});
  let text = "";
  future.onIOPub = ({{ header, content }}) => {{
    if (header.msg_type === "stream") text += content.text;
    if (header.msg_type === "error") text += "ERROR " + content.evalue;
  }};
  await future.done;
  return text;
}}"""
INK = """canvas => {
  const { width, height } = canvas;
  const bytes = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  let [n, sum] = [0, [0, 0, 0]];
  for (let k = 0; k < bytes.length; k += 4) {
    if (bytes[k + 3] < 40) continue;
    n++;
    for (let c = 0; c < 3; c++) sum[c] += bytes[k + c];
  }
  return [n / (width * height), ...sum.map((s) => Math.round(s / Math.max(n, 1)))];
}"""


class SeenMap:
    """A map on a page, and what a person does to it."""

    def __init__(self, page, root=".ak-map"):
        self.page, self.root = page, page.locator(root).first
        self.stage = self.root.locator(".ak-stage")
        self.stage.scroll_into_view_if_needed()
        page.wait_for_function(
            "document.querySelector('.ak-status')?.textContent.includes('of') "
            "|| document.querySelector('.ak-status')?.textContent.includes('sources')"
        )
        page.evaluate(HEAR)
        self.settle()

    def settle(self):
        """Wait until nothing moves, no picture is asked for, and none has come for a while."""
        rests = "({ moving, asking }) => moving !== 'true' && asking !== 'true'"
        n = -1
        while n != (n := self.page.evaluate("pictures.length")):
            self.page.wait_for_timeout(200)
            self.page.wait_for_function(f"({rests})(document.querySelector('.ak-map').dataset)")
        self.page.wait_for_timeout(300)  # the kernel hears of the view a little after the picture

    def pictures(self):
        return self.page.evaluate("pictures")

    def forget(self):
        self.page.evaluate("pictures.length = 0")

    def at(self, u, v):
        """A place on the page, from shares of the stage; v from its top."""
        box = self.stage.bounding_box()
        return box["x"] + u * box["width"], box["y"] + v * box["height"]

    def ink(self):
        """(share of the canvas that is painted, mean red, green, blue of it)."""
        return self.root.locator(".ak-picture").evaluate(INK)

    def status(self):
        return self.root.locator(".ak-status").inner_text()

    def wait_for_status(self, pattern):
        for _ in range(300):
            if re.search(pattern, self.status()):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"after 30 s the status is still {self.status()!r}")

    def drag(self, places):
        self.page.mouse.move(*self.at(*places[0]))
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*self.at(*place))
            self.page.wait_for_timeout(16)
        self.page.mouse.up()

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.page.wait_for_timeout(30)

    def choose(self, label, value):
        self.root.get_by_label(label, exact=True).select_option(value)
        self.settle()


CIRCLE = [(0.5 + 0.2 * math.sin(a), 0.5 - 0.2 * math.cos(a)) for a in np.linspace(0, 2 * np.pi, 24)]


def open_notebook(browser, lab, name, cells, **options):
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel})
    nbformat.write(notebook, lab.folder / f"{name}.ipynb")
    page = browser.new_page(viewport={"width": 1280, "height": 1000}, **options)
    page.refused, page.failures = refuse_elsewhere(page), []
    page.on("pageerror", lambda error: page.failures.append(str(error)))
    opened = OpenNotebook(page, lab.address(f"{name}.ipynb"))
    opened.file = lab.folder / f"{name}.ipynb"
    return opened


def ran_wide(browser, lab, name, cells, *, height=1300, seconds=300):
    """For a fixture: a notebook that has run, in a wide window; `page.said` is what its console said."""
    opened = open_notebook(browser, lab, name, cells)
    opened.page.said = []
    opened.page.on("console", lambda message: opened.page.said.append(message.text))
    opened.page.set_viewport_size({"width": 1700, "height": height})
    opened.run_all(seconds)
    yield opened
    opened.shut_down()


@pytest.fixture(scope="module")
def notebook(browser, lab):
    opened = open_notebook(browser, lab, "map", [POINTS, MAP])
    opened.run_all(120)
    yield opened
    opened.shut_down()


@pytest.fixture
def seen(notebook):
    """The map as it was in the beginning."""
    start = {"view": [], "colour_by": "density", "colour_map": "viridis", "stretch": "log", "isolated": []}
    ask(notebook, f"m.restore({start}); m.selection.clear()")
    notebook.page.keyboard.press("Escape")
    seen = SeenMap(notebook.page)
    seen.root.locator("[data-do=pan]").click()
    return seen


def ask(notebook, code):
    """What the kernel prints when it runs some code."""
    return notebook.page.evaluate(ASK, code).strip()


def python(notebook, expression):
    return json.loads(ask(notebook, f"import json; print(json.dumps({expression}))"))


def test_the_map_is_painted_and_nothing_failed(notebook, seen, tmp_path):
    outputs = notebook.outputs()
    assert [o for o in outputs if o and (o["output_type"] == "error" or o.get("name") == "stderr")] == []
    assert seen.ink()[0] > 0.05
    assert seen.status() == "200,000 sources"
    assert notebook.page.failures == []
    assert notebook.page.refused == []
    notebook.page.screenshot(path=tmp_path / "map.png")


def test_the_legend_counts_the_classes_of_the_selection(notebook, seen, tmp_path):
    ask(notebook, "m.colour_by = 'class'; m.selection.clear()")
    seen.page.wait_for_function("document.querySelectorAll('.ak-class').length === 4")
    seen.root.locator("[data-do=lasso]").click()
    seen.drag(CIRCLE)
    seen.wait_for_status("selected of")
    counts = python(
        notebook,
        "[int(n) for n in np.bincount(m.index.channel('class')[m.selection.mask], minlength=4)]",
    )
    assert sum(counts) == python(notebook, "len(m.selection)") > 0
    shown = seen.root.locator(".ak-class").evaluate_all("found => found.map(b => b.title)")
    assert [re.search(r": ([\d,]+) selected of", text)[1] for text in shown] == [f"{n:,}" for n in counts]
    seen.root.screenshot(path=tmp_path / "counted.png")


def test_the_legend_folds_and_what_lies_below_it_can_be_reached(notebook, seen, tmp_path):
    ask(notebook, "m.colour_by = 'class'")
    seen.page.wait_for_function("document.querySelectorAll('.ak-class').length === 4")
    heading, legend = (seen.root.locator(f".ak-legend{name}") for name in ("-heading", ""))
    box = legend.bounding_box()
    below = [box["x"] + box["width"] / 2, box["y"] + box["height"] - 12]
    on_top = "([x, y]) => document.elementFromPoint(x, y).closest('.ak-legend') !== null"
    assert seen.page.evaluate(on_top, below)
    heading.focus()
    seen.press("Enter")
    assert heading.get_attribute("aria-expanded") == "false"
    assert not seen.page.evaluate(on_top, below)
    seen.root.screenshot(path=tmp_path / "folded.png")
    heading.click()
    assert heading.get_attribute("aria-expanded") == "true"
    assert legend.bounding_box()["height"] == box["height"]


def test_the_wheel_zooms_where_the_pointer_is(notebook, seen):
    seen.page.mouse.move(*seen.at(0.25, 0.5))
    seen.forget()
    before = python(notebook, "m.window")
    for _ in range(5):
        seen.page.mouse.wheel(0, -100)
        seen.page.wait_for_timeout(40)
    seen.settle()
    after = python(notebook, "m.window")
    assert after[1] - after[0] == pytest.approx(math.exp(-0.8) * (before[1] - before[0]), rel=0.01)
    places = [view[0] + 0.25 * (view[1] - view[0]) for view in (before, after)]
    assert places[0] == pytest.approx(places[1], abs=0.01 * (before[1] - before[0]))
    assert not seen.pictures()[-1]["coarse"]
    assert seen.pictures()[-1]["view"] == pytest.approx(after)


def test_on_a_slow_machine_coarse_pictures_come_on_the_way(seen):
    session = seen.page.context.new_cdp_session(seen.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 20})
    try:
        for _ in range(8):  # more than the five pictures whose median is the pace
            seen.press("0")
            seen.page.mouse.move(*seen.at(0.5, 0.5))
            seen.settle()
            seen.forget()
            seen.page.mouse.wheel(0, -100)
            seen.settle()
            coarse = [picture["coarse"] for picture in seen.pictures()]
            if coarse[0]:
                break
    finally:
        session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    assert coarse[0]
    assert not coarse[-1]


def test_a_drag_moves_the_map_and_shows_pictures_on_the_way(notebook, seen):
    seen.press("Escape")
    before = python(notebook, "m.window")
    seen.forget()
    seen.drag([(0.5 - 0.01 * k, 0.5) for k in range(21)])
    during = len(seen.pictures())
    seen.settle()
    after = python(notebook, "m.window")
    assert after[0] - before[0] == pytest.approx(0.2 * (before[1] - before[0]), rel=0.03)
    assert during >= 3


def test_a_lasso_in_the_browser_is_read_in_python(notebook, seen):
    seen.root.locator("[data-do=lasso]").click()
    seen.drag(CIRCLE)
    seen.wait_for_status("selected of 200,000")
    n = python(notebook, "len(m.selection.indices)")
    assert n > 1000
    assert seen.status() == f"{n:,} selected of 200,000"
    truth = "[float(v) for p in (x[m.selection.indices], y[m.selection.indices]) for v in (p.min(), p.max())]"
    x0, x1, y0, y1 = python(notebook, truth)
    window = python(notebook, "m.window")
    expected = [window[0] + share * (window[1] - window[0]) for share in (0.3, 0.7)]
    assert [x0, x1] == pytest.approx(expected, abs=0.03 * (window[1] - window[0]))
    assert y1 - y0 == pytest.approx(0.4 * (window[3] - window[2]), rel=0.1)


def test_gestures_combine_and_the_buttons_undo_and_redo(notebook, seen):
    seen.root.locator("[data-do=box]").click()
    seen.drag([(0.3, 0.3), (0.5, 0.5), (0.6, 0.6)])
    seen.wait_for_status("selected of")
    n_first = python(notebook, "len(m.selection)")
    seen.root.locator("[data-how=minus]").click()
    seen.drag([(0.45, 0.2), (0.5, 0.5), (0.7, 0.7)])
    seen.page.wait_for_timeout(500)
    n_second = python(notebook, "len(m.selection)")
    assert 0 < n_second < n_first
    seen.root.locator("[data-do=undo]").click()
    seen.wait_for_status(f"^{n_first:,} selected")
    seen.root.locator("[data-do=redo]").click()
    seen.wait_for_status(f"^{n_second:,} selected")
    seen.root.locator("[data-how=new]").click()


def test_a_selection_from_python_is_bright_and_the_rest_is_grey(notebook, seen):
    colourful = seen.ink()
    ask(notebook, "m.selection.ids(np.arange(10))")
    seen.wait_for_status("^10 selected of 200,000")
    seen.settle()
    red, green, blue = seen.ink()[1:]
    assert max(red, green, blue) - min(red, green, blue) < 30
    assert max(colourful[1:]) - min(colourful[1:]) > 40
    assert ask(notebook, "print(m.alt)").endswith("10 are selected.")


def test_a_class_is_isolated_without_a_round_trip(notebook, seen):
    seen.choose("Colour by", "class")
    every = seen.ink()
    seen.forget()
    entry = seen.root.locator(".ak-class", has_text="pulsar")
    entry.click()
    seen.settle()
    assert seen.pictures() == []
    assert entry.get_attribute("aria-pressed") == "true"
    assert seen.ink()[1:] != every[1:]
    assert python(notebook, "m.isolated") == ["pulsar"]
    entry.click()
    seen.settle()
    assert seen.ink() == every


def test_the_status_counts_clusters(notebook, seen):
    seen.choose("Colour by", "class")
    ask(notebook, "m.selection.category('class', 'star', 'quasar')")
    seen.wait_for_status(r"^\d+,\d+ selected of 200,000, 2 clusters$")


def test_colour_map_and_stretch_change_without_a_round_trip(notebook, seen):
    looks = [seen.ink()]
    seen.forget()
    for label, value in (("Colour map", "magma"), ("Stretch", "linear"), ("Stretch", "equalised")):
        seen.choose(label, value)
        looks.append(seen.ink())
    assert seen.pictures() == []
    assert len({tuple(look) for look in looks}) == 4
    assert len({look[0] for look in looks}) == 1
    assert python(notebook, "[m.colour_map, m.stretch]") == ["magma", "equalised"]


def test_hovering_tells_the_row_of_the_nearest_source(notebook, seen):
    seen.page.mouse.move(*seen.at(0.5, 0.5))
    seen.page.mouse.move(*seen.at(0.42, 0.7))
    card = seen.root.locator(".ak-card")
    card.wait_for(state="visible")
    row = int(re.search(r"row ([\d,]+)", card.inner_text())[1].replace(",", ""))
    view = python(notebook, "m.window")
    place = view[0] + 0.42 * (view[1] - view[0]), view[2] + 0.3 * (view[3] - view[2])
    aspect = (view[1] - view[0]) / 640 / ((view[3] - view[2]) / 480)
    nearest = python(notebook, f"[int(m.index.nearest({place[0]}, {place[1]}, aspect={aspect})[0])]")
    assert [row] == nearest
    assert card.locator("dt").all_inner_texts() == ["id", "class", "flux"]


def test_a_bad_message_is_one_line_in_the_widget(notebook, seen):
    ask(notebook, "m.selection.ids([1])")
    ask(notebook, "m._on_message(m, {'kind': 'lasso', 'client': 'x', 'polygon': [[0, 1]], 'how': 'new'}, [])")
    ask(notebook, "m._on_message(m, {'kind': 'eval'}, [])")
    error = seen.root.locator(".ak-error")
    error.wait_for(state="visible")
    assert "Nothing was changed" in error.inner_text()
    assert python(notebook, "len(m.selection)") == 1


def test_everything_can_be_done_by_keyboard(notebook, seen):
    seen.root.locator(".ak-group button").last.focus()
    seen.press("Tab")
    focused = "document.activeElement.classList.contains('ak-stage')"
    assert seen.page.evaluate(focused)
    home = python(notebook, "m.window")
    n_cells = len(notebook.outputs())
    seen.press("+", "+", "ArrowRight", "ArrowUp")
    seen.settle()
    moved = python(notebook, "m.window")
    assert moved[1] - moved[0] == pytest.approx(0.36 * (home[1] - home[0]), rel=0.02)
    assert moved[0] + moved[1] > home[0] + home[1]
    seen.press("0")
    seen.settle()
    assert python(notebook, "m.window") == pytest.approx(home)
    seen.press("m", "s", "c", "i")
    seen.settle()
    assert python(notebook, "[m.colour_map, m.stretch, m.colour_by, m.isolated]") == [
        "cividis",
        "linear",
        "class",
        ["blazar"],
    ]
    seen.press(
        "Escape", "b", *["ArrowLeft"] * 12, "Space", *["ArrowRight"] * 24, *["Shift+ArrowUp"] * 2, "Enter"
    )
    seen.wait_for_status("selected of 200,000, . cluster")
    n_box = python(notebook, "len(m.selection)")
    seen.press("Escape", "h", "l", "Space", "Shift+ArrowDown", "Space", "Shift+ArrowRight", "Space", "Enter")
    seen.page.wait_for_timeout(700)
    assert python(notebook, "m.selection.steps[-1].how") == "or"
    assert python(notebook, "len(m.selection)") > n_box
    seen.press("Escape", "u")
    seen.wait_for_status(f"^{n_box:,} selected")
    seen.press("h", "h", "h", "?")
    assert seen.root.locator(".ak-help").is_visible()
    seen.press("Escape")
    assert seen.page.evaluate(focused)
    assert len(notebook.outputs()) == n_cells


def test_the_focus_is_seen_and_the_counts_are_announced(seen):
    seen.stage.focus()
    seen.press("ArrowLeft")
    assert seen.stage.evaluate("stage => getComputedStyle(stage).boxShadow") != "none"
    status = seen.root.locator(".ak-status")
    assert status.get_attribute("aria-live") == "polite"
    assert "Four clusters" in seen.stage.get_attribute("aria-label")
    unnamed = "buttons => buttons.filter(b => !(b.ariaLabel || b.textContent.trim())).length"
    assert seen.root.locator("button").evaluate_all(unnamed) == 0


def test_touching_with_two_fingers_zooms(notebook, seen):
    session = seen.page.context.new_cdp_session(seen.page)
    before = python(notebook, "m.window")
    for kind, gap in (("touchStart", 0.05), ("touchMove", 0.1), ("touchMove", 0.15), ("touchEnd", None)):
        places = [] if gap is None else [seen.at(0.5 - gap, 0.5), seen.at(0.5 + gap, 0.5)]
        fingers = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
        seen.page.wait_for_timeout(50)
    seen.settle()
    after = python(notebook, "m.window")
    assert after[1] - after[0] == pytest.approx((before[1] - before[0]) / 3, rel=0.05)
    assert sum(after[:2]) == pytest.approx(sum(before[:2]), abs=0.02 * (before[1] - before[0]))


def test_it_follows_the_dark_theme(notebook, seen, tmp_path):
    ground = "stage => getComputedStyle(stage).backgroundColor"
    light = seen.stage.evaluate(ground), seen.ink()
    change = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
    seen.page.evaluate(change, "JupyterLab Dark")
    seen.page.wait_for_function("document.querySelector('.ak-map').dataset.theme === 'dark'")
    seen.page.wait_for_timeout(300)
    dark = seen.stage.evaluate(ground), seen.ink()
    seen.page.screenshot(path=tmp_path / "dark.png")
    seen.page.evaluate(change, "JupyterLab Light")
    seen.page.wait_for_function("document.querySelector('.ak-map').dataset.theme === 'light'")
    assert brightness(light[0]) > 240 > 30 > brightness(dark[0])
    assert light[1][1:] != dark[1][1:]


def test_it_is_there_again_after_the_page_is_loaded_again(notebook, seen):
    seen.choose("Colour by", "class")
    seen.page.mouse.move(*seen.at(0.5, 0.5))
    seen.page.mouse.wheel(0, -200)
    seen.settle()
    ask(notebook, "m.selection.ids([1, 2, 3])")
    window = python(notebook, "m.window")
    notebook.save()
    notebook.page.reload()
    notebook.wait_for_kernel()
    notebook.find(".ak-stage")
    again = SeenMap(notebook.page)
    again.wait_for_status("^3 selected of 200,000, . clusters?$")
    again.forget()
    again.press("Escape")
    assert again.ink()[0] > 0.05
    assert again.root.get_by_label("Colour by", exact=True).input_value() == "class"
    again.page.mouse.move(*again.at(0.5, 0.5))
    again.page.mouse.wheel(0, -100)
    again.settle()
    assert again.pictures()
    assert python(notebook, "m.window")[0] > window[0]


ALT = "Four clusters: map of 200,000 sources, coloured by density."
LARGE = "[...document.images].some((image) => image.naturalWidth > 600)"


@pytest.fixture
def executed(notebook, seen, tmp_path):
    """The notebook as `astrokit run` leaves it."""
    notebook.save()
    content = tidy(json.loads(notebook.file.read_text()), "map")
    (tmp_path / "map.ipynb").write_text(json.dumps(content))
    return tmp_path / "map.ipynb"


def test_without_a_kernel_a_page_has_the_picture_with_alt_text(browser, executed):
    assert executed.stat().st_size < 300_000
    page = browser.new_page()
    page.set_content(to_html(executed, title="map", pictures=executed.parent))
    page.get_by_role("img", name=ALT).wait_for(state="visible")
    page.wait_for_function(LARGE)
    page.close()


def test_an_executed_notebook_opened_in_jupyterlab_has_the_picture(browser, lab, executed):
    shutil.copy(executed, lab.folder / "executed.ipynb")
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    opened = OpenNotebook(page, lab.address("executed.ipynb"))
    page.wait_for_function(LARGE)
    assert opened.find(".jp-RenderedImage img").is_visible()
    opened.shut_down()


# --- pages without a kernel ---------------------------------------------------------------------------------


def small_map(**options):
    rng = np.random.default_rng(0)
    kind = rng.integers(0, 3, 30_000)
    x, y = (rng.normal(size=(2, 30_000)) + np.array([3, 1])[:, None] * kind).astype("f4")
    channels = {"class": np.array(["blazar", "quasar", "star"])[kind]}
    return LatentMap(x, y, channels=channels, colour_by="class", title="Saved", **options)


@pytest.fixture
def offline(browser, tmp_path):
    """Open a saved map in a browser without a network; `complaints` has what went wrong."""
    contexts = []

    def open_page(map, **options):
        map.to_html(tmp_path / "map.html", overwrite=True)
        contexts.append(browser.new_context(offline=True, **options))
        page = contexts[-1].new_page()
        page.complaints = []
        page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("requestfailed", lambda asked: page.complaints.append(asked.url[:200]))
        page.goto((tmp_path / "map.html").as_uri())
        return SeenMap(page)

    yield open_page
    for context in contexts:
        context.close()


def test_a_saved_page_works_without_a_network(offline, tmp_path):
    seen = offline(small_map())
    every = seen.ink()
    assert every[0] > 0.05
    assert "overview saved on" in seen.root.inner_text()
    seen.root.locator(".ak-class", has_text="star").click()
    seen.page.wait_for_timeout(200)
    assert seen.ink()[1:] != every[1:]
    seen.press("Escape")
    seen.root.locator(".ak-class", has_text="star").click()
    seen.page.mouse.move(*seen.at(0.4, 0.5))
    for _ in range(5):
        seen.page.mouse.wheel(0, -100)
    seen.settle()
    assert seen.ink() != every
    assert seen.ink()[0] > 0.05
    assert seen.root.locator(".ak-minimap").is_visible()
    assert seen.root.locator("[data-do=lasso]").is_disabled()
    assert seen.page.complaints == []
    seen.page.screenshot(path=tmp_path / "saved.png")


def test_a_saved_page_follows_the_dark_scheme_and_fits_400_pixels(offline, tmp_path):
    seen = offline(small_map(), color_scheme="dark", viewport={"width": 400, "height": 800})
    assert seen.root.get_attribute("data-theme") == "dark"
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 400
    box = seen.root.locator(".ak-legend").bounding_box()
    assert box["y"] >= sum(seen.stage.bounding_box()[key] for key in ("y", "height"))
    seen.page.screenshot(path=tmp_path / "narrow.png")


def test_without_scripts_there_is_still_the_picture(browser, tmp_path):
    small_map().to_html(tmp_path / "map.html")
    context = browser.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto((tmp_path / "map.html").as_uri())
    image = page.get_by_role("img", name="Saved: map of 30,000 sources, coloured by class.")
    assert image.bounding_box()["width"] > 500
    context.close()


PAYLOADS = [
    "<script>hurt(1)</script>",
    "<img src=x onerror=hurt(2)>",
    "<svg onload=hurt(3)>",
    "</script><script>hurt(4)</script>",
    "<!--<script>hurt(5)</script>",
    '"><img src=x onerror=hurt(6)>',
    "'><svg/onload=hurt(7)>",
    "javascript:hurt(8)",
    "<iframe srcdoc='<script>parent.hurt(9)</script>'>",
    "<a href=javascript:hurt(10)>x</a>",
    "<body onload=hurt(11)>",
    "<details open ontoggle=hurt(12)>",
    "<video><source onerror=hurt(13)></video>",
    "<math><mi xlink:href=javascript:hurt(14)>",
    "<style>@import'javascript:hurt(15)'</style>",
    "${hurt(16)}",
    "{{hurt(17)}}",
    "`;hurt(18);`",
    "');hurt(19);//",
    "\\u003cscript\\u003ehurt(20)\\u003c/script\\u003e",
    "&lt;script&gt;hurt(21)&lt;/script&gt;",
    "&#60;img src=x onerror=hurt(22)&#62;",
    "<img src=`x`onerror=hurt(23)>",
    "<input autofocus onfocus=hurt(24)>",
    "<marquee onstart=hurt(25)>",
    "<object data=javascript:hurt(26)>",
    "<form><button formaction=javascript:hurt(27)>x",
    "<template><script>hurt(28)</script></template>",
    "]]><script>hurt(29)</script>",
    "\u2028hurt(30)//<script>hurt(30)</script>",
]
HURT = """() => {
  window.hurts = [];
  window.hurt = (n) => hurts.push(n);
}"""
PLANT = "() => document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=hurt(0)>')"
NASTY = """
import numpy as np
from astrokit.explore.map import LatentMap

payloads = {payloads!r}
rng = np.random.default_rng(0)
kind = rng.integers(0, 30, 20_000)
labels = np.array(payloads)[kind]
table = {{payloads[0]: labels, payloads[1]: np.arange(20_000), **{{p: labels for p in payloads[2:12]}}}}
m = LatentMap(kind % 6 + 0.3 * rng.random(20_000), kind // 6 + 0.3 * rng.random(20_000), table=table,
              channels={{payloads[3]: labels}}, colour_by=payloads[3], title=payloads[1], width=900,
              labels={{p: (i % 6, i // 6) for i, p in enumerate(payloads)}})
m.index
m
"""


def elements_from_data(seen):
    inert = "script, img, iframe, object, video, form, math, template, marquee, details, style, a, input"
    return seen.root.locator(inert).count()


def test_payloads_in_names_ids_labels_and_rows_stay_text(browser, lab):
    opened = open_notebook(browser, lab, "payloads", [NASTY.format(payloads=PAYLOADS)])
    try:
        opened.page.evaluate(HURT)
        opened.run_all(120)
        seen = SeenMap(opened.page)
        assert seen.root.locator(".ak-name").all_text_contents() == sorted(PAYLOADS)
        seen.root.locator(".ak-legend").evaluate(
            "legend => legend.style.display = 'none'"
        )  # it lies over some
        for k in range(30):
            seen.page.mouse.move(*seen.at(*place_of(k)))
            card = seen.root.locator(".ak-card")
            card.wait_for(state="visible")
            seen.page.wait_for_timeout(60)
        assert seen.root.locator(".ak-card dd").count() == 12
        seen.root.locator(".ak-legend").evaluate("legend => legend.style.display = ''")
        seen.root.locator(".ak-class").nth(3).click()
        ask(opened, "m.selection.category(payloads[3], payloads[0])")
        seen.wait_for_status("selected of 20,000, 1 cluster")
        ask(opened, "m._on_message(m, {'kind': payloads[0]}, [])")
        assert "<script>" in seen.root.locator(".ak-error").inner_text()
        assert seen.root.locator(".ak-title").inner_text() == PAYLOADS[1]
        assert elements_from_data(seen) == 0
        assert opened.page.evaluate("hurts") == []
        opened.page.evaluate(PLANT)  # the trap is one
        opened.page.wait_for_function("hurts.length === 1")
    finally:
        opened.shut_down()


def place_of(k):
    """Where the cluster of a payload lies on the stage of the map above."""
    x, y = k % 6 + 0.15, k // 6 + 0.15
    return (x + 0.212) / 5.724, 1 - (y + 0.172) / 4.644


def test_payloads_in_a_saved_page_stay_text(offline):
    kind = np.arange(3000) % 30
    labels = np.array(PAYLOADS)[kind]
    map = LatentMap(
        kind % 6 + 0.0,
        kind // 6 + 0.0,
        channels={PAYLOADS[0]: labels},
        colour_by=PAYLOADS[0],
        title=PAYLOADS[3],
        labels={payload: (0.0, 0.0) for payload in PAYLOADS},
    )
    seen = offline(map)
    assert sorted(seen.root.locator(".ak-name").all_text_contents()) == sorted(PAYLOADS)
    assert seen.root.locator(".ak-title").inner_text() == PAYLOADS[3]
    assert seen.page.title() == PAYLOADS[3]
    assert elements_from_data(seen) == 0
    assert seen.page.complaints == []


def brightness(colour):
    return np.mean([int(value) for value in re.findall(r"\d+", colour)[:3]])


def test_a_notebook_reopened_without_a_kernel_shows_the_picture(browser, lab):
    """Saved in JupyterLab, not by `astrokit run`: the widget is dead, and the picture stands before it."""
    notebook = open_notebook(browser, lab, "reopened", [POINTS, MAP])
    notebook.run_all(120)
    notebook.page.locator(".ak-stage").wait_for()
    assert not notebook.page.locator(".jp-RenderedImage img").is_visible()
    notebook.save()
    notebook.shut_down()
    page = browser.new_page()
    page.goto(lab.address("reopened.ipynb"))
    page.wait_for_function(f"{KERNEL}?.status === 'idle'")
    page.evaluate(f"{PANEL}.sessionContext.shutdown()")
    picture = page.locator(".jp-RenderedImage img")
    picture.wait_for(state="visible")
    assert picture.evaluate("image => image.naturalWidth") == 640
    page.close()
