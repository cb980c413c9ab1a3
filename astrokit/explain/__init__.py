"""Why a model or a sky answers as it does: attributions, information, causes."""

import importlib
from typing import Any

_HOMES = {
    "Attribution": "shapley",
    "CausalGraph": "causal",
    "Decomposition": "information",
    "InformationEstimate": "information",
    "Knowledge": "causal",
    "discover": "causal",
    "local_dependence": "causal",
    "mutual_information": "information",
    "pid": "information",
    "pid_gaussian": "information",
    "pid_samples": "information",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
