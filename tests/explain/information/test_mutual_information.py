"""`mutual_information` on tasks with a known answer, and under what must not change it."""

import numpy as np
import pytest

from astrokit.explain import mutual_information
from astrokit.explain.information.estimate import standard_error
from astrokit.explain.information.ksg import ksg, local_values
from tests.truth.mutual_information_tasks import MAPS, NATS, draw, shared_nats

ONE_BY_ONE = [task for task in NATS if task.startswith("1v1") or task.endswith("-1-1-1")]
WIDER = [task for task in NATS if task not in ONE_BY_ONE]


def test_the_copied_constants_are_those_of_the_shared_file():
    shared = shared_nats()
    if shared is None:
        pytest.skip("needs ../shared/truth/mutual_information.json beside the project")
    assert shared == NATS


@pytest.mark.parametrize("task", ONE_BY_ONE)
def test_ksg_is_close_in_one_dimension_each(task):
    """Of ten thousand samples: bias over 20 seeds at most .025 nats, no seed off by more than .045."""
    errors = []
    for seed in range(20):
        x, y = draw(task, np.random.default_rng(seed), 10_000)
        errors.append(mutual_information(x, y, random_state=seed).value - NATS[task])
    assert abs(np.mean(errors)) <= 0.025
    assert np.max(np.abs(errors)) <= 0.045


@pytest.mark.parametrize("task", NATS)
def test_the_interval_of_ksg_holds_the_truth(task):
    """90% intervals of ten draws hold it seven times or more, but for a chance of about 1%."""
    held = 0
    for seed in range(10):
        x, y = draw(task, np.random.default_rng(100 + seed), 1500)
        found = mutual_information(x, y, random_state=seed)
        held += found.low <= NATS[task] <= found.high
    assert held >= 7


def normal_pair(n, rho, seed):
    x, noise = np.random.default_rng([n, round(10 * rho), seed]).normal(size=(2, n))
    return x, rho * x + np.sqrt(1 - rho**2) * noise


def test_the_standard_error_of_ksg_is_the_scatter_over_draws():
    """Pointwise values alone, and blocks of a tenth of the rows, gave 0.78 of it."""
    values, errors = [], []
    for seed in range(120):
        pair, rng = normal_pair(200, 0.0, seed), np.random.default_rng(seed)
        found = ksg(*(column[:, None] for column in pair), rng, n_neighbors=4)
        values.append(found.mean)
        errors.append(np.hypot(standard_error(found.values), found.blur))
    scatter = np.std(values, ddof=1)  # known to 6.5%
    assert np.mean(errors) == pytest.approx(scatter, rel=0.15)


@pytest.mark.full
@pytest.mark.parametrize("n", [200, 1000])
@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6, 0.9])
def test_intervals_of_ksg_hold_the_truth_of_normal_pairs_as_often_as_they_say(rho, n):
    """Of 200 draws 0.87 to 0.94; with blocks of a tenth of the rows it was 0.81 at n = 200, rho = 0."""
    truth, held = -np.log(1 - rho**2) / 2, 0
    for seed in range(200):
        found = mutual_information(*normal_pair(n, rho, seed), random_state=seed)
        held += found.low <= truth <= found.high
    assert 0.85 < held / 200 < 0.95


def test_where_dimension_defeats_ksg_it_says_so_and_the_interval_is_wide():
    x, y = draw("multinormal-dense-5-5-0.5", np.random.default_rng(0), 300)
    x = np.hstack([x, np.random.default_rng(1).normal(size=(300, 5))])  # five columns of noise
    found = mutual_information(x, y)
    assert found.value < NATS["multinormal-dense-5-5-0.5"] - 0.1
    assert found.low <= NATS["multinormal-dense-5-5-0.5"] <= found.high
    assert "few for 10 + 5 dimensions" in str(found)


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("estimator", ["ksg", "gaussian", "histogram"])
def test_increasing_maps_change_nothing(estimator, name):
    x, y = draw("student-identity-2-2-2", np.random.default_rng(3), 800)
    known = mutual_information(x, y, estimator=estimator)
    assert mutual_information(MAPS[name](x), y, estimator=estimator).value == pytest.approx(
        known.value, abs=1e-9
    )
    assert mutual_information(x, MAPS[name](y), estimator=estimator).value == pytest.approx(
        known.value, abs=1e-9
    )


@pytest.mark.parametrize("estimator", ["ksg", "gaussian", "histogram"])
def test_swapping_or_mirroring_the_variables_changes_next_to_nothing(estimator):
    x, y = draw("1v1-normal-0.75", np.random.default_rng(3), 2000)
    known = mutual_information(x, y, estimator=estimator).value
    assert mutual_information(y, x, estimator=estimator).value == pytest.approx(known, abs=0.005)
    assert mutual_information(-x, y, estimator=estimator).value == pytest.approx(known, abs=0.005)


def test_a_rotation_of_a_vector_changes_little():
    x, y = draw("multinormal-dense-2-2-0.5", np.random.default_rng(3), 3000)
    turned = x @ np.array([[0.6, -0.8], [0.8, 0.6]])
    assert mutual_information(turned, y).value == pytest.approx(mutual_information(x, y).value, abs=0.05)


