"""The whole study in one call, what it gave, and the same beside the paper."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...data import Provenance
from ...data.uclchem import CITATION
from ...evaluation import read_results, side_by_side, write_results
from ...explain.shapley import Attribution
from ...random import RandomState, as_generator, as_seed
from . import attribution as explain
from . import claims, groups, inverse, posterior, validation
from .emulator import N_FOLDS, Emulator, fit_emulator, fit_processes_alone
from .intervals import Interval, interval
from .sample import LIMIT, RATIOS, Grid, Observed, carbon_to_oxygen, load, observe
from .weights import shipped_emulator

if TYPE_CHECKING:
    import pandas as pd

N_CLOUDS = 60  # a fold, whose posteriors are checked
N_IMITATIONS = 5  # of the whole emulator, with different seeds
EVERY = 2  # model is attributed: what the others would change is in the interval over clouds
EVERY_OF_PARTS = 4  # by the emulators without a part, which are compared with one another alone
N_BEST = 5  # single ratios among which triples are sought
N_MAPPED = 120  # models whose attribution patterns are mapped
PARTS = ("judged", "explained", "informed", "inferred")
FILE = "results.json"


class Explained(NamedTuple):
    """What one emulator answers to.

    Attributes
    ----------
    attribution : Attribution
    fidelity : (9,)
        How well trees imitate the emulator.
    """

    attribution: Attribution
    fidelity: np.ndarray


def fit(grid: Grid, *, random_state: RandomState = 0) -> Emulator:
    """Fit an emulator to a grid of models, as the one that is shipped was fitted to the bundled grid."""
    return fit_emulator(grid.inputs.to_numpy(), grid.ratios.to_numpy(), random_state=random_state)


def explain_emulator(
    emulator: Emulator, inputs: np.ndarray, *, n_points: int, random_state: RandomState = 0
) -> Explained:
    """Imitate an emulator with trees, and attribute their answers at `inputs` (n_samples, 7)."""
    imitation = explain.imitate(emulator, n_points=n_points, random_state=random_state)
    found = explain.attribute(imitation.trees, inputs)
    return Explained(found, imitation.fidelity)


def reproduce(
    source: str = "embedded",
    *,
    path: str | None = None,
    n_folds: int = N_FOLDS,
    n_points: int = explain.N_POINTS,
    limit: float = LIMIT,
    parts: Collection[str] = PARTS,
    random_state: int = 0,
) -> dict[str, Any]:
    """Run the study: emulators judged on models unseen, attributions, claims, information, posteriors.

    What has to be fitted again without a part of the models are the processes of the emulator alone: they
    take seconds, its networks minutes (`validate` has both). How the whole emulator does on models unseen is
    told by the errors that it keeps, which are of fits without the model.

    Parameters
    ----------
    source, path
        As in `load`.
    n_folds : int
        Emulators are fitted so many times without a part of the models.
    n_points : int
        At which trees imitate an emulator.
    limit : float
        log10 of the smallest abundance that is detected.
    parts : of `PARTS`
        None of them depends on which others are made.
    random_state : int

    Returns
    -------
    dict
        Tables (`scores`, `coverage`, `importance`, `leaders`, `changes`, `verdicts`, `stability`, `single`,
        `pairs`, `triples`, `decomposition`, `posterior`, `posterior_raw`, `walls`) and numbers. It takes
        some twenty minutes on two busy cores.
    """
    grid, rng = load(source, path=path), as_generator(random_state)
    inputs, ratios = grid.inputs.to_numpy(), grid.ratios.to_numpy()
    emulator = shipped_emulator() if source == "embedded" else fit(grid, random_state=rng)
    thetas = emulator.families.processes.thetas
    checked = validation.validate_processes(inputs, ratios, thetas, n_folds=n_folds, random_state=rng)
    streams = rng.spawn(3)  # so that no part depends on how much another draws
    make = {
        "judged": lambda: judged(emulator, checked, ratios),
        "explained": lambda: explained(
            fit_processes_alone(inputs, ratios, thetas=thetas), checked, inputs, n_points, streams[0]
        ),
        "informed": lambda: informed(grid, limit, streams[1]),
        "inferred": lambda: inferred(checked, grid, limit, streams[2]),
    }
    return {name: value for part in parts for name, value in make[part]().items()}


def judged(emulator: Emulator, checked: validation.Validation, ratios: np.ndarray) -> dict[str, Any]:
    """Scores on models unseen, of the whole emulator too, and coverage of intervals."""
    unseen = {"blend": ratios + emulator.errors.sizes}  # the sign of an error does not count here
    return {
        "n_models": len(ratios),
        "n_ratios": len(RATIOS),
        "scores": validation.scores(checked, ratios, others=unseen),
        "coverage": validation.coverage(checked, ratios, emulator),
    }


def explained(
    emulator: Emulator,
    checked: validation.Validation,
    inputs: np.ndarray,
    n_points: int,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Attributions of models, with intervals over them, over imitations and over emulators."""
    seeds = [as_seed(rng) for _ in range(N_IMITATIONS)]
    whole = [
        explain_emulator(emulator, inputs[::EVERY], n_points=n_points, random_state=seed) for seed in seeds
    ]
    # One seed: these emulators are compared at the same points, and what differs is what they have seen.
    without = [
        explain_emulator(each, inputs[::EVERY_OF_PARTS], n_points=n_points, random_state=seeds[0]).attribution
        for each in checked.emulators
    ]
    attributions = [each.attribution for each in whole]
    groupings = groups.over_everything(attributions, n_models=N_MAPPED)
    return {
        "fidelity_lowest": float(min(each.fidelity.min() for each in whole)),
        **measured(attributions, without),
        "n_attributed": len(inputs[::EVERY]),
        "n_imitations": N_IMITATIONS,
        "n_patterns": N_MAPPED * len(RATIOS),
        "n_groups": {what: [each.n_groups for each in several] for what, several in groupings.items()},
        "stability": groups.stability_table(groupings),
    }


