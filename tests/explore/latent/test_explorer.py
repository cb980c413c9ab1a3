"""The latent explorer without a browser: what panels show, what they do to the map, and what comes back."""

import base64
import json

import numpy as np
import pytest

from astrokit.errors import ParameterError
from astrokit.explore import LatentExplorer, LatentMap

NASTY = "<script>alert('x')</script>"
N = 400


def data(random_state=0):
    rng = np.random.default_rng(random_state)
    latents = rng.normal(size=(N, 3))
    latents[:100, 0] += 6
    table = {"flux": 2 * latents[:, 0] + 0.1 * rng.normal(size=N), "name": [f"{NASTY}{k}" for k in range(N)]}
    labels = np.where(np.arange(N) < 100, NASTY, "other")
    return latents, table, labels


WEIGHTS = np.arange(12.0).reshape(3, 4)


@pytest.fixture
def explorer():
    latents, table, labels = data()
    made = LatentExplorer(
        latents,
        table,
        labels=labels,
        detail=lambda row: np.outer(latents[row], latents[row]),
        decoder=lambda z: (z @ WEIGHTS, np.ones((len(z), 4))),
        observed=latents @ WEIGHTS,
        projection=latents[:, :2],
    )
    made.wait()
    return made


def opened(explorer, title):
    explorer.panel = title
    explorer.wait()
    return explorer


def html_of(widget):
    """All HTML below a widget."""
    own = [widget.value] if type(widget).__name__ in ("HTML", "SourceView") else []
    return "\n".join([*own, *(html_of(child) for child in getattr(widget, "children", ()))])


def test_the_gallery_follows_the_selection(explorer):
    assert len(explorer.details.rows) == 12
    assert "Nothing is selected" in html_of(explorer.details)
    explorer.selection.ids([5, 7, 11])
    explorer.wait()
    assert sorted(explorer.details.rows) == [5, 7, 11]
    assert "3 selected sources: all of them" in html_of(explorer.details)
    assert html_of(explorer.details).count("<img") == 4  # the three, and the one in hand


def test_a_source_without_a_class_says_so():
    latents, _, labels = data()
    for nothing in (None, np.nan):
        with_gaps = np.where(np.arange(N) == 3, nothing, labels.astype(object))
        made = LatentExplorer(latents, labels=with_gaps, projection=latents[:, :2])
        made.selection.ids([3])
        made.source = 3
        made.wait()
        assert html_of(made.details).count("<td>no class</td>") == 2  # in the list, and of the one in hand


def test_a_detail_that_fails_says_why_and_nothing_else_stops():
    latents, table, _ = data()
    made = LatentExplorer(latents, table, detail=lambda row: 1 / 0, projection="pca")
    made.wait()
    assert "ZeroDivisionError" in html_of(made.details)
    assert made._repr_mimebundle_()[0]["image/png"]


def test_texts_of_the_data_stay_texts(explorer):
    for title in ("details", "decoder", "trust", "outliers", "meaning"):
        opened(explorer, title)
        assert "<script" not in html_of(explorer)
    assert "&lt;script" in html_of(explorer)


def test_the_decoder_follows_its_sliders_and_warns_off_the_support(explorer):
    slider = explorer.decoder.latents.sliders[2]
    slider.value = slider.max
    z = explorer.decoder.z
    assert z[2] == slider.max
    np.testing.assert_allclose(explorer.decoder.shown.mean, z @ WEIGHTS)
    assert explorer.decoder.words.startswith("On the support")
    explorer.decoder.latents.go([40.0, 40.0, 40.0])
    assert explorer.decoder.words.startswith("Off the support")
    assert "ak-warning" in html_of(explorer.decoder)


def test_the_way_between_selections_begins_and_ends_at_their_means(explorer):
    latents = data()[0]
    explorer.selection.ids(np.arange(100))
    explorer.decoder.mode.value = "between selections"
    explorer.wait()
    for position, rows in ((0.0, slice(100, None)), (1.0, slice(100))):
        explorer.decoder.way.position.value = position
        np.testing.assert_allclose(explorer.decoder.z, latents[rows].mean(0), atol=1e-6)


def test_a_browser_that_rounds_to_a_step_moves_nothing():
    latents = np.random.default_rng(0).normal(size=(200, 2))
    made = LatentExplorer(latents, projection=latents, decoder=lambda z: np.repeat(z, 3, axis=1))
    made.decoder.latents.go(latents[7])
    slider = made.decoder.latents.sliders[0]
    slider.value = latents[7, 0] + 0.4 * slider.step
    assert (made.decoder.z == latents[7]).all()
    slider.value = latents[7, 0] + slider.step
    assert made.decoder.z[0] == latents[7, 0] + slider.step


