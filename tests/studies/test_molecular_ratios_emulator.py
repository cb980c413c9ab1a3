"""The parts of the emulator against known functions, and the weights that are shipped against the grid."""

from importlib import resources

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import check_grad

from astrokit.errors import DataError
from astrokit.studies import molecular_ratios as study
from astrokit.studies.molecular_ratios import validation, weights
from astrokit.studies.molecular_ratios.cube import from_unit_cube, unit_cube
from astrokit.studies.molecular_ratios.distances import distances
from astrokit.studies.molecular_ratios.emulator import (
    best_shares,
    blend,
    deal,
    fit_processes_alone,
    radii_of,
)
from astrokit.studies.molecular_ratios.errors import LEAST, ErrorMap
from astrokit.studies.molecular_ratios.features import physical
from astrokit.studies.molecular_ratios.likelihood import Law, fit_law, log_likelihood, wall_nearness
from astrokit.studies.molecular_ratios.networks import Networks, fit_networks
from astrokit.studies.molecular_ratios.processes import _evidence, fit_processes
from astrokit.studies.molecular_ratios.regressor import Regressor


@pytest.fixture(scope="module")
def grid():
    return study.load()


@pytest.fixture(scope="module")
def shipped():
    return weights.shipped_emulator()


def wave(points):
    return np.column_stack([np.sin(2 * points[:, 0]) + points[:, 1], points[:, 1] ** 2])


# --- processes ----------------------------------------------------------------------------------------------


def test_the_slope_of_the_evidence_is_its_slope():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(40, 3))
    target = wave(points)[:, 0]
    for theta in rng.normal(scale=0.5, size=(3, 5)):
        error = check_grad(
            lambda t: _evidence(t, points, target)[0], lambda t: _evidence(t, points, target)[1], theta
        )
        assert error < 1e-5 * np.linalg.norm(_evidence(theta, points, target)[1])


def test_the_evidence_is_that_of_scikit_learn():
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    rng = np.random.default_rng(1)
    points, theta = rng.normal(size=(30, 2)), np.array([0.3, -0.2, 0.4, -2.0])
    target = wave(points)[:, 0]
    kernel = ConstantKernel(1.0) * Matern([1.0, 1.0], nu=1.5) + WhiteKernel(1.0)
    peer = GaussianProcessRegressor(kernel, optimizer=None).fit(points, target)
    known = peer.log_marginal_likelihood(theta) + 0.5 * len(points) * np.log(2 * np.pi)
    # It adds 1e-10 to the diagonal.
    assert _evidence(theta, points, target)[0] == pytest.approx(known, rel=1e-7)
    peer.kernel_.theta = theta
    ours = fit_processes(points, target[:, None], thetas=theta[None])
    again = GaussianProcessRegressor(kernel.clone_with_theta(theta), optimizer=None).fit(points, target)
    fresh = rng.normal(size=(5, 2))
    np.testing.assert_allclose(ours.predict(fresh)[:, 0], again.predict(fresh), rtol=1e-6)


def test_processes_find_a_smooth_function_and_the_inputs_that_do_not_matter():
    rng = np.random.default_rng(2)
    points, fresh = rng.normal(size=(2, 150, 3))
    found = fit_processes(points, wave(points))
    off = found.predict(fresh) - wave(fresh)
    assert 1 - (off**2).mean() / wave(fresh).var() > 0.97
    scales = found.thetas[:, 1:-1]
    assert scales[0].argmax() == 2  # the third is noise to both
    assert scales[1, 1] == scales[1].min()


def test_what_is_left_out_is_predicted_by_the_others():
    rng = np.random.default_rng(8)
    points, theta = rng.normal(size=(40, 2)), np.array([[0.3, -0.2, 0.4, -2.0]])
    target = wave(points)[:, :1]
    off = fit_processes(points, target, thetas=theta).left_out()
    for row in (0, 17):
        others = np.delete(np.arange(40), row)
        without = fit_processes(points[others], target[others], thetas=theta)
        assert off[row, 0] == pytest.approx(target[row, 0] - without.predict(points[[row]])[0, 0])


def test_distances_are_those_of_pairs_and_none_where_two_points_are_one():
    from scipy.spatial.distance import cdist

    points = np.random.default_rng(1).normal(size=(50, 14))
    np.testing.assert_allclose(distances(points, points[:20]), cdist(points, points[:20]), atol=1e-6)


# --- networks -----------------------------------------------------------------------------------------------


