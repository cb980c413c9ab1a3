"""Tasks with a known mutual information in nats (Czyz et al. 2023, "Beyond Normal")."""

import json
from pathlib import Path

import numpy as np

SHARED = Path(__file__).resolve().parents[3] / "shared" / "truth" / "mutual_information.json"
NATS = {
    "1v1-normal-0.75": 0.4133,
    "1v1-additive-0.1": 1.7094,
    "multinormal-dense-2-2-0.5": 0.2939,
    "multinormal-dense-5-5-0.5": 0.5928,
    "student-identity-1-1-1": 0.2242,
    "student-identity-2-2-2": 0.1931,
}
# Increasing maps of one coordinate: information does not change.
MAPS = {
    "asinh": np.arcsinh,
    "half-cube": lambda v: v * np.sqrt(np.abs(v)),
    "wiggly": lambda v: v + 0.4 * np.sin(v) + 0.2 * np.sin(1.7 * v),
}


def draw(task, rng, n):
    kind, *numbers = task.rsplit("-", 3 if "v" not in task[:3] else 1)
    if kind == "1v1-normal":
        x = rng.normal(size=n)
        return x, 0.75 * x + np.sqrt(1 - 0.75**2) * rng.normal(size=n)
    if kind == "1v1-additive":
        x = rng.random(n)
        return x, x + rng.uniform(-0.1, 0.1, n)
    width = int(numbers[0])
    if kind == "multinormal-dense":
        shared = np.sqrt(0.5) * rng.normal(size=(n, 1))
        columns = shared + np.sqrt(0.5) * rng.normal(size=(n, 2 * width))
    else:  # one chi-squared divisor for all coordinates makes them dependent
        columns = rng.normal(size=(n, 2 * width)) * np.sqrt(width / rng.chisquare(width, size=(n, 1)))
    return columns[:, :width].squeeze(), columns[:, width:].squeeze()


def shared_nats():
    """The values of the shared file of known answers, or None where it is not at hand."""
    return json.loads(SHARED.read_text(encoding="utf-8"))["mi_nats"] if SHARED.is_file() else None
