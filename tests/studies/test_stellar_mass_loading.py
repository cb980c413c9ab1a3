"""Galaxies to ask about and to learn from, and whether stated probabilities are honest."""

import numpy as np
import pytest

from astrokit.errors import ParameterError
from astrokit.studies.stellar_mass import honesty, loading
from astrokit.studies.stellar_mass.sample import draw_sample


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A hundred galaxies in twenty fields, with magnitudes in g and r."""
    sample = draw_sample(100, images=False, random_state=5)
    path = tmp_path_factory.mktemp("own") / "mine.npz"
    np.savez(
        path,
        source_id=np.arange(100).astype(str),
        group=(np.arange(100) % 20).astype(str),
        log_mass=sample.log_mass,
        **{name: sample.values[:, k] for k, name in ((1, "g"), (2, "r"))},
        **{f"e_{name}": sample.errors[:, k] for k, name in ((1, "g"), (2, "r"))},
    )
    return path


def test_own_galaxies_are_asked_about_in_whole_groups_and_learned_from_in_others(own):
    loaded = loading.load("file", str(own), random_state=1)
    assert len(np.unique(loaded.group)) == 6  # three in ten of twenty
    assert len(loaded.sample.log_mass) == 30
    learned = loading.sample_to_learn(loaded)
    assert len(learned.log_mass) == 70
    assert not set(learned.log_mass) & set(loaded.sample.log_mass)
    assert loading.measured(loaded.sample) == ("g", "r")
    assert loading.has(loaded.sample, ["g"])
    assert not loading.has(loaded.sample, "optical")
    assert not loaded.provenance[0].simulated


def test_the_galaxies_that_a_fit_holds_out_are_no_end_of_a_sorted_file(tmp_path):
    mass = np.linspace(9, 12, 400)
    rng = np.random.default_rng(0)
    columns = {"log_mass": mass, "g": 20 - mass / 2, "r": 19.5 - mass / 2, "e_g": np.full(400, 0.02)}
    columns |= {"e_r": columns["e_g"], "group": (np.arange(400) // 2).astype(str)}
    np.savez(tmp_path / "sorted.npz", source_id=rng.permutation(400).astype(str), **columns)
    learned = loading.sample_to_learn(loading.load("file", str(tmp_path / "sorted.npz")))
    n_held = len(learned.log_mass) // 10
    seen, held = learned.log_mass[:-n_held], learned.log_mass[-n_held:]
    assert held.min() < np.quantile(seen, 0.2)
    assert held.max() > np.quantile(seen, 0.8)
    # Two galaxies of a group stand together, so that no more than one group is cut.
    twins = np.abs(seen[:, None] - held) < 1.1 * (mass[1] - mass[0])
    pairs = np.round((seen[:, None] - mass[0]) / (mass[1] - mass[0])) // 2
    others = np.round((held - mass[0]) / (mass[1] - mass[0])) // 2
    assert (twins & (pairs == others)).sum() <= 1


def test_the_galaxies_that_the_network_learned_from_are_not_asked_about():
    with pytest.raises(ParameterError, match="learned from"):
        loading.load(n_galaxies=3, random_state=13)


def test_simulated_galaxies_to_learn_from_are_not_those_asked_about(monkeypatch):
    monkeypatch.setattr(loading, "TO_LEARN", 20)
    loaded = loading.load(n_galaxies=20, random_state=3)
    learned = loading.sample_to_learn(loaded, random_state=3)
    assert not set(learned.log_mass) & set(loaded.sample.log_mass)


@pytest.mark.parametrize("wrong", [("real", None), ("file", None), ("file", "")])
def test_another_source_is_refused(wrong):
    with pytest.raises(ParameterError, match="own-galaxies"):
        loading.load(*wrong)


def stated(log_mass, width, rng):
    """Probabilities of bins by an answer of that width, whose middle misses the mass by one of 0.2."""
    middle = log_mass + 0.2 * rng.standard_normal(len(log_mass))
    density = np.exp(-(((honesty.CENTRES - middle[:, None]) / width) ** 2) / 2)
    return density / density.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(("width", "held"), [(0.2, 0.9), (0.1, 0.59), (0.4, 0.999)])
def test_intervals_hold_as_many_masses_as_the_stated_width_lets_them(width, held):
    rng = np.random.default_rng(0)
    log_mass = rng.normal(10, 0.5, 4000)
    ranks = honesty.ranks_of(stated(log_mass, width, rng), log_mass)
    assert honesty.held_by_intervals(ranks).value == pytest.approx(held, abs=0.02)
