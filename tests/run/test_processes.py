"""The memory of a process and its descendants."""

import os
import subprocess
import sys

from astrokit.run.processes import FamilyMemory

HOLDS = "import sys; held = bytearray(300 * 2**20); print('ready', flush=True); sys.stdin.read()"


def started(code):
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    return process


def test_a_descendant_counts_once_it_is_more_than_a_copy_of_its_parent():
    memory = FamilyMemory(os.getpid())
    memory.sample()
    alone = memory.peak_bytes
    with started(HOLDS) as child:
        memory.sample()
        just_started = memory.peak_bytes
        memory.sample()
        child.stdin.close()
    assert just_started < alone + 100 * 2**20
    assert memory.peak_bytes > alone + 300 * 2**20
