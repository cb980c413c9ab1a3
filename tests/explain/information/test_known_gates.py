"""`pid` on gates with known answers, against brute force, and under what must not change it."""

import itertools

import numpy as np
import pytest

from astrokit.explain import pid
from astrokit.explain.information.broja import least_information
from astrokit.explain.information.maximum_entropy import maximum_entropy
from astrokit.explain.information.pmf import read_pmf
from astrokit.explain.information.terms import information
from tests.truth.pid_gates import ATOMS, GATES, rows, shared_gates

MEASURES = ("broja", "mmi", "i_min", "ccs", "sx", "pointwise")
SIX_DIGITS = 1.05e-6  # the known answers are rounded to six digits; ccs of "jeff" came from a rough solver
CCS_OF_JEFF = np.log2(9 / 8) / 2  # by hand: the maximum entropy distribution of "jeff" is known


def atoms(decomposition):
    return np.array(list(decomposition.atoms.values()))


def random_tables():
    """Dense, sparse and deterministic tables of 2 to 4 symbols."""
    rng = np.random.default_rng(11)
    tables = [rng.dirichlet(np.ones(8)).reshape(2, 2, 2) for _ in range(4)]
    for _ in range(4):
        sparse = rng.dirichlet(np.full(27, 0.3)).reshape(3, 3, 3) * (rng.random((3, 3, 3)) < 0.5)
        sparse[0, 0, 0] += 0.01
        tables.append(sparse / sparse.sum())
    tables += [rng.dirichlet(np.ones(64)).reshape(4, 4, 4) for _ in range(2)]
    gate = np.zeros((4, 4, 4))
    gate[np.repeat(range(4), 4), np.tile(range(4), 4), rng.integers(4, size=16)] = rng.dirichlet(np.ones(16))
    return [*tables, gate]


TABLES = random_tables()
DEGENERATE = {
    "x1 constant": [(0, 0, 0, 0.4), (0, 1, 1, 0.4), (0, 1, 0, 0.2)],
    "x2 constant": [(0, 0, 0, 0.4), (1, 0, 1, 0.4), (1, 0, 0, 0.2)],
    "y constant": [(0, 0, 0, 0.5), (1, 1, 0, 0.5)],
    "all constant": [(0, 0, 0, 1.0)],
    "copies of four symbols": [(k, k, k, 0.25) for k in range(4)],
    "a row of probability 0": [(0, 0, 0, 0.5), (1, 1, 1, 0.5), (2, 3, 1, 0.0)],
    "a rare event": [(0, 0, 0, 0.5 - 1e-9), (1, 1, 1, 0.5), (0, 1, 1, 1e-9)],
    "sum of four symbols": [(i, j, i + j, 1 / 16) for i in range(4) for j in range(4)],
}


@pytest.mark.parametrize("measure", ["broja", "mmi", "i_min", "ccs", "sx"])
@pytest.mark.parametrize("gate", GATES)
def test_a_gate_decomposes_as_known(gate, measure):
    tolerance = 1e-5 if (gate, measure) in {("jeff", "ccs"), ("rand", "ccs")} else SIX_DIGITS
    assert atoms(pid(rows(gate), measure=measure)) == pytest.approx(ATOMS[gate][measure], abs=tolerance)


def test_ccs_of_jeff_is_right_where_the_known_answer_is_rough():
    assert pid(rows("jeff"), measure="ccs").redundant == pytest.approx(CCS_OF_JEFF, abs=1e-7)


def test_the_copied_constants_are_those_of_the_shared_file():
    shared = shared_gates()
    if shared is None:
        pytest.skip("needs ../shared/truth/pid_gates.json beside the project")
    for name, gate in shared.items():
        assert {tuple(row[:3]): row[3] for row in gate["pmf"]} == pytest.approx(
            {row[:3]: row[3] for row in rows(name)}
        )
        for measure, known in ATOMS[name].items():
            assert tuple(gate[measure][atom] for atom in ("R", "U1", "U2", "S")) == pytest.approx(known)
    assert set(shared) == set(GATES)


@pytest.mark.parametrize("p", TABLES[:4])
def test_broja_finds_the_least_information_of_a_grid_over_binary_tables(p):
    """With two symbols everywhere, one number for each y spans all q with the marginals of p."""
    turn = np.array([[1.0, -1.0], [-1.0, 1.0]])
    least = np.inf
    limits = [(-min(p[0, 0, y], p[1, 1, y]), min(p[0, 1, y], p[1, 0, y])) for y in (0, 1)]
    for a, b in itertools.product(*(np.linspace(low, high, 120) for low, high in limits)):
        q = p + np.stack([a * turn, b * turn], axis=-1)
        least = min(least, information(np.clip(q, 0, None), 0, 1))
    found = information(least_information(p), 0, 1)
    assert least - 2e-3 < found <= least + 1e-8


@pytest.mark.parametrize("p", [*TABLES, *(read_pmf(table) for table in DEGENERATE.values())])
def test_no_exchange_lowers_the_information_that_broja_found(p):
    """Exchanges (x1, x2), (x1', x2') <-> (x1, x2'), (x1', x2) at one y span all that keeps the marginals."""
    q = least_information(p)
    found = information(q, 0, 1)
    for a, b in itertools.combinations(range(p.shape[0]), 2):
        for c, d in itertools.combinations(range(p.shape[1]), 2):
            for y in range(p.shape[2]):
                up, down = min(q[a, d, y], q[b, c, y]), min(q[a, c, y], q[b, d, y])
                for step in np.outer([up, -down], [1, 0.1, 1e-2, 1e-3, 1e-4]).ravel():
                    moved = q.copy()
                    moved[[a, b], [c, d], y] += step
                    moved[[a, b], [d, c], y] -= step
                    assert information(np.clip(moved, 0, None), 0, 1) > found - 1e-6


