"""`kpi init`: a project in a folder, over the sample company, a vendor's exports or any files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from kpi_toolkit.errors import ConfigError


def init(  # noqa: PLR0913 - a parameter is an option of the verb
    folder: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FOLDER]", help="This one when none; made when not there."),
    ] = None,
    vendor: Annotated[
        str, typer.Option("--from", help="Map exports of hubspot, salesforce, pipedrive, zendesk.")
    ] = "",
    look: Annotated[
        list[Path] | None, typer.Option(help="Any other files: propose a mapping of them.")
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="The sample company, without a question.")
    ] = False,
    data: Annotated[
        Path | None, typer.Option(help="Where the exports lie; else data/ in the folder.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Of the company or team.")] = None,
    language: Annotated[str | None, typer.Option(help="Of the reports: en or fr.")] = None,
    currency: Annotated[str | None, typer.Option(help="Such as EUR.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="Such as Europe/Paris.")] = None,
    fiscal_year_starts: Annotated[int | None, typer.Option(help="A month, 1 to 12.")] = None,
    holidays: Annotated[str | None, typer.Option(help="Of a country, such as FR.")] = None,
) -> None:
    """Start a project in a folder: kpi.toml, notebooks, a folder for data.

    Without --from and --look it is over a built-in sample company, so that `kpi run` works at once;
    its kpi.toml says how to go on to your own records. On a terminal, settings that no option gives
    are asked for. No file is ever overwritten.
    """
    from kpi_toolkit.cli import asking, origins, project_files

    at, files = _places(folder or [], look or [])
    files, others = origins.of_records(files)
    project_files.refuse_existing(at)
    ask = asking.on_terminal() and not sample
    given = {
        "name": name,
        "language": language,
        "currency": currency,
        "time_zone": time_zone,
        "fiscal_year_starts": fiscal_year_starts,
        "holidays": holidays,
    }
    origin = origins.choose(at, vendor, files, data, sample=sample, ask=ask)
    project, taken = asking.settings(given, origin.defaults(at), ask)
    begun = origin.begin(at, project)
    written = project_files.write(at, project_files.whole_text(project, begun.text), begun.files)
    _say(at, (*others, *begun.notes), taken, written)


def _places(arguments: list[Path], looked_at: list[Path]) -> tuple[Path, list[Path]]:
    """The project's folder, and the files to look at: a shell makes several of `--look data/*`, of
    which only the first follows the option.
    """
    files = [path for path in arguments if looked_at and (path.is_file() or path.suffix)]
    folders = [path for path in arguments if path not in files]
    if len(folders) > 1:
        raise ConfigError(f"{folders[1]}: expected one folder, and {folders[0]} is one already")
    files = [*looked_at, *files]
    for path in files:
        if not path.is_file():
            raise ConfigError(f"--look {path}: there is no such file")
    return (folders[0] if folders else Path()), files


def _say(folder: Path, notes: tuple[str, ...], taken: Mapping[str, Any], written: Any) -> None:
    """What was written, what was decided without asking, and what to type next."""
    for note in notes:
        typer.echo(note)
    if taken:
        shown = ", ".join(f"{key} = {value!r}" for key, value in taken.items())
        typer.echo(f"taken by default, change them in kpi.toml: {shown}")
    typer.echo(f"written in {folder}: {', '.join(written.made)}")
    if written.left:
        typer.echo(f"there already and left as it was: {', '.join(written.left)}")
    typer.echo("Next:")
    steps = {f"cd {folder}": ""} if folder.resolve() != Path.cwd() else {}
    steps |= {
        "kpi check": "what is read and what is not; where it names a line of kpi.toml, mend that",
        "kpi run": f"the reports {', '.join(written.reports)}, as HTML and PDF in reports/",
        "jupyter lab notebooks": "the notebooks that they are made by: yours to edit",
    }
    for step, meaning in steps.items():
        typer.echo(f"  {step:<24}{meaning}".rstrip())
