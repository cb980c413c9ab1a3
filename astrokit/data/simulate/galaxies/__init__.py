"""Simulated galaxies whose causes are known: magnitudes in seven bands, images in five.

galaxies = simulate_galaxies(2000, random_state=0)       # magnitudes, errors, causes, the true graph
images = simulate_images(galaxies)                       # (2000, 5, 64, 64)
values, errors = measure_shape(galaxies, images)         # share of the bulge and radius, as a fit has them
covariance = linear_covariance()                         # of all, for simulate_galaxies(linear=True)
"""

from .attenuation import calzetti
from .causes import EFFECTS, LEVELS, NAMES, VARIABLES, covariance_of_causes, true_graph
from .images import Images, simulate_images
from .photometry import magnitude_errors, true_magnitudes
from .populations import BANDS, OPTICAL, WISE, absolute_magnitudes
from .sample import Galaxies, linear_covariance, linear_model, simulate_galaxies
from .sersic import gaussians, sersic
from .shape import measure_images, measure_shape, true_shape

__all__ = [
    "BANDS",
    "EFFECTS",
    "LEVELS",
    "NAMES",
    "OPTICAL",
    "VARIABLES",
    "WISE",
    "Galaxies",
    "Images",
    "absolute_magnitudes",
    "calzetti",
    "covariance_of_causes",
    "gaussians",
    "linear_covariance",
    "linear_model",
    "magnitude_errors",
    "measure_images",
    "measure_shape",
    "sersic",
    "simulate_galaxies",
    "simulate_images",
    "true_graph",
    "true_magnitudes",
    "true_shape",
]
