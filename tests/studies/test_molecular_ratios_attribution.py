"""Attributions, claims and groups on emulators whose answers are known functions of their inputs."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from astrokit.errors import ParameterError
from astrokit.explain import Attribution
from astrokit.studies.molecular_ratios import attribution as explain
from astrokit.studies.molecular_ratios import claims, groups, intervals
from astrokit.studies.molecular_ratios.attribution import LABELS
from astrokit.studies.molecular_ratios.cube import unit_cube
from astrokit.studies.molecular_ratios.sample import RATIOS

T, N, C, OX = (LABELS.index(name) for name in ("temperature", "density", "carbon", "oxygen"))


class Known:
    """CN/HCN is 3 T + C, HNC/HCN is 4 T C, all others are N, each input by its range from -1 to 1."""

    def predict(self, inputs):
        u = 2 * unit_cube(inputs) - 1
        answers = np.tile(u[:, [N]], (1, 9))
        answers[:, 0] = 3 * u[:, T] + u[:, C]
        answers[:, 1] = 4 * u[:, T] * u[:, C]
        return answers


@pytest.fixture(scope="module")
def imitation():
    return explain.imitate(Known(), n_points=4000)


@pytest.fixture(scope="module")
def found(imitation):
    inputs = explain.draw_inputs(600, np.random.default_rng(1))
    return explain.attribute(imitation.trees, inputs, interactions=True)


def test_trees_imitate_at_points_that_they_have_not_seen(imitation):
    assert imitation.fidelity.min() > 0.97


def test_attributions_add_up_and_are_those_of_the_function(imitation, found):
    answers = found.base_value + found.values.sum(1)
    np.testing.assert_allclose(answers, imitation.trees.predict(found.data), atol=1e-3)
    u = 2 * unit_cube(found.data) - 1
    np.testing.assert_allclose(found.values[:, T, 0], 3 * u[:, T], atol=0.35)
    np.testing.assert_allclose(found.values[:, T, 1], 2 * u[:, T] * u[:, C], atol=0.6)
    importance = explain.importances(found)
    # The mean of |u| is 1/2, and of |u v| 1/4.
    assert importance[0, [T, C, N]] == pytest.approx([1.5, 0.5, 0.0], abs=0.06)
    assert importance[1, [T, C, N]] == pytest.approx([0.5, 0.5, 0.0], abs=0.06)
    assert explain.shares(importance).sum(1) == pytest.approx(np.ones(9))


def test_what_two_inputs_do_together_is_their_interaction(found):
    table = explain.pairs(found).set_index("ratio")
    strongest = table.loc["HNC/HCN"].iloc[0]
    assert {strongest["first"], strongest["second"]} == {"temperature", "carbon"}
    assert strongest["interaction"] == pytest.approx(1.0, abs=0.12)  # the mean of |4 u v|
    assert table.loc["CN/HCN"].interaction.max() < 0.12


def test_importance_changes_with_what_it_depends_on(found):
    by = explain.changes(found)[explain.CHANGING.index("temperature")]
    carbon = by[:, RATIOS.index("HNC/HCN"), C]
    assert by.shape == (4, 9, 7)
    # 2 |u| |v| in bins of u with the means 3/4, 1/4, 1/4, 3/4
    assert carbon == pytest.approx([0.75, 0.25, 0.25, 0.75], abs=0.1)
    assert by[:, RATIOS.index("CN/HCN"), C] == pytest.approx([0.5] * 4, abs=0.1)


def test_bins_are_of_equal_width_and_hold_the_ends():
    inputs = np.tile([[80.0, 5.0, 0, 0, 0, 0, 0]], (5, 1))
    inputs[:, T] = [10, 44.9, 45.1, 149, 150]
    assert explain.bins_of(inputs, "temperature").tolist() == [0, 0, 1, 3, 3]
    assert explain.bin_edges("temperature").tolist() == [10, 45, 80, 115, 150]


# --- claims -------------------------------------------------------------------------------------------------


def importance_of_the_paper():
    importance = np.full((9, 7), 0.05)
    importance[:, [T, N]] = 1.0
    importance[:2, C] = 1.0
    importance[RATIOS.index("CS/SO"), OX] = 1.0
    return importance


def test_what_the_paper_says_is_confirmed_where_it_is_so():
    table = claims.verdicts(margins_of(np.tile(importance_of_the_paper(), (3, 20, 1, 1))))
    assert table.verdict.tolist() == ["confirmed"] * 6
    assert table.statement.tolist() == list(claims.STATEMENTS)


def margins_of(of_clouds):
    """With emulators that all say what the mean says."""
    return intervals.interval(claims.margins, of_clouds, [of_clouds.mean((0, 1))] * 3)


@pytest.mark.parametrize(
    ("rows", "column", "value", "fails"),
    [
        (slice(None), 2, 5.0, {0}),  # cosmic rays lead
        (0, C, 0.0, {1}),
        (1, C, 0.0, {2}),
        (2, OX, 0.0, {3, 5}),
        (8, OX, 0.6, {4}),  # more than an even share, less than CS/SO
        (8, OX, 3.0, {4, 5}),
    ],
)
def test_each_statement_falls_alone(rows, column, value, fails):
    importance = importance_of_the_paper()
    importance[rows, column] = value
    failed = set(np.flatnonzero(claims.margins(importance) <= 0))
    assert fails <= failed
    if rows != slice(None):
        assert failed == fails


@pytest.mark.parametrize("axis", [0, 1])
def test_a_margin_that_hangs_on_the_clouds_or_on_the_imitation_decides_nothing(axis):
    of_clouds = np.tile(importance_of_the_paper(), (4, 4, 1, 1))
    of_clouds[:, :, RATIOS.index("CS/SO"), OX] = 0.36  # about an even share of 2.66 / 7
    assert claims.verdicts(margins_of(of_clouds)).verdict[3] == "refuted"
    factors = np.expand_dims([0.7, 0.9, 1.1, 1.3], 1 - axis)
    of_clouds[:, :, RATIOS.index("CS/SO"), OX] *= factors
    table = claims.verdicts(margins_of(of_clouds))
    assert table.verdict[3] == "not decided"
    assert table[intervals.SOURCES[1 - axis]][3] > 0
    assert table[intervals.SOURCES[axis]][3] == pytest.approx(0, abs=1e-12)


def test_an_interval_adds_clouds_imitations_and_emulators_in_quadrature():
    rng = np.random.default_rng(3)
    of_imitation = np.array([-0.2, -0.1, 0.0, 0.1, 0.2])
    of_clouds = rng.normal(0, 2.0, (1, 400, 1)) + of_imitation[:, None, None]
    without = [np.array([each]) for each in (1.0, 1.1, 0.9, 1.05, 0.95)]
    found = intervals.interval(lambda mean: mean, of_clouds, without)
    clouds, imitation, emulator = found.halves[:, 0]
    assert clouds == pytest.approx(1.645 * of_clouds.std() / 20, rel=0.1)
    assert imitation == pytest.approx(2.132 * of_imitation.std(ddof=1) / np.sqrt(5), rel=1e-3)  # 4 degrees
    assert emulator == pytest.approx(2.132 * np.sqrt(0.8 * 0.025), rel=1e-3)
    assert found.high[0] - found.value[0] == pytest.approx(np.sqrt((found.halves**2).sum()))
    assert found.value[0] == pytest.approx(of_clouds.mean())


def test_strengths_by_bins_have_the_shares_of_changes():
    rng = np.random.default_rng(8)
    inputs = explain.draw_inputs(200, rng)
    found = Attribution(rng.normal(size=(200, 7, 9)), np.zeros(9), inputs, LABELS, RATIOS)
    by_bins = explain.strengths_by_bins(found).mean(0)
    np.testing.assert_allclose(explain.shares(by_bins), explain.shares(explain.changes(found)), atol=1e-12)
    np.testing.assert_allclose(explain.strengths(found).mean(0), explain.importances(found), atol=1e-12)


# --- groups -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_kinds():
    """Five ratios that temperature moves, and four that carbon moves, one of these the other way."""
    rng = np.random.default_rng(2)
    values = 0.05 * rng.normal(size=(80, 7, 9))
    values[:, T, :5] += rng.choice([-1, 1], size=(80, 5)) + 0.1 * rng.normal(size=(80, 5))
    carbon = rng.choice([-1, 1], size=(80, 1))
    values[:, C, 5:] += carbon * np.array([1, 1, 1, -1])
    return Attribution(values, np.zeros(9), rng.uniform(size=(80, 7)), LABELS, RATIOS)


def test_patterns_are_rows_of_models_and_ratios_in_units_of_their_spread(two_kinds):
    found = groups.patterns(two_kinds)
    assert found.values.shape == (720, 7)
    row = (found.model == 3) & (found.ratio == "CS/SO")
    width = two_kinds.values[:, :, 2].sum(1).std()
    np.testing.assert_allclose(found.values[row][0], two_kinds.values[3, :, 2] / width)
    assert len(groups.patterns(two_kinds, n_models=10).values) == 90


def test_groups_are_the_directions_in_which_ratios_are_pushed_whatever_the_seed(two_kinds):
    found = groups.patterns(two_kinds)
    first = groups.group(found, n_neighbors=15)
    assert first.labels.max() + 1 == 4  # two inputs, up and down
    assert groups.stability(groups.over_seeds(found, range(3))).value > 0.9
    table = groups.composition(found, first)
    assert table.sum(axis=1).to_numpy() == pytest.approx(np.ones(9))
    mine = table.loc[RATIOS[0]].to_numpy() > 0.2
    assert (table.loc[RATIOS[5]].to_numpy()[mine] < 0.05).all()


def test_stability_is_the_mean_over_pairs_of_seeds_and_its_interval_is_one_of_seeds():
    rng = np.random.default_rng(5)
    truth = rng.integers(4, size=400)
    drawn = [
        groups.Groups(
            np.zeros((400, 2)),
            np.where(rng.random(400) < wrong, rng.integers(4, size=400), truth),
            np.arange(400),
        )
        for wrong in (0.0, 0.1, 0.2, 0.3, 0.6)
    ]
    found = groups.stability(drawn)
    pairs = [groups.agreement(a.labels, [b.labels])[0] for a, b in combinations(drawn, 2)]
    assert found.value == pytest.approx(np.mean(pairs))
    same = groups.stability([drawn[0]] * 4)
    assert same == pytest.approx((1.0, 1.0, 1.0))
    # As if pairs were independent the interval would be narrower.
    assert found.high - found.value > 1.2 * 2.13 * np.std(pairs, ddof=1) / np.sqrt(len(pairs))


def test_groupings_of_two_samples_are_compared_on_the_models_of_both():
    nothing = np.zeros((4, 2))
    one = groups.Groups(nothing, np.array([0, 0, 1, 1]), np.array([3, 5, 6, 8]))
    other = groups.Groups(nothing, np.array([1, 0, 0, 0]), np.array([5, 6, 8, 9]))
    assert groups.likeness_of(one, other) == pytest.approx(1.0)  # 5 | 6, 8 by both
    assert groups.likeness_of(other, one) == pytest.approx(1.0)


def test_what_hangs_on_the_imitation_is_told_from_what_hangs_on_the_seed_of_the_map(two_kinds, monkeypatch):
    """Groups by the sign of the first value stand in for the map."""

    def by_sign(found, *, random_state):
        return groups.Groups(found.values[:, :2], (found.values[:, T] > 0).astype(int), found.model)

    monkeypatch.setattr(groups, "group", by_sign)
    rng = np.random.default_rng(4)
    others = [replace(two_kinds, values=rng.normal(size=two_kinds.values.shape)) for _ in range(2)]
    found = groups.over_everything([two_kinds, *others], n_models=20)
    table = groups.stability_table(found).set_index("varied")
    assert table.ari[["seed of the map", "sample of clouds"]].tolist() == [1.0, 1.0]
    assert table.ari[["imitation", "all three"]].abs().max() < 0.2
    assert (table.fewest == 2).all()
    assert len(set(found["sample of clouds"][0].model) & set(found["sample of clouds"][1].model)) < 20


def test_likeness_knows_the_same_from_the_opposite(two_kinds):
    alike = groups.likeness(two_kinds)
    assert np.diag(alike) == pytest.approx(np.ones(9))
    assert alike[5, 6] > 0.9
    assert alike[5, 8] < -0.9
    assert abs(alike[0, 5]) < 0.3


def test_a_ratio_that_does_not_vary_is_named(two_kinds):
    values = two_kinds.values.copy()
    values[:, :, 4] = 0.0
    flat = Attribution(values, np.zeros(9), two_kinds.data, LABELS, RATIOS)
    with pytest.raises(ParameterError, match=RATIOS[4].replace("+", r"\+")):
        groups.patterns(flat)


def test_fewer_patterns_than_neighbours_are_refused(two_kinds):
    with pytest.raises(ParameterError, match="rows"):
        groups.group(groups.patterns(two_kinds, n_models=2), n_neighbors=30)
