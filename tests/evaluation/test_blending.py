import threading

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from astrokit.errors import DataError, ParameterError
from astrokit.evaluation import fit_blend, log_loss, reliability_of_classes


def sky(n, seed):
    """Two normals of unequal share and width, and the true probability of the rare one."""
    rng = np.random.default_rng(seed)
    rare = rng.random(n) < 0.2
    points = rng.normal(np.where(rare, 1.2, 0.0)[:, None], np.where(rare, 0.7, 1.0)[:, None], (n, 2))
    densities = [norm.pdf(points, mean, width).prod(1) for mean, width in ((0.0, 1.0), (1.2, 0.7))]
    truth = 0.2 * densities[1] / (0.8 * densities[0] + 0.2 * densities[1])
    return points, np.where(rare, "rare", "common"), np.stack([1 - truth, truth], axis=1)


MAKERS = {
    "tree": lambda seed: DecisionTreeClassifier(min_samples_leaf=20, random_state=seed),
    "line": lambda seed: LogisticRegression(),
    "curve": lambda seed: QuadraticDiscriminantAnalysis(),
}


def test_the_blend_comes_near_the_truth_and_finds_who_knows_it():
    """Two normals are just what quadratic discriminants assume."""
    blend = fit_blend(MAKERS, *sky(4000, 0)[:2])
    points, labels, truth = sky(20_000, 1)
    assert blend.pool.weights[2] > 0.7
    np.testing.assert_allclose(blend.priors, [0.8, 0.2], atol=0.02)
    code = (labels == "rare").astype(int)
    assert log_loss(blend.probabilities(points), code) < log_loss(truth, code) + 0.005


def test_a_classifier_that_learns_by_heart_becomes_honest():
    by_heart = {"tree": lambda seed: DecisionTreeClassifier(random_state=seed)}
    blend = fit_blend(by_heart, *sky(3000, 2)[:2])
    points, labels, _ = sky(6000, 3)
    code = (labels == "rare").astype(int)
    alone = blend.members[0][0].predict_proba(points)
    assert reliability_of_classes(alone, code).error > 0.15
    assert reliability_of_classes(blend.probabilities(points), code).error < 0.06
    assert blend.probabilities(points).max() < 0.97 < alone.max()


def test_the_pool_hears_of_each_row_only_from_classifiers_that_have_not_seen_it():
    """A classifier that knows its own rows by heart and nothing else is worth nothing."""

    class ByHeart:
        def fit(self, points, code):
            self.known = {tuple(point): each for point, each in zip(points, code, strict=True)}
            return self

        def predict_proba(self, points):
            codes = [self.known.get(tuple(point)) for point in points]
            return np.array([[0.5, 0.5] if each is None else np.eye(2)[each] for each in codes])

    points, labels, _ = sky(400, 4)
    blend = fit_blend({"heart": lambda seed: ByHeart()}, points, labels, n_inner=4)
    new, _, _ = sky(50, 5)
    np.testing.assert_allclose(blend.probabilities(new), [blend.priors] * 50, atol=0.02)
    assert [len(kinds[0].known) for kinds in blend.members] == [300] * 4


def test_classes_are_decided_by_probability_over_prior():
    blend = fit_blend(MAKERS, *sky(4000, 6)[:2])
    points, _, truth = sky(5000, 7)
    called = blend.classify(points)
    assert set(called) == {"common", "rare"}
    best = np.where(truth[:, 1] / 0.2 > truth[:, 0] / 0.8, "rare", "common")
    assert (called == best).mean() > 0.97


def test_rows_of_one_source_are_never_split():
    seen = []

    class Watching(LogisticRegression):
        def fit(self, points, code):
            seen.append(set(points[:, 0]))
            return super().fit(points, code)

    source = np.repeat(np.arange(100.0), 3)
    points = np.column_stack([source, np.random.default_rng(0).normal(size=300)])
    labels = np.where(source % 2 > 0, "a", "b")
    fit_blend({"watching": lambda seed: Watching()}, points, labels, groups=source)
    assert [len(each) for each in seen] == [75] * 4


def test_the_result_depends_on_the_seed_and_not_on_the_threads():
    points, labels, _ = sky(500, 8)
    new = sky(50, 9)[0]
    alone, together, other = (
        fit_blend(MAKERS, points, labels, n_threads=n, random_state=seed).probabilities(new)
        for n, seed in ((1, 0), (3, 0), (1, 1))
    )
    np.testing.assert_array_equal(alone, together)
    assert np.abs(alone - other).max() > 1e-6


def test_every_fit_has_a_seed_of_its_own():
    seeds = []

    def maker(seed):
        seeds.append(seed)
        return LogisticRegression()

    fit_blend({"first": maker, "second": maker}, *sky(300, 12)[:2])
    assert len(set(seeds)) == len(seeds) == 8


def test_fits_run_beside_each_other():
    meeting = threading.Barrier(2, timeout=20)

    class Meets(LogisticRegression):
        def fit(self, points, code):
            meeting.wait()
            return super().fit(points, code)

    fit_blend({"meets": lambda seed: Meets()}, *sky(200, 10)[:2], n_threads=2)


def test_a_blend_needs_a_kind_and_enough_of_each_class():
    points, labels, _ = sky(200, 11)
    with pytest.raises(ParameterError, match="at least one kind"):
        fit_blend({}, points, labels)
    with pytest.raises(DataError, match="odd 3"):
        fit_blend(MAKERS, points, np.where(np.arange(200) < 3, "odd", "plain"))
