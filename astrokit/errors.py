"""The errors of astrokit: each one says what was expected, what came, and what to do next."""


class AstrokitError(Exception):
    """Base of every error that astrokit raises on purpose.

    Parameters
    ----------
    what : str
        The thing that is wrong: a file, a column, a parameter.
    expected, got : object
        What the code needed and what it was given, with numbers where there are any.
    next_step : str
        One sentence that tells the reader what to do now.

    Examples
    --------
    >>> print(AstrokitError("column 'rate'", expected="a number", got="abc", next_step="Fix row 3."))
    column 'rate': expected a number, got abc. Fix row 3.
    """

    def __init__(self, what: str, *, expected: object, got: object, next_step: str) -> None:
        self.what = what
        self.expected = expected
        self.got = got
        self.next_step = next_step
        super().__init__(f"{what}: expected {expected}, got {got}. {next_step}")

    def __reduce__(self):
        # Exceptions cross process borders (pools, Dask); the default protocol loses keyword arguments.
        return _rebuild, (type(self), self.what, self.expected, self.got, self.next_step)


def _rebuild(
    kind: type[AstrokitError], what: str, expected: object, got: object, next_step: str
) -> AstrokitError:
    return kind(what, expected=expected, got=got, next_step=next_step)


class DataError(AstrokitError):
    """A file or table is not what the registry, the format or physics says that it must be."""


class FetchError(DataError):
    """A registered file could be reached neither locally nor at its public address."""


class ParameterError(AstrokitError):
    """A parameter has an unknown name, a wrong type, or a value outside its range."""


class NotebookError(AstrokitError):
    """A notebook could not be found, read, or run."""
