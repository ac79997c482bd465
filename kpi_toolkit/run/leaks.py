"""The last look before anything is kept: no file may hold a secret of the environment.

A notebook gets its passwords from the environment, and papermill keeps whatever a cell prints.
"""

import base64
import html
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus, unquote, urlsplit

from kpi_toolkit.archive.rows import ArtifactKind
from kpi_toolkit.errors import RunError

_SECRET = re.compile(
    r"PASSW(OR)?D|SECRET|TOKEN|CREDENTIAL|(^|_|API|ACCESS|PRIVATE)KEYS?(_|$)", re.I
)
_SHORTEST = 8


def refuse_secrets(
    files: Mapping[ArtifactKind, bytes], environment: Mapping[str, str] = os.environ
) -> None:
    """Raise RunError when a file holds a secret: as it is, escaped, URL-encoded or in base64."""
    for kind, content in files.items():
        if name := leaked(content, environment):
            raise RunError(
                f"its {kind} holds the value of the environment variable {name}; let no cell show "
                "it; nothing was archived"
            )


def leaked(content: bytes, environment: Mapping[str, str] = os.environ) -> str | None:
    """The name of a variable whose secret the content holds."""
    return next((name for name, form in _forms(environment) if form in content), None)


def without_secrets(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """A sentence, unless it holds a secret."""
    name = leaked(text.encode(errors="replace"), environment)
    return f"a sentence that holds the value of the variable {name}" if name else text


def _forms(environment: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    for name, value in environment.items():
        for secret in _secrets(name, value):
            for form in _written(secret):
                yield name, form


def _secrets(name: str, value: str) -> Iterable[str]:
    """A value by its variable's name, line by line; the password in an address by any name."""
    found = value.splitlines() if _SECRET.search(name) else []
    return {secret for secret in (*found, _password(value)) if len(secret) >= _SHORTEST}


def _password(value: str) -> str:
    try:
        return unquote(urlsplit(value).password or "")
    except ValueError:
        return ""


def _written(secret: str) -> set[bytes]:
    raw = secret.encode(errors="surrogateescape")
    texts = {
        quote(raw),
        quote(raw, safe=""),
        quote_plus(raw),
        html.escape(secret),
        html.escape(secret, quote=False),
        secret.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&#34;"),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
    }
    forms = {text.encode(errors="surrogateescape") for text in texts}
    return forms | {raw} | set(_base64(raw))


def _base64(raw: bytes) -> Iterator[bytes]:
    """The letters that stay the same whatever stands around the secret, as in user:password."""
    for before in range(3):
        text = base64.b64encode(b"\0" * before + raw).rstrip(b"=")
        inner = text[(0, 2, 3)[before] : -1]
        yield inner
        yield inner.replace(b"+", b"-").replace(b"/", b"_")
