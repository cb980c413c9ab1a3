"""Fit the priors of the simulated X-ray sources to labelled sources of the Chandra Source Catalog.

    ASTROKIT_DATA=... python docs/numbers/fit_xray_priors.py

For each class, means and scatters of the spectral shape and of log10 N_H are chosen so that simulated
sources, with the relative errors of the real ones, have the same distribution of the two flux ratios
soft/medium and hard/medium: the energy distance (Szekely & Rizzo 2013, J. Stat. Plan. Inference 143, 1249)
between the two is the least. Fluxes are described by their median and scatter. Writes
`astrokit/data/simulate/xray/priors.json`, and prints the distance beside that of two halves of the real
sources.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.spatial.distance import cdist

from astrokit.data.simulate.xray.absorption import read_cross_section
from astrokit.data.simulate.xray.population import (
    BANDS_KEV,
    CLASSES,
    KINDS,
    PRIORS,
    Prior,
    band_flux,
    draw_parameters,
    photon_density,
)

FOLDER = Path(os.environ.get("ASTROKIT_DATA", "../shared/data")) / "MUWCLASS+MUWCLASS" / "files"
ENERGY_KEV = np.arange(0.31, 7.2, 0.02)
N_SIMULATED = 800
LEAST_COLUMN = 20.0
STARTS = {
    "reflected power law": (1.9, 0.4, 21.5, 0.8),
    "power law": (1.8, 0.5, 21.7, 0.5),
    "power law with iron line": (1.2, 0.5, 22.0, 0.6),
    "black body and power law": (-0.4, 0.3, 21.7, 0.6),
    "thermal of two temperatures": (0.2, 0.3, 21.0, 0.6),
    "thermal with iron line": (0.9, 0.3, 21.3, 0.5),
}


def ratios(fluxes: np.ndarray) -> np.ndarray:
    """log10 of soft/medium and hard/medium: (n, 3) -> (n, 2)."""
    logs = np.log10(fluxes)
    return logs[:, [0, 2]] - logs[:, [1]]


def simulated(name: str, parameters: np.ndarray, errors: np.ndarray, absorption) -> np.ndarray:
    """Flux ratios of simulated sources with relative errors (n, 3)."""
    rng = np.random.default_rng(0)  # the same for each trial: the distance is smooth in the parameters
    shape, shape_scatter, log_nh, nh_scatter = parameters
    prior = Prior((shape, abs(shape_scatter)), (log_nh, abs(nh_scatter)), (0, 0), 0)
    density = photon_density(ENERGY_KEV, name, draw_parameters(rng, name, len(errors), prior), absorption)
    fluxes = np.column_stack([band_flux(ENERGY_KEV, density, band) for band in BANDS_KEV.values()])
    fluxes = np.maximum(fluxes, 1e-30)
    # A flux that errors would make negative is known as a small positive one in the catalogue.
    return ratios(fluxes * np.maximum(1 + errors * rng.standard_normal(errors.shape), 0.05))


def energy_distance(a: np.ndarray, b: np.ndarray) -> float:
    return float(2 * cdist(a, b).mean() - cdist(a, a).mean() - cdist(b, b).mean())


def fit_class(name: str, table: pd.DataFrame, absorption) -> tuple[Prior, float, float]:
    fluxes = table[[f"Fcsc_{band}" for band in BANDS_KEV]].to_numpy()
    errors = table[[f"e_Fcsc_{band}" for band in BANDS_KEV]].to_numpy() / fluxes
    seen, rng = ratios(fluxes), np.random.default_rng(1)
    drawn = np.clip(errors[rng.integers(len(errors), size=N_SIMULATED)], 0, 1)

    def cost(parameters: np.ndarray) -> float:
        beyond = max(LEAST_COLUMN - parameters[2], 0.0)  # no column at all is as good as any below this
        return energy_distance(simulated(name, parameters, drawn, absorption), seen) + beyond

    options = {"maxiter": 150, "xatol": 0.01, "fatol": 1e-4}
    found = minimize(cost, STARTS[KINDS[name]], method="Nelder-Mead", options=options)
    half = rng.permutation(len(seen)) < len(seen) // 2
    log_flux = np.log10(fluxes.sum(1))
    shape, shape_scatter, log_nh, nh_scatter = (round(float(value), 3) for value in found.x)
    flux = round(float(np.median(log_flux)), 3), round(float(log_flux.std()), 3)
    prior = Prior((shape, abs(shape_scatter)), (log_nh, abs(nh_scatter)), flux, len(table))
    return prior, float(found.fun), energy_distance(seen[half], seen[~half])


def main() -> None:
    table = pd.read_csv(FOLDER / "CSC_TD_11042023_MW.csv")
    positive = (table[[f"Fcsc_{band}" for band in BANDS_KEV]] > 0).all(axis=1)
    absorption = read_cross_section(FOLDER / "tbabs.data")
    fitted = {}
    for name in CLASSES:
        prior, distance, of_halves = fit_class(name, table[positive & (table.Class == name)], absorption)
        fitted[name] = prior._asdict()
        print(f"{name}: {prior}; distance {distance:.4f}, of two halves {of_halves:.4f}", flush=True)
    PRIORS.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