def test_the_typical_source_of_a_selection_is_one_of_it():
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 2 * np.pi, 300)
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    latents = np.concatenate([ring, rng.normal(0, 0.05, (100, 2))])  # its middle is full of others
    made = LatentExplorer(latents, projection=latents, decoder=lambda z: np.repeat(z, 3, axis=1))
    made.selection.ids(np.arange(300))
    made.decoder.latents._go_selected()
    made.wait()
    assert (latents[:300] == made.decoder.z).all(1).any()


def test_the_least_trusted_are_selected_where_the_map_is_torn_on_purpose():
    rng = np.random.default_rng(0)
    line = rng.uniform(0, 10, 400)
    xy = np.column_stack([line, np.zeros(400)])
    xy[:20] = rng.uniform(0, 10, (20, 2)) * (1, 0)  # twenty lie anywhere
    made = opened(LatentExplorer(line[:, None], projection=xy), "trust")
    made.trust._least.click()
    chosen = made.selection.indices
    assert len(chosen) == 20
    assert np.mean(chosen < 20) > 0.8


def test_where_nothing_is_wrong_there_are_no_least_trusted():
    line = np.random.default_rng(0).uniform(0, 10, 100)
    made = opened(LatentExplorer(line[:, None], projection=np.column_stack([line, line])), "trust")
    assert made.trust._least.disabled


def test_trust_is_scikit_learns_and_colours_the_map(explorer):
    from sklearn.manifold import trustworthiness

    opened(explorer, "trust")
    latents = data()[0]
    scaled = (latents - latents.mean(0)) / latents.std(0)
    ours = explorer.trust.quality.trustworthiness.value
    assert ours == pytest.approx(trustworthiness(scaled, latents[:, :2], n_neighbors=15), abs=1e-6)
    explorer.trust.colour("trustworthiness")
    explorer.wait()
    assert explorer.map.colour_by == "trustworthiness"


def test_false_neighbours_are_found_where_a_projection_is_torn_and_folded():
    line = np.arange(200.0)
    folded = np.column_stack([np.abs(line - 99.6), np.zeros(200)])
    made = opened(LatentExplorer(line[:, None], projection=folded), "trust")
    made.source = 20
    assert 179 in made.trust.strangers.false.rows
    made.trust._pick["false"].click()
    assert set(made.selection.indices) == set(made.trust.strangers.false.rows)


def test_outliers_are_ranked_marked_and_ranked_again(explorer):
    latents = data()[0]
    opened(explorer, "outliers")
    strangest = explorer.outliers.row
    assert np.linalg.norm(latents[strangest] - np.median(latents, axis=0)) > 3
    explorer.outliers.mark(strangest, "boring")
    explorer.wait()
    assert explorer.outliers.row != strangest
    explorer.outliers.undo()
    explorer.wait()
    assert explorer.outliers.row == strangest
    explorer.outliers.colour()
    assert explorer.map.colour_by == "outlier score"


def test_meaning_finds_the_property_that_a_latent_is(explorer):
    opened(explorer, "meaning")
    first = explorer.meaning.table.iloc[0]
    assert (first["latent"], first["property"]) == ("z0", "flux")
    assert first["rank"] > 0.98
    explorer.meaning._latent.value = "z0"
    assert explorer.map.colour_by == "z0"
    explorer.meaning._column.value = "flux"
    assert explorer.map.colour_by == "flux"
    explorer.meaning._column.value = "name"  # 400 different texts cannot be colours
    assert "32" in explorer.jobs._trouble.value


def test_two_projections_have_one_selection_and_a_change_of_neighbourhoods():
    latents, table, labels = data()
    made = LatentExplorer(
        latents, table, labels=labels, projection={"ab": latents[:, :2], "bc": latents[:, 1:]}
    )
    first, second = made._scene.maps.values()
    assert first.selection is second.selection
    second._core.apply(_lasso([(-9, -9), (9, -9), (9, 0), (-9, 0)]))
    expected = np.flatnonzero(np.float32(latents[:, 2]) < 0)
    np.testing.assert_array_equal(made.selection.indices, expected)
    first._core.apply(_lasso([(3, -9), (19, -9), (19, 9), (3, 9)]))
    assert set(made.selection.indices) == set(np.flatnonzero(latents[:, 0] > 3))
    made.trust.colour("change of neighbourhoods")
    made.wait()
    assert first.colour_by == second.colour_by == "change of neighbourhoods"
    assert "bc" in made.alt


def _lasso(polygon):
    from astrokit.explore.map.messages import Lasso

    return Lasso(client="browser", polygon=polygon, how="new")


