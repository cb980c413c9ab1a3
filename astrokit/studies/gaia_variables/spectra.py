"""Five numbers of a low-resolution spectrum: a variational autoencoder of simulated stars.

    spectra = join_spectra(types)                       # one simulated spectrum for each class of source
    latents = encode_spectra(shipped_spectra_network(), spectra.flux, spectra.flux_error)

Catalina measured no spectra: these are drawn by class, so they know what a class is like and nothing of the
source. They are simulated, and say so.
"""

from __future__ import annotations

import functools
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ...data.simulate.spectra import PRIORS, WAVELENGTH_NM, StellarSpectra, simulate_spectra
from ...errors import ParameterError
from ...evaluation import Estimate, bootstrap_groups, out_of_fold, read_results, write_results
from ...random import RandomState, as_generator

if TYPE_CHECKING:
    from ...models import VariationalAutoencoder
    from ...training import History

N_SPECTRAL_LATENTS = 5
FILE = "spectra.safetensors"
RESULTS_FILE = "spectra_results.json"
N_BINS = len(WAVELENGTH_NM)
FLOOR = 0.01  # of the mean flux, added to the errors: else a few bright stars would be all that counts
# What the types of `astrokit.data.catalina.TYPES` are among the simulated kinds; "miscellaneous" is any.
KIND_OF_TYPE = {
    1: "RRAB",
    2: "RRC",
    3: "RRC",
    4: "RRAB",
    5: "EW",
    6: "EA",
    7: "ROT",
    8: "M",
    9: "DSCT",
    10: "T2CEP",
    12: "T2CEP",
    13: "DCEP",
}
TARGETS = ("log_temperature", "reddening")


def join_spectra(
    types: ArrayLike, *, magnitudes: ArrayLike | None = None, random_state: RandomState = 0
) -> StellarSpectra:
    """Simulate a spectrum for each source, by its class.

    Parameters
    ----------
    types : (n_sources,)
        Numbers of `KIND_OF_TYPE`; a source of another number gets the spectrum of a kind drawn at random.
    magnitudes : (n_sources,), optional
        Mean magnitudes, which set the noise.
    random_state

    Returns
    -------
    StellarSpectra
        In the order of `types`, with the truth, and a provenance that says that they are simulated.

    Examples
    --------
    >>> join_spectra([1, 8, 11]).truth.kind.tolist()[:2]
    ['RRAB', 'M']
    """
    rng = as_generator(random_state)
    types = np.asarray(types)
    drawn = rng.choice(list(PRIORS), len(types))
    kinds = [KIND_OF_TYPE.get(int(number), name) for number, name in zip(types, drawn, strict=True)]
    seed = random_state if isinstance(random_state, int) else rng
    return simulate_spectra(kinds, magnitudes=magnitudes, random_state=seed)


def simulate_all_kinds(n_stars: int, *, random_state: RandomState = 0) -> StellarSpectra:
    """Spectra of all kinds, about as many of each: to learn from, and to judge on with another seed."""
    kinds = np.resize(list(PRIORS), n_stars)
    return simulate_spectra(kinds, random_state=random_state)


def fit_spectra(
    spectra: StellarSpectra, *, epochs: int = 40, random_state: int = 0, **options: Any
) -> tuple[VariationalAutoencoder, History]:
    """Fit the autoencoder, with one thread, so that a seed gives the same weights.

    Options are those of `astrokit.training.fit`.
    """
    from ...models import GaussianLikelihood, VariationalAutoencoder, VectorDecoder, VectorEncoder
    from ...training import fit

    n_latent = N_SPECTRAL_LATENTS
    model = VariationalAutoencoder(
        VectorEncoder(N_BINS, hidden=(128,), random_state=random_state),
        VectorDecoder(n_latent, (N_BINS,), hidden=(64, 128), random_state=random_state + 1),
        GaussianLikelihood(),
        n_latent=n_latent,
        random_state=random_state + 2,
    )
    chosen: dict[str, Any] = {
        "learning_rate": 3e-3,
        "schedule": "cosine",
        "clip_norm": 1000.0,
        "batch_size": 256,
        "threads": 1,
    }
    arrays = _arrays(spectra.flux, spectra.flux_error)
    history = fit(model, arrays, epochs=epochs, random_state=random_state, **(chosen | options))
    return model, history


def encode_spectra(model: VariationalAutoencoder, flux: ArrayLike, flux_error: ArrayLike) -> np.ndarray:
    """Latents (n, 5); those of a spectrum with a gap are NaN.

    Parameters
    ----------
    flux, flux_error : (n, 60)
        At `astrokit.data.simulate.spectra.WAVELENGTH_NM`, per wavelength, in any unit.

    Raises
    ------
    ParameterError
        When shapes do not fit.
    """
    from ...training import apply

    arrays = _arrays(flux, flux_error)
    whole = np.isfinite(arrays["values"]).all(1)
    found = np.full((len(whole), N_SPECTRAL_LATENTS), np.nan)
    if whole.any():
        found[whole] = apply(model.latents, {"values": arrays["values"][whole]})
    return found


def decode_spectra(model: VariationalAutoencoder, latents: ArrayLike) -> np.ndarray:
    """Spectra (n, 60) of mean about 1 at some latents (n, 5)."""
    from ...training import apply

    latents = np.atleast_2d(np.asarray(latents, np.float32))
    return 1 + apply(lambda batch: model.decode(batch["z"]), {"z": latents})


def simulated_spectral_latents(types: ArrayLike, *, random_state: RandomState = 0) -> np.ndarray:
    """Latents (n_sources, 5) of a spectrum that is simulated for each source by its class (`join_spectra`).

    Examples
    --------
    >>> simulated_spectral_latents([1, 2, 8]).shape
    (3, 5)
    """
    spectra = join_spectra(types, random_state=random_state)
    return encode_spectra(shipped_spectra_network(), spectra.flux, spectra.flux_error)


