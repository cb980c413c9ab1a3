"""The cluster explorer without a browser: what sliders do to the map, what panels show, what comes back."""

import base64
import json
import threading

import numpy as np
import pytest
from fast_hdbscan import HDBSCAN
from sklearn.metrics import adjusted_rand_score

from astrokit.cluster import growing, hierarchy
from astrokit.errors import ParameterError
from astrokit.explore import ClusterExplorer, LatentMap
from tests.explore.cluster.conftest import NASTY, html_of, islands, opened


def legend(explorer):
    return explorer.map.index.categories["cluster"]


def test_the_map_shows_the_islands_and_the_noise_has_no_colour(explorer, data):
    _, truth = data
    assert explorer.map.colour_by == "cluster"
    assert legend(explorer) == ["cluster 0", "cluster 1", "cluster 2", "cluster 3"]
    codes = explorer.map.index.channel("cluster")
    np.testing.assert_array_equal(codes, explorer.clustering.labels)
    assert adjusted_rand_score(truth[truth >= 0], codes[truth >= 0]) > 0.95
    assert (codes[truth < 0] < 0).mean() > 0.4  # the rest lies in the islands' skirts
    assert "4 clusters" in html_of(explorer.clusters)


def test_the_sliders_of_the_tree_recolour_the_map_at_once_and_as_a_fresh_fit_would(one_thread, data):
    points, _ = data
    explorer = ClusterExplorer(points)
    scaled = (points - points.mean(0)) / points.std(0)
    controls = explorer.clusters.controls
    for size, cut in ((10, "eom"), (48, "leaf"), (5, "leaf")):
        controls.min_cluster_size.value, controls.cut.value = size, cut
        fresh = HDBSCAN(min_samples=10, min_cluster_size=size, cluster_selection_method=cut).fit(scaled)
        codes = explorer.map.index.channel("cluster")
        assert explorer.clustering.n_clusters == fresh.labels_.max() + 1
        np.testing.assert_array_equal(codes < 0, fresh.labels_ < 0)
        assert adjusted_rand_score(codes, fresh.labels_) == 1.0


def test_epsilon_and_threshold_are_sliders_too(explorer):
    controls = explorer.clusters.controls
    controls.cut.value, controls.min_cluster_size.value = "leaf", 5
    n_leaves = explorer.clustering.n_clusters
    controls.epsilon.value = controls.epsilon.max
    assert explorer.clustering.n_clusters < n_leaves
    controls.epsilon.value = 0.0
    sizes = explorer.clustering.sizes
    controls.threshold.value = 0.5
    found = explorer.clustering
    assert (found.sizes <= sizes).all()
    assert (found.labels[found.probabilities < 0.5] == -1).all()
    assert (found.labels[found.probabilities >= 0.5] >= 0).any()


def test_another_min_samples_grows_another_tree_once(data, monkeypatch):
    grown, original = [], hierarchy.spanning_tree

    def counted(points, min_samples, **options):
        grown.append(min_samples)
        return original(points, min_samples, **options)

    monkeypatch.setattr(hierarchy, "spanning_tree", counted)
    explorer = ClusterExplorer(data[0])
    explorer.wait()
    first = explorer.clustering.labels
    for min_samples in (5, 10, 5, 10):
        explorer.clusters.controls.min_samples.value = min_samples
        explorer.wait()
        assert explorer.clustering.parameters["min_samples"] == min_samples
    np.testing.assert_array_equal(explorer.clustering.labels, first)
    assert grown == [10, 5]


@pytest.mark.parametrize("method", ["gaussian mixture", "k-means"])
def test_mixture_and_k_means_find_the_islands_and_forget_the_tree(explorer, data, method):
    _, truth = data
    explorer.clusters.controls.method.value = method
    explorer.clusters.controls.n_clusters.value = 4 + (method == "gaussian mixture")  # one for the noise
    explorer.wait()
    labels = explorer.clustering.labels
    assert adjusted_rand_score(truth[truth >= 0], labels[truth >= 0]) > 0.98
    assert explorer.clusters.controls.min_samples.layout.display == "none"
    assert "Only HDBSCAN" in html_of(opened(explorer, "tree"))
    before = explorer._scene.fits._model[1]
    explorer.clusters.controls.threshold.value = 0.9  # needs no other fit
    assert explorer._scene.fits._model[1] is before


