"""What can be counted in a cell besides points: members of a set, categories, the mean of a value.

In Z-order each cell is one range [s, e) of points. A running count at every so many points, and a short
scan at the two ends, then answer for any cell at any zoom, and no pyramid per category is needed. In bytes
a point: a set of members takes 3/16, a category channel at most 2, a value channel 4.4.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .compiled import compiled

WORD = 64  # members: one word of bits between two running counts
VALUE_BLOCK = 32
NO_CATEGORY = 255


class Members(NamedTuple):
    """A set of rows as bits in Z-order, with the running count at each word."""

    bits: np.ndarray  # (n_words,) uint64
    before: np.ndarray  # (n_words,) uint32


class Categories(NamedTuple):
    """A code below 32 for each point in Z-order, with running counts per category at every `block` points."""

    codes: np.ndarray  # (n_points,) uint8, NO_CATEGORY where there is none
    before: np.ndarray  # (n_blocks, n_categories) uint32
    block: int


class Values(NamedTuple):
    """A value for each point in Z-order, with running sums (of the value less `centre`) at every block."""

    values: np.ndarray  # (n_points,) float32, NaN where there is none
    sums: np.ndarray  # (n_blocks,) float64
    before: np.ndarray  # (n_blocks,) uint32, how many were no NaN
    centre: float


@compiled
def pack_members(mask, order):
    """Bits, in Z-order, of a mask in the caller's order."""
    n, n_samples = len(order), len(mask)
    # Rows come in no order: an eighth of the memory to jump about in takes a third of the time.
    chosen = np.zeros(n_samples // WORD + 1, dtype=np.uint64)
    for place in range(n_samples):
        chosen[place >> 6] |= np.uint64(mask[place]) << np.uint64(place & 63)
    bits = np.zeros(n // WORD + 1, dtype=np.uint64)
    before = np.zeros(n // WORD + 1, dtype=np.uint32)
    total = 0
    for word in range(len(bits)):
        before[word] = total
        gathered = np.uint64(0)
        for k in range(word * WORD, min(n, (word + 1) * WORD)):
            row = np.int64(order[k])
            if row < n_samples:
                bit = (chosen[row >> 6] >> np.uint64(row & 63)) & np.uint64(1)
                gathered |= bit << np.uint64(k - word * WORD)
        total += bits_set(gathered)
        bits[word] = gathered
    return Members(bits, before)


@compiled
def pack_categories(codes, order, n_categories, block):
    """Codes in Z-order, from codes in the caller's order, with their running counts."""
    n = len(order)
    dealt = np.empty(n, dtype=np.uint8)
    before = np.zeros((n // block + 1, n_categories), dtype=np.uint32)
    total = np.zeros(n_categories, dtype=np.uint32)
    for k in range(n):
        if k % block == 0:
            before[k // block] = total
        dealt[k] = codes[order[k]]
        if dealt[k] != NO_CATEGORY:
            total[dealt[k]] += 1
    if n % block == 0:
        before[n // block] = total
    return Categories(dealt, before, block)


@compiled
def pack_values(values, order, centre):
    """Values in Z-order, from values in the caller's order, with their running sums."""
    n = len(order)
    dealt = np.empty(n, dtype=np.float32)
    sums = np.zeros(n // VALUE_BLOCK + 1, dtype=np.float64)
    before = np.zeros(n // VALUE_BLOCK + 1, dtype=np.uint32)
    total, n_values = 0.0, 0
    for k in range(n):
        if k % VALUE_BLOCK == 0:
            sums[k // VALUE_BLOCK], before[k // VALUE_BLOCK] = total, n_values
        dealt[k] = values[order[k]]
        if np.isfinite(dealt[k]):
            total += dealt[k] - centre
            n_values += 1
    if n % VALUE_BLOCK == 0:
        sums[n // VALUE_BLOCK], before[n // VALUE_BLOCK] = total, n_values
    return Values(dealt, sums, before, centre)


@compiled(inline="always")
def bits_set(word):
    """How many bits of a uint64 are set (Hamming weight by parallel addition)."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@compiled(inline="always")
def members_before(k, bits, before):
    """How many of the first `k` points are members."""
    word = k // WORD
    below = (np.uint64(1) << np.uint64(k % WORD)) - np.uint64(1)
    return np.int64(before[word]) + bits_set(bits[word] & below)


@compiled
def tally_members(spans, n, bits, before, out):
    """Count the members of each span (output cell, first, last) into its cell."""
    for k in range(n):
        inside = members_before(spans[k, 2], bits, before) - members_before(spans[k, 1], bits, before)
        out[spans[k, 0]] += np.uint32(inside)


@compiled
def tally_categories(spans, n, categories, out):
    """Count the categories of each span into its cell of `out` (n_categories, n_cells)."""
    codes, before, block = categories.codes, categories.before, categories.block
    n_categories = before.shape[1]  # a missing one, NO_CATEGORY, is above
    for k in range(n):
        cell, first, last = spans[k, 0], spans[k, 1], spans[k, 2]
        head, tail = -(-first // block), last // block
        if head < tail:
            for code in range(n_categories):
                out[code, cell] += before[tail, code] - before[head, code]
        else:  # within one block, or astride two: no running count helps
            head = tail = last // block + 1
        for p in range(first, min(head * block, last)):
            if codes[p] < n_categories:
                out[codes[p], cell] += np.uint32(1)
        for p in range(tail * block, last):
            if codes[p] < n_categories:
                out[codes[p], cell] += np.uint32(1)


@compiled
def tally_values(spans, n, values, out_sums, out_n):
    """Add the values of each span, less the centre, and how many there are, to its cell."""
    array, sums, before, centre = values.values, values.sums, values.before, values.centre
    for k in range(n):
        cell, first, last = spans[k, 0], spans[k, 1], spans[k, 2]
        head, tail = -(-first // VALUE_BLOCK), last // VALUE_BLOCK
        if head < tail:
            out_sums[cell] += sums[tail] - sums[head]
            out_n[cell] += before[tail] - before[head]
        else:
            head = tail = last // VALUE_BLOCK + 1
        for p in range(first, min(head * VALUE_BLOCK, last)):
            if np.isfinite(array[p]):
                out_sums[cell] += array[p] - centre
                out_n[cell] += np.uint32(1)
        for p in range(tail * VALUE_BLOCK, last):
            if np.isfinite(array[p]):
                out_sums[cell] += array[p] - centre
                out_n[cell] += np.uint32(1)
