"""Judged on models that it never saw: everything is fitted, weighed and calibrated without them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...evaluation import Estimate, bootstrap_groups
from ...evaluation.conformal import conformal_radius
from ...evaluation.coverage import share_inside
from ...random import RandomState, as_generator, as_seed
from .emulator import LEVEL, N_FOLDS, Emulator, deal, fit_emulator, fit_processes_alone
from .features import physical
from .sample import RATIOS
from .trees import fit_trees

if TYPE_CHECKING:
    import pandas as pd

N_INNER = 3  # folds within the rows that a fold learns from
PREDICTIONS = {
    "default": "default gradient booster",
    "trees": "boosted trees",
    "processes": "Gaussian processes",
    "networks": "networks",
    "blend": "processes and networks",
}


class Validation(NamedTuple):
    """Predictions of every row by an emulator that was made without it.

    Attributes
    ----------
    folds : (n_samples,)
    predicted : {name: (n_samples, n_outputs)}
        By the keys of `PREDICTIONS`.
    low, high : (n_samples, n_outputs)
        90% intervals of the blend.
    emulators : tuple of Emulator
        One a fold.
    """

    folds: np.ndarray
    predicted: dict[str, np.ndarray]
    low: np.ndarray
    high: np.ndarray
    emulators: tuple[Emulator, ...]


def validate(
    inputs: np.ndarray, ratios: np.ndarray, *, n_folds: int = N_FOLDS, random_state: RandomState = 0
) -> Validation:
    """Nested cross-validation: shares, errors and radii come from folds inside each fold.

    Parameters
    ----------
    inputs : (n_samples, 7)
    ratios : (n_samples, n_outputs)
    n_folds, random_state
    """
    rng = as_generator(random_state)
    folds = deal(len(inputs), n_folds, rng)
    predicted = {name: np.empty_like(ratios) for name in PREDICTIONS}
    low, high, emulators = np.empty_like(ratios), np.empty_like(ratios), []
    for number in range(n_folds):
        judge, learn = folds == number, folds != number
        emulator = fit_emulator(inputs[learn], ratios[learn], n_folds=N_INNER, random_state=rng)
        for name, answer in judged(emulator, inputs, ratios, learn, judge, as_seed(rng)).items():
            predicted[name][judge] = answer
        low[judge], high[judge] = emulator.interval(inputs[judge])
        emulators.append(emulator)
    return Validation(folds, predicted, low, high, tuple(emulators))


def validate_processes(
    inputs: np.ndarray,
    ratios: np.ndarray,
    thetas: np.ndarray,
    *,
    n_folds: int = N_FOLDS,
    random_state: RandomState = 0,
) -> Validation:
    """The same in a minute: processes alone beside a default booster.

    Parameters
    ----------
    inputs : (n_samples, 7)
    ratios : (n_samples, n_outputs)
    thetas : (n_outputs, 16)
        Kernels (`Processes`). Where they were chosen on all rows, each fold knows of the others by them: 16
        numbers a ratio. What the processes predict is conditioned on the rows that a fold learns from alone.
    n_folds, random_state
    """
    rng = as_generator(random_state)
    folds = deal(len(inputs), n_folds, rng)
    predicted = {name: np.empty_like(ratios) for name in ("default", "processes")}
    low, high, emulators = np.empty_like(ratios), np.empty_like(ratios), []
    for number in range(n_folds):
        judge, learn = folds == number, folds != number
        emulator = fit_processes_alone(inputs[learn], ratios[learn], thetas=thetas)
        predicted["default"][judge] = by_default(inputs, ratios, learn, judge, as_seed(rng))
        predicted["processes"][judge] = emulator.predict(inputs[judge])
        low[judge], high[judge] = emulator.interval(inputs[judge])
        emulators.append(emulator)
    return Validation(folds, predicted, low, high, tuple(emulators))


def by_default(
    inputs: np.ndarray, ratios: np.ndarray, learn: np.ndarray, judge: np.ndarray, seed: int
) -> np.ndarray:
    """What gradient boosting as it comes says of the rows to judge, (n_judged, n_outputs)."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    fitted = [
        HistGradientBoostingRegressor(random_state=seed).fit(inputs[learn], of_ratio[learn])
        for of_ratio in ratios.T
    ]
    return np.column_stack([model.predict(inputs[judge]) for model in fitted])


def judged(
    emulator: Emulator,
    inputs: np.ndarray,
    ratios: np.ndarray,
    learn: np.ndarray,
    judge: np.ndarray,
    seed: int,
) -> dict[str, np.ndarray]:
    """What the emulator, its parts and boosted trees say about rows that none of them has seen."""
    trees = fit_trees(physical(inputs[learn]), ratios[learn], random_state=seed)
    processes, networks = emulator.families.predict(inputs[judge])
    return {
        "default": by_default(inputs, ratios, learn, judge, seed),
        "trees": trees.predict(physical(inputs[judge])),
        "processes": processes,
        "networks": networks,
        "blend": emulator.predict(inputs[judge]),
    }