def test_networks_answer_as_torch_does():
    import torch

    models = [Regressor(4, 2, hidden=(8, 8), bend=0.5, random_state=seed) for seed in range(2)]
    stacked = [model.arrays() for model in models]
    networks = Networks(
        *(tuple(np.stack(layer) for layer in zip(*kind, strict=True)) for kind in zip(*stacked, strict=True))
    )
    values = np.random.default_rng(0).normal(size=(5, 4))
    with torch.no_grad():
        known = np.mean(
            [model.layers(torch.tensor(values, dtype=torch.float32)).numpy() for model in models], 0
        )
    np.testing.assert_allclose(networks.predict(values), known, atol=1e-6)


def test_networks_learn_and_the_seed_decides():
    points = np.random.default_rng(3).normal(size=(200, 3))
    target = (wave(points) - wave(points).mean(0)) / wave(points).std(0)
    fits = [fit_networks(points, target, n_networks=1, epochs=30, random_state=seed) for seed in (5, 5, 6)]
    assert 1 - ((fits[0].predict(points) - target) ** 2).mean() > 0.95
    np.testing.assert_array_equal(fits[0].matrices[0], fits[1].matrices[0])
    assert (fits[0].matrices[0] != fits[2].matrices[0]).any()


# --- putting together ---------------------------------------------------------------------------------------


def test_shares_are_those_of_least_squares():
    rng = np.random.default_rng(4)
    truth = rng.normal(size=(5000, 2))
    predicted = truth + rng.normal(size=(2, 5000, 2)) * np.array([[[1.0, 3.0]], [[2.0, 1.0]]])
    # Independent errors: shares are inverse variances, 4 of 5 and 1 of 10.
    assert best_shares(predicted, truth) == pytest.approx([0.8, 0.1], abs=0.03)
    mixed = blend(predicted, best_shares(predicted, truth)) - truth
    assert mixed.var(0) == pytest.approx([0.8, 0.9], rel=0.08)


def test_errors_are_local_in_what_matters_and_no_row_counts_for_itself():
    points = np.random.default_rng(5).uniform(size=(1500, 2))
    sizes = np.where(points < 0.5, 0.1, 1.0)  # of two outputs, each by its own input
    scales = np.array([[0.1, 10.0], [10.0, 0.1]])
    errors = ErrorMap(points, scales, sizes)
    found = errors.at(np.array([[0.2, 0.8], [0.8, 0.2]]))
    np.testing.assert_allclose(found, [[0.1, 1.0], [1.0, 0.1]], rtol=0.03)
    sizes[7] = 100.0
    assert errors.at_own_rows()[7].max() < 2
    assert ErrorMap(points, scales, np.zeros((1500, 2))).at(points[:1]) == pytest.approx(LEAST)


def test_the_law_of_errors_is_found():
    """Correlated errors, with a size that all ratios of a cloud share, larger near the walls."""
    rng = np.random.default_rng(6)
    correlation = np.full((9, 9), 0.5) + 0.5 * np.eye(9)
    known = Law(np.linspace(0.5, 1.5, 9), correlation, 0.4, 1.5)
    inputs = from_unit_cube(rng.uniform(size=(5000, 7)))
    typical = rng.uniform(0.05, 0.5, size=(5000, 9))
    size = known.sizes(inputs, typical) * np.exp(known.spread * rng.standard_normal((5000, 1)))
    errors = size * rng.multivariate_normal(np.zeros(9), correlation, size=5000)
    found = fit_law(errors, typical, wall_nearness(inputs))
    assert found.spread == pytest.approx(0.4, abs=0.03)
    assert found.wall == pytest.approx(1.5, abs=0.15)
    assert found.scales == pytest.approx(known.scales, rel=0.06)
    assert np.abs(found.correlation - correlation).max() < 0.06


def test_errors_have_the_sizes_that_were_measured_and_the_law_knows_the_rows():
    """What an emulator made of processes alone keeps of its errors are those of rows left out."""
    rng = np.random.default_rng(9)
    inputs = from_unit_cube(rng.uniform(size=(150, 7)))
    ratios = np.sin(unit_cube(inputs) @ rng.normal(size=(7, 9)))
    emulator = fit_processes_alone(inputs, ratios, thetas=np.tile([0.0, *[1.5] * 14, -5.0], (9, 1)))
    np.testing.assert_allclose(emulator.families.inputs(), inputs)
    off = np.abs(emulator.families.processes.left_out()) * emulator.families.width
    np.testing.assert_allclose(emulator.errors.sizes, off)
    assert emulator.law().correlation.shape == (9, 9)


# --- likelihood ---------------------------------------------------------------------------------------------


