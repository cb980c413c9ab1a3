"""The attribution explorer without a browser: what panels show, what they do to the map, what comes back."""

import base64
import json

import numpy as np
import pytest

from astrokit.errors import ParameterError
from astrokit.explain.shapley import Attribution
from astrokit.explore import AttributionExplorer, LatentExplorer, LatentMap
from astrokit.explore.attribution import scene as scene_module
from astrokit.explore.chart import Range, Tap
from astrokit.latent import Cancelled

NASTY = "<script>alert('x')</script>"
N, N_FEATURES = 600, 12


def data(random_state=0):
    """Sources 0 to 149 stand apart on the map, and feature 0 says so; feature 2 turns feature 1 around."""
    rng = np.random.default_rng(random_state)
    x = rng.normal(size=(N, N_FEATURES))
    x[:150, 0] += 6
    values = 0.05 * x
    values[:, 0] = 0.5 * x[:, 0]
    values[:, 1] += x[:, 1] * x[:, 2]
    names = (NASTY, *(f"feature {k}" for k in range(1, N_FEATURES)))
    return Attribution(values, 2.0, x, names, unit="log-odds", error=1e-9 * x[:, 0], how="by hand")


def places(attribution):
    return attribution.data[:, [0, 3]]


def made_with(attribution, **options):
    xy = options.pop("projection", None)
    made = AttributionExplorer(attribution, projection=places(attribution) if xy is None else xy, **options)
    made.wait()
    return made


@pytest.fixture
def attribution():
    return data()


@pytest.fixture
def explorer(attribution):
    return made_with(attribution, table={"name": [f"{NASTY}{k}" for k in range(N)]})


def selecting(explorer, *rows):
    explorer.selection.ids(np.concatenate(rows))
    explorer.wait()
    return explorer


def opened(explorer, title):
    explorer.panel = title
    explorer.wait()
    return explorer


def html_of(widget):
    """All HTML below a widget."""
    own = [widget.value] if type(widget).__name__ in ("HTML", "SourceView") else []
    return "\n".join([*own, *(html_of(child) for child in getattr(widget, "children", ()))])


def column_data(explorer, which):
    """What the beeswarm shows of one side."""
    return getattr(explorer.beeswarm.drawing, which).data


def test_the_summary_of_the_selection_is_numpys(explorer, attribution):
    selecting(explorer, np.arange(100, 200))
    table = explorer.summary.table().set_index("feature")
    rest = np.setdiff1d(np.arange(N), np.arange(100, 200))
    for k, name in enumerate(attribution.feature_names):
        chosen, other = attribution.values[100:200, k], attribution.values[rest, k]
        assert table.loc[name, "mean"] == pytest.approx(chosen.mean())
        assert table.loc[name, "importance"] == pytest.approx(np.abs(chosen).mean())
        assert table.loc[name, "difference_mean"] == pytest.approx(chosen.mean() - other.mean())
        spread = np.sqrt(chosen.var(ddof=1) / 100 + other.var(ddof=1) / 500)
        half = table.loc[name, "difference_mean_high"] - table.loc[name, "difference_mean"]
        assert half == pytest.approx(1.984 * spread, rel=1e-3)  # t with 99 degrees of freedom


def test_nothing_selected_is_all_and_has_no_other_side(explorer):
    assert explorer.summary.here.n == N
    assert explorer.summary.there is None
    assert "Select some on the map" in html_of(opened(explorer, "beeswarm").beeswarm)
    assert len(column_data(explorer, "_there")["left"]) == 0


def test_beeswarm_and_bars_follow_the_selection(explorer):
    opened(explorer, "beeswarm")
    before = column_data(explorer, "_here")["top"], explorer.importance.drawing.chart.alt
    selecting(explorer, np.arange(150))
    assert len(column_data(explorer, "_there")["left"]) > 0
    assert not np.array_equal(before[0], column_data(explorer, "_here")["top"])
    assert explorer.summary.order(by_difference=True)[0] == 0
    assert "150 sources selected, against 450" in html_of(explorer.beeswarm)
    assert explorer.importance.drawing.chart.alt == before[1]  # drawn when it is looked at
    assert opened(explorer, "importance").importance.drawing.chart.alt != before[1]


