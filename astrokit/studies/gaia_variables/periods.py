"""The period of a source that has none: Lomb-Scargle, then more terms where they help, aliases considered.

    found = find_period(times_day, mags, errors)
    found.period_day, found.false_alarm_probability, found.near_alias
    table = find_periods(observations)          # every source of a table, with progress

A periodogram of one term (Lomb 1976, Ap&SS 39, 447; Scargle 1982, ApJ 263, 835; with a floating mean,
Zechmeister & Kuerster 2009, A&A 496, 577) names candidates. These, and twice their periods, are fitted with
one to six harmonics; the Bayesian information criterion (Schwarz 1978, Ann. Stat. 6, 461) chooses among them,
and then between the chosen and twice its period with twice the harmonics. So a saw-tooth keeps its period,
and two eclipses of different depth are one orbit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ...data.columns import column_names, values_and_gaps
from ...errors import DataError, ParameterError
from ...progress import Progress
from .aliases import WIDTH_PER_DAY, alias_frequencies, near_whole_days
from .false_alarm import false_alarm_bound

if TYPE_CHECKING:
    import pandas as pd
    from astropy.timeseries import LombScargle

SHORTEST_DAY = 0.05
PER_PEAK = 4  # frequencies of the grid in the width of a peak, 1 / span
N_CANDIDATES = 12
TERMS = (1, 2, 4, 6)
MOST_TERMS = 8  # of a period that is doubled: more would follow outliers
LEAST_CYCLES = 25  # of a period that is doubled: over a few, stars that never repeat look as if they did
LEAST_POINTS = 20
LONGEST_SPAN_DAY = 20_000.0  # a time further than this from the median one is a mistake
RIVAL = 0.9  # of the power: a daily alias with so much could be the period as well
COLUMNS = ("source_id", "mjd", "mag", "mag_err")
Curve = tuple[np.ndarray, np.ndarray, np.ndarray]  # times, magnitudes and errors, by time


class Period(NamedTuple):
    """A period, and how far to trust it.

    Attributes
    ----------
    period_day : float
    power : float
        Share of the weighted variance that the harmonics explain, from 0 to 1.
    false_alarm_probability : float
        Of so much power by noise alone, at any frequency searched: a bound (Baluev 2009, MNRAS 395, 1541).
    n_terms : int
        Harmonics of the fit: one of `TERMS`, or twice one.
    aliases_day : (6,)
        Periods that the sampling may take for this one, in the order of `ALIASES`.
    alias_powers : (6,)
        Power of one harmonic there, over that at the period (or its half, if a sine prefers that).
    near_alias : bool
        The frequency is a whole number of cycles a day, or a daily alias has at least 0.9 of the power.
    """

    period_day: float
    power: float
    false_alarm_probability: float
    n_terms: int
    aliases_day: np.ndarray
    alias_powers: np.ndarray
    near_alias: bool


def find_period(
    times_day: ArrayLike, mags: ArrayLike, errors: ArrayLike, *, shortest_day: float = SHORTEST_DAY
) -> Period:
    """Find the period of one source, between `shortest_day` and the span of its observations.

    Parameters
    ----------
    times_day, mags, errors : (n_observations,)
        In any order. Rows that are not finite, have no positive error, or lie 20,000 days or more from the
        median time, are left out.
    shortest_day : float
        The work grows as the span over it.

    Raises
    ------
    ParameterError
        When shapes differ, or the shortest period is not positive.
    DataError
        With fewer than 20 observations left, or magnitudes that are all the same.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> times = rng.uniform(0, 300, 80)
    >>> mags = 15 + 0.3 * np.sin(2 * np.pi * times / 0.7) + 0.02 * rng.normal(size=80)
    >>> found = find_period(times, mags, np.full(80, 0.02), shortest_day=0.2)
    >>> round(found.period_day, 3), found.false_alarm_probability < 1e-9
    (0.7, True)
    """
    times, mags, errors = _cleaned(times_day, mags, errors)
    if not 0 < shortest_day < np.ptp(times):
        raise ParameterError(
            "shortest period",
            expected=f"days between 0 and the span, {np.ptp(times):.4g}",
            got=shortest_day,
            next_step="Pass a shorter one, or longer observations.",
        )
    curve, span = (times, mags, errors), float(np.ptp(times))
    models = {n: _model(curve, n) for n in TERMS if _enough(n, curve)}
    grid, powers = _periodogram(models[1], span, shortest_day)
    frequency, n_terms, power = _choose(models, _candidates(grid, powers), span)
    frequency, n_terms, power = _doubled(curve, frequency, n_terms, power)
    bound = len(models) * false_alarm_bound(power, times, errors, n_terms, 1 / shortest_day)
    aliases = alias_frequencies(frequency)
    relative = _relative_powers(grid, powers, frequency)
    near = bool(near_whole_days(frequency)) or bool((relative[:-2] >= RIVAL).any())
    return Period(1 / frequency, power, min(bound, 1.0), n_terms, 1 / aliases, relative, near)


def find_periods(
    observations: Any, *, shortest_day: float = SHORTEST_DAY, progress: bool = True
) -> pd.DataFrame:
    """Find the period of every source of a table.

    Parameters
    ----------
    observations : DataFrame, astropy Table or dict of arrays
        Columns `source_id`, `mjd` (day), `mag` and `mag_err`, a row an observation.
    shortest_day : float
    progress : bool

    Returns
    -------
    pandas.DataFrame
        A row a source, by `source_id`: `period_day`, `power`, `false_alarm_probability`, `n_terms`,
        `near_alias`, and `problem`: "" or why no period could be sought; the numbers are then NaN, 0, False.

    Raises
    ------
    ParameterError
        When a column is missing.

    Examples
    --------
    >>> times = np.random.default_rng(1).uniform(0, 200, 60)
    >>> table = {"source_id": np.repeat([7, 3], 30), "mjd": times, "mag_err": np.full(60, 0.1)}
    >>> table["mag"] = np.where(table["source_id"] == 7, 15.0, np.sin(2 * np.pi * times / 3.3))
    >>> found = find_periods(table, shortest_day=1.0)
    >>> found.source_id.tolist(), found.period_day.round(1).tolist()
    ([3, 7], [3.3, nan])
    """
    import pandas as pd

    groups = _frame(observations).groupby("source_id", sort=True)
    rows = []
    with Progress(groups.ngroups, "periods", unit="sources", enabled=progress) as bar:
        for source_id, group in groups:
            rows.append((source_id, *_row(group, shortest_day)))
            bar.advance(1)
    names = ["period_day", "power", "false_alarm_probability", "n_terms", "near_alias", "problem"]
    return pd.DataFrame(rows, columns=["source_id", *names])


def _cleaned(times: ArrayLike, mags: ArrayLike, errors: ArrayLike) -> Curve:
    """Observations that can be used, by time."""
    arrays = [np.asarray(each, float) for each in (times, mags, errors)]
    if arrays[0].ndim != 1 or len({each.shape for each in arrays}) != 1:
        raise ParameterError(
            "light curve",
            expected="times, magnitudes and errors of one shape (n_observations,)",
            got=[each.shape for each in arrays],
            next_step="Pass the rows of one source.",
        )
    rows = np.column_stack(arrays)
    rows = rows[np.isfinite(rows).all(1) & (rows[:, 2] > 0)]
    if len(rows):
        rows = rows[np.abs(rows[:, 0] - np.median(rows[:, 0])) < LONGEST_SPAN_DAY]
    if len(rows) < LEAST_POINTS or np.ptp(rows[:, 1]) == 0:
        raise DataError(
            "light curve",
            expected=f"{LEAST_POINTS} observations or more whose magnitudes differ",
            got=f"{len(rows)} that can be used, {len(np.unique(rows[:, 1]))} different magnitudes",
            next_step="Leave out the source, or observe it more often.",
        )
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    return rows[:, 0], rows[:, 1], rows[:, 2]


def _model(curve: Curve, n_terms: int) -> LombScargle:
    from astropy.timeseries import LombScargle

    times, mags, errors = curve
    return LombScargle(times - times.mean(), mags, errors, nterms=n_terms)


def _enough(n_terms: int, curve: Curve) -> bool:
    """Whether observations are twice as many as the coefficients of so many harmonics and a constant."""
    return 2 * n_terms + 1 < len(curve[0]) / 2


def _periodogram(model: LombScargle, span: float, shortest_day: float) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies (per day) and the powers of one term there."""
    step = 1 / (PER_PEAK * span)
    grid = np.arange(1 / span, 1 / shortest_day + step, step)
    # Extrapolation to a regular grid (Press & Rybicki 1989, ApJ 338, 277), the fastest that astropy has.
    options = {"algorithm": "fasper"}
    powers = model.power(grid, method="fast", assume_regular_frequency=True, method_kwds=options)
    return grid, np.clip(np.nan_to_num(powers), 0, 1)


