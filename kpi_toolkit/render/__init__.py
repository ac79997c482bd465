"""An executed notebook as pages: read once, then HTML and PDF from the same document."""

import sys

_GRAMMARS = "rfc3987_syntax"


def _import_nbformat() -> None:
    """Import it without the parsers of IRIs, of which no notebook has any: where rfc3987_syntax is
    installed, jsonschema makes 38 of them, which takes a second.
    """
    left_out = not {_GRAMMARS, "jsonschema"} & sys.modules.keys()
    if left_out:
        sys.modules[_GRAMMARS] = None  # type: ignore[assignment]
    try:
        import nbformat  # noqa: F401
    finally:
        if left_out:
            del sys.modules[_GRAMMARS]


_import_nbformat()
