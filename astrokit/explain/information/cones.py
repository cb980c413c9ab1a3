"""Entropy maximised under linear constraints: exponential cones, solved by clarabel."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import AstrokitError

TOLERANCE = 1e-10


def maximise_entropy(top: np.ndarray, whole: Any, equal: Any, to: np.ndarray) -> np.ndarray:
    """Maximise sum_c q_c log(w_c / q_c) subject to `equal` q = `to` and q >= 0, where w = `whole` (q, 1).

    Each term is one exponential cone (r_c, q_c, w_c): q exp(r / q) <= w, with r to be maximised (Makkeh,
    Theis & Vicente 2018).

    Parameters
    ----------
    top : (n_cones,)
        The index of q in each cone.
    whole : sparse (n_cones, n_variables + 1)
        w as a linear function of q and 1.
    equal : (n_equal, n_variables), may be sparse
        Rows of full rank.
    to : (n_equal,)

    Returns
    -------
    (n_variables,)
        q, not negative.
    """
    import clarabel
    from scipy import sparse

    n_cones, n_variables = len(top), equal.shape[1]
    free = np.setdiff1d(np.arange(n_variables), top)
    size = n_variables + n_cones
    # clarabel wants A z + s = b with s in the cones, and minimises; z holds q first, then r.
    part = sparse.csc_matrix(whole)
    picks = [
        sparse.eye(n_cones, size, k=n_variables),
        sparse.eye(n_variables, size, format="csr")[top],
        sparse.hstack([part[:, :-1], sparse.csc_matrix((n_cones, n_cones))]),
    ]
    # Stacked as all r, all q, all w, and then put in the order r, q, w of each cone.
    turn = np.arange(3 * n_cones).reshape(3, n_cones).T.ravel()
    cone = sparse.vstack(picks, format="csr")[turn]
    shift = np.zeros((n_cones, 3))
    shift[:, 2] = part[:, -1].toarray()[:, 0]
    blocks = [
        sparse.hstack([sparse.csc_matrix(equal), sparse.csc_matrix((len(to), n_cones))]),
        -sparse.eye(n_variables, size, format="csr")[free],
        -cone,
    ]
    cones = [clarabel.ZeroConeT(len(to)), clarabel.NonnegativeConeT(len(free))]
    cones += [clarabel.ExponentialConeT()] * n_cones
    solution = clarabel.DefaultSolver(
        sparse.csc_matrix((size, size)),
        np.concatenate([np.zeros(n_variables), -np.ones(n_cones)]),
        sparse.vstack(blocks, format="csc"),
        np.concatenate([to, np.zeros(len(free)), shift.ravel()]),
        cones,
        _settings(),
    ).solve()
    if solution.status not in (clarabel.SolverStatus.Solved, clarabel.SolverStatus.AlmostSolved):
        raise AstrokitError(
            "the convex program",
            expected="a solution",
            got=f"{solution.status} after {solution.iterations} steps, {n_variables} variables",
            next_step="Merge symbols of very small probability, or use the measure 'mmi'.",
        )
    return np.clip(np.array(solution.x)[:n_variables], 0, None)


def _settings() -> Any:
    import clarabel

    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = TOLERANCE
    # A program that stalls this close to the optimum is still right to the sixth digit of a bit.
    settings.reduced_tol_gap_abs = settings.reduced_tol_gap_rel = settings.reduced_tol_feas = 1e-7
    settings.max_threads = 1
    return settings
