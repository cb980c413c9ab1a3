"""The fitted blends as a file of plain arrays, shipped with the package.

    python -m astrokit.studies.xray_spectra weights

makes it anew.
"""

from __future__ import annotations

import functools
import json
import lzma
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import DataError
from ...evaluation import Blend, Pool
from .experts import VIEWS, Experts, fit_experts
from .members import Network, Trees
from .sample import load_labelled

FILE = "weights.safetensors"
SEED = 0
N_LAYERS = 3
UNUSED = ("base_weights", "loss_changes", "sum_hessian")


def save_experts(experts: Experts, path: str | Path) -> None:
    """Write blends: trees as the JSON of xgboost, packed; the rest as arrays. Whole or not at all."""
    import torch

    from ...training.tensor_file import write_tensors

    arrays: dict[str, np.ndarray] = {}
    shapes = {}
    for name, blend in experts.items():
        arrays[f"{name}/pool"] = np.hstack(blend.pool)
        arrays[f"{name}/priors"] = blend.priors
        for number, members in enumerate(blend.members):
            for k, member in enumerate(members):
                arrays |= {f"{name}/{number}/{k}/{key}": of for key, of in _arrays(member).items()}
        shapes[name] = {
            "members": [len(blend.members), len(blend.members[0])],
            "classes": blend.classes.tolist(),
        }
    tensors = {key: torch.from_numpy(np.ascontiguousarray(array)) for key, array in arrays.items()}
    write_tensors(Path(path), tensors, {"kind": "experts of xray_spectra", "blends": shapes})


def read_experts(path: str | Path) -> dict[str, Blend]:
    """Read what `save_experts` wrote; nothing in the file is unpickled or run.

    Raises
    ------
    DataError
        When the file is missing, damaged, or not one of these.
    """
    from ...training.tensor_file import read_tensors

    tensors, about = read_tensors(Path(path))
    arrays = {name: tensor.numpy() for name, tensor in tensors.items()}
    try:
        return {name: _blend(name, arrays, about["blends"][name]) for name in VIEWS}
    except (KeyError, TypeError, ValueError, lzma.LZMAError) as error:
        raise DataError(
            str(path),
            expected="weights of the classifiers of X-ray sources",
            got=f"{type(error).__name__}: {error}"[:150],
            next_step="Make them again: python -m astrokit.studies.xray_spectra weights",
        ) from error


@functools.cache
def shipped_experts() -> dict[str, Blend]:
    """The blends that come with the package, read once."""
    with resources.as_file(resources.files(__package__).joinpath(FILE)) as path:
        return read_experts(path)


def make(path: str | Path, *, random_state: int = SEED) -> None:
    """Fit the blends to all labelled Chandra sources, and write them."""
    save_experts(fit_experts(load_labelled(), random_state=random_state), path)


def pack(booster: Any) -> bytes:
    """The JSON of an xgboost model without what it learned by, numbers to five digits, compressed.

    A fifth of its size: what a tree gained and how many rows it saw changes no prediction.
    """
    model = json.loads(booster.save_raw("json"))
    for tree in model["learner"]["gradient_booster"]["model"]["trees"]:
        for name in UNUSED:
            tree[name] = [0.0] * len(tree[name])
        tree["split_conditions"] = [float(f"{value:.5g}") for value in tree["split_conditions"]]
    return lzma.compress(json.dumps(model, separators=(",", ":")).encode())


def _arrays(member: Any) -> dict[str, np.ndarray]:
    if isinstance(member, Trees):
        return {"trees": np.frombuffer(pack(member.model), np.uint8).copy()}
    layers = {f"matrix{k}": matrix.astype(np.float32) for k, matrix in enumerate(member.matrices)}
    layers |= {f"offset{k}": offset.astype(np.float32) for k, offset in enumerate(member.offsets)}
    return {"centre": member.centre, "spread": member.spread, **layers}


def _member(prefix: str, arrays: dict[str, np.ndarray]) -> Any:
    if f"{prefix}/trees" in arrays:
        import xgboost

        raw = bytearray(lzma.decompress(arrays[f"{prefix}/trees"].tobytes()))
        booster = xgboost.Booster({"nthread": 1})
        booster.load_model(raw)
        return Trees(model=booster)
    matrices = tuple(arrays[f"{prefix}/matrix{k}"].astype(float) for k in range(N_LAYERS))
    offsets = tuple(arrays[f"{prefix}/offset{k}"].astype(float) for k in range(N_LAYERS))
    return Network(arrays[f"{prefix}/centre"], arrays[f"{prefix}/spread"], matrices, offsets)


def _blend(name: str, arrays: dict[str, np.ndarray], about: Any) -> Blend:
    n_inner, n_kinds = about["members"]
    members = tuple(
        tuple(_member(f"{name}/{number}/{k}", arrays) for k in range(n_kinds)) for number in range(n_inner)
    )
    flat = arrays[f"{name}/pool"]
    pool = Pool(flat[:n_kinds], float(flat[n_kinds]), flat[n_kinds + 1 :])
    return Blend(members, pool, np.array(about["classes"]), arrays[f"{name}/priors"])
