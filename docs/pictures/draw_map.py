"""Draw `map.png`: the map of four million simulated stars as a saved page shows it, in light and dark.

Run from the root of the project: `python docs/pictures/draw_map.py`. Needs Chromium.
"""

import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from astrokit.data.simulate.stars import simulate_stars
from astrokit.explore import LatentMap

WIDTH, HEIGHT = 760, 600
OUT = Path(__file__).with_name("map.png")


def main() -> None:
    stars = simulate_stars()
    star_map = LatentMap(
        stars.log_temperature,
        stars.log_luminosity,
        table=stars.table(),
        channels=["kind", "log_age"],
        title="4,000,000 simulated stars",
        height=470,
    )
    star_map.frame()  # waits for the index
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        halves = []
        for scheme, colour_by in (("light", "kind"), ("dark", "density")):
            star_map.colour_by = colour_by
            page_file = Path(folder) / f"{scheme}.html"
            star_map.to_html(page_file)
            page = browser.new_page(
                viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme, device_scale_factor=1
            )
            page.goto(page_file.as_uri())
            page.wait_for_timeout(3000)
            page.screenshot(path=Path(folder) / f"{scheme}.png")
            halves.append(Image.open(Path(folder) / f"{scheme}.png").convert("RGB"))
        browser.close()
        both = Image.new("RGB", (2 * WIDTH, HEIGHT))
        for number, half in enumerate(halves):
            both.paste(half, (number * WIDTH, 0))
        both.save(OUT, optimize=True)


if __name__ == "__main__":
    main()
