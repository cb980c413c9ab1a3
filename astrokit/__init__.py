"""astrokit: understand what models of the sky have learned."""

import importlib
from typing import Any

__version__ = "0.1.0"

# Rooms open on first use, so that `import astrokit` costs nothing (no torch, bokeh, numba or pandas).
_ROOMS = ("data", "models", "training", "cluster", "evaluation", "explore", "plotting", "run", "studies")

__all__ = ["__version__", *_ROOMS]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
