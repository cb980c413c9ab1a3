"""Published systems, rebuilt: a module each, with `PAPER`, `load()`, `fit()` and `reproduce()`."""
