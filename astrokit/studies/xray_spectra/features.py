"""What a classifier sees of a source: colours, errors, variability, and fluxes or magnitudes if it may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...data.chandra import FLUX_ERRORS, FLUXES, MAGNITUDES, SLOPE, VARIABILITY
from ...errors import DataError

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (*FLUXES, *FLUX_ERRORS, *VARIABILITY, *SLOPE, *MAGNITUDES)
UNIT = "erg / (s cm2)"
# A band without a photon: the catalogue has the mean of half a normal distribution there, and its scatter, in
# units of sigma.
EMPTY, EMPTY_ERROR = np.sqrt(2 / np.pi), np.sqrt(1 - 2 / np.pi)
LEAST_LEFT = 1e-3  # of a probability of variation: nearer to 1 means nothing


def read_numbers(table: Any) -> pd.DataFrame:
    """The known columns of a DataFrame or an astropy Table as numbers, NaN where something is missing.

    A column that is not there is all NaN, but for the three fluxes, which must be there. Masked values,
    infinities and magnitudes or errors that are not positive are missing. A flux of zero or less is no photon
    in that band: with an error it becomes what the catalogue has there, about 0.8 sigma; without one it is
    missing. Columns of a Table that carry a unit are converted.

    Raises
    ------
    DataError
        When a flux column is not there, or a column is not numbers or has an impossible unit.
    """
    import pandas as pd

    names = list(getattr(table, "colnames", getattr(table, "columns", [])))
    lacking = [name for name in FLUXES if name not in names]
    if lacking:
        raise DataError(
            "table of sources",
            expected=f"columns {', '.join(FLUXES)} (energy fluxes in {UNIT})",
            got=f"no {', '.join(lacking)}, among {', '.join(map(str, names[:12])) or 'no columns'}",
            next_step="Rename your columns of the fluxes at 0.5-1.2, 1.2-2 and 2-7 keV.",
        )
    n = len(table)
    numbers = {name: _column(table, name) if name in names else np.full(n, np.nan) for name in COLUMNS}
    for name in (*FLUX_ERRORS, SLOPE[1]):
        numbers[name][~(numbers[name] > 0)] = np.nan
    for name, error in zip(FLUXES, FLUX_ERRORS, strict=True):
        empty, sigma = numbers[name] <= 0, numbers[error]
        numbers[name][empty] = EMPTY * sigma[empty]
        numbers[error][empty] = EMPTY_ERROR * sigma[empty]
    return pd.DataFrame(numbers)


def colours(table: pd.DataFrame) -> np.ndarray:
    """Shape and variability without any total flux: (n, 25), NaN where something is missing.

    Colours are log10 flux ratios and hardness ratios, and what they are worth: relative errors, and colours
    over their errors.
    """
    flux, error = table[list(FLUXES)].to_numpy(), table[list(FLUX_ERRORS)].to_numpy()
    soft, medium, hard = np.log10(flux).T
    s, m, h = flux.T
    relative = error / flux
    pairs = ((0, 1), (2, 1), (0, 2))
    sizes = np.column_stack([np.hypot(relative[:, a], relative[:, b]) for a, b in pairs])
    logs = np.column_stack([soft - medium, hard - medium, soft - hard])
    shape = [logs.T, [(h - m) / (h + m), (m - s) / (m + s), (h - s) / (h + s)], [soft + hard - 2 * medium]]
    worth = [-np.log10(relative).T, (logs / sizes).T]
    intra, inter = table[list(VARIABILITY)].to_numpy().T
    slope, slope_error = table[list(SLOPE)].to_numpy().T
    surely = [_left(intra), _left(inter), np.fmax(intra, inter)]
    varied = [[intra, inter], surely, [slope, slope_error, slope / slope_error, slope - (soft - medium)]]
    seen = [np.isfinite(inter), np.isfinite(slope), (relative > 0.7).sum(1)]
    rows = [row for part in (*shape, *worth, *varied, seen) for row in part]
    return np.array(rows, float).T


def totals(table: pd.DataFrame) -> np.ndarray:
    """Fluxes and their errors, on a logarithmic scale: (n, 7)."""
    flux, error = table[list(FLUXES)].to_numpy(), table[list(FLUX_ERRORS)].to_numpy()
    return np.log10(np.column_stack([flux, error, flux.sum(1)]))


def counterparts(table: pd.DataFrame) -> np.ndarray:
    """Magnitudes, their neighbours' differences, and X-rays against light: (n, 20)."""
    magnitude = table[list(MAGNITUDES)].to_numpy()
    g, k, w1 = table[["Gmag", "Kmag", "W1mag"]].to_numpy().T
    x = np.log10(table[list(FLUXES)].sum(axis=1, min_count=1).to_numpy())
    differences = [*np.diff(magnitude, axis=1).T, g - w1, g - k]
    return np.column_stack([magnitude, *differences, x + 0.4 * g])


def plain(table: pd.DataFrame, *, total: bool = True) -> np.ndarray:
    """What the forest to beat sees: log10 of fluxes and errors, variability, slope: (n, 10).

    Without total flux: log10 of soft/medium and hard/medium in place of the six, (n, 6).
    """
    logs = np.log10(table[[*FLUXES, *FLUX_ERRORS]].to_numpy())
    rest = table[[*VARIABILITY, *SLOPE]].to_numpy()
    return np.column_stack([logs if total else logs[:, [0, 2]] - logs[:, [1]], rest])


def xray(table: pd.DataFrame) -> np.ndarray:
    """Everything that X-rays tell, without position or significance."""
    return np.column_stack([colours(table), totals(table)])


def everything(table: pd.DataFrame) -> np.ndarray:
    """X-rays and counterparts."""
    return np.column_stack([xray(table), counterparts(table)])


def _left(probability: np.ndarray) -> np.ndarray:
    return -np.log10(np.maximum(1 - probability, LEAST_LEFT))


def _column(table: Any, name: str) -> np.ndarray:
    import pandas as pd

    column = table[name]
    try:
        if getattr(column, "unit", None) is not None and (name in FLUXES or name in FLUX_ERRORS):
            column = _converted(column)
        if np.ma.isMaskedArray(column) or hasattr(column, "filled"):
            column = np.ma.filled(np.ma.asarray(column).astype(float), np.nan)
        values = pd.to_numeric(pd.Series(column)).to_numpy(float, na_value=np.nan).copy()
        if values.ndim != 1:
            raise ValueError(f"shape {values.shape}")
    except (ValueError, TypeError) as error:
        raise DataError(
            f"column {name!r}",
            expected=f"a number in each row{f', in {UNIT}' if 'Fcsc' in name else ''}, or nothing",
            got=" ".join(str(error).split())[:150],
            next_step="Make the texts numbers, or empty.",
        ) from error
    values[~np.isfinite(values)] = np.nan
    return values


def _converted(column: Any) -> Any:
    from astropy import units

    factor = units.Unit(column.unit).to(units.Unit(UNIT))
    return np.ma.asarray(column).astype(float) * factor
