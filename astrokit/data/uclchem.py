"""A grid of UCLCHEM models: molecular clouds of few metals, and the gas-phase abundances that grow in them.

1,459 static clouds of one point, followed from atoms to 1e6 years with the public gas-grain code UCLCHEM
3.5.0 (Holdship et al. 2017, AJ 154, 38) and its default network; computed for astrokit, and bundled. Their
inputs are a Latin hypercube over `INPUTS`. A user's own grid, of this code or another, has the same columns:

====================  ========================================================================================
column                meaning
====================  ========================================================================================
temperature_k         gas temperature (K), constant
log10_density_cm3     hydrogen nuclei per cm3
log10_zeta            cosmic-ray ionisation rate, in units of 1.3e-17 per second
log10_radfield        interstellar radiation field, in Habing
log10_base_av         extinction at the cloud's edge (mag)
log10_carbon_factor   carbon at the start, as a factor of 1.77e-4 per hydrogen nucleus
log10_oxygen_factor   oxygen at the start, as a factor of 3.34e-4 per hydrogen nucleus
log10_SPECIES_TIMEyr  abundance per hydrogen nucleus after so many years, floored at -20
====================  ========================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from .provenance import Loaded, Provenance
from .tables import Column, read_table

if TYPE_CHECKING:
    import pandas as pd

INPUTS = (
    Column("temperature_k", minimum=10.0, maximum=150.0),
    Column("log10_density_cm3", minimum=3.5, maximum=6.5),
    Column("log10_zeta", minimum=-0.5, maximum=2.0),
    Column("log10_radfield", minimum=-0.5, maximum=2.0),
    Column("log10_base_av", minimum=0.0, maximum=1.0),
    Column("log10_carbon_factor", minimum=-1.3, maximum=0.0),
    Column("log10_oxygen_factor", minimum=-1.3, maximum=0.0),
)
INPUT_NAMES = tuple(column.name for column in INPUTS)
CARBON, OXYGEN = 1.77e-4, 3.34e-4  # per hydrogen nucleus, where the two factors are 1
FLOOR = -20.0  # log10 of the smallest abundance that the tables tell apart from none
TIMES = ("1e4", "1e5", "3e5", "1e6")  # years, as the names of the columns have them
CITATION = "Holdship, J., et al. 2017, AJ 154, 38 (UCLCHEM 3.5.0); models computed for astrokit"

_MODELS, _UNFINISHED = "uclchem_models.parquet", "uclchem_unfinished.csv"


def abundance_column(species: str, time: str = "1e6") -> str:
    """Name of the column of a species, after some years.

    Examples
    --------
    >>> abundance_column("HCN")
    'log10_HCN_1e6yr'
    """
    return f"log10_{species}_{time}yr"


def read_models(path: str | Path, species: Iterable[str], *, times: Sequence[str] = ("1e6",)) -> pd.DataFrame:
    """Read a grid of models: the seven inputs, and the abundances of some species.

    Parameters
    ----------
    path : path
        CSV, ECSV, FITS, VOTable or Parquet.
    species : iterable of str
        As in the names of the columns.
    times : sequence of str

    Returns
    -------
    DataFrame, a row a model

    Raises
    ------
    DataError
        For a missing column, a value that is none, an input outside of the ranges of `INPUTS`.
    """
    wanted = [Column(abundance_column(name, time), maximum=0.0) for name in species for time in times]
    return read_table(path, (*INPUTS, *wanted))


def load_grid(species: Iterable[str], *, times: Sequence[str] = ("1e6",)) -> Loaded:
    """The bundled grid, 1,459 models: `data` as of `read_models`, and its `provenance`.

    Examples
    --------
    >>> grid = load_grid(["CN", "HCN"])
    >>> grid.data.shape, grid.provenance.simulated
    ((1459, 9), True)
    """
    file = resources.files(__package__).joinpath(_MODELS)
    with resources.as_file(file) as path:
        table = read_models(path, species, times=times)
    provenance = Provenance.of_bundled(
        "uclchem-grid",
        file.read_bytes(),
        source="simulated: output of the chemical code UCLCHEM 3.5.0, computed for astrokit and bundled",
        citation=CITATION,
        simulated=True,
    )
    return Loaded(table, provenance)


def unfinished_models() -> pd.DataFrame:
    """The inputs of the 47 models of the same hypercube that took over a minute and were stopped.

    They are not missing at random, so nothing that is learned from the grid is known to hold where they lie.

    Examples
    --------
    >>> len(unfinished_models())
    47
    """
    with resources.as_file(resources.files(__package__).joinpath(_UNFINISHED)) as path:
        return read_table(path, INPUTS)
