"""A vendor's preset -> the [tables] part of kpi.toml, fitted to the exports that are there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kpi_toolkit import resources
from kpi_toolkit.config import ProjectConfig
from kpi_toolkit.crm.presets.blocks import Block, blocks
from kpi_toolkit.crm.presets.exports import Exports
from kpi_toolkit.crm.presets.stanzas import Stanza, assumed, fitted

VENDORS = {
    "hubspot": "HubSpot",
    "salesforce": "Salesforce",
    "pipedrive": "Pipedrive",
    "zendesk": "Zendesk",
}
_NEEDS = "-- needs:"


@dataclass(frozen=True)
class Fitted:
    """The text; the files of each table that is mapped, and the usual ones of each that is not;
    files that bear the name of an export without its columns; the SELECTs that the text names.
    """

    vendor: str
    text: str
    found: Mapping[str, str]
    absent: Mapping[str, str]
    unlike: tuple[str, ...]
    selects: Mapping[str, str]


def fit(vendor: str, folder: Path, project: ProjectConfig) -> Fitted:
    """The mapping of the exports in a folder, the rest as comments; of all that a vendor has, where
    it holds none. Raises DataError for an export that cannot be read.
    """
    text = resources.preset(vendor).read_text(encoding="utf-8")
    head, given = blocks(text.replace("{time_zone}", project.time_zone))
    exports = Exports(folder)
    mapped: dict[str, Stanza] = {}
    for block in given:
        if block.table not in mapped and (stanza := fitted(block, exports)):
            mapped[block.table] = stanza
    first = {block.table: block for block in reversed(given)}
    rest = [
        assumed(first[name]) for name in dict.fromkeys(b.table for b in given) if name not in mapped
    ]
    live = list(mapped.values()) or rest
    selects = _selects(vendor, live)
    parts = [head, *(stanza.text(selects) for stanza in live)]
    parts += [_commented(stanza.text(())) for stanza in rest] if mapped else []
    return Fitted(
        VENDORS[vendor],
        "\n".join(parts),
        found=_files(mapped.values()),
        absent=_files(rest),
        unlike=_unlike(given, mapped, exports),
        selects=selects,
    )


def _unlike(
    given: Sequence[Block], mapped: Mapping[str, Stanza], exports: Exports
) -> tuple[str, ...]:
    """Files of tables that no block fits, though they are there; those of other tables are not
    meant.
    """
    named = [name for block in given if block.table not in mapped for name in block.files]
    taken = {file for stanza in mapped.values() for file in stanza.files}
    there = dict.fromkeys(file for name in named for file in exports.find(name))
    return tuple(file for file in there if file not in taken)


def _files(stanzas: Collection[Stanza]) -> dict[str, str]:
    return {stanza.block.table: ", ".join(stanza.files) for stanza in stanzas}


def _selects(vendor: str, live: Collection[Stanza]) -> dict[str, str]:
    """The SELECTs whose needs, told by their first line, are all supplied."""
    supplied = {f"{each.block.table}.{column}" for each in live for column in each.supplied}
    found = {}
    for path in sorted(resources.preset(vendor).with_suffix("").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        if supplied.issuperset(text.partition("\n")[0].removeprefix(_NEEDS).split()):
            found[path.name] = text
    return found


def _commented(text: str) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())
