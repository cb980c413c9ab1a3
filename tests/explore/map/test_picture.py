import base64
import io

import numpy as np
import pytest
from PIL import Image

from astrokit.explore.map import LatentMap
from astrokit.explore.map.shading import CELLS, shade, tone_of


def opened(png):
    return Image.open(io.BytesIO(png)).convert("RGB")


def bundled(map):
    data, metadata = map._repr_mimebundle_()
    return opened(base64.b64decode(data["image/png"])), data, metadata


def test_without_a_kernel_there_is_a_picture_with_alt_text(map):
    image, data, metadata = bundled(map)
    assert abs(image.width - 640) < 5
    assert len(image.getcolors(maxcolors=100_000)) > 30
    assert metadata["image/png"]["alt"] == data["text/plain"] == map.alt
    assert "application/vnd.jupyter.widget-view+json" in data


@pytest.mark.parametrize("by", ["density", "class", "flux"])
@pytest.mark.parametrize("stretch", ["log", "linear", "equalised"])
def test_every_colouring_and_stretch_can_be_drawn(map, by, stretch):
    map.restore({"colour_by": by, "stretch": stretch})
    figure = map.static()
    assert figure.axes[0].images


def test_the_picture_follows_view_colours_and_selection(map):
    seen = {bundled(map)[0].tobytes()}
    for change in (
        {"colour_map": "magma"},
        {"view": [0.0, 4.0, -1.0, 1.0]},
        {"colour_by": "class"},
        {"isolated": ["star"]},
    ):
        map.restore(change)
        seen.add(bundled(map)[0].tobytes())
    map.selection.ids(np.arange(1000))
    seen.add(bundled(map)[0].tobytes())
    assert len(seen) == 6
    assert map.alt == (
        "Map of 3,000 sources, coloured by class. 1,000 are selected. A part of it is in view."
    )


def test_names_from_data_start_no_formula(make_map):
    map = make_map(title="$\\frac{1}$", labels={"$x^": (0.0, 0.0)})
    assert bundled(map)[0].size


@pytest.mark.parametrize("n", [0, 1])
def test_a_map_of_nothing_is_still_a_picture(n):
    map = LatentMap(np.zeros(n), np.zeros(n))
    assert bundled(map)[0].size
    assert map.alt == f"Map of {n} sources, coloured by density."


@pytest.mark.parametrize("stretch", ["log", "linear", "equalised"])
def test_a_tone_rises_with_the_count(stretch):
    counts = np.arange(1000).reshape(20, 50)
    tone = tone_of(counts, stretch).ravel()
    assert np.all(np.diff(tone) >= 0)
    assert 0 <= tone[0] < 0.01
    assert 0.99 < tone[-1] <= 1


@pytest.mark.full
def test_four_million_points_take_less_than_300_kb():
    rng = np.random.default_rng(0)
    map = LatentMap(*rng.normal(size=(2, 4_000_000)).astype("f4"))
    data, _ = map._repr_mimebundle_()
    assert sum(len(str(value)) for value in data.values()) < 300_000


def test_few_sources_are_dots_that_can_be_seen_and_many_are_cells():
    rng = np.random.default_rng(0)
    few, many = (LatentMap(*rng.normal(size=(2, n))) for n in (40, 50_000))
    inked = (shade(few, few.frame(*CELLS))[..., 3] > 0).sum()
    assert inked > 8 * 40
    frame = many.frame(*CELLS)
    assert (shade(many, frame)[..., 3] > 0).sum() == (frame.counts > 0).sum()
