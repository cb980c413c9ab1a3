"""Make anew what the study ships, in its own folder:

    python -m astrokit.studies.gaia_variables periods     # what the period search finds of Catalina's
    python -m astrokit.studies.gaia_variables spectra     # the autoencoder of spectra, and its scores
    python -m astrokit.studies.gaia_variables weights     # the autoencoders of Catalina's light curves
    python -m astrokit.studies.gaia_variables results     # and their scores on sources held out

Those of real sources need `catalina-sss` in the folder `ASTROKIT_DATA`.
"""

import sys
from pathlib import Path

from . import period_recovery, spectra
from .curves import results


def make_spectra() -> None:
    spectra.make_spectra_weights(HERE / spectra.FILE)
    spectra.freeze_spectra_results(HERE / spectra.RESULTS_FILE)


HERE = Path(__file__).parent
COMMANDS = {
    "periods": lambda: period_recovery.freeze_period_recovery(HERE / period_recovery.FILE),
    "spectra": make_spectra,
    "weights": lambda: results.make_curve_weights(HERE / "curves"),
    "results": lambda: results.freeze_curve_results(HERE / "curves" / results.FILE),
}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        raise SystemExit(__doc__)
    COMMANDS[sys.argv[1]]()
