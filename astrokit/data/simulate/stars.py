"""Simulated stars on the Hertzsprung-Russell diagram: a crowd with known kinds, to try a map on.

Textbook scalings, enough for the shape of the diagram and not for a measurement: masses from the initial
mass function of Kroupa (2001, MNRAS 322, 231), luminosities from the mass-luminosity relation of Salaris &
Cassisi (2005, Evolution of Stars and Stellar Populations, ch. 5), radii as M**0.8 below and M**0.57 above a
solar mass (Demircan & Kahraman 1991, Ap&SS 181, 313), white dwarfs that cool as Mestel (1952, MNRAS 112,
583) says. Stars formed at a constant rate for ten billion years; a survey with a limit in flux sees them
out to one distance at most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...random import RandomState, as_generator
from ..provenance import Provenance

if TYPE_CHECKING:
    import pandas as pd

CITATION = (
    "Kroupa 2001, MNRAS 322, 231; Demircan & Kahraman 1991, Ap&SS 181, 313; Mestel 1952, MNRAS 112, 583"
)
KINDS = ("main sequence", "unresolved binary", "red giant", "red clump", "white dwarf")
SOLAR_TEMPERATURE_K = 5772.0
AGE_GYR = 10.0
BINARY_SHARE = 0.3
N_TEMPLATES = 500_000  # stars that are followed through their lives; the survey sees each several times
BLOCK = 500_000  # stars measured at a time, to keep the memory small
HORIZON = 0.3  # log10 of the luminosity (solar) that is seen to the edge of the survey


class Stars(NamedTuple):
    """Simulated stars as a survey measures them, with the truth beside: arrays of shape (n_stars,)."""

    log_temperature: np.ndarray  # log10 of the effective temperature in K, measured, float32
    log_luminosity: np.ndarray  # log10 of the luminosity in solar units, measured, float32
    kind: np.ndarray  # number in `KINDS`, true, int8
    log_mass: np.ndarray  # log10 of the initial mass in solar units, true, float32
    log_age: np.ndarray  # log10 of the age in years, true, float32
    provenance: Provenance

    def table(self) -> pd.DataFrame:
        """A row for each star, columns named as here; `kind` in words, as a pandas category."""
        import pandas as pd

        columns = self._asdict()
        del columns["provenance"]
        return pd.DataFrame({**columns, "kind": pd.Categorical.from_codes(self.kind, KINDS)}, copy=False)


def simulate_stars(n_stars: int = 4_000_000, *, random_state: RandomState = 0) -> Stars:
    """Simulate a survey of stars.

    Examples
    --------
    >>> stars = simulate_stars(1000)
    >>> stars.log_temperature.shape
    (1000,)
    >>> sorted({KINDS[k] for k in stars.kind})[0]
    'main sequence'
    """
    rng = as_generator(random_state)
    rarity = rng.random(N_TEMPLATES)  # more templates of the rare massive stars, each of less weight
    templates = _templates(rng, kroupa_mass(1 - rarity**2))
    # A limit in flux reaches as far as sqrt(L): in a thin disc of stars that area holds L times as many.
    weight = np.cumsum(rarity * 10.0 ** np.minimum(templates[2] - HORIZON, 0.0))
    kinds = (np.float32, np.float32, np.int8, np.float32, np.float32)
    seen: list[Any] = [np.empty(n_stars, kind) for kind in kinds]
    for start in range(0, n_stars, BLOCK):
        block = slice(start, min(start + BLOCK, n_stars))
        for values, measured in zip(seen, _see(rng, templates, weight, block.stop - start), strict=True):
            values[block] = measured
    provenance = Provenance.of_simulation("hertzsprung-russell", citation=CITATION, random_state=random_state)
    log_temperature, log_luminosity, kind, log_mass, log_age = seen
    return Stars(log_temperature, log_luminosity, kind, log_mass, log_age, provenance)


def _see(rng: np.random.Generator, templates: tuple[np.ndarray, ...], weight: np.ndarray, n: int) -> tuple:
    """Measure `n` of the stars, drawn by weight: the fields of `Stars`."""
    kind, temperature, luminosity, mass, age = templates
    seen = np.searchsorted(weight, rng.random(n) * weight[-1])
    # Relative parallax errors grow with distance: uniform in volume, 1% nearby to 6% at the limit.
    error = (0.01 + 0.05 * np.cbrt(rng.random(n, dtype=np.float32))) * (2 / np.log(10))
    noise = rng.standard_normal((2, n), dtype=np.float32)
    measured = temperature[seen] + 0.004 * noise[0], luminosity[seen] + error * noise[1]
    return *measured, kind[seen], mass[seen], age[seen]


def _templates(rng: np.random.Generator, mass: np.ndarray) -> tuple[np.ndarray, ...]:
    """Kind, log temperature, log luminosity, log mass, log age of stars as they are, without errors."""
    n = len(mass)
    age_gyr = AGE_GYR * rng.random(n)
    metallicity = rng.normal(-0.1, 0.2, n)
    lifetime_gyr = 10.0 * mass**-2.5
    kind = np.zeros(n, dtype=np.int8)
    luminosity, temperature = main_sequence(mass, np.minimum(age_gyr / lifetime_gyr, 1.0), metallicity)
    binary = rng.random(n) < BINARY_SHARE
    _add_companions(rng, binary, mass, metallicity, luminosity, temperature)
    kind[binary] = 1
    past = (age_gyr - lifetime_gyr) / (0.12 * lifetime_gyr)  # in units of a star's time as a giant
    giant, clump, dwarf = (past > 0) & (past < 0.6), (past >= 0.6) & (past < 1), past >= 1
    kind[giant], kind[clump], kind[dwarf] = 2, 3, 4
    _become_giants(giant, past[giant] / 0.6, metallicity, luminosity, temperature)
    luminosity[clump] = rng.normal(1.75, 0.06, clump.sum())
    temperature[clump] = 3.685 - 0.045 * metallicity[clump] + rng.normal(0, 0.004, clump.sum())
    cooling_gyr = age_gyr[dwarf] - 1.12 * lifetime_gyr[dwarf] + 1e-3
    luminosity[dwarf], temperature[dwarf] = white_dwarf(cooling_gyr, rng.normal(0.6, 0.06, dwarf.sum()))
    return kind, temperature, luminosity, np.log10(mass), 9 + np.log10(age_gyr)


def kroupa_mass(u: np.ndarray) -> np.ndarray:
    """Masses (solar) for uniform numbers `u`: dN/dM as M**-1.3 from 0.1 to 0.5, as M**-2.3 up to 8.

    Examples
    --------
    >>> kroupa_mass(np.array([0.0, 1.0])).round(3)
    array([0.1, 8. ])
    """
    low = (0.1**-0.3 - 0.5**-0.3) / 0.3
    high = 0.5 * (0.5**-1.3 - 8.0**-1.3) / 1.3  # continuous at 0.5
    share = low / (low + high)
    with np.errstate(invalid="ignore"):
        lower = (0.1**-0.3 - 0.3 * u * (low + high)) ** (-1 / 0.3)
        upper = (0.5**-1.3 - 1.3 * (u - share) * (low + high) / 0.5) ** (-1 / 1.3)
    return np.where(u < share, lower, upper)


def main_sequence(
    mass: np.ndarray, spent: np.ndarray, metallicity: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Log luminosity and temperature of stars that have spent a share of their main-sequence time."""
    log_mass = np.log10(mass)
    laws = [np.log10(0.23) + 2.3 * log_mass, 4.0 * log_mass, np.log10(1.4) + 3.5 * log_mass]
    luminosity = np.select([mass < 0.43, mass < 2.0], laws[:2], laws[2])
    radius = np.where(mass < 1.0, 0.8, 0.57) * log_mass
    luminosity = luminosity - 0.15 + 0.35 * spent - 0.1 * metallicity
    radius = radius - 0.03 + 0.18 * spent**2 + 0.05 * metallicity
    return luminosity, temperature_of(luminosity, radius)


