"""Tables of numbers in the gallery: real and simulated apart, the paper only beside what it has too."""

from dataclasses import replace

import pytest

from astrokit.run.gallery_labels import label
from astrokit.run.gallery_numbers import tables
from tests.run.test_gallery import GOOD

PLAIN = {"value": 1, "interval": None, "unit": None, "paper": None}
POPULATION = {"name": "ulx-population", "role": "study", "simulated": True}
SWIFT = {"name": "swift-ulx-results", "role": "truth_check", "simulated": False}


def made(names, data, **metric):
    return tables(replace(GOOD, metrics={name: {**PLAIN, **metric} for name in names}, data=data))


def kinds(found):
    return {number.key: table.kind for table in found for number in table.numbers}


def test_real_numbers_stand_apart_from_simulated_ones_and_before_them():
    found = made(["recall", "swift_auc", "swift auc: hardness"], [POPULATION, SWIFT])
    assert [(table.kind, table.data) for table in found] == [
        ("real", "swift-ulx-results"),
        ("simulated", "ulx-population"),
    ]
    assert kinds(found) == {"swift_auc": "real", "swift auc: hardness": "real", "recall": "simulated"}


@pytest.mark.parametrize("name", ["ulx_recall", "swiftly", "truth", "auc swift", "", "_"])
def test_a_number_is_of_what_was_studied_unless_its_name_begins_as_that_of_other_data(name):
    assert kinds(made([name], [POPULATION, SWIFT])) == {name: "simulated"}


def test_a_simulated_check_does_not_pass_for_real():
    real, check = {**POPULATION, "simulated": False}, {**SWIFT, "simulated": True}
    assert kinds(made(["recall", "swift_auc"], [real, check])) == {"recall": "real", "swift_auc": "simulated"}


def test_a_study_of_both_kinds_of_data_says_both():
    other = {**POPULATION, "name": "other", "simulated": False}
    assert [table.kind for table in made(["recall"], [POPULATION, other])] == ["real and simulated"]


def test_numbers_without_data_have_no_kind():
    assert [table.kind for table in made(["recall"], [])] == [""]


def test_the_paper_stands_only_beside_what_it_has_too():
    metrics = {"alone": PLAIN, "both": {**PLAIN, "paper": 0}, "wide": {**PLAIN, "interval": [0, 1]}}
    beside, others = tables(replace(GOOD, metrics=metrics, data=[POPULATION]))
    assert [number.key for number in beside.numbers] == ["both"]
    assert (beside.beside_paper, beside.has_intervals) == (True, False)
    assert [number.key for number in others.numbers] == ["wide", "alone"]
    assert (others.beside_paper, others.has_intervals) == (False, True)


def test_a_unit_stays_beside_the_number_and_the_paper():
    (table,) = made(["energy"], [], value=2.5, unit="keV", paper=3)
    assert (table.numbers[0].value, table.numbers[0].paper) == ("2.5 keV", "3 keV")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("recall_left_out", "Recall left out"),
        ("ari_mixture_hdbscan", "ARI mixture HDBSCAN"),
        ("swift auc: peak luminosity", "Swift AUC: peak luminosity"),
        ("n_candidate_observations", "Number of candidate observations"),
        ("separation_100000_s", "Separation, 100000 s"),
        ("kev_per_bin", "keV per bin"),
        ("auc_XMM-Newton", "AUC XMM-Newton"),
        ("n", "N"),
        ("", ""),
    ],
)
def test_a_key_becomes_words_with_known_spellings(key, words):
    assert label(key) == words
