"""Simulated light curves of periodic variables, as a survey of the southern sky would take them.

A stand-in for `catalina-sss` (Drake et al. 2017, MNRAS 469, 3688), with the same columns and numbers of
types. Periods and amplitudes are rounded from its catalogue; shapes are simple: a saw-tooth for RR Lyrae
stars (Simon & Lee 1981, ApJ 248, 291, describe them by few harmonics), dips for eclipses, waves for the rest.
Four exposures within half an hour, in seasons of 240 days over eight years, as Catalina took them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...errors import ParameterError
from ...random import RandomState, as_generator

if TYPE_CHECKING:
    import pandas as pd

CITATION = "Simulated. Types, periods and amplitudes rounded from Drake et al. 2017, MNRAS 469, 3688"
EXPOSURES, APART_DAY = 4, 0.007
N_SEASONS, SEASON_DAYS, YEAR_DAYS = 8, 240, 365.25
N_WAVES = 6
# Numbers of types as in the catalogue; share; log10 of period (day) and of amplitude (mag), each with its
# scatter; steepness of the saw-tooth; width of an eclipse in phase and depth of the second over the first;
# waves a period; scatter that does not repeat, over the amplitude.
POPULATION = {
    1: (0.14, -0.25, 0.05, -0.15, 0.10, 0.70, 0.0, 0.0, 1, 0.02),
    2: (0.12, -0.48, 0.05, -0.40, 0.08, 0.20, 0.0, 0.0, 1, 0.03),
    5: (0.40, -0.49, 0.12, -0.40, 0.15, 0.00, 0.0, 0.9, 2, 0.02),
    6: (0.14, -0.05, 0.30, -0.25, 0.20, 0.00, 0.04, 0.5, 2, 0.02),
    7: (0.12, 0.30, 0.55, -0.65, 0.12, 0.05, 0.0, 0.0, 1, 0.25),
    8: (0.08, 2.10, 0.25, -0.35, 0.20, 0.10, 0.0, 0.0, 1, 0.20),
}
_NAMES = ("share", "period", "period_scatter", "amplitude", "amplitude_scatter", "steep", "width", "ratio")


class SimulatedLightCurves(NamedTuple):
    """`observations`: source_id, mjd (day), mag, mag_err; `sources`: source_id, period (day), type.

    `truth`, a row a source: `amplitude` (mag, full), `mean` (mag), `steep`, `width`, `ratio`.
    """

    observations: pd.DataFrame
    sources: pd.DataFrame
    truth: pd.DataFrame


def simulate_light_curves(n_sources: int = 1000, *, random_state: RandomState = 0) -> SimulatedLightCurves:
    """Simulate sources of six types, and their observations.

    Parameters
    ----------
    n_sources : int
        At least 1.
    random_state : int, Generator or None

    Raises
    ------
    ParameterError

    Examples
    --------
    >>> simulated = simulate_light_curves(5)
    >>> simulated.sources.columns.tolist(), len(simulated.truth)
    (['source_id', 'period', 'type'], 5)
    """
    import pandas as pd

    if n_sources < 1:
        raise ParameterError(
            "simulate_light_curves", expected="1 source or more", got=n_sources, next_step="Ask for more."
        )
    rng = as_generator(random_state)
    drawn = _sources(rng, n_sources)
    of, mjd = _times(rng, n_sources)
    each = drawn.iloc[of]
    phase = mjd / each["period"].to_numpy()
    wander = each["scatter"].to_numpy() * rng.standard_normal(len(mjd))
    faintness = _shape(phase, each) + wander
    error = 0.03 + 0.07 * 10 ** (0.35 * (each["mean"].to_numpy() - 16))
    mag = each["mean"].to_numpy() + each["amplitude"].to_numpy() * faintness
    mag = mag + error * rng.standard_normal(len(mag))
    observed = {"source_id": each["source_id"].to_numpy(), "mjd": mjd, "mag": mag, "mag_err": error}
    truth = drawn[["amplitude", "mean", "steep", "width", "ratio"]]
    return SimulatedLightCurves(pd.DataFrame(observed), drawn[["source_id", "period", "type"]], truth)


def _sources(rng: np.random.Generator, n_sources: int) -> pd.DataFrame:
    """What each source is; no two of a type look the same."""
    import pandas as pd

    numbers = list(POPULATION)
    kinds = pd.DataFrame.from_dict(POPULATION, orient="index", columns=[*_NAMES, "waves", "scatter"])
    types = rng.choice(numbers, n_sources, p=kinds["share"] / kinds["share"].sum())
    drawn = kinds.loc[types].reset_index(drop=True)
    normal = rng.standard_normal((6, n_sources))
    drawn["period"] = 10 ** (drawn["period"] + drawn["period_scatter"] * normal[0])
    drawn["amplitude"] = 10 ** (drawn["amplitude"] + drawn["amplitude_scatter"] * normal[1])
    drawn["steep"] = np.clip(drawn["steep"] + 0.08 * normal[2] * (drawn["steep"] > 0), 0, 0.9)
    drawn["width"] *= np.exp(0.3 * normal[3])
    drawn["ratio"] = np.clip(drawn["ratio"] + 0.15 * normal[4] * (drawn["ratio"] > 0), 0.05, 1) * (
        drawn["ratio"] > 0
    )
    drawn["scatter"] *= np.exp(0.4 * normal[5])
    drawn["mean"] = rng.uniform(13, 17.5, n_sources)
    drawn["turn"] = rng.random(n_sources)
    drawn["type"] = types
    drawn["source_id"] = np.arange(1, n_sources + 1)
    return drawn


def _times(rng: np.random.Generator, n_sources: int) -> tuple[np.ndarray, np.ndarray]:
    """Number of the source and time (day) of each exposure, ascending within a source."""
    n_nights = rng.integers(18, 80, n_sources)
    night_of = np.repeat(np.arange(n_sources), n_nights)
    season = rng.integers(0, N_SEASONS, len(night_of)) * YEAR_DAYS
    night = np.floor(season + rng.uniform(0, SEASON_DAYS, len(night_of))) + rng.normal(
        0.4, 0.06, len(night_of)
    )
    of = np.repeat(night_of, EXPOSURES)
    mjd = 53500 + np.repeat(night, EXPOSURES) + np.tile(np.arange(EXPOSURES) * APART_DAY, len(night))
    mjd += rng.uniform(0, 1e-3, len(mjd))
    order = np.lexsort([mjd, of])
    return of[order], mjd[order]


def _shape(phase: np.ndarray, each: pd.DataFrame) -> np.ndarray:
    """Faintness between about 0 and 1 at phases in periods: saw-teeth, dips, and waves of two depths."""
    phase = phase + each["turn"].to_numpy()
    steep, width, ratio = (each[name].to_numpy() for name in ("steep", "width", "ratio"))
    saw = sum(steep ** (k - 1) / k * np.sin(2 * np.pi * k * phase) for k in range(1, N_WAVES + 1))
    near = [np.abs((phase - at + 0.5) % 1 - 0.5) / np.maximum(width, 1e-3) for at in (0.0, 0.5)]
    dips = np.exp(-0.5 * near[0] ** 2) + ratio * np.exp(-0.5 * near[1] ** 2)
    first = np.cos(2 * np.pi * phase) > 0
    waves = np.where(first, 1.0, ratio) * np.cos(2 * np.pi * phase) ** 2
    eclipsing = each["waves"].to_numpy() == 2
    return np.select([width > 0, eclipsing], [dips, waves], 0.5 - 0.5 * saw)
