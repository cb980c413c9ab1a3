"""Widgets that explore results; each has `.state`, `.static()` and a picture where no kernel lives."""

import importlib
from typing import Any

_HOMES = {
    "AttributionExplorer": "attribution",
    "ClusterExplorer": "cluster",
    "ExposureExplorer": "exposure",
    "Frame": "index",
    "LatentExplorer": "latent",
    "LatentMap": "map",
    "PictureBox": "picture",
    "PointIndex": "index",
    "Selection": "selection",
    "ThresholdExplorer": "threshold",
    "show": "map",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
