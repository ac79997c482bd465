"""The only module that locates files: templates, notebooks, presets, translations.

A file is looked for in the project's own folder (the user's override), then in the wheel's bundled
copy, then at the checkout's top level.
"""

import hashlib
from functools import cache
from pathlib import Path

from kpi_toolkit.errors import ConfigError

PACKAGE = Path(__file__).parent
BUNDLED = PACKAGE / "_bundled"
CHECKOUT = PACKAGE.parent
LOCALE = PACKAGE / "locale"
PRESETS = PACKAGE / "crm" / "presets"
# The bundled notebooks that make reports.
REPORTS = ("overview", "sales", "pipeline", "lost_deals", "executive", "data")


@cache
def code_version() -> str:
    """Twelve hexadecimal digits of this package's own modules: the same code, the same digits."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(str(path.relative_to(PACKAGE)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def template_folders(kind: str, project: Path | None = None) -> tuple[Path, ...]:
    """Folders that may hold templates of a kind (html, pdf, email), the first one that has a file
    wins.
    """
    roots = [*([project] if project else []), BUNDLED, CHECKOUT]
    return tuple(
        dict.fromkeys(folder for root in roots if (folder := root / "templates" / kind).is_dir())
    )


def template(kind: str, name: str, project: Path | None = None) -> Path:
    """One template file. Raises ConfigError when no folder has it."""
    for folder in template_folders(kind, project):
        if (folder / name).is_file():
            return folder / name
    raise ConfigError(
        f"template {kind}/{name}: it is neither in the project's templates/ nor in the installed "
        f"package; reinstall kpi-toolkit"
    )


def preset(vendor: str) -> Path:
    """The mapping of a vendor's exports; its SELECTs lie in the folder of the same name."""
    return PRESETS / f"{vendor}.toml"


def notebook(name: str, project: Path | None = None) -> Path:
    """A notebook by its path in the project, else by its name among the bundled ones. Raises
    ConfigError.
    """
    for root in [*([project] if project else []), BUNDLED, CHECKOUT]:
        for path in (root / name, root / "notebooks" / name):
            if path.is_file():
                return path
    raise ConfigError(
        f"notebook {name!r}: there is no such file in {project or CHECKOUT}, nor among the "
        f"bundled notebooks"
    )
