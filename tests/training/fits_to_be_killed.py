"""Runs the fit of `test_killed.py` in processes that are killed: arguments FOLDER KIND:NUMBER ...

Each fit is a fork of this process, which has imported torch but computed nothing. The kinds of kill:
`batch:7` kills from outside once seven batches are done; `write:3`, `flush:3` and `rename:3` kill in the
third write of a checkpoint, with half of its bytes in a file, before it is flushed, and before it is renamed.
After each kill the same fit is called again and runs to its end. A JSON line for each point: the hash that it
ended with, and whether the kill found the process alive.
"""

import json
import os
import signal
import sys
import tempfile
from pathlib import Path

import lightning.fabric  # noqa: F401 - imported once, not in each fork
import safetensors.torch

from astrokit.progress import listening
from astrokit.training import fit, tensor_file
from tests.training.small_fit import made_data, made_model

OPTIONS = {"epochs": 4, "batch_size": 20, "threads": 1, "progress": False, "checkpoint_s": 0.0}


def one_fit(folder, listener):
    with listening(listener):
        return fit(made_model(), made_data(), **OPTIONS, resume=folder).weights_hash


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def plant(kind, number, folder):
    """Have this process kill itself in the `number`th write of a checkpoint."""
    left = [number]

    def due():
        left[0] -= 1
        return left[0] == 0

    flush, rename, serialise = os.fsync, os.replace, safetensors.torch.save

    def write_half(tensors, metadata):
        content = serialise(tensors, metadata)
        if due():
            Path(folder, ".half.part").write_bytes(content[: len(content) // 2])
            die()
        return content

    if kind == "write":
        safetensors.torch.save = write_half
    elif kind == "flush":
        tensor_file.os.fsync = lambda file: die() if due() else flush(file)
    elif kind == "rename":
        tensor_file.os.replace = lambda *paths: die() if due() else rename(*paths)


def killed(folder, kind, number):
    """Fork a fit and kill it; return whether the kill, not the end, ended it."""
    hear, say = os.pipe()
    child = os.fork()
    if child == 0:
        plant(kind, number, folder)
        one_fit(folder, lambda what, done, total: os.write(say, b"."))
        os._exit(0)
    os.close(say)
    if kind == "batch":
        for _ in range(number + 2):  # the listener also hears of the start, twice
            os.read(hear, 1)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(hear)
    return os.WIFSIGNALED(status)


def finished(folder):
    """Fork the same fit, and return the hash that it ends with."""
    hear, say = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(say, one_fit(folder, lambda *said: None).encode())
        os._exit(0)
    os.close(say)
    with os.fdopen(hear) as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return answer


def main():
    top = Path(sys.argv[1])
    for point in ["none:0", *sys.argv[2:]]:
        kind, number = point.split(":")
        folder = tempfile.mkdtemp(dir=top)
        was_killed = kind != "none" and killed(folder, kind, int(number))
        print(json.dumps({"point": point, "killed": was_killed, "hash": finished(folder)}), flush=True)


if __name__ == "__main__":
    main()
