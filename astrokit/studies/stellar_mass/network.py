"""One network for every subset of inputs: p(log mass | images, magnitudes, shape), as a softmax over bins."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from ...data.simulate.galaxies import BANDS, LEVELS, covariance_of_causes
from ...data.simulate.galaxies.causes import VARIABLES
from ...errors import DataError, ParameterError
from ...explain.information.estimate import InformationEstimate, LocalInformation, estimate_of
from ...explain.information.units import nats_per
from .inputs import GROUPS, IMAGES, INPUTS, VALUES, inputs_of
from .sample import Sample, draw_sample

if TYPE_CHECKING:
    from ...models import BinnedPosterior
    from ...training import History

LOW, HIGH, N_BINS = 6.0, 12.5, 520
EDGES = np.linspace(LOW, HIGH, N_BINS + 1)
CENTRES = (EDGES[:-1] + EDGES[1:]) / 2
FILE = "network.safetensors"
N_LEARNED, SEED_LEARNED = 40_000, 13  # galaxies of the network that ships
EPOCHS, IMAGE_EPOCHS = 24, 3
N_MEASURED = 10_000  # galaxies from which scales are taken
N_TOGETHER = 256  # galaxies whose images are looked at at once
N_SUBSETS = 4
OPTIONS = MappingProxyType(
    {
        "learning_rate": 3e-3,
        "schedule": "cosine",
        "clip_norm": 1.0,
        "batch_size": 256,
        "weight_decay": 1e-3,
        "threads": 1,
    }
)
Names = str | Sequence[str]


def make_network(
    *,
    images: bool = True,
    side: int = 64,
    with_errors: bool = False,
    width: int = 192,
    n_layers: int = 2,
    n_components: int = 3,
    n_subsets: int = N_SUBSETS,
    random_state: int = 0,
) -> BinnedPosterior:
    """The network before it has learned.

    Parameters
    ----------
    images : bool
        If False, it reads magnitudes alone, and has neither images nor shapes among its inputs.
    side : int
        Pixels of a side of an image.
    with_errors : bool
        Whether it reads the errors of numbers: for observed galaxies. In the simulation the errors of shapes
        know the true light, and those of magnitudes nothing beyond them.
    width, n_layers, n_components
        Of `SubsetEncoder` and `BinnedPosterior`.
    n_subsets : int
        Random subsets of inputs to learn from, each time a galaxy is seen; 0 for all inputs that it has.
    """
    from ...models import BinnedPosterior, ImageEncoder, SubsetEncoder

    names = (*IMAGES, *VALUES) if images else BANDS
    groups = [[names.index(name) for name in group if name in names] for group in GROUPS.values()]
    encoder = SubsetEncoder(
        sum(name in VALUES for name in names),
        len(IMAGES) if images else 0,
        ImageEncoder(side, random_state=random_state) if images else None,
        width=width,
        n_layers=n_layers,
        with_errors=with_errors,
        random_state=random_state,
    )
    return BinnedPosterior(
        encoder,
        LOW,
        HIGH,
        N_BINS,
        groups=[group for group in groups if group],
        n_components=n_components,
        n_subsets=n_subsets,
        random_state=random_state,
    )


def train(
    sample: Sample,
    *,
    inputs: Names | None = None,
    epochs: int = EPOCHS,
    image_epochs: int = IMAGE_EPOCHS,
    random_state: int = 0,
    network: BinnedPosterior | None = None,
    **options: Any,
) -> tuple[BinnedPosterior, History]:
    """Fit a network to galaxies, with one thread, so that a seed gives the same weights.

    At first the images are looked at once, through the apertures as they begin, and all else is learned;
    then apertures and convolutions learn, too.

    Parameters
    ----------
    sample : Sample
        The last tenth is held out: it chooses the best epoch, and calibrates the network in the end.
    inputs : names of inputs or groups, optional
        Learn from these alone, all of them each time: a separate network for one subset.
    epochs : int
    image_epochs : int
        Of the second part, at a third of the learning rate; many times as long each.
    random_state : int
    network : BinnedPosterior, optional
        One of `make_network`; by default one for the inputs that the sample has.
    **options
        Of `astrokit.training.fit`.

    Returns
    -------
    BinnedPosterior
    History
        Of the last part.
    """
    from ...training import fit

    if network is None:
        network = make_network(
            images=bool(sample.there[:, : len(IMAGES)].any()),
            side=sample.images.shape[-1],
            n_subsets=N_SUBSETS if inputs is None else 0,
            random_state=random_state,
        )
    n_kept = len(sample.log_mass) - max(len(sample.log_mass) // 10, 1)
    parts = [sample.take(rows) for rows in (slice(n_kept), slice(n_kept, None))]
    seen = [arrays_of(network, part, inputs) for part in parts]
    looked = [_looked(network, arrays) for arrays in seen]
    network.standardise(_batch({name: array[:N_MEASURED] for name, array in looked[0].items()}))
    chosen = {**OPTIONS, "random_state": random_state, **options}
    history = fit(network, looked[0], epochs=epochs, validation=looked[1], **chosen)
    if image_epochs and "images" in seen[0]:
        chosen["learning_rate"] /= 3
        history = fit(network, seen[0], epochs=image_epochs, validation=seen[1], **chosen)
    network.calibrate(_batch(_looked(network, seen[1])))
    return network, history


def names_of(network: BinnedPosterior) -> tuple[str, ...]:
    """The inputs of a network."""
    return (*IMAGES, *VALUES) if network.encoder.n_images else BANDS


def arrays_of(network: BinnedPosterior, sample: Sample, inputs: Names | None = None) -> dict[str, np.ndarray]:
    """What the network reads of galaxies, by name; `mask` leaves the inputs asked for, by default all.

    Raises
    ------
    ParameterError
        For an input that the network does not have, or images of another size.
    DataError
        For a galaxy of which none of the inputs was measured.
    """
    known = names_of(network)
    wanted = known if inputs is None else inputs_of(inputs)
    wrong = [name for name in wanted if name not in known]
    if wrong:
        raise ParameterError(
            "inputs",
            expected=f"some of {', '.join(known)}, those of this network",
            got=", ".join(wrong),
            next_step="Take a network with images, or other inputs.",
        )
    mask = sample.there[:, [INPUTS.index(name) for name in known]] & np.isin(known, wanted)
    if not mask.any(axis=1).all():
        raise DataError(
            "sample",
            expected=f"galaxies with one of {', '.join(wanted)}",
            got=f"{int((~mask.any(axis=1)).sum())} without any",
            next_step="Leave these galaxies out, with sample.take(rows).",
        )
    n_values = network.encoder.n_values
    arrays = {
        "values": sample.values[:, :n_values].astype(np.float32),
        "errors": sample.errors[:, :n_values].astype(np.float32),
        "target": sample.log_mass.astype(np.float32),
        "mask": mask,
    }
    return arrays | ({"images": _images(network, sample)} if network.encoder.n_images else {})


def _images(network: BinnedPosterior, sample: Sample) -> np.ndarray:
    side = network.encoder.image.side
    shape = sample.images.shape[2:]
    if shape == (1, 1):  # nobody took any
        return np.broadcast_to(sample.images, (*sample.images.shape[:2], side, side))
    if shape != (side, side):
        raise ParameterError(
            "images",
            expected=f"{side} x {side} pixels, as the network learned from",
            got=f"{shape[0]} x {shape[1]}",
            next_step="Cut them, or train a network on these.",
        )
    return sample.images


class Reading:
    """A network and galaxies, whose images it looks at once, for any number of questions.

    Parameters
    ----------
    network : BinnedPosterior
    sample : Sample
        Galaxies that the network has not learned from.
    prior : (520,), optional
        log p(bin) before any input: `log_prior_of` galaxies of your own; that of simulated ones by default.

    Examples
    --------
    >>> reading = Reading(load_network(), draw_sample(50))
    >>> reading.log_posterior("optical").shape
    (50, 520)
    >>> reading.local_information(["g", "r"]).shape, reading.embed("images").shape
    ((50,), (50, 192))
    """

    def __init__(self, network: BinnedPosterior, sample: Sample, *, prior: np.ndarray | None = None) -> None:
        from ...training import apply

        self.network, self.sample = network, sample
        self.prior = log_prior() if prior is None else prior
        self._features = apply(network.encoder.features, arrays_of(network, sample), batch_size=N_TOGETHER)

    def log_posterior(self, inputs: Names) -> np.ndarray:
        """log p(bin | inputs), (n_samples, 520)."""
        return self._apply(self.network.log_probabilities_of, inputs)

    def embed(self, inputs: Names) -> np.ndarray:
        """What the network makes of the inputs before it answers, (n_samples, width)."""
        return self._apply(self.network.latents_of, inputs)

    def local_information(self, inputs: Names) -> np.ndarray:
        """log p(bin | inputs) - log p(bin) at the true mass, (n_samples,), in nats.

        Its mean over galaxies that the network has not seen is I(inputs; mass) less what the answers fall
        short of the true posterior by (a Kullback-Leibler divergence): a lower bound up to sampling.
        """
        log_mass = self.sample.log_mass
        place = np.clip(np.digitize(log_mass, EDGES) - 1, 0, N_BINS - 1)
        rows = np.arange(len(log_mass))
        return self.log_posterior(inputs)[rows, place].astype(float) - self.prior[place]

    def bound(self, inputs: Names, *, unit: str = "bits") -> InformationEstimate:
        """The mean of `local_information`, with its 90% interval."""
        local = LocalInformation(self.local_information(inputs), bound="lower")
        return estimate_of(local, None, "network", unit, nats_per(unit))

    def _apply(self, function: Any, inputs: Names) -> np.ndarray:
        from ...training import apply

        mask = arrays_of(self.network, self.sample, inputs)["mask"]
        data = {"features": self._features, "mask": mask}
        return apply(lambda batch: function(batch["features"], batch["mask"]), data, batch_size=500)


@functools.cache
def log_prior() -> np.ndarray:
    """log p(bin), (520,), of simulated galaxies: a normal over the bins, the outermost with its tails."""
    from scipy.special import log_ndtr

    place = VARIABLES.index("log_mass")
    edges = np.concatenate([[-np.inf], EDGES[1:-1], [np.inf]])
    z = (edges - LEVELS["log_mass"][0]) / np.sqrt(covariance_of_causes()[place, place])
    z = np.where(z[1:] > 0, (-z[1:], -z[:-1]), (z[:-1], z[1:]))  # (2, n_bins): the tail that is exact
    low, high = log_ndtr(z)
    return high + np.log(-np.expm1(low - high))


def log_prior_of(log_mass: np.ndarray) -> np.ndarray:
    """log p(bin), (520,), of galaxies of your own, smoothed; a hundredth of it is even over the bins.

    An information that is measured against it is too high by its Kullback-Leibler divergence from the true
    prior: of a thousand galaxies, about a hundredth of a bit.

    Examples
    --------
    >>> drawn = np.random.default_rng(0).normal(10.4, 0.51, 5000)
    >>> float(abs(np.exp(log_prior_of(drawn)) - np.exp(log_prior())).sum()) < 0.1
    True
    """
    from scipy.stats import gaussian_kde

    smooth = gaussian_kde(np.asarray(log_mass, float))(CENTRES)
    return np.log(0.99 * smooth / smooth.sum() + 0.01 / N_BINS)


@functools.cache
def load_network() -> BinnedPosterior:
    """The network that comes with the package, read once.

    Examples
    --------
    >>> load_network().n_bins
    520
    """
    from ...models import BinnedPosterior
    from ...training import load_model

    with resources.as_file(resources.files(__package__).joinpath(FILE)) as path:
        network = load_model(path)
    assert isinstance(network, BinnedPosterior)
    return network


def make_weights(path: str | Path) -> None:
    """Fit the network that ships to simulated galaxies, and write it."""
    write_network(path, draw_sample(N_LEARNED, random_state=SEED_LEARNED))


def write_network(path: str | Path, sample: Sample) -> BinnedPosterior:
    """Fit a network to galaxies as the one that ships was, and write it."""
    from ...training import save_weights

    network, history = train(sample, epochs=EPOCHS, image_epochs=IMAGE_EPOCHS, progress=False)
    notes = {"n_samples": len(sample.log_mass), "epochs": [EPOCHS, IMAGE_EPOCHS]}
    notes["validation_loss"] = round(history.epochs[history.best_epoch]["validation_loss"], 4)
    save_weights(network, path, notes=notes, overwrite=True)
    return network


def _looked(network: BinnedPosterior, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same arrays, with what the network makes of the images in their place."""
    from ...training import apply

    if "images" not in arrays:
        return arrays
    looks = apply(network.encoder.look, {k: arrays[k] for k in ("images", "mask")}, batch_size=N_TOGETHER)
    return {name: part for name, part in arrays.items() if name != "images"} | {"looks": looks}


def _batch(arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    import torch

    from ...training.rows import Rows

    rows = Rows(arrays)
    return rows.batch(torch.arange(rows.n_samples))
