"""Galaxies to ask about, and others to learn from: simulated, or a user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...data import Provenance
from ...data.simulate.galaxies import OPTICAL, VARIABLES
from ...errors import ParameterError
from ...random import RandomState, as_generator
from .inputs import IMAGES, INPUTS, VALUES, inputs_of
from .network import SEED_LEARNED
from .own import read_own
from .sample import Sample, draw_sample

if TYPE_CHECKING:
    import pandas as pd

TO_LEARN = 20_000  # simulated galaxies for a network of one's own: 0.8 GB of images
COLOURS = ("log_mass", "log_dust", "log_age", "log_redshift", "bulge_logit", "metallicity")  # of a map
SHARE_ASKED = 0.3  # of the groups of a user's galaxies; the network learns from the others


class Loaded(NamedTuple):
    """Galaxies that a network is asked about, and those that one may learn from."""

    sample: Sample
    group: np.ndarray | None  # (n_samples,) str, galaxies that belong together; None if each stands alone
    to_learn: Sample | None  # of other groups; None for simulated ones, which are drawn when needed
    provenance: tuple[Provenance, ...]


def load(
    source: str = "embedded",
    path: str | None = None,
    *,
    n_galaxies: int = 1000,
    random_state: RandomState = 0,
) -> Loaded:
    """Simulate galaxies ("embedded"), or read a user's own ("file").

    Parameters
    ----------
    source : {"embedded", "file"}
    path : str, optional
        For "file": see `docs/own-galaxies.md`. Whole groups, three in ten, are asked about; the others are
        there to learn from.
    n_galaxies : int
        Simulated ones.
    random_state : int, Generator, SeedSequence or None

    Raises
    ------
    ParameterError, DataError

    Examples
    --------
    >>> loaded = load(n_galaxies=5)
    >>> len(loaded.sample.log_mass), loaded.provenance[0].simulated
    (5, True)
    """
    if source == "embedded":
        if random_state == SEED_LEARNED:
            raise ParameterError(
                "random_state",
                expected=f"another seed than {SEED_LEARNED}",
                got=f"{random_state}, which drew the galaxies that the network learned from",
                next_step="Take any other.",
            )
        sample = draw_sample(n_galaxies, random_state=random_state)
        assert sample.galaxies is not None
        return Loaded(sample, None, None, (sample.galaxies.provenance,))
    if source != "file" or not path:
        raise ParameterError(
            "source of the galaxies",
            expected='"embedded", or "file" with a path',
            got=f"{source!r} with path {path!r}",
            next_step='For "file", set `path` to galaxies of your own: docs/own-galaxies.md has the format.',
        )
    own = read_own(path)
    groups, of_row = np.unique(own.group, return_inverse=True)
    place = as_generator(random_state).permutation(len(groups))[of_row]
    asked = place < max(round(SHARE_ASKED * len(groups)), 1)
    # In the order of the draw: a fit holds the last ones out, and files are sorted by what not.
    learned = np.flatnonzero(~asked)[np.argsort(place[~asked], kind="stable")]
    return Loaded(own.sample.take(asked), own.group[asked], own.sample.take(learned), own.provenance)


def sample_to_learn(loaded: Loaded, *, random_state: int = 0) -> Sample:
    """Galaxies for a network of one's own: others than those that are asked about."""
    if loaded.to_learn is not None:
        return loaded.to_learn
    seed = np.random.SeedSequence(random_state).spawn(1)[0]  # not the seed of the galaxies asked about
    return draw_sample(TO_LEARN, random_state=seed)


def measured(sample: Sample) -> tuple[str, ...]:
    """The inputs that all galaxies have.

    Examples
    --------
    >>> measured(draw_sample(3, images=False))
    ('u', 'g', 'r', 'i', 'z', 'W1', 'W2')
    """
    return tuple(INPUTS[k] for k in np.flatnonzero(sample.there.all(axis=0)))


def has(sample: Sample, names: str | list[str]) -> bool:
    """Whether all galaxies have these inputs or groups."""
    return set(inputs_of(names)) <= set(measured(sample))


def bands_of(sample: Sample) -> tuple[str, ...]:
    """Optical magnitudes that all galaxies have; images in their place where those are fewer than two.

    Examples
    --------
    >>> bands_of(draw_sample(3, images=False))
    ('u', 'g', 'r', 'i', 'z')
    """
    there = measured(sample)
    magnitudes = tuple(name for name in OPTICAL if name in there)
    return magnitudes if len(magnitudes) > 1 else tuple(name for name in IMAGES if name in there)


def describe(sample: Sample) -> pd.DataFrame:
    """A table of galaxies: log mass, then true causes and measured magnitudes where they are known.

    Examples
    --------
    >>> list(describe(draw_sample(3, images=False)).columns[:3])
    ['log_mass', 'log_redshift', 'bulge_logit']
    """
    import pandas as pd

    table = pd.DataFrame({"log_mass": sample.log_mass})
    if sample.galaxies is not None:
        causes = pd.DataFrame(sample.galaxies.causes, columns=list(VARIABLES))
        table = table.join(causes.drop(columns="log_mass"))
    values = pd.DataFrame(sample.values, columns=list(VALUES))
    return table.join(values.dropna(axis=1, how="all"))
