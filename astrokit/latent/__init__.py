"""Latent spaces: maps of them and whether to trust them, outliers, support, paths for a decoder,
correlates."""

import importlib
from typing import Any

_HOMES = {
    "Cancelled": "cancel",
    "Disentanglement": "disentanglement",
    "MapQuality": "neighbourhood",
    "Neighbourhoods": "neighbourhood",
    "Neighbours": "neighbourhood",
    "Outliers": "outliers",
    "Projection": "projection",
    "Support": "support",
    "Traversal": "traversal",
    "along_axis": "traversal",
    "along_latent": "traversal",
    "choose_landmarks": "landmarks",
    "correlates": "correlation",
    "measure_disentanglement": "disentanglement",
    "neighbourhood_change": "neighbourhood",
    "position_along": "sequence",
    "project": "projection",
    "rank_outliers": "outliers",
    "rerank": "marks",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
