"""Tree, stability, quality and candidates of the cluster explorer."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, silhouette_score

from astrokit.cluster import co_assignment
from astrokit.data import Column, read_table
from astrokit.errors import ParameterError
from astrokit.explore import ClusterExplorer
from astrokit.explore.cluster import stability
from tests.explore.cluster.conftest import html_of, islands, opened

# --- tree ---------------------------------------------------------------------------------------------------


def test_a_click_on_a_branch_selects_its_sources_on_the_map(explorer):
    panel = opened(explorer, "tree")
    drawn, tree = panel.drawn, explorer.clustering.tree
    for place, node in enumerate(drawn.node):
        middle = 0.5 * (drawn.left[place] + drawn.right[place]), drawn.low[place] + 1e-6
        tap = {"kind": "tap", "plot": "tree", "x": middle[0], "y": middle[1]}
        panel.drawing.chart._on_message(None, tap, [])
        assert explorer._scene.branch == node
        np.testing.assert_array_equal(explorer.selection.indices, tree.rows(int(node)))


def test_branches_that_hold_what_is_selected_light_up(explorer):
    panel = opened(explorer, "tree")
    labels = explorer.clustering.labels
    explorer.selection.ids(np.flatnonzero(labels == 2)[::2])
    (node,) = np.flatnonzero(explorer.clustering.tree.label == 2)
    assert panel.branches.shares[node] == pytest.approx(0.5, abs=0.01)
    assert panel.branches.shares[0] == pytest.approx(len(explorer.selection) / len(labels))
    others = [k for k in np.flatnonzero(panel.branches.is_cluster) if k != node]
    assert panel.branches.shares[others].tolist() == [0, 0, 0]
    lit = panel.drawing._lit.data
    place = int(np.searchsorted(panel.drawn.node, node))
    wide = np.asarray(lit["right"]) - np.asarray(lit["left"])
    (at,) = np.flatnonzero((lit["left"] == panel.drawn.left[place]) & (lit["low"] == panel.drawn.low[place]))
    assert wide[at] == pytest.approx(0.5 * (panel.drawn.right - panel.drawn.left)[place], rel=0.02)
    assert panel.branches.most_like(1) == [node]
    assert "100%" in html_of(panel)
    explorer.selection.clear()
    assert len(panel.drawing._lit.data["left"]) == 0


def test_branches_can_be_walked_without_a_mouse(explorer):
    panel = opened(explorer, "tree")
    tree = explorer.clustering.tree
    up, larger, smaller, select = panel.children[3].children[1:]
    up.click()
    assert explorer._scene.branch == 0
    larger.click()
    first = explorer._scene.branch
    assert tree.size[first] == tree.size[tree.children(0)].max()
    assert f"Branch {first}" in html_of(panel)
    up.click()
    smaller.click()
    assert explorer._scene.branch == next(child for child in tree.children(0) if child != first)
    for _ in range(10):
        larger.click()  # a leaf stays where it is
    assert "splits no more" in panel.drawing.chart.alt
    select.click()
    np.testing.assert_array_equal(explorer.selection.indices, tree.rows(explorer._scene.branch))
    with pytest.raises(ParameterError, match="branch"):
        panel.select(10**6)


def test_the_tree_follows_the_sliders_and_the_branch_in_hand_stays_one(explorer):
    panel = opened(explorer, "tree")
    explorer.change(min_cluster_size=3)
    many = len(panel.branches)
    explorer._scene.branch = many - 1
    explorer.change(min_cluster_size=60)
    assert len(panel.branches) < many
    assert explorer._scene.branch < len(panel.branches)
    assert panel.branches.clustering is explorer.clustering


def test_of_very_many_branches_the_largest_are_drawn():
    points = np.random.default_rng(0).normal(size=(3000, 2))
    explorer = ClusterExplorer(points)
    explorer.change(min_cluster_size=2, min_samples=2)
    explorer.wait()
    panel = opened(explorer, "tree")
    n = len(panel.branches)
    assert n > 300
    assert 298 <= len(panel.drawn.node) <= 300
    assert f"largest of {n:,} branches are drawn" in html_of(panel)
    sizes = explorer.clustering.tree.size
    assert set(np.argsort(-sizes, kind="stable")[:20]) <= set(panel.drawn.node)
    panel.go(n - 1)  # one that is not drawn
    assert panel.drawing._hand.data["left"].shape == (1,)


# --- stability ----------------------------------------------------------------------------------------------


def test_bootstraps_find_the_planted_clusters_and_call_noise_noise(explorer):
    panel = opened(explorer, "stability")
    panel.n_resamples.value = 10
    panel.run()
    explorer.wait()
    found = panel.found
    assert found.n_resamples == 10
    assert found.is_stable.all()
    assert np.diag(found.matrix).min() > 0.9
    assert found.matrix[~np.eye(4, dtype=bool)].max() < 0.02
    assert found.noise[-1] > 0.6
    assert found.noise[:4].max() < 0.1
    assert "4 of 4 clusters come back in 10 bootstraps" in html_of(panel)
    panel.colour()
    assert explorer.map.colour_by == "comes back"
    np.testing.assert_array_equal(explorer.map.index.channel("comes back"), found.support)


def test_clusters_in_noise_alone_are_not_believed():
    explorer = ClusterExplorer(np.random.default_rng(1).uniform(0, 1, (600, 2)))
    explorer.change(min_cluster_size=10)
    explorer.wait()
    panel = opened(explorer, "stability")
    assert explorer.clustering.n_clusters > 1
    panel.n_resamples.value = 10
    panel.run()
    explorer.wait()
    assert not panel.found.is_stable.any()
    assert "should not be believed" in html_of(panel)


def test_a_cancelled_run_keeps_the_bootstraps_that_were_done(explorer, monkeypatch):
    panel, done = opened(explorer, "stability"), []

    def counted(cluster, labels, **options):
        def one(rows):
            done.append(len(rows))
            if len(done) == 3:
                explorer.jobs.cancel()
            return cluster(rows)

        return co_assignment(one, labels, **options)

    monkeypatch.setattr(stability, "co_assignment", counted)
    panel.run()
    explorer.wait()
    assert panel.found.n_resamples == 3
    assert "in 3 bootstraps" in html_of(panel)


def test_what_was_found_is_about_those_clusters_and_survives_a_name_but_no_slider(explorer):
    panel = opened(explorer, "stability")
    panel.n_resamples.value = 10
    panel.run()
    explorer.wait()
    explorer.name(0, "firm")
    assert panel.alt
    assert "firm" in html_of(panel)
    explorer.change(min_cluster_size=60)
    assert panel.alt == ""
    assert "have changed since" in html_of(panel)


def test_a_click_on_the_picture_selects_both_clusters(explorer):
    panel = opened(explorer, "stability")
    panel.n_resamples.value = 10
    panel.run()
    explorer.wait()
    row, column = panel._labels[0], panel._labels[3]
    tap = {"kind": "tap", "plot": "co-assignment", "x": 3.5, "y": 3.5}  # first row from above, last column
    panel.drawing.chart._on_message(None, tap, [])
    expected = np.isin(explorer.clustering.labels, [row, column])
    np.testing.assert_array_equal(explorer.selection.mask, expected)


def test_sources_of_a_group_are_drawn_together(monkeypatch):
    points, _ = islands(n=60)
    seen = []
    explorer = ClusterExplorer(points, groups=np.arange(len(points)) // 5)
    explorer.wait()
    fits = explorer._scene.fits
    original = fits.labels_of_fitted
    monkeypatch.setattr(
        fits, "labels_of_fitted", lambda recipe, rows: seen.append(rows) or original(recipe, rows)
    )
    explorer.stability.n_resamples.value = 10
    explorer.stability.run()
    explorer.wait()
    assert len(seen) == 10
    for rows in seen:
        assert set(np.bincount(rows // 5, minlength=len(points) // 5)) <= {0, 5}


def test_too_many_clusters_are_not_bootstrapped(monkeypatch, explorer):
    monkeypatch.setattr(stability, "MOST_CLUSTERS", 3)
    explorer.stability.run()
    explorer.wait()
    assert "1 to 3 clusters" in explorer.jobs._trouble.value


# --- quality ------------------------------------------------------------------------------------------------


def test_silhouette_and_agreement_are_scikit_learns(data):
    points, truth = data
    rng = np.random.default_rng(3)
    classes = np.where(rng.random(len(truth)) < 0.2, rng.integers(0, 4, len(truth)), truth)
    unknown = rng.random(len(truth)) < 0.3
    texts = np.array(["a", "b", "c", "d", "e"], object)[classes]
    texts[unknown] = rng.choice(np.array([None, "", np.nan], object), unknown.sum())
    explorer = ClusterExplorer(points, labels=texts)
    explorer.wait()
    panel = opened(explorer, "quality")
    labels = explorer.clustering.labels
    scaled = (points - points.mean(0)) / points.std(0)
    inside = labels >= 0
    expected = silhouette_score(scaled[inside], labels[inside])
    assert panel.quality.apart.mean.value == pytest.approx(expected, abs=1e-6)
    known, both = ~unknown, ~unknown & inside
    agreement = adjusted_rand_score(classes[known], labels[known])
    assert 0.3 < agreement < 0.9
    assert panel.quality.agreement.value == pytest.approx(agreement)
    among = adjusted_rand_score(classes[both], labels[both])
    assert panel.quality.among_clusters.value == pytest.approx(among)
    first = classes[known & (labels == 0)]
    assert f"({np.bincount(first + 1).max() / len(first):.0%})" in html_of(panel)


def test_quality_without_classes_or_clusters_says_so(data):
    explorer = ClusterExplorer(data[0])
    explorer.wait()
    assert "Pass `labels`" in opened(explorer, "quality").alt
    explorer.change(min_cluster_size=500)
    explorer.wait()
    assert explorer.clustering.n_clusters == 0
    assert "need two clusters" in html_of(explorer.quality)


# --- candidates ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["fits", "vot", "ecsv", "csv", "parquet"])
def test_candidates_are_written_and_read_again(explorer, tmp_path, ending):
    explorer.name(1, "RR Lyrae & <b>")
    panel = opened(explorer, "candidates")
    panel.which.value, panel.least.value = 1, 0.3
    path = panel.write(tmp_path / f"candidates.{ending}")
    whole = [Column(name, kind="int") for name in ("source_id", "row", "cluster_number")]
    texts = [Column("cluster", kind="str"), Column("class", kind="str", finite=False)]
    found = read_table(path, [*whole, *texts, Column("probability")])
    expected = np.flatnonzero((explorer.clustering.labels == 1) & (explorer.clustering.probabilities >= 0.3))
    assert sorted(found["row"]) == expected.tolist()
    assert (found["source_id"] == 10**17 + found["row"]).all()
    assert set(found["cluster"]) == {"RR Lyrae & <b>"}
    assert set(found["cluster_number"]) == {1}
    given = explorer._scene.labels[found["row"]]
    assert found["class"].fillna("").tolist() == ["" if name is None else name for name in given]
    probability = explorer.clustering.probabilities[found["row"]]
    np.testing.assert_allclose(found["probability"], probability, rtol=1e-6)
    assert (np.diff(found["probability"]) <= 0).all()


def test_the_button_writes_the_file_and_says_where_or_why_not(explorer, tmp_path):
    panel = opened(explorer, "candidates")
    panel.path.value = str(tmp_path / "all.csv")
    for expected in ("Written to", "a new file"):
        panel._write()
        assert expected in panel._written.value
    panel.overwrite.value = True
    panel._write()
    assert "Written to" in panel._written.value
    panel.path.value = str(tmp_path / "all.xls")
    panel._write()
    assert "an ending among" in panel._written.value


def test_candidates_of_the_selection_follow_it(explorer):
    panel = opened(explorer, "candidates")
    panel.which.value = "selected"
    assert "0 candidates" in html_of(panel)
    explorer.selection.ids([5, 200, 690])
    assert "3 candidates" in html_of(panel)
    table = panel.table()
    assert sorted(table["row"]) == [5, 200, 690]
    assert "noise" in table["cluster"]
    panel.least.value = 0.01
    assert sorted(panel.table()["row"]) == [row for row in (5, 200) if explorer.clustering.labels[row] >= 0]


def test_sources_without_identifiers_have_their_row_numbers(data):
    explorer = ClusterExplorer(data[0])
    explorer.wait()
    assert list(opened(explorer, "candidates").table()) == ["row", "cluster", "cluster_number", "probability"]
    names = np.array([f"src {k}" for k in range(len(data[0]))])
    explorer = ClusterExplorer(data[0], source_id=names)
    explorer.wait()
    table = explorer.candidates.table()
    assert (table["source_id"] == names[table["row"]]).all()