def measured(attributions: Sequence[Attribution], without: Sequence[Attribution]) -> dict[str, pd.DataFrame]:
    """Tables with intervals, of attributions by several imitations, and by emulators without a part each."""
    of_clouds = np.stack([explain.strengths(each) for each in attributions])
    of_parts = [explain.importances(each) for each in without]
    by_bins = np.stack([explain.strengths_by_bins(each) for each in attributions])
    return {
        "importance": importance_table(of_clouds.mean((0, 1)), interval(explain.shares, of_clouds, of_parts)),
        "leaders": leaders_table(interval(mean_shares, of_clouds, of_parts)),
        "changes": changes_table(
            interval(explain.shares, by_bins, [explain.changes(each) for each in without])
        ),
        "verdicts": claims.verdicts(interval(claims.margins, of_clouds, of_parts)),
    }


def mean_shares(importance: np.ndarray) -> np.ndarray:
    """Share of each input, mean of the ratios, (7,), of importances (9, 7)."""
    return explain.shares(importance).mean(0)


def leaders_table(found: Interval) -> pd.DataFrame:
    """`input`, its `share` of importance (mean of the ratios), and its interval; the largest first."""
    import pandas as pd

    table = pd.DataFrame(
        {"input": explain.LABELS, "share": found.value, "low": found.low, "high": found.high}
    )
    return table.sort_values("share", ascending=False, ignore_index=True)


def importance_table(importance: np.ndarray, share: Interval) -> pd.DataFrame:
    """`ratio`, `input`, `importance` (dex), its `share` of the ratio's, and the interval `low`, `high`."""
    import pandas as pd

    rows = [
        (ratio, label, importance[r, k], share.value[r, k], share.low[r, k], share.high[r, k])
        for r, ratio in enumerate(RATIOS)
        for k, label in enumerate(explain.LABELS)
    ]
    return pd.DataFrame(rows, columns=["ratio", "input", "importance", "share", "low", "high"])


def changes_table(share: Interval) -> pd.DataFrame:
    """`by`, `bin`, `ratio`, `input`, the `share` of the input there, and its interval `low`, `high`."""
    import pandas as pd

    rows = [
        (
            explain.CHANGING[c],
            b,
            RATIOS[r],
            explain.LABELS[k],
            share.value[c, b, r, k],
            share.low[c, b, r, k],
            share.high[c, b, r, k],
        )
        for c, b, r, k in np.ndindex(*share.value.shape)
    ]
    return pd.DataFrame(rows, columns=["by", "bin", "ratio", "input", "share", "low", "high"])


