"""Where a new project's records come from: the sample company, a vendor's exports, or any files."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import typer

from kpi_toolkit.config import ProjectConfig
from kpi_toolkit.crm import presets
from kpi_toolkit.crm.looking.toml import string
from kpi_toolkit.crm.sources import READERS
from kpi_toolkit.crm.sources.packed import PACKED
from kpi_toolkit.errors import ConfigError, near_misses

SAMPLE_PROJECT = {"name": "Ardane Systèmes", "holidays": "FR", "as_of": date(2026, 10, 5)}
SAMPLE = """\
# An invented company, whose records the toolkit draws itself. For your own records, put their
# exports into data/, remove this file, and run one of
#   kpi init --from hubspot      their columns are known; also salesforce, pipedrive, zendesk
#   kpi init --look data/*       any other files: a mapping is proposed, with its evidence
[source]
kind = "sample"
"""


@dataclass(frozen=True)
class Begun:
    """The part of kpi.toml that says where the records are, files beside it, and what to tell."""

    text: str
    files: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Origin:
    """A vendor's exports in the folder `data`, files to look at, or, without both, the sample."""

    vendor: str = ""
    files: tuple[Path, ...] = ()
    data: Path | None = None

    @property
    def is_sample(self) -> bool:
        """Whether the records are those of the sample company."""
        return not self.vendor and not self.files

    def defaults(self, folder: Path) -> dict[str, Any]:
        """The settings of a project about which its person says nothing."""
        plain = ProjectConfig(name=folder.resolve().name).model_dump(exclude_none=True)
        return plain | SAMPLE_PROJECT if self.is_sample else plain

    def begin(self, folder: Path, project: ProjectConfig) -> Begun:
        """What is written for it. Raises ConfigError and DataError."""
        if self.files:
            from kpi_toolkit.crm.looking import propose

            found = propose(self.files, project, folder)
            return Begun(found.text, found.selects, _undecided(found.text, self.files))
        if self.is_sample:
            return Begun(SAMPLE)
        data = self.data or _usual_data(folder)
        fitted = presets.fit(self.vendor, data, project)
        source = f'[source]\nkind = "files"\npath = {string(_seen_from(folder, data))}\n'
        return Begun(f"{source}\n{fitted.text}", fitted.selects, _told(fitted, data))


def choose(
    folder: Path, vendor: str, files: Sequence[Path], data: Path | None, *, sample: bool, ask: bool
) -> Origin:
    """What was asked for. Raises ConfigError, also where files lie that nobody said a word of."""
    ways = {"--from": vendor, "--look": files, "--sample": sample}
    named = [way for way, given in ways.items() if given]
    if len(named) > 1:
        raise ConfigError(f"{' and '.join(named)}: expected one of them")
    if not named and ask:
        vendor, files = _asked(_data_files(folder))
    elif not named and (found := _data_files(folder)):
        raise ConfigError(
            f"{found[0]}: is it data to report on? Say `kpi init --look FILE ...` to have a "
            f"mapping proposed, `kpi init --from VENDOR` for an export of {_vendors()}, or "
            "`kpi init --sample` for the sample company"
        )
    if vendor and vendor not in presets.VENDORS:
        raise ConfigError(f"--from {vendor!r}: {near_misses(vendor, presets.VENDORS)}")
    if data and not (vendor and data.is_dir()):
        wrong = "there is no such folder" if vendor else "expected with --from, for its exports"
        raise ConfigError(f"--data {data}: {wrong}")
    return Origin(vendor, tuple(files), data)


def of_records(files: Sequence[Path]) -> tuple[list[Path], tuple[str, ...]]:
    """The files that may hold records, and a sentence for the others. Raises ConfigError when there
    are only others.
    """
    known = [path for path in files if path.suffix.lower() in (*READERS, *PACKED)]
    others = [path for path in files if path not in known]
    wanted = ", ".join((*READERS, *PACKED))
    if others and not known:
        raise ConfigError(f"--look {others[0]}: it is none of {wanted}")
    return known, tuple(f"{path}: not looked at, since it is none of {wanted}" for path in others)


def _undecided(text: str, files: Sequence[Path]) -> tuple[str, ...]:
    """What a person has to do before all files of a proposal are read."""
    import tomllib

    found = tomllib.loads(text)
    if "tables" not in found:
        return (
            "no table is proposed as it stands: kpi.toml says of each file why, and what to do",
        )
    named = json.dumps(found["tables"], ensure_ascii=False)
    left = [str(path) for path in files if path.name not in named]
    asked = json.dumps(found, default=str).count('"decide: ')
    told = "kpi.toml is refused until you have decided what stands there as"
    dateless = not asked and "as_of = " not in text
    dates = "no column was read as a date, and most KPIs need one: kpi.toml says what is missing"
    return (
        *([f"not read, and kpi.toml says why: {', '.join(left)}"] if left else []),
        *([dates] if dateless else []),
        *([f'{told} "decide: ...", {asked} times'] if asked else []),
    )


def _asked(found: list[Path]) -> tuple[str, list[Path]]:
    """The vendor or the files, as answered on a terminal; neither for the sample."""
    answers = ["sample", *presets.VENDORS, *(["files"] if found else [])]
    while True:
        said = typer.prompt(
            f"Records of ({', '.join(answers)})", default=answers[-1 if found else 0]
        )
        if said in answers:
            break
        typer.echo(f"{said!r}: {near_misses(said, answers)}", err=True)
    return ("" if said in ("sample", "files") else said), (found if said == "files" else [])


def _data_files(folder: Path) -> list[Path]:
    """Files that may hold records: of the folder, and of data/ in it."""
    found = [
        path for place in (folder, folder / "data") if place.is_dir() for path in place.iterdir()
    ]
    return sorted(path for path in found if path.is_file() and _readable(path))


def _readable(path: Path) -> bool:
    # A .txt is a note more often than a table: whoever means it says --look.
    return path.suffix.lower() in READERS and path.suffix.lower() != ".txt"


def _usual_data(folder: Path) -> Path:
    """data/, or the folder itself where the exports lie in it already."""
    own = folder / "data"
    beside = folder.is_dir() and any(_readable(path) for path in folder.iterdir())
    return folder if beside and not own.is_dir() else own


def _seen_from(folder: Path, data: Path) -> str:
    here, there = folder.resolve(), data.resolve()
    return (there.relative_to(here) if there.is_relative_to(here) else there).as_posix()


def _told(fitted: "presets.Fitted", data: Path) -> tuple[str, ...]:
    """What a person has to know about the exports that were found, and those that were not."""
    unlike = [
        f"{data / file}: its columns are not those of {fitted.vendor} (or not in English, or its "
        f"delimiter is no comma); `kpi init --look {data / file}` proposes a mapping of it"
        for file in fitted.unlike
    ]
    if fitted.found:
        absent = ", ".join(fitted.absent)
        read = [f"{table}: {data / files}" for table, files in fitted.found.items()]
        return (*read, *unlike, *([f"not mapped, so comments: {absent}"] if absent else []))
    return (
        *unlike,
        f"{data}: no export of {fitted.vendor} yet; put there, as CSV, what you have of",
        *(f"  {files}  ({table})" for table, files in fitted.absent.items()),
        "where your files or columns bear other names: remove kpi.toml and run this again, with "
        "the files in place, so that the mapping fits them",
    )


def _vendors() -> str:
    return ", ".join(presets.VENDORS.values())
