"""What goes in: simulated spectra, or the labelled table; eight classes, and what they are in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...data import Provenance, describe, verify
from ...data import load as load_dataset
from ...data.chandra import read_sources
from ...data.simulate.xray import CLASSES, XraySpectra, simulate_xray
from ...errors import DataError, ParameterError
from ...random import RandomState

if TYPE_CHECKING:
    import pandas as pd

CLASS_WORDS = {
    "AGN": "active galactic nuclei",
    "LM-STAR": "stars of low mass",
    "HM-STAR": "stars of high mass",
    "YSO": "young stellar objects",
    "NS": "neutron stars without a companion",
    "LMXB": "X-ray binaries of low mass",
    "HMXB": "X-ray binaries of high mass",
    "CV": "cataclysmic variables",
}
COMPACT = ("NS", "LMXB", "HMXB", "CV")  # white dwarfs are stellar remnants, too
LEAST = 10  # sources of a class, so that nested folds have some of each
BAND_KEV = (0.5, 8.0)


class Labelled(NamedTuple):
    """A table of sources with the columns of `astrokit.data.chandra`, and where it comes from."""

    table: pd.DataFrame
    provenance: Provenance

    @property
    def labels(self) -> np.ndarray:
        """(n_sources,)"""
        return self.table["Class"].to_numpy(str)

    @property
    def groups(self) -> np.ndarray:
        """A number for each source: rows of one name stay in one fold, (n_rows,)."""
        if "name" not in self.table:
            return np.arange(len(self.table))
        return np.unique(self.table["name"].to_numpy(str), return_inverse=True)[1]


def load_labelled(source: str = "real", *, path: str | None = None) -> Labelled:
    """The labelled Chandra table ("real"), or a table of one's own with labels ("file").

    Raises
    ------
    ParameterError, DataError, FetchError
        Among others where a class has fewer than `LEAST` sources.
    """
    if source == "real":
        loaded = load_dataset("chandra-classes")
        return Labelled(loaded.data, loaded.provenance)
    if source != "file" or not path:
        raise _wrong_source(source, path, '"real", or "file" with a path')
    table = read_sources(path)
    sizes = table["Class"].value_counts() if "Class" in table else {}
    few = {name: int(sizes.get(name, 0)) for name in set(sizes.keys()) & set(CLASSES) if sizes[name] < LEAST}
    unknown = set(sizes.keys()) - set(CLASSES)
    if len(sizes) < 2 or few or unknown or table["Class"].isna().any():
        raise DataError(
            f"column 'Class' of {path}",
            expected=f"in every row one of {', '.join(CLASSES)}, each {LEAST} times or more",
            got=f"unknown: {', '.join(map(str, unknown)) or 'none'}; rare: {few or 'none'}",
            next_step="Leave out the others, or use `classify`, which needs no labels.",
        )
    return Labelled(table, Provenance.of_file(path))


def has_real_response() -> bool:
    """Whether the files of the real response and cross-sections are on this machine."""
    return not verify("acis-response") and not verify("tbabs")


def load(
    source: str = "embedded",
    *,
    n_sources: int = 2000,
    n_counts: float | None = None,
    random_state: RandomState = 0,
) -> XraySpectra:
    """Simulate spectra: folded through formulas ("embedded"), or through the real ACIS response ("real").

    Whichever it is, the sources are simulated, and the provenance says so.

    Parameters
    ----------
    source : {"embedded", "real"}
        "real" takes the response and the tabulated cross-sections of the registry.
    n_sources, n_counts, random_state
        As for `simulate_xray`.

    Examples
    --------
    >>> spectra = load("embedded", n_sources=80)
    >>> spectra.counts.shape[0], spectra.provenance.simulated
    (80, True)
    """
    options: dict[str, Any] = {"n_counts": n_counts, "random_state": random_state}
    if source == "embedded":
        return simulate_xray(n_sources, **options)
    if source == "real":
        response = load_dataset("acis-response").data.between(*BAND_KEV)
        absorption = load_dataset("tbabs").data
        return simulate_xray(n_sources, response=response, absorption=absorption, **options)
    raise _wrong_source(source, None, '"embedded", or "real" for the real response')


def citation_of_response() -> str:
    """Whom to cite for the real response."""
    return describe("acis-response").citation


def _wrong_source(source: str, path: str | None, expected: str) -> ParameterError:
    return ParameterError(
        "source of the X-ray data",
        expected=expected,
        got=f"{source!r} with path {path!r}",
        next_step="Set `source`.",
    )
