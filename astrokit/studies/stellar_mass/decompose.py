"""Who tells what of the mass: decompositions, increments and their intervals, of a network or of the truth.

Everything here starts from pointwise informations log p(target | inputs) - log p(target), one a galaxy, which
a network gives for any of its inputs, and a likelihood exactly. The same galaxies are resampled for every
number, so that differences are paired.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from ...data.simulate.galaxies import OPTICAL
from ...errors import ParameterError
from ...evaluation.bootstrap import LEVEL, Estimate, resampled_means
from ...explain.information import Decomposition
from ...explain.information.local import MEASURES, of_means, pid_local, with_lesser
from ...explain.information.units import check_choice, nats_per
from .inputs import INPUTS, inputs_of

if TYPE_CHECKING:
    import pandas as pd

Names = str | Sequence[str]
LocalOf = Callable[[tuple[str, ...]], np.ndarray]  # inputs to pointwise informations (n,), in nats
N_BOOTSTRAPS = 1000
WARNING = (
    "Atoms are differences of bounds: what a model misses of one input lands in another atom. They carry no "
    "direction: none says what causes what."
)


class Knowing:
    """What a network, or a likelihood, knows of each galaxy from any of its inputs; each is asked once.

    Parameters
    ----------
    local_of : callable
        From names of inputs, in the order of `INPUTS`, to pointwise informations (n_samples,) in nats, of the
        same galaxies each time: `Reading(network, sample).local_information`.
    inputs : sequence of str
        Those that it can answer for.
    groups : (n_samples,), optional
        Galaxies that belong together, and are drawn together.
    unit : {"bits", "nats"}
        Of all that is made of it.
    n_bootstraps, random_state : int
        Of the resamples behind the 90% intervals: the same galaxies for each number.

    Examples
    --------
    >>> knowing = Knowing(lambda names: np.full(100, 0.5 * len(names)), inputs=("g", "r"), unit="nats")
    >>> print(knowing.information("g"))
    0.50 [0.50, 0.50]
    """

    def __init__(
        self,
        local_of: LocalOf,
        *,
        inputs: Iterable[str] = INPUTS,
        groups: Any = None,
        unit: str = "bits",
        n_bootstraps: int = N_BOOTSTRAPS,
        random_state: int = 0,
    ) -> None:
        self.inputs, self.groups, self.unit = tuple(inputs), groups, unit
        self.n_bootstraps, self.random_state = n_bootstraps, random_state
        self._local_of, self._nats = local_of, nats_per(unit)
        self._asked: dict[tuple[str, ...], np.ndarray] = {}

    def local(self, names: Names) -> np.ndarray:
        """Pointwise informations (n_samples,), in nats."""
        wanted = inputs_of(names)
        if not self.can(names):
            raise ParameterError(
                "inputs",
                expected=f"some of {', '.join(self.inputs)}",
                got=", ".join(name for name in wanted if name not in self.inputs),
                next_step="Nothing is known of the others here.",
            )
        if wanted not in self._asked:
            self._asked[wanted] = np.asarray(self._local_of(wanted), float)
        return self._asked[wanted]

    def can(self, names: Names) -> bool:
        """Whether it answers for these inputs."""
        return set(inputs_of(names)) <= set(self.inputs)

    def estimates(
        self, columns: Sequence[np.ndarray], of: Callable[[np.ndarray], np.ndarray]
    ) -> list[Estimate]:
        """Functions (m,) of means (k,) of columns in nats, and their intervals."""
        table = np.column_stack(columns) / self._nats
        means = resampled_means(
            table, self.groups, n_resamples=self.n_bootstraps, random_state=self.random_state
        )
        edges = np.quantile([of(row) for row in means], [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
        return [Estimate(*map(float, row)) for row in zip(of(table.mean(axis=0)), *edges, strict=True)]

    def estimate(self, column: np.ndarray) -> Estimate:
        """The mean of a column in nats, and its interval."""
        return self.estimates([column], lambda means: means)[0]

    def information(self, names: Names) -> Estimate:
        """I(names; target)."""
        return self.estimate(self.local(names))


def decompose(knowing: Knowing, first: Names, second: Names, *, measure: str = "pointwise") -> Decomposition:
    """What two sides tell of the target: both, one alone, and only the two together.

    Parameters
    ----------
    knowing : Knowing
    first, second : names of inputs or groups
    measure : {"pointwise", "mmi"}
        See `pid_local`; "pointwise" is the paper's.

    Returns
    -------
    Decomposition
        With intervals, and `WARNING` in its notes.

    Examples
    --------
    >>> knowing = Knowing(lambda names: np.full(100, 0.5 * len(names)), inputs=("g", "r"), unit="nats")
    >>> decompose(knowing, "g", "r").redundant
    0.5
    """
    sides = [knowing.local(names) for names in (first, second, _joined(first, second))]
    found = pid_local(
        *sides,
        measure=measure,
        unit=knowing.unit,
        groups=knowing.groups,
        n_bootstraps=knowing.n_bootstraps,
        random_state=knowing.random_state,
    )
    return replace(found, notes=(*found.notes, WARNING))


def increment(knowing: Knowing, added: Names, known: Names) -> Estimate:
    """I(added, known; target) - I(known; target), with a paired interval.

    Examples
    --------
    >>> knowing = Knowing(lambda names: np.full(100, 0.5 * len(names)), inputs=("g", "r"), unit="nats")
    >>> increment(knowing, "r", "g").value
    0.5
    """
    gain = knowing.local(_joined(added, known)) - knowing.local(known)
    return knowing.estimate(gain)


def shrinkage(knowing: Knowing, added: Names, known: Names, more: Names) -> Estimate:
    """How much smaller the increment of `added` is once `more` is known too; paired.

    Examples
    --------
    >>> knowing = Knowing(lambda names: np.full(100, np.sqrt(len(names))), unit="nats")
    >>> round(shrinkage(knowing, "r", "g", "i").value, 3)  # (2^.5 - 1) - (3^.5 - 2^.5)
    0.096
    """
    both = _joined(known, more)
    first = knowing.local(_joined(added, known)) - knowing.local(known)
    then = knowing.local(_joined(added, both)) - knowing.local(both)
    return knowing.estimate(first - then)


def pairs(
    knowing: Knowing, bands: Sequence[str] = OPTICAL, *, measure: str = "pointwise"
) -> dict[tuple[str, str], Decomposition]:
    """The decomposition of each pair of bands."""
    return {pair: decompose(knowing, *pair, measure=measure) for pair in combinations(bands, 2)}


def synergy_of_bands(
    knowing: Knowing, bands: Sequence[str] = OPTICAL, *, measure: str = "pointwise"
) -> pd.DataFrame:
    """With which band is synergy strongest? The mean synergy of the pairs that hold each band.

    Returns
    -------
    DataFrame, index the band
        `synergy` with `low` and `high`; `above_others`, how far that is above the mean of the other bands',
        with its paired interval `above_low`, `above_high`.
    """
    import pandas as pd

    check_choice("measure", measure, MEASURES)
    couples = list(combinations(range(len(bands)), 2))
    holds = np.array([[k in couple for couple in couples] for k in range(len(bands))])
    columns = [
        column
        for i, j in couples
        for column in with_lesser(*(knowing.local(n) for n in (bands[i], bands[j], [bands[i], bands[j]]))).T
    ]

    def synergies(means: np.ndarray) -> np.ndarray:
        each = np.array([of_means(four, measure).synergistic for four in means.reshape(-1, 4)])
        of_band = holds @ each / holds.sum(axis=1)
        of_others = (of_band.sum() - of_band) / (len(of_band) - 1)
        return np.concatenate([of_band, of_band - of_others])

    found = knowing.estimates(columns, synergies)
    rows = [[*found[k], *found[len(bands) + k]] for k in range(len(bands))]
    names = ["synergy", "low", "high", "above_others", "above_low", "above_high"]
    return pd.DataFrame(rows, columns=names, index=pd.Index(bands, name="band"))


def _joined(*parts: Names) -> list[str]:
    return [name for part in parts for name in ([part] if isinstance(part, str) else part)]
