"""Classes for a table of strangers, by what ships with the package: no training, no data, no network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from ...errors import DataError
from .experts import as_table, judge, reweigh
from .features import read_numbers
from .weights import shipped_experts

AnyTable = TypeVar("AnyTable")  # pandas.DataFrame or astropy.table.Table


def classify(table: AnyTable, *, shares: Mapping[str, float] | None = None) -> AnyTable:
    """Probabilities of the eight classes for each source of a table.

    Needed are the columns `Fcsc_s`, `Fcsc_m`, `Fcsc_h`; whatever else of `astrokit.data.chandra` is there,
    is used: flux errors, variability, photon index, magnitudes of the counterpart. Any value may be missing
    (NaN, None, masked). No flux at all gives 1/8 for each class; a flux of zero or less is a band without a
    photon (`features.read_numbers`). A source's answer does not depend on the other rows.

    Parameters
    ----------
    table : pandas.DataFrame or astropy.table.Table
        Columns of fluxes with a unit are converted to erg/s/cm2; without one they are taken to be in it.
    shares : {class: share}, optional
        Of the classes among such sources. By default all alike, so that the largest probability makes the
        fewest errors when classes count the same. Those of the labelled catalogue are `{name: of.n_catalogue
        for name, of in astrokit.data.simulate.xray.priors().items()}`; with them, probabilities are
        calibrated for sources like those.

    Returns
    -------
    DataFrame or Table, as it came
        Rows in the same order (a DataFrame keeps its index), a column a class; rows add up to 1.

    Raises
    ------
    DataError
        When it is no table, a flux column is not there, or a column holds texts.
    ParameterError
        For impossible shares.

    Examples
    --------
    >>> import pandas as pd
    >>> sources = pd.DataFrame({"Fcsc_s": [2e-14, None], "Fcsc_m": [1e-14, 1e-15], "Fcsc_h": [5e-15, 9e-14]})
    >>> found = classify(sources)
    >>> list(found.columns)
    ['AGN', 'CV', 'HM-STAR', 'HMXB', 'LM-STAR', 'LMXB', 'NS', 'YSO']
    >>> found.sum(axis=1).round(6).tolist()
    [1.0, 1.0]
    """
    if not hasattr(table, "colnames") and not (hasattr(table, "columns") and hasattr(table, "index")):
        raise DataError(
            "table of sources",
            expected="a pandas DataFrame or an astropy Table",
            got=type(table).__name__,
            next_step="Make one of it, a row for each source.",
        )
    probabilities = judge(shipped_experts(), read_numbers(table)).probabilities
    return as_table(probabilities if shares is None else reweigh(probabilities, shares), table)
