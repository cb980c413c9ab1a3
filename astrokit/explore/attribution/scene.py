"""What the panels of an attribution explorer share: the sums, the two sides, the feature in hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from ...errors import ParameterError
from ...explain.shapley import Attribution
from ..index import PointIndex
from ..jobs import Stop
from ..latent.pictures import Pictures
from ..latent.scene import Scene
from ..map import LatentMap
from .columns import column_name, columns_of
from .groups import Groups
from .scales import BINS
from .summary import IMPORTANCE, NAMES, Summary, summarise
from .sums import Blocks

REST = ""  # in place of a name: all that is not selected
RANKINGS = ("size", "difference")
N_SHOWN = 10  # features at a time
MOST_COLOURS = 3  # kept on the map: 4.4 bytes a source each


class AttributionScene(Scene):
    """One output of an attribution on a map, summed up for the selection and for what it is compared with.

    Attributes
    ----------
    attribution : Attribution
        Of the present output, (n_samples, n_features).
    summary : Summary or None
        None until all rows are summed up once.
    feature : int
        The feature in hand.
    against : str
        Name of a saved selection, or `REST`.
    measure, ranked_by, page
        Which mean is shown, by what features are ranked, and which ten of them are seen.
    """

    output = traitlets.Unicode("")
    summary = traitlets.Instance(Summary, allow_none=True)
    feature = traitlets.Int(0)
    against = traitlets.Unicode(REST)
    measure = traitlets.Enum(NAMES, NAMES[IMPORTANCE])
    ranked_by = traitlets.Enum(RANKINGS, RANKINGS[0])
    page = traitlets.Int(0)

    def __init__(
        self,
        whole: Attribution,
        output: str,
        map: LatentMap,
        *,
        table: Any,
        labels: np.ndarray | None,
        groups: Groups | None,
        pictures: Pictures,
        title: str,
    ) -> None:
        self.whole, self.groups, self.title = whole, groups, title
        self.attribution = whole.output(output or None)
        names = list(whole.feature_names)
        super().__init__(self.attribution.values, names, table, labels, {"map": map}, pictures)
        self.output = output
        self.columns = columns_of(whole, title)
        self.coloured: list[str] = []
        self.open_panel: Any = None  # the one that is seen, and drawn
        self._blocks: Blocks | None = None
        self.observe(lambda _: self._change_output(), names="output")
        self.observe(lambda _: self.refresh(), names="against")

    def begin(self) -> None:
        """Let the selection know the Shapley values, follow it, and sum up."""
        self.selection.add_columns(self.columns)
        self.selection.observe(lambda _: self.refresh())
        self.refresh()

    @property
    def other(self) -> str:
        """The saved selection to compare with; `REST` also where there is none of that name (any more)."""
        return self.against if self.against in self.selection.names else REST

    def refresh(self) -> None:
        """Sum up again, for the present selection."""
        if self._blocks is None:
            if not self.jobs.running("sums"):
                self._sum_up()
            return
        blocks = self._blocks
        self.jobs.start("summary", "comparing", lambda stop: self._compare(blocks, stop), self._take)

    def features_shown(self) -> np.ndarray:
        """The features of the present page, in their order."""
        order = np.arange(len(self.names))
        if self.summary is not None:
            by_difference = self.ranked_by == RANKINGS[1]
            order = self.summary.order(NAMES.index(self.measure), by_difference=by_difference)
        return order[self.page * N_SHOWN : (self.page + 1) * N_SHOWN]

    def column(self, feature: int) -> str:
        """Name of the Shapley values of a feature, in the selection and on the map."""
        return column_name(self.names[feature], self.output, self.title)

    def edges(self, feature: int) -> np.ndarray:
        """(BINS + 1,) edges of the bins of a feature."""
        return np.linspace(0, 1, BINS + 1) if self._blocks is None else self._blocks.scales.edges(feature)

    def show_on_map(self, feature: int) -> None:
        """Take a feature in hand, and colour the map by its Shapley values."""
        self.feature = feature
        name = self.column(feature)

        def done(values: np.ndarray) -> None:
            self.add_colour(name, values)
            self.map.colour_by = name

        work = self.columns[name]
        self.jobs.start("colour", "colouring the map", lambda stop: work.astype(np.float32), done)

    def add_colour(self, name: str, values: np.ndarray) -> None:
        """Give the map a colour; of those given before, the latest two stay."""
        self.map.set_channel(name, values, show=False)
        self.coloured = [*(other for other in self.coloured if other != name), name]
        while len(self.coloured) > MOST_COLOURS:
            self.map.drop_channel(self.coloured.pop(0))

    def select_range(self, feature: int, low: float | None, high: float | None, how: str = "new") -> None:
        """Select the sources whose Shapley value of a feature is in [low, high]."""
        try:
            self.selection.range(self.column(feature), low, high, how)
        except ParameterError as error:
            self.jobs.complain(str(error))

    def rows_of_sides(self) -> tuple[np.ndarray, np.ndarray | None]:
        """Rows of the selection (of all, where nothing is selected), and of the other side, if any."""
        mask, other = self._masks()
        there = np.flatnonzero(~mask if other is None else other)
        return np.flatnonzero(mask), there if len(there) else None

    def keep(self, name: str) -> None:
        """Save the selection under a name, and compare with it from now on."""
        try:
            self.selection.save(name)
        except ParameterError as error:
            self.jobs.complain(str(error))
            return
        self.against = name

    def words(self) -> str:
        """Who is compared with whom."""
        if self.summary is None:
            return "Not summed up yet. Summing up begins anew with the next selection."
        here, there = self.summary.here, self.summary.there
        n_selected = len(self.selection)
        chosen = f"{self._count(here)} selected" if n_selected else f"All {self._count(here)}"
        if there is None:
            return f"{chosen}. Select some on the map to compare them with the rest."
        return f"{chosen}, against {self._count(there)} {self.other_words}."

    @property
    def other_words(self) -> str:
        """The other side in a few words."""
        return f"in '{self.other}'" if self.other else "that are not"

    def _count(self, side: Any) -> str:
        if self.groups is None:
            return f"{side.n:,} sources"
        return f"{side.n:,} rows of {side.n_groups:,} sources"

    def _sum_up(self) -> None:
        attribution, index = self.attribution, self.map.index

        def work(stop: Stop) -> Blocks:
            return Blocks(attribution.values, attribution.data, rows_in_order(index), cancelled=stop)

        def done(blocks: Blocks) -> None:
            _check_finite(blocks, self.names)
            self._blocks = blocks
            self.refresh()

        self.jobs.start("sums", "summing up the attribution", work, done)

    def _change_output(self) -> None:
        self.attribution = self.whole.output(self.output or None)
        self.latents = self.attribution.values
        self._blocks = None
        self._sum_up()

    def _compare(self, blocks: Blocks, stop: Stop) -> Summary:
        mask, other = self._masks()
        return summarise(blocks, tuple(self.names), mask, other, groups=self.groups, cancelled=stop)

    def _masks(self) -> tuple[np.ndarray, np.ndarray | None]:
        """The selection, or all; and the saved selection to compare with, None for all that are not here."""
        mask, name = self.selection.mask, self.other
        if not mask.any():
            mask = np.ones_like(mask)
        return mask, self.selection.saved(name) if name else None

    def _take(self, summary: Summary) -> None:
        self.summary = summary


def rows_in_order(index: PointIndex) -> np.ndarray:
    """All rows in the Z-order of an index, those without a place on the map at the end."""
    order = index.order()
    if not index.n_dropped:
        return order
    rest = np.ones(index.n_samples, bool)
    rest[order] = False
    return np.concatenate([order, np.flatnonzero(rest).astype(order.dtype)])


def _check_finite(blocks: Blocks, names: list[str]) -> None:
    bad = ~np.isfinite(blocks.total.moments).all(1)
    if bad.any():
        raise ParameterError(
            "attribution",
            expected="finite values",
            got=f"NaN or infinity for {', '.join(np.array(names)[bad][:5])}",
            next_step="Leave out the rows that could not be explained.",
        )
