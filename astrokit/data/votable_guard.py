"""A look at a VOTable before it is parsed: XML can be a bomb, and a VOTable can name other addresses.

astropy opens whatever address a STREAM names, allocates the number of rows that a TABLE declares, and lets
expat expand entities. None of that is needed for a table that was given to us as a file.
"""

from __future__ import annotations

import math
from pathlib import Path
from xml.parsers import expat

from ..errors import DataError

MAX_EXPANSION = 1000  # bytes in memory per byte of the file; tables of blanks come near 100
_ITEM_BYTES = 16  # the widest of the datatypes


def require_harmless(path: Path) -> None:
    """Raise DataError unless the file is a VOTable without entities, references outside, and bombs."""
    guard = _Guard(path)
    parser = expat.ParserCreate()
    parser.EntityDeclHandler = guard.entity
    parser.StartElementHandler = guard.element
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except expat.ExpatError as error:
        raise guard.refused("well-formed XML", str(error)) from error


class _Guard:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._bytes = path.stat().st_size
        self._inside = False
        self._rows_declared = self._rows_seen = self._row_bytes = 0  # of the present table

    def entity(self, name: str, *rest: object) -> None:
        raise self.refused("no entity declarations", f"an entity {name[:40]!r}")

    def element(self, qualified: str, attributes: dict[str, str]) -> None:
        name = qualified.rpartition(":")[2]
        if not self._inside and name != "VOTABLE":
            raise self.refused("a VOTABLE as root", f"<{name[:40]}>")
        self._inside = True
        if name == "TR":
            self._rows_seen += 1
            self._require_size()
        elif name == "FIELD":
            shape = attributes.get("arraysize", "").split("x")
            self._row_bytes += _ITEM_BYTES * math.prod(map(_count, shape))
            self._require_size()
        elif name == "TABLE":
            self._rows_declared = _count(attributes.get("nrows", ""))
            self._rows_seen = self._row_bytes = 0
        elif name == "STREAM" and "href" in attributes:
            raise self.refused("the data inside the file", f"a reference to {attributes['href'][:80]!r}")

    def _require_size(self) -> None:
        needed = max(self._rows_declared, self._rows_seen) * self._row_bytes
        if needed > MAX_EXPANSION * self._bytes:
            raise self.refused(
                f"at most {MAX_EXPANSION} times the file's {self._bytes:,} bytes in memory",
                f"declarations of {needed:,}",
            )

    def refused(self, expected: str, got: str) -> DataError:
        return DataError(
            str(self._path),
            expected=expected,
            got=got,
            next_step="Save the table from a tool that you trust (TOPCAT, astropy) as a plain VOTable.",
        )


def _count(text: str) -> int:
    digits = text.strip().rstrip("*")
    return int(digits[:20]) if digits.isdecimal() else 1  # twenty digits are too many in any case
