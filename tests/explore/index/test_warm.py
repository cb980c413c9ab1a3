"""After `warm`, nothing is left to compile: what it compiled is all that an index uses."""

import subprocess
import sys

import pytest

LISTING = """
import numpy as np
from astrokit.explore.index import PointIndex, bricks, grid, layers, neighbours, regions, walk, warm

{call}
found = []
for module in (bricks, grid, layers, neighbours, regions, walk):
    for name, thing in vars(module).items():
        if hasattr(thing, "signatures") and thing.__module__ == module.__name__:
            found += [f"{{name}}{{s}}" for s in thing.signatures]
print("\\n".join(sorted(set(found))))
"""
USE = """
rng = np.random.default_rng(0)
for kind in (np.float32, np.float64):
    x, y = rng.normal(size=(2, 20_000)).astype(kind)
    index = PointIndex(x, y, channels={"class": rng.integers(0, 9, 20_000), "teff": rng.random(20_000)})
    for channel in (None, "class", "teff"):
        for half in (4, 0.1, 1e-9):
            for members in (None, index.members(np.arange(20)), index.members(x > 0)):
                index.frame(-half, half, -half, half, 100, 100, channel=channel, members=members)
    for half in (2, 0.01):
        index.inside([(-half, -half), (half, -half), (half, half)])
        index.box(-half, half, -half, half)
    index.nearest(0, 0, 10, aspect=2)
"""


def signatures(call, folder):
    command = [sys.executable, "-c", LISTING.format(call=call)]
    environment = {"NUMBA_CACHE_DIR": str(folder), "PATH": "", "HOME": str(folder)}
    return set(subprocess.check_output(command, text=True, env=environment).splitlines())


@pytest.mark.full
def test_nothing_is_compiled_that_warm_did_not_compile(tmp_path):
    warmed = signatures("warm()", tmp_path)
    assert len(warmed) > 15
    assert signatures(USE, tmp_path) <= warmed
