"""Each check of the shape passes a small good notebook and finds its own fault in a broken copy."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from tests.notebooks.shape import CHECKS, COMPARED

OPENING = """# A title

**Level** first steps · **Time** 5 minutes · **Memory** under 1 GB

You will be able to

- read;
- write.
"""
NEEDS = "**Before you start**: nothing.\n\n| here | there |\n|---|---|\n| x | y |"
SECTION = """## 1 · Numbers

Some words, at 10³⁹ erg/s and 1/2.

```
# no heading, but code
```

### Deeper

More words."""
FOLDED = {"tags": ["solution"], "jupyter": {"source_hidden": True}}


def good():
    printed, compared = new_output("stream", text="1\n"), {"tags": [COMPARED]}
    return nbformat.v4.new_notebook(
        cells=[
            new_markdown_cell(OPENING),
            new_markdown_cell(NEEDS),
            new_code_cell("import numpy as np\nfrom math import pi"),
            new_code_cell('n = 3  # how many\nlabel = "x"\nscale = -1.5', metadata={"tags": ["parameters"]}),
            new_markdown_cell(SECTION),
            new_code_cell("print(np.ones(1))", outputs=[printed], execution_count=1, metadata=compared),
            new_markdown_cell("**Checkpoint.** You expect one."),
            new_code_cell("if n:\n    assert pi > n"),
            new_markdown_cell("## 2 · Exercises"),
            new_markdown_cell("**Exercise.** Try.", metadata={"tags": ["exercise"]}),
            new_code_cell("import os\nos.sep", metadata=FOLDED),
            new_markdown_cell("## 3 · Limits\n\nMany.\n\n## 4 · Cite\n\nUs. ![a picture](x.png)"),
        ]
    )


TITLE, NEEDED, IMPORTS, PARAMETERS, WORDS, PRINTS, CHECKPOINT, ASSERTS, EXERCISES, EXERCISE, SOLUTION, END = (
    range(12)
)


def rewrite(at, old, new):
    def change(notebook):
        assert old in notebook.cells[at].source
        notebook.cells[at].source = notebook.cells[at].source.replace(old, new)

    return change


def drop(at):
    return lambda notebook: notebook.cells.pop(at)


def tag(at, *names):
    return lambda notebook: notebook.cells[at].metadata.update(tags=list(names))


def insert(at, cell):
    return lambda notebook: notebook.cells.insert(at, cell)


def field(at, **values):
    return lambda notebook: notebook.cells[at].update(values)


def same_ids(notebook):
    for cell in notebook.cells:
        cell.id = "same"


SOME_OUTPUT = [new_output("stream", text="x")]
A_COUNT = [new_output("execute_result", data={"text/plain": "1"}, execution_count=1)]
BROKEN = [
    ("is_valid", field(PRINTS, outputs=[{"output_type": "nonsense"}])),
    ("is_valid", same_ids),
    ("begins_with_its_only_title", drop(TITLE)),
    ("begins_with_its_only_title", rewrite(TITLE, "# A title", "Hello\n\n# A title")),
    ("begins_with_its_only_title", rewrite(WORDS, "## 1", "# 1")),
    ("begins_with_its_only_title", insert(0, new_code_cell("1"))),
    ("headings_skip_no_level", rewrite(WORDS, "### Deeper", "#### Deeper")),
    ("sections_are_numbered_in_order", rewrite(END, "## 4", "## 5")),
    ("sections_are_numbered_in_order", rewrite(WORDS, "1 · ", "")),
    ("says_level_time_and_memory", rewrite(TITLE, "**Memory** under 1 GB", "")),
    ("says_level_time_and_memory", rewrite(TITLE, "first steps ", "\n")),
    ("says_what_you_will_be_able_to_do", rewrite(TITLE, "You will be able to", "Contents")),
    ("says_what_you_will_be_able_to_do", rewrite(TITLE, "- write.", "")),
    ("says_what_you_need_and_where_things_are", rewrite(NEEDED, "**Before you start**", "Hm")),
    ("says_what_you_need_and_where_things_are", rewrite(NEEDED, "|---|---|", "")),
    ("has_one_cell_of_parameters", tag(PARAMETERS)),
    ("has_one_cell_of_parameters", tag(IMPORTS, "parameters")),
    ("has_one_cell_of_parameters", rewrite(PARAMETERS, "n = 3", "n = int(3)")),
    ("has_one_cell_of_parameters", rewrite(PARAMETERS, "n = 3", "n = m = 3")),
    ("has_one_cell_of_parameters", rewrite(PARAMETERS, "n = 3", "print(3)")),
    ("imports_come_first", rewrite(IMPORTS, "from math import pi", "pi = 3")),
    ("imports_come_first", rewrite(ASSERTS, "if n:", "import os\nif n:")),
    ("imports_come_first", rewrite(ASSERTS, "if n:", "if n:\n    from os import sep")),
    ("imports_come_first", drop(IMPORTS)),
    ("words_come_before_code", rewrite(WORDS, "More words.", "")),
    ("words_come_before_code", drop(EXERCISE)),
    ("checkpoints_assert", rewrite(ASSERTS, "assert pi > n", "print(pi)")),
    ("checkpoints_assert", drop(CHECKPOINT)),
    ("checkpoints_assert", rewrite(END, "Us.", "**Checkpoint.**")),
    ("exercises_have_folded_solutions", field(SOLUTION, metadata={"tags": ["solution"]})),
    ("exercises_have_folded_solutions", drop(SOLUTION)),
    ("exercises_have_folded_solutions", tag(EXERCISE)),
    ("exercises_have_folded_solutions", insert(SOLUTION, new_markdown_cell("Think."))),
    ("ends_with_exercises_limits_and_cite", rewrite(END, "Limits", "The end")),
    ("ends_with_exercises_limits_and_cite", drop(EXERCISES)),
    ("has_outputs_only_where_compared", field(ASSERTS, outputs=SOME_OUTPUT)),
    ("has_outputs_only_where_compared", field(ASSERTS, outputs=A_COUNT)),
    ("has_outputs_only_where_compared", field(ASSERTS, execution_count=1)),
    ("has_outputs_only_where_compared", field(PRINTS, outputs=[])),
    ("has_outputs_only_where_compared", field(PRINTS, execution_count=None)),
    ("tags_are_known", tag(PRINTS, "nbval-check")),
    ("cells_are_short", rewrite(ASSERTS, "if n:", "pass\n" * 40 + "if n:")),
    ("names_no_absolute_path", rewrite(PARAMETERS, '"x"', '"/data/x.csv"')),
    ("names_no_absolute_path", rewrite(PARAMETERS, '"x"', '"C:' + "\\\\" + 'data"')),
    ("names_no_absolute_path", rewrite(WORDS, "Some words", "See ~/notes")),
    ("pictures_in_words_have_alt_text", rewrite(END, "![a picture]", "![]")),
    ("pictures_in_words_have_alt_text", rewrite(END, "![a picture](x.png)", '<img src="x.png">')),
]


@pytest.mark.parametrize("check", CHECKS)
def test_a_good_notebook_passes(check):
    assert CHECKS[check](good()) == []


@pytest.mark.parametrize(
    ("check", "breaks"), BROKEN, ids=[f"{check}-{i}" for i, (check, _) in enumerate(BROKEN)]
)
def test_a_broken_notebook_is_found(check, breaks):
    notebook = good()
    breaks(notebook)
    assert CHECKS[check](notebook)


def test_every_check_was_seen_to_fail():
    assert {check for check, _ in BROKEN} == set(CHECKS)
