"""The panel of the tree: branches that select on the map, and light up where something is selected."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np

from ...errors import ParameterError
from ..controls import button, in_row
from ..explorer import following, note, table_html
from .branches import Branches
from .icicle import Icicle, icicle
from .panel import Panel
from .scene import Scene
from .tree_chart import TreeChart

N_LISTED = 8


class TreePanel(Panel):
    """The condensed tree of HDBSCAN, linked both ways to the map."""

    def __init__(self, scene: Scene) -> None:
        self.drawing = TreeChart()
        self.drawn: Icicle | None = None
        self.branches: Branches | None = None
        self._words, self._hand, self._holding = (ipywidgets.HTML() for _ in range(3))
        self._words.value = note("No tree yet.")
        self._holding.add_class("ak-scroll")
        self.drawing.chart.on_tap(lambda tap: self._tap(tap.x, tap.y))
        steps = in_row(
            ipywidgets.Label("branch"),
            button("up", "To the branch that it split off from", self.rise, "arrow-up"),
            button("larger half", "To the larger one that it splits into", lambda: self.descend(0)),
            button("smaller half", "To the smaller one that it splits into", lambda: self.descend(1)),
            button("select it", "Select its sources on the map", lambda: self.select(scene.branch)),
        )
        super().__init__(scene, [self._words, self.drawing.chart, self._hand, steps, self._holding])
        scene.observe(lambda _: self._draw(), names="branch")
        following(scene.selection, lambda _: self._light())

    def update(self) -> None:
        clustering = self._scene.clustering
        is_there = clustering.tree is not None
        for child in self.children[1:]:
            child.layout.display = "" if is_there else "none"
        self.branches = Branches(clustering) if is_there else None
        self.drawn = icicle(clustering.tree) if is_there else None
        self._words.value = note(self._explanation())
        if self.branches is not None and self._scene.branch >= len(self.branches):
            self._scene.branch = 0
        self._light()

    def select(self, branch: int) -> None:
        """Take a branch in hand, and select its sources on the map."""
        self.go(branch)
        assert self.branches is not None
        self._scene.selection.ids(self.branches.tree.rows(branch))

    def go(self, branch: int) -> None:
        """Take a branch in hand."""
        self.on_open()  # the tree of the present clusters, seen or not
        n = 0 if self.branches is None else len(self.branches)
        if not 0 <= branch < n:
            raise ParameterError(
                "branch",
                expected=f"a number below {n:,}",
                got=branch,
                next_step="Only HDBSCAN has a tree; the panel says how many branches.",
            )
        self._scene.branch = branch

    def _explanation(self) -> str:
        if self.branches is None or self.drawn is None:
            return "Only HDBSCAN cuts its clusters from a tree: choose it in the panel of clusters."
        n, n_drawn = len(self.branches), len(self.drawn.node)
        many = f" The {n_drawn:,} largest of {n:,} branches are drawn." if n_drawn < n else ""
        return (
            "Upwards it gets denser, and a branch splits where its sources come apart; coloured branches are "
            f"the clusters. Click one to select its sources on the map.{many}"
        )

    def _tap(self, x: float, y: float) -> None:
        if self.drawn is not None:
            self.select(self.drawn.at(x, y))

    def rise(self) -> None:
        """Go to the branch that the one in hand split off from; the root has none."""
        if self.branches is not None:
            self._scene.branch = self.branches.parent(self._scene.branch)

    def descend(self, which: int) -> None:
        """Go to the larger half (0) or the smaller one (1) of the branch in hand, where it splits."""
        if self.branches is not None and (children := self.branches.children(self._scene.branch)):
            self._scene.branch = children[which]

    def _light(self) -> None:
        """Show which branches hold what is selected."""
        if not self._scene.is_open(self):
            self._is_stale = True
            return
        if self.branches is None:
            return
        self.branches.look(self._scene.selection.indices)
        self._draw()
        if self.branches.shares is None:
            self._holding.value = note("Select on the map: the branches that hold those sources light up.")
        else:
            columns = self.branches.columns(self.branches.most_like(N_LISTED))
            self._holding.value = table_html(columns, caption="branches most like the selection")

    def _draw(self) -> None:
        branches, drawn, hand = self.branches, self.drawn, self._scene.branch
        if branches is None or drawn is None or hand >= len(branches):
            return
        self.drawing.show(drawn, branches, self._scene.colour_of, self._place(hand), branches.describe(hand))
        self._hand.value = f'<div role="status">{note(branches.in_words(hand))}</div>'

    def _place(self, branch: int) -> int:
        """Where a branch is drawn; one too small to be drawn, where it is inside."""
        assert self.drawn is not None
        assert self.branches is not None
        while branch not in self.drawn.node:
            branch = self.branches.parent(branch)
        return int(np.searchsorted(self.drawn.node, branch))

    @property
    def state(self) -> int:
        return self._scene.branch

    def restore(self, state: Any) -> None:
        if self._scene.clustering is not None and self._scene.clustering.tree is not None:
            self.go(state)
