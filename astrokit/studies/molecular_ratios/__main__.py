"""Make anew what the study ships, in its own folder:

    python -m astrokit.studies.molecular_ratios weights
    python -m astrokit.studies.molecular_ratios results
    python -m astrokit.studies.molecular_ratios explained     # of these, scores and attributions alone

The emulator takes some three minutes on an idle core, the results some twenty on a busy one, of which scores
and attributions took five and a half.
"""

import sys
from pathlib import Path

from . import results, weights

HERE = Path(__file__).parent
COMMANDS = {
    "weights": lambda: weights.make(HERE / weights.FILE),
    "results": lambda: results.freeze_results(HERE / results.FILE),
    "explained": lambda: results.freeze_anew(HERE / results.FILE, ("judged", "explained")),
}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        raise SystemExit(__doc__)
    COMMANDS[sys.argv[1]]()
