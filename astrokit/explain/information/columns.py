"""Variables as they come in, checked: numbers as (n_samples, n_columns), labels and groups as codes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import ParameterError


def read_columns(name: str, values: Any) -> np.ndarray:
    """A scalar or vector variable as floats (n_samples, n_columns): finite, and no column constant."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ParameterError(
            name,
            expected="numbers (n_samples,) or (n_samples, n_columns)",
            got=_kind(values),
            next_step="Encode categories as numbers; only the y of the estimator 'classifier' may be labels.",
        ) from None
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or 0 in array.shape:
        raise ParameterError(
            name,
            expected="shape (n_samples,) or (n_samples, n_columns)",
            got=f"shape {np.shape(values)}",
            next_step="Put one sample into each row.",
        )
    _check_finite(name, array)
    constant = np.flatnonzero(np.ptp(array, axis=0) == 0)
    if constant.size:
        raise ParameterError(
            name,
            expected="columns that vary",
            got=f"column {constant[0]} with the one value {array[0, constant[0]]:g} in {len(array)} rows",
            next_step="Leave it out: a constant carries no information.",
        )
    return array


def read_labels(name: str, values: Any) -> np.ndarray:
    """Class labels as codes (n_samples,), at least two of them."""
    array = np.asarray(values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1 or not len(array):
        raise ParameterError(
            name,
            expected="labels (n_samples,)",
            got=f"shape {array.shape}",
            next_step="Give one label a row.",
        )
    if array.dtype.kind in "fc":
        _check_finite(name, array)
    classes, code = np.unique(array.astype(str) if array.dtype == object else array, return_inverse=True)
    if len(classes) < 2:
        raise ParameterError(
            name,
            expected="at least 2 classes",
            got=f"1 class, {str(classes[0])!r}, in {len(array)} rows",
            next_step="Add rows of another class: one class alone has no entropy to explain.",
        )
    return code


def read_groups(groups: Any, n_samples: int) -> np.ndarray | None:
    """Codes of the group of each row (n_samples,), at least two groups; None stays None."""
    if groups is None:
        return None
    array = np.asarray(groups)
    if array.shape != (n_samples,):
        raise ParameterError(
            "groups",
            expected=f"one group for each of {n_samples} rows",
            got=f"shape {array.shape}",
            next_step="Pass for instance the source of each observation.",
        )
    names, code = np.unique(array.astype(str) if array.dtype == object else array, return_inverse=True)
    if len(names) < 2:
        raise ParameterError(
            "groups",
            expected="at least 2 groups",
            got="1 group",
            next_step="Leave `groups` out if the rows are independent.",
        )
    return code


def check_lengths(**columns: np.ndarray) -> int:
    """The common number of rows."""
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        raise ParameterError(
            ", ".join(lengths),
            expected="the same number of rows",
            got=" and ".join(str(length) for length in lengths.values()),
            next_step="Give each sample one row in every variable.",
        )
    return next(iter(lengths.values()))


def check_count(name: str, got: Any, *, least: int) -> int:
    """An integer of at least `least`."""
    if isinstance(got, bool) or not isinstance(got, int | np.integer) or got < least:
        raise ParameterError(
            name, expected=f"an integer >= {least}", got=repr(got), next_step="Leave it out for the default."
        )
    return int(got)


def check_rows(n_samples: int, *, least: int, why: str) -> None:
    """Raise a `ParameterError` where there are fewer rows than an estimator needs."""
    if n_samples < least:
        raise ParameterError(
            "samples",
            expected=f"at least {least} rows {why}",
            got=f"{n_samples} rows",
            next_step="Bring more rows, or choose another estimator.",
        )


def _check_finite(name: str, array: np.ndarray) -> None:
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        raise ParameterError(
            name,
            expected="finite numbers",
            got=f"{len(bad)} not finite, the first in row {bad[0][0]}",
            next_step="Drop or impute these rows first.",
        )


def _kind(values: Any) -> str:
    return f"{type(values).__name__} of {np.asarray(values, dtype=object).dtype}, shape {np.shape(values)}"
