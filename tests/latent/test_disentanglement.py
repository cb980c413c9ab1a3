"""Factors that are latents score 1, factors that are mixed do not, and what is not held is told as such."""

import numpy as np
import pytest

from astrokit.errors import DataError
from astrokit.latent.disentanglement import measure_disentanglement


def factors(n=500, k=3, seed=0):
    return np.random.default_rng(seed).normal(size=(n, k))


def named(values):
    return {name: column for name, column in zip(["mass", "age", "dust"], values.T, strict=False)}


def test_latents_that_are_the_factors_in_another_order_and_scale_score_one():
    truth = factors()
    latents = np.column_stack([np.exp(truth[:, 2]), -5 * truth[:, 0], truth[:, 1] ** 3])
    found = measure_disentanglement(latents, named(truth), n_trees=20)
    assert found.disentanglement > 0.95
    assert found.completeness > 0.95
    assert (found.informativeness > 0.9).all()
    assert found.importance.idxmax().tolist() == ["latent 1", "latent 2", "latent 0"]
    np.testing.assert_allclose(found.importance.sum(), 1.0)


def test_factors_spread_over_all_latents_score_low():
    truth = factors()
    rotation, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))
    even = np.linalg.qr(np.array([[1, 1, 1], [1, -1, 0], [1, 1, -2.0]]).T)[0]
    found = measure_disentanglement(truth @ even @ rotation, named(truth), n_trees=20)
    assert found.disentanglement < 0.5
    assert found.completeness < 0.5


def test_one_property_in_two_latents_is_disentangled_and_incomplete():
    truth = factors(800, 2)
    noise = 0.02 * factors(800, 2, seed=2)
    latents = np.column_stack([truth[:, 0] + noise[:, 0], truth[:, 0] + noise[:, 1], truth[:, 1]])
    found = measure_disentanglement(latents, named(truth), n_trees=40)
    assert found.disentanglement > 0.9
    assert found.completeness < 0.85


def test_what_latents_do_not_hold_has_no_r2():
    truth = factors()
    properties = named(truth) | {"dust": np.random.default_rng(5).normal(size=500)}
    found = measure_disentanglement(truth, properties, n_trees=20, names=["a", "b", "c"])
    assert found.informativeness["dust"] < 0.1
    assert found.informativeness["mass"] > 0.9
    assert found.importance.index.tolist() == ["a", "b", "c"]


def test_sources_without_a_property_are_left_out():
    truth = factors()
    properties = named(truth)
    properties["age"] = np.where(np.arange(500) < 100, np.nan, properties["age"])
    whole = measure_disentanglement(truth[100:], named(truth[100:]), n_trees=10)
    assert measure_disentanglement(truth, properties, n_trees=10).disentanglement == whole.disentanglement


def test_too_little_to_measure_is_told():
    truth = factors()
    with pytest.raises(DataError, match=r"2 latents and 2 properties.*1 properties"):
        measure_disentanglement(truth, {"mass": truth[:, 0]})
    with pytest.raises(DataError, match="20 with all"):
        measure_disentanglement(truth[:20], named(truth[:20]))
    with pytest.raises(DataError, match="3 properties of 499"):
        measure_disentanglement(truth, named(truth[1:]))
