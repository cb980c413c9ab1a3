import numpy as np
import pytest
from scipy.stats import kstest

from astrokit.errors import ParameterError
from astrokit.latent import Support, along_axis, along_latent


def two_islands(n=2000, seed=0):
    rng = np.random.default_rng(seed)
    latents = rng.normal(0, 1, (n, 3))
    latents[n // 2 :, 0] += 14
    return latents


def test_p_values_of_new_sources_are_even():
    rng = np.random.default_rng(0)
    support = Support(rng.normal(size=(6000, 3)))  # 1,200 of them held out
    p_values = support.check(rng.normal(size=(1500, 3))).p_values
    # Both samples scatter: the critical distance of two samples, at 1%.
    assert kstest(p_values, "uniform").statistic < 1.63 * np.sqrt(1 / 1500 + 1 / 1200)
    assert (p_values < 0.05).mean() == pytest.approx(0.05, abs=0.02)


def test_the_level_is_the_share_of_real_sources_that_are_flagged():
    rng = np.random.default_rng(1)
    latents, new = rng.normal(size=(6000, 3)), rng.normal(size=(4000, 3))
    flagged = [1 - Support(latents, level=level).check(new).on_support.mean() for level in (0.01, 0.2)]
    assert flagged[0] == pytest.approx(0.01, abs=0.008)
    assert flagged[1] == pytest.approx(0.2, abs=0.03)


def test_a_thinned_reference_is_calibrated_too_and_nearest_sources_are_of_all(monkeypatch):
    from astrokit.latent import support as module

    monkeypatch.setattr(module, "MAX_REFERENCE", 500)
    rng = np.random.default_rng(0)
    latents = rng.normal(size=(6000, 3))
    support = Support(latents, level=0.1)
    flagged = 1 - support.check(rng.normal(size=(3000, 3))).on_support.mean()
    assert flagged == pytest.approx(0.1, abs=0.03)
    _, rows = support.nearest_sources(latents[::10], 1)
    np.testing.assert_array_equal(rows[:, 0], np.arange(0, 6000, 10))


def test_a_distance_that_many_real_sources_have_is_no_stranger():
    steps = np.random.default_rng(0).integers(0, 3, (900, 2)).astype(float)  # a grid: all distances are zero
    assert Support(steps).check(steps[:5]).p_values.tolist() == [1] * 5


def test_beyond_the_means_the_way_reaches_as_far_as_the_sources():
    latents = np.random.default_rng(0).normal(size=(4000, 3))
    latents[2000:, 0] += 0.5
    support = Support(latents, level=0.002)  # so low that it cuts nothing here
    way = along_axis(latents, np.arange(2000), np.arange(2000, 4000), support)
    length = np.linalg.norm(way.step)
    along = (latents - way.start) @ (way.step / length)
    np.testing.assert_allclose(way.range, np.quantile(along, [0.01, 0.99]) / length, rtol=1e-6)


def test_the_gap_between_islands_is_off_the_support_though_inside_all_ranges():
    support = Support(two_islands(), scale=None)
    check = support.check([[0.0, 0, 0], [7.0, 0, 0], [14.0, 0, 0], [14.0, 9, 0]])
    assert check.on_support.tolist() == [True, False, True, False]
    assert check.p_values[1] == 1 / 401 < check.p_values[0]  # the least that 400 held-out rows tell
    assert check.distances[1] > check.distances[0]


def test_nearest_sources_are_rows_of_the_caller():
    latents = np.insert(two_islands(), 5, np.nan, axis=0)
    support = Support(latents)
    distances, rows = support.nearest_sources(latents[1000], 3)
    assert rows[0, 0] == 1000
    assert distances[0, 0] == pytest.approx(0, abs=1e-6)
    spread = np.nanstd(latents, axis=0)
    exact = np.argsort(np.linalg.norm((latents - latents[1000]) / spread, axis=1))[:3]
    assert rows[0].tolist() == exact.tolist()


def test_units_are_those_of_the_latents():
    latents = two_islands()
    wide = latents * [1, 1000, 1] + [0, 0, 50]
    plain = Support(latents).check(latents[:50]).p_values
    np.testing.assert_allclose(Support(wide).check(wide[:50]).p_values, plain)


def test_along_a_latent_only_that_one_changes_and_the_data_bound_it():
    latents = np.random.default_rng(0).normal(2, [1, 3, 1], (4000, 3))
    at = np.array([2.0, 5.0, 2.0])
    way = along_latent(latents, 1, Support(latents), at=at, n_points=9)
    np.testing.assert_array_equal(way.points[:, [0, 2]], np.tile(at[[0, 2]], (9, 1)))
    np.testing.assert_allclose(way.points[:, 1], way.positions)
    assert way.on_support.all()
    low, high = np.quantile(latents[:, 1], [0.01, 0.99])
    assert low - 0.1 <= way.range[0] < 0
    assert 7 < way.range[1] <= high + 0.1


def test_a_latent_stops_at_the_shore_of_the_island_that_holds_the_source():
    latents = two_islands()
    support = Support(latents, scale=None)
    west = along_latent(latents, 0, support, at=[0.0, 0, 0])
    east = along_latent(latents, 0, support, at=[14.0, 0, 0])
    assert west.range[1] < 6
    assert east.range[0] > 8
    assert west.on_support.all()
    assert east.on_support.all()
    assert len(west.points) == 11


def test_without_a_source_the_way_starts_at_a_real_one():
    latents = two_islands()
    way = along_latent(latents, 1, Support(latents, scale=None))
    others = way.points[0, [0, 2]]
    assert np.isclose(latents[:, [0, 2]], others).all(1).any()
    assert way.on_support.all()


def test_a_start_off_the_support_is_said():
    latents = two_islands()
    way = along_latent(latents, 1, Support(latents, scale=None), at=[7.0, 0, 0])
    assert not way.on_support.any()


def test_between_selections_zero_and_one_are_their_means_and_the_gap_is_flagged():
    latents = two_islands()
    west, east = np.arange(1000), np.arange(2000) >= 1000  # rows, and a mask
    way = along_axis(latents, west, east, Support(latents, scale=None), n_points=101)
    np.testing.assert_allclose(way.start, latents[:1000].mean(0))
    np.testing.assert_allclose(way.start + way.step, latents[1000:].mean(0))
    np.testing.assert_allclose(way.points, way.start + way.positions[:, None] * way.step)
    low, high = way.range
    assert -0.25 < low < -0.08  # a spread of 1 over a distance of 14, at 1%
    assert 1.08 < high < 1.25
    middle = np.abs(way.positions - 0.5) < 0.15
    assert not way.on_support[middle].any()
    assert way.on_support[0]
    assert way.on_support[-1]


def test_a_selection_with_a_stray_member_does_not_lead_off_the_support():
    latents = two_islands()
    latents[0] = [-200, 0, 0]
    support = Support(latents, scale="robust")
    few = np.concatenate([[0], np.arange(1, 30)])
    way = along_axis(latents, few, np.arange(1000, 2000), support, n_points=41)
    assert way.points[0, 0] > -20
    assert (way.positions <= 0).any()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x, s: s.check([[0.0, 0.0]]), ["(n, 3)", "(1, 2)"]),
        (lambda x, s: s.check([[0.0, np.nan, 0.0]]), ["finite", "2 of 3 finite"]),
        (lambda x, s: Support(x[:20]), ["at least 30 rows", "20 of 20"]),
        (lambda x, s: Support(x[:100], level=0.01), ["0.048", "20 rows", "0.01"]),
        (lambda x, s: along_latent(x, 3, s), ["0 to 2", "3"]),
        (lambda x, s: along_latent(x, 0, s, at=[1.0]), ["3 values", "(1,)"]),
        (lambda x, s: along_axis(x, [], [1], s), ["first selection", "none"]),
        (lambda x, s: along_axis(x, [1], np.zeros(2000, bool), s), ["second selection", "none"]),
        (lambda x, s: along_axis(x, [1], [1], s), ["two different means", "the same"]),
    ],
)
def test_what_does_not_fit_is_told_with_numbers(call, words):
    latents = two_islands()
    with pytest.raises(ParameterError) as told:
        call(latents, Support(latents))
    assert all(word in str(told.value) for word in words)
