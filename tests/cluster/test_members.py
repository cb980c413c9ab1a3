import numpy as np
import pytest

from astrokit.cluster import fit_member_score, learning_rows, member_stability, members


@pytest.fixture(scope="module")
def sky():
    """30 sources of 10 points in a large group, 10 in a small one; errors, source, known."""
    rng = np.random.default_rng(0)
    source = np.repeat(np.arange(40), 10)
    points = rng.normal(0, 1, (400, 2)) + 4.0 * (source >= 30)[:, None]
    # More known members in the large group (6 of 30), but over-represented in the small one (4 of 10).
    known = (source < 6) | (source >= 36)
    return points, np.full_like(points, 0.3), source, known


@pytest.fixture(scope="module")
def fitted(sky):
    return fit_member_score(*sky, n_starts=8)


def test_the_component_is_the_one_in_which_known_members_are_over_represented(fitted):
    small, large = fitted.score(np.array([[4.0, 4.0], [0.0, 0.0]]))
    assert small > 0.95
    assert large < 0.05


def test_units_and_zero_points_do_not_matter(sky, fitted):
    points, errors, source, known = sky
    moved = fit_member_score(1000 * points + 5000, 1000 * errors, source, known, n_starts=8)
    np.testing.assert_allclose(
        moved.score(1000 * points + 5000, 1000 * errors), fitted.score(points, errors), atol=1e-6
    )
    limits = [points, errors, 0, [1]]
    moved_limits = [1000 * points + 5000, 1000 * errors, 0, [1]]
    np.testing.assert_allclose(moved.score_limits(*moved_limits), fitted.score_limits(*limits), atol=1e-6)


def test_large_errors_make_a_score_less_certain(fitted):
    near = np.array([[4.0, 4.0]])
    small, large = 0.1 * np.ones_like(near), 3.0 * np.ones_like(near)
    assert fitted.score(near, large) < fitted.score(near, small)
    assert fitted.score_limits(near, large, 0, [1]) < fitted.score_limits(near, small, 0, [1])


def test_a_source_counts_once_however_often_it_was_seen(sky, fitted):
    points, errors, source, known = sky
    twice = np.sort(np.r_[np.arange(400), np.flatnonzero(source >= 25)])
    repeated = fit_member_score(
        *(array[twice] for array in (points, errors, source, known)), n_starts=8, random_state=0
    )
    np.testing.assert_allclose(repeated.centre, fitted.centre)
    np.testing.assert_allclose(repeated.mixture.shares, fitted.mixture.shares, atol=1e-3)
    np.testing.assert_allclose(repeated.mixture.means, fitted.mixture.means, atol=1e-2)


def test_known_members_that_are_not_learned_from_choose_no_component(sky):
    points, errors, source, known = sky
    learn = np.flatnonzero(source < 36)  # of the known only those in the large group
    fitted = fit_member_score(points, errors, source, known, rows=learn, n_starts=8)
    assert fitted.score(np.array([[0.0, 0.0]]))[0] > 0.95


def test_rows_to_learn_from_are_few_of_a_source_and_always_the_same():
    source = np.array(["often"] * 300 + ["seldom"] * 7)
    rows = learning_rows(source)
    assert (source[rows] == "often").sum() == members.MAX_ROWS_PER_SOURCE
    assert (source[rows] == "seldom").sum() == 7
    np.testing.assert_array_equal(rows, learning_rows(source))


def test_clusters_that_are_there_come_back(sky, fitted):
    again = member_stability(fitted, *sky, n_resamples=4, n_seeds=2, n_starts=4)
    assert again["seeds"].shape == (2,)
    assert again["sources"].shape == (4,)
    assert min(again["seeds"].min(), again["sources"].min()) > 0.9


def test_stability_fits_with_other_seeds_and_other_sources(sky, fitted, monkeypatch):
    calls = []

    def watched(*arguments, rows=None, random_state, **options):
        calls.append((rows, random_state))
        return fitted

    monkeypatch.setattr(members, "fit_member_score", watched)
    member_stability(fitted, *sky, n_resamples=3, n_seeds=3)
    assert len({seed for _, seed in calls}) == 6
    source = sky[2]
    resampled = [np.bincount(source[rows], minlength=40) for rows, _ in calls if rows is not None]
    assert len(resampled) == 3
    for counts in resampled:
        assert set(counts % 10) == {0}  # whole sources
        assert counts.max() >= 20  # some twice
        assert (counts == 0).any()  # some never
