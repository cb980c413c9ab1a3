"""Is the local analysis right? `local_dependence` on galaxies whose causes are known.

Given its causes, a variable is independent of all earlier ones that are not among them (the Markov property
of a causal graph). With its causes as the representation, `local_dependence` must find nothing there, at the
rate of its level; and when a cause is added that the representation lacks, it should be found.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...data.simulate.galaxies import EFFECTS, LEVELS, VARIABLES, true_graph
from ...data.simulate.galaxies.causes import draw_causes
from ...errors import ParameterError
from ...evaluation.bootstrap import LEVEL as CONFIDENCE
from ...explain.causal import local_dependence
from ...random import RandomState, as_generator

if TYPE_CHECKING:
    import pandas as pd

ALPHA = 0.05
N_SAMPLES = 1000
K = 50
N_COMPONENTS, K_LATENT = 8, 60  # of a network's latents, and galaxies in a neighbourhood of them
HIDDEN = ("metallicity", "log_size")  # of which the first acts on the second in `local_power`


class Rate(NamedTuple):
    """How often a test said yes, with a 90% interval (Clopper & Pearson 1934)."""

    n_found: int
    n_trials: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """Share of the trials."""
        return self.n_found / self.n_trials


def rate_of(n_found: int, n_trials: int) -> Rate:
    """The rate of a count.

    Examples
    --------
    >>> rate = rate_of(0, 50)
    >>> rate.low, round(rate.high, 3)
    (0.0, 0.058)
    """
    from scipy.stats import binomtest

    interval = binomtest(n_found, n_trials).proportion_ci(CONFIDENCE, method="exact")
    return Rate(n_found, n_trials, float(interval.low), float(interval.high))


def independences() -> list[tuple[str, str, tuple[str, ...]]]:
    """What the graph of the causes implies: (query, target, causes of the target), independent given these.

    Examples
    --------
    >>> independences()[0]
    ('log_redshift', 'bulge_logit', ('log_mass',))
    """
    n = len(VARIABLES)
    graph = true_graph()[:n, :n]
    found = []
    for j in range(n):
        causes = tuple(VARIABLES[i] for i in graph[:, j].nonzero()[0])
        found += [(VARIABLES[i], VARIABLES[j], causes) for i in range(j) if not graph[i, j] and causes]
    return found


def local_false_positives(
    n_trials: int = 20, *, alpha: float = ALPHA, random_state: RandomState = 0
) -> dict[tuple[str, str], Rate]:
    """How often `local_dependence` finds each of the `independences` at a level, where there is nothing.

    Parameters
    ----------
    n_trials : int
        Samples of 1,000 galaxies; each serves all pairs.
    alpha : float
        Level of the test.

    Returns
    -------
    dict
        (query, target) -> `Rate`.
    """
    _check(n_trials, alpha)
    rng = as_generator(random_state)
    pairs = independences()
    found = np.zeros(len(pairs), dtype=int)
    for _ in range(n_trials):
        causes = draw_causes(N_SAMPLES, rng)
        found += [_p_value(causes, query, target, given, rng) < alpha for query, target, given in pairs]
    return {
        (query, target): rate_of(int(n), n_trials) for (query, target, _), n in zip(pairs, found, strict=True)
    }


def local_power(
    correlation: float, n_trials: int = 50, *, alpha: float = ALPHA, random_state: RandomState = 0
) -> Rate:
    """How often `local_dependence` finds a cause that the representation lacks, by the size of the effect.

    Metallicity is made to act on size, which in `EFFECTS` it does not; the representation holds the other
    causes of size.

    Parameters
    ----------
    correlation : float
        Partial correlation of the two given the representation, between -1 and 1; 0 gives the false-positive
        rate.
    n_trials : int
        Samples of 1,000 galaxies.
    """
    _check(n_trials, alpha)
    slope = slope_of(correlation)
    rng = as_generator(random_state)
    query, target = HIDDEN
    given = next(causes for one, other, causes in independences() if (one, other) == HIDDEN)
    effects = {**EFFECTS, HIDDEN: slope}
    p_values = [
        _p_value(draw_causes(N_SAMPLES, rng, effects), query, target, given, rng) for _ in range(n_trials)
    ]
    return rate_of(int(np.sum(np.array(p_values) < alpha)), n_trials)


def local_analysis(
    latents: np.ndarray,
    target: np.ndarray,
    queries: Mapping[str, np.ndarray],
    *,
    n_components: int = N_COMPONENTS,
    k: int = K_LATENT,
    random_state: RandomState = 0,
) -> pd.DataFrame:
    """The paper's question: among galaxies that the network puts in one place, what still tells of the mass?

    A fit in two hundred latents would leave nothing of a neighbourhood: their first principal components are
    the representation.

    Parameters
    ----------
    latents : (n_samples, n_latents)
    target : (n_samples,)
    queries : mapping of name -> (n_samples,)

    Returns
    -------
    DataFrame, index the query
        `correlation` (mean over neighbourhoods) with its 95% interval `low`, `high`; mean `absolute`
        correlation, and `shuffled`; `p_value`, and `q_value` over the queries (Benjamini & Hochberg 1995).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> latents, hidden, other = rng.normal(size=(1500, 20)), *rng.normal(size=(2, 1500))
    >>> found = local_analysis(latents, latents[:, 0] + hidden, {"hidden": hidden, "other": other})
    >>> found.index[found["q_value"] < 0.05].tolist()
    ['hidden']
    """
    import pandas as pd
    from scipy.stats import false_discovery_control
    from sklearn.decomposition import PCA

    places = PCA(min(n_components, latents.shape[1]), random_state=0).fit_transform(latents)
    rows = {}
    for name, query in queries.items():
        found = local_dependence(places, target, query, k=k, random_state=random_state)
        rows[name] = [
            *(found.mean_correlation, found.low, found.high),
            *(found.absolute, found.absolute_shuffled, found.p_value),
        ]
    columns = ["correlation", "low", "high", "absolute", "shuffled", "p_value"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("query")
    return table.assign(q_value=false_discovery_control(table["p_value"]))


def slope_of(correlation: float) -> float:
    """Slope of size in metallicity for a partial correlation r: r / sqrt(1 - r^2) times the ratio of noises.

    Examples
    --------
    >>> round(slope_of(0.6), 9)  # both have a noise of 0.15
    0.75
    """
    if not -1 < correlation < 1:
        raise ParameterError(
            "correlation",
            expected="between -1 and 1",
            got=correlation,
            next_step="Small ones are of interest: 0.05 to 0.3.",
        )
    query, target = (LEVELS[name][1] for name in HIDDEN)
    return float(correlation / np.sqrt(1 - correlation**2) * target / query)


def _p_value(
    causes: np.ndarray, query: str, target: str, given: tuple[str, ...], rng: np.random.Generator
) -> float:
    column = dict(zip(VARIABLES, causes.T, strict=True))
    latents = np.column_stack([column[name] for name in given])
    # The comparison with shuffled queries is not looked at here.
    return local_dependence(
        latents, column[target], column[query], k=K, n_shuffles=1, random_state=rng
    ).p_value


def _check(n_trials: int, alpha: float) -> None:
    if n_trials < 1 or not 0 < alpha < 1:
        raise ParameterError(
            "n_trials and alpha",
            expected="1 or more trials, and a level between 0 and 1",
            got=f"{n_trials} and {alpha}",
            next_step="The usual is 50 trials at 0.05.",
        )
