"""The transformer autoencoder of X-ray spectra: any number of counts to eight latents, and back."""

from __future__ import annotations

import functools
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.special import xlogy

from ...data.ogip import Response
from ...data.simulate.xray import XraySpectra
from ...errors import ParameterError
from ...random import RandomState, as_generator
from .sample import load

if TYPE_CHECKING:
    from ...models import TransformerAutoencoder
    from ...training import History

N_LATENT = 8
EDGES_KEV = np.round(np.geomspace(0.5, 8.0, 33), 3)
CENTRES_KEV = np.sqrt(EDGES_KEV[1:] * EDGES_KEV[:-1])
FEWEST = 1.0  # net counts by which a spectrum is scaled at least
MOST = 3000.0  # net counts that a spectrum teaches with: else a few bright sources would be all that counts
HIDDEN = 0.1  # of the bins, hidden while learning, so that missing ones can be borne
FILE = "autoencoder.safetensors"


class Binned(NamedTuple):
    """Spectra in the 32 bins of the network.

    Attributes
    ----------
    counts : (n, 32)
    background : (n, 32)
        Expected.
    exposure : (n, 32)
        Expected counts if the photons were spread evenly over the logarithm of energy, as many as the source
        seems to have: the decoder says by what they differ.
    mask : (n, 32), bool
        False where nothing was measured.
    """

    counts: np.ndarray
    background: np.ndarray
    exposure: np.ndarray
    mask: np.ndarray

    @property
    def net(self) -> np.ndarray:
        """Counts above the background, (n,)."""
        return np.where(self.mask, self.counts - self.background, 0).sum(1)

    def arrays(self) -> dict[str, np.ndarray]:
        """What the network reads: asinh of the rate by which a bin differs, and its error."""
        exposure = np.maximum(self.exposure, 1e-6)
        rate, error = (self.counts - self.background) / exposure, np.sqrt(self.counts + 0.75) / exposure
        return {
            "values": np.arcsinh(rate).astype(np.float32),
            "errors": error.astype(np.float32),
            "positions": np.broadcast_to(np.log(CENTRES_KEV).astype(np.float32), self.counts.shape),
            "counts": self.counts.astype(np.float32),
            "exposure": exposure.astype(np.float32),
            "background": self.background.astype(np.float32),
            "mask": self.mask,
        }


def bin_spectra(
    counts: np.ndarray, background: np.ndarray, response: Response, *, mask: np.ndarray | None = None
) -> Binned:
    """Add up channels into the bins of the network, whatever the response.

    Parameters
    ----------
    counts, background : (n, n_channels)
        Of the response; the background as expected in the source's region.
    mask : (n, n_channels) or (n_channels,), bool, optional
        False for channels without a measurement. A bin is measured where half of its channels are; the
        exposure counts only those.

    Raises
    ------
    ParameterError
        When shapes do not fit, or no channel lies within the bins.
    """
    counts, background = np.atleast_2d(counts).astype(float), np.atleast_2d(background).astype(float)
    n_channels = len(response.channel)
    if counts.shape != background.shape or counts.shape[1] != n_channels:
        raise ParameterError(
            "spectra",
            expected=f"counts and background of shape (n, {n_channels}), as the response has channels",
            got=f"{counts.shape} and {background.shape}",
            next_step="Take the response that belongs to these spectra.",
        )
    middle = 0.5 * (response.channel_low_kev + response.channel_high_kev)
    place = np.searchsorted(EDGES_KEV, middle, side="right") - 1
    inside = (place >= 0) & (place < len(CENTRES_KEV))
    if not inside.any():
        raise ParameterError(
            "response", expected="channels from 0.5 to 8 keV", got="none", next_step="Pass another response."
        )
    adds = np.zeros((n_channels, len(CENTRES_KEV)))
    adds[np.flatnonzero(inside), place[inside]] = 1.0
    good = np.broadcast_to(True if mask is None else np.asarray(mask, bool), counts.shape)
    flat = response.fold(np.diff(np.log([response.energy_low_kev, response.energy_high_kev]), axis=0)[0])
    seen = (good * flat) @ adds
    whole = flat @ adds
    binned = Binned(
        np.where(good, np.nan_to_num(counts), 0) @ adds,
        np.where(good, np.nan_to_num(background), 0) @ adds,
        seen,
        seen > 0.5 * whole,
    )
    scale = np.maximum(binned.net, FEWEST) / np.maximum((seen * binned.mask).sum(1), 1e-12)
    return binned._replace(exposure=seen * scale[:, None])


def thin(binned: Binned, most: float, *, random_state: RandomState = 0) -> Binned:
    """The same spectra as shorter exposures would have counted them: at most so many net counts, about.

    Counts that are each kept with one probability are Poisson counts of the smaller rate.
    """
    share = np.minimum(1.0, most / np.maximum(binned.net, 1.0))[:, None]
    counts = as_generator(random_state).binomial(binned.counts.astype(int), share)
    return Binned(counts.astype(float), binned.background * share, binned.exposure * share, binned.mask)


