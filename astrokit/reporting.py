"""What a running notebook reports about itself: numbers that a reader would quote, and the data it used.

One JSON object a line is appended to the file named by the environment variable `ASTROKIT_RECORD`; `astrokit
run` sets it and folds the lines into `record.json`. Without the variable nothing is written.
"""

import json
import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

from .errors import ParameterError

RECORD_VARIABLE = "ASTROKIT_RECORD"


def record(
    name: str,
    value: float | int | bool | str,
    *,
    interval: Sequence[float] | None = None,
    unit: str | None = None,
    paper: float | int | str | None = None,
) -> None:
    """Report one number of a notebook, with its interval and the paper's value beside it.

    Parameters
    ----------
    name : str
        Short and stable; it becomes a key of `metrics` in the run's record. A later value replaces an earlier
        one. A number of other data than what was studied begins with the first word of that data's name, as
        "swift_recall" of `swift-ulx-results`; the gallery tells by this whether a number is of real data.
    value : float, int, bool or str
        A scalar; numpy scalars are converted. NaN is kept as null.
    interval : (low, high), optional
        The 90% interval unless the notebook says otherwise; low <= high.
    unit : str, optional
        Empty for pure numbers.
    paper : float, int or str, optional
        What the rebuilt paper reports for the same quantity.

    Raises
    ------
    ParameterError
        When the value is not a scalar or the interval not a pair (low, high).

    Examples
    --------
    >>> record("recall", 0.82, interval=(0.74, 0.89))
    """
    entry = {
        "value": _scalar(name, value),
        "interval": _interval(name, interval),
        "unit": unit,
        "paper": None if paper is None else _scalar(name, paper),
    }
    _append({"kind": "metric", "name": str(name), **entry})


def report_data(provenance: Mapping[str, Any]) -> None:
    """Report a data set that the running notebook loaded; called by `astrokit.data`, not by notebooks."""
    _append({"kind": "data", **provenance})


def _append(entry: Mapping[str, Any]) -> None:
    path = os.environ.get(RECORD_VARIABLE)
    if not path:
        return
    line = json.dumps(entry, allow_nan=False) + "\n"
    # One write call on a file opened for appending: lines of several processes do not mix.
    with open(path, "a", encoding="utf-8") as file:
        file.write(line)


def _scalar(name: str, value: Any) -> float | int | bool | str | None:
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bool | int | str):
        return value
    raise ParameterError(
        f"record({name!r})",
        expected="a number, a truth value or a text",
        got=type(value).__name__,
        next_step="Record one scalar per name.",
    )


def _interval(name: str, interval: Sequence[float] | None) -> list[float] | None:
    if interval is None:
        return None
    pair = [float(edge) for edge in interval]
    if len(pair) != 2 or not pair[0] <= pair[1]:
        raise ParameterError(
            f"interval of record({name!r})",
            expected="(low, high) with low <= high",
            got=tuple(pair),
            next_step="Pass the lower edge first; leave the interval out where there is none.",
        )
    return pair
