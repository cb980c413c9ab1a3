"""The shape that every notebook of the set has on disk. Each check returns the problems that it found."""

import ast
import itertools
import re

import nbformat

LONGEST_CELL = 40
COMPARED = "nbval-check-output"  # the tag that `pytest --nbval-lax` looks for
STATED = re.compile(r"^\*\*Level\*\* .+\*\*Time\*\* .+\*\*Memory\*\* .+$", re.MULTILINE)
ABSOLUTE_PATH = re.compile(r"(?<![\w./:~<-])/[A-Za-z][\w.-]*/[\w.-]+|(?<!\w)~/\w|\b[A-Za-z]:[\\/]+\w")
SECTIONS = ("Exercises", "Limits", "Cite")
CHECKS = {}


def check(function):
    CHECKS[function.__name__] = function
    return function


@check
def is_valid(notebook):
    ids = [cell.get("id") for cell in notebook.cells]
    if len(set(ids)) < len(ids):
        return ["two cells have one id"]  # which nbformat would mend in passing
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        return [str(error).splitlines()[0]]
    return []


@check
def begins_with_its_only_title(notebook):
    titles = [title for _, level, title in all_headings(notebook) if level == 1]
    start = notebook.cells[0].source.partition("\n")[0]
    if is_markdown(notebook.cells[0]) and [start] == [f"# {title}" for title in titles]:
        return []
    return [
        f"expected one heading of level 1, in the first line; found {titles}, and {start!r} in the first line"
    ]


@check
def headings_skip_no_level(notebook):
    found = all_headings(notebook)
    pairs = itertools.pairwise(found)
    return [
        f"cell {at}: {title!r} jumps from {before} to {level}"
        for (_, before, _), (at, level, title) in pairs
        if level > before + 1
    ]


@check
def sections_are_numbered_in_order(notebook):
    titles = [title for _, level, title in all_headings(notebook) if level == 2]
    expected = [f"{number} · " for number in range(1, len(titles) + 1)]
    return [
        f"expected {start!r}, found {title!r}"
        for start, title in zip(expected, titles, strict=True)
        if not title.startswith(start)
    ]


@check
def says_level_time_and_memory(notebook):
    return (
        []
        if STATED.search(notebook.cells[0].source)
        else ["the first cell has no line **Level** **Time** **Memory**"]
    )


@check
def says_what_you_will_be_able_to_do(notebook):
    _, found, after = notebook.cells[0].source.partition("You will be able to")
    points = re.findall(r"^- ", after, re.MULTILINE)
    return (
        []
        if found and 2 <= len(points) <= 5
        else [f"expected 'You will be able to' and 2 to 5 points, found {len(points)}"]
    )


@check
def says_what_you_need_and_where_things_are(notebook):
    opening = "\n".join(cell.source for cell in notebook.cells[:3] if is_markdown(cell))
    wanted = {"**Before you start**": "prerequisites", "|---|": "a table of what is where"}
    return [f"no {what} before the first code" for mark, what in wanted.items() if mark not in opening]


@check
def has_one_cell_of_parameters(notebook):
    found = tagged(notebook, "parameters")
    if len(found) != 1:
        return [f"expected one cell tagged parameters, found {len(found)}"]
    at, cell = found[0]
    return [
        f"cell {at}, line {line.lineno}: not NAME = literal"
        for line in ast.parse(cell.source).body
        if not is_simple_assignment(line)
    ]