def test_a_fit_that_is_cancelled_leaves_what_was_shown_and_the_sliders_say_so(explorer, monkeypatch):
    shown, jobs = explorer.clustering, explorer.jobs
    original = growing.stop_if

    def stop_at_once(*given):
        jobs.cancel()
        original(*given)

    monkeypatch.setattr(growing, "stop_if", stop_at_once)
    explorer.clusters.controls.min_samples.value = 17
    explorer.wait()
    assert explorer.clustering is shown
    assert explorer.clusters.controls.min_samples.value == 10
    assert not jobs._trouble.value
    monkeypatch.undo()
    explorer.change(min_samples=17)
    explorer.wait()
    assert explorer.clustering.parameters["min_samples"] == 17


def test_a_first_fit_that_is_cancelled_says_so_and_can_be_begun_again(data, monkeypatch):
    cancelled, original = threading.Event(), growing.stop_if

    def wait_for_it(*given):
        cancelled.wait(20)
        original(*given)

    monkeypatch.setattr(growing, "stop_if", wait_for_it)
    explorer = ClusterExplorer(data[0])
    assert "Fitting" in html_of(explorer.clusters)
    explorer.jobs.cancel()
    cancelled.set()
    explorer.wait()
    assert explorer.clustering is None
    assert "Stopped before there were clusters" in html_of(explorer.clusters)
    assert explorer.alt.endswith("No clusters yet.")
    assert explorer._repr_mimebundle_()[0]["image/png"]
    explorer.change(min_cluster_size=30)
    explorer.wait()
    assert explorer.clustering.n_clusters == 4


def test_the_last_wish_wins_when_sliders_move_during_a_fit(explorer):
    for min_samples in (3, 4, 5, 6):
        explorer.change(min_samples=min_samples)
    explorer.change(min_cluster_size=20)
    explorer.wait()
    parameters = explorer.clustering.parameters
    assert (parameters["min_samples"], parameters["min_cluster_size"]) == (6, 20)
    assert not explorer.jobs.busy


def test_clusters_keep_numbers_colours_and_names_while_a_slider_moves(explorer):
    before = explorer.clustering
    explorer.name(2, "the third")
    colour = explorer._scene.colour_of(2)
    members = np.flatnonzero(before.labels == 2)
    for size in (8, 12, 40, 100):
        explorer.change(min_cluster_size=size)
        label = int(np.bincount(explorer.clustering.labels[members] + 1).argmax()) - 1
        assert label == 2
        assert explorer.clustering.name(2) == legend(explorer)[2] == "the third"
        assert explorer._scene.colour_of(2) == colour
    explorer.change(min_cluster_size=300)  # no cluster is that large
    assert "the third" not in legend(explorer)
    explorer.change(min_cluster_size=40)
    assert "the third" in legend(explorer)
    explorer.name(explorer._scene.classes.texts.index("the third"), "")
    assert "the third" not in legend(explorer)


def test_a_name_is_typed_and_stays_a_text_everywhere(explorer):
    explorer.clusters.cluster.value = 1
    explorer.clusters.text.value = f"  {NASTY}  "
    assert legend(explorer)[1] == NASTY
    explorer.stability.n_resamples.value = 10
    explorer.stability.run()
    for title in ("clusters", "tree", "stability", "quality", "candidates"):
        assert "<script" not in html_of(opened(explorer, title))
    assert html_of(explorer.clusters).count("&lt;script&gt;") == 1
    assert explorer.map._core.labels_on("cluster")[1].text == NASTY
    explorer.clusters.text.value = "a" * 81
    assert "80 letters" in explorer.jobs._trouble.value
    assert legend(explorer)[1] == NASTY


def test_two_clusters_with_one_name_are_two_classes(explorer):
    explorer.name(0, "same")
    explorer.name(3, "same")
    assert legend(explorer) == ["same", "cluster 1", "cluster 2", "same (cluster 3)"]


def test_of_more_clusters_than_colours_the_last_ones_are_one_class():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(40 * 12, 2)) * 0.05 + np.repeat(rng.uniform(0, 50, (40, 2)), 12, axis=0)
    explorer = ClusterExplorer(points)
    explorer.change(min_cluster_size=8, min_samples=3)
    explorer.wait()
    n = explorer.clustering.n_clusters
    assert n > 32
    assert len(legend(explorer)) == 32
    assert legend(explorer)[-1] == f"{n - 31} more clusters"
    sizes = explorer.clustering.sizes
    codes = explorer.map.index.channel("cluster")
    np.testing.assert_array_equal(np.bincount(codes[codes >= 0])[:31], sizes[:31])


