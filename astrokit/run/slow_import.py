"""One import that nothing here needs, and that would cost every notebook two seconds."""

import sys


def skip_slow_import() -> None:
    """Keep jsonschema from loading `rfc3987_syntax`, which builds a grammar when it is imported.

    It is optional there, and checks web addresses in formats that no notebook schema uses.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
