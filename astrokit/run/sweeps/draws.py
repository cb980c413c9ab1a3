"""Values drawn from distributions: the same for the same seed and name, whatever stands beside them."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...errors import ParameterError
from ..values import is_plain, shortened

Generator = np.random.Generator


def draw(name: str, law: Any, n: int, seed: int, where: str) -> list[Any]:
    """Draw `n` values by a law such as `{"uniform": [0, 1]}`.

    The stream belongs to the seed and the name: more draws continue it, and other names do not disturb it.

    Raises
    ------
    ParameterError
        For a law that is unknown or impossible; it begins with `where`.

    Examples
    --------
    >>> few = draw("threshold", {"uniform": [0, 1]}, 2, 7, "spec.yaml")
    >>> few == draw("threshold", {"uniform": [0, 1]}, 100, 7, "spec.yaml")[:2]
    True
    """
    known = isinstance(law, Mapping) and len(law) == 1 and next(iter(law)) in _LAWS
    if not known:
        raise _wrong(where, "one law of " + ", ".join(_LAWS), law)
    (kind, arguments), *_ = law.items()
    sample = _LAWS[kind](arguments, where)
    generator = np.random.default_rng([seed, *name.encode()])
    # One by one: with a size, some of numpy's samplers use up the stream in another way.
    return [sample(generator) for _ in range(n)]


def _uniform(arguments: Any, where: str) -> Callable[[Generator], float]:
    low, high = _ordered(arguments, where)
    return lambda generator: float(generator.uniform(low, high))


def _log_uniform(arguments: Any, where: str) -> Callable[[Generator], float]:
    low, high = _ordered(arguments, where)
    if low <= 0:
        raise _wrong(where, "two numbers above 0", arguments)
    return lambda generator: float(np.exp(generator.uniform(np.log(low), np.log(high))))


def _normal(arguments: Any, where: str) -> Callable[[Generator], float]:
    mean, deviation = _pair(arguments, where)
    if deviation < 0:
        raise _wrong(where, "[mean, standard deviation] with a deviation of 0 or more", arguments)
    return lambda generator: float(generator.normal(mean, deviation))


def _integers(arguments: Any, where: str) -> Callable[[Generator], int]:
    low, high = _ordered(arguments, where)
    if not (isinstance(low, int) and isinstance(high, int)):
        raise _wrong(where, "two integers, both of them included", arguments)
    return lambda generator: int(generator.integers(low, high, endpoint=True))


def _choice(arguments: Any, where: str) -> Callable[[Generator], Any]:
    if not isinstance(arguments, list) or not arguments:
        raise _wrong(where, "a list of values to choose from", arguments)
    return lambda generator: arguments[int(generator.integers(len(arguments)))]


_LAWS: dict[str, Callable[[Any, str], Callable[[Generator], Any]]] = {
    "uniform": _uniform,
    "log_uniform": _log_uniform,
    "normal": _normal,
    "integers": _integers,
    "choice": _choice,
}


def _pair(arguments: Any, where: str) -> tuple[float, float]:
    numbers = isinstance(arguments, list) and len(arguments) == 2 and is_plain(arguments)
    if not numbers or any(isinstance(x, bool) or not isinstance(x, int | float) for x in arguments):
        raise _wrong(where, "two numbers", arguments)
    return arguments[0], arguments[1]


def _ordered(arguments: Any, where: str) -> tuple[float, float]:
    low, high = _pair(arguments, where)
    if low > high:
        raise _wrong(where, "[low, high] with low <= high", arguments)
    return low, high


def _wrong(where: str, expected: str, got: Any) -> ParameterError:
    return ParameterError(where, expected=expected, got=shortened(got), next_step="See docs/sweeps.md.")