def _candidates(grid: np.ndarray, powers: np.ndarray) -> np.ndarray:
    """Frequencies of the highest peaks, and of twice their periods, as far as the grid goes."""
    around = np.pad(powers, 1)  # a peak may lie at an end
    peaks = np.flatnonzero((powers > around[:-2]) & (powers >= around[2:]))
    highest = grid[peaks[np.argsort(-powers[peaks])[:N_CANDIDATES]]]
    both = np.concatenate([highest, highest / 2])
    return both[both >= grid[0]]


def _choose(models: dict[int, LombScargle], candidates: np.ndarray, span: float) -> tuple[float, int, float]:
    """Frequency, number of terms and power of the fit with the least information criterion."""
    around = np.linspace(-0.3, 0.3, 13) / span
    trials = np.maximum(np.unique((candidates[:, None] + around).ravel()), 0.5 / span)
    best = (np.inf, 0.0, 0)
    for n, model in models.items():
        criteria = _criterion(_powers(model, trials), model)
        best = min(best, (float(criteria.min()), float(trials[criteria.argmin()]), n))
    _, frequency, n_terms = best
    fine = frequency + np.linspace(-0.05, 0.05, 41) / span
    powers = _powers(models[n_terms], fine)
    return float(fine[powers.argmax()]), n_terms, float(powers.max())