@check
def imports_come_first(notebook):
    code = [(at, cell) for at, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    (first, imports), *others = code
    problems = [] if all(is_import(line) for line in parsed(imports)) else [f"cell {first}: not only imports"]
    return problems + [
        f"cell {at}: imports belong into cell {first}"
        for at, cell in others
        if "solution" not in tags(cell)
        and any(is_import(line) for line in ast.walk(ast.Module(parsed(cell), [])))
    ]


@check
def words_come_before_code(notebook):
    problems, heading, has_words = [], "the start", False
    for at, cell in enumerate(notebook.cells):
        if is_markdown(cell):
            for block in re.split(r"^(?=#+ )", cell.source, flags=re.MULTILINE):
                title = re.match(r"#+ (.+)\n?", block)
                if title:
                    heading, has_words = title[1], False
                has_words |= bool(block[title.end() if title else 0 :].strip())
        elif not has_words:
            problems.append(f"cell {at}: code before any words in section {heading!r}")
    return problems


@check
def checkpoints_assert(notebook):
    cells = notebook.cells
    places = [at for at, cell in enumerate(cells) if is_markdown(cell) and "**Checkpoint.**" in cell.source]
    if not places:
        return ["no checkpoint"]
    return [
        f"cell {at}: the checkpoint is not followed by code that asserts"
        for at in places
        if at + 1 == len(cells) or not asserts(cells[at + 1])
    ]


@check
def exercises_have_folded_solutions(notebook):
    exercises, solutions = tagged(notebook, "exercise"), tagged(notebook, "solution")
    followed = [at + 1 for at, _ in exercises]
    problems = [] if exercises else ["no exercise"]
    if followed != [at for at, _ in solutions]:
        problems.append(f"solutions expected in cells {followed}, found in {[at for at, _ in solutions]}")
    hidden = "source_hidden"
    return problems + [
        f"cell {at}: the solution is not folded away"
        for at, cell in solutions
        if not cell.metadata.get("jupyter", {}).get(hidden)
    ]


@check
def ends_with_exercises_limits_and_cite(notebook):
    titles = [title.split(" · ")[-1] for _, level, title in all_headings(notebook) if level == 2]
    ordered = [title for title in titles if title in SECTIONS]
    return (
        []
        if tuple(ordered) == SECTIONS
        else [f"expected the sections {', '.join(SECTIONS)}, found {ordered}"]
    )


@check
def has_outputs_only_where_compared(notebook):
    """nbval refuses compared output without an execution count, and passes a compared cell without output."""
    problems = []
    for at, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        compared = COMPARED in tags(cell)
        counts = [cell.execution_count, *(output.get("execution_count") for output in cell.outputs)]
        if compared and not (cell.outputs and cell.execution_count):
            problems.append(f"cell {at}: nothing to compare with (output and execution count)")
        if not compared and (cell.outputs or any(counts)):
            problems.append(f"cell {at}: committed with output or an execution count")
    return problems


@check
def tags_are_known(notebook):
    """A misspelt tag does nothing, silently."""
    known = {"parameters", "exercise", "solution", "hero", COMPARED}
    return [
        f"cell {at}: unknown tag {tag!r}"
        for at, cell in enumerate(notebook.cells)
        for tag in tags(cell)
        if tag not in known
    ]


@check
def cells_are_short(notebook):
    lengths = [(at, len(cell.source.splitlines())) for at, cell in enumerate(notebook.cells)]
    return [
        f"cell {at}: {length} lines, {LONGEST_CELL} at most"
        for at, length in lengths
        if length > LONGEST_CELL
    ]


@check
def names_no_absolute_path(notebook):
    found = [(at, ABSOLUTE_PATH.search(cell.source)) for at, cell in enumerate(notebook.cells)]
    return [f"cell {at}: {hit[0]!r}" for at, hit in found if hit]


@check
def pictures_in_words_have_alt_text(notebook):
    bare = re.compile(r"!\[\s*\]\(|<img(?![^>]*\balt=[\"'][^\"']+)", re.IGNORECASE)
    return [
        f"cell {at}: a picture without alt text"
        for at, cell in enumerate(notebook.cells)
        if is_markdown(cell) and bare.search(cell.source)
    ]


# --- reading a notebook -------------------------------------------------------------------------------------


def read(path):
    """Read a notebook exactly as it is on disk; `nbformat.read` repairs what it can."""
    return nbformat.reader.reads(path.read_text(encoding="utf-8"))


def is_markdown(cell):
    return cell.cell_type == "markdown"


def tags(cell):
    return cell.metadata.get("tags", [])


def tagged(notebook, tag):
    return [(at, cell) for at, cell in enumerate(notebook.cells) if tag in tags(cell)]


def headings(cell):
    """(level, title) of the headings of a Markdown cell; lines in fenced code are none."""
    outside = re.sub(r"^```.*?^```", "", cell.source, flags=re.MULTILINE | re.DOTALL)
    return [(len(marks), title) for marks, title in re.findall(r"^(#{1,6}) +(.+)$", outside, re.MULTILINE)]


def all_headings(notebook):
    return [
        (at, *found)
        for at, cell in enumerate(notebook.cells)
        if is_markdown(cell)
        for found in headings(cell)
    ]


def parsed(cell):
    return ast.parse(cell.source).body


def is_import(node):
    return isinstance(node, ast.Import | ast.ImportFrom)


def asserts(cell):
    return cell.cell_type == "code" and any(
        isinstance(node, ast.Assert) for node in ast.walk(ast.parse(cell.source))
    )


def is_simple_assignment(line):
    if not (
        isinstance(line, ast.Assign) and len(line.targets) == 1 and isinstance(line.targets[0], ast.Name)
    ):
        return False
    try:
        ast.literal_eval(line.value)
    except ValueError:
        return False
    return True
