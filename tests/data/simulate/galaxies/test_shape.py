"""The shape of simulated galaxies, measured: slopes, errors and values against differences and real fits."""

import numpy as np
import pytest

from astrokit.data.simulate.galaxies import (
    measure_images,
    measure_shape,
    simulate_galaxies,
    simulate_images,
    true_shape,
)
from astrokit.data.simulate.galaxies.images import PIXEL_ARCSEC, SEEING_ARCSEC, draw, flux_of
from astrokit.data.simulate.galaxies.shape import fisher, joint_fisher, joint_score
from astrokit.data.simulate.galaxies.slopes import PARAMETERS, draw_with_slopes
from astrokit.errors import ParameterError

N = 400
SEEING = SEEING_ARCSEC / PIXEL_ARCSEC / np.sqrt(8 * np.log(2))


@pytest.fixture(scope="module")
def sample():
    galaxies = simulate_galaxies(N, random_state=3)
    return galaxies, simulate_images(galaxies, random_state=4)


def drawn(parameters, size=48, seeing=1.4):
    """Galaxies of (n, 6) `PARAMETERS`, the radius in pixels."""
    flux, share, log_radius, *ratios, angle = parameters.T
    image = draw(
        flux * share, flux * (1 - share), 10**log_radius, np.column_stack(ratios), angle, seeing, size
    )
    return image.astype(float)


def random_parameters(n, rng):
    columns = [(50, 90), (0, 1), (0.2, 0.8), (0.7, 1), (0.2, 1), (0, np.pi)]
    return np.column_stack([rng.uniform(*ends, n) for ends in columns])


def test_slopes_are_those_of_the_drawn_images():
    parameters = random_parameters(5, np.random.default_rng(1))
    flux, share, log_radius, *ratios, angle = parameters.T
    image, slopes = draw_with_slopes(flux, share, 10**log_radius, np.column_stack(ratios), angle, 1.4, 48)
    assert image == pytest.approx(drawn(parameters), abs=1e-6 * float(image.max()))
    for place, name in enumerate(PARAMETERS):
        step = (1.0 if name == "flux" else 0.01) * np.eye(6)[place]
        differences = (drawn(parameters + step) - drawn(parameters - step)) / (2 * step.max())
        # The third derivative times the step squared, and the rounding of float32.
        assert slopes[:, place] == pytest.approx(differences, abs=1e-3 * abs(differences).max()), name


def test_measured_shapes_lie_around_the_truth_as_their_errors_say(sample):
    values, errors = measure_shape(*sample)
    pull = (values - true_shape(sample[0])) / errors
    # Four standard errors of mean and width of 400 pulls.
    assert pull.mean(axis=0) == pytest.approx([0, 0], abs=4 / np.sqrt(N))
    assert pull.std(axis=0) == pytest.approx([1, 1], abs=4 / np.sqrt(2 * N))


def test_fluxes_and_shape_of_five_bands_have_the_covariance_that_is_stated(sample):
    galaxies, images = sample
    values, covariance = measure_images(galaxies, images)
    off = values - np.column_stack([flux_of(galaxies.light[:, :5]), true_shape(galaxies)])
    white = np.linalg.solve(np.linalg.cholesky(covariance), off[..., None])[..., 0]
    assert np.cov(white.T) == pytest.approx(np.eye(7), abs=4 * np.sqrt(2 / N))


def test_a_real_fit_to_two_images_finds_the_same_values_and_errors(sample):
    from scipy.optimize import least_squares

    galaxies, images = sample
    values, covariance = measure_images(galaxies, images, ["g", "r"])
    errors = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    relative = errors / np.column_stack([values[:, :2], np.ones((N, 2))])
    well = ((relative < 0.03) & (images.axis_ratio[:, 1:] < 0.8)).all(axis=1).nonzero()[0][:4]
    assert len(well) == 4
    for i in well:
        share, log_arcsec = true_shape(galaxies)[i]
        shape = [log_arcsec - np.log10(PIXEL_ARCSEC), *images.axis_ratio[i], images.angle_rad[i]]
        truth = np.array([*flux_of(galaxies.light[i, 1:3]), share, *shape])
        model = in_g_and_r(truth)
        sigma = np.sqrt(images.sky_error[1:3, None, None] ** 2 + model / 900)

        def pull(times, i=i, truth=truth, sigma=sigma):
            return ((images.flux[i, 1:3] - in_g_and_r(times * truth)) / sigma).ravel()

        # A step well above the rounding of float32.
        fit = least_squares(pull, np.ones(7), diff_step=1e-3)
        fit_errors = np.sqrt(np.diag(np.linalg.inv(fit.jac.T @ fit.jac))) * abs(truth)
        best = fit.x * truth + np.log10(PIXEL_ARCSEC) * (np.arange(7) == 3)
        assert fit_errors[:4] == pytest.approx(errors[i], rel=0.05)
        assert (best[:4] - values[i]) / errors[i] == pytest.approx(np.zeros(4), abs=0.2)


