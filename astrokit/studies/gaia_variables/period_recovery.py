"""How often the period search finds the catalogued period: measured on Catalina sources, and shipped.

    python -m astrokit.studies.gaia_variables periods

makes `period_recovery.json` anew from `catalina-sss` in the folder `ASTROKIT_DATA`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...data.catalina import TYPES
from ...evaluation import read_results, wilson, write_results
from .aliases import RELATIONS, relate
from .curves.sample import load_curves
from .periods import find_periods

if TYPE_CHECKING:
    import pandas as pd

FILE = "period_recovery.json"
N_SOURCES = 360
# What counts as recovered: each step allows what the one before does, and more.
STEPS = {"within_1_percent": 1, "up_to_factor_2": 3, "up_to_daily_alias": 4}
TABLES = ("rates", "sources")


def measure_recovery(
    observations: pd.DataFrame, sources: pd.DataFrame, *, progress: bool = True
) -> dict[str, Any]:
    """Search the period of every source, and compare with the one of the catalogue.

    Parameters
    ----------
    observations : DataFrame
        As for `find_periods`.
    sources : DataFrame
        `source_id`, `period` (day) and `type`, a number of `TYPES`.

    Returns
    -------
    dict
        `n_sources`; `rates`, as of `recovery_rates`; `sources`: a row a source with the period found, its
        relation to the one of the catalogue, and whether it is near an alias.
    """
    found = sources.merge(find_periods(observations, progress=progress), on="source_id", how="left")
    found = found.assign(relation=relate(found["period_day"], found["period"]))
    found["near_alias"] = found["near_alias"].fillna(False).astype(bool)
    kept = ["source_id", "type", "period", "period_day", "relation", "near_alias", "n_terms"]
    return {"n_sources": len(found), "rates": recovery_rates(found), "sources": found[kept]}


def recovery_rates(found: pd.DataFrame) -> pd.DataFrame:
    """Shares of the sources whose period is recovered, with 90% intervals (Wilson 1927).

    Parameters
    ----------
    found : DataFrame
        `type`, `relation` (a word of `RELATIONS`) and `near_alias`, a row a source.

    Returns
    -------
    DataFrame
        A row for all, and one for each class: `class`, `n`; for each of `STEPS` the share, `_low` and
        `_high`; `near_alias`, the share that is flagged.

    Examples
    --------
    >>> import pandas as pd
    >>> found = pd.DataFrame({"type": [1, 1], "relation": ["same", "half"], "near_alias": [False, True]})
    >>> recovery_rates(found)[["class", "within_1_percent", "up_to_factor_2"]].values.tolist()
    [['all', 0.5, 1.0], ['RRab', 0.5, 1.0]]
    """
    import pandas as pd

    groups = {"all": found} | {TYPES.get(key, str(key)): rows for key, rows in found.groupby("type")}
    return pd.DataFrame([{"class": name, **_shares(rows)} for name, rows in groups.items()])


def freeze_period_recovery(path: str | Path) -> None:
    """Measure the recovery on Catalina sources, classes as frequent as in the catalogue, and write it."""
    sample = load_curves("real", n_sources=N_SOURCES)
    write_results(path, measure_recovery(sample.observations, sample.sources), TABLES)


def load_period_recovery() -> dict[str, Any]:
    """The recovery that ships with the package, as of `measure_recovery`.

    Examples
    --------
    >>> load_period_recovery()["rates"]["class"][0]
    'all'
    """
    return read_results(resources.files(__package__).joinpath(FILE).read_bytes(), TABLES)


def _shares(rows: pd.DataFrame) -> Mapping[str, float]:
    shares: dict[str, float] = {"n": len(rows)}
    for name, n_allowed in STEPS.items():
        hits = int(rows["relation"].isin(RELATIONS[:n_allowed]).sum())
        low, high = wilson(hits, len(rows))
        shares |= {name: hits / len(rows), f"{name}_low": float(low), f"{name}_high": float(high)}
    return shares | {"near_alias": float(rows["near_alias"].mean())}
