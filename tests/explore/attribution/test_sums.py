"""Sums over any rows equal NumPy's over the mask: counts exactly, moments to rounding."""

import numpy as np
import pytest

from astrokit.errors import ParameterError
from astrokit.explain.shapley.attribution import mean_and_half
from astrokit.explore.attribution import groups as groups_module
from astrokit.explore.attribution import sums as sums_module
from astrokit.explore.attribution.groups import Groups
from astrokit.explore.attribution.scales import BINS, MIDDLE, fit_scales
from astrokit.explore.attribution.scene import rows_in_order
from astrokit.explore.attribution.summary import summarise
from astrokit.explore.attribution.sums import BLOCK, Blocks
from astrokit.explore.attribution.threads import in_parts
from astrokit.explore.index import PointIndex
from astrokit.latent import Cancelled
from astrokit.progress import listening

N, N_FEATURES = 4 * BLOCK + 77, 5


def attributed(kind=np.float64, random_state=0):
    rng = np.random.default_rng(random_state)
    data = rng.normal(size=(N, N_FEATURES))
    data[:, 3] = rng.integers(0, 2, N)
    data[:5, 2] = np.nan
    values = data * rng.uniform(0.1, 3, N_FEATURES) + rng.normal(size=(N, N_FEATURES))
    values[:, 3] = 1e6 + 1e-3 * values[:, 3]  # a mean far larger than its spread
    values[:, 4] = -2.5
    return np.nan_to_num(values).astype(kind), data.astype(kind)


def in_memory_order(array, order):
    if order == "strided":  # one output of several
        return np.stack([array, array + 1], axis=-1)[..., 0]
    return np.asarray(array, order=order)


def some_masks():
    rng = np.random.default_rng(1)
    places = np.arange(N)
    return {
        "none": np.zeros(N, bool),
        "one": places == N - 1,
        "few": rng.random(N) < 0.01,
        "scattered half": rng.random(N) < 0.5,
        "most": rng.random(N) < 0.97,
        "a run over whole blocks": (places > 100) & (places < 100 + 2 * BLOCK),
        "all": np.ones(N, bool),
    }


def places_of_bins(values, scales, feature):
    places = (values[:, feature].astype(float) - scales.low[feature]) * scales.per_unit[feature]
    return np.clip(places, 0, BINS - 1).astype(int)


def tones_by_comparison(data, scales, feature):
    own = data[:, feature].astype(float)
    place = (own[:, None] >= scales.steps[feature]).sum(1)
    return np.where(np.isnan(own), MIDDLE, scales.tones[feature][place])


@pytest.mark.parametrize(("kind", "memory"), [(np.float64, "C"), (np.float32, "F"), (np.float64, "strided")])
def test_sums_over_any_rows_are_those_of_numpy(kind, memory):
    values, data = (in_memory_order(array, memory) for array in attributed(kind))
    order = np.random.default_rng(2).permutation(N).astype(np.uint32)
    blocks = Blocks(values, data, order)
    for name, mask in some_masks().items():
        sums = blocks.over(mask)
        assert sums.n == mask.sum(), name
        for feature in range(N_FEATURES):
            bins = places_of_bins(values, blocks.scales, feature)[mask]
            tones = tones_by_comparison(data, blocks.scales, feature)[mask]
            np.testing.assert_array_equal(sums.counts[feature], np.bincount(bins, minlength=BINS))
            np.testing.assert_array_equal(sums.tones[feature], np.bincount(bins, tones, minlength=BINS))
            chosen = values[mask, feature].astype(float)
            offs = chosen - blocks.scales.centres[feature, 0], abs(chosen) - blocks.scales.centres[feature, 1]
            expected = [part.sum() for off in offs for part in (off, off**2)]
            np.testing.assert_allclose(sums.moments[feature], expected, rtol=1e-9, atol=1e-9)


def test_rows_without_a_place_on_the_map_are_summed_too():
    values, data = attributed()
    x = np.random.default_rng(3).normal(size=N)
    x[::7] = np.nan
    index = PointIndex(x, x, progress=False)
    order = rows_in_order(index)
    np.testing.assert_array_equal(np.sort(order), np.arange(N))
    np.testing.assert_array_equal(x[order[: index.n_points]], x[index.order()])
    mask = np.isnan(x) | (x > 1)
    np.testing.assert_allclose(
        summarise(Blocks(values, data, order), tuple("abcde"), mask).here.means[:, 0], values[mask].mean(0)
    )


