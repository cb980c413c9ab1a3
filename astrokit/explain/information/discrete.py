"""Partial information decomposition of a known, discrete distribution."""

from __future__ import annotations

from typing import Any

import numpy as np

from .broja import decompose_broja
from .decomposition import Decomposition, from_redundancy, in_unit
from .measures import SHARED
from .pmf import read_pmf
from .terms import informations
from .units import check_choice, nats_per

MEASURES = ("broja", *SHARED)


def pid(pmf: Any, *, measure: str = "broja", unit: str = "bits") -> Decomposition:
    """Decompose what two sources tell about a target into redundant, unique and synergistic information.

    Parameters
    ----------
    pmf : rows (x1, x2, y, probability), or array (n1, n2, ny) of probabilities
    measure : {"broja", "mmi", "i_min", "ccs", "sx", "pointwise"}
        broja: Bertschinger et al. 2014. mmi: Barrett 2015. i_min: Williams & Beer 2010. ccs: Ince 2017.
        sx: Makkeh, Gutknecht & Wibral 2021. pointwise: the expected lesser of the two pointwise informations.
        The first three are never negative; in the others a negative atom is misinformation.
        `docs/information.md` says which question each answers.
    unit : {"bits", "nats"}

    Returns
    -------
    Decomposition

    Raises
    ------
    ParameterError
        For a table that is no distribution, an unknown measure or unit.

    Examples
    --------
    >>> both = [(0, 0, 0, 0.25), (0, 1, 0, 0.25), (1, 0, 0, 0.25), (1, 1, 1, 0.25)]
    >>> pid(both, measure="mmi")
    Decomposition (mmi, bits), total 0.8113
      redundant    0.3113
      unique1      0.0000
      unique2      0.0000
      synergistic  0.5000
    """
    check_choice("measure", measure, MEASURES)
    nats = nats_per(unit)
    return in_unit(decompose(read_pmf(pmf), measure), unit, nats)


def decompose(p: np.ndarray, measure: str) -> Decomposition:
    """The decomposition of a checked table p[x1, x2, y], in nats."""
    if measure == "broja":
        return decompose_broja(p)
    return from_redundancy(SHARED[measure](p), *informations(p), measure=measure)
