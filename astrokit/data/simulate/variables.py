"""Simulated variable sources in 15 latents: spectrum, folded light curve and variability, five numbers each.

A stand-in for the published latent space of Huijse et al. (2025, A&A 701, A150), with the truth beside it.
Each source gets a period, an amplitude, a temperature, an absolute magnitude, a distance and a reddening;
from these follow what Gaia would see, and each of three kinds of data is compressed to five numbers by its
first principal components, the linear autoencoder (Baldi & Hornik 1989, Neural Networks 2, 53):

- a spectrum from 330 to 1050 nm: a black body behind dust, with the bands of cool giants, the jump of hot
  stars, emission of young stars and of quasars;
- the light curve folded at twice the period: a saw-tooth for what pulsates, two dips for what eclipses, and
  scatter for what does not repeat;
- the structure function, the typical |dm| at ten |dt| between 0.04 and 2,500 days.

Sequences follow period-luminosity relations: Cepheids after Fouque et al. (2007, A&A 476, 73), RR Lyrae after
Muraveva et al. (2018, MNRAS 481, 1195), delta Scuti after Ziaali et al. (2019, MNRAS 486, 4348), contact
binaries after Rucinski & Duerbeck (1997, PASP 109, 1340), long-period variables after Whitelock, Feast & van
Leeuwen (2008, MNRAS 386, 313); quasars wander as MacLeod et al. (2010, ApJ 721, 1014) say. The rest is
rounded from the variability diagram of Gaia (Eyer et al. 2019, A&A 623, A110): enough for islands and
sequences as in the sky, and not for a measurement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...errors import ParameterError
from ...random import RandomState, as_generator
from ..gaia_variables import LATENTS

if TYPE_CHECKING:
    import pandas as pd

CITATION = (
    "Simulated. In the shape of Huijse et al. 2025, A&A 701, A150; physics after Eyer et al. 2019, A&A 623, "
    "A110; Fouque et al. 2007, A&A 476, 73; Rucinski & Duerbeck 1997, PASP 109, 1340; Ziaali et al. 2019, "
    "MNRAS 486, 4348; Whitelock et al. 2008, MNRAS 386, 313; MacLeod et al. 2010, ApJ 721, 1014"
)
TRUTH = (
    "kind",
    "log_true_period",
    "log_temperature",
    "absolute_magnitude",
    "log_distance_pc",
    "reddening",
    "irregular",
)
WAVELENGTH_NM = np.linspace(330.0, 1050.0, 55)
PHASE = np.arange(64) / 64  # of two periods
# Edges of the ten |dt| (day): one over the frequencies of the authors' histogram.
DT_EDGES_DAY = 1 / np.array([25, 8, 3, 0.5, 1 / 20, 1 / 50, 1e-2, 1 / 200, 1 / 500, 1e-3, 4e-4])
N_HARMONICS = 12
UNNAMED = 0.08  # share of the sources without a class in the literature
WRONG_LABEL = 0.015  # share of the classes in the literature that are another, similar one
REDDENING_LAW = (WAVELENGTH_NM / 550.0) ** -1.6  # A(lambda) / A(V) in the optical, rounded


# The classes: how many the published table has; log10 of period (day), of amplitude (mag) and of temperature
# (K), each with its scatter; slope of the temperature against log period; absolute magnitude at the mean
# period, its slope and scatter.
POPULATION = """
kind  n       period ±    amplitude ± temperature ± slope absolute absolute_slope ±
RRAB  1854   -0.24 0.06 -0.64 0.12 3.820 0.012 -0.15   0.6    0.0  0.15
RRC   1251   -0.49 0.05 -0.87 0.06 3.845 0.010 -0.15   0.6    0.0  0.15
DCEP  1510    0.70 0.30 -0.85 0.13 3.765 0.012 -0.06  -3.15  -2.68 0.20
T2CEP  638    0.95 0.45 -0.67 0.15 3.750 0.020 -0.03  -1.5   -1.7  0.25
DSCT  3024   -1.04 0.18 -1.54 0.28 3.885 0.018  0.00   1.72  -2.94 0.30
EW    1823   -0.73 0.08 -0.94 0.13 3.765 0.015  0.45   4.0   -4.44 0.30
EB    2618   -0.45 0.20 -1.05 0.15 3.830 0.070  0.15   2.5   -2.0  0.90
EA    1741   -0.05 0.35 -1.02 0.18 3.840 0.080  0.00   2.3    0.0  1.10
ELL    248   -0.05 0.45 -1.42 0.15 3.720 0.060  0.00   1.5    0.0  1.30
ROT   6110    0.35 0.55 -1.64 0.22 3.660 0.050  0.00   6.5    0.0  1.30
CP     996    0.40 0.30 -2.00 0.16 4.010 0.050  0.00   0.6    0.0  0.60
YSO   1673    0.60 0.40 -1.30 0.35 3.600 0.050  0.00   6.0    0.0  1.20
SR    2808    1.90 0.30 -1.09 0.28 3.530 0.030 -0.05  -1.2   -1.0  0.60
M     1843    2.48 0.12 -0.16 0.15 3.450 0.020 -0.15  -1.3   -1.5  0.50
QSO   1244    1.50 0.80 -1.12 0.20 4.150 0.060  0.00 -25.0    0.0  1.00
CV      60   -0.90 0.20 -0.40 0.20 4.200 0.080  0.00   5.0    0.0  1.00
RCB     40    1.70 0.20  0.05 0.15 3.800 0.040  0.00  -4.5    0.0  0.50
"""
# How they look: steepness of the saw-tooth (0 is a sine); depth ratio of two eclipses and their width in
# phase; share of the variance that does not repeat, and log10 of the days in which that part forgets; depth
# of the bands of cool giants; strength of emission; what the literature may take them for.
APPEARANCE = """
kind  steep ratio width irregular memory bands emission similar
RRAB  0.70  0.0   0.0   0.05      1.5    0.0   0.0      DCEP
RRC   0.15  0.0   0.0   0.10      1.5    0.0   0.0      EW
DCEP  0.55  0.0   0.0   0.05      1.5    0.0   0.0      T2CEP
T2CEP 0.40  0.0   0.0   0.15      1.5    0.0   0.0      DCEP
DSCT  0.12  0.0   0.0   0.45      0.0    0.0   0.0      ROT
EW    0.00  0.9   0.13  0.06      1.5    0.0   0.0      EB
EB    0.00  0.65  0.09  0.08      1.5    0.0   0.0      EW
EA    0.00  0.45  0.04  0.12      1.5    0.0   0.0      EB
ELL   0.00  0.0   0.0   0.35      1.5    0.0   0.0      ROT
ROT   0.05  0.0   0.0   0.60      1.8    0.0   0.0      YSO
CP    0.05  0.0   0.0   0.45      1.5    0.0   0.0      ELL
YSO   0.10  0.0   0.0   0.75      0.9    0.0   0.5      ROT
SR    0.10  0.0   0.0   0.65      1.9    0.45  0.0      M
M     0.20  0.0   0.0   0.20      2.4    0.80  0.12     SR
QSO   0.00  0.0   0.0   0.97      2.3    0.0   0.6      YSO
CV    0.00  0.0   0.0   0.85      0.8    0.0   1.4      QSO
RCB   0.00  0.0   0.0   0.97      2.7    0.0   0.0      SR
"""


class SimulatedVariables(NamedTuple):
    """Simulated sources, the truth, and what was compressed: a row a source in each.

    `table` has the columns of `astrokit.data.gaia_variables.VARIABLE_COLUMNS` but for the map. `truth` has
    `kind` (what the source is; `label` is what the literature calls it), `log_true_period` (day; the period
    found may be another), `log_temperature` (K), `absolute_magnitude`, `log_distance_pc`, `reddening`
    (E(B-V), mag) and `irregular`. `spectra` (n_sources, 55) are at `WAVELENGTH_NM`, `curves` (n_sources, 64)
    at `PHASE`, faint is up; `structure` (n_sources, 10) is log10 of the typical |dm| (mag) between
    `DT_EDGES_DAY`.
    """

    table: pd.DataFrame
    truth: pd.DataFrame
    spectra: np.ndarray
    curves: np.ndarray
    structure: np.ndarray


def simulate_variables(n_sources: int = 4000, *, random_state: RandomState = 0) -> SimulatedVariables:
    """Simulate variable sources, with classes as frequent as in the published table.

    Parameters
    ----------
    n_sources : int
        At least 500, so that each class has some.
    random_state : int, Generator or None

    Raises
    ------
    ParameterError

    Examples
    --------
    >>> simulated = simulate_variables(600)
    >>> simulated.table.shape, simulated.spectra.shape, simulated.curves.shape
    ((600, 20), (600, 55), (600, 64))
    """
    if n_sources < 500:
        raise ParameterError(
            "simulate_variables", expected="500 sources or more", got=n_sources, next_step="Ask for more."
        )
    rng = as_generator(random_state)
    sources = _sources(rng, n_sources)
    noise = 10 ** (-2.6 + 0.16 * np.maximum(sources["magnitude"].to_numpy() - 13, 0))  # mag, of one transit
    templates = _templates(sources)
    spectra, structure = _spectra(rng, sources, noise), _structure(rng, sources, templates, noise)
    curves, scatter = _folded(rng, sources, templates, noise)
    latents = [
        principal_components(spectra, 5),
        principal_components(curves, 4),
        principal_components(np.log10(scatter)[:, None], 1),
        principal_components(structure, 5),
    ]
    table = sources[["label", "period_day", "amplitude_mag", "magnitude"]].copy()
    table.insert(0, "source_id", np.arange(1, n_sources + 1))
    table[list(LATENTS)] = np.column_stack(latents)
    return SimulatedVariables(table, sources[list(TRUTH)].copy(), spectra, curves, structure)


def principal_components(observed: np.ndarray, n: int) -> np.ndarray:
    """The first principal components (n_samples, n), of unit variance: what a linear autoencoder keeps.

    Examples
    --------
    >>> line = np.outer(np.arange(9.0), [1.0, 2.0])
    >>> bool(np.allclose(principal_components(line, 1)[:, 0], (np.arange(9) - 4) / np.std(np.arange(9))))
    True
    """
    centred = observed - observed.mean(0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :n]
    axes = axes * np.sign(axes[np.abs(axes).argmax(0), np.arange(n)])  # the sign of an axis is arbitrary
    scores = centred @ axes
    return scores / scores.std(0)


def _sources(rng: np.random.Generator, n_sources: int) -> pd.DataFrame:
    """What the sources are, where they are, and what the literature says of them."""
    kinds = _text_table(POPULATION).join(_text_table(APPEARANCE))
    names = rng.choice(kinds.index, n_sources, p=kinds["n"] / kinds["n"].sum())
    sources = kinds.loc[names].reset_index()
    normal = rng.standard_normal((4, n_sources))
    off = sources["period_scatter"] * normal[0]
    sources["log_true_period"] = sources["period"] + off
    sources["log_temperature"] = (
        sources["temperature"] + sources["slope"] * off + sources["temperature_scatter"] * normal[1]
    )
    sources["absolute_magnitude"] = (
        sources["absolute"] + sources["absolute_slope"] * off + sources["absolute_scatter"] * normal[2]
    )
    sources["amplitude_mag"] = 10 ** (sources["amplitude"] + sources["amplitude_scatter"] * normal[3])
    _vary(rng, sources)
    # Apparent magnitudes first, as a survey with a limit has them: the distance follows.
    sources["magnitude"] = np.clip(rng.normal(14.2, 2.3, n_sources), 5, 19.3)
    sources["reddening"] = rng.exponential(0.12, n_sources) + 0.4 * (sources["kind"] == "YSO") * rng.random(
        n_sources
    )
    modulus = sources["magnitude"] - sources["absolute_magnitude"] - 2.6 * sources["reddening"]
    sources["log_distance_pc"] = modulus / 5 + 1
    # What does not repeat has no period: then one is found that the sampling makes up.
    lost = rng.random(n_sources) < sources["irregular"] ** 2
    found = np.where(lost, rng.uniform(-1.4, 3.0, n_sources), sources["log_true_period"])
    sources["period_day"] = 10**found
    label = np.where(rng.random(n_sources) < WRONG_LABEL, sources["similar"], sources["kind"])
    sources["label"] = np.where(rng.random(n_sources) < UNNAMED, "", label)
    return sources


def _vary(rng: np.random.Generator, sources: pd.DataFrame) -> None:
    """No two members of a class look the same: scatter of the appearance, in place."""
    normal = rng.standard_normal((6, len(sources)))
    for name, scatter, row in (("steep", 0.12, 0), ("ratio", 0.25, 1), ("bands", 0.15, 2)):
        present = sources[name] > 0
        sources[name] = np.where(present, np.clip(sources[name] + scatter * normal[row], 0, 0.95), 0.0)
    sources["width"] *= np.exp(0.35 * normal[3])
    sources["emission"] *= np.exp(0.7 * normal[4])
    odds = sources["irregular"] / (1 - sources["irregular"]) * np.exp(1.1 * normal[5])
    sources["irregular"] = odds / (1 + odds)
    sources["memory"] += 0.35 * rng.standard_normal(len(sources))


def _text_table(text: str) -> pd.DataFrame:
    """A table of the module, indexed by kind; a column called ± is the scatter of the one before."""
    import io

    import pandas as pd

    header, *rows = text.strip().splitlines()
    names: list[str] = []
    for name in header.split():
        names.append(f"{names[-1].removesuffix('_slope')}_scatter" if name == "±" else name)
    return pd.read_csv(io.StringIO("\n".join(rows)), sep=r"\s+", names=names, index_col="kind")


def _spectra(rng: np.random.Generator, sources: pd.DataFrame, noise: np.ndarray) -> np.ndarray:
    """Spectra (n_sources, 55) with their maximum at 1, behind dust and with noise."""
    wave = WAVELENGTH_NM[None]
    temperature = 10 ** sources["log_temperature"].to_numpy()[:, None]
    flux = wave**-5 / np.expm1(1.4388e7 / (wave * temperature))  # Planck's law; hc/k in nm K
    # Titanium oxide of cool giants, and the Balmer jump, strongest near 9,000 K.
    for centre, width in ((545, 18), (616, 22), (671, 24), (709, 20), (762, 26), (852, 30)):
        flux = flux * (1 - sources["bands"].to_numpy()[:, None] * np.exp(-(((wave - centre) / width) ** 2)))
    jump = 0.55 * np.exp(-(((sources["log_temperature"] - 3.96) / 0.09) ** 2))
    flux = flux * (1 - jump.to_numpy()[:, None] / (1 + np.exp((wave - 372) / 6)))
    flux = flux / flux.max(1, keepdims=True)
    redshift = np.where(sources["kind"] == "QSO", rng.uniform(0.3, 2.5, len(sources)), 0.0)[:, None]
    for rest, strength in ((656.3, 1.0), (486.1, 0.4), (279.8, 1.0), (154.9, 1.2)):
        line = np.exp(-(((wave - rest * (1 + redshift)) / 9) ** 2))
        flux = flux + 0.5 * strength * sources["emission"].to_numpy()[:, None] * line
    extinction = 3.1 * sources["reddening"].to_numpy()[:, None] * REDDENING_LAW
    flux = flux * 10 ** (-0.4 * extinction)
    flux = flux / flux.max(1, keepdims=True)
    return flux + rng.standard_normal(flux.shape) * (0.004 + noise)[:, None]


def _templates(sources: pd.DataFrame) -> np.ndarray:
    """Light curves (n_sources, 64) over two periods, between 0 (bright) and 1 (faint, at phase 0)."""
    steepness = sources["steep"].to_numpy()[:, None]
    saw = _saw(steepness, 2 * PHASE + _faintest(steepness))
    ratio, width = (sources[name].to_numpy()[:, None] for name in ("ratio", "width"))
    # The period found of a binary is half of the true one: two periods hold both eclipses.
    near = np.abs((PHASE[None, :, None] - np.array([0.0, 0.5, 1.0]) + 0.5) % 1 - 0.5)[..., :2]
    dips = np.exp(-0.5 * (near / np.maximum(width, 0.01)[..., None]) ** 2)
    eclipses = dips[..., 0] + ratio * dips[..., 1]
    curve = np.where(width > 0, eclipses, saw)
    low, high = curve.min(1, keepdims=True), curve.max(1, keepdims=True)
    curve = (curve - low) / (high - low)
    return np.stack([np.roll(each, -int(each.argmax())) for each in curve])


def _saw(steepness: np.ndarray, phase: np.ndarray, order: int = 0) -> np.ndarray:
    """Faintness at phases in periods, or its derivative of an order.

    It drops fast, for a star rises fast and fades slowly.
    """
    saw = np.zeros(np.broadcast_shapes(steepness.shape, phase.shape))
    for k in range(1, 7):  # each derivative of a sine is a quarter turn ahead
        wave = (2 * np.pi * k) ** order * np.sin(2 * np.pi * k * phase + 0.5 * np.pi * order)
        saw -= steepness ** (k - 1) / k * wave
    return saw


def _faintest(steepness: np.ndarray) -> np.ndarray:
    """Phases in periods (n_sources, 1) at which saws of so much steepness (n_sources, 1) are faintest.

    Newton's method from the faintest of 64 phases on: a grid alone would draw stripes on a map.
    """
    grid = np.linspace(0, 1, 64, endpoint=False)
    phase = grid[_saw(steepness, grid[None]).argmax(1)][:, None]
    for _ in range(5):
        phase = phase - _saw(steepness, phase, 1) / _saw(steepness, phase, 2)
    return phase


def _folded(
    rng: np.random.Generator, sources: pd.DataFrame, templates: np.ndarray, noise: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Folded curves (n_sources, 64) as smoothed from some forty transits, and their scatter (n_sources,)."""
    own = np.sqrt(sources["irregular"].to_numpy())
    scatter = np.sqrt(0.3 * own**2 + (noise / (3 * sources["amplitude_mag"].to_numpy())) ** 2)
    scatter = np.minimum(scatter, 0.6) * np.exp(0.1 * rng.standard_normal(len(sources)))
    kept = (1 - own)[:, None]
    smooth = 0.5 + kept * (templates - templates.mean(1, keepdims=True))
    return smooth + 0.35 * scatter[:, None] * rng.standard_normal(templates.shape), scatter


