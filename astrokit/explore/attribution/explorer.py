"""The attribution explorer: a map, and panels of importance, beeswarm, dependence and one source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import ParameterError
from ...explain.shapley import Attribution
from ...random import RandomState
from ..explorer import Explorer
from ..latent.pictures import Pictures
from ..latent.projections import resolve
from ..map import LatentMap
from ..map.rows import check_table
from . import static
from .dependence_panel import DependencePanel
from .groups import Groups
from .guide import GUIDE
from .importance_panel import ImportancePanel
from .scene import N_SHOWN, RANKINGS, AttributionScene
from .source_panel import SourcePanel
from .summary import NAMES, Summary
from .swarm_panel import SwarmPanel

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..selection import Selection

CLASS = "class"


class AttributionExplorer(Explorer):
    """What a model's answers rest on, for the selected sources beside others.

    Importance, beeswarm and dependence of the selection stand beside those of its complement, or of a saved
    selection, with intervals over sources. A click on a bar colours the map by that feature's Shapley value;
    a range drawn in the beeswarm selects on the map.

    The arrays of the attribution are read in place. Beyond them and the map the explorer holds 0.28 bytes for
    each value, and 4.4 bytes a source for each colour, three at most; what it computes with goes
    again.

    Parameters
    ----------
    attribution : Attribution
        From `astrokit.explain.shapley`, or made from values that come from elsewhere.
    map : LatentMap, optional
        Of another explorer, or your own, of the same sources: this one then works on it, with its selection,
        and shows none of its own.
    table : pandas.DataFrame, astropy.table.Table or dict of arrays, optional
        A row for each source: shown with it.
    labels : (n_samples,) array_like, optional
        A class for each source, at most 32; a map that is made here is coloured by it.
    groups : (n_samples,) array_like, optional
        The source that each row belongs to, where rows repeat: intervals are over these.
    output : str, optional
        The answer to begin with, of an attribution with several; the first by default.
    detail : callable, optional
        ``detail(row)`` is a picture of the source: a matplotlib figure, PNG bytes, a PIL image, or an array.
    projection : array (n_samples, 2), or name
        For a map that is made here: places, or a method of `astrokit.latent.project` for the Shapley values
        of `output`: "umap", "pca", ... Past 50,000 rows it is fitted on landmarks.
    selection : Selection, optional
        Shared with other maps of the same sources; only where a map is made here.
    title : str
        Tells the columns and colours of two explorers on one map apart.

    Raises
    ------
    ParameterError
        Arrays of different lengths, an unknown output or projection, values that are not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from astrokit.explain import Attribution
    >>> x = np.random.default_rng(0).normal(size=(500, 3))
    >>> attribution = Attribution(x * [3.0, 1.0, 0.0], 0.5, x, ("period", "colour", "noise"))
    >>> explorer = AttributionExplorer(attribution, projection=x[:, :2])
    >>> explorer.selection.box(1, 9, -9, 9)
    Selection(62 of 500 rows: box x in [1, 9), y in [-9, 9))
    >>> explorer.wait()
    >>> explorer.summary.table()[["feature", "importance"]].round(1).values.tolist()
    [['period', 4.4], ['colour', 0.8], ['noise', 0.0]]
    """

    def __init__(
        self,
        attribution: Attribution,
        map: LatentMap | None = None,
        *,
        table: Any = None,
        labels: Any = None,
        groups: Any = None,
        output: str | None = None,
        detail: Callable[[int], Any] | None = None,
        projection: Any = "umap",
        selection: Selection | None = None,
        title: str = "",
        random_state: RandomState = 0,
        height: int = 480,
    ) -> None:
        whole = _in_place(attribution)
        n_samples = len(whole)
        check_table(table, n_samples)
        labels = _labels(labels, n_samples)
        first = whole.output_names[0] if whole.output_names else ""
        output = output or first
        values = whole.output(output or None).values  # an unknown output is an error here
        has_own_map = map is None
        if map is None:
            (xy,) = resolve(values, projection, random_state=random_state).values()
            map = LatentMap(
                xy[:, 0], xy[:, 1], table=table, channels=None if labels is None else {CLASS: labels},
                colour_by=None if labels is None else CLASS, height=height, title=title, selection=selection,
            )  # fmt: skip
        elif map.index.n_samples != n_samples:
            raise _bad("map", f"one of {n_samples:,} sources", f"{map.index.n_samples:,}")
        self._scene = scene = AttributionScene(
            whole, output, map, table=table, labels=labels,
            groups=None if groups is None else Groups(groups, n_samples),
            pictures=Pictures(detail), title=title,
        )  # fmt: skip
        self.importance, self.beeswarm = ImportancePanel(scene), SwarmPanel(scene)
        self.dependence, self.one_source = DependencePanel(scene), SourcePanel(scene)
        panels = {
            "importance": self.importance, "beeswarm": self.beeswarm, "dependence": self.dependence,
            "one source": self.one_source,
        }  # fmt: skip
        super().__init__(map, panels, guide=GUIDE, has_own_map=has_own_map, jobs=scene.jobs)
        self._open_panel()
        scene.begin()

    @property
    def summary(self) -> Summary | None:
        """Means and intervals of the selection and the other side; None until all rows are summed up once."""
        return self._scene.summary

    @property
    def columns(self) -> dict[str, np.ndarray]:
        """Shapley values by the names that the selection knows them by: what `to_python` calls ``table``."""
        return self._scene.columns

    @property
    def source(self) -> int:
        """The row in hand; set it to look at another one."""
        return self._scene.source

    @source.setter
    def source(self, row: int) -> None:
        if not 0 <= row < self._scene.n_samples:
            raise _bad("source", f"a row below {self._scene.n_samples:,}", str(row))
        self._scene.source = row

    @property
    def feature(self) -> str:
        """The feature in hand; set it to look at another one."""
        return self._scene.names[self._scene.feature]

    @feature.setter
    def feature(self, name: str) -> None:
        self._scene.feature = self._place_of(name)

    @property
    def output(self) -> str:
        """The answer that is explained; set it to look at another one."""
        return self._scene.output

    @output.setter
    def output(self, name: str) -> None:
        if name not in self._scene.whole.output_names:
            raise _bad("output", f"one of {', '.join(self._scene.whole.output_names) or 'none'}", repr(name))
        self._scene.output = name

    @property
    def against(self) -> str:
        """The saved selection that is compared with; "" for all that are not selected."""
        return self._scene.other

    @against.setter
    def against(self, name: str) -> None:
        if name and name not in self.selection.names:
            known = ", ".join(self.selection.names) or "no names so far"
            raise _bad("against", f"one of {known}", repr(name))
        self._scene.against = name

    def colour(self, feature: str) -> None:
        """Colour the map by the Shapley value of a feature, as a click on its bar does."""
        self._scene.show_on_map(self._place_of(feature))

    @property
    def alt(self) -> str:
        """What the picture shows, in a few sentences."""
        return static.describe(self._scene)

    def static(self) -> Figure:
        """The map, and beside it the beeswarm and the importance of the selection."""
        return static.draw(self._scene)

    def wait(self) -> None:
        """Wait until all that is under way is done and shown."""
        self.jobs.wait()
        self.one_source.wait()

    def _place_of(self, feature: str) -> int:
        if feature not in self._scene.names:
            raise _bad("feature", f"one of {', '.join(self._scene.names)[:200]}", repr(feature))
        return self._scene.names.index(feature)

    def _own_state(self) -> dict[str, Any]:
        scene = self._scene
        return {
            "output": scene.output,
            "feature": self.feature,
            "source": scene.source,
            "against": scene.against,
            "ranks": {"measure": scene.measure, "by": scene.ranked_by, "page": scene.page},
            "coloured": list(scene.coloured),
            "beeswarm": self.beeswarm.state,
            "dependence": self.dependence.state,
        }

    def _restore_own(self, state: Mapping[str, Any]) -> None:
        scene = self._scene
        if scene.whole.output_names and "output" in state:
            self.output = state["output"]
            self.jobs.wait()
        for name in ("feature", "source"):
            if name in state:
                setattr(self, name, state[name])
        if "ranks" in state:
            _restore_ranks(scene, state["ranks"])
        for name in state.get("coloured", []):
            if name not in scene.columns:
                raise _bad("state", "colours of this attribution", repr(name))
            scene.add_colour(name, scene.columns[name].astype(np.float32))
        if "beeswarm" in state:
            self.beeswarm.restore(dict(state["beeswarm"]))
        if "dependence" in state:
            self.dependence.restore(dict(state["dependence"]))
        # A wish: the name comes with the selection, which the map restores after this.
        scene.against = state.get("against", scene.against)


def _restore_ranks(scene: AttributionScene, ranks: Mapping[str, Any]) -> None:
    page: Any = ranks.get("page")
    n_features = len(scene.names)
    fits = isinstance(page, int) and 0 <= page * N_SHOWN < n_features
    if not fits or ranks.get("measure") not in NAMES or ranks.get("by") not in RANKINGS:
        raise _bad("state", f"a measure of {NAMES}, a ranking of {RANKINGS}, a page", str(ranks))
    scene.measure, scene.ranked_by, scene.page = ranks["measure"], ranks["by"], page


def _in_place(attribution: Attribution) -> Attribution:
    """The attribution with arrays that can be read in place; only what are no floats is copied."""
    if not isinstance(attribution, Attribution):
        raise _bad("attribution", "an Attribution", type(attribution).__name__)
    if not len(attribution) or not attribution.feature_names:
        raise _bad("attribution", "one row and one feature at least", f"{attribution.values.shape}")
    arrays = {name: np.asarray(getattr(attribution, name)) for name in ("values", "data")}
    floats = {
        name: array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)
        for name, array in arrays.items()
    }
    return replace(attribution, values=floats["values"], data=floats["data"])


def _labels(labels: Any, n_samples: int) -> np.ndarray | None:
    if labels is None:
        return None
    array = np.asarray(labels)
    if array.shape != (n_samples,):
        raise _bad("labels", f"shape ({n_samples:,},)", f"shape {array.shape}")
    return array


def _bad(what: str, expected: str, got: str) -> ParameterError:
    return ParameterError(
        what, expected=expected, got=got, next_step="Pass what belongs to the sources of this attribution."
    )
