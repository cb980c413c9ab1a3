"""What goes in: sources in 15 latents, the classes that are scored, and the inputs of a classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...data import Provenance
from ...data import load as load_dataset
from ...data.gaia_variables import LATENTS, MAP, read_variables
from ...data.simulate.variables import CITATION, SimulatedVariables, simulate_variables
from ...errors import DataError, ParameterError
from ...random import RandomState

if TYPE_CHECKING:
    import pandas as pd

# Labels of the literature in 15 classes, close to the grouping of the authors' poster.
CLASSES = {
    "AGN": ("QSO", "BLAZAR", "BLLAC"),
    "CEP": ("DCEP",),
    "T2CEP": ("T2CEP", "CW", "BLHER", "RV"),
    "CP": ("ACV", "CP", "MCP", "ROAM", "ROAP", "SXARI"),
    "EA": ("EA",),
    "EW": ("EW",),
    "EB": ("EB",),
    "ELL": ("ELL",),
    "MIRA": ("M",),
    "RRAB": ("RRAB",),
    "RRC": ("RRC",),
    "ROT": ("BY", "ROT", "RS", "SOLAR_LIKE", "FLARES", "BY|ROT"),
    "SR": ("SR", "SRA", "SRB", "SRC", "SRD", "SRS"),
    "YSO": ("YSO", "TTS", "CTTS", "WTTS", "UXOR"),
    "DSCT": ("DSCT",),
}
CLASS_WORDS = {
    "AGN": "quasars and blazars",
    "CEP": "classical Cepheids",
    "T2CEP": "type II Cepheids",
    "CP": "chemically peculiar stars",
    "EA": "Algol-type eclipsing binaries",
    "EW": "contact binaries",
    "EB": "beta Lyrae-type eclipsing binaries",
    "ELL": "ellipsoidal binaries",
    "MIRA": "Mira variables",
    "RRAB": "RR Lyrae, fundamental mode",
    "RRC": "RR Lyrae, first overtone",
    "ROT": "rotating spotted stars",
    "SR": "semiregular variables",
    "YSO": "young stellar objects",
    "DSCT": "delta Scuti stars",
}
LEAST = 20
RARE = 150  # a label outside the classes with at most so many sources is rare
GROUPS = {
    "XP spectrum": LATENTS[:5],
    "folded curve": LATENTS[5:10],
    "|dm| | dt": LATENTS[10:],
    "period and amplitude": ("log_period", "log_amplitude"),
}
FEATURES = tuple(name for names in GROUPS.values() for name in names)
FEATURE_LABELS = {
    **{name: f"{name} ({group})" for group, names in GROUPS.items() for name in names},
    "log_period": "log period (day)",
    "log_amplitude": "log amplitude (mag)",
}


class GaiaVariables(NamedTuple):
    """Sources, where they come from, and what is known of them only where they are simulated (else None).

    `table` has the columns of `astrokit.data.gaia_variables.VARIABLE_COLUMNS`, `variable_class` (one of
    `CLASSES`, "" outside of them), `log_period` (day) and `log_amplitude` (mag).
    """

    table: pd.DataFrame
    provenance: Provenance
    simulated: SimulatedVariables | None

    @property
    def features(self) -> np.ndarray:
        """The inputs of the classifiers, (n_sources, 17): latents, log period, log amplitude."""
        return self.table[list(FEATURES)].to_numpy(float)

    @property
    def latents(self) -> np.ndarray:
        """(n_sources, 15)"""
        return self.table[list(LATENTS)].to_numpy(float)

    @property
    def published_map(self) -> np.ndarray | None:
        """(n_sources, 2), None where the table has no map."""
        return self.table[list(MAP)].to_numpy(float) if MAP[0] in self.table else None

    @property
    def scored(self) -> np.ndarray:
        """Rows of the classes that have at least `LEAST` sources: fewer cannot be dealt to nested folds."""
        classes = self.table["variable_class"]
        enough = classes.groupby(classes).transform("size") >= LEAST
        return np.flatnonzero((classes != "") & enough)

    @property
    def rare(self) -> np.ndarray:
        """Rows whose label is outside the classes and has at most `RARE` sources: (n_sources,), bool."""
        outside = (self.table["variable_class"] == "") & (self.table["label"] != "")
        return (outside & (self.table.groupby("label")["label"].transform("size") <= RARE)).to_numpy()


def load(
    source: str = "embedded", *, path: str | None = None, n_sources: int = 4000, random_state: RandomState = 0
) -> GaiaVariables:
    """Load sources: simulated ("embedded"), the published table ("real"), or a user's ("file").

    Parameters
    ----------
    source : {"embedded", "real", "file"}
    path : str, optional
        For "file": a table with the columns of `astrokit.data.gaia_variables.VARIABLE_COLUMNS`.
    n_sources, random_state
        Of the simulation.

    Raises
    ------
    ParameterError, DataError

    Examples
    --------
    >>> data = load("embedded", n_sources=800)
    >>> data.provenance.simulated, data.features.shape
    (True, (800, 17))
    """
    if source == "embedded":
        simulated = simulate_variables(n_sources, random_state=random_state)
        provenance = Provenance.of_simulation(
            "variables-in-latents", citation=CITATION, random_state=random_state
        )
        return GaiaVariables(prepare(simulated.table), provenance, simulated)
    if source == "real":
        loaded = load_dataset("gaia-variables")
        return GaiaVariables(prepare(loaded.data), loaded.provenance, None)
    if source == "file" and path:
        return GaiaVariables(prepare(read_variables(path)), Provenance.of_file(path), None)
    raise ParameterError(
        "source of the variables",
        expected='"embedded", "real", or "file" with a path',
        got=f"{source!r} with path {path!r}",
        next_step='Set `source` (and `path` for "file").',
    )


def prepare(table: pd.DataFrame) -> pd.DataFrame:
    """Add class, log period and log amplitude to a table of sources.

    Raises
    ------
    DataError
        When fewer than two classes have sources enough: then there is nothing to tell apart.
    """
    class_of = {label: name for name, labels in CLASSES.items() for label in labels}
    found = table.assign(
        variable_class=table["label"].map(class_of).fillna("").astype(str),
        log_period=np.log10(table["period_day"]),
        log_amplitude=np.log10(table["amplitude_mag"]),
    )
    sizes = found.loc[found["variable_class"] != "", "variable_class"].value_counts()
    n_classes = int((sizes >= LEAST).sum())
    if n_classes < 2:
        raise DataError(
            "column 'label'",
            expected=f"at least {LEAST} sources of each of 2 of the classes {', '.join(CLASSES)}",
            got=f"{n_classes} such, in labels as {', '.join(map(repr, table['label'].unique()[:5]))}",
            next_step="Use the abbreviations of the General Catalogue of Variable Stars, as Gaia does.",
        )
    return found
