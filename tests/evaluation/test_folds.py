import threading

import numpy as np
import pytest

from astrokit.errors import DataError
from astrokit.evaluation import assign_folds, out_of_fold
from astrokit.progress import Progress, listening

LABELS = np.repeat(["common", "rare"], [90, 11])


def test_each_fold_has_its_share_of_each_class():
    folds = assign_folds(LABELS, 5)
    assert np.bincount(folds[LABELS == "common"]).tolist() == [18] * 5
    assert set(np.bincount(folds[LABELS == "rare"])) == {2, 3}


def test_rows_of_one_source_are_judged_together():
    source = np.arange(300) % 60
    labels = np.where(source % 3 == 0, "a", "b")
    folds = assign_folds(labels, 5, groups=source)
    assert all(len(set(folds[source == each])) == 1 for each in range(60))
    assert set(folds) == set(range(5))
    for fold in range(5):
        assert 0 < (labels[folds == fold] == "a").mean() < 0.7


def test_folds_are_those_of_their_seed():
    np.testing.assert_array_equal(assign_folds(LABELS, random_state=3), assign_folds(LABELS, random_state=3))
    assert (assign_folds(LABELS, random_state=3) != assign_folds(LABELS, random_state=4)).any()


def test_a_class_that_cannot_be_in_every_fold_is_named():
    with pytest.raises(DataError, match="classes with fewer: rare 3"):
        assign_folds(["common"] * 20 + ["rare"] * 3, 5)
    of_one_source = ["common"] * 40 + ["rare"] * 40
    with pytest.raises(DataError, match="rare 2"):
        assign_folds(of_one_source, 5, groups=[*range(40), *([40, 41] * 20)])


def test_no_row_is_predicted_by_a_model_that_has_seen_it():
    folds = assign_folds(LABELS, 4)

    def nearest_seen(learn, judge):
        assert not set(learn) & set(judge)
        assert len(learn) + len(judge) == len(LABELS)
        return np.stack([judge, judge**2], axis=1)

    predicted = out_of_fold(nearest_seen, folds)
    np.testing.assert_array_equal(predicted, np.stack([np.arange(101), np.arange(101) ** 2], axis=1))


def test_folds_may_be_judged_beside_each_other():
    meeting = threading.Barrier(2, timeout=20)

    def predict(learn, judge):
        meeting.wait()
        return judge

    np.testing.assert_array_equal(out_of_fold(predict, np.arange(40) % 4, n_threads=2), np.arange(40))


def test_who_listens_to_the_progress_hears_of_every_fold():
    heard = []

    def predict(learn, judge):
        with Progress(1, "fitting") as bar:
            bar.advance(1)
        return judge

    with listening(lambda *said: heard.append(said)):
        out_of_fold(predict, np.arange(40) % 4, n_threads=2)
    assert heard.count(("fitting", 1, 1)) == 4


def test_without_rows_there_is_nothing_to_predict():
    with pytest.raises(DataError, match="at least one row"):
        out_of_fold(lambda learn, judge: judge, [])
