"""Three blends for tables of strangers: all X-rays, some of them missing, and counterparts beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...data.chandra import FLUX_ERRORS, FLUXES, MAGNITUDES, SLOPE, VARIABILITY
from ...data.simulate.xray import CLASSES
from ...errors import ParameterError
from ...evaluation import Blend
from ...random import RandomState, as_generator
from . import features
from .classifier import fit
from .sample import Labelled

if TYPE_CHECKING:
    import pandas as pd

WHOLE, PARTIAL, LIGHT = "x-rays", "some x-rays", "x-rays and light"
VIEWS = {WHOLE: features.xray, PARTIAL: features.xray, LIGHT: features.everything}
# How often a training row loses a group of columns, each its own, together or one by one.
HIDDEN_TOGETHER = {FLUX_ERRORS: 0.5, SLOPE: 0.4}
HIDDEN_EACH = {FLUXES: 0.2, VARIABILITY: 0.3, MAGNITUDES: 0.3}

RARELY = 0.01
Experts = Mapping[str, Blend]


class Answer(NamedTuple):
    """`probabilities` (n, 8) for equal numbers of each class, and which blend gave them (n,), "" for none."""

    probabilities: np.ndarray
    expert: np.ndarray


def expert_of(numbers: pd.DataFrame) -> np.ndarray:
    """Which blend judges each row (n,): "" where no flux is known."""
    known = np.isfinite(numbers)
    any_flux, whole = known[list(FLUXES)].any(axis=1), known[[*FLUXES, *FLUX_ERRORS]].all(axis=1)
    light = known[list(MAGNITUDES)].any(axis=1)
    return np.select([~any_flux, light, whole], ["", LIGHT, WHOLE], PARTIAL)


def fit_experts(data: Labelled, *, random_state: RandomState = 0) -> dict[str, Blend]:
    """Fit the three blends to a labelled table.

    The one for incomplete X-rays learns from rows some of whose columns are hidden at random; the one for
    counterparts from the rows that have one, as they are and with columns hidden.
    """
    rng = as_generator(random_state)
    numbers, labels = features.read_numbers(data.table), data.labels
    lit = np.flatnonzero(np.isfinite(numbers[list(MAGNITUDES)]).any(axis=1))
    hidden = hide(numbers, rng)
    both = np.concatenate([VIEWS[LIGHT](each.iloc[lit]) for each in (numbers, hidden)])
    return {
        WHOLE: fit(VIEWS[WHOLE](numbers), labels, groups=data.groups, random_state=rng),
        PARTIAL: fit(VIEWS[PARTIAL](hidden), labels, groups=data.groups, random_state=rng),
        LIGHT: fit(both, np.tile(labels[lit], 2), groups=np.tile(data.groups[lit], 2), random_state=rng),
    }


def hide(numbers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The same rows with columns hidden at random; a flux at least is left to each."""
    found = numbers.copy()
    for names, chance in HIDDEN_TOGETHER.items():
        found.loc[rng.random(len(found)) < chance, list(names)] = np.nan
    for names, chance in HIDDEN_EACH.items():
        lost = rng.random((len(found), len(names))) < chance
        if names == FLUXES:
            lost[lost.all(1), rng.integers(len(names))] = False
        found[list(names)] = found[list(names)].mask(lost)
    return found


def judge(experts: Experts, numbers: pd.DataFrame) -> Answer:
    """What the blends say of rows, as if there were as many sources of each class.

    A row without any flux gets 1/8 for each class. A class of which no training row had a counterpart gets
    what X-rays say, times a hundredth: one that has is not impossible.
    """
    chosen = expert_of(numbers)
    found = np.full((len(numbers), len(CLASSES)), 1 / len(CLASSES))
    for name, blend in experts.items():
        rows = np.flatnonzero(chosen == name)
        if len(rows):
            p = _even(blend, VIEWS[name](numbers.iloc[rows]))
            if len(blend.classes) < len(CLASSES):
                lacking = ~np.isin(CLASSES, blend.classes)
                by_xrays = _even(experts[PARTIAL], VIEWS[PARTIAL](numbers.iloc[rows]))
                p = np.where(lacking, RARELY * by_xrays, p)
            found[rows] = p / p.sum(1, keepdims=True)
    return Answer(found, chosen)


def _even(blend: Blend, points: np.ndarray) -> np.ndarray:
    """Probabilities of all eight classes, as if they were as common; 0 for one that the blend has not met."""
    p = blend.probabilities(points) / blend.priors
    found = np.zeros((len(points), len(CLASSES)))
    found[:, np.searchsorted(CLASSES, blend.classes)] = p / p.sum(1, keepdims=True)
    return found


def reweigh(probabilities: np.ndarray, shares: Mapping[str, float]) -> np.ndarray:
    """Probabilities for equal classes -> those for shares of classes; Bayes' rule (n, 8).

    Raises
    ------
    ParameterError
        For unknown classes or shares that are not positive.

    Examples
    --------
    >>> reweigh(np.full((1, 8), 0.125), dict.fromkeys(CLASSES, 2.0)).tolist()[0][:2]
    [0.125, 0.125]
    """
    if set(shares) != set(CLASSES) or not all(0 < value < np.inf for value in shares.values()):
        raise ParameterError(
            "shares",
            expected=f"a positive share of each of {', '.join(CLASSES)}",
            got=dict(shares),
            next_step="Leave it out for equal shares.",
        )
    weighed = probabilities * np.array([shares[name] for name in CLASSES], float)
    return weighed / weighed.sum(1, keepdims=True)


def as_table(probabilities: np.ndarray, like: Any) -> Any:
    """A column for each class, as a DataFrame or Table like the one asked about, rows in its order."""
    columns = dict(zip(CLASSES, probabilities.T, strict=True))
    if hasattr(like, "colnames"):
        from astropy.table import Table

        return Table(columns)
    import pandas as pd

    return pd.DataFrame(columns, index=like.index)
