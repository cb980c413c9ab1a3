"""What a selection becomes outside: a sentence, JSON, Python, a table, queries to an archive."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...data.write_tables import write_table
from .adql import require_ids, write_queries
from .as_json import write_json
from .as_python import write_python
from .as_words import describe_steps
from .program import live_steps
from .sources import Sources
from .steps import Step

MAX_NOTE = 100_000  # characters: somewhere past 200,000, astropy cannot read the VOTables that it writes


class Exports:
    """Methods that write a selection down; none changes it."""

    n_samples: int
    _sources: Sources

    @property
    def steps(self) -> tuple[Step, ...]:
        """What was done and not undone, in order."""
        raise NotImplementedError

    @property
    def indices(self) -> np.ndarray:
        """(n_selected,) int64, the selected rows, ascending."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"Selection({self.describe()})"

    def describe(self) -> str:
        """Say in one sentence how many rows are selected, and how."""
        return f"{len(self.indices):,} of {self.n_samples:,} rows: {describe_steps(self.steps)}"

    def to_json(self) -> str:
        """Return the program, names included, as JSON for `from_json`; what was undone is left out."""
        return write_json(self.steps, self.n_samples)

    def to_python(self) -> str:
        """Return Python code that selects the same rows, given the `index` or `x`, `y`, `table`, `labels`."""
        needed = self._sources.needed(live_steps(self.steps))
        return write_python(self.steps, self.n_samples, needed, self.describe())

    def to_table(self, table: Any, path: str | os.PathLike[str], overwrite: bool = False) -> Path:
        """Write the selected rows of a table; see `astrokit.data.write_tables.write_table` for the formats.

        The description and the JSON are written as the notes "about" and "program" where the format has a
        place for them (all but CSV); a program of over 100,000 characters is left out, and that is said.

        Examples
        --------
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "selected.csv"
        >>> from astrokit.explore.selection import Selection
        >>> print(Selection(3).ids([0, 2]).to_table({"rate": [0.5, 1.5, 2.5]}, path).read_text())
        "rate"
        0.5
        2.5
        <BLANKLINE>
        """
        program = self.to_json()
        if len(program) > MAX_NOTE:
            program = f"left out: {len(program)} characters"
        notes = {"about": self.describe(), "program": program}
        self._sources.require_rows_of(table)
        return write_table(table, path, rows=self.indices, notes=notes, overwrite=overwrite)

    def to_adql(
        self,
        source_ids: Any,
        table: str = "gaiadr3.gaia_source",
        column: str = "source_id",
        columns: str | Sequence[str] = "*",
        upload: str | None = None,
    ) -> list[str]:
        """Return ADQL queries that fetch the selected sources, each source once.

        Parameters
        ----------
        source_ids : (n_samples,) array_like of int
            64-bit identifiers; floats are refused, since they lose the last digits.
        table, column : str
            Regular names, or in double quotes: '"I/355/gaiadr3"'.
        columns : "*" or sequence of str
        upload : str, optional
            Name under which a table of the identifiers will be uploaded, in a column named as `column`: one
            query then joins with TAP_UPLOAD. Better from some ten thousand sources on.

        Returns
        -------
        list of str
            One query for each 5000 sources (`adql.MAX_IDS`), or the one that joins.

        Raises
        ------
        ParameterError
            When nothing is selected, an identifier is missing or no integer, a name is none.

        Examples
        --------
        >>> from astrokit.explore.selection import Selection
        >>> Selection(2).ids([1]).to_adql([4295806720, 5853498713190525696], columns=["ra", "dec"])
        ['SELECT ra, dec\\nFROM gaiadr3.gaia_source\\nWHERE source_id IN (5853498713190525696)']
        """
        ids = require_ids(source_ids, self.n_samples, self.indices)
        return write_queries(ids, table, column, columns, upload)