def bin_simulated(spectra: XraySpectra) -> Binned:
    """The bins of simulated spectra."""
    return bin_spectra(spectra.counts, spectra.background, spectra.response)


def make_network(
    *, width: int = 32, n_layers: int = 1, random_state: RandomState = 0
) -> TransformerAutoencoder:
    """The network before it has learned: eight latents, Poisson likelihood, errors known."""
    from ...models import PoissonLikelihood, TransformerAutoencoder

    span = float(np.log(EDGES_KEV[0])), float(np.log(EDGES_KEV[-1]))
    return TransformerAutoencoder(
        PoissonLikelihood(),
        span,
        n_latent=N_LATENT,
        hidden_share=HIDDEN,
        width=width,
        n_layers=n_layers,
        n_frequencies=12,
        with_errors=True,
        random_state=random_state,
    )


def fit_network(
    spectra: XraySpectra, *, epochs: int = 20, random_state: int = 0, **options: Any
) -> tuple[TransformerAutoencoder, History]:
    """Fit the autoencoder to simulated spectra, with one thread, so that a seed gives the same weights.

    Options are those of `astrokit.training.fit`.
    """
    from ...training import fit

    model = make_network(random_state=random_state)
    chosen: dict[str, Any] = {
        "learning_rate": 3e-3,
        "schedule": "cosine",
        "clip_norm": 1.0,
        "batch_size": 128,
    }
    options = {**chosen, "threads": 1, **options}
    binned = thin(bin_simulated(spectra), MOST, random_state=random_state)
    history = fit(model, binned.arrays(), epochs=epochs, random_state=random_state, **options)
    return model, history


def encode(model: TransformerAutoencoder, binned: Binned) -> np.ndarray:
    """Latents (n, 8); those of a spectrum without a measured bin are NaN."""
    from ...training import apply

    found = apply(model.latents, binned.arrays(), batch_size=512).astype(float)
    found[~binned.mask.any(1)] = np.nan
    return found


def decode(model: TransformerAutoencoder, latents: np.ndarray) -> np.ndarray:
    """Photons in the 32 bins over those of a spectrum that is even in the logarithm of energy: (n, 32)."""
    from ...training import apply

    latents = np.atleast_2d(latents).astype(np.float32)
    grid = np.broadcast_to(np.log(CENTRES_KEV).astype(np.float32), (len(latents), len(CENTRES_KEV)))
    return apply(lambda batch: model.decode(batch["z"], batch), {"z": latents, "positions": grid})


def expected_counts(model: TransformerAutoencoder, binned: Binned) -> np.ndarray:
    """What the autoencoder makes of each spectrum, background included: (n, 32)."""
    return decode(model, np.nan_to_num(encode(model, binned))) * binned.exposure + binned.background


def reduced_deviance(
    binned: Binned, expected: np.ndarray, *, n_draws: int = 20, random_state: RandomState = 0
) -> np.ndarray:
    """Cash's C over what pure Poisson noise about `expected` would give, (n,): 1 is as good as noise allows.

    C = 2 sum [ mu - n + n log(n / mu) ] is as large as the number of bins only for many counts (Kaastra 2017,
    A&A 605, A51); here its expectation is drawn.
    """
    rng = as_generator(random_state)

    def deviance(counts: np.ndarray) -> np.ndarray:
        terms = expected - counts + xlogy(counts, counts / expected)
        return 2 * np.where(binned.mask, terms, 0).sum(1)

    by_chance = np.mean([deviance(rng.poisson(expected)) for _ in range(n_draws)], axis=0)
    return deviance(binned.counts) / np.maximum(by_chance, 1e-9)


def make_weights(path: str | Path, *, n_sources: int = 5000, epochs: int = 32) -> None:
    """Fit the autoencoder that ships, to spectra folded through formulas, and write it."""
    from ...training import save_weights

    model, history = fit_network(load("embedded", n_sources=n_sources, random_state=1), epochs=epochs)
    notes = {"n_sources": n_sources, "epochs": len(history.epochs), "response": "analytic"}
    save_weights(model, path, notes=notes, overwrite=True)


@functools.cache
def shipped_network() -> TransformerAutoencoder:
    """The autoencoder that comes with the package, read once.

    Examples
    --------
    >>> latents = encode(shipped_network(), bin_simulated(load("embedded", n_sources=16)))
    >>> latents.shape
    (16, 8)
    """
    from ...models import TransformerAutoencoder
    from ...training import load_model

    with resources.as_file(resources.files(__package__).joinpath(FILE)) as path:
        model = load_model(path)
    assert isinstance(model, TransformerAutoencoder)
    return model
