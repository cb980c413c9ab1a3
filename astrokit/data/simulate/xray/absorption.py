"""What interstellar gas takes from X-rays: photoelectric cross-sections per hydrogen atom."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ....errors import DataError

CrossSection = Callable[[np.ndarray], np.ndarray]

# Morrison & McCammon (1983, ApJ 270, 119), table 2: upper edge in keV, c0, c1, c2; the first begins at 0.03.
_MORRISON_MCCAMMON = np.array(
    [
        (0.100, 17.3, 608.1, -2150.0),
        (0.284, 34.6, 267.9, -476.1),
        (0.400, 78.1, 18.8, 4.3),
        (0.532, 71.4, 66.8, -51.4),
        (0.707, 95.5, 145.8, -61.1),
        (0.867, 308.9, -380.6, 294.0),
        (1.303, 120.6, 169.3, -47.7),
        (1.840, 141.3, 146.8, -31.5),
        (2.471, 202.7, 104.7, -17.0),
        (3.210, 342.7, 18.7, 0.0),
        (4.038, 352.2, 18.7, 0.0),
        (7.111, 433.9, -2.4, 0.75),
        (8.331, 629.0, 30.9, 0.0),
        (10.00, 701.2, 25.2, 0.0),
    ]
)
_TABLE_UNIT_CM2 = 1e-22  # of the table that `read_cross_section` reads


def cross_section(energy_kev: np.ndarray) -> np.ndarray:
    """Photoelectric cross-section per hydrogen atom in cm2, solar abundances, between 0.03 and 10 keV.

    (c0 + c1 E + c2 E^2) / E^3 * 1e-24 cm2 (Morrison & McCammon 1983, ApJ 270, 119, table 2); outside of that
    range the nearest polynomial goes on.

    Examples
    --------
    >>> cross_section(np.array([1.0])).round(25)
    array([2.422e-22])
    """
    energy_kev = np.asarray(energy_kev, float)
    row = np.searchsorted(_MORRISON_MCCAMMON[:-1, 0], energy_kev, side="right")
    c0, c1, c2 = _MORRISON_MCCAMMON[row, 1:].T
    return 1e-24 * (c0.T + c1.T * energy_kev + c2.T * energy_kev**2) / energy_kev**3


def read_cross_section(path: str | os.PathLike[str]) -> CrossSection:
    """Read a table of cross-sections: energies in keV in the first row, 1e-22 cm2 per hydrogen in the second.

    The table `tbabs.data` of MUWCLASS, after Wilms, Allen & McCray (2000, ApJ 542, 914), is of this form.

    Raises
    ------
    DataError
        When it has not two rows of positive numbers, the first one rising.
    """
    try:
        table = np.loadtxt(path)
    except (OSError, ValueError) as error:
        raise _wrong(path, f"{type(error).__name__}: {error}") from error
    if table.ndim != 2 or len(table) != 2 or not (table > 0).all() or (np.diff(table[0]) <= 0).any():
        raise _wrong(path, f"shape {table.shape}")
    logs = np.log(table)

    def tabulated(energy_kev: np.ndarray) -> np.ndarray:
        return _TABLE_UNIT_CM2 * np.exp(np.interp(np.log(energy_kev), *logs))

    return tabulated


def _wrong(path: str | os.PathLike[str], got: str) -> DataError:
    return DataError(
        str(Path(path)),
        expected="two rows of positive numbers: rising energies in keV, cross-sections in 1e-22 cm2",
        got=got[:200],
        next_step="Take tbabs.data of MUWCLASS, or leave the table out for an analytic one.",
    )
