import sys
import types

import numpy as np
import pytest

from astrokit.errors import ParameterError
from astrokit.latent import Cancelled, Neighbourhoods, choose_landmarks, project
from astrokit.latent.landmarks import _quotas
from astrokit.latent.scaling import fit_scaling


def islands(n_each=60, n_latent=6, seed=0):
    rng = np.random.default_rng(seed)
    kind = np.repeat(np.arange(4), n_each)
    return rng.normal(0, 0.4, (len(kind), n_latent)) + 6 * np.eye(n_latent)[kind], kind


def nearest_kind_agrees(xy, kind, rows, among):
    """Share of rows whose nearest row on the map, of `among`, is of their kind."""
    distances = np.linalg.norm(xy[rows][:, None] - xy[among], axis=2)
    distances[rows[:, None] == among] = np.inf
    return (kind[among][distances.argmin(1)] == kind[rows]).mean()


@pytest.mark.parametrize("method", ["umap", "pca"])
def test_planted_islands_stay_apart(method):
    latents, kind = islands()
    found = project(latents, method, progress=False)
    assert found.xy.shape == (240, 2)
    assert found.xy.dtype == np.float32
    assert found.method == method
    rows = np.arange(240)
    # Two components cannot part four islands at the corners of a tetrahedron entirely.
    assert nearest_kind_agrees(found.xy, kind, rows, rows) > {"umap": 0.99, "pca": 0.8}[method]
    quality = Neighbourhoods(latents, found.xy, 10).quality(progress=False)
    assert quality.trustworthiness.value > {"umap": 0.9, "pca": 0.75}[method]


def test_rows_that_were_not_fitted_are_placed_among_their_kind():
    latents, kind = islands(400)
    found = project(latents, "umap", n_landmarks=500, progress=False)
    assert len(found.landmarks) == 500
    placed = np.setdiff1d(np.arange(1600), found.landmarks)
    assert np.isfinite(found.xy).all()
    assert nearest_kind_agrees(found.xy, kind, placed, found.landmarks) > 0.99
    assert found.parameters == {"scale": "standard", "n_landmarks": 500, "n_neighbors": 15, "min_dist": 0.1}
    assert found.seconds > 0


def test_principal_components_are_those_of_the_scaled_latents():
    rng = np.random.default_rng(0)
    latents = rng.normal(size=(500, 3)) @ rng.normal(size=(3, 3)) * [1, 10, 100]
    found = project(latents, "pca", n_landmarks=50, progress=False)
    scaled = (latents - latents.mean(0)) / latents.std(0)
    u, s, _ = np.linalg.svd(scaled, full_matrices=False)
    expected = u[:, :2] * s[:2]
    np.testing.assert_allclose(np.abs(found.xy), np.abs(expected), rtol=1e-3, atol=1e-3)
    assert len(found.landmarks) == 500  # all rows: nothing has to be thinned


@pytest.mark.parametrize("method", ["umap", "pca"])
def test_rows_with_nan_have_no_position_and_change_nothing_for_the_others(method):
    latents, _ = islands(20)
    holed = np.insert(latents, [3, 30], np.nan, axis=0)
    holed[20, 2] = np.inf
    found = project(holed, method, progress=False)
    assert np.flatnonzero(np.isnan(found.xy).any(1)).tolist() == [3, 20, 31]
    assert {3, 20, 31}.isdisjoint(found.landmarks)
    plain = project(np.delete(holed, [3, 20, 31], axis=0), method, progress=False)
    np.testing.assert_allclose(np.delete(found.xy, [3, 20, 31], axis=0), plain.xy, atol=1e-5)


def test_a_seed_repeats_the_map_and_leaves_the_global_state():
    latents, _ = islands(30)
    before = np.random.get_state()[1].copy()  # noqa: NPY002 - it must not move
    first, again = (project(latents, "umap", random_state=5, progress=False).xy for _ in range(2))
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_nothing_is_printed_or_warned(capfd, recwarn):
    project(islands(30)[0], "umap", progress=False)
    out, err = capfd.readouterr()
    assert out == err == ""
    assert [str(each.message) for each in recwarn] == []


def test_the_unit_of_a_latent_does_not_matter_unless_asked():
    latents, _ = islands(30)
    wide = latents * np.array([1, 1, 1, 1, 1, 1000.0])
    for scale in ("standard", "robust"):
        plain, scaled = (project(each, "pca", scale=scale, progress=False).xy for each in (latents, wide))
        np.testing.assert_allclose(plain, scaled, atol=1e-3)
    assert np.ptp(project(wide, "pca", scale=None, progress=False).xy[:, 0]) > 1000


def test_robust_widths_are_not_moved_by_an_outlier():
    values = np.random.default_rng(0).normal(3, 2, (1001, 1))
    values[0] = 1e6
    robust, standard = fit_scaling(values, "robust"), fit_scaling(values, "standard")
    assert robust.width[0] == pytest.approx(2, rel=0.1)
    assert robust.centre[0] == pytest.approx(3, rel=0.1)
    assert standard.width[0] > 1000


