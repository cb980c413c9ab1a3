"""Causal discovery: from a table to the graph that its independences allow."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.stats import false_discovery_control

from ...errors import ParameterError
from ...evaluation import resample_groups
from ...progress import Progress
from ...random import RandomState, as_generator
from .columns import Columns, as_columns
from .graph import CausalGraph
from .independence import (
    DELEGATE,
    KCI_ROWS,
    Recorded,
    choose_test,
    make_test,
    refuse_copies,
    register_delegate,
)
from .knowledge import Knowledge
from .library import marks_of, quiet

KINDS = {"pc": "cpdag", "fci": "pag"}
FEWEST_ROWS = 30
# How colliders are told from chains: by the set that parted the two (Spirtes & Glymour), or by the clearest
# of all sets (Ramsey 2016), which a single accident of the rows upsets less.
COLLIDERS = {"separation": 0, "clearest": 2}


def discover(
    data: Any,
    *,
    algorithm: str = "pc",
    test: str = "auto",
    alpha: float = 0.05,
    colliders: str | None = None,
    knowledge: Knowledge | None = None,
    bootstraps: int = 0,
    names: Any = None,
    categories: Collection[str] | None = None,
    groups: Any = None,
    n_jobs: int = 1,
    progress: bool = True,
    random_state: RandomState = 0,
) -> CausalGraph:
    """Find the causal graph that the independences in a table allow (causal-learn; Spirtes et al. 2000).

    Parameters
    ----------
    data : table, dict of arrays, or (n_samples, n) array_like
        No missing values. Texts, truth values and integers of at most 10 values are categories.
    algorithm : "pc" or "fci"
        PC assumes that no common cause is hidden; FCI does not, and says less.
    test : "auto", "fisherz", "chisq", "kci" or "mixed"
        Of conditional independence: linear and Gaussian; counts of categories; kernels (any dependence, on at
        most 500 rows, drawn at random); numbers and categories together, linear. "auto" takes fisherz, chisq
        or mixed, as the columns are.
    alpha : float
        Level of each test.
    colliders : "separation" or "clearest", optional
        How PC tells a collider from a chain: by the set that parted its ends, as causal-learn does, or by the
        set that parts them most clearly (Ramsey 2016). Without a choice one search takes the first, and
        bootstraps the second; see `docs/causes.md` for what each finds of known graphs.
    knowledge : Knowledge, optional
    bootstraps : int
        So many times the rows are drawn anew and the search is repeated; the answer is then the majority:
        pairs joined in more than half of them, each with its most frequent marks. 0 for one search.
    categories : collection of names, optional
        Which columns are categories, instead of the rule above.
    groups : (n_samples,) array_like, optional
        Rows of one source are drawn together.
    n_jobs : int
        Processes for the bootstraps.

    Returns
    -------
    CausalGraph

    Raises
    ------
    ParameterError
        Missing values, constant or repeated columns, fewer than 30 rows, unknown names.

    Notes
    -----
    The p-value of an edge is the largest of all its tests, an upper bound (Strobl, Spirtes & Visweswaran
    2019); q-values are those of Benjamini & Yekutieli over all pairs. Arrows rest on more: that no cause is
    hidden (PC), that independences come from the graph and not from cancellation, and that the test sees the
    dependence.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> mass, dust = rng.normal(size=(2, 2000))
    >>> colour = mass + dust + 0.5 * rng.normal(size=2000)
    >>> discover({"mass": mass, "dust": dust, "colour": colour}, progress=False).edges[0].mark
    '-->'
    """
    columns = as_columns(data, names, categories)
    _check(columns, algorithm, alpha, colliders, bootstraps, n_jobs)
    chosen, rng = choose_test(test, columns), as_generator(random_state)
    if chosen == "fisherz":
        refuse_copies(columns)
    _check_knowledge(knowledge, columns.names)
    _check_groups(groups, len(columns.values))
    search = _Search(algorithm, chosen, alpha, knowledge)
    whole = search(columns, rng, colliders or "separation")
    if not bootstraps:
        return whole
    n_samples = len(columns.values)
    draws = resample_groups(
        np.arange(n_samples) if groups is None else groups, n_resamples=bootstraps, random_state=rng
    )
    found = []
    with Progress(bootstraps, "bootstraps of the graph", unit="graphs", enabled=progress) as bar:
        for marks in _searched(search, columns, draws, rng, n_jobs, colliders or "clearest"):
            found.append(marks)
            bar.advance(1)
    marks, frequency, same_mark = majority(np.stack(found))
    return replace(
        whole, marks=marks, frequency=frequency, same_mark=same_mark, n_bootstraps=bootstraps, whole=whole
    )


class _Search:
    """One search, ready to be repeated on other rows, in other processes."""

    def __init__(self, algorithm: str, test: str, alpha: float, knowledge: Knowledge | None) -> None:
        self.algorithm, self.test, self.alpha, self.knowledge = algorithm, test, alpha, knowledge

    def __call__(self, columns: Columns, rng: np.random.Generator, colliders: str) -> CausalGraph:
        register_delegate()
        n_samples, n = columns.values.shape
        if self.test == "kci" and n_samples > KCI_ROWS:
            columns = columns._replace(values=columns.values[rng.choice(n_samples, KCI_ROWS, replace=False)])
        with quiet():
            test = Recorded(make_test(self.test, columns), n, self._certain(columns.names))
            run = self._pc if self.algorithm == "pc" else self._fci
            marks = marks_of(run(columns, test, COLLIDERS[colliders]))
        unknown = np.full((n, n), np.nan)
        return CausalGraph(
            columns.names, marks, KINDS[self.algorithm], self.algorithm, self.test, self.alpha,
            n_samples, len(columns.values), test.largest, corrected(test.largest), unknown, unknown,
        )  # fmt: skip

    def _certain(self, names: tuple[str, ...]) -> list[tuple[int, int]]:
        """Places of the pairs that knowledge joins."""
        pairs = self.knowledge.required if self.knowledge else ()
        return [(names.index(cause), names.index(effect)) for cause, effect in pairs]

    def _pc(self, columns: Columns, test: Recorded, collider_rule: int) -> np.ndarray:
        from causallearn.search.ConstraintBased.PC import pc

        known = None if self.knowledge is None else self.knowledge.for_library(_nodes(columns.names))
        found = pc(
            columns.values, self.alpha, DELEGATE, uc_rule=collider_rule, background_knowledge=known,
            node_names=list(columns.names), show_progress=False, ask=test,
        )  # fmt: skip
        return found.G.graph

    def _fci(self, columns: Columns, test: Recorded, collider_rule: int) -> np.ndarray:
        from causallearn.search.ConstraintBased.FCI import fci

        known = None if self.knowledge is None else self.knowledge.for_library(_nodes(columns.names))
        graph, _ = fci(
            columns.values, DELEGATE, self.alpha, background_knowledge=known,
            node_names=list(columns.names), show_progress=False, ask=test,
        )  # fmt: skip
        return graph.graph

    def marks(self, columns: Columns, rows: np.ndarray, seed: int, colliders: str) -> np.ndarray:
        """Marks found on some rows only; variables that do not vary there stay without an edge."""
        drawn = columns._replace(values=columns.values[rows])
        return self(drawn, np.random.default_rng(seed), colliders).marks


def _nodes(names: tuple[str, ...]) -> list[Any]:
    from causallearn.graph.GraphNode import GraphNode

    return [GraphNode(name) for name in names]


def _searched(
    search: _Search, columns: Columns, draws: Any, rng: np.random.Generator, n_jobs: int, colliders: str
) -> Iterator[np.ndarray]:
    jobs = ((rows, int(rng.integers(2**31))) for rows in draws)
    if n_jobs == 1:
        yield from (search.marks(columns, rows, seed, colliders) for rows, seed in jobs)
        return
    from joblib import Parallel, delayed

    work = (delayed(search.marks)(columns, rows, seed, colliders) for rows, seed in jobs)
    yield from Parallel(n_jobs=n_jobs, return_as="generator_unordered")(work)


def corrected(p_values: np.ndarray) -> np.ndarray:
    """q-values (n, n) of Benjamini & Yekutieli (2001) over all pairs that were tested; NaN for the others."""
    q_values = np.full(p_values.shape, np.nan)
    tested = np.triu(np.isfinite(p_values), 1)
    if tested.any():
        q_values[tested] = false_discovery_control(p_values[tested], method="by")
        q_values.T[tested] = q_values[tested]
    return q_values


def majority(marks: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What most of some graphs say of each pair.

    Parameters
    ----------
    marks : (n_graphs, n, n) int8

    Returns
    -------
    marks, frequency, same_mark : (n, n)
        Of pairs joined in more than half of the graphs, the most frequent marks; the share of graphs that
        join a pair; the share of those that have these marks.
    """
    n_graphs, n, _ = marks.shape
    chosen = np.zeros((n, n), dtype=np.int8)
    frequency, same_mark = np.zeros((n, n)), np.full((n, n), np.nan)
    for i, j in zip(*np.triu_indices(n, 1), strict=True):
        pairs, counts = np.unique(marks[:, [i, j], [j, i]], axis=0, return_counts=True)
        is_joined = pairs.any(1)
        n_joined = int(counts[is_joined].sum())
        frequency[i, j] = frequency[j, i] = n_joined / n_graphs
        if 2 * n_joined > n_graphs:
            best = np.argmax(np.where(is_joined, counts, -1))
            chosen[i, j], chosen[j, i] = pairs[best]
            same_mark[i, j] = same_mark[j, i] = counts[best] / n_joined
    return chosen, frequency, same_mark


