"""BROJA: unique information as the least that any distribution with the same source-target pairs leaves.

Bertschinger, Rauh, Olbrich, Jost & Ay 2014; as a program over exponential cones, Makkeh, Theis & Vicente
2018.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .cones import maximise_entropy
from .decomposition import Decomposition
from .terms import information, margin


def decompose_broja(p: np.ndarray) -> Decomposition:
    """The atoms of Bertschinger et al. 2014, in nats: U1 = I_q(X1; Y | X2) at the q of `least_information`.

    The residual shows how far the solver's marginals are from those of p.
    """
    q = least_information(p)
    joint, kept = information(p, 0, 1), information(q, 0, 1)
    unique1, unique2 = kept - information(q, 1), kept - information(q, 0)
    return Decomposition(
        redundant=information(p, 0) - unique1,
        unique1=unique1,
        unique2=unique2,
        synergistic=joint - kept,
        total=joint,
        measure="broja",
        unit="nats",
    )


def least_information(p: np.ndarray) -> np.ndarray:
    """The q(x1, x2, y) with q(x1, y) = p(x1, y) and q(x2, y) = p(x2, y) that minimises I(X1, X2; Y).

    Parameters
    ----------
    p : (n1, n2, ny)
        Without empty symbols.

    Returns
    -------
    (n1, n2, ny)

    Examples
    --------
    >>> xor = np.zeros((2, 2, 2))
    >>> xor[[0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0]] = 0.25
    >>> bool(information(least_information(xor), 0, 1) < 1e-6)
    True
    """
    with1, with2 = margin(p, 0, 2), margin(p, 1, 2)
    possible = (with1 > 0) & (with2 > 0)
    # Where one y alone is possible for (x1, x2), H(Y | x1, x2) is 0 whatever q is: no cone, no boundary.
    open_cells = possible & (possible.sum(axis=2, keepdims=True) > 1)
    if not open_cells.any():
        return with1 * with2 / margin(p, 2)
    cells = np.argwhere(possible)
    pair = cells[:, 0] * p.shape[1] + cells[:, 1]
    top = np.flatnonzero(open_cells[possible])
    equal, to = _source_target_constraints(with1[:, 0, :], with2[0], cells)
    q = np.zeros(p.shape)
    q[possible] = maximise_entropy(top, _sums_over_y(pair, top), equal, to)
    return q


def _sums_over_y(pair: np.ndarray, top: np.ndarray) -> Any:
    """q(x1, x2) for each cone: sparse (n_cones, n_cells + 1), the last column, a constant, 0."""
    from scipy import sparse

    belongs = sparse.csr_matrix((np.ones(len(pair)), (np.arange(len(pair)), pair)))
    whole = (belongs[top] @ belongs.T).tocsc()
    return sparse.hstack([whole, sparse.csc_matrix((len(top), 1))], format="csc")


def _source_target_constraints(
    with1: np.ndarray, with2: np.ndarray, cells: np.ndarray
) -> tuple[Any, np.ndarray]:
    """Rows q(x1, y) = p(x1, y) and q(x2, y) = p(x2, y); for each y one of them follows from the others."""
    from scipy import sparse

    first = cells[:, 0] * with1.shape[1] + cells[:, 2]
    second = with1.size + cells[:, 1] * with2.shape[1] + cells[:, 2]
    number = np.arange(len(cells))
    matrix = sparse.csr_matrix(
        (np.ones(2 * len(cells)), (np.concatenate([first, second]), np.tile(number, 2))),
        shape=(with1.size + with2.size, len(cells)),
    )
    follows = (with2 > 0).argmax(axis=0) * with2.shape[1] + np.arange(with2.shape[1])
    kept = np.concatenate([with1.ravel() > 0, with2.ravel() > 0])
    kept[with1.size + follows] = False
    return matrix[kept], np.concatenate([with1.ravel(), with2.ravel()])[kept]
