"""The manifest: which files a package declares, in which mode, and who wrote it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

from clinicdesk.domain.roster.records import FileMode, SourceSystem
from clinicdesk.interchange.oneroster.binding import BINDING_FILES, MANIFEST, MANIFEST_VERSION, ONEROSTER_VERSION
from clinicdesk.interchange.oneroster.refusal import Refusal, RosterRefusedError
from clinicdesk.interchange.oneroster.table import TableLimits, read_table, tidy

_LIMITS = TableLimits(rows=1_000, columns=50, row_characters=4_096)
_SYSTEM_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Manifest:
    """`modes` names every declared file of the binding, also those the clinic does not read."""

    modes: Mapping[str, FileMode]
    source: SourceSystem


def read_manifest(stream: io.BufferedReader) -> Manifest:
    """
    Raises:
        RosterRefusedError: it is no manifest of OneRoster 1.2.
    """
    properties = _properties(stream)
    _check_version(properties)
    modes: dict[str, FileMode] = {}
    for name, value in properties.items():
        file = name.removeprefix("file.")
        if file == name or file not in BINDING_FILES:
            continue
        try:
            modes[file] = FileMode(value.lower())
        except ValueError:
            raise RosterRefusedError(Refusal.BAD_MANIFEST, file=MANIFEST, detail=f"file.{file}") from None
    source = SourceSystem(
        properties.get("source.systemName", "")[:_SYSTEM_LENGTH],
        properties.get("source.systemCode", "")[:_SYSTEM_LENGTH],
    )
    return Manifest(modes, source)


def _properties(stream: io.BufferedReader) -> dict[str, str]:
    properties: dict[str, str] = {}
    rows = read_table(stream, MANIFEST, _LIMITS)
    header = next(rows, None)
    if header is None:
        raise RosterRefusedError(Refusal.NO_HEADER, file=MANIFEST)
    names = [tidy(cell) for cell in header.cells]
    if "propertyName" not in names or "value" not in names:
        raise RosterRefusedError(Refusal.WRONG_HEADER, file=MANIFEST, line=header.line, detail="propertyName, value")
    name_at, value_at = names.index("propertyName"), names.index("value")
    for row in rows:
        if len(row.cells) <= max(name_at, value_at):
            raise RosterRefusedError(Refusal.BAD_MANIFEST, file=MANIFEST, line=row.line)
        name, value = tidy(row.cells[name_at]), tidy(row.cells[value_at])
        if properties.setdefault(name, value) != value:
            raise RosterRefusedError(Refusal.BAD_MANIFEST, file=MANIFEST, line=row.line, detail=name[:60])
    return properties


def _check_version(properties: Mapping[str, str]) -> None:
    stated = properties.get("oneroster.version", "")
    if stated != ONEROSTER_VERSION and not stated.startswith(f"{ONEROSTER_VERSION}."):
        raise RosterRefusedError(Refusal.WRONG_VERSION, file=MANIFEST, detail=stated[:20])
    layout = properties.get("manifest.version", "")
    if layout != MANIFEST_VERSION:
        raise RosterRefusedError(Refusal.WRONG_VERSION, file=MANIFEST, detail=f"manifest {layout[:20]}")