def linear_r2(
    table: np.ndarray, target: ArrayLike, *, n_folds: int = 5, random_state: RandomState = 0
) -> Estimate:
    """Share of the variance that a linear function predicts out of fold, with a 90% interval over samples.

    R^2 = 1 - sum (y - f)^2 / sum (y - mean y)^2, f fitted by least squares without the sample's fold.

    Parameters
    ----------
    table : (n_samples, n_features)
    target : (n_samples,)

    Examples
    --------
    >>> x = np.arange(50.0)[:, None]
    >>> print(linear_r2(x, 2 * x[:, 0] + 1))
    1.00 [1.00, 1.00]
    """
    target = np.asarray(target, float)
    design = np.column_stack([np.ones(len(target)), table])
    folds = as_generator(random_state).permutation(np.arange(len(target)) % n_folds)

    def predict(learn: np.ndarray, judge: np.ndarray) -> np.ndarray:
        return design[judge] @ np.linalg.lstsq(design[learn], target[learn], rcond=None)[0]

    squares = (target - out_of_fold(predict, folds)) ** 2
    return bootstrap_groups(
        lambda rows: 1 - squares[rows].mean() / target[rows].var(),
        np.arange(len(target)),
        n_resamples=300,
        random_state=random_state,
    )


def judge_spectra(
    model: VariationalAutoencoder, spectra: StellarSpectra, *, random_state: RandomState = 0
) -> dict[str, Any]:
    """What five latents know of temperature and reddening, and how well they give spectra back.

    Returns
    -------
    dict
        `n_spectra`; for `log_temperature` and `reddening`: `..._r2`, by a linear function of the latents out
        of fold, `..._r2_quadratic`, of them and their products, `..._r2_of_spectra`, linear in all 60 bins:
        `Estimate`s; `chi2_per_bin`, the median over spectra of the mean squared residual over error.
    """
    latents = encode_spectra(model, spectra.flux, spectra.flux_error)
    results: dict[str, Any] = {"n_spectra": len(latents)}
    for name in TARGETS:
        target = spectra.truth[name].to_numpy()
        results[f"{name}_r2"] = linear_r2(latents, target, random_state=random_state)
        results[f"{name}_r2_quadratic"] = linear_r2(_quadratic(latents), target, random_state=random_state)
        results[f"{name}_r2_of_spectra"] = linear_r2(spectra.flux, target, random_state=random_state)
    mean = spectra.flux.mean(1, keepdims=True)
    residuals = (decode_spectra(model, latents) - spectra.flux / mean) / (spectra.flux_error / mean)
    return results | {"chi2_per_bin": float(np.median((residuals**2).mean(1)))}


def make_spectra_weights(path: str | Path, *, n_stars: int = 8000, epochs: int = 40) -> None:
    """Fit the autoencoder that ships, and write it."""
    from ...training import save_weights

    model, history = fit_spectra(simulate_all_kinds(n_stars, random_state=1), epochs=epochs)
    notes = {"simulated": True, "n_stars": n_stars, "epochs": len(history.epochs)}
    save_weights(model, path, notes=notes, overwrite=True)


def freeze_spectra_results(path: str | Path, *, n_stars: int = 4000) -> None:
    """Judge the autoencoder that ships on spectra that it has not seen, and write what comes out."""
    spectra = simulate_all_kinds(n_stars, random_state=2)
    write_results(path, judge_spectra(shipped_spectra_network(), spectra), ())


def load_spectra_results() -> dict[str, Any]:
    """The results that ship, as of `judge_spectra`.

    Examples
    --------
    >>> 0 < load_spectra_results()["log_temperature_r2"].value < 1
    True
    """
    estimates = [f"{name}_{kind}" for name in TARGETS for kind in ("r2", "r2_quadratic", "r2_of_spectra")]
    return read_results(resources.files(__package__).joinpath(RESULTS_FILE).read_bytes(), (), estimates)


@functools.cache
def shipped_spectra_network() -> VariationalAutoencoder:
    """The autoencoder that comes with the package, read once.

    Examples
    --------
    >>> spectra = join_spectra([1, 2, 8])
    >>> encode_spectra(shipped_spectra_network(), spectra.flux, spectra.flux_error).shape
    (3, 5)
    """
    from ...models import VariationalAutoencoder
    from ...training import load_model

    with resources.as_file(resources.files(__package__).joinpath(FILE)) as path:
        model = load_model(path)
    assert isinstance(model, VariationalAutoencoder)
    return model


def _quadratic(latents: np.ndarray) -> np.ndarray:
    """Latents (n, 5), and the products of each two, squares included: (n, 20)."""
    first, second = np.triu_indices(latents.shape[1])
    return np.column_stack([latents, latents[:, first] * latents[:, second]])


def _arrays(flux: ArrayLike, flux_error: ArrayLike) -> dict[str, np.ndarray]:
    """What the network reads: flux over its mean, less 1, and its error, with what no decoder follows."""
    flux, error = np.atleast_2d(np.asarray(flux, float)), np.atleast_2d(np.asarray(flux_error, float))
    if flux.shape != error.shape or flux.shape[1] != N_BINS:
        raise ParameterError(
            "spectra",
            expected=f"flux and flux_error of shape (n, {N_BINS})",
            got=f"{flux.shape} and {error.shape}",
            next_step="Bring them to WAVELENGTH_NM first.",
        )
    mean = flux.mean(1, keepdims=True)
    errors = np.hypot(error / mean, FLOOR)
    return {"values": (flux / mean - 1).astype(np.float32), "errors": errors.astype(np.float32)}