def test_probabilities_colour_the_map_and_follow_the_sliders(explorer):
    explorer.clusters._scene.colour_by_probability()
    assert explorer.map.colour_by == "membership probability"
    explorer.change(min_cluster_size=60)
    assert explorer.map.colour_by == "membership probability"
    values = explorer.map.index.channel("membership probability")
    np.testing.assert_allclose(values, explorer.clustering.probabilities.astype(np.float32))


def test_the_words_say_in_which_clusters_the_selection_is(explorer):
    labels = explorer.clustering.labels
    explorer.selection.ids(np.flatnonzero(labels == 1)[:20])
    explorer.selection.ids(np.flatnonzero(labels == -1)[:5], how="or")
    assert "25 selected: 20 in cluster 1, 5 in noise" in html_of(explorer.clusters)
    explorer._scene.select(-1)
    np.testing.assert_array_equal(explorer.selection.mask, labels == -1)


def test_sources_with_nan_are_in_no_cluster_and_have_no_probability():
    points, _ = islands()
    points[7] = np.nan
    explorer = ClusterExplorer(points, projection=np.nan_to_num(points))
    explorer.wait()
    assert explorer.clustering.labels[7] == -1
    assert np.isnan(explorer.clustering.probabilities[7])
    assert explorer._scene.n_noise == (explorer.clustering.labels == -1).sum() - 1
    assert 7 not in explorer._scene.rows(-1)


def test_of_many_sources_some_are_fitted_the_others_assigned_and_it_is_said(one_thread):
    points, truth = islands(n=1500, n_noise=600)
    explorer = ClusterExplorer(points, n_fitted=800)
    explorer.wait()
    labels = explorer.clustering.labels
    assert adjusted_rand_score(truth, labels) > 0.9
    assert "Fitted on 800 sources drawn at random; the other 5,800 are assigned" in html_of(explorer.clusters)
    fitted = explorer._scene.fits.rows
    scaled = explorer._scene.fits.fitted
    fresh = HDBSCAN(min_samples=10, min_cluster_size=28).fit(scaled)
    assert adjusted_rand_score(labels[fitted], fresh.labels_) == 1.0
    explorer.change(min_cluster_size=60)
    assert not explorer.jobs.busy
    explorer.change(method="k-means", n_clusters=4)
    explorer.wait()
    islanders = truth >= 0
    assert adjusted_rand_score(truth[islanders], explorer.clustering.labels[islanders]) > 0.98


# --- together with others -----------------------------------------------------------------------------------


def test_it_works_on_the_map_of_another_with_one_selection(data):
    points, _ = data
    shared = LatentMap(points[:, 0], points[:, 1])
    first, second = ClusterExplorer(points, map=shared), ClusterExplorer(points, map=shared, channel="other")
    first.wait()
    second.wait()
    second.change(method="k-means", n_clusters=4)
    second.wait()
    assert set(shared.index.categories) == {"cluster", "other"}
    assert shared.colour_by == "other"
    for explorer in (first, second):
        explorer._scene.colour_by_probability()
    assert set(shared.index.values) == {"membership probability", "membership probability (other)"}
    opened(first, "tree")
    opened(second, "candidates")
    second._scene.select(0)
    assert first.selection is second.selection
    assert first.tree.branches.shares[0] == pytest.approx(len(first.selection) / len(points))
    with pytest.raises(ParameterError, match="700"):
        ClusterExplorer(points[:500], map=shared)


def test_places_on_the_map_are_features_an_array_or_a_projection(data):
    points = np.column_stack([data[0], data[0].sum(1)])
    places = data[0][:, ::-1]
    for projection, expected in ((None, points[:, :2]), (places, places)):
        explorer = ClusterExplorer(points, projection=projection)
        np.testing.assert_allclose(explorer.map.index.positions(), expected, rtol=1e-6, atol=1e-6)
    assert ClusterExplorer(points, projection="pca").map.index.n_points == len(points)
    assert ClusterExplorer(points[:, :1], projection=places).map.index.n_points == len(points)


# --- states, pictures, pages --------------------------------------------------------------------------------


