"""Small OGIP files, of which any part can be replaced."""

import numpy as np
from astropy.io import fits

N_ENERGIES, N_CHANNELS, FIRST = 6, 10, 1
EDGES = np.linspace(0.5, 3.5, N_ENERGIES + 1)
# Rows of the matrix: one group, two groups, an empty group, groups at both ends of the detector.
GROUPS = [[(1, 3)], [(2, 2), (6, 3)], [(4, 0), (4, 4)], [(1, 1), (10, 1)], [(5, 6)], [(3, 2), (8, 2)]]
ENTRIES = [np.arange(1.0, 1 + sum(n for _, n in groups)) / 20 for groups in GROUPS]


def dense():
    """The matrix of these groups, cell by cell."""
    matrix = np.zeros((N_ENERGIES, N_CHANNELS))
    for row, (groups, entries) in enumerate(zip(GROUPS, ENTRIES, strict=True)):
        place = 0
        for start, length in groups:
            for k in range(length):
                matrix[row, start - FIRST + k] = entries[place]
                place += 1
    return matrix


def ragged(rows, kind):
    column = np.empty(len(rows), dtype=object)
    for k, row in enumerate(rows):
        column[k] = np.asarray(row, dtype=kind)
    return column


def write_rmf(
    path, *, groups=GROUPS, entries=ENTRIES, header=(), low=EDGES[:-1], high=EDGES[1:], drop=(), n_groups=None
):
    columns = {
        "ENERG_LO": ("E", low),
        "ENERG_HI": ("E", high),
        "N_GRP": ("I", [len(row) for row in groups] if n_groups is None else n_groups),
        "F_CHAN": ("PI()", ragged([[start for start, _ in row] for row in groups], "i2")),
        "N_CHAN": ("PI()", ragged([[length for _, length in row] for row in groups], "i2")),
        "MATRIX": ("PE()", ragged(entries, "f4")),
    }
    made = [
        fits.Column(name, form, array=array) for name, (form, array) in columns.items() if name not in drop
    ]
    matrix = fits.BinTableHDU.from_columns(made, name="MATRIX")
    matrix.header.update(
        {"HDUCLAS1": "RESPONSE", "HDUCLAS2": "RSP_MATRIX", "HDUCLAS3": "REDIST", "TLMIN4": FIRST}
    )
    matrix.header.update(dict(header))
    channel = np.arange(FIRST, FIRST + N_CHANNELS)
    bounds = fits.BinTableHDU.from_columns(
        [
            fits.Column("CHANNEL", "J", array=channel),
            fits.Column("E_MIN", "E", array=channel * 0.3),
            fits.Column("E_MAX", "E", array=(channel + 1) * 0.3),
        ],
        name="EBOUNDS",
    )
    fits.HDUList([fits.PrimaryHDU(), bounds, matrix]).writeto(path, checksum=True)
    return path


def write_arf(path, *, area=None, low=EDGES[:-1], high=EDGES[1:]):
    area = np.linspace(100, 600, N_ENERGIES) if area is None else area
    columns = [
        fits.Column("ENERG_LO", "E", array=low),
        fits.Column("ENERG_HI", "E", array=high),
        fits.Column("SPECRESP", "E", array=area),
    ]
    fits.BinTableHDU.from_columns(columns, name="SPECRESP").writeto(path, checksum=True)
    return path


def write_pha(path, *, counts=None, channel=None, header=(), name="COUNTS", extra=()):
    counts = np.arange(N_CHANNELS) if counts is None else np.asarray(counts)
    channel = np.arange(FIRST, FIRST + len(counts)) if channel is None else channel
    form = "J" if counts.dtype.kind in "iu" else "D"
    form = f"{counts.shape[1]}{form}" if counts.ndim == 2 else form
    columns = [fits.Column("CHANNEL", "I", array=channel), fits.Column(name, form, array=counts), *extra]
    table = fits.BinTableHDU.from_columns(columns, name="SPECTRUM")
    table.header.update(
        {"EXPOSURE": 1000.0, "AREASCAL": 1.0, "BACKSCAL": 2.0, "RESPFILE": "a.rmf", "BACKFILE": "none"}
    )
    table.header.update(dict(header))
    for key in [key for key, value in dict(header).items() if value is None]:
        del table.header[key]
    table.writeto(path, checksum=True)
    return path