def _doubled(curve: Curve, frequency: float, n_terms: int, power: float) -> tuple[float, int, float]:
    """The same fit, or one of twice the period with twice the terms, if its odd harmonics are worth it.

    Two narrow eclipses of different depth need many: at half the orbit they pass for one.
    """
    span = float(np.ptp(curve[0]))
    slow = frequency / 2 * span < LEAST_CYCLES
    if slow or 2 * n_terms > MOST_TERMS or not _enough(2 * n_terms, curve):
        return frequency, n_terms, power
    model = _model(curve, 2 * n_terms)
    fine = frequency / 2 + np.linspace(-0.05, 0.05, 21) / span
    powers = _powers(model, fine)
    before = _criterion(np.array([power]), _model(curve, n_terms))[0]
    if _criterion(powers, model).min() >= before:
        return frequency, n_terms, power
    return float(fine[powers.argmax()]), 2 * n_terms, float(powers.max())


def _powers(model: LombScargle, frequencies: np.ndarray) -> np.ndarray:
    """Exact powers; 0 where observations are too few to tell the harmonics apart."""
    method = "chi2" if model.nterms > 1 else "cython"
    powers = model.power(frequencies, method=method)
    return np.clip(np.nan_to_num(powers), 0, 1 - 1e-12)


def _criterion(powers: np.ndarray, model: LombScargle) -> np.ndarray:
    """N ln(chi2 / N) + k ln N, but for a constant; k counts two coefficients for each term."""
    n_points = len(model.t)
    return n_points * np.log1p(-powers) + 2 * model.nterms * np.log(n_points)


def _relative_powers(grid: np.ndarray, powers: np.ndarray, frequency: float) -> np.ndarray:
    """Power of one term at the aliases (6,), over that at the frequency, or at its double if that has more.

    The highest within a cycle or two a year counts; 0 outside of what was searched.
    """

    def highest(near: float, width: float) -> float:
        first, last = np.searchsorted(grid, [near - width, near + width])
        return float(powers[first:last].max(initial=0.0))

    narrow = 2 * (grid[1] - grid[0])
    own = max((frequency, 2 * frequency), key=lambda f: highest(f, narrow))
    daily = [highest(f, WIDTH_PER_DAY) for f in alias_frequencies(own)[:-2]]
    factors = [highest(f, narrow) for f in alias_frequencies(frequency)[-2:]]
    return np.array([*daily, *factors]) / max(highest(own, narrow), 1e-12)


def _row(group: pd.DataFrame, shortest_day: float) -> tuple[Any, ...]:
    try:
        found = find_period(group["mjd"], group["mag"], group["mag_err"], shortest_day=shortest_day)
    except (DataError, ParameterError) as error:
        return np.nan, np.nan, np.nan, 0, False, str(error)
    return *found[:4], found.near_alias, ""


def _frame(observations: Any) -> pd.DataFrame:
    """The columns that are needed; missing numbers are NaN."""
    import pandas as pd

    _require_columns(observations)
    columns = {}
    for name in COLUMNS:
        values, gaps = values_and_gaps(observations[name])
        columns[name] = values if name == "source_id" else np.where(gaps, np.nan, values.astype(float))
    return pd.DataFrame(columns)


def _require_columns(observations: Any) -> None:
    names = column_names(observations)
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise ParameterError(
            "observations",
            expected=f"columns {', '.join(COLUMNS)}",
            got=f"{', '.join(names[:10])}",
            next_step=f"Add or rename {', '.join(missing)}.",
        )
