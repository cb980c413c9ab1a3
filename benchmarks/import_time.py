"""How long `import astrokit` and `astrokit --help` take, beside bare Python and numpy in the same run.

The goals: under 0.2 s for the import itself (bare Python subtracted), under 0.5 s for the whole help.
"""

import statistics
import subprocess
import sys
import time

ROUNDS = 15
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import numpy": ["-c", "import numpy"],
    "import astrokit": ["-c", "import astrokit"],
    "astrokit --help": ["-m", "astrokit", "--help"],
}


def seconds(arguments: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def measure() -> dict[str, float]:
    """Median seconds of each command. The commands take turns, so that a busy moment hits all of them."""
    for arguments in COMMANDS.values():
        seconds(arguments)  # file caches and byte code
    rounds = [{name: seconds(arguments) for name, arguments in COMMANDS.items()} for _ in range(ROUNDS)]
    return {name: statistics.median(each[name] for each in rounds) for name in COMMANDS}


def main() -> None:
    median = measure()
    bare = median["python -c pass"]
    for name, value in median.items():
        print(f"{name:16} {value:6.3f} s  {value / bare:5.1f} x bare Python")
    own, peer = median["import astrokit"] - bare, median["import numpy"] - bare
    print(f"the import alone: astrokit {own:.3f} s (goal 0.2), numpy {peer:.3f} s, ratio {own / peer:.2f}")
    print(f"the help: {median['astrokit --help']:.3f} s (goal 0.5)")


if __name__ == "__main__":
    main()
