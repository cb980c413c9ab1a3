"""Make anew what the study ships, in its own folder:

    python -m astrokit.studies.stellar_mass causes          # what causal discovery finds there
    python -m astrokit.studies.stellar_mass held            # how often its intervals hold the truth
    python -m astrokit.studies.stellar_mass photometry      # what bands of SDSS galaxies tell of redshift
    python -m astrokit.studies.stellar_mass seeds           # small networks of magnitudes, by chance
    python -m astrokit.studies.stellar_mass separate        # one network for all against separate ones
    python -m astrokit.studies.stellar_mass truth           # what inputs know in the simulator
    python -m astrokit.studies.stellar_mass weights         # the network that ships

Half an hour on an idle core.
"""

import sys
from pathlib import Path

from . import found_causes, held, known, network, photometry, seeds, separate

HERE = Path(__file__).parent
COMMANDS = {
    "causes": lambda: found_causes.freeze_causes(HERE / found_causes.FILE),
    "held": lambda: held.freeze_held(HERE / held.FILE),
    "photometry": lambda: photometry.freeze_photometry(HERE / photometry.FILE),
    "seeds": lambda: seeds.freeze_seeds(HERE / seeds.FILE),
    "separate": lambda: separate.freeze_separate(HERE / separate.FILE),
    "truth": lambda: known.freeze_known(HERE / known.FILE),
    "weights": lambda: network.make_weights(HERE / network.FILE),
}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        raise SystemExit(__doc__)
    COMMANDS[sys.argv[1]]()
