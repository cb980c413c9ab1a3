"""Where data come from: each data set in use has a `Provenance`, and the record of the run says so."""

from __future__ import annotations

import builtins
import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import DataError, ParameterError
from ..reporting import report_data

if TYPE_CHECKING:
    from ..random import RandomState
    from .registry import Dataset

ROLES = ("study", "truth_check")


@dataclass(frozen=True)
class Provenance:
    """Source, hash, licence and citation of data, and whether they are simulated.

    Made by one of the four class methods, each of which also reports it to the record of the running
    notebook.

    Attributes
    ----------
    name : str
        Of the registered data set, the file, or the simulator.
    source : str
        A public address, a path, or what simulated it.
    sha256 : str or None
        Of the file; of several files, the hash of their sorted hashes; None for simulated data.
    licence, citation : str
    simulated : bool
    role : {"study", "truth_check"}
        Whether results rest on these data, or whether they only check results.
    bytes : int
        Size of the files; 0 for simulated data.

    Examples
    --------
    >>> provenance = Provenance.of_simulation("two-groups", citation="this notebook", random_state=7)
    >>> provenance.simulated, provenance.source
    (True, 'simulated by astrokit, random_state=7')
    """

    name: str
    source: str
    sha256: str | None
    licence: str
    citation: str
    simulated: bool
    role: str
    bytes: int

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        return asdict(self)

    @classmethod
    def of_dataset(cls, dataset: Dataset, *, role: str = "study") -> Provenance:
        """Of a registered data set; `load` calls this."""
        return _reported(
            cls(
                name=dataset.name,
                source=dataset.source,
                sha256=dataset.sha256,
                licence=dataset.licence,
                citation=dataset.citation,
                simulated=dataset.simulated,
                role=role,
                bytes=dataset.bytes,
            )
        )

    @classmethod
    def of_file(
        cls, path: str | Path, *, role: str = "study", licence: str = "not stated", citation: str = ""
    ) -> Provenance:
        """Of a user's own file, which is hashed.

        Raises
        ------
        DataError
            When the file cannot be read.
        """
        path = Path(path)
        digest, size = hash_file(path)
        return _reported(cls(path.name, str(path), digest, licence, citation, False, role, size))

    @classmethod
    def of_bundled(
        cls,
        name: str,
        content: builtins.bytes,
        *,
        source: str,
        citation: str,
        role: str = "study",
        licence: str = "BSD-3-Clause",
        simulated: bool = False,
    ) -> Provenance:
        """Of a small file that is part of astrokit; `content` are its bytes."""
        digest = hashlib.sha256(content).hexdigest()
        return _reported(cls(name, source, digest, licence, citation, simulated, role, len(content)))

    @classmethod
    def of_simulation(
        cls, name: str, *, citation: str, role: str = "study", random_state: RandomState = None
    ) -> Provenance:
        """Of simulated data; `source` keeps an integer `random_state`, which makes them again."""
        seed = f", random_state={random_state}" if isinstance(random_state, int) else ""
        return _reported(
            cls(name, f"simulated by astrokit{seed}", None, "BSD-3-Clause", citation, True, role, 0)
        )


class Loaded(NamedTuple):
    """What `load` answers with: the data, in the form that its reader makes, and their `Provenance`."""

    data: Any
    provenance: Provenance


def hash_file(path: Path) -> tuple[str, int]:
    """Return (sha256 in hex, size in bytes) of a regular file; DataError when it cannot be read."""
    require_readable(path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()


def require_readable(path: Path) -> None:
    """Raise DataError unless `path` is a regular file that can be opened."""
    try:
        if path.exists() and not path.is_file():  # opening a pipe would wait for ever
            raise OSError("a folder or a device")
        path.open("rb").close()
    except OSError as error:
        raise DataError(
            str(path),
            expected="a file that can be read",
            got=error.strerror or str(error),
            next_step="Check the path and its permissions.",
        ) from error


def check_role(role: str) -> None:
    """Raise ParameterError unless the role is one of `ROLES`."""
    if role not in ROLES:
        raise ParameterError(
            "role of data",
            expected=f"one of {', '.join(ROLES)}",
            got=repr(role),
            next_step='Use "study" where results rest on the data, "truth_check" where they only check.',
        )


def _reported(provenance: Provenance) -> Provenance:
    check_role(provenance.role)
    report_data(provenance.as_dict())
    return provenance
