"""Raw columns become float, int, str or bool; what cannot be is said row by row.

`convert` answers with the values and with a mask of the rows that hold something else. Missing values are not
wrong here: whether they may be missing is the caller's business.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors import DataError
from .formats import RawColumn

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MISSING_WORDS = ("", "nan", "na", "n/a", "null", "none", "--")
TRUTH_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
INT64_MAX = 2**63 - 1
EXACT_IN_FLOAT = 2**53  # whole numbers beyond it are not all representable as float64


def convert(what: str, raw: RawColumn, kind: str) -> tuple[pd.Series, np.ndarray]:
    """Convert a raw column to a kind.

    Returns
    -------
    values : pandas.Series, (n_rows,)
        float64; int64 or Int64; str; bool or boolean: the nullable ones only where a value is missing.
    wrong : (n_rows,), bool
        Rows that hold something that is not of the kind.

    Raises
    ------
    DataError
        When the column as a whole has another type.
    """
    if raw.is_text:
        return _FROM_TEXT[kind](raw.values.str.strip())
    converted = _FROM_TYPED[kind](raw.values)
    if converted is None:
        raise DataError(
            what,
            expected=f"the type {kind!r}",
            got=f"{raw.values.dtype}, such as {str(raw.values.iloc[0])[:40]!r}",
            next_step="Store the column with the right type.",
        )
    return converted


def _text_to_float(text: pd.Series) -> tuple[pd.Series, np.ndarray]:
    missing = text.str.lower().isin(MISSING_WORDS)
    numbers = _parsed(text.mask(missing), "float64").astype("float64")
    return numbers, (numbers.isna() & ~missing).to_numpy(bool)


def _text_to_int(text: pd.Series) -> tuple[pd.Series, np.ndarray]:
    missing = text.str.lower().isin(MISSING_WORDS)
    # Parsed without the missing ones, which would turn all into floats and round identifiers of 19 digits.
    whole = _whole(_parsed(text[~missing], "int64"))[0].reindex(text.index)
    return _plain(whole, "int64"), (whole.isna() & ~missing).to_numpy(bool)


def _parsed(text: pd.Series, dtype: str) -> pd.Series:
    """Parse numbers; what is none becomes NaN. Arrow is ten times faster, but gives up at the first."""
    import pandas as pd
    import pyarrow as pa

    try:
        numbers = pa.array(text, from_pandas=True).cast(dtype)
    except pa.ArrowInvalid:
        return pd.to_numeric(text, errors="coerce")
    return pd.Series(numbers.to_numpy(zero_copy_only=False), index=text.index)


def _text_to_bool(text: pd.Series) -> tuple[pd.Series, np.ndarray]:
    words = text.str.lower()
    missing = words.isin(MISSING_WORDS)
    values = words.map(TRUTH_WORDS).astype("boolean")
    return _plain(values, "bool"), (values.isna() & ~missing).to_numpy(bool)


def _text_to_text(text: pd.Series) -> tuple[pd.Series, np.ndarray]:
    import numpy as np

    return text.mask(text == ""), np.zeros(len(text), bool)


def _typed_to_float(values: pd.Series) -> tuple[pd.Series, np.ndarray] | None:
    import numpy as np
    from pandas.api import types

    if types.is_bool_dtype(values) or not (types.is_float_dtype(values) or types.is_integer_dtype(values)):
        return None
    return values.astype("float64"), np.zeros(len(values), bool)


def _typed_to_int(values: pd.Series) -> tuple[pd.Series, np.ndarray] | None:
    from pandas.api import types

    if types.is_bool_dtype(values) or not (types.is_float_dtype(values) or types.is_integer_dtype(values)):
        return None
    whole, wrong = _whole(values)
    return _plain(whole, "int64"), wrong


def _typed_to_text(values: pd.Series) -> tuple[pd.Series, np.ndarray] | None:
    from pandas.api import types

    if types.is_integer_dtype(values):
        values = values.astype("string").astype(object)
    elif types.infer_dtype(values, skipna=True) not in ("string", "empty"):
        return None
    return _text_to_text(values.astype("str").mask(values.isna()).str.strip())


def _typed_to_bool(values: pd.Series) -> tuple[pd.Series, np.ndarray] | None:
    import numpy as np
    from pandas.api import types

    if types.is_bool_dtype(values):
        return _plain(values.astype("boolean"), "bool"), np.zeros(len(values), bool)
    if not types.is_integer_dtype(values):
        return None
    wrong = ~values.isin((0, 1)) & values.notna()
    return _plain(values.mask(wrong).astype("Int64").astype("boolean"), "bool"), wrong.to_numpy(bool)


def _whole(numbers: pd.Series) -> tuple[pd.Series, np.ndarray]:
    """Return numbers as Int64 and where they are not whole or too large for it; missing ones stay missing."""
    from pandas.api import types

    if types.is_integer_dtype(numbers):
        wrong = (numbers > INT64_MAX).fillna(False)  # an unsigned one
    else:
        wrong = ((numbers % 1 != 0) | (numbers.abs() > EXACT_IN_FLOAT)) & numbers.notna()
    return numbers.mask(wrong).astype("Int64"), wrong.to_numpy(bool)


def _plain(values: pd.Series, dtype: str) -> pd.Series:
    return values if values.isna().any() else values.astype(dtype)


_Converted = tuple["pd.Series", "np.ndarray"]
_FROM_TEXT: dict[str, Callable[[pd.Series], _Converted]] = {
    "float": _text_to_float,
    "int": _text_to_int,
    "str": _text_to_text,
    "bool": _text_to_bool,
}
_FROM_TYPED: dict[str, Callable[[pd.Series], _Converted | None]] = {
    "float": _typed_to_float,
    "int": _typed_to_int,
    "str": _typed_to_text,
    "bool": _typed_to_bool,
}
