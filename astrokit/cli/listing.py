"""`astrokit list`: the notebooks of the set, what they need, and what can be set."""

from ..errors import NotebookError
from ..run.catalogue import Notebook, describe, notebook_set, notebooks_folder, read
from ..run.parameters import declared


def print_notebooks() -> None:
    """Print each notebook of the set with its title, level, time, memory and parameters."""
    notebooks = notebook_set()
    if not notebooks:
        print(f"no notebooks in {notebooks_folder()}")
    for notebook in notebooks:
        print("\n".join(_lines(notebook)))


def _lines(notebook: Notebook) -> list[str]:
    try:
        content = read(notebook.path)
        parameters = declared(content, notebook.name)
    except NotebookError as error:
        return [notebook.name, f"    {error}"]
    about = describe(content, notebook.name)
    needs = " | ".join(fact for fact in (about.level, about.time, about.memory) if fact)
    lines = [notebook.name, f"    {about.title}"]
    if needs:
        lines.append(f"    {needs}")
    return lines + [f"    -p {parameter}" for parameter in parameters.values()]
