"""The fitted emulator as a file of plain arrays, shipped with the package.

    python -m astrokit.studies.molecular_ratios weights

makes it anew.
"""

from __future__ import annotations

import functools
from importlib import resources
from pathlib import Path

import numpy as np

from ...errors import DataError
from .emulator import Emulator, Families, fit_emulator
from .features import physical
from .networks import Networks
from .processes import Processes
from .sample import load

FILE = "weights.npz"
SEED = 0


def save_emulator(emulator: Emulator, inputs: np.ndarray, path: str | Path) -> None:
    """Write an emulator and the inputs (n_samples, 7) that it was fitted to, whole or not at all."""
    families = emulator.families
    arrays = {
        "inputs": inputs,
        "mean": families.mean,
        "spread": families.spread,
        "centre": families.centre,
        "width": families.width,
        "thetas": families.processes.thetas,
        "alphas": families.processes.alphas,
        "shares": emulator.shares,
        "sizes": emulator.errors.sizes,
        "radii": emulator.radii,
    }
    for k, (matrix, offset) in enumerate(zip(*(families.networks or ((), ())), strict=True)):
        arrays |= {f"matrix_{k}": matrix, f"offset_{k}": offset}
    beside = Path(f"{path}.partial")
    with beside.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    beside.replace(path)


def read_emulator(path: str | Path) -> Emulator:
    """Read what `save_emulator` wrote; nothing in the file is unpickled.

    Raises
    ------
    DataError
        When the file is not one of these.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            found = dict(file)
        return _assemble(found)
    except (KeyError, ValueError, OSError, EOFError) as error:
        raise DataError(
            str(path),
            expected="weights of an emulator of molecular ratios",
            got=str(error) or type(error).__name__,
            next_step="Make them again: python -m astrokit.studies.molecular_ratios weights",
        ) from error


@functools.cache
def shipped_emulator() -> Emulator:
    """The emulator that comes with the package, read once.

    Examples
    --------
    >>> shipped_emulator().predict(load().inputs.head(2).to_numpy()).shape
    (2, 9)
    """
    with resources.as_file(resources.files(__package__).joinpath(FILE)) as path:
        return read_emulator(path)


def make(path: str | Path, *, random_state: int = SEED) -> Emulator:
    """Fit the emulator to the bundled grid, and write it."""
    grid = load()
    inputs = grid.inputs.to_numpy()
    emulator = fit_emulator(inputs, grid.ratios.to_numpy(), random_state=random_state)
    save_emulator(emulator, inputs, path)
    return emulator


def _assemble(found: dict[str, np.ndarray]) -> Emulator:
    points = (physical(found["inputs"]) - found["mean"]) / found["spread"]
    n_layers = sum(name.startswith("matrix_") for name in found)
    matrices = tuple(found[f"matrix_{k}"] for k in range(n_layers))
    offsets = tuple(found[f"offset_{k}"] for k in range(n_layers))
    families = Families(
        found["mean"],
        found["spread"],
        found["centre"],
        found["width"],
        Processes(points, found["thetas"], found["alphas"]),
        Networks(matrices, offsets) if n_layers else None,
    )
    return Emulator(families, found["shares"], families.error_map(found["sizes"]), found["radii"])