def test_a_click_on_a_bar_colours_the_map_and_takes_the_feature_in_hand(explorer, attribution):
    rows = explorer.importance.drawing.rows
    second = explorer._scene.features_shown()[1]
    for title, listener in (("importance", explorer.importance), ("beeswarm", explorer.beeswarm)):
        opened(explorer, title).feature = NASTY
        listener.drawing.chart._tell(Tap, {"plot": "bars", "x": 0.1, "y": float(rows.y_of(1)) + 0.2})
        explorer.wait()
        assert explorer.feature == attribution.feature_names[second]
        assert explorer.map.colour_by == f"Shapley value of {explorer.feature}"
    seen = explorer.map.index.channel(explorer.map.colour_by)
    np.testing.assert_array_equal(seen, attribution.values[:, second].astype(np.float32))
    explorer.importance.drawing.chart._tell(Tap, {"plot": "bars", "x": 0.1, "y": -3.0})  # beside all rows
    assert explorer.map.colour_by == f"Shapley value of {explorer.feature}"


def test_no_more_than_three_colours_stay_on_the_map(explorer, attribution):
    for name in attribution.feature_names[:5]:
        explorer.colour(name)
        explorer.wait()
    assert list(explorer.map.index.values) == [
        f"Shapley value of {name}" for name in attribution.feature_names[2:5]
    ]
    assert explorer.map.colour_by == f"Shapley value of {attribution.feature_names[4]}"


@pytest.mark.parametrize("scale", ["one", "own"])
def test_a_range_drawn_in_the_beeswarm_selects_on_the_map(explorer, attribution, scale):
    panel = opened(explorer, "beeswarm").beeswarm
    panel.scale.value = scale
    row = list(explorer._scene.features_shown()).index(0)
    y, edges = float(panel.drawing.rows.y_of(row)), explorer._scene.edges(0)
    ends = (1.0, 2.0)
    if scale == "own":
        ends = tuple((end - edges[0]) / (edges[-1] - edges[0]) for end in ends)
    panel.drawing.chart._tell(
        Range, {"plot": "beeswarm", "x0": ends[0], "x1": ends[1], "y0": y - 0.3, "y1": y + 0.2}
    )
    explorer.wait()
    expected = np.flatnonzero((attribution.values[:, 0] >= 1) & (attribution.values[:, 0] <= 2))
    np.testing.assert_array_equal(explorer.selection.indices, expected)
    assert (panel.low.value, panel.high.value) == ("1", "2")
    names = {"table": explorer.columns}
    exec(explorer.selection.to_python(), names)
    np.testing.assert_array_equal(names["indices"], expected)
    assert len(explorer.selection.undo()) == 0


def test_a_typed_range_is_open_at_an_empty_end_combines_and_says_what_is_wrong(explorer, attribution):
    panel = explorer.beeswarm
    selecting(explorer, np.arange(300))
    explorer.feature, panel.how.value = NASTY, "and"
    panel.low.value, panel.high.value = "1.5", " "
    panel.select.click()
    above = np.flatnonzero(attribution.values[:, 0] >= 1.5)
    np.testing.assert_array_equal(explorer.selection.indices, above[above < 300])
    for low, high, said in (("a", "", "number to number"), ("2", "1", "low")):
        panel.low.value, panel.high.value = low, high
        panel.select.click()
        assert said in explorer.jobs._trouble.value
    explorer.wait()


