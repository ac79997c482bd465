"""Finds kpi.toml and reads it; a file with mistakes is refused with all of them at once."""

import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kpi_toolkit.config.models import Config
from kpi_toolkit.config.tables import ColumnConfig
from kpi_toolkit.errors import NEAR, ConfigError, near_misses

NAME = "kpi.toml"
_NUL = re.compile(r"\\u0000|\\U00000000|\\x00|\0")


def find_config() -> Path | None:
    """The kpi.toml of the working folder or of the nearest parent that has one, else $KPI_CONFIG,
    else None.
    """
    named = os.environ.get("KPI_CONFIG")
    # Within a run, KPI_CONFIG is the file that the run was given, whatever lies in its folder.
    if named and os.environ.get("KPI_RUN"):
        return Path(named)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / NAME).is_file():
            return folder / NAME
    return Path(named) if named else None


def nearest(path: str | Path) -> Config:
    """The file, or, for the bare name, the one of the nearest folder above. Raises ConfigError."""
    if not isinstance(path, str | Path):
        raise ConfigError(f"{path!r}: expected the path of a kpi.toml")
    bare = Path(path) == Path(NAME) and not Path(path).is_file()
    return load(find_config() if bare else path)


def project_folder() -> Path | None:
    """The folder of the kpi.toml that `find_config` finds: its templates/ come first."""
    found = find_config()
    return (found if found.is_dir() else found.parent) if found else None


def load(path: "str | Path | None" = None) -> Config:
    """The configuration of a file, or of the one that `find_config` finds.

    Raises ConfigError with every mistake of the file, a line each.
    """
    found = Path(path) if path is not None else find_config()
    if found is None:
        raise ConfigError(
            f"there is no {NAME} in {Path.cwd()} or its parents, and KPI_CONFIG is not set; "
            "`kpi init` makes one"
        )
    if found.is_dir():
        found = found / NAME
    given = _parsed(found)
    if "root" in given:
        raise ConfigError(f"{found}: root: unknown key, {near_misses('root', _keys(Config))}")
    try:
        return Config.model_validate(given | {"root": found.resolve().parent})
    except ValidationError as error:
        told = list(_sentences(error.errors(include_url=False)))
    # Raised out here, since a chained ValidationError keeps its frames alive to the end of the
    # process.
    raise ConfigError(f"{found}: " + "\n  ".join(dict.fromkeys(told)))


def _parsed(path: Path) -> dict[str, Any]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        # No path, name or mark may hold one, and C would end a text there.
        if _NUL.search(text):
            raise ConfigError(f"{path}: it holds a NUL character (\\u0000)")
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{path}: it is not TOML: {error}; is a quote or a bracket missing there?"
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: it is not UTF-8 (byte {error.start})") from None
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None


def _sentences(details: Iterable[ErrorDetails]) -> Iterator[str]:
    """A sentence for each mistake, and one for all columns that stand under their table's own
    heading.
    """
    by_heading = groupby(details, key=_heading)
    for heading, found in by_heading:
        each = list(found)
        told = [_sentence(detail) for detail in each]
        if heading and not all(NEAR in sentence for sentence in told):
            keys = ", ".join(str(detail["loc"][-1]) for detail in each)
            yield (
                f"{heading}: {keys}: unknown key{'s' * (len(each) > 1)}; columns stand under "
                f"[{heading}.columns]: did that heading get lost?"
            )
        else:
            yield from told


def _heading(detail: ErrorDetails) -> str:
    """The table that an unknown key stands under; "" of other mistakes."""
    loc = detail["loc"]
    in_table = len(loc) == 3 and loc[0] in ("tables", "staging")
    return f"{loc[0]}.{loc[1]}" if in_table and detail["type"] == "extra_forbidden" else ""


def _sentence(detail: ErrorDetails) -> str:
    path = ".".join(str(part) for part in detail["loc"] if part != "[key]")
    if detail["type"] == "extra_forbidden":
        known = _keys(_model_at(detail["loc"][:-1]))
        return f"{path}: unknown key, {near_misses(detail['loc'][-1], known)}"
    if detail["type"] == "missing":
        return f"{path}: missing"
    if detail["type"] == "literal_error":
        expected = [
            part.strip(" '") for part in detail["ctx"]["expected"].replace(" or ", ",").split(",")
        ]
        return f"{path} {detail['input']!r}: {near_misses(detail['input'], expected)}"
    message = detail["msg"].removeprefix("Value error, ")
    # A literal URL may hold a password: it is not repeated.
    simple = isinstance(detail["input"], str | int | float) and detail["loc"][-1] != "url"
    shown = f" {detail['input']!r}" if simple else ""
    return f"{path}{shown}: {message[:1].lower() + message[1:]}"


def _keys(model: "type[BaseModel]") -> list[str]:
    return [name for name in model.model_fields if (model, name) != (Config, "root")]


def _model_at(loc: "tuple[int | str, ...]") -> "type[BaseModel]":
    """The model that a path of the file leads to; a dict's keys lead to the model of its values,
    the places of a list to that of its items.
    """
    annotation: Any = Config
    for part in (part for part in loc if isinstance(part, str)):
        if _is_model(annotation):
            field = annotation.model_fields.get(part)
            annotation = field.annotation if field else ColumnConfig
        else:
            annotation = get_args(annotation)[-1]
        if not _is_dict(annotation):
            annotation = next(filter(_is_model, (annotation, *get_args(annotation))), annotation)
    return annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _is_dict(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) is dict
