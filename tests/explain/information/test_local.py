"""`pid_local`: atoms from pointwise informations that are already there."""

import numpy as np
import pytest

from astrokit.errors import ParameterError
from astrokit.explain import pid, pid_local
from astrokit.explain.information.terms import pointwise
from tests.truth.pid_gates import rows


def events(name):
    """Pointwise informations of the rows of a gate whose events are equally likely."""
    table = rows(name)
    symbols = np.array([[int(symbol) for symbol in row[:3]] for row in table])
    p = np.zeros(symbols.max(axis=0) + 1)
    p[tuple(symbols.T)] = [row[3] for row in table]
    parts = [np.broadcast_to(pointwise(p, *sources), p.shape) for sources in ((0,), (1,), (0, 1))]
    return [part[tuple(symbols.T)] for part in parts]


@pytest.mark.parametrize("measure", ["mmi", "pointwise"])
@pytest.mark.parametrize("gate", ["and", "synergy", "cat"])
def test_pointwise_informations_of_a_gate_give_its_atoms(gate, measure):
    found = pid_local(*events(gate), measure=measure)
    assert found.atoms == pytest.approx(pid(rows(gate), measure=measure).atoms)
    assert set(found.intervals) == {*found.atoms, "total"}


def test_rows_of_a_group_are_drawn_together():
    values = np.random.default_rng(0).normal(size=(3, 50))
    repeated = np.repeat(values, 16, axis=1)
    alone, grouped = (
        pid_local(*repeated, groups=groups).intervals["total"]
        for groups in (None, np.repeat(np.arange(50), 16))
    )
    assert np.ptp(grouped) / np.ptp(alone) == pytest.approx(4, rel=0.25)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"both": [1.0, np.nan]}, "1 values not finite"),
        ({"both": [1.0]}, r"\(1,\)"),
        ({"measure": "broja"}, "mmi, pointwise"),
        ({"groups": [1]}, "groups"),
        ({"n_bootstraps": 1}, "n_bootstraps"),
    ],
)
def test_what_is_wrong_is_said(change, message):
    with pytest.raises(ParameterError, match=message):
        pid_local(**{"first": [1.0, 2.0], "second": [1.0, 0.0], "both": [1.0, 3.0], **change})