def test_the_state_is_json_and_comes_back(explorer):
    explorer.selection.box(-1, 1, -1, 1)
    opened(explorer, "outliers")
    explorer.outliers.mark(explorer.outliers.row, "interesting")
    opened(explorer, "trust")
    explorer.trust.colour("continuity")
    explorer.decoder.latents.sliders[0].value = 0.5
    explorer.source = 33
    explorer.wait()
    state = json.loads(json.dumps(explorer.state))
    latents, table, labels = data()
    other = LatentExplorer(
        latents, table, labels=labels, projection=latents[:, :2], decoder=lambda z: z @ WEIGHTS
    )
    other.restore(state)
    other.wait()
    assert other.state == state
    assert len(other.selection) == len(explorer.selection) > 0


@pytest.mark.parametrize(
    ("title", "wrong"),
    [
        ("details", {"source": N}),
        ("outliers", {"method": "magic"}),
        ("trust", {"k": 7}),
        ("meaning", {"latent": "z9"}),
        ("decoder", {"z": [0.0]}),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(explorer, title, wrong):
    before = explorer.state
    with pytest.raises(ParameterError):
        explorer.restore({**before, title: {**before[title], **wrong}})
    assert explorer.state == before


def test_without_a_kernel_there_is_a_picture_and_a_page(explorer, tmp_path):
    bundle, metadata = explorer._repr_mimebundle_()
    assert base64.b64decode(bundle["image/png"])[1:4] == b"PNG"
    assert "decoded observation" in metadata["image/png"]["alt"]
    explorer.to_html(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert "data:image/png" in page
    assert NASTY not in page


@pytest.mark.parametrize("with_detail", [True, False])
def test_the_picture_without_a_decoder_shows_sources_or_latents(with_detail):
    latents, table, _ = data()
    detail = (lambda row: np.eye(4)) if with_detail else None
    made = LatentExplorer(latents, table, detail=detail, projection=latents[:, :2])
    made.selection.ids([1, 2, 3])
    assert ("pictures of some" if with_detail else "distribution of the latents") in made.alt
    assert len(made.static().axes) == 4  # the map, and three sources or three latents


def test_it_works_on_the_map_of_another(explorer):
    latents, table, _ = data()
    shared = LatentMap(latents[:, 0], latents[:, 1])
    made = LatentExplorer(latents, table, map=shared)
    shared.selection.ids([4])
    assert len(made.selection) == 1
    assert opened(made, "trust").trust.quality is not None
    with pytest.raises(ParameterError, match="100"):
        LatentExplorer(latents[:100], map=shared)


def test_sources_without_latents_are_left_out_and_said():
    latents, table, _ = data()
    latents[:5] = np.nan
    made = LatentExplorer(latents, table, decoder=lambda z: z @ WEIGHTS, projection="pca")
    assert made.map.index.n_dropped == 5
    for title in ("trust", "outliers", "meaning"):
        opened(made, title)
    assert np.isnan(made.outliers.outliers.scores[:5]).all()
    made.source = 2
    made.decoder.latents._go_to(2)
    assert "NaN" in made.jobs._trouble.value


def test_the_map_is_coloured_by_columns_of_the_table_too():
    latents, table, labels = data()
    both = LatentExplorer(latents, table, labels=labels, channels=["flux"], projection=latents[:, :2])
    assert both.map.colour_by == "class"
    both.map.colour_by = "flux"
    alone = LatentExplorer(latents, channels={"own": latents[:, 2]}, projection=latents[:, :2])
    assert alone.map.colour_by == "own"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"latents": np.zeros((5, 2, 2))}, "latents"),
        ({"table": {"flux": np.zeros(3)}}, "3"),
        ({"labels": ["a"]}, "labels"),
        ({"channels": ["mass"]}, "mass"),
        ({"names": ["a", "a", "b"]}, "names"),
        ({"projection": "magic"}, "magic"),
        ({"projection": np.zeros((3, 2))}, "projection"),
        ({"decoder": lambda z: np.zeros(7)}, "decoder"),
        ({"decoder": lambda z: 1 / 0}, "ZeroDivisionError"),
        ({"decoder": lambda z: z, "observed": np.zeros((2, 2))}, "observed"),
        ({"decoder": lambda z: z, "x": [1.0]}, "x"),
    ],
)
def test_arguments_that_cannot_be_get_one_clear_error(change, message):
    latents, table, _ = data()
    arguments = {"latents": latents, "table": table, "projection": latents[:, :2], **change}
    with pytest.raises(ParameterError, match=message):
        LatentExplorer(arguments.pop("latents"), arguments.pop("table"), **arguments)
