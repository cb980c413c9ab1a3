"""Units at the door: what a column carries becomes what was declared, or an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import DataError

if TYPE_CHECKING:
    import pandas as pd


def to_unit(what: str, values: pd.Series, unit: Any, target: str) -> pd.Series:
    """Convert values from the unit that their column carries to the declared one.

    Parameters
    ----------
    what : str
        The column, for the message.
    values : pandas.Series, (n_rows,), float
    unit : str or astropy unit
    target : str

    Raises
    ------
    DataError
        When the unit is unknown or measures something else.

    Examples
    --------
    >>> import pandas as pd
    >>> to_unit("distance", pd.Series([3600.0]), "kpc", "Mpc").tolist()
    [3.6]
    """
    if str(unit).strip() in ("", target):
        return values
    import pandas as pd
    from astropy import units

    try:
        # As text: a unit that the format does not list has come without its meaning.
        converted = units.Unit(str(unit)).to(units.Unit(target), values.to_numpy())
    except (ValueError, TypeError) as error:  # UnitConversionError is a TypeError
        raise DataError(
            what,
            expected=f"a unit that converts to {target!r}",
            got=f"{str(unit)[:60]!r}",
            next_step="Correct the unit in the file, or the column that carries it.",
        ) from error
    return pd.Series(converted, index=values.index)