def test_a_kept_selection_is_what_the_next_one_is_compared_with(explorer, attribution):
    selecting(explorer, np.arange(150))
    sides = explorer.importance.children[0]
    sides.name.value = "apart"
    sides.keep.click()
    selecting(explorer, np.arange(300, 320))
    assert explorer.against == sides.against.value == "apart"
    table = explorer.summary.table().set_index("feature")
    truth = attribution.values[300:320, 0].mean() - attribution.values[:150, 0].mean()
    assert table.loc[NASTY, "difference_mean"] == pytest.approx(truth)
    assert "150 sources in &#x27;apart&#x27;" in html_of(explorer.importance)
    sides.against.value = ""
    explorer.wait()
    assert explorer.summary.there.n == N - 20
    explorer.against = "apart"
    explorer.selection.undo().undo()  # the name goes with it
    explorer.wait()
    assert explorer.against == ""
    with pytest.raises(ParameterError, match="apart"):
        explorer.against = "apart"


def test_intervals_are_over_groups_where_rows_repeat(attribution):
    groups = np.arange(N) // 6
    made = selecting(made_with(attribution, groups=groups), np.arange(300))
    expected = attribution.importance(np.arange(300), groups=groups).set_index("feature")
    table = made.summary.table().set_index("feature")
    for end in ("low", "high"):
        np.testing.assert_allclose(
            table[f"importance_{end}"], expected.loc[table.index, end], rtol=1e-9, atol=1e-12
        )
    assert "300 rows of 50 sources selected" in html_of(made.importance)


def test_dependence_finds_the_planted_interaction_once_it_is_looked_at(explorer):
    explorer.feature = "feature 1"
    explorer.wait()
    assert explorer.dependence.found is None
    explorer.panel = "dependence"
    explorer.wait()
    assert explorer.dependence.found.other == 2
    assert "interacts most with feature 2" in html_of(explorer.dependence)
    explorer.dependence.other.value = 5
    explorer.wait()
    assert explorer.dependence.found.other == 5
    selecting(explorer, np.arange(200))
    assert set(explorer.dependence.found.here.rows) == set(range(200))
    assert explorer.dependence.found.there.rows.min() == 200


def test_the_waterfall_of_the_source_in_hand_adds_up(explorer, attribution):
    opened(explorer, "one source").source = 17
    explorer.wait()
    steps = explorer.one_source.steps
    assert steps.answer == pytest.approx(2.0 + attribution.values[17].sum())
    assert "Source 17" in html_of(explorer.one_source)
    assert f"{NASTY}17".replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#x27;") in html_of(explorer)
    explorer.one_source.drawing.chart._tell(
        Tap, {"plot": "waterfall", "x": 0.0, "y": float(explorer.one_source.drawing.rows.y_of(1))}
    )
    explorer.wait()
    assert explorer.feature == attribution.feature_names[steps.features[0]]


def test_the_answer_that_is_explained_is_chosen(attribution):
    both = np.stack([attribution.values, -2 * attribution.values], axis=-1)
    whole = Attribution(both, np.array([1.0, 5.0]), attribution.data, attribution.feature_names, ("A", "B"))
    made = made_with(whole, output="B")
    assert made.summary.table().set_index("feature").loc[NASTY, "mean"] < 0
    made.importance.children[0].output.value = "A"
    made.wait()
    assert opened(made, "one source").output == "A"
    assert made.summary.table().set_index("feature").loc[NASTY, "mean"] > 0
    assert made.one_source.steps.base == 1.0
    made.colour("feature 1")
    made.wait()
    assert made.map.colour_by == "Shapley value of feature 1 for A"
    made.selection.range("Shapley value of feature 1 for B", 1, None)
    np.testing.assert_array_equal(made.selection.mask, both[:, 1, 1] >= 1)
    with pytest.raises(ParameterError, match="A, B"):
        made.output = "C"
    with pytest.raises(ParameterError, match="A, B"):
        made_with(whole, output="C")


