"""Draw the picture of the README from the bundled results: `.venv/bin/python docs/pictures/draw.py`."""

from pathlib import Path

from astrokit.plotting import png_bytes
from astrokit.plotting.ulx import variability_ranking
from astrokit.studies.pulsating_ulx import load_swift_results

PICTURE = Path(__file__).with_name("pulsars-vanish.png")


def main() -> None:
    figure = variability_ranking(load_swift_results()["sources"])
    PICTURE.write_bytes(png_bytes(figure))


if __name__ == "__main__":
    main()
