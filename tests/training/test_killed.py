"""Processes killed with SIGKILL, between batches and in the middle of writing a checkpoint."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("fits_to_be_killed.py")
N_BATCHES = 4 * 9  # 200 samples, 20 of them held out, 20 a batch
FEW = ["batch:1", "batch:14", "write:5", "rename:10", "rename:36"]
TWENTY = [f"batch:{n}" for n in (2, 5, 8, 9, 10, 13, 18, 22, 27, 31, 35, 36)] + [
    f"{kind}:{n}"
    for kind, numbers in (("write", (1, 9, 20)), ("flush", (1, 18)), ("rename", (1, 9, 30)))
    for n in numbers
]


@pytest.mark.parametrize("points", [FEW, pytest.param(TWENTY, marks=pytest.mark.full)], ids=["few", "twenty"])
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork: Linux or macOS")
def test_killed_at_any_point_a_fit_ends_bit_equal(points, tmp_path):
    command = [sys.executable, str(SCRIPT), str(tmp_path), *points]
    run = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert run.returncode == 0, run.stderr
    whole, *others = [json.loads(line) for line in run.stdout.splitlines()]
    assert [other["point"] for other in others] == points
    assert all(other["killed"] for other in others)
    assert {other["point"]: other["hash"] for other in others} == dict.fromkeys(points, whole["hash"])
    assert len(whole["hash"]) == 64
