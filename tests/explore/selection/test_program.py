"""A selection does what a mask, a stack of states and a dictionary of names do, however it is used."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from astrokit.explore.selection import Selection
from tests.explore.selection import model

N = 40
HOW = st.sampled_from(["new", "and", "or", "minus"])
NAME = st.sampled_from(["a", "b", 'c"\n{}', "é"])
GRID = st.integers(-1, 9).map(lambda i: i / 2)
CLASSES = ["RRAB", "RRC", 'it\'s\n"x"']


class SelectionMachine(RuleBasedStateMachine):
    """Every rule is done to a Selection and to a list of (mask, names) with a position in it."""

    @initialize(seed=st.integers(0, 99))
    def begin(self, seed):
        generator = np.random.default_rng(seed)
        x, y = (generator.integers(0, 9, (2, N)) / 2).astype(np.float32)
        x[0], y[1] = np.nan, np.inf
        table = {
            "class": np.array([CLASSES[i] for i in np.arange(N) % 3]),
            "period": np.where(np.arange(N) % 5, generator.integers(0, 5, N) / 4, np.nan),
        }
        self.sources = {"x": x, "y": y, "table": table, "labels": generator.integers(-1, 3, N)}
        self.selection = Selection(N, **self.sources)
        self.states, self.position, self.heard = [(np.zeros(N, dtype=bool), {})], 0, 0
        self.selection.observe(self.hear)

    def hear(self, selection):
        assert selection is self.selection
        self.heard += 1

    def did(self, mask=None, names=None):
        old_mask, old_names = self.states[self.position]
        state = (old_mask if mask is None else mask, old_names if names is None else names)
        self.states = [*self.states[: self.position + 1], state]
        self.move(+1)

    def move(self, by):
        self.position += by
        assert self.heard == 1
        self.heard = 0

    def gesture(self, other, how):
        self.did(model.combined(self.states[self.position][0], other, how))

    @rule(polygon=st.lists(st.tuples(GRID, GRID), min_size=3, max_size=7), how=HOW)
    def lasso(self, polygon, how):
        self.selection.lasso(polygon, how=how)
        self.gesture(model.lasso(self.sources["x"], self.sources["y"], polygon), how)

    @rule(x=st.tuples(GRID, GRID), y=st.tuples(GRID, GRID), how=HOW)
    def box(self, x, y, how):
        if x[0] < x[1] and y[0] < y[1]:
            self.selection.box(*x, *y, how=how)
            self.gesture(model.box(self.sources["x"], self.sources["y"], *x, *y), how)

    @rule(x=GRID, y=GRID, k=st.integers(1, 50), how=HOW)
    def nearest(self, x, y, k, how):
        self.selection.nearest(x, y, k, how)
        self.gesture(model.nearest(self.sources["x"], self.sources["y"], x, y, k), how)

    @rule(label=st.integers(-1, 2), other=st.integers(-1, 2), how=HOW)
    def cluster(self, label, other, how):
        self.selection.cluster(label, other, how=how)
        self.gesture(np.array([value in (label, other) for value in self.sources["labels"]]), how)

    @rule(label=st.sampled_from(CLASSES), how=HOW)
    def category(self, label, how):
        self.selection.category("class", label, how=how)
        self.gesture(np.array([value == label for value in self.sources["table"]["class"]]), how)

    @rule(low=st.none() | st.integers(0, 2), high=st.none() | st.sampled_from([0.5, 0.75, 2.0]), how=HOW)
    def range(self, low, high, how):
        if low is None or high is None or low <= high:
            self.selection.range("period", low, high, how=how)
            self.gesture(model.value_range(self.sources["table"]["period"], low, high), how)

    @rule(rows=st.lists(st.integers(0, N - 1), max_size=60), how=HOW)
    def ids(self, rows, how):
        self.selection.ids(rows, how=how)
        self.gesture(np.isin(np.arange(N), rows), how)

    @rule()
    def invert(self):
        self.selection.invert()
        self.did(~self.states[self.position][0])

    @rule()
    def clear(self):
        self.selection.clear()
        self.did(np.zeros(N, dtype=bool))

    @rule(name=NAME)
    def save(self, name):
        self.selection.save(name)
        mask, names = self.states[self.position]
        self.did(names={**names, name: mask})

    @precondition(lambda self: self.states[self.position][1])
    @rule(data=st.data(), how=HOW)
    def load(self, data, how):
        names = self.states[self.position][1]
        name = data.draw(st.sampled_from(sorted(names)))
        self.selection.load(name, how=how)
        self.gesture(names[name], how)

    @rule()
    def undo(self):
        self.selection.undo()
        if self.position:
            self.move(-1)

    @rule()
    def redo(self):
        self.selection.redo()
        if self.position < len(self.states) - 1:
            self.move(+1)

    @rule()
    def carry_on_from_json(self):
        self.selection.from_json(self.selection.to_json())
        self.states = self.states[: self.position + 1]
        self.move(0)

    @rule()
    def rebuild_from_python(self):
        space = dict(self.sources)
        exec(self.selection.to_python(), space)
        assert np.array_equal(space["indices"], self.selection.indices)

    @invariant()
    def agrees(self):
        mask, names = self.states[self.position]
        assert np.array_equal(self.selection.mask, mask)
        assert np.array_equal(self.selection.indices, np.flatnonzero(mask))
        assert self.selection.names == tuple(names)
        assert self.selection.can_undo == (self.position > 0)
        assert self.selection.can_redo == (self.position < len(self.states) - 1)
        assert self.selection.describe().startswith(f"{mask.sum():,} of {N:,} rows: ")
        assert self.heard == 0  # nothing is told that did not happen


SelectionMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
test_a_selection_agrees_with_its_model = SelectionMachine.TestCase
