"""From abundances to ratios: the nine that are studied, and what an observer would see of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...data import Provenance
from ...data.uclchem import INPUT_NAMES, abundance_column, load_grid, read_models
from ...errors import ParameterError

if TYPE_CHECKING:
    import pandas as pd

RATIOS = (
    "CN/HCN",
    "HNC/HCN",
    "CS/SO",
    "HCO+/HCN",
    "N2H+/HCO+",
    "C2H/HCN",
    "H2CS/H2CO",
    "HCS+/CS",
    "H2CO/CH3OH",
)
SPECIES = tuple(dict.fromkeys(name for ratio in RATIOS for name in ratio.split("/")))
LIMIT = -12.0  # log10 of the smallest abundance per hydrogen nucleus that is taken to be detected
INPUT_LABELS = {
    "temperature_k": "temperature",
    "log10_density_cm3": "density",
    "log10_zeta": "cosmic rays",
    "log10_radfield": "radiation",
    "log10_base_av": "extinction",
    "log10_carbon_factor": "carbon",
    "log10_oxygen_factor": "oxygen",
}


class Grid(NamedTuple):
    """Models of molecular clouds, a row each: `inputs` (7 columns), `ratios` (9), `abundances`."""

    inputs: pd.DataFrame
    ratios: pd.DataFrame
    abundances: pd.DataFrame
    provenance: Provenance


class Observed(NamedTuple):
    """Ratios as an observer has them, (n_samples, 9) each.

    Attributes
    ----------
    values : DataFrame
        log10 of the ratio, of abundances that are no smaller than the detection limit.
    kinds : DataFrame
        0 where both species are detected; -1 where the value is an upper limit, for the numerator is not;
        1 where it is a lower limit, for the denominator is not. NaN in `values` where neither is.
    """

    values: pd.DataFrame
    kinds: pd.DataFrame


def load(source: str = "embedded", *, path: str | None = None) -> Grid:
    """Load the grid that is bundled ("embedded"), or one of your own ("file").

    Parameters
    ----------
    source : {"embedded", "file"}
    path : str, optional
        For "file": a table with the columns of `astrokit.data.uclchem`.

    Raises
    ------
    ParameterError, DataError

    Examples
    --------
    >>> grid = load()
    >>> grid.ratios.shape, grid.provenance.simulated
    ((1459, 9), True)
    """
    if source == "embedded":
        table, provenance = load_grid(SPECIES)
    elif source == "file" and path:
        table, provenance = read_models(path, SPECIES), Provenance.of_file(path)
    else:
        raise ParameterError(
            "source of the chemical models",
            expected='"embedded", or "file" with a path',
            got=f"{source!r} with path {path!r}",
            next_step='No survey has measured these inputs; for "file", set `path` to a grid of your own.',
        )
    abundances = table[[abundance_column(name) for name in SPECIES]].set_axis(list(SPECIES), axis=1)
    return Grid(table[list(INPUT_NAMES)], ratios_of(abundances), abundances, provenance)


def ratios_of(abundances: pd.DataFrame) -> pd.DataFrame:
    """log10 of the nine ratios, of log10 abundances with a column for each species."""
    import pandas as pd

    pairs = {ratio: ratio.split("/") for ratio in RATIOS}
    return pd.DataFrame(
        {ratio: abundances[top] - abundances[bottom] for ratio, (top, bottom) in pairs.items()}
    )


def observe(abundances: pd.DataFrame, *, limit: float = LIMIT) -> Observed:
    """What is left of the ratios when species below a detection limit are not seen.

    Parameters
    ----------
    abundances : DataFrame
        log10 per hydrogen nucleus, a column for each of `SPECIES`.
    limit : float
        log10 of the smallest abundance that is detected.

    Examples
    --------
    >>> seen = observe(load().abundances)
    >>> int((seen.kinds["CS/SO"] == 0).sum())
    1204
    """
    import pandas as pd

    values, kinds = {}, {}
    for ratio in RATIOS:
        above = [abundances[name] >= limit for name in ratio.split("/")]
        top, bottom = (abundances[name].clip(lower=limit) for name in ratio.split("/"))
        values[ratio] = (top - bottom).where(above[0] | above[1])
        kinds[ratio] = above[0].astype(int) - above[1].astype(int)
    return Observed(pd.DataFrame(values), pd.DataFrame(kinds))


def carbon_to_oxygen(inputs: pd.DataFrame) -> np.ndarray:
    """log10 of carbon over oxygen at the start, by number, (n_samples,)."""
    from ...data.uclchem import CARBON, OXYGEN

    factors = inputs["log10_carbon_factor"] - inputs["log10_oxygen_factor"]
    return (factors + np.log10(CARBON / OXYGEN)).to_numpy()
