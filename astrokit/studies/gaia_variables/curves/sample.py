"""Which light curves: simulated ones, those of Catalina, or a user's own; and which classes are scored."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ....data import Provenance
from ....data import load as load_dataset
from ....data.catalina import OBSERVATIONS_FILE, read_light_curves
from ....data.simulate.light_curves import CITATION, simulate_light_curves
from ....errors import ParameterError
from ....random import RandomState, as_generator

if TYPE_CHECKING:
    import pandas as pd

SCORED = (1, 2, 5, 6, 7, 8)  # types that are frequent enough to be told apart


class CurveSample(NamedTuple):
    """`observations` (source_id, mjd, mag, mag_err) and `sources` (source_id, period in days, type)."""

    observations: pd.DataFrame
    sources: pd.DataFrame
    provenance: Provenance


def load_curves(
    source: str = "embedded",
    *,
    path: str | None = None,
    n_sources: int | None = None,
    random_state: RandomState = 0,
) -> CurveSample:
    """Load light curves: simulated ("embedded"), of Catalina ("real"), or a user's ("file").

    Parameters
    ----------
    source : {"embedded", "real", "file"}
    path : str, optional
        For "file": a folder with the files of `astrokit.data.catalina`.
    n_sources : int, optional
        So many at random, 1,000 where they are simulated; all by default.
    random_state : int, Generator or None

    Raises
    ------
    ParameterError, DataError, FetchError

    Examples
    --------
    >>> sample = load_curves("embedded", n_sources=30)
    >>> sample.provenance.simulated, len(sample.sources)
    (True, 30)
    """
    if source == "embedded":
        made = simulate_light_curves(n_sources or 1000, random_state=random_state)
        provenance = Provenance.of_simulation("light-curves", citation=CITATION, random_state=random_state)
        return CurveSample(made.observations, made.sources, provenance)
    if source == "real":
        loaded = load_dataset("catalina-sss")
        sample = CurveSample(loaded.data.observations, loaded.data.sources, loaded.provenance)
    elif source == "file" and path:
        own = read_light_curves(path)
        provenance = Provenance.of_file(f"{path}/{OBSERVATIONS_FILE}")
        sample = CurveSample(own.observations, own.sources, provenance)
    else:
        raise ParameterError(
            "source of the light curves",
            expected='"embedded", "real", or "file" with a path',
            got=f"{source!r} with path {path!r}",
            next_step='Set `source` (and `path` for "file").',
        )
    if n_sources is None or n_sources >= len(sample.sources):
        return sample
    chosen = as_generator(random_state).choice(len(sample.sources), n_sources, replace=False)
    return take_sources(sample, np.sort(chosen))


def take_sources(sample: CurveSample, rows: np.ndarray) -> CurveSample:
    """The sources at some rows, with their observations."""
    sources = sample.sources.iloc[rows].reset_index(drop=True)
    seen = sample.observations["source_id"].isin(sources["source_id"])
    return sample._replace(observations=sample.observations[seen].reset_index(drop=True), sources=sources)
