"""Is the file whole: page authentication, structure and foreign keys (T11)."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from clinicdesk.storage.errors import DatabaseUnreadableError


@dataclass(frozen=True, slots=True)
class Integrity:
    """What the checks found; no finding holds a value of a row."""

    pages: tuple[str, ...]  # findings of the page HMACs, each names its page
    structure: tuple[str, ...]
    orphans: tuple[tuple[str, int], ...]  # table and number of rows whose parent is missing

    @property
    def sound(self) -> bool:
        return not (self.pages or self.structure or self.orphans)

    @property
    def first_finding(self) -> str | None:
        """The first bad place, for `clinicdesk verify`."""
        if self.pages:
            return self.pages[0]
        if self.structure:
            return self.structure[0]
        if self.orphans:
            table, rows = self.orphans[0]
            return f"{table}: {rows} rows without their parent"
        return None


def integrity(engine: sa.Engine) -> Integrity:
    """Check every page, the structure and all foreign keys of the file."""
    with engine.connect() as connection:
        pages = tuple(connection.exec_driver_sql("PRAGMA cipher_integrity_check").scalars())
        try:
            findings = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
            orphans: dict[str, int] = {}
            for table, *_ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
                orphans[table] = orphans.get(table, 0) + 1
        except DatabaseUnreadableError as failure:
            return Integrity(pages, (str(failure),), ())
    structure = tuple(finding for finding in findings if finding != "ok")
    return Integrity(pages, structure, tuple(sorted(orphans.items())))