def test_means_and_intervals_are_those_of_the_attribution_itself():
    values, data = attributed()
    groups = np.random.default_rng(4).integers(0, 300, N)
    mask = some_masks()["scattered half"]
    for labels in (None, groups):
        made = None if labels is None else Groups(labels, N)
        summary = summarise(Blocks(values, data), tuple("abcde"), mask, groups=made)
        for side, rows in ((summary.here, mask), (summary.there, ~mask)):
            for k, of in enumerate((values, np.abs(values))):
                mean, half = mean_and_half(of[rows], None if labels is None else labels[rows])
                np.testing.assert_allclose(side.means[:, k], mean, rtol=1e-12)
                np.testing.assert_allclose(side.halves[:, k], half, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("with_groups", [False, True])
def test_a_selection_beside_itself_differs_by_nothing_at_all(with_groups):
    values, data = attributed()
    groups = Groups(np.arange(N) // 9, N) if with_groups else None
    mask = some_masks()["few"]
    summary = summarise(Blocks(values, data), tuple("abcde"), mask, mask, groups=groups)
    np.testing.assert_allclose(summary.difference.means, 0)
    np.testing.assert_allclose(summary.difference.halves, 0, atol=1e-6)


def test_groups_larger_than_a_tile_and_groups_on_both_sides_are_added_up():
    values, _ = attributed()
    labels = np.where(np.arange(N) < 3000, 0, np.random.default_rng(5).integers(1, 40, N))
    mask = some_masks()["scattered half"]
    other = some_masks()["a run over whole blocks"]
    groups = Groups(labels, N)
    means = np.random.default_rng(6).normal(size=(N_FEATURES, 4))
    products = groups.products(values, mask.astype(np.uint8) | other.astype(np.uint8) << 1, means)

    def off(rows, of, mean):
        sums = np.zeros((groups.n_groups, N_FEATURES))
        np.add.at(sums, labels[rows], of[rows] - mean)
        return sums

    for k, of in enumerate((values, np.abs(values))):
        here, there = off(mask, of, means[:, k]), off(other, of, means[:, 2 + k])
        np.testing.assert_allclose(products.here[:, k], (here**2).sum(0), rtol=1e-9)
        np.testing.assert_allclose(products.there[:, k], (there**2).sum(0), rtol=1e-9)
        np.testing.assert_allclose(products.both[:, k], (here * there).sum(0), rtol=1e-9, atol=1e-6)
    assert products.n_here == len(np.unique(labels[mask]))
    assert products.n_there == len(np.unique(labels[other]))


def test_an_empty_side_has_no_means_and_one_row_no_interval():
    values, data = attributed()
    blocks = Blocks(values, data)
    none, one, all_ = (some_masks()[name] for name in ("none", "one", "all"))
    assert np.isnan(summarise(blocks, tuple("abcde"), none).here.means).all()
    assert summarise(blocks, tuple("abcde"), all_).there is None
    summary = summarise(blocks, tuple("abcde"), one)
    np.testing.assert_allclose(summary.here.means[:, 0], values[-1])
    assert np.isnan(summary.here.halves).all()
    assert np.isnan(summary.difference.halves).all()
    assert np.isfinite(summary.there.halves[:3]).all()


def test_memory_is_three_tenths_of_a_byte_for_each_value():
    values, data = attributed()
    blocks = Blocks(values, data)
    assert blocks.nbytes / values.size < 0.3 * (-(-N // BLOCK) * BLOCK / N)
    assert np.shares_memory(blocks.values, values)


def test_tones_follow_ranks_and_ties_stand_in_their_middle():
    data = np.column_stack([np.exp(10 * np.random.default_rng(7).normal(size=N)), np.arange(N) % 4 == 0])
    scales = fit_scales(data, data)
    tones = tones_by_comparison(data, scales, 0)
    ranks = np.argsort(np.argsort(data[:, 0])) / N
    assert np.abs(tones / 63 - ranks).max() < 0.07
    low, high = (np.unique(tones_by_comparison(data, scales, 1)[data[:, 1] == kind]) for kind in (0, 1))
    assert (len(low), len(high)) == (1, 1)
    assert low[0] == round(63 * 0.375)
    assert high[0] == round(63 * 0.875)


def test_all_that_reads_many_rows_tells_its_progress_and_can_be_cancelled():
    values, data = attributed()
    blocks, groups, mask = Blocks(values, data), Groups(np.arange(N) // 5, N), some_masks()["scattered half"]
    heard = []
    with listening(lambda *said: heard.append(said)):
        summarise(blocks, (), mask, groups=groups)
    done, total = [said for said in heard if said[0] == "reading rows"][-1][1:]
    assert done == total > 0
    assert heard[-1] == ("reading rows by group", N, N)
    for work in (
        lambda: Blocks(values, data, cancelled=lambda: True),
        lambda: blocks.over(mask, cancelled=lambda: True),
        lambda: groups.products(values, mask.astype(np.uint8), np.zeros((5, 4)), cancelled=lambda: True),
    ):
        with pytest.raises(Cancelled):
            work()


def test_pieces_between_two_looks_add_up(monkeypatch):
    values, data = attributed()
    groups, mask = Groups(np.arange(N) // 700, N), some_masks()["scattered half"]
    whole = summarise(Blocks(values, data), (), mask, groups=groups)
    for module in (sums_module, groups_module):
        monkeypatch.setattr(module, "AT_A_TIME", 1)
    pieces = summarise(Blocks(values, data), (), mask, groups=groups)
    np.testing.assert_array_equal(pieces.here.sums.counts, whole.here.sums.counts)
    np.testing.assert_allclose(pieces.here.halves, whole.here.halves, rtol=1e-9)


def test_groups_of_another_length_are_refused():
    with pytest.raises(ParameterError, match="groups"):
        Groups(np.zeros(3), 4)


def test_parts_cover_a_range_once_and_an_error_of_one_comes_out():
    found = in_parts(lambda first, last: list(range(first, last)), 3, 50)
    assert [k for part in found for k in part] == list(range(3, 50))
    assert in_parts(lambda first, last: 1, 4, 4) == []
    with pytest.raises(ZeroDivisionError):
        in_parts(lambda first, last: 1 / 0, 0, 50)
