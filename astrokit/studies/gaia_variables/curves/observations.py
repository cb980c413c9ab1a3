"""Light curves of many sources in one piece: sorted by time, duplicates averaged, and what was done said."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ....data.columns import column_names
from ....errors import DataError

if TYPE_CHECKING:
    import pandas as pd

OBSERVATIONS = ("source_id", "mjd", "mag", "mag_err")
SOURCES = ("source_id", "period")
FEWEST = 5  # observations; from fewer no curve is folded and no histogram made
FAINTEST = 100.0  # mag; what is beyond is no measurement
LEAST_ERROR, LEAST_SPREAD = 1e-6, 1e-6  # mag; magnitudes that differ by less are constant
PERIODS_DAY = 1e-4, 1e6  # other periods are none


class LightCurves(NamedTuple):
    """Observations one source after the other, each by ascending time.

    Attributes
    ----------
    mjd, mag, error : (n_observations,)
        Days and magnitudes; 1 sigma.
    first : (n_sources + 1,)
        Source k has the observations [first[k], first[k + 1]).
    period_day : (n_sources,)
        NaN where none is known.
    report : DataFrame, a row a source
        `source_id`, `n` observations kept, `n_unusable` (not finite, beyond 100 mag, or an error that is
        not positive), `n_out_of_order`, `n_duplicates` (at a time that was there already), and in `note`
        what an autoencoder cannot use, empty where all is well.
    """

    mjd: np.ndarray
    mag: np.ndarray
    error: np.ndarray
    first: np.ndarray
    period_day: np.ndarray
    report: pd.DataFrame


def gather(observations: Any, sources: Any) -> LightCurves:
    """Light curves in the order of `sources`; observations of other sources are left aside.

    Parameters
    ----------
    observations : pandas.DataFrame or astropy.table.Table
        Columns `source_id`, `mjd` (day), `mag`, `mag_err`, in any order of rows. Observations at one time
        become their mean, weighted by 1 / error^2.
    sources : pandas.DataFrame or astropy.table.Table
        Columns `source_id` and `period` (day; missing or not positive: none).

    Raises
    ------
    DataError
        When a column is not there or is not numbers, a source is named twice, or no observation is of any of
        the sources.

    Examples
    --------
    >>> import pandas as pd
    >>> seen = pd.DataFrame({"source_id": 7, "mjd": [2.0, 1.0, 2.0], "mag": [1.0, 3.0, 2.0], "mag_err": 0.1})
    >>> curves = gather(seen, pd.DataFrame({"source_id": [7], "period": [0.5]}))
    >>> curves.mjd.tolist(), curves.mag.round(3).tolist()
    ([1.0, 2.0], [3.0, 1.5])
    >>> curves.report[["n_out_of_order", "n_duplicates"]].values.tolist()
    [[1, 1]]
    """
    import pandas as pd

    identifier, *measured = _columns("observations", observations, OBSERVATIONS)
    source_id, period = _columns("sources", sources, SOURCES)
    index = pd.Index(source_id)
    _require_once(index)
    place, n_sources = index.get_indexer(identifier), len(index)
    _require_match(place, identifier, source_id)
    mjd, mag, error = measured
    usable = np.isfinite(mjd) & (np.abs(mag) < FAINTEST) & (error > 0) & (error < FAINTEST)
    kept = np.flatnonzero((place >= 0) & usable)
    kept = kept[np.argsort(place[kept], kind="stable")]  # by source, and still in the order that they came in
    turned = (np.diff(mjd[kept]) < 0) & (np.diff(place[kept]) == 0)
    counts = {
        "n_unusable": place[(place >= 0) & ~usable],
        "n_out_of_order": place[kept][1:][turned],
    }
    kept = kept[np.lexsort([mjd[kept], place[kept]])]
    again = np.zeros(len(kept), bool)
    again[1:] = (np.diff(place[kept]) == 0) & (np.diff(mjd[kept]) == 0)
    counts["n_duplicates"] = place[kept][again]
    mean, error = _averaged(mag[kept], error[kept], ~again)
    first = np.searchsorted(place[kept][~again], np.arange(n_sources + 1))
    period = np.where((period > PERIODS_DAY[0]) & (period < PERIODS_DAY[1]), period, np.nan)
    report = pd.DataFrame({"source_id": source_id, "n": np.diff(first)})
    for name, of in counts.items():
        report[name] = np.bincount(of, minlength=n_sources)
    report["note"] = _notes(mean, first, period)
    return LightCurves(mjd[kept][~again], mean, error, first, period, report)


def _averaged(mag: np.ndarray, error: np.ndarray, is_new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means weighted by 1 / error^2 of each run that begins where `is_new`, and their errors."""
    starts, weight = np.flatnonzero(is_new), np.maximum(error, LEAST_ERROR) ** -2.0
    if len(starts) == len(mag):
        return mag, error
    total = np.add.reduceat(weight, starts)
    return np.add.reduceat(weight * mag, starts) / total, total**-0.5


def _notes(mag: np.ndarray, first: np.ndarray, period: np.ndarray) -> np.ndarray:
    spread = np.array([np.ptp(mag[a:b]) if b > a else 0.0 for a, b in pairwise(first)])
    few, constant = np.diff(first) < FEWEST, spread < LEAST_SPREAD
    words = [f"fewer than {FEWEST} observations", "constant", "no period"]
    return np.select([few, constant, np.isnan(period)], words, "").astype(object)


def _require_once(index: pd.Index) -> None:
    if not index.is_unique:
        raise DataError(
            "sources",
            expected="a row for each source_id",
            got=f"{index[index.duplicated()][0]} twice",
            next_step="Drop the second row.",
        )


def _require_match(place: np.ndarray, identifier: np.ndarray, source_id: np.ndarray) -> None:
    if len(source_id) and not (place >= 0).any():
        raise DataError(
            "observations",
            expected=f"observations of the sources, source_id {', '.join(map(str, source_id[:3]))} ...",
            got=f"{', '.join(map(str, identifier[:3])) or 'none'} ...",
            next_step="Bring both tables to one kind of source_id.",
        )


def _columns(what: str, table: Any, names: tuple[str, ...]) -> list[np.ndarray]:
    found = column_names(table)
    lacking = [name for name in names if name not in found]
    if lacking:
        raise DataError(
            what,
            expected=f"a DataFrame or Table with the columns {', '.join(names)}",
            got=f"no {', '.join(lacking)}, among {', '.join(map(str, found[:12])) or 'no columns'}",
            next_step="Rename your columns.",
        )
    return [_identifiers(table[names[0]]), *(_numbers(what, table[name], name) for name in names[1:])]


def _identifiers(column: Any) -> np.ndarray:
    return np.asarray(getattr(column, "to_numpy", lambda: column)())


def _numbers(what: str, column: Any, name: str) -> np.ndarray:
    import pandas as pd

    if np.ma.isMaskedArray(column):
        column = np.ma.filled(np.ma.asarray(column).astype(float), np.nan)
    try:
        return pd.to_numeric(pd.Series(np.asarray(column))).to_numpy(float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"column {name!r} of {what}",
            expected="numbers",
            got=str(error)[:80],
            next_step="Convert it to float; NaN stands for a missing value.",
        ) from None
