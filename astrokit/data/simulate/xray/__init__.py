"""Simulated X-ray spectra of eight classes of sources, counted by a CCD: the truth beside the counts.

spectra = simulate_xray(2000, random_state=0)                        # in formulas alone
response = read_response("source.rmf", "source.arf").between(0.5, 8.0)
spectra = simulate_xray(2000, response=response, absorption=read_cross_section("tbabs.data"))
"""

from .absorption import cross_section, read_cross_section
from .acis import acis_like, background_rate
from .observation import XraySpectra, simulate_xray
from .population import CLASSES, KINDS, Parameters, Prior, priors

__all__ = [
    "CLASSES",
    "KINDS",
    "Parameters",
    "Prior",
    "XraySpectra",
    "acis_like",
    "background_rate",
    "cross_section",
    "priors",
    "read_cross_section",
    "simulate_xray",
]
