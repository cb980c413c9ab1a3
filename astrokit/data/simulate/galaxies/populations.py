"""Absolute magnitudes of stellar populations, from mass, age and metallicity.

One colour stands for the population: g - r grows with age and metallicity along Worthey's degeneracy (1994,
ApJS 95, 107: three steps of age in the log do what two of metallicity do). Its slope, 0.35 mag for a factor
of ten in age, is chosen here. Mass-to-light ratios follow from the colour: in g, r, i and z as Bell et al.
(2003, ApJS 149, 289, table 7) give them, less 0.15 dex for a Kroupa initial mass function; in u by the colour
u - g for which their two columns of the g band agree; in W1 with the slope of their K band, through 0.6
solar (Meidt et al. 2014, ApJ 788, 144) at the middle colour; and W1 - W2 as Cluver et al. (2014, ApJ 782, 90)
find it along mass-to-light. What breaks the degeneracy is that metals redden the near infrared at a given
g - r: `METAL_TILT`, a size chosen here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

BANDS = ("u", "g", "r", "i", "z", "W1", "W2")
OPTICAL = BANDS[:5]
WISE = BANDS[5:]
# Effective wavelengths: Doi et al. 2010 (AJ 139, 1628) and Wright et al. 2010 (AJ 140, 1868).
WAVELENGTH_UM = np.array([0.3551, 0.4686, 0.6166, 0.7480, 0.8932, 3.3526, 4.6028])

# Sun, AB, Willmer 2018 (ApJS 236, 47); in W1 3.24 in Vega magnitudes, as Cluver et al. (2014) take it, and
# W1(AB) = W1(Vega) + 2.699.
SUN = {"g": 5.11, "r": 4.65, "i": 4.53, "z": 4.50, "W1": 3.24 + 2.699}
VEGA_TO_AB_W1_W2 = 2.699 - 3.339  # Jarrett et al. 2011, ApJ 735, 112

# log10 of mass over light in solar units = a + b (g - r): Bell et al. 2003, table 7.
BELL = {"g": (-0.499, 1.519), "r": (-0.306, 1.097), "i": (-0.222, 0.864), "z": (-0.223, 0.689)}
BELL_G_OF_U_G = (-0.221, 0.485)
BELL_K_SLOPE = 0.197
KROUPA = -0.15
MEIDT = np.log10(0.6)
CLUVER = (-0.17, -2.54)  # log10 of mass over light in W1 = a + b (W1 - W2), Vega

MIDDLE_COLOUR = 0.65
MIDDLE_LOG_AGE = 0.6  # log10 of Gyr
COLOUR_PER_AGE = 0.35
WORTHEY = 1.5
METAL_TILT = np.array([0.0, 0.0, 0.0, -0.04, -0.10, -0.35, -0.35])  # mag per dex of metallicity


def rest_colour(log_age: ArrayLike, metallicity: ArrayLike) -> np.ndarray:
    """g - r, AB, without dust.

    Parameters
    ----------
    log_age : (...)
        log10 of the mean age of the stars in Gyr.
    metallicity : (...)
        log10 of the metal content over the Sun's.

    Examples
    --------
    Half as much again in the logarithm of age does what metallicity does:

    >>> rest_colour([0.6, 0.9, 0.6], [0.0, 0.0, 0.2]).round(3).tolist()
    [0.65, 0.755, 0.755]
    """
    steps = np.asarray(log_age, float) - MIDDLE_LOG_AGE + WORTHEY * np.asarray(metallicity, float)
    return MIDDLE_COLOUR + COLOUR_PER_AGE * steps


def mass_to_light(colour: ArrayLike, band: str) -> np.ndarray:
    """log10 of stellar mass over light in solar units at a colour g - r, in g, r, i, z or W1.

    Examples
    --------
    >>> round(float(mass_to_light(0.65, "r")), 3)  # -0.306 + 1.097 * 0.65 - 0.15
    0.257
    """
    colour = np.asarray(colour, float)
    if band == "W1":
        return MEIDT + BELL_K_SLOPE * (colour - MIDDLE_COLOUR)
    a, b = BELL[band]
    return a + b * colour + KROUPA


def absolute_magnitudes(log_mass: ArrayLike, log_age: ArrayLike, metallicity: ArrayLike) -> np.ndarray:
    """Absolute AB magnitudes (..., 7) without dust, in the order of `BANDS`.

    Parameters
    ----------
    log_mass, log_age, metallicity : (...)
        log10 of solar masses, of Gyr, and of metals over the Sun's.

    Examples
    --------
    >>> absolute_magnitudes(10.5, 0.6, 0.0).round(1).tolist()
    [-18.8, -20.3, -21.0, -21.2, -21.6, -20.9, -20.2]
    """
    colour = rest_colour(log_age, metallicity)
    light = {name: sun - 2.5 * (log_mass - mass_to_light(colour, name)) for name, sun in SUN.items()}
    u_g = (BELL["g"][0] + BELL["g"][1] * colour - BELL_G_OF_U_G[0]) / BELL_G_OF_U_G[1]
    w1_w2 = (mass_to_light(colour, "W1") - CLUVER[0]) / CLUVER[1] + VEGA_TO_AB_W1_W2
    light |= {"u": light["g"] + u_g, "W2": light["W1"] - w1_w2}
    # The tilt is in addition to what metals do to g - r; the W bands shift together, so W1 - W2 stays.
    stack = np.stack([light[name] for name in BANDS], axis=-1)
    return stack + METAL_TILT * np.asarray(metallicity, float)[..., None]
