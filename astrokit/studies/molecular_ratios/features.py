"""Inputs as the chemistry feels them: fourteen numbers in which the ratios change smoothly."""

from __future__ import annotations

import numpy as np

from ...data.uclchem import CARBON, OXYGEN

AV_PER_DENSITY = 0.05 * 3.086e18 / 1.6e21  # mag per (nuclei / cm3) over 0.05 pc, as UCLCHEM has it
EXCESS = 1e-5  # of carbon over oxygen, per hydrogen nucleus: where the logarithm takes over
# (exponent of the attenuation per magnitude, log10 of the field inside the cloud at the standard rate of
# cosmic rays). Soft and hard ultraviolet: the photons that destroy molecules lie between (Heays et al. 2017).
BANDS = ((1.5, -4.5), (3.0, -5.0))


def physical(inputs: np.ndarray) -> np.ndarray:
    """The seven inputs, and seven numbers made of them that say what the gas is exposed to.

    Parameters
    ----------
    inputs : (n_samples, 7)
        In the order of `astrokit.data.uclchem.INPUT_NAMES`.

    Returns
    -------
    (n_samples, 14)
        The inputs; log10 of the temperature; log10 of carbon over oxygen; the excess of carbon over oxygen,
        on a scale that is linear about 0 and logarithmic beyond (all oxygen can be locked into CO or not);
        the log10 of the ultraviolet field at the point, of photons from outside and of those that cosmic
        rays make inside (Prasad & Tarafdar 1983), in two bands; log10 of carbon, and of the rate of cosmic
        rays, over the density.

    Examples
    --------
    >>> physical(np.array([[10.0, 4.0, 0.0, 0.0, 0.5, 0.0, 0.0]])).shape
    (1, 14)
    """
    temperature, density, zeta, radfield, base_av, carbon, oxygen = np.asarray(inputs, float).T
    av = 10**base_av + AV_PER_DENSITY * 10**density
    excess = np.arcsinh((CARBON * 10**carbon - OXYGEN * 10**oxygen) / EXCESS)
    fields = [
        np.logaddexp(np.log(10) * radfield - gamma * av, np.log(10) * (zeta + inside)) / np.log(10)
        for gamma, inside in BANDS
    ]
    return np.column_stack(
        [inputs, np.log10(temperature), carbon - oxygen, excess, *fields, carbon - density, zeta - density]
    )
