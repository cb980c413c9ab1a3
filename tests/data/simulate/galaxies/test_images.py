"""Images of simulated galaxies: fluxes, sizes, shapes and noise are what was asked for."""

import numpy as np
import pytest

from astrokit.data.simulate.galaxies import (
    gaussians,
    sersic,
    simulate_galaxies,
    simulate_images,
)
from astrokit.data.simulate.galaxies.images import bulge_shares, draw, flux_of, sizes_arcsec, sky_errors
from astrokit.data.simulate.galaxies.sersic import b_of
from astrokit.errors import ParameterError

ONE = np.ones(1)


def disc(radius=6.0, axis_ratio=1.0, angle=0.0, seeing=1.4, size=128, flux=1.0):
    return draw(0 * ONE, flux * ONE, radius * ONE, np.full((1, 2), axis_ratio), angle * ONE, seeing, size)[0]


def moments(image):
    """Of second order about the middle: along x, along y, and crossed."""
    place = np.arange(len(image)) - (len(image) - 1) / 2
    x, y = np.meshgrid(place, place)
    return np.array([(image * part).sum() for part in (x * x, y * y, x * y)]) / image.sum()


def test_b_has_the_published_values():
    assert [b_of(n) for n in (1, 4)] == pytest.approx([1.678, 7.669], abs=1e-3)


@pytest.mark.parametrize("n", [1.0, 4.0])
def test_a_sersic_profile_has_unit_flux_and_half_of_it_within_the_radius(n):
    # Up to 10^4 radii, where what is left of n = 4 is nothing.
    radius = np.geomspace(1e-6, 1e4, 20_001)
    light = np.cumsum(2 * np.pi * radius**2 * sersic(radius, n)) * np.log(radius[1] / radius[0])
    assert light[-1] == pytest.approx(1, abs=1e-3)
    assert np.interp(1.0, radius, light) == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize("n", [1.0, 4.0])
def test_gaussians_have_the_growth_of_light_of_the_profile(n):
    from scipy.special import gammainc

    radius = np.geomspace(0.1, 5, 30)
    widths, weights = gaussians(n)
    found = (weights * (1 - np.exp(-((radius[:, None] / widths) ** 2) / 2))).sum(axis=1)
    assert found == pytest.approx(gammainc(2 * n, b_of(n) * radius ** (1 / n)), abs=0.02)
    assert weights.sum() == pytest.approx(1)


def test_total_flux_is_what_was_asked_for():
    image = draw(2 * ONE, 5 * ONE, 4 * ONE, np.full((1, 2), 0.6), ONE, 1.4, 200)
    assert image.sum() == pytest.approx(7, rel=2e-3)


@pytest.mark.parametrize("seeing", [1.0, 1.4, 4.0])
def test_seeing_conserves_flux(seeing):
    assert disc(seeing=seeing).sum() == pytest.approx(1, rel=2e-3)


def test_half_the_light_lies_within_the_half_light_radius():
    image = disc(radius=12.0, seeing=0.7, size=256)
    place = np.arange(256) - 127.5
    radius = np.hypot(place, place[:, None]).ravel()
    order = np.argsort(radius)
    found = np.interp(0.5, np.cumsum(image.ravel()[order]), radius[order])
    assert found == pytest.approx(12, rel=0.02)


def test_seeing_adds_its_square_to_that_of_the_size():
    assert moments(disc(seeing=3.0)) - moments(disc(seeing=1.0)) == pytest.approx(
        [8, 8, 0], rel=0.01, abs=0.02
    )


@pytest.mark.parametrize("angle", [0.0, 0.4, 1.2, 2.5])
def test_axis_ratio_and_angle_are_those_asked_for(angle):
    seeing = 1.0
    xx, yy, xy = moments(disc(radius=6.0, axis_ratio=0.5, angle=angle, seeing=seeing))
    values, vectors = np.linalg.eigh([[xx, xy], [xy, yy]])
    short, long = values - seeing**2
    assert np.sqrt(short / long) == pytest.approx(0.5, abs=0.01)
    found = np.arctan2(vectors[1, 1], vectors[0, 1]) % np.pi
    assert abs((found - angle + np.pi / 2) % np.pi - np.pi / 2) < 0.01


def test_bands_are_in_order_and_have_the_fluxes_of_their_magnitudes():
    galaxies = simulate_galaxies(40, random_state=2)
    images = simulate_images(galaxies, noise=False, size=96)
    small = sizes_arcsec(galaxies.column("log_size"), galaxies.column("log_redshift")) < 2.5
    found = images.flux[small].sum(axis=(2, 3))
    assert found == pytest.approx(flux_of(galaxies.light[small, :5]), rel=0.06)


def test_sizes_are_those_of_a_flat_universe():
    from astropy.cosmology import FlatLambdaCDM

    scale = FlatLambdaCDM(H0=70, Om0=0.3).kpc_proper_per_arcmin(0.1).value / 60
    assert sizes_arcsec(np.log10(5.0), -1.0) == pytest.approx(5 / scale, rel=0.01)


def test_bulges_are_redder_than_discs():
    share = bulge_shares(np.array([0.0]))[0]
    assert (np.diff(share) > 0).all()
    assert share[-1] == pytest.approx(0.5)


def test_noise_is_that_of_the_sky_and_of_the_photons():
    galaxies = simulate_galaxies(60, random_state=4)
    noisy, clean = (simulate_images(galaxies, noise=noise, random_state=5) for noise in (True, False))
    # The same shapes, because they are drawn before the noise.
    assert (noisy.axis_ratio == clean.axis_ratio).all()
    left = (noisy.flux - clean.flux).astype(float)
    corner = left[:, :, :6, :6].std(axis=(0, 2, 3))
    assert corner == pytest.approx(sky_errors(), rel=0.08)
    pull = left / np.sqrt(sky_errors()[:, None, None] ** 2 + clean.flux / 900)
    assert pull.std(axis=(0, 2, 3)) == pytest.approx(1, abs=0.01)
    assert abs(pull.mean()) < 0.01
    bright = clean.flux / 900 > sky_errors()[:, None, None] ** 2  # photons of the galaxy outweigh the sky
    assert pull[bright].std() == pytest.approx(1, abs=4 / np.sqrt(2 * bright.sum()))


def test_a_point_source_at_the_depth_of_the_survey_is_seen_at_five_sigma():
    from astrokit.data.simulate.galaxies.images import PIXEL_ARCSEC, SEEING_ARCSEC
    from astrokit.data.simulate.galaxies.photometry import DEPTH

    seeing = SEEING_ARCSEC[2] / PIXEL_ARCSEC / 2.3548
    point = disc(radius=1e-3, seeing=seeing, size=64)
    # Weighted by itself, a known shape of flux F has the signal-to-noise ratio F sqrt(sum p^2) / sky.
    assert flux_of(DEPTH[2]) * np.sqrt((point**2).sum()) / sky_errors()[2] == pytest.approx(5, rel=0.01)


def test_the_same_seed_gives_the_same_images():
    galaxies = simulate_galaxies(3, random_state=1)
    one, other = (simulate_images(galaxies, size=16, random_state=9) for _ in range(2))
    assert (one.flux == other.flux).all()
    assert one.flux.dtype == np.float32
    assert one.provenance.simulated


def test_small_stamps_and_strange_profiles_are_errors():
    with pytest.raises(ParameterError, match="8 pixels or more"):
        simulate_images(simulate_galaxies(1), size=4)
    with pytest.raises(ParameterError, match="Sersic index"):
        b_of(0.1)
