"""How far is what `discover` finds from the known graphs that come with causal-learn?

    ASTROKIT_DATA=... python docs/numbers/causal_reference_graphs.py [name ...]

Prints a row a graph for the table of `docs/causes.md`: variables and edges of the truth; structural Hamming
distance of PC at 0.05 to its CPDAG, as causal-learn searches, with the clearest colliders, and as the
majority of 30 bootstraps (of five seeds the median, the smallest and the largest; none for alarm, where one
search takes as long as a hundred of cancer).
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import numpy as np

from astrokit.explain import discover

FOLDER = (
    Path(os.environ.get("ASTROKIT_DATA", "../shared/data")) / "py-why+causal-learn" / "tests" / "TestData"
)
NAMES = ("cancer", "earthquake", "survey", "asia", "linear_10", "alarm")
N_BOOTSTRAPS = 30
SEEDS = range(5)
MANY = 30  # variables


def load(name: str) -> tuple[dict[str, np.ndarray], np.ndarray, str]:
    """A table, its true graph, and the test that fits it."""
    folder = FOLDER / "bnlearn_discrete_10000"
    table, graph = folder / "data" / f"{name}.txt", folder / "truth_dag_graph" / f"{name}.graph.txt"
    if name == "linear_10":
        table, graph = FOLDER / "data_linear_10.txt", FOLDER / "graph.10.txt"
    names = table.read_text().split("\n", 1)[0].split()
    values = np.loadtxt(table, skiprows=1)
    truth = np.zeros((len(names), len(names)))
    for cause, effect in re.findall(r"(\w+) --> (\w+)", graph.read_text()):
        truth[names.index(cause), names.index(effect)] = 1
    test = "fisherz" if name == "linear_10" else "chisq"
    return dict(zip(names, values.T, strict=True)), truth, test


def main(names: list[str]) -> None:
    for name in names or NAMES:
        table, truth, test = load(name)
        options = {"test": test, "categories": list(table) if test == "chisq" else [], "progress": False}
        plain, clearest = (
            discover(table, colliders=rule, **options).shd(truth) for rule in ("separation", "clearest")
        )
        seeds = SEEDS if len(table) < MANY else ()
        found = sorted(
            discover(table, bootstraps=N_BOOTSTRAPS, random_state=seed, **options).shd(truth)
            for seed in seeds
        )
        spread = [found[len(found) // 2], found[0], found[-1]] if found else ["not run"] * 3
        row = [name, len(table), int(truth.sum()), plain, clearest, *spread]
        print("| " + " | ".join(map(str, row)) + " |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
