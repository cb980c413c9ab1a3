"""From observations to ten latents in one call, with the networks that ship; and how these are made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np

from .autoencoders import (
    CURVES_FILE,
    HISTOGRAMS_FILE,
    encode_curves,
    encode_histograms,
    fit_curves,
    fit_histograms,
    shipped_curve_network,
    shipped_histogram_network,
)
from .folding import Folded, fold
from .histograms import Histograms, histogram_of
from .observations import LightCurves, gather

if TYPE_CHECKING:
    import pandas as pd

LATENT_NAMES = (*(f"curve {k}" for k in range(5)), *(f"histogram {k}" for k in range(5)))


@overload
def embed(observations: Any, sources: Any, *, report: Literal[False] = False) -> np.ndarray: ...
@overload
def embed(observations: Any, sources: Any, *, report: Literal[True]) -> tuple[np.ndarray, pd.DataFrame]: ...
def embed(
    observations: Any, sources: Any, *, report: bool = False
) -> np.ndarray | tuple[np.ndarray, pd.DataFrame]:
    """Ten latents of each source, five of its folded curve and five of its |dm| | dt histogram.

    By networks that come with the package: nothing is fitted, and no data are needed but the source's own.
    Observations are sorted by time, those at one time averaged, those that are not finite left out.

    Parameters
    ----------
    observations : pandas.DataFrame or astropy.table.Table
        Columns `source_id`, `mjd` (day), `mag`, `mag_err`; rows in any order.
    sources : pandas.DataFrame or astropy.table.Table
        Columns `source_id` and `period` (day); others are left aside.
    report : bool
        Also return a row a source on what was done: `n` observations used, `n_unusable`, `n_out_of_order`,
        `n_duplicates`, `n_cut` (faint outliers of the curve), and `note`.

    Returns
    -------
    latents : (n_sources, 10)
        Finite, in the order of `sources`, named by `LATENT_NAMES`. What cannot be known is 0, the mean of
        the prior, and the report's `note` says why: "fewer than 5 observations" (all ten are 0); "constant"
        or "no period" (the first five are 0).
    report : DataFrame
        If asked for.

    Raises
    ------
    DataError
        When a column is missing or is not numbers, a source is named twice, or no observation is of any of
        the sources.

    Examples
    --------
    >>> from astrokit.data.simulate.light_curves import simulate_light_curves
    >>> simulated = simulate_light_curves(20)
    >>> embed(simulated.observations, simulated.sources).shape
    (20, 10)
    """
    curves = gather(observations, sources)
    folded = fold(curves)
    latents = embed_folded(folded, histogram_of(curves))
    return (latents, curves.report.assign(n_cut=folded.n_cut)) if report else latents


def embed_folded(folded: Folded, histograms: Histograms) -> np.ndarray:
    """Latents (n_sources, 10) of folded curves and histograms, as `embed`."""
    of_curves = encode_curves(shipped_curve_network(), folded)
    return np.hstack([of_curves, encode_histograms(shipped_histogram_network(), histograms)])


def make_weights(curves: LightCurves, folder: str | Path, *, epochs: int = 40) -> None:
    """Fit both networks to light curves, and write them into a folder."""
    from ....training import save_weights

    of_curves, _ = fit_curves(fold(curves), epochs=epochs)
    of_histograms, _ = fit_histograms(histogram_of(curves), epochs=epochs)
    notes = {"n_sources": len(curves.period_day), "epochs": epochs}
    for model, name in ((of_curves, CURVES_FILE), (of_histograms, HISTOGRAMS_FILE)):
        save_weights(model, Path(folder) / name, notes=notes, overwrite=True)
