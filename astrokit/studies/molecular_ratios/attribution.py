"""What each ratio answers to: Shapley values of trees that imitate the emulator everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...data.uclchem import INPUT_NAMES, INPUTS
from ...errors import ParameterError
from ...explain.shapley import Attribution, shapley
from ...random import RandomState, as_generator, as_seed
from .cube import from_unit_cube
from .emulator import Emulator
from .sample import INPUT_LABELS, RATIOS
from .trees import Trees, fit_trees

if TYPE_CHECKING:
    import pandas as pd

N_POINTS = 4_000
N_FRESH = 2_000
IMITATING = {
    "n_estimators": 150,
    "learning_rate": 0.2,
    "max_depth": 6,
    "subsample": 1.0,
    "colsample_bytree": 1.0,
}
LABELS = tuple(INPUT_LABELS[name] for name in INPUT_NAMES)
CHANGING = ("temperature", "density", "carbon", "oxygen")
SCALES = ("temperature (K)", "log density (cm$^{-3}$)", "log carbon (0: local)", "log oxygen (0: local)")
N_BINS = 4


class Imitation(NamedTuple):
    """Trees on the seven inputs, and how well they imitate.

    Attributes
    ----------
    trees : Trees
    fidelity : (n_outputs,)
        Share of the emulator's variance that they explain at points they have not seen.
    """

    trees: Trees
    fidelity: np.ndarray


def imitate(emulator: Emulator, *, n_points: int = N_POINTS, random_state: RandomState = 0) -> Imitation:
    """Fit trees to the answers of an emulator, at points spread evenly over the space of inputs.

    Shapley values of trees are exact and cheap, and here the trees are shown as many models as they need: a
    thousand real ones are too few for trees that see nothing but the seven inputs.

    Parameters
    ----------
    emulator : Emulator
    n_points : int
    random_state
    """
    rng = as_generator(random_state)
    points, fresh = draw_inputs(n_points, rng), draw_inputs(N_FRESH, rng)
    trees = fit_trees(points, emulator.predict(points), random_state=as_seed(rng), **IMITATING)
    truth = emulator.predict(fresh)
    fidelity = 1 - ((trees.predict(fresh) - truth) ** 2).mean(0) / truth.var(0)
    return Imitation(trees, fidelity)


def draw_inputs(n_points: int, rng: np.random.Generator) -> np.ndarray:
    """Inputs (n_points, 7), evenly over the hypercube."""
    return from_unit_cube(rng.uniform(size=(n_points, len(INPUTS))))


def attribute(trees: Trees, inputs: np.ndarray, *, interactions: bool = False) -> Attribution:
    """Shapley values of all ratios (n_samples, 7, 9) in dex: by how much each input moves a ratio.

    Parameters
    ----------
    trees : Trees
        On the seven inputs.
    inputs : (n_samples, 7)
    interactions : bool
        Those of each pair as well.
    """
    found = [shapley(model, inputs, names=LABELS, interactions=interactions) for model in trees.models]
    return Attribution(
        np.stack([each.values for each in found], axis=-1),
        np.array([each.base_value for each in found]),
        np.asarray(inputs, float),
        LABELS,
        RATIOS,
        "dex",
        _side_by_side([each.error for each in found]),
        found[0].how,
        _side_by_side([each.interactions for each in found]),
    )


def _side_by_side(parts: Sequence[np.ndarray | None]) -> np.ndarray | None:
    """Outputs along the last axis; None where there is nothing."""
    known = [part for part in parts if part is not None]
    return np.stack(known, axis=-1) if known else None


def importances(attribution: Attribution, rows: np.ndarray | None = None) -> np.ndarray:
    """Mean absolute Shapley value, (n_outputs, n_inputs), in dex."""
    values = attribution.values if rows is None else attribution.values[rows]
    return np.abs(values).mean(0).T


def strengths(attribution: Attribution) -> np.ndarray:
    """Absolute Shapley values (n_samples, n_outputs, n_inputs), whose means are `importances`, in dex."""
    return np.abs(attribution.values).swapaxes(1, 2)


def strengths_by_bins(attribution: Attribution, *, n_bins: int = N_BINS) -> np.ndarray:
    """`strengths` in the bins of `changes` that a row lies in, and 0 in the others.

    Returns
    -------
    (n_samples, n_changing, n_bins, n_outputs, n_inputs)
        Means have the same `shares` as `changes`.
    """
    codes = np.stack([bins_of(attribution.data, name, n_bins) for name in CHANGING], axis=1)
    inside = codes[..., None] == np.arange(n_bins)  # (n_samples, n_changing, n_bins)
    return inside[..., None, None] * strengths(attribution)[:, None, None]


def shares(importance: np.ndarray) -> np.ndarray:
    """Importances (..., n_inputs) as shares that add up to 1."""
    return importance / importance.sum(-1, keepdims=True)


def changes(attribution: Attribution, *, n_bins: int = N_BINS) -> np.ndarray:
    """Importances where an input is low, higher, ... high.

    Returns
    -------
    (n_changing, n_bins, n_outputs, n_inputs)
        One of `CHANGING` after the other, in bins of equal width over its range, in dex.
    """
    return np.array(
        [
            [importances(attribution, code == number) for number in range(n_bins)]
            for code in (bins_of(attribution.data, name, n_bins) for name in CHANGING)
        ]
    )


def bins_of(inputs: np.ndarray, label: str, n_bins: int = N_BINS) -> np.ndarray:
    """Number of the bin of each row, (n_samples,), from 0."""
    column = INPUTS[LABELS.index(label)]
    low, high = column.minimum or 0.0, column.maximum or 0.0
    place = (inputs[:, LABELS.index(label)] - low) / (high - low)
    return np.clip((place * n_bins).astype(int), 0, n_bins - 1)


def bin_edges(label: str, n_bins: int = N_BINS) -> np.ndarray:
    """Ends of the bins of `bins_of`, (n_bins + 1,)."""
    column = INPUTS[LABELS.index(label)]
    return np.linspace(column.minimum or 0.0, column.maximum or 0.0, n_bins + 1)


def pairs(attribution: Attribution) -> pd.DataFrame:
    """Mean absolute interaction of each pair of inputs, both halves together, the strongest first.

    Returns
    -------
    DataFrame
        `ratio`, `first`, `second`, `interaction` (dex), and its `share` of the ratio's importances.
    """
    import pandas as pd

    if attribution.interactions is None:
        raise ParameterError(
            "attribution",
            expected="one with interactions",
            got="none",
            next_step="Attribute with interactions=True.",
        )
    strength = 2 * np.abs(attribution.interactions).mean(0)  # (n_inputs, n_inputs, n_outputs)
    whole = importances(attribution).sum(1)
    rows = [
        (ratio, LABELS[i], LABELS[j], strength[i, j, k], strength[i, j, k] / whole[k])
        for k, ratio in enumerate(RATIOS)
        for i in range(len(LABELS))
        for j in range(i)
    ]
    table = pd.DataFrame(rows, columns=["ratio", "first", "second", "interaction", "share"])
    return table.sort_values("interaction", ascending=False, ignore_index=True)
