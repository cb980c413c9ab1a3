"""A written index answers as the one in memory, and a damaged file is refused."""

import os

import numpy as np
import pytest

from astrokit.errors import DataError, ParameterError
from astrokit.explore.index import PointIndex

from .test_frames import clumps


@pytest.fixture
def index():
    points = clumps(20_000, 0, np.float64)
    rng = np.random.default_rng(0)
    channels = {"class": rng.choice(["star", "galaxy"], 20_000), "teff": rng.random(20_000)}
    return PointIndex(points[:, 0], points[:, 1], channels=channels)


def test_an_opened_index_answers_alike(index, tmp_path):
    path = tmp_path / "points.index"
    index.write(path)
    opened = PointIndex.open(path, verify=True)
    x0, x1, y0, y1 = index.extent
    assert opened.extent == index.extent
    assert (opened.n_samples, opened.categories, opened.values) == (20_000, index.categories, index.values)
    for zoom in (1, 30, 2000):
        window = (x0, x0 + (x1 - x0) / zoom, y0, y0 + (y1 - y0) / zoom)
        for channel in (None, "class", "teff"):
            ours, theirs = (i.frame(*window, 100, 80, channel=channel) for i in (index, opened))
            np.testing.assert_array_equal(ours.counts, theirs.counts)
            if channel == "class":
                np.testing.assert_array_equal(ours.by_category, theirs.by_category)
            if channel == "teff":
                np.testing.assert_array_equal(ours.mean, theirs.mean)
    triangle = [(x0, y0), (x1, y0), (x1, y1)]
    np.testing.assert_array_equal(index.inside(triangle), opened.inside(triangle))
    np.testing.assert_array_equal(index.nearest(0, 0, 9), opened.nearest(0, 0, 9))


def test_a_file_is_not_overwritten_unless_asked(index, tmp_path):
    path = tmp_path / "points.index"
    index.write(path)
    with pytest.raises(ParameterError, match="exists"):
        index.write(path)
    index.write(path, overwrite=True)


def test_a_failed_write_leaves_nothing_behind(index, tmp_path, monkeypatch):
    path = tmp_path / "points.index"
    path.write_text("good")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(DataError, match="No space left"):
        index.write(path, overwrite=True)
    assert path.read_text() == "good"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("keep", [0, 10, 30, 200, 0.5, 0.999])
def test_a_truncated_file_is_refused(index, tmp_path, keep):
    path = tmp_path / "points.index"
    index.write(path)
    size = path.stat().st_size
    os.truncate(path, int(keep if keep >= 1 or keep == 0 else size * keep))
    with pytest.raises(DataError, match="point index"):
        PointIndex.open(path)


def test_a_flipped_byte_is_found(index, tmp_path):
    path = tmp_path / "points.index"
    index.write(path)
    with path.open("r+b") as file:
        file.seek(40)
        file.write(b"\xff")
    with pytest.raises(DataError, match="damaged header"):
        PointIndex.open(path)
    index.write(path, overwrite=True)
    with path.open("r+b") as file:
        file.seek(path.stat().st_size - 2000)
        file.write(b"\xff\xff\xff\xff")
    with pytest.raises(DataError, match="checksum"):
        PointIndex.open(path, verify=True)


def test_random_damage_never_leads_out_of_the_arrays(index, tmp_path):
    """Whatever the arrays say, an index answers or refuses; it never reads where nothing is."""
    path = tmp_path / "points.index"
    index.write(path)
    good = bytearray(path.read_bytes())
    rng = np.random.default_rng(0)
    x0, x1, y0, y1 = index.extent
    for _ in range(60):
        bad = bytearray(good)
        for place in rng.integers(4096, len(bad), 200):
            bad[place] = rng.integers(0, 256)
        path.write_bytes(bad)
        try:
            opened = PointIndex.open(path)
        except DataError:
            continue
        opened.frame(x0, x1, y0, y1, 640, 480, channel="class")
        opened.frame(x0, (x0 + x1) / 2, y0, (y0 + y1) / 2, 640, 480, channel="teff")
        opened.inside([(x0, y0), (x1, y0), (x1, y1)])
        opened.nearest(0, 0, 50)
