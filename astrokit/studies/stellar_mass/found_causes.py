"""What causal discovery makes of simulated galaxies, held against the graph that made them.

Two of the ten effects cancel along another path: of redshift on age (directly, and through mass: a
correlation of 0.008 is left) and of the bulge on size (0.016). Discovery rests on the assumption that nothing
cancels, so it misses these two and turns their neighbours, however many galaxies there are. `EFFECTS_OF` has
a second set, in which the signs of the two are turned, to tell this from what it gets wrong by itself: given
some sets of others two causes still nearly cancel there, which misleads a search that takes the first set
that parts two ends, and not one that takes the clearest.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...data.simulate.galaxies import EFFECTS, VARIABLES, simulate_galaxies, true_graph
from ...evaluation import read_results, write_results
from ...explain.causal import CausalGraph, discover
from .local_causes import Rate, local_false_positives, local_power

if TYPE_CHECKING:
    import pandas as pd

FILE = "causes.json"
N_SAMPLES = 2000
N_BOOTSTRAPS = 30
SEEDS = range(20)
N_TRIALS = 100
CORRELATIONS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3)
EFFECTS_OF = {
    "as simulated": EFFECTS,
    "signs turned": {**EFFECTS, ("log_redshift", "log_age"): 0.2, ("bulge_logit", "log_size"): 0.08},
}
SEARCHES: dict[str, dict[str, Any]] = {
    "one search": {},
    "clearest colliders": {"colliders": "clearest"},
    "bootstraps": {"bootstraps": N_BOOTSTRAPS},
}
_TABLES = ("distances", "false_positives", "power")


def discover_causes(
    search: str = "bootstraps",
    *,
    effects: str = "as simulated",
    n_samples: int = N_SAMPLES,
    random_state: int = 0,
) -> CausalGraph:
    """`discover` on the true causes of fresh galaxies, by one of `SEARCHES`, with one of `EFFECTS_OF`.

    Examples
    --------
    >>> graph = discover_causes("one search")
    >>> graph.names == VARIABLES, graph.shd(truth_of_causes()) > 0
    (True, True)
    """
    galaxies = simulate_galaxies(n_samples, effects=EFFECTS_OF[effects], random_state=random_state)
    columns = dict(zip(VARIABLES, galaxies.causes.T, strict=True))
    return discover(columns, progress=False, random_state=random_state, **SEARCHES[search])


def truth_of_causes() -> np.ndarray:
    """The graph (7, 7) of `VARIABLES`, 1 at [i, j] where i acts on j."""
    return true_graph()[: len(VARIABLES), : len(VARIABLES)]


def distances_to_truth(
    searches: Iterable[str] = tuple(SEARCHES),
    *,
    effects: str = "as simulated",
    n_samples: int = N_SAMPLES,
    seeds: Iterable[int] = SEEDS,
) -> pd.DataFrame:
    """How far what is found is from what can be known of the truth, over fresh samples.

    Returns
    -------
    DataFrame, a row a search
        `search`, `effects`, `n_samples`, `n_seeds`; `shd`, the mean structural Hamming distance to the CPDAG
        of the truth, with the smallest and the largest, `least` and `most`; mean numbers of edges `missing`,
        `added` and with other marks, `turned`.

    Examples
    --------
    >>> distances_to_truth(["one search"], seeds=[0]).columns[3]
    'n_seeds'
    """
    import pandas as pd

    seeds, truth = list(seeds), truth_of_causes()
    linked = np.triu(truth + truth.T) > 0
    rows = []
    for search in searches:
        graphs = [
            discover_causes(search, effects=effects, n_samples=n_samples, random_state=seed) for seed in seeds
        ]
        shd = np.array([graph.shd(truth) for graph in graphs])
        found = np.array([np.triu(graph.marks) > 0 for graph in graphs])
        missing, added = ((linked & ~found).sum((1, 2)), (found & ~linked).sum((1, 2)))
        rows.append([search, effects, n_samples, len(seeds), shd.mean(), shd.min(), shd.max(),
                     missing.mean(), added.mean(), (shd - missing - added).mean()])  # fmt: skip
    names = [
        "search",
        "effects",
        "n_samples",
        "n_seeds",
        "shd",
        "least",
        "most",
        "missing",
        "added",
        "turned",
    ]
    return pd.DataFrame(rows, columns=names)


def reproduce_causes(
    *, seeds: Iterable[int] = SEEDS, n_trials: int = N_TRIALS, random_state: int = 0
) -> dict[str, Any]:
    """Distances of `discover`, and false positives and power of the local analysis.

    Returns
    -------
    dict
        `n_edges` of the truth; the tables `distances`, as of `distances_to_truth` with 2,000 galaxies, and
        without bootstraps with 20,000; `false_positives`, a row a pair that the graph calls independent, and
        `power`, a row a partial correlation (0 is no effect), each with `n_found` of `n_trials` and the exact
        90% interval of the rate.
    """
    import pandas as pd

    seeds = list(seeds)
    single = ["one search", "clearest colliders"]
    distances = []
    for effects in EFFECTS_OF:
        distances.append(distances_to_truth(effects=effects, seeds=seeds))
        distances.append(distances_to_truth(single, effects=effects, n_samples=10 * N_SAMPLES, seeds=seeds))
    pairs = local_false_positives(n_trials, random_state=random_state)
    power = {r: local_power(r, n_trials, random_state=random_state) for r in CORRELATIONS}
    return {
        "n_edges": int(truth_of_causes().sum()),
        "distances": pd.concat(distances, ignore_index=True),
        "false_positives": pd.DataFrame(
            [{"query": query, "target": target, **_row(rate)} for (query, target), rate in pairs.items()]
        ),
        "power": pd.DataFrame([{"correlation": r, **_row(rate)} for r, rate in power.items()]),
    }


def freeze_causes(path: str | Path) -> None:
    """Write `reproduce_causes` as JSON, whole or not at all."""
    write_results(path, reproduce_causes(), _TABLES)


def frozen_causes() -> dict[str, Any]:
    """What `freeze_causes` wrote when the study was last frozen.

    Examples
    --------
    >>> frozen_causes()["n_edges"]
    10
    """
    content = resources.files(__package__).joinpath(FILE).read_bytes()
    return read_results(content, _TABLES)


def _row(rate: Rate) -> dict[str, float]:
    return {**rate._asdict(), "rate": rate.value}