def _structure(
    rng: np.random.Generator, sources: pd.DataFrame, templates: np.ndarray, noise: np.ndarray
) -> np.ndarray:
    """log10 of the typical |dm| (mag) at ten |dt| (n_sources, 10).

    SF^2 = 2 s^2 (1 - rho) + 2 noise^2 (Hughes, Aller & Aller 1992, ApJ 396, 469); rho(dt) of what repeats is
    that of its Fourier series, of what does not exp(-dt / tau).
    """
    power = np.abs(np.fft.rfft(templates, axis=1)[:, 1 : N_HARMONICS + 1]) ** 2
    power = power / power.sum(1, keepdims=True)
    base = 1 / (2 * 10 ** sources["log_true_period"].to_numpy())  # per day: the curve holds two periods
    dt = np.geomspace(DT_EDGES_DAY[:-1], DT_EDGES_DAY[1:], 12)  # (12, 10)
    angle = 2 * np.pi * base[:, None, None] * dt
    repeating = sum(power[:, k, None] * np.cos((k + 1) * angle).mean(1) for k in range(N_HARMONICS))
    memory = np.exp(-dt / 10 ** sources["memory"].to_numpy()[:, None, None]).mean(1)
    share = sources["irregular"].to_numpy()[:, None]
    rho = (1 - share) * repeating + share * memory
    variance = sources["amplitude_mag"].to_numpy()[:, None] ** 2
    square = 2 * variance * (1 - rho) + 2 * (noise**2)[:, None]
    return 0.5 * np.log10(square) + 0.12 * rng.standard_normal(square.shape)