def explained(truth: np.ndarray, predicted: np.ndarray, *, random_state: RandomState = 0) -> Estimate:
    """Share of the variance that a prediction explains, with an interval over models.

    Examples
    --------
    >>> truth = np.arange(100.0)
    >>> round(explained(truth, truth + np.where(np.arange(100) % 2, 1, -1)).value, 4)
    0.9988
    """

    def share(rows: np.ndarray) -> float:
        return 1 - float(((truth[rows] - predicted[rows]) ** 2).mean() / truth[rows].var())

    return bootstrap_groups(share, np.arange(len(truth)), n_resamples=500, random_state=random_state)


def scores(
    validation: Validation,
    ratios: np.ndarray,
    *,
    others: Mapping[str, np.ndarray] | None = None,
    random_state: RandomState = 0,
) -> pd.DataFrame:
    """How much of the variance each prediction explains on models unseen.

    Parameters
    ----------
    validation : Validation
    ratios : (n_samples, n_outputs)
    others : {name: (n_samples, n_outputs)}, optional
        More predictions of models unseen, from other folds.
    random_state

    Returns
    -------
    DataFrame
        A row a ratio and a prediction: `ratio`, `prediction`, `explained` with its 90% interval `low` and
        `high`, `gain` over the default booster on the same models with `gain_low` and `gain_high`, and
        `rmse` (dex).
    """
    import pandas as pd

    rows, rival = [], validation.predicted["default"]
    for k, ratio in enumerate(RATIOS):
        for name, predicted in {**validation.predicted, **(others or {})}.items():
            found = explained(ratios[:, k], predicted[:, k], random_state=random_state)
            better = gain(ratios[:, k], predicted[:, k], rival[:, k], random_state=random_state)
            rmse = float(np.sqrt(((ratios[:, k] - predicted[:, k]) ** 2).mean()))
            rows.append((ratio, PREDICTIONS[name], *found, *better, rmse))
    columns = ["ratio", "prediction", "explained", "low", "high", "gain", "gain_low", "gain_high", "rmse"]
    return pd.DataFrame(rows, columns=columns)


def gain(
    truth: np.ndarray, predicted: np.ndarray, rival: np.ndarray, *, random_state: RandomState = 0
) -> Estimate:
    """By how much more of the variance a prediction explains than its rival, paired over models.

    Examples
    --------
    >>> truth = np.arange(100.0)
    >>> sign = np.where(np.arange(100) % 2, 1, -1)
    >>> gain(truth, truth + sign, truth + 5 * sign).low > 0
    True
    """

    def more(rows: np.ndarray) -> float:
        saved = (truth[rows] - rival[rows]) ** 2 - (truth[rows] - predicted[rows]) ** 2
        return float(saved.mean() / truth[rows].var())

    return bootstrap_groups(more, np.arange(len(truth)), n_resamples=500, random_state=random_state)


def coverage(validation: Validation, ratios: np.ndarray, emulator: Emulator) -> pd.DataFrame:
    """How often 90% intervals hold a model unseen, and how wide they are.

    Parameters
    ----------
    validation : Validation
        Of other emulators, each judged on what it has not seen.
    ratios : (n_samples, n_outputs)
    emulator : Emulator
        That was fitted to the same rows, judged by `unseen_ends`.

    Returns
    -------
    DataFrame
        A row a ratio and a prediction: `ratio`, `prediction`, `inside` with its 90% interval `low` and
        `high`, and the median `width` (dex).
    """
    import pandas as pd

    ends = {
        "processes": (validation.low - ratios, validation.high - ratios),
        "blend": unseen_ends(emulator, validation.folds),
    }
    rows = []
    for k, ratio in enumerate(RATIOS):
        for name, (low, high) in ends.items():
            inside = share_inside(low[:, k], high[:, k], np.zeros(len(ratios)))
            rows.append((ratio, PREDICTIONS[name], *inside, float(np.median((high - low)[:, k]))))
    return pd.DataFrame(rows, columns=["ratio", "prediction", "inside", "low", "high", "width"])


def unseen_ends(emulator: Emulator, folds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ends (n_samples, n_outputs) of an emulator's intervals about its errors on models unseen.

    The errors that it keeps are of fits without the model. Half the width of an interval is the typical error
    of the model's neighbours, without its own, times a radius by the models of the other folds. The weights
    of the two families alone, one number a ratio, were chosen on all models.
    """
    typical, ends = emulator.errors.at_own_rows(), np.empty_like(emulator.errors.sizes)
    for number in np.unique(folds):
        mine = folds == number
        others = emulator.errors.sizes[~mine] / typical[~mine]
        ends[mine] = typical[mine] * [conformal_radius(each, level=LEVEL) for each in others.T]
    return emulator.errors.sizes - ends, emulator.errors.sizes + ends