def test_the_state_is_json_and_comes_back_in_another_session(explorer, data):
    explorer.change(min_cluster_size=12, min_samples=7, threshold=0.1)
    explorer.wait()
    explorer.change(min_cluster_size=30)
    explorer.name(1, NASTY)
    explorer._scene.colour_by_probability()
    opened(explorer, "tree").go(2)
    opened(explorer, "candidates").which.value = 1
    explorer.candidates.least.value = 0.4
    explorer.stability.n_resamples.value = 10
    explorer.stability.run()
    explorer.wait()
    explorer.selection.box(-1, 1, -1, 1)
    state = json.loads(json.dumps(explorer.state))
    other = ClusterExplorer(data[0])
    other.restore(state)
    other.wait()
    assert other.state == state
    np.testing.assert_array_equal(other.clustering.labels, explorer.clustering.labels)
    assert other.clustering.name(1) == NASTY
    assert other.clusters.controls.min_samples.value == 7
    assert len(other.selection) == len(explorer.selection) > 0
    assert other.stability.alt == explorer.stability.alt != ""


def changed(state, path, value):
    """A copy of a state with one value in it replaced."""
    state = json.loads(json.dumps(state))
    *way, last = path
    inner = state
    for key in way:
        inner = inner[key]
    inner[last] = value
    return state


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("clusters", "recipe", "method"), "magic"),
        (("clusters", "recipe", "min_samples"), 0),
        (("clusters", "recipe", "min_cluster_size"), 2.5),
        (("clusters", "recipe", "threshold"), 2.0),
        (("clusters", "recipe", "size"), 1),
        (("clusters", "anchors"), [10**6]),
        (("clusters", "names"), [["x", "no rows"]]),
        (("branch",), 10**6),
        (("stability", "n_resamples"), 3),
        (("candidates", "which"), 77),
        (("candidates", "least"), -1),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(explorer, path, value):
    before = explorer.state
    with pytest.raises(ParameterError):
        explorer.restore(changed(before, path, value))
    explorer.wait()
    assert explorer.state == before


@pytest.mark.parametrize("method", ["hdbscan", "k-means"])
def test_without_a_kernel_there_is_a_picture_and_a_page(explorer, tmp_path, method):
    explorer.change(method=method, n_clusters=4)
    explorer.wait()
    explorer.name(0, NASTY)
    bundle, metadata = explorer._repr_mimebundle_()
    assert base64.b64decode(bundle["image/png"])[1:4] == b"PNG"
    alt = metadata["image/png"]["alt"]
    assert "coloured by cluster" in alt
    assert "4 clusters" in alt
    assert ("condensed tree" in alt) == (method == "hdbscan")
    explorer.to_html(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert "data:image/png" in page
    assert NASTY not in page


def test_under_papermill_the_fit_is_done_before_the_picture_is_made(data, tmp_path, monkeypatch):
    monkeypatch.setenv("ASTROKIT_RECORD", str(tmp_path / "record.jsonl"))
    assert ClusterExplorer(data[0]).clustering.n_clusters == 4


def test_help_is_one_button_away(explorer):
    explorer._help.value = True
    assert "min_cluster_size" in explorer._guide.value
    assert explorer._guide.layout.display == ""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": np.zeros(5)}, "points"),
        ({"points": np.full((50, 2), np.nan)}, "20 or more rows"),
        ({"points": np.ones((50, 2))}, "spread"),
        ({"labels": ["a"]}, "labels"),
        ({"source_id": [1]}, "source_id"),
        ({"groups": [1]}, "groups"),
        ({"table": {"flux": np.zeros(3)}}, "3"),
        ({"projection": np.zeros((3, 2))}, "projection"),
        ({"points": np.arange(50.0)[:, None]}, "projection"),
        ({"method": "magic"}, "magic"),
        ({"scale": "large"}, "large"),
        ({"n_fitted": 3}, "n_fitted"),
    ],
)
def test_arguments_that_cannot_be_get_one_clear_error(data, change, message):
    arguments = {"points": data[0], **change}
    with pytest.raises(ParameterError, match=message):
        ClusterExplorer(arguments.pop("points"), **arguments)


@pytest.mark.parametrize("wrong", [{"min_samples": -1}, {"cut": "best"}, {"colour": 1}, {"epsilon": np.nan}])
def test_a_wrong_parameter_changes_nothing(explorer, wrong):
    before = explorer.state
    with pytest.raises(ParameterError):
        explorer.change(**wrong)
    assert explorer.state == before
