"""The map in JupyterLab, in headless Chromium, beside HoloViews' `rasterize` on the same 20 million points.

Wheel to picture: from the wheel event on the page to the frame in which the new, full picture is drawn, the
same two moments on both sides. A 20-step drag: pictures on the way, and how long after the last step the last
one comes. Also: bytes per picture, the seconds from a cold import to the first pictures of 4 million points,
and what a map adds to an executed notebook. Needs Chromium; for other sizes give millions as an argument.
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import numpy as np
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.point_index import crowd  # noqa: E402 - found once the root is on the path
from tests.browser.conftest import FLAGS  # noqa: E402
from tests.browser.lab import running_lab  # noqa: E402
from tests.browser.reader import OpenNotebook  # noqa: E402

WHEELS, STEPS = 30, 20
OURS = """
import numpy as np
from astrokit.explore import LatentMap, PointIndex
x, y = np.load({path!r})
m = LatentMap(PointIndex(x, y, progress=False), width=640, height=480)
m
"""
THEIRS = """
import holoviews as hv, numpy as np
from holoviews.operation.datashader import rasterize
hv.extension("bokeh", inline=True)
x, y = np.load({path!r})
rasterize(hv.Points((x, y))).opts(width=640, height=480, cnorm="log", active_tools=["wheel_zoom", "pan"])
"""
COLD = """
import sys, time
import numpy as np
x, y = np.load(sys.argv[1])
started = time.perf_counter()
from astrokit.explore import LatentMap
m = LatentMap(x, y)
m._repr_mimebundle_()
coarse = time.perf_counter() - started
m.index
m.frame(640, 480)
print(coarse, time.perf_counter() - started)
"""
# Both sides: `seen` gets the time of each picture, in the animation frame in which it is on the screen.
HEAR_OURS = """() => {
  window.seen = []; window.sizes = [];
  document.addEventListener("astrokit-picture", ({ detail }) => requestAnimationFrame((now) => {
    seen.push([performance.now(), detail.coarse ? 0 : 1]); sizes.push(detail.bytes);
  }));
}"""
HEAR_THEIRS = """() => {
  window.seen = [];
  const note = () => requestAnimationFrame(() => seen.push([performance.now(), 1]));
  for (const view of Object.values(Bokeh.index))
    for (const model of view.model.document._all_models.values())
      if (model.data?.get?.("image") || model.data?.image) model.properties.data.change.connect(note);
}"""
CLOCK = """() => {
  for (const name of ["wheel", "pointermove"])
    window.addEventListener(name, () => { window.moved = performance.now(); }, { capture: true });
}"""


class Seen:
    """One map on a page, with the times of its pictures."""

    def __init__(self, page, selector, hear):
        self.page = page
        self.canvas = page.locator(selector).first
        self.canvas.scroll_into_view_if_needed()
        page.wait_for_timeout(3000)
        page.evaluate(hear)
        page.evaluate(CLOCK)
        self.box = self.canvas.bounding_box()

    def at(self, u, v):
        return self.box["x"] + u * self.box["width"], self.box["y"] + v * self.box["height"]

    def wheel(self, number):
        """Milliseconds from a turn of the wheel to the full picture."""
        rng = np.random.default_rng(number)
        self.page.mouse.move(*self.at(*rng.uniform(0.3, 0.7, 2)))
        self.page.wait_for_timeout(1500)
        self.page.evaluate("() => { seen.length = 0; }")
        self.page.mouse.wheel(0, -100 if number % 5 < 3 else 150)
        self.page.wait_for_function("seen.some(([, full]) => full)", timeout=30_000)
        return self.page.evaluate("seen.find(([, full]) => full)[0] - moved")

    def drag(self):
        """(pictures on the way, milliseconds from the last step to the last picture) of a drag."""
        self.page.mouse.move(*self.at(0.6, 0.6))
        self.page.wait_for_timeout(1500)
        self.page.evaluate("() => { seen.length = 0; }")
        self.page.mouse.down()
        for step in range(STEPS):
            self.page.mouse.move(*self.at(0.6 - 0.015 * (step + 1), 0.6 - 0.01 * (step + 1)))
            self.page.wait_for_timeout(30)
        last = self.page.evaluate("moved")
        self.page.mouse.up()
        self.page.wait_for_timeout(3000)
        times = [time for time, _ in self.page.evaluate("seen")]
        return len(times), times[-1] - last if times else float("nan")


def notebook(folder, name, source):
    """Written with one cell for each blank line, so that the last output is the map."""
    cells = [new_code_cell(source.strip())]
    path = folder / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), path)
    return path


KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def in_lab(browser, lab, name, source, selector, hear):
    path = notebook(lab.folder, name, source)
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    opened = OpenNotebook(page, lab.address(path.name))
    opened.run_all(300)
    seen = Seen(page, selector, hear)
    wheels = [seen.wheel(number) for number in range(WHEELS)]
    drags = [seen.drag() for _ in range(3)]
    sizes = page.evaluate("window.sizes ?? []")
    opened.shut_down()
    return wheels, drags, sizes


def say(name, wheels, drags):
    pictures, last = zip(*drags, strict=True)
    print(
        f"{name:22} wheel to picture: median {statistics.median(wheels):.0f} ms, "
        f"p95 {np.percentile(wheels, 95):.0f} ms; drag of {STEPS} steps: {statistics.median(pictures):.0f} "
        f"pictures, the last {statistics.median(last):.0f} ms after the last step"
    )


def chromium():
    """Where the browser is; ends the program where there is none."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return found or sys.exit("expected a browser, found none. Install Chromium.")


