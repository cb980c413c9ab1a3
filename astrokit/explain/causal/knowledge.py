"""What is known before the data speak: which causes are impossible, and which are certain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import ParameterError


@dataclass(frozen=True)
class Knowledge:
    """Arrows that cannot be, and arrows that must be.

    Parameters
    ----------
    tiers : sequence of sequences of names
        In the order of time: nothing in a later tier causes anything in an earlier one.
    forbidden, required : sequence of (cause, effect)
        What is required is in the graph whatever the data say.

    Examples
    --------
    >>> Knowledge(tiers=[["mass"], ["luminosity", "colour"]], forbidden=[("colour", "luminosity")]).names
    ('colour', 'luminosity', 'mass')
    """

    tiers: Sequence[Sequence[str]] = ()
    forbidden: Sequence[tuple[str, str]] = ()
    required: Sequence[tuple[str, str]] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All variables that it speaks of."""
        found = [name for tier in self.tiers for name in tier]
        found += [name for pair in (*self.forbidden, *self.required) for name in pair]
        return tuple(sorted(set(found)))

    def excluded(self) -> set[tuple[str, str]]:
        """Every (cause, effect) that it rules out."""
        by_time = {
            (late, early)
            for k, tier in enumerate(self.tiers)
            for early in tier
            for later in self.tiers[k + 1 :]
            for late in later
        }
        return by_time | {(cause, effect) for cause, effect in self.forbidden}

    def check(self, names: Sequence[str]) -> None:
        """Raise unless it speaks of known variables only, and does not contradict itself."""
        pairs = (*self.forbidden, *self.required)
        if any(isinstance(pair, str) or len(pair) != 2 for pair in pairs) or any(
            isinstance(tier, str) for tier in self.tiers
        ):
            raise _bad("tiers as lists of names, and pairs (cause, effect)", "another form")
        unknown = sorted(set(self.names) - set(names))
        if unknown:
            raise _bad(f"names among {', '.join(names)[:200]}", f"{', '.join(unknown)[:200]}")
        placed = [name for tier in self.tiers for name in tier]
        if len(placed) != len(set(placed)):
            raise _bad("each variable in one tier", "one in two tiers")
        both = sorted({(cause, effect) for cause, effect in self.required} & self.excluded())
        if both:
            raise _bad("required arrows that are not forbidden", f"{both[0][0]} -> {both[0][1]} is both")
        circular = _in_cycles(self.required)
        if circular:
            raise _bad("required arrows without a cycle", f"one among {', '.join(sorted(circular))[:200]}")

    def for_library(self, nodes: Sequence[Any]) -> Any:
        """The same for causal-learn, for nodes in the order of the variables."""
        from causallearn.utils.PCUtils.BackgroundKnowledge import BackgroundKnowledge

        node_of = {node.get_name(): node for node in nodes}
        made = BackgroundKnowledge()
        for cause, effect in sorted(self.excluded()):
            made.add_forbidden_by_node(node_of[cause], node_of[effect])
        for cause, effect in self.required:
            made.add_required_by_node(node_of[cause], node_of[effect])
        return made


def _in_cycles(pairs: Sequence[tuple[str, str]]) -> set[str]:
    """Names left when whatever has no cause is taken away again and again."""
    left = {name for pair in pairs for name in pair}
    while left:
        caused = {effect for cause, effect in pairs if cause in left and effect in left}
        if caused == left:
            break
        left = caused
    return left


def _bad(expected: str, got: str) -> ParameterError:
    return ParameterError(
        "knowledge", expected=expected, got=got, next_step="Mend tiers, forbidden or required."
    )
