import json

import ipywidgets
import numpy as np
import pytest

from astrokit.errors import ParameterError
from astrokit.explore.explorer import Explorer, following, note, table_html
from astrokit.explore.map import LatentMap

NASTY = "<script>alert('x')</script>"


class Counting(Explorer):
    """The least that is an explorer: one number of its own, and a count of what is selected."""

    def __init__(self, map, **options):
        self.size, self.counts = 5, []
        super().__init__(
            map, {"one": ipywidgets.HTML(), "two": ipywidgets.HTML()}, guide="<p>how</p>", **options
        )
        following(self.selection, lambda selection: self.counts.append(len(selection)))

    alt = f"a count of {NASTY}"

    def static(self):
        return self.map.static()

    def _own_state(self):
        return {"size": self.size}

    def _restore_own(self, state):
        if state.get("size", 0) < 0:
            raise ParameterError("size", expected="0 or more", got=state["size"], next_step="Raise it.")
        self.size = state.get("size", self.size)


@pytest.fixture
def map():
    x, y = np.random.default_rng(0).normal(size=(2, 500))
    return LatentMap(x, y, channels={"x": x}, title="cloud")


@pytest.fixture
def explorer(map):
    return Counting(map)


def test_an_explorer_hears_of_the_selection_at_once_and_after_each_change(explorer):
    explorer.selection.ids([1, 2])
    explorer.map.selection.ids([3], how="or")
    assert explorer.counts == [0, 2, 3]


def test_its_state_is_json_and_restores_panel_numbers_view_and_selection(explorer, map):
    explorer.panel, explorer.size = "two", 9
    explorer.selection.box(-1, 1, -1, 1)
    map.colour_by = "x"
    state = json.loads(json.dumps(explorer.state))
    other = Counting(LatentMap(map.index))
    other.restore(state)
    assert (other.panel, other.size, other.map.colour_by) == ("two", 9, "x")
    np.testing.assert_array_equal(other.selection.mask, explorer.selection.mask)


@pytest.mark.parametrize(
    "state", [{"size": -1}, {"panel": "three"}, {"colour": 1}, {"size": 7, "map": {"colour_by": "missing"}}]
)
def test_a_state_that_does_not_fit_changes_nothing(explorer, state):
    before = explorer.state
    with pytest.raises(ParameterError):
        explorer.restore(state)
    assert explorer.state == before


def test_help_is_one_button_away(explorer):
    assert explorer._guide.layout.display == "none"
    explorer._help.value = True
    assert explorer._guide.layout.display == ""


def test_two_explorers_share_a_map_and_its_selection(explorer, map):
    second = Counting(map, has_own_map=False)
    explorer.selection.ids([4])
    assert second.counts[-1] == 1
    assert explorer.children[-2].children[0] is map
    assert map not in second.children[-2].children


def test_without_a_kernel_there_is_a_picture_with_alt_text(explorer):
    data, metadata = explorer._repr_mimebundle_()
    assert data["image/png"]
    assert metadata["image/png"]["alt"] == explorer.alt


def test_the_page_holds_the_map_and_the_picture_and_texts_stay_texts(explorer, tmp_path):
    explorer.to_html(tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text()
    assert '<main id="map">' in text
    assert "<figcaption>a count of &lt;script&gt;" in text
    assert NASTY not in text


def test_words_beside_panels_are_texts():
    assert NASTY not in note(NASTY) + table_html({NASTY: [NASTY]}, caption=NASTY)
    assert "ak-warning" in note("careful", warning=True)
