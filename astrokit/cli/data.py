"""`astrokit data`: list, fetch and verify the registered data sets."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

import typer

data_app = typer.Typer(help="The registered data sets: list, fetch, verify.", no_args_is_help=True)

Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Data sets; all if none.")]


@data_app.command("list")
def list_data() -> None:
    """Show the registered data sets and whether they are on this machine."""
    from ..data import describe, names, verify

    for name in names():
        known, problems = describe(name), verify(name)
        here = "here" if not problems else f"{len(problems)} of {len(known.files)} files not here or wrong"
        print(f"{name}\n    {known.title}\n    {len(known.files)} files, {_megabytes(known.bytes)}, {here}")
        print(f"    {known.source}\n    licence: {known.licence}")


@data_app.command()
def fetch(names: Names = None) -> None:
    """Download what is missing, and check every file against its hash."""
    from rich.progress import DownloadColumn, Progress

    from ..data import describe, fetch

    # Of all data sets, those that have a public address.
    chosen = [name for name in _chosen(names) if names or not describe(name).survey]
    with Progress(*Progress.get_default_columns(), DownloadColumn(), transient=True) as bars:
        for name in chosen:
            bar = bars.add_task(name, total=describe(name).bytes)
            files = fetch(name, progress=lambda _, done, total: bars.update(bar, completed=done, total=total))  # noqa: B023
            bars.remove_task(bar)
            bars.console.print(f"{name}: {len(files)} files, all right", highlight=False)


@data_app.command()
def verify(
    names: Names = None,
    files: Annotated[
        bool, typer.Option("--files", help="Also name each file that is missing or wrong.")
    ] = False,
) -> None:
    """Check the files that are here against their hashes; exit code 1 if one is missing or wrong."""
    from ..data import describe, verify

    wrong = 0
    for name in _chosen(names):
        problems = verify(name)
        wrong += len(problems)
        print(f"{name}: {len(describe(name).files)} files, {_summary(problems)}")
        for problem in problems if files else ():
            print(f"    {problem.path} is {problem.problem} (got {problem.got}) at {problem.location}")
    if wrong:
        print("next: astrokit data fetch" + ("" if files else " (or --files to see which)"))
    raise typer.Exit(1 if wrong else 0)


def _summary(problems: Sequence[Any]) -> str:
    """How many files have which problem: "all right", or "2 missing, 1 wrong"."""
    counts = Counter(problem.problem for problem in problems)
    return ", ".join(f"{count} {problem}" for problem, count in counts.items()) or "all right"


def _chosen(given: list[str] | None) -> tuple[str, ...]:
    from ..data import describe, names

    for name in given or ():
        describe(name)  # An unknown name is an error before the first download.
    return tuple(given) if given else names()


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