def in_g_and_r(parameters):
    """Both images (2, 64, 64) of fluxes in g and r, share in r, log10 of pixels, axis ratios and angle."""
    in_g, in_r, share, *shape = parameters
    odds = share / (1 - share) * 10 ** (-0.4 * (0.35 - 0.20))  # the disc is 0.35 mag bluer in g, 0.20 in r
    rows = np.array([[in_g, odds / (1 + odds), *shape], [in_r, share, *shape]])
    return np.concatenate([drawn(rows[[band]], 64, SEEING[band + 1]) for band in range(2)])


def test_the_share_in_r_moves_that_in_z_as_it_does_in_the_images():
    galaxies = simulate_galaxies(40, random_state=3)
    step = np.array([0.0, 0, 0.02, 0, 0, 0, 0])  # of the logit
    sides = [galaxies._replace(causes=galaxies.causes + sign * step) for sign in (1, -1)]
    # The same random state gives the same axis ratios and angles.
    clean, ahead, behind = (simulate_images(side, noise=False) for side in (galaxies, *sides))
    shares = [true_shape(side)[:, 0, None, None] for side in sides]
    slopes = (ahead.flux[:, 4] - behind.flux[:, 4].astype(float)) / (shares[0] - shares[1])
    variance = clean.sky_error[4] ** 2 + clean.flux[:, 4].astype(float) / 900
    expected = (slopes**2 / variance).sum(axis=(1, 2))
    assert fisher(galaxies, clean, "z")[0][:, 1, 1] == pytest.approx(expected, rel=0.01)


def test_the_fit_of_r_alone_is_a_part_of_what_its_image_knows(sample):
    galaxies, images = sample
    values, errors = measure_shape(galaxies, images)
    both, covariance = measure_images(galaxies, images, ["r"])
    assert values == pytest.approx(both[:, 1:])
    assert errors**2 == pytest.approx(np.diagonal(covariance, axis1=1, axis2=2)[:, 1:])
    # More bands know more.
    more = measure_images(galaxies, images, ["g", "r"])[1]
    assert (np.diagonal(more, axis1=1, axis2=2)[:, 2:] < errors**2).all()


def test_without_noise_the_truth_is_measured(sample):
    galaxies = sample[0]
    values, _ = measure_shape(galaxies, simulate_images(galaxies, noise=False))
    assert values == pytest.approx(true_shape(galaxies), abs=1e-3)


def test_a_round_galaxy_without_a_bulge_is_measured_too(sample):
    galaxies, images = sample
    causes = galaxies.causes.copy()
    causes[:, 2] = -20
    galaxies = galaxies._replace(causes=causes)
    images = images._replace(axis_ratio=np.ones((N, 2)))
    values, errors = measure_shape(galaxies, images)
    assert np.isfinite(values).all()
    assert (errors > 0).all()


def test_bands_share_all_but_their_fluxes():
    matrices = [np.full((6, 6), value) for value in (1.0, 10.0)]
    joint = joint_fisher(matrices)
    assert joint.shape == (7, 7)
    assert joint[:3, :3].tolist() == [[1, 0, 1], [0, 10, 10], [1, 10, 11]]
    assert joint_score([matrix[0] for matrix in matrices]).tolist() == [1, 10, 11, 11, 11, 11, 11]


def test_images_of_other_galaxies_and_unknown_bands_are_errors(sample):
    galaxies, images = sample
    with pytest.raises(ParameterError, match="got 'r', of 400"):
        measure_shape(simulate_galaxies(3), images)
    with pytest.raises(ParameterError, match="got 'W1', of 400"):
        fisher(galaxies, images, "W1")
