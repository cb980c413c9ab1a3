"""What a network may see of a galaxy, by name: images, magnitudes and the shape, alone or in groups."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from ...data.simulate.galaxies import BANDS, OPTICAL, WISE
from ...errors import ParameterError

IMAGES = tuple(f"image_{band}" for band in OPTICAL)
SHAPE = ("bulge", "radius")  # as `measure_shape` has them: share of the light in r, log10 of arcsec
VALUES = (*BANDS, *SHAPE)  # the inputs that are single numbers
INPUTS = (*IMAGES, *VALUES)
GROUPS = MappingProxyType({"images": IMAGES, "optical": OPTICAL, "wise": WISE, "shape": SHAPE})


def inputs_of(names: str | Sequence[str]) -> tuple[str, ...]:
    """The inputs that names of inputs and of groups stand for, in the order of `INPUTS`.

    Parameters
    ----------
    names : str or sequence of str
        Of `INPUTS` and `GROUPS`.

    Raises
    ------
    ParameterError
        For an unknown name, or none.

    Examples
    --------
    >>> inputs_of(["wise", "g"])
    ('g', 'W1', 'W2')
    """
    names = [names] if isinstance(names, str) else list(names)
    wrong = [name for name in names if name not in INPUTS and name not in GROUPS]
    if wrong or not names:
        raise ParameterError(
            "inputs",
            expected=f"some of {', '.join((*GROUPS, *INPUTS))}",
            got=", ".join(map(repr, wrong)) or "none",
            next_step="Correct the names; a group stands for all of its inputs.",
        )
    wanted = {one for name in names for one in GROUPS.get(name, (name,))}
    return tuple(name for name in INPUTS if name in wanted)