def of_normal(correlation, values, kinds, noise=0.1):
    """Log-likelihood of a law without spread, at two predictions, and its covariances."""
    law = Law(np.ones(3), correlation, 0.0, 0.0)
    predicted, sizes = np.array([[0.0, 0.0, 0.0], [0.2, -0.1, 0.3]]), np.array([[0.3, 0.2, 0.1]] * 2)
    found = log_likelihood(law, predicted, sizes, np.asarray(values, float), np.asarray(kinds), noise=noise)
    covariance = sizes[0, :, None] * sizes[0] * correlation + noise**2 * np.eye(3)
    return found, predicted, covariance


CORRELATION = np.array([[1.0, 0.6, -0.3], [0.6, 1.0, 0.2], [-0.3, 0.2, 1.0]])


def test_measured_ratios_have_their_joint_density():
    values = np.array([0.1, -0.2, 0.4])
    found, predicted, covariance = of_normal(CORRELATION, values, [0, 0, 0])
    known = [stats.multivariate_normal(mean, covariance).logpdf(values) for mean in predicted]
    assert np.diff(found) == pytest.approx(np.diff(known))


def test_a_limit_has_the_probability_of_lying_beyond_it_given_what_is_measured():
    values = np.array([0.1, -0.2, 0.4])
    below, predicted, covariance = of_normal(CORRELATION, values, [0, 0, -1])
    above, _, _ = of_normal(CORRELATION, values, [0, 0, 1])
    neither, _, _ = of_normal(CORRELATION, [*values[:2], np.nan], [0, 0, 0])
    np.testing.assert_allclose(np.exp(below - neither) + np.exp(above - neither), 1)
    rng = np.random.default_rng(0)
    draws = rng.multivariate_normal(predicted[1], covariance, size=400_000)
    near = np.exp(-0.5 * (((draws[:, :2] - values[:2]) / 0.02) ** 2).sum(1))
    known = near @ (draws[:, 2] <= values[2]) / near.sum()
    assert np.exp(below - neither)[1] == pytest.approx(known, abs=0.03)


def test_clouds_that_are_off_in_all_ratios_are_expected_where_sizes_are_shared():
    """Nine errors of three sigma each: next to impossible one by one, one large cloud together."""
    predicted, sizes = np.zeros((1, 9)), np.ones((1, 9))
    of = {
        spread: [
            float(
                log_likelihood(
                    Law(np.ones(9), np.eye(9), spread, 0.0),
                    predicted,
                    sizes,
                    np.full(9, off),
                    np.zeros(9),
                    noise=1e-6,
                )[0]
            )
            for off in (0.5, 3.0)
        ]
        for spread in (0.0, 0.5)
    }
    assert of[0.0][0] - of[0.0][1] == pytest.approx(9 * (9 - 0.25) / 2, rel=1e-6)
    assert of[0.5][0] - of[0.5][1] < 0.5 * (of[0.0][0] - of[0.0][1])


def test_intervals_hold_nine_of_ten_and_are_wide_where_errors_are():
    rng = np.random.default_rng(7)
    points = rng.uniform(size=(2500, 7))
    width = np.where(points[:, :1] < 0.5, 0.1, 0.5)
    sizes = width * np.abs(rng.normal(size=(2500, 2)))
    errors = ErrorMap(points[:1500], np.tile([0.1, *[1.0] * 6], (2, 1)), sizes[:1500])
    half = radii_of(errors) * errors.at(points[1500:])
    held = sizes[1500:] <= half
    assert held.mean(0) == pytest.approx([0.9, 0.9], abs=0.03)  # 1,000 rows: one standard error is 0.01
    narrow, wide = points[1500:, 0] < 0.4, points[1500:, 0] > 0.6
    assert held[narrow].mean() == pytest.approx(0.9, abs=0.05)
    assert half[wide].mean() > 3 * half[narrow].mean()


def test_folds_are_of_equal_size():
    assert np.ptp(np.bincount(deal(103, 5, np.random.default_rng(0)))) == 1


def test_processes_alone_beat_default_boosting_and_their_intervals_hold(grid, shipped):
    from sklearn.ensemble import HistGradientBoostingRegressor

    inputs, ratios = grid.inputs.to_numpy(), grid.ratios.to_numpy()
    judge = np.arange(len(inputs)) % 5 == 0
    thetas = shipped.families.processes.thetas
    emulator = fit_processes_alone(inputs[~judge], ratios[~judge], thetas=thetas)
    k = study.RATIOS.index("HNC/HCN")
    rival = HistGradientBoostingRegressor().fit(inputs[~judge], ratios[~judge, k]).predict(inputs[judge])
    ours = emulator.predict(inputs[judge])[:, k]
    assert ((ours - ratios[judge, k]) ** 2).mean() < 0.5 * ((rival - ratios[judge, k]) ** 2).mean()
    low, high = emulator.interval(inputs[judge])
    held = (low <= ratios[judge]) & (ratios[judge] <= high)
    assert held.mean() == pytest.approx(0.9, abs=0.03)