def test_more_features_than_ten_are_seen_page_by_page(explorer):
    scene = explorer._scene
    assert len(scene.features_shown()) == 10
    scene.page = 1
    assert len(scene.features_shown()) == 2
    scene.page, scene.measure, scene.ranked_by = 0, "mean", "difference"
    selecting(explorer, np.arange(150))
    assert scene.features_shown()[0] == 0
    assert explorer.importance.drawing.rows.plot.xaxis[0].axis_label == "mean Shapley value [log-odds]"


def test_the_state_is_json_and_comes_back(explorer, attribution):
    selecting(explorer, np.arange(150))
    explorer._scene.keep("apart")
    explorer._scene.select_range(0, 1.0, None)
    for name in ("feature 4", "feature 1"):
        explorer.colour(name)
        explorer.wait()
    explorer.source, explorer.panel = 33, "dependence"
    explorer._scene.page, explorer._scene.ranked_by = 1, "difference"
    explorer.beeswarm.scale.value, explorer.dependence.other.value = "own", 3
    explorer.wait()
    state = json.loads(json.dumps(explorer.state))
    other = made_with(attribution)
    other.restore(state)
    other.wait()
    assert other.state == state
    assert (other.against, other.feature, other.map.colour_by) == (
        "apart",
        "feature 1",
        "Shapley value of feature 1",
    )
    np.testing.assert_array_equal(other.selection.mask, explorer.selection.mask)
    assert other.summary.there.n == 150


