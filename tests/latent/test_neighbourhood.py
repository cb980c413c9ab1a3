import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from astrokit.errors import ParameterError
from astrokit.latent import Cancelled, Neighbourhoods, neighbourhood_change
from astrokit.latent.nearest import Nearest
from astrokit.latent.ranks import distance_ranks


def random_pair(n=300, n_latent=6, seed=0):
    rng = np.random.default_rng(seed)
    latents = rng.normal(size=(n, n_latent))
    return latents, latents[:, :2] + 0.5 * rng.normal(size=(n, 2))


def torn_ring(n=400):
    """A circle laid out on a line: cut between the last row and the first, and folded at a known place."""
    angle = np.arange(n) * 2 * np.pi / n
    return np.column_stack([np.cos(angle), np.sin(angle)]), angle


@pytest.mark.parametrize("k", [1, 5, 30])
def test_trustworthiness_and_continuity_are_scikit_learns(k):
    latents, xy = random_pair()
    found = Neighbourhoods(latents, xy, k, scale=None).quality(progress=False)
    # Continuity is trustworthiness with the two spaces exchanged.
    assert abs(found.trustworthiness.value - trustworthiness(latents, xy, n_neighbors=k)) < 1e-12
    assert abs(found.continuity.value - trustworthiness(xy, latents, n_neighbors=k)) < 1e-12
    assert found.trustworthiness.interval == (found.trustworthiness.value,) * 2


def test_the_value_of_the_map_is_the_mean_over_its_rows():
    found = Neighbourhoods(*random_pair(), 8).quality(progress=False)
    assert found.row_trustworthiness.mean() == pytest.approx(found.trustworthiness.value, abs=1e-15)
    assert found.row_continuity.mean() == pytest.approx(found.continuity.value, abs=1e-15)


def test_a_perfect_map_has_quality_one_and_a_shuffled_one_about_a_half():
    latents, _ = random_pair(n_latent=2)
    perfect = Neighbourhoods(latents, latents, 10, scale=None).quality(progress=False)
    shuffled = latents[np.random.default_rng(1).permutation(300)]
    random = Neighbourhoods(latents, shuffled, 10).quality(progress=False)
    assert perfect.trustworthiness.value == perfect.continuity.value == 1
    assert abs(random.trustworthiness.value - 0.5) < 0.05


def test_a_draw_of_rows_has_the_whole_value_in_its_interval():
    both = Neighbourhoods(*random_pair(2000), 10)
    whole = both.quality(progress=False)
    inside = 0
    for seed in range(40):
        part = both.quality(n_queries=300, random_state=seed, progress=False)
        low, high = part.trustworthiness.interval
        inside += low <= whole.trustworthiness.value <= high
    assert 30 <= inside <= 40  # 36 expected at 90%; fewer than 30 has a chance of 1%
    np.testing.assert_array_equal(part.row_trustworthiness, whole.row_trustworthiness[part.rows])


def test_ranks_are_those_of_sorted_distances():
    points = np.random.default_rng(0).normal(size=(1500, 5)).astype(np.float32)
    rows, others = np.array([3, 700]), np.array([[9, 1400, 5], [0, 2, 3]])
    found = distance_ranks(np.ascontiguousarray(points.T), rows, others)
    for row, asked, ranks in zip(rows, others, found, strict=True):
        distances = np.linalg.norm(points.astype(float) - points[row], axis=1)
        place = np.argsort(np.argsort(distances))  # the row itself is at place 0
        np.testing.assert_array_equal(ranks, place[asked])


