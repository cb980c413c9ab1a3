"""The memory of a process and its descendants."""

import subprocess
import sys

from astrokit.run.processes import FamilyMemory

HOLDS = "import sys; held = bytearray(300 * 2**20); print('ready', flush=True); sys.stdin.read()"
STARTS = (
    "import subprocess, sys; print('ready', flush=True); sys.stdin.readline(); "
    "subprocess.run([sys.executable, '-c', sys.argv[1]])"
)


def started(code, *arguments):
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    return process


def test_a_descendant_counts_once_it_is_more_than_a_copy_of_its_parent():
    # A parent of our own: the process of the tests may have other descendants, left by tests before this one.
    with started(STARTS, HOLDS) as parent:
        memory = FamilyMemory(parent.pid)
        memory.sample()
        alone = memory.peak_bytes
        print(file=parent.stdin, flush=True)
        assert parent.stdout.readline() == "ready\n"
        memory.sample()
        just_started = memory.peak_bytes
        memory.sample()
        parent.stdin.close()
    assert just_started < alone + 100 * 2**20
    assert memory.peak_bytes > alone + 300 * 2**20
    assert memory.peak_anonymous_bytes > 300 * 2**20


def test_pages_of_a_file_are_resident_and_where_the_system_tells_not_anonymous(tmp_path):
    file = tmp_path / "library"
    file.write_bytes(b"x" * 200 * 2**20)
    maps = (
        "import mmap, sys; file = open(sys.argv[1], 'rb'); "
        "pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ); "
        "sum(pages[::4096]); print('ready', flush=True); sys.stdin.read()"
    )
    with started(maps, file) as child:
        memory = FamilyMemory(child.pid)
        memory.sample()
        child.stdin.close()
    assert memory.peak_bytes > 200 * 2**20
    most = 100 * 2**20 if sys.platform == "linux" else memory.peak_bytes
    assert 0 < memory.peak_anonymous_bytes <= most
