import base64
import json

import numpy as np
import pytest

from astrokit.errors import ParameterError
from astrokit.explore import ExposureExplorer, ThresholdExplorer

NASTY = "<script>alert('x')</script>"


@pytest.fixture
def explorer():
    score = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    source = np.array(["a", "b", NASTY, "known", "known"])
    known = source == "known"
    return ThresholdExplorer(
        np.arange(5), np.arange(5), score, source, known, threshold=0.6, labels=("x", "y")
    )


def test_moving_the_threshold_says_who_enters_and_leaves(explorer):
    explorer.threshold = 0.2
    assert explorer.entering == sorted(["b", NASTY])
    assert explorer.leaving == []
    explorer.threshold = 0.95
    assert explorer.entering == explorer.leaving == []


def test_the_picture_follows_the_slider(explorer):
    before = explorer._picture.value
    explorer.threshold = 0.2
    assert explorer._picture.value != before


def test_the_legend_counts_who_is_inside_and_who_is_missed(explorer):
    explorer.threshold = 0.8
    (axes,) = explorer.static().axes
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == [
        "outside (3)",
        "inside: candidates (0)",
        "known member, missed (1)",
        "known member, inside (1)",
    ]


def test_words_for_the_picture_say_recall_and_share(explorer):
    explorer.threshold = 0.8
    assert explorer.alt == (
        "At threshold 0.80, 50% of the known members' observations and 0% of the others' are inside: "
        "0 candidate sources."
    )


@pytest.mark.parametrize(("score", "step"), [([0.5, 3.0, -1.2], 0.005), ([2.0, 2.0, 2.0], 1.0)])
def test_the_slider_has_a_thousand_steps_between_whole_numbers(score, step):
    known = np.array([True, False, False])
    made = ThresholdExplorer([1, 2, 3], [1, 2, 3], score, ["a", "b", "c"], known, threshold=0.0)
    assert made._slider.step == pytest.approx(step)


def test_the_button_undoes(explorer):
    explorer.threshold = 0.2
    explorer._reset.click()
    assert explorer.threshold == 0.6


def test_names_from_data_are_text(explorer):
    explorer.threshold = 0.2
    assert "<script" not in explorer._lists.value
    assert "&lt;script" in explorer._lists.value


def test_state_is_json(explorer):
    assert json.loads(json.dumps(explorer.state)) == {"threshold": 0.6}


@pytest.mark.parametrize("make", ["threshold", "exposure"])
def test_without_a_kernel_there_is_a_picture_with_alt_text(explorer, make):
    widget = explorer if make == "threshold" else ExposureExplorer(500)
    data, metadata = widget._repr_mimebundle_()
    assert base64.b64decode(data["image/png"])[1:4] == b"PNG"
    assert metadata["image/png"]["alt"] == widget.alt
    assert len(widget.alt) > 40


def test_scores_that_are_not_finite_are_refused():
    with pytest.raises(ParameterError, match="1 scores not finite"):
        ThresholdExplorer([1, 2], [1, 2], [0.5, np.nan], ["a", "b"], [True, False], threshold=0.5)


def test_arrays_of_different_lengths_are_refused():
    with pytest.raises(ParameterError, match=r"lengths \[1, 2\]"):
        ThresholdExplorer([1], [1, 2], [0.5, 0.6], ["a", "b"], [True, False], threshold=0.5)


def test_longer_exposures_separate_better():
    explorer = ExposureExplorer(4000)
    separations = [explorer.separation(seconds) for seconds in (10, 300, 30_000)]
    assert separations == sorted(separations)
    explorer.exposure_s = 3000.0
    assert explorer.state == {"exposure_s": 3000.0}
