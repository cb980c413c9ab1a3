"""Make anew what the study ships, in its own folder:

    python -m astrokit.studies.xray_spectra autoencoder     # to simulated spectra
    python -m astrokit.studies.xray_spectra weights         # to the labelled Chandra sources
    python -m astrokit.studies.xray_spectra results         # in nested folds of them

A few minutes each on two idle cores, the results a quarter of an hour.
"""

import sys
from pathlib import Path

from . import autoencoder, results, weights

HERE = Path(__file__).parent
COMMANDS = {
    "autoencoder": lambda: autoencoder.make_weights(HERE / autoencoder.FILE),
    "weights": lambda: weights.make(HERE / weights.FILE),
    "results": lambda: results.freeze_results(HERE / results.FILE),
}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        raise SystemExit(__doc__)
    COMMANDS[sys.argv[1]]()