def test_false_neighbours_are_found_exactly_where_a_map_is_folded():
    ring, angle = torn_ring()
    # A fold: the second half of the ring is laid back over the first, a hair beside it.
    folded = np.column_stack([np.where(angle < np.pi, angle, 2 * np.pi - angle), 1e-4 * (angle >= np.pi)])
    both = Neighbourhoods(ring, folded, 4, scale=None)
    for row in (60, 100, 140):
        false = both.false_neighbours(row)
        assert set(false.rows) == {400 - row, 399 - row, 401 - row} & set(false.rows)
        assert 400 - row in false.rows
        np.testing.assert_allclose(
            false.latent_distances, np.linalg.norm(ring[false.rows] - ring[row], axis=1)
        )
        assert (false.map_distances < 0.02).all()
        # Nearer on the ring are the rows between a row and its mirror image, on both sides.
        mirror = false.ranks[false.rows.tolist().index(400 - row)]
        assert abs(mirror - 2 * min(400 - 2 * row, 2 * row)) <= 1
    assert both.missing_neighbours(100).rows.size > 0


def test_missing_neighbours_are_found_exactly_at_a_tear():
    ring, angle = torn_ring()
    both = Neighbourhoods(ring, np.column_stack([angle, np.zeros(400)]), 6, scale=None)
    torn = [row for row in range(400) if both.missing_neighbours(row).rows.size]
    assert torn == [0, 1, 2, 397, 398, 399]
    assert sorted(both.missing_neighbours(0).rows) == [397, 398, 399]
    assert both.missing_neighbours(0).ranks.tolist() == [399, 398, 397]  # the worst first
    quality = both.quality(progress=False)
    assert np.flatnonzero(quality.row_continuity < 1).tolist() == torn
    assert quality.row_continuity.argmin() in (0, 399)


def test_a_map_without_tears_has_no_strangers():
    ring, _ = torn_ring()
    both = Neighbourhoods(ring, 3 * ring[:, ::-1], 6, scale=None)
    assert all(both.false_neighbours(row).rows.size == 0 for row in range(0, 400, 17))
    assert all(both.missing_neighbours(row).rows.size == 0 for row in range(0, 400, 17))


def test_rows_with_nan_are_left_out_and_rows_keep_their_numbers():
    latents, xy = random_pair()
    plain = Neighbourhoods(latents, xy, 7)
    holed_latents, holed_xy = np.insert(latents, [0, 50], np.nan, axis=0), np.insert(xy, [0, 50], 0.0, axis=0)
    holed = Neighbourhoods(holed_latents, holed_xy, 7)
    moved = np.delete(np.arange(302), [0, 51])
    found, expected = holed.quality(progress=False), plain.quality(progress=False)
    assert found.trustworthiness == expected.trustworthiness
    np.testing.assert_array_equal(found.rows, moved)
    np.testing.assert_array_equal(
        holed.false_neighbours(moved[80]).rows, moved[plain.false_neighbours(80).rows]
    )
    with pytest.raises(ParameterError, match="no NaN, got 51"):
        holed.false_neighbours(51)


def test_colours_of_all_rows_are_exact_where_asked_and_those_beside_elsewhere():
    ring, angle = torn_ring()
    xy = np.column_stack([angle, np.zeros(400)])
    both = Neighbourhoods(ring, xy, 6, scale=None)
    whole, part = both.quality(progress=False), both.quality(n_queries=200, progress=False)
    np.testing.assert_array_equal(whole.on_all_rows(xy)[1], whole.row_continuity)
    trust, continuity = part.on_all_rows(xy, n_nearest=2)
    np.testing.assert_array_equal(continuity[part.rows], part.row_continuity)
    assert (trust[50:350] == 1).all()
    assert (continuity[50:350] == 1).all()
    xy[60] = np.nan
    holed = Neighbourhoods(ring, xy, 6, scale=None).quality(progress=False).on_all_rows(xy)
    assert [np.flatnonzero(np.isnan(values)).tolist() for values in holed] == [[60], [60]]


