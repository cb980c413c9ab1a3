"""From measurements to what may have caused them: likelihoods with limits, posteriors as weighted draws."""

import importlib
from typing import Any

_HOMES = {
    "WeightedDraws": "weighted",
    "log_likelihood": "likelihood",
    "refine": "adaptive",
    "weigh": "weighted",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