@pytest.mark.parametrize(
    "wrong",
    [
        {"feature": "magic"},
        {"source": N},
        {"coloured": ["flux"]},
        {"ranks": {"measure": "importance", "by": "size", "page": 2}},
        {"beeswarm": {"scale": "none", "combine": "new"}},
        {"dependence": {"colour": N_FEATURES}},
        {"magic": 1},
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(explorer, wrong):
    explorer.colour("feature 3")
    explorer.wait()
    before = explorer.state
    with pytest.raises(ParameterError):
        explorer.restore({**before, **wrong})
    explorer.wait()
    assert explorer.state == before


def test_texts_of_the_data_stay_texts_and_no_formulas(explorer):
    for title in ("importance", "beeswarm", "dependence", "one source"):
        explorer.panel = title
        explorer.wait()
        assert "<script" not in html_of(explorer)
    assert "&lt;script" in html_of(explorer.importance)
    names = explorer.importance.drawing.rows.plot.yaxis[0].major_label_overrides.values()
    assert NASTY[:20] in {name[:20] for name in names}  # drawn on a canvas, as it is


def test_without_a_kernel_there_is_a_picture_and_a_page(explorer, tmp_path):
    selecting(explorer, np.arange(150))
    bundle, metadata = explorer._repr_mimebundle_()
    assert base64.b64decode(bundle["image/png"])[1:4] == b"PNG"
    alt = metadata["image/png"]["alt"]
    assert "beeswarm" in alt
    assert "150 sources selected, against 450 sources that are not" in alt
    assert len(explorer.static().axes) == 3
    explorer.to_html(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert "data:image/png" in page
    assert NASTY not in page


def test_under_astrokit_run_the_picture_shows_the_result(attribution, monkeypatch, tmp_path):
    monkeypatch.setenv("ASTROKIT_RECORD", str(tmp_path / "record.jsonl"))
    made = AttributionExplorer(attribution, projection=places(attribution))
    assert made.summary is not None
    made.selection.ids(np.arange(150))
    assert made.summary.here.n == 150


def test_it_works_on_the_map_of_another_explorer(attribution):
    latents = LatentExplorer(
        attribution.data, {"flux": attribution.data[:, 0]}, projection=places(attribution)
    )
    made = AttributionExplorer(attribution, latents.map)
    made.wait()
    latents.selection.ids([4, 5])
    made.wait()
    assert made.summary.here.n == 2
    made._scene.select_range(0, 2.0, None)
    made.wait()
    latents.wait()
    np.testing.assert_array_equal(latents.selection.mask, attribution.values[:, 0] >= 2)
    assert len(latents.selection.range("flux", 0, None, how="and")) > 0
    latents.selection.undo()
    second = AttributionExplorer(data(1), latents.map, title="second")
    second.wait()
    assert "second: Shapley value of feature 1" in second.columns
    with pytest.raises(ParameterError, match="column"):
        AttributionExplorer(data(2), latents.map)
    with pytest.raises(ParameterError, match="map"):
        AttributionExplorer(attribution, LatentMap([0.0, 1.0], [0.0, 1.0]))


def test_sources_without_a_place_count_all_the_same(attribution):
    xy = places(attribution).copy()
    xy[:9] = np.nan
    made = made_with(attribution, projection=xy)
    assert made.map.index.n_dropped == 9
    assert made.summary.here.n == N
    made.selection.box(-9, 99, -9, 9).invert()
    made.wait()
    assert made.summary.here.n == 9


def test_a_map_can_be_made_of_the_shapley_values(attribution):
    made = made_with(attribution, projection="pca")
    assert made.map.index.n_points == N
    with pytest.raises(ParameterError, match="magic"):
        made_with(attribution, projection="magic")


def test_one_source_and_one_feature_are_enough():
    one = Attribution(np.ones((1, 1)), 0.0, np.ones((1, 1)), ("a",))
    made = made_with(one, projection=np.zeros((1, 2)))
    assert made.summary.here.n == 1
    assert made._repr_mimebundle_()[0]["image/png"]
    for title in ("beeswarm", "dependence", "one source"):
        made.panel = title
        made.wait()
    assert made.jobs._trouble.value == ""


def test_whole_numbers_are_taken_as_numbers_and_floats_are_read_in_place(attribution):
    whole = Attribution(np.ones((9, 2), int), 0.0, np.ones((9, 2), int), ("a", "b"))
    assert made_with(whole, projection=np.zeros((9, 2))).summary.here.means[0].tolist() == [1.0, 1.0]
    made = made_with(attribution)
    assert made._scene._blocks.values is attribution.values
    assert np.shares_memory(made.columns["Shapley value of feature 1"], attribution.values)


def test_stopped_before_all_rows_were_summed_it_begins_anew_with_the_next_selection(attribution, monkeypatch):
    def stopped(*args, cancelled, **options):
        raise Cancelled("sums", expected="all", got="none", next_step="Again.")

    real = scene_module.Blocks
    monkeypatch.setattr(scene_module, "Blocks", stopped)
    made = made_with(attribution)
    assert made.summary is None
    assert made._repr_mimebundle_()[0]["image/png"]
    assert "Not summed up yet" in html_of(made.importance)
    monkeypatch.setattr(scene_module, "Blocks", real)
    assert selecting(made, np.arange(3)).summary.here.n == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"attribution": np.zeros((5, 2))}, "attribution"),
        ({"groups": np.zeros(3)}, "groups"),
        ({"labels": ["a"]}, "labels"),
        ({"table": {"flux": np.zeros(3)}}, "3"),
        ({"projection": np.zeros((3, 2))}, "projection"),
    ],
)
def test_arguments_that_cannot_be_get_one_clear_error(attribution, change, message):
    arguments = {"attribution": attribution, "projection": places(attribution), **change}
    with pytest.raises(ParameterError, match=message):
        AttributionExplorer(arguments.pop("attribution"), **arguments)


def test_values_that_are_not_finite_are_complained_of(attribution):
    attribution.values[5, 3] = np.nan
    made = made_with(attribution)
    assert "feature 3" in made.jobs._trouble.value
    assert made.summary is None


def test_names_that_repeat_are_refused():
    twice = Attribution(np.zeros((4, 2)), 0.0, np.zeros((4, 2)), ("a", "a"))
    with pytest.raises(ParameterError, match="repeat"):
        made_with(twice, projection=np.zeros((4, 2)))