def test_change_is_the_share_of_neighbours_that_are_others():
    xy = np.random.default_rng(0).normal(size=(500, 2))
    other = xy.copy()
    moved = np.arange(500) < 50
    other[moved] += 40  # an island leaves: its members keep each other, the others lose them
    found = neighbourhood_change(xy, other, 10, progress=False)
    expected = []
    for row in range(500):
        a, b = (np.argsort(np.linalg.norm(each - each[row], axis=1))[1:11] for each in (xy, other))
        expected.append(1 - len(set(a) & set(b)) / 10)
    np.testing.assert_allclose(found, expected)
    assert found[moved].mean() > 0.7
    assert found[~moved].mean() < 0.3


def test_change_knows_rows_that_one_map_does_not_show():
    xy = np.random.default_rng(0).normal(size=(60, 2))
    holed = xy.copy()
    holed[4] = np.nan
    found = neighbourhood_change(xy, holed, 5, progress=False)
    assert np.isnan(found[4])
    assert np.nanmax(found) == 0


@pytest.mark.parametrize("n_features", [2, 9])
def test_a_row_is_never_its_own_neighbour_even_among_duplicates(n_features):
    points = np.random.default_rng(0).normal(size=(40, n_features))
    points[10:20] = points[10]
    _, rows = Nearest(points).of_rows(np.arange(40), 4)
    assert rows.shape == (40, 4)
    assert (rows != np.arange(40)[:, None]).all()
    assert all(len(set(each)) == 4 for each in rows.tolist())


@pytest.mark.parametrize("n_features", [2, 9])
def test_tree_and_blocks_find_the_nearest(n_features):
    rng = np.random.default_rng(1)
    points, queries = rng.normal(size=(200, n_features)), rng.normal(size=(30, n_features))
    distances, rows = Nearest(points).to(queries, 3)
    exact = np.linalg.norm(queries[:, None] - points, axis=2)
    np.testing.assert_array_equal(rows, np.argsort(exact, axis=1)[:, :3])
    np.testing.assert_allclose(distances, np.sort(exact, axis=1)[:, :3], rtol=1e-6)


@pytest.mark.parametrize("k", [1, 4, 50, 99])
def test_one_query_finds_what_it_finds_among_others(k):
    rng = np.random.default_rng(2)
    points, queries = rng.normal(size=(50, 9)).astype(np.float32), rng.normal(size=(20, 9)).astype(np.float32)
    distances, rows = Nearest(points).to(queries, k)
    for query, far, found in zip(queries, distances, rows, strict=True):
        alone = Nearest(points).to(query[None], k)
        np.testing.assert_array_equal(alone[1], found[None])
        np.testing.assert_allclose(alone[0], far[None], rtol=1e-5)


def test_blocks_of_queries_are_put_together_in_order(monkeypatch):
    from astrokit.latent import nearest

    points = np.random.default_rng(0).normal(size=(100, 9))
    whole = Nearest(points).to(points, 3)[1]
    monkeypatch.setattr(nearest, "BLOCK_CELLS", 700)
    np.testing.assert_array_equal(Nearest(points).to(points, 3)[1], whole)


def test_quality_can_be_cancelled():
    asked = iter([False, True])
    both = Neighbourhoods(*random_pair(1200), 5)
    with pytest.raises(Cancelled, match="got 500 when it was cancelled"):
        both.quality(progress=False, cancelled=lambda: next(asked))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x, y: Neighbourhoods(x, y[:-1]), ["300 rows", "299"]),
        (lambda x, y: Neighbourhoods(x, y, 150), ["at least 301 rows", "300 of 300"]),
        (lambda x, y: Neighbourhoods(x[:, 0], y), ["(n_samples, n_latent)", "(300,)"]),
        (lambda x, y: Neighbourhoods(x, y).false_neighbours(300), ["0 to 299", "300"]),
        (lambda x, y: Neighbourhoods(np.c_[x, np.ones(300)], y), ["7 columns", "none in column 6"]),
        (lambda x, y: neighbourhood_change(y, y[:9]), ["300 rows", "9"]),
    ],
)
def test_what_does_not_fit_is_told_with_numbers(call, words):
    with pytest.raises(ParameterError) as told:
        call(*random_pair())
    assert all(word in str(told.value) for word in words)