def browse(path):
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        with running_lab(Path(folder)) as lab:
            ours = in_lab(browser, lab, "ours", OURS.format(path=path), ".ak-stage", HEAR_OURS)
            theirs = in_lab(browser, lab, "theirs", THEIRS.format(path=path), ".bk-Figure", HEAR_THEIRS)
        browser.close()
    say("LatentMap", *ours[:2])
    say("HoloViews rasterize", *theirs[:2])
    ratio = np.percentile(theirs[0], 95) / np.percentile(ours[0], 95)
    print(f"{'':22} p95 {ratio:.1f} x sooner (goals: 100 ms, 5 x; 20 pictures, 100 ms)")
    print(f"{'':22} {statistics.median(ours[2]) / 1e3:.0f} kB a picture, median of {len(ours[2])} (goal 300)")


def cold(path):
    command = [sys.executable, "-c", COLD, path]
    times = [tuple(map(float, subprocess.check_output(command, text=True).split())) for _ in range(5)]
    coarse, whole = (statistics.median(column) for column in zip(*times, strict=True))
    print(
        f"cold, 4 million: first picture after {coarse:.2f} s (goal 1.5), the whole after {whole:.2f} s (2.5)"
    )


def executed(path):
    """What a map of 4 million points adds to a notebook that papermill executes, in kB."""
    with tempfile.TemporaryDirectory() as folder:
        written = notebook(Path(folder), "map", OURS.format(path=path))
        command = [sys.executable, "-m", "astrokit", "run", written, "--out", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        content = json.loads((Path(folder) / "map" / "notebook.ipynb").read_text())
    (cell,) = (cell for cell in content["cells"] if cell["cell_type"] == "code")
    size = len(json.dumps(cell["outputs"])) / 1e3
    print(f"executed notebook, 4 million: {size:.0f} kB for the map (goal 300)")


def main():
    n = int(float(sys.argv[1] if len(sys.argv) > 1 else "20") * 1e6)
    with tempfile.TemporaryDirectory() as folder:
        for name, size in (("many", n), ("four", 4_000_000)):
            np.save(Path(folder) / f"{name}.npy", np.stack(crowd(size)))
        cold(str(Path(folder) / "four.npy"))
        executed(str(Path(folder) / "four.npy"))
        browse(str(Path(folder) / "many.npy"))


if __name__ == "__main__":
    main()
