"""An executed notebook as pages: read once, then HTML and PDF from the same document."""

import sys


def _import_jsonschema() -> None:
    """Import what nbformat needs without the parsers of IRIs, of which no notebook has any: where
    rfc3987_syntax is installed, jsonschema makes 38 of them, which takes a second.
    """
    absent = "rfc3987_syntax" not in sys.modules and "jsonschema" not in sys.modules
    if absent:
        sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    try:
        import jsonschema  # noqa: F401
    finally:
        if absent:
            del sys.modules["rfc3987_syntax"]


_import_jsonschema()
