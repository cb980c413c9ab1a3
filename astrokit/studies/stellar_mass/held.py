"""Do the intervals of the network's numbers hold the truth? Asked of twenty fresh samples, and frozen."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from ...evaluation import read_results, write_results
from .coverage import coverage_over_seeds
from .decompose import Knowing
from .known import known_numbers
from .network import Reading, load_network
from .sample import draw_sample

if TYPE_CHECKING:
    import pandas as pd

    from ...models import BinnedPosterior

FILE = "held.json"
N_GALAXIES = 1000
SEEDS = range(100, 120)  # not those of the galaxies that the network learned from
_TABLES = ("numbers",)


def measure_held(
    network: BinnedPosterior | None = None, *, n_galaxies: int = N_GALAXIES, seeds: Iterable[int] = SEEDS
) -> pd.DataFrame:
    """`coverage` of a network's numbers over fresh samples, a quarter of a minute each.

    Parameters
    ----------
    network : BinnedPosterior, optional
        By default the one that ships.
    n_galaxies : int
        Of each sample.
    seeds : iterable of int
    """
    network = network or load_network()

    def knowing(seed: int) -> Knowing:
        sample = draw_sample(n_galaxies, random_state=seed)
        return Knowing(Reading(network, sample).local_information)

    return coverage_over_seeds(knowing, known_numbers(), seeds=seeds)


def freeze_held(path: str | Path) -> None:
    """Write `measure_held` as JSON, whole or not at all."""
    about = {"simulated": True, "n_galaxies": N_GALAXIES, "n_seeds": len(SEEDS)}
    write_results(path, {**about, "numbers": measure_held().reset_index()}, _TABLES)


def held_table() -> pd.DataFrame:
    """The frozen `coverage`, index the number.

    Examples
    --------
    >>> bool(held_table()["held_own"].between(0, 1).all())
    True
    """
    content = resources.files(__package__).joinpath(FILE).read_bytes()
    return read_results(content, _TABLES)["numbers"].set_index("number")
