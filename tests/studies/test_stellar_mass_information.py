"""The known information of simulated galaxies: closed forms, brute force, samples, and the full model."""

import itertools

import numpy as np
import pytest

from astrokit.data.simulate.galaxies import (
    BANDS,
    OPTICAL,
    WISE,
    linear_covariance,
    measure_shape,
    simulate_galaxies,
    simulate_images,
    true_shape,
)
from astrokit.data.simulate.galaxies.causes import covariance_of_causes, draw_causes
from astrokit.data.simulate.galaxies.shape import best_fit
from astrokit.errors import ParameterError
from astrokit.explain.information import mutual_information
from astrokit.explain.information.copula import information_of
from astrokit.studies.stellar_mass import PAPER, full_information, linear_information, linear_pid
from astrokit.studies.stellar_mass.closed_form import covariance
from astrokit.studies.stellar_mass.evidence import MEAN, full
from astrokit.studies.stellar_mass.inputs import IMAGES, SHAPE, VALUES, inputs_of
from astrokit.studies.stellar_mass.known import knowing_truth, known_numbers, known_table
from astrokit.studies.stellar_mass.known_information import pointwise
from astrokit.studies.stellar_mass.likelihood import likelihood_of, setting_of
from astrokit.studies.stellar_mass.measurements import draw_measured
from astrokit.studies.stellar_mass.sample import draw_sample

LINEAR = (
    ["g"],
    ["W1"],
    ["g", "r"],
    ["optical", "wise"],
    ["shape"],
    ["image_g", "radius"],
    ["images", "wise"],
)


@pytest.fixture(scope="module")
def galaxies_and_images():
    return draw_measured(500, random_state=3)


@pytest.fixture(scope="module")
def linear_ones():
    return draw_measured(400, linear=True, random_state=8)


def test_the_information_of_one_band_is_that_of_its_correlation():
    covariance = linear_covariance()
    i, j = 1, 7 + BANDS.index("r")  # log_mass and r
    squared = covariance[i, j] ** 2 / covariance[i, i] / covariance[j, j]
    assert linear_information(["r"]) == pytest.approx(-np.log2(1 - squared) / 2)
    assert linear_information(["r"], unit="nats") == pytest.approx(-np.log(1 - squared) / 2)


def test_all_bands_know_no_less_than_any_of_them():
    for n in (1, 2, 3):
        for some in itertools.combinations(BANDS, n):
            rest = [band for band in BANDS if band not in some]
            assert linear_information(some) <= linear_information([*some, rest[0]]) + 1e-12
            assert linear_information(some) <= linear_information(BANDS)


def test_a_known_redshift_adds_to_all_bands():
    assert linear_information([*BANDS, "log_redshift"]) > linear_information(BANDS) + 0.5


def test_the_covariance_of_a_sample_gives_the_closed_form():
    n_samples = 20_000
    galaxies = simulate_galaxies(n_samples, linear=True, random_state=2)
    for bands in (["g"], ["g", "r"], list(BANDS)):
        columns = np.column_stack([galaxies.column(name) for name in (*bands, "log_mass")])
        found = information_of(np.cov(columns.T), len(bands)) / np.log(2)
        known = linear_information(bands)
        # Its standard error is |R| / sqrt(n) nats, with R^2 = 1 - 4^-known.
        error = np.sqrt((1 - 4**-known) / n_samples) / np.log(2)
        assert found == pytest.approx(known, abs=4 * error)


@pytest.mark.parametrize("estimator", ["ksg", "gaussian"])
def test_estimators_hold_the_closed_form_in_their_interval(estimator):
    galaxies = simulate_galaxies(2000, linear=True, random_state=3)
    mass, band = galaxies.column("log_mass"), galaxies.column("W1")
    found = mutual_information(band, mass, estimator=estimator, unit="bits")
    assert found.low < linear_information(["W1"]) < found.high


@pytest.mark.parametrize("measure", ["mmi", "pointwise"])
def test_atoms_add_up_to_the_informations(measure):
    found = linear_pid(OPTICAL, WISE, measure=measure)
    assert found.total == pytest.approx(linear_information(BANDS))
    assert found.redundant + found.unique1 == pytest.approx(linear_information(OPTICAL))
    assert found.redundant + found.unique2 == pytest.approx(linear_information(WISE))
    assert found.residual == pytest.approx(0, abs=1e-9)


def test_the_colour_of_two_bands_is_synergy():
    """Each magnitude alone mixes mass with distance; two of them also have the colour."""
    found = linear_pid(["g"], ["r"])
    assert found.synergistic > found.total / 2


def test_the_closed_form_has_the_covariance_of_magnitudes():
    assert covariance()[:14, :14] == pytest.approx(linear_covariance(), rel=1e-6)


