"""From observed ratios back to the cloud: temperature, density, carbon and oxygen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ...data.uclchem import INPUT_NAMES
from ...evaluation.conformal import conformal_radius
from ...evaluation.coverage import rank_p_value, share_inside
from ...inference import WeightedDraws, refine, weigh
from ...inference.likelihood import MEASURED
from ...random import RandomState, as_generator
from .attribution import draw_inputs
from .cube import from_unit_cube, unit_cube
from .emulator import Emulator
from .likelihood import Law, log_likelihood, wall_nearness
from .sample import Observed, carbon_to_oxygen

if TYPE_CHECKING:
    import pandas as pd

N_DRAWS = 6_000
N_ROUNDS, N_NEW = 8, 300  # many small rounds: the first ones find the place, the last ones fill it
NOISE = 0.1  # dex: 1 sigma of a measured ratio
LEVEL = 0.9
PROBABILITIES = np.linspace(0.0025, 0.9975, 399)  # at which quantiles of a posterior are kept
SOUGHT = {
    "temperature_k": "temperature (K)",
    "log10_density_cm3": "log density",
    "log10_carbon_factor": "log carbon",
    "log10_oxygen_factor": "log oxygen",
    "log10_carbon_to_oxygen": "log C/O",
}


class Prior(NamedTuple):
    """Clouds drawn evenly from the space of inputs, and what an emulator says of them.

    Attributes
    ----------
    emulator : Emulator
    inputs : (n_draws, 7)
    predicted, sizes : (n_draws, 9)
        Ratios, and standard deviations of middling errors of the emulator (`Law.sizes`), in dex.
    law : Law
        What its errors have in common.
    """

    emulator: Emulator
    inputs: np.ndarray
    predicted: np.ndarray
    sizes: np.ndarray
    law: Law


def draw_prior(emulator: Emulator, *, n_draws: int = N_DRAWS, random_state: RandomState = 0) -> Prior:
    """Draw clouds, and emulate them.

    The inputs that nobody asks for (cosmic rays, radiation, extinction) are drawn along, and so averaged
    over.
    """
    inputs = draw_inputs(n_draws, as_generator(random_state))
    law = emulator.law()
    sizes = law.sizes(inputs, emulator.error(inputs))
    return Prior(emulator, inputs, emulator.predict(inputs), sizes, law)


def sought(inputs: np.ndarray) -> np.ndarray:
    """The quantities of `SOUGHT`, (n_samples, 5), of inputs (n_samples, 7)."""
    import pandas as pd

    table = pd.DataFrame(np.asarray(inputs, float), columns=list(INPUT_NAMES))
    table["log10_carbon_to_oxygen"] = carbon_to_oxygen(table)
    return table[list(SOUGHT)].to_numpy()


def infer(
    prior: Prior,
    values: np.ndarray,
    kinds: np.ndarray,
    *,
    noise: float = NOISE,
    random_state: RandomState = 0,
) -> WeightedDraws:
    """Posterior of the quantities of `SOUGHT` from one set of observed ratios.

    Nine ratios leave so small a part of the space of inputs that few draws of the prior fall into it: more
    are drawn there (`astrokit.inference.refine`).

    Parameters
    ----------
    prior : Prior
    values, kinds : (9,)
        Of `observe`: measured ratios in dex and what kind each is; NaN where nothing is known.
    noise : float
        1 sigma of a measured ratio, in dex.
    random_state
    """

    def weighed(predicted: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        return log_likelihood(prior.law, predicted, sizes, values, kinds, noise=noise)

    def of_cube(points: np.ndarray) -> np.ndarray:
        inputs = from_unit_cube(points)
        sizes = prior.law.sizes(inputs, prior.emulator.error(inputs))
        return weighed(prior.emulator.predict(inputs), sizes)

    points, log_weights = refine(
        of_cube,
        unit_cube(prior.inputs),
        weighed(prior.predicted, prior.sizes),
        n_rounds=N_ROUNDS,
        n_new=N_NEW,
        random_state=random_state,
    )
    return weigh(sought(from_unit_cube(points)), log_weights, tuple(SOUGHT))


def with_noise(observed: Observed, *, noise: float = NOISE, random_state: RandomState = 0) -> Observed:
    """The same ratios, measured: normal noise on what is detected, limits as they are."""
    shift = noise * as_generator(random_state).standard_normal(observed.values.shape)
    return Observed(observed.values + shift * (observed.kinds == MEASURED), observed.kinds)


class Check(NamedTuple):
    """Posteriors of clouds whose truth is known.

    Attributes
    ----------
    ranks : (n_clouds, 5)
        Share of each posterior below the truth.
    quantiles : (n_clouds, 399, 5)
        Of each posterior at `PROBABILITIES`.
    truth : (n_clouds, 5)
    effective_size : (n_clouds,)
        Of the weighted draws.
    nearness : (n_clouds,)
        To the walls of the space of inputs (`wall_nearness`).
    """

    ranks: np.ndarray
    quantiles: np.ndarray
    truth: np.ndarray
    effective_size: np.ndarray
    nearness: np.ndarray

    def intervals(self, levels: ArrayLike = LEVEL) -> tuple[np.ndarray, np.ndarray]:
        """Ends (n_clouds, 5) of central intervals of levels that broadcast to (n_clouds, 5)."""
        half = np.broadcast_to(levels, self.truth.shape) / 2
        low, high = np.empty_like(self.truth), np.empty_like(self.truth)
        for n, k in np.ndindex(*self.truth.shape):
            ends = 0.5 - half[n, k], 0.5 + half[n, k]
            low[n, k], high[n, k] = np.interp(ends, PROBABILITIES, self.quantiles[n, :, k])
        return low, high

    def part(self, rows: np.ndarray) -> Check:
        """The same for a part of the clouds."""
        return Check(*(array[rows] for array in self))


def check(
    prior: Prior,
    inputs: np.ndarray,
    observed: Observed,
    *,
    noise: float = NOISE,
    random_state: RandomState = 0,
) -> Check:
    """Infer clouds that the emulator has never seen, from what an observer would see of them.

    Parameters
    ----------
    prior : Prior
        By an emulator that was fitted without these clouds.
    inputs : (n_clouds, 7)
    observed : Observed
        Without noise, which is added here.
    noise, random_state
    """
    rng = as_generator(random_state)
    measured, truth = with_noise(observed, noise=noise, random_state=rng), sought(inputs)
    found = [
        infer(prior, *both, noise=noise, random_state=rng)
        for both in zip(measured.values.to_numpy(), measured.kinds.to_numpy(), strict=True)
    ]
    return Check(
        np.array([posterior.rank(of) for posterior, of in zip(found, truth, strict=True)]),
        np.array([posterior.quantile(PROBABILITIES) for posterior in found]),
        truth,
        np.array([posterior.effective_size for posterior in found]),
        wall_nearness(inputs),
    )


def honest_levels(ranks: np.ndarray) -> np.ndarray:
    """Levels (5,) to ask of posteriors for intervals that hold the truth nine times in ten.

    A posterior is as good as its draws and the law of errors that it believes in. How far out in their
    posteriors the truths of known clouds lay says how far one must reach (`conformal_radius`). On the
    bundled grid and 300 clouds, intervals of level 0.9 hold 0.81 of the temperatures, and 0.86 to 0.90 of the
    other quantities. Temperatures are missed from 80 to 110 K above all (0.62 inside), where the mean of
    CS/SO rises by two orders of magnitude and the emulator is too smooth, and near the walls of the space of
    inputs (0.74).

    Parameters
    ----------
    ranks : (n_clouds, 5)
        Of `check`, for clouds that the question is not about.

    Examples
    --------
    >>> honest_levels(np.linspace(0, 1, 1001)[:, None]).round(2).tolist()
    [0.9]
    """
    return np.array([conformal_radius(np.abs(2 * rank - 1), level=LEVEL) for rank in ranks.T])


def levels_of_others(ranks: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """`honest_levels` for each cloud by the clouds of the other folds, (n_clouds, 5)."""
    levels = np.empty_like(ranks)
    for number in np.unique(folds):
        levels[folds == number] = honest_levels(ranks[folds != number])
    return levels


def summary(found: Check, prior: Prior, levels: ArrayLike = LEVEL) -> pd.DataFrame:
    """Does each posterior hold the truth as often as it should, and what has it learned?

    Parameters
    ----------
    found : Check
    prior : Prior
    levels : float, (5,) or (n_clouds, 5)
        That are asked of the posteriors: 0.9 as they are, or `honest_levels`.

    Returns
    -------
    DataFrame
        A row a quantity: share `inside` the intervals with its own 90% interval `low` and `high`, `p_value`
        of even ranks, median `width` of the intervals in the unit of the quantity, and `narrowing`, that
        width over the prior's 90%.
    """
    import pandas as pd

    before = sought(prior.inputs)
    whole = np.diff(np.quantile(before, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0), axis=0)[0]
    lows, highs = found.intervals(levels)
    rows = []
    for k, label in enumerate(SOUGHT.values()):
        inside = share_inside(lows[:, k], highs[:, k], found.truth[:, k])
        width = float(np.median(highs[:, k] - lows[:, k]))
        rows.append((label, *inside, rank_p_value(found.ranks[:, k]), width, width / whole[k]))
    columns = ["quantity", "inside", "low", "high", "p_value", "width", "narrowing"]
    return pd.DataFrame(rows, columns=columns)


def by_walls(found: Check, prior: Prior, levels: np.ndarray) -> pd.DataFrame:
    """`summary` for the half of the clouds nearer to the walls of the space of inputs, and for the other."""
    import pandas as pd

    near = found.nearness > np.median(found.nearness)
    parts = {"near the walls": near, "in the middle": ~near}
    return pd.concat(
        [summary(found.part(rows), prior, levels[rows]).assign(where=name) for name, rows in parts.items()],
        ignore_index=True,
    )
