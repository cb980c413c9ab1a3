"""From photons to counts: the redistribution matrix (RMF) and the effective area (ARF)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import DataError, ParameterError
from .extension import Extension, read_extension
from .spectrum import Spectrum

if TYPE_CHECKING:
    from scipy.sparse import csr_array

MATRIX_NAMES = ("MATRIX", "SPECRESP MATRIX")
SAME_EDGE = 1e-3  # of the width of an energy bin: how far edges of two float32 files may differ


@dataclass(frozen=True)
class Response:
    """What a telescope makes of photons.

    Attributes
    ----------
    energy_low_kev, energy_high_kev : (n_energies,)
        Bins of the photons' energy, without gaps.
    channel : (n_channels,), int
    channel_low_kev, channel_high_kev : (n_channels,)
        Nominal energies of the channels.
    matrix : scipy sparse array (n_energies, n_channels)
        Effective area in cm2 times the probability that a photon lands in a channel; the probability alone
        where no ARF was given and the RMF holds none.
    """

    energy_low_kev: np.ndarray
    energy_high_kev: np.ndarray
    channel: np.ndarray
    channel_low_kev: np.ndarray
    channel_high_kev: np.ndarray
    matrix: csr_array

    def fold(self, photons: np.ndarray) -> np.ndarray:
        """Expected counts per second in each channel.

        Parameters
        ----------
        photons : (n_energies,) or (n_spectra, n_energies)
            Photons per cm2 and second in each energy bin: integrated over it, not a density.

        Returns
        -------
        (n_channels,) or (n_spectra, n_channels)

        Raises
        ------
        ParameterError
            When the number of bins differs.
        """
        photons = np.asarray(photons, float)
        if photons.ndim not in (1, 2) or photons.shape[-1] != len(self.energy_low_kev):
            raise ParameterError(
                "photons",
                expected=f"{len(self.energy_low_kev)} energy bins in the last place",
                got=f"shape {photons.shape}",
                next_step="Integrate the model over the bins of this response.",
            )
        return photons @ self.matrix

    def between(self, low_kev: float, high_kev: float) -> Response:
        """The same response with only those channels that lie within an interval of nominal energy.

        Raises
        ------
        ParameterError
            When no channel does.
        """
        kept = (self.channel_low_kev >= low_kev) & (self.channel_high_kev <= high_kev)
        if not kept.any():
            low, high = self.channel_low_kev[0], self.channel_high_kev[-1]
            raise ParameterError(
                "interval",
                expected=f"a channel or more of {low:g} to {high:g} keV",
                got=f"{low_kev:g} to {high_kev:g}",
                next_step="Widen it.",
            )
        return Response(
            self.energy_low_kev,
            self.energy_high_kev,
            self.channel[kept],
            self.channel_low_kev[kept],
            self.channel_high_kev[kept],
            self.matrix[:, np.flatnonzero(kept)],
        )

    def counts_of(self, spectrum: Spectrum) -> np.ndarray:
        """The counts of a spectrum in the channels of this response (n_channels,).

        Raises
        ------
        DataError
            When the spectrum lacks some of these channels.
        """
        place = self.channel - spectrum.channel[0]
        if place.min() < 0 or place.max() >= len(spectrum.channel):
            raise DataError(
                "spectrum",
                expected=f"channels {self.channel[0]} to {self.channel[-1]}, as the response has",
                got=f"{spectrum.channel[0]} to {spectrum.channel[-1]}",
                next_step="Take the response that was made for this spectrum.",
            )
        return spectrum.counts[place]


def read_response(rmf: str | os.PathLike[str], arf: str | os.PathLike[str] | None = None) -> Response:
    """Read a redistribution matrix, and multiply it by an effective area (CAL/GEN/92-002 and 92-019).

    Raises
    ------
    DataError
        When a file is malformed: groups of channels that reach outside of the detector or hold another number
        of entries than they say, energies with gaps, negative or NaN entries; when the energies of the two
        files differ; when the matrix already contains the area and an ARF is given.
    """
    matrix_table = read_extension(rmf, ("RESPONSE", "RSP_MATRIX"), MATRIX_NAMES)
    bounds = read_extension(rmf, ("RESPONSE", "EBOUNDS"), ("EBOUNDS",))
    channel = bounds.numbers("CHANNEL").astype(int)
    if len(channel) == 0 or (np.diff(channel) != 1).any():
        raise bounds.problem("channels that follow one another", f"{channel[:5]}", "Make the file again.")
    low, high = _energies(matrix_table)
    matrix = _matrix(matrix_table, int(channel[0]), len(channel))
    if arf is not None:
        if str(matrix_table.header.get("HDUCLAS3", "")).strip().upper() == "FULL":
            raise matrix_table.problem(
                "a matrix without effective area, since an ARF is given too",
                "HDUCLAS3 = FULL: the area is already in it",
                "Leave the ARF out.",
            )
        area = _area(read_extension(arf, ("RESPONSE", "SPECRESP"), ("SPECRESP",)), low, high)
        matrix = matrix.multiply(area[:, None]).tocsr()
    return Response(low, high, channel, bounds.numbers("E_MIN"), bounds.numbers("E_MAX"), matrix)


def _energies(table: Extension) -> tuple[np.ndarray, np.ndarray]:
    low, high = table.numbers("ENERG_LO"), table.numbers("ENERG_HI")
    width = high - low
    wrong = (width <= 0) | (low < 0)
    gaps = np.abs(low[1:] - high[:-1]) > SAME_EDGE * width[1:]
    if len(low) == 0 or wrong.any() or gaps.any():
        row = int(np.argmax(wrong)) if wrong.any() else int(np.argmax(gaps)) + 1 if len(low) else 0
        got = f"{low[row]:g} to {high[row]:g} keV in row {row + 1}" if len(low) else "no rows"
        raise table.problem("energy bins that rise without gaps", got, "Make the file again.")
    return low, high


def _area(table: Extension, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    area, (own_low, own_high) = table.numbers("SPECRESP"), _energies(table)
    same = len(own_low) == len(low) and bool(
        (np.abs(own_low - low) <= SAME_EDGE * (high - low)).all()
        and (np.abs(own_high - high) <= SAME_EDGE * (high - low)).all()
    )
    if not same:
        raise table.problem(
            f"the {len(low)} energy bins of the RMF, {low[0]:g} to {high[-1]:g} keV",
            f"{len(own_low)} bins, {own_low[0]:g} to {own_high[-1]:g} keV",
            "Take the ARF that was made for this RMF.",
        )
    if (area < 0).any():
        raise table.problem("areas of 0 or more", f"{area.min():g} cm2", "Make the file again.")
    return area


def _matrix(table: Extension, first_channel: int, n_channels: int) -> csr_array:
    """Unpack the groups of each row: `N_CHAN` channels from `F_CHAN` on, their entries in `MATRIX`."""
    from scipy.sparse import csr_array

    start_at = _first_channel(table, first_channel)
    n_groups, starts, lengths, entries = (
        table.column(name) for name in ("N_GRP", "F_CHAN", "N_CHAN", "MATRIX")
    )
    columns, values, ends = [], [], [0]
    for row, n in enumerate(n_groups):
        groups = np.column_stack([_first(starts[row], n), _first(lengths[row], n)]).astype(int)
        _require_groups(table, row, int(n), groups, start_at, n_channels, np.size(entries[row]))
        runs = [np.arange(start, start + length) - start_at for start, length in groups]
        columns.append(np.concatenate([np.zeros(0, int), *runs]))
        values.append(np.atleast_1d(entries[row])[: len(columns[-1])].astype(float))
        ends.append(ends[-1] + len(columns[-1]))
    data = np.concatenate(values)
    if not (np.isfinite(data) & (data >= 0)).all():
        raise table.problem(
            "entries of 0 or more",
            f"{int((~(data >= 0)).sum())} that are negative or NaN",
            "Make the file again.",
        )
    return csr_array((data, np.concatenate(columns), np.array(ends)), shape=(len(n_groups), n_channels))


def _first_channel(table: Extension, default: int) -> int:
    """The lowest channel that F_CHAN may name: TLMIN of its column; by default that of EBOUNDS."""
    number = list(table.columns).index("F_CHAN") + 1 if "F_CHAN" in table.columns else 0
    return int(table.header.get(f"TLMIN{number}", default))


def _first(values: Any, n: int) -> np.ndarray:
    """The first n of a cell, which is a number where no row has more than one group."""
    return np.atleast_1d(values)[: int(n)]


def _require_groups(
    table: Extension, row: int, n: int, groups: np.ndarray, first: int, n_channels: int, n_entries: int
) -> None:
    last = first + n_channels - 1
    outside = ((groups[:, 0] < first) | (groups.sum(1) - 1 > last)) & (groups[:, 1] > 0)
    if len(groups) != n or (groups[:, 1] < 0).any() or outside.any():
        got = (
            f"{len(groups)} of {n} groups"
            if len(groups) != n
            else f"a group {groups[np.argmax(outside)].tolist()}"
        )
        raise table.problem(
            f"groups of channels from {first} to {last} in row {row + 1}",
            f"{got} (first channel, number)",
            "The first channel (TLMIN of F_CHAN) may be wrong; make the file again.",
        )
    if n_entries < groups[:, 1].sum():
        raise table.problem(
            f"{groups[:, 1].sum()} entries in row {row + 1}",
            f"{n_entries}",
            "The file is cut; make it again.",
        )