def test_the_covariance_of_shapes_is_that_of_a_sample_of_fits():
    """Near the mean galaxy, where the tangent is good: the errors of fits to images that were drawn."""
    galaxies = simulate_galaxies(300, random_state=1)
    galaxies = galaxies._replace(causes=np.tile(MEAN, (300, 1)), light=np.tile(full(MEAN)[0], (300, 1)))
    images = simulate_images(galaxies)
    values, _ = measure_shape(galaxies, images)
    noise = np.median(abs(values - np.median(values, axis=0)), axis=0) / 0.6745
    columns = np.array([1, 2]) + len(linear_covariance()) + 6 * OPTICAL.index("r")
    causes = np.linalg.inv(covariance_of_causes())
    crossed = covariance()[np.ix_(columns, range(7))]
    left = covariance()[np.ix_(columns, columns)] - crossed @ causes @ crossed.T
    # Axis ratios differ from galaxy to galaxy, and errors with them.
    assert noise == pytest.approx(np.sqrt(np.diag(left)), rel=0.3)


def test_the_shape_is_a_part_of_the_image_in_r():
    for target in ("log_mass", "log_size"):
        assert linear_information(["image_r", "shape"], target) == linear_information("image_r", target)
        assert linear_information(["image_g", "shape"], target) > linear_information("image_g", target)
    found = linear_pid("shape", "images")
    assert found.total == pytest.approx(linear_information("images"))
    assert found.unique1 == found.synergistic == pytest.approx(0, abs=1e-9)


def test_the_shape_is_a_part_of_the_image_in_r_of_each_galaxy(galaxies_and_images):
    one, other = (
        pointwise(names, measured=galaxies_and_images.take(slice(30)), random_state=2)
        for names in (["image_r"], ["image_r", "shape"])
    )
    assert (one == other).all()


@pytest.mark.parametrize("names", LINEAR)
def test_the_integral_of_the_full_model_is_the_closed_form_in_the_linear_one(names, linear_ones):
    values = pointwise(names, measured=linear_ones) / np.log(2)
    error = values.std(ddof=1) / np.sqrt(len(values))
    # Four standard errors: 1 in 16,000 by chance.
    assert values.mean() == pytest.approx(linear_information(names), abs=4 * error)
    assert error < 0.075


def test_each_galaxy_is_integrated_to_its_own_closed_form(linear_ones):
    """The log density of normals: images and magnitudes in g and r, which share the scatter of the light."""
    setting, galaxies, both = setting_of(linear=True), linear_ones.galaxies, [1, 2]
    truth = [setting.fluxes(galaxies.light[:, :5])[:, both], setting.shape(galaxies.causes)]
    matrices, scores = (
        [part[:, band] for band in both] for part in (linear_ones.matrices, linear_ones.scores)
    )
    fit, errors = best_fit(np.hstack(truth), matrices, scores)
    level = full(MEAN)[0]
    middle = [*setting.fluxes(level[:5])[both], *setting.shape(MEAN), *level[both]]
    seen = np.hstack([fit, galaxies.magnitude[:, both]]) - middle
    # Fluxes in g and r, share and radius in r, magnitudes: with the errors of one fit, not of two.
    columns = [14 + 6, 14 + 12, 14 + 13, 14 + 14, 7 + 1, 7 + 2]
    inner, slope = covariance()[np.ix_(columns, columns)], covariance()[columns, 1] / covariance()[1, 1]
    in_g, in_r = (np.linalg.inv(matrix[0])[:3, :3] for matrix in matrices)
    inner[0, 0] -= in_g[0, 0]
    inner[1:4, 1:4] -= in_r
    inner[:4, :4] += errors[0]
    left = seen - (galaxies.column("log_mass") - MEAN[1])[:, None] * slope
    given = inner - covariance()[1, 1] * np.outer(slope, slope)
    known = log_density(left, given) - log_density(seen, inner)
    off = pointwise(["image_g", "image_r", "g", "r"], measured=linear_ones) - known
    # A hundred draws.
    assert off.mean() == pytest.approx(0, abs=0.1)
    assert off.std() < 0.4


def log_density(rows, joint):
    """Of normals around zero, (n,), without the constant."""
    return -((rows @ np.linalg.inv(joint)) * rows).sum(axis=1) / 2 - np.linalg.slogdet(joint)[1] / 2


def test_bulge_and_radius_are_measurements_of_their_causes():
    assert linear_information("bulge", "bulge_logit") > 1.5 > linear_information("radius", "bulge_logit")
    assert linear_information("radius", "log_size") > linear_information("bulge", "log_size") + 0.3


