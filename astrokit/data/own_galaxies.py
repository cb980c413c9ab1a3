"""A user's own galaxies with masses: magnitudes, images and identifiers, checked at the door.

The format is in `docs/own-galaxies.md`. Either a folder with one table and an array of images for each band,
or one .npz file whose arrays have the same names. Nothing is unpickled.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..errors import DataError
from .formats import RawColumn, RawTable, listed
from .provenance import require_readable
from .simulate.galaxies.populations import BANDS, OPTICAL
from .tables import Column, check_table, read_table

if TYPE_CHECKING:
    import pandas as pd

LOG_MASS_RANGE = (6.0, 12.5)  # log10 of solar masses, those of the paper
SHAPE = ("bulge", "radius")
FEWEST = 100  # galaxies: fewer cannot train a network, nor bound an information
SMALLEST = 8  # pixels of a side
TABLE = "galaxies"
IMAGE = "image_"
_SUFFIXES = (".csv", ".ecsv", ".fits", ".fit", ".vot", ".parquet", ".pq")
_IMAGE_SUFFIXES = (".npy", ".fits", ".fit")

COLUMNS = (
    Column("source_id", "str"),
    Column("log_mass", minimum=LOG_MASS_RANGE[0], maximum=LOG_MASS_RANGE[1]),
    Column("group", "str", required=False),
    *(Column(name, unit="mag", required=False, finite=False, minimum=0.0, maximum=40.0) for name in BANDS),
    *(Column(name, required=False, finite=False) for name in SHAPE),
    *(Column(f"e_{name}", required=False, finite=False, minimum=1e-6) for name in (*BANDS, *SHAPE)),
)


class OwnGalaxies(NamedTuple):
    """Galaxies as a user brings them.

    Attributes
    ----------
    table : DataFrame, a row a galaxy
        `source_id`, `log_mass`, `group` (that of the file, or `source_id`); magnitudes, `bulge` and `radius`
        as far as they are there, each with its error in `e_` and the name; NaN where not measured.
    images : (n_samples, 5, size, size) float32, or None
        u to z, in the file's unit of flux, sky subtracted; masked pixels are 0, and a band without an image
        NaN throughout.
    files : tuple of Path
        What was read.
    """

    table: pd.DataFrame
    images: np.ndarray | None
    files: tuple[Path, ...]


def read_own_galaxies(path: str | Path) -> OwnGalaxies:
    """Read a folder, or an .npz file, in the format of `docs/own-galaxies.md`.

    Raises
    ------
    DataError
        One, for the first thing found wrong: no or several tables, missing columns, masses outside [6, 12.5],
        a magnitude without its error, an identifier that comes twice, images of another number, shape or
        band, pixels that are infinite, fewer than 100 galaxies, neither images nor numbers.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "mine.npz"
    >>> names, ones = np.arange(100).astype(str), np.ones(100)
    >>> np.savez(path, source_id=names, log_mass=10 * ones, g=20 * ones, e_g=0.1 * ones)
    >>> own = read_own_galaxies(path)
    >>> own.table.shape, own.images
    ((100, 5), None)
    """
    path = Path(path)
    if path.is_dir():
        table_file = _table_of(path)
        table = read_table(table_file, COLUMNS)
        image_files = sorted(each for each in path.iterdir() if each.name.startswith(IMAGE))
        stacks = {each.stem.removeprefix(IMAGE): _read_stack(each) for each in image_files}
        files = (table_file, *image_files)
    else:
        arrays = _read_npz(path)
        table = check_table(path, _as_raw(path, arrays), COLUMNS)
        stacks = {
            name.removeprefix(IMAGE): values for name, values in arrays.items() if name.startswith(IMAGE)
        }
        files = (path,)
    table = _check_table(path, table)
    images = _stacked(path, stacks, len(table)) if stacks else None
    if images is None and not set(table.columns) & {*BANDS, *SHAPE}:
        raise _bad(
            path, "images, magnitudes or shapes", "none of them", "See docs/own-galaxies.md for names."
        )
    return OwnGalaxies(table, images, files)


def _table_of(folder: Path) -> Path:
    found = [each for each in sorted(folder.glob(f"{TABLE}.*")) if each.suffix.lower() in _SUFFIXES]
    if len(found) != 1:
        raise _bad(
            folder,
            f"one table: {TABLE} with a suffix among {', '.join(_SUFFIXES)}",
            listed([each.name for each in found]) or "none",
            "Keep one table in the folder.",
        )
    return found[0]


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    require_readable(path)
    try:
        with np.load(path, allow_pickle=False) as file:
            if isinstance(file, np.ndarray):
                raise ValueError("a single array")
            return {name: file[name] for name in file.files}
    except Exception as error:  # zipfile and numpy let a dozen kinds out for broken or pickled bytes
        raise _bad(
            path,
            "a folder, or an .npz file of plain arrays",
            f"{type(error).__name__}: {error}"[:200],
            "Write it with numpy.savez; texts as arrays of str, never of objects.",
        ) from None


def _as_raw(path: Path, arrays: dict[str, np.ndarray]) -> RawTable:
    import pandas as pd

    flat = {name: values for name, values in arrays.items() if not name.startswith(IMAGE)}
    known = {column.name for column in COLUMNS}
    odd = [name for name, values in flat.items() if name in known and values.ndim != 1]
    lengths = {len(values) for name, values in flat.items() if name in known and values.ndim == 1}
    if odd or len(lengths) > 1:
        got = f"{listed(odd)} of another" if odd else f"lengths {sorted(lengths)}"
        raise _bad(path, "columns of one dimension and one length", got, "Store a value a galaxy.")
    columns = {name: RawColumn(_series(pd, values)) for name, values in flat.items() if name in known}
    return RawTable(list(arrays), columns, next(iter(lengths), 0))


def _series(pd: Any, values: np.ndarray) -> pd.Series:
    values = np.char.decode(values, "utf-8") if values.dtype.kind == "S" else values
    return pd.Series(values.astype(object) if values.dtype.kind == "U" else values)


def _check_table(path: Path, table: pd.DataFrame) -> pd.DataFrame:
    if len(table) < FEWEST:
        raise _bad(path, f"at least {FEWEST} galaxies", f"{len(table)}", "Bring more of them.")
    twice = table["source_id"][table["source_id"].duplicated()]
    if len(twice):
        raise _bad(
            path,
            "each source_id once",
            f"{len(twice):,} that come again, such as {str(twice.iloc[0])[:40]!r}",
            "Give rows of one galaxy different source_id and one `group`.",
        )
    for name in (*BANDS, *SHAPE):
        if (name in table) != (f"e_{name}" in table):
            raise _bad(path, f"{name!r} together with 'e_{name}'", "one of the two", "Add the other column.")
        lacking = name in table and int((table[name].notna() & table[f"e_{name}"].isna()).sum())
        if lacking:
            raise _bad(
                path, f"an error in 'e_{name}' for every value of {name!r}", f"{lacking:,} without",
                "State the errors, or leave those values empty.",
            )  # fmt: skip
    return table if "group" in table else table.assign(group=table["source_id"])


def _read_stack(path: Path) -> np.ndarray:
    """Images of one band, (n_samples, size, size), not yet checked; .npy files stay on disk."""
    require_readable(path)
    if path.suffix.lower() not in _IMAGE_SUFFIXES:
        raise _bad(
            path, f"a suffix among {', '.join(_IMAGE_SUFFIXES)}", repr(path.suffix), "Save it as .npy."
        )
    try:
        if path.suffix.lower() == ".npy":
            return np.load(path, mmap_mode="r", allow_pickle=False)
        from astropy.io import fits

        with path.open("rb") as stream, fits.open(stream, memmap=False, checksum=True) as hdus:
            return np.asarray(next(hdu.data for hdu in hdus if hdu.is_image and hdu.data is not None))
    except Exception as error:  # numpy and astropy let many kinds out for broken or pickled bytes
        got = f"{type(error).__name__}: {error}"[:200]
        raise _bad(
            path, "a whole array of images", got, "Write the file again; pickles are refused."
        ) from None


def _stacked(path: Path, stacks: dict[str, np.ndarray], n_samples: int) -> np.ndarray:
    unknown = [band for band in stacks if band not in OPTICAL]
    if unknown:
        names = ", ".join(IMAGE + band for band in OPTICAL)
        raise _bad(path, f"images named {names}", listed([IMAGE + band for band in unknown]), "Rename them.")
    size = next(iter(stacks.values())).shape[-1:]
    for band, values in stacks.items():
        _check_stack(f"{IMAGE}{band} of {path}", values, (n_samples, *size, *size))
    images = np.full((n_samples, len(OPTICAL), *size, *size), np.nan, np.float32)
    for band, values in stacks.items():
        images[:, OPTICAL.index(band)] = _masked(f"{IMAGE}{band} of {path}", values)
    return images


def _check_stack(what: str, values: np.ndarray, expected: Iterable[int]) -> None:
    expected = tuple(expected)
    if values.dtype.kind not in "fiu" or values.shape != expected or expected[-1] < SMALLEST:
        raise DataError(
            what,
            expected=f"numbers of shape (galaxies, size, size), here {expected}, size {SMALLEST} or more",
            got=f"{values.dtype} of shape {values.shape}",
            next_step="A square image for each row of the table, in its order, of one size in all bands.",
        )


def _masked(what: str, values: np.ndarray) -> np.ndarray:
    """Pixels without a value as sky; an image with fewer than half of its pixels is none."""
    pixels = np.array(values, np.float32)
    n_infinite = int(np.isinf(pixels).sum())
    if n_infinite:
        raise DataError(
            what,
            expected="finite pixels, or NaN for masked ones",
            got=f"{n_infinite:,} infinite ones",
            next_step="Set them to NaN.",
        )
    masked = np.isnan(pixels)
    absent = masked.mean(axis=(1, 2)) > 0.5
    pixels[masked] = 0.0
    pixels[absent] = np.nan
    return pixels


def _bad(path: Path, expected: str, got: str, next_step: str) -> DataError:
    return DataError(str(path), expected=expected, got=got, next_step=next_step)