def _check(
    columns: Columns, algorithm: str, alpha: Any, colliders: Any, bootstraps: Any, n_jobs: Any
) -> None:
    if algorithm not in KINDS:
        raise _bad("algorithm", " or ".join(KINDS), repr(algorithm))
    if colliders is not None and colliders not in COLLIDERS:
        raise _bad("colliders", " or ".join(COLLIDERS), repr(colliders))
    if not isinstance(alpha, float | int | np.floating) or not 0 < alpha < 1:
        raise _bad("alpha", "a level between 0 and 1", repr(alpha))
    if not isinstance(bootstraps, int | np.integer) or bootstraps < 0:
        raise _bad("bootstraps", "a whole number, 0 or more", repr(bootstraps))
    if not isinstance(n_jobs, int | np.integer) or n_jobs < 1:
        raise _bad("n_jobs", "1 or more processes", repr(n_jobs))
    if len(columns.values) < FEWEST_ROWS:
        raise _bad("data", f"at least {FEWEST_ROWS} rows", str(len(columns.values)))


def _check_knowledge(knowledge: Any, names: tuple[str, ...]) -> None:
    if knowledge is None:
        return
    if not isinstance(knowledge, Knowledge):
        raise _bad("knowledge", "a Knowledge", type(knowledge).__name__)
    knowledge.check(names)


def _check_groups(groups: Any, n_samples: int) -> None:
    if groups is not None and np.shape(groups) != (n_samples,):
        raise _bad("groups", f"one for each of {n_samples:,} rows", f"shape {np.shape(groups)}")


def _bad(what: str, expected: str, got: str) -> ParameterError:
    return ParameterError(what, expected=expected, got=got, next_step="Nothing was searched.")