def test_a_cancel_keeps_what_was_placed():
    latents, _ = islands(3000)
    asked = iter([False, False, True])
    with pytest.raises(Cancelled) as stopped:
        project(latents, "umap", n_landmarks=300, progress=False, cancelled=lambda: next(asked))
    partial = stopped.value.partial
    assert np.isfinite(partial.xy[partial.landmarks]).all()
    assert np.isfinite(partial.xy).all(1).sum() == 5300  # landmarks, and one block
    assert "12,000 rows, got 5,300" in str(stopped.value)
    with pytest.raises(Cancelled) as stopped:
        project(latents, "pca", progress=False, cancelled=lambda: True)
    assert stopped.value.partial is None


def test_landmarks_hold_rare_clumps_and_sparse_regions_that_a_plain_draw_misses():
    rng = np.random.default_rng(0)
    crowd = rng.normal(0, 1, (100_000, 5))
    clump = rng.normal(0, 0.02, (40, 5)) + 7  # rare and dense
    halo = rng.uniform(-12, 12, (300, 5))  # rare and sparse
    points = np.concatenate([crowd, clump, halo])
    found = choose_landmarks(points, 3000)
    assert len(found) == len(np.unique(found)) == 3000
    assert (np.diff(found) > 0).all()
    in_clump = ((found >= 100_000) & (found < 100_040)).sum()
    in_halo = (found >= 100_040).sum()
    # A plain draw of 3% would have about 1 and 9.
    assert in_clump >= 15
    assert in_halo >= 100
    assert (found < 100_000).sum() > 1500  # and the crowd is still the crowd


def test_landmarks_of_few_rows_are_all_rows():
    assert choose_landmarks(np.zeros((5, 2)), 9).tolist() == [0, 1, 2, 3, 4]


def test_cells_give_landmarks_by_the_square_root_of_their_rows_and_small_ones_all():
    quotas = _quotas(np.array([8100, 900, 5]), 1205)
    assert quotas.tolist() == [30 + 855, 30 + 285, 5]  # 90 to 30, of what the least leaves
    assert _quotas(np.array([10, 10]), 20).tolist() == [10, 10]


@pytest.mark.parametrize("n_landmarks", [1, 7, 31, 500, 999])
def test_landmarks_are_as_many_as_asked_even_among_duplicates(n_landmarks):
    points = np.repeat(np.random.default_rng(0).normal(size=(20, 2)), 50, axis=0)
    assert len(choose_landmarks(points, n_landmarks)) == n_landmarks


def test_pacmap_is_told_how_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pacmap", None)
    with pytest.raises(ParameterError, match="pip install pacmap"):
        project(islands(20)[0], "pacmap", progress=False)


def test_pacmap_fits_landmarks_and_places_the_rest_by_them(monkeypatch):
    class PaCMAP:  # what this project calls of the optional package
        def __init__(self, *, n_neighbors, random_state, save_tree):
            assert (n_neighbors, save_tree) == (15, True)
            assert isinstance(random_state, int)

        def fit_transform(self, points):
            self.points = points
            return points[:, :2]

        def transform(self, rest, *, basis):
            np.testing.assert_array_equal(basis, self.points)
            return rest[:, :2] + 100

    monkeypatch.setitem(sys.modules, "pacmap", types.SimpleNamespace(PaCMAP=PaCMAP))
    latents, _ = islands(50)
    found = project(latents, "pacmap", n_landmarks=120, scale=None, progress=False)
    placed = np.setdiff1d(np.arange(200), found.landmarks)
    np.testing.assert_allclose(found.xy[found.landmarks], latents[found.landmarks, :2], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(found.xy[placed], latents[placed, :2] + 100, rtol=1e-6)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"method": "som"}, ["umap, pacmap, pca", "'som'"]),
        ({"scale": "log"}, ["standard", "'log'"]),
        ({"latents": np.ones((100, 1))}, ["2 columns", "1"]),
        ({"latents": np.c_[np.arange(100.0), np.ones(100)]}, ["2 columns with a spread", "column 1"]),
        ({"latents": np.arange(20.0).reshape(10, 2)}, ["at least 17 rows", "10 of 10"]),
        ({"latents": np.full((100, 2), np.nan)}, ["at least 17 rows", "0 of 100"]),
        ({"latents": [["a", "b"]]}, ["numbers of shape (n_samples, n_latent)", "(1, 2)"]),
        ({"n_neighbors": 1}, ["2 or more", "1"]),
        ({"n_landmarks": 10}, ["more than n_neighbors + 1 = 16", "10"]),
    ],
)
def test_what_cannot_be_mapped_is_told_with_numbers(change, words):
    given = {"latents": np.random.default_rng(0).normal(size=(100, 3)), "progress": False} | change
    with pytest.raises(ParameterError) as told:
        project(given.pop("latents"), **given)
    assert all(word in str(told.value) for word in words)
