"""Notebooks are found by name or path, and described without running them."""

import pytest

from astrokit.errors import NotebookError
from astrokit.run.catalogue import describe, find, notebook_set, notebooks_folder, plain_markdown, read


@pytest.fixture
def the_set(notebook, tmp_path, monkeypatch):
    folder = tmp_path / "set"
    for name in ("00-start-here", "pulsating-ulx"):
        notebook(folder / f"{name}.ipynb", (f"# Title of {name}", None))
    monkeypatch.setenv("ASTROKIT_NOTEBOOKS", str(folder))
    return folder


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("pulsating-ulx", "pulsating-ulx"),
        ("pulsating_ulx", "pulsating-ulx"),
        ("pulsating-ulx.ipynb", "pulsating-ulx"),
        ("Pulsating_ULX", "pulsating-ulx"),
        ("00-start-here", "00-start-here"),
        ("start-here", "00-start-here"),
    ],
)
def test_a_name_of_the_set_is_found_however_it_is_written(the_set, name, found):
    assert [n.name for n in find([name])] == [found]


def test_the_set_is_in_teaching_order_and_knows_its_titles(the_set):
    assert [n.title for n in notebook_set()] == ["Title of 00-start-here", "Title of pulsating-ulx"]


def test_a_path_is_found_outside_the_set(notebook, tmp_path):
    path = notebook(tmp_path / "mine.ipynb", "1")
    assert [n.path for n in find([str(path), path])] == [path]


def test_an_unknown_name_is_an_error_that_lists_the_known_ones(the_set):
    with pytest.raises(NotebookError, match="expected one of 00-start-here, pulsating-ulx"):
        find(["pulsating-ulxx"])


@pytest.mark.parametrize(
    ("name", "meant"),
    [("start-heer", "00-start-here"), ("00-strat-here", "00-start-here"), ("Pulsating_UXL", "pulsating-ulx")],
)
def test_a_misspelt_name_gets_the_one_that_was_meant(the_set, name, meant):
    with pytest.raises(NotebookError, match=rf"Did you mean {meant}\?"):
        find([name])


def test_a_name_like_no_other_gets_no_guess(the_set):
    with pytest.raises(NotebookError) as raised:
        find(["galaxies"])
    assert "Did you mean" not in str(raised.value)


@pytest.mark.parametrize("name", ["no/such.ipynb", "../00-start-here", "./x.txt"])
def test_a_path_to_nothing_is_an_error(the_set, name):
    with pytest.raises(NotebookError, match="an existing"):
        find([name])


def test_two_files_of_one_name_would_share_their_results(notebook, tmp_path):
    paths = [notebook(tmp_path / folder / "same.ipynb", "1") for folder in ("a", "b")]
    with pytest.raises(NotebookError, match="one file per name"):
        find(paths)


@pytest.mark.parametrize("name", ["..ipynb", "...ipynb"])
def test_a_file_name_that_would_leave_the_results_folder_is_refused(notebook, tmp_path, name):
    with pytest.raises(NotebookError, match="does not begin with a dot"):
        find([notebook(tmp_path / name, "1")])


def test_without_any_folder_the_error_says_where_it_looked(monkeypatch, tmp_path):
    monkeypatch.setenv("ASTROKIT_NOTEBOOKS", str(tmp_path / "nowhere"))
    with pytest.raises(NotebookError, match="nowhere"):
        notebooks_folder()


@pytest.mark.parametrize(
    "facts",
    [
        "**Level:** beginner · **Time:** 5 min · **Memory:** 1 GB",
        "**Level** beginner · **Time** 5 min · **Memory** 1 GB",
        "Level: beginner | Time: 5 min | Memory: 1 GB",
        "| Level | beginner |\n| Time | 5 min |\n| Memory | 1 GB |",
    ],
)
def test_a_notebook_states_level_time_and_memory(notebook, tmp_path, facts):
    path = notebook(tmp_path / "x.ipynb", (f"# A *title*\n\n{facts}\n\nThe first\nparagraph.", None))
    about = describe(read(path), "x")
    assert (about.title, about.summary) == ("A title", "The first paragraph.")
    assert (about.level, about.time, about.memory) == ("beginner", "5 min", "1 GB")


def test_marks_of_markdown_are_taken_off_and_names_kept():
    assert plain_markdown("**a** `b_c_d` *e\nf* [g](h) 3 < 4 <b>i</b>") == "a b_c_d e f g 3 < 4 i"
