"""Why a model or a sky answers as it does: attributions, information, causes."""

import importlib
from typing import Any

# A module and a function are called `shapley`. The first import of the module binds it to this package; the
# function is bound after that: `from astrokit.explain import shapley` always is the function, and
# `from astrokit.explain.shapley import shapley` finds the module.
from .shapley import Attribution as Attribution
from .shapley import shapley as shapley

_HOMES = {
    "CausalGraph": "causal",
    "Decomposition": "information",
    "InformationEstimate": "information",
    "Knowledge": "causal",
    "discover": "causal",
    "local_dependence": "causal",
    "mutual_information": "information",
    "pid": "information",
    "pid_gaussian": "information",
    "pid_local": "information",
    "pid_samples": "information",
}

__all__ = sorted([*_HOMES, "Attribution", "shapley"])


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
