"""What inputs know of a cause of simulated galaxies: the truth that estimators are held against.

The likelihood of the inputs is known (see `likelihood`); what is integrated out of it, is so by importance
sampling: p(inputs) over all causes, p(inputs | target) over the others. `closed_form` has the linear setting.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...data.simulate.galaxies import BANDS, VARIABLES
from ...data.simulate.galaxies.causes import SEEN
from ...errors import ParameterError
from ...explain.information.estimate import InformationEstimate, LocalInformation, estimate_of
from ...explain.information.units import nats_per
from ...random import RandomState, as_generator
from .evidence import log_evidence
from .inputs import inputs_of
from .likelihood import likelihood_of
from .measurements import Measured, draw_measured

CHUNK = 250  # galaxies at a time, to keep the memory small


def full_information(
    names: str | Sequence[str],
    target: str = "log_mass",
    *,
    n_samples: int = 2000,
    linear: bool = False,
    measured: Measured | None = None,
    unit: str = "bits",
    random_state: RandomState = 0,
) -> InformationEstimate:
    """I(inputs; target) in the full model, by a large sample, with its 90% interval.

    Parameters
    ----------
    names : str or sequence of str
        Of inputs and groups, as in `inputs_of`.
    target : str
        One of the causes that act on these inputs: any where there are images or the shape, else of `SEEN`.
    n_samples : int
        Galaxies; the interval narrows with its root. Each takes a hundred draws for each of two integrals.
    linear : bool
        Take the linear setting, where `linear_information` is exact: a check of this function.
    measured : Measured, optional
        Galaxies drawn before; `n_samples` and `linear` are theirs.
    unit : {"bits", "nats"}
    random_state : int, Generator, SeedSequence or None
        An integer gives every set of magnitudes the same galaxies.

    Raises
    ------
    ParameterError
        For an unknown name.

    Examples
    --------
    >>> full_information(["g", "r"], n_samples=300).unit
    'bits'
    """
    values = pointwise(
        names, target, n_samples=n_samples, linear=linear, measured=measured, random_state=random_state
    )
    return estimate_of(LocalInformation(values), None, "importance sampling", unit, nats_per(unit))


def pointwise(
    names: str | Sequence[str],
    target: str = "log_mass",
    *,
    n_samples: int = 2000,
    linear: bool = False,
    measured: Measured | None = None,
    exact: bool = False,
    random_state: RandomState = 0,
) -> np.ndarray:
    """log p(inputs | target) - log p(inputs) of simulated galaxies, (n_samples,), in nats.

    Parameters
    ----------
    exact : bool
        Take images and shapes without noise: what they tell is then no more than the light, the bulge and the
        radius do (Cover & Thomas 2006, section 2.8), so that the mean is an upper bound of their information,
        whatever a network may find in their pixels.
    names, target, n_samples, linear, measured, random_state
        As in `full_information`.
    """
    inputs = inputs_of(names)
    images = any(name not in BANDS for name in inputs)
    allowed = VARIABLES if images else SEEN
    if target not in allowed:
        raise ParameterError(
            "target",
            expected=f"one of {', '.join(allowed)}",
            got=repr(target),
            next_step="The bulge and the size are seen in images only.",
        )
    rng = as_generator(random_state)
    if measured is None:
        measured = draw_measured(n_samples, images=images, linear=linear, random_state=rng)
    if images and measured.matrices.shape[1] == 0:
        raise ParameterError(
            "measured",
            expected="galaxies with images, for an image or the shape among the inputs",
            got="magnitudes only",
            next_step="Draw them with images=True.",
        )
    values = []
    for start in range(0, len(measured.scores), CHUNK):
        some = measured.take(slice(start, start + CHUNK))
        likelihood = likelihood_of(some, inputs, exact=exact)
        given, alone = (log_evidence(likelihood, rng, known=known) for known in ([target], []))
        values.append(given - alone)
    return np.concatenate(values)