def changes_arrays(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares, lows and highs of `changes_table` as arrays (n_changing, n_bins, 9, 7)."""
    shape = len(explain.CHANGING), -1, len(RATIOS), len(explain.LABELS)
    share, low, high = (table[name].to_numpy(float).reshape(shape) for name in ("share", "low", "high"))
    return share, low, high


def informed(grid: Grid, limit: float, rng: np.random.Generator) -> dict[str, Any]:
    """Which ratios together say most about carbon over oxygen: chosen on one half of the models."""
    seen, target = inverse.as_seen(observe(grid.abundances, limit=limit)), carbon_to_oxygen(grid.inputs)
    single, pairs = (inverse.chosen_and_checked(seen, target, size, random_state=rng) for size in (1, 2))
    best = tuple(names[0] for names in single["ratios"][:N_BEST])
    triples = inverse.chosen_and_checked(seen, target, 3, within=best, random_state=rng)
    atoms = inverse.decompose(seen, target, pairs["ratios"][0], random_state=rng)
    import pandas as pd

    return {
        "single": single,
        "pairs": pairs,
        "triples": triples,
        "decomposition": pd.DataFrame(atoms.as_table()),
    }


def inferred(
    checked: validation.Validation, grid: Grid, limit: float, rng: np.random.Generator
) -> dict[str, Any]:
    """Posteriors of clouds that the emulator of their fold has not seen."""
    seen = observe(grid.abundances, limit=limit)
    streams = rng.spawn(len(checked.emulators))  # so that no fold depends on another
    found, folds = [], []
    for number, (emulator, stream) in enumerate(zip(checked.emulators, streams, strict=True)):
        mine = np.flatnonzero(checked.folds == number)
        rows = np.sort(stream.choice(mine, min(N_CLOUDS, len(mine)), replace=False))
        prior = posterior.draw_prior(emulator, random_state=stream)
        clouds = Observed(seen.values.iloc[rows], seen.kinds.iloc[rows])
        found.append(posterior.check(prior, grid.inputs.to_numpy()[rows], clouds, random_state=stream))
        folds += [number] * len(rows)
    together = posterior.Check(*(np.concatenate(parts) for parts in zip(*found, strict=True)))
    return posteriors_judged(together, prior, np.array(folds))


def posteriors_judged(found: posterior.Check, prior: posterior.Prior, folds: np.ndarray) -> dict[str, Any]:
    """Coverage of posteriors as they are, and of intervals whose level the other folds have set."""
    levels = posterior.levels_of_others(found.ranks, folds)
    honest = posterior.summary(found, prior, levels)
    return {
        "n_clouds": len(found.truth),
        "effective_size_median": float(np.median(found.effective_size)),
        "posterior": honest.assign(level=posterior.honest_levels(found.ranks)),
        "posterior_raw": posterior.summary(found, prior),
        "walls": posterior.by_walls(found, prior, levels),
    }


_TABLES = (
    "scores", "coverage", "importance", "leaders", "changes", "verdicts", "stability", "single", "pairs",
    "triples", "decomposition", "posterior", "posterior_raw", "walls",
)  # fmt: skip


def freeze_results(path: str | Path, results: Mapping[str, Any] | None = None) -> None:
    """Write what `reproduce` gives as JSON, for `load_results`."""
    write_results(path, results or reproduce(), _TABLES)


def freeze_anew(path: str | Path, parts: Collection[str]) -> None:
    """Make some of the `PARTS` of frozen results anew, and keep the others as they are."""
    content = Path(path).read_bytes()
    known = [name for name in _TABLES if name in json.loads(content)]
    freeze_results(path, read_results(content, known) | reproduce(parts=parts))


def load_results() -> dict[str, Any]:
    """Return what `reproduce` measured on the bundled grid, shipped so that nobody has to wait for it.

    `freeze_results` makes it anew.

    Examples
    --------
    >>> results = load_results()
    >>> results["n_models"], len(results["verdicts"])
    (1459, 6)
    """
    content = resources.files(__package__).joinpath(FILE).read_bytes()
    results = read_results(content, _TABLES)
    for name in ("single", "pairs", "triples"):
        results[name]["ratios"] = results[name]["ratios"].map(tuple)
    Provenance.of_bundled(
        "molecular-ratios-results",
        content,
        source="measured by astrokit on the simulated data set uclchem-grid",
        citation=CITATION,
        simulated=True,
    )
    return results


def compare(paper: Mapping[str, Any], results: Mapping[str, Any]) -> pd.DataFrame:
    """The paper and this study side by side, as texts: a row a quantity.

    Parameters
    ----------
    paper : mapping
        `PAPER`.
    results : mapping
        Of `reproduce` or `load_results`.
    """
    measured = {
        row.statement: f"{row.verdict}: {row.margin:+.3f} [{row.low:+.3f}, {row.high:+.3f}]"
        for row in results["verdicts"].itertuples()
    }
    compared = {"n_ratios": ("ratios", "{}"), "n_models": ("models", "{:,}")}
    compared |= {statement: (statement, "{}") for statement in paper["claims"]}
    columns = {"paper": {**paper, **paper["claims"]}, "here": {**results, **measured}}
    return side_by_side(columns, compared)
