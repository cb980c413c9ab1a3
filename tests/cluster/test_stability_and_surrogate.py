import numpy as np

from astrokit.cluster import agreement, balanced_rows, fit_surrogate, flip_rate


def test_agreement_ignores_the_names_of_the_clusters():
    labels = np.arange(60) % 3
    renamed = (labels + 1) % 3
    shuffled = np.random.default_rng(0).permutation(labels)
    same, chance = agreement(labels, [renamed, shuffled])
    assert same == 1
    assert abs(chance) < 0.15  # 60 points: the index scatters by about 0.03 around 0 by chance


def test_balanced_rows_take_few_of_the_many_and_all_of_the_few():
    source = np.array(["many"] * 500 + ["few"] * 4)
    rows = balanced_rows(source, 10, random_state=0)
    assert (source[rows] == "many").sum() == 10
    assert (source[rows] == "few").sum() == 4
    assert len(set(rows)) == len(rows)


def test_flip_rate_is_the_gaussian_tail_beyond_the_threshold():
    distance = np.array([0.0, 0.5, 1.0, 2.0])
    flips = flip_rate(lambda x: x[:, 0], distance[:, None], np.ones((4, 1)), 0.0, n_draws=4000)
    from scipy.stats import norm

    # 4000 draws: standard error at most 0.008
    np.testing.assert_allclose(flips, norm.sf(distance), atol=0.03)


def test_a_shallow_tree_is_faithful_to_a_rule_and_not_to_noise():
    rng = np.random.default_rng(0)
    points, source = rng.uniform(0, 1, (1000, 3)), np.arange(1000) % 40
    options = {"feature_names": ["a", "b", "c"], "random_state": 0}
    rule = fit_surrogate(points, (points[:, 0] > 0.4) & (points[:, 1] > 0.3), source, **options)
    noise = fit_surrogate(points, rng.random(1000) > 0.5, source, **options)
    assert rule.fidelity > 0.95
    assert abs(noise.fidelity - 0.5) < 0.1
    assert "a" in rule.rules
    assert rule.n_leaves <= 4


def test_a_tree_that_learns_single_sources_is_found_out():
    """Labels that belong to sources, not to features: folds grouped by source learn nothing."""
    rng = np.random.default_rng(3)
    position = rng.uniform(0, 1, 60)
    source = np.repeat(np.arange(60), 30)
    points = position[source][:, None] + 1e-4 * rng.standard_normal((1800, 1))
    label = (rng.random(60) > 0.5)[source]
    surrogate = fit_surrogate(points, label, source, feature_names=["x"], max_depth=6, random_state=0)
    assert surrogate.fidelity < 0.7


def test_agreement_on_chosen_rows_ignores_the_others():
    labels, other = np.array([0, 0, 1, 1, 0, 1]), np.array([0, 0, 1, 1, 1, 0])
    assert agreement(labels, [other], rows=[0, 1, 2, 3])[0] == 1
    assert agreement(labels, [other])[0] < 0.5


def test_flips_scale_with_the_errors():
    from scipy.stats import norm

    flips = flip_rate(lambda x: x[:, 0], np.ones((2, 1)), np.array([[0.5], [2.0]]), 0.0, n_draws=4000)
    np.testing.assert_allclose(flips, norm.sf([2.0, 0.5]), atol=0.03)


def test_rows_without_weight_neither_grow_nor_judge_the_tree():
    """Half of the rows say the opposite, and weigh next to nothing."""
    rng = np.random.default_rng(1)
    x, liar = rng.uniform(0, 1, 1200), np.arange(1200) % 2 == 1
    surrogate = fit_surrogate(
        x[:, None],
        (x > 0.5) != liar,
        np.arange(1200) // 30,
        feature_names=["x"],
        weights=np.where(liar, 1e-9, 1.0),
        max_depth=1,
    )
    assert surrogate.fidelity > 0.97
    assert surrogate.n_leaves == 2
    assert surrogate.rules.index("outside") < surrogate.rules.index("inside")  # x <= 0.5 comes first


def test_a_rare_side_is_not_given_up():
    """Where the rare side is a third of the rows, a tree that counts rows would never say inside."""
    rng = np.random.default_rng(4)
    x = rng.uniform(0, 1, 3000)
    inside = (x > 0.9) & (rng.random(3000) < 0.35)
    surrogate = fit_surrogate(x[:, None], inside, np.arange(3000) // 30, feature_names=["x"], max_depth=1)
    assert surrogate.fidelity > 0.9
