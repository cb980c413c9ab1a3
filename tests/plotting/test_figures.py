import numpy as np
import pytest

from astrokit.plotting import png_bytes, say, show
from astrokit.plotting import ulx as figures
from astrokit.plotting.density import shade_categories
from astrokit.plotting.figure import new_figure
from astrokit.studies import pulsating_ulx as study


@pytest.fixture(scope="module")
def fitted():
    sample = study.prepare(study.load("embedded", n_sources=20).observations)
    return sample, study.fit(sample)


def test_every_figure_of_the_study_can_be_drawn(fitted):
    sample, clusters = fitted
    scored = sample.sources.assign(score=study.source_scores(sample, clusters))
    table = study.rankings(scored, n_permutations=50)
    differences = study.against_mixture(scored, n_resamples=50)
    drawn = [
        figures.light_curves(sample.points, sample.limits, list(sample.sources.index[:2])),
        figures.portrait(sample.points, clusters.scores, sample.sources, "title"),
        figures.ranking_intervals(table, differences),
        figures.recall_left_out(study.leave_one_out(sample, study.left_out_scores(sample, n_starts=2)), 0.8),
    ]
    for figure in drawn:
        picture = png_bytes(figure)
        assert picture[1:4] == b"PNG"
        assert len(picture) > 5000  # an empty canvas of this size compresses to less


def test_figures_do_not_pile_up_in_pyplot():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    new_figure(2, 2)
    assert plt.get_fignums() == before


def test_shown_figures_carry_their_alt_text(monkeypatch):
    shown = {}
    monkeypatch.setattr("IPython.display.display", lambda data, **options: shown.update(data=data, **options))
    figure, _ = new_figure(2, 1)
    show(figure, "A small empty figure.")
    assert shown["metadata"] == {"image/png": {"alt": "A small empty figure."}}
    assert shown["data"]["text/plain"] == "A small empty figure."


def test_pixels_show_the_category_that_lies_there():
    x, y = np.array([0.25, 0.75]), np.array([0.5, 0.5])
    colours = {"red": "#ff0000", "blue": "#0000ff"}
    image = shade_categories(x, y, ["red", "blue"], colours, extent=(0, 1, 0, 1), width=4, height=2)
    pixels = np.asarray(image).astype(int)
    red, blue = pixels[:, 1].max(axis=0), pixels[:, 3].max(axis=0)
    assert red[0] > red[2]
    assert blue[2] > blue[0]


def test_names_with_dollar_signs_are_no_formulas(fitted):
    sample, _ = fitted
    name = sample.sources.index[0]
    nasty = {name: r"A $\frac{ B$"}
    points, limits = (table.replace({"source": nasty}) for table in (sample.points, sample.limits))
    assert png_bytes(figures.light_curves(points, limits, list(nasty.values())))[1:4] == b"PNG"
    assert png_bytes(figures.variability_ranking(sample.sources.rename(index=nasty)))[1:4] == b"PNG"


def test_texts_in_a_sentence_are_escaped(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    say("**{share:.0%}** of {name}", share=0.5, name="<img src=x onerror=alert(1)>")
    assert shown[0].data == "**50%** of &lt;img src=x onerror=alert(1)&gt;"
