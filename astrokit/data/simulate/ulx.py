"""A simulated population of ultraluminous X-ray sources, observed by a Swift-like telescope.

Two groups overlap. Sources of the *pulsar-like* group are harder (Guerpide et al. 2021, A&A 649, A104) and
vary more, with spells in which they all but vanish, as pulsars in the propeller regime do (Tsygankov et al.
2016, MNRAS 457, 1101; Song et al. 2020, MNRAS 491, 1260). A few of the others are *transients*, seen only in
outburst: by number such sources may be most of those that ever reach 1e39 erg/s (Brightman et al. 2023, ApJ
951, 51), and a stellar-mass black hole can be one (M31 ULX-1: Kaur et al. 2012, A&A 538, A49). So to vanish
is a clue and no proof.

Luminosities follow the luminosity function of high-mass X-ray binaries (Mineo et al. 2012, MNRAS 419, 2095:
slope 1.6, steeper past 1e40 erg/s). Counts are Poisson; what is not detected becomes an upper limit (Kraft et
al. 1991, ApJ 374, 344). Only some pulsar-like sources are *known* pulsars, the brighter ones first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import gammainc, gammaincinv

from ...errors import ParameterError
from ...random import RandomState, as_generator
from ..ulx import hardness_from_bands, rate_of_luminosity

if TYPE_CHECKING:
    import pandas as pd

CITATION = (
    "Simulated. Physics after Mineo et al. 2012, MNRAS 419, 2095; Guerpide et al. 2021, A&A 649, A104; "
    "Song et al. 2020, MNRAS 491, 1260; Brightman et al. 2023, ApJ 951, 51"
)

BACKGROUND_RATE = 6e-4  # count/s in the source aperture: a Swift-XRT photon-counting field
DETECTION_PROBABILITY = 1.35e-3  # chance of so many counts from the background alone: 3 sigma, one-sided
LIMIT_CREDIBILITY = 0.9973


class UlxPopulation(NamedTuple):
    """Simulated observations (a row an observation) and the truth (a row a source)."""

    observations: pd.DataFrame
    truth: pd.DataFrame


def simulate_ulx(
    n_sources: int = 60,
    *,
    pulsar_like: float = 0.35,
    n_known: int = 8,
    known_bias: float = 1.0,
    separation: float = 1.0,
    transients: float = 0.1,
    random_state: RandomState = 0,
) -> UlxPopulation:
    """Simulate a population with two overlapping groups, several observations a source, and upper limits.

    Parameters
    ----------
    n_sources : int
        At least 4.
    pulsar_like : float
        Share of the pulsar-like group, in (0, 1).
    n_known : int
        So many pulsar-like sources are known pulsars (or all, if fewer).
    known_bias : float
        They are drawn with odds that rise as flux to this power; 0: at random.
    separation : float
        1: groups as described; 0: no difference between the groups, the null hypothesis.
    transients : float
        Chance, in [0, 1], that a source outside the pulsar-like group is a transient; at `separation=0`, that
        any source is. (Among Swift's usable sources it is 1 in 23: monitoring favours what is always there.)
    random_state : int, Generator or None

    Returns
    -------
    UlxPopulation
        `observations` with the columns of `astrokit.data.ulx.OBSERVATION_COLUMNS`; `truth` with `source`,
        `group` ("pulsar-like" or "other"), `known_pulsar`, `log_luminosity` (bright state, erg/s),
        `hardness`, `off_fraction` (share of the visits that find it faint by a factor of 20 to 200).

    Raises
    ------
    ParameterError

    Examples
    --------
    >>> population = simulate_ulx(20, random_state=1)
    >>> sorted(population.truth.group.unique())
    ['other', 'pulsar-like']
    >>> bool(population.observations.upper_limit.any())
    True
    """
    import pandas as pd

    _check(n_sources, pulsar_like, transients)
    rng = as_generator(random_state)
    truth = _sources(rng, n_sources, pulsar_like, n_known, known_bias, separation)
    _make_transients(rng, truth, transients, separation)
    tables = [_observe(rng, source) for source in truth.itertuples()]
    columns = ["source", "group", "known_pulsar", "log_luminosity", "hardness", "off_fraction"]
    return UlxPopulation(pd.concat(tables, ignore_index=True), truth[columns])


def _check(n_sources: int, pulsar_like: float, transients: float) -> None:
    if n_sources < 4 or not 0 < pulsar_like < 1 or not 0 <= transients <= 1:
        raise ParameterError(
            "simulate_ulx",
            expected="n_sources >= 4, 0 < pulsar_like < 1 and 0 <= transients <= 1",
            got=f"n_sources={n_sources}, pulsar_like={pulsar_like}, transients={transients}",
            next_step="Two groups need sources in both, and a chance lies between 0 and 1.",
        )


def _sources(rng, n_sources, pulsar_like, n_known, known_bias, separation) -> pd.DataFrame:
    import pandas as pd

    n_pulsar_like = min(max(round(pulsar_like * n_sources), 2), n_sources - 2)
    special = rng.permutation(np.arange(n_sources) < n_pulsar_like)
    contrast = separation * special
    truth = pd.DataFrame(
        {
            "source": [f"SIM X-{number}" for number in range(1, n_sources + 1)],
            "group": np.where(special, "pulsar-like", "other"),
            "distance_mpc": 10 ** rng.uniform(np.log10(2), np.log10(15), n_sources),
            "log_luminosity": _luminosities(rng, n_sources),
            "hardness": np.clip(rng.normal(-0.25 + 0.45 * contrast, 0.2), -0.9, 0.9),
            "scatter_dex": np.exp(rng.normal(np.log(0.16), 0.25, n_sources)),
            "off_fraction": rng.beta(2, 4, n_sources) * contrast,
            "n_observations": np.clip(np.exp(rng.normal(np.log(60), 0.9, n_sources)), 10, 700).astype(int),
        }
    )
    # Gumbel noise on the logarithm of the odds makes weighted draws without replacement.
    log_flux = np.log(10) * (truth.log_luminosity - 2 * np.log10(truth.distance_mpc))
    lots = known_bias * log_flux + rng.gumbel(size=n_sources)
    ranked = lots.where(special, -np.inf).rank(ascending=False)
    truth["known_pulsar"] = special & (ranked <= n_known)
    return truth


def _make_transients(rng, truth: pd.DataFrame, transients: float, separation: float) -> None:
    """Switch some sources off in most visits; without separation it happens to both groups alike."""
    chance = transients * np.where(truth.group == "other", 1.0, max(1.0 - separation, 0.0))
    chosen = rng.random(len(truth)) < chance
    truth.loc[chosen, "off_fraction"] = rng.beta(8, 2, int(chosen.sum()))


def _luminosities(rng, n_sources) -> np.ndarray:
    """Draw log10 L (erg/s) from a broken power law between 2e39 and 6e40."""
    grid = np.linspace(39.3, 40.8, 400)
    slope = np.where(grid < 40.0, 0.6, 1.5)  # dN/dlogL ~ L^-(slope), one less than in dN/dL
    density = 10 ** (-slope * (grid - 40.0))
    cumulative = np.cumsum(density) / density.sum()
    return np.interp(rng.random(n_sources), cumulative, grid)


def _observe(rng, source) -> pd.DataFrame:
    import pandas as pd

    n = source.n_observations
    off = rng.random(n) < source.off_fraction
    faintness = rng.normal(0, source.scatter_dex, n) - off * rng.uniform(1.3, 2.3, n)
    rate = rate_of_luminosity(source.log_luminosity + faintness, source.distance_mpc)
    exposure_s = np.exp(rng.normal(np.log(1800), 0.5, n))
    hard_share = (1 + np.clip(source.hardness + rng.normal(0, 0.07, n), -0.98, 0.98)) / 2
    background = BACKGROUND_RATE * exposure_s
    soft = rng.poisson(rate * (1 - hard_share) * exposure_s + background / 2)
    hard = rng.poisson(rate * hard_share * exposure_s + background / 2)
    table = pd.DataFrame({"source": source.source, "mjd": np.sort(rng.uniform(54000, 59000, n))})
    return table.assign(**_measure(soft, hard, background, exposure_s)).assign(
        distance_mpc=source.distance_mpc, known_pulsar=source.known_pulsar
    )


def _measure(soft, hard, background, exposure_s) -> dict[str, np.ndarray]:
    """Rates, hardness and upper limits from the counts of the two bands."""
    import pandas as pd

    counts = soft + hard
    # P(N >= counts | background) for Poisson counts is the regularised incomplete gamma function.
    missed = gammainc(np.maximum(counts, 1), background) > DETECTION_PROBABILITY
    missed |= counts <= background
    below_zero = gammainc(counts + 1, background)
    limit = gammaincinv(counts + 1, below_zero + LIMIT_CREDIBILITY * (1 - below_zero)) - background
    bands = [
        pd.Series(value / exposure_s)
        for value in (
            soft - background / 2,
            np.sqrt(np.maximum(soft, 1)),
            hard - background / 2,
            np.sqrt(np.maximum(hard, 1)),
            1.0,
        )
    ]
    hardness, hardness_error = hardness_from_bands(*bands)
    return {
        "rate": np.where(missed, limit, counts - background) / exposure_s,
        "rate_error": np.where(missed, 0.0, np.sqrt(counts)) / exposure_s,
        "hardness": hardness.where(~missed).to_numpy(),
        "hardness_error": hardness_error.where(~missed).to_numpy(),
        "upper_limit": missed,
    }


class Visits(NamedTuple):
    """True properties of simulated visits, and one draw of noise, scaled by the exposure."""

    group: np.ndarray
    hardness: np.ndarray
    log_luminosity: np.ndarray
    rate: np.ndarray
    noise: np.ndarray

    def measure(self, exposure_s: float) -> tuple[np.ndarray, np.ndarray]:
        """Measured hardness and log10 luminosity (erg/s) after an exposure: (n_visits,) each.

        Gaussian errors of N expected counts, never fewer than one: sqrt((1 - h^2) / N) on the hardness and
        1 / (sqrt(N) ln 10) dex on the luminosity; a measured hardness may lie outside [-1, 1].
        """
        counts = np.maximum(self.rate * exposure_s, 1.0)
        hardness = self.hardness + self.noise[0] * np.sqrt((1 - self.hardness**2) / counts)
        return hardness, self.log_luminosity + self.noise[1] / (np.sqrt(counts) * np.log(10))


def simulate_visits(n_visits: int, *, n_sources: int = 2000, random_state: RandomState = 0) -> Visits:
    """Simulate visits to a large population, ready to be observed with any exposure time.

    The sources are those of `simulate_ulx`; each visit goes to a random one.

    Examples
    --------
    >>> visits = simulate_visits(100, random_state=1)
    >>> hardness, log_luminosity = visits.measure(1000.0)
    >>> hardness.shape
    (100,)
    """
    rng = as_generator(random_state)
    sources = _sources(rng, n_sources, 0.35, 0, 0.0, 1.0).iloc[rng.integers(n_sources, size=n_visits)]
    log_luminosity = sources.log_luminosity.to_numpy() + rng.normal(0, sources.scatter_dex)
    hardness = np.clip(sources.hardness.to_numpy() + rng.normal(0, 0.07, n_visits), -0.98, 0.98)
    rate = rate_of_luminosity(log_luminosity, sources.distance_mpc)
    return Visits(
        sources.group.to_numpy(), hardness, log_luminosity, rate, rng.standard_normal((2, n_visits))
    )
