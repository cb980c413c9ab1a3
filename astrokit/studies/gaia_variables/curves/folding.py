"""Folded light curves: twice the period, twelve harmonics, from faint to faint, between 0 and 1."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

from .observations import FEWEST, LEAST_SPREAD, LightCurves

N_HARMONICS = 12
N_PHASES = 64
PHASE = np.arange(N_PHASES) / N_PHASES  # over two periods
WINDOW = 5  # observations beside each other in phase
CUT_SIGMA = 3.5
RIDGE = 0.02  # of the weights' sum, times the square of the harmonic over that of the last: gaps stay calm


class Folded(NamedTuple):
    """Folded curves at `PHASE`.

    Attributes
    ----------
    curve : (n_sources, 64)
        0 at the brightest, 1 at the faintest phase, which comes first; NaN where there is none.
    error : (n_sources, 64)
        1 sigma of the curve.
    n_cut : (n_sources,)
        Observations that were cut as faint outliers.
    """

    curve: np.ndarray
    error: np.ndarray
    n_cut: np.ndarray


def fold(curves: LightCurves) -> Folded:
    """Fold every light curve: `phases`, `faint_outliers`, `harmonics`, `from_faintest`, `min_max`.

    Examples
    --------
    >>> import pandas as pd
    >>> from .observations import gather
    >>> mjd = np.arange(0, 60, 0.37)
    >>> seen = {"source_id": 1, "mjd": mjd, "mag": 15 + np.sin(2 * np.pi * mjd / 0.8), "mag_err": 0.01}
    >>> curves = gather(pd.DataFrame(seen), pd.DataFrame({"source_id": [1], "period": [0.8]}))
    >>> fold(curves).curve[0, [0, 16, 32, 48]].round(2).tolist()
    [1.0, 0.0, 1.0, 0.0]
    """
    n_sources = len(curves.period_day)
    curve, error = (np.full((n_sources, N_PHASES), np.nan) for _ in range(2))
    n_cut = np.zeros(n_sources, dtype=np.int64)
    _fold_all(curves.mjd, curves.mag, curves.error, curves.first, curves.period_day, curve, error, n_cut)
    return Folded(curve, error, n_cut)


@numba.njit(cache=True, nogil=True)
def phases(mjd, period_day):
    """Phase over two periods, from 0 to 1: both eclipses of a binary, whose period is often found halved."""
    turns = (mjd - mjd[0]) / (2 * period_day)
    return turns - np.floor(turns)


@numba.njit(cache=True, nogil=True)
def faint_outliers(phase, mag, error):
    """Which observations are fainter by 3.5 sigma than the median of the five nearest in phase, (n,) bool.

    Sigma is the larger of the error and of 1.4826 median absolute deviations within the five.
    """
    n = len(phase)
    order = np.argsort(phase)
    out = np.zeros(n, dtype=np.bool_)
    near = np.empty(WINDOW)
    for place in range(n):
        for k in range(WINDOW):
            near[k] = mag[order[(place + k - WINDOW // 2) % n]]
        middle = np.median(near)
        sigma = max(error[order[place]], 1.4826 * np.median(np.abs(near - middle)))
        out[order[place]] = mag[order[place]] > middle + CUT_SIGMA * sigma
    return out


@numba.njit(cache=True, nogil=True)
def basis(phase):
    """1, and cosine and sine of twelve harmonics: (n, 25)."""
    columns = np.ones((len(phase), 2 * N_HARMONICS + 1))
    for i in range(len(phase)):
        c, s = np.cos(2 * np.pi * phase[i]), np.sin(2 * np.pi * phase[i])
        columns[i, 1], columns[i, 2] = c, s
        for k in range(2, N_HARMONICS + 1):  # the next harmonic is the one before, turned by the first
            a, b = columns[i, 2 * k - 3], columns[i, 2 * k - 2]
            columns[i, 2 * k - 1], columns[i, 2 * k] = a * c - b * s, a * s + b * c
    return columns


@numba.njit(cache=True, nogil=True)
def harmonics(phase, mag, error):
    """Coefficients (25,) of the harmonics and their covariance (25, 25): weighted least squares with a ridge.

    An error floor, a tenth of the magnitudes' scatter, keeps a few observations from deciding all.
    """
    floor = 0.1 * np.std(mag)
    weight = 1.0 / (error * error + floor * floor)
    columns = basis(phase)
    normal = columns.T @ (columns * weight.reshape(-1, 1))
    for k in range(1, N_HARMONICS + 1):
        ridge = RIDGE * weight.sum() * (k / N_HARMONICS) ** 2
        normal[2 * k - 1, 2 * k - 1] += ridge
        normal[2 * k, 2 * k] += ridge
    covariance = np.linalg.inv(normal)
    coefficients = covariance @ (columns.T @ (weight * mag))
    rest = mag - columns @ coefficients
    scatter = max(1.0, np.sum(weight * rest * rest) / len(mag))  # of the fit, where errors do not explain it
    return coefficients, covariance * scatter


@numba.njit(cache=True, nogil=True)
def faintest_phase(coefficients):
    """Phase at which the smoothed curve is faintest: on a grid, then by Newton's method."""
    grid = np.arange(512) / 512
    best = grid[np.argmax(basis(grid) @ coefficients)]
    for _ in range(4):
        slope, bend = 0.0, 0.0
        for k in range(1, N_HARMONICS + 1):
            turn = 2 * np.pi * k
            c, s = np.cos(turn * best), np.sin(turn * best)
            a, b = coefficients[2 * k - 1], coefficients[2 * k]
            slope += turn * (b * c - a * s)
            bend -= turn * turn * (a * c + b * s)
        if bend < 0 and abs(slope / bend) < 1 / 512:
            best -= slope / bend
    return best


@numba.njit(cache=True, nogil=True)
def min_max(smooth, error):
    """Scale to 0 at the smallest and 1 at the largest; the error along with it."""
    low, span = smooth.min(), smooth.max() - smooth.min()
    return (smooth - low) / span, error / span


@numba.njit(cache=True, nogil=True)
def _fold_all(mjd, mag, error, first, period_day, out_curve, out_error, out_cut):
    for source in range(len(period_day)):
        a, b = first[source], first[source + 1]
        if b - a < FEWEST or not np.isfinite(period_day[source]) or np.ptp(mag[a:b]) < LEAST_SPREAD:
            continue
        phase = phases(mjd[a:b], period_day[source])
        kept = ~faint_outliers(phase, mag[a:b], error[a:b])
        out_cut[source] = b - a - kept.sum()
        coefficients, covariance = harmonics(phase[kept], mag[a:b][kept], error[a:b][kept])
        columns = basis(PHASE + faintest_phase(coefficients))
        smooth = columns @ coefficients
        if not np.ptp(smooth) > LEAST_SPREAD:
            continue
        sigma = np.sqrt(np.sum((columns @ covariance) * columns, axis=1))
        out_curve[source], out_error[source] = min_max(smooth, sigma)
