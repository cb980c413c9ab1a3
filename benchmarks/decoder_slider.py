"""A slider of the decoder panel in JupyterLab, in headless Chromium, beside `interact` with matplotlib.

From the key that moves a slider to the frame in which the decoded observation is drawn, on both sides. The
decoder is a network of two hidden layers on the processor, behind 40,000 simulated sources: ours also looks
for the nearest of them, says whether they support what is decoded, and draws them; the peer draws the curve.
"""

import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.map_in_browser import chromium, notebook  # noqa: E402 - found once the root is on the path
from tests.browser.conftest import FLAGS  # noqa: E402
from tests.browser.lab import running_lab  # noqa: E402
from tests.browser.reader import OpenNotebook  # noqa: E402

STEPS, GOAL_MS = 40, 100
DECODER = """
import numpy as np, torch
from astrokit.models import VectorDecoder
from astrokit.training import apply
torch.set_num_threads(1)
network = VectorDecoder(5, (64,), hidden=(256, 256)).eval()
decode = lambda z: apply(lambda batch: network(batch["z"], batch), {"z": np.asarray(z, np.float32)})
latents = np.random.default_rng(0).normal(size=(40_000, 5)).astype(np.float32)
"""
OURS = """
from astrokit.explore import LatentExplorer
e = LatentExplorer(latents, decoder=decode, observed=decode(latents), projection=latents[:, :2])
e.panel = "decoder"
e.wait()
e
"""
THEIRS = """
import ipywidgets
import matplotlib.pyplot as plt
%matplotlib inline
def draw(**z):
    plt.figure(figsize=(6, 2.6))
    plt.plot(decode([list(z.values())])[0])
    plt.show()
sliders = {f"z{k}": ipywidgets.FloatSlider(min=-3, max=3, step=0.03) for k in range(5)}
ipywidgets.VBox([*sliders.values(), ipywidgets.interactive_output(draw, sliders)])
"""
# Both sides note when a picture is on the screen: a canvas that was drawn on, an image that was loaded.
HEAR = """() => {
  window.drawn = [];
  const note = () => requestAnimationFrame(() => drawn.push(performance.now()));
  const stroke = CanvasRenderingContext2D.prototype.stroke;
  CanvasRenderingContext2D.prototype.stroke = function (...given) {
    if (this.canvas.isConnected) note();
    return stroke.apply(this, given);
  };
  document.addEventListener("load", (event) => event.target.tagName === "IMG" && note(), { capture: true });
  window.addEventListener("keydown", () => { window.pressed = performance.now(); }, { capture: true });
}"""


def steps(browser, lab, name, source):
    """Milliseconds from the key to the picture, of each step of the first slider."""
    path = notebook(lab.folder, name, source)
    page = browser.new_page(viewport={"width": 1700, "height": 1300})
    opened = OpenNotebook(page, lab.address(path.name))
    opened.run_all(300)
    handle = opened.find(".noUi-handle:visible")
    page.wait_for_timeout(3000)
    page.evaluate(HEAR)
    handle.focus()
    found = []
    for _ in range(STEPS):
        page.evaluate("() => { drawn.length = 0; }")
        page.keyboard.press("ArrowRight")
        page.wait_for_function("drawn.length > 0", timeout=30_000)
        found.append(page.evaluate("drawn[0] - pressed"))
        page.wait_for_timeout(400)
    opened.shut_down()
    return found


def main():
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        with running_lab(Path(folder)) as lab:
            ours = steps(browser, lab, "ours", DECODER + OURS)
            theirs = steps(browser, lab, "theirs", DECODER + THEIRS)
        browser.close()
    for name, found in (("LatentExplorer", ours), ("interact, matplotlib", theirs)):
        print(f"{name:22} median {statistics.median(found):.0f} ms, p95 {np.percentile(found, 95):.0f} ms")
    ratio = statistics.median(theirs) / statistics.median(ours)
    met = "met" if np.percentile(ours, 95) <= GOAL_MS else "missed"
    print(f"{'':22} {ratio:.1f} x sooner than the peer; goal {GOAL_MS} ms: {met}")


if __name__ == "__main__":
    main()