def test_neighbours_are_counted_as_brute_force_counts_them():
    from scipy.special import digamma

    x, y = np.random.default_rng(5).normal(size=(2, 40, 1))
    dx, dy = np.abs(x - x.T), np.abs(y - y.T)
    radius = np.sort(np.maximum(dx, dy), axis=1)[:, 3:4]
    counts = (dx < radius).sum(axis=1), (dy < radius).sum(axis=1)  # each row counts itself: n + 1
    expected = digamma(3) + digamma(40) - digamma(counts[0]) - digamma(counts[1])
    assert local_values(x, y, 3) == pytest.approx(expected)


@pytest.mark.parametrize("estimator", ["ksg", "gaussian", "histogram", "classifier"])
def test_independent_variables_share_nothing_and_negative_estimates_are_kept(estimator):
    found = []
    for seed in range(3 if estimator == "classifier" else 10):
        rng = np.random.default_rng(seed)
        x, y = rng.normal(size=(2, 400))
        y = y > 0 if estimator == "classifier" else y
        found.append(mutual_information(x, y, estimator=estimator, random_state=seed))
    values = [each.value for each in found]
    assert min(values) < 0
    assert max(values) < 0.1
    if estimator != "classifier":  # its interval is that of a bound, and noise keeps a model below 0
        assert np.mean([each.low <= 0 <= each.high for each in found]) >= 0.7


def test_the_gaussian_copula_is_unbiased_and_its_interval_covers():
    values, held = [], 0
    for seed in range(60):
        x, y = draw("1v1-normal-0.75", np.random.default_rng(seed), 1000)
        found = mutual_information(x, y, estimator="gaussian")
        values.append(found.value)
        held += found.low <= NATS["1v1-normal-0.75"] <= found.high
    assert np.mean(values) == pytest.approx(NATS["1v1-normal-0.75"], abs=0.02)
    assert held >= 48


def test_counting_symbols_gives_their_information_without_the_bias():
    """Half of the time y copies x, one of four fair symbols; the information by hand."""
    values = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        x = rng.integers(4, size=200)
        y = np.where(rng.random(200) < 0.5, x, rng.integers(4, size=200))
        values.append(mutual_information(x, y, estimator="histogram").value)
    same, other = 0.5 + 0.5 / 4, 0.5 / 4
    truth = same * np.log(4 * same) + 3 * other * np.log(4 * other)
    assert np.mean(values) == pytest.approx(truth, abs=3 * np.std(values) / np.sqrt(150))


def test_ties_are_said_and_do_no_harm():
    rng = np.random.default_rng(0)
    x = rng.integers(2, size=3000)
    found = mutual_information(x, x ^ (rng.random(3000) < 0.1))
    truth = np.log(2) + 0.1 * np.log(0.1) + 0.9 * np.log(0.9)
    assert found.value == pytest.approx(truth, abs=0.05)
    assert "100% tied values" in str(found)


def test_an_information_beyond_what_the_samples_show_has_no_upper_end():
    x = np.random.default_rng(0).normal(size=500)
    found = mutual_information(x, x**3)
    assert found.high == np.inf
    assert found.low > 2


def test_the_bound_through_a_model_is_below_the_truth_and_says_so():
    rng = np.random.default_rng(0)
    label = rng.choice(["star", "galaxy"], size=1500)
    x = rng.normal(size=(1500, 2)) + 3 * (label == "star")[:, None]
    found = mutual_information(x, label, estimator="classifier")
    assert found.bound == "lower"
    assert 0.5 < found.value < np.log(2)
    assert mutual_information(x[:, 0], x[:, 1]).bound is None


def test_no_group_is_on_both_sides_of_a_fold():
    """Each source has its own label and its own x: a model can only learn them by heart."""
    rng = np.random.default_rng(0)
    source = np.repeat(np.arange(40), 40)
    x, label = rng.normal(size=40)[source], rng.integers(2, size=40)[source]
    leaky = mutual_information(x, label, estimator="classifier")
    honest = mutual_information(x, label, estimator="classifier", groups=source)
    assert leaky.value > 0.5
    assert honest.value < 0.1


def test_groups_widen_the_interval():
    rng = np.random.default_rng(0)
    source = np.repeat(np.arange(50), 20)
    x, y = rng.normal(size=(2, 50))[:, source] + 0.01 * rng.normal(size=(2, 1000))
    alone, grouped = (mutual_information(x, y, estimator="gaussian", groups=g) for g in (None, source))
    assert grouped.high - grouped.low > 2 * (alone.high - alone.low)
    assert grouped.low <= 0 <= grouped.high


def test_the_standard_error_of_groups_of_one_is_the_usual_one():
    values = np.random.default_rng(0).normal(size=100)
    assert standard_error(values, np.arange(100)) == pytest.approx(standard_error(values))


def test_the_same_seed_gives_the_same_number_and_leaves_the_global_state():
    x = np.random.default_rng(0).integers(5, size=300)
    before = np.random.get_state()[1].copy()  # noqa: NPY002 - the global state is what is looked at
    first, second = (mutual_information(x, x + x % 2, random_state=4) for _ in range(2))
    assert first == second
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


def test_bits_are_nats_over_log_two():
    x, y = draw("1v1-normal-0.75", np.random.default_rng(0), 500)
    nats, bits = (mutual_information(x, y, unit=unit) for unit in ("nats", "bits"))
    assert (bits.value, *bits.interval) == pytest.approx(np.array([nats.value, *nats.interval]) / np.log(2))
