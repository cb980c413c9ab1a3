"""BROJA over exponential cones beside dit's `PID_BROJA`, on the same gates in turns.

Random gates of 4 x 4 x 4 symbols, and `erase`, on which dit is wrong. dit is no dependency of astrokit:
install it for this comparison with `pip install dit`, best into an environment of its own.
"""

import importlib.util
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from astrokit.explain import pid

N_GATES, GOAL = 3, 20
Row = tuple[object, object, object, float]
ERASE = "000 00_ 0_0 0__ 111 11_ 1_1 1__ _00 _0_ _11 _1_ __0 __1 ___"


def random_gate(rng: np.random.Generator) -> list[Row]:
    table = rng.dirichlet(np.ones(64)).reshape(4, 4, 4)
    return [(*map(int, where), float(table[tuple(where)])) for where in np.argwhere(table > 0)]


def erase() -> list[Row]:
    """A bit sent to X1, X2 and Y, each copy erased half of the time; the last symbol counts twice."""
    return [(*entry, (2 if entry == "___" else 1) / 16) for entry in ERASE.split()]


def timed(call: Callable[[], list[float]]) -> tuple[float, list[float]]:
    started = time.perf_counter()
    answer = call()
    return time.perf_counter() - started, answer


def ours(rows: list[Row]) -> list[float]:
    return list(pid(rows, measure="broja").atoms.values())


def theirs(rows: list[Row]) -> list[float]:
    import dit

    joint = dit.Distribution([tuple(map(str, row[:3])) for row in rows], [row[3] for row in rows])
    found = dit.pid.PID_BROJA(joint, ((0,), (1,)), (2,))
    return [float(found[node]) for node in (((0,), (1,)), ((0,),), ((1,),), ((0, 1),))]


def main() -> None:
    if importlib.util.find_spec("dit") is None:
        sys.exit("dit, the peer of this benchmark, is not installed: pip install dit")
    rng = np.random.default_rng(0)
    ours(random_gate(rng))  # imports and first call
    theirs([(0, 0, 0, 0.5), (1, 1, 1, 0.5)])
    ratios = []
    for number in range(N_GATES):
        rows = random_gate(rng)
        (own, atoms), (peer, other) = timed(lambda: ours(rows)), timed(lambda: theirs(rows))  # noqa: B023
        ratios.append(peer / own)
        print(f"gate {number}: astrokit {1e3 * own:.1f} ms, dit {peer:.2f} s: {peer / own:.0f} x")
        print(f"  synergy {atoms[3]:.6f}, dit {other[3]:.6f} bits (the larger is nearer to the optimum)")
    print(f"4 x 4 x 4: median ratio {statistics.median(ratios):.0f} x (goal {GOAL})")
    known = "R 0.25, U 0 and 0, S 0.125"
    print(f"erase ({known}): astrokit {np.round(ours(erase()), 6)}, dit {np.round(theirs(erase()), 6)}")


if __name__ == "__main__":
    main()
