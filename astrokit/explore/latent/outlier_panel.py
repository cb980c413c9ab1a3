"""The panel of outliers: the strangest sources, one after the other, and what a person thinks of them."""

from __future__ import annotations

from functools import partial
from typing import Any

import ipywidgets
import numpy as np

from ...errors import ParameterError
from ...latent import Outliers, rank_outliers
from ...latent.outliers import METHODS
from ..controls import button
from ..explorer import note, table_html
from ..jobs import Stop
from .gallery import SourceView
from .ranking import Marks, Ranking
from .scene import Scene

N_LISTED = 8
SCORE = "outlier score"
METHOD_WORDS = {
    "far from all (neighbours)": "neighbours",
    "few cuts set it apart (forest)": "forest",
    "sparser than around it (local)": "local",
}


class OutlierPanel(ipywidgets.VBox):
    """Outliers ranked, marked, and ranked again."""

    def __init__(self, scene: Scene) -> None:
        self._scene, self.place, self._coloured = scene, 0, False
        self.ranking: Ranking | None = None
        self.marks = Marks(scene.n_samples)
        self._method = ipywidgets.Dropdown(
            options=METHOD_WORDS,
            description="strange is",
            layout=ipywidgets.Layout(width="300px"),
            style={"description_width": "70px"},
        )
        self._method.observe(lambda _: self.rank(), names="value")
        self._words, self._view, self._list = ipywidgets.HTML(), SourceView(scene), ipywidgets.HTML()
        self._list.add_class("ak-scroll")
        self._n_top = ipywidgets.BoundedIntText(
            value=min(100, scene.n_samples),
            min=1,
            max=scene.n_samples,
            layout=ipywidgets.Layout(width="90px"),
        )
        self._n_top.tooltip = "How many of the strangest to select"
        steps = [
            button("previous", "The stranger one before", partial(self._step, -1), "arrow-left"),
            button("next", "The next one", partial(self._step, 1), "arrow-right"),
            button("interesting", "Rank what is like it higher", partial(self._mark, "interesting"), "star"),
            button("boring", "Rank what is like it lower", partial(self._mark, "boring"), "minus"),
            button("undo mark", "Take the last mark back", self.undo, "undo"),
        ]
        uses = [
            button("select the strangest", "Select them on the map", self._select),
            self._n_top,
            button("select this one", "Select it on the map", self._select_this),
            button("colour by score", "Colour the map by the outlier score", self.colour),
        ]
        boxes = [ipywidgets.HBox(each) for each in (steps, uses)]
        for box in boxes:
            box.layout.flex_flow = "row wrap"
        super().__init__([self._method, self._words, boxes[0], self._view, boxes[1], self._list])
        self._words.value = note("Not ranked yet.")

    def on_open(self) -> None:
        """Rank, if nothing is ranked yet."""
        if self.ranking is None and not self._scene.jobs.running("outliers"):
            self.rank()

    def rank(self) -> None:
        """Rank all sources by the chosen method, then by the marks."""
        method, latents, marks = self._method.value, self._scene.latents, self.marks.given

        def work(stop: Stop) -> Ranking:
            ranking = Ranking(rank_outliers(latents, method, cancelled=stop), latents)
            ranking.take(ranking.outliers(ranking.first, marks))
            return ranking

        def done(ranking: Ranking) -> None:
            self.ranking = ranking
            self._begin()

        self._words.value = note("Ranking …")
        self._scene.jobs.start("outliers", "ranking outliers", work, done)

    def mark(self, row: int, mark: str) -> None:
        """Mark a source "interesting" or "boring", and rank again."""
        self.marks.set(row, mark)
        self._rank_again()

    def undo(self) -> None:
        """Take the last mark back, and rank again."""
        if self.marks.undo() is not None:
            self._rank_again()

    def set_marks(self, marks: Any) -> None:
        """Put marks {row: mark} in place of all."""
        self.marks.replace(marks)
        self._rank_again()

    def colour(self) -> None:
        """Colour the map by the score."""
        self._coloured = True
        if self.ranking is None:
            self.on_open()
        else:
            self._scene.colour(SCORE, self.ranking.present.scores)

    @property
    def outliers(self) -> Outliers | None:
        """The present ranking."""
        return None if self.ranking is None else self.ranking.present

    @property
    def row(self) -> int | None:
        """The source that is shown."""
        return None if self.ranking is None else int(self.ranking.order[self.place])

    @property
    def alt(self) -> str:
        if self.ranking is None or self.row is None:
            return ""
        n_marked = len(self.marks.given)
        marked = f" after {n_marked} mark{'s' * (n_marked > 1)}" if n_marked else ""
        place = f"Number {self.place + 1:,} of {len(self.ranking.order):,} in strangeness"
        return f"{place}{marked}: source {self.row:,}."

    @property
    def state(self) -> dict[str, Any]:
        marks = [[row, mark] for row, mark in self.marks.given.items()]
        seen = {"place": self.place, "coloured": self._coloured}
        return {"method": self._method.value, "ranked": self.ranking is not None, "marks": marks, **seen}

    def restore(self, state: dict[str, Any]) -> None:
        place = state["place"]
        if (
            state["method"] not in METHODS
            or not isinstance(place, int)
            or not 0 <= place < self._scene.n_samples
        ):
            raise ParameterError(
                "state of the outliers",
                expected=f"a method of {', '.join(METHODS)}, a place below {self._scene.n_samples:,}",
                got=f"{state['method']!r}, {place!r}",
                next_step="Use a state of the same data.",
            )
        self.marks.replace(state["marks"])
        self._coloured = bool(state["coloured"])
        if not state["ranked"]:
            return
        self._method.value = state["method"]
        self.rank()
        self._scene.jobs.wait()
        self._go(place)

    def _rank_again(self) -> None:
        ranking, marks = self.ranking, self.marks.given
        if ranking is None:
            self.rank()
            return

        def done(outliers: Outliers) -> None:
            ranking.take(outliers)
            self._begin()

        work = partial(ranking.outliers, ranking.first, marks)
        self._scene.jobs.start("rerank", "ranking again", lambda stop: work(), done)

    def _begin(self) -> None:
        """Show the strangest source that has no mark yet."""
        assert self.ranking is not None
        if self._coloured:
            self._scene.colour(SCORE, self.ranking.present.scores, show=self._scene.map.colour_by == SCORE)
        marked = self.marks.given
        top = self.ranking.order[: len(marked) + 1]
        self._go(next((place for place, row in enumerate(top) if int(row) not in marked), 0))

    def _step(self, by: int) -> None:
        if self.ranking is not None:
            self._go(int(np.clip(self.place + by, 0, len(self.ranking.order) - 1)))

    def _mark(self, mark: str) -> None:
        if self.row is not None:
            self.mark(self.row, mark)

    def _select(self) -> None:
        if self.ranking is not None:
            self._scene.selection.ids(self.ranking.order[: self._n_top.value])

    def _select_this(self) -> None:
        if self.row is not None:
            self._scene.selection.ids([self.row])

    def _go(self, place: int) -> None:
        assert self.ranking is not None
        self.place = min(place, len(self.ranking.order) - 1)
        row = self.row
        assert row is not None
        self._scene.source = row
        self._words.value = note(self.alt)
        self._view.show(row)
        start = max(0, min(self.place - 2, len(self.ranking.order) - N_LISTED))
        rows, marks = self.ranking.order[start : start + N_LISTED], self.marks.given
        columns = {
            "place": [f"{'▸ ' * (start + i == self.place)}{start + i + 1:,}" for i in range(len(rows))],
            **self._scene.cells(rows),
            "score": [f"{self.ranking.present.scores[each]:.3g}" for each in rows],
            "mark": [marks.get(int(each), "") for each in rows],
        }
        self._list.value = table_html(columns, caption=f"ranked by {self.ranking.present.method}")
