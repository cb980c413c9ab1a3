"""Candidates: sources of some clusters, or of the selection, as a table that others can read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from ...data.write_tables import write_table
from ...errors import ParameterError
from ..index.channels import encode
from ..map.rows import column_names
from .scene import Scene

SELECTED, ALL = "selected", "all clusters"


def are_candidates(scene: Scene, which: int | str, least: float) -> np.ndarray:
    """(n_samples,), bool: the sources of a cluster (its label), of all clusters, or of the selection.

    Parameters
    ----------
    scene : Scene
    which : int, "all clusters" or "selected"
    least : float
        Membership probability that they need at least; not asked of the selection where it is 0.
    """
    if scene.clustering is None:
        raise ParameterError(
            "candidates", expected="clusters", got="none yet", next_step="Wait until they are fitted."
        )
    labels, probabilities = scene.clustering.labels, scene.clustering.probabilities
    if which == SELECTED:
        chosen = scene.selection.mask
    elif which == ALL:
        chosen = labels >= 0
    else:
        scene.require(int(which))
        chosen = labels == which
    return chosen & (probabilities >= least) if least else chosen


def firmest(scene: Scene, chosen: np.ndarray, most: int) -> np.ndarray:
    """Rows of the `most` firmest of the chosen sources (n_samples, bool), the firmest first."""
    assert scene.clustering is not None
    firm = scene.clustering.probabilities[chosen]
    if most < len(firm):
        firm.partition(len(firm) - most)
        chosen = chosen & (scene.clustering.probabilities >= firm[len(firm) - most])
    return firmest_first(scene, np.flatnonzero(chosen))[:most]


def firmest_first(scene: Scene, rows: np.ndarray) -> np.ndarray:
    """Rows by membership probability."""
    assert scene.clustering is not None
    return rows[np.argsort(-np.nan_to_num(scene.clustering.probabilities[rows]), kind="stable")]


def candidate_table(scene: Scene, rows: np.ndarray, source_id: Any, table: Any) -> dict[str, Any]:
    """Columns source_id, row, cluster, cluster_number, class, probability of some sources, in this order.

    The class is there where classes were given. Where no identifiers were given, the table's column
    `source_id` is taken; without one, there are row numbers alone.
    """
    assert scene.clustering is not None
    if source_id is None and "source_id" in column_names(table):
        source_id = table["source_id"]
    ids = {} if source_id is None else {"source_id": _taken(source_id, rows)}
    labels = scene.clustering.labels[rows].astype(np.int32)
    names = [scene.clustering.name(label) for label in [*range(scene.clustering.n_clusters), -1]]
    return {
        **ids,
        "row": rows.astype(np.int64),
        "cluster": np.array(names, object)[labels],
        "cluster_number": labels,
        **({} if scene.labels is None else {"class": _as_texts(scene.labels[rows])}),
        "probability": scene.clustering.probabilities[rows].astype(np.float32),
    }


def write_candidates(
    scene: Scene,
    columns: dict[str, Any],
    path: str | os.PathLike[str],
    *,
    overwrite: bool = False,
) -> Path:
    """Write candidates as FITS, VOTable, ECSV, CSV or Parquet, by the ending of the file.

    What they were made with stands beside them as notes, where the format has a place (all but CSV).
    """
    assert scene.made_with is not None
    about = f"{len(columns['row']):,} candidates. {scene.in_words}"
    return write_table(columns, path, notes={"about": about}, overwrite=overwrite)


def _taken(values: Any, rows: np.ndarray) -> Any:
    return values.iloc[rows] if hasattr(values, "iloc") else np.asanyarray(values)[rows]


def _as_texts(labels: np.ndarray) -> np.ndarray:
    """Classes as they stand on the map; empty where there is none."""
    codes, names = encode(labels)
    return np.array([*names, ""], object)[codes]