def temperature_of(log_luminosity: np.ndarray, log_radius: np.ndarray) -> np.ndarray:
    """Log effective temperature (K): Stefan-Boltzmann, L = R**2 T**4 in solar units.

    Examples
    --------
    >>> round(10 ** float(temperature_of(0.0, 0.0)))
    5772
    """
    return np.log10(SOLAR_TEMPERATURE_K) + (log_luminosity - 2 * log_radius) / 4


def white_dwarf(cooling_gyr: np.ndarray, mass: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log luminosity and log temperature of white dwarfs: Mestel's L as t**-1.4, radius as M**(-1/3)."""
    luminosity = -2.9 + np.log10(mass / 0.6) - 1.4 * np.log10(cooling_gyr)
    radius = np.log10(0.0127) - np.log10(mass / 0.6) / 3
    return np.minimum(luminosity, 1.5), temperature_of(np.minimum(luminosity, 1.5), radius)


def _add_companions(rng, binary, mass, metallicity, luminosity, temperature) -> None:
    """Add a second star of uniform mass ratio to the light of some, in place."""
    second = np.maximum(mass[binary] * rng.random(binary.sum()), 0.1)
    theirs, temperature_2 = main_sequence(second, np.zeros(len(second)), metallicity[binary])
    ratio = 10.0 ** (theirs - luminosity[binary])
    luminosity[binary] += np.log10(1 + ratio)
    # The pair's colour is a mean of both, weighted by light.
    temperature[binary] = (temperature[binary] + ratio * temperature_2) / (1 + ratio)


def _become_giants(giant, climbed, metallicity, luminosity, temperature) -> None:
    """Move stars across the subgiant branch and up the giant branch, in place; `climbed` is from 0 to 1."""
    foot = luminosity[giant]
    tip = np.maximum(foot + 0.5, 3.3)
    now = foot + 0.15 * np.minimum(climbed / 0.25, 1) + (tip - foot) * climbed**2
    branch = 3.70 - 0.055 * (now - 1.0) - 0.04 * metallicity[giant]
    across = np.clip(climbed / 0.25, 0, 1)
    temperature[giant] += (np.minimum(branch, 3.72) - temperature[giant]) * across
    luminosity[giant] = now
