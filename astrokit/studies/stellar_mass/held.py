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

FILE = "held.json"
N_GALAXIES = 1000
SEEDS = range(100, 120)  # not those of the galaxies that the network learned from
_TABLES = ("numbers",)


def knowing_network(n_galaxies: int = N_GALAXIES, *, random_state: int = 0) -> Knowing:
    """What the network that ships knows of fresh galaxies."""
    sample = draw_sample(n_galaxies, random_state=random_state)
    return Knowing(Reading(load_network(), sample).local_information)


def freeze_held(path: str | Path, *, n_galaxies: int = N_GALAXIES, seeds: Iterable[int] = SEEDS) -> None:
    """Write how often the intervals of `numbers` hold the frozen truth, as JSON."""
    seeds = list(seeds)
    table = coverage_over_seeds(
        lambda seed: knowing_network(n_galaxies, random_state=seed), known_numbers(), seeds=seeds
    )
    results = {
        "simulated": True,
        "n_galaxies": n_galaxies,
        "n_seeds": len(seeds),
        "numbers": table.reset_index(),
    }
    write_results(path, results, _TABLES)


def held_table() -> pd.DataFrame:
    """The frozen `coverage`, index the number.

    Examples
    --------
    >>> bool(held_table()["held_own"].between(0, 1).all())
    True
    """
    content = resources.files(__package__).joinpath(FILE).read_bytes()
    return read_results(content, _TABLES)["numbers"].set_index("number")
