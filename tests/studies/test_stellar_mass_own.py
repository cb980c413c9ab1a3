"""A user's own galaxies go in as the simulated ones do."""

import numpy as np
import pytest

from astrokit.data.simulate.galaxies import (
    BANDS,
    OPTICAL,
    magnitude_errors,
    simulate_galaxies,
    simulate_images,
)
from astrokit.errors import DataError
from astrokit.studies.stellar_mass.own import read_own, sky_noise


@pytest.fixture(scope="module")
def simulated():
    galaxies = simulate_galaxies(100, random_state=1)
    return galaxies, simulate_images(galaxies, random_state=1)


def seen(galaxies):
    """Magnitudes, without those that noise made fainter than 40."""
    return np.where(galaxies.magnitude < 40, galaxies.magnitude, np.nan)


def write(path, galaxies, images, **change):
    error = magnitude_errors(galaxies.magnitude)
    columns = {"source_id": np.arange(100).astype(str), "log_mass": galaxies.column("log_mass")}
    for k, band in enumerate(BANDS):
        columns |= {band: seen(galaxies)[:, k], f"e_{band}": error[:, k]}
    for k, band in enumerate(OPTICAL):
        columns[f"image_{band}"] = images.flux[:, k]
    np.savez(path, **{**columns, **change})
    return path


def test_what_the_network_reads_is_what_was_written(simulated, tmp_path):
    galaxies, images = simulated
    own = read_own(write(tmp_path / "mine.npz", galaxies, images))
    np.testing.assert_allclose(own.sample.values[:, :7], seen(galaxies))
    np.testing.assert_allclose(own.sample.log_mass, galaxies.column("log_mass"))
    # In units of the sky's noise, as told by the border: light of the galaxies there adds a little.
    flux = own.sample.images.astype(float) * images.sky_error[:, None, None]
    assert np.median(np.abs(flux / images.flux)) == pytest.approx(1, abs=0.1)
    assert own.sample.there.any(axis=0).tolist() == [True] * 12 + [False] * 2  # shapes were not measured
    assert not own.provenance[0].simulated
    assert own.sample.take(slice(5)).images.shape == (5, 5, 64, 64)


def test_the_noise_of_the_sky_is_that_of_the_simulator(simulated):
    _, images = simulated
    np.testing.assert_allclose(sky_noise(images.flux), images.sky_error, rtol=0.1)


def test_a_band_without_images_is_absent(simulated, tmp_path):
    galaxies, images = simulated
    absent = np.full_like(images.flux[:, 0], np.nan)
    own = read_own(write(tmp_path / "mine.npz", galaxies, images, image_u=absent))
    assert not own.sample.there[:, 0].any()


def test_images_without_noise_are_refused(simulated, tmp_path):
    galaxies, images = simulated
    flat = np.zeros_like(images.flux[:, 0])
    with pytest.raises(DataError, match="none in image_z"):
        read_own(write(tmp_path / "mine.npz", galaxies, images, image_z=flat))
