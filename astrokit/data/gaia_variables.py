"""Variable sources in a latent space: the table of Huijse et al. (2025), and a user's own.

Whatever the source, the result is one table, a row a source, with the columns of `VARIABLE_COLUMNS`:

=================  ====  ===============================================================================
column             unit  meaning
=================  ====  ===============================================================================
source_id                number of the source in Gaia DR3
label                    its class in the literature, as catalogues abbreviate it; may be empty
period_day         day   one over the frequency at which the light curve was folded
amplitude_mag      mag   standard deviation of the G magnitudes
magnitude          mag   mean G magnitude, apparent: there is no distance
z0 ... z4                latents of the low-resolution spectrum (XP)
z5 ... z9                latents of the light curve folded at twice the period; z9 stands for its scatter
z10 ... z14              latents of the |dm| | dt histogram
map_x, map_y             place on a map of these, if there is one
=================  ====  ===============================================================================

That z9 stands for the scatter is how the authors' code decodes it: it has a network of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DataError
from .tables import Column, read_table

if TYPE_CHECKING:
    import pandas as pd

N_LATENT = 15
LATENTS = tuple(f"z{k}" for k in range(N_LATENT))
MAP = ("map_x", "map_y")
SHORTEST_PERIOD_DAY = 1e-4  # ten seconds: shorter is a mistake of units

VARIABLE_COLUMNS = (
    Column("source_id", "int"),
    Column("label", "str", finite=False),
    Column("period_day", unit="d", minimum=SHORTEST_PERIOD_DAY),
    Column("amplitude_mag", unit="mag", minimum=1e-6),
    Column("magnitude", unit="mag"),
    *(Column(name) for name in LATENTS),
    *(Column(name, required=False) for name in MAP),
)

_PUBLISHED_COLUMNS = (
    Column("sourceid", "int"),
    Column("label", "str"),
    Column("frequency", minimum=1e-6, maximum=1 / SHORTEST_PERIOD_DAY),
    Column("magnitude_mean"),
    Column("magnitude_std", minimum=1e-6),
    *(Column(f"latent_mu_{k}") for k in range(N_LATENT)),
    Column("lambda_1_umap"),
    Column("lambda_2_umap"),
)


def read_gaia_variables(files: Mapping[str, Path]) -> pd.DataFrame:
    """Read the published latent space of 42,735 Gaia variables.

    Parameters
    ----------
    files : mapping
        Path inside the repository -> local file: one Parquet file.

    Returns
    -------
    DataFrame
        The columns of `VARIABLE_COLUMNS`; the map is the authors', a parametric UMAP of the 15 latents, log
        frequency and log amplitude.

    Raises
    ------
    DataError
        When the file is not what it must be, or names a source twice.
    """
    (path,) = files.values()
    published = read_table(path, _PUBLISHED_COLUMNS)
    renamed = {"sourceid": "source_id", "magnitude_mean": "magnitude", "magnitude_std": "amplitude_mag"}
    renamed |= {f"latent_mu_{k}": name for k, name in enumerate(LATENTS)}
    renamed |= dict(zip(("lambda_1_umap", "lambda_2_umap"), MAP, strict=True))
    table = published.rename(columns=renamed).assign(period_day=1 / published["frequency"])
    _check_sources(table, path.name)
    return table[[column.name for column in VARIABLE_COLUMNS]]


def read_variables(path: str | Path) -> pd.DataFrame:
    """Read a user's own table of variables (CSV, ECSV, FITS, VOTable or Parquet).

    Parameters
    ----------
    path : path
        A table with the columns of `VARIABLE_COLUMNS`; those of the map may be missing.

    Raises
    ------
    DataError
        For a missing column, an impossible unit, a value out of range, a source that is named twice.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "mine.csv"
    >>> header = "source_id,label,period_day,amplitude_mag,magnitude," + ",".join(LATENTS)
    >>> _ = path.write_text(header + "\\n7,RRAB,0.57,0.2,14.1" + ",0.5" * 15 + "\\n")
    >>> read_variables(path)["period_day"].tolist()
    [0.57]
    """
    table = read_table(path, VARIABLE_COLUMNS)
    table["label"] = table["label"].fillna("")
    if sum(name in table for name in MAP) == 1:
        raise DataError(
            f"map of {path}",
            expected="both map_x and map_y, or neither",
            got="one of them",
            next_step="Give both columns, or leave both out: then a map is made.",
        )
    _check_sources(table, str(path))
    return table


def _check_sources(table: pd.DataFrame, name: str) -> None:
    twice = table["source_id"].duplicated()
    if twice.any():
        raise DataError(
            f"column 'source_id' of {name}",
            expected="a row a source",
            got=f"{int(twice.sum())} repeated, first {int(table.loc[twice, 'source_id'].iloc[0])}",
            next_step="Keep one row of each source.",
        )
