"""`emulate`: ratios for a table of inputs, by the emulator that comes with the package."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...data.columns import column_names, values_and_gaps
from ...data.tables import Column
from ...data.uclchem import INPUTS
from ...errors import ParameterError
from .sample import RATIOS

ROUNDING = 1e-6  # of a range: float32 inputs may fall so far beside it


def emulate(table: Any) -> Any:
    """log10 of the nine ratios after 1e6 years, with 90% intervals.

    Parameters
    ----------
    table : pandas.DataFrame or astropy.table.Table
        The seven columns of `astrokit.data.uclchem.INPUTS`, within their ranges; other columns are ignored.

    Returns
    -------
    the same kind, a row for each row, in order
        Columns named as the ratios (`CN/HCN`, `HNC/HCN`, `CS/SO`, ...), and for each of them `RATIO low` and
        `RATIO high`. A DataFrame keeps its index. The intervals hold nine of ten models of the hypercube that
        the emulator was fitted to; nothing is known of models that UCLCHEM did not finish there.

    Raises
    ------
    ParameterError
        For another kind of table, a missing column, values that are no finite numbers, or out of range.

    Examples
    --------
    >>> import pandas as pd
    >>> from astrokit.data.uclchem import INPUT_NAMES
    >>> cloud = pd.DataFrame([[20.0, 5.0, 0.0, 0.0, 0.5, -0.5, -0.5]], columns=INPUT_NAMES)
    >>> list(emulate(cloud))[:3], emulate(cloud).shape
    (['CN/HCN', 'HNC/HCN', 'CS/SO'], (1, 27))
    """
    from .weights import shipped_emulator

    inputs = read_inputs(table)
    emulator = shipped_emulator()
    middle, (low, high) = emulator.predict(inputs), emulator.interval(inputs)
    columns = {ratio: middle[:, k] for k, ratio in enumerate(RATIOS)}
    for k, ratio in enumerate(RATIOS):
        columns |= {f"{ratio} low": low[:, k], f"{ratio} high": high[:, k]}
    if hasattr(table, "colnames"):
        from astropy.table import Table

        return Table(columns)
    import pandas as pd

    return pd.DataFrame(columns, index=table.index)


def read_inputs(table: Any) -> np.ndarray:
    """The seven inputs of a table as floats (n_samples, 7); ParameterError for what is wrong with them."""
    names = column_names(table)
    missing = [column.name for column in INPUTS if column.name not in names]
    if missing or not (hasattr(table, "colnames") or hasattr(table, "index")):
        raise ParameterError(
            "table of inputs",
            expected=f"a DataFrame or an astropy Table with the columns {', '.join(c.name for c in INPUTS)}",
            got=f"no {', '.join(missing)}" if missing else type(table).__name__,
            next_step="Name the columns as in astrokit.data.uclchem; all but the temperature are log10.",
        )
    return np.column_stack([_checked(table[column.name], column) for column in INPUTS])


def _checked(given: Any, column: Column) -> np.ndarray:
    values, gaps = values_and_gaps(given)
    try:
        numbers = np.asarray(values, float)
    except (TypeError, ValueError):
        numbers = np.full(len(values), np.nan)
    low, high = column.minimum or 0.0, column.maximum or 0.0
    slack = ROUNDING * (high - low)
    bad = np.asarray(gaps) | ~((numbers >= low - slack) & (numbers <= high + slack))
    if bad.any():
        first = int(np.argmax(bad))
        raise ParameterError(
            f"column {column.name!r}",
            expected=f"finite numbers from {low:g} to {high:g}",
            got=f"{int(bad.sum())} others, the first in row {first}: {values[first]!s}",
            next_step="Drop these rows: no model is known there. All but the temperature are log10.",
        )
    return np.clip(numbers, low, high)
