"""The one way to fit a model: seeds, batches, checkpoints that survive any kill, weights without pickles.

    history = fit(model, {"values": spectra, "errors": errors}, epochs=50, batch_size=256, random_state=0)
    latents = apply(model.latents, {"values": spectra})
    save_weights(model, "spectra.safetensors")

`docs/training.md` tells what is promised, and how to go on with a fit that was interrupted.
"""

import importlib
from typing import Any

_HOMES = {
    "History": "history",
    "NotFinite": "finite",
    "apply": "applying",
    "fit": "fitting",
    "load_model": "weights",
    "load_weights": "weights",
    "read_notes": "weights",
    "save_weights": "weights",
    "weights_hash": "weights",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
