"""What every table of kpi.toml has in common."""

import datetime as dt
import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

Scalar = str | bool | int | float | dt.datetime | dt.date
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}\Z", re.ASCII)


def _slug(name: str) -> str:
    if not SLUG.match(name):
        raise ValueError("expected small letters, digits, - and _, at most 64")
    return name


Slug = Annotated[str, AfterValidator(_slug)]


def from_environment(url: str) -> str:
    """A URL may hold a password, so that a file names only the variable that holds it."""
    if url and not re.match(r"env:\w+\Z", url, re.ASCII):
        raise ValueError("expected 'env:NAME', the environment variable that holds the URL")
    return url


EnvironmentUrl = Annotated[str, AfterValidator(from_environment)]


class Section(BaseModel):
    """One table of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=False)