@pytest.mark.parametrize(("target", "names"), [("log_size", ["shape"]), ("log_dust", ["optical", "wise"])])
def test_other_causes_are_integrated_out_as_well(target, names, linear_ones):
    values = pointwise(names, target, measured=linear_ones) / np.log(2)
    error = values.std(ddof=1) / np.sqrt(len(values))
    assert values.mean() == pytest.approx(linear_information(names, target), abs=4 * error)


def brute(measured, bands, n_draws=40_000):
    """Pointwise informations of magnitudes by averages over drawn causes, and the errors of these."""
    rng = np.random.default_rng(0)
    places = [BANDS.index(band) for band in bands]
    joint, mass, others = covariance_of_causes(), 1, [0, 2, 3, 4, 5, 6]
    slope = joint[others, mass] / joint[mass, mass]
    root = np.linalg.cholesky(joint[np.ix_(others, others)] - np.outer(slope, joint[mass, others]))
    prior = full(draw_causes(n_draws, rng))
    around = rng.standard_normal((n_draws // 4, len(others))) @ root.T
    found = []
    for seen, causes in zip(measured.galaxies.magnitude[:, places], measured.galaxies.causes, strict=True):
        held = np.tile(causes, (len(around), 1))
        held[:, others] = MEAN[others] + slope * (causes[mass] - MEAN[mass]) + around
        (given, error), (alone, other) = (log_mean(seen, part, places) for part in (full(held), prior))
        found.append([given - alone, np.hypot(error, other)])
    return np.array(found).T


def log_mean(seen, predicted, places):
    mean, sigma = (part[:, places] for part in predicted)
    density = np.exp(-(((seen - mean) / sigma) ** 2).sum(axis=1) / 2) / sigma.prod(axis=1)
    return np.log(density.mean()), density.std() / density.mean() / np.sqrt(len(density))


def test_magnitudes_near_the_limit_are_integrated_as_by_brute_force():
    """W1 and W2 have errors of magnitudes there, which depend on what is integrated over."""
    measured = draw_measured(1500, images=False, random_state=4)
    faint = measured.take((measured.galaxies.magnitude_error[:, 5] > 0.3).nonzero()[0][:80])
    assert len(faint.scores) == 80
    for bands in (["W1"], ["W1", "W2"]):
        known, error = brute(faint, bands)
        sure = error < 0.1
        assert sure.sum() > 70
        off = (pointwise(bands, measured=faint, random_state=1) - known)[sure]
        # A hundred draws leave a scatter of 0.2 nats or so; once, one galaxy was off by 3.8.
        assert off.mean() == pytest.approx(0, abs=4 * off.std() / np.sqrt(len(off)))
        assert abs(off).max() < 1.2


def test_magnitudes_and_light_that_dust_takes_away_are_integrated_as_with_more_draws(monkeypatch):
    """Dust far from its mean: few draws of its prior would come near."""
    measured = draw_measured(3000, images=False, random_state=4)
    dusty = measured.take((measured.galaxies.column("log_dust") > -0.35).nonzero()[0])
    one = pointwise("optical", measured=dusty)
    monkeypatch.setattr("astrokit.studies.stellar_mass.evidence.N_INNER", 1600)
    other = pointwise("optical", measured=dusty)
    assert abs(one - other).mean() < 0.5
    assert abs(one - other).max() < 2.5


def test_neighbours_in_a_sample_agree_with_the_integral_of_shapes(galaxies_and_images):
    galaxies = galaxies_and_images.galaxies
    shape, bright = shape_of_fit(galaxies_and_images), galaxies.column("r")
    for names, columns in ((["shape"], shape), (["radius", "r"], np.column_stack([shape[:, 1], bright]))):
        found = mutual_information(columns, galaxies.column("log_mass"), unit="bits")
        known = full_information(names, measured=galaxies_and_images)
        assert max(known.low, found.low) < min(known.high, found.high)


def shape_of_fit(measured):
    """Share and radius (n, 2) as the fit to the image in r has them."""
    truth = np.column_stack([np.zeros(len(measured.scores)), true_shape(measured.galaxies)])
    return best_fit(truth, [measured.matrices[:, 2]], [measured.scores[:, 2]])[0][:, 1:]


@pytest.mark.parametrize("names", [["images", "optical"], ["image_g", "shape", "g"]])
def test_errors_of_what_is_seen_are_those_that_are_stated(names, linear_ones, galaxies_and_images):
    for measured in (linear_ones, galaxies_and_images):
        likelihood = likelihood_of(measured, inputs_of(names))
        mean, sigma = likelihood.predict(measured.galaxies.causes[:, None])
        pull = (likelihood.seen[:, None] - mean)[:, 0] / sigma[:, 0]
        n, d = pull.shape
        # Four standard errors, and a half for the many pairs.
        assert np.cov(pull.T) == pytest.approx(np.eye(d), abs=4.5 * np.sqrt(2 / n))


@pytest.mark.parametrize(("names", "n_samples"), [("shape", 500), ("images", 150)])
def test_what_images_tell_is_less_than_light_and_shape_without_noise(names, n_samples, galaxies_and_images):
    some = galaxies_and_images.take(slice(n_samples))
    fitted, exact = (pointwise(names, measured=some, exact=exact, random_state=1) for exact in (False, True))
    off = exact - fitted
    assert off.mean() > 2 * off.std() / np.sqrt(n_samples)


def test_images_and_magnitudes_of_a_band_share_the_scatter_of_its_light(galaxies_and_images):
    """Were the two independent, both together would average it out and know more."""
    one, two = (linear_information(names) for names in (["optical"], ["optical", *IMAGES]))
    given = ["optical", "bulge", "radius"]
    assert one < linear_information(given) < two < linear_information(given) + 0.05


def test_the_full_model_agrees_with_neighbours_in_a_sample():
    galaxies = simulate_galaxies(2000, random_state=5)
    known = full_information(["W1"], n_samples=500, random_state=9)
    found = mutual_information(galaxies.column("W1"), galaxies.column("log_mass"), unit="bits")
    assert max(known.low, found.low) < min(known.high, found.high)
    assert known.low < known.value < known.high < known.low + 0.25


def test_more_bands_know_more_of_the_same_galaxies_in_the_full_model():
    one, two, all_of_them = (
        pointwise(bands, n_samples=200, random_state=4) for bands in (["g"], ["g", "r"], list(BANDS))
    )
    assert two.mean() > one.mean() + 0.5
    assert all_of_them.mean() > two.mean()


def test_the_truth_is_of_the_galaxies_of_a_sample_with_the_same_seed(monkeypatch):
    for module in ("sample", "measurements"):
        monkeypatch.setattr(f"astrokit.studies.stellar_mass.{module}.CHUNK", 8)
    sample, measured = draw_sample(20, random_state=6), draw_measured(20, random_state=6)
    assert (measured.galaxies.magnitude == sample.values[:, : len(BANDS)]).all()
    places = [VALUES.index(name) for name in SHAPE]
    assert shape_of_fit(measured) == pytest.approx(sample.values[:, places])


def test_what_is_known_frozen_is_known_afresh(galaxies_and_images):
    table = known_table()
    for names in (["shape"], ["images", "optical"]):
        fresh = full_information(names, measured=galaxies_and_images.take(slice(250)))
        row = table.loc[" + ".join(names)]
        assert max(fresh.low, row.low) < min(fresh.high, row.high)


def test_more_inputs_are_known_to_tell_more():
    table = known_table()
    for one, more in (
        ("images", "images + wise"),
        ("optical", "optical + wise"),
        ("shape", "optical + shape"),
        ("images + optical", "images + optical + wise"),
    ):
        # Of the same galaxies: the difference scatters less than either.
        assert table.known[one] < table.known[more] + 0.02
    assert (table.at_most > table.known - 1e-9).all()


def test_the_numbers_that_are_known_agree_with_the_table():
    numbers = known_numbers()
    assert numbers["I(shape)"].value == pytest.approx(known_table().known["shape"])
    atoms = ("redundant", "unique1", "unique2", "synergistic")
    found = sum(numbers[f"shape, images: {atom} (pointwise)"].value for atom in atoms)
    assert found == pytest.approx(known_table().known["images"], abs=1e-4)


def test_the_truth_without_images_answers_for_magnitudes():
    knowing = knowing_truth(draw_measured(50, images=False))
    assert knowing.can(["optical", "wise"])
    assert not knowing.can("shape")
    assert (knowing.local("optical") == knowing.local(OPTICAL)).all()


def test_the_same_seed_gives_the_same_answer():
    one, other = (full_information(["r"], n_samples=60, random_state=3) for _ in range(2))
    assert one == other
    assert PAPER["arxiv"] == "2509.23901"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: linear_information(["y"]), "got 'y'"),
        (lambda: linear_information([]), "got none"),
        (lambda: linear_information(["g"], "mass"), "got 'mass'"),
        (lambda: linear_information(["log_mass"]), "got 'log_mass'"),
        (lambda: full_information(["g"], "log_size"), "got 'log_size'"),
        (lambda: full_information(["log_redshift"]), "got 'log_redshift'"),
        (lambda: full_information(["g"], n_samples=10, unit="nat"), "one of nats, bits"),
        (lambda: linear_pid("g", "r", measure="dep"), "got 'dep'"),
        (
            lambda: full_information("shape", measured=draw_measured(3, images=False)),
            "got magnitudes only",
        ),
    ],
)
def test_what_is_wrong_is_said(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