@pytest.mark.parametrize("p", [TABLES[0], TABLES[9]])
def test_the_maximum_entropy_distribution_is_that_of_proportional_fitting(p):
    fitted = np.ones(p.shape)
    for _ in range(3000):
        for axis in range(3):
            fitted *= p.sum(axis=axis, keepdims=True) / fitted.sum(axis=axis, keepdims=True)
    assert maximum_entropy(p) == pytest.approx(fitted, abs=2e-6)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("number", range(len(TABLES)))
def test_the_atoms_sum_to_the_joint_information(number, measure):
    p = TABLES[number]
    found = pid(p, measure=measure, unit="nats")
    assert found.total == pytest.approx(information(p, 0, 1), abs=1e-12)
    assert sum(found.atoms.values()) == pytest.approx(found.total, abs=1e-7)
    assert abs(found.residual) < 1e-7
    assert found.redundant + found.unique1 == pytest.approx(information(p, 0), abs=1e-7)
    assert found.redundant + found.unique2 == pytest.approx(information(p, 1), abs=1e-7)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("number", range(len(TABLES)))
def test_swapping_the_sources_swaps_the_unique_atoms(number, measure):
    redundant, unique1, unique2, synergistic = atoms(pid(TABLES[number], measure=measure))
    swapped = pid(TABLES[number].transpose(1, 0, 2), measure=measure)
    assert atoms(swapped) == pytest.approx([redundant, unique2, unique1, synergistic], abs=2e-6)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("number", range(len(TABLES)))
def test_new_names_for_the_symbols_change_nothing(number, measure):
    p, rng = TABLES[number], np.random.default_rng(number)
    moved = p[np.ix_(*(rng.permutation(size) for size in p.shape))]
    assert atoms(pid(moved, measure=measure)) == pytest.approx(atoms(pid(p, measure=measure)), abs=2e-6)


@pytest.mark.parametrize("p", TABLES)
def test_broja_stays_within_its_bounds(p):
    found = pid(p, measure="broja")
    of_1, of_2 = found.redundant + found.unique1, found.redundant + found.unique2
    least = max(0.0, of_1 + of_2 - found.total)
    assert least - 1e-6 <= found.redundant <= min(of_1, of_2) + 1e-6
    assert min(found.atoms.values()) > -1e-6
    assert found.redundant <= pid(p, measure="mmi").redundant + 1e-6


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("name", DEGENERATE)
def test_a_degenerate_table_decomposes(name, measure):
    found = pid(DEGENERATE[name], measure=measure)
    assert np.isfinite(atoms(found)).all()
    assert abs(found.residual) < 1e-7


def test_degenerate_answers_are_those_of_reason():
    def of(name):
        return atoms(pid(DEGENERATE[name], measure="broja"))

    assert of("x1 constant")[[0, 1, 3]] == pytest.approx(0, abs=1e-6)
    assert of("x2 constant")[[0, 2, 3]] == pytest.approx(0, abs=1e-6)
    assert of("y constant") == pytest.approx(0, abs=1e-9)
    assert of("copies of four symbols") == pytest.approx([2, 0, 0, 0], abs=1e-6)
    assert of("a row of probability 0") == pytest.approx([1, 0, 0, 0], abs=1e-6)
    assert of("a rare event") == pytest.approx([1, 0, 0, 0], abs=1e-6)


def test_rows_and_the_array_are_one_table():
    p = TABLES[5]
    table = [(f"a{i}", j, float(k), p[i, j, k]) for i, j, k in np.argwhere(p >= 0)]
    for same in (table, np.array(table, dtype=object), p.tolist()):
        assert atoms(pid(same, measure="sx")) == pytest.approx(atoms(pid(p, measure="sx")), abs=1e-12)


def test_rows_that_repeat_add_up():
    split = [(0, 0, 0, 0.25), (0, 0, 0, 0.25), (1, 1, 1, 0.5)]
    assert pid(split, measure="mmi").redundant == pytest.approx(1)


def test_bits_and_nats_differ_by_the_logarithm_of_two():
    bits, nats = (atoms(pid(rows("jeff"), measure="ccs", unit=unit)) for unit in ("bits", "nats"))
    assert nats == pytest.approx(np.log(2) * bits)


def test_the_pointwise_measure_is_the_expected_lesser_information_with_its_misinformation():
    """Of "and": i(x1; y) is log2 2/3 or log2 4/3 for y = 0, by hand."""
    low, high, certain = np.log2(2 / 3), np.log2(4 / 3), 1.0
    expected = 0.25 * (high + low + low + certain)
    assert pid(rows("and"), measure="pointwise").redundant == pytest.approx(expected)
    assert low < 0


def test_the_result_reads_well_and_cannot_be_changed():
    found = pid(rows("and"))
    assert repr(found).splitlines()[0] == "Decomposition (broja, bits), total 0.8113"
    assert "-0.0000" not in repr(found)
    assert [row["atom"] for row in found.as_table()] == [*found.atoms, "total"]
    assert found.as_table()[0]["share"] == pytest.approx(found.redundant / found.total)
    with pytest.raises(AttributeError):
        found.redundant = 1.0
