"""All numbers of the decomposition by name, beside their truth, and how often their intervals hold it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from ...data.simulate.galaxies import OPTICAL
from ...errors import ParameterError
from ...evaluation.bootstrap import Estimate
from ...explain.information import Decomposition
from ...explain.information.local import MEASURES
from .decompose import Knowing, decompose, increment, shrinkage
from .inputs import GROUPS, inputs_of
from .local_causes import rate_of

if TYPE_CHECKING:
    import pandas as pd

# The comparisons of the paper: a name, and the two sides.
QUESTIONS = {
    "photometry, images": ("optical", "images"),
    "shape, images": ("shape", "images"),
    "optical, wise": ("optical", "wise"),
}
# What one side adds to what is known: (added, known).
INCREMENTS = {
    "images after optical": ("images", ("optical",)),
    "images after optical and shape": ("images", ("optical", "shape")),
    "wise after optical": ("wise", ("optical",)),
    "wise after optical and images": ("wise", ("optical", "images")),
}
LESS = "wise after optical, less with images"


def numbers(knowing: Knowing, *, bands: Sequence[str] = OPTICAL) -> dict[str, Estimate]:
    """Every number of the study that the inputs allow, by name: informations, atoms, increments.

    Of a group that was measured in part, that part stands for it.
    """
    parts = {name: _measured(knowing, name) for name in GROUPS}
    found = {f"I({name})": knowing.information(part) for name, part in parts.items() if part}
    asked = {name: (parts[one], parts[other]) for name, (one, other) in QUESTIONS.items()}
    for one, other in combinations(bands, 2):
        asked[f"{one}, {other}"] = _measured(knowing, one), _measured(knowing, other)
    for name, (first, second) in asked.items():
        for measure in MEASURES if first and second else ():
            found |= atoms_of(decompose(knowing, first, second, measure=measure), name)
    for name, (added, known) in INCREMENTS.items():
        sides = [parts[added], *(parts[one] for one in known)]
        if all(sides):
            found[name] = increment(knowing, sides[0], [one for side in sides[1:] for one in side])
    if all(parts[name] for name in ("wise", "optical", "images")):
        found[LESS] = shrinkage(knowing, *(parts[name] for name in ("wise", "optical", "images")))
    return found


def _measured(knowing: Knowing, name: str) -> list[str]:
    """The inputs of a group that are known of."""
    return [one for one in inputs_of(name) if one in knowing.inputs]


def atoms_of(found: Decomposition, name: str) -> dict[str, Estimate]:
    """The four atoms and the total as `Estimate`s, named after the question and the measure."""
    values = {**found.atoms, "total": found.total}
    return {
        f"{name}: {atom} ({found.measure})": Estimate(value, *found.intervals[atom])
        for atom, value in values.items()
    }


def in_words(name: str) -> str:
    """The name of an atom in words, without its measure.

    Examples
    --------
    >>> in_words("photometry, images: unique2 (pointwise)")
    'photometry, images: images alone'
    >>> in_words("I(optical)")
    'I(optical)'
    """
    question, _, atom = name.partition(": ")
    first, _, second = question.partition(", ")
    atom = atom.rpartition(" (")[0]
    said = {"unique1": f"{first} alone", "unique2": f"{second} alone", "synergistic": "only together"}
    return f"{question}: {said.get(atom, atom)}" if atom else name


def beside(found: Mapping[str, Estimate], truth: Mapping[str, Estimate]) -> pd.DataFrame:
    """Numbers beside their truth: `value`, `low`, `high`, `truth`, `truth_low`, `truth_high`."""
    import pandas as pd

    unknown = Estimate(np.nan, np.nan, np.nan)
    rows = {name: [*estimate, *truth.get(name, unknown)] for name, estimate in found.items()}
    columns = ["value", "low", "high", "truth", "truth_low", "truth_high"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("number")


def coverage(found: Sequence[Mapping[str, Estimate]], truth: Mapping[str, Estimate]) -> pd.DataFrame:
    """How often the intervals of fresh samples hold what they are about.

    Parameters
    ----------
    found : one mapping a seed
        `numbers` of the same network on a fresh sample each.
    truth : mapping
        The same numbers, known exactly or from another sample; its own error is not in what is returned.

    Returns
    -------
    DataFrame, index the number
        `truth`; `mean` of the seeds; `held`, the share of the intervals that hold the truth, with its exact
        90% interval `held_low`, `held_high`; `held_own`, the share that hold the mean of all seeds. A network
        whose bound is loose misses the truth however well its intervals tell the scatter: `held_own` says
        whether they do.

    Raises
    ------
    ParameterError
        For no seeds.
    """
    import pandas as pd

    if not found:
        raise ParameterError(
            "found", expected="numbers of one seed or more", got="none", next_step="The usual is 20 seeds."
        )
    rows = {}
    for name in [name for name in found[0] if name in truth]:
        each = [numbers_of_seed[name] for numbers_of_seed in found]
        known, mean = truth[name].value, float(np.mean([one.value for one in each]))
        rate = rate_of(sum(one.low <= known <= one.high for one in each), len(each))
        own = np.mean([one.low <= mean <= one.high for one in each])
        rows[name] = [known, mean, rate.value, rate.low, rate.high, own]
    columns = ["truth", "mean", "held", "held_low", "held_high", "held_own"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("number")


def coverage_over_seeds(
    knowing_of: Callable[[int], Knowing],
    truth: Mapping[str, Estimate],
    *,
    seeds: Iterable[int] = range(20),
) -> pd.DataFrame:
    """`coverage` of `numbers`, with a fresh test sample for each seed: `knowing_of(seed)`."""
    return coverage([numbers(knowing_of(seed)) for seed in seeds], truth)


def coverage_by_kind(table: pd.DataFrame) -> pd.DataFrame:
    """Means of `coverage` over numbers of one kind, each number once.

    Left out are the totals of atoms, which are informations, and what a measure makes zero by definition.

    Returns
    -------
    DataFrame, index the kind
        `numbers`, how many; `held` and `held_own`, their means.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["I(images)", "g, r: unique1 (mmi)", "g, r: unique2 (mmi)", "g, r: total (mmi)"]
    >>> columns = {"truth": [1, 0, 0.1, 1], "mean": [1, 0, 0.1, 1], "held": 0.9, "held_own": 0.8}
    >>> coverage_by_kind(pd.DataFrame(columns, index=names))["numbers"].to_dict()
    {'atoms (mmi)': 1, 'informations': 1}
    """
    by_definition = (table["truth"] == 0) & (table["mean"] == 0)
    table = table[~by_definition & ~table.index.str.contains(": total (", regex=False)]
    by_kind = table.groupby([_kind(name) for name in table.index])
    return by_kind.agg(numbers=("held", "size"), held=("held", "mean"), held_own=("held_own", "mean"))


def _kind(name: str) -> str:
    if name.startswith("I("):
        return "informations"
    return f"atoms ({name.rpartition(' (')[2]}" if name.endswith(")") else "increments"
