"""Known graphs come back; bad tables are refused; bootstraps say how sure an edge is."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest

from astrokit.errors import ParameterError
from astrokit.explain import CausalGraph, Knowledge, discover
from astrokit.explain.causal.columns import as_columns
from astrokit.explain.causal.discovery import majority
from astrokit.explain.causal.independence import Linear, Mixed


def found(data, **options) -> CausalGraph:
    return discover(data, progress=False, **options)


def collider(n=2000, random_state=0):
    rng = np.random.default_rng(random_state)
    mass, dust = rng.normal(size=(2, n))
    return {"mass": mass, "dust": dust, "colour": mass + dust + 0.5 * rng.normal(size=n)}


def chain(n=2000, random_state=0):
    rng = np.random.default_rng(random_state)
    a = rng.normal(size=n)
    b = a + rng.normal(size=n)
    return {"a": a, "b": b, "c": b + rng.normal(size=n)}


def lines(graph):
    return sorted(str(edge) for edge in graph.edges)


@pytest.mark.parametrize("test", ["fisherz", "mixed", "kci"])
def test_a_collider_has_its_arrows(test):
    assert lines(found(collider(), test=test)) == ["dust --> colour", "mass --> colour"]


def test_a_chain_has_no_direction():
    assert lines(found(chain())) == ["a --- b", "b --- c"]


def test_fci_leaves_room_for_hidden_causes():
    graph = found(collider(), algorithm="fci")
    assert graph.kind == "pag"
    assert lines(graph) == ["dust o-> colour", "mass o-> colour"]
    truth = np.zeros((3, 3))
    truth[[0, 1], 2] = 1
    assert graph.shd(truth) == 0


def test_knowledge_directs_a_chain():
    assert lines(found(chain(), knowledge=Knowledge(tiers=[["a"], ["b", "c"]]))) == ["a --> b", "b --> c"]
    assert "b --> a" in lines(found(chain(), knowledge=Knowledge(required=[("b", "a")])))


@pytest.mark.parametrize(
    ("knowledge", "message"),
    [
        (Knowledge(forbidden=[("a", "zeta")]), "zeta"),
        (Knowledge(tiers=[["a"], ["b"]], required=[("b", "a")]), "both"),
        (Knowledge(tiers=[["a", "b"], ["a"]]), "two tiers"),
        (Knowledge(required=[("a", "b"), ("b", "c"), ("c", "a")]), "without a cycle"),
        (Knowledge(required=["ab"]), "pairs"),
        (Knowledge(tiers=["ab"]), "lists of names"),
        ({"a": "b"}, "a Knowledge, got dict"),
    ],
)
def test_knowledge_that_cannot_be_is_refused(knowledge, message):
    with pytest.raises(ParameterError, match=message):
        found(chain(200), knowledge=knowledge)


@pytest.mark.parametrize("algorithm", ["pc", "fci"])
def test_what_is_required_stays_and_what_is_forbidden_goes(algorithm):
    data = {**chain(), "d": np.random.default_rng(9).normal(size=2000)}
    graph = found(data, algorithm=algorithm, knowledge=Knowledge(required=[("d", "a")]))
    assert "d --> a" in lines(graph)
    assert graph.p_values[0, 3] > 0.05  # that the data see nothing is still told
    never = found(data, algorithm=algorithm, knowledge=Knowledge(forbidden=[("a", "b"), ("b", "a")]))
    assert never.marks[0, 1] == 0


def test_the_linear_test_is_that_of_the_library():
    from causallearn.utils.cit import CIT

    data = np.column_stack(list(collider(300).values()))
    ours, theirs = Linear(as_columns(data, None, [])), CIT(data, "fisherz")
    for pair in ((0, 1), (0, 2), (1, 2)):
        given = [k for k in range(3) if k not in pair]
        for known in ([], given):
            assert ours(*pair, known) == pytest.approx(theirs(*pair, known), abs=1e-12)


def test_the_clearest_set_tells_colliders_from_chains():
    assert lines(found(collider(), colliders="clearest")) == ["dust --> colour", "mass --> colour"]
    assert lines(found(chain(), colliders="clearest")) == ["a --- b", "b --- c"]


@pytest.mark.parametrize("test", ["fisherz", "chisq", "mixed"])
def test_what_does_not_vary_in_resampled_rows_gets_no_edge(test):
    rng = np.random.default_rng(0)
    x = rng.normal(size=60)
    rare = np.arange(60) == 0
    data = {"x": x, "rare": rare * 1.5, "y": x + rng.normal(size=60)}
    if test == "chisq":
        data = {"x": x > 0, "rare": rare, "y": x > 0.3}
    if test == "mixed":
        data = {"x": x, "rare": rare, "y": x > 0.3}
    graph = found(data, test=test, bootstraps=20)
    assert lines(graph) == ["x --- y"]
    assert graph.frequency[0, 1] <= 0.6


def test_few_rows_of_many_variables_can_be_resampled():
    graph = found(np.random.default_rng(0).normal(size=(40, 30)), bootstraps=3)
    assert graph.n_bootstraps == 3


def test_tables_of_astropy_are_read():
    from astropy.table import Table

    assert lines(found(Table(chain()))) == ["a --- b", "b --- c"]


@pytest.mark.parametrize(
    "column",
    [
        np.array(["a", None] * 25, dtype=object),
        np.array(["a", float("nan")] * 25, dtype=object),
        pd.array([1, None] * 25, dtype="Int64"),
        pd.Series(["a", None] * 25, dtype="string"),
        np.ma.array(np.arange(50.0), mask=np.arange(50) % 2 == 1),
    ],
)
def test_what_is_missing_is_no_category(column):
    with pytest.raises(ParameterError, match="25 of 50 in 'k'"):
        found({"x": np.arange(50.0), "k": column})


def test_numbers_and_categories_together():
    rng = np.random.default_rng(3)
    kind = rng.choice(["spiral", "elliptical", "irregular"], 3000)
    gas = (kind == "spiral") + rng.normal(size=3000)
    colour = gas + rng.normal(size=3000)
    graph = found(pd.DataFrame({"kind": kind, "gas": gas, "colour": colour}))
    assert graph.test == "mixed"
    assert lines(graph) == ["gas --- colour", "kind --- gas"]


def test_the_mixed_test_is_fishers_for_two_numbers():
    data = chain(300, random_state=5)
    linear, mixed = (found(data, test=test) for test in ("fisherz", "mixed"))
    np.testing.assert_allclose(mixed.p_values, linear.p_values, atol=0.02)


@pytest.mark.parametrize(("pair", "given"), [((1, 2), [0]), ((0, 1), [2])])
def test_the_mixed_test_keeps_its_level(pair, given):
    p_values = []
    for seed in range(400):
        rng = np.random.default_rng(seed)
        kind = rng.integers(0, 3, 150)
        x, y = rng.normal(size=(2, 150))
        x, y = (x + kind, y + kind) if given == [0] else (x + y, y)  # what is given explains the two
        columns = as_columns({"kind": kind, "x": x, "y": y}, None, ["kind"])
        p_values.append(Mixed(columns)(*pair, given))
    assert kstest(p_values, "uniform").pvalue > 0.01


def test_categories_are_texts_truth_values_and_few_integers():
    rng = np.random.default_rng(0)
    data = {"few": rng.integers(0, 3, 100), "many": rng.integers(0, 1000, 100), "flag": rng.random(100) < 0.5}
    assert found(data).test == "mixed"
    with pytest.raises(ParameterError, match="many"):
        found(data, test="chisq")


def test_q_values_are_never_below_p_values_and_an_edge_has_the_largest_of_its_tests():
    graph = found(collider())
    upper = np.triu_indices(3, 1)
    assert (graph.q_values[upper] >= graph.p_values[upper]).all()
    by_name = {str(edge): edge for edge in graph.edges}
    assert by_name["mass --> colour"].p_value < 1e-10
    assert graph.p_values[0, 1] > 0.05  # mass and dust, which no edge joins
    assert np.isnan(by_name["mass --> colour"].frequency)


def test_bootstraps_say_how_often_an_edge_is_found():
    graph = found(collider(300), bootstraps=20)
    assert graph.n_bootstraps == 20
    assert graph.whole.edges
    assert all(edge.frequency > 0.5 and edge.same_mark > 0.5 for edge in graph.edges)
    assert "20 bootstraps" in graph.text()


def test_bootstraps_repeat_with_the_seed_and_in_other_processes():
    one, two = (found(collider(200), bootstraps=8, random_state=3, n_jobs=n) for n in (1, 2))
    np.testing.assert_array_equal(one.marks, two.marks)
    np.testing.assert_array_equal(one.frequency, two.frequency)


def test_rows_of_a_group_are_drawn_together():
    data = collider(60)
    repeated = {name: np.repeat(values, 20) for name, values in data.items()}
    alone = found(repeated, bootstraps=30)
    grouped = found(repeated, bootstraps=30, groups=np.repeat(np.arange(60), 20))
    pair = (0, 1)  # independent by nature; 60 sources seen 20 times each look like 1,200 that agree
    assert grouped.frequency[pair] != alone.frequency[pair]


def test_the_majority_takes_the_most_frequent_marks():
    marks = np.zeros((5, 2, 2), dtype=np.int8)
    marks[:3, 0, 1], marks[:3, 1, 0] = 2, 1  # -->
    marks[3, 0, 1], marks[3, 1, 0] = 1, 1  # ---
    chosen, frequency, same_mark = majority(marks)
    assert (chosen[0, 1], chosen[1, 0]) == (2, 1)
    assert frequency[0, 1] == pytest.approx(0.8)
    assert same_mark[0, 1] == pytest.approx(0.75)
    assert majority(marks[2:])[0].any()
    assert not majority(marks[[3, 4, 4]])[0].any()


def test_kernels_see_what_lines_do_not_and_say_how_many_rows_they_saw():
    rng = np.random.default_rng(0)
    x = rng.normal(size=3000)
    data = {"x": x, "y": x**2 + 0.3 * rng.normal(size=3000)}
    assert found(data, test="fisherz", alpha=0.001).edges == []
    graph = found(data, test="kci", alpha=0.001)
    assert lines(graph) == ["x --- y"]
    assert (graph.n_samples, graph.n_used) == (3000, 500)
    assert "500 of them" in graph.text()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"data": {"a": np.arange(50.0), "b": np.full(50, np.nan)}}, "'b'"),
        ({"data": {"a": np.arange(50.0), "b": np.ones(50)}}, "constant"),
        ({"data": {"a": np.arange(50.0), "b": np.arange(49.0)}}, "length"),
        ({"data": {"a": np.arange(50.0)}}, "two columns"),
        ({"data": np.zeros((5, 2, 2))}, "shape"),
        ({"data": {"a": np.arange(20.0), "b": np.arange(20.0) ** 2}}, "30 rows"),
        ({"data": {"a": np.arange(50.0), "b": 2 * np.arange(50.0)}, "test": "fisherz"}, "eigenvalue"),
        ({"data": {"a": np.arange(60).astype(str), "b": np.arange(60.0)}}, "50 categories"),
        ({"data": {"a": np.arange(50.0), "b": np.arange(50.0) * 1j}}, "complex"),
        ({"data": {"a": np.arange(50.0), "b": np.ones((50, 2))}}, r"\(50, 2\)"),
        ({"data": np.random.default_rng(0).normal(size=(30, 31))}, "more rows than the 31 columns"),
        ({"data": {"a": ["x", "y"] * 25, "b": np.arange(50.0)}, "test": "fisherz"}, "texts in a"),
        ({"test": "magic"}, "magic"),
        ({"test": "chisq"}, "fisherz"),
        ({"algorithm": "ges"}, "ges"),
        ({"alpha": 0}, "alpha"),
        ({"alpha": "0.05"}, "alpha"),
        ({"colliders": "v"}, "separation or clearest"),
        ({"bootstraps": -1}, "bootstraps"),
        ({"bootstraps": 2.5}, "a whole number"),
        ({"bootstraps": 2, "groups": [1, 2]}, "one for each of 50 rows"),
        ({"n_jobs": 0}, "1 or more processes"),
        ({"names": ["a", "a", "b"]}, "different"),
        ({"categories": ["d"]}, "d"),
    ],
)
def test_a_table_that_cannot_be_searched_gets_one_clear_error(change, message):
    with pytest.raises(ParameterError, match=message):
        found(**{"data": chain(50), **change})


def test_nothing_is_printed(capsys):
    found(collider(100), algorithm="fci", knowledge=Knowledge(tiers=[["mass", "dust"], ["colour"]]))
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


@pytest.mark.parametrize(
    ("truth", "message"),
    [
        ([[0, 1, 0], [0, 0, 1], [1, 0, 0]], "cycle"),
        ([[0, 1], [0, 0]], "shape"),
        ([[0, 2, 0], [0, 0, 0], [0, 0, 0]], "0 and 1"),
    ],
)
def test_a_truth_that_is_no_graph_is_refused(truth, message):
    with pytest.raises(ParameterError, match=message):
        found(chain(50)).shd(truth)


def test_the_distance_counts_missing_added_and_turned_edges():
    graph = found(chain())  # a --- b --- c
    assert graph.shd([[0, 1, 0], [0, 0, 1], [0, 0, 0]]) == 0  # a chain: no direction can be known
    assert graph.shd([[0, 1, 0], [0, 0, 0], [0, 1, 0]]) == 2  # a collider: both edges have arrows
    assert graph.shd(np.zeros((3, 3))) == 2
    assert graph.shd([[0, 1, 1], [0, 0, 1], [0, 0, 0]]) == 1  # a and c are joined too
