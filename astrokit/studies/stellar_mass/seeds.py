"""Small networks of magnitudes alone, one a seed: what chance does to a bound, learning included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...data.simulate.galaxies import BANDS
from ...evaluation import read_results, write_results
from .closed_form import linear_information
from .local_causes import rate_of
from .network import Reading, make_network, train
from .sample import draw_sample

if TYPE_CHECKING:
    import pandas as pd

FILE = "seeds.json"
SUBSETS: tuple[tuple[str, ...], ...] = (("g",), ("g", "r"), ("optical",), ("wise",), ("optical", "wise"))
N_SEEDS = 20
EPOCHS = 6
N_LEARNED, N_ASKED = 6000, 1500
SMALL: dict[str, Any] = {"images": False, "width": 32, "n_layers": 1, "n_components": 1}
_TABLES = ("linear",)


def learn_magnitudes(
    seed: int,
    *,
    linear: bool = False,
    n_learned: int = N_LEARNED,
    n_asked: int = N_ASKED,
    epochs: int = EPOCHS,
) -> Reading:
    """Draw galaxies, train a small network of their magnitudes, and have it look at others.

    Some seconds. For `Knowing`: `Knowing(learn_magnitudes(0).local_information, inputs=BANDS)`.

    Parameters
    ----------
    seed : int
        Of the galaxies and of the network.
    linear : bool
        See `simulate_galaxies`.
    n_learned, n_asked : int
    epochs : int
    """
    streams = np.random.SeedSequence(seed).spawn(2)
    learned, asked = (
        draw_sample(n, images=False, linear=linear, random_state=stream)
        for n, stream in zip((n_learned, n_asked), streams, strict=True)
    )
    network = make_network(**SMALL, random_state=seed)
    train(learned, network=network, epochs=epochs, random_state=seed, progress=False)
    return Reading(network, asked)


def over_seeds(
    truth: Mapping[tuple[str, ...], float],
    *,
    seeds: Sequence[int] = range(N_SEEDS),
    linear: bool = False,
    **options: Any,
) -> pd.DataFrame:
    """How often the intervals of a bound hold the truth, over fresh galaxies and networks, and its bias.

    Parameters
    ----------
    truth : mapping of tuples of names to I(names; mass) in bits
    seeds : sequence of int
    linear, **options
        Of `learn_magnitudes`.

    Returns
    -------
    DataFrame, a row a set of inputs
        `inputs`, joined by +; `truth`; `mean` of the seeds, and `bias` with its standard error `bias_error`;
        `held`, the share of the 90% intervals that hold the truth, with its exact interval `held_low`,
        `held_high`; `not_above`, the share whose lower end is not above the truth, all that a lower bound
        promises; `held_own`, the share that hold the mean of all seeds.
    """
    import pandas as pd

    rows: dict[tuple[str, ...], list[Any]] = {names: [] for names in truth}
    for seed in seeds:
        reading = learn_magnitudes(seed, linear=linear, **options)
        for names in truth:
            rows[names].append(reading.bound(names))
    return pd.DataFrame([_row(names, truth[names], found) for names, found in rows.items()])


def _row(names: Sequence[str], truth: float, found: Sequence[Any]) -> dict[str, Any]:
    values, low, high = np.array([(one.value, one.low, one.high) for one in found]).T
    held = rate_of(int(np.sum((low <= truth) & (truth <= high))), len(found))
    return {
        "inputs": "+".join(names),
        "truth": truth,
        "mean": values.mean(),
        "bias": values.mean() - truth,
        "bias_error": values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan,
        "held": held.value,
        "held_low": held.low,
        "held_high": held.high,
        "not_above": np.mean(low <= truth),
        "held_own": np.mean((low <= values.mean()) & (values.mean() <= high)),
    }


def freeze_seeds(path: str | Path) -> None:
    """Measure twenty seeds in the linear setting, and write the results as JSON."""
    truth = {names: linear_information(names) for names in SUBSETS}
    found = {"linear": over_seeds(truth, linear=True)}
    about = {"n_seeds": N_SEEDS, "n_learned": N_LEARNED, "n_asked": N_ASKED, "bands": list(BANDS)}
    write_results(path, about | found, _TABLES)


def load_seeds() -> dict[str, Any]:
    """Return what `freeze_seeds` measured: the table `linear`, and of how many galaxies.

    Examples
    --------
    >>> load_seeds()["n_seeds"]
    20
    """
    return read_results(resources.files(__package__).joinpath(FILE).read_bytes(), _TABLES)
