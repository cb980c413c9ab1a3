"""A spectrum as it was counted: PHA files."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from ...errors import DataError
from .extension import Extension, read_extension


@dataclass(frozen=True)
class Spectrum:
    """Counts in channels.

    Attributes
    ----------
    channel : (n_channels,), int
        Consecutive numbers, as in the response.
    counts : (n_channels,), int
    exposure_s : float
    area_scale, back_scale : (n_channels,)
        AREASCAL and BACKSCAL: by what the effective area and the extraction region are scaled. Only their
        ratio to those of another spectrum means anything (`background_ratio`).
    good : (n_channels,), bool
        False where QUALITY says that a channel is bad.
    files : dict
        Names of the `response`, `area` and `background` that the header mentions, if any.
    """

    channel: np.ndarray
    counts: np.ndarray
    exposure_s: float
    area_scale: np.ndarray
    back_scale: np.ndarray
    good: np.ndarray
    files: dict[str, str]


def read_spectrum(path: str | os.PathLike[str]) -> Spectrum:
    """Read a PHA file with one spectrum of counts (OGIP/92-007).

    Raises
    ------
    DataError
        When it is no such file: several spectra, rates in place of counts, negative counts, channels that do
        not follow one another, no exposure, or scales of 0.
    """
    table = read_extension(path, ("SPECTRUM", ""), ("SPECTRUM",))
    counts = table.column("COUNTS") if "COUNTS" in table.columns else None
    if counts is None or counts.ndim != 1:
        got = f"columns {', '.join(table.columns)}" if counts is None else f"{len(counts)} spectra in rows"
        raise table.problem("one spectrum, with a column COUNTS", got, "Extract one spectrum of counts.")
    values = table.numbers("COUNTS")
    if (values < 0).any() or (values != np.round(values)).any():
        odd = values[(values < 0) | (values != np.round(values))][0]
        raise table.problem(
            "counts that are whole and not negative", f"{odd:g}", "Do not subtract a background."
        )
    channel = table.numbers("CHANNEL")
    if len(channel) == 0 or (np.diff(channel) != 1).any():
        raise table.problem("channels that follow one another", _gap(channel), "Make the file again.")
    return Spectrum(
        channel.astype(int),
        values.astype(int),
        table.positive("EXPOSURE"),
        _scale(table, "AREASCAL"),
        _scale(table, "BACKSCAL"),
        _good(table, len(values)),
        _files(table),
    )


def background_ratio(source: Spectrum, background: Spectrum) -> np.ndarray:
    """Counts that the background brings to the source's region, for each count in its own: (n_channels,).

    exposure * AREASCAL * BACKSCAL of the source, over the same of the background. AREASCAL is part of it:
    some backgrounds carry the ratio of the regions there, and leave BACKSCAL at 1.

    Raises
    ------
    DataError
        When the channels differ.

    Examples
    --------
    >>> one, k = np.ones(3), np.arange(1, 4)
    >>> source = Spectrum(k, k, 100.0, one, one, one > 0, {})
    >>> background = Spectrum(k, k, 200.0, 4 * one, 5 * one, one > 0, {})
    >>> background_ratio(source, background)
    array([0.025, 0.025, 0.025])
    """
    if not np.array_equal(source.channel, background.channel):
        raise DataError(
            "background",
            expected=f"channels {source.channel[0]} to {source.channel[-1]}, as the source has",
            got=f"{background.channel[0]} to {background.channel[-1]}",
            next_step="Take the background that was extracted with this source.",
        )
    of_source, of_background = (
        each.exposure_s * each.area_scale * each.back_scale for each in (source, background)
    )
    return of_source / of_background


def _scale(table: Extension, name: str) -> np.ndarray:
    """A scale that may be a keyword or a column; 1 where it is neither."""
    n = len(table.column("CHANNEL"))
    if name not in table.columns:
        return np.full(n, table.positive(name, 1.0))
    values = table.numbers(name)
    if (values <= 0).any():
        raise table.problem(f"{name} above 0", f"{values.min():g}", "Correct the column.")
    return values


def _good(table: Extension, n: int) -> np.ndarray:
    # As a keyword QUALITY is one flag for all channels; 0 is good (OGIP/92-007, section 3.2.1).
    flags = table.columns.get("QUALITY", np.full(n, table.header.get("QUALITY", 0)))
    return np.asarray(flags) == 0


def _files(table: Extension) -> dict[str, str]:
    keys = {"response": "RESPFILE", "area": "ANCRFILE", "background": "BACKFILE"}
    named = {what: str(table.header.get(key, "")).strip() for what, key in keys.items()}
    return {what: name for what, name in named.items() if name and name.lower() != "none"}


def _gap(channel: np.ndarray) -> str:
    if len(channel) == 0:
        return "none"
    place = int(np.argmax(np.diff(channel) != 1))
    return f"{channel[place]:g} before {channel[place + 1]:g}"
