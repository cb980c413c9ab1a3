"""`python -m astrokit` is the same as `astrokit`."""

from .cli import main

if __name__ == "__main__":
    main()
