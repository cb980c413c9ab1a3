"""The result of a partial information decomposition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

ATOMS = ("redundant", "unique1", "unique2", "synergistic")


@dataclass(frozen=True, repr=False)
class Decomposition:
    """What two sources X1 and X2 tell about Y: together, each alone, and only jointly.

    Attributes
    ----------
    redundant, unique1, unique2, synergistic : float
        The four atoms, in `unit`. Negative atoms are possible for some measures and never clipped.
    total : float
        I(X1, X2; Y), computed by itself, not as the sum of the atoms.
    measure : str
        Which definition of redundancy was used.
    unit : str
        "bits" or "nats".
    intervals : mapping of atom to (low, high)
        From data only: 90% bootstrap intervals. Empty for a known distribution.
    bias : mapping of atom to float
        From data only: the mean of each atom when Y is shuffled and every atom should be 0. Not subtracted.
    notes : tuple of str
        What the reader should know about how these numbers came about.

    Examples
    --------
    >>> Decomposition(0.3, 0.0, 0.0, 0.5, total=0.8, measure="mmi", unit="bits")
    Decomposition (mmi, bits), total 0.8000
      redundant    0.3000
      unique1      0.0000
      unique2      0.0000
      synergistic  0.5000
    """

    redundant: float
    unique1: float
    unique2: float
    synergistic: float
    total: float
    measure: str
    unit: str
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    bias: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def residual(self) -> float:
        """Total minus the sum of the atoms: 0 but for rounding, and for the tolerance of a solver."""
        return self.total - sum(self.atoms.values())

    @property
    def atoms(self) -> dict[str, float]:
        """The four atoms by name."""
        return {name: getattr(self, name) for name in ATOMS}

    def as_table(self) -> list[dict[str, Any]]:
        """A row for each atom and one for the total: atom, value, share of the total, unit, low, high, bias.

        Examples
        --------
        >>> table = Decomposition(0.3, 0.0, 0.0, 0.5, total=0.8, measure="mmi", unit="bits").as_table()
        >>> table[3]["atom"], table[3]["value"], table[3]["share"]
        ('synergistic', 0.5, 0.625)
        """
        return [self._row(name, value) for name, value in {**self.atoms, "total": self.total}.items()]

    def _row(self, name: str, value: float) -> dict[str, Any]:
        low, high = self.intervals.get(name, (None, None))
        share = value / self.total if self.total else None
        row = {"atom": name, "value": value, "share": share, "unit": self.unit}
        return {**row, "low": low, "high": high, "bias": self.bias.get(name)}

    def __str__(self) -> str:
        total = f"total {_shown(self.total)}{self._range('total')}"
        atoms = [f"  {name:11} {_shown(value):>7}{self._range(name)}" for name, value in self.atoms.items()]
        return "\n".join([f"Decomposition ({self.measure}, {self.unit}), {total}", *atoms, *self.notes])

    __repr__ = __str__

    def _range(self, name: str) -> str:
        if name not in self.intervals:
            return ""
        return " [{}, {}]".format(*map(_shown, self.intervals[name]))


def from_redundancy(
    redundant: float, information1: float, information2: float, total: float, *, measure: str
) -> Decomposition:
    """The lattice of two sources (Williams & Beer 2010): one redundancy fixes the other three atoms."""
    unique1, unique2 = information1 - redundant, information2 - redundant
    synergistic = total - redundant - unique1 - unique2
    return Decomposition(redundant, unique1, unique2, synergistic, total=total, measure=measure, unit="nats")


def in_unit(decomposition: Decomposition, unit: str, nats: float) -> Decomposition:
    """The same decomposition, from nats to a unit of `nats` nats."""
    values = {**decomposition.atoms, "total": decomposition.total}
    scaled = {name: value / nats for name, value in values.items()}
    intervals = {name: (low / nats, high / nats) for name, (low, high) in decomposition.intervals.items()}
    bias = {name: value / nats for name, value in decomposition.bias.items()}
    return replace(decomposition, **scaled, intervals=intervals, bias=bias, unit=unit)  # type: ignore[arg-type]


def _shown(value: float) -> str:
    return f"{value + 0.0 if abs(value) >= 5e-5 else 0.0:.4f}"
