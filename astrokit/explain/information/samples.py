"""Partial information decomposition from samples: through any of the estimators, with intervals and bias."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...evaluation.bootstrap import LEVEL, resample_groups
from ...random import RandomState, as_generator
from . import discrete, gaussian
from .columns import check_count, check_lengths, check_rows, read_columns, read_groups
from .copula import correlation
from .decomposition import Decomposition, in_unit
from .histogram import default_bins, joint_codes
from .ksg import N_NEIGHBORS, ksg, local_values
from .local import of_means, with_lesser
from .mutual import ESTIMATORS, local_information, read_classes
from .pmf import count_table
from .ranks import normal_scores
from .units import check_choice, nats_per

MEASURES = {
    "ksg": ("mmi", "pointwise"),
    "gaussian": gaussian.MEASURES,
    "histogram": discrete.MEASURES,
    "classifier": ("mmi", "pointwise"),
}
OfRows = Callable[[np.ndarray], Decomposition]


@dataclass(frozen=True)
class _Problem:
    """Checked columns and what to do with them."""

    x1: np.ndarray
    x2: np.ndarray
    y: np.ndarray
    groups: np.ndarray | None
    estimator: str
    measure: str
    n_neighbors: int
    n_bins: int | None
    model: Any


def pid_samples(
    x1: Any,
    x2: Any,
    y: Any,
    *,
    estimator: str = "histogram",
    measure: str = "mmi",
    unit: str = "bits",
    groups: Any = None,
    n_bootstraps: int = 200,
    n_shuffles: int = 10,
    n_neighbors: int = N_NEIGHBORS,
    n_bins: int | None = None,
    model: Any = None,
    random_state: RandomState = 0,
) -> Decomposition:
    """Decompose what two measured sources tell about a target.

    Parameters
    ----------
    x1, x2, y : (n_samples,) or (n_samples, n_columns)
        For "classifier", `y` holds labels, or numbers that are cut into ten classes.
    estimator : {"histogram", "gaussian", "ksg", "classifier"}
        histogram: bins of equal counts, every measure of `pid`. gaussian: the Gaussian copula, the measures
        of `pid_gaussian`. ksg and classifier: pointwise informations, "mmi" and "pointwise".
    measure : str
        See `pid`.
    unit : {"bits", "nats"}
    groups : (n_samples,), optional
        Rows that belong together: they are drawn, shuffled and left out together.
    n_bootstraps : int
        Resamples behind the 90% intervals. For ksg and classifier they resample pointwise informations.
    n_shuffles : int
        Shuffles of Y behind `bias`.
    n_neighbors, n_bins, model
        See `mutual_information`.
    random_state : int, Generator, SeedSequence or None

    Returns
    -------
    Decomposition
        Atoms as estimated; `bias` is what each atom comes out as when Y is shuffled and the truth is 0. It is
        not subtracted, but the intervals reach far enough to hold the value with it and without it.

    Raises
    ------
    ParameterError
        As `mutual_information`, and for a measure that the estimator cannot give.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x1, x2 = rng.integers(2, size=(2, 2000))
    >>> found = pid_samples(x1, x2, x1 ^ x2, measure="broja", n_bootstraps=20)
    >>> round(found.synergistic, 2), sorted(found.intervals)[2]
    (1.0, 'total')
    """
    problem = _read(x1, x2, y, groups, estimator, measure, n_neighbors, n_bins, model)
    nats, rng = nats_per(unit), as_generator(random_state)
    n_bootstraps = check_count("n_bootstraps", n_bootstraps, least=2)
    n_shuffles = check_count("n_shuffles", n_shuffles, least=1)
    of_rows, reach, notes = _prepare(problem, rng)
    found = of_rows(np.arange(len(problem.y)))
    bias = _bias(problem, n_shuffles, rng)
    intervals = _intervals(found, of_rows, problem, bias, reach, n_bootstraps, rng)
    return in_unit(replace(found, bias=bias, intervals=intervals, notes=notes), unit, nats)


def _read(x1, x2, y, groups, estimator, measure, n_neighbors, n_bins, model) -> _Problem:
    check_choice("estimator", estimator, ESTIMATORS)
    able = [name for name in ESTIMATORS if measure in MEASURES[name]]
    why = f"Or take the estimator {' or '.join(map(repr, able))}." if able else ""
    check_choice(f"measure for the estimator {estimator!r}", measure, MEASURES[estimator], why=why)
    check_count("n_neighbors", n_neighbors, least=1)
    if n_bins is not None:
        check_count("n_bins", n_bins, least=2)
    first, second = read_columns("x1", x1), read_columns("x2", x2)
    target = read_classes(y, n_bins)[:, None] if estimator == "classifier" else read_columns("y", y)
    n_samples = check_lengths(x1=first, x2=second, y=target)
    least = n_neighbors + 2 if estimator == "ksg" else first.shape[1] + second.shape[1] + target.shape[1] + 2
    check_rows(n_samples, least=least, why=f"for the estimator {estimator!r}")
    if estimator == "gaussian":
        gaussian.check_target(measure, target.shape[1])
    codes = read_groups(groups, n_samples)
    return _Problem(first, second, target, codes, estimator, measure, n_neighbors, n_bins, model)


def _prepare(
    problem: _Problem, rng: np.random.Generator
) -> tuple[OfRows, tuple[float, float], tuple[str, ...]]:
    """A function from rows to atoms, how far the joint information may be off, and notes."""
    if problem.estimator == "histogram":
        of_rows, n_bins = _of_histogram(problem)
        return of_rows, (0.0, 0.0), (f"columns of more than {n_bins} values cut into bins of equal counts",)
    if problem.estimator == "gaussian":
        return _of_gaussian(problem, rng), (0.0, 0.0), ("Gaussian copula: normal scores of each column",)
    of_rows = _of_pointwise(problem, rng)
    if problem.estimator == "classifier":
        return of_rows, (0.0, 0.0), ("informations are lower bounds through a model, out of fold",)
    joint = ksg(np.hstack([problem.x1, problem.x2]), problem.y, rng, n_neighbors=problem.n_neighbors)
    return of_rows, joint.reach, joint.notes


def _of_histogram(problem: _Problem) -> tuple[OfRows, int]:
    variables = (problem.x1, problem.x2, problem.y)
    n_bins = problem.n_bins
    if n_bins is None:
        n_bins = default_bins(len(problem.y), sum(columns.shape[1] for columns in variables))
    codes = [joint_codes(columns, n_bins) for columns in variables]
    shape = (int(codes[0].max()) + 1, int(codes[1].max()) + 1, int(codes[2].max()) + 1)

    def of_rows(rows: np.ndarray) -> Decomposition:
        table = count_table(codes[0][rows], codes[1][rows], codes[2][rows], shape)
        return discrete.decompose(table, problem.measure)

    return of_rows, n_bins


def _of_gaussian(problem: _Problem, rng: np.random.Generator) -> OfRows:
    scores = np.hstack([normal_scores(columns, rng) for columns in (problem.x1, problem.x2, problem.y)])
    n1, n2 = problem.x1.shape[1], problem.x2.shape[1]

    def of_rows(rows: np.ndarray) -> Decomposition:
        return gaussian.decompose_gaussian(correlation(scores[rows]), n1, n2, problem.measure)

    return of_rows


def _of_pointwise(problem: _Problem, rng: np.random.Generator) -> OfRows:
    """mi_1, mi_2 and mi_12 of each row; resampling rows resamples their mean."""
    both = np.hstack([problem.x1, problem.x2])
    mi_1, mi_2, mi_12 = (_local(problem, x, rng) for x in (problem.x1, problem.x2, both))

    columns = with_lesser(mi_1, mi_2, mi_12)

    def of_rows(rows: np.ndarray) -> Decomposition:
        return of_means(columns[rows].mean(axis=0), problem.measure)

    return of_rows


def _local(problem: _Problem, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if problem.estimator == "ksg":
        return local_values(normal_scores(x, rng), normal_scores(problem.y, rng), problem.n_neighbors)
    label = problem.y[:, 0]
    return local_information(x, label, problem.groups, rng, "classifier", model=problem.model).values


def _bias(problem: _Problem, n_shuffles: int, rng: np.random.Generator) -> dict[str, float]:
    """Mean atoms when Y is shuffled."""
    everything = np.arange(len(problem.y))
    drawn = []
    for _ in range(n_shuffles):
        shuffled = replace(problem, y=problem.y[shuffled_rows(problem.groups, len(everything), rng)])
        found = _prepare_quietly(shuffled, rng)(everything)
        drawn.append({**found.atoms, "total": found.total})
    return {name: float(np.mean([atoms[name] for atoms in drawn])) for name in drawn[0]}


def _prepare_quietly(problem: _Problem, rng: np.random.Generator) -> OfRows:
    if problem.estimator == "histogram":
        return _of_histogram(problem)[0]
    return (_of_gaussian if problem.estimator == "gaussian" else _of_pointwise)(problem, rng)


def shuffled_rows(groups: np.ndarray | None, n_samples: int, rng: np.random.Generator) -> np.ndarray:
    """Rows to take Y from; with groups, each group takes the rows of another one in their order.

    Rows of a group resemble each other, and shuffled data must keep that to show the same bias.
    """
    if groups is None:
        return rng.permutation(n_samples)
    rows_of = [np.flatnonzero(groups == code) for code in range(groups.max() + 1)]
    rows = np.empty(n_samples, dtype=int)
    for own, other in zip(rows_of, rng.permutation(len(rows_of)), strict=True):
        rows[own] = np.resize(rows_of[other], len(own))
    return rows


def _intervals(
    found: Decomposition,
    of_rows: OfRows,
    problem: _Problem,
    bias: dict[str, float],
    reach: tuple[float, float],
    n_bootstraps: int,
    rng: np.random.Generator,
) -> dict[str, tuple[float, float]]:
    """Spread over resamples, put around the value, and stretched by the bias towards the value without it.

    A resample repeats rows, which adds the bias once more: only its spread is of use.
    """
    groups = np.arange(len(problem.y)) if problem.groups is None else problem.groups
    drawn = [of_rows(rows) for rows in resample_groups(groups, n_resamples=n_bootstraps, random_state=rng)]
    intervals = {}
    for name, value in {**found.atoms, "total": found.total}.items():
        draws = np.array([getattr(draw, name) for draw in drawn])
        low, high = value + np.quantile(draws - draws.mean(), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        below, above = reach if name in ("synergistic", "total") else (0.0, 0.0)
        below, above = max(below, bias[name]), max(above, -bias[name])
        intervals[name] = (float(low - below), float(high + above))
    return intervals
