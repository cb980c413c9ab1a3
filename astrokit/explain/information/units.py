"""Nats inside, nats or bits at the door."""

import math

from ...errors import ParameterError

NATS_PER_UNIT = {"nats": 1.0, "bits": math.log(2.0)}


def nats_per(unit: str) -> float:
    """How many nats one `unit` holds; an unknown unit is a `ParameterError`.

    Examples
    --------
    >>> round(nats_per("bits"), 4)
    0.6931
    """
    check_choice("unit", unit, tuple(NATS_PER_UNIT))
    return NATS_PER_UNIT[unit]


def check_choice(what: str, got: object, choices: tuple[str, ...], *, why: str = "") -> None:
    """Raise a `ParameterError` unless `got` is one of `choices`."""
    if not isinstance(got, str) or got not in choices:
        raise ParameterError(
            what,
            expected=f"one of {', '.join(choices)}",
            got=repr(got),
            next_step=why or "Choose one of these.",
        )
