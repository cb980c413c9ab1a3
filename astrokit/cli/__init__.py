"""The command line: `astrokit run`, `sweep`, `results`, `list`, `data` and `doctor`.

Only what `--help` needs is imported here; each command imports the rest when it is called.
"""

import enum
import sys
from pathlib import Path
from typing import Annotated

import typer

from .. import __version__
from ..errors import AstrokitError, DataError
from .data import data_app

app = typer.Typer(
    name="astrokit",
    help="Explore what deep models learned about the sky.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(data_app, name="data")


def _print_version(asked: bool) -> None:
    if asked:
        print(f"astrokit {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop."),
    ] = False,
) -> None:
    pass


class Profile(enum.StrEnum):
    """How much work a notebook does."""

    fast = "fast"
    full = "full"


@app.command()
def run(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Notebooks of the set, or paths of .ipynb files."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="The whole set.")] = False,
    parameters: Annotated[
        list[str] | None,
        typer.Option(
            "-p", "--parameter", metavar="NAME=VALUE", help="Goes to the notebooks that declare it. Repeat."
        ),
    ] = None,
    profile: Annotated[Profile, typer.Option(help="For the notebooks that declare it.")] = Profile.fast,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Results: DIR/NAME/notebook.ipynb and record.json.")
    ] = None,
    timeout: Annotated[float | None, typer.Option(metavar="S", help="Seconds that each may take.")] = None,
    jobs: Annotated[int, typer.Option("-j", "--jobs", metavar="N", help="How many run at once.")] = 1,
    gallery: Annotated[bool, typer.Option("--gallery", help="Also write DIR/index.html.")] = False,
) -> None:
    """Execute notebooks, each in a process of its own.

    Exit code 0 only if all are ok. DIR is runs/, or gallery/ with --gallery.
    """
    from .running import run_notebooks

    code = run_notebooks(
        names or [],
        everything=everything,
        assignments=parameters or [],
        profile=profile.value,
        out=out or Path("gallery" if gallery else "runs"),
        timeout_s=timeout,
        jobs=jobs,
        gallery=gallery,
    )
    raise typer.Exit(code)


@app.command()
def sweep(
    spec: Annotated[Path, typer.Argument(metavar="SPEC.yaml", help="Notebooks, values, limits.")],
    jobs: Annotated[
        int | None, typer.Option("-j", "--jobs", metavar="N", help="How many run at once, on this machine.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Use the workers of this Dask scheduler.")
    ] = None,
    slurm: Annotated[
        Path | None, typer.Option(metavar="CONFIG", help="Submit workers to Slurm; a YAML file.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Run what is missing or failed in DIR.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Default: sweeps/ and SPEC's name.")] = None,
) -> None:
    """Run notebooks with many sets of parameters; what is interrupted goes on with --resume.

    Exit code 0 only if all runs are done. docs/sweeps.md shows a whole spec.
    """
    from .sweeping import run_sweep

    place = {"jobs": jobs, "scheduler": scheduler, "slurm": slurm}
    raise typer.Exit(run_sweep(spec, out=out or Path("sweeps", spec.stem), resume=resume, **place))


@app.command()
def results(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a sweep.")],
    pages: Annotated[bool, typer.Option(help="Also a page for each run, for a click to open.")] = True,
) -> None:
    """Write the tables of a sweep anew, and DIR/results.html: metrics against parameters, linked."""
    from .sweeping import show_results

    raise typer.Exit(show_results(folder, pages=pages))


@app.command("list")
def list_notebooks() -> None:
    """List the notebooks of the set and their parameters."""
    from .listing import print_notebooks

    print_notebooks()


@app.command("doctor")
def examine() -> None:
    """Check this installation; exit code 1 if something has to be done."""
    from .doctor import report

    raise typer.Exit(report())


def main() -> None:
    """Run the command line; an error that astrokit raises on purpose is one line, not a traceback."""
    try:
        app()
    except AstrokitError as error:
        print(f"astrokit: {error}", file=sys.stderr)
        sys.exit(1 if isinstance(error, DataError) else 2)