# --- what is shipped ----------------------------------------------------------------------------------------


def test_the_shipped_processes_are_those_of_the_bundled_grid(grid, shipped):
    families = shipped.families
    features = physical(grid.inputs.to_numpy())
    np.testing.assert_allclose(families.mean, features.mean(0))
    np.testing.assert_allclose(families.centre, grid.ratios.mean())
    targets = ((grid.ratios - families.centre) / families.width).to_numpy()
    again = fit_processes(
        (features - families.mean) / families.spread, targets, thetas=families.processes.thetas
    )
    sample = slice(None, None, 50)
    fresh = again.predict(again.points[sample])
    np.testing.assert_allclose(families.processes.predict(again.points[sample]), fresh, atol=1e-5)


def test_the_shipped_radii_are_those_of_the_shipped_errors(shipped):
    assert radii_of(shipped.errors) == pytest.approx(shipped.radii)


def test_the_shipped_files_are_small_and_hold_no_pickle():
    folder = resources.files("astrokit.studies.molecular_ratios")
    files = [file for file in folder.iterdir() if file.name.endswith((".npz", ".json"))]
    assert sum(len(file.read_bytes()) for file in files) < 2e6
    with np.load(folder / "weights.npz", allow_pickle=False) as found:
        assert {array.dtype.kind for array in found.values()} == {"f"}


def test_weights_come_back_as_they_were(grid, shipped, tmp_path):
    inputs = grid.inputs.to_numpy()
    weights.save_emulator(shipped, inputs, tmp_path / "again.npz")
    again = weights.read_emulator(tmp_path / "again.npz")
    np.testing.assert_array_equal(again.predict(inputs[:5]), shipped.predict(inputs[:5]))
    np.testing.assert_array_equal(again.interval(inputs[:5]), shipped.interval(inputs[:5]))
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "other.npz"
    if content is None:
        np.savez(path, inputs=np.ones((2, 7)))
    else:
        path.write_bytes(content)
    with pytest.raises(DataError, match="weights of an emulator"):
        weights.read_emulator(path)


@pytest.mark.full
def test_the_shipped_weights_are_those_of_a_new_fit(grid, shipped, tmp_path):
    """Other processors round otherwise, and networks are chaotic: the answers agree, not the bits."""
    again = weights.make(tmp_path / "new.npz")
    inputs = grid.inputs.to_numpy()
    apart = (again.predict(inputs) - shipped.predict(inputs)).std(0) / grid.ratios.std().to_numpy()
    assert apart.max() < 0.03


@pytest.mark.full
def test_a_fold_is_judged_by_what_has_not_seen_it(grid):
    """With targets dealt to other models nothing can be explained, unless a target leaks."""
    inputs, ratios = grid.inputs.to_numpy()[:300], grid.ratios.to_numpy()[:300]
    dealt = ratios[np.random.default_rng(0).permutation(300)]
    found = validation.validate(inputs, dealt, n_folds=2)
    for name, predicted in found.predicted.items():
        explained = 1 - ((predicted - dealt) ** 2).mean(0) / dealt.var(0)
        assert explained.max() < 0.05, name


def test_intervals_of_an_emulator_are_judged_by_what_the_other_folds_teach(shipped):
    rng = np.random.default_rng(6)
    n_rows, n_ratios = 1200, len(study.RATIOS)
    folds = np.arange(n_rows) % 4
    sizes = np.abs(rng.normal(size=(n_rows, n_ratios)))
    errors = ErrorMap(rng.normal(size=(n_rows, 3)), np.ones((n_ratios, 3)), sizes)
    low, high = validation.unseen_ends(shipped._replace(errors=errors), folds)
    assert ((low <= 0) & (high >= 0)).mean() == pytest.approx(0.9, abs=0.02)
    assert (high - low).mean() == pytest.approx(2 * 1.645, rel=0.05)  # of a standard normal
    sizes[folds == 2] *= 10  # in places all of their own, whose neighbours err as much
    errors.points[folds == 2] += 100
    np.random.default_rng(7).shuffle(sizes[folds == 2], axis=0)
    again, _ = validation.unseen_ends(shipped._replace(errors=errors), folds)
    assert (again[folds == 2] <= 0).mean() == pytest.approx(0.9, abs=0.03)
    sizes[folds == 2, 0] = 100 * sizes[folds == 2, 0].mean() * (np.arange(300) % 7 == 0)
    last, _ = validation.unseen_ends(shipped._replace(errors=errors), folds)
    assert (last[folds == 2, 0] <= 0).mean() == pytest.approx(6 / 7, abs=0.01)  # no other fold errs like that
